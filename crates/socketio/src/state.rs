//! The state of the line, for people.

use crate::cause::LineCause;
use crate::connection::SessionId;
use crate::endpoint::Encryption;
use serde::{Serialize, Serializer};
use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The state of the line, for people to look at. It travels by `watch`, so the last value always
/// arrives. Serialised with `state` as its tag, points in time as milliseconds since 1970 and
/// durations as milliseconds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ConnectionState {
    /// A connect is under way.
    Connecting,
    /// The gateway has accepted us.
    Online {
        /// Since when.
        #[serde(rename = "since_ms", serialize_with = "unix_ms")]
        since: SystemTime,
        /// Which session this is.
        session: SessionId,
        /// Whether the line is encrypted.
        encrypted: Encryption,
    },
    /// The line was lost or could not be had; the next connect comes by itself.
    Retrying {
        /// When the next connect starts.
        #[serde(rename = "at_ms", serialize_with = "unix_ms")]
        at: SystemTime,
        /// Delay until then, counted from when this state was entered.
        #[serde(rename = "retry_in_ms", serialize_with = "ms")]
        retry_in: Duration,
        /// Failures since the last stable connection, from 1.
        attempt: u32,
        /// Why, in words.
        because: String,
        /// Why, as a kind.
        cause: LineCause,
    },
    /// The gateway, or our own licence check, said no. Asked again by itself, slowly.
    Refused {
        /// Why, in words.
        because: String,
        /// Why, as a kind.
        cause: LineCause,
        /// Delay until the next connect, counted from when this state was entered.
        #[serde(rename = "retry_in_ms", serialize_with = "ms")]
        retry_in: Duration,
        /// When the next connect starts.
        #[serde(rename = "at_ms", serialize_with = "unix_ms")]
        at: SystemTime,
    },
    /// Ended for good: the program is stopping.
    Stopped,
}

impl ConnectionState {
    /// Whether the gateway can be reached right now.
    pub fn is_online(&self) -> bool {
        matches!(self, Self::Online { .. })
    }
}

impl fmt::Display for ConnectionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = |at: &SystemTime| {
            at.duration_since(SystemTime::now()).map_or(0, |left| left.as_secs_f64().ceil() as u64)
        };
        match self {
            Self::Connecting => f.write_str("connecting"),
            Self::Online { since, encrypted, .. } => {
                let held = since.elapsed().unwrap_or_default().as_secs();
                write!(f, "online for {held} s, {encrypted}")
            }
            Self::Retrying { at, because, .. } => {
                write!(f, "retrying in {} s because {because}", left(at))
            }
            Self::Refused { because, at, .. } => {
                write!(f, "refused because: {because}; asking again in {} s", left(at))
            }
            Self::Stopped => f.write_str("stopped"),
        }
    }
}

fn unix_ms<S: Serializer>(at: &SystemTime, serializer: S) -> Result<S::Ok, S::Error> {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    serializer.serialize_u64(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

fn ms<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_and_a_program_can_read_it() {
        let state = ConnectionState::Retrying {
            at: SystemTime::now() + Duration::from_secs(7),
            retry_in: Duration::from_secs(7),
            attempt: 2,
            because: "the gateway refused the connection".into(),
            cause: LineCause::Unreachable { host: "print.example.com:443".into() },
        };
        assert_eq!(state.to_string(), "retrying in 7 s because the gateway refused the connection");
        let json = serde_json::to_value(&state).unwrap();
        assert_eq!(json["state"], "retrying");
        assert_eq!(json["retry_in_ms"], 7000);
        assert_eq!(json["cause"]["is"], "unreachable");
        assert!(json["at_ms"].as_u64().unwrap() > 1_600_000_000_000);
    }
}
