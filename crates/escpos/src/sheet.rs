//! Lines of text with their looks, as they will stand on paper.

use crate::scan::{Align, Switch};
use crate::text::{Composer, NO_BREAK};

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) align: Align,
    pub(crate) bold: Switch,
    pub(crate) inverse: Switch,
    pub(crate) size: Size,
}

/// The size of a line's characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Size {
    Normal,
    /// Double height.
    Tall,
    /// Double width and height.
    Large,
}

impl Look {
    pub(crate) const PLAIN: Look =
        Look { align: Align::Left, bold: Switch::Off, inverse: Switch::Off, size: Size::Normal };
    pub(crate) const CENTRED: Look = Look { align: Align::Centre, ..Look::PLAIN };
    pub(crate) const BOLD: Look = Look { bold: Switch::On, ..Look::PLAIN };
    pub(crate) const TALL: Look = Look { size: Size::Tall, ..Look::PLAIN };
    pub(crate) const BOLD_TALL: Look = Look { size: Size::Tall, ..Look::BOLD };
    pub(crate) const HEADING: Look = Look { size: Size::Large, align: Align::Centre, ..Look::BOLD };
    /// White on black: a mark that this is not the first copy.
    pub(crate) const MARK: Look =
        Look { inverse: Switch::On, align: Align::Centre, ..Look::BOLD_TALL };
}

/// One line. Its text came through a [`Composer`] or is our own ASCII.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) look: Look,
    /// The page to print it in, by its place in the repertoire. `None`: whichever page has the characters.
    pub(crate) page: Option<usize>,
}

/// Most lines of one document: about 75 metres of paper.
pub const MOST_LINES: usize = 20_000;

/// The lines of a document. It takes no more than one line beyond [`MOST_LINES`], so that a hostile document costs no memory.
pub(crate) struct Sheet<'a> {
    pub(crate) composer: Composer<'a>,
    pub(crate) lines: Vec<Line>,
    pub(crate) columns: usize,
}

impl<'a> Sheet<'a> {
    pub(crate) fn new(composer: Composer<'a>, columns: usize) -> Self {
        // A profile's own bounds, which a caller may have overwritten; narrower columns have no room for an amount.
        Sheet { composer, lines: Vec::new(), columns: columns.clamp(16, 128) }
    }

    /// Puts one line as it is.
    pub(crate) fn put(&mut self, text: String, look: Look) {
        self.push(Line { text, look, page: None });
    }

    /// Puts one line for a page.
    pub(crate) fn push(&mut self, line: Line) {
        if self.lines.len() <= MOST_LINES {
            self.lines.push(line);
        }
    }

    /// An empty line, unless there is one already or nothing stands above.
    pub(crate) fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.text.is_empty()) {
            self.put(String::new(), Look::PLAIN);
        }
    }

    /// A line across the paper, unless there is one already or nothing stands above.
    pub(crate) fn rule(&mut self) {
        let rule = "-".repeat(self.columns);
        if self.lines.last().is_some_and(|line| line.text != rule) {
            self.put(rule, Look::PLAIN);
        }
    }

    /// A sender's text, wrapped at words. Nothing, where it is blank.
    pub(crate) fn paragraph(&mut self, text: &str, look: Look) {
        let columns = self.columns_of(look);
        for line in self.composer.lines(text) {
            if !line.trim().is_empty() {
                wrap(&line, columns, |piece| {
                    self.put(piece.to_owned(), look);
                });
            }
        }
    }

    /// A row: text at the left, wrapped within its own column behind `prefix`, and a short text that ends at the right edge of
    /// the first line. `axis` columns are kept free for such texts in every row. All composed already.
    pub(crate) fn row(&mut self, prefix: &str, left: &str, right: &str, axis: usize, look: Look) {
        let columns = self.columns_of(look);
        let beside = right.chars().count();
        if beside > columns / 2 {
            self.row(prefix, left, "", 0, look);
            let aligned = Look { align: Align::Right, ..look };
            return wrap(right, columns, |piece| {
                self.put(piece.to_owned(), aligned);
            });
        }
        let reserved = beside.max(axis.min(columns / 2));
        let indent = prefix.chars().count();
        if indent > columns / 3 {
            let joined = format!("{prefix}{left}");
            return self.row("", &joined, right, axis, look);
        }
        let room = columns - indent - if reserved > 0 { reserved + 1 } else { 0 };
        let mut head = Some(prefix);
        wrap(left, room, |piece| {
            let mut text = String::with_capacity(columns);
            match head.take() {
                Some(prefix) => {
                    text.push_str(prefix);
                    text.push_str(piece);
                    if beside > 0 {
                        let used = indent + piece.chars().count();
                        text.extend(std::iter::repeat_n(' ', columns - beside - used));
                        text.push_str(right);
                    }
                }
                None => {
                    text.extend(std::iter::repeat_n(' ', indent));
                    text.push_str(piece);
                }
            }
            self.put(text, look);
        });
    }

    /// Columns of a line with that look.
    pub(crate) fn columns_of(&self, look: Look) -> usize {
        match look.size {
            Size::Large => (self.columns / 2).max(1),
            Size::Normal | Size::Tall => self.columns,
        }
    }
}

/// Breaks a line at spaces so that no piece is wider than `columns`; a word that is wider is broken, and nothing is left out but
/// the spaces at the breaks. A line that fits stays as it is, also an empty one.
pub(crate) fn wrap(line: &str, columns: usize, mut each: impl FnMut(&str)) {
    let columns = columns.max(1);
    let mut rest = line.trim_end_matches([' ', NO_BREAK]);
    loop {
        let Some((beyond, next)) = rest.char_indices().nth(columns) else { return each(rest) };
        let fitting = &rest[..beyond];
        let at = if next == ' ' { beyond } else { fitting.rfind(' ').unwrap_or(0) };
        // Behind nothing but spaces there is no word to break after.
        let piece = match rest[..at].trim_end_matches(' ') {
            "" => fitting,
            words => words,
        };
        each(piece);
        rest = rest[piece.len()..].trim_start_matches(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(line: &str, columns: usize) -> Vec<String> {
        let mut pieces = Vec::new();
        wrap(line, columns, |piece| pieces.push(piece.to_owned()));
        pieces
    }

    #[test]
    fn lines_break_at_words_and_lose_none() {
        assert_eq!(wrapped("Quatre fromages et miel", 10), ["Quatre", "fromages", "et miel"]);
        assert_eq!(wrapped("exactly ten!", 7), ["exactly", "ten!"]);
        assert_eq!(wrapped("Donaudampfschiff fahrt", 8), ["Donaudam", "pfschiff", "fahrt"]);
        assert_eq!(wrapped("   indented words", 10), ["   indente", "d words"]);
        assert_eq!(wrapped("a\u{a0}b c", 3), ["a\u{a0}b", "c"]);
        assert_eq!(wrapped("", 5), [""]);
        assert_eq!(wrapped("   ", 2), [""]);
    }
}
