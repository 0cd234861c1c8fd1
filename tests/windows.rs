//! The program as it is built for Windows, under Wine. `make test-windows` builds it, and says where it is.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../crates/devices/tests/common/cupsd.rs"]
#[allow(dead_code, reason = "the devices' own tests use all of it")]
mod cupsd;

use cupsd::Cupsd;
use platen_tests::wine::{SOON, in_windows, socket_printer};
use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A till with Windows on it.
struct Till {
    folder: TempDir,
    cups: Cupsd,
}

impl Till {
    fn new() -> Till {
        Till { folder: tempfile::tempdir().unwrap(), cups: Cupsd::start() }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let named = |variable| env::var(variable).expect("tests/rigs/windows/run.sh sets it");
        let mut command = Command::new(named("PLATEN_WINE"));
        command
            .arg(named("PLATEN_WINDOWS_PROGRAM"))
            .args(arguments)
            .env("PLATEN_HOME", in_windows(&self.folder.path().join("home")))
            .env("CUPS_SERVER", self.cups.socket())
            .current_dir(self.folder.path())
            .stdin(Stdio::null());
        command
    }

    fn ask(&self, arguments: &[&str]) -> (Output, String) {
        let output = self.command(arguments).output().unwrap();
        let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
        (output, String::from_utf8_lossy(&said).into_owned())
    }

    fn ask_ok(&self, arguments: &[&str]) -> String {
        let (output, said) = self.ask(arguments);
        assert!(output.status.success(), "platenctl {arguments:?}: {said}");
        said
    }

    fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.folder.path().join(name);
        fs::write(&path, content).unwrap();
        in_windows(&path)
    }

    fn run(&self) -> Running {
        let mut command = self.command(&["run"]);
        let running = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let door = self.folder.path().join("home/control.json");
        let deadline = Instant::now() + SOON;
        while !door.exists() {
            assert!(Instant::now() < deadline, "the engine never opened its door");
            std::thread::sleep(Duration::from_millis(20));
        }
        running
    }
}

/// The engine in the foreground; ended with its test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Every byte value, in a length that takes several writes.
fn job(seed: u8) -> Vec<u8> {
    (0..150_000_u32).map(|at| (at.wrapping_mul(7) + at / 256) as u8 ^ seed).collect()
}

#[test]
#[ignore = "needs a Windows build and Wine: make test-windows"]
fn jobs_go_through_the_spooler_byte_for_byte() {
    let till = Till::new();
    let (uri, papers) = socket_printer();
    till.cups.queue("POS80", &uri);
    till.ask_ok(&["printers", "add", "Bar", "spooler://POS80"]);

    let file = till.file("one.bin", &job(0));
    till.ask_ok(&["print", "Bar", &file, "--as", "raw"]);
    assert!(papers.recv_timeout(SOON).unwrap() == job(0), "not the bytes that were sent");

    let _running = till.run();
    let file = till.file("two.bin", &job(0x5A));
    till.ask_ok(&["print", "Bar", &file, "--as", "raw"]);
    assert!(papers.recv_timeout(SOON).unwrap() == job(0x5A), "not the bytes that were sent");

    let jobs: serde_json::Value = serde_json::from_str(&till.ask_ok(&["jobs", "--json"])).unwrap();
    for job in jobs.as_array().unwrap() {
        assert_eq!(job["state"], "completed", "{jobs}");
        // Wine forgets a job when it hands it to CUPS: that it took it was seen, and no more.
        assert_eq!(job["evidence"], "submitted", "{jobs}");
    }
    assert_eq!(jobs.as_array().unwrap().len(), 2);
    assert!(papers.try_recv().is_err(), "nothing is printed twice");
}

#[test]
#[ignore = "needs a Windows build and Wine: make test-windows"]
fn a_queue_that_is_not_there_holds_the_job() {
    let till = Till::new();
    till.ask_ok(&["printers", "add", "Bar", "spooler://NOBODY"]);
    let file = till.file("one.bin", b"receipt\n");
    let (output, said) = till.ask(&["print", "Bar", &file, "--as", "raw", "--wait", "2"]);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("job 1 is kept and waits"), "{said}");
    assert!(said.contains("no longer has a printer of that name"), "{said}");
}

#[test]
#[ignore = "needs a Windows build and Wine: make test-windows"]
fn the_demo_prints_its_order() {
    let till = Till::new();
    let said = till.ask_ok(&["demo"]);
    for words in ["Flat white", "20.33", "completed, once"] {
        assert!(said.contains(words), "{said}");
    }
    let picture: PathBuf = till.folder.path().join("platen-demo.png");
    assert!(picture.exists());
}
