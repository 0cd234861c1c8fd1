//! The gateway to the client library that the field uses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::{path::Path, process::Stdio, time::Duration};

use common::LONG;
use platen_simulators::{
    EmbeddedGateway, GatewayHandle, GatewayOptions,
    gateway::{Generation, JobEvent, JobRequest, JobResult, Kick, LicenceState},
};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// A desktop in a Node process, killed when this is dropped.
struct Npm {
    _child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Npm {
    fn start(gateway: &GatewayHandle, namespace: &str, transport: &str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let installed = root.join("../../tests/node/node_modules/socket.io-client");
        assert!(installed.exists(), "run: npm ci --prefix tests/node");
        let mut child = Command::new("node")
            .arg(root.join("tests/npm_desktop.mjs"))
            .args([&gateway.url(), namespace, transport])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { _child: child, lines }
    }

    async fn line(&mut self) -> String {
        tokio::time::timeout(LONG, self.lines.next_line()).await.unwrap().unwrap().unwrap()
    }
}

async fn desktop(generation: Generation, transport: &str) -> (GatewayHandle, Npm) {
    let gateway = EmbeddedGateway::start(GatewayOptions::generation(generation)).unwrap();
    let npm = Npm::start(&gateway, "/printing-ws", transport);
    gateway.wait_for_event("printer:discovered", LONG).await.unwrap();
    (gateway, npm)
}

#[tokio::test]
async fn jobs_and_tests_travel_by_websocket_and_by_polling() {
    for transport in ["websocket", "polling"] {
        let (gateway, _npm) = desktop(Generation::C, transport).await;
        let commands: Vec<u8> = (0..=255).collect();
        let job = json!({"id": "1", "printerId": "p1", "content": "", "escposCommands": commands});
        let result = gateway.submit_job(JobRequest::new(JobEvent::PrintJob, job)).await;
        let JobResult::Completed { answer, started, .. } = result else { panic!("{result:?}") };
        assert_eq!(answer.payload["length"], 256);
        assert!(started.is_some());
        let job = json!({"id": "2", "content": "fail"});
        let result = gateway.submit_job(JobRequest::new(JobEvent::PrintJob, job)).await;
        assert!(matches!(result, JobResult::Failed { error, .. } if error == "no paper"));
        assert!(gateway.duplicates().is_empty());
    }
}

#[tokio::test]
async fn the_events_of_the_older_generations_are_answered() {
    let (gateway, _npm) = desktop(Generation::B, "websocket").await;
    let physical = JobRequest::in_generation(Generation::B, json!({"id": "1"}));
    assert!(gateway.submit_job(physical).await.is_completed());
    let raw = JobRequest::new(JobEvent::PrintRaw, json!({"printerName": "Till"}));
    assert!(matches!(gateway.submit_job(raw).await, JobResult::Failed { .. }));
    assert!(gateway.run_test(json!({"printerId": "p1"})).await.is_completed());
    let acks = gateway.send_with_ack("printer:test", &json!({"printerId": "p1"}), LONG).await;
    assert_eq!(acks[0].1, Some(json!({"received": true})));
}

#[tokio::test]
async fn a_wrong_namespace_and_a_bad_licence_are_told() {
    let gateway = EmbeddedGateway::start(GatewayOptions::generation(Generation::B)).unwrap();
    let mut npm = Npm::start(&gateway, "/wrong", "websocket");
    assert_eq!(npm.line().await, "connect_error Invalid namespace");
    gateway.set_licence_state("11111111-1111-4111-8111-111111111111", LicenceState::Expired);
    let mut npm = Npm::start(&gateway, "/printing-ws", "websocket");
    assert_eq!(npm.line().await, "refused LICENSE_EXPIRED");
    assert_eq!(npm.line().await, "disconnect io server disconnect");
}

#[tokio::test]
async fn it_notices_each_kind_of_kick() {
    for (how, reason) in [
        (Kick::Namespace, "io server disconnect"),
        (Kick::Close, "io server disconnect"),
        (Kick::Fin, "transport close"),
        (Kick::Reset, "transport close"),
    ] {
        let (gateway, mut npm) = desktop(Generation::A, "websocket").await;
        gateway.kick(how).await;
        let line = npm.line().await;
        let error = line == "disconnect transport error" && how == Kick::Reset;
        assert!(error || line == format!("disconnect {reason}"), "{how:?}: {line}");
    }
}

#[tokio::test]
async fn it_reconnects_after_the_gateway_was_away() {
    let (gateway, mut npm) = desktop(Generation::A, "websocket").await;
    gateway.go_down().await;
    assert!(npm.line().await.starts_with("disconnect transport"));
    gateway.come_back().unwrap();
    gateway.wait_for_desktops(1, Duration::from_secs(20)).await.unwrap();
}
