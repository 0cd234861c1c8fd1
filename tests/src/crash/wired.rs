//! Virtual printers on a wire that Platen talks to itself, the network or USB, and the troubles of each.

use super::{Chance, Paper, PrinterTrouble, Printers};
use platen_simulators::printer::PrinterProbe;
use std::ops::Deref;

/// Printers with handles of one sort.
pub struct Wired<P> {
    printers: Vec<P>,
    places: Vec<(String, String)>,
    troubles: Vec<PrinterTrouble>,
}

impl<P: Deref<Target = PrinterProbe>> Wired<P> {
    /// Printers without trouble for the moment; their names, and where they are.
    pub fn new(printers: Vec<P>, places: Vec<(String, String)>) -> Wired<P> {
        let troubles = printers.iter().map(|_| PrinterTrouble::new()).collect();
        Wired { printers, places, troubles }
    }

    /// The printers.
    pub fn probes(&self) -> impl Iterator<Item = &PrinterProbe> {
        self.printers.iter().map(Deref::deref)
    }
}

impl<P: Deref<Target = PrinterProbe>> Printers for Wired<P> {
    fn places(&self) -> Vec<(String, String)> {
        self.places.clone()
    }

    fn received_bytes(&self) -> u64 {
        self.printers.iter().map(|printer| printer.received_bytes()).sum()
    }

    fn sheet_count(&self) -> u64 {
        self.printers.iter().map(|printer| printer.sheet_count()).sum()
    }

    fn go_on(&mut self, at: usize, chance: &mut Chance) -> Option<String> {
        let changed = self.troubles[at].go_on(&self.printers[at], chance);
        changed.map(|misfortune| format!("{misfortune:?}"))
    }

    fn is_mute(&self, at: usize) -> bool {
        self.troubles[at].is_mute()
    }

    fn mend(&mut self) {
        for (trouble, printer) in self.troubles.iter_mut().zip(&self.printers) {
            trouble.end(printer);
        }
    }

    fn papers(&self) -> Vec<Paper> {
        self.printers.iter().map(|printer| Paper::of(printer)).collect()
    }

    fn state(&self, at: usize) -> String {
        let printer = &self.printers[at];
        let uncut = printer.uncut();
        let (open, received) = (printer.open_connections(), printer.received_bytes());
        let mut text =
            format!("\n=== printer {at}: {open} connections, {received} bytes received\n");
        text.push_str(&format!("  uncut: {} bytes, {}\n", uncut.len(), hex(&uncut)));
        for wire in printer.wire().iter().rev().take(60).rev() {
            let (id, bytes) = (&wire.id, &wire.bytes);
            text.push_str(&format!("  {id:?}: {} bytes, {}\n", bytes.len(), hex(bytes)));
        }
        text
    }
}

fn hex(bytes: &[u8]) -> String {
    let ends = (&bytes[..bytes.len().min(48)], &bytes[bytes.len().saturating_sub(24)..]);
    format!("{:02x?} … {:02x?}", ends.0, ends.1)
}
