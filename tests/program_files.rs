//! Every kind of document, from a file to paper, and back to what a person sees.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_escpos::paper::{EventKind, Kind, Paper};
use platen_escpos::{Catalogue, Profile};
use platen_simulators::PrinterHandle;
use platen_tests::Till;
use platen_tests::page::pdf_with_a_square;
use platen_tests::shop::{printer, sheets, wait_for};
use serde_json::{Value, json};
use std::fs;
use std::process::Stdio;

struct Desk {
    printer: PrinterHandle,
    till: Till,
}

fn desk() -> Desk {
    let (printer, till) = (printer(), Till::new());
    till.ask_ok(&["printers", "add", "Bar", &printer.uri()]);
    Desk { printer, till }
}

fn generic() -> Profile {
    Profile::builtin(Catalogue::GENERIC).unwrap()
}

impl Desk {
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.till.home().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// Prints a file and gives the sheet that comes out, the number so far included.
    fn print(&self, file: &str, sheet: usize) -> Vec<u8> {
        self.till.ask_ok(&["print", "Bar", file]);
        sheets(&self.printer, sheet).pop().unwrap().bytes.to_vec()
    }
}

/// Black dots of all pictures on a paper.
fn black_dots(bytes: &[u8]) -> usize {
    let paper = Paper::read(bytes, &generic());
    let pictures = paper.elements.iter().filter_map(|element| match &element.kind {
        Kind::Picture(picture) => Some(picture),
        _ => None,
    });
    let black = |byte: &u8| byte.count_ones() as usize;
    pictures.map(|picture| picture.bitmap.packed().iter().map(black).sum::<usize>()).sum()
}

#[test]
fn every_kind_of_file_comes_out_on_paper() {
    let desk = desk();
    let ticket =
        json!({"type": "kitchen-ticket", "order": "7", "items": [{"name": "Soup", "quantity": 2}]});
    let ticket = desk.file("ticket.json", ticket.to_string());
    let text = desk.printer.text_of(&desk.print(&ticket, 1));
    assert!(text.contains("Soup"), "{text}");
    assert_eq!(desk.till.ask_json(&["job", "1", "--json"])["document_type"], "kitchen-ticket");

    let text = desk.file("text.txt", "Welcome\nto Platen");
    let text = desk.printer.text_of(&desk.print(&text, 2));
    assert!(text.contains("Welcome") && text.contains("to Platen"), "{text}");

    // A picture of a receipt, printed as a picture.
    let bytes = desk.file("receipt.bin", b"\x1b@A picture of this\n\x1dV\0");
    let picture = desk.till.home().join("picture.png");
    let picture = picture.to_str().unwrap();
    desk.till.ask_ok(&["render", &bytes, "-o", picture]);
    assert!(fs::read(picture).unwrap().starts_with(b"\x89PNG\r\n"));
    assert!(black_dots(&desk.print(picture, 3)) > 200, "fourteen letters");

    let pdf = desk.file("page.pdf", pdf_with_a_square());
    assert!(black_dots(&desk.print(&pdf, 4)) > 10_000);
    for (job, format) in [(1, "receipt"), (2, "text"), (3, "image"), (4, "pdf")] {
        // Copies of all of them are marked, whatever they are made of.
        desk.till.ask_ok(&["reprint", &job.to_string()]);
        let copy = sheets(&desk.printer, 4 + job).pop().unwrap();
        assert!(desk.printer.text_of(&copy.bytes).contains("REPRINT"), "{format}");
    }
}

#[test]
fn what_the_paper_does_not_show_is_noted_with_the_job() {
    let desk = desk();
    let receipt = json!({"type": "receipt", "colour": "red", "items": [{"name": "Bell \u{7}", "price": "1.00"}]});
    let receipt = desk.file("receipt.json", receipt.to_string());
    let told = desk.till.ask_ok(&["print", "Bar", &receipt, "--as", "receipt"]);
    assert!(told.contains("no such field: colour"), "{told}");
    let job = desk.till.ask_json(&["job", "1", "--json"]);
    let notes: Vec<&str> =
        job["notes"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(notes.iter().any(|note| note.contains("colour")), "{notes:?}");
    assert!(notes.iter().any(|note| note.contains("control character")), "{notes:?}");
    assert!(!job.to_string().contains("Bell") && !job.to_string().contains("red"), "{job}");
    let plain = desk.file("plain.txt", "nothing to note");
    desk.till.ask_ok(&["print", "Bar", &plain]);
    assert_eq!(desk.till.ask_json(&["job", "2", "--json"])["notes"], json!([]));
}

#[test]
fn a_document_that_cannot_be_printed_says_why_and_the_next_one_prints() {
    let desk = desk();
    let broken = desk.file("broken.pdf", "%PDF-1.4\nnot much of one\n");
    let output = desk.till.ask(&["print", "Bar", &broken]);
    let line = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{line}");
    assert!(line.contains("cannot be printed on this printer: "), "{line}");
    assert_eq!(line.lines().count(), 1, "{line}");
    let job = desk.till.ask_json(&["job", "1", "--json"]);
    assert_eq!(
        (&job["state"], &job["outcome"]["reason"]),
        (&json!("aborted"), &json!("unprintable"))
    );
    let next = desk.file("next.txt", "still here");
    assert!(desk.printer.text_of(&desk.print(&next, 1)).contains("still here"));
}

#[test]
fn encoding_and_rendering_need_no_printer() {
    let till = Till::new();
    let path = |name: &str| till.home().join(name).to_str().unwrap().to_owned();
    let (json, bin, png) = (path("a.json"), path("a.bin"), path("a.png"));
    let receipt =
        json!({"type": "receipt", "unknown": 1, "items": [{"name": "Crêpe", "price": "4.50"}]});
    fs::write(&json, receipt.to_string()).unwrap();
    let output = till.ask(&["encode", &json, "--profile", "epson-tm-t20iii", "-o", &bin]);
    assert!(output.status.success() && output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("unknown"));
    let text = till.ask_ok(&["render", &bin, "--text", "--profile", "epson-tm-t20iii"]);
    assert!(text.contains("Crêpe") && text.contains("4.50"), "{text}");
    let events = till.ask_ok(&["render", &bin, "--events", "-o", &png]);
    assert!(events.contains("partial cut"), "{events}");
    assert!(fs::read(&png).unwrap().starts_with(b"\x89PNG\r\n"));
    // Through pipes, and without a word of what it is.
    let mut child = till.command(&["encode", "-", "--as", "text", "-o", "-"]);
    let mut child = child.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"piped").unwrap();
    let bytes = child.wait_with_output().unwrap().stdout;
    let paper = Paper::read(&bytes, &generic());
    assert!(paper.events.iter().any(|event| matches!(event.kind, EventKind::Cut(_))));
    let wrong = [
        (["encode", json.as_str(), "--profile", "nothing", "-o", bin.as_str()], "no profile"),
        (["encode", bin.as_str(), "--profile", "pos-58", "-o", "-"], ""),
    ];
    let output = till.ask(&wrong[0].0);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains(wrong[0].1));
    assert!(till.ask(&wrong[1].0).status.success(), "raw bytes by the name's end");
    let unknown = path("file.xyz");
    fs::write(&unknown, "x").unwrap();
    assert_eq!(till.ask(&["encode", &unknown, "-o", &bin]).status.code(), Some(2));
}

#[test]
fn a_home_may_bring_a_profile_of_its_own() {
    let desk = desk();
    let folder = desk.till.home().join("profiles");
    fs::create_dir_all(&folder).unwrap();
    let narrow = "name = \"narrow\"\nmodel = \"The narrow one\"\nbase = \"generic-58\"\ncolumns = 20\ncolumns_b = 26\n";
    fs::write(folder.join("narrow.toml"), narrow).unwrap();
    let listed = desk.till.ask_json(&["profiles", "--json"]);
    let listed = listed.as_array().unwrap();
    let own = listed.iter().find(|one| one["name"] == "narrow").unwrap();
    assert_eq!((&own["source"], &own["file"]), (&json!("home"), &json!("narrow.toml")));
    assert!(listed.iter().any(|one| one["name"] == "generic-80" && one["source"] == "built-in"));

    let running = desk.till.start();
    wait_for("the door opens", || desk.till.home().join("control.json").exists().then_some(()));
    desk.till.ask_ok(&["printers", "add", "Bar", &desk.printer.uri(), "--profile", "narrow"]);
    let file = desk.file("a.txt", "0123456789 0123456789");
    desk.till.ask_ok(&["print", "Bar", &file]);
    let first = desk.printer.uncut();
    assert!(first.windows(2).any(|two| two == b"9\n"), "it is wrapped at 20 columns");

    // A changed file is used at the next reload; a wrong one is told, and the built-in one stays in its place.
    fs::write(folder.join("narrow.toml"), narrow.replace("20", "30")).unwrap();
    fs::write(
        folder.join("wrong.toml"),
        "name = \"generic-80\"\nmodel = \"X\"\nbase = \"generic-80\"\ndotz = 1\n",
    )
    .unwrap();
    desk.till.ask_ok(&["printers", "add", "Other", "tcp://127.0.0.1:9"]);
    let file = desk.file("b.txt", "9876543210 9876543210");
    desk.till.ask_ok(&["print", "Bar", &file]);
    let second = desk.printer.uncut()[first.len()..].to_vec();
    assert!(second.windows(3).any(|three| three == b"0 9"), "it fits in 30 columns");
    let status = desk.till.ask_json(&["status", "--json"]);
    let notices = status["notices"].to_string();
    assert!(notices.contains("wrong.toml") && notices.contains("dotz"), "{notices}");
    // Every wrong file is named, in one line, and by doctor once, although the engine names them too.
    fs::write(folder.join("torn.toml"), "name = \"torn").unwrap();
    let listed = desk.till.ask(&["profiles"]);
    assert_eq!(listed.status.code(), Some(1));
    let said = String::from_utf8_lossy(&listed.stderr).into_owned();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("wrong.toml") && said.contains("torn.toml"), "{said}");
    desk.till.ask_ok(&["printers", "add", "Third", "tcp://127.0.0.1:9"]);
    let doctor = String::from_utf8_lossy(&desk.till.ask(&["doctor"]).stdout).into_owned();
    for file in ["wrong.toml", "torn.toml"] {
        assert_eq!(doctor.matches(file).count(), 1, "{doctor}");
    }
    drop(running);
}

/// A text that keeps a debug build busy for seconds: all of it has to be drawn.
fn heavy() -> String {
    let line = |number| format!("قهوة عربية مع هال وفستق حلبي محمص {number}\n");
    (0..4000).map(line).collect()
}

#[test]
fn a_document_at_which_the_program_dies_is_given_up_and_the_next_one_prints() {
    let desk = desk();
    let heavy = desk.file("heavy.txt", heavy());
    let marks = desk.till.home().join("spool/spool.encodings");
    let being_encoded =
        || fs::read(&marks).is_ok_and(|slots| slots.chunks(64).any(|slot| slot[20] == 1));
    let door = desk.till.home().join("control.json");
    let mut running = desk.till.start();
    wait_for("the door opens", || door.exists().then_some(()));
    desk.till.ask_ok(&["print", "Bar", &heavy, "--wait", "0"]);
    let next = desk.file("next.txt", "after all that");
    desk.till.ask_ok(&["print", "Bar", &next, "--wait", "0"]);
    for _ in 0..3 {
        wait_for("it is being encoded", || being_encoded().then_some(()));
        running.kill();
        let _ = fs::remove_file(&door);
        running = desk.till.start();
        // Before that, the mark is the one of the process that is gone.
        wait_for("the door opens again", || door.exists().then_some(()));
    }
    let sheet = sheets(&desk.printer, 1).pop().unwrap();
    assert!(desk.printer.text_of(&sheet.bytes).contains("after all that"));
    let job = desk.till.ask_json(&["job", "1", "--json"]);
    assert_eq!(job["outcome"]["reason"], "encoding-deadly", "{job}");
    drop(running);
}
