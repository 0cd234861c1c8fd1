//! Asks for jobs and stores them.

use super::answer::{Refused, Trouble};
use super::jobs;
use super::odoo::{Ack, AckStatus, Odoo};
use super::pace::Pace;
use super::settings::OdooPullSettings;
use super::status::{Board, OdooPullState};
use crate::telling::{message_of, sentence};
use crate::{ContentMatch, Host, Novelty, PrinterView, Submitted};
use futures_util::FutureExt;
use futures_util::future::{join_all, ready};
use platen_job::{Job, Outcome, Refusal, Timestamp};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

/// So many jobs Odoo hands out at most at a time; where there are as many, there may be more.
const PAGE: usize = 20;

/// How long a question under way may still take when the engine stops.
const FAREWELL: Duration = Duration::from_secs(2);

/// The one who asks.
pub(crate) struct Poller {
    pub(crate) settings: OdooPullSettings,
    pub(crate) host: Arc<dyn Host>,
    pub(crate) odoo: Arc<Odoo>,
    pub(crate) board: Board,
    /// What became of jobs that are not in the spool's hands.
    pub(crate) unstored: mpsc::Sender<Ack>,
}

impl Poller {
    /// Runs until cancelled. A question under way is waited for a little, since Odoo hands a job out once.
    pub(crate) async fn run(self, cancel: CancellationToken) {
        let mut pace = Pace::new(self.settings.rhythm);
        while !cancel.is_cancelled() {
            let pause = tokio::select! {
                pause = self.round(&mut pace) => pause,
                () = farewell(&cancel) => return,
            };
            tokio::select! {
                () = cancel.cancelled() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Asks once for each code; gives the pause until the next time.
    async fn round(&self, pace: &mut Pace) -> Duration {
        let codes = self.codes();
        if codes.is_empty() {
            self.board.state(OdooPullState::Idle);
            return self.settings.rhythm.poll;
        }
        let (mut is_full, mut unknown) = (false, Vec::new());
        for (code, printer) in &codes {
            match self.odoo.jobs(code).await {
                Ok(listed) => {
                    let full = listed.len() >= PAGE;
                    let news = self.store(listed, printer).await;
                    // A page of nothing but known jobs is no reason to hurry.
                    is_full |= full && news > 0;
                }
                // Odoo is there, and may know the other codes.
                Err(Trouble::Refused(Refused::NotFound)) => unknown.push(code.clone()),
                Err(trouble) => return self.troubled(&trouble, pace),
            }
        }
        let knows_none = unknown.len() == codes.len();
        self.board.unknown_codes(unknown);
        if knows_none {
            return self.troubled(&Trouble::Refused(Refused::NotFound), pace);
        }
        self.board.state(OdooPullState::Asking { answered_at: Timestamp::now() });
        let pause = pace.answered();
        if is_full { Duration::ZERO } else { pause }
    }

    fn troubled(&self, trouble: &Trouble, pace: &mut Pace) -> Duration {
        if matches!(trouble, Trouble::Unreadable { status: 200..300, .. }) {
            self.board.count(|counts| counts.unreadable += 1);
        }
        let pause = pace.troubled(trouble);
        if self.board.troubled(trouble, pause) {
            tracing::warn!("{trouble}");
        }
        pause
    }

    /// The codes whose printers are set up. For the others nothing is asked: what Odoo hands out it hands out once.
    fn codes(&self) -> Vec<(String, PrinterView)> {
        let printers = self.host.printers().borrow().clone();
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for (code, name) in &self.settings.printers {
            let named = |printer: &&PrinterView| {
                printer.name.as_str().to_lowercase() == name.to_lowercase()
            };
            match printers.iter().find(named) {
                Some(printer) => found.push((code.clone(), printer.clone())),
                None => missing.push(format!("{code} ({name})")),
            }
        }
        let lost = missing.join(", ");
        if self.board.without_printer(missing) && !lost.is_empty() {
            tracing::warn!(codes = %lost, "nothing is asked for these: their printers are not set up");
        }
        found
    }

    /// Stores what Odoo handed out, oldest first; they share their fsyncs. Gives how many were new.
    async fn store(&self, listed: Vec<Value>, printer: &PrinterView) -> usize {
        let coming = listed.into_iter().rev().filter_map(|value| self.coming(&value, printer));
        let mut storing = Vec::with_capacity(PAGE);
        for Coming { uuid, job } in coming {
            let stored = match job {
                Ok(job) => self.host.hand_over(job).await,
                Err(refusal) => ready(Err(refusal)).boxed(),
            };
            storing.push(stored.map(|stored| (uuid, stored)));
        }
        let mut news = 0;
        for (uuid, stored) in join_all(storing).await {
            match self.arrival(uuid, stored) {
                Arrival::New => news += 1,
                Arrival::Open => {}
                // The other end ends with this connector.
                Arrival::Over(ack) => drop(self.unstored.send(ack).await),
            }
        }
        news
    }

    fn coming(&self, value: &Value, printer: &PrinterView) -> Option<Coming> {
        let Some(uuid) = jobs::uuid(value) else {
            self.board.count(|counts| counts.garbage += 1);
            tracing::warn!("Odoo handed out a job without a usable uuid; it is not printed");
            return None;
        };
        let job = jobs::job(&uuid, value, printer, self.settings.job_limits);
        Some(Coming { uuid, job })
    }

    /// What the engine said of a job.
    fn arrival(&self, uuid: String, stored: Result<Submitted, Refusal>) -> Arrival {
        match stored {
            Ok(Submitted { novelty: Novelty::New, .. }) => {
                self.board.count(|counts| counts.accepted += 1);
                Arrival::New
            }
            Ok(Submitted { novelty: Novelty::Known { state, outcome, content }, .. }) => {
                self.board.count(|counts| counts.known += 1);
                tracing::info!(%uuid, same = content == ContentMatch::Same, "a known job came again; it is not printed again");
                match (outcome, state) {
                    (Some(outcome), _) => Arrival::Over(ack(uuid, &outcome)),
                    (None, Some(_)) => Arrival::Open,
                    (None, None) => Arrival::Over(long_known(uuid)),
                }
            }
            Err(refusal) => {
                self.board.count(|counts| counts.refused += 1);
                tracing::warn!(%uuid, reason = %refusal, "a job was refused");
                Arrival::Over(refused(uuid, &refusal))
            }
        }
    }
}

/// Ends a while after the engine has begun to stop.
async fn farewell(cancel: &CancellationToken) {
    cancel.cancelled().await;
    tokio::time::sleep(FAREWELL).await;
}

/// What became of a job that Odoo handed out.
enum Arrival {
    /// It is stored.
    New,
    /// It was stored before; its outcome will be said when it comes.
    Open,
    /// It will not be printed for this; Odoo has to hear that, and the spool will not say it.
    Over(Ack),
}

/// A job that Odoo handed out.
struct Coming {
    uuid: String,
    job: Result<Job, Refusal>,
}

/// What Odoo is told of an outcome.
pub(crate) fn ack(uuid: String, outcome: &Outcome) -> Ack {
    let status = match outcome {
        Outcome::Completed { .. } => AckStatus::Success,
        _ => AckStatus::Error,
    };
    Ack { uuid, status, message: message_of(outcome) }
}

fn refused(uuid: String, refusal: &Refusal) -> Ack {
    Ack { uuid, status: AckStatus::Error, message: sentence(refusal) }
}

fn long_known(uuid: String) -> Ack {
    let message = "This job was dealt with long ago, and how it ended is no longer kept. Nothing was printed for it again.";
    Ack { uuid, status: AckStatus::Error, message: message.into() }
}
