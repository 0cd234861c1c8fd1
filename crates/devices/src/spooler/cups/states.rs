//! CUPS's words for the state of jobs and printers, and ours.
//!
//! The keywords are those of RFC 8011 (5.3.7, 5.3.8, 5.4.12) and PWG 5100.9. The messages are those that CUPS's own network
//! backends print; CUPS runs them in the job's language, and our jobs are English.

use super::message::Reply;
use crate::spooler::port::{Cleanly, Stage};
use platen_job::{StateReason, StateReasons};

/// A backend that has been connecting this long, in seconds, is not just busy doing so.
const CONNECTING_TOO_LONG: i32 = 3;

/// Whether a job's backend was ever started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Processed {
    /// CUPS says that it was not.
    Never,
    /// Last at that time, in seconds on the scheduler's clock.
    At(i32),
    /// CUPS says nothing, as of jobs that it has half forgotten.
    Unknown,
}

/// What CUPS says of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct JobFacts {
    pub(super) stage: Stage,
    pub(super) processed: Processed,
    /// What its backend said last, in words.
    pub(super) message: String,
    /// What keeps it from being printed, as far as that is known by now.
    pub(super) reasons: StateReasons,
    /// How long its backend has been trying to connect, in seconds; nothing where it is not.
    connecting: Option<i32>,
}

impl JobFacts {
    pub(super) fn read(reply: &Reply) -> Option<JobFacts> {
        let job_reasons: Vec<&str> = reply.texts("job-state-reasons").collect();
        let printer_reasons: Vec<&str> = reply.texts("job-printer-state-reasons").collect();
        let stage = stage(reply.number("job-state")?, &job_reasons)?;
        let reasons = match stage {
            // The backend found its printer in no state to print, and is started again later.
            Stage::Waiting if job_reasons.contains(&"resources-are-not-ready") => {
                StateReason::Offline.into()
            }
            // Whatever the printer says while nobody talks to it is old news.
            Stage::Incoming | Stage::Waiting | Stage::Held => StateReasons::none(),
            _ => self::printer_reasons(printer_reasons.iter().copied()),
        };
        let processed = match reply.number("time-at-processing") {
            Some(at) => Processed::At(at),
            None if reply.has_no_value("time-at-processing") => Processed::Never,
            None => Processed::Unknown,
        };
        let now = reply.number("job-printer-up-time");
        let connecting = printer_reasons.contains(&"connecting-to-device");
        Some(JobFacts {
            stage,
            processed,
            message: reply.text("job-printer-state-message").unwrap_or_default().to_owned(),
            reasons,
            connecting: match (processed, now) {
                (Processed::At(at), Some(now)) if connecting => Some(now.saturating_sub(at)),
                _ => None,
            },
        })
    }

    /// Whether the backend of a job that is being printed does not find its printer.
    pub(super) fn printer_is_away(&self) -> bool {
        self.connecting.is_some_and(|seconds| seconds >= CONNECTING_TOO_LONG)
            || says_away(&self.message)
    }
}

/// `job-state` (RFC 8011, 5.3.7) and its reasons.
pub(super) fn stage(state: i32, reasons: &[&str]) -> Option<Stage> {
    let any = |words: &[&str]| reasons.iter().any(|reason| words.contains(reason));
    Some(match state {
        3 | 4 if any(&["job-incoming", "job-data-insufficient"]) => Stage::Incoming,
        // Tried again by itself: nobody has to release it.
        4 if any(&["resources-are-not-ready"]) => Stage::Waiting,
        3 | 6 => Stage::Waiting,
        4 => Stage::Held,
        5 => Stage::Printing,
        7 => Stage::Canceled,
        8 => Stage::Aborted,
        9 if any(&["job-completed-with-errors", "job-completed-with-warnings"]) => {
            Stage::Completed(Cleanly::No)
        }
        9 => Stage::Completed(Cleanly::Yes),
        _ => return None,
    })
}

/// `printer-state-reasons`, as far as they concern a person at the till.
pub(super) fn printer_reasons<'a>(keywords: impl Iterator<Item = &'a str>) -> StateReasons {
    keywords.filter_map(printer_reason).collect()
}

fn printer_reason(keyword: &str) -> Option<StateReason> {
    let severities = ["-error", "-warning", "-report"];
    let severity = severities.into_iter().find(|severity| keyword.ends_with(severity));
    let bare = severity.and_then(|severity| keyword.strip_suffix(severity)).unwrap_or(keyword);
    match bare {
        "media-empty" | "media-needed" => Some(StateReason::MediaEmpty),
        "media-low" => Some(StateReason::MediaLow),
        "media-jam" => Some(StateReason::MediaJam),
        "cover-open" | "door-open" | "interlock-open" => Some(StateReason::CoverOpen),
        "offline" | "shutdown" | "timed-out" => Some(StateReason::Offline),
        // How the scheduler itself is, which says nothing of the printer.
        _ if bare.starts_with("cups-") => None,
        _ if severity == Some("-error") => Some(StateReason::DeviceError),
        _ => None,
    }
}

/// What backends say when they cannot get at their printer.
const AWAY: [&str; 6] = [
    "The printer may not exist or is unavailable at this time.",
    "The printer is unreachable at this time.",
    "The printer is not responding.",
    "The printer is not connected.",
    "Unable to locate printer.",
    "Waiting for printer to become available.",
];

fn says_away(message: &str) -> bool {
    AWAY.contains(&message) || message.starts_with("Unable to locate printer \"")
}

/// Whether a backend that connects once a run says that it is not connected, and cannot have been before in this run.
pub(super) fn was_never_connected(message: &str) -> bool {
    AWAY[..2].contains(&message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use StateReason::{CoverOpen, DeviceError, MediaEmpty, MediaJam, MediaLow, Offline};

    #[test]
    fn job_states_become_stages() {
        for (state, reasons, expected) in [
            (4, &["job-incoming"][..], Stage::Incoming),
            (3, &["none"], Stage::Waiting),
            (3, &["printer-stopped"], Stage::Waiting),
            (4, &["resources-are-not-ready"], Stage::Waiting),
            (4, &["job-hold-until-specified"], Stage::Held),
            (4, &["cups-held-for-authentication"], Stage::Held),
            (5, &["job-printing"], Stage::Printing),
            (6, &["printer-stopped"], Stage::Waiting),
            (7, &["job-canceled-by-user"], Stage::Canceled),
            (8, &["aborted-by-system"], Stage::Aborted),
            (9, &["job-completed-successfully"], Stage::Completed(Cleanly::Yes)),
            (9, &["job-completed-with-errors"], Stage::Completed(Cleanly::No)),
        ] {
            assert_eq!(stage(state, reasons), Some(expected), "{state} {reasons:?}");
        }
        assert_eq!(stage(0, &[]), None);
    }

    #[test]
    fn printer_reasons_become_ours() {
        let read = |keywords: &[&str]| printer_reasons(keywords.iter().copied());
        assert_eq!(read(&["none"]), StateReasons::none());
        assert_eq!(read(&["media-empty-error"]), MediaEmpty.into());
        assert_eq!(read(&["media-needed"]), MediaEmpty.into());
        assert_eq!(read(&["media-low-warning"]), MediaLow.into());
        assert_eq!(read(&["media-jam-error"]), MediaJam.into());
        assert_eq!(read(&["door-open"]), CoverOpen.into());
        assert_eq!(read(&["offline-report"]), Offline.into());
        assert_eq!(read(&["fuser-over-temp-error"]), DeviceError.into());
        assert_eq!(read(&["fuser-over-temp-warning", "paused"]), StateReasons::none());
        assert_eq!(read(&["cups-waiting-for-job-completed"]), StateReasons::none());
        assert_eq!(
            read(&["cover-open-error", "media-low"]),
            [CoverOpen, MediaLow].into_iter().collect()
        );
    }

    #[test]
    fn what_backends_say_of_a_printer_that_is_away_is_understood() {
        for message in AWAY {
            assert!(says_away(message));
        }
        assert!(says_away("Unable to locate printer \"bar.local\"."));
        assert!(!says_away("Connected to printer."));
        assert!(!says_away(""));
        assert!(!was_never_connected("The printer is not responding."), "it may have been before");
    }
}
