//! A reservation's fields as lines of paper.

use crate::frame;
use crate::scan::Align;
use crate::sheet::{Look, Sheet};
use platen_job::Reservation;

/// Puts a reservation on the sheet. A field that is missing or blank leaves nothing behind.
pub(crate) fn lay_out(reservation: &Reservation, sheet: &mut Sheet<'_>) {
    frame::head(&reservation.frame, sheet);
    let customer = reservation.customer.clone().unwrap_or_default();
    let facts = [&reservation.number, &customer.name, &customer.phone, &customer.email];
    let when = [&reservation.date, &reservation.time, &reservation.table];
    sheet.gap();
    for fact in facts.into_iter().chain(when).flatten() {
        sheet.paragraph(fact, Look::TALL, Align::Left);
    }
    if let Some(size) = &reservation.party_size {
        sheet.paragraph(&size.0, Look::TALL, Align::Left);
    }
    reservation.notes.iter().for_each(|note| sheet.paragraph(note, Look::PLAIN, Align::Left));
    frame::foot(&reservation.frame, sheet);
}
