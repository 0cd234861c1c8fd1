//! Both programs in one file, as packages bring them: called by a link, by name, and through the console's end for Windows.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_escpos::paper::Paper;
use platen_escpos::{Catalogue, Profile};
use platen_tests::page::pdf_with_a_square;
use platen_tests::shop::{printer, sheets, wait_for};
use platen_tests::{RunningTill, Till, program};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A folder as a package fills it: the desktop's file, and a link to it. No display, no bus.
struct Installed(TempDir);

impl Installed {
    fn new() -> Installed {
        let folder = tempfile::tempdir().unwrap();
        symlink(program("platen"), folder.path().join("platen")).unwrap();
        symlink("platen", folder.path().join("platenctl")).unwrap();
        Installed(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn platenctl(&self, till: &Till, arguments: &[&str]) -> Command {
        command(&self.path("platenctl"), till, arguments)
    }
}

fn command(program: &Path, till: &Till, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    command.env_clear().env("PLATEN_HOME", till.home()).env("HOME", till.home());
    command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    command
}

fn said(output: &Output) -> (Option<i32>, String) {
    let words = [&output.stdout[..], &output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&words).into_owned())
}

#[test]
fn a_link_to_the_desktops_file_is_the_engine_without_a_desktop() {
    let (installed, till, printer) = (Installed::new(), Till::new(), printer());
    let ask = |arguments: &[&str]| said(&installed.platenctl(&till, arguments).output().unwrap());
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(ask(&["--version"]), (Some(0), format!("platenctl {version}\n")));
    assert_eq!(ask(&["printers", "add", "Bar", &printer.uri()]).0, Some(0));

    let mut run = installed.platenctl(&till, &["run"]);
    let running =
        RunningTill::adopt(run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    wait_for("the engine", || (ask(&["status"]).0 == Some(0)).then_some(()));
    // Drawn in a process of its own, which is the same file under another name.
    let pdf = till.home().join("page.pdf");
    std::fs::write(&pdf, pdf_with_a_square()).unwrap();
    let (status, words) = ask(&["print", "Bar", pdf.to_str().unwrap()]);
    assert_eq!(status, Some(0), "{words}");
    let sheet = sheets(&printer, 1).pop().unwrap();
    let paper = Paper::read(&sheet.bytes, &Profile::builtin(Catalogue::GENERIC).unwrap());
    assert!(!paper.elements.is_empty());
    assert!(running.stop().success());
    let (status, words) = ask(&["prnit"]);
    assert!(status == Some(2) && words.starts_with("platenctl: "), "{words}");
}

#[test]
fn the_desktops_own_name_is_the_desktop_and_platenctl_where_it_is_told_to_be() {
    let (installed, till) = (Installed::new(), Till::new());
    let platen = installed.path("platen");
    let (status, words) = said(&command(&platen, &till, &["--minimized"]).output().unwrap());
    assert!(status == Some(1) && words.contains("platenctl run"), "{words}");
    let (status, words) =
        said(&command(&platen, &till, &["platenctl", "printers", "--json"]).output().unwrap());
    assert_eq!((status, words.trim()), (Some(0), "[]"));
}

/// On Windows, where a program has a console or has none, packages bring it as `platenctl.exe`.
#[test]
fn the_consoles_end_hands_on_words_and_status() {
    let till = Till::new();
    let console = program("platenctl-console");
    let (status, words) =
        said(&command(&console, &till, &["printers", "--json"]).output().unwrap());
    assert_eq!((status, words.trim()), (Some(0), "[]"));
    let (status, words) = said(&command(&console, &till, &["prnit"]).output().unwrap());
    assert!(status == Some(2) && words.starts_with("platenctl: "), "{words}");
    // On its own.
    let folder = tempfile::tempdir().unwrap();
    let alone = folder.path().join("platenctl");
    std::fs::copy(&console, &alone).unwrap();
    let (status, words) = said(&command(&alone, &till, &["status"]).output().unwrap());
    assert!(status == Some(1) && words.contains("cannot be started"), "{words}");
}
