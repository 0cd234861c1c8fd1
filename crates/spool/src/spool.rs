//! The handle that everyone asks.

use crate::accept::{Accept, Accepting, record_of};
use crate::answered::{Answered, MarkWaiting};
use crate::copy::Copy;
use crate::encodings::Encodings;
use crate::home::Home;
use crate::job_notes::Annotate;
use crate::lease::{Hold, Lease, Release};
use crate::marks::Marks;
use crate::moving::Move;
use crate::note::{LONGEST_VALUE, Remember};
use crate::reader::{Question, question};
use crate::report::Reported;
use crate::request::{Answer, Request, Step, request};
use crate::retire::{GiveBack, RetirePayloads, RetireRecords};
use crate::settle::{Settle, Settled};
use crate::thread::{Message, start};
use crate::writer::Writer;
use crate::{
    Accepted, EncodingMark, JobRecord, Lane, LeaseWish, Leased, ListFilter, Opening, ReportCount,
    ReportId, ReportRecord, Retention, Retired, SpoolError, SpoolOptions, StandIn, StateCount,
    job_notes, list, note, opening, reader, report, retire,
};
use platen_job::{
    ConnectorId, Document, Job, JobId, JobNotes, Mark, Outcome, PrinterId, PrinterName,
    StateReasons, Timestamp,
};
use rusqlite::Connection;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};

/// Most bytes of a connector's own note.
const LONGEST_REPLY: usize = 4 * 1024;
/// Questions that may wait for the reader. At the bound callers wait; nothing is dropped.
const QUESTIONS: usize = 256;

/// The durable journal. Clones share one spool; when the last one is gone, its threads end.
///
/// Every call waits until its thread has answered; a time-out is the caller's business. A call that is dropped while it
/// waits may still be carried out. When a thread died, every call fails with [`SpoolError::Closed`].
#[derive(Debug, Clone)]
pub struct Spool {
    writer: mpsc::Sender<Message<Box<dyn Request>>>,
    reader: mpsc::Sender<Message<Question>>,
    marks: Arc<Marks>,
    encodings: Arc<Encodings>,
    home: Home,
    retention: Retention,
    running: watch::Receiver<usize>,
}

impl Spool {
    /// Opens the spool in `dir`, makes it where there is none, and says what earlier runs left undone.
    ///
    /// # Errors
    /// [`SpoolError::InUse`], [`SpoolError::TooNew`], [`SpoolError::DiskFull`], [`SpoolError::Io`]. A damaged database is
    /// no error: it is set aside, see [`Opening::set_aside`].
    pub async fn open(dir: &Path, options: SpoolOptions) -> Result<(Spool, Opening), SpoolError> {
        let dir = dir.to_owned();
        tokio::task::spawn_blocking(move || Self::open_now(&dir, &options))
            .await
            .map_err(|_| SpoolError::Closed)?
    }

    /// As [`Spool::open`], but blocks.
    ///
    /// # Errors
    /// As [`Spool::open`].
    pub fn open_now(dir: &Path, options: &SpoolOptions) -> Result<(Spool, Opening), SpoolError> {
        let opened = opening::open(dir, options)?;
        let (writer, writer_inbox) = mpsc::channel(options.queue.max(1));
        let (reader, mut reader_inbox) = mpsc::channel(QUESTIONS);
        let (keeper, mut keeper_inbox) = mpsc::channel(1);
        let (running, watch) = watch::channel(0);
        let marks = Arc::clone(&opened.book.marks);
        let work = Writer {
            book: opened.book,
            home: opened.home.clone(),
            inbox: writer_inbox,
            myself: writer.downgrade(),
            keeper,
            log_too_long: Arc::default(),
            kept: std::time::Duration::ZERO,
        };
        let lock = Arc::clone(&opened.lock);
        start("spool-writer", &running, move || {
            let _lock = lock;
            work.work();
        })?;
        let (db, lock) = (opened.keeper, Arc::clone(&opened.lock));
        // Ends with the writer.
        start("spool-keeper", &running, move || {
            let _lock = lock;
            reader::work(&db, &mut keeper_inbox);
            drop(db);
        })?;
        let (db, lock) = (opened.reader, opened.lock);
        start("spool-reader", &running, move || {
            let _lock = lock;
            reader::work(&db, &mut reader_inbox);
            drop(db);
        })?;
        let (retention, home, encodings) = (options.retention, opened.home, opened.encodings);
        let spool = Spool { writer, reader, marks, encodings, home, retention, running: watch };
        Ok((spool, opened.opening))
    }

    /// Stores a job, once for each (connector, external id). Durable when it returns. `expires_at` replaces the job's own.
    ///
    /// # Errors
    /// As [`Spool::take_in`] and [`Accepting`]; nothing is stored then.
    pub async fn accept(
        &self,
        job: Job,
        expires_at: Option<Timestamp>,
        wish: LeaseWish,
    ) -> Result<Accepted, SpoolError> {
        self.take_in(job, expires_at, wish).await?.stored().await
    }

    /// As [`Spool::accept`], in two steps for those who have many: jobs get their numbers in the order in which these calls return,
    /// whenever what they give is awaited.
    ///
    /// # Errors
    /// [`SpoolError::Document`], [`SpoolError::TooLong`] for the connector's note, [`SpoolError::Closed`]; nothing is stored then.
    pub async fn take_in(
        &self,
        job: Job,
        expires_at: Option<Timestamp>,
        wish: LeaseWish,
    ) -> Result<Accepting, SpoolError> {
        if job.reply.0.len() > LONGEST_REPLY {
            return Err(SpoolError::TooLong { what: "the connector's note", limit: LONGEST_REPLY });
        }
        let payload = job.payload()?;
        let record = Box::new(record_of(&job, &payload, expires_at));
        let notes = job.notes;
        let answer = self.ask(Accept { record, payload, notes, wish }).await?;
        Ok(Accepting { document: job.document, answer })
    }

    /// Leases waiting jobs, in the order given and with ascending leases: they may be started. Durable when it returns.
    /// Jobs that do not wait (any more) are left out; fewer may be leased where their documents are large, but at least
    /// one.
    ///
    /// # Errors
    /// [`SpoolError`]; nothing is leased then.
    pub async fn lease(&self, ids: Vec<JobId>) -> Result<Vec<Leased>, SpoolError> {
        self.write(Lease(ids)).await
    }

    /// Puts leased jobs of which not one byte was written back into their queue; all or none.
    ///
    /// # Errors
    /// [`SpoolError::MayHaveStarted`] where a start stands in the marks, or where the job was interrupted in an earlier
    /// run; [`SpoolError::IllegalTransition`]; [`SpoolError::UnknownJob`].
    pub async fn release(&self, ids: Vec<JobId>) -> Result<(), SpoolError> {
        self.write(Release(ids)).await
    }

    /// Holds a job, waiting or leased, of which not one byte was written; a held one gets the new reasons.
    ///
    /// # Errors
    /// As [`Spool::release`].
    pub async fn hold(&self, id: JobId, reasons: StateReasons) -> Result<(), SpoolError> {
        self.write(Hold { id, reasons }).await
    }

    /// Gives jobs that wait to another printer, `to`, with the name of the one that they leave and a note for people. Left
    /// out are those that do not wait (any more) and those that were moved before. Gives what was moved, as it is now.
    /// Durable when it returns.
    ///
    /// # Errors
    /// [`SpoolError`]; nothing is moved then.
    pub async fn move_to(
        &self,
        ids: Vec<JobId>,
        from: PrinterName,
        to: PrinterId,
        note: JobNotes,
    ) -> Result<Vec<JobRecord>, SpoolError> {
        self.write(Move { ids, from, to, note }).await
    }

    /// Has jobs that wait carry that mark on their paper, with a note for people; those that do not wait (any more) are left out.
    /// Gives what was marked, as it is now. Durable when it returns.
    ///
    /// # Errors
    /// [`SpoolError`]; nothing is marked then.
    pub async fn mark(
        &self,
        ids: Vec<JobId>,
        mark: Mark,
        note: JobNotes,
    ) -> Result<Vec<JobRecord>, SpoolError> {
        self.write(MarkWaiting { ids, mark, note }).await
    }

    /// Notes that the sender of that job has heard that it is stored; of use for those that take it for failed where they do not
    /// ([`platen_job::Hears::OnceStored`]). Returns before the fsync.
    ///
    /// # Errors
    /// [`SpoolError`]; the job counts as unheard then.
    pub async fn answered(&self, id: JobId) -> Result<(), SpoolError> {
        self.write(Answered(id)).await
    }

    /// The lane of a printer, where starts are marked. Have it before the first lease of that printer: a job leased to a
    /// printer without a lane counts as started after a crash.
    ///
    /// # Errors
    /// [`SpoolError::Io`] where the mark file cannot be written, [`SpoolError::Closed`].
    pub fn lane(&self, printer: &PrinterId) -> Result<Lane, SpoolError> {
        let slot = self.marks.lane(printer)?;
        Ok(Lane { marks: Arc::clone(&self.marks), slot })
    }

    /// Stores what became of a job, and that its sender is to be told where it has one. Durable when it returns. The same
    /// outcome again changes nothing, and gives nothing. An unconfirmed job may be settled again as completed.
    ///
    /// # Errors
    /// [`SpoolError::IllegalTransition`], [`SpoolError::UnknownJob`]; the job stays as it was.
    pub async fn settle(&self, id: JobId, outcome: Outcome) -> Result<Option<Settled>, SpoolError> {
        self.write(Settle { id, outcome }).await
    }

    /// Makes a marked copy of a stored job, pending, and with [`StandIn::ForTheSender`] puts it in the place of its
    /// origin, in one commit. Durable when it returns.
    ///
    /// # Errors
    /// [`SpoolError::DocumentRetired`]; [`SpoolError::IllegalTransition`] where a copy is to replace a job that is neither
    /// processing nor unconfirmed; [`SpoolError::DiskFull`]; [`SpoolError::UnknownJob`].
    pub async fn copy(
        &self,
        id: JobId,
        mark: Mark,
        stand_in: StandIn,
        expires_at: Option<Timestamp>,
    ) -> Result<JobRecord, SpoolError> {
        self.write(Copy { id, mark, stand_in, expires_at }).await
    }

    /// Adds to a job's notes, within their bound. When it returns this survives a kill; a power cut only after the next
    /// synced change, such as the job's outcome.
    ///
    /// # Errors
    /// [`SpoolError::UnknownJob`]; [`SpoolError`] where they cannot be stored.
    pub async fn annotate(&self, id: JobId, notes: JobNotes) -> Result<(), SpoolError> {
        self.write(Annotate { id, notes }).await
    }

    /// A job's notes; none where there is no such job.
    ///
    /// # Errors
    /// [`SpoolError`] where they cannot be read.
    pub async fn notes(&self, id: JobId) -> Result<JobNotes, SpoolError> {
        self.read(move |db| job_notes::read(db, id)).await
    }

    /// Marks that a job is about to be turned into printer bytes; drop the mark when that is done, however it went. Takes
    /// microseconds: no fsync, no other thread.
    pub fn encoding(&self, job: JobId) -> EncodingMark {
        self.encodings.begin(job)
    }

    /// How many processes have died while they turned that job into printer bytes.
    pub fn deaths(&self, job: JobId) -> u32 {
        self.encodings.deaths(job)
    }

    /// Outcomes that this connector was not told yet, oldest first, at most `limit`.
    ///
    /// # Errors
    /// [`SpoolError`] where they cannot be read.
    pub async fn unreported(
        &self,
        connector: ConnectorId,
        limit: usize,
    ) -> Result<Vec<ReportRecord>, SpoolError> {
        self.read(move |db| report::unreported(db, connector, limit)).await
    }

    /// Notes that an outcome was told. A report that is unknown, or was replaced by a later outcome, changes nothing.
    /// When it returns this survives a kill; a power cut only after the next synced change.
    ///
    /// # Errors
    /// [`SpoolError`]; it will be told again.
    pub async fn reported(&self, id: ReportId) -> Result<(), SpoolError> {
        self.write(Reported(id)).await
    }

    /// How many outcomes wait to be told, for each connector that has some.
    ///
    /// # Errors
    /// [`SpoolError`] where they cannot be read.
    pub async fn report_counts(&self) -> Result<Vec<ReportCount>, SpoolError> {
        self.read(report::report_counts).await
    }

    /// A job's record, where there is one.
    ///
    /// # Errors
    /// [`SpoolError`] where it cannot be read.
    pub async fn get(&self, id: JobId) -> Result<Option<JobRecord>, SpoolError> {
        self.read(move |db| list::get(db, id)).await
    }

    /// A job's document.
    ///
    /// # Errors
    /// [`SpoolError::UnknownJob`], [`SpoolError::DocumentRetired`], [`SpoolError::Document`] where it is damaged.
    pub async fn document(&self, id: JobId) -> Result<Document, SpoolError> {
        self.read(move |db| list::document(db, id)).await
    }

    /// The jobs of that filter, newest first.
    ///
    /// # Errors
    /// [`SpoolError`] where they cannot be read.
    pub async fn list(&self, filter: ListFilter) -> Result<Vec<JobRecord>, SpoolError> {
        self.read(move |db| list::list(db, &filter)).await
    }

    /// How many jobs there are of that filter, whatever its limit.
    ///
    /// # Errors
    /// [`SpoolError`] where they cannot be counted.
    pub async fn count(&self, filter: ListFilter) -> Result<u64, SpoolError> {
        self.read(move |db| list::count(db, &filter)).await
    }

    /// How many jobs there are for each printer and state; pairs without jobs are left out.
    ///
    /// # Errors
    /// [`SpoolError`] where they cannot be read.
    pub async fn counts(&self) -> Result<Vec<StateCount>, SpoolError> {
        self.read(list::counts).await
    }

    /// Remembers a value under (scope, key), in place of an earlier one. Durable when it returns.
    ///
    /// # Errors
    /// [`SpoolError::TooLong`] above 64 KiB; [`SpoolError::DiskFull`].
    pub async fn remember(&self, scope: &str, key: &str, value: String) -> Result<(), SpoolError> {
        if value.len() > LONGEST_VALUE {
            return Err(SpoolError::TooLong { what: "the value", limit: LONGEST_VALUE });
        }
        self.write(Remember { scope: scope.to_owned(), key: key.to_owned(), value }).await
    }

    /// The value under (scope, key).
    ///
    /// # Errors
    /// [`SpoolError`] where it cannot be read.
    pub async fn recall(&self, scope: &str, key: &str) -> Result<Option<String>, SpoolError> {
        let (scope, key) = (scope.to_owned(), key.to_owned());
        self.read(move |db| note::recall(db, &scope, &key)).await
    }

    /// Lets go what is too old or too much by [`Retention`], as of `now`, and gives its space back to the disk. Works in
    /// small steps with jobs in between.
    ///
    /// # Errors
    /// [`SpoolError`]; what was let go before stays so.
    pub async fn retire(&self, now: Timestamp) -> Result<Retired, SpoolError> {
        let mut all = Retired::default();
        let mut excess =
            self.read(retire::payload_bytes).await?.saturating_sub(self.retention.payload_bytes);
        loop {
            let step = self.write(RetirePayloads::at(now, &self.retention, excess)).await?;
            if step.is_nothing() {
                break;
            }
            excess = excess.saturating_sub(step.payload_bytes);
            all.add(step);
        }
        loop {
            let step = self.write(RetireRecords::at(now, &self.retention)).await?;
            if step.is_nothing() {
                break;
            }
            all.add(step);
        }
        if !all.is_nothing() {
            self.give_back().await?;
        }
        Ok(all)
    }

    async fn give_back(&self) -> Result<(), SpoolError> {
        let mut left = u64::MAX;
        loop {
            let now = self.write(GiveBack).await?;
            if now == 0 || now >= left {
                break;
            }
            left = now;
        }
        // The file becomes shorter when the log is put away.
        self.read(reader::checkpoint).await?;
        Ok(())
    }

    /// Finishes what was asked before, and returns once the folder is free for another opening. Other clones, and lanes,
    /// fail from then on.
    pub async fn close(mut self) {
        let _ = self.writer.send(Message::Close).await;
        let _ = self.reader.send(Message::Close).await;
        let _ = self.running.wait_for(|running| *running == 0).await;
    }

    async fn write<S: Step>(&self, step: S) -> Result<S::Answer, SpoolError> {
        self.ask(step).await?.await.map_err(|_| SpoolError::Closed)?
    }

    /// Hands a step to the writer, which keeps the order of these calls.
    async fn ask<S: Step>(&self, step: S) -> Result<Answer<S::Answer>, SpoolError> {
        let (request, answer) = request(step);
        self.writer.send(Message::Work(request)).await.map_err(|_| SpoolError::Closed)?;
        Ok(answer)
    }

    async fn read<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&Connection) -> Result<T, SpoolError> + Send + 'static,
    ) -> Result<T, SpoolError> {
        let (question, answer) = question(self.home.clone(), ask);
        self.reader.send(Message::Work(question)).await.map_err(|_| SpoolError::Closed)?;
        answer.await.map_err(|_| SpoolError::Closed)?
    }
}
