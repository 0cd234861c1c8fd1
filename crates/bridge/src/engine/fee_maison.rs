//! Starts the connector for the Fée Maison ERP.

use super::Core;
use super::connectors::keep;
use crate::doors::DoorSection;
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
    let until = cancel.clone();
    keep(core, "Fée Maison's door", ConnectorId::FeeMaison, &until, move |host, events| {
        let (settings, door) = (settings.clone(), door.clone());
        fee_maison::run(settings, door, host, events, cancel.clone(), status.clone())
    })
}
