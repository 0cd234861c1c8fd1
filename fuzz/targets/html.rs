//! HTML: read as browsers read it, laid out, encoded, and its paper read back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use platen_escpos::{encode, text_view};
use platen_fuzz::profile;
use platen_job::Document;

fuzz_target!(|data: &[u8]| {
    let Some((choice, html)) = data.split_first() else { return };
    let profile = profile(*choice);
    let html = String::from_utf8_lossy(html).into_owned();
    if let Ok(encoded) = encode(&Document::Html(html), profile, None) {
        let _ = text_view(&encoded.bytes, profile);
    }
});
