//! Printer commands that other programs made reach the printer byte for byte.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use base64::Engine as _;
use platen_escpos::{Command, Token, scan};
use platen_tests::receipts::{Receipt, python_escpos, receipt_printer_encoder, receiptline};
use platen_tests::shop::{Shop, wait_for};
use serde_json::json;

/// A job's bytes have to be at the printer within this: it takes what comes at once.
fn printed(shop: &Shop, bytes: &[u8], name: &str) {
    let arrived = wait_for(name, || {
        let printed = shop.printer.printed();
        (printed.len() >= bytes.len()).then_some(printed)
    });
    assert!(arrived == bytes, "{name}: {} bytes sent, {} arrived", bytes.len(), arrived.len());
}

/// What of these bytes a printer prints or keeps: receiptline begins with a question and ends with one.
fn without_questions(bytes: &[u8]) -> Vec<u8> {
    let mut rest = Vec::new();
    scan(bytes, &mut |token| match token {
        Token::Command(Command::AutoStatus(_) | Command::StatusRequest(_), _) => {}
        Token::Control(byte) => rest.push(byte),
        Token::Text(bytes)
        | Token::Command(_, bytes)
        | Token::Data(bytes)
        | Token::RealTime(_, bytes)
        | Token::Unknown(bytes) => rest.extend_from_slice(bytes),
    });
    rest
}

/// What arrives at the printer for receipts sent one after the other is these receipts, one after the other.
fn send_and_compare(receipts: &[Receipt]) {
    let mut shop = Shop::open(json!({}));
    let mut expected = Vec::new();
    for Receipt { name, bytes, .. } in receipts {
        expected.extend(without_questions(bytes));
        let job =
            json!({"id": name, "printerId": "Bar", "content": "not this", "escposCommands": bytes});
        shop.gateway.emit("print:job", job);
        let done = shop.gateway.hear("print:job:completed", |done| done["jobId"] == name.as_str());
        assert_eq!(done["success"], true);
        printed(&shop, &expected, name);
    }
}

#[test]
fn receipts_of_python_escpos() {
    send_and_compare(&python_escpos());
}

#[test]
fn receipts_of_receipt_printer_encoder() {
    send_and_compare(&receipt_printer_encoder());
}

#[test]
fn receipts_of_receiptline() {
    send_and_compare(&receiptline());
}

/// A stretch of data that no printer command can be found in: a raster of all byte values, as graphics.
fn raster(rows: u8) -> Vec<u8> {
    let width: u16 = 256;
    let [wide_low, wide_high] = width.to_le_bytes();
    let header = [0x1D, b'v', b'0', 0, wide_low, wide_high, rows, 0];
    let all: Vec<u8> = (0..=255).collect();
    [header.as_slice(), &all.repeat(usize::from(rows))].concat()
}

#[test]
fn all_byte_values_in_every_form_that_senders_use() {
    let mut shop = Shop::open(json!({}));
    let job = [raster(2).as_slice(), b"\x1dV\0"].concat();
    let base64 = base64::engine::general_purpose::STANDARD.encode(&job);
    let text: String = job.iter().map(|byte| char::from(*byte)).collect();
    let requests = [
        ("print:job", json!({"id": "numbers", "printerId": "Bar", "escposCommands": job})),
        (
            "print:job",
            json!({"id": "attachment", "printerId": "Bar", "escposCommands": {"$bytes": base64}}),
        ),
        (
            "print:job",
            json!({"id": "buffer", "printerId": "Bar", "escposCommands": {"type": "Buffer", "data": job}}),
        ),
        ("print:raw", json!({"printerName": "Bar", "data": text})),
    ];
    let mut expected = Vec::new();
    for (event, request) in requests {
        let name = request["id"].as_str().unwrap_or("a text of commands").to_owned();
        expected.extend_from_slice(&job);
        shop.gateway.emit(event, request);
        printed(&shop, &expected, &name);
    }
}

#[test]
fn a_megabyte_of_commands_arrives_whole() {
    let mut shop = Shop::open(json!({}));
    // A model that takes bytes as fast as they come; the generic ones are fed slowly.
    let uri = shop.printer.uri();
    shop.till.ask_ok(&["printers", "add", "Bar", &uri, "--profile", "epson-tm-t88vi"]);
    let mut job = raster(255).repeat(16);
    job.extend_from_slice(b"\x1dV\0");
    assert!(job.len() > 1_000_000);
    shop.gateway.emit("print:job", json!({"id": "big", "printerId": "Bar", "escposCommands": job}));
    let done = shop.gateway.hear("print:job:completed", |done| done["jobId"] == "big");
    assert_eq!(done["success"], true);
    printed(&shop, &job, "a megabyte");
    assert_eq!(shop.printer.sheet_count(), 1);
}
