//! A PrinterMaster gateway on the till itself: it calls over HTTP with the shapes of its socket, and hears what is true.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::printer::Fault;
use platen_tests::door::{DoorDesk, assert_refused, assert_turned_away, bad_bodies};
use platen_tests::shop::{sheets, wait_for};
use serde_json::{Value, json};
use std::num::NonZeroU32;

const GATEWAY: &str = "printer-master-local";

fn open() -> DoorDesk {
    let desk = DoorDesk::open(GATEWAY, &[]);
    desk.wait_for_printer();
    desk
}

fn order(id: &str) -> Value {
    json!({
        "id": id, "printerName": "counter", "type": "receipt", "priority": "high", "unknown": {"a": 1},
        "orderData": {"orderNumber": id, "items": [{"name": "Flat white", "quantity": 2, "price": 3.8}], "total": 7.6},
    })
}

fn paper(desk: &DoorDesk, sheet: usize) -> String {
    desk.printer.text_of(&sheets(&desk.printer, sheet + 1)[sheet].bytes)
}

/// Sends a job again until it is settled; gives the last answer.
fn outcome(desk: &mut DoorDesk, job: &Value) -> Value {
    wait_for("the job is settled", || {
        let (status, said) = desk.post("/print", job.clone());
        assert_eq!((status, &said["known"]), (200, &json!(true)), "{said}");
        let is_open = ["pending", "held", "processing"].map(Value::from).contains(&said["status"]);
        (!is_open).then_some(said)
    })
}

#[test]
fn a_job_is_stored_printed_and_told_when_it_is_sent_again() {
    let mut desk = open();
    let (status, said) = desk.post("/print", order("o-17"));
    assert_eq!(
        (status, &said["success"], &said["accepted"], &said["jobId"], &said["status"]),
        (202, &json!(true), &json!(true), &json!("o-17"), &json!("pending"))
    );
    let told = outcome(&mut desk, &order("o-17"));
    assert_eq!(
        (&told["success"], &told["status"], &told["result"]["evidence"]),
        (&json!(true), &json!("completed"), &json!("confirmed"))
    );
    let text = paper(&desk, 0);
    assert!(text.contains("o-17") && text.contains("2 x Flat white"), "{text}");
    // The shapes of every generation; an id may be a number, and comes back as one.
    let commands = json!({"jobId": 5, "escposCommands": [27, 64, 72, 105, 10, 29, 86, 0]});
    assert_eq!(desk.post("/print", commands).1["jobId"], 5);
    let ticket = json!({"id": "k-1", "type": "kitchen_order", "content": "1 x Soup"});
    assert_eq!(desk.post("/print", ticket).0, 202);
    assert!(paper(&desk, 1).contains("Hi") && paper(&desk, 2).contains("1 x Soup"));
    let ids: Vec<_> = desk.jobs().iter().map(|job| job["connector"].clone()).collect();
    assert_eq!(ids, [GATEWAY, GATEWAY, GATEWAY]);
}

#[test]
fn a_job_outlives_the_till_and_is_printed_once() {
    let mut desk = open();
    desk.printer.set_fault(Fault::Refuses);
    assert_eq!(desk.post("/print", order("o-1")).0, 202);
    desk.kill_and_start();
    assert_eq!(desk.post("/print", order("o-1")).0, 200);
    desk.printer.clear_faults();
    assert_eq!(outcome(&mut desk, &order("o-1"))["success"], true);
    // What failed is told as that.
    desk.printer.set_fault(Fault::HalfPrint(40));
    assert_eq!(desk.post("/print", order("o-2")).0, 202);
    let told = outcome(&mut desk, &order("o-2"));
    assert_eq!(
        (&told["success"], &told["errorType"]),
        (&json!(false), &json!("unconfirmed")),
        "{told}"
    );
    let texts = desk.printer.sheets();
    let count =
        texts.iter().filter(|sheet| desk.printer.text_of(&sheet.bytes).contains("o-1")).count();
    assert_eq!(count, 1, "o-1 is on {count} sheets");
}

#[test]
fn a_test_whose_caller_saw_the_till_die_does_not_come_out_later() {
    let mut desk = open();
    // A long receipt is under way, and the test waits behind it.
    desk.printer.set_fault(Fault::Slow(NonZeroU32::new(200).unwrap()));
    let long =
        json!({"id": "long", "content": "A long receipt. ".repeat(300), "printerName": "Counter"});
    desk.begin(json!({"path": "/print", "json": long}));
    wait_for("it is being printed", || (desk.printer.printed_bytes() > 0).then_some(()));
    desk.begin(json!({"path": "/printers/Counter/test", "json": {"text": "TESTPAGE"}}));
    wait_for("the test waits", || (desk.jobs().len() == 2).then_some(()));
    desk.kill_and_start();
    let heard = desk.tell(json!({"do": "end"}));
    assert_eq!(heard["failed"], "ConnectionError", "the test was answered: {heard}");
    desk.tell(json!({"do": "end"}));
    desk.printer.clear_faults();
    let jobs = wait_for("all is settled", || {
        let jobs = desk.jobs();
        jobs.iter().all(|job| !job["settled_at"].is_null()).then_some(jobs)
    });
    let test = jobs.iter().find(|job| job["document_type"] == "test").unwrap();
    assert_eq!(test["state"], "aborted", "{test}");
    assert!(!desk.printer.text_of(&desk.printer.printed()).contains("TESTPAGE"));
}

#[test]
fn printers_are_listed_and_a_test_is_answered_by_what_it_came_to() {
    let mut desk = open();
    let list = desk.call(json!({"path": "/printers", "method": "GET"}));
    let printer = &list["body"]["printers"][0];
    assert_eq!(
        (
            &list["body"]["count"],
            &printer["name"],
            &printer["type"],
            &printer["connection"],
            &printer["status"]
        ),
        (&json!(1), &json!("Counter"), &json!("receipt"), &json!("network"), &json!("online"))
    );
    let id = printer["id"].as_str().unwrap().to_owned();
    let statuses = desk.call(json!({"path": "/printers/status", "method": "GET"}));
    assert_eq!(statuses["body"]["printerIds"][0]["id"], json!(id), "{statuses}");
    let path = format!("/printers/{id}/test");
    let (status, said) =
        desk.post(&path, json!({"testType": "connectivity", "correlationId": "c-1"}));
    assert_eq!(
        (
            status,
            &said["success"],
            &said["printerId"],
            &said["result"]["paper"],
            &said["correlationId"]
        ),
        (200, &json!(true), &json!(id), &json!("none"), &json!("c-1"))
    );
    let (_, said) = desk.post(&path, json!({"text": "Bonjour"}));
    assert_eq!(
        (&said["success"], &said["result"]["paper"]),
        (&json!(true), &json!("used")),
        "{said}"
    );
    assert!(paper(&desk, 0).contains("Bonjour"));
    let pages: Vec<_> =
        (0..3).map(|_| desk.post(&path, json!({})).1["result"]["paper"].clone()).collect();
    assert_eq!(pages, ["used", "used", "none"], "test pages cost paper without end");
    desk.printer.set_fault(Fault::PaperOut);
    wait_for("the empty roll is seen", || {
        let statuses = desk.call(json!({"path": "/printers/status", "method": "GET"}));
        (statuses["body"]["printerIds"][0]["status"] == "no_paper").then_some(())
    });
    let (status, said) = desk.post(&path, json!({"text": "Bonsoir"}));
    assert_eq!(
        (status, &said["success"], &said["errorType"]),
        (200, &json!(false), &json!("no_paper")),
        "{said}"
    );
    assert_eq!(desk.printer.sheet_count(), 3);
}

#[test]
fn what_is_no_job_of_this_till_is_refused_with_a_reason() {
    let mut desk = open();
    let health = desk.call(json!({"path": "/health", "method": "GET", "headers": {}}));
    assert_eq!((&health["status"], &health["body"]["status"]), (&json!(200), &json!("healthy")));
    for (path, body, status) in [
        ("/print", json!({"content": "x"}), 400),
        ("/print", json!({"id": null, "content": "x"}), 400),
        ("/print", json!({"id": "a"}), 400),
        ("/print", json!({"id": "a", "content": {}}), 400),
        ("/print", json!({"id": "a", "escposCommands": [1, 300]}), 400),
        ("/print", json!({"id": "a", "orderData": 7}), 400),
        ("/print", json!([1]), 400),
        ("/print", json!({"id": "a", "content": "x", "printerName": "Terrace"}), 404),
        ("/printers/Terrace/test", json!({}), 404),
    ] {
        let (got, said) = desk.post(path, body.clone());
        assert_eq!((got, &said["success"]), (status, &json!(false)), "{path} {body}: {said}");
        assert!(said["error"].as_str().is_some_and(|words| !words.is_empty()), "{said}");
    }
    for (order, status) in [
        (json!({"path": "/print", "text": "{\"id\": secret"}), 400),
        (json!({"path": "/print", "size": 10 << 20}), 413),
        (json!({"path": "/print", "method": "GET"}), 405),
        (json!({"path": "/printer", "method": "GET"}), 404),
        (json!({"path": "/print", "json": order("o-1"), "headers": {}}), 401),
        (json!({"path": "/printers", "method": "GET", "headers": {}}), 401),
    ] {
        let answer = desk.call(order.clone());
        assert_eq!(answer["status"], status, "{order}: {answer}");
        assert!(!answer["body"].to_string().contains("secret"), "{answer}");
    }
    assert_eq!((desk.printer.sheet_count(), desk.jobs().len()), (0, 0));
}

#[test]
fn what_cannot_be_read_is_refused_with_a_reason_at_every_endpoint() {
    let mut desk = open();
    let list = desk.call(json!({"path": "/printers", "method": "GET"}));
    let test = format!("/printers/{}/test", list["body"]["printers"][0]["id"].as_str().unwrap());
    for path in ["/print", &test] {
        for (case, body, status) in bad_bodies() {
            let mut order = body;
            order["path"] = json!(path);
            let answer = desk.call(order);
            assert_refused(&format!("{path}, {case}"), &answer, status);
            assert_eq!(answer["body"]["success"], false, "{path}, {case}: {answer}");
        }
        for headers in desk.wrong_tokens() {
            let order = json!({"path": path, "json": order("secret"), "headers": headers});
            assert_turned_away(path, &desk.call(order));
        }
    }
    for text in [
        "",
        "null",
        "{}",
        r#"{"id": {}, "content": "secret"}"#,
        r#"{"id": "", "content": "secret"}"#,
        r#"{"id": "a", "content": null, "orderData": null}"#,
        r#"{"id": "a", "content": ["secret"]}"#,
    ] {
        let answer = desk.call(json!({"path": "/print", "text": text}));
        assert_refused(text, &answer, 400);
        assert_eq!(answer["body"]["success"], false, "{text}: {answer}");
    }
    for headers in desk.wrong_tokens() {
        for path in ["/printers", "/printers/status"] {
            let answer = desk.call(json!({"path": path, "method": "GET", "headers": headers}));
            assert_turned_away(path, &answer);
        }
    }
    for (methods, path) in [
        (["GET", "PUT", "DELETE"], "/print"),
        (["GET", "PUT", "DELETE"], &test),
        (["POST", "PUT", "DELETE"], "/printers"),
        (["POST", "PUT", "DELETE"], "/printers/status"),
        (["POST", "PUT", "DELETE"], "/health"),
    ] {
        for method in methods {
            let answer =
                desk.call(json!({"path": path, "method": method, "json": order("secret")}));
            assert_refused(&format!("{method} {path}"), &answer, 405);
        }
    }
    for path in ["/", "/printers/", "/printers/Counter", "/print/secret", "/%2e%2e/secret"] {
        let answer = desk.call(json!({"path": path, "json": order("secret")}));
        assert_refused(path, &answer, 404);
    }
    assert_eq!((desk.printer.sheet_count(), desk.jobs().len()), (0, 0));
    let log = desk.till.log();
    assert!(!log.contains("secret") && !log.contains(&desk.token), "{log}");
    // A test without fields is a page.
    let answer = desk.call(json!({"path": test}));
    assert_eq!(answer["body"]["result"]["paper"], "used", "{answer}");
    assert_eq!(desk.post("/print", order("o-1")).0, 202, "it answers no more");
    sheets(&desk.printer, 2);
}
