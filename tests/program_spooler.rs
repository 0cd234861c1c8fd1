//! Printing through CUPS, with the whole program: what the system's queue does with a job is told, also where Platen dies meanwhile.
//! Needs root, for a scheduler of the test's own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, dead_code)]

#[path = "../crates/devices/tests/common/cupsd.rs"]
mod cupsd;

use cupsd::Cupsd;
use platen_tests::shop::{Gateway, KEY, wait_for};
use platen_tests::{RunningTill, Till};
use serde_json::{Value, json};

const RECEIPT: &[u8] = b"\x1b@Two teas\n\n\n\x1dV\0";

struct Counter {
    gateway: Gateway,
    till: Till,
    cups: Cupsd,
}

impl Counter {
    /// A till whose only printer is a queue of CUPS that plays a good printer.
    fn open() -> Counter {
        let cups = Cupsd::start();
        cups.printer("Bar");
        let gateway = Gateway::npm(&json!({}));
        let till = Till::set_up(&gateway.url(), KEY, &[("Bar", "spooler://Bar")]);
        Counter { gateway, till, cups }
    }

    fn start(&mut self) -> RunningTill {
        self.gateway.forget();
        let server = self.cups.socket();
        let running = self.till.start_with(|engine| {
            engine.env("CUPS_SERVER", server);
        });
        self.gateway.hear("printer:status:update", |update| !update["printerIds"].is_null());
        running
    }

    fn send(&mut self, id: &str) {
        let job = json!({"id": id, "printerId": "Bar", "escposCommands": RECEIPT});
        self.gateway.emit("print:job", job);
    }

    fn wait_for_state(&self, state: &str) -> Value {
        wait_for(&format!("the job is {state}"), || {
            let jobs = self.till.ask_json(&["jobs", "--json"]);
            jobs.as_array().unwrap().first().filter(|job| job["state"] == state).cloned()
        })
    }

    fn wait_for_reason(&self, reason: &str) {
        wait_for(&format!("the printer shows {reason}"), || {
            let printers = self.till.ask_json(&["printers", "--json"]);
            (printers[0]["reasons"] == json!([reason])).then_some(())
        });
    }

    /// Platen brings the job "one" into CUPS and is killed while a slow printer has it.
    fn die_while_cups_prints(&mut self) {
        self.cups.play("Bar", "slow");
        let running = self.start();
        self.send("one");
        self.wait_until_cups_prints();
        running.kill();
    }

    /// Waits until CUPS has the job and its backend works on it.
    fn wait_until_cups_prints(&self) {
        wait_for("CUPS prints", || {
            self.cups.tell("lpstat", &["-p", "Bar"]).contains("now printing").then_some(())
        });
    }
}

#[test]
fn a_job_goes_through_the_queue_and_its_end_is_told() {
    let mut counter = Counter::open();
    let _running = counter.start();
    counter.send("one");
    counter.gateway.hear("print:job:completed", |done| done["jobId"] == "one");
    assert_eq!(counter.cups.paper("Bar"), RECEIPT);
    let job = counter.wait_for_state("completed");
    assert_eq!(job["evidence"], "drained", "{job}");
}

#[test]
fn a_job_that_cups_has_is_followed_after_platen_died() {
    let mut counter = Counter::open();
    counter.die_while_cups_prints();
    let _again = counter.start();
    assert_eq!(counter.wait_for_state("processing")["external_id"], "one");
    counter.cups.play("Bar", "");
    counter.gateway.hear("print:job:completed", |done| done["jobId"] == "one");
    assert_eq!(counter.cups.paper("Bar"), RECEIPT, "once, and nothing beside it");
    // What comes later is printed as ever.
    counter.send("two");
    counter.gateway.hear("print:job:completed", |done| done["jobId"] == "two");
    assert_eq!(counter.cups.paper("Bar"), RECEIPT.repeat(2));
}

#[test]
fn a_job_that_ended_while_platen_was_dead_is_told_afterwards() {
    let mut counter = Counter::open();
    counter.die_while_cups_prints();
    counter.cups.play("Bar", "");
    wait_for("CUPS has printed", || (counter.cups.paper("Bar") == RECEIPT).then_some(()));
    let _again = counter.start();
    counter.gateway.hear("print:job:completed", |done| done["jobId"] == "one");
    assert_eq!(counter.cups.paper("Bar"), RECEIPT);
}

#[test]
fn a_job_that_somebody_deletes_in_cups_is_told_as_canceled() {
    let mut counter = Counter::open();
    counter.cups.tell("cupsdisable", &["Bar"]);
    let _running = counter.start();
    counter.send("one");
    let held = counter.wait_for_state("held");
    assert_eq!(held["reasons"], json!(["queue-paused"]), "{held}");
    counter.cups.play("Bar", "slow");
    counter.cups.tell("cupsenable", &["Bar"]);
    counter.wait_until_cups_prints();
    counter.cups.tell("cancel", &["-a", "Bar"]);
    counter.gateway.hear("print:job:failed", |failed| failed["jobId"] == "one");
    let paper = counter.cups.paper("Bar");
    assert!(paper.is_empty(), "{paper:?}");
}

/// Each way in which a queue prints nothing now is named where people look, and the job comes out by itself when it is over.
#[test]
fn a_queue_that_cannot_print_says_why_and_prints_when_it_can() {
    let mut counter = Counter::open();
    let _running = counter.start();
    let there = format!("playing://Bar?dir={}", counter.cups.stage().display());
    type Act = fn(&mut Cupsd, &str);
    let states: [(&str, &str, Act, Act); 4] = [
        (
            "queue-rejecting",
            "takes no jobs",
            |cups, _| drop(cups.tell("cupsreject", &["Bar"])),
            |cups, _| drop(cups.tell("cupsaccept", &["Bar"])),
        ),
        (
            "queue-paused",
            "is paused",
            |cups, _| drop(cups.tell("cupsdisable", &["Bar"])),
            |cups, _| drop(cups.tell("cupsenable", &["Bar"])),
        ),
        (
            "queue-missing",
            "no longer has a printer of that name",
            |cups, _| drop(cups.tell("lpadmin", &["-x", "Bar"])),
            |cups, there| cups.queue("Bar", there),
        ),
        (
            "spooler-down",
            "print service does not answer",
            |cups, _| cups.kill(),
            |cups, _| cups.run(),
        ),
    ];
    for (printed, (reason, words, break_it, mend_it)) in states.into_iter().enumerate() {
        break_it(&mut counter.cups, &there);
        counter.send(reason);
        let held = counter.wait_for_state("held");
        assert_eq!(held["external_id"], reason);
        assert_eq!(held["reasons"], json!([reason]), "{held}");
        let said = counter.till.ask_ok(&["job", &held["id"].to_string()]);
        assert!(said.contains(words), "{reason} in words: {said}");
        mend_it(&mut counter.cups, &there);
        counter.gateway.hear("print:job:completed", |done| done["jobId"] == reason);
        assert_eq!(counter.cups.paper("Bar"), RECEIPT.repeat(printed + 1), "once, {reason}");
    }
}

/// A queue with another name is another queue: its jobs wait until somebody says that it is the same printer.
#[test]
fn the_jobs_of_a_renamed_queue_follow_when_somebody_says_where() {
    let mut counter = Counter::open();
    let _running = counter.start();
    counter.cups.tell("lpadmin", &["-x", "Bar"]);
    counter.cups.printer("Counter");
    counter.send("one");
    assert_eq!(counter.wait_for_state("held")["reasons"], json!(["queue-missing"]));
    counter.till.ask_ok(&["printers", "add", "Bar", "spooler://Counter"]);
    counter.gateway.hear("print:job:completed", |done| done["jobId"] == "one");
    assert_eq!(counter.cups.paper("Counter"), RECEIPT);
}

/// Print services are restarted by updates: the job that one has is neither lost nor sent again.
#[test]
fn a_print_service_that_dies_over_a_job_is_asked_again_when_it_is_back() {
    let mut counter = Counter::open();
    counter.cups.play("Bar", "media-empty");
    let _running = counter.start();
    counter.send("one");
    counter.wait_until_cups_prints();
    counter.cups.kill();
    counter.wait_for_reason("spooler-down");
    counter.cups.play("Bar", "");
    counter.cups.run();
    counter.gateway.hear("print:job:completed", |done| done["jobId"] == "one");
}

/// Whoever ends Platen does not mean the receipt that CUPS has already.
#[test]
fn a_job_that_cups_has_stays_there_when_platen_is_stopped() {
    let mut counter = Counter::open();
    counter.cups.play("Bar", "slow");
    let running = counter.start();
    counter.send("one");
    counter.wait_until_cups_prints();
    assert!(running.stop().success());
    assert!(counter.cups.tell("lpstat", &["-o", "Bar"]).contains("Bar-"), "it is still there");
    let _again = counter.start();
    assert_eq!(counter.wait_for_state("processing")["external_id"], "one");
    counter.cups.play("Bar", "");
    counter.gateway.hear("print:job:completed", |done| done["jobId"] == "one");
    assert_eq!(counter.cups.paper("Bar"), RECEIPT, "once");
}

/// Its printer's settings may change meanwhile.
#[test]
fn a_job_that_cups_has_stays_there_when_the_printer_gets_another_profile() {
    let mut counter = Counter::open();
    counter.cups.play("Bar", "slow");
    let _running = counter.start();
    counter.send("one");
    counter.wait_until_cups_prints();
    counter.till.ask_ok(&["printers", "add", "Bar", "spooler://Bar", "--profile", "pos-80"]);
    assert_eq!(counter.wait_for_state("processing")["external_id"], "one");
    counter.cups.play("Bar", "");
    counter.gateway.hear("print:job:completed", |done| done["jobId"] == "one");
    assert_eq!(counter.cups.paper("Bar"), RECEIPT, "once");
}
