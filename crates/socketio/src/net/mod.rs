//! From an [`Endpoint`](crate::Endpoint) to a byte stream: DNS, TCP, proxy, TLS.

pub(crate) mod dial;
pub(crate) mod proxy;
pub(crate) mod tls;

use tokio::io::{AsyncRead, AsyncWrite};

/// A connected byte stream, whatever it runs through.
pub(crate) trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> ByteStream for T {}

/// A connected byte stream on the heap.
pub(crate) type BoxedStream = Box<dyn ByteStream>;
