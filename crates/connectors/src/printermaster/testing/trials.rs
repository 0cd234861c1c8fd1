//! Tests of printers: one answer each, in time.

use super::*;
use crate::Health;
use crate::fakes::printed;
use platen_job::{AbortReason, Document, OnTrouble, StateReason};
use platen_socketio::Arg;
use serde_json::{Value, json};

const RESULT: &str = "printer:test:result";

fn generation_a() -> Value {
    json!({"printerId": "srv-1", "printerName": "Bar", "type": "receipt", "connection": "network",
           "ip": "192.0.2.7", "port": 9100, "capabilities": [], "branchName": "x", "companyName": "Co"})
}

fn generation_b(correlation: &str) -> Value {
    json!({"printerName": "Bar", "correlationId": correlation, "requestTimestamp": 1_700_000_000_000_i64,
           "branchId": "b1", "metadata": {"requestSource": "web", "expectedResponseEvent": RESULT, "timeout": 15000}})
}

#[tokio::test(start_paused = true)]
async fn generation_a_gets_its_printer_id_back_and_one_result() {
    let till = Till::online().await;
    till.gateway.say("printer:test", generation_a());
    till.wait_for_jobs(1).await;
    let job = till.host.jobs()[0].1.clone();
    assert!(matches!(job.document, Document::TestPage { .. }));
    assert_eq!(job.on_trouble, OnTrouble::Abort);
    assert!(job.expires_at.is_some());
    till.settle(1, printed()).await;
    let result = till.gateway.wait(RESULT, 1).await;
    assert_eq!((&result["printerId"], &result["success"]), (&json!("srv-1"), &json!(true)));
    assert!(result.get("correlationId").is_none());
    till.gateway.forget();
    tokio::time::sleep(Duration::from_secs(20)).await;
    assert!(till.gateway.all(RESULT).is_empty());
}

#[tokio::test(start_paused = true)]
async fn generation_b_is_acknowledged_first_and_correlated() {
    let till = Till::online().await;
    till.gateway.say_with_ack("printer:test", vec![Arg::Json(generation_b("c-1"))]);
    till.gateway.say("printer:test", generation_b("c-2"));
    till.wait_for_jobs(2).await;
    let ack = till.gateway.wait("ack", 1).await;
    assert_eq!((&ack["received"], &ack["correlationId"]), (&json!(true), &json!("c-1")));
    let event = till.gateway.wait("printer:test:ack", 1).await;
    assert_eq!(event["correlationId"], "c-2");
    assert_eq!(till.gateway.all("printer:test:ack").len(), 1, "a callback needs no event");
    till.settle(1, printed()).await;
    let result = till.gateway.wait(RESULT, 1).await;
    assert_eq!(result["correlationId"], "c-1");
    assert_eq!(result["requestTimestamp"], 1_700_000_000_000_i64);
    assert_eq!(result["metadata"]["requestSource"], "web");
    assert!(result["responseTimestamp"].is_string());
}

#[tokio::test(start_paused = true)]
async fn a_test_that_hangs_is_answered_before_its_window_ends_and_never_again() {
    let till = Till::online().await;
    let asked = tokio::time::Instant::now();
    till.gateway.say("printer:test", generation_a());
    let result = till.gateway.wait(RESULT, 1).await;
    assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
    assert!(asked.elapsed() > Duration::from_secs(10), "it was given its time");
    assert_eq!((&result["success"], &result["errorType"]), (&json!(false), &json!("timeout")));
    assert!(!result["suggestions"].as_array().unwrap().is_empty());
    till.settle(1, printed()).await;
    assert_eq!(till.gateway.all(RESULT).len(), 1, "the page that came late is told to nobody");
    assert_eq!(till.host.untold(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_shorter_window_of_the_request_is_kept() {
    let till = Till::online().await;
    let mut request = generation_b("c");
    request["metadata"]["timeout"] = json!("4000");
    let asked = tokio::time::Instant::now();
    till.gateway.say("printer:test", request);
    till.gateway.wait(RESULT, 1).await;
    assert!(asked.elapsed() < Duration::from_secs(4));
}

#[tokio::test(start_paused = true)]
async fn no_result_is_carried_over_a_reconnect() {
    let till = Till::online().await;
    till.gateway.say("printer:test", generation_a());
    till.wait_for_jobs(1).await;
    till.gateway.disconnect();
    till.settle_down().await;
    till.settle(1, printed()).await;
    till.gateway.connect();
    till.gateway.wait("printer:status:update", 1).await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(till.gateway.all(RESULT).is_empty());
    assert_eq!(till.host.untold(), 0);
}

#[tokio::test(start_paused = true)]
async fn the_same_correlation_gets_one_page_and_one_result() {
    let till = Till::online().await;
    for _ in 0..2 {
        till.gateway.say_with_ack("printer:test", vec![Arg::Json(generation_b("c"))]);
    }
    till.gateway.wait("ack", 2).await;
    till.settle_down().await;
    assert_eq!(till.host.jobs().len(), 1);
    till.settle(1, printed()).await;
    till.gateway.say_with_ack("printer:test", vec![Arg::Json(generation_b("c"))]);
    till.settle_down().await;
    assert_eq!(till.gateway.all(RESULT).len(), 1);
    assert_eq!(till.host.jobs().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_unattended_gateway_cannot_run_the_roll_dry() {
    let till = Till::online().await;
    for _ in 0..60 {
        till.gateway.say("printer:test", generation_a());
        till.settle_down().await;
        let open: Vec<i64> = till.host.jobs().iter().map(|(id, _)| id.0).collect();
        if let Some(last) =
            open.last().filter(|last| till.gateway.all(RESULT).len() < 60 && **last > 0)
            && till.host.untold() == 0
        {
            till.settle(*last, printed()).await;
        }
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    let pages = till.host.jobs().len();
    assert!((2..=4).contains(&pages), "{pages} pages in ten minutes");
    let results = till.gateway.all(RESULT);
    assert_eq!(results.len(), 60, "each test has its answer");
    let silent = results.last().unwrap();
    assert_eq!(silent["success"], true);
    assert!(silent["message"].as_str().unwrap().contains("No paper was used"));
}

#[tokio::test(start_paused = true)]
async fn a_connectivity_test_uses_no_paper_and_does_not_flatter() {
    let till = Till::online().await;
    let test = json!({"printerId": "p-1", "printerName": "Bar", "testType": "connectivity"});
    till.gateway.say("printer:test", test.clone());
    assert_eq!(till.gateway.wait(RESULT, 1).await["success"], true);
    for (health, reason, kind) in [
        (Health::Offline, Some(StateReason::Offline), "offline"),
        (Health::Error, Some(StateReason::CoverOpen), "cover_open"),
        (Health::Offline, None, "offline"),
        (Health::Unknown, None, "unknown"),
    ] {
        till.change_printer(0, |printer| {
            printer.health = health;
            printer.reasons = reason.into_iter().collect();
        });
        till.gateway.forget();
        till.gateway.say("printer:test", test.clone());
        let result = till.gateway.wait(RESULT, 1).await;
        assert_eq!((&result["success"], &result["errorType"]), (&json!(false), &json!(kind)));
    }
    assert!(till.host.jobs().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_text_is_printed_as_the_test() {
    let till = Till::online().await;
    let test = json!({"printerId": "Bar", "printerName": "Bar", "name": "Bar", "text": "Hello bar", "id": "t1"});
    till.gateway.say("printer:test", test);
    till.wait_for_jobs(1).await;
    assert_eq!(till.host.jobs()[0].1.document, Document::Text("Hello bar".into()));
    let reasons = StateReason::Offline.into();
    till.settle(1, Outcome::aborted(AbortReason::NotReady, reasons)).await;
    let result = till.gateway.wait(RESULT, 1).await;
    assert_eq!((&result["printerId"], &result["errorType"]), (&json!("Bar"), &json!("offline")));
    assert_eq!(result["errorDetails"], "state reasons: offline");
}

#[tokio::test(start_paused = true)]
async fn a_test_of_a_printer_that_is_not_ours_gets_an_acknowledgement_and_silence() {
    let till = Till::online().await;
    let mut foreign = generation_b("c");
    foreign["printerName"] = json!("Cellar");
    till.gateway.say_with_ack("printer:test", vec![Arg::Json(foreign.clone())]);
    till.gateway.say("printer:test", foreign);
    till.gateway.wait("ack", 1).await;
    tokio::time::sleep(Duration::from_secs(20)).await;
    let sent = till.gateway.sent();
    assert!(sent.iter().all(|sent| sent.event == "ack" || sent.event == "ping"), "{sent:?}");
}
