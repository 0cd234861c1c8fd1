//! Printing through a real CUPS with a printer that plays every trouble: the reason that is shown, what is told of the
//! bytes, and what comes out on paper. `make test-spooler`; needs root and Debian's cups-daemon and cups-client.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use async_trait::async_trait;
use common::cupsd::Cupsd;
use common::peer::{Peer, Script};
use common::{DRAINED, Job, SUBMITTED, noise, quick, stopped, until};
use platen_devices::spooler::{Fate, QueueTarget, look_up, queues};
use platen_devices::{
    Device, DeviceOptions, NotRecorded, PrintFormat, PrintRequest, Reachability, SpoolerDevice,
    SpoolerJob, SpoolerServer, StartRecord,
};
use platen_job::{Attempt, StateReason, StateReasons, StopCause};
use std::io::Read;
use std::sync::Mutex;
use std::time::Duration;
use tokio::time::timeout;

const RECEIPT: &[u8] = b"\x1B@Total 12.50\n\n\x1DV\x00";
/// Longest wait for anything that should happen soon.
const SOON: Duration = Duration::from_secs(30);

type Meanwhile = Box<dyn Fn(&SpoolerJob) + Send + Sync>;

/// What the engine would store of a job, and something that happens right when it is stored.
#[derive(Default)]
struct Notes {
    job: Mutex<Option<SpoolerJob>>,
    meanwhile: Option<Meanwhile>,
}

impl Notes {
    fn meanwhile(work: impl Fn(&SpoolerJob) + Send + Sync + 'static) -> Notes {
        Notes { meanwhile: Some(Box::new(work)), ..Notes::default() }
    }

    fn job(&self) -> SpoolerJob {
        self.job.lock().unwrap().clone().expect("the job is remembered")
    }

    fn id(&self) -> String {
        let job = self.job();
        format!("{}-{}", job.queue, job.id)
    }

    fn is_remembered(&self) -> bool {
        self.job.lock().unwrap().is_some()
    }
}

#[async_trait]
impl StartRecord for Notes {
    fn first_byte(&self) -> Result<(), NotRecorded> {
        assert!(self.is_remembered(), "the number comes first");
        Ok(())
    }

    async fn remember(&self, job: &SpoolerJob) -> Result<(), NotRecorded> {
        assert!(!self.is_remembered(), "once a job");
        *self.job.lock().unwrap() = Some(job.clone());
        if let Some(meanwhile) = &self.meanwhile {
            meanwhile(job);
        }
        Ok(())
    }
}

async fn print(device: &mut SpoolerDevice, job: &Job, notes: &Notes) -> Attempt {
    let request = PrintRequest { start: notes, ..job.request() };
    timeout(SOON, device.print(request)).await.expect("an attempt ends")
}

async fn print_receipt(device: &mut SpoolerDevice) -> Attempt {
    print(device, &Job::new(RECEIPT), &Notes::default()).await
}

/// Prints while `meanwhile` does something.
async fn print_while(
    device: &mut SpoolerDevice,
    job: &Job,
    notes: &Notes,
    meanwhile: impl Future<Output = ()>,
) -> Attempt {
    tokio::join!(print(device, job, notes), meanwhile).0
}

async fn shows(job: &Job, reason: StateReason) {
    let mut reasons = job.reasons.subscribe();
    let shown = reasons.wait_for(|reasons| reasons.contains(reason));
    timeout(Duration::from_secs(10), shown).await.expect("the reason is shown").unwrap();
}

/// How many times the receipt came out, whole.
fn copies(cups: &Cupsd, printer: &str) -> usize {
    let paper = cups.paper(printer);
    assert_eq!(paper.len() % RECEIPT.len(), 0, "only whole receipts");
    assert!(paper.chunks(RECEIPT.len()).all(|copy| copy == RECEIPT));
    paper.len() / RECEIPT.len()
}

fn zero(attempt: &Attempt, cause: StopCause, reason: StateReason) {
    assert_eq!((attempt.end, attempt.bytes_written), (stopped(cause), 0), "{attempt:?}");
    assert_eq!(attempt.reasons, reason.into());
}

fn in_doubt(attempt: &Attempt, cause: StopCause) {
    let all = RECEIPT.len() as u64;
    assert_eq!((attempt.end, attempt.bytes_written), (stopped(cause), all), "{attempt:?}");
}

#[tokio::test]
async fn every_byte_arrives_as_it_is() {
    let cups = Cupsd::start();
    cups.printer("POS80");
    let mut bytes: Vec<u8> = (0..=255).collect();
    bytes.extend(noise(300_000, 7));
    let mut device = cups.device("POS80", quick());
    let job = Job { clean_up: Some("\0\0\x1B@".into()), ..Job::new(bytes.clone()) };
    let attempt = print(&mut device, &job, &Notes::default()).await;
    assert_eq!((attempt.end, attempt.bytes_written), (DRAINED, bytes.len() as u64));
    assert_eq!(attempt.reasons, StateReasons::none());
    assert!(cups.paper("POS80") == [b"\0\0\x1B@", &bytes[..]].concat(), "the bytes differ");
    let status = device.status().await;
    assert_eq!((status.reachable, status.reasons), (Reachability::Silent, StateReasons::none()));
}

#[tokio::test]
async fn a_document_for_an_office_printer_goes_as_what_it_is() {
    let cups = Cupsd::start();
    cups.printer("Office");
    let mut device = cups.device("Office", quick());
    assert!(device.takes(PrintFormat::Pdf));
    let (job, notes) = (Job::new("%PDF-1.4\n%%EOF\n"), Notes::default());
    let request = PrintRequest { start: &notes, format: PrintFormat::Pdf, ..job.request() };
    assert_eq!(device.print(request).await.end, DRAINED);
    assert_eq!(cups.paper("Office"), b"%PDF-1.4\n%%EOF\n");
    assert!(cups.log().contains("application/pdf"), "{}", cups.log());
}

#[tokio::test]
async fn what_the_printer_says_is_shown_and_waited_for() {
    let cups = Cupsd::start();
    cups.printer("Bar");
    let mut device = cups.device("Bar", quick());
    for (nth, (role, reason)) in [
        ("media-empty", StateReason::MediaEmpty),
        ("cover-open", StateReason::CoverOpen),
        ("offline", StateReason::Offline),
    ]
    .into_iter()
    .enumerate()
    {
        cups.play("Bar", role);
        let job = Job::new(RECEIPT);
        let mended = async {
            shows(&job, reason).await;
            assert_eq!(copies(&cups, "Bar"), nth);
            cups.play("Bar", "");
        };
        let attempt = print_while(&mut device, &job, &Notes::default(), mended).await;
        assert_eq!((attempt.end, &attempt.reasons), (DRAINED, &StateReasons::none()), "{role}");
        assert_eq!(*job.reasons.borrow(), StateReasons::none(), "{role} is over");
        assert_eq!(copies(&cups, "Bar"), nth + 1);
    }
}

#[tokio::test]
async fn patience_ends_and_the_job_is_in_doubt() {
    let cups = Cupsd::start();
    cups.printer("Bar");
    let mut device =
        cups.device("Bar", DeviceOptions { trouble_patience: Duration::from_secs(1), ..quick() });
    for (role, reason) in [
        ("media-empty", StateReason::MediaEmpty),
        ("hold", StateReason::HeldInQueue),
        ("auth", StateReason::HeldInQueue),
    ] {
        cups.play("Bar", role);
        let attempt = print_receipt(&mut device).await;
        in_doubt(&attempt, StopCause::NotReady);
        assert_eq!(attempt.reasons, reason.into(), "{role}");
        assert_eq!(cups.tell("lpstat", &["-o", "Bar"]), "", "it cannot come out later");
        cups.play("Bar", "");
        // CUPS goes on calling the idle printer empty; nobody has to believe that.
        assert_eq!(device.status().await.reasons, StateReasons::none());
        assert_eq!(print_receipt(&mut device).await.end, DRAINED);
    }
    assert_eq!(copies(&cups, "Bar"), 3);
}

#[tokio::test]
async fn a_queue_that_stopped_over_a_job_finishes_it_when_it_is_let() {
    let cups = Cupsd::start();
    cups.printer("Bar");
    let mut device = cups.device("Bar", quick());
    for role in ["failed", "stop"] {
        cups.play("Bar", role);
        let job = Job::new(RECEIPT);
        let mended = async {
            shows(&job, StateReason::QueuePaused).await;
            assert_eq!(device_status(&cups, "Bar").await, StateReason::QueuePaused.into());
            cups.play("Bar", "");
            cups.tell("cupsenable", &["Bar"]);
        };
        assert_eq!(print_while(&mut device, &job, &Notes::default(), mended).await.end, DRAINED);
    }
    assert_eq!(copies(&cups, "Bar"), 2);
}

async fn device_status(cups: &Cupsd, queue: &str) -> StateReasons {
    cups.device(queue, quick()).status().await.reasons
}

#[tokio::test]
async fn a_job_that_is_held_or_tried_again_comes_out_in_the_end() {
    let cups = Cupsd::start();
    cups.printer("Bar");
    let mut device = cups.device("Bar", quick());
    for (role, reason) in [("hold", StateReason::HeldInQueue), ("retry", StateReason::Offline)] {
        cups.play("Bar", role);
        let (job, notes) = (Job::new(RECEIPT), Notes::default());
        let mended = async {
            shows(&job, reason).await;
            cups.play("Bar", "");
            if role == "hold" {
                cups.tell("lp", &["-i", &notes.id(), "-H", "resume"]);
            }
        };
        assert_eq!(print_while(&mut device, &job, &notes, mended).await.end, DRAINED, "{role}");
    }
    assert_eq!(copies(&cups, "Bar"), 2);
}

#[tokio::test]
async fn a_job_that_is_canceled_there_is_told_with_whether_it_had_begun() {
    let cups = Cupsd::start();
    cups.printer("Bar");
    let mut device = cups.device("Bar", quick());

    cups.play("Bar", "cancel");
    in_doubt(&print_receipt(&mut device).await, StopCause::CanceledInQueue);

    cups.play("Bar", "slow");
    let (job, notes) = (Job::new(RECEIPT), Notes::default());
    let deleted = async {
        until("the job to be printing", || cups.log().contains("Started backend")).await;
        until("its number", || notes.is_remembered()).await;
        until("it prints", || cups.tell("lpstat", &["-p", "Bar"]).contains("now printing")).await;
        cups.tell("cancel", &[&notes.id()]);
    };
    let attempt = print_while(&mut device, &job, &notes, deleted).await;
    in_doubt(&attempt, StopCause::CanceledInQueue);

    cups.play("Bar", "");
    cups.tell("lpadmin", &["-p", "Bar", "-o", "job-hold-until-default=indefinite"]);
    let (job, notes) = (Job::new(RECEIPT), Notes::default());
    let deleted = async {
        shows(&job, StateReason::HeldInQueue).await;
        cups.tell("cancel", &[&notes.id()]);
    };
    let attempt = print_while(&mut device, &job, &notes, deleted).await;
    assert_eq!(
        (attempt.end, attempt.bytes_written),
        (stopped(StopCause::CanceledInQueue), 0),
        "it had not begun"
    );
    assert_eq!(copies(&cups, "Bar"), 0);
}

/// Whoever empties a queue that is stuck takes jobs out of it that may be printed already: nobody knows of which that is true.
#[tokio::test]
async fn a_job_that_is_purged_there_is_in_doubt() {
    let cups = Cupsd::start();
    cups.printer("Bar");
    cups.play("Bar", "slow");
    // Somebody else's job, behind which ours waits.
    let letter = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(letter.path(), "letter").unwrap();
    cups.tell("lp", &["-d", "Bar", letter.path().to_str().unwrap()]);
    until("it prints", || cups.tell("lpstat", &["-p", "Bar"]).contains("now printing")).await;
    let mut device = cups.device("Bar", quick());
    let (job, notes) = (Job::new(RECEIPT), Notes::default());
    let purged = async {
        until("its number", || notes.is_remembered()).await;
        until("it waits", || cups.tell("lpstat", &["-o", "Bar"]).lines().count() == 2).await;
        cups.tell("cancel", &["-a", "-x", "Bar"]);
    };
    let attempt = print_while(&mut device, &job, &notes, purged).await;
    in_doubt(&attempt, StopCause::Forgotten);
    assert_eq!(attempt.reasons, StateReasons::none());
    assert_eq!(copies(&cups, "Bar"), 0);
}

#[tokio::test]
async fn a_job_that_the_spooler_gives_up_is_told() {
    let cups = Cupsd::start();
    cups.printer("Bar");
    cups.tell("lpadmin", &["-p", "Bar", "-o", "printer-error-policy=abort-job"]);
    cups.play("Bar", "half-failed");
    let mut device = cups.device("Bar", quick());
    in_doubt(&print_receipt(&mut device).await, StopCause::Refused);
    assert_eq!(cups.paper("Bar"), RECEIPT[..16]);
}

#[tokio::test]
async fn a_queue_that_would_not_print_gets_nothing() {
    let mut cups = Cupsd::start();
    cups.printer("Bar");
    let mut device = cups.device("Bar", quick());

    cups.tell("cupsdisable", &["-r", "Roll change", "Bar"]);
    zero(&print_receipt(&mut device).await, StopCause::NotReady, StateReason::QueuePaused);
    assert_eq!(device.status().await.reasons, StateReason::QueuePaused.into());
    cups.tell("cupsenable", &["Bar"]);

    cups.tell("cupsreject", &["Bar"]);
    zero(&print_receipt(&mut device).await, StopCause::NotReady, StateReason::QueueRejecting);
    assert_eq!(device.status().await.reasons, StateReason::QueueRejecting.into());
    cups.tell("cupsaccept", &["Bar"]);

    cups.tell("lpadmin", &["-x", "Bar"]);
    zero(&print_receipt(&mut device).await, StopCause::NotReady, StateReason::QueueMissing);
    assert_eq!(device.status().await.reasons, StateReason::QueueMissing.into());
    cups.printer("Bar");

    cups.kill();
    zero(&print_receipt(&mut device).await, StopCause::NotReady, StateReason::SpoolerDown);
    assert_eq!(device.status().await.reasons, StateReason::SpoolerDown.into());
    cups.run();

    assert_eq!(copies(&cups, "Bar"), 0);
    assert_eq!(print_receipt(&mut device).await.end, DRAINED, "and all is well again");
    assert_eq!(copies(&cups, "Bar"), 1);
}

#[tokio::test]
async fn a_job_caught_in_a_stopped_queue_comes_back_untouched() {
    let cups = Cupsd::start();
    cups.printer("Bar");
    let mut device = cups.device("Bar", quick());
    let socket = cups.socket();
    let notes = Notes::meanwhile(move |job| tool(&socket, "cupsdisable", &job.queue));
    let attempt = print(&mut device, &Job::new(RECEIPT), &notes).await;
    zero(&attempt, StopCause::NotReady, StateReason::QueuePaused);
    assert_eq!(cups.tell("lpstat", &["-o", "Bar"]), "", "nothing waits there");
    cups.tell("cupsenable", &["Bar"]);
    assert_eq!(print_receipt(&mut device).await.end, DRAINED);
    assert_eq!(copies(&cups, "Bar"), 1);
}

#[tokio::test]
async fn a_queue_that_is_deleted_under_a_job_is_told() {
    let cups = Cupsd::start();
    cups.printer("Bar");
    let mut device = cups.device("Bar", quick());
    let socket = cups.socket();
    let notes = Notes::meanwhile(move |job| tool_with(&socket, "lpadmin", &["-x", &job.queue]));
    let attempt = print(&mut device, &Job::new(RECEIPT), &notes).await;
    zero(&attempt, StopCause::NotReady, StateReason::QueueMissing);

    cups.printer("Bar");
    cups.play("Bar", "slow");
    let (job, notes) = (Job::new(RECEIPT), Notes::default());
    let deleted = async {
        until("the number", || notes.is_remembered()).await;
        until("it prints", || cups.tell("lpstat", &["-p", "Bar"]).contains("now printing")).await;
        cups.tell("lpadmin", &["-x", "Bar"]);
    };
    let attempt = print_while(&mut device, &job, &notes, deleted).await;
    assert_eq!(attempt.bytes_written, RECEIPT.len() as u64, "nobody knows: {attempt:?}");
    assert!(attempt.end != DRAINED && attempt.end != SUBMITTED, "{attempt:?}");
}

fn tool(socket: &std::path::Path, tool: &str, queue: &str) {
    tool_with(socket, tool, &[queue]);
}

fn tool_with(socket: &std::path::Path, tool: &str, arguments: &[&str]) {
    let mut command = std::process::Command::new(tool);
    let done = command.args(arguments).env("CUPS_SERVER", socket).status().unwrap();
    assert!(done.success(), "{tool} {arguments:?}");
}

/// A port of this machine that nobody listens on.
fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[tokio::test]
async fn a_network_printer_that_refuses_is_seen_as_offline() {
    let cups = Cupsd::start();
    let port = free_port();
    cups.queue("POS80", &format!("socket://127.0.0.1:{port}"));
    let mut device = cups.device("POS80", quick());
    let job = Job::new(RECEIPT);
    let switched_on = async {
        // CUPS itself says "processing", with the reason "none".
        shows(&job, StateReason::Offline).await;
        let printer = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
        let taken = tokio::task::spawn_blocking(move || {
            let mut paper = Vec::new();
            printer.accept().unwrap().0.read_to_end(&mut paper).unwrap();
            paper
        });
        assert_eq!(timeout(SOON, taken).await.unwrap().unwrap(), RECEIPT);
    };
    assert_eq!(print_while(&mut device, &job, &Notes::default(), switched_on).await.end, DRAINED);
}

#[tokio::test]
async fn what_never_reached_its_printer_is_taken_back_without_doubt() {
    let cups = Cupsd::start();
    let port = free_port();
    cups.queue("POS80", &format!("socket://127.0.0.1:{port}"));
    let patience = DeviceOptions { trouble_patience: Duration::from_secs(1), ..quick() };
    let mut device = cups.device("POS80", patience);
    let attempt = print_receipt(&mut device).await;
    zero(&attempt, StopCause::NotReady, StateReason::Offline);
    assert_eq!(cups.tell("lpstat", &["-o", "POS80"]), "", "it cannot come out later");
}

#[tokio::test]
async fn a_spooler_that_stands_still_holds_nobody_else_up() {
    let cups = Cupsd::start();
    cups.printer("Bar");
    let peer = Peer::start(Script::default());
    let (mut stuck, mut free) = (cups.device("Bar", quick()), common::device(&peer, quick()));
    cups.freeze();
    let others = async {
        for _ in 0..20 {
            assert_eq!(common::print(&mut free, RECEIPT).await.end, DRAINED);
        }
    };
    let (job, notes) = (Job::new(RECEIPT), Notes::default());
    let attempt = {
        let waiting = print(&mut stuck, &job, &notes);
        tokio::pin!(waiting);
        // Twenty receipts do not wait for one spooler.
        tokio::select! {
            biased;
            attempt = &mut waiting => panic!("the spooler stands still: {attempt:?}"),
            () = others => {}
        }
        waiting.await
    };
    zero(&attempt, StopCause::NotReady, StateReason::SpoolerDown);
    assert_eq!(stuck.status().await.reasons, StateReason::SpoolerDown.into());
    cups.thaw();
    assert_eq!(print_receipt(&mut stuck).await.end, DRAINED);
    assert_eq!(copies(&cups, "Bar"), 1);
}

#[tokio::test]
async fn a_document_that_a_frozen_spooler_has_half_taken_comes_out_once() {
    let cups = Cupsd::start();
    cups.printer("Bar");
    let mut device = cups.device("Bar", quick());
    let (job, notes) = (Job::new(RECEIPT), Notes::default());
    let pid = cups.pid();
    let notes = Notes { meanwhile: Some(Box::new(move |_| common::cupsd::freeze(pid))), ..notes };
    let thawed = async {
        shows(&job, StateReason::SpoolerDown).await;
        cups.thaw();
    };
    let attempt = print_while(&mut device, &job, &notes, thawed).await;
    match attempt.bytes_written {
        0 => {
            zero(&attempt, StopCause::NotReady, StateReason::SpoolerDown);
            assert_eq!(print_receipt(&mut device).await.end, DRAINED);
        }
        _ => assert_eq!(attempt.end, DRAINED, "{attempt:?}"),
    }
    assert_eq!(cups.tell("lpstat", &["-o", "Bar"]), "");
    assert_eq!(copies(&cups, "Bar"), 1);
}

#[tokio::test]
async fn a_job_is_found_again_after_a_crash() {
    let cups = Cupsd::start();
    cups.printer("Bar");
    cups.play("Bar", "slow");
    let server = || Some(SpoolerServer::Socket(cups.socket()));
    let (job, notes) = (Job::new(RECEIPT), Notes::default());
    let mut device = cups.device("Bar", quick());
    {
        let request = PrintRequest { start: &notes, ..job.request() };
        let printing = device.print(request);
        let begun = async {
            until("the number", || notes.is_remembered()).await;
            let fate = async || look_up(&notes.job(), server()).await;
            while fate().await != Ok(Fate::Printing) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        // The engine dies here: the attempt is dropped in the middle.
        tokio::select! {
            attempt = printing => panic!("too early: {attempt:?}"),
            begun = timeout(SOON, begun) => begun.expect("it is printing"),
        }
    }
    let left = notes.job();
    let stranger = SpoolerJob { name: "Platen 1-2-3".to_owned(), ..left.clone() };
    assert_eq!(look_up(&stranger, server()).await, Ok(Fate::Forgotten), "a number is no proof");

    let mut successor = cups.device("Bar", quick());
    let again = Job::new(RECEIPT);
    let nothing = Notes::default();
    let request = PrintRequest { start: &nothing, ..again.request() };
    let go_on = async { cups.play("Bar", "") };
    let (attempt, ()) = tokio::join!(timeout(SOON, successor.follow(&left, request)), go_on);
    assert_eq!(attempt.unwrap().unwrap().end, DRAINED);
    assert!(!nothing.is_remembered(), "nothing is sent again");
    assert_eq!(look_up(&left, server()).await, Ok(Fate::Completed));
    assert_eq!(copies(&cups, "Bar"), 1);
}

#[tokio::test]
async fn a_crash_before_the_document_went_is_not_in_doubt() {
    let cups = Cupsd::start();
    cups.printer("Bar");
    let server = || Some(SpoolerServer::Socket(cups.socket()));
    let notes = Notes::default();
    {
        let job = Job::new(RECEIPT);
        let crash = Crash(&notes);
        let request = PrintRequest { start: &crash, ..job.request() };
        let mut device = cups.device("Bar", quick());
        let crashed = std::panic::AssertUnwindSafe(device.print(request));
        assert!(futures_catch(crashed).await.is_err(), "the engine died");
    }
    let left = notes.job();
    assert_eq!(look_up(&left, server()).await, Ok(Fate::Incomplete));
    let (job, nothing) = (Job::new(RECEIPT), Notes::default());
    let request = PrintRequest { start: &nothing, ..job.request() };
    let mut successor = cups.device("Bar", quick());
    let attempt = timeout(SOON, successor.follow(&left, request)).await.unwrap().unwrap();
    assert_eq!((attempt.end, attempt.bytes_written), (stopped(StopCause::NotReady), 0));
    assert_eq!(look_up(&left, server()).await, Ok(Fate::Canceled), "nothing stays behind");
    assert_eq!(copies(&cups, "Bar"), 0);
}

/// Remembers the job, and dies.
struct Crash<'a>(&'a Notes);

#[async_trait]
impl StartRecord for Crash<'_> {
    fn first_byte(&self) -> Result<(), NotRecorded> {
        panic!("told to die")
    }

    async fn remember(&self, job: &SpoolerJob) -> Result<(), NotRecorded> {
        self.0.remember(job).await
    }
}

/// What a future gives, or that it panicked.
async fn futures_catch<T>(
    future: std::panic::AssertUnwindSafe<impl Future<Output = T>>,
) -> Result<T, ()> {
    let mut future = Box::pin(future.0);
    std::future::poll_fn(move |context| {
        let polled = std::panic::AssertUnwindSafe(|| future.as_mut().poll(context));
        match std::panic::catch_unwind(polled) {
            Ok(poll) => poll.map(Ok),
            Err(_) => std::task::Poll::Ready(Err(())),
        }
    })
    .await
}

#[tokio::test]
async fn the_systems_queues_are_listed_and_a_dead_service_is_no_empty_list() {
    let mut cups = Cupsd::start();
    list_shows("none", &cups).await;
    cups.queue("POS80", "socket://127.0.0.1:9100");
    cups.printer("Bar");
    list_shows("both", &cups).await;
    cups.freeze();
    list_shows("down", &cups).await;
    cups.thaw();
    cups.kill();
    list_shows("down", &cups).await;
}

async fn list_shows(expected: &str, cups: &Cupsd) {
    let server = cups.socket().display().to_string();
    let environment = [("CUPS_SERVER", server.as_str()), ("PLATEN_EXPECTED", expected)];
    common::rerun("inner_list_of_queues", &environment).await;
}

/// Runs in a process of its own, because CUPS's library reads its server from the environment.
#[tokio::test]
#[ignore = "run by the test above, with a server"]
async fn inner_list_of_queues() {
    let found = timeout(SOON, queues()).await.expect("a list does not take for ever");
    let expected = std::env::var("PLATEN_EXPECTED").unwrap();
    if expected == "down" {
        assert_eq!(found, Err(platen_devices::spooler::ListError::SpoolerDown));
        return;
    }
    let mut found = found.unwrap();
    found.sort_by(|one, other| one.name.cmp(&other.name));
    if expected == "none" {
        assert_eq!(found, []);
        return;
    }
    let names: Vec<&str> = found.iter().map(|queue| queue.name.as_str()).collect();
    assert_eq!(names, ["Bar", "POS80"]);
    assert_eq!(found[0].target, QueueTarget::Other("playing".to_owned()));
    let network = QueueTarget::Network { host: "127.0.0.1".to_owned(), port: 9100 };
    assert_eq!(found[1].target, network);
}
