//! Our own driver: connecting. [`session`] is what follows.

mod acks;
mod heartbeat;
mod offsets;
mod reading;
mod session;
mod writing;

use crate::endpoint::Endpoint;
use crate::limits::Limits;
use crate::net::BoxedStream;
use crate::net::dial::{Dialer, Progress};
use crate::port::{ConnectError, ConnectRequest, Driver, Recovery, Session};
use crate::refused::{Credentials, Refused};
use crate::wire::engine::{self, Frame, Opening};
use crate::wire::packet::{self, Head, Packet, Partial};
use async_trait::async_trait;
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use session::{NativeSession, Start};
use std::collections::VecDeque;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::error::{Error as WsError, ProtocolError};
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::{Message, WebSocketConfig};

type WebSocket = WebSocketStream<BoxedStream>;

/// Read and write buffers; the library's 128 KiB each would be most of our idle memory.
const BUFFER: usize = 16 * 1024;
/// Most events that are kept until the CONNECT answer. A gateway replays two minutes by default.
const MAX_REPLAYED: usize = 4096;

/// Engine.IO 4 and Socket.IO 5 over a websocket.
#[derive(Debug)]
pub(crate) struct NativeDriver {
    endpoint: Endpoint,
    namespace: String,
    limits: Limits,
    dialer: Dialer,
}

impl NativeDriver {
    pub(crate) fn new(endpoint: Endpoint, limits: Limits) -> Self {
        let namespace = endpoint.namespace();
        Self { dialer: Dialer::new(endpoint.clone()), namespace, endpoint, limits }
    }

    async fn establish(
        &self,
        request: ConnectRequest,
        progress: &Progress,
    ) -> Result<NativeSession, ConnectError> {
        if self.endpoint.is_forbidden_plain() {
            return Err(ConnectError::Unencrypted);
        }
        let mut socket = self.upgrade(progress).await?;
        progress.step("waiting for the gateway to open the session");
        let opening = self.opening(&mut socket).await?;
        progress.step("waiting for the gateway to accept us");
        let auth = with_recovery(request.auth.clone(), request.recovery.as_ref());
        let connect = packet::connect(&self.namespace, &auth);
        socket.send(Message::text(connect)).await.map_err(broken)?;
        let (pid, replayed) = self.answer(&mut socket, &request.credentials).await?;
        Ok(NativeSession::new(Start {
            socket,
            opening,
            encryption: self.endpoint.encryption(),
            namespace: self.namespace.clone(),
            limits: self.limits.clone(),
            replayed,
            recovery: pid.map(|pid| {
                let same = request.recovery.filter(|last| last.pid == pid);
                Recovery { pid, offset: same.and_then(|last| last.offset) }
            }),
        }))
    }

    async fn upgrade(&self, progress: &Progress) -> Result<WebSocket, ConnectError> {
        let url = self.endpoint.websocket_url().map_err(ConnectError::Settings)?;
        let stream = self.dialer.dial(&url, progress).await?;
        progress.step("upgrading to a websocket");
        let mut request = url.as_str().into_client_request().map_err(broken)?;
        let agent = HeaderValue::from_static(concat!("platen/", env!("CARGO_PKG_VERSION")));
        request.headers_mut().insert("User-Agent", agent);
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER)
            .write_buffer_size(BUFFER)
            .max_message_size(Some(self.limits.max_message))
            .max_frame_size(Some(self.limits.max_message));
        match tokio_tungstenite::client_async_with_config(request, stream, Some(config)).await {
            Ok((socket, _response)) => Ok(socket),
            Err(WsError::Http(response)) => Err(http_refusal(response.status().as_u16())),
            Err(error) => Err(broken(error)),
        }
    }

    async fn opening(&self, socket: &mut WebSocket) -> Result<Opening, ConnectError> {
        let text = next_text(socket).await?;
        match engine::parse(&text) {
            Ok(Frame::Open(json)) => {
                Opening::parse(json).map_err(|error| ConnectError::Protocol(error.to_string()))
            }
            _ => Err(ConnectError::Protocol("it does not open the session".into())),
        }
    }

    /// Waits for the CONNECT answer; keeps the events that a recovering gateway replays before it.
    async fn answer(
        &self,
        socket: &mut WebSocket,
        credentials: &Credentials,
    ) -> Result<(Option<String>, VecDeque<(Packet, usize)>), ConnectError> {
        let mut early = Early { max_bytes: self.limits.max_message, ..Early::default() };
        loop {
            let whole = match next(socket).await? {
                Message::Text(text) => match engine::parse(&text).map_err(unreadable)? {
                    Frame::Ping => {
                        socket.send(Message::text(engine::PONG)).await.map_err(broken)?;
                        continue;
                    }
                    Frame::Message(text) => {
                        let head =
                            packet::parse(text, &self.namespace, self.limits.max_attachments);
                        early.head(head.map_err(unreadable)?, text.len())?
                    }
                    Frame::Close => {
                        return Err(ConnectError::Broken("the gateway closed it".into()));
                    }
                    Frame::Idle => continue,
                    Frame::Open(_) => return Err(ConnectError::Protocol("it opens twice".into())),
                },
                Message::Binary(part) => early.attachment(part)?,
                _ => continue,
            };
            match whole {
                Some((Packet::Connected { pid }, _)) => return Ok((pid, early.events)),
                Some((Packet::ConnectError { payload }, _)) => {
                    return Err(ConnectError::Refused(Refused::from_payload(
                        payload.as_ref(),
                        credentials,
                    )));
                }
                Some((Packet::Disconnect, _)) => {
                    return Err(ConnectError::Broken("the gateway ended the session".into()));
                }
                Some(event) => early.keep(event)?,
                None => {}
            }
        }
    }
}

#[async_trait]
impl Driver for NativeDriver {
    async fn connect(&self, request: ConnectRequest) -> Result<Box<dyn Session>, ConnectError> {
        let progress = Progress::default();
        let establish = Box::pin(self.establish(request, &progress));
        match tokio::time::timeout(self.limits.connect_deadline, establish).await {
            Ok(session) => Ok(Box::new(session?)),
            Err(_) => Err(ConnectError::Deadline(progress.words())),
        }
    }
}

/// What came before the CONNECT answer.
#[derive(Default)]
struct Early {
    events: VecDeque<(Packet, usize)>,
    partial: Option<Partial>,
    bytes: usize,
    max_bytes: usize,
}

impl Early {
    fn head(&mut self, head: Head, size: usize) -> Result<Option<(Packet, usize)>, ConnectError> {
        if self.partial.is_some() {
            return Err(ConnectError::Protocol("an attachment is missing".into()));
        }
        match head {
            Head::Whole(packet) => Ok(Some((packet, size))),
            Head::Elsewhere => Ok(None),
            Head::Partial(partial) => {
                self.partial = Some(partial);
                Ok(None)
            }
        }
    }

    fn attachment(&mut self, part: bytes::Bytes) -> Result<Option<(Packet, usize)>, ConnectError> {
        let Some(mut partial) = self.partial.take() else {
            return Err(ConnectError::Protocol("an attachment that nobody announced".into()));
        };
        partial.add(part);
        let size = partial.size();
        if self.bytes + size > self.max_bytes {
            return Err(ConnectError::Protocol("it replays too much".into()));
        }
        if partial.is_whole() {
            return Ok(Some((partial.finish().map_err(unreadable)?, size)));
        }
        self.partial = Some(partial);
        Ok(None)
    }

    fn keep(&mut self, event: (Packet, usize)) -> Result<(), ConnectError> {
        self.bytes += event.1;
        if self.bytes > self.max_bytes || self.events.len() >= MAX_REPLAYED {
            return Err(ConnectError::Protocol("it replays too much".into()));
        }
        self.events.push_back(event);
        Ok(())
    }
}

/// The fields that ask for recovery stand beside the auth object's own, which win.
fn with_recovery(mut auth: Value, recovery: Option<&Recovery>) -> Value {
    let (Value::Object(fields), Some(Recovery { pid, offset: Some(offset) })) =
        (&mut auth, recovery)
    else {
        return auth;
    };
    fields.entry("pid").or_insert_with(|| pid.as_str().into());
    fields.entry("offset").or_insert_with(|| offset.as_str().into());
    auth
}

async fn next(socket: &mut WebSocket) -> Result<Message, ConnectError> {
    match socket.next().await {
        Some(Ok(Message::Close(_))) | None => {
            Err(ConnectError::Broken("the gateway closed it".into()))
        }
        Some(Ok(message)) => Ok(message),
        Some(Err(error)) => Err(broken(error)),
    }
}

async fn next_text(socket: &mut WebSocket) -> Result<String, ConnectError> {
    loop {
        match next(socket).await? {
            Message::Text(text) => return Ok(text.as_str().to_owned()),
            Message::Binary(_) => {
                return Err(ConnectError::Protocol("it does not open the session".into()));
            }
            _ => {}
        }
    }
}

fn http_refusal(status: u16) -> ConnectError {
    match status {
        401 | 403 => {
            let refused = Refused::new("the gateway does not let this computer in");
            ConnectError::Refused(refused.with_code(format!("HTTP {status}")))
        }
        _ => ConnectError::Status(status),
    }
}

fn unreadable(error: crate::wire::Unreadable) -> ConnectError {
    ConnectError::Protocol(error.to_string())
}

fn broken(error: WsError) -> ConnectError {
    match error {
        WsError::Io(error) => ConnectError::Broken(error.to_string()),
        WsError::Protocol(
            ProtocolError::HandshakeIncomplete | ProtocolError::ResetWithoutClosingHandshake,
        )
        | WsError::ConnectionClosed
        | WsError::AlreadyClosed => ConnectError::Broken("the gateway closed it".into()),
        error => ConnectError::Protocol(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn recovery_stands_beside_the_auth_fields() {
        let recovery = Recovery { pid: "p".into(), offset: Some("o".into()) };
        assert_eq!(
            with_recovery(json!({"licenseKey": "k", "offset": "own"}), Some(&recovery)),
            json!({"licenseKey": "k", "pid": "p", "offset": "own"})
        );
        assert_eq!(with_recovery(Value::Null, Some(&recovery)), Value::Null);
        let fresh = Recovery { offset: None, ..recovery };
        assert_eq!(with_recovery(json!({}), Some(&fresh)), json!({}));
    }
}
