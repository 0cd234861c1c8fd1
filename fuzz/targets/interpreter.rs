//! Printer bytes: whatever arrives, it is read to its end, as text and as a picture, within its bounds.
#![no_main]

use libfuzzer_sys::fuzz_target;
use platen_escpos::{Profile, paper, text_view};

fuzz_target!(|data: &[u8]| {
    let Some((choice, bytes)) = data.split_first() else { return };
    let profiles = Profile::all();
    let profile = &profiles[usize::from(*choice >> 1) % profiles.len()];
    let _ = text_view(bytes, profile);
    if choice & 1 == 1 {
        let _ = paper::picture(bytes, profile);
    }
});
