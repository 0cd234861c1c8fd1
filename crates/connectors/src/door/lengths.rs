//! Requests that give the length of their body in two ways. The HTTP library goes by one of them and forgets that there was the other
//! (RFC 9112, 6.3, allows both that and a refusal); whoever stands before the door may have gone by the other one. So they are
//! refused, before the library has them.
//!
//! What comes in is followed from head to head. After a head with `Transfer-Encoding` alone nothing is followed any more: the door
//! ends the connection with the answer to such a request (`listen.rs`).

use super::listen::{MOST_HEAD_BYTES, MOST_HEADS};
use std::ops::Range;

/// Where a connection is, as far as has been read.
#[derive(Debug)]
pub(super) enum Lengths {
    /// In a head, or before one: what has come of it.
    Head(Vec<u8>),
    /// In a body: how many bytes are to come.
    Body(u64),
    /// Nothing more is looked at: the library refuses what comes, or the connection ends soon.
    Unwatched,
}

/// What a head says of the body after it.
enum Framing {
    Length(u64),
    Chunked,
    Both,
    /// Nothing that can be read; the library says so.
    Unreadable,
}

impl Lengths {
    pub(super) fn new() -> Lengths {
        Lengths::Head(Vec::new())
    }

    /// Follows what came next. Where a head with two lengths ends in it, the part of it that belongs to that head.
    pub(super) fn follow(&mut self, came: &[u8]) -> Option<Range<usize>> {
        let mut at = 0;
        while at < came.len() {
            match self {
                Lengths::Unwatched => return None,
                Lengths::Body(left) => {
                    let here = usize::try_from(*left).unwrap_or(usize::MAX).min(came.len() - at);
                    at += here;
                    *left -= here as u64;
                    if *left == 0 {
                        *self = Lengths::new();
                    }
                }
                Lengths::Head(head) => {
                    let began = at;
                    let Some(taken) = take_head(head, &came[at..]) else {
                        // The library holds no more of a head than this.
                        if head.len() > 2 * MOST_HEAD_BYTES {
                            *self = Lengths::Unwatched;
                        }
                        return None;
                    };
                    at += taken;
                    let framing = framing(head);
                    *self = match framing {
                        Framing::Length(0) => Lengths::new(),
                        Framing::Length(length) => Lengths::Body(length),
                        Framing::Chunked | Framing::Unreadable | Framing::Both => {
                            Lengths::Unwatched
                        }
                    };
                    if matches!(framing, Framing::Both) {
                        return Some(began..at);
                    }
                }
            }
        }
        None
    }
}

/// Adds what came to a head, up to its end, and says how much of it that was. `None`: it goes on.
fn take_head(head: &mut Vec<u8>, came: &[u8]) -> Option<usize> {
    // Empty lines may stand before a request.
    let empty = if head.is_empty() {
        came.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
    } else {
        0
    };
    let had = head.len();
    head.extend_from_slice(&came[empty..]);
    // An empty line ends it; the library takes bare line feeds too.
    let end = (had.saturating_sub(2)..head.len()).find_map(|at| match &head[at..] {
        [b'\n', b'\n', ..] => Some(at + 2),
        [b'\n', b'\r', b'\n', ..] => Some(at + 3),
        _ => None,
    })?;
    head.truncate(end);
    Some(empty + end - had)
}

/// What the whole head says of the body, read as the library reads it.
fn framing(head: &[u8]) -> Framing {
    let mut lines = [httparse::EMPTY_HEADER; MOST_HEADS];
    let mut request = httparse::Request::new(&mut lines);
    if !matches!(request.parse(head), Ok(httparse::Status::Complete(_))) {
        return Framing::Unreadable;
    }
    let values = |name: &'static str| {
        request.headers.iter().filter(move |line| line.name.eq_ignore_ascii_case(name))
    };
    let chunked = values("transfer-encoding").next().is_some();
    match values("content-length").next() {
        Some(_) if chunked => Framing::Both,
        None if chunked => Framing::Chunked,
        None => Framing::Length(0),
        Some(length) => str::from_utf8(length.value)
            .ok()
            .and_then(|length| length.parse().ok())
            .map_or(Framing::Unreadable, Framing::Length),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: &str =
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTRANSFER-encoding: chunked\r\n\r\n";

    /// Where the first refused head stood, however the bytes were cut into pieces: `None`, nothing was refused.
    fn refused_at(says: &str) -> Option<usize> {
        let mut found = Vec::new();
        for piece in [1, 2, 3, 7, says.len()] {
            let mut lengths = Lengths::new();
            let pieces = says.as_bytes().chunks(piece).enumerate();
            let mut refused = pieces.filter_map(|(nth, came)| {
                lengths
                    .follow(came)
                    .map(|range| (nth * piece + range.start, nth * piece + range.end))
            });
            found.push(refused.next());
        }
        let ends: Vec<_> = found.iter().map(|range| range.map(|(_, end)| end)).collect();
        assert!(ends.iter().all(|end| *end == ends[0]), "{says}: {found:?}");
        found.last().and_then(|range| range.map(|(start, _)| start))
    }

    #[test]
    fn a_head_with_two_lengths_is_found_wherever_it_stands() {
        let other_order =
            "POST / HTTP/1.1\nTransfer-Encoding: chunked\nContent-Length: 5\n\n0\r\n\r\n";
        assert_eq!(refused_at(BOTH), Some(0));
        assert_eq!(refused_at(other_order), Some(0));
        for before in [
            "\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
            "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n\r\n\r\r\n",
        ] {
            let at = refused_at(&format!("{before}{BOTH}"));
            assert!(
                at.is_some_and(|at| at >= before.trim_end().len() && at <= before.len()),
                "{before}: {at:?}"
            );
        }
    }

    #[test]
    fn a_body_is_not_read_as_a_head() {
        let length = BOTH.len();
        assert_eq!(
            refused_at(&format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n{BOTH}")),
            None
        );
        // The connection ends after such a request, and so does the watch.
        assert_eq!(
            refused_at(&format!("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n{BOTH}")),
            None
        );
    }

    #[test]
    fn what_the_library_refuses_is_left_to_it() {
        for says in ["\u{16}\u{3}\n\n", "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"] {
            assert_eq!(refused_at(&format!("{says}{BOTH}")), None, "{says}");
        }
        let endless = "x".repeat(3 * MOST_HEAD_BYTES);
        let mut lengths = Lengths::new();
        for came in endless.as_bytes().chunks(8 << 10) {
            assert_eq!(lengths.follow(came), None);
        }
        assert!(matches!(lengths, Lengths::Unwatched), "{lengths:?}");
    }
}
