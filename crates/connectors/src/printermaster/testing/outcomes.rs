//! How outcomes are told.

use super::*;
use crate::fakes::printed;
use platen_job::{AbortReason, Document, ExternalId, PrinterId, StateReason, UnconfirmedReason};
use serde_json::{Value, json};

fn physical(id: &str) -> Value {
    json!({"id": id, "type": "receipt", "printerId": "p-1", "printerName": "Bar", "branchName": "Main",
           "companyName": "Co", "orderId": "o", "orderData": {"orderNumber": 7}, "priority": 3})
}

fn unconfirmed() -> Outcome {
    Outcome::Unconfirmed { reason: UnconfirmedReason::ConnectionLost }
}

#[tokio::test(start_paused = true)]
async fn a_physical_job_is_answered_once_and_only_when_it_is_over() {
    let till = Till::online().await;
    till.gateway.say("print:physical", physical("a"));
    till.wait_for_jobs(1).await;
    assert!(till.gateway.sent().is_empty(), "accepted is not printed");
    till.settle(1, printed()).await;
    let sent = till.gateway.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].event, "print:physical:result");
    assert_eq!(sent[0].payload["jobId"], "a");
    assert_eq!(sent[0].payload["success"], true);
    assert_eq!(sent[0].payload["result"]["evidence"], "confirmed");
    assert_eq!(till.host.untold(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_never_told_as_success() {
    let till = Till::online().await;
    till.gateway.say("print:physical", physical("a"));
    till.gateway.say("print:job", json!({"id": 8, "printerId": "p-2", "content": "x"}));
    till.wait_for_jobs(2).await;
    let reasons = StateReason::MediaEmpty.into();
    till.settle(1, Outcome::aborted(AbortReason::NotReady, reasons)).await;
    till.settle(2, Outcome::Expired).await;
    let physical = till.gateway.wait("print:physical:result", 1).await;
    assert_eq!((&physical["success"], &physical["errorType"]), (&json!(false), &json!("no_paper")));
    assert!(physical["error"].as_str().unwrap().contains("paper is out"));
    let failed = till.gateway.wait("print:job:failed", 1).await;
    assert_eq!((&failed["jobId"], &failed["printerId"]), (&json!(8), &json!("p-2")));
    assert!(till.gateway.all("print:job:completed").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_late_physical_result_travels_as_a_job_event() {
    let till = Till::online().await;
    for id in ["in time", "late"] {
        till.gateway.say("print:physical", physical(id));
    }
    till.wait_for_jobs(2).await;
    tokio::time::sleep(Duration::from_secs(59)).await;
    till.settle(1, printed()).await;
    assert_eq!(till.gateway.wait("print:physical:result", 1).await["jobId"], "in time");
    tokio::time::sleep(Duration::from_secs(2)).await;
    till.settle(2, printed()).await;
    assert_eq!(till.gateway.wait("print:job:completed", 1).await["jobId"], "late");
    assert_eq!(till.gateway.all("print:physical:result").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_raw_job_is_answered_in_its_window_or_not_at_all() {
    let till = Till::online().await;
    let raw = json!({"printerName": "bar", "data": "\u{1b}@hello\0", "title": "t"});
    till.gateway.say("print:raw", raw.clone());
    till.gateway.say("print:raw", raw);
    till.wait_for_jobs(2).await;
    let jobs = till.host.jobs();
    assert_eq!(jobs[0].1.document, Document::Raw(bytes::Bytes::from_static(b"\x1b@hello\0")));
    till.settle(1, printed()).await;
    let told = till.gateway.wait("print:raw:result", 1).await;
    assert_eq!((&told["printerName"], &told["success"]), (&json!("bar"), &json!(true)));
    till.gateway.forget();
    tokio::time::sleep(Duration::from_secs(31)).await;
    till.gateway.forget();
    till.settle(2, printed()).await;
    assert!(till.gateway.sent().is_empty(), "{:?}", till.gateway.sent());
    assert_eq!(till.host.untold(), 0, "it is done with");
}

#[tokio::test(start_paused = true)]
async fn started_is_told_to_those_who_know_the_event() {
    let till = Till::online().await;
    till.gateway.say("print:job", json!({"jobId": 5, "printerId": "Bar", "content": "x"}));
    till.gateway.say("print:physical", physical("a"));
    till.wait_for_jobs(2).await;
    for (id, job) in till.host.jobs() {
        let started = HostEvent::Started {
            job: id,
            external_id: job.external_id,
            printer: job.printer,
            reply: job.reply,
        };
        till.events.send(started).await.unwrap();
    }
    till.settle_down().await;
    let sent = till.gateway.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].event, "print:job:started");
    assert_eq!(
        (&sent[0].payload["jobId"], &sent[0].payload["printerId"]),
        (&json!(5), &json!("Bar"))
    );
}

#[tokio::test(start_paused = true)]
async fn unconfirmed_says_so_and_a_person_may_settle_it_later() {
    let till = Till::online().await;
    till.gateway.say("print:physical", physical("a"));
    till.gateway.say("print:job", json!({"id": "b", "printerId": "p-1", "content": "x"}));
    till.wait_for_jobs(2).await;
    till.settle(1, unconfirmed()).await;
    till.settle(2, unconfirmed()).await;
    let physical = till.gateway.wait("print:physical:result", 1).await;
    let job = till.gateway.wait("print:job:failed", 1).await;
    for told in [&physical, &job] {
        assert_eq!(told["errorType"], "unconfirmed");
        assert!(told["error"].as_str().unwrap().contains("may or may not be on paper"));
    }
    till.settle(1, printed()).await;
    till.settle(2, printed()).await;
    assert_eq!(till.gateway.all("print:physical:result").len(), 1, "never a second one");
    let completed = till.gateway.all("print:job:completed");
    assert_eq!(completed[0]["jobId"], "a");
    assert_eq!(completed[1]["jobId"], "b");
}

#[tokio::test(start_paused = true)]
async fn settled_after_a_restart_an_unconfirmed_job_does_not_answer_its_request_twice() {
    let till = Till::online().await;
    till.gateway.say("print:physical", physical("a"));
    till.wait_for_jobs(1).await;
    till.settle(1, unconfirmed()).await;
    till.gateway.wait("print:physical:result", 1).await;
    till.cancel.cancel();
    let again = Till::on(till.host.clone(), settings()).await;
    again.host.settle(JobId(1), printed(), Timestamp::now());
    again.gateway.connect();
    assert_eq!(again.gateway.wait("print:job:completed", 1).await["jobId"], "a");
    assert!(again.gateway.all("print:physical:result").is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_told_is_told_after_the_next_connect_and_the_announcements() {
    let till = Till::online().await;
    till.gateway.say("print:job", json!({"id": "a", "printerId": "p-1", "content": "x"}));
    till.wait_for_jobs(1).await;
    till.gateway.disconnect();
    till.settle_down().await;
    till.settle(1, printed()).await;
    assert!(till.gateway.all("print:job:completed").is_empty());
    assert_eq!(till.host.untold(), 1);
    till.gateway.connect();
    till.gateway.wait("print:job:completed", 1).await;
    till.settle_down().await;
    let names: Vec<String> = till.gateway.sent().into_iter().map(|sent| sent.event).collect();
    let expected = [
        "desktop:status",
        "join:branch",
        "printer:discovered",
        "printer:discovered",
        "printer:status:update",
        "print:job:completed",
    ];
    assert_eq!(names, expected);
    assert_eq!(till.host.untold(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_session_that_ends_as_soon_as_it_began_is_not_one_to_tell_old_outcomes_on() {
    let till = Till::online().await;
    till.gateway.say("print:job", json!({"id": "a", "printerId": "p-1", "content": "x"}));
    till.wait_for_jobs(1).await;
    till.gateway.disconnect();
    till.settle_down().await;
    till.settle(1, printed()).await;
    // The clock of outcomes is the wall's, in milliseconds.
    std::thread::sleep(Duration::from_millis(2));
    for _ in 0..5 {
        till.gateway.connect();
        till.settle_down().await;
        till.gateway.disconnect();
        till.settle_down().await;
        tokio::time::sleep(Duration::from_secs(3)).await;
    }
    assert!(till.gateway.all("print:job:completed").is_empty(), "told to a gateway that kicks");
    till.gateway.connect();
    tokio::time::sleep(Duration::from_millis(1100)).await;
    till.settle_down().await;
    assert_eq!(till.gateway.all("print:job:completed").len(), 1);
    assert_eq!(till.host.untold(), 0);
}

#[tokio::test(start_paused = true)]
async fn outcomes_of_an_earlier_run_are_told_by_their_own_age() {
    let host = FakeHost::new(vec![printer("p-1", "Bar")]);
    let first = Till::on(host.clone(), settings()).await;
    first.gateway.connect();
    for id in ["young", "old"] {
        first.gateway.say("print:physical", physical(id));
    }
    first.wait_for_jobs(2).await;
    first.cancel.cancel();
    let ago = |seconds: i64| Timestamp(Timestamp::now().0 - seconds * 1000);
    host.settle(JobId(1), printed(), ago(20));
    host.settle(JobId(2), printed(), ago(90));
    let second = Till::on(host, settings()).await;
    second.gateway.connect();
    assert_eq!(second.gateway.wait("print:physical:result", 1).await["jobId"], "young");
    assert_eq!(second.gateway.wait("print:job:completed", 1).await["jobId"], "old");
}

#[tokio::test(start_paused = true)]
async fn a_job_sent_again_is_answered_again_and_printed_once() {
    let till = Till::online().await;
    till.gateway.say("print:physical", physical("a"));
    till.wait_for_jobs(1).await;
    till.settle(1, printed()).await;
    till.gateway.wait("print:physical:result", 1).await;
    tokio::time::sleep(Duration::from_secs(600)).await;
    till.gateway.say("print:physical", physical("a"));
    till.gateway.wait("print:physical:result", 2).await;
    till.settle_down().await;
    assert_eq!(till.gateway.all("print:physical:result").len(), 2);
    assert_eq!(till.host.jobs().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_job_sent_again_while_it_waits_is_answered_once_for_both() {
    let till = Till::online().await;
    till.gateway.say("print:physical", physical("a"));
    till.wait_for_jobs(1).await;
    tokio::time::sleep(Duration::from_secs(50)).await;
    till.gateway.say("print:physical", physical("a"));
    till.settle_down().await;
    tokio::time::sleep(Duration::from_secs(50)).await;
    till.settle(1, printed()).await;
    assert_eq!(
        till.gateway.all("print:physical:result").len(),
        1,
        "the second request is 50 s old"
    );
    assert!(till.gateway.all("print:job:completed").is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_burst_keeps_its_order() {
    let till = Till::online().await;
    for number in 0..2_000 {
        till.gateway.say("print:job", json!({"id": number, "printerId": "p-1", "content": "x"}));
    }
    till.wait_for_jobs(2_000).await;
    let ids: Vec<String> = till
        .host
        .jobs()
        .iter()
        .filter_map(|(_, job)| job.external_id.clone())
        .map(String::from)
        .collect();
    let expected: Vec<String> = (0..2_000).map(|number| number.to_string()).collect();
    assert_eq!(ids, expected);
    for number in 1..=2_000 {
        till.host.settle(JobId(number), printed(), Timestamp::now());
    }
    till.events.send(HostEvent::Settled).await.unwrap();
    till.gateway.wait("print:job:completed", 2_000).await;
    till.settle_down().await;
    assert_eq!(till.gateway.all("print:job:completed").len(), 2_000);
    assert_eq!(till.status().counts.told, 2_000);
}

#[tokio::test(start_paused = true)]
async fn ids_come_back_exactly_as_they_were_sent() {
    let till = Till::online().await;
    let odd = "é\"'\u{1F5A8}\n";
    till.gateway.say("print:job", json!({"id": odd, "printerId": "p-1", "content": "x"}));
    till.wait_for_jobs(1).await;
    let job = &till.host.jobs()[0].1;
    assert_eq!(job.external_id, ExternalId::new(odd).ok());
    assert_eq!(job.printer, PrinterId::new("p-1").unwrap());
    till.settle(1, printed()).await;
    assert_eq!(till.gateway.wait("print:job:completed", 1).await["jobId"], odd);
}
