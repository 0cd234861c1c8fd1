//! What the keeper needs from around it.

use crate::decision::Way;
use crate::memory::{Memory, Trial};
use crate::offer::Offer;
use crate::report::{Off, Trouble};
use crate::settings::UpdateSettings;
use async_trait::async_trait;
use jiff::Zoned;
use platen_job::Timestamp;
use semver::Version;

/// What a till says of itself; read anew for every look, as settings change.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The version that runs.
    pub running: Version,
    /// This till's own id.
    pub till: String,
    /// What the shop wants.
    pub settings: UpdateSettings,
    /// What installing takes.
    pub way: Way,
    /// Why nothing is to be done, where that is so.
    pub off: Option<Off>,
}

/// The till.
#[async_trait]
pub trait Host: Send + Sync {
    /// What it says of itself.
    async fn rules(&self) -> Rules;
    /// The till's own clock.
    fn now(&self) -> Zoned;
    /// The moment by that clock.
    fn moment(&self) -> Timestamp {
        Timestamp(self.now().timestamp().as_millisecond())
    }
    /// What it remembers.
    async fn memory(&self) -> Memory;
    /// Keeps what is to be remembered, where the disk lets it.
    async fn remember(&self, memory: &Memory);
    /// A version is not on trial any more: what was kept of the program before it may go.
    async fn forget_previous(&self, trial: &Trial);
    /// The version of the package that was fetched runs: the package may go.
    async fn drop_package(&self);
}

/// Where versions are announced.
#[async_trait]
pub trait Source: Send + Sync {
    /// The version that is announced for this till's channel; none where there is none that is newer. Ends by itself in time.
    ///
    /// # Errors
    /// [`Trouble`]
    async fn look(&self, rules: &Rules) -> Result<Option<Box<dyn Found>>, Trouble>;
}

/// A version that was announced.
#[async_trait]
pub trait Found: Send + Sync {
    /// What is said of it.
    fn offer(&self) -> &Offer;
    /// Fetches its package, checks its signature and keeps it. Ends by itself in time.
    ///
    /// # Errors
    /// [`Trouble`]; the package is not here then. What came of it may be kept, for the next time to go on with.
    async fn fetch(&self) -> Result<(), Trouble>;
    /// Lets the write under way finish, holds the engine still, puts the version in place, and starts it in place of this program.
    /// Where it comes back at all, the engine goes on as before.
    ///
    /// # Errors
    /// [`Trouble`]; what runs is as it was.
    async fn install(&self, memory: &Memory) -> Result<(), Trouble>;
}
