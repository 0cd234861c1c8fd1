//! The program around the window: one at a time, a window on demand, and an end when somebody asks for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_tests::desktop::Desktop;
use platen_tests::process::children;
use platen_tests::shop::{Gateway, KEY, printer, sheets, wait_for};
use platen_tests::{RunningTill, Till};
use serde_json::json;
use std::process::Stdio;

/// The processes of windows that are open. (Another one, for the network, stays until the end.)
fn pages(running: &RunningTill) -> usize {
    let name = |pid: &u32| std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let children = children(running.pid());
    children.iter().filter(|pid| name(pid).starts_with("WebKitWebProc")).count()
}

const TITLE: &str = "Platen";

fn ended(running: &mut RunningTill) {
    wait_for("Platen ends", || running.has_ended().then_some(()));
}

fn set_up() -> (Gateway, platen_simulators::PrinterHandle, Till) {
    let (gateway, bar) = (Gateway::npm(&json!({})), printer());
    let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &bar.uri())]);
    (gateway, bar, till)
}

#[test]
fn without_a_display_it_says_what_to_run_instead() {
    let till = Till::new();
    let desktop = Desktop::start();
    let mut command = desktop.command(&till);
    command.env_remove("DISPLAY").stderr(Stdio::piped());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("platenctl run") && said.lines().count() == 1, "{said}");
}

#[test]
fn the_window_comes_and_goes_and_the_engine_stays() {
    let (_gateway, bar, till) = set_up();
    let mut desktop = Desktop::start();
    let running = desktop.run(&till);
    desktop.wait_for_line("it is ready", |line| line == "Ready · 1 printer");
    assert!(desktop.windows().is_empty());
    assert_eq!(pages(&running), 0);

    desktop.press(&["Open Platen"]);
    desktop.wait_for_windows(1);
    assert_eq!(desktop.windows(), [TITLE]);
    wait_for("the page has a process of its own", || (pages(&running) == 1).then_some(()));
    // A second start shows the window of the first, and ends.
    let status = desktop.command(&till).status().unwrap();
    assert!(status.success(), "{status}");
    assert_eq!(desktop.windows(), [TITLE]);

    desktop.close(TITLE);
    desktop.wait_for_windows(0);
    wait_for("its process ends", || (pages(&running) == 0).then_some(()));
    desktop.press(&["Test print", "Bar"]);
    sheets(&bar, 1);

    let status = desktop.command(&till).status().unwrap();
    assert!(status.success(), "{status}");
    desktop.wait_for_windows(1);
}

#[test]
fn quit_ends_it_and_so_does_the_system() {
    let (_gateway, _bar, till) = set_up();
    let mut desktop = Desktop::start();
    let mut running = desktop.run(&till);
    desktop.wait_for_line("it is ready", |line| line == "Ready · 1 printer");
    desktop.press(&["Quit"]);
    desktop.wait_until_gone();
    ended(&mut running);
    assert!(till.log().contains("Platen has stopped"));

    let running = desktop.run(&till);
    desktop.wait_for_line("it is ready", |line| line == "Ready · 1 printer");
    assert!(running.stop().success());
}

#[test]
fn a_till_that_is_not_set_up_shows_how() {
    let till = Till::new();
    let mut desktop = Desktop::start();
    let _running = desktop.run(&till);
    desktop.wait_for_windows(1);
    desktop.wait_for_line("that nothing is set up", |line| line == "Not set up yet");
}
