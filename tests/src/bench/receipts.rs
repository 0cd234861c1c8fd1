//! One receipt and one logo, as Platen and two well-known libraries encode them.

use crate::figure::{Better, Figures, median};
use platen_escpos::images::{Grey, Halftone};
use platen_escpos::{Profile, encode, paper};
use platen_job::Document;
use platen_tests::workspace;
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Items that make forty lines of paper, the QR code beside.
const ITEMS: usize = 31;
const ARABIC: &str = "قهوة عربية مع هال 12.50";

/// What a peer needs, in microseconds.
struct Peer {
    receipt: f64,
    logo: f64,
}

/// Measures encoding, dithering, typesetting and the picture of the paper.
pub fn measure(figures: &mut Figures) {
    let python = peer(
        Command::new(workspace().join("tests/.venv/bin/python"))
            .arg("tests/python/bench_receipts.py"),
    );
    let node = peer(Command::new("node").arg("tests/node/bench_receipts.mjs"));
    receipt(figures, &python, &node);
    logo(figures, &python, &node);
    scripts(figures);
}

fn receipt(figures: &mut Figures, python: &Peer, node: &Peer) {
    let profile = Profile::builtin("epson-tm-t20iii").unwrap();
    let plain = document(&bill());
    let took = micros(500, || encode(&plain, &profile, None).unwrap());
    figures.against_limit("receipt-40-lines", took, "µs", 100.0);
    let eighth = python.receipt / 8.0;
    figures.against_peer("receipt-8x-python-escpos", took, "µs", eighth, Better::Lower);
    let tenth = node.receipt / 10.0;
    figures.against_peer("receipt-10x-receipt-printer-encoder", took, "µs", tenth, Better::Lower);
    let mut french = bill();
    french["language"] = "fr-FR".into();
    french["currency"] = "EUR".into();
    let french = document(&french);
    let took = micros(300, || encode(&french, &profile, None).unwrap());
    figures.note("receipt-40-lines-in-french", took, "µs");
    let bytes = encode(&plain, &profile, None).unwrap().bytes;
    let took = micros(30, || paper::picture(&bytes, &profile));
    figures.against_limit("receipt-picture", took / 1000.0, "ms", 30.0);
}

fn logo(figures: &mut Figures, python: &Peer, node: &Peer) {
    let grey = gradient();
    let took = micros(200, || Halftone::FloydSteinberg.apply(&grey));
    figures.against_limit("logo-576x400", took, "µs", 1500.0);
    figures.against_peer("logo-2x-python-escpos", took, "µs", python.logo / 2.0, Better::Lower);
    figures.show("logo-receipt-printer-encoder", took, "µs", node.logo);
}

fn scripts(figures: &mut Figures) {
    let profile = Profile::builtin("generic-80").unwrap();
    let text = Document::Text([ARABIC; 40].join("\n"));
    let took = micros(30, || encode(&text, &profile, None).unwrap());
    figures.against_limit("arabic-40-lines-warm", took / 1000.0, "ms", 15.0);
}

fn bill() -> Value {
    let item = |n: usize| json!({"name": format!("Article {n}"), "total": format!("{n}.50")});
    json!({
        "type": "receipt",
        "header": ["Café Platen", "12 Church Lane"],
        "order": "A-1042",
        "table": "7",
        "items": (1..=ITEMS).map(item).collect::<Vec<_>>(),
        "total": "511.50",
        "payments": [{"method": "Card", "amount": "511.50"}],
        "footer": ["Thank you"],
        "codes": [{"symbology": "qr", "data": "https://example.com/r/1042"}],
    })
}

/// The same lines as plain text.
fn lines() -> Vec<String> {
    let row = |left: &str, right: &str| format!("{left:<38}{right:>10}");
    let mut lines = vec![
        "Café Platen".to_owned(),
        "12 Church Lane".into(),
        String::new(),
        "Order A-1042".into(),
        "Table 7".into(),
        "-".repeat(48),
    ];
    lines.extend((1..=ITEMS).map(|n| row(&format!("Article {n}"), &format!("{n}.50"))));
    lines.extend(["-".repeat(48), row("TOTAL", "511.50"), row("Card", "511.50")]);
    lines.push("Thank you".into());
    lines
}

fn document(json: &Value) -> Document {
    Document::from_json(json.to_string().as_bytes()).unwrap().0
}

fn gradient() -> Grey {
    let shade = |x: usize, y: usize| ((x * 255 / 575 + y) % 256) as u8;
    let shades = (0..400).flat_map(|y| (0..576).map(move |x| shade(x, y)));
    Grey::new(576, 400, shades.collect())
}

/// The median of so many runs, after a tenth of them to warm up.
fn micros<T>(rounds: usize, mut task: impl FnMut() -> T) -> f64 {
    (0..=rounds / 10).for_each(|_| drop(task()));
    let mut spans = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        let began = Instant::now();
        let made = task();
        spans.push(began.elapsed().as_secs_f64() * 1e6);
        drop(made);
    }
    median(&spans)
}

/// Lets a peer encode the same lines and the same logo.
fn peer(command: &mut Command) -> Peer {
    let mut child = command
        .current_dir(workspace())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(json!(lines()).to_string().as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let figures: Value = serde_json::from_slice(&output.stdout).unwrap();
    let of = |name: &str| figures[name].as_f64().unwrap();
    Peer { receipt: of("receipt"), logo: of("logo") }
}
