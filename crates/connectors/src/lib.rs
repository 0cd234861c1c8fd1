//! One module per system that sends jobs.
//!
//! A connector turns what comes in into [`platen_job::Job`]s and outcomes into its system's own answers. It knows no
//! printer and no policy: it asks the [`Host`].

mod host;
pub mod printermaster;

pub use host::{
    ContentMatch, Health, Host, HostEvent, Novelty, PrinterKind, PrinterView, Report, ReportId,
    Standing, Submitted, Way,
};
