//! Pictures: dots, or a refusal. (PDF is drawn in a process of its own, because its renderer has no bounds; a fuzzer of one process
//! would only find that again.)
#![no_main]

use libfuzzer_sys::fuzz_target;
use platen_escpos::encode;
use platen_fuzz::profile;
use platen_job::{Document, Picture, PictureOptions};
use std::sync::Once;

static CAUGHT: Once = Once::new();

fuzz_target!(|data: &[u8]| {
    // A decoder of other people's may panic; the crate catches that and refuses the picture. The fuzzer's own hook would
    // end the process before; panics that nobody catches still end it.
    CAUGHT.call_once(|| drop(std::panic::take_hook()));
    let Some((choice, bytes)) = data.split_first() else { return };
    let profile = profile(*choice);
    let picture = Picture { bytes: bytes.to_vec().into(), options: PictureOptions::default() };
    let _ = encode(&Document::Image(Box::new(picture)), profile, None);
});
