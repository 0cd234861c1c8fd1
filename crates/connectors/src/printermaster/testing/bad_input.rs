//! Bad input: a clear refusal, nothing lost, nothing crashed. One row for each: what comes, what the gateway gets
//! back, what the log says.

use super::*;
use bytes::Bytes;
use platen_job::Refusal;
use platen_socketio::Arg;
use serde_json::{Value, json};

/// Receipt text that must never reach a log.
const SECRET: &str = "Table nine owes 12.34";

/// What the gateway gets back.
enum Back {
    /// Nothing at all.
    Silence,
    /// Nothing yet: the job is stored, and its outcome will be the answer.
    Accepted,
    /// This event, with these words in its `error`.
    Error(&'static str, &'static str),
}

struct Row {
    name: &'static str,
    event: &'static str,
    args: Vec<Arg>,
    back: Back,
    log: &'static str,
}

fn row(
    name: &'static str,
    event: &'static str,
    payload: Value,
    back: Back,
    log: &'static str,
) -> Row {
    Row { name, event, args: vec![Arg::Json(payload)], back, log }
}

const JOB: &str = "print:job";
const PHYSICAL: &str = "print:physical";
const RAW: &str = "print:raw";
const FAILED: &str = "print:job:failed";
const RESULT: &str = "print:physical:result";
const RAW_RESULT: &str = "print:raw:result";

fn rows() -> Vec<Row> {
    use Back::{Accepted, Error, Silence};
    let bytes_words = "Field escposCommands is not a list of whole numbers from 0 to 255.";
    let mut deep = json!(SECRET);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    let commands =
        |commands: Value| json!({"id": "c", "printerId": "p-1", "escposCommands": commands});
    vec![
        row(
            "no id",
            JOB,
            json!({"printerId": "p-1", "content": SECRET}),
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
            "null id",
            JOB,
            json!({"id": null, "jobId": null, "printerId": "p-1", "content": SECRET}),
            Error(FAILED, "The job has no id."),
            "reason=the job has no id",
        ),
        row(
            "empty id",
            JOB,
            json!({"id": "", "printerId": "p-1", "content": SECRET}),
            Error(FAILED, "The job's id is empty."),
            "reason=the job's id is empty",
        ),
        row(
            "an id of 10 kB",
            JOB,
            json!({"id": "i".repeat(10_000), "printerId": "p-1", "content": SECRET}),
            Error(FAILED, "The job's id is longer than 512 bytes."),
            "reason=the job's id is longer than 512 bytes",
        ),
        row(
            "an id that is a list",
            JOB,
            json!({"id": ["a"], "printerId": "p-1", "content": SECRET}),
            Error(FAILED, "Field id is not a text or a number."),
            "reason=field id is not a text or a number",
        ),
        row(
            "a command above 255",
            JOB,
            commands(json!([27, 64, 256])),
            Error(FAILED, bytes_words),
            "field escposCommands is not a list of whole numbers",
        ),
        row(
            "a command below 0",
            JOB,
            commands(json!([-1])),
            Error(FAILED, bytes_words),
            "field escposCommands",
        ),
        row(
            "a command that is not whole",
            JOB,
            commands(json!([1.5])),
            Error(FAILED, bytes_words),
            "field escposCommands",
        ),
        row(
            "a command that is text",
            JOB,
            commands(json!([SECRET])),
            Error(FAILED, bytes_words),
            "field escposCommands",
        ),
        row(
            "commands that are no list",
            JOB,
            commands(json!(SECRET)),
            Error(FAILED, bytes_words),
            "field escposCommands",
        ),
        row(
            "neither content nor commands",
            JOB,
            json!({"id": "n", "printerId": "p-1"}),
            Error(FAILED, "The job has neither content nor commands."),
            "reason=the job has neither content nor commands",
        ),
        row(
            "empty content, null commands",
            JOB,
            json!({"id": "n", "printerId": "p-1", "content": " \n", "escposCommands": null, "orderData": {}}),
            Error(FAILED, "The job has neither content nor commands."),
            "neither content nor commands",
        ),
        row(
            "nothing, generation A",
            PHYSICAL,
            json!({"id": "n", "printerName": "Bar", "type": "receipt"}),
            Error(RESULT, "The job has neither content nor commands."),
            "neither content nor commands",
        ),
        row(
            "nothing, raw",
            RAW,
            json!({"printerName": "Bar", "data": ""}),
            Error(RAW_RESULT, "The job has neither content nor commands."),
            "neither content nor commands",
        ),
        row(
            "raw data that is an object",
            RAW,
            json!({"printerName": "Bar", "data": {"a": SECRET}}),
            Error(RAW_RESULT, "Field data is not a text."),
            "reason=field data is not a text",
        ),
        row(
            "20 MB",
            JOB,
            json!({"id": "big", "printerId": "p-1", "content": SECRET.repeat(1_000_000)}),
            Error(FAILED, "The document has more than 16777216 bytes."),
            "reason=the document has more than 16777216 bytes",
        ),
        row(
            "content of a wrong type",
            JOB,
            json!({"id": "t", "printerId": "p-1", "content": [SECRET]}),
            Error(FAILED, "Field content is not a text."),
            "reason=field content is not a text",
        ),
        row(
            "an order of a wrong type",
            PHYSICAL,
            json!({"id": "t", "printerName": "Bar", "orderData": [SECRET]}),
            Error(RESULT, "Field orderData is not an object."),
            "reason=field orderData is not an object",
        ),
        row(
            "an order that is broken JSON",
            PHYSICAL,
            json!({"id": "t", "printerName": "Bar", "orderData": format!("{{\"note\": \"{SECRET}\"")}),
            Error(RESULT, "Field orderData is not an object."),
            "reason=field orderData is not an object",
        ),
        row(
            "deep nesting in a field nobody reads",
            JOB,
            json!({"id": "deep", "printerId": "p-1", "content": SECRET, "extra": deep.clone()}),
            Accepted,
            "a job was accepted job=deep",
        ),
        row(
            "deep nesting in the order",
            PHYSICAL,
            json!({"id": "deeper", "printerName": "Bar", "orderData": {"items": deep}}),
            Error(RESULT, "The job has neither content nor commands."),
            "neither content nor commands",
        ),
        row(
            "nulls and wrong types where nothing depends on them",
            JOB,
            json!({"id": "odd", "printerId": "p-1", "content": SECRET, "type": 7, "priority": {}, "timestamp": null,
                   "branchId": null, "orderData": null, "surprise": {"a": [true]}}),
            Accepted,
            "a job was accepted job=odd",
        ),
        row(
            "an unknown printer",
            JOB,
            json!({"id": "u", "printerId": "p-9", "printerName": "Cellar", "content": SECRET}),
            Silence,
            "a request is not for this till printer=Cellar reason=UnknownPrinter",
        ),
        row(
            "a printer of a wrong type",
            JOB,
            json!({"id": "u", "printerId": {"a": 1}, "content": SECRET}),
            Silence,
            "a request is not for this till printer=(no printer named)",
        ),
        row(
            "another branch's job",
            JOB,
            json!({"id": "o", "printerId": "p-1", "branchId": "b2", "content": SECRET}),
            Silence,
            "a request is not for this till printer=p-1 reason=OtherBranch",
        ),
        row(
            "a printer named with quotes, emoji and a newline",
            RAW,
            json!({"printerName": "a \"b\" 🖨\nc\u{1b}[31m", "data": SECRET}),
            Silence,
            "printer=a \"b\" 🖨\\nc\\u{1b}[31m reason=UnknownPrinter",
        ),
        row(
            "an id with a newline",
            JOB,
            json!({"id": "x\ny", "printerId": "p-1", "content": SECRET}),
            Accepted,
            "a job was accepted job=x\\ny",
        ),
        row("null instead of an object", JOB, Value::Null, Silence, "printer=(no printer named)"),
        row(
            "a text instead of an object",
            JOB,
            json!(SECRET),
            Silence,
            "a message could not be read: it carried a text where an object belongs",
        ),
        row(
            "a list instead of an object",
            PHYSICAL,
            json!([SECRET]),
            Silence,
            "it carried a list where an object belongs",
        ),
        Row {
            name: "bytes instead of an object",
            event: JOB,
            args: vec![Arg::Binary(Bytes::from_static(SECRET.as_bytes()))],
            back: Silence,
            log: "it carried bytes where an object belongs",
        },
        Row {
            name: "no argument",
            event: PHYSICAL,
            args: vec![],
            back: Silence,
            log: "printer=(no printer named)",
        },
        Row {
            name: "an attachment as commands",
            event: JOB,
            args: vec![Arg::Mixed {
                json: json!({"id": "bin", "printerId": "p-1", "escposCommands": {"_placeholder": true, "num": 0}}),
                parts: vec![Bytes::from_static(b"\x1b@\0\xff")],
            }],
            back: Accepted,
            log: "a job was accepted job=bin",
        },
        Row {
            name: "an attachment that is missing",
            event: JOB,
            args: vec![Arg::Mixed {
                json: json!({"id": "bin2", "printerId": "p-1", "escposCommands": {"_placeholder": true, "num": 3}}),
                parts: vec![Bytes::from_static(b"\x1b@")],
            }],
            back: Error(FAILED, bytes_words),
            log: "field escposCommands",
        },
        row(
            "an event of a version to come",
            "print:hologram",
            json!({"content": SECRET}),
            Silence,
            "an event that this version does not know event=print:hologram",
        ),
        row(
            "a test with a text instead of an object",
            "printer:test",
            json!(SECRET),
            Silence,
            "it carried a text",
        ),
        row(
            "an exception that quotes the licence key",
            "exception",
            json!({"status": "error", "message": format!("no {KEY}")}),
            Silence,
            "the gateway reports an error says=no …",
        ),
    ]
}

#[tokio::test(start_paused = true)]
async fn each_bad_input_gets_its_answer_and_its_line_in_the_log() {
    for row in rows() {
        let (log, till) = (Log::default(), Till::online().await);
        let listening = log.listen();
        let id = match row.args.first() {
            Some(Arg::Json(payload) | Arg::Mixed { json: payload, .. }) => {
                payload.get("id").cloned()
            }
            _ => None,
        };
        till.gateway.say_args(row.event, row.args, None);
        till.settle_down().await;
        drop(listening);
        check(row.name, &row.back, &till, id);
        let log = log.text();
        assert!(log.contains(row.log), "{}: the log says {log:?}", row.name);
        assert!(!log.contains(SECRET), "{}: receipt text in the log: {log:?}", row.name);
        assert!(!log.contains(KEY), "{}: the licence key in the log: {log:?}", row.name);
        assert_still_works(row.name, &till).await;
    }
}

fn check(name: &str, back: &Back, till: &Till, id: Option<Value>) {
    let sent = till.gateway.sent();
    match back {
        Back::Silence => {
            assert!(sent.is_empty(), "{name}: {sent:?}");
            assert!(till.host.jobs().is_empty(), "{name}");
        }
        Back::Accepted => {
            assert!(sent.is_empty(), "{name}: {sent:?}");
            assert_eq!(till.host.jobs().len(), 1, "{name}");
        }
        Back::Error(event, words) => {
            assert_eq!(sent.len(), 1, "{name}: {sent:?}");
            assert_eq!(sent[0].event, *event, "{name}");
            assert_eq!(sent[0].payload["error"], *words, "{name}");
            assert!(!sent[0].payload.to_string().contains(SECRET), "{name}");
            let told = &sent[0].payload["jobId"];
            match (*event, id) {
                (RAW_RESULT, _) => assert_eq!(sent[0].payload["printerName"], "Bar"),
                (_, Some(id @ (Value::String(_) | Value::Number(_)))) => {
                    assert_eq!(*told, id, "{name}")
                }
                (_, _) => assert!(told.is_null(), "{name}"),
            }
            if *event != FAILED {
                assert_eq!(sent[0].payload["success"], false, "{name}");
            }
            assert!(till.host.jobs().is_empty(), "{name}: a refused job was stored");
            assert_eq!(till.status().counts.refused, 1, "{name}");
        }
    }
}

async fn assert_still_works(name: &str, till: &Till) {
    let before = till.host.jobs().len();
    till.gateway.say("print:job", json!({"id": "after", "printerId": "p-1", "content": "x"}));
    till.settle_down().await;
    assert_eq!(till.host.jobs().len(), before + 1, "{name}: the next job was not taken");
}

#[tokio::test(start_paused = true)]
async fn an_id_seen_before_with_other_content_is_ignored_and_logged() {
    let (log, till) = (Log::default(), Till::online().await);
    let _listening = log.listen();
    let job = |content: &str| json!({"id": "j1", "printerId": "p-1", "content": content});
    for content in ["first", "first", SECRET] {
        till.gateway.say("print:job", job(content));
        till.settle_down().await;
    }
    assert_eq!(till.host.jobs().len(), 1);
    assert_eq!(till.status().counts.known, 2);
    assert!(log.text().contains("job=j1"), "{}", log.text());
    assert!(log.text().contains("a known job came again; it is not printed again"));
    assert!(log.text().contains("a known job came again with other content; it is ignored"));
    assert!(!log.text().contains(SECRET));
    assert!(till.gateway.sent().is_empty(), "its outcome is not known yet");
}

#[tokio::test(start_paused = true)]
async fn a_full_disk_is_told_and_the_same_id_may_come_again() {
    let till = Till::online().await;
    till.host.refuse(Some(Refusal::DiskFull));
    let job = json!({"id": 41, "printerName": "Bar", "orderData": {"orderNumber": 1}});
    till.gateway.say("print:physical", job.clone());
    let told = till.gateway.wait("print:physical:result", 1).await;
    assert_eq!(told["jobId"], 41);
    assert!(told["error"].as_str().unwrap().contains("disk of the till is full"));
    till.host.refuse(None);
    till.gateway.say("print:physical", job);
    till.wait_for_jobs(1).await;
}

#[tokio::test(start_paused = true)]
async fn what_is_not_ours_is_acknowledged_where_asked_and_shown_to_people() {
    let till = Till::online().await;
    for _ in 0..3 {
        let foreign = json!({"id": "u", "printerName": "Cellar", "orderData": {"orderNumber": 1}});
        till.gateway.say_with_ack("print:physical", vec![Arg::Json(foreign)]);
    }
    till.gateway.wait("ack", 3).await;
    till.settle_down().await;
    assert_eq!(till.gateway.sent().len(), 3, "an acknowledgement each, and nothing else");
    let status = till.status();
    assert_eq!(status.not_ours.len(), 1);
    assert_eq!((status.not_ours[0].printer.as_str(), status.not_ours[0].count), ("Cellar", 3));
}

#[tokio::test(start_paused = true)]
async fn a_flood_of_odd_names_stays_bounded_and_quiet() {
    let (log, till) = (Log::default(), Till::online().await);
    let _listening = log.listen();
    for number in 0..500 {
        till.gateway.say("strange", json!({}));
        till.gateway.say(&format!("odd:{number}"), json!({}));
        till.gateway.say("print:job", json!({"id": 1, "printerName": format!("X{number}")}));
    }
    till.settle_down().await;
    till.settle_down().await;
    let status = till.status();
    assert_eq!(status.unknown_events["strange"], 500);
    assert!(status.unknown_events.len() <= 20 && status.not_ours.len() <= 20);
    assert_eq!(log.text().matches("does not know event=strange").count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_job_before_the_licence_was_checked_is_taken_like_any_other() {
    let till = Till::online().await;
    assert_eq!(till.status().licence, super::super::LicenceState::Unchecked);
    till.gateway.say("print:job", json!({"id": "early", "printerId": "p-1", "content": "x"}));
    till.wait_for_jobs(1).await;
}
