//! One attempt at one job: the device prints, everybody else watches.

use super::Worker;
use super::rest::Rest;
use crate::engine::{Core, recovery};
use crate::places::{Place, Standing};
use crate::policy::Stop;
use crate::printer::{Printer, Progress};
use crate::settings::Emulation;
use async_trait::async_trait;
use bytes::Bytes;
use platen_connectors::HostEvent;
use platen_devices::{NotRecorded, PrintFormat, PrintRequest, SpoolerJob, StartRecord};
use platen_job::{Attempt, AttemptEnd, JobId, StateReasons, StopCause};
use platen_spool::{JobRecord, Lane, LeaseSeq};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// What a write that is under way gets when the engine stops.
const GRACE: Duration = Duration::from_secs(4);

impl Worker {
    /// Prints one leased job, or follows one, and says what happened, and whether a person stopped it. When the engine stops
    /// meanwhile, a job that the system's spooler has stays there.
    pub(super) async fn attempt(
        &mut self,
        record: &JobRecord,
        task: Task,
    ) -> Result<(Attempt, Stop), LeftInSpooler> {
        let cancel = self
            .printer
            .shared()
            .current(record.id)
            .map(|current| current.cancel.clone())
            .unwrap_or_default();
        let Task { seq, bytes, format, how } = task;
        let length = bytes.len() as u64;
        let start = Start {
            lane: self.lane.clone(),
            seq,
            record,
            printer: self.printer.clone(),
            core: self.core.clone(),
            place: Mutex::new(match &how {
                How::Follow(_) => Whereabouts::InSpooler,
                How::Print | How::Pulse => Whereabouts::Here,
            }),
        };
        let (reasons, mut heard) = watch::channel(StateReasons::none());
        let request = PrintRequest {
            bytes,
            format,
            clean_up: self.clean_up.clone(),
            start: &start,
            reasons: &reasons,
            token: crate::encoder::token(seq.unwrap_or(LeaseSeq(0))),
            cancel: cancel.clone(),
        };
        let device = &mut self.device;
        let mut printing = Box::pin(async move {
            match how {
                How::Print => device.print(request).await,
                How::Pulse => device.pulse(request).await,
                How::Follow(place) => {
                    device.follow(&place, request).await.unwrap_or_else(nobody_knows)
                }
            }
        });
        let stopping = self.printer.cancel.clone();
        let stopping = async move {
            stopping.cancelled().await;
            tokio::time::sleep(GRACE).await;
        };
        tokio::pin!(stopping);
        let mut asked_to_stop = false;
        let rest = Rest { core: &self.core, printer: &self.printer, settling: &self.settling };
        let attempt = loop {
            let expiry = super::until(self.printer.shared().next_expiry());
            tokio::select! {
                attempt = &mut printing => break attempt,
                () = &mut stopping, if !asked_to_stop => {
                    if start.is_in_spooler() && stop_of(&self.printer, record) == Stop::NotByPerson {
                        tracing::info!(job = %record.id, "this job stays in the system's print queue");
                        return Err(LeftInSpooler);
                    }
                    asked_to_stop = true;
                    cancel.cancel();
                }
                () = tokio::time::sleep_until(expiry) => {
                    super::settle_expired(&self.printer, &self.settling).await;
                }
                Ok(()) = heard.changed() => {
                    let now = heard.borrow_and_update().clone();
                    self.care.hears(&now);
                }
                () = tokio::time::sleep_until(self.care.next_look()) => {
                    self.care.look(progress_of(&self.printer));
                }
            }
            if self.care.troubled_for().is_some() {
                // Drawers too: no pulse goes in between a job's bytes.
                rest.look_after(&self.care, self.next_lease.take(), |_| true).await;
            }
        };
        drop(printing);
        let in_spooler = start.is_in_spooler();
        if let Some(seq) = seq
            && attempt.bytes_written == 0
            && matches!(attempt.end, AttemptEnd::Stopped(_))
        {
            self.take_back(seq);
        }
        // What the system's spooler has can be taken out of it.
        let has_it = !in_spooler && length > 0 && attempt.bytes_written >= length;
        let stop = match stop_of(&self.printer, record) {
            Stop::ByPerson if has_it => Stop::TooLate,
            stop => stop,
        };
        self.log(record, &attempt);
        Ok((attempt, stop))
    }

    /// Not one byte was written: the job may start again, also after a crash. Where that cannot be recorded, a crash now
    /// would put the job in doubt, nothing worse.
    fn take_back(&self, seq: LeaseSeq) {
        if progress_of(&self.printer) == Some(Progress::Started)
            && let Err(error) = self.lane.took_back(seq)
        {
            tracing::warn!(%error, "a start could not be taken back");
        }
    }

    fn log(&self, record: &JobRecord, attempt: &Attempt) {
        let (job, printer, bytes) = (record.id, &self.printer.settings.name, attempt.bytes_written);
        match attempt.end {
            AttemptEnd::Finished(evidence) => {
                tracing::info!(%job, %printer, bytes, %evidence, "printed")
            }
            AttemptEnd::Stopped(cause) => {
                tracing::warn!(%job, %printer, bytes, %cause, reasons = %attempt.reasons, "not printed");
            }
        }
    }

    /// Nobody knows how far that job came: the printer may be inside any of its commands.
    pub(super) async fn assume_dirty(&mut self, job: JobId) {
        self.core.remember_dirty(&self.printer.settings.id, job, usize::MAX).await;
        self.clean_up = recovery::clean_up(&self.core, &self.printer).await;
    }

    /// Remembers, also across a restart, that the printer may be inside a command.
    pub(super) async fn keep_clean(
        &mut self,
        record: &JobRecord,
        attempt: &Attempt,
        bytes: &Bytes,
    ) {
        let clean = matches!(attempt.end, AttemptEnd::Finished(_));
        if clean && self.clean_up.take().is_some() {
            self.core.remember_clean(&self.printer.settings.id).await;
        }
        let remembers = self.printer.settings.emulation == Emulation::EscPos;
        if !clean && attempt.bytes_written > 0 && remembers {
            let handed =
                usize::try_from(attempt.bytes_written).unwrap_or(usize::MAX).min(bytes.len());
            let profile = &self.printer.profile;
            self.clean_up = Some(platen_escpos::clean_up(bytes, 0..=handed, profile).into());
            self.core.remember_dirty(&self.printer.settings.id, record.id, handed).await;
        }
        let memory = self.device.memory();
        self.core.remember_device(&self.printer.settings.id, memory).await;
        if attempt.end == AttemptEnd::Stopped(StopCause::NotRecorded) {
            tracing::error!(job = %record.id, "the start of a job cannot be recorded; nothing was sent");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

fn progress_of(printer: &Printer) -> Option<Progress> {
    printer.shared().current.as_ref().map(|current| current.progress)
}

fn stop_of(printer: &Printer, record: &JobRecord) -> Stop {
    printer.shared().current(record.id).map_or(Stop::NotByPerson, |current| current.stop)
}

/// What is to be done with a job.
pub(super) struct Task {
    /// Under which lease. None: nothing is to be sent.
    pub(super) seq: Option<LeaseSeq>,
    /// What goes to the printer, or went there.
    pub(super) bytes: Bytes,
    pub(super) format: PrintFormat,
    pub(super) how: How,
}

/// The engine stops, or the printer gives its place to a changed one, while the system's spooler has the job. It is still the
/// one under way: whoever comes next follows it there.
pub(super) struct LeftInSpooler;

/// What the device is asked for.
pub(super) enum How {
    Print,
    /// The bytes are a real-time command.
    Pulse,
    /// An earlier run brought it into the system's spooler: see what becomes of it.
    Follow(SpoolerJob),
}

/// The bytes that an earlier run sent; only how many they are matters. None where the document is gone.
pub(super) async fn sent(core: &Core, printer: &Printer, record: &JobRecord) -> Bytes {
    let Ok(document) = core.spool.document(record.id).await else { return Bytes::new() };
    let encoded = core.encoder.encode(record.id, document, &printer.target(), record.into()).await;
    encoded.map(|prepared| prepared.bytes).unwrap_or_default()
}

/// The printer is no queue of a spooler any more.
fn nobody_knows() -> Attempt {
    Attempt {
        bytes_written: 1,
        end: AttemptEnd::Stopped(StopCause::ConnectionLost),
        reasons: StateReasons::none(),
    }
}

/// Records the first byte of a job: in the mark file, for the worker's own successor, and for the connector.
struct Start<'a> {
    lane: Lane,
    /// None: nothing is to be sent.
    seq: Option<LeaseSeq>,
    record: &'a JobRecord,
    printer: Arc<Printer>,
    core: Arc<Core>,
    place: Mutex<Whereabouts>,
}

/// Who has a job's document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whereabouts {
    /// This attempt, or the printer.
    Here,
    /// The system's spooler, or it is on its way there.
    InSpooler,
}

impl Start<'_> {
    fn is_in_spooler(&self) -> bool {
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) == Whereabouts::InSpooler
    }

    async fn keep(&self, spooler: &SpoolerJob, standing: Standing) -> Result<(), NotRecorded> {
        let place = Place { job: self.record.id, spooler: spooler.clone(), standing };
        let kept = self.core.keep_place(self.printer.settings.id.clone(), place).await;
        kept.map_err(|error| {
            tracing::error!(%error, "the job's number in the system's print queue cannot be stored");
            NotRecorded
        })
    }
}

#[async_trait]
impl StartRecord for Start<'_> {
    fn first_byte(&self) -> Result<(), NotRecorded> {
        self.lane.started(self.seq.ok_or(NotRecorded)?).map_err(|error| {
            tracing::error!(%error, "the mark file cannot be written");
            NotRecorded
        })?;
        if let Some(current) = self.printer.shared().current(self.record.id) {
            current.progress = Progress::Started;
        }
        self.core.tell(
            self.record.connector,
            HostEvent::Started {
                job: self.record.id,
                external_id: self.record.external_id.clone(),
                printer: self.record.printer.clone(),
                reply: self.record.reply.clone(),
            },
        );
        Ok(())
    }

    fn handed_over(&self) {
        let (job, reply) = (self.record.id, self.record.reply.clone());
        self.core.tell(self.record.connector, HostEvent::HandedOver { job, reply });
    }

    async fn remember(&self, spooler: &SpoolerJob) -> Result<(), NotRecorded> {
        self.keep(spooler, Standing::Left).await?;
        *self.place.lock().unwrap_or_else(PoisonError::into_inner) = Whereabouts::InSpooler;
        Ok(())
    }

    async fn taking_back(&self, spooler: &SpoolerJob) -> Result<(), NotRecorded> {
        self.keep(spooler, Standing::TakenBack).await
    }
}
