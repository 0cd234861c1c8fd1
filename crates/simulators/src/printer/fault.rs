//! What can be wrong with a printer.

use std::{num::NonZeroU32, time::Duration};

/// A fault, or a condition that is no fault but shows in the status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// No paper: the mechanism stops, what was received is kept, status and ASB say so.
    PaperOut,
    /// The roll is nearly used up; printing goes on.
    NearEnd,
    /// The cover is open: the mechanism stops.
    CoverOpen,
    /// Switched offline: the mechanism stops; real-time status says "offline" and nothing else.
    Offline,
    /// The cutter is jammed: the mechanism stops with an error.
    CutterError,
    /// The drawer's switch is open; printing goes on.
    DrawerOpen,
    /// Never answers anything; printing goes on.
    Mute,
    /// The mechanism takes this many bytes per second.
    Slow(NonZeroU32),
    /// What the mechanism has not taken when the client closes is lost.
    DropOnFin,
    /// After so many more printed bytes the connection is reset and the receive buffer is lost, once. The
    /// printer stays inside whatever command was open.
    HalfPrint(usize),
    /// The answer to `GS ( H` comes this much later.
    ConfirmsLate(Duration),
    /// `GS ( H` is not known: ignored.
    NoConfirm,
    /// Connections are refused, and those that are open are reset.
    Refuses,
    /// After so many more printed bytes, another fault.
    AfterBytes {
        /// How many bytes, status requests not counted.
        n: usize,
        /// What happens then.
        then: Box<Fault>,
    },
}

/// A kind of fault, for clearing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the kind of the fault with its name")]
pub enum FaultKind {
    PaperOut,
    NearEnd,
    CoverOpen,
    Offline,
    CutterError,
    DrawerOpen,
    Mute,
    Slow,
    DropOnFin,
    HalfPrint,
    ConfirmsLate,
    NoConfirm,
    Refuses,
    AfterBytes,
}

/// Why a fault's name was not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    /// There is no such fault.
    #[error("there is no fault \"{0}\"; there are: {list}", list = Fault::NAMES.map(|n| n.0).join(", "))]
    Unknown(String),
    /// The fault needs a value that is missing or not of its kind.
    #[error("the fault \"{name}\" is written {form}")]
    Value {
        /// The fault.
        name: String,
        /// How it is written.
        form: &'static str,
    },
    /// The fault takes no value.
    #[error("the fault \"{0}\" takes no value")]
    NoValue(String),
}

impl Fault {
    /// How each fault is written, and what it does.
    pub const NAMES: [(&'static str, &'static str); 14] = [
        ("paper-out", "the roll is empty"),
        ("near-end", "the roll is nearly empty"),
        ("cover-open", "the cover is open"),
        ("offline", "switched offline"),
        ("cutter-error", "the cutter is jammed"),
        ("drawer-open", "the drawer is open"),
        ("mute", "never answers"),
        ("slow=BYTES_PER_SECOND", "prints slowly"),
        ("drop-on-fin", "loses what is not printed when the client closes"),
        ("half-print=BYTES", "resets the connection after so many bytes and loses the rest"),
        ("confirms-late=MS", "answers GS ( H so many milliseconds later"),
        ("no-confirm", "does not know GS ( H"),
        ("refuses", "refuses connections"),
        ("after=BYTES:FAULT", "another fault after so many bytes"),
    ];

    /// Reads a fault as it is written on a command line, for example `paper-out`, `slow=200` or
    /// `after=120:paper-out`.
    ///
    /// # Errors
    /// When there is no such fault, or its value is not what it needs.
    pub fn parse(text: &str) -> Result<Self, FaultError> {
        let (name, value) = match text.trim().split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text.trim(), None),
        };
        if let Some(fault) = Self::without_value(name) {
            return if value.is_none() { Ok(fault) } else { Err(FaultError::NoValue(name.into())) };
        }
        let wrong = |form| FaultError::Value { name: name.to_owned(), form };
        let number = |value: Option<&str>| value.and_then(|v| v.parse::<usize>().ok());
        match name {
            "slow" => value
                .and_then(|v| v.parse().ok())
                .map(Self::Slow)
                .ok_or(wrong("slow=BYTES_PER_SECOND, for example slow=200")),
            "half-print" => number(value)
                .map(Self::HalfPrint)
                .ok_or(wrong("half-print=BYTES, for example half-print=120")),
            "confirms-late" => number(value)
                .map(|ms| Self::ConfirmsLate(Duration::from_millis(ms as u64)))
                .ok_or(wrong("confirms-late=MS, for example confirms-late=1500")),
            "after" => {
                let (n, then) = value
                    .and_then(|v| v.split_once(':'))
                    .and_then(|(n, then)| Some((n.parse().ok()?, then)))
                    .ok_or(wrong("after=BYTES:FAULT, for example after=120:paper-out"))?;
                Ok(Self::AfterBytes { n, then: Box::new(Self::parse(then)?) })
            }
            _ => Err(FaultError::Unknown(name.to_owned())),
        }
    }

    fn without_value(name: &str) -> Option<Self> {
        Some(match name {
            "paper-out" => Self::PaperOut,
            "near-end" => Self::NearEnd,
            "cover-open" => Self::CoverOpen,
            "offline" => Self::Offline,
            "cutter-error" => Self::CutterError,
            "drawer-open" => Self::DrawerOpen,
            "mute" => Self::Mute,
            "drop-on-fin" => Self::DropOnFin,
            "no-confirm" => Self::NoConfirm,
            "refuses" => Self::Refuses,
            _ => return None,
        })
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> FaultKind {
        match self {
            Self::PaperOut => FaultKind::PaperOut,
            Self::NearEnd => FaultKind::NearEnd,
            Self::CoverOpen => FaultKind::CoverOpen,
            Self::Offline => FaultKind::Offline,
            Self::CutterError => FaultKind::CutterError,
            Self::DrawerOpen => FaultKind::DrawerOpen,
            Self::Mute => FaultKind::Mute,
            Self::Slow(_) => FaultKind::Slow,
            Self::DropOnFin => FaultKind::DropOnFin,
            Self::HalfPrint(_) => FaultKind::HalfPrint,
            Self::ConfirmsLate(_) => FaultKind::ConfirmsLate,
            Self::NoConfirm => FaultKind::NoConfirm,
            Self::Refuses => FaultKind::Refuses,
            Self::AfterBytes { .. } => FaultKind::AfterBytes,
        }
    }
}

impl std::str::FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        Self::parse(text)
    }
}
