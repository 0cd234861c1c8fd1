//! What the line to the server has been, and is. Pure.

use super::Line;
use crate::words::Language;
use platen_job::Timestamp;
use platen_socketio::ConnectionState;

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
                Line::Offline { since: *since, why: Some(language.line_cause(cause)) }
            }
            (Some(ConnectionState::Retrying { cause, .. }), _) => {
                Line::Offline { since: now.0, why: Some(language.line_cause(cause)) }
            }
            // A connect under way is no news after a failure, and no more than a hope after a session.
            (Some(ConnectionState::Connecting), Line::Online) => {
                Line::Offline { since: now.0, why: None }
            }
            (_, Line::None) => Line::Connecting,
            (_, before) => before.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use platen_socketio::LineCause;
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
        let expected = Line::Offline { since: 5, why: why(Language::En, &LineCause::Silent) };
        assert_eq!(lost, expected);
        let again = next(&lost, &ConnectionState::Connecting, Timestamp(6), Language::En);
        assert_eq!(again, lost);
        let nobody = LineCause::Unreachable { host: "print.example.com:443".into() };
        let later = next(&again, &retrying(nobody.clone()), Timestamp(7), Language::Fr);
        assert_eq!(later, Line::Offline { since: 5, why: why(Language::Fr, &nobody) });
        assert_ne!(why(Language::Fr, &nobody), why(Language::En, &nobody));
    }

    #[test]
    fn a_first_connect_is_not_yet_a_failure() {
        let language = Language::En;
        let first = Line::None.next(Some(&ConnectionState::Connecting), Timestamp(1), language);
        assert_eq!(first, Line::Connecting);
        assert_eq!(first.next(None, Timestamp(2), language), Line::Connecting);
    }
}
