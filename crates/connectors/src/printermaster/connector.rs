//! The connector's heart: what comes in, what is announced, what is due.
//!
//! One loop owns it. Jobs are handed to the engine in the order in which they came, several at once, so that a burst
//! shares its fsyncs; their outcomes are told by the [`super::teller`].

use super::announce::{Announcer, is_news};
use super::directory::{ServerIds, Target, find};
use super::licence::LicenceDesk;
use super::paper_budget::PaperBudget;
use super::payload::Payload;
use super::prints::Asked;
use super::settings::PrinterMasterSettings;
use super::status::Board;
use super::teller::Again;
use super::test_desk::TestDesk;
use super::test_request::Finding;
use super::windows::Windows;
use super::wire_in::Inbound;
use super::wire_out::{DesktopStatus, Emission, JoinBranch, Message};
use crate::fields::{printable, text_field};
use crate::intake::{Intake, Stored};
use crate::line::{Inlet, LineEvent, Outlet, Said, SessionKey};
use crate::telling::sentence;
use crate::{Host, PrinterView};
use platen_job::{ConnectorId, PrinterId};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until};
use tokio_util::sync::CancellationToken;

/// Under which key the gateway's ids of our printers are remembered.
const MEMORY: &str = "server-ids";

/// The connector.
pub(crate) struct Connector {
    pub(super) settings: Arc<PrinterMasterSettings>,
    pub(super) host: Arc<dyn Host>,
    pub(super) outlet: Arc<dyn Outlet>,
    pub(super) licence: Arc<LicenceDesk>,
    pub(super) board: Board,
    pub(super) tests: Arc<TestDesk>,
    pub(super) windows: Arc<Windows>,
    pub(super) again: mpsc::Sender<Again>,
    pub(super) online: watch::Sender<Option<SessionKey>>,
    pub(super) learned: ServerIds,
    pub(super) budget: PaperBudget,
    pub(super) intake: Intake<Asked>,
    /// The printers as the gateway was told of them last.
    announced: Arc<Vec<PrinterView>>,
    sessions: u64,
}

/// What the connector is made of.
pub(crate) struct Parts {
    pub(crate) settings: Arc<PrinterMasterSettings>,
    pub(crate) host: Arc<dyn Host>,
    pub(crate) outlet: Arc<dyn Outlet>,
    pub(crate) licence: Arc<LicenceDesk>,
    pub(crate) board: Board,
    pub(crate) tests: Arc<TestDesk>,
    pub(crate) windows: Arc<Windows>,
    pub(crate) again: mpsc::Sender<Again>,
    pub(crate) online: watch::Sender<Option<SessionKey>>,
}

impl Connector {
    /// A connector that knows what was remembered.
    pub(crate) async fn open(parts: Parts) -> Connector {
        let stored = parts.host.recall(ConnectorId::PrinterMaster, MEMORY).await;
        Connector {
            settings: parts.settings,
            host: parts.host,
            outlet: parts.outlet,
            licence: parts.licence,
            board: parts.board,
            tests: parts.tests,
            windows: parts.windows,
            again: parts.again,
            online: parts.online,
            learned: stored.as_deref().map(ServerIds::from_stored).unwrap_or_default(),
            budget: PaperBudget::default(),
            intake: Intake::default(),
            announced: Arc::default(),
            sessions: 0,
        }
    }

    /// Runs until the line has ended for good or is cancelled.
    pub(crate) async fn run(mut self, mut inlet: Box<dyn Inlet>, cancel: CancellationToken) {
        let (mut printers, mut offers) = (self.host.printers(), self.host.offers());
        let beat = self.settings.rhythm.heartbeat;
        let mut heartbeat = interval_at(Instant::now() + beat, beat);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let deadline = self.tests.next_deadline();
            tokio::select! {
                biased;
                () = cancel.cancelled() => break,
                Some(stored) = self.intake.next() => self.stored(stored).await,
                () = until(deadline) => self.tests_due().await,
                Ok(()) = printers.changed() => self.printers_changed().await,
                Ok(()) = offers.changed() => self.printers_changed().await,
                _ = heartbeat.tick() => self.beat().await,
                event = inlet.next(), if self.intake.has_room() => match event {
                    Some(event) => self.line_event(event).await,
                    None => break,
                },
            }
        }
        self.finish().await;
    }

    /// Jobs already handed to the engine are stored whether we look or not; senders are answered after the restart.
    async fn finish(&mut self) {
        self.online.send_replace(None);
        while let Some(stored) = self.intake.try_next() {
            self.stored(stored).await;
        }
    }

    async fn line_event(&mut self, event: LineEvent) {
        match event {
            LineEvent::Connected(session) => self.connected(session).await,
            LineEvent::Said(said) => self.said(said).await,
            LineEvent::Disconnected(session) => {
                self.online.send_replace(None);
                self.tests.hang_up(session);
            }
        }
    }

    /// Everything is announced again after every connect; then the outcomes that nobody was told.
    async fn connected(&mut self, session: SessionKey) {
        self.sessions += 1;
        let reconnections = self.sessions - 1;
        self.board.line(|line| line.reconnections = reconnections);
        let version = self.settings.app_version.clone();
        let timestamp = crate::clock::iso_now();
        self.send(DesktopStatus { status: "connected", timestamp, version }.emission()).await;
        if let Some(branch_id) = self.licence.branch().id {
            self.send(JoinBranch { branch_id }.emission()).await;
        }
        self.announce_all().await;
        self.online.send_replace(Some(session));
    }

    async fn said(&mut self, said: Said) {
        let inbound = Inbound::of(&said.name);
        match inbound {
            Inbound::Noise => return,
            Inbound::Unknown => {
                if self.board.unknown_event(&said.name) {
                    tracing::info!(event = %printable(&said.name), "the gateway sent an event that this version does not know");
                }
                return;
            }
            _ => {}
        }
        let payload = match Payload::from_args(said.args) {
            Ok(payload) => payload,
            Err(wrong) => {
                self.board.count(|counts| counts.garbage += 1);
                tracing::warn!(event = %said.name, "a message could not be read: {wrong}");
                acknowledge(said.ack, json!({ "received": true })).await;
                return;
            }
        };
        match inbound {
            Inbound::Print(kind) => self.print(kind, payload, said.ack).await,
            Inbound::Test => self.test(said.session, payload, said.ack).await,
            Inbound::Ask(ask) => {
                acknowledge(said.ack, json!({ "received": true })).await;
                self.asked(ask, &payload).await;
            }
            Inbound::PrinterAdded => self.printer_added(&payload).await,
            Inbound::Exception => self.exception(&payload),
            Inbound::ConnectionError => self.connection_error(&payload),
            Inbound::Noise | Inbound::Unknown => {}
        }
    }

    async fn stored(&mut self, stored: Stored<Asked>) {
        match (stored.request, stored.result) {
            (Asked::Print(request), result) => self.job_stored(*request, result).await,
            (Asked::Test { ticket }, Err(refusal)) => {
                let finding = Finding::bad(sentence(&refusal), "refused");
                self.answer_test(&ticket, finding).await;
            }
            (Asked::Test { .. }, Ok(_)) => {}
        }
    }

    /// The gateway's id of one of our printers.
    async fn printer_added(&mut self, payload: &Payload) {
        let inner = payload.object("printer").cloned().unwrap_or_default();
        let text = |names: &[&str]| text_field(&inner, names).or_else(|| payload.text(names));
        let (Some(name), Some(id)) = (text(&["name", "printerName"]), text(&["id", "printerId"]))
        else {
            return;
        };
        let branch = text(&["branchId"]);
        if branch.is_some() && self.licence.branch().id.is_some_and(|ours| Some(ours) != branch) {
            return;
        }
        let printers = self.host.printers().borrow().clone();
        let Some(printer) = printers.iter().find(|printer| printer.name.as_str() == name) else {
            return;
        };
        if self.learned.learn(&printer.id, &id) {
            let stored = self.learned.to_stored();
            self.host.remember(ConnectorId::PrinterMaster, MEMORY, stored).await;
        }
    }

    fn exception(&self, payload: &Payload) {
        let message = payload.text(&["message", "error"]).unwrap_or_else(|| "no message".into());
        let message = printable(&self.licence.without_key(&message));
        tracing::warn!(says = %message, "the gateway reports an error");
        self.board.exception(message);
    }

    fn connection_error(&self, payload: &Payload) {
        let code = payload.text(&["code", "status"]).unwrap_or_default();
        let message = payload.text(&["message", "error", "reason"]).unwrap_or_default();
        self.licence.refused_on_the_line(&code, &message);
    }

    /// The printers of this till, and the devices that it offers to be set up: the gateway is told of both, and sends jobs
    /// to the first only.
    pub(super) fn everything(&self) -> Arc<Vec<PrinterView>> {
        let printers = self.host.printers().borrow().clone();
        let offers = self.host.offers().borrow().clone();
        if offers.is_empty() {
            return printers;
        }
        Arc::new(printers.iter().chain(offers.iter()).cloned().collect())
    }

    async fn printers_changed(&mut self) {
        let now = self.everything();
        let news = is_news(&self.announced, &now);
        self.announced = now;
        if !news.changed || self.online.borrow().is_none() {
            return;
        }
        self.announce(&news.appeared).await;
        self.send_status().await;
    }

    pub(super) async fn announce_all(&mut self) {
        self.announced = self.everything();
        let all: Vec<_> = self.announced.iter().map(|printer| printer.id.clone()).collect();
        self.announce(&all).await;
        self.send_status().await;
    }

    async fn announce(&self, printers: &[PrinterId]) {
        for printer in self.announced.iter().filter(|printer| printers.contains(&printer.id)) {
            let emission = self.announcer().discovered(printer);
            self.send(emission).await;
        }
    }

    async fn beat(&mut self) {
        if self.online.borrow().is_some() {
            self.announced = self.everything();
            self.send_status().await;
        }
    }

    pub(super) async fn send_status(&self) {
        let update = self.announcer().update(self.announced.iter());
        self.send(update).await;
    }

    pub(super) fn announcer(&self) -> Announcer<'_> {
        Announcer {
            device_id: &self.settings.device_id,
            branch_id: self.licence.branch().id,
            learned: &self.learned,
        }
    }

    /// The printer a message is for; where it is not ours, people see it and the gateway hears nothing.
    pub(super) fn printer_for(&self, target: &Target) -> Option<PrinterView> {
        let printers = self.host.printers().borrow().clone();
        match find(&printers, &self.learned, &self.licence.branch(), target) {
            Ok(printer) => Some(printer.clone()),
            Err(reason) => {
                if self.board.not_ours(target, reason) {
                    tracing::info!(printer = %target.label(), ?reason, "a request is not for this till");
                }
                None
            }
        }
    }

    /// Hands a message over. One that cannot go out now is not repeated: the next connect announces everything anew.
    pub(super) async fn send(&self, emission: Emission) {
        if let Err(error) = self.outlet.emit(emission.event, emission.payload).await {
            tracing::debug!(event = emission.event, %error, "a message was not sent");
        }
    }
}

/// Answers where the gateway asked for an acknowledgement.
pub(super) async fn acknowledge(ack: Option<Box<dyn crate::line::Acknowledge>>, answer: Value) {
    if let Some(ack) = ack {
        ack.answer(answer).await;
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
