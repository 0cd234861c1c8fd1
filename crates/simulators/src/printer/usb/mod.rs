//! The virtual printer on a USB port: the same core behind USB/IP, spoken to the kernel's virtual host controller.
//!
//! The kernel (module vhci-hcd) is given one end of a socket pair and takes it for the way to a real device; the other
//! end is served here. Nothing listens anywhere, and unplugging is closing. Bulk OUT is taken packet by packet as long
//! as the receive buffer has room, and not acknowledged beyond (NAK); bulk IN gives what the printer answers.

mod bus;
mod descriptors;
mod frames;
mod serve;

use std::{
    ops::Deref,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

pub use descriptors::{UsbClass, UsbIdentity, UsbSpeed};

use super::{
    fault::{Fault, FaultKind},
    handle::PrinterProbe,
    options::PrinterOptions,
};
use crate::SimulatorError;

/// Everything about a virtual USB printer that can be chosen at its start. `printer.listen` is not used.
#[derive(Debug, Clone, Default)]
pub struct UsbPrinterOptions {
    /// The printer.
    pub printer: PrinterOptions,
    /// What it says of itself on the bus.
    pub usb: UsbIdentity,
}

/// A running virtual USB printer. Dropping it unplugs and ends it.
pub struct UsbPrinterHandle {
    probe: PrinterProbe,
    bus: Arc<BusState>,
}

/// What happens on the bus, beside what the printer does.
#[derive(Debug, Default)]
pub(super) struct BusState {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
pub(super) struct Seen {
    /// STALLs that are due: after so many more bytes, so many times.
    pub(super) stalls: Option<Stalls>,
    /// How often the host cleared a halt of bulk OUT.
    pub(super) halts_cleared: u32,
    /// How often it was asked for its port status.
    pub(super) port_questions: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Stalls {
    pub(super) after: usize,
    pub(super) times: u32,
}

impl BusState {
    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn start(
    probe: PrinterProbe,
    identity: UsbIdentity,
) -> Result<UsbPrinterHandle, SimulatorError> {
    bus::find_port().map_err(|source| SimulatorError::NoUsbPort { source })?;
    let bus = Arc::new(BusState::default());
    // Until the task has plugged it in, it is not on the bus.
    probe.port.listening.send_replace(false);
    probe.stage.spawn(serve::follow(probe.port.clone(), bus.clone(), identity));
    probe.wait_for_listener();
    Ok(UsbPrinterHandle { probe, bus })
}

impl UsbPrinterHandle {
    /// Pulls the cable. Gone from the bus when this returns; the same as setting [`Fault::Refuses`].
    pub fn unplug(&self) {
        self.set_fault(Fault::Refuses);
    }

    /// Puts the cable in again, at whatever port is free.
    pub fn plug_in(&self) {
        self.clear_fault(FaultKind::Refuses);
    }

    /// After so many more bytes bulk OUT stalls until the host clears the halt; so many times in a row.
    pub fn stall(&self, after: usize, times: u32) {
        self.bus.seen().stalls = Some(Stalls { after, times });
    }

    /// How often the host cleared a halt of bulk OUT.
    #[must_use]
    pub fn halts_cleared(&self) -> u32 {
        self.bus.seen().halts_cleared
    }

    /// How often the host asked for the port status.
    #[must_use]
    pub fn port_questions(&self) -> u32 {
        self.bus.seen().port_questions
    }

    /// Unplugs and ends the printer.
    pub fn stop(self) {
        self.unplug();
        self.probe.end();
    }
}

impl Deref for UsbPrinterHandle {
    type Target = PrinterProbe;

    fn deref(&self) -> &PrinterProbe {
        &self.probe
    }
}

impl Drop for UsbPrinterHandle {
    fn drop(&mut self) {
        self.unplug();
    }
}
