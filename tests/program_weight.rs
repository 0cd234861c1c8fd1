//! What the program holds in memory, where a limit is promised.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_tests::Till;
use platen_tests::process::resident;
use platen_tests::scripts::every_script;
use platen_tests::shop::{printer, sheets, wait_for};
use std::fs;

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
    let again = (3..=6).map(|sheet| print(&every_script(), sheet)).fold(0.0, f64::max);
    assert!(again <= 60.0, "{again:.1} MiB with every font used");
}
