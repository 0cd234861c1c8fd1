//! What is counted of jobs since the engine started, for a monitor. Nothing is decided by it.

use platen_connectors::{Figures, SettledAs, Spans};
use platen_job::{ConnectorId, JobState, Outcome};
use platen_spool::Settled;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The counts.
#[derive(Default)]
pub struct Tally(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    accepted: BTreeMap<ConnectorId, u64>,
    settled: BTreeMap<SettledAs, u64>,
    time_to_paper: Spans,
}

impl Tally {
    /// A job was accepted.
    pub fn accepted(&self, connector: ConnectorId) {
        *self.lock().accepted.entry(connector).or_default() += 1;
    }

    /// A job was settled so.
    pub fn settled(&self, job: Settled, outcome: &Outcome) {
        let mut counts = self.lock();
        let evidence = match outcome {
            Outcome::Completed { evidence } => Some(*evidence),
            _ => None,
        };
        let state = JobState::settled(outcome).as_str();
        let settled = SettledAs { connector: job.connector, state, evidence };
        *counts.settled.entry(settled).or_default() += 1;
        if evidence.is_some() {
            counts.time_to_paper.add(job.took);
        }
    }

    /// What was counted; the rest is for others to fill in.
    pub fn figures(&self) -> Figures {
        let counts = self.lock();
        Figures {
            accepted: counts.accepted.clone(),
            settled: counts.settled.clone(),
            time_to_paper: counts.time_to_paper.clone(),
            ..Figures::default()
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        // Every change under this lock is an addition: a panic elsewhere leaves it whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
