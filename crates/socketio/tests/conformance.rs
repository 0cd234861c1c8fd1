//! What a driver owes, checked on both drivers against the npm `socket.io` server.
//!
//! `rust_socketio` fails the checks in [`GAPS`]. Each of them is asserted to *still* fail, so that a
//! better release is noticed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use bytes::Bytes;
use futures_util::future::join_all;
use platen_socketio::{Arg, ConnectionState, DriverKind, EmitError, EndReason};
use serde_json::{Value, json};
use std::time::Duration;
use support::gateway::Gateway;
use support::line::{KEY, Line, config};
use support::raw::{self, Raw};
use support::soon;

/// What rust_socketio 0.6 cannot do, even with our supervisor and deadlines around it.
const GAPS: &[&str] = &[
    "an_event_without_arguments",
    "many_acks_at_once",
    "a_question_of_the_gateway_is_answered",
    "every_byte_in_an_attachment",
    "several_attachments_mixed_with_json",
    "attachments_beside_json_are_sent",
    "a_quiet_close_is_noticed",
    "a_slow_consumer_keeps_its_session",
    "missed_events_are_replayed",
    "a_frame_too_large_for_the_gateway_is_not_sent",
];

/// One test per check and driver.
macro_rules! conformance {
    ($($check:ident),* $(,)?) => {
        mod native {
            $(#[tokio::test]
            async fn $check() {
                super::$check(super::DriverKind::Native).await;
            })*
        }
        mod rust_socketio {
            $(#[tokio::test]
            async fn $check() {
                let name = stringify!($check);
                let outcome = tokio::spawn(super::$check(super::DriverKind::RustSocketio)).await;
                if super::GAPS.contains(&name) {
                    assert!(outcome.is_err(), "rust_socketio can do this now: take {name} off the list");
                } else {
                    outcome.unwrap();
                }
            })*
        }
        #[test]
        fn every_gap_is_a_check() {
            let checks = [$(stringify!($check)),*];
            for gap in GAPS {
                assert!(checks.contains(gap), "{gap}");
            }
        }
    };
}

conformance!(
    auth_and_query_reach_the_gateway,
    events_arrive_in_order_with_all_arguments,
    an_event_without_arguments,
    a_large_event_arrives,
    emits_arrive_in_order_with_all_arguments,
    an_ack_comes_back,
    many_acks_at_once,
    an_ack_that_never_comes,
    a_question_of_the_gateway_is_answered,
    one_attachment_both_ways,
    every_byte_in_an_attachment,
    several_attachments_mixed_with_json,
    attachments_beside_json_are_sent,
    a_wrong_namespace_is_a_refusal,
    a_connect_error_is_a_refusal_in_words_and_heals,
    a_refusal_event_is_a_refusal_in_words_and_heals,
    a_kick_without_close_is_reconnected,
    a_kick_with_close_is_reconnected,
    a_quiet_close_is_noticed,
    a_reset_is_noticed,
    a_frozen_gateway_is_noticed,
    a_killed_gateway_is_found_again,
    a_gateway_that_starts_late_is_found,
    a_gateway_that_never_answers_is_given_up,
    a_slow_consumer_keeps_its_session,
    missed_events_are_replayed,
    a_frame_too_large_for_the_gateway_is_not_sent,
    goodbye_is_said,
);

async fn online(kind: DriverKind, options: Value) -> (Gateway, Line) {
    let mut gateway = Gateway::start(options).await;
    let mut line = Line::to(kind, &gateway.url());
    line.connected().await;
    gateway.hears("connected").await;
    (gateway, line)
}

async fn auth_and_query_reach_the_gateway(kind: DriverKind) {
    let mut gateway = Gateway::start(json!({})).await;
    let mut config = config(kind, &gateway.url());
    config.endpoint.query = vec![("nipt".into(), "a b&c=é".into())];
    let mut line = Line::with(config);
    line.connected().await;
    let connected = gateway.hears("connected").await;
    assert_eq!(connected["auth"], json!({"licenseKey": KEY, "userRole": "desktop_app"}));
    assert_eq!(connected["query"]["nipt"], "a b&c=é");
    assert!(line.connection.state.borrow().is_online());
}

async fn events_arrive_in_order_with_all_arguments(kind: DriverKind) {
    let (mut gateway, mut line) = online(kind, json!({})).await;
    let extra = json!({"text": "Crème brûlée 🧾 \"quoted\"\n", "deep": [[[null, true, 1.5]]]});
    gateway.order(json!({"do": "emit", "event": "n", "args": [extra], "times": 500})).await;
    for n in 0..500 {
        let event = line.event().await;
        assert_eq!((event.name.as_str(), event.json()), ("n", json!([n, extra])));
        assert!(event.ack.is_none());
    }
}

async fn an_event_without_arguments(kind: DriverKind) {
    let (mut gateway, mut line) = online(kind, json!({})).await;
    gateway.emit("alone", json!([])).await;
    let event = line.event().await;
    assert_eq!((event.name.as_str(), event.json()), ("alone", json!([])));
}

async fn a_large_event_arrives(kind: DriverKind) {
    let (mut gateway, mut line) = online(kind, json!({})).await;
    let commands: Vec<u32> = (0..300_000).map(|n| n % 256).collect();
    gateway.emit("large", json!([commands])).await;
    assert_eq!(line.event().await.json(), json!([commands]));
}

async fn emits_arrive_in_order_with_all_arguments(kind: DriverKind) {
    let (mut gateway, line) = online(kind, json!({})).await;
    for n in 0..200 {
        line.emit("result", json!([n, {"text": "é\"\n"}, null])).await.unwrap();
    }
    for n in 0..200 {
        assert_eq!(gateway.event("result").await, json!([n, {"text": "é\"\n"}, null]));
    }
}

async fn an_ack_comes_back(kind: DriverKind) {
    let (_gateway, line) = online(kind, json!({})).await;
    let args = vec![json!({"n": 1}).into(), json!("two").into()];
    let emitter = &line.connection.emitter;
    let answer = emitter.emit_with_ack("echo", args.clone(), Duration::from_secs(5)).await;
    assert_eq!(answer.unwrap(), args);
}

async fn many_acks_at_once(kind: DriverKind) {
    let (_gateway, line) = online(kind, json!({})).await;
    let emitter = &line.connection.emitter;
    let asked = (0..400).map(|n| async move {
        let args = vec![json!(n).into()];
        let answer = emitter.emit_with_ack("echo", args.clone(), Duration::from_secs(5)).await;
        assert_eq!(answer.as_ref(), Ok(&args));
    });
    join_all(asked).await;
}

async fn an_ack_that_never_comes(kind: DriverKind) {
    let (_gateway, line) = online(kind, json!({"ackless": true})).await;
    let emitter = &line.connection.emitter;
    let answer = emitter.emit_with_ack("echo", vec![], Duration::from_millis(200)).await;
    assert_eq!(answer, Err(EmitError::AckTimeout));
    line.emit("still", json!([])).await.unwrap();
}

async fn a_question_of_the_gateway_is_answered(kind: DriverKind) {
    let (mut gateway, mut line) = online(kind, json!({})).await;
    let question =
        gateway.order(json!({"do": "ask", "event": "printer:test", "args": [{"id": 7}]}));
    let answer = async {
        let event = line.event().await;
        let reply = event.ack.expect("the gateway wants an answer");
        assert_eq!(event.args, [Arg::Json(json!({"id": 7}))]);
        reply.send(vec![json!({"success": true}), json!("two")]).await.unwrap();
    };
    let (heard, ()) = tokio::join!(question, answer);
    assert_eq!(heard["answer"], json!([{"success": true}, "two"]));
}

fn bytes_json(bytes: &[u8]) -> Value {
    use base64::Engine as _;
    json!({"$bytes": base64::engine::general_purpose::STANDARD.encode(bytes)})
}

async fn one_attachment_both_ways(kind: DriverKind) {
    let (mut gateway, mut line) = online(kind, json!({})).await;
    let bytes = Bytes::from_static(b"\x1b@hello\n");
    gateway.emit("bytes", json!([bytes_json(&bytes)])).await;
    let event = line.event().await;
    assert_eq!((event.name.as_str(), event.args), ("bytes", vec![Arg::Binary(bytes.clone())]));
    line.connection.emitter.emit("back", vec![Arg::Binary(bytes.clone())]).await.unwrap();
    assert_eq!(gateway.event("back").await, json!([bytes_json(&bytes)]));
}

async fn every_byte_in_an_attachment(kind: DriverKind) {
    let (mut gateway, mut line) = online(kind, json!({})).await;
    let bytes: Bytes = (0..=255).cycle().take(4096).collect();
    gateway.emit("bytes", json!([bytes_json(&bytes)])).await;
    assert_eq!(line.event().await.args, [Arg::Binary(bytes)]);
}

async fn several_attachments_mixed_with_json(kind: DriverKind) {
    let (mut gateway, mut line) = online(kind, json!({})).await;
    let (one, two) = (Bytes::from_static(b"one\x1e"), Bytes::from_static(b"\x00two"));
    let args = json!([{"id": 1, "pages": [bytes_json(&one), {"raw": bytes_json(&two)}]}, bytes_json(&two), 3]);
    gateway.emit("mixed", args).await;
    let place = |n: usize| json!({"_placeholder": true, "num": n});
    let mixed = Arg::Mixed {
        json: json!({"id": 1, "pages": [place(0), {"raw": place(1)}]}),
        parts: vec![one, two.clone()],
    };
    assert_eq!(line.event().await.args, [mixed, Arg::Binary(two), json!(3).into()]);
}

async fn attachments_beside_json_are_sent(kind: DriverKind) {
    let (mut gateway, line) = online(kind, json!({})).await;
    let (one, two) = (Bytes::from_static(b"one\x1e"), Bytes::from_static(b"\xfftwo"));
    let mixed = Arg::Mixed {
        json: json!({"raw": {"_placeholder": true, "num": 0}}),
        parts: vec![one.clone()],
    };
    let args = vec![json!({"id": 1}).into(), Arg::Binary(two.clone()), mixed];
    line.connection.emitter.emit("mixed", args).await.unwrap();
    let expected = json!([{"id": 1}, bytes_json(&two), {"raw": bytes_json(&one)}]);
    assert_eq!(gateway.event("mixed").await, expected);
}

async fn refused_because(line: &Line) -> String {
    match line.state(|state| matches!(state, ConnectionState::Refused { .. })).await {
        ConnectionState::Refused { because, .. } => because,
        other => panic!("{other}"),
    }
}

async fn a_wrong_namespace_is_a_refusal(kind: DriverKind) {
    let gateway = Gateway::start(json!({"namespace": "/other"})).await;
    let line = Line::to(kind, &gateway.url());
    assert_eq!(refused_because(&line).await, "Invalid namespace");
}

async fn a_connect_error_is_a_refusal_in_words_and_heals(kind: DriverKind) {
    refused_then_valid(kind, "connect_error").await;
}

async fn a_refusal_event_is_a_refusal_in_words_and_heals(kind: DriverKind) {
    refused_then_valid(kind, "event").await;
}

async fn refused_then_valid(kind: DriverKind, refusal: &str) {
    let mut gateway = Gateway::start(json!({"licence": "renewed", "refusal": refusal})).await;
    let mut line = Line::to(kind, &gateway.url());
    assert!(refused_because(&line).await.contains("the licence is not valid"));
    gateway.hears("refused").await;
    gateway.hears("refused").await;
    line.licence.set(Ok(json!({"licenseKey": "renewed"})));
    loop {
        line.connected().await;
        if gateway.hears("connected").await["auth"]["licenseKey"] == "renewed" {
            break;
        }
    }
    line.emit("hello", json!([])).await.unwrap();
    gateway.event("hello").await;
}

async fn a_kick_without_close_is_reconnected(kind: DriverKind) {
    let (mut gateway, mut line) = online(kind, json!({})).await;
    gateway.order(json!({"do": "kick", "close": false})).await;
    assert_eq!(line.disconnected().await, EndReason::Kicked);
    line.connected().await;
    gateway.hears("connected").await;
}

async fn a_kick_with_close_is_reconnected(kind: DriverKind) {
    let (mut gateway, mut line) = online(kind, json!({})).await;
    gateway.order(json!({"do": "kick", "close": true})).await;
    line.disconnected().await;
    line.connected().await;
    gateway.hears("connected").await;
}

async fn a_quiet_close_is_noticed(kind: DriverKind) {
    let (mut gateway, mut line) = online(kind, json!({})).await;
    gateway.order(json!({"do": "drop"})).await;
    let end = tokio::time::timeout(Duration::from_secs(5), line.disconnected()).await;
    assert!(matches!(end.expect("noticed at once"), EndReason::Closed { .. }));
    line.connected().await;
}

async fn a_reset_is_noticed(kind: DriverKind) {
    let (mut gateway, mut line) = online(kind, json!({})).await;
    gateway.order(json!({"do": "reset"})).await;
    assert!(matches!(line.disconnected().await, EndReason::Lost(_)));
    line.connected().await;
}

async fn a_frozen_gateway_is_noticed(kind: DriverKind) {
    let (mut gateway, mut line) =
        online(kind, json!({"pingInterval": 300, "pingTimeout": 500})).await;
    gateway.freeze();
    let reason = line.disconnected().await;
    assert!(matches!(reason, EndReason::Silent | EndReason::Lost(_)), "{reason}");
    gateway.thaw();
    line.connected().await;
    gateway.hears("connected").await;
}

async fn a_killed_gateway_is_found_again(kind: DriverKind) {
    let (gateway, mut line) = online(kind, json!({})).await;
    let port = gateway.kill().await;
    line.disconnected().await;
    line.state(|state| matches!(state, ConnectionState::Retrying { attempt: 3.., .. })).await;
    let mut gateway = Gateway::start(json!({"port": port})).await;
    line.connected().await;
    gateway.hears("connected").await;
    line.emit("again", json!([1])).await.unwrap();
    assert_eq!(gateway.event("again").await, json!([1]));
}

async fn a_gateway_that_starts_late_is_found(kind: DriverKind) {
    let port = Gateway::start(json!({})).await.kill().await;
    let mut line = Line::to(kind, &format!("http://127.0.0.1:{port}"));
    let state = line.state(|state| matches!(state, ConnectionState::Retrying { .. })).await;
    assert!(state.to_string().contains("because"), "{state}");
    let _gateway = Gateway::start(json!({"port": port})).await;
    line.connected().await;
}

async fn a_gateway_that_never_answers_is_given_up(kind: DriverKind) {
    let gateway = Raw::listen().await;
    let mut config = config(kind, &gateway.url());
    config.limits.connect_deadline = Duration::from_millis(400);
    let line = Line::with(config);
    // First it says nothing at all, then nothing after the opening.
    let _mute = gateway.accept().await;
    let state =
        line.state(|state| matches!(state, ConnectionState::Retrying { attempt: 1, .. })).await;
    assert!(state.to_string().contains("in time"), "{state}");
    let mut half = gateway.websocket().await;
    raw::say(&mut half, raw::OPENING).await;
    line.state(|state| matches!(state, ConnectionState::Retrying { attempt: 2, .. })).await;
    let emit = line.emit("too early", json!([])).await;
    assert_eq!(emit, Err(EmitError::NotConnected));
}

async fn a_slow_consumer_keeps_its_session(kind: DriverKind) {
    let mut gateway = Gateway::start(json!({"pingInterval": 300, "pingTimeout": 1500})).await;
    let mut config = config(kind, &gateway.url());
    config.limits.incoming_events = 4;
    let mut line = Line::with(config);
    line.connected().await;
    gateway.hears("connected").await;
    gateway.order(json!({"do": "emit", "event": "n", "times": 2000})).await;
    // Nobody takes anything for several ping intervals.
    tokio::time::sleep(Duration::from_millis(4000)).await;
    for n in 0..2000 {
        assert_eq!(line.event().await.json(), json!([n]));
    }
    assert_eq!(gateway.count_so_far("disconnected").await, 0);
    // The pings that were answered ahead are not answered again, and later ones are.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    assert_eq!(gateway.count_so_far("disconnected").await, 0);
    // One that takes its time with each event is no worse.
    gateway.order(json!({"do": "emit", "event": "n", "times": 250})).await;
    for n in 0..250 {
        assert_eq!(line.event().await.json(), json!([n]));
        tokio::time::sleep(Duration::from_millis(15)).await;
    }
    assert_eq!(gateway.count_so_far("disconnected").await, 0);
}

async fn missed_events_are_replayed(kind: DriverKind) {
    let mut gateway = Gateway::start(json!({"recovery": true})).await;
    let mut config = config(kind, &gateway.url());
    config.delays.min = Duration::from_millis(600);
    let mut line = Line::with(config);
    line.connected().await;
    gateway.hears("connected").await;
    gateway.emit("n", json!([0, {"id": "a"}])).await;
    assert_eq!(line.event().await.json(), json!([0, {"id": "a"}]), "without the offset");
    gateway.order(json!({"do": "reset"})).await;
    gateway.hears("disconnected").await;
    for n in 1..=3 {
        gateway.emit("n", json!([n, bytes_json(&[n, 0x1e])])).await;
    }
    line.connected().await;
    assert_eq!(gateway.hears("connected").await["recovered"], true);
    for n in 1..=3 {
        let bytes = Arg::Binary(Bytes::from(vec![n, 0x1e]));
        assert_eq!(line.event().await.args, [json!(n).into(), bytes]);
    }
    gateway.emit("n", json!([4])).await;
    assert_eq!(line.event().await.json(), json!([4]), "nothing comes twice");
}

async fn a_frame_too_large_for_the_gateway_is_not_sent(kind: DriverKind) {
    let (mut gateway, line) = online(kind, json!({"maxPayload": 1000})).await;
    let refused = line.emit("large", json!(["x".repeat(2000)])).await;
    assert!(matches!(refused, Err(EmitError::TooLarge { max: 1000, .. })), "{refused:?}");
    line.emit("small", json!([1])).await.unwrap();
    assert_eq!(gateway.event("small").await, json!([1]));
}

async fn goodbye_is_said(kind: DriverKind) {
    let (mut gateway, mut line) = online(kind, json!({})).await;
    line.cancel.cancel();
    assert_eq!(gateway.hears("disconnected").await["reason"], "client namespace disconnect");
    assert_eq!(line.disconnected().await, EndReason::Stopped);
    soon("the supervisor's end", &mut line.connection.task).await.unwrap();
    assert_eq!(*line.connection.state.borrow(), ConnectionState::Stopped);
}
