//! Engine.IO 4: the frame around each Socket.IO packet, and the opening of a session.

use super::Unreadable;
use serde::Deserialize;
use std::time::Duration;

/// Our answer to a ping.
pub(crate) const PONG: &str = "3";
/// Prefix of a text frame that carries a Socket.IO packet.
pub(crate) const MESSAGE: char = '4';
/// Ping times beyond this are taken as this; keeps arithmetic on instants in range.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// A text frame.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame<'a> {
    Open(&'a str),
    Close,
    Ping,
    Message(&'a str),
    /// A pong or a noop: nothing to do.
    Idle,
}

/// What the gateway says on opening.
#[derive(Clone, Debug)]
pub(crate) struct Opening {
    pub(crate) ping_interval: Duration,
    pub(crate) ping_timeout: Duration,
    /// Largest frame the gateway takes, in bytes.
    pub(crate) max_payload: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawOpening {
    ping_interval: u64,
    ping_timeout: u64,
    #[serde(default)]
    max_payload: Option<usize>,
}

pub(crate) fn parse(text: &str) -> Result<Frame<'_>, Unreadable> {
    let Some(kind) = text.as_bytes().first() else {
        return Err(Unreadable("an empty frame"));
    };
    match kind {
        b'0' => Ok(Frame::Open(&text[1..])),
        b'1' => Ok(Frame::Close),
        b'2' => Ok(Frame::Ping),
        b'3' | b'6' => Ok(Frame::Idle),
        b'4' => Ok(Frame::Message(&text[1..])),
        _ => Err(Unreadable("a frame of unknown kind")),
    }
}

impl Opening {
    pub(crate) fn parse(json: &str) -> Result<Self, Unreadable> {
        let raw: RawOpening =
            serde_json::from_str(json).map_err(|_| Unreadable("an opening without ping times"))?;
        if raw.ping_interval == 0 {
            return Err(Unreadable("an opening with a ping interval of zero"));
        }
        Ok(Self {
            ping_interval: Duration::from_millis(raw.ping_interval).min(LONGEST),
            ping_timeout: Duration::from_millis(raw.ping_timeout).min(LONGEST),
            max_payload: raw.max_payload.filter(|max| *max > 0),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames() {
        assert_eq!(parse("2"), Ok(Frame::Ping));
        assert_eq!(parse("2probe"), Ok(Frame::Ping));
        assert_eq!(parse("42[\"a\"]"), Ok(Frame::Message("2[\"a\"]")));
        assert_eq!(parse("1"), Ok(Frame::Close));
        assert_eq!(parse("6"), Ok(Frame::Idle));
        for bad in ["", "7", "x", "é"] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn openings() {
        let opening =
            Opening::parse(r#"{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#)
                .unwrap();
        assert_eq!(opening.ping_interval, Duration::from_secs(25));
        assert_eq!(opening.max_payload, Some(1_000_000));
        assert!(Opening::parse(r#"{"pingInterval":18446744073709551615,"pingTimeout":1}"#).is_ok());
        for bad in
            ["", "[]", "{}", r#"{"pingInterval":0,"pingTimeout":1}"#, r#"{"pingInterval":-1}"#]
        {
            assert!(Opening::parse(bad).is_err(), "{bad}");
        }
    }
}
