//! A till's computer that slept: the tray is true again at once, and what came too late is told.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::PrinterHandle;
use platen_simulators::printer::{Fault, FaultKind};
use platen_tests::desktop::Desktop;
use platen_tests::shop::{Gateway, KEY, printer, sheets, wait_for};
use platen_tests::sleep::Clocks;
use platen_tests::{RunningTill, Till};
use serde_json::json;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const HOUR: Duration = Duration::from_secs(3600);
/// What the tray shows is true again this soon after waking up.
const TRUE_WITHIN: Duration = Duration::from_secs(2);

/// A till with a tray, on a computer that can sleep.
struct Sleeper {
    gateway: Gateway,
    bar: PrinterHandle,
    desktop: Desktop,
    running: RunningTill,
    till: Till,
    clocks: Clocks,
}

impl Sleeper {
    fn start() -> Sleeper {
        let (gateway, bar) = (Gateway::npm(&json!({"licence": KEY})), printer());
        let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &bar.uri())]);
        let (mut desktop, clocks) = (Desktop::start(), Clocks::new(till.home()));
        let running = desktop.run_with(&till, |command| clocks.give(command));
        let mut sleeper = Sleeper { gateway, bar, desktop, running, till, clocks };
        sleeper.says("Ready · 1 printer");
        sleeper
            .gateway
            .hear("printer:status:update", |update| update["printerIds"][0]["status"] == "online");
        sleeper
    }

    fn says(&mut self, words: &str) {
        self.desktop.wait_for_line(words, |line| line == words);
    }

    /// Sends a ticket of the kitchen, which may wait for half an hour.
    fn send(&mut self, id: &str) {
        let bytes = [b"\x1b@", id.as_bytes(), b"\n\n\n\x1dV\0"].concat();
        let ticket =
            json!({"id": id, "type": "kitchen_order", "printerId": "Bar", "escposCommands": bytes});
        self.gateway.emit("print:job", ticket);
    }
}

/// The time of day that the till's clock shows after an hour of sleep (its zone is UTC here).
fn time_after_sleep() -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + HOUR;
    let minutes = now.as_secs() / 60 % (24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

#[test]
fn a_line_that_was_lost_in_sleep_shows_at_once_and_comes_back() {
    let mut sleeper = Sleeper::start();
    // A line whose other end is silently gone: nothing but the clock says so.
    sleeper.clocks.sleep(&sleeper.running, HOUR, || sleeper.gateway.signal(libc::SIGSTOP));
    let (woke, times) = (Instant::now(), [time_after_sleep()]);
    let seen =
        sleeper.desktop.wait_for_line("that it is offline", |line| line != "Ready · 1 printer");
    sleeper.desktop.shows("offline");
    assert!(woke.elapsed() < TRUE_WITHIN, "shown after {:?}", woke.elapsed());
    let times = [times[0].clone(), time_after_sleep()];
    let expected = times.map(|time| format!("Offline since {time}, trying again"));
    assert!(expected.contains(&seen.line), "{:?}, not {expected:?}", seen.line);

    sleeper.gateway.signal(libc::SIGCONT);
    sleeper.says("Ready · 1 printer");
    sleeper.desktop.shows("ready");
    sleeper.send("after");
    sleeper.gateway.hear("print:job:completed", |done| done["jobId"] == "after");
    assert_eq!(sleeper.desktop.calls(), 0, "a line that comes back by itself calls nobody");
    assert!(sleeper.running.stop().success());
}

#[test]
fn a_ticket_that_came_too_late_in_sleep_is_told_and_not_printed() {
    let mut sleeper = Sleeper::start();
    sleeper.bar.set_fault(Fault::PaperOut);
    sleeper.says("Bar: paper is out");
    sleeper.send("late");
    wait_for("the ticket waits", || {
        let menu = sleeper.desktop.look().menu;
        menu.contains(&"1 job waiting ▸ late · Bar".to_owned()).then_some(())
    });
    sleeper.desktop.wait_for_call("Bar");
    sleeper.clocks.sleep(&sleeper.running, HOUR, || {});
    let said = sleeper.desktop.wait_for_call("Too late, not printed");
    assert!(said.contains("1 job waited too long") && said.contains("send it again"), "{said}");
    // The paper is still out, and nothing waits for it.
    let seen = sleeper.desktop.look();
    assert_eq!(seen.line, "Bar: paper is out");
    assert!(!seen.menu.iter().any(|entry| entry.contains("waiting")), "{:?}", seen.menu);
    sleeper.gateway.hear("print:job:failed", |failed| failed["jobId"] == "late");

    sleeper.bar.clear_fault(FaultKind::PaperOut);
    sleeper.says("Ready · 1 printer");
    sleeper.send("after");
    let paper = sheets(&sleeper.bar, 1);
    let text = sleeper.bar.text_of(&paper[0].bytes);
    assert_eq!(text.lines().next(), Some("after"), "{text}");
    assert_eq!(sleeper.desktop.calls(), 2, "told once");
    let jobs = sleeper.till.ask_json(&["jobs", "--json"]);
    let late = jobs.as_array().unwrap().iter().find(|job| job["external_id"] == "late").unwrap();
    assert_eq!(late["state"], "expired");
    assert!(sleeper.running.stop().success());
}
