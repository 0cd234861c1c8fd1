//! What people see of Odoo.

use super::answer::Trouble;
use crate::said::as_words;
use platen_job::Timestamp;
use serde::Serialize;
use std::fmt;
use std::time::Duration;
use tokio::sync::watch;
use url::Url;

/// How asking goes; travels by `watch`, so the last value always arrives.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OdooPullStatus {
    /// Scheme, host and port of Odoo.
    pub odoo: String,
    /// How it is.
    pub state: OdooPullState,
    /// Codes for which nothing is asked, because their printer is not set up here.
    pub without_printer: Vec<String>,
    /// Codes that Odoo does not know.
    pub unknown_codes: Vec<String>,
    /// Why what became of jobs cannot be said to Odoo now; `None` where nothing waits.
    pub unsaid: Option<String>,
    /// Counts since the start.
    pub counts: OdooPullCounts,
}

/// How asking goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum OdooPullState {
    /// Nothing was asked yet.
    Starting,
    /// Nothing is asked: no code has a printer here.
    Idle,
    /// Odoo answers.
    Asking {
        /// When it last answered.
        answered_at: Timestamp,
    },
    /// It does not, or says no.
    Troubled {
        /// Why, and where a person has to do something, what.
        #[serde(serialize_with = "as_words")]
        because: Trouble,
        /// When it is asked again.
        again_at: Timestamp,
    },
}

/// Counts since the start of the program.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct OdooPullCounts {
    /// Jobs that were stored.
    pub accepted: u64,
    /// Jobs that came again.
    pub known: u64,
    /// Jobs that were refused.
    pub refused: u64,
    /// Jobs without a usable uuid.
    pub garbage: u64,
    /// Answers that could not be read: Odoo may have handed out jobs in them.
    pub unreadable: u64,
    /// Outcomes that Odoo knows.
    pub told: u64,
}

impl fmt::Display for OdooPullState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let apart = |from: Timestamp, to: Timestamp| (to.0 - from.0).max(0) / 1000;
        match self {
            OdooPullState::Starting => f.write_str("not asked yet"),
            OdooPullState::Idle => f.write_str("not asked: no code has a printer on this till"),
            OdooPullState::Asking { answered_at } => {
                write!(
                    f,
                    "asked for jobs, last answer {} s ago",
                    apart(*answered_at, Timestamp::now())
                )
            }
            OdooPullState::Troubled { because, again_at } => {
                write!(f, "{because}; asking again in {} s", apart(Timestamp::now(), *again_at))
            }
        }
    }
}

impl OdooPullStatus {
    /// Before anything happened.
    pub fn new(odoo: &Url) -> Self {
        OdooPullStatus {
            odoo: odoo.origin().ascii_serialization(),
            state: OdooPullState::Starting,
            without_printer: Vec::new(),
            unknown_codes: Vec::new(),
            unsaid: None,
            counts: OdooPullCounts::default(),
        }
    }
}

/// Where the parts of the connector write down what people should see.
#[derive(Debug, Clone)]
pub(crate) struct Board(watch::Sender<OdooPullStatus>);

impl Board {
    pub(crate) fn new(status: watch::Sender<OdooPullStatus>) -> Board {
        Board(status)
    }

    pub(crate) fn count(&self, change: impl FnOnce(&mut OdooPullCounts)) {
        self.0.send_modify(|status| change(&mut status.counts));
    }

    pub(crate) fn state(&self, state: OdooPullState) {
        self.0.send_modify(|status| status.state = state);
    }

    /// Notes a trouble; tells whether it is another one than before.
    pub(crate) fn troubled(&self, trouble: &Trouble, pause: Duration) -> bool {
        let because = trouble.clone();
        let again_at = Timestamp::now().plus(pause);
        let before = self.0.borrow().state.clone();
        let is_new =
            !matches!(before, OdooPullState::Troubled { because: known, .. } if known == because);
        self.state(OdooPullState::Troubled { because, again_at });
        is_new
    }

    /// Notes which codes have no printer; tells whether that is news.
    pub(crate) fn without_printer(&self, codes: Vec<String>) -> bool {
        self.0.send_if_modified(|status| {
            let is_news = status.without_printer != codes;
            status.without_printer = codes;
            is_news
        })
    }

    /// Notes which codes Odoo does not know.
    pub(crate) fn unknown_codes(&self, codes: Vec<String>) {
        if self.0.borrow().unknown_codes != codes {
            tracing::warn!(codes = %codes.join(", "), "Odoo does not know these codes");
            self.0.send_modify(|status| status.unknown_codes = codes);
        }
    }

    /// Notes why outcomes wait, or that none does; tells whether that is news.
    pub(crate) fn unsaid(&self, why: Option<String>) -> bool {
        self.0.send_if_modified(|status| {
            let is_news = status.unsaid != why;
            status.unsaid = why;
            is_news
        })
    }
}
