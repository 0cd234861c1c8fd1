//! The till's computer sleeps for an hour: the line is renewed at once, what is too late is told and not printed, and nothing is
//! printed twice.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::{Fault, FaultKind, PrinterHandle};
use platen_tests::shop::{Gateway, KEY, printer, sheets, wait_at_most, wait_for};
use platen_tests::sleep::Clocks;
use platen_tests::{RunningTill, Till};
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);
/// The engine looks every second whether it slept. A line that nobody renews would be found dead after the gateway's ping
/// interval and time-out, which are 45 s here.
const AT_ONCE: Duration = Duration::from_secs(20);

/// A till whose computer can sleep.
struct Sleeper {
    gateway: Gateway,
    bar: PrinterHandle,
    till: Till,
    running: RunningTill,
    clocks: Clocks,
}

impl Sleeper {
    fn start() -> Sleeper {
        let (gateway, bar) = (Gateway::npm(&json!({"licence": KEY})), printer());
        let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &bar.uri())]);
        let clocks = Clocks::new(till.home());
        let running = till.start_with(|command| clocks.give(command));
        let mut sleeper = Sleeper { gateway, bar, till, running, clocks };
        sleeper
            .gateway
            .hear("printer:status:update", |update| update["printerIds"][0]["status"] == "online");
        sleeper
    }

    /// Stops the program as a sleeping computer does, and wakes it up an hour later.
    fn sleep(&self) {
        self.clocks.sleep(&self.running, HOUR, || {});
    }

    /// Sends a ticket of the kitchen, which may wait for half an hour.
    fn send(&mut self, id: &str) {
        let bytes = [b"\x1b@", id.as_bytes(), b"\n\n\n\x1dV\0"].concat();
        let ticket =
            json!({"id": id, "type": "kitchen_order", "printerId": "Bar", "escposCommands": bytes});
        self.gateway.emit("print:job", ticket);
    }

    fn state(&self, id: &str) -> Option<Value> {
        let jobs = self.till.ask_json(&["jobs", "--json"]);
        jobs.as_array().unwrap().iter().find(|job| job["external_id"] == id).cloned()
    }

    fn connections(&mut self) -> usize {
        self.gateway.all().iter().filter(|line| line["is"] == "connected").count()
    }
}

#[test]
fn an_hour_of_sleep_costs_neither_the_line_nor_a_paper() {
    let mut sleeper = Sleeper::start();
    sleeper.send("before");
    sleeper.gateway.hear("print:job:completed", |done| done["jobId"] == "before");
    sleeper.bar.set_fault(Fault::PaperOut);
    sleeper.send("late");
    wait_for("the job waits", || sleeper.state("late").filter(|job| job["state"] == "held"));

    assert_eq!(sleeper.connections(), 1);
    sleeper.gateway.forget();
    sleeper.sleep();
    wait_at_most(AT_ONCE, "the line is renewed", || (sleeper.connections() == 1).then_some(()));
    assert!(sleeper.till.log().contains("this computer was asleep"));
    sleeper.gateway.hear("desktop:status", |_| true);
    sleeper.gateway.hear("print:job:failed", |failed| failed["jobId"] == "late");
    assert_eq!(sleeper.state("late").unwrap()["state"], "expired");

    // It is not printed any more when the paper is back; what comes now is, once.
    sleeper.bar.clear_fault(FaultKind::PaperOut);
    sleeper.send("after");
    sleeper.gateway.hear("print:job:completed", |done| done["jobId"] == "after");
    let paper = sheets(&sleeper.bar, 2);
    let text = paper.iter().map(|sheet| sleeper.bar.text_of(&sheet.bytes));
    let text: Vec<_> = text.filter_map(|text| text.lines().next().map(str::to_owned)).collect();
    assert_eq!(text, ["before", "after"]);
    assert!(sleeper.running.stop().success());
}
