//! Starts the connectors for Odoo.

use super::Core;
use super::connectors::keep;
use crate::doors::DoorSection;
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
    let until = cancel.clone();
    keep(core, "Odoo's door", ConnectorId::OdooPush, &until, move |host, events| {
        odoo::push(settings.clone(), door.clone(), host, events, cancel.clone(), status.clone())
    })
}
