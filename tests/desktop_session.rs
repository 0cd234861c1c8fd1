//! A session ends in more ways than one: what is being printed then is printed to its end, or a person is asked; nothing is
//! printed twice, and nothing stays behind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::PrinterHandle;
use platen_simulators::printer::{Fault, FaultKind};
use platen_tests::desktop::Desktop;
use platen_tests::process::children;
use platen_tests::shop::{Gateway, KEY, printer, sheets, wait_at_most, wait_for};
use platen_tests::{RunningTill, Till};
use serde_json::json;
use std::num::NonZeroU32;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const LINES: usize = 800;
/// Bytes a second with which the roll comes out in two seconds: the end waits for it.
const BRISK: u32 = 10_000;
/// It takes twenty: no session waits for that.
const SLOW: u32 = 1_000;
/// Longest a session waits for its programs.
const END: Duration = Duration::from_secs(60);

/// A till at work: a long roll is coming out, and the program is supervised, as it is after a login.
struct Office {
    _gateway: Gateway,
    bar: PrinterHandle,
    till: Till,
    desktop: Desktop,
    running: RunningTill,
}

impl Office {
    fn printing(pace: u32) -> Office {
        let (gateway, bar) = (Gateway::npm(&json!({})), printer());
        let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &bar.uri())]);
        let mut desktop = Desktop::start();
        let mut command = desktop.command(&till);
        command.args(["--supervise", "--minimized"]);
        ends_with_its_session(&mut command);
        let running = RunningTill::adopt(command.spawn().unwrap());
        desktop.wait_for_line("it is ready", |line| line == "Ready · 1 printer");
        bar.set_fault(Fault::Slow(NonZeroU32::new(pace).unwrap()));
        let roll = till.home().join("roll.bin");
        let lines = b"one line of a long roll\n".repeat(LINES);
        std::fs::write(&roll, [&lines[..], b"\x1dV\0"].concat()).unwrap();
        till.ask_ok(&["print", "Bar", roll.to_str().unwrap(), "--as", "raw", "--wait", "0"]);
        wait_for("it begins", || (bar.printed_bytes() > 0).then_some(()));
        Office { _gateway: gateway, bar, till, desktop, running }
    }

    /// The program and whoever supervises it.
    fn processes(&self) -> Vec<u32> {
        let mut all = vec![self.running.pid()];
        all.extend(children(self.running.pid()));
        assert_eq!(all.len(), 2, "a supervisor and a program");
        all
    }

    /// Everything has ended in order, and nothing was started again. The next life of the till knows the roll in that
    /// state and does not print it again; a completed one is whole.
    fn has_ended_well(mut self, processes: &[u32], state: &str) {
        wait_at_most(END, "the supervisor ends", || self.running.has_ended().then_some(()));
        wait_for("nothing stays behind", || {
            let lives = |pid: &u32| Path::new(&format!("/proc/{pid}")).exists();
            (!processes.iter().any(lives)).then_some(())
        });
        let log = self.till.log();
        assert_eq!(log.matches("Platen is running").count(), 1, "it was started again");
        assert_eq!(log.matches("Platen has stopped").count(), 1, "its end was none in order");
        self.bar.clear_fault(FaultKind::Slow);
        sheets(&self.bar, 1);
        let mut desktop = Desktop::start();
        let again = desktop.run(&self.till);
        desktop.wait_for_line("how it is", |line| match state {
            "completed" => line == "Ready · 1 printer",
            _ => line.contains("on paper"),
        });
        let job = self.till.ask_json(&["job", "1", "--json"]);
        assert_eq!(job["state"], state, "{job}");
        self.till.ask_ok(&["test-print", "Bar"]);
        let on_paper = wait_for("the test page", || {
            let texts = self.bar.sheets().into_iter().map(|sheet| self.bar.text_of(&sheet.bytes));
            let texts: String = texts.collect();
            texts.contains("TEST PAGE").then_some(texts)
        });
        // A printer may lose what it had not taken yet when its line was cut; no line comes twice.
        let lines = on_paper.matches("one line of a long roll").count();
        assert!(lines <= LINES, "the roll was printed again: {lines} lines");
        assert!(lines == LINES || state == "unconfirmed", "it is not whole: {lines} lines");
        assert!(again.stop().success());
    }
}

/// The tests themselves may run under `nohup`, whose programs outlive their session.
fn ends_with_its_session(command: &mut Command) {
    // SAFETY: signal only sets what becomes of SIGHUP, and may be called between fork and exec.
    #[allow(unsafe_code)]
    unsafe {
        command.pre_exec(|| {
            libc::signal(libc::SIGHUP, libc::SIG_DFL);
            Ok(())
        });
    }
}

#[test]
fn a_screen_that_goes_away_ends_it_after_the_job_that_is_coming_out() {
    let mut office = Office::printing(BRISK);
    let processes = office.processes();
    office.desktop.lose_screen();
    office.has_ended_well(&processes, "completed");
}

#[test]
fn a_job_that_takes_longer_is_asked_about() {
    let mut office = Office::printing(SLOW);
    let processes = office.processes();
    office.desktop.lose_screen();
    office.has_ended_well(&processes, "unconfirmed");
}

#[test]
fn the_hangup_of_its_session_ends_it_too() {
    let office = Office::printing(BRISK);
    let processes = office.processes();
    office.running.signal(libc::SIGHUP);
    office.has_ended_well(&processes, "completed");
}

/// A terminal tells all that run in it.
#[test]
fn so_do_the_keys_and_the_end_of_a_terminal() {
    for signal in ["-INT", "-HUP"] {
        let office = Office::printing(BRISK);
        let processes = office.processes();
        let pids = processes.iter().map(u32::to_string);
        assert!(Command::new("kill").arg(signal).args(pids).status().unwrap().success());
        office.has_ended_well(&processes, "completed");
    }
}

/// A till may have no bus: its session ends with the screen.
#[test]
fn a_bus_that_goes_away_takes_no_job_with_it() {
    let mut office = Office::printing(BRISK);
    let processes = office.processes();
    office.desktop.lose_bus();
    sheets(&office.bar, 1);
    office.desktop.lose_screen();
    office.has_ended_well(&processes, "completed");
}
