//! A small HTTP/1.1 client for one IPP server: everything it waits for has a time-out, what it reads has a bound.

use crate::spooler::address::SpoolerServer;
use crate::spooler::port::SpoolerError;
use bytes::{BufMut, Bytes, BytesMut};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;
use tracing::debug;

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(5);
/// A document may take longer: the scheduler writes it to its disk at this pace at least, in bytes per millisecond.
const SLOWEST_DISK: usize = 1000;
/// The longest answer read. What we ask for fits into a few thousand bytes.
const LONGEST_ANSWER: usize = 1 << 20;

/// One scheduler, with a connection that is kept while there is something to ask.
pub(super) struct Client {
    server: SpoolerServer,
    connect_timeout: Duration,
    kept: Option<SendRequest<Full<Bytes>>>,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Client {
    pub(super) fn new(server: SpoolerServer, connect_timeout: Duration) -> Client {
        Client { server, connect_timeout, kept: None }
    }

    pub(super) fn close(&mut self) {
        self.kept = None;
    }

    /// Asks something that may be asked twice: a kept connection that turns out dead is replaced once.
    pub(super) async fn ask(&mut self, path: &str, body: Bytes) -> Result<Bytes, SpoolerError> {
        if let Some(kept) = self.live() {
            match timeout(ANSWER, self.exchange(kept, path, body.clone())).await {
                Ok(Err(Broken)) => {
                    debug!(server = %self.server, "connecting to the scheduler anew")
                }
                Ok(Ok(answer)) => return answer,
                Err(_elapsed) => return Err(SpoolerError::Down),
            }
        }
        let fresh = self.connect().await?;
        match timeout(ANSWER, self.exchange(fresh, path, body)).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(Broken)) | Err(_) => Err(SpoolerError::Down),
        }
    }

    /// Sends something that must not be sent twice.
    pub(super) async fn send(
        &mut self,
        path: &str,
        head: Bytes,
        document: Bytes,
    ) -> Result<Bytes, SpoolerError> {
        let patience = ANSWER + Duration::from_millis((document.len() / SLOWEST_DISK) as u64);
        let mut body = BytesMut::with_capacity(head.len() + document.len());
        body.put_slice(&head);
        body.put_slice(&document);
        let connection = match self.live() {
            Some(kept) => kept,
            None => self.connect().await?,
        };
        match timeout(patience, self.exchange(connection, path, body.freeze())).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(Broken)) | Err(_) => Err(SpoolerError::Down),
        }
    }

    fn live(&mut self) -> Option<SendRequest<Full<Bytes>>> {
        self.kept.take().filter(|kept| !kept.is_closed())
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, SpoolerError> {
        let connecting = async {
            let stream: Box<dyn Stream> = match &self.server {
                SpoolerServer::Socket(path) => Box::new(UnixStream::connect(path).await?),
                SpoolerServer::Tcp { host, port } => {
                    Box::new(TcpStream::connect((host.as_str(), *port)).await?)
                }
            };
            let (sender, connection) =
                handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
            // Ends with its sender, which this client owns.
            tokio::spawn(connection);
            Ok::<_, io::Error>(sender)
        };
        match timeout(self.connect_timeout, connecting).await {
            Ok(Ok(sender)) => Ok(sender),
            Ok(Err(error)) => {
                debug!(server = %self.server, %error, "the scheduler cannot be reached");
                Err(SpoolerError::Down)
            }
            Err(_elapsed) => Err(SpoolerError::Down),
        }
    }

    /// One request and its answer. The connection is kept where both were whole.
    async fn exchange(
        &mut self,
        mut connection: SendRequest<Full<Bytes>>,
        path: &str,
        body: Bytes,
    ) -> Result<Result<Bytes, SpoolerError>, Broken> {
        connection.ready().await.map_err(|_| Broken)?;
        let host = match &self.server {
            SpoolerServer::Socket(_) => "localhost".to_owned(),
            SpoolerServer::Tcp { .. } => self.server.to_string(),
        };
        let request = hyper::Request::post(path)
            .header(HOST, host)
            .header(CONTENT_TYPE, "application/ipp")
            .body(Full::new(body))
            .map_err(|_| Broken)?;
        let response = connection.send_request(request).await.map_err(|_| Broken)?;
        let status = response.status();
        let answer = Limited::new(response.into_body(), LONGEST_ANSWER).collect().await;
        let answer = answer.map_err(|_| Broken)?.to_bytes();
        self.kept = Some(connection);
        if status == hyper::StatusCode::OK {
            Ok(Ok(answer))
        } else {
            Ok(Err(SpoolerError::Refused(u32::from(status.as_u16()))))
        }
    }
}

/// The connection ended before the answer.
struct Broken;
