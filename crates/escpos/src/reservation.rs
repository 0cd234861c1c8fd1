//! A reservation's fields as lines of paper.

use crate::facts::{labelled, pair};
use crate::locale::Writing;
use crate::scan::Align;
use crate::sheet::{Look, Sheet};
use crate::words::Word;
use crate::{customer, frame};
use platen_job::Reservation;

/// Puts a reservation on the sheet. A field that is missing or blank leaves nothing behind.
pub(crate) fn lay_out(reservation: &Reservation, writing: &Writing, sheet: &mut Sheet<'_>) {
    let title = (!reservation.is_bare()).then_some(Word::Reservation);
    frame::head(&reservation.frame, title, writing, sheet);
    let label = |word, text: &Option<String>| {
        let text = writing.identifier(text.as_deref().unwrap_or_default());
        labelled(writing.word(word), " ", &text)
    };
    let moment = |text: &Option<String>| {
        text.as_deref().map(|text| writing.moment(text)).unwrap_or_default()
    };
    let guests = reservation.party_size.as_ref().map(|guests| writing.number(guests));
    sheet.gap();
    pair(&moment(&reservation.date), &moment(&reservation.time), Look::HEADING, sheet);
    let table = label(Word::Table, &reservation.table);
    pair(&label(Word::Guests, &guests), &table, Look::BOLD_TALL, sheet);
    sheet.gap();
    if let Some(customer) = &reservation.customer {
        customer::customer(customer, Look::BOLD_TALL, writing, sheet);
    }
    pair(&label(Word::Confirmation, &reservation.number), "", Look::PLAIN, sheet);
    if reservation.notes.iter().any(|note| !note.trim().is_empty()) {
        sheet.rule();
        reservation.notes.iter().for_each(|note| sheet.paragraph(note, Look::TALL, Align::Left));
    }
    frame::foot(&reservation.frame, sheet);
}
