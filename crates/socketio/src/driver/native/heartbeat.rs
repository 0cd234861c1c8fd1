//! Pings and pongs, also while the socket is not being read.
//!
//! The gateway pings every `pingInterval` and gives up `pingTimeout` later. While a slow consumer keeps
//! us from reading, its ping waits unread behind events. We know when it must have come, so the pong is
//! sent at that time, and the ping is skipped when it is read at last.

use crate::wire::engine::Opening;
use std::time::Duration;
use tokio::time::Instant;

/// Pings and pongs of one session.
#[derive(Debug)]
pub(super) struct Heartbeat {
    interval: Duration,
    timeout: Duration,
    /// The last ping read, or the last one that was answered ahead.
    last: Instant,
    answered_ahead: u32,
    reading: Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Running,
    /// A slow consumer: nothing is read.
    Paused,
}

/// What the time has brought.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    /// Send the pong for a ping that waits unread.
    PongAhead,
    /// The gateway has gone silent.
    Silent,
}

impl Heartbeat {
    pub(super) fn new(opening: &Opening) -> Self {
        Self {
            interval: opening.ping_interval,
            timeout: opening.ping_timeout,
            last: Instant::now(),
            answered_ahead: 0,
            reading: Reading::Running,
        }
    }

    /// A ping was read. Whether a pong is to be sent.
    pub(super) fn pinged(&mut self) -> bool {
        self.last = Instant::now();
        let answered = self.answered_ahead > 0;
        self.answered_ahead = self.answered_ahead.saturating_sub(1);
        !answered
    }

    /// Reading stops or goes on. What waited unread meanwhile does not count as silence.
    pub(super) fn set_reading(&mut self, reading: Reading) {
        if self.reading == Reading::Paused && reading == Reading::Running {
            self.last = Instant::now();
        }
        self.reading = reading;
    }

    /// When [`Heartbeat::due`] must be asked next.
    pub(super) fn deadline(&self) -> Instant {
        match self.reading {
            Reading::Running => self.last + self.interval + self.timeout,
            // Half the time-out is left for a gateway that pings late or a write that takes long.
            Reading::Paused => self.last + self.interval + self.timeout / 2,
        }
    }

    pub(super) fn due(&mut self) -> Due {
        let deadline = self.deadline();
        if Instant::now() < deadline {
            return Due::Nothing;
        }
        match self.reading {
            Reading::Running => Due::Silent,
            Reading::Paused => {
                self.answered_ahead += 1;
                self.last = deadline;
                Due::PongAhead
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::advance;

    fn heartbeat() -> Heartbeat {
        Heartbeat::new(&Opening {
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            max_payload: None,
        })
    }

    #[tokio::test(start_paused = true)]
    async fn silence_is_interval_and_timeout_without_a_ping() {
        let mut heartbeat = heartbeat();
        advance(Duration::from_secs(25)).await;
        assert!(heartbeat.pinged());
        advance(Duration::from_millis(44_999)).await;
        assert_eq!(heartbeat.due(), Due::Nothing);
        advance(Duration::from_millis(1)).await;
        assert_eq!(heartbeat.due(), Due::Silent);
    }

    #[tokio::test(start_paused = true)]
    async fn while_paused_each_ping_is_answered_once() {
        let mut heartbeat = heartbeat();
        heartbeat.set_reading(Reading::Paused);
        for _ in 0..2 {
            advance(Duration::from_secs(34)).await;
            assert_eq!(heartbeat.due(), Due::Nothing);
            advance(Duration::from_secs(1)).await;
            assert_eq!(heartbeat.due(), Due::PongAhead);
        }
        heartbeat.set_reading(Reading::Running);
        assert!(!heartbeat.pinged());
        assert!(!heartbeat.pinged());
        assert!(heartbeat.pinged(), "the third was not answered ahead");
    }
}
