//! Starts the Backend-Socket connector, where the settings name a server.

use super::Core;
use super::connectors::keep;
use super::line::{Line, LineSettingsError};
use crate::connector_words::{ConnectorNote, ConnectorWords};
use crate::notice::Notice;
use crate::settings::BackendSocketConfig;
use crate::view::ConnectorRow;
use platen_connectors::backend_socket::{self, BackendSocketSettings, BackendSocketStatus};
use platen_job::ConnectorId;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

/// What people call it.
const NAME: &str = "Backend-Socket";

/// Starts the connector; it lives as long as the engine.
pub fn start(core: &Arc<Core>, tasks: &TaskTracker) {
    let Some(config) = core.settings().backend_socket.filter(|config| config.enabled) else {
        return;
    };
    let settings = match connector_settings(&config) {
        Ok(settings) => settings,
        Err(error) => {
            let notice = Notice::not_connected(NAME, &error);
            tracing::error!("{notice}");
            return core.notice(notice);
        }
    };
    let (sender, receiver) = watch::channel(BackendSocketStatus::new(&config.url));
    core.show_connector(ConnectorId::BackendSocket, move || row(&receiver.borrow()));
    let cancel = core.cancel.clone();
    let run = move |host, events| {
        backend_socket::run(settings.clone(), host, events, cancel.clone(), sender.clone())
    };
    tasks.spawn(keep(
        core,
        &format!("{NAME} connector"),
        ConnectorId::BackendSocket,
        &core.cancel,
        run,
    ));
}

fn connector_settings(
    config: &BackendSocketConfig,
) -> Result<BackendSocketSettings, LineSettingsError> {
    let line = Line::of(&config.line)?;
    Ok(BackendSocketSettings {
        session_id: config.session_id.clone(),
        username: config.username.clone(),
        nipt: config.nipt.clone(),
        default_printer: config.printer.clone(),
        driver: config.driver,
        tls: line.tls,
        proxy: line.proxy,
        plain: line.plain,
        ..BackendSocketSettings::new(config.url.clone())
    })
}

fn row(status: &BackendSocketStatus) -> ConnectorRow {
    let says = status.server_says.iter().cloned().map(ConnectorNote::ServerSays);
    let missing = status.missing_printers.iter().map(|printer| ConnectorNote::MissingPrinter {
        printer: printer.name.clone(),
        count: printer.count,
    });
    ConnectorRow {
        connector: ConnectorId::BackendSocket,
        name: NAME.into(),
        address: status.server.clone(),
        working: status.connection.as_ref().is_some_and(|connection| connection.is_online()),
        words: ConnectorWords::Line(status.connection.clone()),
        notes: says.chain(missing).collect(),
        detail: serde_json::to_value(status).unwrap_or_default(),
    }
}
