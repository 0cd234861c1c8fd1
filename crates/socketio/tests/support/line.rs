//! A line to a gateway, with short times.

use super::{PATIENCE, soon};
use async_trait::async_trait;
use platen_socketio::{
    AckReply, Arg, Authenticator, Connection, ConnectionState, Delays, DriverKind, EndReason,
    Endpoint, Incoming, Limits, Proxy, Refused, SessionId, Supervisor, SupervisorConfig,
};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

pub const NAMESPACE: &str = "/printing-ws";
/// The licence key of every line under test.
pub const KEY: &str = "6f1c2f0e-5a2b-4c9d-8e3f-77aa00bb11cc";

/// Gives whatever licence it holds at that moment, and counts how often it was asked.
pub struct Licence {
    pub auth: Mutex<Result<Value, Refused>>,
    pub asked: AtomicU32,
}

impl Licence {
    pub fn new(key: &str) -> Arc<Self> {
        let auth = Ok(json!({"licenseKey": key, "userRole": "desktop_app"}));
        Arc::new(Self { auth: Mutex::new(auth), asked: AtomicU32::new(0) })
    }

    pub fn set(&self, auth: Result<Value, Refused>) {
        *self.auth.lock().unwrap() = auth;
    }
}

#[async_trait]
impl Authenticator for Licence {
    async fn auth(&self) -> Result<Value, Refused> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        self.auth.lock().unwrap().clone()
    }
}

/// An event that came in.
pub struct Event {
    pub session: SessionId,
    pub name: String,
    pub args: Vec<Arg>,
    pub ack: Option<AckReply>,
}

impl Event {
    /// All arguments as JSON; panics if there are bytes.
    pub fn json(&self) -> Value {
        self.args.iter().map(|arg| arg.as_json().expect("JSON").clone()).collect()
    }
}

/// A connection under test. Ends its supervisor when dropped.
pub struct Line {
    pub connection: Connection,
    pub licence: Arc<Licence>,
    pub cancel: CancellationToken,
}

/// Short delays: an outage of a test lasts no minute.
pub fn config(kind: DriverKind, url: &str) -> SupervisorConfig {
    let mut endpoint = Endpoint::new(url.parse().unwrap());
    endpoint.namespace = NAMESPACE.into();
    endpoint.proxy = Proxy::None;
    SupervisorConfig {
        endpoint,
        driver: kind,
        limits: Limits {
            connect_deadline: Duration::from_secs(2),
            write_timeout: Duration::from_secs(1),
            goodbye: Duration::from_millis(300),
            ..Limits::default()
        },
        delays: Delays {
            min: Duration::from_millis(60),
            max: Duration::from_millis(400),
            refused_min: Duration::from_millis(150),
            refused_max: Duration::from_millis(600),
            stable: Duration::from_secs(10),
        },
        refusal_events: vec!["connection:error".into()],
    }
}

impl Line {
    pub fn to(kind: DriverKind, url: &str) -> Self {
        Self::with(config(kind, url))
    }

    pub fn with(config: SupervisorConfig) -> Self {
        let licence = Licence::new(KEY);
        let cancel = CancellationToken::new();
        let connection = Supervisor::spawn(config, licence.clone(), cancel.clone());
        Self { connection, licence, cancel }
    }

    pub async fn next(&mut self) -> Incoming {
        soon("something on the line", self.connection.incoming.recv())
            .await
            .expect("the line stands")
    }

    /// Waits for a session, passing over what comes before.
    pub async fn connected(&mut self) -> SessionId {
        loop {
            if let Incoming::Connected { session } = self.next().await {
                return session;
            }
        }
    }

    /// Waits for the end of a session, passing over events.
    pub async fn disconnected(&mut self) -> EndReason {
        loop {
            if let Incoming::Disconnected { reason, .. } = self.next().await {
                return reason;
            }
        }
    }

    /// The next thing on the line, which must be an event.
    pub async fn event(&mut self) -> Event {
        match self.next().await {
            Incoming::Event { session, name, args, ack } => Event { session, name, args, ack },
            other => panic!("an event was due, not {other:?}"),
        }
    }

    /// Waits for a state.
    pub async fn state(&self, wanted: impl Fn(&ConnectionState) -> bool) -> ConnectionState {
        let mut state = self.connection.state.clone();
        let found = tokio::time::timeout(PATIENCE, state.wait_for(wanted)).await;
        match found {
            Ok(state) => state.unwrap().clone(),
            Err(_) => panic!("the state stayed at: {}", *self.connection.state.borrow()),
        }
    }

    pub async fn emit(&self, event: &str, args: Value) -> Result<(), platen_socketio::EmitError> {
        let Value::Array(args) = args else { panic!("arguments are an array") };
        self.connection.emitter.emit(event, args.into_iter().map(Arg::Json).collect()).await
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}
