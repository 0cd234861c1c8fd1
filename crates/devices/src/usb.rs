//! Printers on this computer's USB ports.
//!
//! [`list`] shows those that are attached, [`watch`] tells when one comes or goes, and [`UsbDevice`] prints on one.
//! On Linux and macOS libusb does the work (`libusb.rs`), on Windows the system's own printer driver
//! (`windows.rs`): the class driver there must not be replaced.
//!
//! Nothing of this may block the runtime: every call into the system is made on a thread of its own, which can be left
//! alone if the call hangs.

mod address;
#[cfg_attr(windows, allow(dead_code, reason = "usbprint.sys sees to it"))]
mod device_id;
mod error;
mod found;
#[cfg(any(windows, test))]
mod instance;
mod link;
#[cfg_attr(windows, allow(dead_code, reason = "usbprint.sys sees to it"))]
mod pipe;
#[cfg_attr(windows, allow(dead_code, reason = "usbprint.sys sees to it"))]
mod quirks;
#[cfg_attr(windows, allow(dead_code, reason = "usbprint.sys sees to it"))]
mod route;
mod watch;

#[cfg(not(windows))]
mod libusb;
#[cfg(target_os = "linux")]
#[path = "usb/linux.rs"]
mod system;
#[cfg(windows)]
#[path = "usb/windows.rs"]
mod system;
#[cfg(not(any(windows, target_os = "linux")))]
#[path = "usb/macos.rs"]
mod system;

pub use address::{UsbAddress, Which};
pub use device_id::DeviceId;
pub use error::{AccessHelp, UsbError};
pub use found::{Access, UsbChange, UsbPrinter, can_be_serial, changes};
pub use quirks::UsbId;
pub use watch::{UsbWatch, watch};

use crate::talk::{AfterQuestion, Dial, DialError, Glance, Link, Manners, OnClose, Talker};
use crate::{DeviceOptions, DeviceUri};
use async_trait::async_trait;
use link::UsbLink;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{Instant, timeout, timeout_at};

/// A USB printer.
///
/// `bytes_written` of its attempts counts what the printer acknowledged: exact.
pub type UsbDevice = Talker<Usb>;

/// Which USB printer, and whose turn it is to hold it.
#[derive(Debug)]
pub struct Usb {
    address: UsbAddress,
    /// One at a time: closing takes a moment, and an open call that hangs must not be followed by others.
    turn: Arc<Semaphore>,
}

impl Talker<Usb> {
    /// Opens nothing yet.
    pub fn new(address: UsbAddress, options: DeviceOptions) -> UsbDevice {
        let uri = DeviceUri::Usb(address.clone());
        Talker::over(Usb { address, turn: Arc::new(Semaphore::new(1)) }, uri, options)
    }
}

/// The printers that are attached now. Takes about as long as the slowest of them needs to tell its device ID (300 ms
/// at most for each).
///
/// # Errors
/// [`UsbError::Unavailable`] where this computer's USB cannot be used at all; [`UsbError::Hangs`] after 5 s.
pub async fn list() -> Result<Vec<UsbPrinter>, UsbError> {
    let (tell, told) = oneshot::channel();
    on_a_thread("platen-usb-list", move || {
        let _ = tell.send(system::Finder::new().and_then(|mut finder| finder.find()));
    })?;
    match timeout(LIST, told).await {
        Ok(Ok(found)) => found.map(found::told_apart),
        Ok(Err(_)) | Err(_) => Err(UsbError::Hangs),
    }
}

/// How long [`list`] may take.
const LIST: Duration = Duration::from_secs(5);

fn on_a_thread(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), UsbError> {
    let spawned = std::thread::Builder::new().name(name.to_owned()).spawn(work);
    spawned.map(drop).map_err(|error| UsbError::Failed(error.raw_os_error().unwrap_or(0)))
}

#[async_trait]
impl Dial for Usb {
    fn manners(&self) -> Manners {
        // The kernel's driver goes and comes back with every opening and closing.
        Manners { on_close: OnClose::Printed, after_question: AfterQuestion::Keep }
    }

    async fn dial(&self, patience: Duration) -> Result<Box<dyn Link>, DialError> {
        let deadline = Instant::now() + patience;
        let turn = timeout_at(deadline, self.turn.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(UsbError::Hangs.into()) };
        let (tell, told) = oneshot::channel();
        let address = self.address.clone();
        on_a_thread("platen-usb", move || hold(&address, turn, tell))?;
        match timeout_at(deadline, told).await {
            Ok(Ok(opened)) => Ok(Box::new(opened?)),
            Ok(Err(_)) | Err(_) => Err(UsbError::Hangs.into()),
        }
    }

    async fn glance(&self, before: Option<u8>) -> Glance {
        let look = async {
            let turn = self.turn.clone().acquire_owned().await.ok()?;
            let (tell, told) = oneshot::channel();
            let address = self.address.clone();
            let looking = move || {
                let seen = system::glance(&address, before);
                drop(turn);
                let _ = tell.send(seen);
            };
            on_a_thread("platen-usb-glance", looking).ok()?;
            told.await.ok()
        };
        timeout(GLANCE, look).await.ok().flatten().unwrap_or(Glance::Ask)
    }
}

/// How long a look may take. The kernel gives a port 5 s to answer.
const GLANCE: Duration = Duration::from_secs(6);

/// Opens the printer and serves its link until that is dropped.
fn hold(
    address: &UsbAddress,
    turn: OwnedSemaphorePermit,
    tell: oneshot::Sender<Result<UsbLink, UsbError>>,
) {
    let opened = system::open(address).and_then(|pipe| {
        let linked = link::link(pipe, Arc::new(turn));
        linked.map_err(|error| UsbError::Failed(error.raw_os_error().unwrap_or(0)))
    });
    match opened {
        Err(error) => drop(tell.send(Err(error))),
        Ok((link, serve)) => {
            if tell.send(Ok(link)).is_ok() {
                serve();
            }
        }
    }
}
