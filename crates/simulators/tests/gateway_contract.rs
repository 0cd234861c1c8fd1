//! The gateway's side of the contract, to a desktop that writes its packets by hand.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::time::Duration;

use common::{
    LONG,
    desktop::{Desktop, auth},
};
use platen_simulators::{
    EmbeddedGateway, GatewayHandle, GatewayOptions,
    gateway::{
        Audience, Callers, DuplicateReason, Generation, Heartbeats, JobEvent, JobRequest,
        JobResult, LicenceState, Pace, TestPages,
    },
};
use serde_json::{Value, json};

const KEY: &str = "11111111-1111-4111-8111-111111111111";

fn start(generation: Generation) -> GatewayHandle {
    EmbeddedGateway::start(GatewayOptions::generation(generation)).unwrap()
}

fn announcement() -> Value {
    json!({"id": "p1", "name": "Till", "type": "receipt", "connection": "network",
        "status": "online", "capabilities": ["text"], "discoveryMethod": "manual"})
}

#[tokio::test]
async fn a_wrong_namespace_is_a_connect_error() {
    let gateway = start(Generation::A);
    let mut desktop = Desktop::open(&gateway, "/printing", &auth("b")).await;
    let answer = desktop.packet().await.unwrap();
    assert!(answer.starts_with("44/printing,") && answer.contains("Invalid namespace"), "{answer}");
}

#[tokio::test]
async fn only_desktops_get_jobs_and_of_every_branch() {
    let gateway = start(Generation::A);
    let mut one = Desktop::join(&gateway, "one").await;
    let mut two = Desktop::join(&gateway, "two").await;
    let mut other = auth("one");
    other["userRole"] = json!("desktop");
    let mut web = Desktop::open(&gateway, "/printing-ws", &other).await;
    web.packet().await.unwrap();
    web.expect("desktop:connected").await;
    gateway.wait_for_desktops(2, LONG).await.unwrap();

    assert_eq!(gateway.send("print:physical", &json!({"id": "j1"})), 2);
    assert_eq!(one.expect("print:physical").await["id"], "j1");
    assert_eq!(two.expect("print:physical").await["id"], "j1");
    assert_eq!(gateway.send_to_branch("two", "printer:heartbeat", &json!({})), 1);
    two.expect("printer:heartbeat").await;
    one.expect_silence().await;
    web.expect_silence().await;
}

#[tokio::test]
async fn joins_the_rooms_of_the_branch_and_the_company_and_others_on_demand() {
    let gateway = start(Generation::A);
    let mut desktop = Desktop::join(&gateway, "one").await;
    desktop.emit("join:branch", json!({"branchId": "two"})).await;
    let joined = desktop.expect("branch:joined").await;
    assert_eq!(joined["branchId"], "two");
    assert!(joined["timestamp"].as_str().unwrap().ends_with('Z'), "{joined}");
    let rooms: Vec<_> = gateway.clients()[0].rooms.iter().cloned().collect();
    assert_eq!(rooms, ["branch_one", "branch_two", "company_company-1"]);
    assert_eq!(gateway.send_to_branch("two", "noise", &json!([1, 2])), 1);
    assert_eq!(desktop.expect("noise").await, json!([1, 2]), "an array is one argument");
}

#[tokio::test]
async fn acknowledges_announcements_and_status() {
    let gateway = start(Generation::A);
    let mut desktop = Desktop::join(&gateway, "one").await;
    desktop.emit("desktop:status", json!({"status": "connected"})).await;
    desktop.expect("desktop:status:acknowledged").await;
    desktop.emit("printer:discovered", announcement()).await;
    let saved = desktop.expect("printer:discovery:acknowledged").await;
    assert_eq!((&saved["printerId"], &saved["status"]), (&json!("p1"), &json!("saved")));
    let added = desktop.expect("printer:added").await;
    assert_eq!(added["name"], "Till");
    let update =
        json!({"printerIds": [{"id": added["id"], "status": "no_paper"}], "branchId": "one"});
    desktop.emit("printer:status:update", update).await;
    desktop.expect("printer:status:acknowledged").await;
    let printers = gateway.printers();
    assert_eq!(printers.len(), 1);
    assert_eq!(printers[0].status, "no_paper");
    assert_eq!(json!(printers[0].server_id), added["id"]);
}

#[tokio::test]
async fn refuses_bad_announcements_as_the_real_server_does() {
    let gateway = start(Generation::A);
    let mut desktop = Desktop::join(&gateway, "one").await;
    let rows = [
        ("capabilities", json!("text,cut"), "exception"),
        ("name", json!(""), "exception"),
        ("type", json!("inkjet"), "printer:discovery:error"),
        ("status", json!(null), "printer:discovery:error"),
        ("discoveryMethod", json!("magic"), "printer:discovery:error"),
    ];
    for (field, value, event) in rows {
        let mut bad = announcement();
        bad[field] = value;
        desktop.emit("printer:discovered", bad).await;
        let answer = desktop.expect(event).await;
        assert!(answer["message"].is_string() || answer["error"].is_string(), "{field}: {answer}");
    }
    desktop.emit("printer:status:update", json!({"printerIds": "all"})).await;
    assert_eq!(desktop.expect("exception").await["status"], "error");
    assert!(gateway.printers().is_empty());
}

#[tokio::test]
async fn a_job_of_each_generation_comes_back_with_its_result() {
    let c = start(Generation::C);
    let mut desktop = Desktop::join(&c, "one").await;
    let request = JobRequest::in_generation(Generation::C, json!({"id": "j1", "content": "x"}));
    let (result, ()) = tokio::join!(c.submit_job(request), async {
        assert_eq!(desktop.expect("print:job").await["content"], "x");
        desktop.emit("print:job:started", json!({"jobId": "j1"})).await;
        desktop.emit("print:job:completed", json!({"jobId": "j1", "success": true})).await;
    });
    let JobResult::Completed { started, answer, .. } = result else { panic!("{result:?}") };
    assert!(started.is_some());
    assert_eq!(answer.payload["success"], true);

    let a = start(Generation::A);
    let mut desktop = Desktop::join(&a, "one").await;
    let request = JobRequest::new(JobEvent::PrintRaw, json!({"printerName": "Till", "data": "x"}));
    let (result, ()) = tokio::join!(a.submit_job(request), async {
        desktop.expect("print:raw").await;
        let result = json!({"printerName": "Till", "success": false, "error": "cover open"});
        desktop.emit("print:raw:result", result).await;
    });
    let JobResult::Failed { error, .. } = result else { panic!("{result:?}") };
    assert_eq!(error, "cover open");
    assert!(a.duplicates().is_empty() && c.duplicates().is_empty());
}

#[tokio::test]
async fn generation_b_correlates_tests_and_waits_for_the_callback_too() {
    let gateway = start(Generation::B);
    let mut desktop = Desktop::join(&gateway, "one").await;
    let (result, ()) = tokio::join!(gateway.run_test(json!({"printerName": "Till"})), async {
        let (event, test, ack) = desktop.event().await;
        assert_eq!(event, "printer:test");
        assert_eq!(test["metadata"]["expectedResponseEvent"], "printer:test:result");
        let id = test["correlationId"].as_str().unwrap();
        desktop.write(&format!("43/printing-ws,{}[{{\"ok\":true}}]", ack.unwrap())).await;
        let result = json!({"printerId": null, "correlationId": id, "success": true});
        desktop.emit("printer:test:result", result).await;
    });
    assert!(result.is_completed(), "{result:?}");
    let ack = gateway.wait_for_event("printer:test (ack)", LONG).await.unwrap();
    assert_eq!(ack.payload, json!({"ok": true}));
}

#[tokio::test]
async fn only_generations_after_a_answer_callbacks() {
    for (generation, answers) in [(Generation::A, false), (Generation::B, true)] {
        let gateway = start(generation);
        let mut desktop = Desktop::join(&gateway, "one").await;
        desktop.write("42/printing-ws,7[\"ping\",{\"timestamp\":1}]").await;
        gateway.wait_for_event("ping", LONG).await.unwrap();
        if answers {
            assert!(desktop.packet().await.unwrap().starts_with("43/printing-ws,7["));
        } else {
            desktop.expect_silence().await;
        }
    }
}

#[tokio::test]
async fn one_result_uses_up_every_listener_on_the_socket() {
    let gateway = start(Generation::A);
    let mut desktop = Desktop::join(&gateway, "one").await;
    let short = Duration::from_millis(400);
    let test = |id: &str| {
        JobRequest::new(JobEvent::PrinterTest, json!({"printerId": id})).with_window(short)
    };
    let (first, second, ()) =
        tokio::join!(gateway.submit_job(test("p1")), gateway.submit_job(test("p2")), async {
            desktop.expect("printer:test").await;
            desktop.expect("printer:test").await;
            for id in ["p1", "p2"] {
                let result = json!({"printerId": id, "success": true});
                desktop.emit("printer:test:result", result).await;
            }
        });
    let results = [first, second];
    assert_eq!(results.iter().filter(|r| r.is_completed()).count(), 1, "{results:?}");
    assert!(
        results.iter().any(|r| matches!(r, JobResult::TimedOut { listener_taken: true, .. })),
        "{results:?}"
    );
}

#[tokio::test]
async fn callers_by_id_do_not_disturb_each_other() {
    let options = GatewayOptions { callers: Callers::ById, ..GatewayOptions::default() };
    let gateway = EmbeddedGateway::start(options).unwrap();
    let mut desktop = Desktop::join(&gateway, "one").await;
    let job = |id: &str| JobRequest::new(JobEvent::PrintPhysical, json!({"id": id}));
    let (first, second, ()) =
        tokio::join!(gateway.submit_job(job("1")), gateway.submit_job(job("2")), async {
            desktop.expect("print:physical").await;
            desktop.expect("print:physical").await;
            for id in ["2", "1"] {
                desktop.emit("print:physical:result", json!({"jobId": id, "success": true})).await;
            }
        });
    assert!(first.is_completed() && second.is_completed(), "{first:?} {second:?}");
}

#[tokio::test]
async fn notices_duplicates_late_answers_and_answers_nobody_asked_for() {
    let gateway = start(Generation::A);
    let mut desktop = Desktop::join(&gateway, "one").await;
    let result = |id: &str| json!({"jobId": id, "success": true});

    gateway.send("print:physical", &json!({"id": "twice"}));
    desktop.emit("print:physical:result", result("twice")).await;
    desktop.emit("print:physical:result", result("twice")).await;

    let late = JobRequest::new(JobEvent::PrintPhysical, json!({"id": "late"}))
        .with_window(Duration::from_millis(1));
    assert!(matches!(gateway.submit_job(late).await, JobResult::TimedOut { .. }));
    desktop.emit("print:physical:result", result("late")).await;

    desktop.emit("printer:test:result", json!({"printerId": "never"})).await;
    // A stored result reported later in this way is in order (trap 4); its repetition is not.
    desktop.emit("print:job:completed", result("stored")).await;
    desktop.emit("print:job:failed", result("stored")).await;
    gateway.wait_for_event("print:job:failed", LONG).await.unwrap();

    let found: Vec<_> = gateway
        .duplicates()
        .into_iter()
        .map(|d| (d.reason, d.received.event.clone(), d.received.payload["jobId"].clone()))
        .collect();
    let physical = "print:physical:result".to_owned();
    assert_eq!(
        found,
        [
            (DuplicateReason::AnsweredTwice, physical.clone(), json!("twice")),
            (DuplicateReason::NobodyListening, physical, json!("late")),
            (DuplicateReason::NobodyListening, "printer:test:result".into(), json!(null)),
            (DuplicateReason::AnsweredTwice, "print:job:failed".into(), json!("stored")),
        ]
    );
}

#[tokio::test]
async fn generation_b_refuses_a_bad_licence_at_connect_and_takes_it_when_it_is_good_again() {
    let gateway = start(Generation::B);
    for (state, code) in [
        (LicenceState::Expired, "LICENSE_EXPIRED"),
        (LicenceState::Unknown, "LICENSE_NOT_FOUND"),
        (LicenceState::HeldElsewhere, "LICENSE_IN_USE"),
    ] {
        gateway.set_licence_state(KEY, state);
        let mut desktop = Desktop::open(&gateway, "/printing-ws", &auth("one")).await;
        desktop.packet().await.unwrap();
        assert_eq!(desktop.expect("connection:error").await["code"], code);
        assert_eq!(desktop.packet().await.as_deref(), Some("41/printing-ws,"));
        assert_eq!(desktop.packet().await, None, "the connection is closed");
    }
    assert_eq!(gateway.connects(), 0);
    gateway.set_licence_state(KEY, LicenceState::Valid);
    Desktop::join(&gateway, "one").await;
}

#[tokio::test]
async fn the_next_client_can_be_refused_in_any_generation() {
    let gateway = start(Generation::A);
    gateway.refuse_next("BRANCH_BLOCKED");
    let mut desktop = Desktop::open(&gateway, "/printing-ws", &auth("one")).await;
    desktop.packet().await.unwrap();
    assert_eq!(desktop.expect("connection:error").await["code"], "BRANCH_BLOCKED");
    Desktop::join(&gateway, "one").await;
}

#[tokio::test]
async fn asks_for_status_twice_and_sends_heartbeats() {
    let pace = Pace {
        heartbeat: Duration::from_millis(120),
        status_request: Duration::from_millis(20),
        ..Pace::default()
    };
    let options =
        GatewayOptions { heartbeats: Heartbeats::Sent, pace, ..GatewayOptions::default() };
    let gateway = EmbeddedGateway::start(options).unwrap();
    let mut desktop = Desktop::join(&gateway, "one").await;
    let mut requests = Vec::new();
    loop {
        match desktop.event().await {
            (event, payload, _) if event == "printer:status:request" => requests.push(payload),
            (event, payload, _) => {
                assert_eq!(event, "printer:heartbeat");
                assert_eq!(payload["branchId"], "one");
                if requests.len() == 2 {
                    break;
                }
            }
        }
    }
    assert_eq!(requests[0].get("printerIds"), None);
    assert_eq!(requests[1]["printerIds"], json!([]));
}

#[tokio::test]
async fn stale_printers_get_test_pages_again_and_again() {
    let pace = Pace {
        stale_after: Duration::from_millis(20),
        test_page: Duration::from_millis(20),
        ..Pace::default()
    };
    let options = GatewayOptions {
        test_pages: TestPages::ForStalePrinters,
        pace,
        ..GatewayOptions::default()
    };
    let gateway = EmbeddedGateway::start(options).unwrap();
    let mut desktop = Desktop::join(&gateway, "one").await;
    desktop.emit("printer:discovered", announcement()).await;
    desktop.expect("printer:discovery:acknowledged").await;
    let id = desktop.expect("printer:added").await["id"].clone();
    for _ in 0..2 {
        assert_eq!(desktop.expect("printer:test").await["printerId"], id);
    }
}

#[tokio::test]
async fn events_are_kept_in_the_order_of_their_arrival() {
    let gateway = start(Generation::A);
    let mut desktop = Desktop::join(&gateway, "one").await;
    for n in 0..500 {
        desktop.emit("count", json!(n)).await;
    }
    gateway.wait_for(|e| e.payload == json!(499), LONG).await.unwrap();
    let counted: Vec<_> = gateway.received().iter().map(|e| e.payload.as_u64().unwrap()).collect();
    assert_eq!(counted, (0..500).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_binary_attachment_travels_beside_the_json() {
    let gateway = start(Generation::A);
    let mut desktop = Desktop::join(&gateway, "one").await;
    let bytes = bytes::Bytes::from_static(&[0, 0x1E, 0xFF]);
    gateway.send_binary("print:job", &json!({"id": "b"}), "content", bytes);
    let head = desktop.packet().await.unwrap();
    assert!(head.starts_with("451-/printing-ws,[\"print:job\""), "{head}");
    assert_eq!(desktop.packet().await.unwrap(), "binary b\"\\0\\x1e\\xff\"");
}

#[tokio::test]
async fn a_burst_reaches_the_desktop_whole() {
    let gateway = start(Generation::C);
    let mut desktop = Desktop::join(&gateway, "one").await;
    let one = Audience::Socket(gateway.clients()[0].id.clone());
    for n in 0..2000 {
        assert_eq!(gateway.send_to(&one, "print:job", &json!({"id": n.to_string()})), 1);
    }
    for n in 0..2000 {
        assert_eq!(desktop.expect("print:job").await["id"], n.to_string());
    }
}
