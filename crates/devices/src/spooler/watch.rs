//! Watching a job in the spooler until it is done, or until waiting any longer is worse.
//!
//! | the spooler says | what happens |
//! |---|---|
//! | waits in a stopped queue, never begun | taken back after [`TAKE_BACK_AFTER`]: zero bytes |
//! | its document never arrived whole | taken back at once: zero bytes |
//! | printing, and the printer says what is wrong | waited for as long as `trouble_patience`, then taken back |
//! | begun, and stopped or kept back since | likewise |
//! | completed | `drained`; `submitted` where it speaks of warnings or errors |
//! | canceled | [`StopCause::CanceledInQueue`], zero bytes where it had not begun |
//! | given up | [`StopCause::Refused`], zero bytes where it had not begun |
//! | forgotten, and it forgets what is done | `submitted` where the queue is still there |
//! | forgotten, and it remembers what is done | [`StopCause::Forgotten`]: somebody took the job out, and nobody knows how far it was |
//! | nothing (the service is down) | waited for as long as `trouble_patience`; then nobody knows |

use super::attempt::{reason_of, trouble_of};
use super::port::{Cleanly, History, JobView, Spooler, SpoolerError, Stage, Touched};
use crate::{DeviceOptions, PrintRequest, SpoolerJob};
use platen_job::{AttemptEnd, Evidence, StateReason, StateReasons, StopCause};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// The first question comes this soon, each further one after twice the time.
const FIRST_POLL: Duration = Duration::from_millis(4);
const SLOWEST_POLL: Duration = Duration::from_millis(500);
/// A job that has not begun and waits in a stopped queue is taken back after this, so that it waits with us, where it can
/// be seen, canceled and expired.
const TAKE_BACK_AFTER: Duration = Duration::from_secs(2);
/// A reason that the queue already had before the job may be old news; it is believed once the job has printed this long.
const OLD_NEWS: Duration = Duration::from_secs(2);
/// A taken-back job is looked at again after this: a document that was still on its way could have revived it.
const SECOND_LOOK: Duration = Duration::from_millis(300);

/// How watching ended.
pub(super) struct Watched {
    pub(crate) end: AttemptEnd,
    pub(crate) touched: Touched,
    pub(crate) reasons: StateReasons,
}

pub(super) struct Watch<'a, S> {
    spooler: &'a mut S,
    job: &'a SpoolerJob,
    request: &'a PrintRequest<'a>,
    patience: Duration,
    heard_before: StateReasons,
    /// The best that is known now.
    touched: Touched,
    reasons: StateReasons,
    printing_since: Option<Instant>,
    trouble_since: Option<Instant>,
    quiet_since: Instant,
}

impl<'a, S: Spooler> Watch<'a, S> {
    pub(super) fn new(
        spooler: &'a mut S,
        job: &'a SpoolerJob,
        options: &DeviceOptions,
        heard_before: StateReasons,
        request: &'a PrintRequest<'a>,
    ) -> Watch<'a, S> {
        Watch {
            spooler,
            job,
            request,
            patience: options.trouble_patience,
            heard_before,
            touched: Touched::Perhaps,
            reasons: StateReasons::none(),
            printing_since: None,
            trouble_since: None,
            quiet_since: Instant::now(),
        }
    }

    pub(super) async fn until_its_end(mut self) -> Watched {
        let mut pause = FIRST_POLL;
        loop {
            let seen = self.spooler.job(self.job).await;
            if let Some(watched) = self.consider(seen).await {
                return watched;
            }
            if let Some(watched) = self.out_of_patience().await {
                return watched;
            }
            tokio::select! {
                () = self.request.cancel.cancelled() => {
                    return self.take_back(StopCause::Canceled).await;
                }
                () = sleep(pause) => {}
            }
            pause = (pause * 2).min(SLOWEST_POLL);
        }
    }

    async fn consider(&mut self, seen: Result<JobView, SpoolerError>) -> Option<Watched> {
        let view = match seen {
            Ok(view) => view,
            Err(SpoolerError::JobGone) => return Some(self.forgotten().await),
            Err(error) => {
                self.show(reason_of(error).into());
                return None;
            }
        };
        self.touched = view.touched;
        match view.stage {
            Stage::Incoming => {
                self.show(StateReason::SpoolerDown.into());
                return self.give_up().await;
            }
            Stage::Waiting => self.show_waiting(&view).await,
            Stage::Held => self.show(with(view.reasons, StateReason::HeldInQueue)),
            Stage::Printing => self.show_printing(view.reasons),
            _ => return Some(self.ended(&view, StopCause::CanceledInQueue)),
        }
        let stuck = view.touched == Touched::Never
            && view.stage == Stage::Waiting
            && self.trouble_since.is_some_and(|since| since.elapsed() > TAKE_BACK_AFTER);
        if stuck { self.give_up().await } else { None }
    }

    /// The end that a finished job's state tells; whoever `canceled` it.
    fn ended(&mut self, view: &JobView, canceled: StopCause) -> Watched {
        let reasons = std::mem::take(&mut self.reasons);
        let (end, reasons) = match view.stage {
            Stage::Completed(cleanly) => {
                let evidence = match cleanly {
                    Cleanly::Yes => Evidence::Drained,
                    Cleanly::No => Evidence::Submitted,
                };
                (AttemptEnd::Finished(evidence), warnings(&view.reasons))
            }
            Stage::Aborted => (AttemptEnd::Stopped(StopCause::Refused), reasons),
            _ => (AttemptEnd::Stopped(canceled), reasons),
        };
        self.request.reasons.send_if_modified(|shown| replace(shown, &reasons));
        Watched { end, touched: view.touched, reasons }
    }

    /// The spooler no longer knows the job. Where it forgets all jobs that are done, this one went the way of all jobs.
    /// Otherwise it was taken out, by somebody or with its whole queue, and nobody knows how far it was.
    async fn forgotten(&mut self) -> Watched {
        let queue = self.spooler.queue(&self.job.queue).await;
        let end = match (&queue, self.spooler.history()) {
            (Err(_), _) => AttemptEnd::Stopped(StopCause::ConnectionLost),
            (Ok(_), History::Dropped) => AttemptEnd::Finished(Evidence::Submitted),
            (Ok(_), History::Kept) => AttemptEnd::Stopped(StopCause::Forgotten),
        };
        // What it said of the job is over with the job.
        self.show(queue.map_or_else(|error| reason_of(error).into(), |queue| trouble_of(&queue)));
        Watched { end, touched: Touched::Perhaps, reasons: std::mem::take(&mut self.reasons) }
    }

    async fn out_of_patience(&mut self) -> Option<Watched> {
        match self.trouble_since {
            Some(since) if since.elapsed() >= self.patience => self.give_up().await,
            // It has the document and says nothing against it: that much was seen.
            None if self.quiet_since.elapsed() >= self.patience => Some(Watched {
                end: AttemptEnd::Finished(Evidence::Submitted),
                touched: Touched::Perhaps,
                reasons: warnings(&self.reasons),
            }),
            _ => None,
        }
    }

    /// Takes the job back because waiting any longer is worse. Where that cannot be recorded it stays there for now.
    async fn give_up(&mut self) -> Option<Watched> {
        self.request.start.taking_back(self.job).await.ok()?;
        Some(self.take_back(StopCause::NotReady).await)
    }

    /// Takes the job out of the queue, and says whether something of it may be on paper.
    async fn take_back(&mut self, cause: StopCause) -> Watched {
        let mut seen = self.cancel_and_look().await;
        if matches!(&seen, Ok(view) if view.touched == Touched::Never) {
            sleep(SECOND_LOOK).await;
            seen = self.cancel_and_look().await;
        }
        let reasons = self.reasons.clone();
        match seen {
            Ok(view) if matches!(view.stage, Stage::Canceled) => {
                Watched { end: AttemptEnd::Stopped(cause), touched: view.touched, reasons }
            }
            Ok(view) if matches!(view.stage, Stage::Completed(_) | Stage::Aborted) => {
                self.ended(&view, cause)
            }
            _ => Watched { end: AttemptEnd::Stopped(cause), touched: Touched::Perhaps, reasons },
        }
    }

    async fn cancel_and_look(&mut self) -> Result<JobView, SpoolerError> {
        // A job that is done already cannot be canceled, which its state then tells.
        let _ = self.spooler.cancel(self.job).await;
        self.spooler.job(self.job).await
    }

    /// A job that waits says nothing of why; its queue does.
    async fn show_waiting(&mut self, view: &JobView) {
        let mut reasons = view.reasons.clone();
        match self.spooler.queue(&self.job.queue).await {
            // That it takes no further jobs does not concern this one.
            Ok(queue) => trouble_of(&queue)
                .iter()
                .filter(|reason| *reason != StateReason::QueueRejecting)
                .for_each(|reason| reasons.insert(reason)),
            Err(error) => reasons.insert(reason_of(error)),
        }
        self.show(reasons);
    }

    fn show_printing(&mut self, reasons: StateReasons) {
        let since = *self.printing_since.get_or_insert_with(Instant::now);
        let fresh = since.elapsed() < OLD_NEWS;
        let heard_before = &self.heard_before;
        self.show(reasons.iter().filter(|one| !fresh || !heard_before.contains(*one)).collect());
    }

    fn show(&mut self, reasons: StateReasons) {
        if reasons.stopping().is_empty() {
            if self.trouble_since.take().is_some() {
                self.quiet_since = Instant::now();
            }
        } else {
            self.trouble_since.get_or_insert_with(Instant::now);
        }
        self.request.reasons.send_if_modified(|shown| replace(shown, &reasons));
        self.reasons = reasons;
    }
}

fn with(mut reasons: StateReasons, reason: StateReason) -> StateReasons {
    reasons.insert(reason);
    reasons
}

/// What is left to tell of a printer that has just printed.
fn warnings(reasons: &StateReasons) -> StateReasons {
    reasons.iter().filter(|reason| !reason.stops_printing()).collect()
}

fn replace(shown: &mut StateReasons, now: &StateReasons) -> bool {
    let changed = shown != now;
    if changed {
        shown.clone_from(now);
    }
    changed
}
