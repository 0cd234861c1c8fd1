//! Lines to bytes, with as few code page switches as there can be.

use crate::profile::{PageSet, Profile, Quirk, Repertoire};
use crate::scan::{Align, ESC, FS, GS, Switch};
use crate::sheet::{Line, Look, Size};
use crate::text::NO_BREAK;

/// Writes the lines: the printer is in its initial state before, and its looks are plain again after.
pub(crate) fn write(lines: &[Line], profile: &Profile, out: &mut Vec<u8>) {
    let repertoire = profile.repertoire();
    let mut pages = Pages { repertoire, plan: plan(lines, repertoire), seen: 0, active: None };
    let mut look = Look::PLAIN;
    for line in lines {
        // An empty line looks alike in every look but the size, which sets its height.
        let wanted = if line.text.is_empty() { Look::PLAIN } else { line.look };
        change(look, wanted, out);
        look = wanted;
        pages.text(&line.text, out);
        out.push(b'\n');
    }
    change(look, Look::PLAIN, out);
}

/// `ESC @`, then Kanji mode off: on many clones `ESC @` turned it on.
pub(crate) fn initialise(profile: &Profile, out: &mut Vec<u8>) {
    out.extend([ESC, b'@']);
    if !profile.has_quirk(Quirk::PrintsFsDot) {
        out.extend([FS, b'.']);
    }
}

fn change(from: Look, to: Look, out: &mut Vec<u8>) {
    let on = |switch| u8::from(switch == Switch::On);
    if from.align != to.align {
        let n = match to.align {
            Align::Left => 0,
            Align::Centre => 1,
            Align::Right => 2,
        };
        out.extend([ESC, b'a', n]);
    }
    if from.bold != to.bold {
        out.extend([ESC, b'E', on(to.bold)]);
    }
    if from.inverse != to.inverse {
        out.extend([GS, b'B', on(to.inverse)]);
    }
    if from.size != to.size {
        let n = match to.size {
            Size::Normal => 0x00,
            Size::Tall => 0x01,
            Size::Large => 0x11,
        };
        out.extend([GS, b'!', n]);
    }
}

/// From which character beyond ASCII on which page is active.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Step {
    /// The place of that character among all of them.
    from: usize,
    /// The page, by its place in the repertoire.
    page: usize,
}

/// The fewest pages, one after another, that have every character beyond ASCII: each page is kept as long as any page could
/// be, which no other choice can outlast.
fn plan(lines: &[Line], repertoire: &Repertoire) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut from = 0;
    let mut candidates = PageSet::MAX;
    let mut at = 0;
    for line in lines {
        for character in line.text.chars().filter(|c| needs_page(*c)) {
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

fn needs_page(character: char) -> bool {
    !character.is_ascii() && character != NO_BREAK
}

/// The active page while the text is written.
struct Pages<'a> {
    repertoire: &'a Repertoire,
    /// What is still to come, the next one last.
    plan: Vec<Step>,
    /// Characters beyond ASCII written so far.
    seen: usize,
    active: Option<usize>,
}

impl Pages<'_> {
    fn text(&mut self, text: &str, out: &mut Vec<u8>) {
        if text.is_ascii() {
            return out.extend(text.bytes());
        }
        for character in text.chars() {
            if needs_page(character) {
                self.switch(out);
                let byte = self
                    .active
                    .and_then(|page| self.repertoire.pages.get(page)?.encoding.byte(character));
                // The plan has a page for every character that a composer let through.
                out.push(byte.unwrap_or(b'#'));
                self.seen += 1;
            } else {
                out.push(u8::try_from(character).ok().filter(u8::is_ascii).unwrap_or(b' '));
            }
        }
    }

    fn switch(&mut self, out: &mut Vec<u8>) {
        let Some(step) = self.plan.last().copied().filter(|step| step.from == self.seen) else {
            return;
        };
        self.plan.pop();
        if self.active != Some(step.page)
            && let Some(page) = self.repertoire.pages.get(step.page)
        {
            out.extend([ESC, b't', page.number]);
            self.active = Some(step.page);
        }
    }
}
