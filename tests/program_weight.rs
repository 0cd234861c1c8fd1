//! What the program holds in memory, where a limit is promised.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_tests::Till;
use platen_tests::process::resident;
use platen_tests::scripts::every_script;
use platen_tests::shop::{printer, sheets, wait_at_most, wait_for};
use std::fs;
use std::time::Duration;

/// The program lets go of what its start needed, or a burst, within that time.
const SETTLED: Duration = Duration::from_secs(90);

/// Fonts are opened for the first text that needs them, and not before; with all of them used, the engine stays small.
#[test]
fn fonts_are_opened_when_they_are_needed_and_weigh_little() {
    let printer = printer();
    let till = Till::new();
    till.ask_ok(&["printers", "add", "Bar", &printer.uri()]);
    let running = till.start();
    wait_for("the door opens", || till.home().join("control.json").exists().then_some(()));
    let file = till.home().join("text.txt");
    let print = |text: &str, sheet: usize| {
        fs::write(&file, text).unwrap();
        till.ask_ok(&["print", "Bar", file.to_str().unwrap(), "--as", "text"]);
        sheets(&printer, sheet);
        resident(running.pid())
    };
    let latin = print("Café Zoë\n2 Tea 4.50 €\n", 1);
    let fonts = print(&every_script(), 2);
    assert!(fonts > latin + 2.0, "{latin:.1} MiB before the first font, {fonts:.1} MiB with all");
    for sheet in 3..=6 {
        print(&every_script(), sheet);
    }
    // A build without optimisation has three times the code, and runs it from end to end at the start.
    wait_at_most(SETTLED, "60 MiB at most with every font used, once the start is let go", || {
        (resident(running.pid()) <= 60.0).then_some(())
    });
}
