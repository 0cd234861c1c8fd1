//! The licence key is kept in the keyring of the session where there is one, and Platen never waits for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_tests::Till;
use platen_tests::desktop::{Desktop, Keyring};
use platen_tests::shop::{Gateway, KEY, printer, sheets, wait_for};
use serde_json::json;

fn secrets(till: &Till) -> String {
    std::fs::read_to_string(till.home().join("secrets.toml")).unwrap()
}

#[test]
fn the_key_moves_into_the_keyring_and_is_found_there_again() {
    let (bar, gateway) = (printer(), Gateway::npm(&json!({})));
    let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &bar.uri())]);
    assert!(secrets(&till).contains(KEY), "there was no keyring yet");
    let mut desktop = Desktop::start();
    desktop.keyring(Keyring::Open);
    for _ in 0..2 {
        let running = desktop.run(&till);
        desktop.wait_for_line("Ready · 1 printer", |line| line == "Ready · 1 printer");
        wait_for("the key is in the keyring", || (!secrets(&till).contains(KEY)).then_some(()));
        drop(running);
        desktop.wait_until_gone();
    }
}

#[test]
fn a_locked_keyring_keeps_nothing_waiting() {
    let (bar, gateway) = (printer(), Gateway::npm(&json!({})));
    let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &bar.uri())]);
    let mut desktop = Desktop::start();
    desktop.keyring(Keyring::Locked);
    let _running = desktop.run(&till);
    desktop.wait_for_line("Ready · 1 printer", |line| line == "Ready · 1 printer");
    assert!(secrets(&till).contains(KEY), "a locked keyring takes nothing");
    desktop.press(&["Test print", "Bar"]);
    sheets(&bar, 1);
}

#[test]
fn a_key_behind_a_lock_is_told_and_printing_goes_on() {
    let (bar, gateway) = (printer(), Gateway::npm(&json!({"licence": KEY})));
    let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &bar.uri())]);
    let mut desktop = Desktop::start();
    desktop.keyring(Keyring::Open);
    let running = desktop.run(&till);
    wait_for("the key is in the keyring", || (!secrets(&till).contains(KEY)).then_some(()));
    drop(running);
    desktop.wait_until_gone();
    desktop.keyring(Keyring::Locked);
    let _running = desktop.run(&till);
    wait_for("the lock is told", || {
        till.ask_ok(&["status"]).contains("The licence key cannot be read").then_some(())
    });
    desktop.press(&["Test print", "Bar"]);
    sheets(&bar, 1);
}
