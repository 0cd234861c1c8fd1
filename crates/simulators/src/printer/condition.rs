//! What is the matter with the printer now, and the status bytes that say so.

use std::{num::NonZeroU32, time::Duration};

use super::fault::{Fault, FaultKind};

/// The faults that are set, at most one of each kind but `AfterBytes`.
#[derive(Debug, Default)]
pub(super) struct Condition {
    faults: Vec<Fault>,
}

impl Condition {
    pub(super) fn set(&mut self, fault: Fault) {
        // Several things may be due after so many bytes; of every other kind there is one.
        if fault.kind() != FaultKind::AfterBytes {
            self.clear(fault.kind());
        }
        self.faults.push(fault);
    }

    pub(super) fn clear(&mut self, kind: FaultKind) {
        self.faults.retain(|f| f.kind() != kind);
    }

    pub(super) fn clear_all(&mut self) {
        self.faults.clear();
    }

    pub(super) fn has(&self, kind: FaultKind) -> bool {
        self.faults.iter().any(|f| f.kind() == kind)
    }

    pub(super) fn slow(&self) -> Option<NonZeroU32> {
        self.faults.iter().find_map(|f| match f {
            Fault::Slow(speed) => Some(*speed),
            _ => None,
        })
    }

    pub(super) fn confirms_late(&self) -> Option<Duration> {
        self.faults.iter().find_map(|f| match f {
            Fault::ConfirmsLate(late) => Some(*late),
            _ => None,
        })
    }

    /// Whether the mechanism stands still.
    pub(super) fn is_stopped(&self) -> bool {
        use FaultKind::{CoverOpen, CutterError, Offline, PaperOut};
        [PaperOut, CoverOpen, Offline, CutterError].into_iter().any(|kind| self.has(kind))
    }

    /// How many bytes may be printed before something is due.
    pub(super) fn bytes_until_due(&self) -> Option<usize> {
        self.faults.iter().filter_map(left).min()
    }

    /// So many bytes were printed. Gives what is due now, in the order it was set.
    pub(super) fn printed(&mut self, n: usize) -> Vec<Fault> {
        let mut due = Vec::new();
        self.faults.retain_mut(|fault| {
            let (Fault::HalfPrint(left) | Fault::AfterBytes { n: left, .. }) = fault else {
                return true;
            };
            *left = left.saturating_sub(n);
            let is_due = *left == 0;
            if is_due {
                due.push(fault.clone());
            }
            !is_due
        });
        due
    }

    /// `DLE EOT n`, or nothing for an `n` that is not known.
    pub(super) fn real_time_status(&self, n: u8) -> Option<u8> {
        let bits = match n {
            1 => {
                self.bit(FaultKind::DrawerOpen, 0x04)
                    | if self.is_stopped() { 0x08 } else { 0 }
                    | self.bit(FaultKind::CutterError, 0x20)
            }
            2 => {
                self.bit(FaultKind::CoverOpen, 0x04)
                    | self.bit(FaultKind::PaperOut, 0x20)
                    | self.bit(FaultKind::CutterError, 0x40)
            }
            3 => self.bit(FaultKind::CutterError, 0x08),
            4 => self.near_end(0x0C) | self.bit(FaultKind::PaperOut, 0x60),
            _ => return None,
        };
        Some(0x12 | bits)
    }

    /// The four bytes of the automatic status.
    pub(super) fn automatic_status(&self) -> [u8; 4] {
        let first = 0x10
            | self.bit(FaultKind::DrawerOpen, 0x04)
            | if self.is_stopped() { 0x08 } else { 0 }
            | self.bit(FaultKind::CoverOpen, 0x20);
        let second = self.bit(FaultKind::CutterError, 0x08 | 0x01);
        [first, second, self.paper_sensors(), 0]
    }

    /// `GS r n`, or nothing for an `n` that is not known.
    pub(super) fn queued_status(&self, n: u8) -> Option<u8> {
        match n {
            1 | 49 => Some(self.paper_sensors()),
            2 | 50 => Some(self.bit(FaultKind::DrawerOpen, 0x01)),
            _ => None,
        }
    }

    fn paper_sensors(&self) -> u8 {
        self.near_end(0x03) | self.bit(FaultKind::PaperOut, 0x0C)
    }

    /// An empty roll is also at its near end: the lever that feels the roll has nothing to feel.
    fn near_end(&self, bits: u8) -> u8 {
        self.bit(FaultKind::NearEnd, bits) | self.bit(FaultKind::PaperOut, bits)
    }

    fn bit(&self, kind: FaultKind, bits: u8) -> u8 {
        if self.has(kind) { bits } else { 0 }
    }
}

/// Which bits of the automatic status belong to the groups that `GS a n` chose.
pub(super) fn automatic_mask(n: u8) -> [u8; 4] {
    let group = |bit: u8, mask: u8| if n & bit != 0 { mask } else { 0 };
    [
        group(0x01, 0x04) | group(0x02, 0x28) | group(0x40, 0x40),
        group(0x04, 0x6C) | group(0x02, 0x01) | group(0x40, 0x02),
        group(0x08, 0x0F),
        0,
    ]
}

fn left(fault: &Fault) -> Option<usize> {
    match fault {
        Fault::HalfPrint(left) | Fault::AfterBytes { n: left, .. } => Some(*left),
        _ => None,
    }
}
