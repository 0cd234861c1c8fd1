//! The engine is killed at random moments while jobs flow and the printers and the gateway misbehave. At the end every
//! order is on paper once, or its second piece is marked, or its sender was told that nobody knows.
//!
//! `PLATEN_KILLS` says how often (300), `PLATEN_SEED` repeats the dice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::printer::PrinterOptions;
use platen_simulators::{PrinterHandle, VirtualPrinter};
use platen_tests::crash::{Plan, Wired};

const PRINTERS: [&str; 3] = ["Counter", "Kitchen", "Bar"];

#[tokio::test]
async fn no_order_is_lost_and_none_is_on_paper_twice_without_a_mark() {
    let start = |_: &&str| VirtualPrinter::start(PrinterOptions::default()).unwrap();
    let printers: Vec<PrinterHandle> = PRINTERS.iter().map(start).collect();
    let uris = printers.iter().map(PrinterHandle::uri);
    let places = PRINTERS.iter().map(|name| (*name).to_owned()).zip(uris).collect();
    Plan::new("crash_random", 300).run(Wired::new(printers, places)).await;
}
