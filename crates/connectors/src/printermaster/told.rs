//! What was told already, so that no answer is given twice.

use crate::Host;
use crate::telling::ToldReports;
use platen_job::{ConnectorId, JobId};
use std::collections::{HashMap, VecDeque};
use tokio::time::Instant;

/// Most jobs that are remembered while the program runs.
const MOST: usize = 8192;
/// Most unconfirmed jobs that are remembered across restarts.
const MOST_KEPT: usize = 64;
/// Under which key those are remembered.
const MEMORY: &str = "told-unconfirmed";

/// What was told.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) reports: ToldReports,
    jobs: HashMap<JobId, Instant>,
    job_order: VecDeque<JobId>,
    /// Jobs whose request was answered with "unconfirmed": a person may settle them later, and the settled outcome
    /// must not answer the request a second time.
    kept: VecDeque<JobId>,
}

impl Told {
    /// Reads what was remembered.
    pub(crate) async fn recall(host: &dyn Host) -> Told {
        let stored = host.recall(ConnectorId::PrinterMaster, MEMORY).await;
        let kept = stored.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        Told { kept, ..Told::default() }
    }

    /// Whether this job's request has had its answer.
    pub(crate) fn was_answered(&self, job: JobId) -> bool {
        self.jobs.contains_key(&job) || self.kept.contains(&job)
    }

    /// Whether it had it since then.
    pub(crate) fn answered_since(&self, job: JobId, when: Instant) -> bool {
        self.jobs.get(&job).is_some_and(|at| *at >= when)
    }

    /// Notes that a job's request has had its answer.
    pub(crate) fn answered(&mut self, job: JobId) {
        if self.jobs.insert(job, Instant::now()).is_none() {
            self.job_order.push_back(job);
        }
        if self.job_order.len() > MOST
            && let Some(oldest) = self.job_order.pop_front()
        {
            self.jobs.remove(&oldest);
        }
    }

    /// Remembers across restarts that a job was answered with "unconfirmed".
    pub(crate) async fn keep(&mut self, job: JobId, host: &dyn Host) {
        if self.kept.contains(&job) {
            return;
        }
        if self.kept.len() >= MOST_KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(job);
        if let Ok(text) = serde_json::to_string(&self.kept) {
            host.remember(ConnectorId::PrinterMaster, MEMORY, text).await;
        }
    }
}
