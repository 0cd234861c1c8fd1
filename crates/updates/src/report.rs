//! What is told of updates.

use crate::decision::{Leave, Wait};
use crate::settings::Channel;
use platen_job::Timestamp;
use semver::Version;

/// How it is with updates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Which versions the till takes.
    pub channel: Channel,
    /// When a server last answered.
    pub looked: Option<Timestamp>,
    /// What is going on.
    pub state: State,
}

/// What is going on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum State {
    /// Nothing: it was not looked yet since the start.
    #[default]
    Idle,
    /// Platen does not look for updates.
    Off(Off),
    /// A server is being asked.
    Looking,
    /// What runs is the newest.
    Current,
    /// A version was found that is not for this till.
    Left(Version, Leave),
    /// A version is being fetched.
    Fetching(Version),
    /// A version is here, and waits.
    Waiting(Version, Wait),
    /// A version is being installed.
    Installing(Version),
    /// It did not work.
    Trouble(Trouble),
}

/// Why Platen does not look for updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Off {
    /// The settings say so.
    Settings,
    /// Nobody said where they are.
    NoEndpoint,
    /// This program does not update itself: another one installed it.
    Elsewhere,
    /// The program was built without a key to check them with.
    NoKey,
}

/// What did not work. The running version stays in every case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// Nobody answered.
    #[error("the update server cannot be reached")]
    Unreachable,
    /// Somebody else answered: a proxy, a login page.
    #[error("what answered is not an update server")]
    OtherAnswer,
    /// The server answered that it has nothing there.
    #[error("the update server has no list of versions")]
    NoList,
    /// It has nothing for this kind of computer.
    #[error("the update server has nothing for this kind of computer")]
    NoPackage,
    /// The package did not come whole.
    #[error("version {0} could not be fetched whole")]
    Broken(Version),
    /// The package came, and is not what it should be.
    #[error("version {0} was refused: {1}")]
    Refused(Version, Refusal),
    /// It could not be put in place.
    #[error("version {0} could not be installed: {1}")]
    NotInstalled(Version, InstallTrouble),
}

impl Trouble {
    /// Whether it may be gone in an hour.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Trouble::Unreachable | Trouble::OtherAnswer | Trouble::NoList | Trouble::Broken(_)
        )
    }
}

/// Why a package was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It has no signature that can be read.
    #[error("it is not signed")]
    NotSigned,
    /// The signature is of another key or of another file, or the file was damaged.
    #[error("its signature does not fit")]
    NotGenuine,
    /// The signature is one of the old kind, that names no version.
    #[error("its signature names no version")]
    NoVersion,
    /// It is signed as another version than the one that was announced.
    #[error("it is signed as version {0}")]
    OtherVersion(String),
    /// It is larger than any version of Platen.
    #[error("it is too large")]
    TooLarge,
}

/// Why a package could not be put in place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InstallTrouble {
    /// The administrator's password was not given, or not right.
    #[error("the password was not given")]
    NoPassword,
    /// The folder of the program cannot be written.
    #[error("the folder of the program cannot be written")]
    ReadOnly,
    /// There is no room.
    #[error("there is no room on the disk")]
    NoRoom,
    /// The system's own installer says no.
    #[error("the system's installer could not install it")]
    System,
    /// Anything else.
    #[error("it could not be put in place")]
    Failed,
}
