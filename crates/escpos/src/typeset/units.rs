//! Text cut into what is set as one.

use super::Typesetter;
use super::fonts::{EMOJI, MONO_REST, family_of};
use crate::text::NO_BREAK;
use icu_segmenter::GraphemeClusterSegmenter;
use std::ops::Range;
use unicode_script::{Script, UnicodeScript};
use unicode_width::UnicodeWidthChar;

/// A piece of text that is set as one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    /// Its bytes in the text.
    pub(crate) range: Range<usize>,
    pub(crate) kind: Kind,
}

/// How a unit is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Space,
    /// One character in so many columns.
    Cell(char, usize),
    /// Shaped as a whole, in a font of that family.
    Word(&'static str),
    /// Marks that only say how text runs.
    Nothing,
}

/// Most clusters of a word; a longer one is cut, so that no word takes long.
const LONGEST_WORD: usize = 64;

impl Typesetter {
    /// Cuts a text into units, in its own order. No unit goes across one of the `cuts`, which rise.
    pub(crate) fn units(&self, text: &str, cuts: &[usize]) -> Vec<Unit> {
        let mut units: Vec<Unit> = Vec::with_capacity(text.len());
        let all_cuts = cuts;
        let mut cuts = cuts.iter().copied().peekable();
        let mut from = 0;
        let mut clusters = 0;
        for to in GraphemeClusterSegmenter::new().segment_str(text).filter(|at| *at > 0) {
            let kind = self.kind(&text[from..to]);
            let mut cut = false;
            while cuts.next_if(|at| *at <= from).is_some() {
                cut = true;
            }
            match units.last_mut() {
                Some(last)
                    if !cut
                        && clusters < LONGEST_WORD
                        && matches!(kind, Kind::Word(_))
                        && last.kind == kind =>
                {
                    last.range.end = to;
                    clusters += 1;
                }
                _ => {
                    units.push(Unit { range: from..to, kind });
                    clusters = 1;
                }
            }
            from = to;
        }
        attach(&mut units, all_cuts);
        units
    }

    fn kind(&self, cluster: &str) -> Kind {
        let mut characters = cluster.chars();
        let Some(first) = characters.next() else { return Kind::Nothing };
        if characters.next().is_none() {
            return self.kind_of_one(first);
        }
        if is_emoji(cluster, first) { Kind::Word(EMOJI) } else { Kind::Word(family(cluster)) }
    }

    fn kind_of_one(&self, character: char) -> Kind {
        match character {
            ' ' | NO_BREAK => Kind::Space,
            '!'..='~' => Kind::Cell(character, 1),
            '\u{200b}'..='\u{200f}' | '\u{61c}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' => {
                Kind::Nothing
            }
            _ if is_shaped(character.script()) => Kind::Word(family_of(character.script())),
            _ if self.fonts.narrow(character).is_some() && character.width() == Some(1) => {
                Kind::Cell(character, 1)
            }
            _ if is_picture(character) => Kind::Word(EMOJI),
            // The font has it as a letter and its accents, which look better than a letter of the wide font.
            _ if is_letter(character.script()) => Kind::Word(MONO_REST),
            _ => match self.fonts.wide(character) {
                Some((_, columns)) => Kind::Cell(character, columns),
                None => Kind::Word(family_of(character.script())),
            },
        }
    }
}

/// Sets the marks before and behind a word with it, in its font: a comma in a column of its own stands apart from narrow letters.
fn attach(units: &mut Vec<Unit>, cuts: &[usize]) {
    let is_word = |unit: &Unit| matches!(unit.kind, Kind::Word(family) if family != EMOJI);
    let is_mark = |unit: &Unit| matches!(unit.kind, Kind::Cell(mark, 1) if is_mark(mark));
    units.dedup_by(|next, word| {
        let joins =
            is_word(word) && is_mark(next) && cuts.binary_search(&next.range.start).is_err();
        if joins {
            word.range.end = next.range.end;
        }
        joins
    });
    // What stands before a word, or between it and the marks behind the word before: from behind, as each may join the next.
    let mut behind: Vec<Unit> = Vec::with_capacity(units.len());
    for mut unit in units.drain(..).rev() {
        let joins = is_mark(&unit)
            && behind.last().is_some_and(|word| {
                is_word(word) && cuts.binary_search(&word.range.start).is_err()
            });
        if let Some(word) = behind.pop_if(|_| joins) {
            unit.kind = word.kind;
            unit.range.end = word.range.end;
        }
        behind.push(unit);
    }
    units.extend(behind.into_iter().rev());
    units.dedup_by(|next, word| {
        let joins = is_word(word)
            && next.kind == word.kind
            && word.range.len() + next.range.len() <= LONGEST_WORD
            && cuts.binary_search(&next.range.start).is_err();
        if joins {
            word.range.end = next.range.end;
        }
        joins
    });
}

/// Marks that belong to the word beside them, and that no page of numbers is set with.
fn is_mark(character: char) -> bool {
    matches!(
        character,
        '!' | '"'
            | '\''
            | '('
            | ')'
            | ','
            | '-'
            | '.'
            | ':'
            | ';'
            | '?'
            | '['
            | ']'
            | '«'
            | '»'
            | '\u{2010}'
            ..='\u{2027}' | '\u{60c}' | '\u{61b}' | '\u{61f}' | '\u{640}' | '\u{964}' | '\u{965}'
    )
}

fn is_letter(script: Script) -> bool {
    matches!(script, Script::Latin | Script::Greek | Script::Cyrillic)
}

/// Whether the letters of a script join, stack, or vary in width.
fn is_shaped(script: Script) -> bool {
    !matches!(
        script,
        Script::Common
            | Script::Inherited
            | Script::Unknown
            | Script::Latin
            | Script::Greek
            | Script::Cyrillic
            | Script::Armenian
            | Script::Georgian
            | Script::Han
            | Script::Hiragana
            | Script::Katakana
            | Script::Hangul
            | Script::Bopomofo
    )
}

fn family(cluster: &str) -> &'static str {
    let mut scripts = cluster.chars().map(|c| c.script());
    let script = scripts.find(|script| !matches!(script, Script::Common | Script::Inherited));
    script.map_or(MONO_REST, family_of)
}

/// Whether a cluster of several characters is one picture: sequences, flags, key caps, whatever asks for it.
fn is_emoji(cluster: &str, first: char) -> bool {
    cluster.contains(['\u{fe0f}', '\u{20e3}', '\u{200d}']) && !is_shaped(first.script())
        || is_picture(first)
}

/// The blocks of pictures, and flags' letters.
fn is_picture(character: char) -> bool {
    matches!(character, '\u{1f000}'..='\u{1faff}')
        || character.width() == Some(2) && matches!(character, '\u{2300}'..='\u{2bff}')
}
