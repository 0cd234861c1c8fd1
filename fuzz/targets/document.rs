//! A document in JSON: read, or refused; what is read can be encoded for any printer, or is refused with a reason.
#![no_main]

use libfuzzer_sys::fuzz_target;
use platen_escpos::{Profile, encode};
use platen_job::Document;

fuzz_target!(|data: &[u8]| {
    let Some((choice, json)) = data.split_first() else { return };
    let profiles = Profile::all();
    let profile = &profiles[usize::from(*choice) % profiles.len()];
    if let Ok((document, _)) = Document::from_json(json) {
        let _ = encode(&document, profile, None);
    }
});
