//! Registers the printers over REST, at the start of a session and when one is added or moved, and keeps them fresh there.
//!
//! A printer that the server has not seen for 30 s gets a real test page every ten seconds; this is what keeps the
//! server from that. A gateway without these calls is left alone until the next session.

use super::announce::last_seen;
use super::licence::LicenceDesk;
use super::rest::{Answer, Call, Rest};
use super::settings::{PrinterMasterSettings, RestHeartbeat};
use super::words;
use crate::clock::{iso, iso_now};
use crate::line::SessionKey;
use crate::{PrinterKind, PrinterView, Way};
use platen_job::{PrinterId, PrinterName, Timestamp};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The beat.
pub(crate) struct RestBeat {
    pub(crate) settings: Arc<PrinterMasterSettings>,
    pub(crate) rest: Arc<Rest>,
    pub(crate) licence: Arc<LicenceDesk>,
    pub(crate) printers: watch::Receiver<Arc<Vec<PrinterView>>>,
    pub(crate) online: watch::Receiver<Option<SessionKey>>,
}

/// Whether the gateway has a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Offered {
    Yes,
    No,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Registration {
    branch_id: String,
    app_version: String,
    timestamp: String,
    printers: Vec<RegisteredPrinter>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RegisteredPrinter {
    name: String,
    r#type: &'static str,
    status: &'static str,
    connection_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ip_address: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    capabilities: Vec<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Beat {
    branch_id: String,
    timestamp: String,
    printers: Vec<SeenPrinter>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SeenPrinter {
    name: String,
    status: &'static str,
    last_seen: String,
}

impl RestBeat {
    /// Runs until cancelled.
    pub(crate) async fn run(mut self, cancel: CancellationToken) {
        if self.settings.rest_heartbeat == RestHeartbeat::Off {
            return;
        }
        while let Some(session) = self.next_session(&cancel).await {
            let mut online = self.online.clone();
            let over = online.wait_for(|now| *now != Some(session));
            tokio::select! {
                () = cancel.cancelled() => return,
                over = over => if over.is_err() { return },
                () = self.serve() => {}
            }
        }
    }

    async fn next_session(&mut self, cancel: &CancellationToken) -> Option<SessionKey> {
        tokio::select! {
            () = cancel.cancelled() => None,
            session = self.online.wait_for(Option::is_some) => *session.ok()?,
        }
    }

    /// Registers, then beats; where the gateway has no such call, waits for the end of the session.
    async fn serve(&self) {
        let Some(branch_id) = self.licence.branch().id else {
            tracing::debug!("no branch is known, so printers are not kept fresh over REST");
            return std::future::pending().await;
        };
        let mut registered = Vec::new();
        loop {
            let printers = self.identities();
            if printers != registered {
                self.register(&branch_id).await;
                registered = printers;
            }
            if self.beat(&branch_id).await == Offered::No {
                break;
            }
            tokio::time::sleep(self.pause()).await;
        }
        tracing::info!("this gateway has no printer heartbeat over REST");
        std::future::pending().await
    }

    /// What a registration says of each printer that does not change by itself.
    fn identities(&self) -> Vec<(PrinterId, PrinterName, Way)> {
        self.look().iter().map(|one| (one.id.clone(), one.name.clone(), one.way.clone())).collect()
    }

    async fn register(&self, branch_id: &str) {
        let body = Registration {
            branch_id: branch_id.to_owned(),
            app_version: self.settings.app_version.clone(),
            timestamp: iso_now(),
            printers: self.look().iter().map(registered).collect(),
        };
        match self.rest.post(Call::RegisterPrinters, &body).await {
            Ok(answer) if answer.is_missing_call() => {
                tracing::info!("this gateway does not register printers over REST");
            }
            Ok(answer) => complain(&answer, "the printers could not be registered"),
            Err(error) => tracing::debug!(%error, "the printers could not be registered"),
        }
    }

    async fn beat(&self, branch_id: &str) -> Offered {
        let body = Beat {
            branch_id: branch_id.to_owned(),
            timestamp: iso_now(),
            printers: self.look().iter().map(seen).collect(),
        };
        match self.rest.post(Call::Heartbeat, &body).await {
            Ok(answer) if answer.is_missing_call() => return Offered::No,
            Ok(answer) => complain(&answer, "the heartbeat over REST was not accepted"),
            Err(error) => tracing::debug!(%error, "the heartbeat over REST failed"),
        }
        Offered::Yes
    }

    fn look(&self) -> Arc<Vec<PrinterView>> {
        self.printers.borrow().clone()
    }

    /// Drawn anew each time, so that a chain of shops does not beat in one instant.
    fn pause(&self) -> Duration {
        let (least, most) = self.settings.rhythm.rest_heartbeat;
        let spread = most.saturating_sub(least);
        let share = f64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 255.0;
        least + spread.mul_f64(share)
    }
}

fn complain(answer: &Answer, what: &'static str) {
    if !(200..300).contains(&answer.status) {
        tracing::debug!(status = answer.status, "{what}");
    }
}

fn registered(printer: &PrinterView) -> RegisteredPrinter {
    let (ip_address, port) = match &printer.way {
        Way::Network { host, port } => (Some(host.clone()), Some(*port)),
        Way::Usb | Way::Spooler { .. } => (None, None),
    };
    RegisteredPrinter {
        name: printer.name.to_string(),
        r#type: match printer.kind {
            PrinterKind::Receipt => "receipt",
            PrinterKind::Kitchen => "kitchen",
            PrinterKind::Label => "label",
        },
        status: words::rest_status_word(printer),
        connection_type: words::connection_word(&printer.way),
        ip_address,
        port,
        capabilities: printer.capabilities.iter().map(|capability| capability.as_str()).collect(),
    }
}

/// The field is required, and a printer that never answered was seen at no time.
fn never() -> String {
    iso(Timestamp(0))
}

fn seen(printer: &PrinterView) -> SeenPrinter {
    SeenPrinter {
        name: printer.name.to_string(),
        status: words::rest_status_word(printer),
        last_seen: last_seen(printer).unwrap_or_else(never),
    }
}
