//! Socket.IO packets: `<type>[<attachments>-][<namespace>,][<id>][<JSON>]`.

use super::attachments::{extract, restore};
use super::{Unreadable, engine, json};
use crate::arg::Arg;
use bytes::Bytes;
use serde_json::Value;
use std::fmt::Write as _;

/// A packet as it was received, complete with its attachments.
#[derive(Debug, PartialEq)]
pub(crate) enum Packet {
    /// The gateway's CONNECT answer.
    Connected {
        pid: Option<String>,
    },
    /// The gateway's CONNECT_ERROR.
    ConnectError {
        payload: Option<Value>,
    },
    Disconnect,
    Event {
        name: String,
        args: Vec<Arg>,
        ack: Option<u64>,
    },
    Ack {
        id: u64,
        args: Vec<Arg>,
    },
}

/// The first part of a packet, read from a text frame.
#[derive(Debug, PartialEq)]
pub(crate) enum Head {
    Whole(Packet),
    /// A packet that is complete once its attachments have come.
    Partial(Partial),
    /// For a namespace we never joined.
    Elsewhere,
}

/// A packet that still waits for attachments.
#[derive(Debug, PartialEq)]
pub(crate) struct Partial {
    kind: Kind,
    id: Option<u64>,
    values: Vec<Value>,
    expected: usize,
    parts: Vec<Bytes>,
    size: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Event,
    Ack,
}

/// Reads the Socket.IO part of a text frame.
pub(crate) fn parse(
    text: &str,
    namespace: &str,
    max_attachments: usize,
) -> Result<Head, Unreadable> {
    let kind = *text.as_bytes().first().ok_or(Unreadable("an empty packet"))?;
    if !(b'0'..=b'6').contains(&kind) {
        return Err(Unreadable("a packet of unknown type"));
    }
    let (expected, rest) = match kind {
        b'5' | b'6' => attachment_count(&text[1..], max_attachments)?,
        _ => (0, &text[1..]),
    };
    let (theirs, rest) = namespace_of(rest);
    if theirs != namespace {
        return Ok(Head::Elsewhere);
    }
    match kind {
        b'0' => Ok(Head::Whole(Packet::Connected { pid: pid(rest)? })),
        b'1' => Ok(Head::Whole(Packet::Disconnect)),
        b'4' => Ok(Head::Whole(Packet::ConnectError { payload: optional(rest)? })),
        b'2' | b'5' => with_values(Kind::Event, rest, expected, text.len()),
        _ => with_values(Kind::Ack, rest, expected, text.len()),
    }
}

fn attachment_count(text: &str, max: usize) -> Result<(usize, &str), Unreadable> {
    let (digits, rest) = text.split_once('-').ok_or(Unreadable("no number of attachments"))?;
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(Unreadable("a number of attachments that is none"));
    }
    match digits.parse() {
        Ok(count) if count <= max => Ok((count, rest)),
        _ => Err(Unreadable("too many attachments")),
    }
}

fn namespace_of(text: &str) -> (&str, &str) {
    if !text.starts_with('/') {
        return ("/", text);
    }
    let (name, rest) = text.split_once(',').unwrap_or((text, ""));
    (name.split('?').next().unwrap_or(name), rest)
}

fn optional(text: &str) -> Result<Option<Value>, Unreadable> {
    if text.is_empty() {
        return Ok(None);
    }
    json::parse(text).map(Some).map_err(|_| Unreadable("broken JSON"))
}

fn pid(text: &str) -> Result<Option<String>, Unreadable> {
    let answer = optional(text)?;
    Ok(answer.as_ref().and_then(|answer| answer.get("pid")?.as_str()).map(str::to_owned))
}

fn with_values(kind: Kind, text: &str, expected: usize, size: usize) -> Result<Head, Unreadable> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let id = match &text[..digits] {
        "" => None,
        id => Some(id.parse().map_err(|_| Unreadable("an acknowledgement id out of range"))?),
    };
    let values = json::array(&text[digits..]).map_err(|_| Unreadable("broken JSON"))?;
    let partial = Partial { kind, id, values, expected, parts: Vec::new(), size };
    if expected == 0 { partial.finish().map(Head::Whole) } else { Ok(Head::Partial(partial)) }
}

impl Partial {
    /// Adds an attachment.
    pub(crate) fn add(&mut self, part: Bytes) {
        self.size += part.len();
        self.parts.push(part);
    }

    /// Whether all attachments have come.
    pub(crate) fn is_whole(&self) -> bool {
        self.parts.len() >= self.expected
    }

    /// Bytes received for it so far.
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// The packet, with its attachments in their places.
    pub(crate) fn finish(self) -> Result<Packet, Unreadable> {
        let mut values = self.values.into_iter();
        match self.kind {
            Kind::Event => {
                let name = match values.next() {
                    Some(Value::String(name)) => name,
                    Some(Value::Number(number)) => number.to_string(),
                    _ => return Err(Unreadable("an event without a name")),
                };
                Ok(Packet::Event { name, args: restore(values, &self.parts)?, ack: self.id })
            }
            Kind::Ack => {
                let id = self.id.ok_or(Unreadable("an acknowledgement without an id"))?;
                Ok(Packet::Ack { id, args: restore(values, &self.parts)? })
            }
        }
    }
}

/// A packet to send: the text frame and the binary frames that follow it.
#[derive(Debug, PartialEq)]
pub(crate) struct Encoded {
    pub(crate) text: String,
    pub(crate) parts: Vec<Bytes>,
}

impl Encoded {
    /// The largest frame in bytes; the gateway's limit is per frame.
    pub(crate) fn largest_frame(&self) -> usize {
        self.parts.iter().map(Bytes::len).chain([self.text.len()]).max().unwrap_or(0)
    }

    /// All frames together, in bytes.
    pub(crate) fn size(&self) -> usize {
        self.parts.iter().map(Bytes::len).sum::<usize>() + self.text.len()
    }
}

/// CONNECT with the auth object; `null` sends none.
pub(crate) fn connect(namespace: &str, auth: &Value) -> String {
    let mut text = prefix('0', 0, namespace, None);
    if !auth.is_null() {
        let _ = write!(text, "{auth}");
    }
    text
}

/// DISCONNECT.
pub(crate) fn disconnect(namespace: &str) -> String {
    prefix('1', 0, namespace, None)
}

/// An event; `id` asks for an acknowledgement.
pub(crate) fn event(namespace: &str, name: &str, args: Vec<Arg>, id: Option<u64>) -> Encoded {
    encode(['2', '5'], namespace, Some(name), args, id)
}

/// The answer to an acknowledgement the gateway asked for.
pub(crate) fn ack(namespace: &str, args: Vec<Arg>, id: u64) -> Encoded {
    encode(['3', '6'], namespace, None, args, Some(id))
}

fn encode(
    [plain, binary]: [char; 2],
    namespace: &str,
    name: Option<&str>,
    args: Vec<Arg>,
    id: Option<u64>,
) -> Encoded {
    let (values, parts) = extract(args);
    let kind = if parts.is_empty() { plain } else { binary };
    let mut text = prefix(kind, parts.len(), namespace, id);
    text.push('[');
    let name = name.map(|name| Value::from(name).to_string());
    for (index, value) in name.into_iter().chain(values).enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(&value);
    }
    text.push(']');
    Encoded { text, parts }
}

fn prefix(kind: char, parts: usize, namespace: &str, id: Option<u64>) -> String {
    let mut text = String::with_capacity(64);
    text.push(engine::MESSAGE);
    text.push(kind);
    if parts > 0 {
        let _ = write!(text, "{parts}-");
    }
    if namespace != "/" {
        let _ = write!(text, "{namespace},");
    }
    if let Some(id) = id {
        let _ = write!(text, "{id}");
    }
    text
}

#[cfg(test)]
#[path = "packet_tests.rs"]
mod tests;
