//! Tests that wait for an answer: each gets exactly one, in time, on its own session.

use super::test_request::Waiting;
use crate::line::SessionKey;
use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Most tests that wait at once; more are refused.
const MOST_WAITING: usize = 128;
/// How long a request that was answered is recognised.
const RECOGNISED: Duration = Duration::from_secs(60);
/// Most answered requests that are recognised.
const MOST_RECOGNISED: usize = 512;

/// The tests that wait. Whoever claims one answers it; nobody can claim it twice.
#[derive(Default)]
pub(crate) struct TestDesk(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    waiting: HashMap<String, Waiting>,
    answered: VecDeque<(String, Instant)>,
}

/// Why a test is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotTaken {
    /// The same request is waiting or was answered: it gets no second answer.
    Again,
    /// Too many wait.
    Full,
}

impl TestDesk {
    /// Takes a test; gives the ticket it is claimed with.
    pub(crate) fn take(&self, waiting: Waiting) -> Result<String, NotTaken> {
        let mut inner = self.lock();
        let now = Instant::now();
        inner.answered.retain(|(_, at)| now.saturating_duration_since(*at) < RECOGNISED);
        if let Some(key) = &waiting.key {
            let same = |other: &Waiting| other.key.as_ref() == Some(key);
            if inner.waiting.values().any(same) || inner.answered.iter().any(|(k, _)| k == key) {
                return Err(NotTaken::Again);
            }
        }
        if inner.waiting.len() >= MOST_WAITING {
            return Err(NotTaken::Full);
        }
        let ticket = uuid::Uuid::new_v4().to_string();
        inner.waiting.insert(ticket.clone(), waiting);
        Ok(ticket)
    }

    /// Claims a test in order to answer it; `None` where it was answered, its time is over or its session is gone.
    pub(crate) fn claim(&self, ticket: &str) -> Option<Waiting> {
        let mut inner = self.lock();
        let waiting = inner.waiting.remove(ticket)?;
        inner.note(&waiting);
        Some(waiting)
    }

    /// Claims those whose time is over.
    pub(crate) fn claim_due(&self) -> Vec<Waiting> {
        let mut inner = self.lock();
        let now = Instant::now();
        let due: Vec<Waiting> = inner
            .waiting
            .extract_if(|_, waiting| waiting.deadline <= now)
            .map(|(_, w)| w)
            .collect();
        due.iter().for_each(|waiting| inner.note(waiting));
        due
    }

    /// When the next one's time is over.
    pub(crate) fn next_deadline(&self) -> Option<Instant> {
        self.lock().waiting.values().map(|waiting| waiting.deadline).min()
    }

    /// A session is over: nobody waits on it any more.
    pub(crate) fn hang_up(&self, session: SessionKey) {
        self.lock().waiting.retain(|_, waiting| waiting.session != session);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn note(&mut self, waiting: &Waiting) {
        if let Some(key) = &waiting.key {
            if self.answered.len() >= MOST_RECOGNISED {
                self.answered.pop_front();
            }
            self.answered.push_back((key.clone(), Instant::now()));
        }
    }
}
