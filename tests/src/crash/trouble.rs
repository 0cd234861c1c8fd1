//! Printers that misbehave, each on its own clock.

use super::Chance;
use platen_simulators::printer::PrinterProbe;
use platen_simulators::{Fault, FaultKind};
use std::num::NonZeroU32;
use std::ops::Range;
use std::time::{Duration, Instant};

/// What is wrong with a printer for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misfortune {
    /// Nothing.
    None,
    /// It answers nothing. Nothing else is wrong meanwhile: what a mute printer loses, nobody can know.
    Mute,
    /// These faults.
    Faults(Vec<Fault>),
}

/// One printer's troubles.
pub struct PrinterTrouble {
    now: Misfortune,
    until: Instant,
}

impl PrinterTrouble {
    /// A printer without trouble, for the moment.
    pub fn new() -> PrinterTrouble {
        PrinterTrouble { now: Misfortune::None, until: Instant::now() }
    }

    /// Whether it is mute now.
    pub fn is_mute(&self) -> bool {
        self.now == Misfortune::Mute
    }

    /// Goes on to the next trouble when it is time; says which.
    pub fn go_on(&mut self, printer: &PrinterProbe, chance: &mut Chance) -> Option<&Misfortune> {
        if Instant::now() < self.until {
            return None;
        }
        // What it got while it was mute is on paper before anything else can go wrong with it.
        let (next, span) = match self.now {
            Misfortune::Mute => (Misfortune::None, 200..400),
            _ => next(chance),
        };
        printer.clear_faults();
        match &next {
            Misfortune::None => {}
            Misfortune::Mute => printer.set_fault(Fault::Mute),
            Misfortune::Faults(faults) => {
                faults.iter().cloned().for_each(|fault| printer.set_fault(fault));
            }
        }
        self.now = next;
        self.until = Instant::now() + chance.millis(span);
        Some(&self.now)
    }

    /// Everything is mended, and stays so.
    pub fn end(&mut self, printer: &PrinterProbe) {
        printer.clear_faults();
        self.now = Misfortune::None;
        self.until = Instant::now() + Duration::from_secs(24 * 60 * 60);
        debug_assert!(!printer.has_fault(FaultKind::Mute));
    }
}

impl Default for PrinterTrouble {
    fn default() -> Self {
        Self::new()
    }
}

fn next(chance: &mut Chance) -> (Misfortune, Range<u32>) {
    let bytes = chance.number(1..1500) as usize;
    let slow = NonZeroU32::new(chance.number(500..20_000)).map(Fault::Slow);
    let late = Fault::ConfirmsLate(chance.millis(20..900));
    let after = |then| Fault::AfterBytes { n: bytes, then: Box::new(then) };
    let (faults, span) = match chance.number(0..100) {
        0..30 => return (Misfortune::None, 200..1500),
        30..36 => return (Misfortune::Mute, 200..2500),
        36..44 => (vec![Fault::PaperOut], 100..1800),
        44..48 => (vec![Fault::CoverOpen], 100..900),
        48..51 => (vec![Fault::Offline], 100..900),
        51..57 => (vec![Fault::Refuses], 50..900),
        57..64 => (vec![Fault::HalfPrint(bytes)], 200..1200),
        64..70 => (vec![Fault::DropOnFin], 200..1500),
        70..77 => (vec![Fault::DropOnFin].into_iter().chain(slow).collect(), 300..2000),
        77..83 => (slow.into_iter().collect(), 300..2000),
        83..88 => (slow.into_iter().chain([Fault::HalfPrint(bytes)]).collect(), 300..1500),
        88..91 => (vec![after(Fault::PaperOut)], 300..1500),
        91..93 => (vec![after(Fault::PaperOut), Fault::DropOnFin], 300..1500),
        93..95 => (vec![after(Fault::Refuses), Fault::DropOnFin], 300..1500),
        95..98 => (vec![late], 300..1500),
        _ => (vec![Fault::NoConfirm, Fault::NearEnd], 300..1500),
    };
    (Misfortune::Faults(faults), span)
}
