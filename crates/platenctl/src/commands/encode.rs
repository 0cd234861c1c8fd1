//! `platenctl encode` and `render`: from a file to printer bytes, and from those to paper, without a printer.

use super::files::{self, read};
use crate::cli::{Encode, Render};
use crate::failure::Failure;
use platen_bridge::{Home, Profiles, read_document, use_system_fonts};
use platen_escpos::paper::Paper;
use platen_escpos::{Catalogue, Profile, text_view};
use std::sync::Arc;

/// Writes the bytes that a printer of that profile would get; what they leave out goes to stderr.
pub fn encode(home: &Home, encode: &Encode) -> Result<(), Failure> {
    let profile = profile(home, &encode.profile)?;
    let format = files::format(encode.format, &encode.file)?;
    let (document, mut notes) = read_document(format.into(), read(&encode.file)?)?;
    use_system_fonts();
    let encoded = platen_escpos::encode(&document, &profile, None)?;
    encoded.notes.iter().for_each(|note| notes.add(&note.to_string()));
    notes.lines().iter().for_each(|note| complain!("note: {note}"));
    files::write(&encode.out, &encoded.bytes)
}

/// Shows what bytes look like on paper.
pub fn render(home: &Home, render: &Render) -> Result<(), Failure> {
    let profile = profile(home, &render.profile)?;
    let bytes = read(&render.file)?;
    if render.text {
        say!("{}", text_view(&bytes, &profile));
    }
    if render.events {
        Paper::read(&bytes, &profile).events.iter().for_each(|event| say!("{event}"));
    }
    match &render.out {
        Some(out) => files::write(out, &Paper::read(&bytes, &profile).picture()),
        None => Ok(()),
    }
}

fn profile(home: &Home, name: &str) -> Result<Arc<Profile>, Failure> {
    let profiles = Profiles::load(home);
    profiles.notices.iter().for_each(|notice| complain!("note: {notice}"));
    known(&profiles.catalogue, name).cloned()
}

/// The profile of that name, or an error that says where those that there are stand.
pub fn known<'a>(catalogue: &'a Catalogue, name: &str) -> Result<&'a Arc<Profile>, Failure> {
    catalogue.get(name).ok_or_else(|| {
        Failure::usage(format!("there is no profile {name:?}; `platenctl profiles` lists them"))
    })
}
