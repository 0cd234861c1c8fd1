//! Requests that cannot be read as HTTP. They reach no route: the HTTP library answers them by itself, with a status alone. Here such an
//! answer gets its reason, in the door's own shape.

use super::answer::{ErrorShape, Problem};
use super::lengths::Lengths;
use axum::body::Bytes;
use axum::http::StatusCode;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What no request has anywhere in its head, and the end of a head, before which the library does not look.
const UNREADABLE: &[u8] = b"\0\n\n";
const TWO_LENGTHS: &str =
    "The length of a body is told by Content-Length or by Transfer-Encoding, not by both.";

/// A connection on which bare answers get a reason, and on which a request with two lengths becomes one that cannot be read.
pub(super) struct Explained<S> {
    stream: S,
    errors: ErrorShape,
    heard: Heard,
    /// Of an answer that took a bare one's place.
    left: Bytes,
}

/// What has come in.
enum Heard {
    Requests(Lengths),
    /// One with two lengths. What the library is still to read in its place; nothing that comes after it is heard.
    TwoLengths(&'static [u8]),
}

impl<S> Explained<S> {
    pub(super) fn new(stream: S, errors: ErrorShape) -> Explained<S> {
        Explained { stream, errors, heard: Heard::Requests(Lengths::new()), left: Bytes::new() }
    }
}

impl<S: AsyncWrite + Unpin> Explained<S> {
    fn poll_left(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.left.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &self.left))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.left = self.left.slice(written..);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Explained<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        loop {
            if let Heard::TwoLengths(rest) = &mut self.heard
                && !rest.is_empty()
            {
                let (now, later) = rest.split_at(rest.len().min(buffer.remaining()));
                buffer.put_slice(now);
                *rest = later;
                return Poll::Ready(Ok(()));
            }
            ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
            if buffer.filled().len() == before {
                return Poll::Ready(Ok(()));
            }
            let Heard::Requests(lengths) = &mut self.heard else {
                buffer.set_filled(before);
                continue;
            };
            let Some(head) = lengths.follow(&buffer.filled()[before..]) else {
                return Poll::Ready(Ok(()));
            };
            buffer.set_filled(before + head.start);
            self.heard = Heard::TwoLengths(UNREADABLE);
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Explained<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_left(context))?;
        if let Some(mut problem) = bare(bytes) {
            if let (Heard::TwoLengths(_), StatusCode::BAD_REQUEST) = (&self.heard, problem.status) {
                problem = Problem::new(problem.status, TWO_LENGTHS);
            }
            self.left = written(problem, self.errors);
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_left(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_left(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// What is wrong, where this is an answer without a reason: every answer of a route has a head that forbids to keep it.
fn bare(bytes: &[u8]) -> Option<Problem> {
    let status = std::str::from_utf8(bytes.strip_prefix(b"HTTP/1.1 ")?.get(..3)?).ok()?;
    let (status, words) = match status {
        "400" => (StatusCode::BAD_REQUEST, "This is no request that HTTP knows."),
        "414" => (StatusCode::URI_TOO_LONG, "The address of the request is too long."),
        "431" => (
            StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            "The head of the request has too many lines, or too long ones.",
        ),
        _ => return None,
    };
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    let is_a_routes = text.lines().any(|line| line.starts_with("cache-control:"));
    (!is_a_routes).then(|| Problem::new(status, words))
}

/// The whole answer; the connection ends with it.
fn written(problem: Problem, errors: ErrorShape) -> Bytes {
    let status = problem.status;
    let (kind, body) = problem.in_shape(errors);
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\
         cache-control: no-store\r\nx-content-type-options: nosniff\r\n\r\n",
        body.len()
    );
    Bytes::from([head.into_bytes(), body].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    async fn said(written: &[u8], errors: ErrorShape) -> String {
        let (near, mut far) = tokio::io::duplex(64);
        let mut stream = Explained::new(near, errors);
        let (mut said, writing) = (String::new(), async {
            stream.write_all(written).await.unwrap();
            stream.shutdown().await.unwrap();
        });
        let (read, ()) = tokio::join!(far.read_to_string(&mut said), writing);
        read.unwrap();
        said
    }

    #[tokio::test]
    async fn a_bare_answer_gets_its_reason() {
        let bare = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        let answer = said(bare, ErrorShape::Error).await;
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
        assert!(answer.ends_with("\r\n\r\n{\"error\":\"This is no request that HTTP knows.\"}"));
        let answer = said(bare, ErrorShape::ProblemJson).await;
        assert!(answer.contains("application/problem+json") && answer.contains("\"status\":400"));
    }

    /// However its head comes in.
    #[tokio::test(start_paused = true)]
    async fn a_request_with_two_lengths_is_refused_at_once() {
        let head = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n";
        for cut in 0..head.len() {
            let (near, mut far) = tokio::io::duplex(256);
            let service = hyper::service::service_fn(async |_| {
                Ok::<_, std::convert::Infallible>(hyper::Response::new(axum::body::Body::empty()))
            });
            let stream = hyper_util::rt::TokioIo::new(Explained::new(near, ErrorShape::Error));
            let serving =
                hyper::server::conn::http1::Builder::new().serve_connection(stream, service);
            let calling = async {
                far.write_all(&head[..cut]).await.unwrap();
                // Time moves on when everything waits: what was written has been read.
                tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                far.write_all(&head[cut..]).await.unwrap();
                let mut said = String::new();
                let reading = far.read_to_string(&mut said);
                let second = std::time::Duration::from_secs(1);
                tokio::time::timeout(second, reading).await.expect("an answer").unwrap();
                said
            };
            let (_, said) = tokio::join!(serving, calling);
            assert!(said.starts_with("HTTP/1.1 400 "), "cut at {cut}: {said}");
            assert!(said.contains("not by both"), "cut at {cut}: {said}");
        }
    }

    #[tokio::test]
    async fn every_other_answer_goes_out_as_it_is() {
        for answer in [
            "HTTP/1.1 400 Bad Request\r\nCache-Control: no-store\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 408 Request Timeout\r\n\r\n",
            "HTTP/1.1 4",
            "{}",
        ] {
            assert_eq!(said(answer.as_bytes(), ErrorShape::Error).await, answer);
        }
    }
}
