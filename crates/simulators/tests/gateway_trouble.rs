//! The ways the gateway goes away, comes back, and misbehaves; and the HTTP calls beside it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::time::Duration;

use common::{LONG, desktop::Desktop};
use platen_simulators::{
    EmbeddedGateway, GatewayHandle, GatewayOptions, SimulatorError,
    gateway::{Generation, Kick, LicenceFixture, LicenceState, Pace, Rest},
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const KEY: &str = "11111111-1111-4111-8111-111111111111";

fn start() -> GatewayHandle {
    EmbeddedGateway::start(GatewayOptions::generation(Generation::C)).unwrap()
}

/// One HTTP request, by hand.
async fn http(gateway: &GatewayHandle, request: &str, body: Option<Value>) -> (u16, Value) {
    http_as("localhost", gateway, request, body).await
}

async fn http_as(
    host: &str,
    gateway: &GatewayHandle,
    request: &str,
    body: Option<Value>,
) -> (u16, Value) {
    let mut stream = tokio::net::TcpStream::connect(gateway.address()).await.unwrap();
    let body = body.map(|b| b.to_string()).unwrap_or_default();
    let head = format!(
        "{request} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(LONG, stream.read_to_string(&mut answer)).await.unwrap().unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap_or(Value::Null))
}

#[tokio::test]
async fn kicks_in_four_ways() {
    for how in [Kick::Namespace, Kick::Close, Kick::Fin, Kick::Reset] {
        let gateway = start();
        let mut desktop = Desktop::join(&gateway, "one").await;
        assert_eq!(gateway.kick(how).await, 1);
        gateway.wait_for_nobody(LONG).await.unwrap();
        if matches!(how, Kick::Namespace | Kick::Close) {
            assert_eq!(desktop.packet().await.as_deref(), Some("41/printing-ws,"), "{how:?}");
        }
        if how == Kick::Namespace {
            desktop.expect_silence().await;
        } else {
            assert_eq!(desktop.packet().await, None, "{how:?}");
        }
        Desktop::join(&gateway, "one").await;
    }
}

#[tokio::test]
async fn goes_down_and_comes_back_on_the_same_port_with_what_it_knew() {
    let gateway = start();
    let mut desktop = Desktop::join(&gateway, "one").await;
    desktop.emit("mark", json!(1)).await;
    gateway.wait_for_event("mark", LONG).await.unwrap();
    gateway.go_down().await;
    assert_eq!(desktop.packet().await, None);
    assert!(std::net::TcpStream::connect(gateway.address()).is_err());
    assert_eq!(gateway.send("print:job", &json!({})), 0);
    gateway.come_back().unwrap();
    Desktop::join(&gateway, "one").await;
    assert_eq!(gateway.received().len(), 1);
    assert_eq!(gateway.connects(), 2);

    gateway.shut_down().await;
    assert!(std::net::TcpStream::connect(gateway.address()).is_err());
    gateway.come_back().unwrap();
    gateway.come_back().unwrap();
    Desktop::join(&gateway, "one").await;
}

#[tokio::test]
async fn stopping_ends_connections_and_frees_the_port() {
    let gateway = start();
    let address = gateway.address();
    let mut desktop = Desktop::join(&gateway, "one").await;
    gateway.stop();
    assert_eq!(desktop.packet().await, None);
    let options = GatewayOptions { listen: address, ..GatewayOptions::default() };
    EmbeddedGateway::start(options).unwrap();
}

#[tokio::test]
async fn a_taken_port_is_said_so() {
    let gateway = start();
    let options = GatewayOptions { listen: gateway.address(), ..GatewayOptions::default() };
    let error = EmbeddedGateway::start(options).unwrap_err();
    assert!(matches!(error, SimulatorError::Listen { .. }), "{error}");
}

#[tokio::test]
async fn frozen_connections_are_silent_and_alive() {
    let gateway = start();
    let mut desktop = Desktop::join(&gateway, "one").await;
    gateway.freeze();
    gateway.send("print:job", &json!({"id": "frozen"}));
    desktop.emit("mark", json!(1)).await;
    desktop.expect_silence().await;
    assert!(gateway.received().is_empty());
    gateway.thaw();
    assert_eq!(desktop.expect("print:job").await["id"], "frozen");
    gateway.wait_for_event("mark", LONG).await.unwrap();
}

#[tokio::test]
async fn garbage_can_be_sent_past_the_server() {
    let gateway = start();
    let mut desktop = Desktop::join(&gateway, "one").await;
    assert_eq!(gateway.send_frame("42/printing-ws,[not json"), 1);
    assert_eq!(desktop.packet().await.unwrap(), "42/printing-ws,[not json");
    let long = format!("4{}", "x".repeat(70_000));
    gateway.send_frame(&long);
    assert_eq!(desktop.packet().await.unwrap(), long);
    gateway.send_raw_bytes(&[0xFF; 16]);
    assert_eq!(desktop.packet().await, None, "the client gives such a connection up");
}

#[tokio::test]
async fn keeps_real_time_while_the_callers_clock_is_paused() {
    let gateway = start();
    let mut desktop = Desktop::join(&gateway, "one").await;
    tokio::time::pause();
    desktop.emit("mark", json!(1)).await;
    let waited = gateway.wait_for_event("mark", Duration::from_secs(5)).await;
    assert!(waited.is_ok(), "{waited:?}");
}

fn device(id: &str) -> Value {
    json!({"licenseKey": KEY, "deviceInfo": {"deviceId": id, "hostname": "till", "platform": "linux",
        "arch": "x64", "totalmem": 1, "cpus": 2, "version": "1", "timestamp": "2026-01-01T00:00:00.000Z"}})
}

#[tokio::test]
async fn validation_answers_201_whatever_the_result() {
    let pace = Pace { licence_session: Duration::from_secs(600), ..Pace::default() };
    let gateway =
        EmbeddedGateway::start(GatewayOptions { pace, ..GatewayOptions::default() }).unwrap();
    let path = "POST /api/v1/printer-licenses/validate";
    let (status, answer) = http(&gateway, path, Some(device("one"))).await;
    assert_eq!((status, &answer["success"]), (201, &json!(true)));
    assert_eq!(answer["data"]["branchId"], "branch-1");
    assert_eq!(answer["data"]["deviceId"], "one");

    let (status, answer) = http(&gateway, path, Some(device("two"))).await;
    assert_eq!((status, &answer["code"]), (201, &json!(409)), "held by the first device");
    let (_, answer) = http(&gateway, path, Some(device("one"))).await;
    assert_eq!(answer["success"], true, "the holder may validate again");

    gateway.set_licence(LicenceFixture::valid(KEY, "branch-9"));
    let (_, answer) = http(&gateway, path, Some(device("two"))).await;
    assert_eq!(answer["data"]["branchId"], "branch-9");
    for (state, code) in [(LicenceState::Expired, 400), (LicenceState::Unknown, 404)] {
        gateway.set_licence_state(KEY, state);
        let (status, answer) = http(&gateway, path, Some(device("two"))).await;
        assert_eq!((status, &answer["code"]), (201, &json!(code)));
        assert!(answer["error"].is_string());
    }
}

#[tokio::test]
async fn schema_errors_are_400_with_every_complaint() {
    let gateway = start();
    let mut body = device("one");
    body["extra"] = json!(1);
    body["licenseKey"] = json!("not-a-uuid");
    body["deviceInfo"]["gpu"] = json!("x");
    let path = "POST /api/v1/printer-licenses/validate";
    let (status, answer) = http(&gateway, path, Some(body)).await;
    assert_eq!((status, &answer["statusCode"]), (400, &json!(400)));
    assert_eq!(
        answer["message"],
        json!([
            "property extra should not exist",
            "licenseKey must be a UUID",
            "deviceInfo.property gpu should not exist"
        ])
    );
}

#[tokio::test]
async fn registers_printers_and_takes_those_not_listed_for_offline() {
    let gateway = start();
    let printer = |name: &str, connection: &str| json!({"name": name, "type": "receipt", "status": "online", "connectionType": connection});
    let register = "POST /api/v1/printers/register";
    let body =
        json!({"branchId": "one", "printers": [printer("A", "network"), printer("B", "usb")]});
    let (status, answer) = http(&gateway, register, Some(body)).await;
    assert_eq!((status, &answer["registeredCount"]), (201, &json!(2)));
    let body = json!({"branchId": "one", "printers": [printer("A", "bluetooth")]});
    assert_eq!(http(&gateway, register, Some(body)).await.0, 400);

    let beat = json!({"branchId": "one", "timestamp": "t",
        "printers": [{"name": "A", "status": "online", "lastSeen": "t"}]});
    let heartbeat = "POST /api/v1/printing/printers/heartbeat";
    let (status, answer) = http(&gateway, heartbeat, Some(beat)).await;
    assert_eq!((status, &answer["updated"]), (201, &json!(1)));
    let states: Vec<_> = gateway.printers().into_iter().map(|p| (p.name, p.status)).collect();
    assert_eq!(states, [("A".into(), "online".into()), ("B".into(), "offline".into())]);
}

#[tokio::test]
async fn without_rest_everything_below_it_is_404() {
    let options = GatewayOptions { rest: Rest::NotFound, ..GatewayOptions::default() };
    let gateway = EmbeddedGateway::start(options).unwrap();
    let path = "POST /api/v1/printer-licenses/validate";
    let (status, answer) = http(&gateway, path, Some(device("one"))).await;
    assert_eq!((status, &answer["statusCode"]), (404, &json!(404)));
    Desktop::join(&gateway, "one").await;
}

#[tokio::test]
async fn the_door_sends_jobs_and_shows_what_came_in() {
    let gateway = start();
    let mut desktop = Desktop::join(&gateway, "one").await;
    let body = json!({"payload": {"id": "j1", "content": "x"}});
    let ((status, result), ()) =
        tokio::join!(http(&gateway, "POST /dev/jobs", Some(body)), async {
            desktop.expect("print:job").await;
            let failed = json!({"jobId": "j1", "error": "no paper"});
            desktop.emit("print:job:failed", failed).await;
        });
    assert_eq!(
        (status, &result["outcome"], &result["error"]),
        (200, &json!("failed"), &json!("no paper"))
    );

    let body = json!({"event": "print:raw", "payload": {"printerName": "T"}, "wait_ms": 0});
    let (_, result) = http(&gateway, "POST /dev/jobs", Some(body)).await;
    assert_eq!(result, json!({"outcome": "sent", "desktops": 1}));
    let body = json!({"payload": {"printerId": "T"}, "wait_ms": 1});
    let (_, result) = http(&gateway, "POST /dev/tests", Some(body)).await;
    assert_eq!(result["outcome"], "timed-out");
    let bad = json!({"event": "print:nothing", "payload": {}});
    assert_eq!(http(&gateway, "POST /dev/jobs", Some(bad)).await.0, 400);

    let (_, events) = http(&gateway, "GET /dev/events?after=0", None).await;
    assert_eq!(events["events"][0]["event"], "print:job:failed");
    let (_, events) = http(&gateway, "GET /dev/events?after=1", None).await;
    assert_eq!(events, json!({"events": [], "last": 1}));

    let (_, clients) = http(&gateway, "GET /dev/clients", None).await;
    assert_eq!(clients["clients"][0]["branch_id"], "one");
    assert!(!clients.to_string().contains(KEY), "licence keys are not shown");

    let body = json!({"licenseKey": KEY, "state": "expired"});
    assert_eq!(http(&gateway, "PUT /dev/licence", Some(body)).await.0, 200);
    let (_, answer) =
        http(&gateway, "POST /api/v1/printer-licenses/validate", Some(device("one"))).await;
    assert_eq!(answer["code"], 400);

    let (_, kicked) = http(&gateway, "POST /dev/kick", Some(json!({"how": "reset"}))).await;
    assert_eq!(kicked, json!({"kicked": 1}));
    gateway.wait_for_nobody(LONG).await.unwrap();
    let (_, result) = http(&gateway, "POST /dev/jobs", Some(json!({"payload": {"id": "x"}}))).await;
    assert_eq!(result["outcome"], "nobody-connected");
}

#[tokio::test]
async fn the_door_is_shut_to_pages_that_come_under_another_name() {
    let gateway = start();
    for (host, status) in
        [("localhost:3001", 200), ("127.0.0.1", 200), ("[::1]:80", 200), ("evil.example", 403)]
    {
        assert_eq!(http_as(host, &gateway, "GET /dev/events", None).await.0, status, "{host}");
    }
}
