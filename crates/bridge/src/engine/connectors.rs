//! Starts every connector that the settings name.

use super::{Core, backend_socket, doors, gateway, odoo_pull};
use crate::supervise::supervise;
use platen_connectors::{Host, HostEvent};
use platen_job::ConnectorId;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Starts them; they live as long as the engine.
pub async fn start(core: &Arc<Core>, tasks: &TaskTracker) {
    gateway::start(core, tasks).await;
    backend_socket::start(core, tasks);
    odoo_pull::start(core, tasks).await;
    doors::start(core, tasks).await;
}

/// Runs a connector until it ends by itself, as `cancel` has it do; after a panic anew, with back-off.
pub(super) fn keep<F, R>(
    core: &Arc<Core>,
    name: &str,
    connector: ConnectorId,
    cancel: &CancellationToken,
    run: F,
) -> impl Future<Output = ()> + Send + use<F, R>
where
    F: Fn(Arc<dyn Host>, mpsc::Receiver<HostEvent>) -> R + Send + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let core = core.clone();
    supervise(name.to_owned(), core.restarts.clone(), cancel.clone(), move || {
        let events = core.connect(connector);
        run(core.clone(), events)
    })
}
