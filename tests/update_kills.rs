//! A till is killed at random moments of an update – of the download, of the wait, of putting the version in place, of its first start –
//! with its supervisor and its successor, while jobs wait and come. After each kill the program in place is the old version or the new one,
//! whole, and starts; at the end the update goes through, and every job is on paper once or a person was told that nobody knows. Each of
//! these moments has to have been hit, and two of three kills have to hit what they were meant for.
//!
//! `PLATEN_KILLS` says how often (40; `make test-installers`: 100), `PLATEN_SEED` repeats the dice. To see what was hit:
//! `PLATEN_KILLS=100 cargo test -p platen-tests -p platen-desktop --test update_kills -- --nocapture`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_tests::crash::{Plan, UpdateTrial};

#[tokio::test]
async fn an_update_that_is_killed_leaves_a_program_that_prints_everything_once() {
    UpdateTrial::run(Plan::new("update_kills", 40)).await;
}
