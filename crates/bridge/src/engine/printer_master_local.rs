//! Starts the door for a PrinterMaster gateway on this machine.

use super::Core;
use super::connectors::keep;
use platen_connectors::door::{DoorSettings, DoorStatus};
use platen_connectors::printermaster::run_local;
use platen_job::ConnectorId;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The gateway calls this till.
pub fn run(
    core: &Arc<Core>,
    door: DoorSettings,
    status: watch::Sender<DoorStatus>,
    cancel: CancellationToken,
) -> impl Future<Output = ()> + Send + use<> {
    let (id, until) = (ConnectorId::PrinterMasterLocal, cancel.clone());
    keep(core, "PrinterMaster's local door", id, &until, move |host, events| {
        run_local(door.clone(), host, events, cancel.clone(), status.clone())
    })
}
