//! Bad input: a clear refusal, nothing lost, nothing crashed. One row for each: what comes, what the gateway gets back,
//! what the log says. Behind every row a good job still prints.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use base64::Engine as _;
use platen_tests::Till;
use platen_tests::shop::{Gateway, KEY, Shop, printer, wait_for};
use serde_json::{Value, json};

/// Receipt text that must reach neither log nor answer.
const SECRET: &str = "Table nine owes 12.34";

/// Growth of the till's memory that all rows together may leave behind, in KiB.
const MOST_GROWTH: u64 = 64 * 1024;

/// What the gateway gets back.
enum Back {
    /// Nothing: another till may have that printer.
    Silence,
    /// This event with these words as its `error`, about the job's own id.
    Error(&'static str, &'static str),
    /// The job is printed all the same.
    Printed,
    /// The session is ended, and comes back.
    NewSession,
}

use Back::{Error, NewSession, Printed, Silence};

struct Row {
    name: &'static str,
    /// A command for the gateway.
    order: Value,
    back: Back,
    log: &'static str,
}

const JOB: &str = "print:job";
const PHYSICAL: &str = "print:physical";
const RAW: &str = "print:raw";
const FAILED: &str = "print:job:failed";
const RESULT: &str = "print:physical:result";
const RAW_RESULT: &str = "print:raw:result";

fn row(name: &'static str, event: &str, payload: Value, back: Back, log: &'static str) -> Row {
    Row { name, order: json!({"do": "emit", "event": event, "args": [payload]}), back, log }
}

/// A job for our printer with these fields in place of the usual ones.
fn job(fields: Value) -> Value {
    let mut job = json!({"printerId": "Bar"});
    job.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    job
}

fn without_use() -> Vec<Row> {
    let not_bytes = "Field escposCommands is not a list of whole numbers from 0 to 255.";
    let nothing = "The job has neither content nor commands.";
    vec![
        row(
            "no id",
            JOB,
            job(json!({"content": SECRET})),
            Error(FAILED, "The job has no id."),
            "a job was refused job=(no id) reason=the job has no id",
        ),
        row(
            "no id, generation A",
            PHYSICAL,
            json!({"printerName": "Bar", "orderData": {"notes": SECRET}}),
            Error(RESULT, "The job has no id."),
            "reason=the job has no id",
        ),
        row(
            "an id that is null",
            JOB,
            job(json!({"id": null, "content": SECRET})),
            Error(FAILED, "The job has no id."),
            "reason=the job has no id",
        ),
        row(
            "an id of 10 kB",
            JOB,
            job(json!({"id": {"$repeat": ["i", 10_000]}, "content": SECRET})),
            Error(FAILED, "The job's id is longer than 512 bytes."),
            "reason=the job's id is longer than 512 bytes",
        ),
        row(
            "an id that is a list",
            JOB,
            job(json!({"id": [1], "content": SECRET})),
            Error(FAILED, "Field id is not a text or a number."),
            "reason=field id is not a text or a number",
        ),
        row(
            "a number above 255",
            JOB,
            job(json!({"id": "n-1", "escposCommands": [27, 64, 256]})),
            Error(FAILED, not_bytes),
            "job=n-1 reason=field escposCommands is not a list",
        ),
        row(
            "a number below 0",
            JOB,
            job(json!({"id": "n-2", "escposCommands": [-1]})),
            Error(FAILED, not_bytes),
            "job=n-2 reason=field escposCommands",
        ),
        row(
            "a number that is not whole",
            JOB,
            job(json!({"id": "n-3", "escposCommands": [27.5]})),
            Error(FAILED, not_bytes),
            "job=n-3 reason=field escposCommands",
        ),
        row(
            "a text among the numbers",
            JOB,
            job(json!({"id": "n-4", "escposCommands": [27, SECRET]})),
            Error(FAILED, not_bytes),
            "job=n-4 reason=field escposCommands",
        ),
        row(
            "neither content nor commands",
            JOB,
            job(json!({"id": "e-1"})),
            Error(FAILED, nothing),
            "job=e-1 reason=the job has neither content nor commands",
        ),
        row(
            "nulls for content and commands",
            JOB,
            job(json!({"id": "e-2", "content": null, "escposCommands": null})),
            Error(FAILED, nothing),
            "job=e-2 reason=the job has neither",
        ),
        row(
            "an order without anything in it",
            PHYSICAL,
            json!({"id": "e-3", "printerName": "Bar", "orderData": {}}),
            Error(RESULT, nothing),
            "job=e-3 reason=the job has neither",
        ),
        row(
            "raw data that is an object",
            RAW,
            json!({"printerName": "Bar", "data": {"text": SECRET}}),
            Error(RAW_RESULT, "Field data is not a text."),
            "reason=field data is not a text",
        ),
        row(
            "content of a wrong type",
            JOB,
            job(json!({"id": "t-1", "content": {"text": SECRET}})),
            Error(FAILED, "Field content is not a text."),
            "job=t-1 reason=field content is not a text",
        ),
        row(
            "an order of a wrong type",
            PHYSICAL,
            json!({"id": "t-2", "printerName": "Bar", "orderData": [SECRET]}),
            Error(RESULT, "Field orderData is not an object."),
            "job=t-2 reason=field orderData is not an object",
        ),
        row(
            "20 MB of text",
            JOB,
            job(json!({"id": "big", "content": {"$repeat": ["0123456789", 2_000_000]}})),
            Error(FAILED, "The document has more than 16777216 bytes."),
            "job=big reason=the document has more than",
        ),
    ]
}

fn not_for_us() -> Vec<Row> {
    vec![
        row(
            "an unknown printer",
            JOB,
            json!({"id": "u-1", "printerId": "p-9", "printerName": "Cellar", "content": SECRET}),
            Silence,
            "a request is not for this till printer=Cellar reason=UnknownPrinter",
        ),
        row(
            "another branch's job",
            JOB,
            job(json!({"id": "u-2", "branchId": "branch-2", "content": SECRET})),
            Silence,
            "a request is not for this till printer=Bar reason=OtherBranch",
        ),
        row(
            "a printer named with quotes, emoji and a newline",
            RAW,
            json!({"printerName": "a \"b\" 🖨\nc\u{1b}[31m", "data": SECRET}),
            Silence,
            "printer=a \"b\" 🖨\\nc\\u{1b}[31m reason=UnknownPrinter",
        ),
        row(
            "a printer of a wrong type",
            JOB,
            json!({"id": "u-3", "printerId": {"a": 1}, "content": SECRET}),
            Silence,
            "a request is not for this till printer=(no printer named)",
        ),
        row(
            "a text instead of an object",
            JOB,
            json!(SECRET),
            Silence,
            "a message could not be read: it carried a text where an object belongs",
        ),
        row(
            "bytes instead of an object",
            JOB,
            json!({"$bytes": "AAEC/w=="}),
            Silence,
            "it carried bytes where an object belongs",
        ),
        row(
            "an event of a version to come",
            "print:hologram",
            json!({"content": SECRET}),
            Silence,
            "an event that this version does not know event=print:hologram",
        ),
        row(
            "an error of the gateway that quotes the licence key",
            "exception",
            json!({"status": "error", "message": format!("no licence {KEY}")}),
            Silence,
            "the gateway reports an error says=no licence …",
        ),
    ]
}

fn odd_but_fine() -> Vec<Row> {
    let lists = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let deep = format!(
        r#"42/printing-ws,["{JOB}",{{"id":"o-6","printerId":"Bar","content":"{SECRET}","extra":{lists}}}]"#
    );
    vec![
        Row {
            name: "lists in lists, 10,000 deep, in a field nobody reads",
            order: json!({"do": "raw", "text": deep, "about": "o-6"}),
            back: Printed,
            log: "external_id=o-6",
        },
        Row {
            name: "half a character, and a number that JSON has not",
            order: json!({"do": "raw", "about": "o-7", "text": format!(
                r#"42/printing-ws,["{JOB}",{{"id":"o-7","printerId":"Bar","content":"{SECRET} \ud83d","extra":NaN}}]"#
            )}),
            back: Printed,
            log: "external_id=o-7",
        },
        row(
            "nulls, wrong types and unknown fields where nothing depends on them",
            JOB,
            job(
                json!({"id": "o-1", "content": SECRET, "type": 7, "priority": {"a": 1}, "timestamp": null, "branchId": null,
                "orderData": null, "surprise": {"deep": [true, null]}}),
            ),
            Printed,
            "external_id=o-1",
        ),
        row(
            "whole numbers written as fractions",
            JOB,
            job(json!({"id": "o-2", "escposCommands": [65.0, 10.0, 29.0, 86, 0]})),
            Printed,
            "external_id=o-2",
        ),
        row(
            "an id with a newline and a bell",
            JOB,
            job(json!({"id": "o\n\u{7}3", "content": SECRET})),
            Printed,
            "external_id=o\\n",
        ),
        row(
            "lists in lists, 100 deep, in a field nobody reads",
            JOB,
            job(json!({"id": "o-4", "content": SECRET, "extra": {"$nest": 100}})),
            Printed,
            "external_id=o-4",
        ),
        row(
            "a text that is nothing but printer commands",
            JOB,
            job(json!({"id": "o-5", "content": "\u{1b}@\u{1b}p\u{0}\u{19}\u{fa}\u{1d}V\u{0}"})),
            Printed,
            "external_id=o-5",
        ),
    ]
}

fn ends_the_session() -> Vec<Row> {
    let raw = |name, text: Value, log| Row {
        name,
        order: json!({"do": "raw", "text": text}),
        back: NewSession,
        log,
    };
    let wire = |name, bytes: &str, log| Row {
        name,
        order: json!({"do": "wire", "bytes": bytes}),
        back: NewSession,
        log,
    };
    // A control frame of 126 bytes; the most is 125.
    let long_ping = base64::engine::general_purpose::STANDARD
        .encode([&[0x89, 0x7E, 0, 126][..], &[b'a'; 126]].concat());
    let ended = "disconnected from the gateway session=1 reason=";
    vec![
        row(
            "40 MB",
            JOB,
            job(json!({"id": "bigger", "content": {"$repeat": ["0123456789", 4_000_000]}})),
            NewSession,
            ended,
        ),
        raw("a frame that is no packet", json!("garbage"), ended),
        raw(
            "a packet that breaks off",
            json!("42/printing-ws,[\"print:job\",{\"id\":\"x\",\"content\":\"Table nine"),
            ended,
        ),
        raw("a packet of a kind that does not exist", json!("49/printing-ws,[]"), ended),
        raw(
            "attachments that never come",
            json!(
                "452-/printing-ws,[\"print:job\",{\"a\":{\"_placeholder\":true,\"num\":0}}]\u{0}"
            ),
            ended,
        ),
        Row {
            name: "an attachment that nobody announced",
            order: json!({"do": "raw", "bytes": "AAECAwQ="}),
            back: NewSession,
            log: ended,
        },
        wire("a text that is no UTF-8", "gQL//w==", ended),
        wire("reserved bits", "8QFh", ended),
        wire("a ping too long to be one", &long_ping, ended),
    ]
}

fn resident(shop: &Shop) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", shop.running.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// What the till has said about jobs.
fn spoken(shop: &mut Shop) -> Vec<(String, Value)> {
    let about_jobs = |line: &&Value| {
        line["is"] == "event"
            && line["name"].as_str().is_some_and(|name| name.starts_with("print:"))
    };
    let event = |line: &Value| (line["name"].as_str().unwrap().to_owned(), line["args"][0].clone());
    shop.gateway.all().iter().filter(about_jobs).map(event).collect()
}

#[allow(clippy::print_stdout, reason = "shown with the test that failed: which row it was")]
fn check(shop: &mut Shop, row: Row, number: usize) {
    let Row { name, order, back, log } = row;
    println!("row: {name}");
    shop.gateway.forget();
    let id = order.get("about").unwrap_or(&order["args"][0]["id"]).clone();
    let sheets = shop.printer.sheet_count();
    shop.gateway.order(order);
    if matches!(back, NewSession) {
        shop.gateway.wait(name, |line| line["is"] == "connected");
        shop.wait_until_ready();
    }
    shop.wait_for_log(log);

    // The next good job: what comes before it is the row's answer.
    let good = format!("good-{number}");
    let text = format!("Good job {number}");
    shop.gateway.emit(JOB, job(json!({"id": good, "content": text})));
    shop.gateway.hear("print:job:completed", |done| done["jobId"] == good.as_str());
    let extra = u64::from(matches!(back, Printed));
    let paper = shop.sheets(usize::try_from(sheets + 1 + extra).unwrap());
    assert_eq!(shop.printer.sheet_count(), sheets + 1 + extra, "{name}");
    assert!(shop.text(paper.last().unwrap()).contains(&text), "{name}");

    let said: Vec<_> =
        spoken(shop).into_iter().filter(|(_, what)| what["jobId"] != good.as_str()).collect();
    match back {
        Silence | NewSession => assert_eq!(said, [], "{name}"),
        Printed => {
            let names: Vec<&str> = said.iter().map(|(event, _)| event.as_str()).collect();
            assert_eq!(names, ["print:job:started", "print:job:completed"], "{name}");
            assert!(said.iter().all(|(_, what)| what["jobId"] == id), "{name}: {said:?}");
        }
        Error(event, words) => {
            assert_eq!(said.len(), 1, "{name}: {said:?}");
            assert_eq!(
                (said[0].0.as_str(), said[0].1["error"].as_str()),
                (event, Some(words)),
                "{name}"
            );
            match (event, &id) {
                (RAW_RESULT, _) => assert_eq!(said[0].1["printerName"], "Bar", "{name}"),
                (_, Value::String(_)) => assert_eq!(said[0].1["jobId"], id, "{name}"),
                _ => {}
            }
            assert!(event == FAILED || said[0].1["success"] == false, "{name}: {said:?}");
            assert!(!said[0].1.to_string().contains(SECRET), "{name}");
        }
    }
    assert!(!shop.running.has_ended(), "{name}: the till ended");
}

fn check_log(shop: &Shop) {
    let log = shop.till.log();
    assert!(!log.contains("nine owes"), "receipt text in the log:\n{log}");
    assert!(!log.contains(KEY), "the licence key in the log:\n{log}");
    assert!(!log.contains("panicked"), "{log}");
    let status = shop.till.ask_json(&["status", "--json"]);
    assert_eq!(status["restarts"], 0, "{status}");
}

#[test]
fn every_row_gets_its_answer_and_its_line_in_the_log() {
    let mut shop = Shop::open(json!({}));
    let before = resident(&shop);
    let rows = without_use().into_iter().chain(not_for_us()).chain(odd_but_fine());
    for (number, row) in rows.enumerate() {
        check(&mut shop, row, number);
    }
    let growth = resident(&shop).saturating_sub(before);
    assert!(growth < MOST_GROWTH, "{growth} KiB more than before");
    check_log(&shop);
    let status = shop.till.ask_ok(&["status"]);
    assert!(status.contains("Not for this till: Cellar"), "{status}");
}

#[test]
fn what_cannot_be_read_at_all_ends_the_session_and_nothing_else() {
    for (number, row) in ends_the_session().into_iter().enumerate() {
        // A till each: the pauses between sessions grow with every one that ends at once.
        let mut shop = Shop::open(json!({}));
        check(&mut shop, row, number);
        check_log(&shop);
    }
}

#[test]
fn an_id_seen_before_with_other_content_is_ignored_and_logged() {
    let mut shop = Shop::open(json!({}));
    shop.gateway.emit(JOB, job(json!({"id": "twice", "content": "the first"})));
    shop.gateway.hear("print:job:completed", |done| done["jobId"] == "twice");
    shop.gateway.forget();
    shop.gateway.emit(JOB, job(json!({"id": "twice", "content": SECRET})));
    // Its sender hears again how the first one ended.
    shop.gateway.hear("print:job:completed", |done| done["jobId"] == "twice");
    shop.wait_for_log("a known job came again with other content; it is ignored");
    assert_eq!(shop.printer.sheet_count(), 1);
    check_log(&shop);
}

#[test]
fn events_before_the_till_has_announced_itself_are_taken_like_any_other() {
    let early = job(json!({"id": "early", "content": "As soon as the line stood"}));
    let greet = json!([{"event": "print:job", "args": [early]}, {"event": "printer:test", "args": ["odd"]}]);
    let gateway = Gateway::npm(&json!({"greet": greet, "validate": "missing"}));
    let printer = printer();
    let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &printer.uri())]);
    let running = till.start();
    let mut shop = Shop { running, gateway, printer, till };
    shop.gateway.hear("print:job:completed", |done| done["jobId"] == "early");
    assert!(shop.text(&shop.sheets(1)[0]).contains("As soon as the line stood"));
    // The same again at every reconnect: known, not printed.
    shop.gateway.order(json!({"do": "kick"}));
    shop.gateway.wait_for_count(2, |line| line["is"] == "connected");
    wait_for("the second greeting is answered", || {
        let told = shop.gateway.told(&json!("early"));
        (told.iter().filter(|(name, _)| name == "print:job:completed").count() == 2).then_some(())
    });
    assert_eq!(shop.printer.sheet_count(), 1);
}
