//! Amounts and quantities as decimal text.

use crate::quiet::quiet_debug;
use serde::{Deserialize, Serialize};

/// An amount of money, as a decimal text such as `"12.50"`: exact, and printed as the sender meant it.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money(pub String);

/// A number of things, as a decimal text such as `"2"` or `"0.350"`.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Quantity(pub String);

quiet_debug!(Money, Quantity);

/// Decimals that amounts of a currency have: ISO 4217, by its code. Two for whatever else it is.
pub fn currency_decimals(code: &str) -> u8 {
    match code.trim().to_ascii_uppercase().as_str() {
        "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX"
        | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
        "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        _ => 2,
    }
}
