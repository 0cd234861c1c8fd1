//! Texts become lines as browsers make them: white space folds, blank lines do not pile up.

use super::amounts::is_amount;
use super::flow::{Flow, Part, Run, Table, Text};
use super::style::{Direction, Style, TextAlign, Transform, WhiteSpace};
use crate::scan::Align;
use crate::sheet::{Base, Look};
use crate::text::NO_BREAK;

/// Most blank lines in a row.
const MOST_BLANK: u8 = 3;
/// Most changes of look and bytes of one paragraph; what is longer goes on in a new one.
const MOST_RUNS: usize = 500;
const MOST_BYTES: usize = 16 << 10;
/// Longer texts than this wrap although the document forbids it: it was made for wider paper.
const MOST_UNBROKEN: usize = 24;

/// Takes texts and parts in their order.
pub(super) struct Lines {
    flow: Flow,
    runs: Vec<Run>,
    bytes: usize,
    /// A space that is printed if something follows.
    space: Option<Look>,
    /// Blank lines that come if something follows: asked for by margins, and one by one.
    margin: u8,
    blank: u8,
    /// Whether the page ends here, if something follows.
    cut: Cut,
    pub(super) align: Align,
    pub(super) indent: usize,
    pub(super) marker: Option<String>,
    pub(super) base: Base,
    spaces: Spaces,
    /// Columns of the paper.
    columns: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    No,
    Wanted,
}

/// Whether the line that is being taken has its spaces as they stand in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Spaces {
    Folded,
    Kept,
}

impl Lines {
    pub(super) fn new(align: Align, columns: usize) -> Lines {
        Lines {
            flow: Vec::new(),
            runs: Vec::new(),
            bytes: 0,
            space: None,
            margin: 0,
            blank: 0,
            cut: Cut::No,
            align,
            indent: 0,
            marker: None,
            base: Base::OfText,
            spaces: Spaces::Folded,
            columns,
        }
    }

    /// Text of an element with that style.
    pub(super) fn text(&mut self, text: &str, style: &Style, look: Look) {
        let text = transformed(text, style.transform);
        match style.space {
            WhiteSpace::Normal => self.folded(&text, ' ', look),
            WhiteSpace::NoWrap if text.trim().chars().count() <= MOST_UNBROKEN => {
                self.folded(&text, NO_BREAK, look);
            }
            WhiteSpace::NoWrap => self.folded(&text, ' ', look),
            WhiteSpace::Pre | WhiteSpace::PreLine => {
                for (index, line) in text.split('\n').enumerate() {
                    if index > 0 {
                        self.line_break();
                    }
                    match style.space {
                        WhiteSpace::Pre => self.kept(line, look),
                        _ => self.folded(line, ' ', look),
                    }
                }
            }
        }
    }

    /// White space between words becomes one `space`; at the beginning of a line there is none.
    fn folded(&mut self, text: &str, space: char, look: Look) {
        let white = |c: char| c.is_ascii_whitespace();
        if text.starts_with(white) {
            self.space_wanted(look);
        }
        for (index, word) in text.split_ascii_whitespace().enumerate() {
            if index > 0 {
                self.run(space.encode_utf8(&mut [0; 4]), look);
            } else if let Some(look) = self.space.take() {
                self.run(" ", look);
            }
            self.run(word, look);
        }
        if text.ends_with(white) {
            self.space_wanted(look);
        }
    }

    fn space_wanted(&mut self, look: Look) {
        let ends_in_space = self.runs.last().is_none_or(|run| run.text.ends_with([' ', NO_BREAK]));
        if !ends_in_space && self.space.is_none() {
            self.space = Some(look);
        }
    }

    fn kept(&mut self, line: &str, look: Look) {
        self.spaces = Spaces::Kept;
        if let Some(look) = self.space.take() {
            self.run(" ", look);
        }
        let line = line.trim_end_matches('\r');
        if !line.contains('\t') {
            return self.run(line, look);
        }
        let mut column = 0;
        for (index, part) in line.split('\t').enumerate() {
            if index > 0 {
                let spaces = 8 - column % 8;
                self.run(&" ".repeat(spaces), look);
                column += spaces;
            }
            self.run(part, look);
            column += part.chars().count();
        }
    }

    fn run(&mut self, text: &str, look: Look) {
        if self.runs.len() >= MOST_RUNS || self.bytes >= MOST_BYTES {
            self.end_line();
        }
        self.bytes += text.len();
        match self.runs.last_mut() {
            _ if text.is_empty() => {}
            Some(run) if run.look == look => run.text.push_str(text),
            _ => self.runs.push(Run { text: text.to_owned(), look }),
        }
    }

    /// Ends the line where the document says so; an empty one stays blank.
    pub(super) fn line_break(&mut self) {
        if self.runs.iter().all(|run| run.text.trim().is_empty()) {
            self.runs.clear();
            self.space = None;
            self.blank = (self.blank + 1).min(MOST_BLANK);
        } else {
            self.end_line();
        }
    }

    /// Ends the line where a block begins or ends.
    pub(super) fn end_line(&mut self) {
        self.space = None;
        self.bytes = 0;
        let runs = std::mem::take(&mut self.runs);
        let spaces = std::mem::replace(&mut self.spaces, Spaces::Folded);
        let blank = runs.iter().all(|run| run.text.chars().all(|c| c == ' ' || c == NO_BREAK));
        if blank {
            // A no-break space alone is how a blank line is asked for.
            let asked = runs.iter().any(|run| run.text.contains(NO_BREAK));
            self.blank = (self.blank + u8::from(asked)).min(MOST_BLANK);
            return;
        }
        let (align, indent, base) = (self.align, self.indent, self.base);
        let text = Text { runs, align, indent, marker: self.marker.take(), base };
        // A line among columns that are made of spaces is as long as they are.
        let across = match spaces {
            Spaces::Folded => self.columns / 2,
            Spaces::Kept => self.columns,
        };
        match drawn_by_hand(&text, across) {
            Some(character) => self.rule(character),
            None if spaces == Spaces::Kept => self.push_kept(text),
            None => self.push(Part::Text(text)),
        }
    }

    /// A line with its spaces. One that is wider than the paper, and ends in an amount behind a gap, has it at the right there too.
    fn push_kept(&mut self, text: Text) {
        let plain = text.plain();
        let label = plain.trim_end().rfind("  ").map(|at| plain.split_at(at));
        let too_wide = plain.trim_end().chars().count() > self.columns;
        match (label, text.runs.first()) {
            (Some((label, amount)), Some(run)) if too_wide && is_amount(amount) => {
                let base = text.base;
                let part = |text: &str, align| {
                    let run = Run { text: text.trim_end().to_owned(), look: run.look };
                    Part::Text(Text { runs: vec![run], align, indent: 0, marker: None, base })
                };
                let parts = [part(label, Align::Left), part(amount.trim_start(), Align::Right)];
                self.push(Part::Table(Table::of_boxes(parts)));
            }
            _ => self.push(Part::Text(text)),
        }
    }

    /// Blank lines that a margin of so many pixels asks for. Margins beside each other are one.
    pub(super) fn margin(&mut self, pixels: f32) {
        if pixels >= 10.0 {
            self.margin = 1;
        }
    }

    /// Room that is there for its own sake, in pixels.
    pub(super) fn room(&mut self, pixels: f32) {
        let lines = (pixels / 18.0).clamp(0.0, f32::from(MOST_BLANK)) as u8;
        self.blank = self.blank.max(lines);
    }

    /// A line across; beside it margins are not needed, and two of them are one.
    pub(super) fn rule(&mut self, character: char) {
        self.margin = 0;
        match self.flow.last() {
            Some(Part::Rule(_)) if self.blank == 0 => {}
            _ => self.push(Part::Rule(character)),
        }
    }

    /// Ends the page, unless nothing follows or nothing stands on it.
    pub(super) fn page_break(&mut self) {
        self.end_line();
        self.cut = Cut::Wanted;
    }

    /// A part that is no text. The line before it must have ended.
    pub(super) fn push(&mut self, part: Part) {
        let first = matches!(self.flow.last(), None | Some(Part::Cut));
        let after_rule = matches!(self.flow.last(), Some(Part::Rule(_)));
        if !first && self.cut == Cut::Wanted {
            self.flow.push(Part::Cut);
        } else if !first {
            let margin = if after_rule { 0 } else { self.margin };
            let lines = margin.max(self.blank);
            if lines > 0 {
                self.flow.push(Part::Space(lines));
            }
        }
        (self.margin, self.blank, self.cut) = (0, 0, Cut::No);
        self.flow.push(part);
    }

    /// All of it.
    pub(super) fn finish(mut self) -> Flow {
        self.end_line();
        self.flow
    }
}

/// The character of a line that somebody drew with characters, if it was meant to go across.
fn drawn_by_hand(text: &Text, least: usize) -> Option<char> {
    let plain = text.plain();
    let mut drawn = plain.chars().filter(|c| *c != ' ');
    let first = drawn.next().filter(|c| "-=_*.~#─━═–—".contains(*c))?;
    let across = plain.chars().count() >= least.max(8);
    (across && drawn.all(|c| c == first)).then_some(match first {
        '–' | '—' => '-',
        '━' => '─',
        other => other,
    })
}

fn transformed(text: &str, transform: Transform) -> std::borrow::Cow<'_, str> {
    match transform {
        Transform::None => text.into(),
        Transform::Upper => text.to_uppercase().into(),
        Transform::Lower => text.to_lowercase().into(),
        Transform::Capital => {
            let mut before = ' ';
            let capital = |c: char| {
                let begins = !(before.is_alphanumeric() || before == '\'' || before == '’');
                before = c;
                if begins { c.to_uppercase().collect::<String>() } else { c.to_string() }
            };
            text.chars().map(capital).collect::<String>().into()
        }
    }
}

/// Where text stands, as a sheet reads that is mirrored (`right_to_left`) or not.
pub(super) fn align(style: &Style, sheet: Direction) -> Align {
    use Direction::RightToLeft;
    let physical = match (style.align, style.direction) {
        (TextAlign::Centre, _) => return Align::Centre,
        (TextAlign::Left, _) => Align::Left,
        (TextAlign::Right, _) => Align::Right,
        (TextAlign::Start, RightToLeft) => Align::Right,
        (TextAlign::End, RightToLeft) => Align::Left,
        (TextAlign::Start, _) => Align::Left,
        (TextAlign::End, _) => Align::Right,
    };
    match (sheet, physical) {
        (RightToLeft, Align::Left) => Align::Right,
        (RightToLeft, Align::Right) => Align::Left,
        (_, physical) => physical,
    }
}
