//! The states a job passes through. The diagram stands at the top of the crate.

use crate::{Evidence, Outcome, StateReasons};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a stored job stands. A refused job has no state: it is not stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum JobState {
    /// Waiting for its turn.
    Pending,
    /// Waiting for its printer; not one byte was sent.
    Held {
        /// What the printer lacks.
        reasons: StateReasons,
    },
    /// Being printed: bytes may be on the way.
    Processing,
    /// On paper, as far as the evidence says.
    Completed {
        /// What was observed.
        evidence: Evidence,
    },
    /// Given up; the outcome says why.
    Aborted,
    /// Taken back before a byte was sent.
    Canceled,
    /// Too old before a byte was sent.
    Expired,
    /// It may be on paper: somebody has to look.
    Unconfirmed,
    /// It was unconfirmed, and a marked copy was made.
    Reprinted,
}

/// A step that the diagram does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a job that is {from} cannot become {to}")]
pub struct IllegalTransition {
    /// Where the job stands.
    pub from: &'static str,
    /// Where it was to go.
    pub to: &'static str,
}

impl JobState {
    /// The word of every state.
    pub const WORDS: [&str; 9] = [
        "pending",
        "held",
        "processing",
        "completed",
        "aborted",
        "canceled",
        "expired",
        "unconfirmed",
        "reprinted",
    ];

    /// The word in spool, listings and reports.
    pub fn as_str(&self) -> &'static str {
        match self {
            JobState::Pending => "pending",
            JobState::Held { .. } => "held",
            JobState::Processing => "processing",
            JobState::Completed { .. } => "completed",
            JobState::Aborted => "aborted",
            JobState::Canceled => "canceled",
            JobState::Expired => "expired",
            JobState::Unconfirmed => "unconfirmed",
            JobState::Reprinted => "reprinted",
        }
    }

    /// Whether the job still wants to be printed.
    pub fn is_open(&self) -> bool {
        matches!(self, JobState::Pending | JobState::Held { .. } | JobState::Processing)
    }

    /// The state that an outcome leads to.
    pub fn settled(outcome: &Outcome) -> JobState {
        match outcome {
            Outcome::Completed { evidence } => JobState::Completed { evidence: *evidence },
            Outcome::Aborted { .. } => JobState::Aborted,
            Outcome::Canceled => JobState::Canceled,
            Outcome::Expired => JobState::Expired,
            Outcome::Unconfirmed { .. } => JobState::Unconfirmed,
        }
    }

    /// Whether the diagram has this step.
    ///
    /// # Errors
    /// [`IllegalTransition`] where it has not.
    pub fn step_to(&self, next: &JobState) -> Result<(), IllegalTransition> {
        use JobState::{
            Aborted, Canceled, Completed, Expired, Held, Pending, Processing, Reprinted,
            Unconfirmed,
        };
        let legal = matches!(
            (self, next),
            (Pending, Held { .. } | Processing | Aborted | Canceled | Expired)
                | (Held { .. }, Pending | Held { .. } | Processing | Aborted | Canceled | Expired)
                | (
                    Processing,
                    Pending
                        | Held { .. }
                        | Completed { .. }
                        | Aborted
                        | Canceled
                        | Expired
                        | Unconfirmed
                )
                | (Unconfirmed, Completed { .. } | Reprinted)
        );
        if legal {
            Ok(())
        } else {
            Err(IllegalTransition { from: self.as_str(), to: next.as_str() })
        }
    }
}

impl fmt::Display for JobState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StateReason;

    fn every_state() -> Vec<JobState> {
        vec![
            JobState::Pending,
            JobState::Held { reasons: StateReason::Offline.into() },
            JobState::Processing,
            JobState::Completed { evidence: Evidence::Drained },
            JobState::Aborted,
            JobState::Canceled,
            JobState::Expired,
            JobState::Unconfirmed,
            JobState::Reprinted,
        ]
    }

    #[test]
    fn every_state_has_its_word() {
        let words: Vec<_> = every_state().iter().map(JobState::as_str).collect();
        assert_eq!(words, JobState::WORDS);
    }

    #[test]
    fn only_unconfirmed_leaves_a_settled_state() {
        for from in every_state().into_iter().filter(|state| !state.is_open()) {
            for to in every_state() {
                let allowed = from == JobState::Unconfirmed
                    && matches!(to, JobState::Completed { .. } | JobState::Reprinted);
                assert_eq!(from.step_to(&to).is_ok(), allowed, "{from} -> {to}");
            }
        }
    }

    #[test]
    fn nothing_is_completed_or_unconfirmed_without_having_been_processed() {
        for from in [JobState::Pending, JobState::Held { reasons: StateReasons::none() }] {
            assert!(from.step_to(&JobState::Unconfirmed).is_err());
            assert!(from.step_to(&JobState::Completed { evidence: Evidence::Accepted }).is_err());
        }
    }
}
