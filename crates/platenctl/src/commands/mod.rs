//! One file per command, or per few that belong together.

mod connectors;
mod demo;
mod doctor;
mod doors;
mod encode;
mod files;
mod gateway;
mod import;
mod jobs;
mod print;
mod printers;
mod profiles;
mod run;
mod setup;
mod status;
mod stop;
mod virtual_printer;

use crate::cli::{Cli, Command};
use crate::failure::Failure;
use platen_bridge::Home;
use platen_program::{log, usual_home};
use std::path::PathBuf;

/// Carries out what was typed.
pub async fn carry_out(cli: Cli) -> Result<(), Failure> {
    if !matches!(cli.command, Command::Run) {
        log::quiet();
    }
    match &cli.command {
        Command::Demo => return demo::demo().await,
        Command::Gateway(gateway) => return gateway::gateway(gateway).await,
        Command::VirtualPrinter(printer) => return virtual_printer::virtual_printer(printer).await,
        _ => {}
    }
    let home = Home::open(cli.home.map_or_else(default_home, Ok)?)?;
    match cli.command {
        Command::Demo | Command::Gateway(_) | Command::VirtualPrinter(_) => Ok(()),
        Command::Run => run::run(&home).await,
        Command::Stop => stop::stop(&home).await,
        Command::Setup(setup) => setup::setup(&home, setup).await,
        Command::Printers(printers) => printers::printers(&home, printers).await,
        Command::Status(listing) => status::status(&home, listing).await,
        Command::Connectors(connectors) => connectors::connectors(&home, connectors).await,
        Command::Import { file, from } => import::import(&home, &file, from).await,
        Command::Profiles(listing) => profiles::profiles(&home, listing),
        Command::Encode(encode) => encode::encode(&home, &encode),
        Command::Render(render) => encode::render(&home, &render),
        Command::Print(print) => print::print(&home, print).await,
        Command::TestPrint { printer } => print::test_print(&home, printer).await,
        Command::Drawer { printer, second } => print::drawer(&home, printer, second).await,
        Command::Pause { printer } => printers::pause(&home, printer).await,
        Command::Resume { printer } => printers::resume(&home, printer).await,
        Command::Jobs(jobs) => jobs::list(&home, jobs).await,
        Command::Job { id, listing } => jobs::show(&home, id, listing).await,
        Command::Reprint { id } => jobs::reprint(&home, id).await,
        Command::Cancel { id } => jobs::cancel(&home, id).await,
        Command::Resolve { id, seen } => jobs::resolve(&home, id, seen).await,
        Command::Doctor { bundle, listing } => doctor::doctor(&home, bundle, listing).await,
    }
}

fn default_home() -> Result<PathBuf, Failure> {
    usual_home().ok_or_else(|| Failure::usage("say where to keep things: --home DIR"))
}
