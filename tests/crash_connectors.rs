//! Odoo in both ways, Backend-Socket, Fée Maison, a PrinterMaster gateway at the local door and a program at Platen's own API print on one
//! till at once, whose engine is killed at random moments while its printers misbehave. At the end each of them was told, in its own
//! way, what is so.
//!
//! `PLATEN_JOBS` says how many jobs (200), `PLATEN_SEED` repeats the dice.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_tests::crash::Day;

#[tokio::test]
async fn what_each_system_was_told_is_so() {
    Day::run(200).await;
}
