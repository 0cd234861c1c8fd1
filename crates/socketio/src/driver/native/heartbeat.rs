//! Pings and pongs, also while the socket is not being read.
//!
//! The gateway pings `pingInterval` after our last pong (npm, Python) or at a fixed beat (socketioxide),
//! and gives up `pingTimeout` after a ping. While a slow consumer keeps us from reading, its ping waits
//! unread behind events. We know when it must have been sent, so the pong goes out a little after that
//! time, and the ping is skipped when it is read at last. Neither a pong too many nor one too early is
//! harmless: servers count them.

use crate::wire::engine::Opening;
use std::time::Duration;
use tokio::time::Instant;

/// How long after its due time a ping is taken as sent: more than the network's whims, and small, because
/// on a gateway with a fixed beat these lags add up while reading is paused.
const LAG: Duration = Duration::from_secs(1);

/// Pings and pongs of one session.
#[derive(Debug)]
pub(super) struct Heartbeat {
    interval: Duration,
    timeout: Duration,
    /// When the last ping was read.
    heard: Instant,
    /// When the last pong was sent, in answer or ahead.
    ponged: Instant,
    answered_ahead: u32,
    reading: Reading,
    /// When reading began, or went on after a pause.
    reading_since: Instant,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    Running,
    /// A slow consumer: nothing is read.
    Paused,
}

/// What a ping that was read asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Ping {
    Answer,
    /// Its pong has gone out already.
    Skip,
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
        let now = Instant::now();
        Self {
            interval: opening.ping_interval,
            timeout: opening.ping_timeout,
            heard: now,
            ponged: now,
            answered_ahead: 0,
            reading: Reading::Running,
            reading_since: now,
        }
    }

    /// A ping was read.
    pub(super) fn pinged(&mut self) -> Ping {
        let now = Instant::now();
        self.heard = now;
        // What waited unread has been read by then; a count that is off must not cost a later pong.
        if now - self.reading_since > self.timeout / 4 {
            self.answered_ahead = 0;
        }
        if self.answered_ahead > 0 {
            self.answered_ahead -= 1;
            return Ping::Skip;
        }
        self.ponged = now;
        Ping::Answer
    }

    /// Reading stops or goes on.
    pub(super) fn set_reading(&mut self, reading: Reading) {
        if self.reading == Reading::Paused && reading == Reading::Running {
            self.reading_since = Instant::now();
        }
        self.reading = reading;
    }

    /// When [`Heartbeat::due`] must be asked next.
    pub(super) fn deadline(&self) -> Instant {
        match self.reading {
            // What waited unread during a pause does not count as silence.
            Reading::Running => self.heard.max(self.reading_since) + self.interval + self.timeout,
            Reading::Paused => self.ponged + self.interval + LAG.min(self.timeout / 4),
        }
    }

    pub(super) fn due(&mut self) -> Due {
        if Instant::now() < self.deadline() {
            return Due::Nothing;
        }
        match self.reading {
            Reading::Running => Due::Silent,
            Reading::Paused => {
                self.answered_ahead += 1;
                self.ponged = Instant::now();
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
        assert_eq!(heartbeat.pinged(), Ping::Answer);
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
            advance(Duration::from_millis(25_999)).await;
            assert_eq!(heartbeat.due(), Due::Nothing);
            advance(Duration::from_millis(1)).await;
            assert_eq!(heartbeat.due(), Due::PongAhead);
        }
        heartbeat.set_reading(Reading::Running);
        assert_eq!(heartbeat.pinged(), Ping::Skip);
        assert_eq!(heartbeat.pinged(), Ping::Skip);
        assert_eq!(heartbeat.pinged(), Ping::Answer, "the third was not answered ahead");
    }

    /// A consumer that takes an event every second pauses and resumes as often.
    #[tokio::test(start_paused = true)]
    async fn short_moments_of_reading_do_not_put_off_the_pong() {
        let mut heartbeat = heartbeat();
        let mut ahead = 0;
        for _ in 0..600 {
            heartbeat.set_reading(Reading::Running);
            assert_ne!(heartbeat.due(), Due::Silent);
            heartbeat.set_reading(Reading::Paused);
            advance(Duration::from_secs(1)).await;
            ahead += u32::from(heartbeat.due() == Due::PongAhead);
        }
        assert_eq!(ahead, 600 / 26);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pong_too_many_does_not_cost_a_later_one() {
        let mut heartbeat = heartbeat();
        heartbeat.set_reading(Reading::Paused);
        advance(Duration::from_secs(26)).await;
        assert_eq!(heartbeat.due(), Due::PongAhead);
        heartbeat.set_reading(Reading::Running);
        advance(Duration::from_secs(25)).await;
        assert_eq!(heartbeat.pinged(), Ping::Answer);
    }
}
