//! A gateway, printers, and the two agents beside each other, each with printers of its own kind and number.

use platen_simulators::gateway::{Audience, Callers, Generation, LicenceFixture};
use platen_simulators::printer::{Keep, PrinterOptions};
use platen_simulators::{
    EmbeddedGateway, GatewayHandle, GatewayOptions, PrinterHandle, VirtualPrinter,
};
use platen_tests::{NodeServer, RunningTill, SOON, Till, eventually};
use serde_json::{Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// Printers of each agent.
pub const PRINTERS: usize = 8;
/// Bytes of a job.
pub const JOB_BYTES: usize = 2048;
/// What a printer keeps of what it printed: more than one round.
const KEEP: usize = 16 * 1024 * 1024;

/// Everything.
pub struct Shop {
    pub gateway: GatewayHandle,
    pub platen: Agent,
    pub peer: Agent,
    till: Till,
    _running: RunningTill,
    _node: NodeServer,
}

/// One of the two: where to send to, and where it comes out.
pub struct Agent {
    pub name: &'static str,
    pub printers: Vec<PrinterHandle>,
    to: Audience,
    sent: usize,
    payload: Value,
}

impl Shop {
    /// Opens it: both agents are online when this returns.
    pub async fn open() -> Shop {
        let gateway = gateway();
        let [ours, theirs] = [printers(), printers()];
        let uris: Vec<(String, String)> =
            ours.iter().enumerate().map(|(at, one)| (name(at), one.uri())).collect();
        let named: Vec<_> = uris.iter().map(|(name, uri)| (name.as_str(), uri.as_str())).collect();
        let till = Till::set_up(&gateway.url(), &LicenceFixture::demo().key, &named);
        let running = till.start();
        let ports: serde_json::Map<_, _> = theirs
            .iter()
            .enumerate()
            .map(|(at, one)| (name(at), json!(one.addr().port())))
            .collect();
        let start = json!({"gateway": gateway.url(), "printers": ports}).to_string();
        let mut node = NodeServer::start("peer.mjs", &[&start]);
        assert_eq!(node.hear()["is"], "online");
        gateway.wait_for_desktops(2, SOON).await.unwrap();
        let socket_of = |peer: bool| {
            let clients = gateway.clients();
            let one = clients.iter().find(|one| (one.device_id.as_deref() == Some("peer")) == peer);
            Audience::Socket(one.unwrap().id.clone())
        };
        let platen = Agent::new("platen", ours, socket_of(false));
        let peer = Agent::new("peer", theirs, socket_of(true));
        Shop { gateway, platen, peer, till, _running: running, _node: node }
    }

    /// The folder whose file system holds the spool.
    pub fn folder(&self) -> &Path {
        self.till.home()
    }
}

/// A gateway for load: results are told apart by their ids.
pub fn gateway() -> GatewayHandle {
    EmbeddedGateway::start(GatewayOptions {
        callers: Callers::ById,
        keep_events: 16_384,
        ..GatewayOptions::generation(Generation::C)
    })
    .unwrap()
}

fn printers() -> Vec<PrinterHandle> {
    (0..PRINTERS).map(|_| printer()).collect()
}

/// A printer that takes bytes as fast as they come.
pub fn printer() -> PrinterHandle {
    let options = PrinterOptions { keep: Keep::Bytes(KEEP), ..PrinterOptions::default() };
    VirtualPrinter::start(options).unwrap()
}

fn name(at: usize) -> String {
    format!("Printer {at}")
}

impl Agent {
    fn new(name: &'static str, printers: Vec<PrinterHandle>, to: Audience) -> Agent {
        Agent { name, printers, to, sent: 0, payload: payload() }
    }

    /// One agent with one printer.
    pub fn alone(printer: PrinterHandle) -> Agent {
        Agent::new("platen", vec![printer], Audience::AllDesktops)
    }

    /// Emits a job for that printer; gives the moment before.
    pub fn send(&mut self, gateway: &GatewayHandle, printer: usize) -> Instant {
        self.payload["id"] = format!("{}-{}", self.name, self.sent).into();
        self.payload["printerId"] = name(printer).into();
        self.sent += 1;
        let before = Instant::now();
        assert_eq!(gateway.send_to(&self.to, "print:job", &self.payload), 1, "nobody took the job");
        before
    }

    /// Sheets cut so far, by all its printers.
    pub fn sheets(&self) -> u64 {
        self.printers.iter().map(|printer| printer.sheet_count()).sum()
    }

    /// Waits until so many sheets were cut, without taking much of the processor meanwhile.
    pub async fn wait_for_sheets(&self, count: u64) {
        let patience = Instant::now() + Duration::from_secs(120);
        while self.sheets() < count {
            assert!(Instant::now() < patience, "{}: {} of {count}", self.name, self.sheets());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// When the newest sheet of all its printers was cut.
    pub fn last_cut(&self) -> Instant {
        let last = |one: &PrinterHandle| one.sheets().last().map(|sheet| sheet.at);
        self.printers.iter().filter_map(last).max().unwrap()
    }
}

/// Waits until the gateway has heard so many results of jobs after the event `seq`, and gives the time of the last one.
pub async fn told(gateway: &GatewayHandle, mut seq: u64, count: usize) -> Instant {
    let (mut heard, mut last) = (0, Instant::now());
    eventually("the gateway is told of every job", async || {
        for event in gateway.received_after(seq) {
            seq = event.seq;
            assert_ne!(event.event, "print:job:failed", "{}", event.payload);
            if event.event == "print:job:completed" {
                (heard, last) = (heard + 1, event.at);
            }
        }
        (heard >= count).then_some(last)
    })
    .await
}

/// The number of the newest event.
pub fn newest(gateway: &GatewayHandle) -> u64 {
    gateway.received().last().map_or(0, |event| event.seq)
}

/// A receipt of [`JOB_BYTES`] bytes, as commands, with one cut at its end.
fn payload() -> Value {
    let mut bytes = b"\x1b@".to_vec();
    for line in 0.. {
        bytes.extend(format!("{line:3} Flat white with oat milk     3.80\n").bytes());
        if bytes.len() > JOB_BYTES {
            break;
        }
    }
    bytes.truncate(JOB_BYTES - 4);
    bytes.extend(b"\n\x1dV\0");
    json!({"type": "receipt", "content": "", "priority": "normal", "escposCommands": bytes})
}
