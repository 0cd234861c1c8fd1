//! The same as `crash_random`, on the print queues of the operating system: what is on their printers' paper counts.
//!
//! `PLATEN_KILLS` says how often (60), `PLATEN_SEED` repeats the dice. Needs root, for a CUPS scheduler of the test's own.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../crates/devices/tests/common/cupsd.rs"]
#[allow(dead_code)]
mod cupsd;

use cupsd::Cupsd;
use platen_simulators::VirtualPrinter;
use platen_simulators::printer::PrinterOptions;
use platen_tests::crash::{Chance, Paper, Plan, Printers};
use platen_tests::shop::wait_for;
use std::io::Write;
use std::net::TcpStream;
use std::process::Command;
use std::time::Instant;

const QUEUES: [&str; 3] = ["Counter", "Kitchen", "Bar"];

#[tokio::test(flavor = "multi_thread")]
async fn no_order_is_lost_and_none_is_on_paper_twice_without_a_mark() {
    Plan::new("crash_spooler", 60).run(Queues::open()).await;
}

/// CUPS with three queues.
struct Queues {
    cups: Cupsd,
    troubles: [Trouble; 3],
}

/// What is wrong with a queue, and until when.
struct Trouble {
    now: Misfortune,
    until: Instant,
}

/// All of these are told by CUPS, and it prints the job when they are over: once, but for a queue that is paused in the moment in
/// which its job is done. Such a copy is CUPS's own, and the backend keeps it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Misfortune {
    None,
    /// The backend plays that until it is told to go on.
    Plays(&'static str),
    /// The backend stops its queue over a job.
    StopsOverAJob,
    Paused,
    Rejecting,
    /// The whole scheduler stands still.
    Frozen,
}

impl Queues {
    fn open() -> Queues {
        let cups = Cupsd::start();
        QUEUES.iter().for_each(|queue| cups.printer(queue));
        let calm = |_| Trouble { now: Misfortune::None, until: Instant::now() };
        Queues { cups, troubles: QUEUES.map(calm) }
    }

    fn begin(&self, at: usize, misfortune: Misfortune) {
        let queue = QUEUES[at];
        match misfortune {
            Misfortune::None => {}
            Misfortune::Plays(role) => self.cups.play(queue, role),
            Misfortune::StopsOverAJob => self.cups.play(queue, "stop"),
            Misfortune::Paused => drop(self.cups.tell("cupsdisable", &[queue])),
            Misfortune::Rejecting => drop(self.cups.tell("cupsreject", &[queue])),
            Misfortune::Frozen => self.cups.freeze(),
        }
    }

    fn end(&self, at: usize, misfortune: Misfortune) {
        let queue = QUEUES[at];
        match misfortune {
            Misfortune::None => {}
            Misfortune::Plays(_) => self.cups.play(queue, ""),
            Misfortune::StopsOverAJob => {
                self.cups.play(queue, "");
                self.cups.tell("cupsenable", &[queue]);
            }
            Misfortune::Paused => drop(self.cups.tell("cupsenable", &[queue])),
            Misfortune::Rejecting => drop(self.cups.tell("cupsaccept", &[queue])),
            Misfortune::Frozen => self.cups.thaw(),
        }
    }

    fn is_frozen(&self) -> bool {
        self.troubles.iter().any(|trouble| trouble.now == Misfortune::Frozen)
    }
}

impl Printers for Queues {
    fn places(&self) -> Vec<(String, String)> {
        QUEUES.iter().map(|queue| ((*queue).to_owned(), format!("spooler://{queue}"))).collect()
    }

    fn equip(&self, engine: &mut Command) {
        engine.env("CUPS_SERVER", self.cups.socket());
    }

    fn received_bytes(&self) -> u64 {
        QUEUES.iter().map(|queue| self.cups.paper(queue).len() as u64).sum()
    }

    fn sheet_count(&self) -> u64 {
        let cut = [0x1D, b'V'];
        let cuts = |paper: Vec<u8>| paper.windows(2).filter(|two| **two == cut).count() as u64;
        QUEUES.iter().map(|queue| cuts(self.cups.paper(queue))).sum()
    }

    fn go_on(&mut self, at: usize, chance: &mut Chance) -> Option<String> {
        if Instant::now() < self.troubles[at].until {
            return None;
        }
        // CUPS's own tools would wait for a scheduler that stands still.
        if self.is_frozen() && self.troubles[at].now != Misfortune::Frozen {
            return None;
        }
        self.end(at, self.troubles[at].now);
        let (next, span) = match chance.number(0..100) {
            _ if self.troubles[at].now != Misfortune::None => (Misfortune::None, 200..1500),
            0..25 => (Misfortune::None, 200..1500),
            25..50 => (Misfortune::Plays("slow"), 100..1500),
            50..60 => (Misfortune::Plays("media-empty"), 100..1500),
            60..65 => (Misfortune::Plays("offline"), 100..1500),
            65..75 => (Misfortune::StopsOverAJob, 100..1500),
            75..84 => (Misfortune::Paused, 100..1000),
            84..92 => (Misfortune::Rejecting, 100..1000),
            _ => (Misfortune::Frozen, 50..1500),
        };
        self.begin(at, next);
        self.troubles[at] = Trouble { now: next, until: Instant::now() + chance.millis(span) };
        Some(format!("{next:?}"))
    }

    fn mend(&mut self) {
        self.cups.thaw();
        for (at, queue) in QUEUES.iter().enumerate() {
            self.end(at, self.troubles[at].now);
            self.troubles[at].now = Misfortune::None;
            self.cups.tell("cupsenable", &[queue]);
        }
    }

    fn papers(&self) -> Vec<Paper> {
        QUEUES.iter().map(|queue| read(&self.cups.paper(queue))).collect()
    }

    fn state(&self, at: usize) -> String {
        let jobs = self.cups.tell("lpstat", &["-W", "all", "-o", QUEUES[at]]);
        format!(
            "\n=== {}: {} bytes on paper\n{jobs}",
            QUEUES[at],
            self.cups.paper(QUEUES[at]).len()
        )
    }
}

/// What is on paper, read by a virtual printer.
fn read(bytes: &[u8]) -> Paper {
    const LAST_WORD: &str = "no more paper";
    let printer = VirtualPrinter::start(PrinterOptions::default()).unwrap();
    let mut wire = TcpStream::connect(printer.addr()).unwrap();
    wire.write_all(bytes).unwrap();
    wire.write_all(format!("\n{LAST_WORD}\n\x1DV\0").as_bytes()).unwrap();
    wait_for("everything is on paper", || {
        let last = printer.sheets().pop()?;
        printer.text_of(&last.bytes).contains(LAST_WORD).then_some(())
    });
    Paper::of(&printer)
}
