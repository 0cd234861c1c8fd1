//! Receipts that other programs made, with what a person and a scanner read on them.

use crate::workspace;
use base64::Engine as _;
use serde_json::Value;
use std::process::Command;

/// A receipt of another program.
pub struct Receipt {
    /// Its name in the script that made it.
    pub name: String,
    /// The printer's commands.
    pub bytes: Vec<u8>,
    /// What it was made from, in the order on paper.
    pub says: Vec<String>,
    /// The texts of its barcodes and two-dimensional codes.
    pub codes: Vec<String>,
}

/// Receipts of python-escpos, for its TM-T88V.
pub fn python_escpos() -> Vec<Receipt> {
    let mut command = Command::new(workspace().join("tests/.venv/bin/python"));
    command.arg(workspace().join("tests/python/receipts.py"));
    made_by(command)
}

/// Receipts of npm's ReceiptPrinterEncoder, for an Epson printer.
pub fn receipt_printer_encoder() -> Vec<Receipt> {
    let mut command = Command::new("node");
    command.arg(workspace().join("tests/node/receipts.mjs"));
    made_by(command)
}

/// Receipts of npm's receiptline, for an Epson printer of 48 columns.
pub fn receiptline() -> Vec<Receipt> {
    let mut command = Command::new("node");
    command.arg(workspace().join("tests/node/receipts.mjs")).arg("receiptline");
    made_by(command)
}

fn made_by(mut command: Command) -> Vec<Receipt> {
    let output = command.output().expect("tests/setup.sh node and python were not run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let list: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let receipts: Vec<Receipt> = list.iter().map(receipt).collect();
    assert!(receipts.len() >= 5);
    receipts
}

fn receipt(one: &Value) -> Receipt {
    let words = |key: &str| -> Vec<String> {
        one[key].as_array().unwrap().iter().map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    let bytes = one["bytes"].as_str().unwrap();
    let bytes = base64::engine::general_purpose::STANDARD.decode(bytes).unwrap();
    let name = one["name"].as_str().unwrap().to_owned();
    assert!(bytes.len() > 20, "{name} is no receipt: {} bytes", bytes.len());
    Receipt { name, bytes, says: words("says"), codes: words("codes") }
}
