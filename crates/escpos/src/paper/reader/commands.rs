//! Commands but for pictures and codes.

use super::{MARK, Reader};
use crate::code_page::Encoding;
use crate::paper::element::{Area, Font};
use crate::paper::event::EventKind;
use crate::paper::line::LineBuffer;
use crate::paper::page::PageBuffer;
use crate::paper::state::{LINE, State};
use crate::paper::{Kind, Mark, country};
use crate::scan::{Command, Cut, ESC, FS, Feed, GS, Page, Place, Style, Switch};

impl Reader<'_> {
    pub(super) fn command(&mut self, offset: usize, command: Command, bytes: &[u8]) {
        // Two-byte characters do not reach over a command.
        self.half_character();
        match command {
            Command::Init => self.reset(),
            Command::CodePage(number) => self.code_page(offset, number),
            Command::KanjiMode(switch) => self.state.tables.kanji = switch,
            Command::Style(style) => self.style(offset, style),
            Command::Feed(feed) => self.move_paper(offset, feed),
            Command::Cut(cut) => self.cut(offset, cut),
            Command::Drawer { .. } => self.mark(offset, Mark::Drawer),
            Command::Buzzer => self.mark(offset, Mark::Buzzer),
            Command::PrintStored(_) => self.mark(offset, Mark::StoredPicture),
            Command::Place(place) => self.place(place),
            Command::TabStops => self.tab_stops(bytes),
            Command::Page(page) => self.page_mode(offset, page),
            Command::BarcodeLook(look) => self.state.set_barcode_look(look),
            Command::StatusRequest(_)
            | Command::AutoStatus(_)
            | Command::PrinterId(_)
            | Command::Confirm(_) => self.event(offset, EventKind::Question),
            Command::Raster { .. }
            | Command::BitImage { .. }
            | Command::Graphics(_)
            | Command::DefineImage { .. }
            | Command::PrintImage(_)
            | Command::Symbol { .. }
            | Command::Barcode(_) => self.picture_command(offset, command, bytes),
            Command::Other => self.other(offset, bytes),
            Command::Select(_) => {}
        }
    }

    /// `ESC @`: the line that is not printed is forgotten; the paper stays.
    fn reset(&mut self) {
        self.line.take();
        self.line = LineBuffer::new();
        self.state = State::initial(self.profile);
        self.page = None;
        for (offset, mark) in std::mem::take(&mut self.marks) {
            self.put(offset, Kind::Mark(mark), 0);
        }
    }

    fn code_page(&mut self, offset: usize, number: u8) {
        let page = self.profile.code_page(number);
        // The makers agree on this one, and profiles need not have it.
        let page = page.or_else(|| Encoding::named("katakana").filter(|_| number == 1));
        self.state.tables.page = page;
        if self.state.tables.page.is_none() {
            self.event(offset, EventKind::Refused("a code page that the profile does not have"));
        }
    }

    fn style(&mut self, offset: usize, style: Style) {
        let state = &mut self.state;
        match style {
            Style::Align(align) => state.align = align,
            Style::Bold(switch) => state.face.bold = switch,
            Style::Underline(dots) => state.face.underline = dots,
            Style::Inverse(switch) => state.face.inverse = switch,
            Style::Size { width, height } => state.set_size(width, height),
            Style::Mode(mode) => state.set_mode(mode),
            Style::Font(0 | 48) => state.face.font = Font::A,
            Style::Font(1 | 49) => state.face.font = Font::B,
            Style::Font(_) => self.event(offset, EventKind::Refused("a font beyond A and B")),
            Style::LineSpacing(None) => state.line_spacing = LINE,
            Style::LineSpacing(Some(n)) => state.line_spacing = state.units.down(n.into()),
            Style::UpsideDown(switch) => state.upside_down = switch,
            Style::Rotated(switch) => state.face.rotated = switch,
            Style::International(n) if country::known(n) => state.tables.country = n,
            Style::International(_) => {
                self.event(offset, EventKind::Refused("a national set that is not known"));
            }
            Style::Spacing(n) => state.spacing = n.into(),
            Style::KanjiMode(mode) => state.set_kanji_mode(mode),
            Style::KanjiUnderline(dots) => state.kanji.underline = dots,
            Style::KanjiLarge(switch) => {
                let times = if switch == Switch::On { 2 } else { 1 };
                (state.kanji.width, state.kanji.height) = (times, times);
            }
            Style::KanjiSpacing(left, right) => state.kanji.spacing = (left.into(), right.into()),
        }
    }

    fn move_paper(&mut self, offset: usize, feed: Feed) {
        match feed {
            Feed::Lines(lines) => {
                let lines = usize::from(lines);
                self.feed(offset, lines * self.state.line_spacing, lines);
            }
            Feed::Units(units) => {
                let dots = self.state.units.down(units.into());
                self.feed(offset, dots, dots / LINE);
            }
            Feed::Back(n) => {
                self.print_line(0);
                // Lines for ESC e, units for ESC K: both are a hair of paper, and printing over print is what they are for.
                let dots = self.state.units.down(n.into());
                self.y = self.y.saturating_sub(dots).max(self.cut_at);
            }
        }
    }

    fn cut(&mut self, offset: usize, cut: Cut) {
        self.print_line(0);
        if let Some(units) = cut.feed {
            self.advance(offset, self.state.units.down(units.into()));
        }
        self.event(offset, EventKind::Cut(cut.kind));
        self.travelled += 2 * MARK;
        self.put(offset, Kind::Cut(cut.kind), 0);
        self.cut_at = self.y;
    }

    fn place(&mut self, place: Place) {
        let state = &mut self.state;
        match place {
            Place::Column(units) => self.line.jump_to(state.units.across(units.into())),
            Place::ColumnBy(units) => {
                let dots = state.units.across(units.unsigned_abs().into());
                let x = self.line.x();
                let x = if units < 0 { x.saturating_sub(dots) } else { x + dots };
                self.line.jump_to(x.min(self.profile.dots));
            }
            Place::LeftMargin(units) => {
                let dots = state.units.across(units.into());
                state.left_margin = dots.min(self.profile.dots.saturating_sub(1));
            }
            Place::Width(units) => {
                let dots = state.units.across(units.into());
                state.width = dots.clamp(1, self.profile.dots);
            }
            Place::Units { across, down } => state.units.set(across, down),
            Place::Row(units) => {
                let dots = state.units.down(units.into());
                if self.page.is_some() {
                    self.print_line(0);
                }
                if let Some(page) = &mut self.page {
                    page.y = dots;
                }
            }
            Place::RowBy(units) => {
                let dots = state.units.down(units.unsigned_abs().into());
                if self.page.is_some() {
                    self.print_line(0);
                }
                if let Some(page) = &mut self.page {
                    let y = if units < 0 { page.y.saturating_sub(dots) } else { page.y + dots };
                    page.y = y.min(usize::from(u16::MAX));
                }
            }
        }
    }

    /// `ESC D`: columns of the characters that are active now.
    fn tab_stops(&mut self, bytes: &[u8]) {
        let (width, _) = self.state.face.font.cell(self.paper.cell);
        let step = width * usize::from(self.state.face.width)
            + self.state.units.across(self.state.spacing);
        let columns = bytes.get(2..).unwrap_or_default().iter().take_while(|n| **n > 0);
        self.state.tabs = Some(columns.map(|n| usize::from(*n) * step).collect());
    }

    fn page_mode(&mut self, offset: usize, step: Page) {
        match (step, &mut self.page) {
            (Page::Enter, None) => {
                self.print_line(0);
                self.page = Some(PageBuffer::new(self.profile.dots));
            }
            (Page::Leave, Some(_)) => {
                self.line.take();
                self.page = None;
            }
            (Page::Print, Some(_)) => self.print_page(offset),
            (Page::Area { x, y, width, height }, Some(_)) => {
                self.print_line(0);
                let units = &self.state.units;
                let area = Area {
                    x: units.across(x.into()),
                    y: units.down(y.into()),
                    width: units.across(width.into()),
                    height: units.down(height.into()),
                    turns: 0,
                };
                if let Some(page) = &mut self.page {
                    page.set_area(area, self.profile.dots);
                }
            }
            (Page::Direction(n), Some(_)) => {
                self.print_line(0);
                if let Some(page) = &mut self.page {
                    page.turn(n);
                }
            }
            // They mean nothing in the other mode.
            _ => {}
        }
    }

    /// Commands that no reader but this one asks for.
    fn other(&mut self, offset: usize, bytes: &[u8]) {
        let (what, refused) = match bytes {
            [ESC, b'&', ..] => ("user-defined characters", Switch::Off),
            [ESC, b'%', n, ..] if n & 1 == 1 => ("user-defined characters", Switch::Off),
            [FS, b'2', ..] => ("user-defined two-byte characters", Switch::Off),
            [FS, b'C', n, ..] if *n != 0 && *n != 48 => ("another two-byte code", Switch::Off),
            [GS, b'c', ..] => ("a counter", Switch::Off),
            [GS, b'^', ..] => ("a macro", Switch::Off),
            [GS, b'V', ..] => ("a cut of another kind", Switch::On),
            [ESC, b'*', ..] => ("a bit image of another kind", Switch::On),
            [GS, b'v' | b'Q' | b'k', ..] => ("a picture or code of another kind", Switch::On),
            [ESC, b'u' | b'v', ..] | [GS, b'g', ..] => {
                return self.event(offset, EventKind::Question);
            }
            _ => return,
        };
        let kind = match refused {
            Switch::On => EventKind::Refused(what),
            Switch::Off => EventKind::NotShown(what),
        };
        self.event(offset, kind);
    }
}
