//! The listener of a door: connections, TLS, HTTP/1.1.

use super::answer::{ErrorShape, Problem};
use super::guard::Guest;
use super::identity::Identity;
use super::places::{Place, Places};
use super::settings::{DoorSettings, Limits, Transport};
use super::status::{Board, DoorState, Encryption, PortTrouble};
use super::unread::Explained;
use axum::Router;
use axum::body::Body;
use axum::http::StatusCode;
use axum::http::header::{CONNECTION, HeaderValue, TRANSFER_ENCODING};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// A port that is taken is tried again after this, and after twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Where the system has no room for a connection, the next one is accepted after this.
const NO_ROOM: Duration = Duration::from_millis(100);
/// What requests under way get when the door closes: those who wait for paper are answered within eight seconds.
const FAREWELL: Duration = Duration::from_secs(9);
/// Most heads of a request, and most bytes of them.
pub(super) const MOST_HEADS: usize = 64;
pub(super) const MOST_HEAD_BYTES: usize = 32 << 10;

/// Listens until `cancel`.
pub(super) async fn listen(
    settings: Arc<DoorSettings>,
    routes: Router,
    errors: ErrorShape,
    board: Board,
    cancel: CancellationToken,
) {
    let Some(listener) = bind(&settings, &board, &cancel).await else { return };
    let scheme = settings.transport.scheme();
    let address = listener.local_addr().unwrap_or(settings.address);
    tracing::info!(%address, scheme, "a door is open");
    board.address(format!("{scheme}://{address}"));
    board.state(DoorState::Open);
    let connections = TaskTracker::new();
    let hall = Hall {
        settings,
        speech: Speech { routes, errors },
        connections: connections.clone(),
        cancel: cancel.clone(),
    };
    hall.accept_all(listener, &board).await;
    board.state(DoorState::Closed);
    connections.close();
    let _ = tokio::time::timeout(FAREWELL, connections.wait()).await;
}

/// The listener, as soon as the port is free. `None`: the door is not wanted any more.
async fn bind(
    settings: &DoorSettings,
    board: &Board,
    cancel: &CancellationToken,
) -> Option<TcpListener> {
    let mut pause = FIRST_PAUSE;
    loop {
        match TcpListener::bind(settings.address).await {
            Ok(listener) => return Some(listener),
            Err(error) => {
                let why = why_not(settings.address, &error);
                if pause == FIRST_PAUSE {
                    tracing::warn!(address = %settings.address, %error, "a door cannot be opened; trying again");
                }
                board.state(DoorState::Blocked { why });
            }
        }
        tokio::select! {
            () = cancel.cancelled() => return None,
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn why_not(address: SocketAddr, error: &io::Error) -> PortTrouble {
    match error.kind() {
        io::ErrorKind::AddrInUse => PortTrouble::InUse(address.port()),
        io::ErrorKind::PermissionDenied => PortTrouble::Denied(address.port()),
        io::ErrorKind::AddrNotAvailable => PortTrouble::NoAddress(address.ip()),
        _ => PortTrouble::Other { address, error: error.to_string() },
    }
}

/// What every connection needs.
struct Hall {
    settings: Arc<DoorSettings>,
    speech: Speech,
    connections: TaskTracker,
    cancel: CancellationToken,
}

/// What is answered, and how it is said that something is wrong.
#[derive(Clone)]
struct Speech {
    routes: Router,
    errors: ErrorShape,
}

impl Hall {
    async fn accept_all(&self, listener: TcpListener, board: &Board) {
        let places = Arc::new(Places::default());
        let mut tls = Tls::new(&self.settings.transport, board);
        loop {
            let accepted = tokio::select! {
                () = self.cancel.cancelled() => return,
                () = tls.changed() => {
                    tls.renew(board);
                    continue;
                }
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => {
                    // All are kept: a closed connection is the cheapest answer.
                    let Some(place) = places.take(peer.ip(), &self.settings.limits) else {
                        continue;
                    };
                    self.receive(stream, peer.ip(), tls.acceptor(), place);
                }
                Err(error) => {
                    tracing::debug!(%error, "a connection was not accepted");
                    tokio::time::sleep(NO_ROOM).await;
                }
            }
        }
    }

    fn receive(&self, stream: TcpStream, peer: IpAddr, tls: Option<TlsAcceptor>, place: Place) {
        let (limits, speech) = (self.settings.limits, self.speech.clone());
        let cancel = self.cancel.clone();
        self.connections.spawn(async move {
            let seat = place.seat.clone();
            tokio::select! {
                () = seat.must_leave() => tracing::debug!(%peer, "a connection without a token made room"),
                () = attend(stream, Guest { peer, seat: seat.clone() }, tls, speech, limits, cancel) => {}
            }
            drop(place);
        });
    }
}

/// Encryption first, where there is any, and then what is to be said.
async fn attend(
    stream: TcpStream,
    guest: Guest,
    tls: Option<TlsAcceptor>,
    speech: Speech,
    limits: Limits,
    cancel: CancellationToken,
) {
    let peer = guest.peer;
    let _ = stream.set_nodelay(true);
    let Some(tls) = tls else {
        // Who says nothing costs little: what a conversation needs is made when one begins.
        if speaks(stream.readable(), &limits, &cancel).await {
            Box::pin(converse(stream, guest, speech, limits, cancel)).await;
        }
        return;
    };
    match tokio::time::timeout(limits.handshake, Box::pin(tls.accept(stream))).await {
        Ok(Ok(mut stream)) => {
            if speaks(stream.fill_buf(), &limits, &cancel).await {
                Box::pin(converse(stream, guest, speech, limits, cancel)).await;
            }
        }
        Ok(Err(error)) => tracing::debug!(%peer, %error, "no TLS"),
        Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
    }
}

/// Whether something comes in the time that a request's head has.
async fn speaks<T>(
    first: impl Future<Output = io::Result<T>>,
    limits: &Limits,
    cancel: &CancellationToken,
) -> bool {
    tokio::select! {
        () = cancel.cancelled() => false,
        first = tokio::time::timeout(limits.head, first) => matches!(first, Ok(Ok(_))),
    }
}

/// The acceptor of the identity that holds now.
enum Tls {
    Off,
    On { identity: tokio::sync::watch::Receiver<Arc<Identity>>, acceptor: Option<TlsAcceptor> },
}

impl Tls {
    fn new(transport: &Transport, board: &Board) -> Tls {
        let mut tls = match transport {
            Transport::Plain => Tls::Off,
            Transport::Tls(identity) => Tls::On { identity: identity.clone(), acceptor: None },
        };
        tls.renew(board);
        tls
    }

    fn renew(&mut self, board: &Board) {
        let Tls::On { identity, acceptor } = self else { return };
        let identity = identity.borrow_and_update().clone();
        *acceptor = Some(TlsAcceptor::from(identity.server_config()));
        let (fingerprint, ends) = (identity.fingerprint(), identity.ends().map(str::to_owned));
        board.encryption(Encryption::Tls { fingerprint, ends });
    }

    fn acceptor(&self) -> Option<TlsAcceptor> {
        match self {
            Tls::Off => None,
            Tls::On { acceptor, .. } => acceptor.clone(),
        }
    }

    /// Waits for another identity; for ever where there will be none.
    async fn changed(&mut self) {
        if let Tls::On { identity, .. } = self
            && identity.changed().await.is_ok()
        {
            return;
        }
        std::future::pending().await
    }
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    guest: Guest,
    speech: Speech,
    limits: Limits,
    cancel: CancellationToken,
) {
    let Speech { routes, errors } = speech;
    let peer = guest.peer;
    let routes = TowerToHyperService::new(routes);
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(guest.clone());
        let is_last = request.headers().contains_key(TRANSFER_ENCODING);
        let answering = routes.call(request.map(Body::new));
        async move {
            let answered = tokio::time::timeout(limits.request, answering).await;
            let response = match answered {
                Ok(Ok(response)) => response,
                Err(_) => {
                    Problem::new(StatusCode::GATEWAY_TIMEOUT, "This took too long.").into_response()
                }
            };
            let mut response = errors.apply(response);
            if is_last {
                // Where its body ends only the HTTP library knows, so no request after it could be watched (`lengths.rs`).
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok::<_, Infallible>(response)
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_headers(MOST_HEADS)
        .max_buf_size(MOST_HEAD_BYTES);
    let stream = Explained::new(stream, errors);
    let connection = http.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = &mut connection => ended,
        () = cancel.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let farewell = tokio::time::timeout(FAREWELL, connection).await;
            farewell.unwrap_or(Ok(()))
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "a connection ended early");
    }
}
