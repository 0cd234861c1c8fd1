//! The line that is not printed yet.

use super::element::{Face, Jump, Line, Part, Picture, Run};
use crate::scan::{Align, Switch};

/// What a printer collects until a line is full or ended.
pub(super) struct LineBuffer {
    /// Where its first part stands in the stream.
    pub(super) offset: usize,
    line: Line,
    x: usize,
    jump: Jump,
}

/// What a line takes over from the printer's state when it begins.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: usize,
    pub(super) area: usize,
    pub(super) align: Align,
    pub(super) upside_down: Switch,
}

impl LineBuffer {
    pub(super) fn new() -> LineBuffer {
        LineBuffer { offset: 0, line: empty(), x: 0, jump: Jump::None }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.line.parts.is_empty()
    }

    /// Dots from the beginning of the line to where the next character goes.
    pub(super) fn x(&self) -> usize {
        self.x
    }

    pub(super) fn jump_to(&mut self, x: usize) {
        self.x = x;
        self.jump = Jump::Placed;
    }

    pub(super) fn begin(&mut self, offset: usize, frame: Frame) {
        if self.is_empty() {
            self.offset = offset;
            self.line.left = frame.left;
            self.line.area = frame.area;
            self.line.align = frame.align;
            self.line.upside_down = frame.upside_down;
        }
    }

    /// Puts a character at the end of `text` and of the line; `cell` is its advance and its height. Whether a part was added.
    pub(super) fn put(
        &mut self,
        text: &mut String,
        character: char,
        face: Face,
        cell: (usize, usize),
        combining: Switch,
    ) -> Switch {
        let (advance, height) = cell;
        let begin = text.len();
        text.push(character);
        let fits = match self.line.parts.last_mut() {
            Some(Part::Run(run))
                if run.face == face
                    && run.text.end == begin
                    && self.jump == Jump::None
                    && (run.advance == advance || combining == Switch::On) =>
            {
                run.text.end = text.len();
                Switch::Off
            }
            _ => {
                let (x, jump) = (self.x, std::mem::replace(&mut self.jump, Jump::None));
                let run = Run { x, advance, face, text: begin..text.len(), jump };
                self.line.parts.push(Part::Run(run));
                Switch::On
            }
        };
        if combining == Switch::Off {
            self.x += advance;
        }
        self.grow(height);
        fits
    }

    pub(super) fn put_image(&mut self, picture: Picture) {
        let (width, height) = (picture.width(), picture.height());
        self.line.parts.push(Part::Image { x: self.x, picture });
        self.jump = Jump::None;
        self.x += width;
        self.grow(height);
    }

    fn grow(&mut self, height: usize) {
        self.line.width = self.line.width.max(self.x);
        self.line.height = self.line.height.max(height);
    }

    /// The line, and a new one in its place.
    pub(super) fn take(&mut self) -> Line {
        self.x = 0;
        self.jump = Jump::None;
        std::mem::replace(&mut self.line, empty())
    }
}

fn empty() -> Line {
    Line {
        left: 0,
        area: 0,
        width: 0,
        height: 0,
        align: Align::Left,
        upside_down: Switch::Off,
        parts: Vec::new(),
    }
}
