//! What the spooler says, and what follows: every case of the tables, on a spooler that plays a script.

mod windows;

use super::attempt::Printer;
use super::fake::{FakeSpooler, view};
use super::port::{Cleanly, Intake, JobView, Phase, QueueState, SpoolerError, Stage, Touched};
use crate::{
    Device, DeviceOptions, NotRecorded, PrintFormat, PrintRequest, SpoolerJob, StartRecord,
};
use async_trait::async_trait;
use platen_job::{Attempt, AttemptEnd, Evidence, StateReason, StateReasons, StopCause};
use std::sync::Mutex;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

const BYTES: &[u8] = b"\x1B@Total 12.50\n";

/// What was recorded, in order.
#[derive(Default)]
struct Record {
    steps: Mutex<Vec<&'static str>>,
    refuses: Option<&'static str>,
}

impl Record {
    fn step(&self, step: &'static str) -> Result<(), NotRecorded> {
        self.steps.lock().unwrap().push(step);
        if self.refuses == Some(step) { Err(NotRecorded) } else { Ok(()) }
    }
}

#[async_trait]
impl StartRecord for Record {
    fn first_byte(&self) -> Result<(), NotRecorded> {
        self.step("first byte")
    }

    async fn remember(&self, job: &SpoolerJob) -> Result<(), NotRecorded> {
        assert_eq!((job.queue.as_str(), job.id), ("POS80", 7));
        assert!(job.name.starts_with("Platen "));
        self.step("remember")
    }

    async fn taking_back(&self, _job: &SpoolerJob) -> Result<(), NotRecorded> {
        self.step("taking back")
    }
}

struct Case {
    printer: Printer<FakeSpooler>,
    record: Record,
    reasons: watch::Sender<StateReasons>,
    cancel: CancellationToken,
}

impl Case {
    fn new(spooler: FakeSpooler) -> Case {
        Case {
            printer: Printer::new(spooler, "POS80".to_owned(), DeviceOptions::default()),
            record: Record::default(),
            reasons: watch::Sender::new(StateReasons::none()),
            cancel: CancellationToken::new(),
        }
    }

    async fn print(&mut self) -> Attempt {
        let request = PrintRequest {
            bytes: BYTES.into(),
            format: PrintFormat::Raw,
            clean_up: None,
            start: &self.record,
            reasons: &self.reasons,
            token: *b"A000",
            cancel: self.cancel.clone(),
        };
        self.printer.print(request).await
    }

    /// Gathers every change of the reasons shown, until the case is over.
    fn listener(&self) -> tokio::task::JoinHandle<Vec<StateReasons>> {
        let mut heard = self.reasons.subscribe();
        tokio::spawn(async move {
            let mut all = Vec::new();
            while heard.changed().await.is_ok() {
                all.push(heard.borrow_and_update().clone());
            }
            all
        })
    }

    fn spooler(&self) -> &FakeSpooler {
        &self.printer.spooler
    }
}

fn stopped(cause: StopCause) -> AttemptEnd {
    AttemptEnd::Stopped(cause)
}

fn printing(reasons: impl Into<StateReasons>) -> Result<JobView, SpoolerError> {
    Ok(view(Stage::Printing, Touched::Perhaps, reasons))
}

fn waiting(touched: Touched) -> Result<JobView, SpoolerError> {
    Ok(view(Stage::Waiting, touched, StateReasons::none()))
}

fn done(stage: Stage, touched: Touched) -> Result<JobView, SpoolerError> {
    Ok(view(stage, touched, StateReasons::none()))
}

fn paused() -> QueueState {
    QueueState { phase: Phase::Stopped, intake: Intake::Open, reasons: StateReasons::none() }
}

fn completed() -> Result<JobView, SpoolerError> {
    done(Stage::Completed(Cleanly::Yes), Touched::Perhaps)
}

#[tokio::test(start_paused = true)]
async fn a_job_is_remembered_before_its_document_goes() {
    let mut case = Case::new(FakeSpooler::saying([waiting(Touched::Never), completed()]));
    let attempt = case.print().await;
    assert_eq!(attempt.end, AttemptEnd::Finished(Evidence::Drained));
    assert_eq!(attempt.bytes_written, BYTES.len() as u64);
    assert_eq!(*case.record.steps.lock().unwrap(), ["remember", "first byte"]);
    assert_eq!(case.spooler().documents, [BYTES]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_recorded_is_not_sent() {
    for step in ["remember", "first byte"] {
        let mut case = Case::new(FakeSpooler::saying([completed()]));
        case.record.refuses = Some(step);
        let attempt = case.print().await;
        assert_eq!((attempt.end, attempt.bytes_written), (stopped(StopCause::NotRecorded), 0));
        assert!(case.spooler().documents.is_empty());
        assert!(case.spooler().canceled, "the empty job is taken back");
    }
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_would_not_print_gets_no_job() {
    let stopped_queue = |phase, intake| {
        let mut spooler = FakeSpooler::saying([completed()]);
        let queue = spooler.queue.as_mut().unwrap();
        (queue.phase, queue.intake) = (phase, intake);
        spooler
    };
    let failing = |error| FakeSpooler { queue: Err(error), ..FakeSpooler::saying([completed()]) };
    let refusing = |error| FakeSpooler { begin: Err(error), ..FakeSpooler::saying([completed()]) };
    for (spooler, reason) in [
        (stopped_queue(Phase::Stopped, Intake::Open), StateReason::QueuePaused),
        (stopped_queue(Phase::Idle, Intake::Closed), StateReason::QueueRejecting),
        (failing(SpoolerError::Down), StateReason::SpoolerDown),
        (failing(SpoolerError::QueueMissing), StateReason::QueueMissing),
        (refusing(SpoolerError::Rejecting), StateReason::QueueRejecting),
        (refusing(SpoolerError::Down), StateReason::SpoolerDown),
        (refusing(SpoolerError::Refused(0x0507)), StateReason::QueueRejecting),
    ] {
        let mut case = Case::new(spooler);
        let attempt = case.print().await;
        assert_eq!((attempt.end, attempt.bytes_written), (stopped(StopCause::NotReady), 0));
        assert_eq!(attempt.reasons, reason.into());
        assert_eq!(*case.reasons.borrow(), reason.into(), "it is shown, too");
        assert!(case.record.steps.lock().unwrap().is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn a_format_that_the_queue_refuses_is_not_tried_again() {
    let spooler = FakeSpooler {
        begin: Err(SpoolerError::FormatRefused),
        ..FakeSpooler::saying([completed()])
    };
    let attempt = Case::new(spooler).print().await;
    assert_eq!((attempt.end, attempt.bytes_written), (stopped(StopCause::Refused), 0));
}

#[tokio::test(start_paused = true)]
async fn the_printers_trouble_is_shown_while_it_lasts() {
    let views = [printing(StateReason::MediaEmpty), printing(StateReasons::none()), completed()];
    let mut case = Case::new(FakeSpooler::saying(views));
    let listener = case.listener();
    let attempt = case.print().await;
    assert_eq!(attempt.end, AttemptEnd::Finished(Evidence::Drained));
    drop(case);
    let all = listener.await.unwrap();
    assert_eq!(all, [StateReason::MediaEmpty.into(), StateReasons::none()]);
}

#[tokio::test(start_paused = true)]
async fn a_reason_from_before_the_job_is_believed_only_if_it_stays() {
    for (views, believed) in [(2, false), (40, true)] {
        let mut all = vec![printing(StateReason::MediaEmpty); views];
        all.push(completed());
        let mut spooler = FakeSpooler::saying(all);
        spooler.queue.as_mut().unwrap().reasons = StateReason::MediaEmpty.into();
        let mut case = Case::new(spooler);
        let mut heard = case.reasons.subscribe();
        assert_eq!(case.print().await.end, AttemptEnd::Finished(Evidence::Drained));
        assert_eq!(heard.has_changed().unwrap(), believed);
        heard.mark_unchanged();
    }
}

#[tokio::test(start_paused = true)]
async fn patience_with_trouble_ends_with_the_job_taken_back() {
    for touched in [Touched::Never, Touched::Perhaps] {
        let views = [Ok(view(Stage::Printing, touched, StateReason::Offline))];
        let after_cancel = Some(view(Stage::Canceled, touched, StateReasons::none()));
        let mut case = Case::new(FakeSpooler { after_cancel, ..FakeSpooler::saying(views) });
        let attempt = case.print().await;
        assert_eq!(attempt.end, stopped(StopCause::NotReady));
        assert_eq!(attempt.bytes_written == 0, touched == Touched::Never);
        assert_eq!(attempt.reasons, StateReason::Offline.into());
    }
}

#[tokio::test(start_paused = true)]
async fn a_job_that_never_began_in_a_stopped_queue_comes_back_at_once() {
    let mut spooler = FakeSpooler::saying([waiting(Touched::Never)]);
    spooler.after_cancel = Some(view(Stage::Canceled, Touched::Never, StateReasons::none()));
    let began = tokio::time::Instant::now();
    spooler.queue_later = Some(Ok(paused()));
    let attempt = Case::new(spooler).print().await;
    assert_eq!((attempt.end, attempt.bytes_written), (stopped(StopCause::NotReady), 0));
    assert_eq!(attempt.reasons, StateReason::QueuePaused.into());
    assert!(began.elapsed() < std::time::Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_job_that_began_before_it_was_taken_back_is_in_doubt() {
    let mut spooler = FakeSpooler::saying([waiting(Touched::Never)]);
    spooler.after_cancel = Some(view(Stage::Canceled, Touched::Perhaps, StateReasons::none()));
    spooler.queue_later = Some(Ok(paused()));
    let attempt = Case::new(spooler).print().await;
    assert_eq!(attempt.end, stopped(StopCause::NotReady));
    assert_eq!(attempt.bytes_written, BYTES.len() as u64);
}

#[tokio::test(start_paused = true)]
async fn the_end_of_a_job_is_told_as_it_is() {
    let drained = AttemptEnd::Finished(Evidence::Drained);
    let submitted = AttemptEnd::Finished(Evidence::Submitted);
    let (none, all) = (0, BYTES.len() as u64);
    for (last, end, bytes) in [
        (completed(), drained, all),
        (done(Stage::Completed(Cleanly::No), Touched::Perhaps), submitted, all),
        (done(Stage::Canceled, Touched::Never), stopped(StopCause::CanceledInQueue), none),
        (done(Stage::Canceled, Touched::Perhaps), stopped(StopCause::CanceledInQueue), all),
        (done(Stage::Aborted, Touched::Never), stopped(StopCause::Refused), none),
        (done(Stage::Aborted, Touched::Perhaps), stopped(StopCause::Refused), all),
        (Err(SpoolerError::JobGone), stopped(StopCause::Forgotten), all),
    ] {
        let mut case = Case::new(FakeSpooler::saying([waiting(Touched::Never), last.clone()]));
        let attempt = case.print().await;
        assert_eq!((attempt.end, attempt.bytes_written), (end, bytes), "{last:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_service_that_comes_back_without_the_job_is_not_called_down() {
    let views = [Err(SpoolerError::Down), Err(SpoolerError::Down), Err(SpoolerError::JobGone)];
    let attempt = Case::new(FakeSpooler::saying(views)).print().await;
    assert_eq!(
        (attempt.end, attempt.reasons),
        (stopped(StopCause::Forgotten), StateReasons::none())
    );
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_takes_its_jobs_along_leaves_them_in_doubt() {
    let views = [printing(StateReasons::none()), Err(SpoolerError::JobGone)];
    let mut spooler = FakeSpooler::saying(views);
    spooler.queue_later = Some(Err(SpoolerError::QueueMissing));
    let attempt = Case::new(spooler).print().await;
    assert_eq!(attempt.end, stopped(StopCause::ConnectionLost));
    assert_eq!(attempt.bytes_written, BYTES.len() as u64);
}

#[tokio::test(start_paused = true)]
async fn a_document_that_never_arrived_whole_is_not_in_doubt() {
    let incoming = done(Stage::Incoming, Touched::Never);
    let mut spooler = FakeSpooler::saying([incoming]);
    spooler.send = Err(SpoolerError::Down);
    spooler.after_cancel = Some(view(Stage::Canceled, Touched::Never, StateReasons::none()));
    let attempt = Case::new(spooler).print().await;
    assert_eq!((attempt.end, attempt.bytes_written), (stopped(StopCause::NotReady), 0));
    assert_eq!(attempt.reasons, StateReason::SpoolerDown.into());
}

#[tokio::test(start_paused = true)]
async fn a_document_that_is_refused_is_not_in_doubt() {
    for (error, cause, reasons) in [
        (SpoolerError::JobGone, StopCause::NotReady, StateReason::QueueMissing.into()),
        (SpoolerError::Refused(0x0507), StopCause::NotReady, StateReason::QueueRejecting.into()),
        (SpoolerError::FormatRefused, StopCause::Refused, StateReasons::none()),
    ] {
        let mut spooler = FakeSpooler::saying([completed()]);
        spooler.send = Err(error);
        let mut case = Case::new(spooler);
        let attempt = case.print().await;
        assert_eq!((attempt.end, attempt.bytes_written), (stopped(cause), 0), "{error}");
        assert_eq!(attempt.reasons, reasons);
        assert!(case.printer.spooler.canceled, "nothing stays in the queue");
    }
}

#[tokio::test(start_paused = true)]
async fn a_document_that_arrived_all_the_same_is_watched_to_its_end() {
    let mut spooler = FakeSpooler::saying([Err(SpoolerError::Down), completed()]);
    spooler.send = Err(SpoolerError::Down);
    let mut case = Case::new(spooler);
    let attempt = case.print().await;
    assert_eq!(attempt.end, AttemptEnd::Finished(Evidence::Drained));
    assert_eq!(*case.reasons.borrow(), StateReasons::none());
}

#[tokio::test(start_paused = true)]
async fn a_spooler_that_dies_under_a_job_leaves_it_in_doubt() {
    let spooler = FakeSpooler::saying([printing(StateReasons::none()), Err(SpoolerError::Down)]);
    let mut case = Case::new(spooler);
    let attempt = case.print().await;
    assert_eq!(attempt.end, stopped(StopCause::NotReady));
    assert_eq!(attempt.bytes_written, BYTES.len() as u64);
    assert_eq!(attempt.reasons, StateReason::SpoolerDown.into());
}

#[tokio::test(start_paused = true)]
async fn a_job_that_is_canceled_here_is_canceled_there() {
    for touched in [Touched::Never, Touched::Perhaps] {
        let mut spooler =
            FakeSpooler::saying([Ok(view(Stage::Waiting, touched, StateReasons::none()))]);
        spooler.after_cancel = Some(view(Stage::Canceled, touched, StateReasons::none()));
        let mut case = Case::new(spooler);
        let cancel = case.cancel.clone();
        tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_secs(1)).await;
            cancel.cancel();
        });
        let attempt = case.print().await;
        assert_eq!(attempt.end, stopped(StopCause::Canceled));
        assert_eq!(attempt.bytes_written == 0, touched == Touched::Never);
        assert!(case.spooler().canceled);
    }
}

/// After a crash it would look like a job that somebody deleted there.
#[tokio::test(start_paused = true)]
async fn a_job_is_taken_back_only_once_that_is_recorded() {
    let waiting = Ok(view(Stage::Waiting, Touched::Never, StateReason::QueuePaused));
    let taken = view(Stage::Canceled, Touched::Never, StateReasons::none());
    let mut case = Case::new(FakeSpooler::saying([waiting.clone()]));
    case.printer.spooler.after_cancel = Some(taken.clone());
    let attempt = case.print().await;
    assert_eq!((attempt.end, attempt.bytes_written), (stopped(StopCause::NotReady), 0));
    assert_eq!(*case.record.steps.lock().unwrap(), ["remember", "first byte", "taking back"]);

    let mut case = Case::new(FakeSpooler::saying([waiting.clone(), waiting, completed()]));
    case.printer.spooler.after_cancel = Some(taken);
    case.record.refuses = Some("taking back");
    let attempt = case.print().await;
    assert_eq!(attempt.end, AttemptEnd::Finished(Evidence::Drained), "it stayed there");
    assert!(!case.spooler().canceled);
}

#[tokio::test(start_paused = true)]
async fn an_idle_queue_says_nothing_of_its_printer() {
    let mut spooler = FakeSpooler::saying([completed()]);
    spooler.queue.as_mut().unwrap().reasons = StateReason::MediaEmpty.into();
    let status = Case::new(spooler).printer.status().await;
    assert_eq!(status.reachable, crate::Reachability::Silent);
    assert_eq!(status.reasons, StateReasons::none());
}

#[test]
fn a_queue_takes_what_other_ways_do_not() {
    let queue = crate::SpoolerDevice::new("Office".to_owned(), DeviceOptions::default());
    let network = crate::NetworkDevice::new("host".to_owned(), 9100, DeviceOptions::default());
    assert!(network.takes(PrintFormat::Raw) && !network.takes(PrintFormat::Pdf));
    assert!(queue.takes(PrintFormat::Raw));
    assert_eq!(queue.takes(PrintFormat::Pdf), cfg!(unix));
}
