//! How many connections there may be, and who makes room where there is none.
//!
//! Whoever opens connections and says nothing, or has no token, keeps nobody out: the oldest of them makes room for the next one.
//! A connection over which a right token came keeps its place.

use super::settings::Limits;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;

/// The places of a door.
#[derive(Default)]
pub(super) struct Places(Mutex<Taken>);

#[derive(Default)]
struct Taken {
    /// In the order in which they came.
    seats: BTreeMap<u64, Seat>,
    of_peers: HashMap<IpAddr, usize>,
    next: u64,
}

/// Where a connection sits.
#[derive(Clone)]
pub(super) struct Seat {
    peer: IpAddr,
    keeps: Arc<AtomicBool>,
    leave: CancellationToken,
}

impl Seat {
    /// A right token came: it keeps its place from now on.
    pub(super) fn keep(&self) {
        self.keeps.store(true, Ordering::Relaxed);
    }

    /// Waits until it has to make room.
    pub(super) async fn must_leave(&self) {
        self.leave.cancelled().await;
    }

    fn may_leave(&self) -> bool {
        !self.keeps.load(Ordering::Relaxed)
    }
}

/// One connection's place; free again when it is dropped.
pub(super) struct Place {
    places: Arc<Places>,
    number: u64,
    /// How it is told to leave.
    pub(super) seat: Seat,
}

impl Places {
    /// A place for a connection of that peer, if another one has to leave for it. `None`: all are kept.
    pub(super) fn take(self: &Arc<Self>, peer: IpAddr, limits: &Limits) -> Option<Place> {
        let mut taken = self.taken();
        if taken.of_peers.get(&peer).is_some_and(|of_peer| *of_peer >= limits.connections_of_a_peer)
        {
            taken.make_room(|seat| seat.peer == peer)?;
        } else if taken.seats.len() >= limits.connections {
            taken.make_room(|_| true)?;
        }
        let seat = Seat { peer, keeps: Arc::default(), leave: CancellationToken::new() };
        let number = taken.next;
        taken.next += 1;
        taken.seats.insert(number, seat.clone());
        *taken.of_peers.entry(peer).or_default() += 1;
        Some(Place { places: self.clone(), number, seat })
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// Sends the oldest away that may be, of those; its place is free at once.
    fn make_room(&mut self, is_one: impl Fn(&Seat) -> bool) -> Option<()> {
        let mut seats = self.seats.iter();
        let (number, seat) = seats.find(|(_, seat)| seat.may_leave() && is_one(seat))?;
        seat.leave.cancel();
        let number = *number;
        self.free(number);
        Some(())
    }

    fn free(&mut self, number: u64) {
        let Some(seat) = self.seats.remove(&number) else { return };
        if let Some(of_peer) = self.of_peers.get_mut(&seat.peer) {
            *of_peer -= 1;
            if *of_peer == 0 {
                self.of_peers.remove(&seat.peer);
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.taken().free(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    fn has_to_leave(place: &Place) -> bool {
        place.seat.leave.is_cancelled()
    }

    #[test]
    fn one_peer_cannot_take_every_place() {
        let limits = Limits { connections: 3, connections_of_a_peer: 2, ..Limits::default() };
        let places = Arc::new(Places::default());
        let held = [places.take(ip(1), &limits).unwrap(), places.take(ip(1), &limits).unwrap()];
        held.iter().for_each(|place| place.seat.keep());
        assert!(places.take(ip(1), &limits).is_none());
        let third = places.take(ip(2), &limits).unwrap();
        third.seat.keep();
        assert!(places.take(ip(2), &limits).is_none(), "all are taken");
        drop((held, third));
        assert!(places.take(ip(1), &limits).is_some());
        let taken = places.taken();
        assert!(taken.of_peers.is_empty() && taken.seats.is_empty(), "somebody is remembered");
    }

    #[test]
    fn the_oldest_without_a_token_makes_room() {
        let limits = Limits { connections: 3, connections_of_a_peer: 2, ..Limits::default() };
        let places = Arc::new(Places::default());
        let take = |peer| places.take(ip(peer), &limits).unwrap();
        let (first, second) = (take(1), take(1));
        first.seat.keep();
        let third = take(1);
        let leaves = [&first, &second, &third].map(has_to_leave);
        assert_eq!(leaves, [false, true, false], "another one of its own peer");
        let fourth = take(2);
        let fifth = take(3);
        let leaves = [&first, &third, &fourth, &fifth].map(has_to_leave);
        assert_eq!(leaves, [false, true, false, false]);
        drop((second, third));
        assert_eq!(places.taken().seats.len(), 3, "a place was given back twice");
    }
}
