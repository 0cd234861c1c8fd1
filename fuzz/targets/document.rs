//! A document in JSON: read, or refused; what is read can be encoded for any printer, or is refused with a reason.
#![no_main]

use libfuzzer_sys::fuzz_target;
use platen_escpos::encode;
use platen_escpos::pdf::{PdfError, draw_pages_by};
use platen_fuzz::profile;
use platen_job::Document;

fuzz_target!(|data: &[u8]| {
    let Some((choice, json)) = data.split_first() else { return };
    let profile = profile(*choice);
    // As in the program, where PDF pages are drawn by another process.
    draw_pages_by(|_, _, _| Err(PdfError::Costly));
    if let Ok((document, _)) = Document::from_json(json) {
        let _ = encode(&document, profile, None);
    }
});
