//! Starts the connectors for Odoo.

use super::Core;
use crate::doors::DoorSection;
use crate::supervise::supervise;
use platen_connectors::Host;
use platen_connectors::door::{DoorSettings, DoorStatus};
use platen_connectors::odoo::{self, OdooPushSettings};
use platen_job::ConnectorId;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// Odoo calls this till.
pub fn push(
    core: &Arc<Core>,
    section: &DoorSection,
    door: DoorSettings,
    status: watch::Sender<DoorStatus>,
    cancel: CancellationToken,
) -> impl Future<Output = ()> + Send + use<> {
    let settings = OdooPushSettings {
        printer: section.printer.clone(),
        header: section.header.clone(),
        footer: section.footer.clone(),
        language: section.language.clone(),
        currency: section.currency.clone(),
    };
    let (core, restarts) = (core.clone(), core.restarts.clone());
    supervise("Odoo's door".to_owned(), restarts, cancel.clone(), move || {
        let events = core.connect(ConnectorId::OdooPush);
        let host: Arc<dyn Host> = core.clone();
        odoo::push(settings.clone(), door.clone(), host, events, cancel.clone(), status.clone())
    })
}
