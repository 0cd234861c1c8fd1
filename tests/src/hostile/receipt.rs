//! Receipts with too much of everything, and with what must never reach a printer.

use super::HostileFile;
use serde_json::{Value, json};

pub(super) fn files() -> Vec<HostileFile> {
    let receipt = |name: &str, value: Value| {
        HostileFile::new(format!("receipt-{name}"), "receipt", value.to_string())
    };
    let items = |count: usize, item: Value| json!({"type": "receipt", "items": vec![item; count]});
    let text = |name: &str, text: String| HostileFile::new(format!("text-{name}"), "text", text);
    let commands = "\u{1b}@\u{1d}V\0\u{10}\u{14}\u{1}\0\u{1}\u{1c}p\u{1}\0";
    vec![
        receipt("empty", json!({"type": "receipt"})),
        receipt(
            "of-5000-items",
            items(5_000, json!({"name": "Flat white", "quantity": 2, "total": 7.5})),
        ),
        receipt(
            "of-5000-arabic-items",
            items(5_000, json!({"name": "قهوة طازجة مع الحليب", "total": "7.50"})),
        ),
        receipt("of-100000-items", items(100_000, json!({"name": "x"}))),
        receipt("with-long-names", items(50, json!({"name": "long name ".repeat(2_000)}))),
        receipt("with-commands", items(100, json!({"name": commands, "notes": [commands]}))),
        receipt(
            "with-odd-numbers",
            items(100, json!({"name": "Tea", "quantity": "NaN", "total": -1e308})),
        ),
        receipt(
            "with-a-long-qr",
            json!({"type": "receipt", "codes": [{"symbology": "qr", "data": "x".repeat(100_000)}]}),
        ),
        receipt("with-many-copies", json!({"type": "receipt", "copies": 1_000_000_000})),
        HostileFile::new(
            "receipt-nested",
            "receipt",
            format!("{}1{}", "[".repeat(1 << 20), "]".repeat(1 << 20)),
        ),
        HostileFile::new(
            "receipt-with-half-a-character",
            "receipt",
            r#"{"type":"receipt","items":[{"name":"\ud800 \udfff x"}]}"#,
        ),
        HostileFile::new(
            "receipt-not-in-utf-8",
            "receipt",
            b"{\"type\":\"receipt\",\"items\":[\"\xff\xfe\"]}".to_vec(),
        ),
        text("of-a-line", "x".repeat(1 << 20)),
        text("of-feeds", "\n".repeat(1 << 20)),
        text("of-accents", "a\u{301}\u{302}".repeat(200_000)),
        text("of-scripts", "aقגไकক☕茶\n".repeat(20_000)),
        text("of-scripts-in-a-line", "Café قهوة 茶 привет ไทย €5 ☕ ".repeat(20_000)),
        text("of-scripts-in-a-word", "aقгไකक☕茶".repeat(40_000)),
        text("of-turns", "\u{202e}a\u{202d}b".repeat(100_000)),
        text("of-commands", commands.repeat(20_000)),
    ]
}
