//! Pictures and PDF pages: dots, or a refusal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use platen_escpos::{Profile, encode};
use platen_job::{Document, Picture, PictureOptions};
use std::sync::Once;

static CAUGHT: Once = Once::new();

fuzz_target!(|data: &[u8]| {
    // A decoder of other people's may panic; the crate catches that and refuses the picture. The fuzzer's own hook would
    // end the process before; panics that nobody catches still end it.
    CAUGHT.call_once(|| drop(std::panic::take_hook()));
    let Some((choice, bytes)) = data.split_first() else { return };
    let profiles = Profile::all();
    let profile = &profiles[usize::from(*choice >> 1) % profiles.len()];
    let picture = Picture { bytes: bytes.to_vec().into(), options: PictureOptions::default() };
    let document = match choice & 1 {
        0 => Document::Image(Box::new(picture)),
        _ => Document::Pdf(Box::new(picture)),
    };
    let _ = encode(&document, profile, None);
});
