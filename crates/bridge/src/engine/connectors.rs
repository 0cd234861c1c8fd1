//! Starts every connector that the settings name.

use super::{Core, backend_socket, doors, gateway, odoo_pull};
use std::sync::Arc;
use tokio_util::task::TaskTracker;

/// Starts them; they live as long as the engine.
pub async fn start(core: &Arc<Core>, tasks: &TaskTracker) {
    gateway::start(core, tasks).await;
    backend_socket::start(core, tasks);
    odoo_pull::start(core, tasks).await;
    doors::start(core, tasks).await;
}
