//! Files made to hurt, given to `platenctl encode` and to the engine: a refusal in one line, or bytes, in bounded memory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_tests::Till;
use platen_tests::hostile::{HostileFile, encode, files};
use platen_tests::process::most_resident;
use platen_tests::shop::{printer, sheets, wait_for};
use std::process::Command;

/// MiB that the program and what it starts may take, whatever comes.
const MEMORY: f64 = 200.0;

#[test]
fn hostile_files_are_refused_in_a_line_or_printed() {
    let till = Till::new();
    let mut heavy = Vec::new();
    for file in files() {
        let measured = encode(&till, &file);
        let said = String::from_utf8_lossy(&measured.output.stderr);
        match measured.output.status.code() {
            Some(0) => {}
            Some(1) => {
                assert_eq!(said.lines().count(), 1, "{}: {said}", file.name);
                assert!(said.starts_with("platenctl: "), "{}: {said}", file.name);
            }
            other => panic!("{}: {other:?} {said}", file.name),
        }
        if measured.memory > MEMORY {
            heavy.push(format!("{}: {:.0} MiB", file.name, measured.memory));
        }
    }
    assert!(heavy.is_empty(), "too much memory: {heavy:#?}");
}

/// Seconds on the processor that a program and what it starts may take for a PDF. By the clock a busy machine takes any time.
const WORK: f64 = 1.9;

#[test]
fn a_pdf_that_never_ends_is_refused_within_two_seconds_of_work() {
    let till = Till::new();
    let file = files().into_iter().find(|file| file.name == "pdf-function").unwrap();
    let path = till.home().join("hostile.pdf");
    std::fs::write(&path, &file.bytes).unwrap();
    let command = till.command(&["encode", path.to_str().unwrap(), "--as", "pdf", "--out", "-"]);
    let mut shell = Command::new("sh");
    shell.args(["-c", "\"$@\"; times", "sh"]).arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        value.into_iter().for_each(|value| _ = shell.env(name, value));
    }
    let said = shell.output().unwrap();
    let refusal = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(refusal.contains("the PDF takes too long to draw"), "{refusal}");
    let work = work_of_children(&String::from_utf8_lossy(&said.stdout));
    assert!(work < WORK, "{work} s");
}

/// What `times` says in its second line: `0m1.02s 0m0.05s`.
fn work_of_children(said: &str) -> f64 {
    let seconds = |time: &str| {
        let (minutes, seconds) = time.trim_end_matches('s').split_once('m').unwrap();
        minutes.parse::<f64>().unwrap() * 60.0 + seconds.parse::<f64>().unwrap()
    };
    said.lines().nth(1).unwrap().split_whitespace().map(seconds).sum()
}

/// A PDF cannot take the engine with it, nor what waits behind it.
#[test]
fn the_engine_survives_documents_that_never_end() {
    let printer = printer();
    let till = Till::new();
    till.ask_ok(&["printers", "add", "Bar", &printer.uri()]);
    let running = till.start();
    wait_for("the door opens", || till.home().join("control.json").exists().then_some(()));
    let deadly = ["pdf-function", "pdf-shading", "pdf-operators"];
    let is_deadly = |file: &HostileFile| deadly.contains(&file.name.as_str());
    for file in files().into_iter().filter(is_deadly) {
        let path = till.home().join("hostile.pdf");
        std::fs::write(&path, &file.bytes).unwrap();
        let said = till.ask(&["print", "Bar", path.to_str().unwrap(), "--as", "pdf"]);
        let said = String::from_utf8_lossy(&said.stderr).into_owned();
        assert!(said.contains("the PDF takes too long to draw"), "{}: {said}", file.name);
    }
    let path = till.home().join("text.txt");
    std::fs::write(&path, "after the storm").unwrap();
    till.ask_ok(&["print", "Bar", path.to_str().unwrap(), "--as", "text"]);
    let sheet = &sheets(&printer, 1)[0];
    assert!(printer.text_of(&sheet.bytes).contains("after the storm"));
    let memory = most_resident(running.pid());
    assert!(memory <= MEMORY, "{memory:.0} MiB");
}
