//! The published schema and the reader take and refuse the same documents.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_job::Document;
use platen_tests::workspace;
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};

/// What an independent validator says of each document.
fn schema_takes(documents: &[Value]) -> Vec<bool> {
    let mut command = Command::new(workspace().join("tests/.venv/bin/python"));
    command.arg(workspace().join("tests/python/schema.py"));
    command.arg(workspace().join("docs/schema/document.schema.json"));
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("tests/setup.sh python was not run");
    let mut input = child.stdin.take().unwrap();
    input.write_all(json!(documents).to_string().as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Whether the reader takes it and knows every field.
fn reader_takes(document: &Value) -> bool {
    let read = Document::from_json(document.to_string().as_bytes());
    read.is_ok_and(|(_, unknown)| unknown.is_empty())
}

fn receipt(field: &str, value: Value) -> Value {
    json!({"type": "receipt", field: value})
}

#[test]
fn every_example_is_a_document_of_the_schema() {
    let folder = workspace().join("docs/schema/examples");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.collect();
    let read = |path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let examples: Vec<Value> = files.iter().map(read).collect();
    assert!(!examples.is_empty());
    for ((file, example), taken) in files.iter().zip(&examples).zip(schema_takes(&examples)) {
        assert!(taken, "the schema refuses {}", file.display());
        assert!(reader_takes(example), "the reader refuses {}", file.display());
    }
}

#[test]
fn what_the_reader_takes_the_schema_takes() {
    let documents = [
        json!({"type": "receipt"}),
        json!({"type": "kitchen-ticket", "items": ["Tea", null, 5, {"name": "Bread"}]}),
        json!({"type": "text", "text": 5}),
        json!({"type": "drawer"}),
        json!({"type": "test-page", "lines": "one\ntwo"}),
        json!({"type": "raw", "data": "G0A="}),
        json!({"type": "image", "data": "AAAA", "width": "7%", "align": "left", "dither": "auto"}),
        receipt("total", json!(-12.5)),
        receipt("total", json!("1 234,50 DA")),
        receipt("total", json!("free")),
        receipt("total", Value::Null),
        receipt("customer", json!("Ana")),
        receipt("customer", json!({"address": ["a", null, 7], "name": null})),
        receipt("language", json!("fr_DZ")),
        receipt("copies", json!(10)),
        receipt("logo", json!({"data": "AAAA", "width": 65_535})),
        receipt("totals", json!([{"kind": "tip", "amount": 1}])),
        receipt("items", json!([{"discount": {"label": "x", "amount": "-1"}, "notes": 5}])),
    ];
    for (document, taken) in documents.iter().zip(schema_takes(&documents)) {
        assert!(reader_takes(document), "the reader refuses {document}");
        assert!(taken, "the schema refuses {document}");
    }
}

#[test]
fn what_the_reader_refuses_the_schema_refuses() {
    let documents = [
        json!([]),
        json!({}),
        json!({"type": "bill"}),
        json!({"type": "text"}),
        json!({"type": "html", "html": null}),
        json!({"type": "image"}),
        json!({"type": "image", "data": "AAAA", "width": 0}),
        json!({"type": "image", "data": "AAAA", "width": 65_536}),
        json!({"type": "image", "data": "AAAA", "width": "0%"}),
        json!({"type": "image", "data": "AAAA", "width": "101%"}),
        json!({"type": "drawer", "pin": "pin3"}),
        json!({"type": "label", "items": []}),
        receipt("colour", json!("red")),
        receipt("items", json!([{"colour": "red"}])),
        receipt("items", json!({})),
        receipt("items", json!([["Tea"]])),
        receipt("total", json!(true)),
        receipt("total", json!({})),
        receipt("total", json!(1e300)),
        receipt("total", json!("NaN")),
        receipt("total", json!(" -Infinity ")),
        receipt("total", json!("UNDEFINED")),
        receipt("total", json!("[object Object]")),
        receipt("total", json!("1e400")),
        receipt("total", json!("9".repeat(41))),
        receipt("totals", json!([{"kind": "tip"}])),
        receipt("totals", json!([{"kind": "bribe", "amount": 1}])),
        receipt("codes", json!([{"symbology": "qr"}])),
        receipt("codes", json!(["https://example.com"])),
        receipt("customer", json!(["Ana"])),
        receipt("language", json!("not a language")),
        receipt("language", json!(7)),
        receipt("copies", json!(0)),
        receipt("copies", json!(11)),
        receipt("copies", json!("2")),
        receipt("header", json!([["Shop"]])),
        receipt("title", json!(["KITCHEN"])),
    ];
    for (document, taken) in documents.iter().zip(schema_takes(&documents)) {
        assert!(!reader_takes(document), "the reader takes {document}");
        assert!(!taken, "the schema takes {document}");
    }
}
