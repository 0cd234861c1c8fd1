//! Speed and weight beside a small Node agent that stores nothing: one line a figure.
//!
//! `bench NAME VALUE UNIT peer VALUE ratio R`, or `limit` in the place of `peer` where the figure has no peer. Nothing
//! is asserted; the last line says which criteria are met. Arguments choose parts: `latency`, `burst`,
//! `hang` (root and CUPS), `doors`, `paper`, `receipts`, `hostile`, `start`, `fonts`, `idle`, `watched`,
//! `worked`, `tray`; none means all.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark ends where it cannot measure"
)]

#[path = "../bench/burst.rs"]
mod burst;
#[path = "../../../crates/devices/tests/common/cupsd.rs"]
#[allow(dead_code, missing_docs)]
mod cupsd;
#[path = "../bench/doors.rs"]
mod doors;
#[path = "../bench/figure.rs"]
mod figure;
#[path = "../bench/hang.rs"]
mod hang;
#[path = "../bench/hostile.rs"]
mod hostile;
#[path = "../bench/latency.rs"]
mod latency;
#[path = "../bench/paper.rs"]
mod paper;
#[path = "../bench/receipts.rs"]
mod receipts;
#[path = "../bench/shop.rs"]
mod shop;
#[path = "../bench/tray.rs"]
mod tray;
#[path = "../bench/weight.rs"]
mod weight;

use figure::Figures;
use shop::Shop;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let chosen: Vec<String> = std::env::args().skip(1).collect();
    let wants = |part: &str| chosen.is_empty() || chosen.iter().any(|one| one == part);
    let mut figures = Figures::default();
    if wants("latency") || wants("burst") {
        let mut shop = Shop::open().await;
        if wants("latency") {
            latency::measure(&mut shop, &mut figures).await;
        }
        if wants("burst") {
            burst::measure(&mut shop, &mut figures).await;
        }
    }
    if wants("hang") {
        hang::measure(&mut figures).await;
    }
    if wants("doors") {
        doors::measure(&mut figures).await;
    }
    if wants("paper") {
        paper::measure(&mut figures).await;
    }
    if wants("receipts") {
        receipts::measure(&mut figures);
    }
    if wants("hostile") {
        hostile::measure(&mut figures);
    }
    if wants("start") {
        weight::start(&mut figures).await;
    }
    if wants("fonts") {
        weight::fonts(&mut figures);
    }
    if wants("idle") || wants("worked") {
        weight::weigh(wants("worked"), &mut figures).await;
    }
    if wants("watched") {
        weight::watch(&mut figures).await;
    }
    if wants("tray") {
        tray::measure(&mut figures).await;
    }
    figures.sum_up();
}
