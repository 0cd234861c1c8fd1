//! What happens to a session of the native driver in a long life.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use async_trait::async_trait;
use platen_socketio::{
    Arg, Authenticator, ConnectionState, DriverKind, EmitError, EndReason, Incoming, Refused,
    Supervisor,
};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use support::gateway::Gateway;
use support::line::{Line, config};
use support::raw::{self, Raw};
use support::soon;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

const NATIVE: DriverKind = DriverKind::Native;

async fn online(options: Value) -> (Gateway, Line) {
    let mut gateway = Gateway::start(options).await;
    let mut line = Line::to(NATIVE, &gateway.url());
    line.connected().await;
    gateway.hears("connected").await;
    (gateway, line)
}

/// However a gateway throws us out, the delays grow as long as no session held.
#[tokio::test]
async fn storms_of_kicks_and_closes_are_calmed() {
    for mood in ["kick", "close", "drop"] {
        let gateway = Gateway::start(json!({"onConnect": mood})).await;
        let mut line = Line::to(NATIVE, &gateway.url());
        let start = Instant::now();
        for _ in 0..6 {
            line.disconnected().await;
        }
        // Five delays of 30 ms at least.
        assert!(start.elapsed() >= Duration::from_millis(150), "{mood}: {:?}", start.elapsed());
        line.state(|state| matches!(state, ConnectionState::Retrying { attempt: 7.., .. })).await;
        // When the gateway has calmed down, so have we.
        let mut gateway = gateway;
        gateway.order(json!({"do": "set", "options": {"onConnect": "keep"}})).await;
        loop {
            line.connected().await;
            if line.emit("hello", json!([mood])).await.is_ok() {
                break;
            }
        }
    }
}

#[tokio::test]
async fn an_answer_is_bound_to_the_session_of_its_question() {
    let (mut gateway, mut line) = online(json!({})).await;
    // The question's own answer never comes: the session ends first.
    gateway.order(json!({"do": "emit", "event": "before", "args": []})).await;
    let first = line.event().await.session;
    let question = tokio::spawn(async move {
        let answer = gateway.order(json!({"do": "ask", "event": "question", "timeout": 60000}));
        let _ = tokio::time::timeout(Duration::from_millis(100), answer).await;
        gateway
    });
    let reply = line.event().await.ack.unwrap();
    let mut gateway = question.await.unwrap();
    gateway.order(json!({"do": "reset"})).await;
    let second = line.connected().await;
    assert_ne!(first, second);
    assert_eq!(reply.session(), first);
    assert_eq!(reply.send(vec![json!("late")]).await, Err(EmitError::SessionOver));
    let emitter = &line.connection.emitter;
    assert_eq!(emitter.emit_on(first, "late", vec![]).await, Err(EmitError::SessionOver));
    emitter.emit_on(second, "now", vec![]).await.unwrap();
    gateway.event("now").await;
}

#[tokio::test]
async fn asked_acks_fail_at_the_end_of_the_session() {
    let (mut gateway, mut line) = online(json!({"ackless": true})).await;
    let emitter = line.connection.emitter.clone();
    let asked = tokio::spawn(async move {
        emitter.emit_with_ack("question", vec![], Duration::from_secs(60)).await
    });
    gateway.event("question").await;
    gateway.order(json!({"do": "kick"})).await;
    assert_eq!(soon("the answer", asked).await.unwrap(), Err(EmitError::SessionOver));
    line.disconnected().await;
}

/// A peer that takes nothing more: emits fail in time, and the session ends.
#[tokio::test]
async fn a_line_that_takes_nothing_ends_within_the_write_time_out() {
    let gateway = Raw::listen().await;
    let mut config = config(NATIVE, &gateway.url());
    config.limits.outgoing = 4;
    let mut line = Line::with(config);
    let _never_read = gateway.session().await;
    line.connected().await;
    let emits: Vec<_> = (0..40)
        .map(|_| {
            let emitter = line.connection.emitter.clone();
            tokio::spawn(
                async move { emitter.emit("x", vec![json!("x".repeat(900_000)).into()]).await },
            )
        })
        .collect();
    assert_eq!(line.disconnected().await, EndReason::WriteTimeout);
    let mut outcomes = Vec::new();
    for emit in emits {
        outcomes.push(soon("every emit to be answered", emit).await.unwrap());
    }
    assert!(outcomes.contains(&Ok(())), "the kernel took some");
    assert!(outcomes.contains(&Err(EmitError::SessionOver)), "what was queued failed");
    assert!(
        outcomes.iter().all(|outcome| matches!(
            outcome,
            Ok(()) | Err(EmitError::SessionOver | EmitError::Busy)
        )),
        "{outcomes:?}"
    );
    gateway.session().await;
    line.connected().await;
}

#[tokio::test]
async fn a_pong_goes_ahead_of_queued_emits() {
    let gateway = Raw::listen().await;
    let mut config = config(NATIVE, &gateway.url());
    config.limits.write_timeout = Duration::from_secs(10);
    let mut line = Line::with(config);
    let mut socket = gateway.session().await;
    line.connected().await;
    for _ in 0..60 {
        let emitter = line.connection.emitter.clone();
        tokio::spawn(
            async move { emitter.emit("x", vec![json!("x".repeat(500_000)).into()]).await },
        );
    }
    // Once an emit is stuck, the queue behind it is full.
    tokio::time::sleep(Duration::from_millis(300)).await;
    raw::say(&mut socket, "2").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut before = 0;
    while raw::text(&mut socket).await.unwrap() != "3" {
        before += 1;
    }
    for _ in before..60 {
        assert!(raw::text(&mut socket).await.unwrap().starts_with("42"));
    }
    assert!(before < 50, "{before} of 60 emits went ahead of the pong");
}

#[tokio::test]
async fn a_gateway_that_stops_pinging_is_silent() {
    let gateway = Raw::listen().await;
    let mut line = Line::to(NATIVE, &gateway.url());
    let start = Instant::now();
    let opening = r#"0{"sid":"x","pingInterval":400,"pingTimeout":800}"#;
    let mut socket = gateway.session_with(opening).await;
    line.connected().await;
    raw::say(&mut socket, "2").await;
    assert_eq!(raw::text(&mut socket).await.as_deref(), Some("3"));
    assert_eq!(line.disconnected().await, EndReason::Silent);
    assert!(start.elapsed() >= Duration::from_millis(1200));
}

#[tokio::test]
async fn reconnect_now_ends_a_delay_and_a_session() {
    let port = Gateway::start(json!({})).await.kill().await;
    let mut config = config(NATIVE, &format!("http://127.0.0.1:{port}"));
    config.delays.min = Duration::from_secs(3600);
    config.delays.max = Duration::from_secs(3600);
    let mut line = Line::with(config);
    line.state(|state| matches!(state, ConnectionState::Retrying { .. })).await;
    let mut gateway = Gateway::start(json!({"port": port})).await;
    line.connection.emitter.reconnect_now();
    let first = line.connected().await;
    gateway.hears("connected").await;
    line.connection.emitter.reconnect_now();
    assert_eq!(line.disconnected().await, EndReason::Asked);
    assert_ne!(line.connected().await, first);
    assert_eq!(gateway.hears("disconnected").await["reason"], "client namespace disconnect");
}

#[tokio::test]
async fn the_application_can_find_a_refusal() {
    let (mut gateway, mut line) = online(json!({})).await;
    let reason = Refused::new("this till belongs to another branch").with_code("409");
    line.connection.emitter.refuse(reason.clone());
    assert_eq!(line.disconnected().await, EndReason::Refused(reason));
    let state = line.state(|state| matches!(state, ConnectionState::Refused { .. })).await;
    assert!(state.to_string().contains("another branch (409)"), "{state}");
    line.connected().await;
    gateway.hears("connected").await;
}

#[tokio::test]
async fn a_refused_licence_keeps_us_from_connecting_until_it_is_valid() {
    let mut gateway = Gateway::start(json!({})).await;
    let port = gateway.port;
    let licence = support::line::Licence::new("x");
    licence.set(Err(Refused::new("the licence has expired")));
    let cancel = CancellationToken::new();
    let config = config(NATIVE, &format!("http://127.0.0.1:{port}"));
    let connection = Supervisor::spawn(config, licence.clone(), cancel.clone());
    let mut line = Line { connection, licence, cancel };
    soon("the licence to be asked three times", async {
        let mut state = line.connection.state.clone();
        while line.licence.asked.load(Ordering::SeqCst) < 3 {
            state.changed().await.unwrap();
        }
    })
    .await;
    let state = line.state(|state| matches!(state, ConnectionState::Refused { .. })).await;
    assert!(state.to_string().contains("the licence has expired"), "{state}");
    assert_eq!(gateway.count_so_far("connected").await, 0);
    line.licence.set(Ok(json!({"licenseKey": "renewed-renewed"})));
    line.connected().await;
    assert_eq!(gateway.hears("connected").await["auth"], json!({"licenseKey": "renewed-renewed"}));
}

/// Panics, hangs, and only then behaves.
struct Unsteady(AtomicU32);

#[async_trait]
impl Authenticator for Unsteady {
    async fn auth(&self) -> Result<Value, Refused> {
        match self.0.fetch_add(1, Ordering::SeqCst) {
            0 => panic!("a bug in the licence check"),
            1 => std::future::pending().await,
            _ => Ok(Value::Null),
        }
    }
}

#[tokio::test]
async fn an_unsteady_authenticator_does_not_end_the_line() {
    let gateway = Gateway::start(json!({})).await;
    let mut config = config(NATIVE, &gateway.url());
    config.limits.auth_deadline = Duration::from_millis(100);
    let cancel = CancellationToken::new();
    let connection =
        Supervisor::spawn(config, Arc::new(Unsteady(AtomicU32::new(0))), cancel.clone());
    let mut line = Line { connection, licence: support::line::Licence::new("unused"), cancel };
    line.connected().await;
}

#[tokio::test]
async fn a_panic_in_a_consumer_ends_neither_session_nor_pongs() {
    let mut gateway = Gateway::start(json!({"pingInterval": 300, "pingTimeout": 1500})).await;
    let Line { connection, cancel, .. } = &mut Line::to(NATIVE, &gateway.url());
    gateway.hears("connected").await;
    let (_, unused) = tokio::sync::mpsc::channel(1);
    let incoming = Arc::new(Mutex::new(std::mem::replace(&mut connection.incoming, unused)));
    gateway.order(json!({"do": "emit", "event": "n", "times": 5})).await;
    let consumer = {
        let incoming = incoming.clone();
        tokio::spawn(async move {
            let mut incoming = incoming.lock().await;
            while !matches!(incoming.recv().await, Some(Incoming::Event { .. })) {}
            panic!("a bug in the consumer");
        })
    };
    assert!(soon("the panic", consumer).await.unwrap_err().is_panic());
    // Longer than the gateway waits for a pong.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let mut incoming = incoming.lock().await;
    for n in 1..5 {
        match soon("the next event", incoming.recv()).await {
            Some(Incoming::Event { args, .. }) => assert_eq!(args, [Arg::Json(json!(n))]),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(gateway.count_so_far("disconnected").await, 0);
    cancel.cancel();
}

#[tokio::test]
async fn when_nobody_takes_events_the_session_ends() {
    let (mut gateway, mut line) = online(json!({})).await;
    line.connection.incoming.close();
    gateway.hears("disconnected").await;
    soon("the supervisor's end", &mut line.connection.task).await.unwrap();
}

#[tokio::test]
async fn cancelling_ends_it_in_every_state() {
    // While connecting to something that never answers.
    let mute = Raw::listen().await;
    let mut connecting = Line::to(NATIVE, &mute.url());
    let _held = mute.accept().await;
    // While waiting.
    let port = Gateway::start(json!({})).await.kill().await;
    let mut waiting_config = config(NATIVE, &format!("http://127.0.0.1:{port}"));
    waiting_config.delays.min = Duration::from_secs(3600);
    let mut waiting = Line::with(waiting_config);
    waiting.state(|state| matches!(state, ConnectionState::Retrying { .. })).await;
    // While a consumer takes nothing.
    let mut gateway = Gateway::start(json!({})).await;
    let mut small = config(NATIVE, &gateway.url());
    small.limits.incoming_events = 1;
    let mut full = Line::with(small);
    gateway.hears("connected").await;
    gateway.order(json!({"do": "emit", "event": "n", "times": 50})).await;
    for line in [&mut connecting, &mut waiting, &mut full] {
        let start = Instant::now();
        line.cancel.cancel();
        soon("the supervisor's end", &mut line.connection.task).await.unwrap();
        assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
        assert_eq!(*line.connection.state.borrow(), ConnectionState::Stopped);
    }
}
