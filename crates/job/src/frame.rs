//! What stands around the content of every laid-out document.

use crate::quiet::quiet_debug;
use crate::{CodeField, Picture};
use serde::{Deserialize, Serialize};

/// Heading, last lines, codes, language and copies: what receipts, reservations, slips and labels have in common.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", default)]
pub struct Frame {
    /// The shop's picture, above everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logo: Option<Picture>,
    /// Lines of the shop's heading, the first one large.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub header: Vec<String>,
    /// Lines in white on black above everything but the logo, such as "TRAINING".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<String>,
    /// What it is, such as "KITCHEN".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Codes, after everything but the footer.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<CodeField>,
    /// Last lines.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub footer: Vec<String>,
    /// The language of our own words, of amounts and of dates: a BCP 47 tag such as `fr-DZ`. `None`: English words,
    /// amounts and dates as they were written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// How many of it.
    #[serde(skip_serializing_if = "Copies::is_one")]
    pub copies: Copies,
}

quiet_debug!(Frame);

/// A number of copies, 1–10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Copies(u8);

impl Copies {
    /// Most copies of one document.
    pub const MOST: u8 = 10;

    /// That many; `None` where it is 0 or more than [`Copies::MOST`].
    pub fn new(count: u8) -> Option<Copies> {
        (1..=Self::MOST).contains(&count).then_some(Copies(count))
    }

    /// How many, 1–10.
    pub fn get(self) -> u8 {
        self.0
    }

    fn is_one(&self) -> bool {
        self.0 == 1
    }
}

impl Default for Copies {
    fn default() -> Self {
        Copies(1)
    }
}
