//! The native driver against python-socketio.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use platen_socketio::{Arg, DriverKind};
use serde_json::json;
use std::time::Duration;
use support::gateway::Gateway;
use support::line::{KEY, Line, NAMESPACE};

#[tokio::test]
async fn a_python_gateway_is_spoken_to_in_both_directions() {
    let mut gateway = Gateway::start_python(NAMESPACE).await;
    let mut line = Line::to(DriverKind::Native, &gateway.url());
    line.connected().await;
    assert_eq!(gateway.hears("connected").await["auth"]["licenseKey"], KEY);

    let hello = line.event().await;
    assert_eq!((hello.name.as_str(), hello.json()), ("hello", json!([{"from": "python"}])));
    let question = line.event().await;
    assert_eq!((question.name.as_str(), question.json()), ("question", json!([1, "two"])));
    question.ack.unwrap().send(vec![json!({"success": true})]).await.unwrap();
    assert_eq!(gateway.hears("answer").await["args"], json!({"success": true}));
    assert_eq!(line.event().await.args, [Arg::Binary((0..=255).collect())]);

    line.emit("result", json!([{"é": 1}])).await.unwrap();
    assert_eq!(gateway.event("result").await, json!([{"é": 1}]));
    let args = vec![json!("a").into(), Arg::Binary(vec![0, 0x1e, 0xff].into())];
    let answer =
        line.connection.emitter.emit_with_ack("echo", args.clone(), Duration::from_secs(5)).await;
    assert_eq!(answer.unwrap(), args);
}
