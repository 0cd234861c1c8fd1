//! Builds Tauri's configuration into the program.

#![allow(clippy::print_stdout, reason = "a build script speaks to cargo")]

fn main() {
    // As in platenctl's: two megabytes of addresses become a few kilobytes.
    if std::env::var("TARGET").is_ok_and(|target| target.ends_with("linux-gnu")) {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
    tauri_build::build();
}
