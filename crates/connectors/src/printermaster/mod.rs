//! A PrinterMaster gateway, over Socket.IO, in the three generations of its contract that are in the field.
//!
//! ```text
//! Supervisor ─▶ socket ─▶ connector ──┬─▶ prints ─▶ intake ─▶ Host::submit
//!   ▲  auth      (line)    (the loop) ├─▶ trials ─▶ test_desk
//!   │                                 ├─▶ asks
//! licence ◀── rest ◀── rest_beat      └─▶ announce
//!                                     teller ◀── Host::unreported, HostEvent
//! ```
//!
//! What is on the wire is in `wire_in`, `payload` and `wire_out`; what a job becomes in `jobs` and `order`; what an
//! outcome becomes in `answers`. Those know neither sockets nor clocks and are tested alone. `line` is the port below
//! which sockets begin.
//!
//! `local` is another way in: a gateway on this machine that calls over HTTP, with the same shapes.
//!
//! Rules that hold everywhere: a request for a printer that is not ours gets silence, not "not found"; an answer that
//! is late, or the second one, is never given as that request's answer; nothing waits for an acknowledgement.

mod announce;
mod answers;
mod asks;
mod connector;
mod directory;
mod jobs;
mod licence;
mod local;
mod machine;
mod order;
mod paper_budget;
mod payload;
mod prints;
mod pulse;
mod reply;
mod rest;
mod rest_beat;
mod settings;
mod status;
mod teller;
mod test_desk;
mod test_request;
#[cfg(test)]
mod testing;
mod told;
mod trials;
mod windows;
mod wire_in;
mod wire_out;
mod words;

pub use local::run as run_local;
pub use settings::{PrinterMasterSettings, RequestWindows, RestHeartbeat, Rhythm};
pub use status::{
    Counts, GatewayComplaint, LicenceRefusal, LicenceState, LineHealth, NotOursEntry,
    PrinterMasterStatus,
};

use crate::line::{Ends, Inlet, LONGEST_MESSAGE, Outlet, hold};
use crate::{Host, HostEvent};
use connector::{Connector, Parts};
use licence::LicenceDesk;
use platen_socketio::{ConnectionState, Endpoint, Limits, SupervisorConfig};
use pulse::Pulse;
use rest::Rest;
use rest_beat::RestBeat;
use status::Board;
use std::sync::Arc;
use teller::{Calls, Teller};
use test_desk::TestDesk;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use told::Told;
use windows::Windows;

/// Jobs that came again and wait for their answer; more are not answered.
const AGAIN: usize = 1024;

/// Holds the line to one gateway until `cancel`. Reconnects for ever; returns only when it is cancelled.
pub async fn run(
    settings: PrinterMasterSettings,
    host: Arc<dyn Host>,
    events: mpsc::Receiver<HostEvent>,
    cancel: CancellationToken,
    status: watch::Sender<PrinterMasterStatus>,
) {
    let settings = Arc::new(settings);
    let board = Board::new(status);
    let rest = Arc::new(Rest::new(&settings));
    let licence =
        LicenceDesk::open(settings.clone(), rest.clone(), host.clone(), board.clone()).await;
    let licence = Arc::new(licence);
    let config = SupervisorConfig {
        endpoint: endpoint(&settings),
        driver: settings.driver,
        limits: Limits { max_message: LONGEST_MESSAGE, ..Limits::default() },
        delays: settings.delays.clone(),
        refusal_events: vec!["connection:error".into()],
    };
    let told = board.clone();
    let note = |state: &ConnectionState| told.connection(state);
    let auth = licence.clone();
    let serve = |Ends { inlet, outlet }, cancel| {
        let shop = Shop { settings, host, board, rest, licence, outlet };
        serve(shop, inlet, events, cancel)
    };
    hold(config, auth, &cancel, note, serve).await;
}

/// What all parts share.
struct Shop {
    settings: Arc<PrinterMasterSettings>,
    host: Arc<dyn Host>,
    board: Board,
    rest: Arc<Rest>,
    licence: Arc<LicenceDesk>,
    outlet: Arc<dyn Outlet>,
}

/// Everything above the line.
async fn serve(
    shop: Shop,
    inlet: Box<dyn Inlet>,
    events: mpsc::Receiver<HostEvent>,
    cancel: CancellationToken,
) {
    let Shop { settings, host, board, rest, licence, outlet } = shop;
    let (again, again_calls) = mpsc::channel(AGAIN);
    let (online, online_watch) = watch::channel(None);
    let tests = Arc::new(TestDesk::default());
    let windows = Arc::new(Windows::new(settings.request_windows));
    let teller = Teller {
        host: host.clone(),
        outlet: outlet.clone(),
        tests: tests.clone(),
        windows: windows.clone(),
        board: board.clone(),
        told: Told::recall(host.as_ref()).await,
    };
    let calls = Calls { events, again: again_calls, online: online_watch.clone() };
    let beat = RestBeat {
        settings: settings.clone(),
        rest,
        licence: licence.clone(),
        printers: host.printers(),
        online: online_watch.clone(),
    };
    let pulse = Pulse {
        settings: settings.clone(),
        licence: licence.clone(),
        outlet: outlet.clone(),
        board: board.clone(),
        online: online_watch,
    };
    let parts = Parts { settings, host, outlet, licence, board, tests, windows, again, online };
    let connector = Connector::open(parts).await;
    let heart = async {
        connector.run(inlet, cancel.clone()).await;
        // Without the loop nobody else has anything to do.
        cancel.cancel();
    };
    tokio::join!(
        heart,
        teller.run(calls, cancel.clone()),
        beat.run(cancel.clone()),
        pulse.run(cancel.clone()),
    );
}

fn endpoint(settings: &PrinterMasterSettings) -> Endpoint {
    Endpoint {
        namespace: settings.namespace.clone(),
        tls: settings.tls.clone(),
        proxy: settings.proxy.clone(),
        plain: settings.plain,
        ..Endpoint::new(settings.gateway.clone())
    }
}
