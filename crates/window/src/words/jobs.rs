//! What became of a job, or what it waits for.

use super::{Key, Language};
use platen_bridge::JobView;
use platen_job::{AbortReason, Evidence, JobState, Outcome, StateReasons, UnconfirmedReason};

impl Language {
    /// Where a job stands, and what to do about it where something is to be done.
    pub fn job(self, job: &JobView) -> String {
        match (&job.outcome, &job.state) {
            (Some(outcome), _) => self.outcome(outcome),
            (None, JobState::Held { reasons }) => self.waiting(reasons, Key::JobHeld),
            (None, JobState::Processing) => self.word(Key::JobPrinting).into(),
            (None, _) => self.waiting(&job.waits_for, Key::JobWaits),
        }
    }

    fn waiting(self, reasons: &StateReasons, otherwise: Key) -> String {
        let first = reasons.iter().next();
        first.map_or_else(|| self.word(otherwise), |reason| self.what_to_do(reason)).into()
    }

    /// What became of a job.
    pub fn outcome(self, outcome: &Outcome) -> String {
        match outcome {
            Outcome::Completed { evidence: Evidence::Confirmed } => {
                self.word(Key::OutcomeConfirmed).into()
            }
            Outcome::Completed { evidence: Evidence::Drained } => {
                self.word(Key::OutcomeDrained).into()
            }
            Outcome::Completed { .. } => self.word(Key::OutcomeSent).into(),
            // What is wrong with a document is for its sender, in English.
            Outcome::Aborted { why: Some(why), .. } => {
                self.say(Key::AbortUnprintableWhy, &[("why", why)])
            }
            Outcome::Aborted { reason, reasons, why: None } => {
                let words = self.abort(*reason);
                match reasons.iter().next() {
                    Some(printer) => format!("{words} {}", self.what_to_do(printer)),
                    None => words.into(),
                }
            }
            Outcome::Canceled => self.word(Key::OutcomeCanceled).into(),
            Outcome::Expired => self.word(Key::OutcomeExpired).into(),
            Outcome::Unconfirmed { reason } => self.unconfirmed(*reason).into(),
        }
    }

    fn abort(self, reason: AbortReason) -> &'static str {
        self.word(match reason {
            AbortReason::NotReady => Key::AbortNotReady,
            AbortReason::Unprintable => Key::AbortUnprintable,
            AbortReason::PrinterRemoved => Key::AbortPrinterRemoved,
            AbortReason::CanceledWhilePrinting => Key::AbortCanceledWhilePrinting,
            AbortReason::SenderGone => Key::AbortSenderGone,
            AbortReason::DocumentLost => Key::AbortDocumentLost,
            AbortReason::EncodingTooSlow => Key::AbortEncodingTooSlow,
            AbortReason::EncodingFailed => Key::AbortEncodingFailed,
            AbortReason::EncodingDeadly => Key::AbortEncodingDeadly,
            AbortReason::EncodersStuck => Key::AbortEncodersStuck,
        })
    }

    fn unconfirmed(self, reason: UnconfirmedReason) -> &'static str {
        self.word(match reason {
            UnconfirmedReason::Interrupted => Key::UnconfirmedInterrupted,
            UnconfirmedReason::ConnectionLost => Key::UnconfirmedConnectionLost,
            UnconfirmedReason::NoAnswer => Key::UnconfirmedNoAnswer,
            UnconfirmedReason::GivenUpInQueue => Key::UnconfirmedGivenUpInQueue,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use platen_job::StateReason;

    #[test]
    fn english_says_what_the_engine_says() {
        let outcomes = [
            Outcome::Completed { evidence: Evidence::Confirmed },
            Outcome::Completed { evidence: Evidence::Drained },
            Outcome::Completed { evidence: Evidence::Submitted },
            Outcome::Canceled,
            Outcome::Expired,
            Outcome::unprintable("there is nothing to print"),
            Outcome::aborted(AbortReason::NotReady, StateReason::MediaEmpty.into()),
            Outcome::aborted(AbortReason::SenderGone, StateReasons::none()),
            Outcome::Unconfirmed { reason: UnconfirmedReason::Interrupted },
            Outcome::Unconfirmed { reason: UnconfirmedReason::GivenUpInQueue },
        ];
        for outcome in outcomes {
            let plain = |text: String| text.replace('’', "'");
            assert_eq!(plain(Language::En.outcome(&outcome)), plain(outcome.message()));
            assert_ne!(Language::Fr.outcome(&outcome), outcome.message());
        }
    }
}
