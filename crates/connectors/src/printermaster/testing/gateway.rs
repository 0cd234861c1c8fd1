//! Against the embedded gateway, over real sockets, with an engine that "prints" at once.

use super::super::status::LicenceState;
use super::*;
use crate::fakes::printed;
use bytes::Bytes;
use platen_job::Document;
use platen_simulators::gateway::{Generation, Heartbeats, Noise, Rest as RestCalls};
use platen_simulators::gateway::{JobEvent, JobRequest, JobResult, Kick, TestPages};
use platen_simulators::gateway::{LicenceFixture, LicenceState as Standing};
use platen_simulators::{EmbeddedGateway, GatewayHandle, GatewayOptions};
use platen_socketio::{Delays, DriverKind};
use serde_json::{Value, json};

const LONG: Duration = Duration::from_secs(20);

/// A whole connector on a socket.
struct Line {
    host: Arc<FakeHost>,
    status: watch::Receiver<PrinterMasterStatus>,
    cancel: CancellationToken,
    task: Option<tokio::task::JoinHandle<()>>,
}

impl Line {
    /// Starts one; the engine settles each job as printed, unless `paper` says that there is none.
    fn start(settings: PrinterMasterSettings, paper: Paper) -> Line {
        let host = FakeHost::new(vec![printer("p-1", "Bar"), printer("p-2", "Kitchen")]);
        let (events, event_calls) = mpsc::channel(64);
        let (sender, status) = watch::channel(PrinterMasterStatus::new(&settings.gateway));
        let cancel = CancellationToken::new();
        tokio::spawn(print_at_once(host.clone(), events, paper, cancel.clone()));
        let run = super::super::run(settings, host.clone(), event_calls, cancel.clone(), sender);
        Line { host, status, cancel, task: Some(tokio::spawn(run)) }
    }

    async fn until(&mut self, what: impl Fn(&PrinterMasterStatus) -> bool) {
        let found = tokio::time::timeout(LONG, self.status.wait_for(|status| what(status))).await;
        let found = found.is_ok_and(|found| found.is_ok());
        assert!(found, "the status is {:?}", self.status.borrow());
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Paper {
    There,
    Never,
}

async fn print_at_once(
    host: Arc<FakeHost>,
    events: mpsc::Sender<HostEvent>,
    paper: Paper,
    cancel: CancellationToken,
) {
    let mut done = 0;
    while !cancel.is_cancelled() {
        let jobs = host.jobs();
        for (id, job) in jobs.into_iter().skip(done) {
            done += 1;
            if paper == Paper::There {
                let (external_id, printer) = (job.external_id, job.printer);
                let reply = job.reply;
                let _ =
                    events.send(HostEvent::Started { job: id, external_id, printer, reply }).await;
                host.settle(id, printed(), Timestamp::now());
                let _ = events.send(HostEvent::Settled).await;
            }
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn options(generation: Generation) -> GatewayOptions {
    GatewayOptions {
        licences: vec![LicenceFixture::valid(KEY, "b1")],
        noise: Noise::AsInTheField,
        ..GatewayOptions::generation(generation)
    }
}

fn line_settings(gateway: &GatewayHandle) -> PrinterMasterSettings {
    let mut settings = settings();
    settings.gateway = Url::parse(&gateway.url()).unwrap();
    settings.branch_id = None;
    settings.rest_heartbeat = RestHeartbeat::WherePossible;
    let quick = Duration::from_millis(50);
    settings.delays = Delays {
        min: quick,
        max: quick * 2,
        refused_min: quick,
        refused_max: quick * 2,
        ..Delays::default()
    };
    settings
}

async fn ready(gateway: &GatewayHandle) {
    gateway.wait_for_desktops(1, LONG).await.unwrap();
    gateway.wait_for_event("printer:status:update", LONG).await.unwrap();
}

fn physical(id: &str) -> Value {
    json!({"id": id, "type": "receipt", "printerId": "", "printerName": "Bar", "orderId": "o", "branchName": "Demo Shop",
           "companyName": "Demo Company", "orderData": {"orderNumber": 7, "items": []}, "priority": 3})
}

fn no_complaints(gateway: &GatewayHandle, line: &Line) {
    assert_eq!(line.status.borrow().last_exception, None);
    assert!(gateway.duplicates().is_empty(), "{:?}", gateway.duplicates());
    assert!(line.status.borrow().unknown_events.is_empty());
}

async fn the_deployed_contract(driver: DriverKind) {
    let options = GatewayOptions { heartbeats: Heartbeats::Sent, ..options(Generation::A) };
    let gateway = EmbeddedGateway::start(options).unwrap();
    let mut settings = line_settings(&gateway);
    settings.driver = driver;
    let mut line = Line::start(settings, Paper::There);
    ready(&gateway).await;
    let known = gateway.printers();
    assert_eq!(
        known.iter().map(|printer| printer.name.as_str()).collect::<Vec<_>>(),
        ["Bar", "Kitchen"]
    );
    assert_eq!(known[0].branch_id, "b1", "the branch that the licence names");

    let done = gateway.submit_job(JobRequest::new(JobEvent::PrintPhysical, physical("a-1"))).await;
    assert!(done.is_completed(), "{done:?}");
    let raw = json!({"printerName": "bar", "data": "\u{1b}@x\0\u{ff}", "title": "t"});
    let done = gateway.submit_job(JobRequest::new(JobEvent::PrintRaw, raw)).await;
    assert!(done.is_completed(), "{done:?}");
    let document = line.host.jobs()[1].1.document.clone();
    assert_eq!(document, Document::Raw(Bytes::from_static(b"\x1b@x\0\xff")));
    let test =
        json!({"printerId": known[1].server_id, "printerName": "Kitchen", "type": "receipt"});
    let done = gateway.run_test(test).await;
    assert!(done.is_completed(), "{done:?}");
    line.until(|status| status.connection_words.starts_with("online")).await;
    gateway.wait_for_event("POST /printers/register", LONG).await.unwrap();
    gateway.wait_for_event("POST /printing/printers/heartbeat", LONG).await.unwrap();
    no_complaints(&gateway, &line);
    assert_eq!(line.status.borrow().counts.accepted, 2);
}

#[tokio::test]
async fn generation_a_with_the_native_driver() {
    the_deployed_contract(DriverKind::Native).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn generation_a_with_rust_socketio() {
    the_deployed_contract(DriverKind::RustSocketio).await;
}

#[tokio::test]
async fn generation_b_checks_the_licence_and_acknowledges() {
    let gateway = EmbeddedGateway::start(options(Generation::B)).unwrap();
    gateway.set_licence_state(KEY, Standing::Expired);
    let mut line = Line::start(line_settings(&gateway), Paper::There);
    line.until(|status| matches!(status.licence, LicenceState::Refused { code: 400, .. })).await;
    assert_eq!(gateway.connects(), 0, "a refused licence does not connect");
    gateway.set_licence_state(KEY, Standing::Valid);
    ready(&gateway).await;
    line.until(|status| matches!(status.licence, LicenceState::Valid { .. })).await;
    let done = gateway.run_test(json!({"printerName": "Bar", "branchId": "b1"})).await;
    assert!(done.is_completed(), "{done:?}");
    gateway.wait_for_event("printer:test (ack)", LONG).await.unwrap();
    no_complaints(&gateway, &line);
}

#[tokio::test]
async fn generation_c_hears_of_start_and_end() {
    let gateway = EmbeddedGateway::start(options(Generation::C)).unwrap();
    let line = Line::start(line_settings(&gateway), Paper::There);
    ready(&gateway).await;
    let job = json!({"id": "c-1", "printerId": "p-2", "branchId": "b1", "escposCommands": [27, 64, 0, 255], "priority": "high"});
    let done = gateway.submit_job(JobRequest::new(JobEvent::PrintJob, job)).await;
    assert!(matches!(done, JobResult::Completed { started: Some(_), .. }), "{done:?}");
    let job = json!({"id": "c-2", "printerId": "p-2"});
    gateway.send_binary("print:job", &job, "escposCommands", Bytes::from_static(b"\x1b@\x1e\0"));
    let told = |received: &platen_simulators::gateway::Received| {
        received.payload["jobId"] == "c-2" && received.event == "print:job:completed"
    };
    gateway.wait_for(told, LONG).await.unwrap();
    let documents: Vec<Document> =
        line.host.jobs().into_iter().map(|(_, job)| job.document).collect();
    assert_eq!(documents[0], Document::Raw(Bytes::from_static(&[27, 64, 0, 255])));
    assert_eq!(documents[1], Document::Raw(Bytes::from_static(b"\x1b@\x1e\0")));
    assert_eq!(line.status.borrow().last_exception, None);
}

#[tokio::test]
async fn a_gateway_without_rest_is_served_all_the_same() {
    let options = GatewayOptions { rest: RestCalls::NotFound, ..options(Generation::A) };
    let gateway = EmbeddedGateway::start(options).unwrap();
    let mut line = Line::start(line_settings(&gateway), Paper::There);
    ready(&gateway).await;
    line.until(|status| matches!(status.licence, LicenceState::Unavailable { .. })).await;
    let done = gateway.submit_job(JobRequest::new(JobEvent::PrintPhysical, physical("n-1"))).await;
    assert!(done.is_completed(), "{done:?}");
}

#[tokio::test]
async fn every_way_of_losing_the_line_is_survived_and_everything_is_announced_again() {
    let gateway = EmbeddedGateway::start(options(Generation::A)).unwrap();
    let line = Line::start(line_settings(&gateway), Paper::There);
    ready(&gateway).await;
    for (number, how) in
        [Kick::Namespace, Kick::Close, Kick::Fin, Kick::Reset].into_iter().enumerate()
    {
        let before = gateway.received().last().map_or(0, |received| received.seq);
        gateway.kick(how).await;
        let again = |event: &'static str| {
            move |received: &platen_simulators::gateway::Received| {
                received.seq > before && received.event == event
            }
        };
        gateway.wait_for(again("desktop:status"), LONG).await.unwrap();
        gateway.wait_for(again("printer:discovered"), LONG).await.unwrap();
        gateway.wait_for(again("printer:status:update"), LONG).await.unwrap();
        let job = physical(&format!("k-{number}"));
        let done = gateway.submit_job(JobRequest::new(JobEvent::PrintPhysical, job)).await;
        assert!(done.is_completed(), "after {how:?}: {done:?}");
    }
    assert!(line.status.borrow().line.reconnections >= 4);
}

#[tokio::test]
async fn garbage_frames_end_the_session_and_nothing_else() {
    let gateway = EmbeddedGateway::start(options(Generation::A)).unwrap();
    let line = Line::start(line_settings(&gateway), Paper::There);
    ready(&gateway).await;
    let deep =
        format!("42/printing-ws,[\"print:job\",{}{}]", "[".repeat(10_000), "]".repeat(10_000));
    for (number, frame) in
        ["42/printing-ws,{{{", "4", "9", "42/printing-ws,[]", "451-/printing-ws,[\"x\"", &deep]
            .into_iter()
            .enumerate()
    {
        let connects = gateway.connects();
        gateway.send_frame(frame);
        let settled = async {
            loop {
                let job =
                    JobRequest::new(JobEvent::PrintPhysical, physical(&format!("g-{number}")));
                let done = gateway.submit_job(job.with_window(Duration::from_secs(1))).await;
                if done.is_completed() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let short: String = frame.chars().take(30).collect();
        tokio::time::timeout(LONG, settled)
            .await
            .unwrap_or_else(|_| panic!("no job after {short}"));
        assert!(gateway.connects() <= connects + 1, "one reconnect at most after {short}");
    }
    let ids: std::collections::BTreeSet<_> = line
        .host
        .jobs()
        .into_iter()
        .filter_map(|(_, job)| job.external_id)
        .map(String::from)
        .collect();
    assert_eq!(ids.len(), line.host.jobs().len(), "no job twice");
}

#[tokio::test]
async fn a_refusal_at_connect_heals() {
    let gateway = EmbeddedGateway::start(options(Generation::A)).unwrap();
    gateway.refuse_next("LICENSE_EXPIRED");
    let mut settings = line_settings(&gateway);
    settings.delays.refused_min = Duration::from_millis(500);
    settings.delays.refused_max = Duration::from_millis(500);
    let mut line = Line::start(settings, Paper::There);
    line.until(|status| matches!(status.licence, LicenceState::Refused { code: 400, .. })).await;
    gateway.wait_for_desktops(1, LONG).await.unwrap();
    line.until(|status| matches!(status.licence, LicenceState::Valid { .. })).await;
    line.until(|status| status.connection_words.starts_with("online")).await;
    let done = gateway.submit_job(JobRequest::new(JobEvent::PrintPhysical, physical("r-1"))).await;
    assert!(done.is_completed(), "{done:?}");
}

#[tokio::test]
async fn heartbeats_keep_the_gateway_from_wasting_paper() {
    let mut options =
        GatewayOptions { test_pages: TestPages::ForStalePrinters, ..options(Generation::A) };
    options.pace.stale_after = Duration::from_millis(1200);
    options.pace.test_page = Duration::from_millis(50);
    let gateway = EmbeddedGateway::start(options).unwrap();
    let mut settings = line_settings(&gateway);
    let beat = Duration::from_millis(40);
    settings.rhythm.rest_heartbeat = (beat, beat * 2);
    let line = Line::start(settings, Paper::There);
    ready(&gateway).await;
    let mut beats = 0;
    let enough = |received: &platen_simulators::gateway::Received| {
        beats += usize::from(received.event.ends_with("/heartbeat"));
        beats == 40
    };
    gateway.wait_for(enough, LONG).await.unwrap();
    let pages = line.host.jobs().len();
    assert!(pages <= 2, "{pages} test pages");
}

#[tokio::test]
async fn it_ends_at_once_when_told_to() {
    let gateway = EmbeddedGateway::start(options(Generation::A)).unwrap();
    let mut line = Line::start(line_settings(&gateway), Paper::Never);
    ready(&gateway).await;
    gateway.send("print:physical", &physical("e-1"));
    let stored = async {
        while line.host.jobs().is_empty() {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(LONG, stored).await.unwrap();
    line.cancel.cancel();
    let task = line.task.take().unwrap();
    tokio::time::timeout(Duration::from_secs(3), task).await.unwrap().unwrap();
    gateway.wait_for_nobody(LONG).await.unwrap();
    assert_eq!(line.status.borrow().connection_words, "stopped");
}
