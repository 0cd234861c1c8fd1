//! Printer bytes: whatever arrives, it is read to its end, as text and as a picture, within its bounds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use platen_escpos::{paper, text_view};
use platen_fuzz::profile;

fuzz_target!(|data: &[u8]| {
    let Some((choice, bytes)) = data.split_first() else { return };
    let profile = profile(*choice >> 1);
    let _ = text_view(bytes, profile);
    if choice & 1 == 1 {
        let _ = paper::picture(bytes, profile);
    }
});
