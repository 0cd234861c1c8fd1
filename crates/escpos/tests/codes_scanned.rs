//! Codes in our dots, read back by an independent reader (zxing-cpp in tests/.venv).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_escpos::{
    Barcode, Bitmap, Code, Pdf417, Pdf417Command, Qr, QrLevel, Symbology, barcode_from_command,
    pdf417_from_command, qr_from_command,
};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The reader's process, one for a test.
struct Reader {
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    folder: PathBuf,
    asked: usize,
}

impl Reader {
    fn start(name: &str) -> Reader {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
        let python = tests.join(".venv/bin/python");
        assert!(python.exists(), "make tests/.venv from tests/python/requirements.txt");
        let mut child = Command::new(python)
            .arg(tests.join("python/read_codes.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("codes-{name}"));
        std::fs::create_dir_all(&folder).unwrap();
        Reader {
            questions: child.stdin.take().unwrap(),
            answers: BufReader::new(child.stdout.take().unwrap()),
            child,
            folder,
            asked: 0,
        }
    }

    /// Format and text of the only code in the picture, which stands on white paper.
    fn read(&mut self, picture: &Bitmap, margin: usize) -> Vec<(String, String)> {
        let path = self.folder.join(format!("{}.png", self.asked));
        self.asked += 1;
        png(picture, margin, &path);
        writeln!(self.questions, "{}", path.display()).unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        let found: Vec<serde_json::Value> = serde_json::from_str(&line).unwrap();
        let word = |code: &serde_json::Value, key: &str| code[key].as_str().unwrap().to_owned();
        found.iter().map(|code| (word(code, "format"), word(code, "text"))).collect()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn png(picture: &Bitmap, margin: usize, path: &Path) {
    let (width, height) = (picture.width() + 2 * margin, picture.height() + 2 * margin);
    let shade = |x: u32, y: u32| {
        let inner = |at: u32| (at as usize).checked_sub(margin);
        let black = inner(x).zip(inner(y)).is_some_and(|(x, y)| picture.is_black(x, y));
        image::Luma([if black { 0 } else { 255 }])
    };
    image::GrayImage::from_fn(width as u32, height as u32, shade).save(path).unwrap();
}

/// How the reader names a symbology, and data that exercises it.
fn samples() -> Vec<(Symbology, &'static [&'static str])> {
    vec![
        (Symbology::Ean13, &["4006381333931", "9780201379624", "0012345678905", "5901234123457"]),
        (Symbology::Ean8, &["96385074", "00000000", "12345670"]),
        (Symbology::UpcA, &["036000291452", "123456789012"]),
        (Symbology::Code39, &["PLATEN-39", "A B.C$/+%", "0123456789", "QRSTUVWXYZ"]),
        (
            Symbology::Code128,
            &[
                "Platen 128",
                "A-1042",
                "00123456789012345675",
                "x1234y",
                "~}|{ abc",
                "1620010001",
                "12345",
            ],
        ),
        (Symbology::Itf, &["0123456789", "15400141288763", "9876543210"]),
        (Symbology::Codabar, &["40156", "12-34$5:6/7.8+9", "0000"]),
    ]
}

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_lowercase()
}

#[test]
fn every_barcode_reads_back_at_every_size() {
    let mut reader = Reader::start("barcodes");
    for (symbology, data) in samples() {
        for data in data {
            for module in 2..=6 {
                let code = Barcode::new(symbology, data).unwrap().sized(60, module).unwrap();
                let text = code.text().unwrap();
                let picture = Code::Barcode(code).picture(2048).unwrap();
                let found = reader.read(&picture, 0);
                let [(format, read)] = &found[..] else {
                    panic!("{symbology:?} {data} at {module}: {found:?}")
                };
                assert_eq!(
                    without_guards(symbology, read),
                    without_guards(symbology, &text),
                    "{symbology:?} {data} at {module}"
                );
                assert!(is_of(symbology, format), "{symbology:?} was read as {format}");
            }
        }
    }
}

/// The reader tells a UPC-A as the EAN-13 that it also is, and leaves Codabar's start and stop letters in or out.
fn without_guards(symbology: Symbology, text: &str) -> String {
    match symbology {
        Symbology::UpcA => text.trim_start_matches('0').to_owned(),
        Symbology::Codabar => text.trim_matches(|c: char| c.is_ascii_alphabetic()).to_owned(),
        _ => text.to_owned(),
    }
}

fn is_of(symbology: Symbology, format: &str) -> bool {
    let format = plain(format);
    match symbology {
        Symbology::UpcA => format.contains("upca") || format.contains("ean13"),
        _ => format.contains(&plain(symbology.name())),
    }
}

#[test]
fn narrow_paper_gets_a_smaller_code_that_still_reads() {
    let mut reader = Reader::start("narrow");
    let code = Code::Barcode(Barcode::new(Symbology::Code39, "ORDER1042").unwrap());
    let picture = code.picture(384).unwrap();
    assert!(picture.width() <= 384);
    assert_eq!(reader.read(&picture, 0)[0].1, "ORDER1042");
    let link =
        "https://shop.example/r/5d54fd7d?order=A-1042&t=2026-11-27T12%3A30%3A00Z&total=20.33"
            .repeat(3);
    for dots in [384, 416, 576] {
        let picture = Code::Qr(Qr::new(&link, QrLevel::M, 6).unwrap()).picture(dots).unwrap();
        assert!(picture.width() <= dots);
        assert_eq!(reader.read(&picture, 0)[0].1, link, "on {dots} dots");
    }
}

#[test]
fn qr_codes_read_back_at_every_level_and_size() {
    let mut reader = Reader::start("qr");
    let texts = [
        "1",
        "HTTPS://E.COM/A1",
        "https://shop.example/r/1042",
        "Größe 7,60 € – crème brûlée",
        "茶を二つ",
        "👩‍🍳 Привет",
        "0123456789012345678901234567890",
    ];
    for text in texts {
        for level in [QrLevel::L, QrLevel::M, QrLevel::Q, QrLevel::H] {
            for module in [2, 3, 6, 11, 16] {
                let code = Code::Qr(Qr::new(text, level, module).unwrap());
                let found = reader.read(&code.picture(2048).unwrap(), 0);
                assert_eq!(found.len(), 1, "{text} {level:?} at {module}");
                assert_eq!(found[0].1, text, "{level:?} at {module}");
            }
        }
    }
    let longest = "x".repeat(2331);
    let code = Code::Qr(Qr::new(&longest, QrLevel::M, 6).unwrap());
    assert_eq!(reader.read(&code.picture(576).unwrap(), 0)[0].1, longest);
}

#[test]
fn pdf417_codes_read_back_whatever_they_carry() {
    let mut reader = Reader::start("pdf417");
    let long = "Platen 0123456789012345678901234567890123456789012345 ".repeat(8);
    let texts = [
        "P",
        "PLATEN",
        "Platen prints: 20.33 EUR!",
        "lower UPPER 12 mixed; <marks> [a]{b}",
        "1234567890123456789012345678901234567890123456789",
        "crème brûlée 7,60 €",
        "茶",
        "a\tb\r\nc",
        "ÄÖÜß",
        &long,
    ];
    for text in texts {
        for module in [2, 3, 5] {
            let code = Code::Pdf417(Pdf417::new(text, module).unwrap());
            let found = reader.read(&code.picture(1200).unwrap(), 0);
            assert_eq!(found.len(), 1, "{text} at {module}");
            assert_eq!(found[0], ("PDF417".to_owned(), text.to_owned()), "at {module}");
        }
    }
    let picture = Code::Pdf417(Pdf417::new(&long, 3).unwrap()).picture(384).unwrap();
    assert!(picture.width() <= 384);
    assert_eq!(reader.read(&picture, 0)[0].1, long);
}

#[test]
fn codes_from_a_printers_commands_read_back() {
    let mut reader = Reader::start("commands");
    let commands: [(u8, &[u8], &str); 14] = [
        (0, b"03600029145", "036000291452"),
        (65, b"036000291452", "036000291452"),
        (2, b"400638133393", "4006381333931"),
        (67, b"4006381333931", "4006381333931"),
        (68, b"9638507", "96385074"),
        (66, b"01234500006", "012345000065"),
        (66, b"425261", "042100005264"),
        (4, b"*ABC*", "ABC"),
        (69, b"ABC-12", "ABC-12"),
        (70, b"123456", "123456"),
        (71, b"A123B", "123"),
        (72, b"CODE 93", "CODE 93"),
        (73, b"{BNo{C\x0c\x22", "No1234"),
        (73, b"{AABC{Sa{BD", "ABCaD"),
    ];
    for (m, data, text) in commands {
        let printed = barcode_from_command(m, data, 3, 60).unwrap_or_else(|| panic!("m {m}"));
        let found = reader.read(&printed.bars, 40);
        assert_eq!(found.len(), 1, "m {m}, {text}");
        assert_eq!(
            found[0].1.trim_matches(|c| m == 71 && "ABCD".contains(c)).trim_start_matches('0'),
            text.trim_start_matches('0'),
            "m {m}"
        );
    }
    let qr = qr_from_command("Straße".as_bytes(), 50, 4).unwrap();
    assert_eq!(reader.read(&qr, 16)[0].1, "Straße");
    for columns in [0, 2, 5] {
        let command = Pdf417Command { columns, level: Some(3), ..Pdf417Command::default() };
        let code = pdf417_from_command(b"Printed by command", command).unwrap();
        assert_eq!(reader.read(&code, 16)[0].1, "Printed by command");
    }
}
