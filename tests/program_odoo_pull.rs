//! Odoo pull: jobs that Odoo hands out once come out once, in order, and Odoo hears what became of each until it has
//! answered.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use platen_simulators::PrinterHandle;
use platen_simulators::printer::Fault;
use platen_tests::shop::{Gateway, printer, sheets, wait_for};
use platen_tests::{RunningTill, Till};
use serde_json::{Value, json};
use std::fs;
use std::process::Command;

const TOKEN: &str = "odoo-token";

/// A one-page PDF that says "Printed page".
const PDF: &str = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n\
    2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n\
    3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 60]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n\
    4 0 obj<</Length 46>>stream\nBT /F 24 Tf 10 20 Td (Printed page) Tj ET     \nendstream endobj\n\
    5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R>>\n";

/// An Odoo, a till, and its printer Bar, which Odoo knows as BAR.
struct Shop {
    running: RunningTill,
    odoo: Gateway,
    printer: PrinterHandle,
    till: Till,
}

fn odoo(port: u16) -> Gateway {
    Gateway::script("odoo.py", &[&port.to_string()])
}

/// A till with a printer called Bar that asks there with that token.
fn till(url: &str, token: &str, printer: &PrinterHandle) -> Till {
    let till = Till::new();
    till.ask_ok(&["printers", "add", "Bar", &printer.uri()]);
    let file = till.home().join("token.txt");
    fs::write(&file, format!("{token}\n")).unwrap();
    let file = file.to_str().unwrap().to_owned();
    let code = "BAR=bar";
    let said = till.ask_ok(&[
        "connectors",
        "odoo-pull",
        "--url",
        url,
        "--token-file",
        &file,
        "--code",
        code,
    ]);
    assert!(!said.contains(token), "{said}");
    let settings = fs::read_to_string(till.home().join("settings.toml")).unwrap();
    assert!(!settings.contains(token), "{settings}");
    till
}

fn job(uuid: &str, kind: &str, payload: &[u8]) -> Value {
    json!({"uuid": uuid, "printer_code": "BAR", "payload_type": kind, "payload_base64": STANDARD.encode(payload)})
}

fn ticket(text: &str) -> Vec<u8> {
    [b"\x1b@", text.as_bytes(), b"\n\n\n\x1dV\0"].concat()
}

fn escpos(uuid: &str) -> Value {
    job(uuid, "escpos", &ticket(uuid))
}

impl Shop {
    fn open() -> Shop {
        Shop::at("")
    }

    /// An Odoo below that path.
    fn at(path: &str) -> Shop {
        let (odoo, printer) = (odoo(0), printer());
        let till = till(&format!("{}{path}", odoo.url()), TOKEN, &printer);
        let running = till.start();
        Shop { running, odoo, printer, till }
    }

    fn queue(&mut self, jobs: &[Value]) {
        self.odoo.order(json!({"do": "queue", "jobs": jobs}));
    }

    /// Everything that was said of a job so far: status and message.
    fn said(&mut self, uuid: &str) -> Vec<(String, String)> {
        let word = |line: &Value, name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let lines = self.odoo.all().iter();
        let of_it = lines.filter(|line| line["is"] == "acked" && line["uuid"] == uuid);
        of_it.map(|line| (word(line, "status"), word(line, "message"))).collect()
    }

    /// Waits until so much was said of a job, and gives the last of it.
    fn acked(&mut self, uuid: &str, n: usize) -> (String, String) {
        wait_for(&format!("{n} acks of {uuid}"), || {
            let said = self.said(uuid);
            (said.len() >= n).then(|| said.last().unwrap().clone())
        })
    }

    /// Waits until Odoo was asked so often.
    fn asked(&mut self, n: usize) {
        self.odoo.wait_for_count(n, |line| line["is"] == "asked");
    }

    /// The first line of each sheet.
    fn paper(&self, n: usize) -> Vec<String> {
        let text = |bytes: &[u8]| {
            self.printer.text_of(bytes).trim().lines().next().unwrap_or_default().to_owned()
        };
        sheets(&self.printer, n).iter().map(|sheet| text(&sheet.bytes)).collect()
    }

    fn states(&mut self) -> Value {
        self.odoo.order(json!({"do": "states"}))["states"].clone()
    }

    /// Waits until people see these words.
    fn wait_for_words(&self, words: &str) {
        wait_for(words, || self.till.ask_ok(&["connectors"]).contains(words).then_some(()));
    }

    fn restart(mut self) -> Shop {
        self.running.kill();
        self.running = self.till.start();
        self
    }
}

#[test]
fn jobs_come_out_in_order_byte_for_byte_and_odoo_hears_of_it() {
    for (dispatch, path) in [("rpc", ""), ("http", ""), ("rpc", "/shop/")] {
        let mut shop = Shop::at(path);
        shop.odoo.set(json!({"dispatch": dispatch}));
        let names: Vec<String> = (1..=5).map(|number| format!("job-{number}")).collect();
        let mut jobs: Vec<Value> = names.iter().map(|name| escpos(name)).collect();
        jobs.push(job("page", "pdf", PDF.as_bytes()));
        shop.queue(&jobs);
        for uuid in names.iter().map(String::as_str).chain(["page"]) {
            let (status, message) = shop.acked(uuid, 1);
            assert_eq!(status, "success", "{dispatch}: {uuid}: {message}");
        }
        assert_eq!(shop.paper(6)[..5], names[..], "{dispatch}");
        let tickets: Vec<u8> = names.iter().flat_map(|name| ticket(name)).collect();
        assert!(shop.printer.printed().starts_with(&tickets), "what came out is not what was sent");
        let page = &sheets(&shop.printer, 6)[5].bytes;
        assert!(page.windows(3).any(|part| part == b"\x1dv0"), "the page is a picture");
        let states = shop.states();
        let all_done = states.as_object().unwrap().values().all(|state| state == "done");
        assert!(all_done, "{dispatch}: {states}");
        shop.wait_for_words("Odoo (asked for jobs): asked for jobs, last answer");
        assert!(!shop.till.log().contains(TOKEN), "a token is in the log");
    }
}

#[test]
fn a_uuid_is_printed_once_for_ever() {
    let mut shop = Shop::open();
    shop.odoo.set(json!({"again": true}));
    shop.queue(&[escpos("once")]);
    let first = shop.acked("once", 1);
    // It is handed out again and again; that it was printed is said again and again.
    assert_eq!(shop.acked("once", 2), first);
    let mut shop = shop.restart();
    let said = shop.said("once").len();
    assert_eq!(shop.acked("once", said + 1), first);
    shop.queue(&[job("once", "escpos", &ticket("other content")), escpos("next")]);
    shop.acked("next", 1);
    assert_eq!(shop.paper(2), ["once", "next"]);
    assert_eq!(shop.printer.sheet_count(), 2);
}

#[test]
fn an_ack_is_repeated_until_it_is_answered_and_then_never_again() {
    let mut shop = Shop::open();
    shop.odoo.set(json!({"answer_acks": false}));
    shop.queue(&[escpos("stubborn")]);
    shop.acked("stubborn", 2);
    let mut shop = shop.restart();
    let said = shop.said("stubborn").len();
    shop.acked("stubborn", said + 1);
    shop.wait_for_words(
        "What became of jobs waits to be said: Odoo gave an answer that cannot be read (HTTP 502)",
    );
    shop.odoo.set(json!({"answer_acks": true}));
    let said = shop.said("stubborn").len();
    shop.acked("stubborn", said + 1);
    shop.queue(&[escpos("next")]);
    assert_eq!(shop.acked("next", 1).0, "success");
    let mut shop = shop.restart();
    shop.odoo.forget();
    shop.asked(1);
    shop.queue(&[escpos("last")]);
    shop.acked("last", 1);
    assert_eq!(shop.said("stubborn"), [], "it was answered");
    assert_eq!(shop.paper(3), ["stubborn", "next", "last"]);
}

#[test]
fn what_cannot_be_printed_is_said_and_keeps_nobody_waiting() {
    let mut shop = Shop::open();
    let raw = |uuid: Value, kind: &str, payload: Value| json!({"uuid": uuid, "printer_code": "BAR", "payload_type": kind, "payload_base64": payload});
    shop.queue(&[
        raw(json!("no-base64"), "escpos", json!("*secret words*")),
        raw(json!("no-text"), "escpos", json!([1, 2])),
        raw(json!("empty"), "escpos", json!("")),
        raw(json!("null"), "escpos", Value::Null),
        raw(json!("kind"), "zpl", json!("YQ==")),
        raw(json!("no-pdf"), "pdf", json!("YQ==")),
        raw(json!("huge"), "escpos", json!("A".repeat(24 << 20))),
        raw(json!("../../escape"), "escpos", json!("YQ==")),
        raw(Value::Null, "escpos", json!("YQ==")),
        raw(json!({}), "escpos", json!("YQ==")),
        escpos("good"),
    ]);
    assert_eq!(shop.acked("good", 1).0, "success");
    for (uuid, words) in [
        ("no-base64", "Field payload_base64 is not base64."),
        ("no-text", "Field payload_base64 is not base64."),
        ("empty", "The document is empty."),
        ("null", "The document is empty."),
        ("kind", "Field payload_type is not escpos or pdf."),
        ("no-pdf", "This document cannot be printed on this printer"),
        ("huge", "The document has more than 16777216 bytes."),
    ] {
        let (status, message) = shop.acked(uuid, 1);
        assert_eq!(status, "error", "{uuid}");
        assert!(message.starts_with(words), "{uuid}: {message}");
    }
    assert_eq!(shop.paper(1), ["good"]);
    assert!(!shop.till.log().contains("secret words"), "a log is no receipt");
    assert_eq!(shop.till.ask_json(&["status", "--json"])["restarts"], 0);
}

#[test]
fn an_answer_that_is_no_list_of_jobs_is_said_and_costs_no_job() {
    const UNREADABLE: &str = "Odoo gave an answer that cannot be read (HTTP 200)";
    const READ: &str = "asked for jobs, last answer";
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let long = format!("\"{}\"", "x".repeat(10 << 20));
    let mut shop = Shop::open();
    // One that can be read and one that cannot, by turns: what people see changes with each, and Odoo is asked as often as ever.
    for (body, words) in [
        ("null", UNREADABLE),
        ("[]", READ),
        ("7", UNREADABLE),
        (r#"{"jobs": [1, null, [], "x", {"uuid": "secret words"}]}"#, READ),
        ("<html>secret words", UNREADABLE),
        (r#"{"result": {"jobs": []}}"#, READ),
        (r#"{"result": {"jobs": 1}}"#, UNREADABLE),
        (r#"{"jobs": {"not": "a list"}}"#, UNREADABLE),
    ] {
        serve(&mut shop, body);
        shop.wait_for_words(words);
    }
    // A start asks at once, however long the pauses have become.
    for (body, words) in [
        ("", UNREADABLE),
        (deep.as_str(), READ),
        (long.as_str(), UNREADABLE),
        (r#"{"jobs": [{"uuid": "secret words"}"#, UNREADABLE),
    ] {
        shop.odoo.set(json!({ "garbage": body }));
        shop = shop.restart();
        serve(&mut shop, body);
        shop.wait_for_words(words);
    }
    shop.odoo.set(json!({"garbage": null}));
    shop.queue(&[escpos("afterwards")]);
    assert_eq!(shop.acked("afterwards", 1).0, "success");
    assert_eq!(shop.paper(1), ["afterwards"]);
    assert_eq!(shop.till.ask_json(&["jobs", "--json"]).as_array().unwrap().len(), 1);
    assert!(!shop.till.log().contains("secret words"), "an answer is quoted");
    assert_eq!(shop.till.ask_json(&["status", "--json"])["restarts"], 0);
}

/// Has Odoo answer with that, and waits until it has.
fn serve(shop: &mut Shop, body: &str) {
    shop.odoo.set(json!({ "garbage": body }));
    shop.odoo.wait("it is served", |line| line["is"] == "garbage" && line["body"] == body);
}

#[test]
fn refusals_are_told_in_words_and_nothing_is_lost() {
    let mut shop = Shop::open();
    for (word, words) in [
        ("unauthorized", "Odoo does not accept the token of this till"),
        ("https_required", "Odoo wants to be asked over https"),
        ("not_found", "check the printer's code there"),
    ] {
        shop.odoo.set(json!({ "refuse": word }));
        shop = shop.restart();
        shop.wait_for_words(words);
        assert!(shop.till.ask_ok(&["status"]).contains(words));
    }
    shop.queue(&[escpos("waits")]);
    shop.odoo.set(json!({"refuse": null}));
    // It is asked again by itself, slowly; a start does not wait.
    let mut shop = shop.restart();
    assert_eq!(shop.acked("waits", 1).0, "success");
}

#[test]
fn odoo_goes_away_and_comes_back() {
    let mut shop = Shop::open();
    shop.printer.set_fault(Fault::CoverOpen);
    shop.queue(&[escpos("one")]);
    wait_for("it is stored", || {
        (shop.till.ask_json(&["jobs", "--json"]).as_array()?.len() == 1).then_some(())
    });
    let port = shop.odoo.port();
    let old = std::mem::replace(&mut shop.odoo, odoo(0));
    old.kill();
    shop.printer.clear_faults();
    assert_eq!(shop.paper(1), ["one"]);
    shop.wait_for_words("Odoo cannot be reached");
    shop.odoo = odoo(port);
    shop.queue(&[escpos("two")]);
    assert_eq!(shop.acked("two", 1).0, "success");
    // This Odoo does not know the first one, which is an answer.
    assert_eq!(shop.acked("one", 1).0, "success");
    shop.odoo.forget();
    shop.queue(&[escpos("three")]);
    shop.acked("three", 1);
    assert_eq!(shop.said("one"), []);
}

#[test]
fn a_till_that_is_killed_prints_nothing_twice_and_says_what_it_does_not_know() {
    let mut shop = Shop::open();
    shop.printer.set_fault(Fault::AfterBytes { n: 300, then: Box::new(Fault::CoverOpen) });
    let long = job("long", "escpos", &ticket(&"A long receipt. ".repeat(200)));
    shop.queue(&[long, escpos("behind")]);
    wait_for("it is being printed", || {
        let jobs = shop.till.ask_json(&["jobs", "--json"]);
        (jobs.as_array()?.len() == 2 && shop.printer.printed_bytes() >= 300).then_some(())
    });
    let mut shop = shop.restart();
    shop.printer.clear_faults();
    let (status, message) = shop.acked("long", 1);
    assert_eq!(status, "error");
    assert!(message.starts_with("This may or may not be on paper."), "{message}");
    assert_eq!(shop.acked("behind", 1).0, "success");
    // A person says what became of it, and Odoo hears of that too.
    let doubt = shop.till.ask_json(&["jobs", "--state", "unconfirmed", "--json"]);
    shop.till.ask_ok(&["resolve", &doubt[0]["id"].to_string(), "printed"]);
    assert_eq!(shop.acked("long", 2).0, "success");
    assert_eq!(shop.said("behind").len(), 1);
}

#[test]
fn nothing_is_asked_for_a_printer_that_is_not_here() {
    let mut shop = Shop::open();
    shop.asked(1);
    shop.till.ask_ok(&["printers", "remove", "Bar"]);
    shop.wait_for_words("not asked: no code has a printer on this till");
    shop.wait_for_words("Nothing is asked for BAR (Bar): that printer is not set up on this till");
    shop.queue(&[escpos("not-yet")]);
    let uri = shop.printer.uri();
    assert_eq!(shop.states()["not-yet"], "pending");
    shop.till.ask_ok(&["printers", "add", "Bar", &uri]);
    assert_eq!(shop.acked("not-yet", 1).0, "success");
}

#[test]
fn a_certificate_that_nobody_signed_is_not_trusted_unless_the_settings_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (certificate, key) = (path("cert.pem"), path("key.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-subj", "/CN=odoo", "-days", "2", "-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", &key, "-out", &certificate])
        .output();
    assert!(made.unwrap().status.success(), "openssl makes a certificate");
    let odoo = Gateway::script("odoo.py", &["0", &certificate, &key]);
    let printer = printer();
    let till = till(&format!("https://127.0.0.1:{}", odoo.port()), TOKEN, &printer);
    let running = till.start();
    let mut shop = Shop { running, odoo, printer, till };
    shop.queue(&[escpos("over-tls")]);
    shop.wait_for_words("certificate");
    assert_eq!(shop.states()["over-tls"], "pending");
    shop.till.ask_ok(&["connectors", "odoo-pull", "--ca-file", &certificate]);
    let mut shop = shop.restart();
    assert_eq!(shop.acked("over-tls", 1).0, "success");
}

#[test]
fn an_odd_field_of_one_job_does_not_cost_the_others() {
    let mut shop = Shop::open();
    let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
    for (uuid, field) in [("u-1", r#""Cr\ud83d""#), ("u-2", deep.as_str()), ("u-3", "NaN")] {
        let good = escpos(uuid);
        let odd = escpos(&format!("{uuid}-odd")).to_string().replacen(
            '{',
            &format!(r#"{{"extra": {field}, "#),
            1,
        );
        shop.odoo
            .set(json!({ "garbage": format!(r#"{{"result": {{"jobs": [{odd}, {good}]}}}}"#) }));
        wait_for("both are stored", || {
            let jobs = shop.till.ask_json(&["jobs", "--json"]);
            let of_it =
                |job: &&Value| job["external_id"].as_str().is_some_and(|id| id.starts_with(uuid));
            (jobs.as_array()?.iter().filter(of_it).count() == 2).then_some(())
        });
    }
    assert_eq!(shop.paper(6), ["u-1", "u-1-odd", "u-2", "u-2-odd", "u-3", "u-3-odd"]);
    // What cannot be read at all stays to be seen, as Odoo takes its jobs for being printed.
    shop.odoo.set(json!({"garbage": r#"{"result": {"jobs": [{"uuid": "u-4""#}));
    shop.wait_for_words("cannot be read");
    shop.odoo.set(json!({"garbage": null}));
    shop.queue(&[escpos("afterwards")]);
    assert_eq!(shop.acked("afterwards", 1).0, "success");
    let note = "Answers of Odoo that could not be read: ";
    assert!(shop.till.ask_ok(&["connectors"]).contains(note));
}
