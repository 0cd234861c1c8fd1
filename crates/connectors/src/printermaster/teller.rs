//! Tells outcomes until they are told.
//!
//! One task, so that nothing is told twice: what the engine still has untold, and what a sender asks for again. An
//! outcome counts as told once the kernel has it; without a session it stays where it is, in the spool.

use super::answers::{self, Fate, Place, Window, words_of};
use super::reply::{PrintKind, ReplyNote};
use super::status::Board;
use super::test_desk::TestDesk;
use super::test_request::Finding;
use super::told::Told;
use super::windows::Windows;
use super::wire_out::Emission;
use crate::in_turn::in_turn;
use crate::line::{NotSent, Outlet, SessionKey};
use crate::telling::{BATCH, MOST_UNNOTED, ROUND, SOON, Stage};
use crate::{Host, HostEvent, Report, ReportId};
use futures_util::future::join_all;
use platen_job::{ConnectorId, ExternalId, JobId, Outcome, PrinterId, Timestamp};
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// A sender sent a job again whose outcome is known: it is told as the answer to this request.
pub(crate) struct Again {
    pub(crate) job: JobId,
    pub(crate) note: ReplyNote,
    pub(crate) external_id: Option<ExternalId>,
    pub(crate) printer: PrinterId,
    pub(crate) outcome: Outcome,
    pub(crate) asked: Instant,
}

/// The one who tells.
pub(crate) struct Teller {
    pub(crate) host: Arc<dyn Host>,
    pub(crate) outlet: Arc<dyn Outlet>,
    pub(crate) tests: Arc<TestDesk>,
    pub(crate) windows: Arc<Windows>,
    pub(crate) board: Board,
    pub(crate) told: Told,
}

/// What wakes the teller.
pub(crate) struct Calls {
    pub(crate) events: mpsc::Receiver<HostEvent>,
    pub(crate) again: mpsc::Receiver<Again>,
    /// The session on which everything was announced.
    pub(crate) online: watch::Receiver<Option<SessionKey>>,
}

/// How one outcome is told.
enum Plan {
    /// This is said.
    Say(Emission, Window),
    /// Nobody waits for it any more.
    Silence(Window),
    /// It is done, or cannot be done.
    Nothing,
}

/// The note that a job has started, where its sender wants one.
fn started(
    external_id: Option<ExternalId>,
    printer: &PrinterId,
    note: Option<ReplyNote>,
) -> Option<Emission> {
    let note = note.filter(|note| note.kind == PrintKind::Job)?;
    Some(answers::started(&note, external_id.as_ref(), printer))
}

impl Teller {
    /// Runs until cancelled.
    pub(crate) async fn run(mut self, mut calls: Calls, cancel: CancellationToken) {
        let mut next_round = Instant::now();
        let mut stage: Option<Stage> = None;
        loop {
            tokio::select! {
                biased;
                () = cancel.cancelled() => return,
                Some(event) = calls.events.recv() => {
                    self.started_notes(Some(event), &mut calls).await;
                }
                Some(again) = calls.again.recv() => {
                    // Somebody speaks to us: this session stands.
                    stage.iter_mut().for_each(|stage| stage.stands_at = Instant::now());
                    self.tell_all(stage, &mut calls).await;
                    self.answer_again(again).await;
                }
                Ok(()) = calls.online.changed() => {}
                () = sleep_until(next_round) => {}
            }
            let online = *calls.online.borrow_and_update();
            if online != stage.map(|stage| stage.session) {
                stage = online.map(Stage::new);
            }
            next_round = self.tell_all(stage, &mut calls).await;
        }
    }

    /// Passes on this event and those that wait behind it, so that a burst of hints asks the spool once; tells whether
    /// there was such a hint.
    async fn started_notes(&self, first: Option<HostEvent>, calls: &mut Calls) -> bool {
        let online = calls.online.borrow().is_some();
        let mut next = first.or_else(|| calls.events.try_recv().ok());
        let (mut is_settled, mut notes) = (false, Vec::new());
        while let Some(event) = next {
            match event {
                HostEvent::Started { external_id, printer, reply, .. } if online => {
                    let note = ReplyNote::from_context(&reply);
                    notes.extend(started(external_id, &printer, note));
                }
                HostEvent::Started { .. } | HostEvent::HandedOver { .. } => {}
                HostEvent::Settled => is_settled = true,
            }
            if notes.len() >= BATCH {
                self.progress(std::mem::take(&mut notes)).await;
            }
            next = calls.events.try_recv().ok();
        }
        self.progress(notes).await;
        is_settled
    }

    /// Sends notes of progress, in their order. A lost one harms nobody.
    async fn progress(&self, notes: Vec<Emission>) {
        in_turn(notes.into_iter().map(|note| self.outlet.emit(note.event, note.payload))).await;
    }

    /// Tells everything that is untold and may be told now; gives the moment of the next look.
    async fn tell_all(&mut self, stage: Option<Stage>, calls: &mut Calls) -> Instant {
        let Some(stage) = stage else { return Instant::now() + ROUND };
        let mut limit = BATCH;
        let mut next_round = Instant::now() + ROUND;
        loop {
            let mut reports = self.host.unreported(ConnectorId::PrinterMaster, limit).await;
            // Each of these jobs has started before it was settled, and its sender hears it in that order.
            let more = self.started_notes(None, calls).await;
            let full = reports.len() >= limit;
            reports.retain(|report| !self.told.reports.has(report.id));
            if !reports.iter().all(|report| stage.is_for(report)) {
                next_round = stage.stands_at;
                reports.retain(|report| stage.is_for(report));
            }
            if reports.is_empty() && full && limit < MOST_UNNOTED {
                // The engine could not note these yet; there may be others behind them.
                limit *= 4;
                continue;
            }
            if reports.is_empty() && more {
                continue;
            }
            if reports.is_empty() {
                return next_round;
            }
            let asked = reports.len();
            let told = self.tell(reports).await;
            let complete = told.len() == asked;
            self.board.count(|counts| counts.told += told.len() as u64);
            join_all(told.into_iter().map(|id| self.host.reported(id))).await;
            if !complete {
                return Instant::now() + SOON;
            }
        }
    }

    /// Tells outcomes, in their order and without waiting for one before the next; gives those that need no telling
    /// any more.
    async fn tell(&mut self, reports: Vec<Report>) -> Vec<ReportId> {
        let mut plans = Vec::with_capacity(reports.len());
        for report in &reports {
            plans.push(self.plan(report).await);
        }
        let outlet = self.outlet.clone();
        let sending = plans.into_iter().map(|plan| async {
            match plan {
                Plan::Nothing => Ok(None),
                Plan::Say(saying, window) => {
                    outlet.emit(saying.event, saying.payload).await.map(|()| Some(window))
                }
                Plan::Silence(window) => Ok(Some(window)),
            }
        });
        let sent: Vec<Result<Option<Window>, NotSent>> = in_turn(sending).await;
        let mut told = Vec::with_capacity(reports.len());
        for (report, sent) in reports.iter().zip(sent) {
            match sent {
                Ok(window) => {
                    if let Some(window) = window {
                        self.note_told(report, window).await;
                    }
                    self.told.reports.add(report.id);
                    told.push(report.id);
                }
                Err(error) => {
                    tracing::debug!(%error, job = %report.job, "an outcome waits to be told");
                }
            }
        }
        told
    }

    async fn note_told(&mut self, report: &Report, window: Window) {
        self.told.answered(report.job);
        if matches!(report.outcome, Outcome::Unconfirmed { .. }) && window == Window::Open {
            self.told.keep(report.job, self.host.as_ref()).await;
        }
    }

    async fn plan(&self, report: &Report) -> Plan {
        let Some(note) = ReplyNote::from_context(&report.reply) else {
            tracing::warn!(job = %report.job, "an outcome has no readable note; its sender cannot be told");
            return Plan::Nothing;
        };
        if note.kind == PrintKind::Test {
            self.tell_test(report, &note).await;
            return Plan::Nothing;
        }
        let window = match self.told.was_answered(report.job) {
            true if note.kind != PrintKind::Job => Window::Closed,
            _ => self.windows.of(note.kind, report.job, report.accepted_at),
        };
        let fate = Fate {
            note: &note,
            external_id: report.external_id.as_ref(),
            printer: &report.printer,
            place: report.backup_from.as_ref().map_or(Place::Own, |_| Place::Backup),
            outcome: &report.outcome,
            settled_at: report.settled_at,
        };
        match fate.emission(window) {
            Some(emission) => Plan::Say(emission, window),
            None => {
                tracing::info!(job = %report.job, "nobody waits for this outcome any more; it is in the list of jobs");
                Plan::Silence(window)
            }
        }
    }

    /// A test's answer is given once, on the session it came on, or not at all.
    async fn tell_test(&self, report: &Report, note: &ReplyNote) {
        let claimed = note.ticket.as_deref().and_then(|ticket| self.tests.claim(ticket));
        let Some(waiting) = claimed else {
            tracing::debug!(job = %report.job, "a test ended after its answer was due");
            return;
        };
        let reasons = match &report.outcome {
            Outcome::Aborted { reasons, .. } => Some(reasons),
            _ => None,
        };
        let emission = waiting.answer(Finding::of(words_of(&report.outcome), reasons));
        let sent = self.outlet.emit_on(waiting.session, emission.event, emission.payload).await;
        match sent {
            Ok(()) => self.board.count(|counts| counts.tests += 1),
            Err(error) => tracing::debug!(%error, "a test's answer found nobody"),
        }
    }

    async fn answer_again(&mut self, again: Again) {
        if self.told.answered_since(again.job, again.asked) {
            return;
        }
        let fate = Fate {
            note: &again.note,
            external_id: again.external_id.as_ref(),
            printer: &again.printer,
            // It was told where it came out when it did.
            place: Place::Own,
            outcome: &again.outcome,
            settled_at: Timestamp::now(),
        };
        let Some(emission) = fate.emission(Window::Open) else { return };
        match self.outlet.emit(emission.event, emission.payload).await {
            Ok(()) => self.told.answered(again.job),
            // The sender asks again when it wants to know.
            Err(error) => tracing::debug!(%error, "a known outcome could not be told again"),
        }
    }
}
