//! What the line to the server has been, and is. Pure.

use super::Line;
use platen_job::Timestamp;
use platen_socketio::ConnectionState;

impl Line {
    /// What is shown once the connection is in that state; `self` is what was shown before.
    #[must_use]
    pub fn next(&self, state: Option<&ConnectionState>, now: Timestamp) -> Line {
        match (state, self) {
            (Some(ConnectionState::Online { .. }), _) => Line::Online,
            (Some(ConnectionState::Refused { because, .. }), _) => {
                Line::Refused { why: because.clone() }
            }
            (Some(ConnectionState::Retrying { because, .. }), Line::Offline { since, .. }) => {
                Line::Offline { since: *since, why: Some(because.clone()) }
            }
            (Some(ConnectionState::Retrying { because, .. }), _) => {
                Line::Offline { since: now.0, why: Some(because.clone()) }
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
    use std::time::{Duration, SystemTime};

    fn retrying(because: &str) -> ConnectionState {
        let retry_in = Duration::from_secs(1);
        ConnectionState::Retrying {
            at: SystemTime::now() + retry_in,
            retry_in,
            attempt: 1,
            because: because.into(),
        }
    }

    #[test]
    fn offline_counts_from_the_first_failure() {
        let lost = Line::Online.next(Some(&retrying("it hung up")), Timestamp(5));
        assert_eq!(lost, Line::Offline { since: 5, why: Some("it hung up".into()) });
        let again = lost.next(Some(&ConnectionState::Connecting), Timestamp(6));
        assert_eq!(again, lost);
        let later = again.next(Some(&retrying("nobody listens")), Timestamp(7));
        assert_eq!(later, Line::Offline { since: 5, why: Some("nobody listens".into()) });
    }

    #[test]
    fn a_first_connect_is_not_yet_a_failure() {
        let first = Line::None.next(Some(&ConnectionState::Connecting), Timestamp(1));
        assert_eq!(first, Line::Connecting);
        assert_eq!(first.next(None, Timestamp(2)), Line::Connecting);
    }
}
