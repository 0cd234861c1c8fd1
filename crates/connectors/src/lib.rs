//! One module per system that sends jobs.
//!
//! A connector turns what comes in into [`platen_job::Job`]s and outcomes into its system's own answers. It knows no
//! printer and no policy: it asks the [`Host`].

pub mod backend_socket;
mod clock;
#[cfg(test)]
mod fakes;
mod fields;
mod host;
mod http;
mod intake;
mod line;
pub mod odoo;
pub mod printermaster;
mod telling;

pub use host::{
    ContentMatch, Health, Host, HostEvent, Novelty, PrinterKind, PrinterView, Report, ReportId,
    Standing, Submitted, Telling, Way,
};
