//! Starts the connector that asks Odoo for jobs, where the settings name one.

use super::Core;
use super::connectors::keep;
use super::line::{Line, LineSettingsError};
use super::secret::start_with;
use crate::connector_words::{ConnectorNote, ConnectorWords};
use crate::notice::Notice;
use crate::secrets::SecretName;
use crate::settings::OdooPullConfig;
use crate::view::ConnectorRow;
use platen_connectors::odoo::pull::{self, OdooPullSettings, OdooPullState, OdooPullStatus};
use platen_job::ConnectorId;
use secrecy::SecretString;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

/// What people call it.
const NAME: &str = "Odoo (asked for jobs)";

/// Starts the connector; it lives as long as the engine.
pub async fn start(core: &Arc<Core>, tasks: &TaskTracker) {
    let Some(config) = core.settings().odoo.pull.filter(|config| config.enabled) else { return };
    let (sender, receiver) = watch::channel(OdooPullStatus::new(&config.url));
    core.show_connector(ConnectorId::OdooPull, move || row(&receiver.borrow()));
    let (for_later, tasks_for_later) = (core.clone(), tasks.clone());
    start_with(core, tasks, SecretName::OdooPullToken, move |token| {
        ask(&for_later, &tasks_for_later, &config, token, sender);
    })
    .await;
}

fn ask(
    core: &Arc<Core>,
    tasks: &TaskTracker,
    config: &OdooPullConfig,
    token: Option<SecretString>,
    sender: watch::Sender<OdooPullStatus>,
) {
    if token.is_none() {
        core.notice(Notice::NoOdooToken);
    }
    let settings = match connector_settings(config, token) {
        Ok(settings) => settings,
        Err(error) => {
            let notice = Notice::not_connected("Odoo", &error);
            tracing::error!("{notice}");
            return core.notice(notice);
        }
    };
    let cancel = core.cancel.clone();
    let run = move |host, events| {
        pull::run(settings.clone(), host, events, cancel.clone(), sender.clone())
    };
    tasks.spawn(keep(core, "Odoo pull connector", ConnectorId::OdooPull, &core.cancel, run));
}

fn connector_settings(
    config: &OdooPullConfig,
    token: Option<SecretString>,
) -> Result<OdooPullSettings, LineSettingsError> {
    let line = Line::of(&config.line)?;
    Ok(OdooPullSettings {
        token,
        printers: config.printers.clone(),
        tls: line.tls,
        proxy: line.proxy,
        plain: line.plain,
        ..OdooPullSettings::new(config.url.clone())
    })
}

fn row(status: &OdooPullStatus) -> ConnectorRow {
    let missing = status.without_printer.iter().cloned().map(ConnectorNote::NoPrinterFor);
    let unknown = status.unknown_codes.iter().cloned().map(ConnectorNote::UnknownCode);
    let unreadable = Some(status.counts.unreadable).filter(|count| *count > 0);
    let unreadable = unreadable.map(ConnectorNote::UnreadableAnswers);
    let unsaid = status.unsaid.iter().cloned().map(ConnectorNote::Unsaid);
    ConnectorRow {
        connector: ConnectorId::OdooPull,
        name: NAME.into(),
        address: status.odoo.clone(),
        working: matches!(status.state, OdooPullState::Asking { .. }),
        words: ConnectorWords::OdooPull(status.state.clone()),
        notes: missing.chain(unknown).chain(unsaid).chain(unreadable).collect(),
        detail: serde_json::to_value(status).unwrap_or_default(),
    }
}
