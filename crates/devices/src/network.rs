//! The printer behind `tcp://host:port`.

mod link;
mod send_queue;

use crate::talk::{AfterQuestion, Dial, DialError, Link, Manners, OnClose, Talker};
use crate::{DeviceOptions, DeviceUri};
use async_trait::async_trait;
use link::TcpLink;
use std::io;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// A printer that takes raw data over TCP.
///
/// `bytes_written` of its attempts counts what the kernel took: an upper bound of what reached the printer.
pub type NetworkDevice = Talker<Tcp>;

/// Where a network printer listens.
#[derive(Debug)]
pub struct Tcp {
    host: String,
    port: u16,
}

impl Talker<Tcp> {
    /// Connects to nothing yet.
    pub fn new(host: String, port: u16, options: DeviceOptions) -> NetworkDevice {
        let address = DeviceUri::Network { host: host.clone(), port };
        Talker::over(Tcp { host, port }, address, options)
    }
}

#[async_trait]
impl Dial for Tcp {
    fn manners(&self) -> Manners {
        Manners { on_close: OnClose::MayBeLost, after_question: AfterQuestion::LetGo }
    }

    async fn dial(&self, patience: Duration) -> Result<Box<dyn Link>, DialError> {
        let target = (self.host.as_str(), self.port);
        match timeout(patience, TcpStream::connect(target)).await {
            Ok(connected) => Ok(Box::new(TcpLink::new(connected?)?)),
            Err(_elapsed) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
        }
    }
}
