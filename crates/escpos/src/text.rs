//! From a sender's text to characters that can stand on paper.

use crate::codes::CodeError;
use crate::encode::EncodeError;
use crate::profile::{Profile, Repertoire};
use crate::sheet::MOST_LINES;
use crate::typeset;
use icu_normalizer::ComposingNormalizerBorrowed;
use std::borrow::Cow;
use std::fmt;
use unicode_width::UnicodeWidthChar;

/// Something about the paper that its sender may want to know. It never holds text of the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// So many characters are in no font that is at hand, and were printed as boxes.
    NoGlyph {
        /// How many.
        count: usize,
    },
    /// So many characters are in none of the printer's code pages, and it prints no pictures, or too coarse ones to draw them:
    /// they were printed as boxes, or left out where they only add to the letter before them.
    NotDrawn {
        /// How many.
        count: usize,
    },
    /// So many control characters stood in the text and were printed as their numbers, such as `<1B>`, not obeyed.
    ControlCharacters {
        /// How many.
        count: usize,
    },
    /// So many pictures are not on the paper because this printer prints none, or because they are wider than its paper.
    PicturesLeftOut {
        /// How many.
        count: usize,
    },
    /// A line of an order, or something chosen with it, has no name and no amount that stands alone, and was left out.
    NamelessLeftOut,
    /// A picture has nothing dark enough to be printed, so that the paper stays white there.
    WhitePicture,
    /// So many pictures within an SVG picture were left out: it only names them, or they are none that can be read.
    WithinSvgLeftOut {
        /// How many.
        count: usize,
    },
    /// A code could not be printed, and stands nowhere on the paper.
    CodeLeftOut {
        /// Why.
        reason: CodeError,
    },
    /// So many elements of an HTML document mean nothing on paper, or could not be shown, and were left out.
    HtmlLeftOut {
        /// Their name, such as `script`.
        element: &'static str,
        /// How many.
        count: usize,
    },
    /// The shop's logo could not be printed, and stands nowhere on the paper.
    LogoLeftOut {
        /// Why.
        reason: EncodeError,
    },
    /// A drawer kick cannot carry the mark.
    MarkLeftOut,
}

/// In words for the person who looks the job up.
impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let characters = |count: &usize| match count {
            1 => "1 character".to_owned(),
            count => format!("{count} characters"),
        };
        match self {
            Note::NoGlyph { count } => {
                write!(f, "{} that no font has: printed as boxes", characters(count))
            }
            Note::NotDrawn { count } => write!(
                f,
                "{} that this printer lacks and cannot draw: printed as boxes",
                characters(count)
            ),
            Note::WhitePicture => f.write_str("a picture is white all over: nothing of it is seen"),
            Note::WithinSvgLeftOut { count } => write!(
                f,
                "pictures ({count}) that an SVG names are left out: only those within it are printed"
            ),
            Note::ControlCharacters { count } => {
                write!(f, "control characters ({count}) are printed as numbers, not obeyed")
            }
            Note::PicturesLeftOut { count } => {
                write!(f, "pictures ({count}) are left out: this printer cannot print them")
            }
            Note::HtmlLeftOut { element, count } => {
                write!(f, "HTML that means nothing on paper is left out: {element} ({count})")
            }
            Note::CodeLeftOut { reason } => write!(f, "a code is left out: {reason}"),
            Note::LogoLeftOut { reason } => write!(f, "the logo is left out: {reason}"),
            Note::NamelessLeftOut => {
                f.write_str("lines of the order that have no name are left out")
            }
            Note::MarkLeftOut => f.write_str("a drawer kick cannot carry the mark of a copy"),
        }
    }
}

/// No-break space: part of a word for wrapping, a space on paper.
pub(crate) const NO_BREAK: char = '\u{a0}';

/// Cleans text: what comes out holds no control character and nothing that reorders text behind a reader's back, and cleaning it
/// again changes nothing. This is the only door for a sender's text.
///
/// Characters stay what they are where the printer has them or can draw them. Only marks that a reader takes for the same are
/// exchanged for those that a page has: quotation marks, dashes, an ellipsis.
pub(crate) struct Composer<'a> {
    repertoire: &'a Repertoire,
    /// How a printer that draws nothing prints what its pages lack. `None`: it draws.
    replacement: Option<char>,
    not_drawn: usize,
    controls: usize,
    /// Text was left out because it has more lines than a document may have.
    pub(crate) cut_short: bool,
}

impl<'a> Composer<'a> {
    pub(crate) fn new(profile: &'a Profile) -> Self {
        let repertoire = profile.repertoire();
        let known = || ['■', '█', '▓', '▒', '¤'].into_iter().find(|c| repertoire.has(*c));
        let replacement = match profile.graphics {
            graphics if graphics.is_fine() => None,
            _ => Some(known().unwrap_or('#')),
        };
        Composer { repertoire, replacement, not_drawn: 0, controls: 0, cut_short: false }
    }

    /// One line; line ends and tabs in it become spaces. What is clean already stays as it is.
    pub(crate) fn clean(&mut self, text: &str) -> String {
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return text.to_owned();
        }
        let mut out = String::with_capacity(text.len());
        for character in composed(text).chars() {
            match character {
                '\n' | '\r' | '\t' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push(' '),
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
        if self.not_drawn > 0 {
            notes.push(Note::NotDrawn { count: self.not_drawn });
        }
        if self.controls > 0 {
            notes.push(Note::ControlCharacters { count: self.controls });
        }
        notes
    }

    fn character(&mut self, character: char, out: &mut String) {
        match character {
            ' '..='~' => out.push(character),
            '\u{a0}' | '\u{2007}' | '\u{202f}' => out.push(NO_BREAK),
            '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{205f}' => out.push(' '),
            '\u{3000}' => out.push_str("  "),
            invisible if is_invisible(invisible) => {}
            control if control.is_control() => {
                self.controls += 1;
                out.push_str(&format!("<{:02X}>", u32::from(control)));
            }
            known if is_native(known, self.repertoire) => out.push(known),
            other => match (same(other), self.replacement) {
                (Some(text), _) => out.push_str(text),
                (None, None) => self.drawn(other, out),
                (None, Some(replacement)) => self.replaced(other, replacement, out),
            },
        }
    }

    /// A character that has to be drawn: itself, or what Unicode calls compatible with it where no font has it.
    fn drawn(&mut self, character: char, out: &mut String) {
        let known = match character {
            // A wave dash, which fonts have as a wide tilde.
            '\u{301c}' => '\u{ff5e}',
            other => other,
        };
        let is_sign = !known.is_alphanumeric() || known.is_numeric() || known < '\u{370}';
        if is_sign && known.width() != Some(0) && !typeset::has(known) {
            let mut code = [0; 4];
            let compatible =
                ComposingNormalizerBorrowed::new_nfkc().normalize(known.encode_utf8(&mut code));
            if compatible.chars().all(|c| is_native(c, self.repertoire) || typeset::has(c)) {
                return out.push_str(&compatible);
            }
        }
        out.push(known);
    }

    fn replaced(&mut self, character: char, replacement: char, out: &mut String) {
        if let Some(ascii) = full_width(character) {
            return out.push(ascii);
        }
        self.not_drawn += 1;
        if character.width() != Some(0) {
            out.push(replacement);
        }
    }
}

/// Whether the printer's own characters are right for it: some page has it, and it neither joins with its neighbours, nor stands
/// above or below them, nor is read from right to left. Pages hold such characters too, but printers set them like Latin ones.
pub(crate) fn is_native(character: char, repertoire: &Repertoire) -> bool {
    match character {
        ' '..='~' | NO_BREAK => true,
        '\u{300}'..='\u{36f}'
        | '\u{590}'..='\u{109f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{fb1d}'..='\u{fdff}'
        | '\u{fe70}'..='\u{feff}' => false,
        _ => repertoire.has(character),
    }
}

/// Letters sent as base and accent become one character. Text without accents of that kind is only looked through.
fn composed(text: &str) -> Cow<'_, str> {
    if !text.is_ascii() && text.chars().any(|c| ('\u{300}'..='\u{36f}').contains(&c)) {
        ComposingNormalizerBorrowed::new_nfc().normalize(text)
    } else {
        Cow::Borrowed(text)
    }
}

/// Characters that print nothing and that nothing here needs: soft hyphens, break hints, what embeds or overrides a direction,
/// variants of ideographs. Joiners, direction marks and emoji variants stay: shaping wants them.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0d}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0100}'..='\u{e01ef}')
}

/// What a reader takes for the same mark. ASCII only.
fn same(character: char) -> Option<&'static str> {
    Some(match character {
        '‘' | '’' | '‚' | '‛' | '′' | 'ʼ' | '´' => "'",
        '“' | '”' | '„' | '‟' | '″' => "\"",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => "-",
        '…' => "...",
        '⁄' | '∕' => "/",
        'ﬁ' => "fi",
        'ﬂ' => "fl",
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
    use crate::profile::Graphics;

    fn clean(text: &str) -> (String, Vec<Note>) {
        let profile = Profile::builtin("generic-80").unwrap();
        let mut composer = Composer::new(&profile);
        let once = composer.clean(text);
        let notes = composer.notes();
        assert_eq!(composer.clean(&once), once);
        assert_eq!(composer.notes(), notes);
        (once, notes)
    }

    #[test]
    fn typography_is_kept_where_a_page_has_it_and_plain_where_none_has() {
        assert_eq!(clean("“Crème” – 5 €…").0, "“Crème” – 5 €…");
        assert_eq!(clean("a‑b ‒ c").0, "a-b - c");
        assert_eq!(clean("→ ✓ ₹ 茶").0, "→ ✓ ₹ 茶");
        assert_eq!(clean("12\u{202f}345").0, "12\u{a0}345");
        assert_eq!(clean("cafe\u{301}").0, "café");
        assert_eq!(clean("zero\u{200b}width\u{ad}"), ("zerowidth".into(), vec![]));
    }

    #[test]
    fn control_characters_are_seen_and_not_obeyed() {
        let controls = vec![Note::ControlCharacters { count: 3 }];
        assert_eq!(clean("a\u{1b}@b\u{7f}\u{9b}"), ("a<1B>@b<7F><9B>".into(), controls));
        assert_eq!(clean("5\u{202e}00.1\u{2066}").0, "500.1");
    }

    #[test]
    fn a_printer_without_images_prints_boxes() {
        let mut profile = Profile::builtin("generic-80").unwrap();
        for graphics in [Graphics::None, Graphics::Pins] {
            profile.graphics = graphics;
            let mut composer = Composer::new(&profile);
            assert_eq!(composer.clean("茶 ＡＢ é x\u{20d7}"), "■ AB é x");
            assert_eq!(composer.notes(), [Note::NotDrawn { count: 2 }]);
            let said = composer.notes()[0].to_string();
            assert!(said.contains("cannot draw") && !said.contains("font"), "{said}");
        }
    }

    #[test]
    fn lines_end_where_the_sender_ended_them() {
        let profile = Profile::builtin("generic-80").unwrap();
        let mut composer = Composer::new(&profile);
        assert_eq!(composer.lines("a\r\nb\rc\n\td"), ["a", "b", "c", "        d"]);
    }
}
