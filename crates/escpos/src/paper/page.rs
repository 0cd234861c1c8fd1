//! Page mode: lines are placed in areas, and printed all at once.

use super::element::{Area, Line, PlacedLine};

/// Longest page in dots: 2 m.
const MOST_HEIGHT: usize = 16_000;

/// What page mode has collected.
pub(super) struct PageBuffer {
    pub(super) area: Area,
    /// Dots from the top of the area, in its direction, to the lower edge of the line that is being filled.
    pub(super) y: usize,
    lines: Vec<PlacedLine>,
    /// Where the page ends, as far as areas were set.
    bottom: usize,
}

/// Where the first line of an area stands, in dots to its lower edge.
const FIRST: usize = 24;

impl PageBuffer {
    /// An empty page on paper of that printable width.
    pub(super) fn new(dots: usize) -> PageBuffer {
        let area = Area { x: 0, y: 0, width: dots, height: MOST_HEIGHT, turns: 0 };
        PageBuffer { area, y: FIRST, lines: Vec::new(), bottom: 0 }
    }

    /// `ESC W`, in dots; what lies beyond the paper is left out.
    pub(super) fn set_area(&mut self, area: Area, dots: usize) {
        let x = area.x.min(dots.saturating_sub(1));
        let y = area.y.min(MOST_HEIGHT);
        self.area = Area {
            x,
            y,
            width: area.width.clamp(1, dots - x),
            height: area.height.clamp(1, MOST_HEIGHT - y + 1),
            turns: self.area.turns,
        };
        self.bottom = self.bottom.max(self.area.y + self.area.height);
        self.y = FIRST;
    }

    /// `ESC T`.
    pub(super) fn turn(&mut self, turns: u8) {
        self.area.turns = turns % 4;
        self.y = FIRST;
    }

    /// Places a line and goes on below it. What does not fit the area is left out.
    pub(super) fn place(&mut self, line: Line, feed: usize) {
        let bottom = self.y.max(line.height);
        if bottom.saturating_sub(line.height) < self.area.inner().1 {
            self.lines.push(PlacedLine { area: self.area, bottom, line });
        }
        self.feed(feed);
    }

    pub(super) fn feed(&mut self, dots: usize) {
        self.y = self.y.saturating_add(dots).min(4 * MOST_HEIGHT);
    }

    /// The lines of the page and its height in dots; none left.
    pub(super) fn take(&mut self) -> (Vec<PlacedLine>, usize) {
        let lines = std::mem::take(&mut self.lines);
        // An area that was never set ends with its last line.
        let height = lines.iter().map(|placed| match placed.area.height {
            MOST_HEIGHT if placed.area.turns == 0 => placed.area.y + placed.bottom,
            height => placed.area.y + height,
        });
        let height = height.max().unwrap_or(0).max(self.bottom).min(MOST_HEIGHT);
        self.y = FIRST;
        (lines, height)
    }

    /// `CAN`.
    pub(super) fn clear(&mut self) {
        self.lines.clear();
        self.y = FIRST;
    }
}
