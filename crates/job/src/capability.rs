//! What a printer can do.

use serde::{Deserialize, Serialize};

/// What a gateway calls an ability (PrinterMaster's words).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Prints text.
    Text,
    /// Prints barcodes itself.
    Barcode,
    /// Cuts paper.
    Cut,
    /// Opens a cash drawer.
    CashDrawer,
    /// Beeps.
    Buzzer,
    /// Prints labels.
    Labels,
    /// Prints QR codes itself.
    QrCode,
    /// Prints images.
    Graphics,
}

impl Capability {
    /// All of them.
    pub const ALL: [Capability; 8] = [
        Capability::Text,
        Capability::Barcode,
        Capability::Cut,
        Capability::CashDrawer,
        Capability::Buzzer,
        Capability::Labels,
        Capability::QrCode,
        Capability::Graphics,
    ];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Capability::Text => "text",
            Capability::Barcode => "barcode",
            Capability::Cut => "cut",
            Capability::CashDrawer => "cash_drawer",
            Capability::Buzzer => "buzzer",
            Capability::Labels => "labels",
            Capability::QrCode => "qr_code",
            Capability::Graphics => "graphics",
        }
    }
}
