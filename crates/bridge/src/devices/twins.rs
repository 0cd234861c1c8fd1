//! What two devices have in common names neither. Pure.

use super::identity::Identity;
use super::sighting::Sighting;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Identities that are remembered as shared. A network with more has something wrong with it; the oldest are forgotten.
const MOST: usize = 256;

/// Identities that two devices had at the same time. Remembered: when one of the two leaves, the other must not be taken
/// for it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Shared(Vec<Identity>);

impl Shared {
    /// Learns from what is seen now, and leaves each sighting only what is its own.
    pub fn strip(&mut self, sightings: &mut [Sighting]) {
        for identity in sightings.iter().flat_map(|one| &one.shared) {
            if !self.has(identity) {
                self.0.push(identity.clone());
            }
        }
        self.0.drain(..self.0.len().saturating_sub(MOST));
        for one in sightings {
            one.identities.retain(|identity| !self.has(identity));
        }
    }

    /// Whether two devices had that.
    pub fn has(&self, identity: &Identity) -> bool {
        self.0.contains(identity)
    }
}

/// What a scan found stays until the next one. A printer that announces itself elsewhere by now is not there any more.
pub fn drop_overtaken(scanned: &mut Vec<Sighting>, announced: &[Sighting]) {
    scanned.retain(|old| {
        let ids: HashSet<&Identity> =
            old.identities.iter().filter(|one| one.is_certain()).collect();
        let elsewhere = |now: &Sighting| {
            now.identities.iter().any(|one| ids.contains(one))
                && now.hosts.iter().all(|host| !old.hosts.contains(host))
        };
        !announced.iter().any(elsewhere)
    });
}
