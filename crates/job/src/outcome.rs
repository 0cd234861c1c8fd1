//! What became of a job: the policy's verdict over its attempts.

use crate::{Evidence, StateReasons};
use serde::{Deserialize, Serialize};

/// A settled job's fate. Stored before it is told, and told exactly once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Outcome {
    /// On paper, as far as `evidence` says.
    Completed {
        /// What was observed.
        evidence: Evidence,
    },
    /// It will not be printed.
    Aborted {
        /// Why.
        reason: AbortReason,
        /// What the printer said of itself then.
        reasons: StateReasons,
        /// What about the document cannot be printed, in words for its sender, without a full stop. None of its text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        why: Option<String>,
    },
    /// A person or the sender took it back.
    Canceled,
    /// Its time was over before a byte was sent.
    Expired,
    /// It may or may not be on paper: a person or the printer has to say.
    Unconfirmed {
        /// Why nobody knows.
        reason: UnconfirmedReason,
    },
}

/// Why a job will not be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum AbortReason {
    /// The printer was not ready, and the job could not wait.
    #[error("The printer was not ready and this job could not wait.")]
    NotReady,
    /// The document cannot be put on this printer.
    #[error("This document cannot be printed on this printer.")]
    Unprintable,
    /// The printer is no longer configured.
    #[error("The printer of this job has been removed.")]
    PrinterRemoved,
    /// A person stopped it while it was printing; part of it may be on paper.
    #[error("This job was canceled while it was printing. Part of it may be on paper.")]
    CanceledWhilePrinting,
    /// Platen stopped before it was printed, and its sender has taken it for failed.
    #[error(
        "Platen was stopped before this was printed, and its sender was told that it failed. Send it again."
    )]
    SenderGone,
    /// The stored document could not be read back.
    #[error("The stored document could not be read back.")]
    DocumentLost,
    /// The document was not turned into printer bytes in time.
    #[error("Preparing this document for the printer took too long.")]
    EncodingTooSlow,
    /// The document brought out an error in the program.
    #[error("Preparing this document for the printer failed because of an error in Platen.")]
    EncodingFailed,
    /// The program died at this document again and again.
    #[error("Platen stopped each time it prepared this document for the printer.")]
    EncodingDeadly,
    /// Documents before this one are still being prepared, and will be for ever.
    #[error("Platen is stuck with earlier documents. Start it again.")]
    EncodersStuck,
}

/// Why nobody knows whether a job is on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum UnconfirmedReason {
    /// Platen or the machine stopped while the job was being printed.
    #[error("Platen was interrupted while this was printing. Check whether it is on paper.")]
    Interrupted,
    /// The connection broke after the first byte.
    #[error(
        "The connection to the printer broke while this was printing. Check whether it is on paper."
    )]
    ConnectionLost,
    /// The printer said nothing more after the first byte.
    #[error("The printer stopped answering while this was printing. Check whether it is on paper.")]
    NoAnswer,
    /// The operating system's queue gave the job up after it had begun.
    #[error(
        "The computer's print queue gave this up while it was printing. Check whether it is on paper."
    )]
    GivenUpInQueue,
}

impl Outcome {
    /// It will not be printed.
    pub fn aborted(reason: AbortReason, reasons: StateReasons) -> Outcome {
        Outcome::Aborted { reason, reasons, why: None }
    }

    /// The document cannot be put on its printer. `why`: in words, without a full stop, and none of the document's own.
    pub fn unprintable(why: impl Into<String>) -> Outcome {
        let (reason, reasons) = (AbortReason::Unprintable, StateReasons::none());
        Outcome::Aborted { reason, reasons, why: Some(why.into()) }
    }

    /// What to tell a person, in words that say what to do where something is to be done.
    pub fn message(&self) -> String {
        match self {
            Outcome::Completed { evidence: Evidence::Confirmed } => {
                "Printed; the printer confirmed it.".into()
            }
            Outcome::Completed { evidence: Evidence::Drained } => {
                "Printed; the printer took all of it.".into()
            }
            Outcome::Completed { .. } => "Sent to the printer.".into(),
            Outcome::Aborted { reason, why: Some(why), .. } => {
                format!("{}: {why}.", reason.to_string().trim_end_matches('.'))
            }
            Outcome::Aborted { reason, reasons, why: None } => match reasons.message() {
                Some(why) => format!("{reason} {why}"),
                None => reason.to_string(),
            },
            Outcome::Canceled => "Canceled; nothing was printed.".into(),
            Outcome::Expired => "This waited too long for its printer and was not printed.".into(),
            Outcome::Unconfirmed { reason } => reason.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_that_cannot_be_printed_says_why() {
        let outcome = Outcome::unprintable("there is nothing to print");
        let words = "This document cannot be printed on this printer: there is nothing to print.";
        assert_eq!(outcome.message(), words);
        let json = serde_json::to_string(&outcome).unwrap();
        assert_eq!(serde_json::from_str::<Outcome>(&json).unwrap(), outcome);
    }

    #[test]
    fn an_outcome_that_an_earlier_version_stored_is_read() {
        let stored = r#"{"outcome":"aborted","reason":"unprintable","reasons":[]}"#;
        let outcome: Outcome = serde_json::from_str(stored).unwrap();
        assert_eq!(outcome, Outcome::aborted(AbortReason::Unprintable, StateReasons::none()));
        assert_eq!(outcome.message(), "This document cannot be printed on this printer.");
        assert_eq!(serde_json::to_string(&outcome).unwrap(), stored);
    }
}
