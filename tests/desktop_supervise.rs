//! A program that dies is started again, and one that dies again and again says so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_tests::desktop::Desktop;
use platen_tests::shop::{Gateway, KEY, printer, sheets, wait_for};
use platen_tests::{RunningTill, Till};
use serde_json::json;
use std::process::Command;

/// The process that the supervisor runs now.
fn child(of: u32) -> u32 {
    wait_for("the supervised program", || {
        let path = format!("/proc/{of}/task/{of}/children");
        std::fs::read_to_string(path).ok()?.split_whitespace().next()?.parse().ok()
    })
}

#[test]
fn a_killed_program_comes_back_and_the_third_time_it_is_said() {
    let (bar, gateway) = (printer(), Gateway::npm(&json!({})));
    let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &bar.uri())]);
    let mut desktop = Desktop::start();
    let mut command = desktop.command(&till);
    command.args(["--supervise", "--minimized"]);
    let running = RunningTill::adopt(command.spawn().unwrap());
    for crash in 1..=3 {
        desktop.wait_for_line("it again", |line| line == "Ready · 1 printer");
        let killed = child(running.pid()).to_string();
        desktop.forget();
        assert!(Command::new("kill").args(["-9", &killed]).status().unwrap().success());
        desktop.wait_until_gone();
        if crash < 3 {
            desktop.wait_for_line("it again", |line| line == "Ready · 1 printer");
            assert!(desktop.windows().is_empty(), "a window for crash {crash}");
        }
    }
    desktop.wait_for_line("that it stopped", |line| line.contains("stopped several times"));
    desktop.wait_for_windows(1);
    desktop.press(&["Test print", "Bar"]);
    assert_eq!(sheets(&bar, 1).len(), 1);
    // Whoever ends the supervisor ends both.
    let last = child(running.pid());
    running.stop();
    wait_for("both are gone", || {
        (!std::path::Path::new(&format!("/proc/{last}")).exists()).then_some(())
    });
}
