//! The driver on the library `rust_socketio`, for who prefers it. Its own reconnection is never
//! enabled. What it cannot do is listed, and checked, in `tests/conformance.rs`.

use crate::arg::Arg;
use crate::connection::EndReason;
use crate::emitter::EmitError;
use crate::endpoint::{Encryption, Endpoint};
use crate::limits::Limits;
use crate::port::{
    Command, ConnectError, ConnectRequest, Driver, Inbox, Outbox, Recovery, Session,
};
use crate::refused::{Credentials, Refused};
use async_trait::async_trait;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use native_tls::{Certificate, TlsConnector};
use rust_socketio::asynchronous::{Client, ClientBuilder};
use rust_socketio::{Event, Payload, TransportType};
use serde_json::Value;
use std::future::poll_fn;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use url::Url;

/// What the library puts in front of a CONNECT_ERROR's payload.
const CONNECT_ERROR: &str = "Received an ConnectError frame: ";
/// Events between the library's callback and our loop.
const QUEUE: usize = 16;

/// Sessions by `rust_socketio`.
#[derive(Debug)]
pub(crate) struct RustSocketioDriver {
    endpoint: Endpoint,
    limits: Limits,
}

/// What the library's callbacks tell.
enum Signal {
    Connected,
    Closed,
    Failed(String),
    Event { name: String, args: Vec<Arg>, size: usize },
}

impl RustSocketioDriver {
    pub(crate) fn new(endpoint: Endpoint, limits: Limits) -> Self {
        Self { endpoint, limits }
    }

    fn check(&self) -> Result<(), ConnectError> {
        let cannot = |words: &str| Err(ConnectError::Settings(words.to_owned()));
        if self.endpoint.is_forbidden_plain() {
            return Err(ConnectError::Unencrypted);
        }
        if !self.endpoint.tls.spki_pins.is_empty() {
            return cannot(
                "the driver rust_socketio cannot check pinned keys; use the driver native",
            );
        }
        let target = self.endpoint.websocket_url().map_err(ConnectError::Settings)?;
        if self.endpoint.proxy.resolve(&target)?.is_some() {
            return cannot("the driver rust_socketio cannot use a proxy; use the driver native");
        }
        Ok(())
    }

    /// The address without what the library adds itself.
    fn address(&self) -> Result<Url, ConnectError> {
        let mut url = self.endpoint.websocket_url().map_err(ConnectError::Settings)?;
        let own = self.endpoint.query.clone();
        url.set_query(None);
        if !own.is_empty() {
            url.query_pairs_mut().extend_pairs(&own);
        }
        let address = url.as_str().replacen("ws", "http", 1);
        Url::parse(&address).map_err(|error| ConnectError::Settings(error.to_string()))
    }

    async fn tls(&self) -> Result<Option<TlsConnector>, ConnectError> {
        let Some(path) = &self.endpoint.tls.extra_ca else { return Ok(None) };
        let unusable = |error: String| {
            ConnectError::Settings(format!(
                "the CA file {} cannot be used: {error}",
                path.display()
            ))
        };
        let pem = tokio::fs::read(path).await.map_err(|error| unusable(error.to_string()))?;
        let certificate =
            Certificate::from_pem(&pem).map_err(|error| unusable(error.to_string()))?;
        let connector = TlsConnector::builder().add_root_certificate(certificate).build();
        connector.map(Some).map_err(|error| unusable(error.to_string()))
    }

    async fn establish(
        &self,
        request: ConnectRequest,
    ) -> Result<RustSocketioSession, ConnectError> {
        self.check()?;
        let (signal, mut signals) = mpsc::channel(QUEUE);
        let mut builder = ClientBuilder::new(self.address()?.to_string())
            .namespace(self.endpoint.namespace())
            .transport_type(TransportType::Websocket)
            .reconnect(false)
            .reconnect_on_disconnect(false);
        if !request.auth.is_null() {
            builder = builder.auth(request.auth.clone());
        }
        if let Some(connector) = self.tls().await? {
            builder = builder.tls_config(connector);
        }
        let client = with_callbacks(builder, signal).connect().await.map_err(|error| {
            // Its texts name protocol elements and operating system errors.
            ConnectError::Broken(with_causes(&error))
        })?;
        // The library returns before the CONNECT answer, so that is waited for here.
        match signals.recv().await {
            Some(Signal::Connected) => {}
            Some(Signal::Failed(text)) => return Err(refusal(&text, &request.credentials)),
            Some(Signal::Closed | Signal::Event { .. }) | None => {
                return Err(ConnectError::Broken("the gateway closed it".into()));
            }
        }
        Ok(RustSocketioSession {
            client,
            signals,
            encryption: self.endpoint.encryption(),
            limits: self.limits.clone(),
        })
    }
}

fn with_callbacks(builder: ClientBuilder, signal: mpsc::Sender<Signal>) -> ClientBuilder {
    let tell = move |signal: &mpsc::Sender<Signal>, what: Signal| -> BoxFuture<'static, ()> {
        let signal = signal.clone();
        // A session that is over no longer listens.
        async move { drop(signal.send(what).await) }.boxed()
    };
    let (connected, closed, failed) = (signal.clone(), signal.clone(), signal.clone());
    builder
        .on(Event::Connect, move |_, _| tell(&connected, Signal::Connected))
        .on(Event::Close, move |_, _| tell(&closed, Signal::Closed))
        .on(Event::Error, move |payload, _| tell(&failed, Signal::Failed(words(payload))))
        .on_any(move |event, payload, _| {
            let (args, size) = received(payload);
            tell(&signal, Signal::Event { name: event.to_string(), args, size })
        })
}

#[async_trait]
impl Driver for RustSocketioDriver {
    async fn connect(&self, request: ConnectRequest) -> Result<Box<dyn Session>, ConnectError> {
        let establish = Box::pin(self.establish(request));
        match timeout(self.limits.connect_deadline, establish).await {
            Ok(session) => Ok(Box::new(session?)),
            Err(_) => Err(ConnectError::Deadline("waiting for the gateway to accept us")),
        }
    }
}

/// One session by `rust_socketio`.
struct RustSocketioSession {
    client: Client,
    signals: mpsc::Receiver<Signal>,
    encryption: Encryption,
    limits: Limits,
}

#[async_trait]
impl Session for RustSocketioSession {
    fn encryption(&self) -> Encryption {
        self.encryption
    }

    async fn run(&mut self, inbox: &mut Inbox, outbox: &mut Outbox) -> EndReason {
        let mut sending: Option<BoxFuture<'static, Result<(), EndReason>>> = None;
        loop {
            let idle = sending.is_none();
            let done = async {
                match sending.as_mut() {
                    Some(sending) => sending.await,
                    None => std::future::pending().await,
                }
            };
            let full = inbox.is_full();
            tokio::select! {
                result = done => match result {
                    Ok(()) => sending = None,
                    Err(reason) => return reason,
                },
                room = poll_fn(|context| inbox.poll_room(context)), if full => if let Err(reason) = room {
                    return reason;
                },
                signal = self.signals.recv(), if !full => if let Err(reason) = hand_on(signal, inbox) {
                    return reason;
                },
                Some(command) = outbox.next(), if idle => {
                    sending = Some(self.send(command));
                }
            }
        }
    }

    async fn close(self: Box<Self>) {
        // The other side may be gone already; there is nobody to tell.
        let _ = self.client.disconnect().await;
    }

    fn recovery(&self) -> Option<Recovery> {
        None
    }
}

impl RustSocketioSession {
    fn send(&self, command: Command) -> BoxFuture<'static, Result<(), EndReason>> {
        let (client, limit) = (self.client.clone(), self.limits.write_timeout);
        async move {
            if command.is_cancelled() {
                return Ok(());
            }
            // The library blocks for ever on a half-open line.
            timeout(limit, send(client, command)).await.unwrap_or(Err(EndReason::WriteTimeout))
        }
        .boxed()
    }
}

async fn send(client: Client, command: Command) -> Result<(), EndReason> {
    match command {
        Command::Emit { event, args, reply } => match to_payload(args) {
            Ok(payload) => {
                let sent = client.emit(event.as_str(), payload).await;
                let answer = if sent.is_ok() { Ok(()) } else { Err(EmitError::SessionOver) };
                drop(reply.send(answer));
                sent.map_err(|error| EndReason::Lost(with_causes(&error)))
            }
            Err(error) => {
                drop(reply.send(Err(error)));
                Ok(())
            }
        },
        Command::EmitWithAck { event, args, timeout, reply } => match to_payload(args) {
            Ok(payload @ Payload::Text(_)) => {
                let answered = on_ack(reply);
                let sent = client.emit_with_ack(event.as_str(), payload, timeout, answered).await;
                sent.map_err(|error| EndReason::Lost(with_causes(&error)))
            }
            Ok(_) => {
                drop(reply.send(Err(EmitError::Unsupported("bytes with an acknowledgement"))));
                Ok(())
            }
            Err(error) => {
                drop(reply.send(Err(error)));
                Ok(())
            }
        },
        ack @ Command::Ack { .. } => {
            ack.fail(EmitError::Unsupported("answering an acknowledgement"));
            Ok(())
        }
    }
}

fn on_ack(
    reply: oneshot::Sender<Result<Vec<Arg>, EmitError>>,
) -> impl FnMut(Payload, Client) -> BoxFuture<'static, ()> + Send + Sync {
    let reply = std::sync::Mutex::new(Some(reply));
    move |payload, _| {
        let reply = reply.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
        if let Some(reply) = reply {
            let (mut args, _) = received(payload);
            // The library hands over all arguments as one array.
            if let [Arg::Json(Value::Array(all))] = &mut args[..] {
                args = std::mem::take(all).into_iter().map(Arg::Json).collect();
            }
            // A caller whose time is up has gone.
            drop(reply.send(Ok(args)));
        }
        async {}.boxed()
    }
}

fn hand_on(signal: Option<Signal>, inbox: &mut Inbox) -> Result<(), EndReason> {
    match signal {
        Some(Signal::Event { name, args, size }) => inbox.event(name, args, None, size).map(drop),
        Some(Signal::Connected) => Ok(()),
        Some(Signal::Closed) => Err(EndReason::Kicked),
        Some(Signal::Failed(text)) => Err(EndReason::Lost(text)),
        None => Err(EndReason::Closed { code: None }),
    }
}

fn to_payload(mut args: Vec<Arg>) -> Result<Payload, EmitError> {
    if let [Arg::Binary(_)] = &args[..]
        && let Some(Arg::Binary(bytes)) = args.pop()
    {
        return Ok(Payload::Binary(bytes));
    }
    let values: Option<Vec<Value>> = args.into_iter().map(Arg::into_json).collect();
    values.map(Payload::Text).ok_or(EmitError::Unsupported("bytes beside other arguments"))
}

#[allow(deprecated)]
fn received(payload: Payload) -> (Vec<Arg>, usize) {
    match payload {
        Payload::Binary(bytes) => {
            let size = bytes.len();
            (vec![Arg::Binary(bytes)], size)
        }
        Payload::Text(values) => {
            let size = values.iter().map(rough_size).sum();
            (values.into_iter().map(Arg::Json).collect(), size)
        }
        Payload::String(text) => {
            let size = text.len();
            (vec![Arg::Json(Value::String(text))], size)
        }
    }
}

/// The library no longer knows the size on the wire; this is near enough to bound a queue.
fn rough_size(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 8,
        Value::String(text) => text.len() + 2,
        Value::Array(items) => 2 + items.iter().map(rough_size).sum::<usize>(),
        Value::Object(map) => {
            map.iter().map(|(key, value)| key.len() + 4 + rough_size(value)).sum()
        }
    }
}

fn words(payload: Payload) -> String {
    match received(payload).0.into_iter().next() {
        Some(Arg::Json(Value::String(text))) => text,
        _ => "no reason given".into(),
    }
}

fn refusal(text: &str, credentials: &Credentials) -> ConnectError {
    match text.strip_prefix(CONNECT_ERROR) {
        Some(json) => {
            let payload = serde_json::from_str(json).ok();
            ConnectError::Refused(Refused::from_payload(payload.as_ref(), credentials))
        }
        None => ConnectError::Broken(text.to_owned()),
    }
}

/// The library's own text stops at "EngineIO Error"; the innermost cause says what happened.
fn with_causes(error: &dyn std::error::Error) -> String {
    match std::iter::successors(error.source(), |cause| cause.source()).last() {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
