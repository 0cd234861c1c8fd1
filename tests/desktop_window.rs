//! The program around the window: one at a time, a window on demand, and an end when somebody asks for it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_tests::desktop::Desktop;
use platen_tests::process::children;
use platen_tests::shop::{Gateway, KEY, printer, sheets, wait_for};
use platen_tests::webdriver::Browser;
use platen_tests::{RunningTill, Till, program};
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
fn without_a_tray_a_bus_and_a_network_it_prints_and_shows_its_window() {
    let bar = printer();
    // Nobody listens there.
    let till = Till::set_up("http://127.0.0.1:9", KEY, &[("Bar", &bar.uri())]);
    let desktop = Desktop::start();
    let mut command = desktop.command(&till);
    command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    let running = RunningTill::adopt(command.spawn().unwrap());
    wait_for("it runs", || till.home().join("control.json").exists().then_some(()));
    till.ask_ok(&["test-print", "Bar"]);
    assert_eq!(sheets(&bar, 1).len(), 1);
    let second = desktop.command(&till).status().unwrap();
    assert!(second.success(), "{second}");
    desktop.wait_for_windows(1);
    assert!(running.stop().success());
}

#[test]
fn the_window_reaches_nothing_but_its_own_program() {
    let (mut gateway, _bar, till) = set_up();
    let desktop = Desktop::start();
    let browser = Browser::open_again(&desktop, &till);
    browser.says("#status-line", "Ready · 1 printer");
    gateway.forget();
    let elsewhere = format!("{}/api/v1/printer-licenses/validate", gateway.url());
    let tries = "const [url, done] = arguments;
        const said = (promise) => promise.then(() => 'went through', () => 'refused');
        const image = new Promise((good, bad) => {
            const one = new Image(); one.onload = good; one.onerror = bad; one.src = url;
        });
        // A script in the page, as somebody's text on a receipt might try to be one.
        const script = document.createElement('script');
        script.textContent = 'window.ranInline = true';
        document.head.append(script);
        const invoke = (name, given) => said(window.__TAURI_INTERNALS__.invoke(name, given));
        Promise.all([
            said(fetch(url, { method: 'POST', mode: 'no-cors', body: '{}' })),
            said(image),
            said(Promise.resolve().then(() => { if (!window.ranInline) throw 0; })),
            invoke('plugin:window|create', { options: { label: 'other', url } }),
            invoke('plugin:updater|check', {}),
            invoke('plugin:autostart|disable', {}),
            invoke('plugin:event|emit', { event: 'state', payload: {} }),
        ]).then(done);";
    let refused = vec![json!("refused"); 7];
    assert_eq!(browser.run_to_end(tries, &[json!(elsewhere)]), json!(refused));
    assert_eq!(gateway.count(|line| line["is"] == "rest"), 0, "something was sent elsewhere");
    assert_eq!(desktop.windows().len(), 1);
}

#[test]
fn a_till_that_is_not_set_up_shows_how() {
    let till = Till::new();
    let mut desktop = Desktop::start();
    let _running = desktop.run(&till);
    desktop.wait_for_windows(1);
    desktop.wait_for_line("that nothing is set up", |line| line == "Not set up yet");
}

#[test]
fn what_starts_at_login_is_the_program_where_it_is_now() {
    let (_gateway, _bar, till) = set_up();
    let mut desktop = Desktop::start();
    let running = desktop.run(&till);
    let starts = |desktop: &Desktop, program: String| {
        let home = till.home().display();
        let exec = format!("Exec={program} --supervise --minimized --home {home}");
        wait_for(&format!("the session starts {exec}"), || {
            desktop.at_login()?.lines().any(|line| line == exec).then_some(())
        });
    };
    starts(&desktop, program("platen").display().to_string());
    assert!(running.stop().success());

    let elsewhere = tempfile::tempdir().unwrap();
    let moved = elsewhere.path().join("Our Shop").join("platen");
    std::fs::create_dir(moved.parent().unwrap()).unwrap();
    std::fs::copy(program("platen"), &moved).unwrap();
    let mut command = desktop.program(&moved);
    command.env("PLATEN_HOME", till.home());
    let running = RunningTill::adopt(command.spawn().unwrap());
    starts(&desktop, format!("\"{}\"", moved.display()));
    desktop.wait_for_line("it is ready", |line| line == "Ready · 1 printer");
    assert!(running.stop().success());
}
