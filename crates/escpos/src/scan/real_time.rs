//! Real-time commands wherever they stand.

use super::{DLE, RealTime, classify, extent};

/// Finds real-time commands the way a printer's receiver does: in every byte as it comes, also inside another command's data.
///
/// It holds at most ten bytes. Bytes that it reports are still part of whatever command they stand in.
#[derive(Debug, Clone, Default)]
pub struct RealTimeWatch {
    open: Vec<u8>,
}

impl RealTimeWatch {
    /// A watch at the beginning of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes, and tells every real-time command that is complete with them.
    pub fn push(&mut self, bytes: &[u8], each: &mut dyn FnMut(RealTime)) {
        for byte in bytes {
            if self.open.is_empty() && *byte != DLE {
                continue;
            }
            self.open.push(*byte);
            match extent::extent(&self.open) {
                extent::Extent::Open => {}
                extent::Extent::Total(total) if total > self.open.len() => {}
                extent::Extent::Total(_) => {
                    if let Some(command) = classify::real_time(&self.open) {
                        each(command);
                    }
                    self.open.clear();
                }
                _ => {
                    self.open.clear();
                    if *byte == DLE {
                        self.open.push(DLE);
                    }
                }
            }
        }
    }
}
