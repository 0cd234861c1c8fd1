//! Gateways that misbehave in ways no real server can be told to.

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

pub type Socket = WebSocketStream<TcpStream>;

/// What a well-behaved gateway says first.
pub const OPENING: &str =
    r#"0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;
pub const ACCEPTED: &str = r#"40/printing-ws,{"sid":"y"}"#;

/// A listening socket on loopback.
pub struct Raw {
    listener: TcpListener,
}

impl Raw {
    pub async fn listen() -> Self {
        Self { listener: TcpListener::bind("127.0.0.1:0").await.unwrap() }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.listener.local_addr().unwrap())
    }

    /// The next TCP connection.
    pub async fn accept(&self) -> TcpStream {
        super::soon("a TCP connection", self.listener.accept()).await.unwrap().0
    }

    /// The next connection, upgraded to a websocket.
    pub async fn websocket(&self) -> Socket {
        tokio_tungstenite::accept_async(self.accept().await).await.unwrap()
    }

    /// The next connection, up to and with the CONNECT answer.
    pub async fn session(&self) -> Socket {
        self.session_with(OPENING).await
    }

    pub async fn session_with(&self, opening: &str) -> Socket {
        let mut socket = self.websocket().await;
        say(&mut socket, opening).await;
        loop {
            if text(&mut socket).await.is_some_and(|text| text.starts_with("40")) {
                break;
            }
        }
        say(&mut socket, ACCEPTED).await;
        socket
    }
}

pub async fn say(socket: &mut Socket, text: &str) {
    socket.send(Message::text(text)).await.unwrap();
}

/// The next text frame; `None` once the other side is gone.
pub async fn text(socket: &mut Socket) -> Option<String> {
    loop {
        match super::soon("a frame", socket.next()).await {
            Some(Ok(Message::Text(text))) => return Some(text.as_str().to_owned()),
            Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
            Some(Ok(_)) => {}
        }
    }
}
