//! What the fuzz targets share.

use platen_escpos::{Catalogue, Profile};
use std::sync::Arc;

/// One of the profiles that Platen brings.
pub fn profile(choice: u8) -> &'static Arc<Profile> {
    let profiles: Vec<_> = Catalogue::builtin().profiles().collect();
    profiles[usize::from(choice) % profiles.len()]
}
