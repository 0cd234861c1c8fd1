//! A desktop on a bare websocket, so that a test decides every packet.

use futures_util::{SinkExt, StreamExt};
use platen_simulators::GatewayHandle;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{WebSocketStream, tungstenite::Message};

use super::{LONG, SHORT};

pub struct Desktop {
    socket: WebSocketStream<TcpStream>,
}

pub fn auth(branch: &str) -> Value {
    json!({
        "licenseKey": "11111111-1111-4111-8111-111111111111",
        "branchId": branch,
        "companyId": "company-1",
        "deviceId": "device-1",
        "userRole": "desktop_app",
        "appVersion": "0.0.1",
    })
}

impl Desktop {
    /// Opens the websocket and asks for the namespace; the answer is the next packet.
    pub async fn open(gateway: &GatewayHandle, namespace: &str, auth: &Value) -> Self {
        let stream = TcpStream::connect(gateway.address()).await.unwrap();
        let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", gateway.address());
        let (socket, _) = tokio_tungstenite::client_async(url, stream).await.unwrap();
        let mut desktop = Self { socket };
        assert!(desktop.packet().await.unwrap().starts_with('0'), "the engine's greeting");
        desktop.write(&format!("40{namespace},{auth}")).await;
        desktop
    }

    /// A desktop of this branch, in the namespace and greeted.
    pub async fn join(gateway: &GatewayHandle, branch: &str) -> Self {
        let mut desktop = Self::open(gateway, "/printing-ws", &auth(branch)).await;
        let answer = desktop.packet().await.unwrap();
        assert!(answer.starts_with("40/printing-ws,"), "{answer}");
        desktop.expect("desktop:connected").await;
        desktop
    }

    pub async fn write(&mut self, packet: &str) {
        self.socket.send(Message::text(packet)).await.unwrap();
    }

    /// The connection may have ended meanwhile; the next read tells.
    async fn pong(&mut self) {
        let _ = self.socket.send(Message::text("3")).await;
    }

    pub async fn emit(&mut self, event: &str, payload: Value) {
        self.write(&format!("42/printing-ws,{}", json!([event, payload]))).await;
    }

    /// The next packet that is no ping, or nothing at the connection's end.
    pub async fn packet(&mut self) -> Option<String> {
        loop {
            let next =
                tokio::time::timeout(LONG, self.socket.next()).await.expect("a packet in time");
            match next {
                Some(Ok(Message::Text(text))) if text.as_str() == "2" => self.pong().await,
                Some(Ok(Message::Text(text))) => return Some(text.to_string()),
                Some(Ok(Message::Binary(bytes))) => return Some(format!("binary {bytes:?}")),
                Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next event: its name, its first argument, and the id where a callback waits.
    pub async fn event(&mut self) -> (String, Value, Option<u64>) {
        let packet = self.packet().await.expect("an event, not the end");
        let rest = packet.strip_prefix("42/printing-ws,").unwrap_or_else(|| panic!("{packet}"));
        let (ack, body) = rest.split_at(rest.find('[').unwrap());
        let body: Value = serde_json::from_str(body).unwrap();
        (body[0].as_str().unwrap().to_owned(), body[1].clone(), ack.parse().ok())
    }

    /// The next event, which has this name.
    pub async fn expect(&mut self, name: &str) -> Value {
        let (event, payload, _) = self.event().await;
        assert_eq!(event, name, "{payload}");
        payload
    }

    /// Nothing comes but the engine's pings.
    pub async fn expect_silence(&mut self) {
        let quiet = async {
            loop {
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) if text.as_str() == "2" => self.pong().await,
                    other => return other,
                }
            }
        };
        let quiet = tokio::time::timeout(SHORT, quiet).await;
        assert!(quiet.is_err(), "expected silence, got {quiet:?}");
    }
}
