//! Starts the connector for the Fée Maison ERP.

use super::Core;
use crate::doors::DoorSection;
use crate::supervise::supervise;
use platen_connectors::Host;
use platen_connectors::door::{DoorSettings, DoorStatus};
use platen_connectors::fee_maison::{self, FeeMaisonSettings};
use platen_job::ConnectorId;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The sign of its shops' money.
const CURRENCY: &str = "DA";

/// The ERP calls this till.
pub fn run(
    core: &Arc<Core>,
    section: &DoorSection,
    door: DoorSettings,
    status: watch::Sender<DoorStatus>,
    cancel: CancellationToken,
) -> impl Future<Output = ()> + Send + use<> {
    let settings = FeeMaisonSettings {
        printer: section.printer.clone(),
        header: section.header.clone(),
        footer: section.footer.clone(),
        currency: section.currency.clone().unwrap_or_else(|| CURRENCY.into()),
    };
    let (core, restarts) = (core.clone(), core.restarts.clone());
    supervise("Fée Maison's door".to_owned(), restarts, cancel.clone(), move || {
        let events = core.connect(ConnectorId::FeeMaison);
        let host: Arc<dyn Host> = core.clone();
        fee_maison::run(
            settings.clone(),
            door.clone(),
            host,
            events,
            cancel.clone(),
            status.clone(),
        )
    })
}
