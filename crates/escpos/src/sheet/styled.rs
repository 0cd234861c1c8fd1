//! Text with its looks.

use super::Look;
use std::ops::Range;

/// Clean text, and which part of it has which look.
#[derive(Debug, Default)]
pub(super) struct Styled {
    pub(super) text: String,
    /// Where each look ends, rising.
    looks: Vec<(usize, Look)>,
}

impl Styled {
    pub(super) fn of(text: String, look: Look) -> Styled {
        let looks = vec![(text.len(), look)];
        Styled { text, looks }
    }

    pub(super) fn push(&mut self, text: &str, look: Look) {
        self.text.push_str(text);
        match self.looks.last_mut() {
            Some((end, last)) if *last == look => *end = self.text.len(),
            _ => self.looks.push((self.text.len(), look)),
        }
    }

    /// The one look that all of it has.
    pub(super) fn only_look(&self) -> Option<Look> {
        match self.looks.as_slice() {
            [] => Some(Look::PLAIN),
            [(_, look)] => Some(*look),
            _ => None,
        }
    }

    /// Where looks change.
    pub(super) fn ends(&self) -> impl Iterator<Item = usize> {
        self.looks.iter().map(|(end, _)| *end)
    }

    pub(super) fn look_at(&self, at: usize) -> Look {
        let place = self.looks.partition_point(|(end, _)| *end <= at);
        self.looks.get(place).or(self.looks.last()).map_or(Look::PLAIN, |(_, look)| *look)
    }

    /// A part of it as a text of its own.
    pub(super) fn part(&self, range: Range<usize>) -> Styled {
        let mut out = Styled::default();
        self.parts(range).for_each(|(text, look)| out.push(text, look));
        out
    }

    /// The parts of a part, each of one look.
    pub(super) fn parts(&self, range: Range<usize>) -> impl Iterator<Item = (&str, Look)> {
        let mut from = range.start;
        self.looks.iter().filter_map(move |(end, look)| {
            let to = (*end).min(range.end);
            let part = (from < to).then(|| (&self.text[from..to], *look));
            from = from.max(to);
            part
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_keeps_its_looks() {
        let mut styled = Styled::default();
        styled.push("ab ", Look::HEADING);
        styled.push("cd", Look::PLAIN);
        styled.push(" ef", Look::PLAIN);
        let parts: Vec<_> = styled.parts(1..5).collect();
        assert_eq!(parts, [("b ", Look::HEADING), ("cd", Look::PLAIN)]);
        assert_eq!(styled.look_at(2), Look::HEADING);
        assert_eq!(styled.look_at(3), Look::PLAIN);
    }
}
