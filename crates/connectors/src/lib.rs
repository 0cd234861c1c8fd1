//! One module per system that sends jobs.
//!
//! A connector turns what comes in into [`platen_job::Job`]s and outcomes into its system's own answers. It knows no
//! printer and no policy: it asks the [`Host`].

pub mod api;
pub mod backend_socket;
mod choice;
mod clock;
pub mod door;
#[cfg(test)]
mod fakes;
pub mod fee_maison;
mod fields;
mod host;
mod http;
mod in_turn;
mod intake;
mod line;
mod machine;
pub mod odoo;
pub mod printermaster;
mod said;
mod telling;
mod test_page;
mod till;
mod unheard;
mod waiting;
pub mod web;
mod whole;

pub use host::{
    ContentMatch, Health, Host, HostEvent, Novelty, PrinterKind, PrinterView, Report, ReportId,
    Standing, Storing, Submitted, Telling, Way,
};
pub use till::{
    DoorFigures, Figures, JobQuery, JobView, Resolution, SettledAs, Spans, Till, TillError,
    TillSummary,
};
pub use whole::whole;
