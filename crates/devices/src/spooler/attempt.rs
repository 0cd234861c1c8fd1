//! One attempt at one job, from the queue's state to what the spooler says of its end.

use super::port::{Intake, Phase, QueueState, Spooler, SpoolerError, Touched};
use super::watch::Watch;
use super::{SpoolerServer, System};
use crate::{
    Device, DeviceMemory, DeviceOptions, DeviceUri, PrintFormat, PrintRequest, PrinterStatus,
    Reachability, SpoolerJob,
};
use async_trait::async_trait;
use bytes::{BufMut, Bytes, BytesMut};
use platen_job::{Attempt, AttemptEnd, StateReason, StateReasons, StopCause};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use tracing::{debug, info};

/// A queue of the operating system.
///
/// `bytes_written` of its attempts is all or nothing: zero where the spooler never began to print the job.
pub struct SpoolerDevice {
    printer: Printer<System>,
}

/// The same over any spooler.
pub(super) struct Printer<S> {
    pub(super) spooler: S,
    queue: String,
    /// How logs name it.
    address: DeviceUri,
    options: DeviceOptions,
}

impl SpoolerDevice {
    /// Asks the spooler nothing yet.
    pub fn new(queue: String, options: DeviceOptions) -> SpoolerDevice {
        let server: Option<SpoolerServer> = options.spooler.clone();
        let spooler = System::new(server, options.connect_timeout);
        SpoolerDevice { printer: Printer::new(spooler, queue, options) }
    }
}

#[async_trait]
impl Device for SpoolerDevice {
    async fn print(&mut self, request: PrintRequest<'_>) -> Attempt {
        self.printer.print(request).await
    }

    fn takes(&self, format: PrintFormat) -> bool {
        System::takes(format)
    }

    async fn follow(&mut self, job: &SpoolerJob, request: PrintRequest<'_>) -> Option<Attempt> {
        Some(self.printer.follow(job, &request).await)
    }

    async fn status(&mut self) -> PrinterStatus {
        self.printer.status().await
    }

    async fn release(&mut self) {
        self.printer.spooler.release();
    }

    fn memory(&self) -> DeviceMemory {
        self.printer.options.memory
    }
}

impl<S: Spooler> Printer<S> {
    pub(super) fn new(spooler: S, queue: String, options: DeviceOptions) -> Printer<S> {
        let address = DeviceUri::Spooler { queue: queue.clone() };
        Printer { spooler, queue, address, options }
    }

    pub(super) async fn print(&mut self, request: PrintRequest<'_>) -> Attempt {
        let attempt = match self.submit(&request).await {
            Ok((job, queue)) => self.watch(&job, queue.reasons, &request).await,
            Err(attempt) => attempt,
        };
        debug!(printer = %self.address, bytes = attempt.bytes_written, end = ?attempt.end, "attempt ended");
        attempt
    }

    pub(super) async fn follow(&mut self, job: &SpoolerJob, request: &PrintRequest<'_>) -> Attempt {
        info!(printer = %self.address, job = job.id, "looking for a job of an earlier run");
        self.watch(job, StateReasons::none(), request).await
    }

    pub(super) async fn status(&mut self) -> PrinterStatus {
        match self.spooler.queue(&self.queue).await {
            Ok(queue) if !trouble_of(&queue).is_empty() => {
                PrinterStatus { reachable: Reachability::Silent, reasons: trouble_of(&queue) }
            }
            Ok(QueueState { phase: Phase::Printing, reasons, .. }) => {
                PrinterStatus { reachable: Reachability::Silent, reasons }
            }
            // What an idle queue says of its printer was true at its last job.
            Ok(_) => {
                PrinterStatus { reachable: Reachability::Silent, reasons: StateReasons::none() }
            }
            Err(error) => {
                PrinterStatus { reachable: Reachability::Silent, reasons: reason_of(error).into() }
            }
        }
    }

    /// Brings the document into the spooler, and the number that it has there into the record.
    async fn submit(
        &mut self,
        request: &PrintRequest<'_>,
    ) -> Result<(SpoolerJob, QueueState), Attempt> {
        let queue = self.ready(request).await?;
        if request.cancel.is_cancelled() {
            return Err(nothing_sent(StopCause::Canceled, StateReasons::none()));
        }
        if !S::takes(request.format) {
            return Err(nothing_sent(StopCause::Refused, StateReasons::none()));
        }
        let name = job_name();
        let begun = self.spooler.begin(&self.queue, &name, request.format).await;
        let (id, open) = begun.map_err(|error| self.refusal(error, request))?;
        let job = SpoolerJob { queue: self.queue.clone(), id, name };
        let recorded = request.start.remember(&job).await.and_then(|()| request.start.first_byte());
        if recorded.is_err() {
            drop(open);
            self.forget(&job).await;
            return Err(nothing_sent(StopCause::NotRecorded, StateReasons::none()));
        }
        match self.spooler.send(open, whole_document(request)).await {
            Ok(()) => request.start.handed_over(),
            // Whether it arrived shows in the job's state.
            Err(SpoolerError::Down) => {
                info!(printer = %self.address, job = id, "the spooler went silent over a document");
                request.reasons.send_replace(StateReason::SpoolerDown.into());
            }
            Err(error) => {
                // Where that cannot be recorded and a crash follows, the job is told as canceled: it is not printed either way.
                let _ = request.start.taking_back(&job).await;
                self.forget(&job).await;
                return Err(self.refusal(error, request));
            }
        }
        Ok((job, queue))
    }

    /// The queue's state, where it would print a job now.
    async fn ready(&mut self, request: &PrintRequest<'_>) -> Result<QueueState, Attempt> {
        let queue = match self.spooler.queue(&self.queue).await {
            Ok(queue) => queue,
            Err(error) => return Err(self.refusal(error, request)),
        };
        let reasons = trouble_of(&queue);
        if reasons.is_empty() {
            return Ok(queue);
        }
        info!(printer = %self.address, %reasons, "the queue is not ready");
        request.reasons.send_replace(reasons.clone());
        Err(nothing_sent(StopCause::NotReady, reasons))
    }

    fn refusal(&self, error: SpoolerError, request: &PrintRequest<'_>) -> Attempt {
        info!(printer = %self.address, %error, "the spooler did not take the job");
        if error == SpoolerError::FormatRefused {
            return nothing_sent(StopCause::Refused, StateReasons::none());
        }
        let reasons = StateReasons::from(reason_of(error));
        request.reasons.send_replace(reasons.clone());
        nothing_sent(StopCause::NotReady, reasons)
    }

    async fn watch(
        &mut self,
        job: &SpoolerJob,
        heard_before: StateReasons,
        request: &PrintRequest<'_>,
    ) -> Attempt {
        let bytes = request.bytes.len() as u64;
        let watch = Watch::new(&mut self.spooler, job, &self.options, heard_before, request);
        let watched = watch.until_its_end().await;
        let bytes_written = match (watched.end, watched.touched) {
            (AttemptEnd::Stopped(_), Touched::Never) => 0,
            _ => bytes,
        };
        if let AttemptEnd::Stopped(cause) = watched.end {
            info!(printer = %self.address, job = job.id, bytes_written, %cause, "printing stopped");
        }
        Attempt { bytes_written, end: watched.end, reasons: watched.reasons }
    }

    /// Takes back a job that has no document. Where that fails the spooler drops it by itself.
    async fn forget(&mut self, job: &SpoolerJob) {
        if let Err(error) = self.spooler.cancel(job).await {
            debug!(printer = %self.address, job = job.id, %error, "an empty job was left to the spooler");
        }
    }
}

/// What keeps a queue from printing a job now.
pub(super) fn trouble_of(queue: &QueueState) -> StateReasons {
    let mut reasons = StateReasons::none();
    match queue.phase {
        Phase::Idle | Phase::Printing => {}
        Phase::Stopped => reasons.insert(StateReason::QueuePaused),
        Phase::OffLine => reasons.insert(StateReason::Offline),
    }
    if queue.intake == Intake::Closed {
        reasons.insert(StateReason::QueueRejecting);
    }
    reasons
}

pub(super) fn reason_of(error: SpoolerError) -> StateReason {
    match error {
        SpoolerError::Down => StateReason::SpoolerDown,
        // A job goes with its queue, and is forgotten before it has a document only then.
        SpoolerError::QueueMissing | SpoolerError::JobGone => StateReason::QueueMissing,
        SpoolerError::Rejecting | SpoolerError::FormatRefused | SpoolerError::Refused(_) => {
            StateReason::QueueRejecting
        }
    }
}

fn nothing_sent(cause: StopCause, reasons: StateReasons) -> Attempt {
    Attempt { bytes_written: 0, end: AttemptEnd::Stopped(cause), reasons }
}

fn whole_document(request: &PrintRequest<'_>) -> Bytes {
    match &request.clean_up {
        None => request.bytes.clone(),
        Some(clean_up) => {
            let mut whole = BytesMut::with_capacity(clean_up.len() + request.bytes.len());
            whole.put_slice(clean_up);
            whole.put_slice(&request.bytes);
            whole.freeze()
        }
    }
}

/// A name that no other job has, also after the spooler has forgotten its numbers.
fn job_name() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let moment = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    format!("Platen {:x}-{:x}-{:x}", moment.as_micros(), std::process::id(), count)
}
