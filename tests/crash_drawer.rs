//! The engine is killed right before each step on the way of a drawer kick, while the paper is out and only a real-time pulse
//! opens it. One request never opens the drawer twice, and what is told of it is so.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

use platen_simulators::{Fault, PrinterHandle};
use platen_tests::crash::{Step, Strace};
use platen_tests::shop::{printer, wait_for};
use platen_tests::{RunningTill, Till};
use serde_json::Value;

/// Steps of one sort that are gone through; one kick has fewer.
const MOST_STEPS: u32 = 250;

#[test]
fn one_request_opens_the_drawer_at_most_once() {
    Strace::demand();
    let printer = printer();
    printer.set_fault(Fault::PaperOut);
    let till = Till::new();
    till.ask_ok(&["printers", "add", "Bar", &printer.uri(), "--profile", "epson-tm-t20iii"]);
    let mut stand = Stand { till, printer, running: None, requests: 0 };
    for step in [Step::Journal, Step::Mark, Step::Printer, Step::Heard, Step::Between] {
        let kills = stand.go_through(step);
        println!("crash_drawer: {step:?}: {kills} kills");
        assert!(kills > 0, "not one {step:?} step was met");
    }
}

struct Stand {
    till: Till,
    printer: PrinterHandle,
    running: Option<RunningTill>,
    requests: usize,
}

impl Stand {
    /// Kills before the first step of that sort, then before the second, until the engine survives; how often it was killed.
    fn go_through(&mut self, step: Step) -> u32 {
        for nth in 1..=MOST_STEPS {
            if self.survives(step, nth) {
                return nth - 1;
            }
        }
        panic!("more than {MOST_STEPS} steps of {step:?}");
    }

    fn survives(&mut self, step: Step, nth: u32) -> bool {
        let mut running = self.running.take().unwrap_or_else(|| self.start());
        let before = self.printer.drawer_kicks();
        let strace = Strace::attach(&running, self.till.home(), step, nth);
        let asked = self.till.ask(&["drawer", "Bar"]).status.success();
        strace.detach();
        let survived = asked && !running.has_ended();
        if survived {
            self.running = Some(running);
        } else {
            running.kill();
            self.running = Some(self.start());
        }
        let outcome = self.outcome();
        let kicks = self.printer.drawer_kicks() - before;
        let fits = match outcome.as_deref() {
            Some("completed") => kicks == 1,
            Some("unconfirmed") => kicks <= 1,
            // Killed before it was taken, or before it had begun: nobody stands there any more.
            None | Some("aborted") => kicks == 0,
            Some(_) => false,
        };
        assert!(fits, "killed before {step:?} {nth}: {outcome:?}, and {kicks} kicks");
        assert!(!asked || kicks == 1, "who was told that it opened sees it open");
        survived
    }

    fn start(&self) -> RunningTill {
        // Without an engine platenctl does the work itself, and what is traced does none.
        let door = self.till.home().join("control.json");
        let _ = std::fs::remove_file(&door);
        let running = self.till.start();
        wait_for("the door opens", || door.exists().then_some(()));
        running
    }

    /// What became of the last request, where it was taken at all.
    fn outcome(&mut self) -> Option<String> {
        let jobs = wait_for("every kick is settled", || {
            let jobs = self.till.ask_json(&["jobs", "--json"]);
            let open = |job: &Value| {
                ["pending", "held", "processing"].contains(&job["state"].as_str().unwrap())
            };
            let jobs = jobs.as_array().unwrap();
            (!jobs.iter().any(open)).then(|| jobs.clone())
        });
        let newest = jobs.iter().max_by_key(|job| job["id"].as_u64())?;
        let count = usize::try_from(newest["id"].as_u64().unwrap()).unwrap();
        let is_new = count > self.requests;
        self.requests = count;
        is_new.then(|| newest["state"].as_str().unwrap().to_owned())
    }
}
