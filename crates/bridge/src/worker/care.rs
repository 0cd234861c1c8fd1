//! What a worker knows of its printer's health, when it asks again, and how it looks to others.

use crate::devices::WayKind;
use crate::engine::Core;
use crate::printer::{Gate, Printer, Progress};
use platen_connectors::Health;
use platen_devices::{PrinterStatus, Reachability};
use platen_job::{Attempt, AttemptEnd, StateReason, StateReasons, StopCause, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// At rest the printer is asked this often: what happens to it is known, told and shown within 2 s.
const REST: Duration = Duration::from_millis(1500);
/// A printer that never answers is asked less often: each question costs it a connection and us a time-out.
const REST_SILENT: Duration = Duration::from_secs(30);
/// On Linux a look at a USB printer's port is enough as long as that says nothing new. Elsewhere the printer has to be
/// opened, and the system's own driver set aside; that it comes or goes is heard from the system.
const REST_USB: Duration = if cfg!(target_os = "linux") { REST } else { Duration::from_secs(30) };
/// In trouble: the first question after, and the longest wait between two, so that its end is known as soon.
const TROUBLE_FIRST: Duration = Duration::from_millis(250);
const TROUBLE_LONGEST: Duration = REST;
/// The connection is kept this long after the last job, for the next one.
const KEEP: Duration = Duration::from_secs(1);
/// Printing for this long shows as busy; shorter jobs would only make the state flicker.
const BUSY_AFTER: Duration = Duration::from_millis(700);
/// How often queue lengths are shown at most.
const SHOW_EVERY: Duration = Duration::from_millis(200);

pub struct Care {
    core: Arc<Core>,
    printer: Arc<Printer>,
    trouble: Option<Trouble>,
    /// Since when it has not printed, as far as is known.
    stopped: Option<Instant>,
    reasons: StateReasons,
    health: Health,
    next_poll: Instant,
    release_at: Option<Instant>,
    work: Work,
    shown: Instant,
    way: Option<WayKind>,
}

/// What the worker does with its printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Work {
    None,
    /// Jobs are printed, not long enough to show it.
    Since(Instant),
    /// And that shows.
    Shows,
}

struct Trouble {
    backoff: Duration,
}

impl Care {
    pub fn new(core: Arc<Core>, printer: Arc<Printer>) -> Self {
        let now = Instant::now();
        let uri = printer.settings.uri.parse().ok();
        Care {
            core,
            printer,
            way: uri.as_ref().map(WayKind::of),
            trouble: None,
            stopped: None,
            reasons: StateReasons::none(),
            health: Health::Unknown,
            next_poll: now,
            release_at: None,
            work: Work::None,
            shown: now,
        }
    }

    /// For how long the printer has not printed, where it cannot now: held up before a job, or within one.
    pub fn troubled_for(&self) -> Option<Duration> {
        let stands = self.in_trouble() || !self.reasons.stopping().is_empty();
        self.stopped.filter(|_| stands).map(|since| since.elapsed())
    }

    pub fn in_trouble(&self) -> bool {
        self.trouble.is_some()
    }

    pub fn reasons(&self) -> StateReasons {
        if self.reasons.is_empty() { StateReason::Paused.into() } else { self.reasons.clone() }
    }

    pub fn next_poll(&self) -> Instant {
        self.next_poll
    }

    /// The printer has just come or gone.
    pub fn look_at_once(&mut self) {
        self.next_poll = Instant::now();
    }

    pub fn next_release(&self) -> Instant {
        self.release_at.unwrap_or_else(|| Instant::now() + Duration::from_secs(3600))
    }

    pub fn released(&mut self) {
        self.release_at = None;
    }

    /// A job is about to be printed.
    pub fn busy(&mut self) {
        let now = Instant::now();
        match self.work {
            Work::None => self.work = Work::Since(now),
            // Jobs before this one came out.
            Work::Since(since) if now - since > BUSY_AFTER => {
                self.work = Work::Shows;
                return self.show();
            }
            Work::Since(_) | Work::Shows => {}
        }
        if now - self.shown > SHOW_EVERY {
            self.show();
        }
    }

    /// The job under way takes its time: where it was begun that shows, and so does what comes behind it. Before its first byte
    /// nobody knows whether the printer takes it.
    pub fn look(&mut self, progress: Option<Progress>) {
        if progress == Some(Progress::Started) {
            self.work = Work::Shows;
        }
        self.show();
    }

    /// When to look how far the job under way is.
    pub fn next_look(&self) -> Instant {
        let since = match self.work {
            Work::Since(since) => since.max(self.shown),
            Work::None | Work::Shows => self.shown,
        };
        since + BUSY_AFTER
    }

    /// There is nothing to print.
    pub fn idle(&mut self) {
        if std::mem::replace(&mut self.work, Work::None) == Work::None {
            return;
        }
        self.release_at = Some(Instant::now() + KEEP);
        self.next_poll = Instant::now() + self.rest();
        self.show();
    }

    /// Nothing is printed, whatever waits.
    pub fn stuck(&mut self) {
        self.work = Work::None;
    }

    /// The printer said something of itself while a job was under way.
    pub fn hears(&mut self, reasons: &StateReasons) {
        let stopping = reasons.stopping();
        if stopping.is_empty() {
            self.goes_on();
        } else {
            self.stopped.get_or_insert_with(Instant::now);
        }
        self.reasons = reasons.clone();
        self.health = match stopping {
            stopping if stopping.contains(StateReason::Offline) => Health::Offline,
            stopping if !stopping.is_empty() => Health::Error,
            _ => Health::Online,
        };
        self.show();
    }

    /// An attempt is over.
    pub fn heard(&mut self, attempt: &Attempt) {
        let health = match attempt.end {
            // That a spooler got rid of a job says nothing of the printer now.
            AttemptEnd::Finished(_) if self.way == Some(WayKind::Spooler) => Health::Unknown,
            AttemptEnd::Finished(evidence) if evidence > platen_job::Evidence::Submitted => {
                Health::Online
            }
            AttemptEnd::Finished(_) => Health::Unknown,
            // What follows from these is told by `trouble`.
            AttemptEnd::Stopped(StopCause::NotReady | StopCause::Unreachable) => return,
            AttemptEnd::Stopped(_) => {
                self.next_poll = Instant::now();
                return;
            }
        };
        self.stopped = None;
        let changed = self.health != health || self.reasons != attempt.reasons;
        self.health = health;
        self.reasons = attempt.reasons.clone();
        if changed {
            self.show();
        }
    }

    /// A job had to be held.
    pub fn trouble(&mut self, reasons: &StateReasons) {
        self.enter_trouble();
        self.reasons = reasons.clone();
        self.health = health_of(reasons);
        self.show();
    }

    /// The printer answered a question, or did not.
    pub fn told(&mut self, status: &PrinterStatus) {
        let stopping = status.reasons.stopping();
        if status.reachable != Reachability::Away && stopping.is_empty() {
            self.goes_on();
        }
        self.reasons = status.reasons.clone();
        self.health = match status.reachable {
            Reachability::Away => Health::Offline,
            _ if !stopping.is_empty() => health_of(&stopping),
            Reachability::Silent => Health::Unknown,
            Reachability::Answers => Health::Online,
        };
        if status.reachable == Reachability::Away {
            self.reasons.insert(StateReason::Offline);
        }
        if status.reachable == Reachability::Away || !stopping.is_empty() {
            self.enter_trouble();
        } else {
            if self.trouble.take().is_some() {
                tracing::info!(printer = %self.printer.settings.name, "the printer is back");
            }
            self.next_poll = Instant::now() + self.rest();
            self.release_at = Some(Instant::now() + KEEP);
        }
        self.show();
    }

    /// Nothing keeps it any more. An idle queue of a spooler does not say so of a printer that was away: the next job
    /// tells.
    fn goes_on(&mut self) {
        let nobody_knows =
            self.way == Some(WayKind::Spooler) && self.reasons.contains(StateReason::Offline);
        if !nobody_knows {
            self.stopped = None;
        }
    }

    fn enter_trouble(&mut self) {
        let backoff = match &self.trouble {
            Some(trouble) => (trouble.backoff * 2).min(TROUBLE_LONGEST),
            None => TROUBLE_FIRST,
        };
        self.stopped.get_or_insert_with(Instant::now);
        self.trouble = Some(Trouble { backoff });
        self.next_poll = Instant::now() + backoff;
    }

    fn rest(&self) -> Duration {
        match self.way {
            Some(WayKind::Usb) => REST_USB,
            // Its spooler is asked, on this machine, not the printer.
            Some(WayKind::Spooler) => REST,
            _ if self.health == Health::Unknown => REST_SILENT,
            _ => REST,
        }
    }

    /// A printer that prints is busy, unless it says that it cannot.
    fn shown_health(&self) -> Health {
        match self.health {
            Health::Online | Health::Unknown if self.work == Work::Shows => Health::Busy,
            health => health,
        }
    }

    /// Shows the printer as it is known now.
    pub fn show(&mut self) {
        self.shown = Instant::now();
        let (health, mut reasons) = (self.shown_health(), self.reasons.clone());
        let heard_of = matches!(self.health, Health::Online | Health::Error);
        let queue_length = {
            let shared = self.printer.shared();
            if shared.gate == Gate::Paused {
                reasons.insert(StateReason::Paused);
            }
            shared.waiting() + usize::from(shared.current.is_some())
        };
        self.core.registry.update(&self.printer.settings.id, |view| {
            view.health = health;
            if view.reasons != reasons {
                tracing::info!(printer = %view.name, %reasons, "the printer's state changed");
            }
            view.reasons = reasons;
            view.queue_length = queue_length;
            if heard_of {
                view.last_seen = Some(coarse_now());
            }
        });
    }
}

/// Seconds are enough for "last seen", and spare everybody a change at every job.
fn coarse_now() -> Timestamp {
    const STEP: i64 = 5_000;
    Timestamp(Timestamp::now().0 / STEP * STEP)
}

fn health_of(reasons: &StateReasons) -> Health {
    if reasons.contains(StateReason::Offline) { Health::Offline } else { Health::Error }
}
