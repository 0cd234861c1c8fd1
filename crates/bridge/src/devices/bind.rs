//! Which printer belongs to which device, and which have to go after theirs.

use super::book::{Book, DeviceKey, Place};
use super::discovery::lock;
use super::follow::{Answer, Step, step};
use super::recognise::{Bond, Claim, Present};
use crate::engine::Core;
use crate::printer::Printer;
use crate::settings::PrinterSettings;
use platen_connectors::Health;
use platen_devices::DeviceUri;
use platen_job::{PrinterId, Timestamp};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What came of it.
pub struct Binding {
    /// The printers that have to be opened elsewhere, and where.
    pub moves: Vec<(Arc<Printer>, String)>,
    pub certainty: Certainty,
}

/// Whether every printer is where it has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    Full,
    /// One waits until nobody answers any more where it is.
    OneWaits,
}

/// The addresses that printers have, by their settings and by now.
pub fn claims(core: &Core, book: &Book) -> Vec<Claim> {
    let of = |one: PrinterSettings| {
        let device = book.place(&one.id, &one.uri).map(|place| place.device.clone());
        let configured = Claim { uri: one.uri.clone(), device };
        let now = Claim { uri: core.discovery.placed(one).uri, ..configured.clone() };
        [configured, now]
    };
    core.settings().printers.into_iter().flat_map(of).collect()
}

/// Notes which printer belongs to which device, once it is seen at its printer's address; gives the printers that have
/// to go after theirs.
pub fn bind(core: &Core, book: &mut Book, present: &[Present]) -> Binding {
    let settings = core.settings().printers;
    book.keep_printers(|id| settings.iter().any(|one| one.id == *id));
    let mut moves = Vec::new();
    let mut waiting = BTreeSet::new();
    for one in settings {
        let Some(printer) = core.registry.get(&one.id) else { continue };
        let (Ok(configured), Ok(now)) =
            (one.uri.parse::<DeviceUri>(), printer.settings.uri.parse::<DeviceUri>())
        else {
            continue;
        };
        let Some(place) = book.place(&one.id, &one.uri).cloned() else {
            let is_there =
                |here: &&Present| here.device.is_strong() && here.device.is_at(&configured);
            if let Some(here) = present.iter().find(is_there) {
                book.put_place(one.id, Place::at_home(here.key.clone(), one.uri));
            }
            continue;
        };
        let is_free = |key: &DeviceKey| !book.has_printer(key);
        let news = (answer(core, &one.id), Timestamp::now());
        let step = step(&place, (&configured, &now), present, is_free, news);
        if step == Step::Wait {
            waiting.insert(place.device.clone());
        }
        if let Some(place) = after(step, &one, place) {
            let to = place.moved_to.as_ref().unwrap_or(&one.uri);
            tracing::info!(printer = %one.name, from = %now, %to, "the printer goes where its device is");
            moves.push((printer, to.clone()));
            put(core, book, &one, place);
        }
    }
    let sure = |here: &&Present| here.bond == Bond::Name && !waiting.contains(&here.key);
    present.iter().filter(sure).for_each(|here| book.believe(here));
    let certainty = if waiting.is_empty() { Certainty::Full } else { Certainty::OneWaits };
    Binding { moves, certainty }
}

/// Where the printer is after that step; none where it stays.
fn after(step: Step, printer: &PrinterSettings, place: Place) -> Option<Place> {
    match step {
        Step::Stay | Step::Wait => None,
        Step::Home(device) => Some(Place::at_home(device, printer.uri.clone())),
        Step::Go(there, bond) => {
            let moved_to = Some(there.to_string()).filter(|there| *there != printer.uri);
            let by_name_at = match bond {
                Bond::Name => Some(Timestamp::now()),
                // It is only not there yet.
                Bond::Firm if moved_to == place.moved_to => place.by_name_at,
                Bond::Firm => None,
            };
            Some(Place { moved_to, by_name_at, ..place })
        }
    }
}

/// Only what is known to be gone counts as gone: a printer that says nothing of itself may well be there.
fn answer(core: &Core, id: &PrinterId) -> Answer {
    let views = core.registry.views();
    let is_gone =
        views.borrow().iter().any(|view| view.id == *id && view.health == Health::Offline);
    if is_gone { Answer::None } else { Answer::Perhaps }
}

fn put(core: &Core, book: &mut Book, printer: &PrinterSettings, place: Place) {
    let mut moved = lock(&core.discovery.moved);
    match &place.moved_to {
        Some(to) => moved.insert(printer.id.clone(), (printer.uri.clone(), to.clone())),
        None => moved.remove(&printer.id),
    };
    drop(moved);
    book.put_place(printer.id.clone(), place);
}
