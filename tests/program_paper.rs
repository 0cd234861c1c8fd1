//! Receipts that other programs made come out on our paper: a person reads the words they were made from, a scanner the codes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_escpos::paper::{EventKind, Paper};
use platen_escpos::{Profile, encode};
use platen_job::Document;
use platen_tests::receipts::{Receipt, python_escpos, receipt_printer_encoder, receiptline};
use platen_tests::workspace;
use serde_json::Value;
use std::io::Write;
use std::process::{Command, Stdio};

/// What an independent reader finds in pictures: the texts of their codes, a list for each picture.
fn scanned(pictures: &[std::path::PathBuf]) -> Vec<Vec<String>> {
    let mut reader = Command::new(workspace().join("tests/.venv/bin/python"))
        .arg(workspace().join("tests/python/read_codes.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("tests/setup.sh python was not run");
    let mut questions = reader.stdin.take().unwrap();
    pictures.iter().for_each(|path| writeln!(questions, "{}", path.display()).unwrap());
    drop(questions);
    let output = reader.wait_with_output().unwrap();
    assert!(output.status.success());
    let texts = |line: &str| -> Vec<String> {
        let codes: Vec<Value> = serde_json::from_str(line).unwrap();
        codes.iter().map(|code| code["text"].as_str().unwrap().to_owned()).collect()
    };
    String::from_utf8(output.stdout).unwrap().lines().map(texts).collect()
}

/// Everything that was meant is on paper, in its order, and nothing on it is unknown.
fn read_all(receipts: &[Receipt], profile: &str) {
    let profile = Profile::builtin(profile).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut pictures = Vec::new();
    for receipt in receipts {
        let paper = Paper::read(&receipt.bytes, &profile);
        let text = paper.text_view();
        let mut rest = text.as_str();
        for word in &receipt.says {
            let at = rest.find(word.as_str());
            let at = at.unwrap_or_else(|| panic!("{}: {word:?} is not in\n{text}", receipt.name));
            rest = &rest[at + word.len()..];
        }
        for event in &paper.events {
            let known = !matches!(
                event.kind,
                EventKind::Unknown(..)
                    | EventKind::CutShort
                    | EventKind::NoCharacter
                    | EventKind::HalfCharacter
                    | EventKind::Refused(_)
                    | EventKind::NotShown(_)
            );
            assert!(known, "{}: {event}", receipt.name);
        }
        let path = folder.path().join(format!("{}.png", receipt.name));
        std::fs::write(&path, paper.picture()).unwrap();
        pictures.push(path);
    }
    for (receipt, mut found) in receipts.iter().zip(scanned(&pictures)) {
        let mut meant = receipt.codes.clone();
        found.sort();
        meant.sort();
        assert_eq!(found, meant, "{}", receipt.name);
    }
}

/// A code that a page draws itself, as SVG, can be read from the paper.
#[test]
fn a_code_drawn_in_html() {
    let page = workspace().join("crates/escpos/tests/html/svg-qr.html");
    let document = Document::Html(std::fs::read_to_string(page).unwrap());
    let folder = tempfile::tempdir().unwrap();
    let picture = |profile: &str| {
        let profile = Profile::builtin(profile).unwrap();
        let bytes = encode(&document, &profile, None).unwrap().bytes;
        let path = folder.path().join(format!("{}.png", profile.name));
        std::fs::write(&path, Paper::read(&bytes, &profile).picture()).unwrap();
        path
    };
    let found = scanned(&["generic-58", "generic-80"].map(picture));
    assert_eq!(found, [["https://example.com/r/8F3K-20431?t=21.55"]; 2]);
}

#[test]
fn receipts_of_python_escpos() {
    read_all(&python_escpos(), "epson-tm-t88vi");
}

#[test]
fn receipts_of_receipt_printer_encoder() {
    read_all(&receipt_printer_encoder(), "epson-tm-t20iii");
}

#[test]
fn receipts_of_receiptline() {
    read_all(&receiptline(), "epson-tm-t20iii");
}
