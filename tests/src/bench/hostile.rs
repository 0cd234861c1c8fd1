//! What the worst of the files made to hurt takes, program start included.

use crate::figure::Figures;
use platen_tests::Till;
use platen_tests::hostile::{encode, files};

/// The longest and the heaviest of all.
pub fn measure(figures: &mut Figures) {
    let till = Till::new();
    let (mut time, mut memory) = (0.0_f64, 0.0_f64);
    for file in files() {
        let measured = encode(&till, &file);
        if measured.time > 1.0 {
            println!("# {} took {:.2} s", file.name, measured.time);
        }
        (time, memory) = (time.max(measured.time), memory.max(measured.memory));
    }
    figures.against_limit("hostile-file-longest", time, "s", 2.0);
    figures.against_limit("hostile-file-memory", memory, "MiB", 200.0);
}
