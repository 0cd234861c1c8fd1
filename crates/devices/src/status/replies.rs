//! Takes apart the mixed stream of bytes that a printer sends back.
//!
//! Four kinds of answers share one stream without any framing; their fixed bits tell them apart:
//!
//! | answer | shape |
//! |---|---|
//! | DLE EOT n | one byte, `b & 0x93 == 0x12` |
//! | automatic status | four bytes, first `b & 0x93 == 0x10`, the others `b & 0x90 == 0` |
//! | GS r | one byte, `b & 0xF0 == 0` |
//! | GS ( H | `37 22 d1 d2 d3 d4 00` |
//! | GS I and other blocks | `5F …` or `37 …` up to `00`; only told apart so that their text is not taken for a GS r |
//!
//! The manuals leave bits 5 and 6 of GS r undefined. They are asked to be zero here: half of all letters would
//! otherwise pass for the proof that a job was processed.

/// The longest block answer that any manual names, header and NUL included.
const LONGEST_BLOCK: usize = 82;

/// One answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    /// To a real-time question; which one is known by their order only.
    RealTime(u8),
    /// A change that the printer told unasked.
    Automatic([u8; 4]),
    /// To GS r.
    Fence(u8),
    /// To GS ( H fn 48.
    Confirmed([u8; 4]),
}

/// What was received and is not yet a whole answer. Holds less than one block.
#[derive(Debug, Default)]
pub(crate) struct Replies {
    pending: Vec<u8>,
}

enum Step {
    Reply(Reply, usize),
    Skip(usize),
    Incomplete,
}

impl Replies {
    /// Takes in bytes and hands over every whole answer in order. Junk is passed over.
    pub(crate) fn feed(&mut self, bytes: &[u8], mut each: impl FnMut(Reply)) {
        self.pending.extend_from_slice(bytes);
        let mut at = 0;
        while at < self.pending.len() {
            match step(&self.pending[at..]) {
                Step::Reply(reply, length) => {
                    each(reply);
                    at += length;
                }
                Step::Skip(length) => at += length,
                Step::Incomplete => break,
            }
        }
        self.pending.drain(..at);
    }

    /// Whether the beginning of an answer is waiting for its rest.
    pub(crate) fn is_waiting(&self) -> bool {
        !self.pending.is_empty()
    }

    /// The rest did not come: takes what is waiting for junk and an answer behind it, so that a stray byte cannot
    /// swallow the answer that matters.
    pub(crate) fn give_up_waiting(&mut self, mut each: impl FnMut(Reply)) {
        while !self.pending.is_empty() {
            self.pending.remove(0);
            self.feed(&[], &mut each);
        }
    }
}

fn step(bytes: &[u8]) -> Step {
    match bytes {
        [0x37, 0x22, a, b, c, d, 0x00, ..] => Step::Reply(Reply::Confirmed([*a, *b, *c, *d]), 7),
        [0x37 | 0x5F, ..] => block(bytes),
        [first, ..] if first & 0x93 == 0x12 => Step::Reply(Reply::RealTime(*first), 1),
        [first, rest @ ..] if first & 0x93 == 0x10 => automatic(*first, rest),
        [first, ..] if first & 0xF0 == 0 => Step::Reply(Reply::Fence(*first), 1),
        _ => Step::Skip(1),
    }
}

fn automatic(first: u8, rest: &[u8]) -> Step {
    let shown = &rest[..rest.len().min(3)];
    if shown.iter().any(|byte| byte & 0x90 != 0) {
        return Step::Skip(1);
    }
    match *shown {
        // The manuals reserve these bits, printers leave them zero, and text does not: framed, but not believed.
        [_, third, fourth] if (third | fourth) & 0xF0 != 0 => Step::Skip(4),
        [second, third, fourth] => Step::Reply(Reply::Automatic([first, second, third, fourth]), 4),
        _ => Step::Incomplete,
    }
}

/// A block is printable text between a header and NUL; anything else was no block.
fn block(bytes: &[u8]) -> Step {
    for (index, &byte) in bytes.iter().enumerate().skip(1).take(LONGEST_BLOCK) {
        match byte {
            0x00 => return Step::Skip(index + 1),
            0x20..=0x7E => {}
            _ => return Step::Skip(1),
        }
    }
    if bytes.len() > LONGEST_BLOCK { Step::Skip(1) } else { Step::Incomplete }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Reply::{Automatic, Confirmed, Fence, RealTime};

    fn parse(bytes: &[u8]) -> Vec<Reply> {
        let mut replies = Replies::default();
        let mut found = Vec::new();
        replies.feed(bytes, |reply| found.push(reply));
        found
    }

    #[test]
    fn a_mixed_stream_is_taken_apart() {
        let stream = [
            0x12, 0x16, 0x10, 0x00, 0x03, 0x0F, 0x00, 0x37, 0x22, b'a', b'0', b'~', b' ', 0x00,
            0x0C, 0x32,
        ];
        let expected = vec![
            RealTime(0x12),
            RealTime(0x16),
            Automatic([0x10, 0x00, 0x03, 0x0F]),
            Fence(0x00),
            Confirmed(*b"a0~ "),
            Fence(0x0C),
            RealTime(0x32),
        ];
        assert_eq!(parse(&stream), expected);

        let mut replies = Replies::default();
        let mut one_by_one = Vec::new();
        for byte in stream {
            replies.feed(&[byte], |reply| one_by_one.push(reply));
        }
        assert_eq!(one_by_one, expected, "how the network cuts the stream changes nothing");
    }

    #[test]
    fn junk_is_passed_over() {
        assert_eq!(parse(b"HELLO hi 100%HELLO\xFF\x80\x91\x13\x11"), vec![]);
        assert_eq!(parse(&[0xFF, 0x12, 0x90, 0x00]), vec![RealTime(0x12), Fence(0x00)]);
        assert_eq!(parse(&[0x10, 0x12, 0x00]), vec![RealTime(0x12), Fence(0x00)]);
    }

    #[test]
    fn a_model_name_is_not_a_fence() {
        assert_eq!(parse(b"\x5FTM-T88V\0"), vec![]);
        assert_eq!(parse(b"\x37\x21\x40\0\x12"), vec![RealTime(0x12)]);
    }

    #[test]
    fn a_stray_byte_does_not_swallow_an_answer() {
        let mut replies = Replies::default();
        let mut found = Vec::new();
        replies.feed(&[0x10, 0x00], |reply| found.push(reply));
        assert_eq!((found.len(), replies.is_waiting()), (0, true));
        replies.give_up_waiting(|reply| found.push(reply));
        assert_eq!((found, replies.is_waiting()), (vec![Fence(0x00)], false));
    }

    #[test]
    fn memory_stays_bounded_under_endless_junk() {
        let mut replies = Replies::default();
        for _ in 0..10_000 {
            replies.feed(b"\x5Faaaaaaaaaaaaaaaa", |_| {});
            assert!(replies.pending.len() <= LONGEST_BLOCK);
        }
    }
}
