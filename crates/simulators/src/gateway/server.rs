//! The HTTP server that carries everything.

use std::{
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    middleware::{self, Next},
    response::Response,
};
use socketioxide::{SocketIo, layer::SocketIoLayer};

use super::{
    door,
    line::{Caller, Lines},
    options::Pace,
    rest, session,
    shared::Shared,
};
use crate::SimulatorError;

/// How many packets may wait for one client; a burst beyond it is not sent to that client.
const PACKETS_PER_CLIENT: usize = 65_536;
/// What the real gateway takes from a client in one message.
const MAX_PAYLOAD: usize = 1_000_000;

/// A listening socket, and the address it got.
pub(super) fn bind(addr: SocketAddr) -> Result<(TcpListener, SocketAddr), SimulatorError> {
    let listen = |source| SimulatorError::Listen { addr, source };
    let socket = TcpListener::bind(addr).map_err(listen)?;
    socket.set_nonblocking(true).map_err(listen)?;
    let address = socket.local_addr().map_err(listen)?;
    Ok((socket, address))
}

/// The Socket.IO server, and the layer that puts it before the HTTP routes.
pub(super) fn socket_io(shared: &Arc<Shared>, pace: &Pace) -> (SocketIoLayer, SocketIo) {
    let (layer, io) = SocketIo::builder()
        .ping_interval(pace.ping_interval)
        .ping_timeout(pace.ping_timeout)
        .max_payload(MAX_PAYLOAD as u64)
        .ws_max_message_size(MAX_PAYLOAD)
        .ws_max_frame_size(MAX_PAYLOAD)
        .max_buffer_size(PACKETS_PER_CLIENT)
        .ack_timeout(Duration::from_mins(2))
        .build_layer();
    session::open_namespace(&io, shared);
    (layer, io)
}

/// Serves until the task is dropped.
pub(super) async fn serve(socket: TcpListener, layer: SocketIoLayer, shared: Arc<Shared>) {
    let listener = match tokio::net::TcpListener::from_std(socket) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "the gateway could not take its socket"),
    };
    let lines = Lines::new(listener, shared.board.clone());
    let routes = Router::new()
        .merge(rest::routes(&shared))
        .merge(door::routes())
        .layer(layer)
        .layer(middleware::from_fn_with_state(shared.clone(), note_line))
        .with_state(shared);
    let service = routes.into_make_service_with_connect_info::<Caller>();
    if let Err(error) = axum::serve(lines, service).await {
        tracing::error!(%error, "the gateway stopped serving");
    }
}

/// Remembers on which line a session that began by polling continues as a websocket.
async fn note_line(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(caller): ConnectInfo<Caller>,
    request: Request,
    next: Next,
) -> Response {
    let query = request.uri().query().unwrap_or_default();
    if query.contains("transport=websocket")
        && let Some(sid) = query.split('&').find_map(|pair| pair.strip_prefix("sid="))
    {
        shared.note_websocket(sid, caller.line);
    }
    next.run(request).await
}
