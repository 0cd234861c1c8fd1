//! What a server offers.

use semver::Version;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A version that a server offers, as it says; nothing of it is known to be true before its package was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The version.
    pub version: Version,
    /// How many tills it is for.
    pub reach: Reach,
    /// Which package, by its signature.
    pub package: Fingerprint,
}

/// For how many of a hundred tills an offer is: the key `rollout` of `latest.json`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reach(u8);

impl Reach {
    /// All of them.
    pub const ALL: Reach = Reach(100);

    /// What a `latest.json` says: all tills where it says nothing, and none where it is no number from 0 to 100, for whoever
    /// wrote it meant to hold the version back.
    pub fn of(manifest: &Value) -> Reach {
        match manifest.get("rollout") {
            None => Reach::ALL,
            Some(said) => {
                let percent = said.as_u64().and_then(|percent| u8::try_from(percent).ok());
                Reach(percent.filter(|percent| *percent <= 100).unwrap_or(0))
            }
        }
    }

    /// Whether a till is among them. The same till gives the same answer for one version, and stays among them when their number
    /// grows; other versions begin with other tills.
    pub fn has(self, till: &str, version: &Version) -> bool {
        let hash = Sha256::digest(format!("{till} {version}"));
        let place = hash.iter().take(8).fold(0, |sum: u64, byte| sum << 8 | u64::from(*byte));
        place % 100 < u64::from(self.0)
    }
}

/// Names a package by the signature that it came with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// That of a signature.
    pub fn of(signature: &str) -> Fingerprint {
        let hash = Sha256::digest(signature.trim());
        Fingerprint(hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn tills(percent: u64, version: &str) -> Vec<usize> {
        let (reach, version) = (Reach::of(&json!({"rollout": percent})), version.parse().unwrap());
        (0..1000).filter(|till| reach.has(&format!("till-{till}"), &version)).collect()
    }

    #[test]
    fn a_share_of_the_tills_comes_first_and_the_others_join_it() {
        let (few, many) = (tills(10, "0.2.0"), tills(50, "0.2.0"));
        assert!((60..140).contains(&few.len()), "{}", few.len());
        assert!((430..570).contains(&many.len()), "{}", many.len());
        assert!(few.iter().all(|till| many.contains(till)));
        assert_eq!((tills(0, "0.2.0").len(), tills(100, "0.2.0").len()), (0, 1000));
        assert_ne!(few, tills(10, "0.3.0"), "not always the same ones");
    }

    #[test]
    fn who_says_nothing_means_all_and_who_makes_a_slip_means_none() {
        assert_eq!(Reach::of(&json!({})), Reach::ALL);
        for slip in [json!("10%"), json!(101), json!(-1), json!(null)] {
            assert_eq!(Reach::of(&json!({ "rollout": slip })), Reach(0));
        }
    }
}
