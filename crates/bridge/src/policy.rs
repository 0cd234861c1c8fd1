//! What to do about what happened. Pure: settings and facts in, a decision out.

use platen_job::{
    AbortReason, Attempt, AttemptEnd, DocumentType, Evidence, Mark, OnTrouble, Outcome,
    StateReason, StateReasons, StopCause, Timestamp, UnconfirmedReason,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// What is done with a job that may or may not be on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnconfirmedPolicy {
    /// A person is asked.
    Ask,
    /// A copy marked "POSSIBLE DUPLICATE" is printed, once.
    Reprint,
    /// Nothing; it stays as it is.
    Leave,
}

/// The engine's rules, from the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    time_to_live: BTreeMap<DocumentType, Duration>,
    unconfirmed: BTreeMap<DocumentType, UnconfirmedPolicy>,
}

/// What follows from an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The job is settled.
    Settle(Outcome),
    /// Not one byte was sent: the job waits for its printer.
    Hold(StateReasons),
    /// Not one byte was sent, and nothing is wrong with the printer: the job goes back to its place.
    PutBack,
    /// Nobody knows whether it is on paper: a marked copy takes its place.
    Reprint(UnconfirmedReason),
}

impl Default for Policy {
    fn default() -> Self {
        const MINUTE: Duration = Duration::from_secs(60);
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        use UnconfirmedPolicy::{Ask, Leave, Reprint};
        let rules = [
            (DocumentType::Receipt, DAY, Ask),
            (DocumentType::KitchenTicket, 30 * MINUTE, Reprint),
            (DocumentType::Label, DAY, Ask),
            // A drawer that opens long after the sale is a drawer that stands open unattended.
            (DocumentType::Drawer, MINUTE, Leave),
            (DocumentType::Test, MINUTE, Leave),
            (DocumentType::Other, DAY, Ask),
        ];
        Policy {
            time_to_live: rules.iter().map(|(kind, span, _)| (*kind, *span)).collect(),
            unconfirmed: rules.iter().map(|(kind, _, policy)| (*kind, *policy)).collect(),
        }
    }
}

impl Policy {
    /// Changes the time that documents of a type may wait.
    pub fn set_time_to_live(&mut self, kind: DocumentType, span: Duration) {
        self.time_to_live.insert(kind, span);
    }

    /// Changes what is done with unconfirmed documents of a type.
    pub fn set_unconfirmed(&mut self, kind: DocumentType, policy: UnconfirmedPolicy) {
        self.unconfirmed.insert(kind, policy);
    }

    /// How long a document of that type may wait.
    pub fn time_to_live(&self, kind: DocumentType) -> Duration {
        self.time_to_live.get(&kind).copied().unwrap_or(Duration::from_secs(24 * 60 * 60))
    }

    /// What is done with an unconfirmed document of that type.
    pub fn unconfirmed(&self, kind: DocumentType) -> UnconfirmedPolicy {
        self.unconfirmed.get(&kind).copied().unwrap_or(UnconfirmedPolicy::Ask)
    }

    /// What follows from an attempt at a job.
    pub fn judge(&self, attempt: &Attempt, job: JobFacts) -> Verdict {
        let cause = match attempt.end {
            AttemptEnd::Finished(evidence) => {
                return Verdict::Settle(Outcome::Completed { evidence });
            }
            AttemptEnd::Stopped(cause) => cause,
        };
        if attempt.bytes_written == 0 {
            return self.judge_unstarted(cause, attempt, job);
        }
        match (cause, job.stop) {
            // Nobody can take it back from the printer.
            (StopCause::Canceled, Stop::TooLate) => {
                Verdict::Settle(Outcome::Completed { evidence: Evidence::Submitted })
            }
            (StopCause::Canceled, Stop::ByPerson) | (StopCause::CanceledInQueue, _) => {
                Verdict::Settle(Outcome::aborted(
                    AbortReason::CanceledWhilePrinting,
                    attempt.reasons.clone(),
                ))
            }
            (StopCause::ConnectionLost | StopCause::Unreachable, _) => {
                self.in_doubt(job, UnconfirmedReason::ConnectionLost)
            }
            (StopCause::Canceled, _) => self.in_doubt(job, UnconfirmedReason::Interrupted),
            (StopCause::Refused | StopCause::Forgotten, _) => {
                self.in_doubt(job, UnconfirmedReason::GivenUpInQueue)
            }
            (StopCause::TimedOut | StopCause::NotReady | StopCause::NotRecorded, _) => {
                self.in_doubt(job, UnconfirmedReason::NoAnswer)
            }
        }
    }

    /// What follows from a job of which nobody knows how far it came.
    pub fn in_doubt(&self, job: JobFacts, reason: UnconfirmedReason) -> Verdict {
        // A marked copy that is in doubt again is left to a person: paper must not multiply by itself.
        let policy = self.unconfirmed(job.document_type);
        if policy == UnconfirmedPolicy::Reprint && job.mark.is_none() {
            Verdict::Reprint(reason)
        } else {
            Verdict::Settle(Outcome::Unconfirmed { reason })
        }
    }

    /// When an automatic copy of that job is too late: with the job itself. Nothing where that moment is over.
    pub fn copy_expires_at(
        &self,
        kind: DocumentType,
        expires_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<Timestamp> {
        Some(expires_at.unwrap_or_else(|| now.plus(self.time_to_live(kind)))).filter(|at| *at > now)
    }

    fn judge_unstarted(&self, cause: StopCause, attempt: &Attempt, job: JobFacts) -> Verdict {
        // Whatever else went wrong in the same moment: who takes a job back does not want it later.
        if job.stop == Stop::ByPerson {
            return Verdict::Settle(Outcome::Canceled);
        }
        let reasons = match cause {
            StopCause::Canceled | StopCause::NotRecorded => return Verdict::PutBack,
            StopCause::CanceledInQueue => return Verdict::Settle(Outcome::Canceled),
            StopCause::Refused => {
                return Verdict::Settle(Outcome::unprintable(
                    "the computer's print queue refused it",
                ));
            }
            StopCause::NotReady if !attempt.reasons.stopping().is_empty() => {
                attempt.reasons.clone()
            }
            _ => StateReason::Offline.into(),
        };
        match job.on_trouble {
            OnTrouble::Hold => Verdict::Hold(reasons),
            OnTrouble::Abort => Verdict::Settle(Outcome::aborted(AbortReason::NotReady, reasons)),
        }
    }
}

/// What the rules have to know of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobFacts {
    /// What it is.
    pub document_type: DocumentType,
    /// Whether it is a marked copy already.
    pub mark: Option<Mark>,
    /// Whether it can wait.
    pub on_trouble: OnTrouble,
    /// Who stopped it, where somebody did.
    pub stop: Stop,
}

/// Who stopped a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Nobody, or the engine itself on its way out.
    NotByPerson,
    /// A person or the sender canceled it.
    ByPerson,
    /// Likewise, when the printer's side had every byte.
    TooLate,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(document_type: DocumentType) -> JobFacts {
        JobFacts { document_type, mark: None, on_trouble: OnTrouble::Hold, stop: Stop::NotByPerson }
    }

    fn stopped(bytes_written: u64, cause: StopCause) -> Attempt {
        Attempt { bytes_written, end: AttemptEnd::Stopped(cause), reasons: StateReasons::none() }
    }

    /// Causes that say nothing of what anybody wants with the job.
    const CAUSES: [StopCause; 6] = [
        StopCause::Unreachable,
        StopCause::NotReady,
        StopCause::ConnectionLost,
        StopCause::TimedOut,
        StopCause::Canceled,
        StopCause::NotRecorded,
    ];

    #[test]
    fn zero_bytes_are_never_in_doubt_and_one_byte_always_is() {
        let policy = Policy::default();
        for cause in CAUSES {
            for kind in DocumentType::ALL {
                let before = policy.judge(&stopped(0, cause), facts(kind));
                assert!(
                    matches!(before, Verdict::Hold(_) | Verdict::PutBack),
                    "{cause:?} {before:?}"
                );
                let after = policy.judge(&stopped(1, cause), facts(kind));
                assert!(
                    matches!(
                        after,
                        Verdict::Reprint(_) | Verdict::Settle(Outcome::Unconfirmed { .. })
                    ),
                    "{cause:?} {after:?}"
                );
            }
        }
    }

    #[test]
    fn what_the_printer_has_is_canceled_too_late() {
        let job = JobFacts { stop: Stop::TooLate, ..facts(DocumentType::Receipt) };
        let verdict = Policy::default().judge(&stopped(7, StopCause::Canceled), job);
        let submitted = Outcome::Completed { evidence: Evidence::Submitted };
        assert_eq!(verdict, Verdict::Settle(submitted));
    }

    #[test]
    fn what_was_deleted_in_the_systems_queue_is_not_printed_again() {
        let policy = Policy::default();
        let judge =
            |bytes, cause| policy.judge(&stopped(bytes, cause), facts(DocumentType::KitchenTicket));
        assert_eq!(judge(0, StopCause::CanceledInQueue), Verdict::Settle(Outcome::Canceled));
        let Verdict::Settle(after) = judge(9, StopCause::CanceledInQueue) else {
            unreachable!("somebody decided")
        };
        assert!(after.message().contains("Part of it may be on paper"), "{}", after.message());
    }

    #[test]
    fn what_the_systems_queue_gave_up_is_not_tried_for_ever() {
        let policy = Policy::default();
        let judge =
            |bytes, cause| policy.judge(&stopped(bytes, cause), facts(DocumentType::Receipt));
        assert!(matches!(
            judge(0, StopCause::Refused),
            Verdict::Settle(Outcome::Aborted { reason: AbortReason::Unprintable, .. })
        ));
        assert_eq!(
            judge(9, StopCause::Refused),
            Verdict::Settle(Outcome::Unconfirmed { reason: UnconfirmedReason::GivenUpInQueue })
        );
    }

    #[test]
    fn only_a_first_copy_is_reprinted_by_itself() {
        let policy = Policy::default();
        let first = facts(DocumentType::KitchenTicket);
        let second = JobFacts { mark: Some(Mark::PossibleDuplicate), ..first };
        let attempt = stopped(9, StopCause::ConnectionLost);
        assert_eq!(
            policy.judge(&attempt, first),
            Verdict::Reprint(UnconfirmedReason::ConnectionLost)
        );
        assert_eq!(
            policy.judge(&attempt, second),
            Verdict::Settle(Outcome::Unconfirmed { reason: UnconfirmedReason::ConnectionLost })
        );
    }

    #[test]
    fn a_test_print_does_not_wait_for_paper() {
        let attempt = Attempt {
            bytes_written: 0,
            end: AttemptEnd::Stopped(StopCause::NotReady),
            reasons: StateReason::MediaEmpty.into(),
        };
        let job = JobFacts { on_trouble: OnTrouble::Abort, ..facts(DocumentType::Test) };
        let Verdict::Settle(outcome) = Policy::default().judge(&attempt, job) else {
            unreachable!("a test is settled at once")
        };
        assert!(outcome.message().contains("paper is out"), "{}", outcome.message());
    }

    #[test]
    fn what_a_person_took_back_is_not_kept_whatever_else_went_wrong() {
        for cause in CAUSES {
            let job = JobFacts { stop: Stop::ByPerson, ..facts(DocumentType::Receipt) };
            let verdict = Policy::default().judge(&stopped(0, cause), job);
            assert_eq!(verdict, Verdict::Settle(Outcome::Canceled), "{cause:?}");
        }
    }

    #[test]
    fn a_copy_is_worth_no_more_than_the_job_it_stands_for() {
        let (policy, now) = (Policy::default(), Timestamp(1_000_000));
        let copy = |at| policy.copy_expires_at(DocumentType::KitchenTicket, at, now);
        assert_eq!(copy(Some(Timestamp(1_000_001))), Some(Timestamp(1_000_001)));
        assert_eq!(copy(Some(now)), None);
        assert_eq!(copy(None), Some(now.plus(Duration::from_secs(1800))));
    }

    #[test]
    fn completed_claims_what_was_observed() {
        for evidence in Evidence::ALL {
            let attempt = Attempt {
                bytes_written: 3,
                end: AttemptEnd::Finished(evidence),
                reasons: StateReasons::none(),
            };
            assert_eq!(
                Policy::default().judge(&attempt, facts(DocumentType::Receipt)),
                Verdict::Settle(Outcome::Completed { evidence })
            );
        }
    }
}
