//! The devices that there are, apart from the printers that a person has set up.
//!
//! USB, the operating system's spooler and the local network are looked at all the time (`discovery.rs`). Each way that a
//! printer is seen is a sighting; sightings of the same hardware are one device (`merge.rs`), which is known again after a
//! restart, at another port, address or name (`book.rs`). A device that no printer uses is offered, never used by itself; a
//! printer goes where its device goes (`follow.rs`).

mod bind;
mod book;
mod discovery;
mod follow;
mod identity;
mod merge;
mod recognise;
mod sighting;
mod twins;
mod view;

pub use book::DeviceKey;
pub use discovery::{Discovery, Scan, look, show_known, start};
pub use sighting::WayKind;
pub use view::{DeviceView, Presence, Recognition, WayTrouble, WayView, way_of};
