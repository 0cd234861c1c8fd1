//! What a test or a tool holds of a running printer.

use std::{
    net::SocketAddr,
    ops::Deref,
    sync::Arc,
    time::{Duration, Instant},
};

use platen_escpos::paper::picture;

use super::{
    fault::{Fault, FaultKind},
    paper::Sheet,
    port::Port,
    wires::WireLog,
};
use crate::{SimulatorError, stage::Stage, wait};

/// How long setting or clearing `Refuses` waits for the listener to follow.
const LISTENER: Duration = Duration::from_secs(2);

/// A running virtual printer on a network port. Dropping it ends it at once.
pub struct PrinterHandle {
    probe: PrinterProbe,
    address: SocketAddr,
}

/// What can be done to a running virtual printer, and seen of it, whatever it is attached to.
pub struct PrinterProbe {
    pub(super) stage: Stage,
    pub(super) port: Arc<Port>,
}

impl std::fmt::Debug for PrinterHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PrinterHandle").field("address", &self.address).finish_non_exhaustive()
    }
}

impl PrinterHandle {
    pub(super) fn new(probe: PrinterProbe, address: SocketAddr) -> Self {
        Self { probe, address }
    }

    /// The address it listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// `tcp://host:port`, as a printer's settings have it.
    #[must_use]
    pub fn uri(&self) -> String {
        format!("tcp://{}", self.address)
    }

    /// Ends the printer: its thread, its tasks and its sockets are gone when this returns. The
    /// piece that was not cut is saved too where sheets are saved.
    pub fn stop(self) {
        self.probe.end();
    }
}

impl Deref for PrinterHandle {
    type Target = PrinterProbe;

    fn deref(&self) -> &PrinterProbe {
        &self.probe
    }
}

impl PrinterProbe {
    pub(super) fn new(stage: Stage, port: Arc<Port>) -> Self {
        Self { stage, port }
    }

    // ---- faults ----

    /// Sets a fault, at once and for open connections too.
    pub fn set_fault(&self, fault: Fault) {
        self.port.act(|core| core.set(fault));
        self.wait_for_listener();
    }

    /// Clears a fault. A mechanism that stood still goes on with what is in the receive buffer.
    pub fn clear_fault(&self, kind: FaultKind) {
        self.port.act(|core| core.clear(kind));
        self.wait_for_listener();
    }

    /// Clears every fault.
    pub fn clear_faults(&self) {
        self.port.act(super::core::Core::clear_all);
        self.wait_for_listener();
    }

    /// Whether a fault of this kind is set. Counted ones are gone once they have happened.
    #[must_use]
    pub fn has_fault(&self, kind: FaultKind) -> bool {
        self.port.core().condition.has(kind)
    }

    /// The listener is opened and closed by its own task; who set the fault expects it done.
    pub(super) fn wait_for_listener(&self) {
        let wanted = !self.has_fault(FaultKind::Refuses);
        let until = Instant::now() + LISTENER;
        while *self.port.listening.borrow() != wanted && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    // ---- what happened ----

    /// Every byte received, per connection, as far as it is kept.
    #[must_use]
    pub fn wire(&self) -> Vec<WireLog> {
        self.port.core().wires.logs()
    }

    /// The bytes that reached the paper: what was received without real-time and status requests
    /// (`GS r`, `GS I`, `GS a`, `GS ( H`), as far as the mechanism got.
    #[must_use]
    pub fn printed(&self) -> Vec<u8> {
        self.port.core().mechanism.printed()
    }

    /// The printed bytes, split after each cut.
    #[must_use]
    pub fn sheets(&self) -> Vec<Sheet> {
        self.port.core().mechanism.paper.sheets()
    }

    /// What was printed after the last cut.
    #[must_use]
    pub fn uncut(&self) -> Vec<u8> {
        self.port.core().mechanism.uncut()
    }

    /// What these bytes say on this printer's paper, as text.
    #[must_use]
    pub fn text_of(&self, bytes: &[u8]) -> String {
        self.port.core().mechanism.paper.text_of(bytes)
    }

    /// What these bytes look like on this printer's paper, as a PNG.
    #[must_use]
    pub fn picture_of(&self, bytes: &[u8]) -> Vec<u8> {
        // Drawing takes its time, and the printer goes on meanwhile.
        let profile = self.port.core().mechanism.paper.profile();
        profile.map(|profile| picture(bytes, &profile)).unwrap_or_default()
    }

    /// How many sheets were cut, kept or not.
    #[must_use]
    pub fn sheet_count(&self) -> u64 {
        self.port.core().mechanism.paper.sheet_count
    }

    /// How many bytes were received, kept or not.
    #[must_use]
    pub fn received_bytes(&self) -> u64 {
        self.port.core().wires.byte_count
    }

    /// How many bytes reached the paper, kept or not, without a command that is not finished.
    #[must_use]
    pub fn printed_bytes(&self) -> u64 {
        self.port.core().mechanism.paper.byte_count
    }

    /// When the last byte was received.
    #[must_use]
    pub fn last_byte_at(&self) -> Option<Instant> {
        self.port.core().wires.last_byte
    }

    /// When the mechanism took its last byte.
    #[must_use]
    pub fn last_printed_at(&self) -> Option<Instant> {
        self.port.core().mechanism.last_printed
    }

    /// How often the drawer was opened.
    #[must_use]
    pub fn drawer_kicks(&self) -> u64 {
        self.port.core().mechanism.drawer_kicks
    }

    /// How many connections there were since the start.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.port.core().wires.opened
    }

    /// How many connections are open now.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.port.core().wires.open_count()
    }

    // ---- waiting ----

    /// Waits until at least `n` sheets were cut, and gives those that are kept.
    ///
    /// # Errors
    /// When they were not in time.
    pub async fn wait_for_sheets(
        &self,
        n: u64,
        timeout: Duration,
    ) -> Result<Vec<Sheet>, SimulatorError> {
        let what = format!("{n} sheets");
        self.until(&what, timeout, |printer| (printer.sheet_count() >= n).then(|| printer.sheets()))
            .await
    }

    /// Waits until `predicate` holds for the printed bytes, and gives them.
    ///
    /// # Errors
    /// When it did not in time.
    pub async fn wait_for_printed(
        &self,
        mut predicate: impl FnMut(&[u8]) -> bool,
        timeout: Duration,
    ) -> Result<Vec<u8>, SimulatorError> {
        self.until("printed bytes", timeout, |printer| {
            Some(printer.printed()).filter(|printed| predicate(printed))
        })
        .await
    }

    /// Waits until `find` finds something in the printer's state; it is asked after every change.
    ///
    /// # Errors
    /// When it found nothing in time.
    pub async fn until<T>(
        &self,
        what: &str,
        timeout: Duration,
        mut find: impl FnMut(&Self) -> Option<T>,
    ) -> Result<T, SimulatorError> {
        let changes = self.port.changes.subscribe();
        wait::until(&self.stage, changes, timeout, what, || find(self)).await
    }

    pub(super) fn end(&self) {
        self.stage.stop();
        self.port.core().mechanism.paper.save_uncut();
    }
}

impl Drop for PrinterProbe {
    fn drop(&mut self) {
        self.end();
    }
}
