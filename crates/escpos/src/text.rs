//! From a sender's text to characters that the printer has.

use crate::codes::CodeError;
use crate::encode::EncodeError;
use crate::profile::Repertoire;
use crate::sheet::MOST_LINES;
use icu_normalizer::ComposingNormalizerBorrowed;
use std::borrow::Cow;
use unicode_width::UnicodeWidthChar;

/// Something about the paper that its sender may want to know. It never holds text of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// So many characters are in no code page of the profile and were printed as boxes, or left out where they only add to the
    /// letter before them.
    Unprintable {
        /// How many.
        count: usize,
    },
    /// So many control characters stood in the text and were printed as boxes, not obeyed.
    ControlCharacters {
        /// How many.
        count: usize,
    },
    /// So many characters of right-to-left scripts were printed from left to right and unjoined.
    RightToLeft {
        /// How many.
        count: usize,
    },
    /// A code could not be printed, and stands nowhere on the paper.
    CodeLeftOut {
        /// Why.
        reason: CodeError,
    },
    /// The shop's logo could not be printed, and stands nowhere on the paper.
    LogoLeftOut {
        /// Why.
        reason: EncodeError,
    },
    /// A drawer kick cannot carry the mark.
    MarkLeftOut,
}

/// No-break space: part of a word for wrapping, a space on paper.
pub(crate) const NO_BREAK: char = '\u{a0}';

/// Turns text into characters that each take one column and are in some page of the profile.
///
/// This is the only door for a sender's text: what comes out holds no control character.
pub(crate) struct Composer<'a> {
    repertoire: &'a Repertoire,
    replacement: char,
    unprintable: usize,
    controls: usize,
    right_to_left: usize,
    /// Text was left out because it has more lines than a document may have.
    pub(crate) cut_short: bool,
}

impl<'a> Composer<'a> {
    pub(crate) fn new(repertoire: &'a Repertoire) -> Self {
        let replacement = ['■', '█', '▓', '▒', '¤'].into_iter().find(|c| repertoire.has(*c));
        Composer {
            repertoire,
            replacement: replacement.unwrap_or('#'),
            unprintable: 0,
            controls: 0,
            right_to_left: 0,
            cut_short: false,
        }
    }

    /// One line; line ends and tabs in it become spaces. What is clean already stays as it is.
    pub(crate) fn clean(&mut self, text: &str) -> String {
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        for character in composed(text).chars() {
            match character {
                '\n' | '\r' | '\t' => out.push(' '),
                other => self.character(other, &mut out),
            }
        }
        out
    }

    /// Lines as the sender broke them, tabs set to every eighth column; no more of them than a document may have.
    pub(crate) fn lines(&mut self, text: &str) -> Vec<String> {
        let text = composed(text);
        let mut lines = vec![String::new()];
        let mut rest = text.chars().peekable();
        while let Some(character) = rest.next() {
            if lines.len() > MOST_LINES {
                self.cut_short = true;
                break;
            }
            let at = lines.len() - 1;
            match character {
                '\r' if rest.peek() == Some(&'\n') => {}
                '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => lines.push(String::new()),
                '\t' => {
                    let columns = lines[at].chars().count();
                    lines[at].extend(std::iter::repeat_n(' ', 8 - columns % 8));
                }
                other => self.character(other, &mut lines[at]),
            }
        }
        lines
    }

    /// What there is to say about the text that came through.
    pub(crate) fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        if self.unprintable > 0 {
            notes.push(Note::Unprintable { count: self.unprintable });
        }
        if self.controls > 0 {
            notes.push(Note::ControlCharacters { count: self.controls });
        }
        if self.right_to_left > 0 {
            notes.push(Note::RightToLeft { count: self.right_to_left });
        }
        notes
    }

    fn character(&mut self, character: char, out: &mut String) {
        match character {
            ' '..='~' => out.push(character),
            '\u{a0}' | '\u{2007}' | '\u{202f}' => out.push(NO_BREAK),
            '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{205f}' | '\u{3000}' => out.push(' '),
            invisible if is_invisible(invisible) => {}
            control if control.is_control() => {
                self.controls += 1;
                out.push(self.replacement);
            }
            known if self.repertoire.has(known) => {
                self.right_to_left += usize::from(is_right_to_left(known));
                out.push(known);
            }
            other => self.plain_or_box(other, out),
        }
    }

    fn plain_or_box(&mut self, character: char, out: &mut String) {
        if let Some(text) = plain(character) {
            out.push_str(text);
        } else if let Some(ascii) = full_width(character) {
            out.push(ascii);
        } else {
            self.unprintable += 1;
            if character.width() != Some(0) {
                out.push(self.replacement);
            }
        }
    }
}

/// Letters sent as base and accent become one character. Text without accents of that kind is only looked through.
fn composed(text: &str) -> Cow<'_, str> {
    if text.chars().any(|c| ('\u{300}'..='\u{36f}').contains(&c)) {
        ComposingNormalizerBorrowed::new_nfc().normalize(text)
    } else {
        Cow::Borrowed(text)
    }
}

/// Formatting characters that print nothing: soft hyphen, joiners, direction marks, variation selectors, tags.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e01ef}')
}

fn is_right_to_left(character: char) -> bool {
    matches!(character, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}')
}

/// The plain way to write a typographic character, for pages that lack it. ASCII only.
fn plain(character: char) -> Option<&'static str> {
    Some(match character {
        '‘' | '’' | '‚' | '‛' | '′' | '‹' | '›' | 'ʼ' | '´' => "'",
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '─' | '━' => "-",
        '…' => "...",
        '•' | '●' | '▪' | '◦' | '★' | '☆' => "*",
        '·' | '∙' => ".",
        '×' | '✕' | '✖' => "x",
        '÷' | '⁄' | '∕' => "/",
        '→' | '⇒' | '➜' => "->",
        '←' | '⇐' => "<-",
        '≤' => "<=",
        '≥' => ">=",
        '≠' => "!=",
        '≈' => "~",
        '¼' => "1/4",
        '½' => "1/2",
        '¾' => "3/4",
        '¹' => "1",
        '²' => "2",
        '³' => "3",
        '™' => "TM",
        '©' => "(c)",
        '®' => "(R)",
        '№' => "No.",
        '‰' => "o/oo",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
        'œ' => "oe",
        'Œ' => "OE",
        '✓' | '✔' | '☑' => "[x]",
        '☐' => "[ ]",
        '€' => "EUR",
        '£' => "GBP",
        '¥' => "JPY",
        '₹' => "INR",
        '₺' => "TRY",
        '₽' => "RUB",
        '₴' => "UAH",
        '₫' => "VND",
        '₪' => "ILS",
        '฿' => "THB",
        '│' | '┃' | '║' | '¦' => "|",
        '═' => "=",
        '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' => "+",
        _ => return None,
    })
}

fn full_width(character: char) -> Option<char> {
    match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Profile;

    fn line(text: &str) -> (String, Vec<Note>) {
        let profile = Profile::builtin("generic-80").unwrap();
        let mut composer = Composer::new(profile.repertoire());
        (composer.clean(text), composer.notes())
    }

    #[test]
    fn typography_is_kept_where_a_page_has_it_and_plain_where_none_has() {
        assert_eq!(line("“Crème” – 5 €…").0, "“Crème” – 5 €…");
        assert_eq!(line("a‑b ‒ c → ✓ ₹").0, "a-b - c -> [x] INR");
        assert_eq!(line("12\u{202f}345").0, "12\u{a0}345");
        assert_eq!(line("ＡＢＣ１").0, "ABC1");
        assert_eq!(line("cafe\u{301}").0, "café");
        assert_eq!(line("zero\u{200b}width\u{ad}").1, []);
    }

    #[test]
    fn what_cannot_be_printed_is_a_box_and_counted() {
        assert_eq!(line("茶 5").0, "■ 5");
        assert_eq!(line("茶茶").1, [Note::Unprintable { count: 2 }]);
        assert_eq!(
            line("a\u{1b}@b\u{7f}\u{9b}"),
            ("a■@b■■".into(), vec![Note::ControlCharacters { count: 3 }])
        );
    }

    #[test]
    fn lines_end_where_the_sender_ended_them() {
        let profile = Profile::builtin("generic-80").unwrap();
        let mut composer = Composer::new(profile.repertoire());
        assert_eq!(composer.lines("a\r\nb\rc\n\td"), ["a", "b", "c", "        d"]);
    }
}
