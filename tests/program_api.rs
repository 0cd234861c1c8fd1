//! Platen's own API: a web till sends a document with a key of its own, follows it, and hears what is known of its paper. The same key
//! is printed once, whatever dies in between.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use base64::Engine as _;
use platen_simulators::printer::Fault;
use platen_tests::door::DoorDesk;
use platen_tests::page::pdf_with_a_square;
use platen_tests::shop::{sheets, wait_for};
use platen_tests::workspace;
use serde_json::{Value, json};
use std::process::Command;

const API: &str = "api";
const JSON: &str = "application/json";

fn open() -> DoorDesk {
    let desk = DoorDesk::open(API, &["--printer", "Counter"]);
    desk.wait_for_printer();
    desk
}

/// A request that prints a document.
fn order(desk: &DoorDesk, key: &str, kind: &str, text: &str) -> Value {
    let mut headers = desk.with_token();
    headers["Content-Type"] = json!(kind);
    headers["Idempotency-Key"] = json!(key);
    json!({"path": "/v1/jobs", "headers": headers, "text": text})
}

fn receipt(number: &str) -> String {
    let items = json!([{"name": "Flat white", "quantity": 2, "total": "7.60", "colour": "brown"}]);
    json!({"type": "receipt", "header": ["Café Zoë"], "order": number, "items": items, "total": "7.60"})
        .to_string()
}

/// Sends a receipt; gives its job.
fn print(desk: &mut DoorDesk, key: &str) -> Value {
    let answer = desk.call(order(desk, key, JSON, &receipt(key)));
    assert_eq!(answer["status"], 201, "{answer}");
    answer["body"].clone()
}

fn get(desk: &mut DoorDesk, path: &str) -> Value {
    let answer = desk.call(json!({"path": path, "method": "GET"}));
    assert_eq!(answer["status"], 200, "{path}: {answer}");
    answer["body"].clone()
}

fn post(desk: &mut DoorDesk, path: &str, body: Option<Value>) -> (u64, Value) {
    let mut order = json!({"path": path});
    if let Some(body) = body {
        order["json"] = body;
    }
    let answer = desk.call(order);
    (answer["status"].as_u64().unwrap_or_else(|| panic!("{answer}")), answer["body"].clone())
}

/// Follows a job until its stream ends.
fn follow(desk: &mut DoorDesk, job: &Value) -> Value {
    desk.tell(json!({"do": "follow", "path": format!("/v1/jobs/{}/events", job["id"])}))
}

fn paper(desk: &DoorDesk, sheet: usize) -> String {
    desk.printer.text_of(&sheets(&desk.printer, sheet + 1)[sheet].bytes)
}

/// Says what is wrong, in the one shape for that.
fn assert_problem(answer: &Value, status: u64) {
    assert_eq!(answer["status"], status, "{answer}");
    assert_eq!(answer["head"]["content-type"], "application/problem+json", "{answer}");
    let problem = &answer["body"];
    assert_eq!(problem["status"], status, "{answer}");
    for name in ["type", "title", "detail"] {
        assert!(problem[name].as_str().is_some_and(|text| !text.is_empty()), "{name}: {answer}");
    }
}

#[test]
fn a_receipt_comes_out_and_its_stream_says_what_was_proved() {
    let mut desk = open();
    let answer = desk.call(order(&desk, "sale-17", JSON, &receipt("A-17")));
    assert_eq!(answer["status"], 201, "{answer}");
    let job = &answer["body"];
    assert_eq!(answer["head"]["location"], format!("/v1/jobs/{}", job["id"]));
    assert_eq!(
        (&job["key"], &job["connector"], &job["type"], &job["printer"]),
        (&json!("sale-17"), &json!("api"), &json!("receipt"), &json!("Counter"))
    );
    let stream = follow(&mut desk, job);
    assert_eq!(stream["kind"], "text/event-stream", "{stream}");
    let events = stream["events"].as_array().unwrap();
    let (last, before) = events.split_last().unwrap();
    assert!(before.iter().all(|event| event["event"] == "job"), "{stream}");
    assert_eq!(last["event"], "settled", "{stream}");
    let done = &last["data"];
    assert_eq!(
        (&done["id"], &done["state"], &done["evidence"], &done["settled"]),
        (&job["id"], &json!("completed"), &json!("confirmed"), &json!(true))
    );
    assert_eq!(done["notes"], json!(["left out, no such field: items[0].colour"]));
    let text = paper(&desk, 0);
    assert!(text.contains("A-17") && text.contains("2 x Flat white"), "{text}");
    assert_eq!(get(&mut desk, &format!("/v1/jobs/{}", job["id"])), *done);
    // Whoever follows it only now hears the same.
    let late = follow(&mut desk, job);
    assert_eq!(late["events"], json!([last]));
}

#[test]
fn every_kind_of_document_is_printed() {
    let mut desk = open();
    let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64"/></svg>"##;
    let ticket = json!({"type": "kitchen-ticket", "items": [{"name": "Soup"}]}).to_string();
    let cases = [
        ("text/plain; charset=utf-8", "Été", "other"),
        ("text/html", "<h1>Merci</h1>", "other"),
        ("application/pdf", &pdf_with_a_square(), "other"),
        ("image/svg+xml", svg, "other"),
        ("application/octet-stream", "\u{1b}@commands\n\u{1d}V\0", "other"),
        (JSON, &ticket, "kitchen-ticket"),
    ];
    for (number, (kind, text, document_type)) in cases.into_iter().enumerate() {
        let answer = desk.call(order(&desk, &format!("k-{number}"), kind, text));
        assert_eq!(answer["status"], 201, "{kind}: {answer}");
        assert_eq!(answer["body"]["type"], document_type, "{kind}");
        let stream = follow(&mut desk, &answer["body"]);
        let end = stream["events"].as_array().unwrap().last().unwrap();
        assert_eq!(end["data"]["state"], "completed", "{kind}: {end}");
    }
    assert_eq!(sheets(&desk.printer, cases.len()).len(), cases.len());
    for (sheet, words) in [(0, "Été"), (1, "Merci"), (4, "commands"), (5, "Soup")] {
        let text = paper(&desk, sheet);
        assert!(text.contains(words), "{words}:\n{text}");
    }
    // What can only be found out when it is drawn is said by the outcome.
    let broken = base64::engine::general_purpose::STANDARD.encode([0xFF; 64]);
    let mut picture = order(&desk, "k-broken", "image/png", "");
    picture["base64"] = json!(broken);
    let answer = desk.call(picture);
    let stream = follow(&mut desk, &answer["body"]);
    let end = &stream["events"].as_array().unwrap().last().unwrap()["data"];
    assert_eq!(end["state"], "aborted", "{end}");
    let nothing = r#"{"type": "receipt", "items": null, "order": null}"#;
    let answer = desk.call(order(&desk, "k-nothing", JSON, nothing));
    let stream = follow(&mut desk, &answer["body"]);
    let end = &stream["events"].as_array().unwrap().last().unwrap()["data"];
    assert!(end["message"].as_str().unwrap().contains("nothing to print"), "{end}");
    assert_eq!(desk.printer.sheet_count(), cases.len() as u64);
}

#[test]
fn one_key_is_one_paper_whatever_dies_in_between() {
    let mut desk = open();
    let first = print(&mut desk, "sale-1");
    let again = desk.call(order(&desk, "sale-1", JSON, &receipt("sale-1")));
    assert_eq!((&again["status"], &again["body"]["id"]), (&json!(200), &first["id"]));
    let other = desk.call(order(&desk, "sale-1", JSON, &receipt("sale-2")));
    assert_problem(&other, 409);
    assert_eq!(other["body"]["type"], "urn:platen:problem:other-document");
    sheets(&desk.printer, 1);
    // A till that dies while a caller waits for its answer, and the caller that asks again.
    desk.printer.set_fault(Fault::Refuses);
    for number in 0..3 {
        let sale = order(&desk, &format!("sale-k{number}"), JSON, &receipt(&format!("K{number}")));
        desk.begin(sale.clone());
        desk.kill_and_start();
        desk.tell(json!({"do": "end"}));
        let answer = desk.call(sale);
        assert!([200, 201].contains(&answer["status"].as_u64().unwrap()), "{answer}");
    }
    desk.printer.clear_faults();
    for number in 0..3 {
        let sale = order(&desk, &format!("sale-k{number}"), JSON, &receipt(&format!("K{number}")));
        let job = desk.call(sale)["body"].clone();
        let stream = follow(&mut desk, &job);
        let end = &stream["events"].as_array().unwrap().last().unwrap()["data"];
        assert_eq!(end["state"], "completed", "{end}");
    }
    assert_eq!(desk.printer.sheet_count(), 4, "something came out twice, or not at all");
    assert_eq!(desk.jobs().len(), 4);
}

#[test]
fn a_job_that_waits_says_for_what_and_can_be_taken_back() {
    let mut desk = open();
    desk.printer.set_fault(Fault::PaperOut);
    let job = print(&mut desk, "sale-1");
    desk.begin(json!({"way": "follow", "path": format!("/v1/jobs/{}/events", job["id"])}));
    let one = format!("/v1/jobs/{}", job["id"]);
    wait_for("it is held", || {
        let job = get(&mut desk, &one);
        (job["state"] == "held" && job["reasons"] == json!(["media-empty"])).then_some(())
    });
    // The stream tells states, not every step between two looks: what is taken back at once was never held to it.
    wait_for("its stream says so", || {
        let so_far = desk.tell(json!({"do": "so far"}));
        let events = so_far["events"].as_array().unwrap();
        events.iter().any(|event| event["data"]["state"] == "held").then_some(())
    });
    let (status, canceled) = post(&mut desk, &format!("{one}/cancel"), None);
    assert_eq!((status, &canceled["state"]), (200, &json!("canceled")), "{canceled}");
    let stream = desk.tell(json!({"do": "end"}));
    let states: Vec<_> =
        stream["events"].as_array().unwrap().iter().map(|event| &event["data"]["state"]).collect();
    assert!(states.contains(&&json!("held")), "{stream}");
    assert_eq!(states.last(), Some(&&json!("canceled")), "{stream}");
    let (status, problem) = post(&mut desk, &format!("{one}/cancel"), None);
    assert_eq!(
        (status, &problem["type"]),
        (409, &json!("urn:platen:problem:not-now")),
        "{problem}"
    );
    // One that is not to wait does not.
    let mut now = order(&desk, "sale-2", JSON, &receipt("sale-2"));
    now["path"] = json!("/v1/jobs?on_trouble=abort&priority=high");
    let job = desk.call(now)["body"].clone();
    let stream = follow(&mut desk, &job);
    let end = &stream["events"].as_array().unwrap().last().unwrap()["data"];
    assert!(
        end["state"] == "aborted" && end["message"].as_str().unwrap().contains("paper"),
        "{end}"
    );
    desk.printer.clear_faults();
    let mut late = order(&desk, "sale-3", JSON, &receipt("sale-3"));
    late["path"] = json!("/v1/jobs?expires_in=60&printer=counter");
    let answer = desk.call(late);
    assert_eq!(answer["status"], 201, "{answer}");
    assert!(paper(&desk, 0).contains("sale-3"));
}

#[test]
fn what_a_person_may_do_a_program_may() {
    let mut desk = open();
    let first = print(&mut desk, "sale-1");
    follow(&mut desk, &first);
    let (status, copy) = post(&mut desk, &format!("/v1/jobs/{}/reprint", first["id"]), None);
    assert_eq!((status, &copy["copy_of"], &copy["mark"]), (201, &first["id"], &json!("reprint")));
    follow(&mut desk, &copy);
    assert!(paper(&desk, 1).contains("REPRINT"));
    // A job in doubt is a question, and has two answers.
    let second = print(&mut desk, "sale-2");
    follow(&mut desk, &second);
    let one = format!("/v1/jobs/{}", second["id"]);
    let (status, problem) =
        post(&mut desk, &format!("{one}/resolve"), Some(json!({"seen": "printed"})));
    assert_eq!(
        (status, &problem["type"]),
        (409, &json!("urn:platen:problem:not-now")),
        "{problem}"
    );
    let (status, _) = post(&mut desk, &format!("{one}/resolve"), Some(json!({"seen": "perhaps"})));
    assert_eq!(status, 400);
    let listed = get(&mut desk, "/v1/jobs?limit=2");
    let ids: Vec<_> =
        listed["jobs"].as_array().unwrap().iter().map(|job| job["id"].clone()).collect();
    assert_eq!(ids, [second["id"].clone(), copy["id"].clone()]);
    let rest = get(&mut desk, &format!("/v1/jobs?limit=2&before={}", listed["next"]));
    assert_eq!((&rest["jobs"][0]["id"], &rest["next"]), (&first["id"], &Value::Null));
    let completed = get(&mut desk, "/v1/jobs?state=completed&printer=Counter&connector=api");
    // A copy that somebody asked for is this till's own.
    assert_eq!(completed["jobs"].as_array().unwrap().len(), 2, "{completed}");
    assert_eq!(get(&mut desk, "/v1/jobs?state=held")["jobs"], json!([]));
}

#[test]
fn a_job_in_doubt_is_a_question_that_a_program_may_answer() {
    let mut desk = open();
    for (number, seen) in [(1, "printed"), (2, "reprint")] {
        desk.printer.set_fault(Fault::HalfPrint(40));
        let job = print(&mut desk, &format!("sale-{number}"));
        let stream = follow(&mut desk, &job);
        let end = &stream["events"].as_array().unwrap().last().unwrap()["data"];
        assert_eq!(
            (&end["state"], &end["evidence"]),
            (&json!("unconfirmed"), &Value::Null),
            "{end}"
        );
        desk.printer.clear_faults();
        desk.wait_for_printer();
        let path = format!("/v1/jobs/{}/resolve", job["id"]);
        let (status, told) = post(&mut desk, &path, Some(json!({ "seen": seen })));
        assert_eq!(status, 200, "{told}");
        if seen == "printed" {
            assert_eq!((&told["id"], &told["state"]), (&job["id"], &json!("completed")), "{told}");
        } else {
            assert_eq!(
                (&told["copy_of"], &told["mark"]),
                (&job["id"], &json!("possible-duplicate"))
            );
            follow(&mut desk, &told);
            let all: String = desk
                .printer
                .sheets()
                .iter()
                .map(|sheet| desk.printer.text_of(&sheet.bytes))
                .collect();
            assert!(all.contains("POSSIBLE DUPLICATE"), "{all}");
        }
    }
}

#[test]
fn printers_are_listed_and_tested_and_their_drawer_opens_once_for_a_key() {
    let mut desk = open();
    let printers = get(&mut desk, "/v1/printers");
    let counter = &printers["printers"][0];
    assert_eq!(
        (&counter["name"], &counter["state"]),
        (&json!("Counter"), &json!("online")),
        "{printers}"
    );
    let by_id = get(&mut desk, &format!("/v1/printers/{}", counter["id"].as_str().unwrap()));
    assert_eq!(by_id["name"], "Counter");
    let (status, test) = post(&mut desk, "/v1/printers/Counter/test", None);
    assert_eq!((status, &test["type"]), (201, &json!("test")));
    follow(&mut desk, &test);
    assert!(paper(&desk, 0).contains("Platen's API"));
    let mut headers = desk.with_token();
    headers["Idempotency-Key"] = json!("drawer-of-sale-1");
    let kick =
        json!({"path": "/v1/printers/Counter/drawer", "headers": headers, "json": {"pin": "pin2"}});
    assert_eq!(desk.call(kick.clone())["status"], 201);
    let again = desk.call(kick);
    assert_eq!(again["status"], 200, "{again}");
    follow(&mut desk, &again["body"]);
    assert_eq!(desk.printer.drawer_kicks(), 1);
    let (status, problem) = post(&mut desk, "/v1/printers/Terrace/test", None);
    assert_eq!((status, &problem["type"]), (404, &json!("urn:platen:problem:no-such-printer")));
    let status = get(&mut desk, "/v1/status");
    assert_eq!(
        (&status["jobs"]["completed"], &status["printers"][0]["name"]),
        (&json!(2), &json!("Counter"))
    );
}

#[test]
fn nobody_follows_a_till_that_has_stopped() {
    let mut desk = open();
    desk.printer.set_fault(Fault::PaperOut);
    let job = print(&mut desk, "sale-1");
    desk.begin(json!({"way": "follow", "path": format!("/v1/jobs/{}/events", job["id"])}));
    let one = format!("/v1/jobs/{}", job["id"]);
    wait_for("it is held", || (get(&mut desk, &one)["state"] == "held").then_some(()));
    wait_for("it is followed", || {
        let so_far = desk.tell(json!({"do": "so far"}));
        so_far["events"].as_array().is_some_and(|events| !events.is_empty()).then_some(())
    });
    desk.till.ask_ok(&["connectors", API, "--off"]);
    let stream = desk.tell(json!({"do": "end"}));
    assert_eq!(stream["status"], 200, "it broke off: {stream}");
    assert_eq!(stream["events"].as_array().unwrap().last().unwrap()["event"], "job", "{stream}");
    let found = desk.call(json!({"path": "/v1/jobs/999999/events", "method": "GET"}));
    assert_eq!(found["failed"], "ConnectionError", "the door is still open: {found}");
}

#[test]
fn the_description_is_there_for_everybody_and_true() {
    let desk = open();
    let st = workspace().join("tests/.venv/bin/st");
    let spec = format!("{}/v1/openapi.json", desk.url);
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(st)
        .args(["run", &spec, "--header", &format!("Authorization:Bearer {}", desk.token)])
        .args(["--phases", "examples,coverage,fuzzing", "--max-examples", "8"])
        .args([
            "--checks",
            "all",
            "--request-timeout",
            "5",
            "--no-shrink",
            "--generation-deterministic",
        ])
        // The schema takes amounts that round up to the limit, which no document may have.
        .args(["--exclude-checks", "positive_data_acceptance"])
        // A stream that ends with its job is followed in tests of its own.
        .args(["--exclude-path", "/v1/jobs/{id}/events"])
        .current_dir(folder.path())
        .env("NO_COLOR", "1")
        .output()
        .expect("tests/setup.sh python was not run");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("Open API 3.1") && said.contains("Tested: 12"), "{said}");
}

/// The value of a figure.
fn figure(page: &str, name: &str) -> Option<f64> {
    page.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok())
}

#[test]
fn a_monitor_reads_figures_once_it_may() {
    let mut desk = open();
    let look = json!({"path": "/metrics", "method": "GET"});
    let off = desk.call(look.clone());
    assert_problem(&off, 404);
    assert_eq!(off["body"]["type"], "urn:platen:problem:metrics-off");
    desk.till.ask_ok(&["connectors", "metrics", "--on"]);
    let job = print(&mut desk, "sale-1");
    follow(&mut desk, &job);
    desk.printer.set_fault(Fault::PaperOut);
    let held = print(&mut desk, "sale-2");
    let one = format!("/v1/jobs/{}", held["id"]);
    wait_for("it is held", || (get(&mut desk, &one)["state"] == "held").then_some(()));
    let answer = desk.call(look.clone());
    assert_eq!(answer["head"]["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let page = answer["body"].as_str().unwrap().to_owned();
    for (name, value) in [
        (r#"platen_jobs_accepted_total{connector="api"}"#, 2.0),
        (
            r#"platen_jobs_settled_total{connector="api",state="completed",evidence="confirmed"}"#,
            1.0,
        ),
        (r#"platen_jobs{state="held"}"#, 1.0),
        (r#"platen_queue_length{printer="Counter"}"#, 1.0),
        (r#"platen_printer_state{printer="Counter",state="online"}"#, 0.0),
        (r#"platen_printer_reason{printer="Counter",reason="media-empty"}"#, 1.0),
        ("platen_time_to_paper_seconds_count", 1.0),
        (r#"platen_requests_total{connector="api",answer="turned-away"}"#, 0.0),
    ] {
        assert_eq!(figure(&page, name), Some(value), "{name}:\n{page}");
    }
    post(&mut desk, &format!("{one}/cancel"), None);
    let page = desk.call(look.clone())["body"].as_str().unwrap().to_owned();
    let canceled = r#"platen_jobs_settled_total{connector="api",state="canceled",evidence=""}"#;
    assert_eq!(figure(&page, canceled), Some(1.0), "{page}");
    desk.till.ask_ok(&["connectors", "metrics", "--off"]);
    assert_problem(&desk.call(look), 404);
}
