//! The tray tells the truth, and does what is pressed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::PrinterHandle;
use platen_simulators::printer::{Fault, FaultKind};
use platen_tests::Till;
use platen_tests::desktop::{Desktop, Seen};
use platen_tests::page::pdf_with_a_square;
use platen_tests::shop::{Gateway, KEY, Shop, printer, sheets, wait_for};
use serde_json::json;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

/// What happens is told within this time.
const TOLD_WITHIN: Duration = Duration::from_secs(2);

/// A shop whose till has a tray.
fn open(printers: &[(&str, &PrinterHandle)]) -> (Desktop, Gateway, Till) {
    open_on(Desktop::start(), printers)
}

fn open_on(desktop: Desktop, printers: &[(&str, &PrinterHandle)]) -> (Desktop, Gateway, Till) {
    let gateway = Gateway::npm(&json!({}));
    let uris: Vec<(&str, String)> =
        printers.iter().map(|(name, printer)| (*name, printer.uri())).collect();
    let uris: Vec<(&str, &str)> = uris.iter().map(|(name, uri)| (*name, uri.as_str())).collect();
    let till = Till::set_up(&gateway.url(), KEY, &uris);
    (desktop, gateway, till)
}

/// Sends a roll for which the printer takes seconds, and waits until it is coming out.
fn print_a_long_roll(till: &Till, bar: &PrinterHandle) {
    bar.set_fault(Fault::Slow(NonZeroU32::new(2_000).unwrap()));
    let roll = till.home().join("roll.bin");
    std::fs::write(&roll, [&b"one line of a long roll\n".repeat(700), &b"\x1dV\0"[..]].concat())
        .unwrap();
    till.ask_ok(&["print", "Bar", roll.to_str().unwrap(), "--as", "raw", "--wait", "0"]);
    wait_for("it begins", || (bar.printed_bytes() > 0).then_some(()));
}

/// Line and icon are so, and in time after what happened then.
fn is_told(desktop: &mut Desktop, since: Instant, mood: &str, line: impl Fn(&str) -> bool) {
    desktop.wait_for_line(mood, line);
    desktop.shows(mood);
    let after = since.elapsed();
    assert!(after < TOLD_WITHIN, "told after {after:?}");
}

fn says(desktop: &mut Desktop, words: &str) -> Seen {
    desktop.wait_for_line(words, |line| line == words)
}

#[test]
fn a_test_print_chosen_in_the_tray_comes_out() {
    let (bar, kitchen) = (printer(), printer());
    let (mut desktop, _gateway, till) = open(&[("Bar", &bar), ("Kitchen", &kitchen)]);
    let _running = desktop.run(&till);
    let seen = says(&mut desktop, "Ready · 2 printers");
    assert_eq!(
        seen.menu,
        [
            "Ready · 2 printers",
            "Test print",
            "Test print ▸ Bar",
            "Test print ▸ Kitchen",
            "Open drawer",
            "Open drawer ▸ Bar",
            "Open drawer ▸ Kitchen",
            "Pause printing",
            "Open Platen",
            "Quit"
        ]
    );
    desktop.shows("ready");
    assert!(desktop.windows().is_empty(), "a window opened by itself");

    desktop.press(&["Test print", "Kitchen"]);
    let paper = sheets(&kitchen, 1);
    let text = kitchen.text_of(&paper[0].bytes);
    assert!(text.contains("Printer: Kitchen"), "{text}");
    assert_eq!(bar.printed_bytes(), 0, "the other printer printed too");
}

#[test]
fn a_page_is_drawn_beside_a_program_with_a_window() {
    let bar = printer();
    let (mut desktop, _gateway, till) = open(&[("Bar", &bar)]);
    let _running = desktop.run(&till);
    says(&mut desktop, "Ready · 1 printer");
    let page = till.home().join("page.pdf");
    std::fs::write(&page, pdf_with_a_square()).unwrap();
    till.ask_ok(&["print", "Bar", page.to_str().unwrap()]);
    sheets(&bar, 1);
}

#[test]
fn a_drawer_opened_in_the_tray_opens() {
    let bar = printer();
    let (mut desktop, _gateway, till) = open(&[("Bar", &bar)]);
    let _running = desktop.run(&till);
    says(&mut desktop, "Ready · 1 printer");
    desktop.press(&["Open drawer", "Bar"]);
    wait_for("the drawer opens", || (bar.drawer_kicks() > 0).then_some(()));
}

#[test]
fn a_printer_without_paper_is_named_until_it_has_some() {
    let (bar, kitchen) = (printer(), printer());
    let (mut desktop, _gateway, till) = open(&[("Bar", &bar), ("Kitchen", &kitchen)]);
    let _running = desktop.run(&till);
    says(&mut desktop, "Ready · 2 printers");
    let out = Instant::now();
    kitchen.set_fault(Fault::PaperOut);
    is_told(&mut desktop, out, "attention", |line| line == "Kitchen: paper is out");
    let call = desktop.wait_for_call("Kitchen");
    assert!(call.contains("Put in a new roll"), "{call}");
    let refilled = Instant::now();
    kitchen.clear_fault(FaultKind::PaperOut);
    is_told(&mut desktop, refilled, "ready", |line| line == "Ready · 2 printers");
    assert_eq!(desktop.calls(), 1, "one event, one call");
}

#[test]
fn a_long_job_is_told_while_it_comes_out() {
    let bar = printer();
    let (mut desktop, _gateway, till) = open(&[("Bar", &bar)]);
    let _running = desktop.run(&till);
    says(&mut desktop, "Ready · 1 printer");
    print_a_long_roll(&till, &bar);
    is_told(&mut desktop, Instant::now(), "working", |line| line == "Printing on Bar");
    assert_eq!(bar.sheet_count(), 0, "it was too short");
    assert_eq!(sheets(&bar, 1).len(), 1);
    is_told(&mut desktop, Instant::now(), "ready", |line| line == "Ready · 1 printer");
}

#[test]
fn on_a_dark_desktop_every_state_has_its_light_icon() {
    let bar = printer();
    let (mut desktop, gateway, till) = open_on(Desktop::dark(), &[("Bar", &bar)]);
    let _running = desktop.run(&till);
    says(&mut desktop, "Ready · 1 printer");
    desktop.shows("ready");
    bar.set_fault(Fault::PaperOut);
    desktop.shows("attention");
    bar.clear_fault(FaultKind::PaperOut);
    desktop.shows("ready");
    print_a_long_roll(&till, &bar);
    desktop.shows("working");
    bar.clear_fault(FaultKind::Slow);
    desktop.shows("ready");
    gateway.kill();
    desktop.shows("offline");
}

#[test]
fn a_lost_line_says_since_when_and_printing_goes_on() {
    let bar = printer();
    let (mut desktop, gateway, till) = open(&[("Bar", &bar)]);
    let _running = desktop.run(&till);
    says(&mut desktop, "Ready · 1 printer");
    let port = gateway.port();
    let lost = Instant::now();
    gateway.kill();
    is_told(&mut desktop, lost, "offline", |line| {
        let time = line
            .strip_prefix("Offline since ")
            .and_then(|rest| rest.strip_suffix(", trying again"));
        time.is_some_and(|time| time.len() == 5 && time.as_bytes()[2] == b':')
    });
    desktop.press(&["Test print", "Bar"]);
    sheets(&bar, 1);
    // When the till knocks again is chance, so that a chain's tills do not all come at once (docs/desktop.md): what is in
    // time is what it says once the gateway has it back.
    let mut gateway = Gateway::npm(&json!({"port": port}));
    gateway.wait("the till is back", |line| line["is"] == "connected");
    is_told(&mut desktop, Instant::now(), "ready", |line| line == "Ready · 1 printer");
}

#[test]
fn a_pause_keeps_jobs_waiting_where_everybody_sees_them() {
    let bar = printer();
    let (mut desktop, gateway, till) = open(&[("Bar", &bar)]);
    let running = desktop.run(&till);
    let mut shop = Shop { running, gateway, printer: bar, till };
    shop.wait_until_ready();
    says(&mut desktop, "Ready · 1 printer");
    desktop.press(&["Pause printing"]);
    let seen = says(&mut desktop, "Printing is paused");
    assert!(seen.menu.contains(&"✓ Pause printing".to_owned()), "{:?}", seen.menu);

    let job = json!({"id": "A-7", "printerId": "Bar", "escposCommands": b"\x1b@seven\n\n\x1dV\0"});
    shop.gateway.emit("print:job", job);
    wait_for("the job is in the menu", || {
        desktop.look().menu.contains(&"1 job waiting ▸ A-7 · Bar".to_owned()).then_some(())
    });
    assert_eq!(shop.printer.printed_bytes(), 0);
    desktop.press(&["Pause printing"]);
    shop.sheets(1);
    says(&mut desktop, "Ready · 1 printer");
}
