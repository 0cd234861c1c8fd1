//! What the line to the server has been, and is. Pure.

use super::{Gap, Line};
use crate::words::Language;
use platen_job::Timestamp;
use platen_socketio::{ConnectionState, LineCause};

impl Line {
    /// What is shown once the connection is in that state; `self` is what was shown before.
    #[must_use]
    pub fn next(
        &self,
        state: Option<&ConnectionState>,
        now: Timestamp,
        language: Language,
    ) -> Line {
        match (state, self) {
            (Some(ConnectionState::Online { .. }), _) => Line::Online,
            (Some(ConnectionState::Refused { cause, .. }), _) => {
                Line::Refused { why: language.line_cause(cause) }
            }
            (Some(ConnectionState::Retrying { cause, .. }), Line::Offline { since, .. }) => {
                Line::Offline {
                    since: *since,
                    why: Some(language.line_cause(cause)),
                    gap: Gap::of(cause),
                }
            }
            (Some(ConnectionState::Retrying { cause, .. }), _) => Line::Offline {
                since: now.0,
                why: Some(language.line_cause(cause)),
                gap: Gap::of(cause),
            },
            // A connect under way is no news after a failure, and no more than a hope after a session.
            (Some(ConnectionState::Connecting), Line::Online) => {
                Line::Offline { since: now.0, why: None, gap: Gap::Away }
            }
            (_, Line::None) => Line::Connecting,
            (_, before) => before.clone(),
        }
    }
}

impl Gap {
    fn of(cause: &LineCause) -> Gap {
        match cause {
            LineCause::Untrusted { .. } => Gap::Untrusted,
            _ => Gap::Away,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, SystemTime};

    fn retrying(cause: LineCause) -> ConnectionState {
        let retry_in = Duration::from_secs(1);
        ConnectionState::Retrying {
            at: SystemTime::now() + retry_in,
            retry_in,
            attempt: 1,
            because: "in English, with detail".into(),
            cause,
        }
    }

    #[test]
    fn offline_counts_from_the_first_failure_and_says_why_in_the_language_of_now() {
        let next = |line: &Line, state: &_, at, language| line.next(Some(state), at, language);
        let silent = retrying(LineCause::Silent);
        let lost = next(&Line::Online, &silent, Timestamp(5), Language::En);
        let why = |language: Language, cause: &_| Some(language.line_cause(cause));
        let expected =
            Line::Offline { since: 5, why: why(Language::En, &LineCause::Silent), gap: Gap::Away };
        assert_eq!(lost, expected);
        let again = next(&lost, &ConnectionState::Connecting, Timestamp(6), Language::En);
        assert_eq!(again, lost);
        let nobody = LineCause::Unreachable { host: "print.example.com:443".into() };
        let later = next(&again, &retrying(nobody.clone()), Timestamp(7), Language::Fr);
        let expected = Line::Offline { since: 5, why: why(Language::Fr, &nobody), gap: Gap::Away };
        assert_eq!(later, expected);
        assert_ne!(why(Language::Fr, &nobody), why(Language::En, &nobody));
    }

    #[test]
    fn a_server_that_is_not_trusted_is_another_matter_than_one_that_is_away() {
        let untrusted = retrying(LineCause::Untrusted { why: "unknown issuer".into() });
        let gap = |line: &Line, state| match line.next(Some(state), Timestamp(1), Language::En) {
            Line::Offline { gap, .. } => gap,
            other => panic!("{other:?}"),
        };
        assert_eq!(gap(&Line::Connecting, &untrusted), Gap::Untrusted);
        let before = Line::Connecting.next(Some(&untrusted), Timestamp(1), Language::En);
        assert_eq!(gap(&before, &ConnectionState::Connecting), Gap::Untrusted);
        assert_eq!(gap(&before, &retrying(LineCause::Silent)), Gap::Away);
    }

    #[test]
    fn a_first_connect_is_not_yet_a_failure() {
        let language = Language::En;
        let first = Line::None.next(Some(&ConnectionState::Connecting), Timestamp(1), language);
        assert_eq!(first, Line::Connecting);
        assert_eq!(first.next(None, Timestamp(2), language), Line::Connecting);
    }
}
