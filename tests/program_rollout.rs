//! A till that finds a roll-out file is set up without a click.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_tests::shop::{Gateway, KEY, printer, sheets, wait_for};
use platen_tests::{RunningTill, Till};
use serde_json::json;
use std::path::{Path, PathBuf};

/// A till that nobody has set up, and a roll-out file beside it.
fn rolled_out(text: &str) -> (Till, PathBuf) {
    let till = Till::new();
    std::fs::remove_file(till.home().join("settings.toml")).unwrap();
    let file = till.home().join("platen.toml");
    std::fs::write(&file, text).unwrap();
    (till, file)
}

fn start(till: &Till, file: &Path) -> RunningTill {
    till.start_with(|command| {
        command.env("PLATEN_ROLLOUT", file);
    })
}

#[test]
fn a_rolled_out_till_prints_its_first_order_untouched() {
    let bar = printer();
    let mut gateway = Gateway::npm(&json!({"licence": KEY}));
    let (till, file) = rolled_out(&format!(
        "license_key = \"{KEY}\"\n[gateway]\nurl = \"{}\"\n[discovery]\nusb = false\nspooler = false\nnetwork = false\nserver = false\n[[printers]]\nname = \"Bar\"\nuri = \"{}\"\n",
        gateway.url(),
        bar.uri()
    ));
    let _running = start(&till, &file);
    gateway.hear("printer:status:update", |update| update["printerIds"][0]["status"] == "online");
    gateway.emit(
        "print:job",
        json!({"id": "A-1", "printerId": "Bar", "escposCommands": b"\x1b@first\n\x1dV\0"}),
    );
    assert!(bar.text_of(&sheets(&bar, 1)[0].bytes).contains("first"));
    assert!(!till.log().contains(KEY), "the key is in the log");
}

#[test]
fn a_slip_in_the_file_is_said_and_nothing_starts() {
    let (till, file) = rolled_out("[gatway]\nurl = \"http://127.0.0.1:1\"\n");
    let mut running = start(&till, &file);
    wait_for("it ends", || running.has_ended().then_some(()));
    assert!(till.log().contains("not known: gatway"), "{}", till.log());
}
