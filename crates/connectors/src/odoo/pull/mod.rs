//! Odoo does not reach the till: the till asks Odoo for jobs, and says there what became of them.
//!
//! ```text
//! poller ──▶ odoo (HTTP) ──▶ jobs ──▶ Host::submit
//!    │ refusals, known jobs
//!    └──▶ acker ──▶ odoo (HTTP)
//!           ▲
//!           └── Host::unreported, HostEvent
//! ```
//!
//! Rules that hold everywhere: Odoo hands each job out once, so nothing is asked for that could not be printed here, and
//! what was handed out is stored before anything else happens. A uuid is printed once, for ever. What became of a job is
//! said until Odoo has answered.

mod acker;
mod answer;
mod jobs;
mod odoo;
mod pace;
mod poller;
mod settings;
mod status;

pub use answer::{Refused as OdooRefusal, Trouble as OdooTrouble};
pub use settings::{OdooPullSettings, Rhythm};
pub use status::{OdooPullCounts, OdooPullState, OdooPullStatus};

use crate::{Host, HostEvent};
use acker::Acker;
use odoo::Odoo;
use poller::Poller;
use status::Board;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Acknowledgements of jobs that are not in the spool and wait for Odoo; at the bound the poller waits.
const UNSTORED: usize = 256;

/// Asks one Odoo for jobs until `cancel`; returns only when it is cancelled.
pub async fn run(
    settings: OdooPullSettings,
    host: Arc<dyn Host>,
    events: mpsc::Receiver<HostEvent>,
    cancel: CancellationToken,
    status: watch::Sender<OdooPullStatus>,
) {
    let board = Board::new(status);
    let odoo = Arc::new(Odoo::new(&settings));
    let (unstored, waiting) = mpsc::channel(UNSTORED);
    let acker = Acker::new(host.clone(), odoo.clone(), board.clone(), settings.rhythm);
    let poller = Poller { settings, host, odoo, board, unstored };
    tokio::join!(poller.run(cancel.clone()), acker.run(events, waiting, cancel));
}
