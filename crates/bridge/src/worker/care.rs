//! What a worker knows of its printer's health, when it asks again, and how it looks to others.

use crate::devices::WayKind;
use crate::engine::Core;
use crate::printer::{Gate, Printer};
use platen_connectors::Health;
use platen_devices::{PrinterStatus, Reachability};
use platen_job::{Attempt, AttemptEnd, StateReason, StateReasons, StopCause, Timestamp};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// At rest the printer is asked this often: what happens to it is known within 2 s.
const REST: Duration = Duration::from_millis(1800);
/// A printer that never answers is asked less often: each question costs it a connection and us a time-out.
const REST_SILENT: Duration = Duration::from_secs(30);
/// On Linux a look at a USB printer's port is enough as long as that says nothing new. Elsewhere the printer has to be
/// opened, and the system's own driver set aside; that it comes or goes is heard from the system.
const REST_USB: Duration = if cfg!(target_os = "linux") { REST } else { Duration::from_secs(30) };
/// In trouble: the first question after, and the longest wait between two.
const TROUBLE_FIRST: Duration = Duration::from_millis(250);
const TROUBLE_LONGEST: Duration = Duration::from_secs(2);
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
    reasons: StateReasons,
    health: Health,
    next_poll: Instant,
    release_at: Option<Instant>,
    busy_since: Option<Instant>,
    shown: Instant,
    way: Option<WayKind>,
}

struct Trouble {
    since: Instant,
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
            reasons: StateReasons::none(),
            health: Health::Unknown,
            next_poll: now,
            release_at: None,
            busy_since: None,
            shown: now,
        }
    }

    /// For how long the printer has been in trouble.
    pub fn troubled_for(&self) -> Option<Duration> {
        self.trouble.as_ref().map(|trouble| trouble.since.elapsed())
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
        let since = *self.busy_since.get_or_insert(now);
        if now - since > BUSY_AFTER && self.health == Health::Online {
            self.health = Health::Busy;
            self.show();
        } else if now - self.shown > SHOW_EVERY {
            self.show();
        }
    }

    /// There is nothing to print.
    pub fn idle(&mut self) {
        if self.busy_since.take().is_none() {
            return;
        }
        if self.health == Health::Busy {
            self.health = Health::Online;
        }
        self.release_at = Some(Instant::now() + KEEP);
        self.next_poll = Instant::now() + self.rest();
        self.show();
    }

    /// The printer said something of itself while a job was under way.
    pub fn hears(&mut self, reasons: &StateReasons) {
        self.reasons = reasons.clone();
        self.health = match reasons.stopping() {
            stopping if stopping.contains(StateReason::Offline) => Health::Offline,
            stopping if !stopping.is_empty() => Health::Error,
            _ => Health::Busy,
        };
        self.show();
    }

    /// An attempt is over.
    pub fn heard(&mut self, attempt: &Attempt) {
        let health = match attempt.end {
            // That a spooler got rid of a job says nothing of the printer now.
            AttemptEnd::Finished(_) if self.way == Some(WayKind::Spooler) => Health::Unknown,
            AttemptEnd::Finished(evidence) if evidence > platen_job::Evidence::Submitted => {
                if self.busy_since.is_some_and(|since| since.elapsed() > BUSY_AFTER) {
                    Health::Busy
                } else {
                    Health::Online
                }
            }
            AttemptEnd::Finished(_) => Health::Unknown,
            // What follows from these is told by `trouble`.
            AttemptEnd::Stopped(StopCause::NotReady | StopCause::Unreachable) => return,
            AttemptEnd::Stopped(_) => {
                self.next_poll = Instant::now();
                return;
            }
        };
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
        self.reasons = status.reasons.clone();
        let stopping = status.reasons.stopping();
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

    fn enter_trouble(&mut self) {
        let (since, backoff) = match &self.trouble {
            Some(trouble) => (trouble.since, (trouble.backoff * 2).min(TROUBLE_LONGEST)),
            None => (Instant::now(), TROUBLE_FIRST),
        };
        self.trouble = Some(Trouble { since, backoff });
        self.next_poll = Instant::now() + backoff;
    }

    fn rest(&self) -> Duration {
        match self.way {
            Some(WayKind::Usb) => REST_USB,
            _ if self.health == Health::Unknown => REST_SILENT,
            _ => REST,
        }
    }

    /// Shows the printer as it is known now.
    pub fn show(&mut self) {
        self.shown = Instant::now();
        let (health, mut reasons) = (self.health, self.reasons.clone());
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
            if matches!(health, Health::Online | Health::Busy | Health::Error) {
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
