//! How many connections there may be.

use super::settings::Limits;
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// The places of a door.
#[derive(Default)]
pub(super) struct Places(Mutex<Taken>);

#[derive(Default)]
struct Taken {
    total: usize,
    of_peers: HashMap<IpAddr, usize>,
}

/// One connection's place; free again when it is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    peer: IpAddr,
}

impl Places {
    /// A place for a connection of that peer, where there is one.
    pub(super) fn take(self: &Arc<Self>, peer: IpAddr, limits: &Limits) -> Option<Place> {
        let mut taken = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let of_peer = taken.of_peers.get(&peer).copied().unwrap_or(0);
        if taken.total >= limits.connections || of_peer >= limits.connections_of_a_peer {
            return None;
        }
        taken.total += 1;
        taken.of_peers.insert(peer, of_peer + 1);
        Some(Place { places: self.clone(), peer })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        taken.total = taken.total.saturating_sub(1);
        if let Some(of_peer) = taken.of_peers.get_mut(&self.peer) {
            *of_peer -= 1;
            if *of_peer == 0 {
                taken.of_peers.remove(&self.peer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_peer_cannot_take_every_place() {
        let limits = Limits { connections: 3, connections_of_a_peer: 2, ..Limits::default() };
        let places = Arc::new(Places::default());
        let (one, other) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let held = [places.take(one, &limits).unwrap(), places.take(one, &limits).unwrap()];
        assert!(places.take(one, &limits).is_none());
        let third = places.take(other, &limits).unwrap();
        assert!(places.take(other, &limits).is_none(), "all are taken");
        drop((held, third));
        assert!(places.take(one, &limits).is_some());
        assert!(places.0.lock().unwrap().of_peers.is_empty(), "nobody is remembered");
    }
}
