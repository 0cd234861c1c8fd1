//! A cash-out slip in fields.

use crate::quiet::quiet_debug;
use crate::{Frame, Money, ReceiptTotal};
use serde::{Deserialize, Serialize};

/// Money taken out of the drawer, or counted at the end of a shift. Every field may be missing.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", default)]
pub struct CashOut {
    /// Heading, title, codes, footer, language, copies.
    #[serde(flatten)]
    pub frame: Frame,
    /// Number of the slip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// When: ISO 8601 is written as the language does, anything else as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// Who took it out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cashier: Option<String>,
    /// What was counted, expected, sold: in order, before the amount.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub totals: Vec<ReceiptTotal>,
    /// How much.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// Currency: an ISO 4217 code, or a sign put behind the amount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// What for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

quiet_debug!(CashOut);

impl CashOut {
    /// Whether there is nothing in it but what stands around it.
    pub fn is_bare(&self) -> bool {
        *self == CashOut { frame: self.frame.clone(), ..CashOut::default() }
    }
}
