//! From tokens to paper.

mod commands;
mod pictures;
mod writing;

use super::decode::Decoder;
use super::event::{Event, EventKind, Limit};
use super::line::{Frame, LineBuffer};
use super::page::PageBuffer;
use super::state::State;
use super::symbol::Budget;
use super::{Element, Kind, MOST_CELLS, MOST_DOTS, MOST_EVENTS, MOST_PARTS, Mark, Paper};
use crate::Profile;
use crate::scan::{Command, Pending, RealTime, Scanner, Switch, Token};

/// Bytes that are scanned before the bounds are looked at.
const PIECE: usize = 16 * 1024;

/// Dots that a mark or a cut counts as, so that they cannot make a picture endless.
const MARK: usize = 24;

pub(super) fn read(bytes: &[u8], profile: &Profile) -> Paper {
    let mut reader = Reader::new(bytes, profile);
    let mut scanner = Scanner::new();
    for piece in bytes.chunks(PIECE) {
        scanner.push(piece, &mut |token| reader.take(token));
        if reader.stopped == Switch::On {
            return reader.paper;
        }
    }
    let pending = scanner.pending();
    let ended = reader.at;
    scanner.finish(&mut |token| {
        // What is left of a command that was cut off is no unknown sequence.
        if let Token::Unknown(bytes) = token {
            reader.run_open();
            reader.at += bytes.len();
        }
    });
    reader.finish(pending, ended);
    reader.paper
}

struct Reader<'a> {
    stream: &'a [u8],
    profile: &'a Profile,
    paper: Paper,
    state: State,
    decoder: Decoder,
    /// Where the character begins that the decoder holds a part of.
    begun_at: usize,
    line: LineBuffer,
    page: Option<PageBuffer>,
    /// Marks that wait for the end of the line they came in.
    marks: Vec<(usize, Mark)>,
    budget: Budget,
    /// Where the next token stands.
    at: usize,
    /// A command whose data may go on, and where it begins.
    open: Option<(usize, Command)>,
    selected: Switch,
    stopped: Switch,
    /// Dots of paper that went forward, back and forth.
    travelled: usize,
    y: usize,
    /// Where the last cut was; paper does not go back beyond it.
    cut_at: usize,
    parts: usize,
    cells: usize,
}

impl<'a> Reader<'a> {
    fn new(stream: &'a [u8], profile: &'a Profile) -> Reader<'a> {
        let paper = Paper {
            dots: profile.dots,
            cell: (profile.dots / profile.columns.max(1)).max(1),
            columns: profile.columns,
            elements: Vec::new(),
            events: Vec::new(),
            height: 0,
            bytes: 0,
            text: String::new(),
        };
        Reader {
            stream,
            profile,
            paper,
            state: State::initial(profile),
            decoder: Decoder::default(),
            begun_at: 0,
            line: LineBuffer::new(),
            page: None,
            marks: Vec::new(),
            budget: Budget::default(),
            at: 0,
            open: None,
            selected: Switch::On,
            stopped: Switch::Off,
            travelled: 0,
            y: 0,
            cut_at: 0,
            parts: 0,
            cells: 0,
        }
    }

    fn take(&mut self, token: Token<'_>) {
        if self.stopped == Switch::On {
            return;
        }
        if let Token::Data(bytes) = token {
            self.at += bytes.len();
            return;
        }
        self.run_open();
        let offset = self.at;
        match token {
            Token::Command(command, bytes) => {
                self.at += bytes.len();
                self.open = Some((offset, command));
            }
            Token::RealTime(command, bytes) => {
                self.at += bytes.len();
                self.real_time(offset, command);
            }
            Token::Unknown(bytes) => {
                self.at += bytes.len();
                let lead = bytes.first().copied().unwrap_or_default();
                self.event(offset, EventKind::Unknown(lead, bytes.get(1).copied()));
            }
            _ if self.selected == Switch::Off => self.at += text_length(&token),
            Token::Text(bytes) => self.text(bytes),
            Token::Control(byte) => {
                self.at += 1;
                self.control(offset, byte);
            }
            Token::Data(_) => {}
        }
    }

    /// Carries out the command that is open: all of its bytes have come, or no more will.
    fn run_open(&mut self) {
        let Some((offset, command)) = self.open.take() else { return };
        let bytes = self.stream.get(offset..self.at).unwrap_or_default();
        match command {
            Command::Select(n) => {
                self.selected = if n & 1 == 1 { Switch::On } else { Switch::Off };
                if self.selected == Switch::Off {
                    self.event(offset, EventKind::Deselected);
                }
            }
            _ if self.selected == Switch::Off => {}
            command => self.command(offset, command, bytes),
        }
    }

    fn real_time(&mut self, offset: usize, command: RealTime) {
        match command {
            RealTime::Status(_) => self.event(offset, EventKind::Question),
            RealTime::Pulse { .. } => self.mark(offset, Mark::Drawer),
            other => self.event(offset, EventKind::RealTime(other)),
        }
    }

    fn finish(&mut self, pending: Pending, ended: usize) {
        let open = self.open.as_ref().map_or(ended, |(offset, _)| *offset);
        self.run_open();
        if self.stopped == Switch::Off && pending != Pending::Clean {
            self.event(open, EventKind::CutShort);
        }
        self.half_character();
        self.print_line(0);
        self.paper.height = self.y;
        if self.stopped == Switch::Off {
            self.paper.bytes = self.at;
        }
    }

    // ---- what comes out ----

    /// Puts something on paper that moves it on by so many dots.
    fn put(&mut self, offset: usize, kind: Kind, height: usize) {
        if self.stopped == Switch::On {
            return;
        }
        if self.parts >= MOST_PARTS {
            return self.stop(offset, Limit::Parts);
        }
        self.parts += 1;
        self.paper.elements.push(Element { offset, top: self.y, kind });
        self.advance(offset, height);
    }

    fn advance(&mut self, offset: usize, dots: usize) {
        self.travelled = self.travelled.saturating_add(dots);
        self.y = self.y.saturating_add(dots);
        if self.travelled > MOST_DOTS {
            self.stop(offset, Limit::Paper);
        }
        self.paper.height = self.y;
    }

    /// Something that leaves nothing on paper: after the line that it came in, if there is one.
    fn mark(&mut self, offset: usize, mark: Mark) {
        self.event(
            offset,
            match mark {
                Mark::Drawer => EventKind::Drawer,
                Mark::Buzzer => EventKind::Buzzer,
                Mark::StoredPicture => EventKind::NotShown("a picture from the printer's memory"),
            },
        );
        self.travelled += MARK;
        if self.line.is_empty() {
            self.put(offset, Kind::Mark(mark), 0);
        } else if self.marks.len() < MOST_EVENTS {
            self.marks.push((offset, mark));
        }
    }

    fn event(&mut self, offset: usize, kind: EventKind) {
        if self.stopped == Switch::On {
            return;
        }
        if self.paper.events.len() + 1 >= MOST_EVENTS {
            return self.stop(offset, Limit::Events);
        }
        let length = self.at.saturating_sub(offset);
        self.paper.events.push(Event { offset, length, kind });
    }

    fn stop(&mut self, offset: usize, limit: Limit) {
        if self.stopped == Switch::On {
            return;
        }
        self.paper.bytes = offset;
        let length = self.stream.len().saturating_sub(offset);
        self.paper.events.push(Event { offset, length, kind: EventKind::Stopped(limit) });
        self.stopped = Switch::On;
    }

    /// Counts what it costs to draw something of so many dots.
    fn spend(&mut self, offset: usize, dots: usize) {
        self.cells = self.cells.saturating_add(dots.div_ceil(12 * 24));
        if self.cells > MOST_CELLS {
            self.stop(offset, Limit::Cells);
        }
    }

    // ---- lines ----

    /// Prints the line, if there is one, and moves on by its height, or by so many dots where that is more. Whether there was one.
    fn print_line(&mut self, feed: usize) -> Switch {
        self.half_character();
        if self.line.is_empty() {
            self.line.take();
            return Switch::Off;
        }
        let offset = self.line.offset;
        let line = self.line.take();
        match &mut self.page {
            Some(page) => page.place(line, feed),
            None => {
                let height = line.height.max(feed);
                self.put(offset, Kind::Line(line), height);
            }
        }
        for (offset, mark) in std::mem::take(&mut self.marks) {
            self.put(offset, Kind::Mark(mark), 0);
        }
        Switch::On
    }

    /// Ends the line and feeds: so many dots altogether, which a reader would count as so many lines.
    fn feed(&mut self, offset: usize, dots: usize, lines: usize) {
        let before = self.y;
        let printed = self.print_line(dots);
        if let Some(page) = &mut self.page {
            if printed == Switch::Off {
                page.feed(dots);
            }
            return;
        }
        let moved = self.y - before;
        let lines = lines.saturating_sub(usize::from(printed == Switch::On));
        if lines > 0 {
            self.blank(offset, dots.saturating_sub(moved), lines);
        } else {
            self.advance(offset, dots.saturating_sub(moved));
        }
    }

    fn blank(&mut self, offset: usize, dots: usize, more: usize) {
        if let Some(Element { kind: Kind::Feed { lines }, .. }) = self.paper.elements.last_mut() {
            *lines = lines.saturating_add(more);
            self.advance(offset, dots);
        } else {
            self.put(offset, Kind::Feed { lines: more }, dots);
        }
    }

    /// What a line takes over that begins now.
    fn frame(&self) -> Frame {
        let (left, area) = match &self.page {
            Some(page) => (0, page.area.inner().0),
            None => (self.state.left_margin, self.area()),
        };
        Frame { left, area, align: self.state.align, upside_down: self.state.upside_down }
    }

    /// Dots that may be printed on right of the left margin.
    fn area(&self) -> usize {
        self.state.width.min(self.profile.dots.saturating_sub(self.state.left_margin)).max(1)
    }

    /// Dots that a line of text may take: on the whole paper the profile's columns, which may be fewer than fit.
    fn text_area(&self) -> usize {
        let area = self.frame().area;
        match area == self.profile.dots {
            true => area.min(self.paper.columns * self.paper.cell).max(self.paper.cell),
            false => area,
        }
    }

    fn half_character(&mut self) {
        if self.decoder.forget() {
            self.event(self.begun_at, EventKind::HalfCharacter);
        }
    }
}

fn text_length(token: &Token<'_>) -> usize {
    match token {
        Token::Text(bytes) => bytes.len(),
        _ => 1,
    }
}
