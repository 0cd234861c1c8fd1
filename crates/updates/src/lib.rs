//! When an update is looked for, and when it may be installed.
//!
//! ```text
//! clock, person ─▶ Keeper ─▶ Source::look ─▶ Offer ─▶ decide ─▶ Found::fetch ─▶ decide … ─▶ Found::install
//!                    │                               (pure)     (signature)   (queues, hours)
//!                    └─▶ Report (watch)                                └─▶ Memory: refused, failed, rolled back
//! ```
//!
//! The keeper only carries out what [`decide`] says. Who fetches and installs is a port; so is the till around it. The running
//! version stays, and prints, until another one was installed whole.

mod busy;
mod decision;
mod keeper;
mod memory;
mod offer;
mod port;
mod report;
mod settings;

pub use busy::{BusyHours, BusyHoursError};
pub use decision::{Asked, Decision, Leave, Queues, Situation, Wait, Way, decide};
pub use keeper::{Keeper, Orders};
pub use memory::{Failed, Memory, Refused, Trial};
pub use offer::{Fingerprint, Offer, Reach};
pub use port::{Found, Host, Rules, Source};
pub use report::{InstallTrouble, Off, Refusal, Report, State, Trouble};
pub use semver::Version;
pub use settings::{Channel, Endpoint, EndpointError, UpdateMode, UpdateSettings};
