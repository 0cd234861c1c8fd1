//! The spool as plain data in memory: what it has to say, without a disk.

use platen_job::{
    ConnectorId, Evidence, JobId, JobState, Mark, Outcome, StateReason, UnconfirmedReason,
};
use platen_spool::LeaseSeq;
use std::collections::{BTreeMap, HashMap};

#[derive(Debug, Clone)]
pub struct Job {
    pub connector: ConnectorId,
    pub name: Option<String>,
    pub content: u8,
    pub printer: &'static str,
    pub state: JobState,
    pub outcome: Option<Outcome>,
    pub mark: Option<Mark>,
    pub backup_from: Option<&'static str>,
    pub lease: Option<LeaseSeq>,
    /// The job that it was copied from, and the sender's job that it stands in for.
    pub origin: Option<(JobId, Option<JobId>)>,
    pub owed: bool,
    pub told: bool,
    pub payload: bool,
}

/// Everything that survives.
#[derive(Debug, Default)]
pub struct Oracle {
    pub jobs: BTreeMap<JobId, Job>,
    /// Ids whose records are gone, with their content.
    pub known: HashMap<(ConnectorId, String), u8>,
    /// Owed outcomes in the order of their settling.
    pub owed: Vec<JobId>,
    /// The last started lease of each lane of this run, and the one before it.
    pub lanes: HashMap<&'static str, (i64, i64)>,
}

pub fn outcome(kind: u8) -> Outcome {
    match kind % 5 {
        0 => Outcome::Completed { evidence: Evidence::Drained },
        1 => Outcome::Unconfirmed { reason: UnconfirmedReason::NoAnswer },
        2 => Outcome::Canceled,
        3 => Outcome::Expired,
        _ => Outcome::Completed { evidence: Evidence::Confirmed },
    }
}

pub fn held() -> JobState {
    JobState::Held { reasons: StateReason::MediaEmpty.into() }
}

impl Oracle {
    pub fn find(&self, connector: ConnectorId, name: &str) -> Option<(JobId, &Job)> {
        self.jobs
            .iter()
            .find(|(_, job)| {
                job.origin.is_none()
                    && job.connector == connector
                    && job.name.as_deref() == Some(name)
            })
            .map(|(id, job)| (*id, job))
    }

    /// The job whose fate is the fate of that sender's job.
    pub fn stands_for(&self, id: JobId) -> &Job {
        let copy = self
            .jobs
            .values()
            .rev()
            .find(|job| job.origin.is_some_and(|(_, sender)| sender == Some(id)));
        copy.unwrap_or(&self.jobs[&id])
    }

    pub fn waiting(&self, printer: &str) -> Vec<JobId> {
        self.ids(|job| {
            job.printer == printer && matches!(job.state, JobState::Pending | JobState::Held { .. })
        })
    }

    pub fn ids(&self, which: impl Fn(&Job) -> bool) -> Vec<JobId> {
        self.jobs.iter().filter(|(_, job)| which(job)).map(|(id, _)| *id).collect()
    }

    fn may_have_started(&self, job: &Job) -> bool {
        let mark = self.lanes.get(job.printer).map(|lane| lane.0);
        job.lease.is_none_or(|seq| mark.is_some_and(|mark| seq.0 <= mark))
    }

    /// Back into the queue, or held. Says whether that is allowed.
    pub fn put_back(&mut self, id: JobId, to: JobState) -> bool {
        let job = &self.jobs[&id];
        let allowed = job.state == to
            || (job.state.step_to(&to).is_ok()
                && (job.state != JobState::Processing || !self.may_have_started(job)));
        if let Some(job) = self.jobs.get_mut(&id).filter(|job| allowed && job.state != to) {
            job.state = to;
            job.lease = None;
        }
        allowed
    }

    /// To the backup of its printer. Says whether that is allowed.
    pub fn move_to(&mut self, id: JobId, to: &'static str) -> bool {
        let waiting = self.waiting(self.jobs[&id].printer).contains(&id);
        let job = self.jobs.get_mut(&id).filter(|job| waiting && job.backup_from.is_none());
        let Some(job) = job else { return false };
        job.backup_from = Some(std::mem::replace(&mut job.printer, to));
        job.state = JobState::Pending;
        true
    }

    pub fn settle(&mut self, id: JobId, outcome: Outcome) -> bool {
        let job = self.jobs.get_mut(&id).unwrap();
        let next = JobState::settled(&outcome);
        if job.state == next && job.outcome.as_ref() == Some(&outcome) {
            return true;
        }
        if job.state.step_to(&next).is_err() {
            return false;
        }
        (job.state, job.outcome, job.lease) = (next, Some(outcome), None);
        self.owed.retain(|owed| *owed != id);
        job.owed = job.connector != ConnectorId::Local
            && job.origin.is_none_or(|(_, sender)| sender.is_some());
        if job.owed {
            self.owed.push(id);
        }
        true
    }

    /// The copy that would be made, or nothing where it is refused.
    pub fn copy(&mut self, id: JobId, for_the_sender: bool) -> Option<Job> {
        let origin = self.jobs[&id].clone();
        if !origin.payload {
            return None;
        }
        let mut copy = Job {
            state: JobState::Pending,
            outcome: None,
            mark: Some(Mark::Reprint),
            lease: None,
            owed: false,
            told: false,
            ..origin.clone()
        };
        if !for_the_sender {
            (copy.connector, copy.name) = (ConnectorId::Local, None);
            copy.origin = Some((id, None));
            return Some(copy);
        }
        if !matches!(origin.state, JobState::Processing | JobState::Unconfirmed) {
            return None;
        }
        copy.origin = Some((id, origin.origin.map_or(Some(id), |(_, sender)| sender)));
        let old = self.jobs.get_mut(&id).unwrap();
        if old.state == JobState::Processing {
            old.outcome = Some(Outcome::Unconfirmed { reason: UnconfirmedReason::ConnectionLost });
        }
        (old.state, old.lease, old.owed) = (JobState::Reprinted, None, false);
        self.owed.retain(|owed| *owed != id);
        Some(copy)
    }

    pub fn told(&mut self, id: JobId) {
        self.owed.retain(|owed| *owed != id);
        let job = self.jobs.get_mut(&id).unwrap();
        (job.owed, job.told) = (false, true);
    }

    /// Far in the future: payloads of settled jobs go, and later their records.
    pub fn retire(&mut self, records_too: bool) {
        for job in self.jobs.values_mut() {
            if !job.state.is_open() && job.state != JobState::Unconfirmed {
                job.payload = false;
            }
        }
        if records_too {
            for id in self.ids(|job| !job.payload && !job.owed) {
                let job = self.jobs.remove(&id).unwrap();
                if let (None, Some(name)) = (job.origin, job.name) {
                    self.known.insert((job.connector, name), job.content);
                }
            }
        }
    }

    /// A kill, or a power cut where marks are lost. Returns the interrupted jobs.
    pub fn crash(&mut self, power_cut: bool) -> Vec<JobId> {
        let mut interrupted = Vec::new();
        for (id, job) in &mut self.jobs {
            if job.state != JobState::Processing {
                continue;
            }
            let mark = self.lanes.get(job.printer).map(|lane| lane.0);
            let not_started =
                !power_cut && matches!((job.lease, mark), (Some(seq), Some(mark)) if seq.0 > mark);
            if not_started {
                job.state = JobState::Pending;
            } else {
                interrupted.push(*id);
            }
            job.lease = None;
        }
        self.lanes.clear();
        interrupted
    }
}
