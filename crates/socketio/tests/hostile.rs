//! Gateways that send garbage: the session ends with a reason, the line comes back, nothing crashes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use futures_util::SinkExt;
use platen_socketio::{Arg, ConnectionState, DriverKind, EndReason};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};
use std::time::Duration;
use support::line::{Line, config};
use support::raw::{self, Raw};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

const NATIVE: DriverKind = DriverKind::Native;

fn text(text: impl Into<String>) -> Message {
    Message::text(text.into())
}

fn bytes(bytes: &'static [u8]) -> Message {
    Message::Binary(bytes.into())
}

#[tokio::test]
async fn unreadable_frames_end_the_session_with_a_reason() {
    let announced = || text(r#"452-/printing-ws,["x",{"_placeholder":true,"num":0}]"#);
    let part = vec![0_u8; 9 << 20];
    let table: Vec<(&str, Vec<Message>)> = vec![
        ("an empty frame", vec![text("")]),
        ("unknown kind", vec![text("hello")]),
        ("unknown type", vec![text("47/printing-ws,[]")]),
        ("broken JSON", vec![text(r#"42/printing-ws,["x",{]"#)]),
        ("broken JSON", vec![text("42/printing-ws,")]),
        ("without a name", vec![text("42/printing-ws,[]")]),
        ("without a name", vec![text("42/printing-ws,[{}]")]),
        ("without an id", vec![text("43/printing-ws,[]")]),
        ("out of range", vec![text(r#"42/printing-ws,99999999999999999999999["x"]"#)]),
        ("too many attachments", vec![text(r#"4565-/printing-ws,["x"]"#)]),
        ("is none", vec![text(r#"45x-/printing-ws,["x"]"#)]),
        ("nobody announced", vec![bytes(b"surprise")]),
        (
            "attachment is missing",
            vec![announced(), bytes(b"one"), text(r#"42/printing-ws,["y"]"#)],
        ),
        (
            "did not come",
            vec![text(r#"451-/printing-ws,["x",{"_placeholder":true,"num":1}]"#), bytes(b"one")],
        ),
        (
            "size limit",
            vec![announced(), Message::Binary(part.clone().into()), Message::Binary(part.into())],
        ),
        ("size limit", vec![text(format!("42/printing-ws,[\"x\",\"{}\"]", "y".repeat(17 << 20)))]),
        ("second opening", vec![text(raw::OPENING)]),
        ("second answer", vec![text(raw::ACCEPTED)]),
        (
            "UTF-8",
            vec![Message::Frame(Frame::message(
                &b"42[\"\xff\xfe\"]"[..],
                OpCode::Data(Data::Text),
                true,
            ))],
        ),
        (
            "opcode",
            vec![Message::Frame(Frame::message(&b"x"[..], OpCode::Data(Data::Reserved(5)), true))],
        ),
    ];
    let gateway = Raw::listen().await;
    let mut line = Line::to(NATIVE, &gateway.url());
    for (expected, frames) in table {
        let mut socket = gateway.session().await;
        line.connected().await;
        for frame in frames {
            // The line may end before the last of them.
            if socket.send(frame).await.is_err() {
                break;
            }
        }
        match line.disconnected().await {
            EndReason::Malformed(words) => assert!(words.contains(expected), "{expected}: {words}"),
            other => panic!("{expected}: {other}"),
        }
    }
    gateway.session().await;
    line.connected().await;
}

#[tokio::test]
async fn what_is_merely_strange_disturbs_nobody() {
    let gateway = Raw::listen().await;
    let mut line = Line::to(NATIVE, &gateway.url());
    let mut socket = gateway.session().await;
    line.connected().await;
    for strange in
        ["6", "3", "3probe", r#"42["other namespace"]"#, r#"43/printing-ws,77["nobody asked"]"#]
    {
        raw::say(&mut socket, strange).await;
    }
    socket.send(Message::Ping("x".into())).await.unwrap();
    raw::say(&mut socket, r#"42/printing-ws,[404,"a name that is a number"]"#).await;
    let event = line.event().await;
    assert_eq!((event.name.as_str(), event.json()), ("404", json!(["a name that is a number"])));
}

/// One event must not end session after session just because it is nested deeply.
#[tokio::test]
async fn deep_nesting_is_cut_and_the_rest_arrives() {
    let gateway = Raw::listen().await;
    let mut line = Line::to(NATIVE, &gateway.url());
    let mut socket = gateway.session().await;
    line.connected().await;
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    raw::say(&mut socket, &format!(r#"42/printing-ws,["print:job",{{"id":"j1","extra":{deep}}}]"#))
        .await;
    let event = line.event().await;
    let Some(Arg::Json(Value::Object(job))) = event.args.first() else {
        panic!("{:?}", event.args)
    };
    assert_eq!(job["id"], "j1");
    raw::say(&mut socket, r#"42/printing-ws,["next"]"#).await;
    assert_eq!(line.event().await.name, "next");
}

#[tokio::test]
async fn a_gateway_that_does_not_open_a_session_is_retried_in_words() {
    let gateway = Raw::listen().await;
    let line = Line::to(NATIVE, &gateway.url());
    let openings: [&[&str]; 6] = [
        &["hello"],
        &["0{}"],
        &[r#"0{"pingInterval":0,"pingTimeout":1}"#],
        &["40"],
        &[raw::OPENING, raw::OPENING],
        &[raw::OPENING, "40/printing-ws,{"],
    ];
    for (number, frames) in (1..).zip(openings) {
        let mut socket = gateway.websocket().await;
        for frame in frames {
            raw::say(&mut socket, frame).await;
        }
        let state = line
            .state(|state| matches!(state, ConnectionState::Retrying { attempt, .. } if *attempt == number))
            .await;
        assert!(state.to_string().contains("does not speak Socket.IO"), "{frames:?}: {state}");
    }
}

#[tokio::test]
async fn events_before_our_connect_is_answered_are_bounded() {
    let gateway = Raw::listen().await;
    let mut line = Line::to(NATIVE, &gateway.url());
    let mut socket = gateway.websocket().await;
    raw::say(&mut socket, raw::OPENING).await;
    for _ in 0..5000 {
        if socket.send(text(r#"42/printing-ws,["early"]"#)).await.is_err() {
            break;
        }
    }
    let state = line.state(|state| matches!(state, ConnectionState::Retrying { .. })).await;
    assert!(state.to_string().contains("too much"), "{state}");
    // A few are kept, a ping among them is answered, and they come after `Connected`.
    let mut socket = gateway.websocket().await;
    for frame in
        [raw::OPENING, r#"42/printing-ws,["early",1]"#, "2", r#"42/printing-ws,["early",2]"#]
    {
        raw::say(&mut socket, frame).await;
    }
    while raw::text(&mut socket).await.as_deref() != Some("3") {}
    raw::say(&mut socket, raw::ACCEPTED).await;
    line.connected().await;
    for n in 1..=2 {
        assert_eq!(line.event().await.json(), json!([n]));
    }
}

#[tokio::test]
async fn plain_http_answers_are_told_apart() {
    let page = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
    let endless = format!("HTTP/1.1 101 X\r\nA: {}", "x".repeat(1 << 20));
    for (answer, refused, words) in [
        ("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", true, "HTTP 403"),
        ("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", false, "HTTP status 502"),
        (page, false, "200"),
        ("SSH-2.0-OpenSSH_9.2\r\n", false, "because"),
        ("", false, "broke"),
        (&endless, false, "because"),
    ] {
        let gateway = Raw::listen().await;
        let line = Line::to(NATIVE, &gateway.url());
        let mut stream = gateway.accept().await;
        let mut request = [0; 4096];
        let _ = stream.read(&mut request).await.unwrap();
        // The line may have heard enough before the end of it.
        let _ = stream.write_all(answer.as_bytes()).await;
        let _ = stream.shutdown().await;
        drop(stream);
        let state = line
            .state(|state| {
                matches!(state, ConnectionState::Retrying { .. } | ConnectionState::Refused { .. })
            })
            .await;
        assert_eq!(
            matches!(state, ConnectionState::Refused { .. }),
            refused,
            "{answer:.40}: {state}"
        );
        assert!(state.to_string().contains(words), "{answer:.40}: {state}");
    }
}

/// Random frames, valid and not: every session ends or goes on, and the line always comes back.
#[tokio::test]
async fn random_frames_never_end_the_line() {
    let seed: u64 = rand::random();
    println!("seed {seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let gateway = Raw::listen().await;
    let mut config = config(NATIVE, &gateway.url());
    config.delays.min = Duration::from_millis(2);
    config.delays.max = Duration::from_millis(4);
    let mut line = Line::with(config);
    for _ in 0..150 {
        let mut socket = gateway.session().await;
        for _ in 0..20 {
            if socket.send(random_frame(&mut rng)).await.is_err() {
                break;
            }
        }
        // It ends now at the latest.
        drop(socket);
        line.disconnected().await;
    }
    gateway.session().await;
    line.connected().await;
}

fn random_frame(rng: &mut StdRng) -> Message {
    const PIECES: [&str; 18] = [
        "4",
        "2",
        "5",
        "3",
        "1",
        "0",
        "-",
        "/printing-ws,",
        "/",
        ",",
        "[",
        "]",
        "\"x\"",
        "{",
        "}",
        "é",
        "{\"_placeholder\":true,\"num\":0}",
        "17",
    ];
    let length = rng.next_u32() % 8;
    if rng.next_u32().is_multiple_of(6) {
        let mut random = vec![0; length as usize];
        rng.fill_bytes(&mut random);
        return Message::Binary(random.into());
    }
    // Often begun well, so that the deeper layers see something.
    let mut frame = ["", "42/printing-ws,[\"x\"", "451-/printing-ws,[\"x\"", "43/printing-ws,"]
        [rng.next_u32() as usize % 4]
        .to_owned();
    for _ in 0..length {
        frame.push_str(PIECES[rng.next_u32() as usize % PIECES.len()]);
    }
    text(frame)
}

/// The line breaks under a write while a refusal waits to be read: it is a refusal, not a lost line.
#[tokio::test]
async fn a_refusal_is_read_though_a_write_fails_first() {
    let gateway = Raw::listen().await;
    let mut line = Line::to(NATIVE, &gateway.url());
    let socket = gateway.session().await;
    line.connected().await;
    // Nothing of ours runs between the gateway's words and the emit: the write meets the reset before anything was read.
    let refusal = br#"42/printing-ws,["connection:error",{"code":"LICENSE_EXPIRED"}]"#;
    let mut frame = vec![0x81, refusal.len().try_into().unwrap()];
    frame.extend(refusal);
    socket.get_ref().set_nodelay(true).unwrap();
    assert_eq!(socket.get_ref().try_write(&frame).unwrap(), frame.len());
    socket.get_ref().set_zero_linger().unwrap();
    drop(socket);
    let failed = line.connection.emitter.emit("heartbeat", vec![]).await;
    assert!(failed.is_err(), "the write was to fail, not {failed:?}");
    let reason = line.disconnected().await;
    assert!(matches!(reason, EndReason::Refused(_)), "{reason}");
}
