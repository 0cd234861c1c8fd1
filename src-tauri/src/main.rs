//! Platen at the till: an icon in the tray that tells the truth, a small window that sets it up, and the engine that
//! `platenctl run` runs too. The shell only shows and forwards.
//!
//! ```text
//! engine ─▶ Room ─▶ Snapshot ─▶ tray (icon, menu)      people ─▶ tray menu ───────────┐
//!   ▲              (watch)  └▶ window (event)                  window ─▶ commands ─▶ Room ─▶ engine
//! ```
#![cfg_attr(windows, windows_subsystem = "windows")]

mod arguments;
mod autostart;
mod calls;
mod commands;
mod console;
mod display;
mod folder;
mod shell;
mod supervisor;
mod tray;
mod updates;
mod webview;
mod window;

use arguments::Arguments;
use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Packages bring one file for both programs.
    if let Some(arguments) = platen_ctl::called(std::env::args_os()) {
        console::join();
        return platen_ctl::main(arguments);
    }
    display::draw_without_gl();
    let argument = std::env::args_os().nth(1);
    if let Some(ended) = platen_program::first("platen", argument.as_deref()) {
        return ended;
    }
    let arguments = Arguments::parse();
    if let Some(other) = &arguments.replaces {
        return replaces(other);
    }
    let ended = if arguments.supervise { supervise(&arguments) } else { show(&arguments) };
    ended.unwrap_or_else(|why| {
        complain(&why.to_string());
        ExitCode::FAILURE
    })
}

/// What an older version than the other one ends with, for installers.
const OLDER: u8 = 9;

/// Whether this version is as new as that one.
fn replaces(other: &semver::Version) -> ExitCode {
    match env!("CARGO_PKG_VERSION").parse::<semver::Version>() {
        Ok(this) if this < *other => ExitCode::from(OLDER),
        _ => ExitCode::SUCCESS,
    }
}

fn show(arguments: &Arguments) -> Result<ExitCode, shell::Failure> {
    shell::run(arguments).map(ExitCode::from)
}

fn supervise(arguments: &Arguments) -> Result<ExitCode, shell::Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(supervisor::run(arguments))?)
}

/// One line about what is wrong on stderr.
fn complain(words: &str) {
    let _ = writeln!(std::io::stderr(), "platen: {words}");
}
