//! One printer's worker: takes its jobs in order, has them printed, settles them. Its trouble is nobody else's.

mod attempt;
mod backup;
mod care;
mod earlier;
mod kick;
mod rest;
mod settling;

use crate::encoder::Prepared;
use crate::engine::Core;
use crate::lease::LeaseSize;
use crate::policy::{JobFacts, Stop, Verdict};
use crate::printer::{Current, Gate, Mood, Printer, Progress};
use crate::queue::Waiting;
use attempt::{How, Task};
use bytes::Bytes;
use care::Care;
use platen_devices::Device;
use platen_job::{
    AbortReason, DocumentType, JobId, JobNotes, JobState, Outcome, StateReasons, Timestamp,
    UnconfirmedReason,
};
use platen_spool::{JobRecord, Lane, Leased, SpoolError};
use rest::Rest;
use settling::Settling;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// A disk that cannot store a lease is asked again after this.
const LEASE_RETRY: Duration = Duration::from_secs(1);

/// Why a document does not go to a printer that is reached directly.
const NO_DOCUMENTS: &str = "this way to the printer takes printer commands only; an office printer has to be set up through the system's print queue";

/// Works until its printer is canceled.
pub struct Worker {
    core: Arc<Core>,
    printer: Arc<Printer>,
    device: Box<dyn Device>,
    lane: Lane,
    settling: Settling,
    care: Care,
    lease_size: LeaseSize,
    /// The next lease, being stored while the current one is printed.
    next_lease: Option<JoinHandle<()>>,
    /// What is to be told of the job under way.
    notes: JobNotes,
    /// The job that is known to be held, and why.
    held: Option<(JobId, StateReasons)>,
    /// Brings the printer back to a clean state before the next job.
    clean_up: Option<Bytes>,
}

/// Why a job is not begun.
enum Unprepared {
    /// It came to its end.
    Settled(Outcome),
    /// The engine stops, or the printer gives its place to a changed one.
    Stopping,
}

/// What to do next.
enum Step {
    Print(Box<Leased>),
    Lease,
    /// Kick a drawer although nothing can be printed.
    Kick(Waiting),
    Wait,
    Stop,
}

impl Worker {
    /// A worker for a printer. `clean_up`: an earlier run of the program stopped inside a command.
    pub fn new(
        core: Arc<Core>,
        printer: Arc<Printer>,
        device: Box<dyn Device>,
        clean_up: Option<Bytes>,
    ) -> Result<Worker, SpoolError> {
        let lane = core.spool.lane(&printer.settings.id)?;
        let settling = Settling::new(core.clone());
        let care = Care::new(core.clone(), printer.clone());
        Ok(Worker {
            core,
            printer,
            device,
            lane,
            settling,
            care,
            lease_size: LeaseSize::new(),
            next_lease: None,
            notes: JobNotes::default(),
            held: None,
            clean_up,
        })
    }

    /// Works until the printer is canceled; then puts back what has not started.
    pub async fn run(mut self) {
        self.recover().await;
        self.follow_earlier().await;
        loop {
            settle_expired(&self.printer, &self.settling).await;
            match self.next_step() {
                Step::Print(leased) => self.print(*leased).await,
                Step::Lease => self.lease().await,
                Step::Kick(job) => self.kick(job).await,
                Step::Wait => self.wait().await,
                Step::Stop => break,
            }
        }
        self.stop().await;
    }

    fn next_step(&mut self) -> Step {
        let mut shared = self.printer.shared();
        if self.printer.cancel.is_cancelled() {
            // A job that comes now is stored without a lease: it has certainly not started, also after a power cut.
            shared.mood = Mood::Starting;
            return Step::Stop;
        }
        if shared.gate != Gate::Open || self.care.in_trouble() {
            shared.mood = Mood::Stuck;
            let kick = if shared.gate == Gate::Open && self.can_kick() {
                shared.queue.take_kick()
            } else {
                None
            };
            return kick.map_or(Step::Wait, Step::Kick);
        }
        if let Some(leased) = shared.leased.pop_front() {
            shared.mood = Mood::Busy;
            shared.current = Some(Current::new(leased.record.clone()));
            return Step::Print(Box::new(leased));
        }
        if self.next_lease.is_some() || !shared.queue.is_empty() {
            shared.mood = Mood::Busy;
            return Step::Lease;
        }
        shared.mood = Mood::Idle;
        Step::Wait
    }

    /// After a panic of the worker before: the job under way is in doubt where a byte may have been sent; one that was
    /// under way at two panics is not tried a third time.
    async fn recover(&mut self) {
        let current = self.printer.shared().current.take();
        let Some(current) = current else { return };
        let suspect = self.printer.shared().suspect.replace(current.record.id);
        match current.progress {
            Progress::Started => {
                let id = current.record.id;
                let facts = facts(&current.record, current.stop);
                let verdict = self.core.policy.in_doubt(facts, UnconfirmedReason::Interrupted);
                self.carry_out(current.record, verdict).await;
                self.assume_dirty(id).await;
            }
            Progress::Unstarted if suspect == Some(current.record.id) => {
                let outcome = aborted(AbortReason::Unprintable);
                self.settling.settle(current.record.id, outcome).await;
            }
            Progress::Unstarted => self.put_back(vec![current.record]).await,
        }
    }

    async fn lease(&mut self) {
        let leasing = match self.next_lease.take() {
            Some(leasing) => Some(leasing),
            None => self.start_lease(),
        };
        let Some(leasing) = leasing else {
            // A place is promised to a job that is being stored: its arrival wakes this worker.
            tokio::select! {
                () = self.printer.woken() => {}
                () = self.printer.cancel.cancelled() => {}
            }
            return;
        };
        self.core.must_not_panic("a lease", leasing.await);
        if self.lease_size.get() > 1 {
            self.next_lease = self.start_lease();
        }
    }

    /// Has the next jobs leased. The task itself puts them where a successor of this worker finds them.
    fn start_lease(&self) -> Option<JoinHandle<()>> {
        let jobs = self.printer.shared().take_for_lease(self.lease_size.get());
        if jobs.is_empty() {
            return None;
        }
        let (core, printer) = (self.core.clone(), self.printer.clone());
        Some(tokio::spawn(async move {
            let began = Instant::now();
            let ids = jobs.iter().map(|job| job.id).collect();
            match core.spool.lease(ids).await {
                Ok(leased) if leased.is_empty() => {
                    keep_those_that_wait(&core, &printer, jobs).await
                }
                Ok(leased) => {
                    core.note_lease(began.elapsed());
                    printer.shared().take_leases(jobs, leased);
                }
                Err(error) => {
                    tracing::error!(%error, printer = %printer.settings.name, "jobs cannot be leased; trying again");
                    printer.shared().take_leases(jobs, Vec::new());
                    core.spool_failed(&error);
                    tokio::time::sleep(LEASE_RETRY).await;
                }
            }
        }))
    }

    async fn print(&mut self, leased: Leased) {
        let began = Instant::now();
        let (record, seq) = (leased.record.clone(), leased.seq);
        let Prepared { bytes, format, notes } = match self.prepare_or_stop(leased).await {
            Ok(prepared) => prepared,
            Err(Unprepared::Settled(outcome)) => {
                self.settling.settle(record.id, outcome).await;
                // It is nobody's any more: a successor of this worker must not take it for one under way.
                self.printer.shared().current = None;
                return;
            }
            Err(Unprepared::Stopping) => {
                self.printer.shared().current = None;
                return self.put_back(vec![record]).await;
            }
        };
        self.notes = notes;
        self.care.busy();
        let task = Task { seq: Some(seq), bytes: bytes.clone(), format, how: How::Print };
        let Ok((attempt, stop)) = self.attempt(&record, task).await else { return };
        self.keep_clean(&record, &attempt, &bytes).await;
        self.care.heard(&attempt);
        let verdict = if self.is_left_to_pulse(&record, &attempt) {
            // From here on the printer is in trouble, and a kick goes past that.
            self.care.trouble(&attempt.reasons);
            Verdict::PutBack
        } else {
            self.core.policy.judge(&attempt, facts(&record, stop))
        };
        self.printer.shared().current = None;
        self.lease_size.learn(self.core.lease_cost(), began.elapsed() * self.batch());
        self.carry_out(record, verdict).await;
    }

    /// Prepares a job, which takes its time for some documents, unless it is to stop meanwhile.
    async fn prepare_or_stop(&mut self, leased: Leased) -> Result<Prepared, Unprepared> {
        let canceled = self.printer.shared().current.as_ref().map(|one| one.cancel.clone());
        let canceled = canceled.unwrap_or_default();
        let stopping = self.printer.cancel.clone();
        tokio::select! {
            prepared = self.prepare(leased) => prepared.map_err(Unprepared::Settled),
            () = canceled.cancelled() => Err(Unprepared::Settled(Outcome::Canceled)),
            () = stopping.cancelled() => Err(Unprepared::Stopping),
        }
    }

    /// What goes to the printer, or why nothing does.
    async fn prepare(&mut self, leased: Leased) -> Result<Prepared, Outcome> {
        let record = leased.record;
        if record.expires_at.is_some_and(|at| at <= Timestamp::now()) {
            return Err(Outcome::Expired);
        }
        let document = leased.document.map_err(|error| {
            tracing::error!(job = %record.id, %error, "a stored document cannot be read");
            aborted(AbortReason::DocumentLost)
        })?;
        let prepared = self
            .core
            .encoder
            .encode(record.id, document, &self.printer.target(), (&record).into())
            .await?;
        if self.device.takes(prepared.format) {
            Ok(prepared)
        } else {
            Err(Outcome::unprintable(NO_DOCUMENTS))
        }
    }

    fn batch(&self) -> u32 {
        u32::try_from(self.lease_size.get()).unwrap_or(1)
    }

    async fn carry_out(&mut self, record: JobRecord, verdict: Verdict) {
        match verdict {
            Verdict::Settle(outcome) => {
                let notes = std::mem::take(&mut self.notes);
                self.settling.settle_with(record.id, outcome, notes).await;
            }
            Verdict::PutBack => self.put_back(vec![record]).await,
            Verdict::Reprint(reason) => self.reprint(record, reason).await,
            Verdict::Hold(reasons) => {
                self.care.trouble(&reasons);
                self.settling.hold(record.id, reasons.clone()).await;
                self.held = Some((record.id, reasons.clone()));
                self.printer.shared().put_back([record]);
                self.give_back_leases().await;
                self.rest().abort_impatient(&reasons, self.not_for_a_pulse()).await;
            }
        }
    }

    /// The job at the front says what it waits for; those behind it wait for their turn.
    async fn hold_first(&mut self) {
        let Some(first) = self.printer.shared().queue.first() else { return };
        let held = Some((first.id, self.care.reasons()));
        if self.held != held {
            self.settling.hold(first.id, self.care.reasons()).await;
            self.held = held;
        }
    }

    /// A marked copy takes the place of a job in doubt, and answers for it.
    async fn reprint(&mut self, record: JobRecord, reason: UnconfirmedReason) {
        let (kind, at) = (record.document_type, record.expires_at);
        let copy = match self.core.policy.copy_expires_at(kind, at, Timestamp::now()) {
            Some(expires_at) => self.settling.replace(record.id, reason, expires_at).await,
            None => None,
        };
        match copy {
            Some(copy) => self.printer.shared().put_back([copy]),
            None => {
                self.settling.settle(record.id, Outcome::Unconfirmed { reason }).await;
            }
        }
    }

    fn rest(&self) -> Rest<'_> {
        Rest { core: &self.core, printer: &self.printer, settling: &self.settling }
    }

    /// Of the jobs that cannot wait for a printer in trouble, those that no pulse opens a drawer for.
    fn not_for_a_pulse(&self) -> impl Fn(&Waiting) -> bool + use<> {
        let pulse = self.can_kick();
        move |job| !(pulse && job.kind == DocumentType::Drawer)
    }

    async fn put_back(&mut self, records: Vec<JobRecord>) {
        self.rest().put_back(records).await;
    }

    async fn give_back_leases(&mut self) {
        let leasing = self.next_lease.take();
        self.rest().give_back_leases(leasing).await;
    }

    /// Waits for something to do, asking the printer how it is now and then.
    async fn wait(&mut self) {
        let (mood, gate) = {
            let shared = self.printer.shared();
            (shared.mood, shared.gate)
        };
        if mood == Mood::Stuck && gate != Gate::Watched {
            let leasing = self.next_lease.take();
            self.rest().look_after(&self.care, leasing, self.not_for_a_pulse()).await;
            self.hold_first().await;
            self.care.stuck();
        } else {
            self.care.idle();
        }
        if self.printer.wants_a_look() {
            self.care.look_at_once();
        }
        self.care.show();
        let expiry = until(self.printer.shared().next_expiry());
        tokio::select! {
            () = self.printer.cancel.cancelled() => {}
            () = self.printer.woken() => {}
            () = tokio::time::sleep_until(expiry) => {}
            () = tokio::time::sleep_until(self.care.next_release()) => self.release().await,
            () = tokio::time::sleep_until(self.care.next_poll()) => self.poll().await,
        }
    }

    /// Lets the connection go, which takes its time after much paper; a job that comes meanwhile keeps it.
    async fn release(&mut self) {
        tokio::select! {
            () = self.printer.cancel.cancelled() => {}
            () = self.printer.woken() => {}
            () = self.device.release() => self.care.released(),
        }
    }

    async fn poll(&mut self) {
        self.device.expect_open_command(self.clean_up.clone());
        let status = tokio::select! {
            () = self.printer.cancel.cancelled() => return,
            status = self.device.status() => status,
        };
        self.care.told(&status);
    }

    async fn stop(mut self) {
        self.give_back_leases().await;
        self.settling.finish().await;
        self.device.release().await;
    }
}

/// Settles what has waited too long; an expired job never emits a byte.
async fn settle_expired(printer: &Printer, settling: &Settling) {
    let expired = printer.shared().queue.take_expired(Timestamp::now());
    for job in expired {
        settling.settle(job.id, Outcome::Expired).await;
    }
}

/// None of these jobs could be leased. Those that still wait keep their places; any other would be asked for without
/// end, before all jobs behind it.
async fn keep_those_that_wait(core: &Arc<Core>, printer: &Printer, jobs: Vec<Waiting>) {
    let mut waiting = Vec::new();
    for job in jobs {
        match core.spool.get(job.id).await {
            Ok(Some(record)) if record.state == JobState::Processing => {
                tracing::error!(job = %job.id, "a waiting job stands in the spool as started; nobody knows how far it came");
                let reason = UnconfirmedReason::Interrupted;
                core.settle(job.id, Outcome::Unconfirmed { reason }).await;
            }
            Ok(Some(record)) if record.state.is_open() => waiting.push(job),
            Ok(_) => {}
            Err(_) => waiting.push(job),
        }
    }
    printer.shared().take_leases(waiting, Vec::new());
}

fn aborted(reason: AbortReason) -> Outcome {
    Outcome::aborted(reason, StateReasons::none())
}

/// That moment on the clock that timers use; an hour from now where there is none.
fn until(moment: Option<Timestamp>) -> Instant {
    let span = moment.map_or(Duration::from_secs(3600), |at| at.since(Timestamp::now()));
    Instant::now() + span
}

fn facts(record: &JobRecord, stop: Stop) -> JobFacts {
    JobFacts {
        document_type: record.document_type,
        mark: record.mark,
        on_trouble: record.on_trouble,
        stop,
    }
}
