//! Tests of the whole connector above the line: a fake engine behind it, a fake gateway before it, time in our hands.

mod bad_input;
mod gateway;
mod licences;
mod outcomes;
mod printers;
mod trials;

use super::licence::LicenceDesk;
use super::rest::Rest;
use super::status::Board;
use super::{PrinterMasterSettings, PrinterMasterStatus, RestHeartbeat, Shop, serve};
use crate::fakes::{FakeGateway, FakeHost, fake_line, printer};
use crate::{Host, HostEvent, PrinterView};
use platen_job::{JobId, Outcome, Timestamp};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::fmt::MakeWriter;
use url::Url;

pub(crate) const KEY: &str = "3f2a7c1e-9d4b-4a60-8c11-5e0f6b7a8d90";

/// A till whose gateway and engine are the test's.
struct Till {
    gateway: FakeGateway,
    host: Arc<FakeHost>,
    events: mpsc::Sender<HostEvent>,
    status: watch::Receiver<PrinterMasterStatus>,
    cancel: CancellationToken,
}

fn settings() -> PrinterMasterSettings {
    let gateway = Url::parse("http://127.0.0.1:9").unwrap();
    let mut settings = PrinterMasterSettings::new(gateway, "till-1".into(), "0.1.0".into());
    settings.branch_id = Some("b1".into());
    settings.license_key = Some(KEY.into());
    settings.rest_heartbeat = RestHeartbeat::Off;
    settings
}

impl Till {
    /// A till with a bar and a kitchen printer, connected and announced.
    async fn online() -> Till {
        let till = Till::with(vec![printer("p-1", "Bar"), printer("p-2", "Kitchen")]).await;
        till.gateway.connect();
        till.gateway.wait("printer:status:update", 1).await;
        till.gateway.forget();
        till
    }

    async fn with(printers: Vec<PrinterView>) -> Till {
        Till::on(FakeHost::new(printers), settings()).await
    }

    async fn on(host: Arc<FakeHost>, settings: PrinterMasterSettings) -> Till {
        let settings = Arc::new(settings);
        let (gateway, inlet, outlet) = fake_line();
        let (events, event_calls) = mpsc::channel(64);
        let (board, status) = watch::channel(PrinterMasterStatus::new(&settings.gateway));
        let board = Board::new(board);
        let rest = Arc::new(Rest::new(&settings));
        let engine: Arc<dyn Host> = host.clone();
        let licence =
            LicenceDesk::open(settings.clone(), rest.clone(), engine.clone(), board.clone()).await;
        let licence = Arc::new(licence);
        let cancel = CancellationToken::new();
        let shop = Shop { settings, host: engine, board, rest, licence, outlet };
        tokio::spawn(serve(shop, inlet, event_calls, cancel.clone()));
        Till { gateway, host, events, status, cancel }
    }

    /// Lets everything that can happen now happen.
    async fn settle_down(&self) {
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
    }

    async fn wait_for_jobs(&self, count: usize) {
        let enough = async {
            while self.host.jobs().len() < count {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), enough).await.expect("the job was stored");
        self.settle_down().await;
    }

    async fn settle(&self, job: i64, outcome: Outcome) {
        self.host.settle(JobId(job), outcome, Timestamp::now());
        self.events.send(HostEvent::Settled).await.unwrap();
        self.settle_down().await;
    }

    fn change_printer(&self, index: usize, change: impl FnOnce(&mut PrinterView)) {
        self.host.printers.send_modify(|printers| {
            let mut now = printers.as_ref().clone();
            change(&mut now[index]);
            *printers = Arc::new(now);
        });
    }

    fn status(&self) -> PrinterMasterStatus {
        self.status.borrow().clone()
    }
}

impl Drop for Till {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// What the log of this thread says.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Listens on this thread for as long as the guard lives.
    fn listen(&self) -> tracing::subscriber::DefaultGuard {
        let subscriber = tracing_subscriber::fmt()
            .with_writer(self.clone())
            .with_ansi(false)
            .with_max_level(tracing::Level::TRACE)
            .finish();
        tracing::subscriber::set_default(subscriber)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Log;
    fn make_writer(&'a self) -> Log {
        self.clone()
    }
}
