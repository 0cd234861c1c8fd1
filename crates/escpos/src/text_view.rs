//! What the paper says, as text for a terminal.

use crate::Profile;
use crate::paper::{
    Code, CodeKind, Element, Font, Jump, Kind, Line, Mark, Paper, Part, PlacedLine, Run,
};
use crate::scan::Align;
use unicode_width::UnicodeWidthChar;

/// The paper of these bytes as plain text: each line decoded by the code page that is active there and placed in the profile's
/// columns, `✂` at a cut, `[drawer kick]`, `[image 576×400]` (dots), `[barcode]`, `[QR code]` where they are printed.
///
/// Wide characters are written once. What the printer would still hold in its line buffer at the end is shown as a last line. A
/// byte that no page explains is `�`. Commands that put nothing on paper leave no trace.
pub fn text_view(bytes: &[u8], profile: &Profile) -> String {
    Paper::read(bytes, profile).text_view()
}

impl Paper {
    /// The paper as plain text; see [`text_view`].
    pub fn text_view(&self) -> String {
        let mut view = View { paper: self, out: String::new(), image: None };
        self.elements.iter().for_each(|element| view.element(element));
        view.end_image();
        view.out
    }
}

struct View<'a> {
    paper: &'a Paper,
    out: String,
    /// An image that may go on with the next band: its dots across and down.
    image: Option<(usize, usize)>,
}

impl View<'_> {
    fn element(&mut self, element: &Element) {
        match &element.kind {
            Kind::Line(line) => match only_image(line) {
                Some(size) => self.band(size),
                None => self.line(line),
            },
            Kind::Picture(picture) => self.band((picture.width(), picture.height())),
            // Between two bands of one image.
            Kind::Feed { lines: ..=1 } if self.image.is_some() => {}
            Kind::Feed { lines } => {
                self.end_image();
                self.out.extend(std::iter::repeat_n('\n', *lines));
            }
            Kind::Page(lines, _) => self.page(lines),
            Kind::Code(code) => self.notice(code_name(code)),
            Kind::Cut(_) => {
                let cut = format!("✂{}", " -".repeat(self.paper.columns.saturating_sub(1) / 2));
                self.notice(&cut);
            }
            Kind::Mark(Mark::Drawer) => self.notice("[drawer kick]"),
            Kind::Mark(Mark::Buzzer) => self.notice("[buzzer]"),
            Kind::Mark(Mark::StoredPicture) => self.notice("[picture from the printer's memory]"),
        }
    }

    /// Lines of a page from top to bottom, as far as they can be read in one direction.
    fn page(&mut self, lines: &[PlacedLine]) {
        let mut order: Vec<&PlacedLine> = lines.iter().collect();
        order.sort_by_key(|placed| (placed.area.turns, placed.area.y + placed.bottom));
        for placed in order {
            match only_image(&placed.line) {
                Some(size) => {
                    self.band(size);
                    self.end_image();
                }
                None => self.line(&placed.line),
            }
        }
    }

    fn line(&mut self, line: &Line) {
        self.end_image();
        let text = self.written(line);
        let text = text.trim_end();
        if !text.is_empty() {
            let cell = self.paper.cell;
            let columns =
                if line.area >= self.paper.dots { self.paper.columns } else { line.area / cell };
            let free = columns.saturating_sub(columns_of(text));
            let indent = match line.align {
                Align::Left => 0,
                Align::Centre => free / 2,
                Align::Right => free,
            };
            self.out.extend(std::iter::repeat_n(' ', line.left / cell + indent));
            self.out.push_str(text);
        }
        self.out.push('\n');
    }

    /// The text of a line; what a tab or a position command moved stands in its column, if it can.
    fn written(&self, line: &Line) -> String {
        let mut out = String::new();
        for part in &line.parts {
            match part {
                Part::Run(run) => {
                    if run.jump == Jump::Placed {
                        self.go_to(run, &mut out);
                    }
                    // The no-break space of some pages is a space on paper, and other readers of this text know only spaces.
                    out.extend(
                        self.paper.text(run).chars().map(|c| if c == '\u{a0}' { ' ' } else { c }),
                    );
                }
                Part::Image { picture, .. } => {
                    let image = format!("[image {}×{}]", picture.width(), picture.height());
                    out.push_str(&image);
                }
            }
        }
        out
    }

    fn go_to(&self, run: &Run, out: &mut String) {
        let column = run.x.div_ceil(self.paper.cell.max(1));
        let used = columns_of(out);
        let apart = usize::from(used > 0 && !out.ends_with(' ') && run.face.font != Font::Kanji);
        out.extend(std::iter::repeat_n(' ', column.saturating_sub(used).max(apart)));
    }

    fn notice(&mut self, notice: &str) {
        self.end_image();
        self.out.push_str(notice);
        self.out.push('\n');
    }

    fn band(&mut self, (width, rows): (usize, usize)) {
        match &mut self.image {
            Some((known, height)) if *known == width => *height = height.saturating_add(rows),
            _ => {
                self.end_image();
                self.image = Some((width, rows));
            }
        }
    }

    fn end_image(&mut self) {
        if let Some((width, height)) = self.image.take() {
            self.out.push_str(&format!("[image {width}×{height}]\n"));
        }
    }
}

/// The dots of a line that is one image and nothing else.
fn only_image(line: &Line) -> Option<(usize, usize)> {
    match line.parts.as_slice() {
        [Part::Image { picture, .. }] => Some((picture.width(), picture.height())),
        _ => None,
    }
}

fn code_name(code: &Code) -> &'static str {
    match code.kind {
        CodeKind::Barcode => "[barcode]",
        CodeKind::Qr => "[QR code]",
        CodeKind::Other => "[2D code]",
    }
}

fn columns_of(text: &str) -> usize {
    text.chars().map(|c| c.width().unwrap_or(0)).sum()
}
