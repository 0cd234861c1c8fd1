//! Platen without a desktop.
fn main() {}
