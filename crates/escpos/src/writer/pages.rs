//! Text to bytes, with as few code page switches as there can be.

use crate::profile::{PageSet, Repertoire};
use crate::scan::ESC;
use crate::sheet::{Block, Line, Span, Way};
use crate::text::NO_BREAK;

/// From which character beyond ASCII on which page is active.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    /// The place of that character among all of them.
    from: usize,
    /// The page, by its place in the repertoire.
    page: usize,
}

/// The active page while the text is written.
pub(super) struct Pages<'a> {
    repertoire: &'a Repertoire,
    /// What is still to come, the next one last.
    plan: Vec<Step>,
    /// Characters beyond ASCII written so far.
    seen: usize,
    active: Option<usize>,
}

impl<'a> Pages<'a> {
    pub(super) fn for_blocks(blocks: &[Block], repertoire: &'a Repertoire) -> Self {
        Pages { repertoire, plan: plan(blocks, repertoire), seen: 0, active: None }
    }

    pub(super) fn text(&mut self, text: &str, out: &mut Vec<u8>) {
        if text.is_ascii() {
            return out.extend(text.bytes());
        }
        for character in text.chars() {
            if needs_page(character) {
                self.switch(out);
                let byte = self
                    .active
                    .and_then(|page| self.repertoire.pages.get(page)?.encoding.byte(character));
                // The plan has a page for every character of the printer's own.
                out.push(byte.unwrap_or(b'#'));
                self.seen += 1;
            } else {
                out.push(u8::try_from(character).ok().filter(u8::is_ascii).unwrap_or(b' '));
            }
        }
    }

    /// Passes over the characters of a line that is drawn from end to end: the plan has them.
    pub(super) fn pass_over(&mut self, line: &Line) {
        let characters = native_spans(line).flat_map(|(_, span)| span.text.chars());
        self.seen += characters.filter(|character| needs_page(*character)).count();
    }

    fn switch(&mut self, out: &mut Vec<u8>) {
        // Of several steps, where a line was passed over, the last one has this character.
        let mut due = None;
        while let Some(step) = self.plan.pop_if(|step| step.from <= self.seen) {
            due = Some(step);
        }
        let Some(step) = due else { return };
        if self.active != Some(step.page)
            && let Some(page) = self.repertoire.pages.get(step.page)
        {
            out.extend([ESC, b't', page.number]);
            self.active = Some(step.page);
        }
    }
}

/// The fewest pages, one after another, that have every character beyond ASCII: each page is kept as long as any page could
/// be, which no other choice can outlast.
fn plan(blocks: &[Block], repertoire: &Repertoire) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut from = 0;
    let mut candidates = PageSet::MAX;
    let mut at = 0;
    let lines = blocks.iter().filter_map(|block| match block {
        Block::Line(line) => Some(line),
        _ => None,
    });
    for (line, span) in lines.flat_map(native_spans) {
        for character in span.text.chars().filter(|c| needs_page(*c)) {
            let pages = match line.page {
                Some(page) => 1 << page,
                None => repertoire.pages_of(character),
            };
            if candidates & pages == 0 {
                steps.push(Step { from, page: candidates.trailing_zeros() as usize });
                from = at;
                candidates = pages;
            } else {
                candidates &= pages;
            }
            at += 1;
        }
    }
    if at > from {
        steps.push(Step { from, page: candidates.trailing_zeros() as usize });
    }
    steps.reverse();
    steps
}

fn native_spans(line: &Line) -> impl Iterator<Item = (&Line, &Span)> {
    let spans = line.pieces.iter().flat_map(|piece| &piece.spans);
    let native = spans.filter(|span| span.way == Way::Native && !span.text.is_ascii());
    native.map(move |span| (line, span))
}

fn needs_page(character: char) -> bool {
    !character.is_ascii() && character != NO_BREAK
}
