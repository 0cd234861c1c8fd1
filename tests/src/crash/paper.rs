//! What is on a printer's paper, read back.

use super::order::read_line;
use platen_simulators::printer::PrinterProbe;

/// A mark that says that the paper may be there twice.
const MARK: &str = "POSSIBLE DUPLICATE";

/// One order on paper, or the beginning of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// Whose it is.
    pub number: u32,
    /// Which sheet it is on, from 1; what hangs out of the printer is the one after the last.
    pub sheet: usize,
    /// Lines that are there.
    pub lines: u32,
    /// The last of them, from 0.
    pub last: u32,
    /// Lines that the order has.
    pub of: u32,
    /// Whether the paper says that it may be there twice.
    pub marked: bool,
}

impl Copy {
    /// Whether all of it is there; a torn one is not.
    pub fn is_whole(&self) -> bool {
        self.lines == self.of
    }
}

/// Everything that one printer has printed.
#[derive(Debug, Default)]
pub struct Paper {
    /// The orders in the order in which they came out.
    pub copies: Vec<Copy>,
    /// What no printer should show, whatever happens to it.
    pub wrong: Vec<String>,
}

impl Paper {
    /// Reads a printer's paper.
    pub fn of(printer: &PrinterProbe) -> Paper {
        let mut paper = Paper::default();
        let sheets = printer.sheets();
        for (at, sheet) in sheets.iter().enumerate() {
            paper.read(at + 1, &printer.text_of(&sheet.bytes));
        }
        paper.read(sheets.len() + 1, &printer.text_of(&printer.uncut()));
        paper
    }

    fn read(&mut self, sheet: usize, text: &str) {
        let before = self.copies.len();
        let mut marked = false;
        for line in text.lines() {
            if line.contains(MARK) {
                marked = true;
            } else if let Some(found) = read_line(line) {
                self.take(sheet, found, marked);
            }
        }
        if self.copies.len() > before + 1 {
            let on_it: Vec<u32> = self.copies[before..].iter().map(|copy| copy.number).collect();
            self.wrong.push(format!("sheet {sheet} carries more than one order: {on_it:?}"));
        }
    }

    fn take(&mut self, sheet: usize, (number, line, of): (u32, u32, u32), marked: bool) {
        let same = |copy: &&mut Copy| copy.sheet == sheet && copy.number == number && line > 0;
        if let Some(copy) = self.copies.last_mut().filter(same) {
            if copy.last + 1 != line {
                let last = copy.last;
                self.wrong.push(format!("sheet {sheet}, order {number}: line {line} after {last}"));
            }
            copy.lines += 1;
            copy.last = line;
            return;
        }
        if line > 0 {
            self.wrong.push(format!("sheet {sheet}, order {number}: begins with line {line}"));
        }
        self.copies.push(Copy { number, sheet, lines: 1, last: line, of, marked });
    }
}
