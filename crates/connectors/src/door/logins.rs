//! Wrong tokens of each peer. A right one is always heard: guessing 256 bits is hopeless, but a peer that floods the door
//! with wrong ones gets short answers, and a line in the log that does not repeat itself.

use super::settings::Limits;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// Peers that are remembered; of more, the one that failed longest ago is forgotten.
const MOST_PEERS: usize = 1024;
/// The first pause, and the longest; each further wrong token doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A peer without a wrong token for so long begins anew.
const FORGIVEN: Duration = Duration::from_secs(300);

/// Wrong tokens of each peer.
#[derive(Default)]
pub(super) struct Logins(Mutex<HashMap<IpAddr, Failures>>);

#[derive(Debug, Clone, Copy)]
struct Failures {
    count: u32,
    last: Instant,
    quiet_until: Instant,
}

/// What a wrong token is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// That it is wrong.
    Unauthorized,
    /// That there were too many; the first of them is worth a line in the log.
    TooMany { first: bool, wait: Duration },
}

impl Logins {
    /// Notes a wrong token.
    pub(super) fn failed(&self, peer: IpAddr, limits: &Limits) -> Verdict {
        let now = Instant::now();
        let mut peers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if peers.len() >= MOST_PEERS && !peers.contains_key(&peer) {
            let oldest = peers.iter().min_by_key(|(_, failures)| failures.last).map(|(ip, _)| *ip);
            oldest.map(|oldest| peers.remove(&oldest));
        }
        let fresh = Failures { count: 0, last: now, quiet_until: now };
        let failures = peers.entry(peer).or_insert(fresh);
        if now.duration_since(failures.last) > FORGIVEN {
            *failures = fresh;
        }
        failures.last = now;
        if now < failures.quiet_until {
            let wait = failures.quiet_until - now;
            return Verdict::TooMany { first: false, wait };
        }
        failures.count = failures.count.saturating_add(1);
        if failures.count <= limits.wrong_tokens {
            return Verdict::Unauthorized;
        }
        let doublings = (failures.count - limits.wrong_tokens - 1).min(6);
        let wait = (FIRST_PAUSE * (1 << doublings)).min(LONGEST_PAUSE);
        failures.quiet_until = now + wait;
        Verdict::TooMany { first: doublings == 0, wait }
    }

    /// A right token: whatever was wrong before is forgotten.
    pub(super) fn succeeded(&self, peer: IpAddr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&peer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_flood_gets_short_answers_and_is_forgiven() {
        let (logins, limits) = (Logins::default(), Limits::default());
        let peer = IpAddr::from([192, 0, 2, 7]);
        for _ in 0..limits.wrong_tokens {
            assert_eq!(logins.failed(peer, &limits), Verdict::Unauthorized);
        }
        let wait = FIRST_PAUSE;
        assert_eq!(logins.failed(peer, &limits), Verdict::TooMany { first: true, wait });
        assert_eq!(logins.failed(peer, &limits), Verdict::TooMany { first: false, wait });
        tokio::time::advance(FIRST_PAUSE).await;
        let wait = FIRST_PAUSE * 2;
        assert_eq!(logins.failed(peer, &limits), Verdict::TooMany { first: false, wait });
        assert_eq!(logins.failed([192, 0, 2, 8].into(), &limits), Verdict::Unauthorized);
        tokio::time::advance(FORGIVEN + wait).await;
        assert_eq!(logins.failed(peer, &limits), Verdict::Unauthorized);
        logins.succeeded(peer);
    }

    #[tokio::test(start_paused = true)]
    async fn peers_that_come_and_go_do_not_fill_the_memory() {
        let logins = Logins::default();
        for number in 0..3 * MOST_PEERS as u32 {
            logins.failed(IpAddr::from(number.to_be_bytes()), &Limits::default());
        }
        assert_eq!(logins.0.lock().unwrap().len(), MOST_PEERS);
    }
}
