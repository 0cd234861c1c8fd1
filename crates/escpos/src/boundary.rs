//! Where a stream may be interrupted, and how a printer is brought back after one that was.

use crate::profile::Profile;
use crate::scan::{Command, Cut, CutKind, ESC, GS, Missing, Pending, Scanner, Token};
use crate::writer;
use std::ops::RangeInclusive;

/// Most NULs that a clean-up sends: one band of raster at its largest (256 bytes × 2,303 rows).
pub const MOST_PADDING: usize = 256 * 2303;

/// Whether a real-time status request may stand between `bytes[..at]` and `bytes[at..]`: between commands, and not between the
/// two bytes of a Chinese, Japanese or Korean character. Beyond the end: no. Looks at everything before; where many places of one
/// job are asked for, [`Boundaries`] looks once.
pub fn is_boundary(bytes: &[u8], at: usize) -> bool {
    at <= bytes.len() && Boundaries::new(bytes).last_until(at) == at
}

/// The places of a job where a real-time status request may stand, from its beginning on.
#[derive(Debug, Clone)]
pub struct Boundaries<'a> {
    bytes: &'a [u8],
    scanner: Scanner,
    /// Bytes that the scanner has seen.
    seen: usize,
    last: usize,
    /// Whether the run of text up to `seen` has a byte that may be half of a character.
    halves: bool,
}

impl<'a> Boundaries<'a> {
    /// At the beginning, which is a boundary.
    pub fn new(bytes: &'a [u8]) -> Self {
        Boundaries { bytes, scanner: Scanner::new(), seen: 0, last: 0, halves: false }
    }

    /// The last boundary that is not beyond `at`. To be asked with rising `at`: a lower one gets the answer to the one before.
    pub fn last_until(&mut self, at: usize) -> usize {
        let end = at.min(self.bytes.len());
        while self.seen < end {
            // Within a command of known length there is no boundary to look for.
            let step = match self.scanner.pending() {
                Pending::InsideCommand { missing: Missing::Bytes(missing) } => missing.max(1),
                _ => 1,
            };
            let piece = &self.bytes[self.seen..end.min(self.seen.saturating_add(step))];
            let mut text = false;
            self.scanner.push(piece, &mut |token| text = matches!(token, Token::Text(_)));
            self.halves = text && (self.halves || piece.iter().any(|byte| *byte >= 0x80));
            self.seen += piece.len();
            if self.scanner.pending() == Pending::Clean && !self.halves {
                self.last = self.seen;
            }
        }
        self.last
    }
}

/// Bytes that bring a printer back to a clean state after it got a part of `bytes`: every length in `handed` is possible,
/// because what a write handed over may still have been on its way.
///
/// - **NULs**, as many as the hungriest of these prefixes needs to complete its open command, at most [`MOST_PADDING`]: a job whose
///   command claims more (no printer's manual allows it) stays inside it. Outside commands a printer ignores NULs; inside raster
///   they are white dots; as a parameter, 0 selects nothing harmful. The one exception, a deselected printer (`ESC = 0`), is
///   answered by `ESC = 1`, which is sent only where the job has an `ESC =`.
/// - **`ESC @` and `FS .`**, or whatever brings this printer into its initial state, so that nothing of the job's state is left.
/// - **Feed and cut**, where something was printed since the last cut, so that the torn paper does not join the next
///   receipt. A profile without cutter only feeds.
pub fn clean_up(bytes: &[u8], handed: RangeInclusive<usize>, profile: &Profile) -> Vec<u8> {
    let first = (*handed.start()).min(bytes.len());
    let last = (*handed.end()).clamp(first, bytes.len());
    let mut found = Found::default();
    let mut scanner = Scanner::new();
    scanner.push(&bytes[..first], &mut |token| found.take(&token));
    let mut padding = 0;
    let mut printed = false;
    let mut at = first;
    loop {
        let mut at_this_length = found;
        padding = padding.max(complete(scanner.clone(), &mut at_this_length));
        printed |= at_this_length.printed;
        found.select |= at_this_length.select;
        if at == last {
            break;
        }
        // Text needs nothing anywhere. The further into a told command's data, the less is missing, and nothing new is told.
        let step = match scanner.pending() {
            Pending::InsideCommand { missing: Missing::Bytes(n) } if n > Scanner::WHOLE => n,
            Pending::InsideCommand { .. } => 1,
            Pending::Clean => bytes[at..].iter().take_while(|byte| **byte >= 0x20).count().max(1),
        };
        let next = last.min(at.saturating_add(step));
        scanner.push(&bytes[at..next], &mut |token| found.take(&token));
        at = next;
    }

    let mut out = vec![0; padding];
    if found.select {
        out.extend([ESC, b'=', 1]);
    }
    writer::initialise(profile, &mut out);
    if printed {
        end_of_paper(profile, &mut out);
    }
    out
}

/// Feeds past the cutter and cuts, as the profile can.
pub(crate) fn end_of_paper(profile: &Profile, out: &mut Vec<u8>) {
    if profile.feed_before_cut > 0 {
        out.extend([ESC, b'd', profile.feed_before_cut]);
    }
    match profile.cut.first() {
        Some(CutKind::Full) => out.extend([GS, b'V', 0]),
        Some(CutKind::Partial) => out.extend([GS, b'V', 1]),
        None => {}
    }
}

/// What a prefix did to the printer.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    /// Something is on paper since the last cut.
    printed: bool,
    /// The printer may have been deselected.
    select: bool,
}

impl Found {
    fn take(&mut self, token: &Token<'_>) {
        match token {
            Token::Text(_)
            | Token::Command(
                Command::Raster { .. }
                | Command::BitImage { .. }
                | Command::Barcode(_)
                | Command::Symbol { .. },
                _,
            ) => self.printed = true,
            Token::Command(Command::Cut(Cut { .. }), _) => self.printed = false,
            Token::Command(Command::Select(_), _) => self.select = true,
            _ => {}
        }
    }
}

/// How many NULs complete the open command, and what it then does.
fn complete(mut scanner: Scanner, found: &mut Found) -> usize {
    let mut sent = 0;
    while sent < MOST_PADDING {
        let some = match scanner.pending() {
            Pending::Clean => return sent,
            Pending::InsideCommand { missing: Missing::Unknown } => 1,
            // A command that is not told yet is short; a told one has nothing more to tell.
            Pending::InsideCommand { missing: Missing::Bytes(missing) }
                if missing > Scanner::WHOLE =>
            {
                return (sent + missing).min(MOST_PADDING);
            }
            Pending::InsideCommand { missing: Missing::Bytes(missing) } => missing,
        };
        const ZEROS: [u8; Scanner::WHOLE] = [0; Scanner::WHOLE];
        let was_printed = found.printed;
        scanner.push(&ZEROS[..some], &mut |token| found.take(&token));
        // A cut that only the NULs completed may not have happened at another length.
        found.printed |= was_printed;
        sent += some;
    }
    MOST_PADDING
}

#[cfg(test)]
mod tests;
