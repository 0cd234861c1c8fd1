//! Text, and the control bytes between it.

use super::Reader;
use crate::paper::decode::Decoded;
use crate::paper::element::Font;
use crate::paper::event::{Event, EventKind, Limit};
use crate::paper::{Kind, MOST_CELLS, MOST_PARTS};
use crate::scan::Switch;
use unicode_width::UnicodeWidthChar;

/// Characters between the tab stops that a printer has by itself.
const TAB: usize = 8;
const BEL: u8 = 0x07;

impl Reader<'_> {
    pub(super) fn text(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let offset = self.at - self.decoder.begun().min(self.at);
            self.at += 1;
            match self.decoder.take(byte, &self.state.tables) {
                Decoded::Begun => self.begun_at = offset,
                Decoded::Single(character) => {
                    self.character(offset, character, self.state.face.font)
                }
                Decoded::Kanji(character) => self.character(offset, character, Font::Kanji),
                Decoded::Unknown(two_bytes) => {
                    self.no_character(offset);
                    let font = match two_bytes {
                        Switch::On => Font::Kanji,
                        Switch::Off => self.state.face.font,
                    };
                    self.character(offset, char::REPLACEMENT_CHARACTER, font);
                }
            }
            if self.stopped == Switch::On {
                return;
            }
        }
    }

    fn no_character(&mut self, offset: usize) {
        match self.paper.events.last_mut() {
            Some(Event { offset: begin, length, kind: EventKind::NoCharacter })
                if *begin + *length == offset =>
            {
                *length = self.at - *begin;
            }
            _ => self.event(offset, EventKind::NoCharacter),
        }
    }

    fn character(&mut self, offset: usize, character: char, font: Font) {
        let face = self.state.face_of(font);
        let (width, height) = font.cell(self.paper.cell);
        let (width, height) = (width * usize::from(face.width), height * usize::from(face.height));
        let (width, height) =
            if face.rotated == Switch::On { (height, width) } else { (width, height) };
        let times = usize::from(face.width);
        let spacing = match font {
            Font::Kanji => self.state.kanji.spacing.0 + self.state.kanji.spacing.1,
            Font::A | Font::B => self.state.spacing,
        };
        let advance = width + self.state.units.across(spacing) * times;
        let combining = if character.width() == Some(0) && font != Font::Kanji {
            Switch::On
        } else {
            Switch::Off
        };
        if combining == Switch::Off && self.line.x() > 0 && self.line.x() + width > self.text_area()
        {
            self.print_line(self.state.line_spacing);
        }
        self.line.begin(offset, self.frame());
        let added =
            self.line.put(&mut self.paper.text, character, face, (advance, height), combining);
        self.parts += usize::from(added == Switch::On);
        self.cells += usize::from(face.width) * usize::from(face.height);
        if self.parts > MOST_PARTS {
            self.stop(offset, Limit::Parts);
        } else if self.cells > MOST_CELLS {
            self.stop(offset, Limit::Cells);
        }
    }

    pub(super) fn control(&mut self, offset: usize, byte: u8) {
        match byte {
            b'\n' => self.feed(offset, self.state.line_spacing, 1),
            b'\t' => self.tab(),
            0x0C if self.page.is_some() => {
                self.print_page(offset);
                self.page = None;
            }
            0x0C => {
                self.print_line(self.state.line_spacing);
            }
            0x18 => {
                if let Some(page) = &mut self.page {
                    page.clear();
                    self.line.take();
                }
            }
            BEL => self.event(offset, EventKind::NotShown("BEL, at which some models beep")),
            _ => {}
        }
    }

    /// Goes to the next tab stop; without one nothing happens.
    fn tab(&mut self) {
        let x = self.line.x();
        let next = match &self.state.tabs {
            Some(stops) => stops.iter().copied().find(|stop| *stop > x),
            None => {
                let step = TAB * self.paper.cell;
                Some((x / step + 1) * step)
            }
        };
        if let Some(next) = next {
            self.line.jump_to(next.min(self.frame().area));
        }
    }

    pub(super) fn print_page(&mut self, offset: usize) {
        self.print_line(0);
        let Some(page) = &mut self.page else { return };
        let (lines, height) = page.take();
        if !lines.is_empty() || height > 0 {
            self.put(offset, Kind::Page(lines, height), height);
        }
    }
}
