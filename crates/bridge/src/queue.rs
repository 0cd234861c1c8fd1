//! One printer's jobs in order: priority first, then the order in which they were accepted.
//!
//! Ids only, so that ten thousand waiting jobs cost little; the documents stay in the spool. Bounded by its capacity:
//! the engine refuses a job that does not fit, before it is stored.

use platen_job::{DocumentType, JobId, OnTrouble, Priority, Timestamp};
use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A waiting job, as much of it as the order needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Which job.
    pub id: JobId,
    /// How urgent.
    pub priority: Priority,
    /// When it is too late.
    pub expires_at: Option<Timestamp>,
    /// Whether it can wait for a printer in trouble.
    pub on_trouble: OnTrouble,
    /// What it is.
    pub kind: DocumentType,
    /// Whether its printer's backup may take it.
    pub failover: Failover,
}

/// Whether a job may come out of another printer than its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failover {
    /// It may, marked.
    Allowed,
    /// It may not.
    Never,
}

/// The queue of one printer.
#[derive(Debug, Default)]
pub struct Queue {
    order: BTreeMap<(Reverse<Priority>, JobId), Waiting>,
    by_id: HashMap<JobId, Priority>,
    by_expiry: BTreeSet<(Timestamp, JobId)>,
}

impl Queue {
    /// Puts a job in its place; one that is there already stays.
    pub fn push(&mut self, job: Waiting) {
        let Entry::Vacant(place) = self.by_id.entry(job.id) else { return };
        place.insert(job.priority);
        self.order.insert((Reverse(job.priority), job.id), job);
        if let Some(at) = job.expires_at {
            self.by_expiry.insert((at, job.id));
        }
    }

    /// Takes up to `most` jobs from the front.
    pub fn take(&mut self, most: usize) -> Vec<Waiting> {
        let ids: Vec<JobId> = self.order.values().take(most).map(|job| job.id).collect();
        ids.into_iter().filter_map(|id| self.remove(id)).collect()
    }

    /// Takes one job out, wherever it stands.
    pub fn remove(&mut self, id: JobId) -> Option<Waiting> {
        let priority = self.by_id.remove(&id)?;
        let job = self.order.remove(&(Reverse(priority), id))?;
        if let Some(at) = job.expires_at {
            self.by_expiry.remove(&(at, id));
        }
        Some(job)
    }

    /// Takes out every job whose time is over.
    pub fn take_expired(&mut self, now: Timestamp) -> Vec<Waiting> {
        let ids: Vec<JobId> =
            self.by_expiry.iter().take_while(|(at, _)| *at <= now).map(|(_, id)| *id).collect();
        ids.into_iter().filter_map(|id| self.remove(id)).collect()
    }

    /// Takes out the first drawer kick.
    pub fn take_kick(&mut self) -> Option<Waiting> {
        let id = self.order.values().find(|job| job.kind == DocumentType::Drawer)?.id;
        self.remove(id)
    }

    /// Takes out every job that cannot wait for a printer in trouble, of those that are asked for.
    pub fn take_impatient(&mut self, which: impl Fn(&Waiting) -> bool) -> Vec<Waiting> {
        let ids: Vec<JobId> = self
            .order
            .values()
            .filter(|job| job.on_trouble == OnTrouble::Abort && which(job))
            .map(|job| job.id)
            .collect();
        ids.into_iter().filter_map(|id| self.remove(id)).collect()
    }

    /// The first jobs that the printer's backup may take, in their order; they stay where they are.
    pub fn movable(&self, most: usize) -> Vec<JobId> {
        let jobs = self.order.values().filter(|job| job.failover == Failover::Allowed);
        jobs.take(most).map(|job| job.id).collect()
    }

    /// When the next job expires.
    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.by_expiry.first().map(|(at, _)| *at)
    }

    /// The job at the front.
    pub fn first(&self) -> Option<Waiting> {
        self.order.values().next().copied()
    }

    /// Jobs waiting.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Step {
        Push(i64, u8, Option<i64>),
        Take(usize),
        Remove(i64),
        Expire(i64),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            (0..40i64, 0..3u8, proptest::option::of(0..50i64))
                .prop_map(|(id, p, e)| Step::Push(id, p, e)),
            (0..4usize).prop_map(Step::Take),
            (0..40i64).prop_map(Step::Remove),
            (0..50i64).prop_map(Step::Expire),
        ];
        proptest::collection::vec(step, 0..60)
    }

    /// The plain model: a list, sorted when asked.
    #[derive(Default)]
    struct Model(Vec<Waiting>);

    impl Model {
        fn split(&mut self, mut gone: impl FnMut(&Waiting) -> bool) -> Vec<Waiting> {
            let (out, kept) = self.0.drain(..).partition(|job| gone(job));
            self.0 = kept;
            out
        }

        fn sorted(&self) -> Vec<Waiting> {
            let mut jobs = self.0.clone();
            jobs.sort_by_key(|job| (Reverse(job.priority), job.id));
            jobs
        }
    }

    fn ids(mut jobs: Vec<Waiting>) -> Vec<JobId> {
        jobs.sort_by_key(|job| job.id);
        jobs.into_iter().map(|job| job.id).collect()
    }

    proptest! {
        #[test]
        fn it_behaves_like_a_sorted_list(steps in steps()) {
            let (mut queue, mut model) = (Queue::default(), Model::default());
            for step in steps {
                match step {
                    Step::Push(id, rank, expiry) => {
                        let job = Waiting {
                            id: JobId(id),
                            priority: Priority::from_rank(rank),
                            expires_at: expiry.map(Timestamp),
                            on_trouble: OnTrouble::Hold,
                            kind: DocumentType::Receipt,
                            failover: Failover::Never,
                        };
                        queue.push(job);
                        if model.0.iter().all(|known| known.id != job.id) {
                            model.0.push(job);
                        }
                    }
                    Step::Take(most) => {
                        let expected: Vec<_> = model.sorted().into_iter().take(most).collect();
                        prop_assert_eq!(queue.take(most), expected.clone());
                        model.split(|job| expected.contains(job));
                    }
                    Step::Remove(id) => {
                        let expected = model.split(|job| job.id == JobId(id)).pop();
                        prop_assert_eq!(queue.remove(JobId(id)), expected);
                    }
                    Step::Expire(now) => {
                        let expected = model.split(|job| job.expires_at.is_some_and(|at| at.0 <= now));
                        prop_assert_eq!(ids(queue.take_expired(Timestamp(now))), ids(expected));
                    }
                }
                prop_assert_eq!(queue.len(), model.0.len());
                prop_assert_eq!(queue.first(), model.sorted().first().copied());
                prop_assert_eq!(queue.next_expiry(), model.0.iter().filter_map(|job| job.expires_at).min());
            }
        }
    }
}
