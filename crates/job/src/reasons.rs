//! Why a printer is not simply ready (IPP's printer-state-reasons).

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// One thing about a printer that a person should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StateReason {
    /// It cannot be reached, or says that it is off line.
    Offline,
    /// The cover is open.
    CoverOpen,
    /// The paper is out.
    MediaEmpty,
    /// The paper will soon be out. A warning, not a stop.
    MediaLow,
    /// Paper or cutter is stuck.
    MediaJam,
    /// The printer reports an error that only its own panel explains.
    DeviceError,
    /// This computer does not let the engine use it.
    AccessDenied,
    /// A person paused it.
    Paused,
    /// The operating system's print service does not answer.
    SpoolerDown,
    /// The queue is not, or no longer, set up in the operating system.
    QueueMissing,
    /// The operating system's queue takes no new jobs.
    QueueRejecting,
    /// The operating system's queue is stopped: by a person, or after an error.
    QueuePaused,
    /// The operating system keeps the job back: a person held it, it wants a password, or it is tried again later.
    HeldInQueue,
}

impl StateReason {
    /// Every reason, most urgent to tell first.
    pub const ALL: [StateReason; 13] = [
        StateReason::SpoolerDown,
        StateReason::QueueMissing,
        StateReason::CoverOpen,
        StateReason::MediaEmpty,
        StateReason::MediaJam,
        StateReason::DeviceError,
        StateReason::AccessDenied,
        StateReason::Offline,
        StateReason::QueueRejecting,
        StateReason::QueuePaused,
        StateReason::HeldInQueue,
        StateReason::Paused,
        StateReason::MediaLow,
    ];

    /// The keyword in spool, listings and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            StateReason::Offline => "offline",
            StateReason::CoverOpen => "cover-open",
            StateReason::MediaEmpty => "media-empty",
            StateReason::MediaLow => "media-low",
            StateReason::MediaJam => "media-jam",
            StateReason::DeviceError => "device-error",
            StateReason::AccessDenied => "access-denied",
            StateReason::Paused => "paused",
            StateReason::SpoolerDown => "spooler-down",
            StateReason::QueueMissing => "queue-missing",
            StateReason::QueueRejecting => "queue-rejecting",
            StateReason::QueuePaused => "queue-paused",
            StateReason::HeldInQueue => "held-in-queue",
        }
    }

    /// The reason of that keyword.
    pub fn parse(keyword: &str) -> Option<StateReason> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == keyword)
    }

    /// What is wrong and what to do, in the cashier's words: the one place where it is written.
    pub fn message(self) -> &'static str {
        match self {
            StateReason::Offline => {
                "The printer does not answer. Check that it is switched on and that its cable is plugged in."
            }
            StateReason::CoverOpen => "The printer's cover is open. Close it.",
            StateReason::MediaEmpty => "The paper is out. Put in a new roll and close the cover.",
            StateReason::MediaLow => "The paper will soon run out. Keep a new roll at hand.",
            StateReason::MediaJam => {
                "Paper is stuck in the printer. Open the cover, take the paper out and close it again."
            }
            StateReason::DeviceError => "The printer reports an error. Switch it off and on again.",
            StateReason::AccessDenied => {
                "This computer does not let Platen use the printer. “platenctl doctor” names the command that mends it."
            }
            StateReason::Paused => "Printing is paused. Choose Resume to go on.",
            StateReason::SpoolerDown => {
                "This computer's print service does not answer. Restart the computer if that stays so."
            }
            StateReason::QueueMissing => {
                "This computer no longer has a printer of that name. Set it up again, or choose another in Platen."
            }
            StateReason::QueueRejecting => {
                "This computer's queue for the printer takes no jobs. Let it accept jobs in the printer settings."
            }
            StateReason::QueuePaused => {
                "The printer is paused in this computer's printer settings. Resume it there."
            }
            StateReason::HeldInQueue => {
                "This computer holds the job back. Release it in the printer's queue."
            }
        }
    }

    /// Whether a printer in this state can take a job at all.
    pub fn stops_printing(self) -> bool {
        self != StateReason::MediaLow
    }
}

impl fmt::Display for StateReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of reasons; empty means that there is nothing to tell.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StateReasons(BTreeSet<StateReason>);

impl StateReasons {
    /// No reason at all.
    pub const fn none() -> Self {
        StateReasons(BTreeSet::new())
    }

    /// Adds one.
    pub fn insert(&mut self, reason: StateReason) {
        self.0.insert(reason);
    }

    /// Whether that one is among them.
    pub fn contains(&self, reason: StateReason) -> bool {
        self.0.contains(&reason)
    }

    /// Whether there is nothing to tell.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The reasons, most urgent first.
    pub fn iter(&self) -> impl Iterator<Item = StateReason> + '_ {
        StateReason::ALL.into_iter().filter(|reason| self.0.contains(reason))
    }

    /// Those that keep a job from starting.
    #[must_use]
    pub fn stopping(&self) -> StateReasons {
        self.iter().filter(|reason| reason.stops_printing()).collect()
    }

    /// The most urgent one's message, or nothing.
    pub fn message(&self) -> Option<&'static str> {
        self.iter().next().map(StateReason::message)
    }

    /// Keywords with commas between them, as the spool keeps them; empty for none.
    pub fn to_keywords(&self) -> String {
        self.to_string()
    }

    /// Reads [`StateReasons::to_keywords`]; unknown keywords are left out.
    pub fn from_keywords(text: &str) -> StateReasons {
        text.split(',').filter_map(|word| StateReason::parse(word.trim())).collect()
    }
}

impl FromIterator<StateReason> for StateReasons {
    fn from_iter<I: IntoIterator<Item = StateReason>>(reasons: I) -> Self {
        StateReasons(reasons.into_iter().collect())
    }
}

impl From<StateReason> for StateReasons {
    fn from(reason: StateReason) -> Self {
        [reason].into_iter().collect()
    }
}

impl fmt::Display for StateReasons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, reason) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            f.write_str(reason.as_str())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_survive_the_spool() {
        let all: StateReasons = StateReason::ALL.into_iter().collect();
        assert_eq!(StateReasons::from_keywords(&all.to_keywords()), all);
        assert_eq!(
            StateReasons::from_keywords("media-low, nonsense"),
            StateReason::MediaLow.into()
        );
    }

    #[test]
    fn the_most_urgent_reason_speaks() {
        let reasons: StateReasons =
            [StateReason::MediaLow, StateReason::MediaEmpty].into_iter().collect();
        assert_eq!(reasons.message(), Some(StateReason::MediaEmpty.message()));
        assert_eq!(reasons.stopping(), StateReason::MediaEmpty.into());
    }
}
