//! Says what became of jobs until Odoo has answered, also after a restart.

use super::answer::Trouble;
use super::odoo::{Ack, Odoo};
use super::pace::Pace;
use super::poller::ack;
use super::settings::Rhythm;
use super::status::Board;
use crate::telling::{ROUND, Untold};
use crate::{Host, HostEvent, ReportId};
use platen_job::ConnectorId;
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// Acknowledgements kept in memory; at the bound no more are taken, and the poller waits.
const MOST_WAITING: usize = 1024;

/// For what is still to be said when the engine stops.
const FAREWELL: Duration = Duration::from_secs(3);

/// The one who says it.
pub(crate) struct Acker {
    untold: Untold,
    odoo: Arc<Odoo>,
    board: Board,
    pace: Pace,
    /// Of jobs that the spool will not speak of.
    waiting: VecDeque<Ack>,
}

impl Acker {
    pub(crate) fn new(host: Arc<dyn Host>, odoo: Arc<Odoo>, board: Board, rhythm: Rhythm) -> Acker {
        let untold = Untold::new(host, ConnectorId::OdooPull);
        Acker { untold, odoo, board, pace: Pace::new(rhythm), waiting: VecDeque::new() }
    }

    /// Runs until cancelled.
    pub(crate) async fn run(
        mut self,
        mut events: mpsc::Receiver<HostEvent>,
        mut unstored: mpsc::Receiver<Ack>,
        cancel: CancellationToken,
    ) {
        let mut next_round = Instant::now();
        // While Odoo is away, news does not hurry the next attempt.
        let mut is_away = false;
        while !cancel.is_cancelled() {
            tokio::select! {
                biased;
                () = cancel.cancelled() => break,
                Some(ack) = unstored.recv(), if self.waiting.len() < MOST_WAITING => {
                    self.waiting.push_back(ack);
                }
                Some(_) = events.recv() => while events.try_recv().is_ok() {},
                () = sleep_until(next_round) => is_away = false,
            }
            if is_away {
                continue;
            }
            let ended = tokio::select! {
                () = cancel.cancelled() => break,
                ended = self.say_all() => ended,
            };
            is_away = ended.is_err();
            next_round = Instant::now() + self.pause_after(ended);
        }
        self.last_words(unstored).await;
    }

    fn pause_after(&mut self, ended: Result<(), Trouble>) -> Duration {
        let (why, pause) = match &ended {
            Ok(()) => {
                self.pace.answered();
                (None, ROUND)
            }
            Err(trouble) => (Some(trouble.to_string()), self.pace.troubled(trouble)),
        };
        if self.board.unsaid(why.clone())
            && let Some(why) = why
        {
            tracing::warn!("what became of jobs waits to be said: {why}");
        }
        pause
    }

    /// The last question may have brought jobs that the engine does not take any more.
    async fn last_words(&mut self, mut unstored: mpsc::Receiver<Ack>) {
        let talk = async {
            while let Some(ack) = unstored.recv().await {
                self.waiting.push_back(ack);
            }
            let _ = self.say_waiting().await;
        };
        let _ = tokio::time::timeout(FAREWELL, talk).await;
    }

    /// Says what is kept in memory.
    ///
    /// # Errors
    /// The first trouble, where something is left.
    async fn say_waiting(&mut self) -> Result<(), Trouble> {
        let mut first = None;
        for _ in 0..self.waiting.len() {
            let Some(ack) = self.waiting.front().cloned() else { break };
            if let Err(trouble) = self.say(&ack).await {
                stop_at(trouble, &mut first)?;
                self.waiting.rotate_left(1);
            } else {
                self.waiting.pop_front();
            }
        }
        first.map_or(Ok(()), Err)
    }

    /// Says everything that was not said yet. One job's trouble keeps no other one waiting, unless Odoo is away.
    ///
    /// # Errors
    /// The first trouble, where something is left.
    async fn say_all(&mut self) -> Result<(), Trouble> {
        let mut first = match self.say_waiting().await {
            Ok(()) => None,
            Err(trouble) => {
                let mut first = None;
                stop_at(trouble, &mut first)?;
                first
            }
        };
        let mut left: HashSet<ReportId> = HashSet::new();
        loop {
            let reports = self.untold.next_but(&left).await;
            if reports.is_empty() {
                return first.map_or(Ok(()), Err);
            }
            for report in reports {
                let said = match &report.external_id {
                    Some(uuid) => self.say(&ack(uuid.to_string(), &report.outcome)).await,
                    // Every job here has one.
                    None => Ok(()),
                };
                match said {
                    Ok(()) => self.untold.told(report.id).await,
                    Err(trouble) => {
                        left.insert(report.id);
                        stop_at(trouble, &mut first)?;
                    }
                }
            }
        }
    }

    async fn say(&self, ack: &Ack) -> Result<(), Trouble> {
        self.odoo.acknowledge(ack).await?;
        self.board.count(|counts| counts.told += 1);
        Ok(())
    }
}

/// A trouble that is this job's alone is kept for later; one that is Odoo's ends the round.
fn stop_at(trouble: Trouble, first: &mut Option<Trouble>) -> Result<(), Trouble> {
    match trouble {
        Trouble::Unreadable { .. } => {
            first.get_or_insert(trouble);
            Ok(())
        }
        trouble => Err(trouble),
    }
}
