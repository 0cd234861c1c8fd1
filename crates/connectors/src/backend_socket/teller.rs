//! Answers requests when their jobs are settled: each once, in the order in which they were settled.

use super::answers;
use super::note::ReplyNote;
use super::status::Board;
use crate::line::{Outlet, SessionKey};
use crate::telling::{ROUND, SOON, Stage, Untold};
use crate::{Host, HostEvent, Report, Telling};
use platen_job::ConnectorId;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// The one who answers.
pub(crate) struct Teller {
    untold: Untold,
    outlet: Arc<dyn Outlet>,
    board: Board,
}

impl Teller {
    pub(crate) fn new(host: Arc<dyn Host>, outlet: Arc<dyn Outlet>, board: Board) -> Teller {
        Teller { untold: Untold::new(host, ConnectorId::BackendSocket), outlet, board }
    }

    /// Runs until cancelled.
    pub(crate) async fn run(
        mut self,
        mut events: mpsc::Receiver<HostEvent>,
        mut online: watch::Receiver<Option<SessionKey>>,
        cancel: CancellationToken,
    ) {
        let mut next_round = Instant::now();
        let mut stage: Option<Stage> = None;
        loop {
            tokio::select! {
                biased;
                () = cancel.cancelled() => return,
                // A burst of hints asks the spool once.
                Some(_) = events.recv() => while events.try_recv().is_ok() {},
                Ok(()) = online.changed() => {}
                () = sleep_until(next_round) => {}
            }
            let session = *online.borrow_and_update();
            if session != stage.map(|stage| stage.session) {
                stage = session.map(Stage::new);
            }
            next_round = match stage {
                Some(stage) => self.tell_all(stage).await,
                None => Instant::now() + ROUND,
            };
        }
    }

    /// Tells everything that is untold and may be told now; gives the moment of the next look.
    async fn tell_all(&mut self, stage: Stage) -> Instant {
        loop {
            let reports = self.untold.next().await;
            if reports.is_empty() {
                return Instant::now() + ROUND;
            }
            for report in reports {
                // Those behind it wait too, so that answers keep their order.
                if !stage.is_for(&report) {
                    return stage.stands_at;
                }
                if !self.tell(&report).await {
                    return Instant::now() + SOON;
                }
                self.untold.told(report.id).await;
            }
        }
    }

    /// Answers one request; whether it needs no telling any more.
    async fn tell(&self, report: &Report) -> bool {
        let wanted = match ReplyNote::from_context(&report.reply) {
            Some(ReplyNote::Request(wanted)) => wanted,
            Some(ReplyNote::Update) => return true,
            None => {
                tracing::warn!(job = %report.job, "an outcome has no readable note; its sender cannot be told");
                return true;
            }
        };
        if report.telling == Telling::Correction {
            tracing::info!(job = %report.job, "its request was answered before; the list of jobs says how it ended");
            return true;
        }
        match self.outlet.emit(answers::EVENT, answers::settled(&wanted, report)).await {
            Ok(()) => {
                self.board.count(|counts| counts.answered += 1);
                true
            }
            Err(error) => {
                tracing::debug!(%error, job = %report.job, "an answer waits for the line");
                false
            }
        }
    }
}
