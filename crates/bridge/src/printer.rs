//! One configured printer: what its worker, the connectors and people share about it.
//!
//! Everything that must survive a panic of the worker lives here: the queue, the leased jobs, the job under way.

use crate::encoder::Target;
use crate::places::Place;
use crate::queue::{Failover, Queue, Waiting};
use crate::settings::PrinterSettings;
use platen_escpos::Profile;
use platen_job::{DocumentType, JobId, Mark, OnTrouble, Timestamp};
use platen_spool::{JobRecord, Leased};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Most jobs that may wait for one printer; further ones are refused.
pub const QUEUE_LIMIT: usize = 10_000;

/// A configured printer.
pub struct Printer {
    /// Its settings when it was opened.
    pub settings: PrinterSettings,
    /// What its model can do, when it was opened.
    pub profile: Arc<Profile>,
    /// Ends its worker.
    pub cancel: CancellationToken,
    gone: CancellationToken,
    shared: Mutex<Shared>,
    wake: Notify,
}

/// What the worker and everybody else look at together.
#[derive(Default)]
pub struct Shared {
    /// Jobs that wait.
    pub queue: Queue,
    /// Jobs that are leased: they may start, in this order.
    pub leased: VecDeque<Leased>,
    /// The job under way.
    pub current: Option<Current>,
    /// A job of an earlier run that stands in the system's spooler.
    pub earlier: Option<(JobRecord, Place)>,
    /// What the worker is doing.
    pub mood: Mood,
    /// Whether a person lets it start jobs.
    pub gate: Gate,
    /// The job under way when the worker last panicked: if it happens again, the job is the cause.
    pub suspect: Option<JobId>,
    door: Door,
    attention: Attention,
    /// A place at the front that is promised to a job being stored.
    reserved: Reservation,
    /// Jobs between "may I" and "stored": they count against the limit.
    arriving: usize,
}

/// The job under way.
#[derive(Clone)]
pub struct Current {
    /// Which.
    pub record: JobRecord,
    /// Ends the attempt.
    pub cancel: CancellationToken,
    /// Whether a byte may have been sent.
    pub progress: Progress,
    /// Whether a person wants it stopped.
    pub stop: crate::policy::Stop,
}

impl Current {
    /// A job that is about to be tried.
    pub fn new(record: JobRecord) -> Self {
        Current {
            record,
            cancel: CancellationToken::new(),
            progress: Progress::Unstarted,
            stop: crate::policy::Stop::NotByPerson,
        }
    }
}

/// How far the job under way is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Not one byte was sent.
    Unstarted,
    /// Bytes may be on the way.
    Started,
}

/// What the worker is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mood {
    /// Not running yet, or not any more.
    #[default]
    Starting,
    /// Waiting for jobs.
    Idle,
    /// Printing.
    Busy,
    /// Waiting for the printer, or for a person to let it go on.
    Stuck,
}

/// Whether a person lets a printer start jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Gate {
    /// It may.
    #[default]
    Open,
    /// It may not.
    Paused,
    /// It is only looked at: nothing starts, and nothing is held or told on that account.
    Watched,
}

/// Whether a printer takes jobs at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Door {
    #[default]
    Open,
    /// Its settings have changed: its jobs move to the one that takes its place.
    Closed,
}

/// Whether the printer is to be asked how it is before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Attention {
    #[default]
    InItsTime,
    AtOnce,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Reservation {
    #[default]
    Free,
    Taken,
}

/// How a new job is to be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// The printer is idle: store the job with its lease, it starts at once.
    StartNow,
    /// It goes to the queue.
    Queue,
    /// It does not fit.
    Full,
    /// The printer is giving its place to a changed one: ask that one, in a moment.
    Closed,
}

impl Printer {
    /// A printer whose worker has not started yet.
    pub fn new(
        settings: PrinterSettings,
        profile: Arc<Profile>,
        cancel: CancellationToken,
    ) -> Self {
        Printer {
            settings,
            profile,
            cancel,
            gone: CancellationToken::new(),
            shared: Mutex::default(),
            wake: Notify::new(),
        }
    }

    /// What is shared. Never held across an await.
    pub fn shared(&self) -> MutexGuard<'_, Shared> {
        // Changes under this lock are single steps of collections: a panic elsewhere leaves them whole.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Its worker has ended for good.
    pub fn mark_gone(&self) {
        self.gone.cancel();
    }

    /// Waits until its worker has ended for good.
    pub async fn gone(&self) {
        self.gone.cancelled().await;
    }

    /// Has the printer asked how it is before its time: it has just come or gone.
    pub fn look_at_once(&self) {
        self.shared().attention = Attention::AtOnce;
        self.wake();
    }

    /// Whether it is to be asked at once. True once for each time that somebody wanted it.
    pub fn wants_a_look(&self) -> bool {
        std::mem::take(&mut self.shared().attention) == Attention::AtOnce
    }

    /// What its documents are made for.
    pub fn target(&self) -> Target {
        Target { profile: self.profile.clone(), emulation: self.settings.emulation }
    }

    /// Whether it works and may start jobs, as far as is known.
    pub fn is_at_work(&self) -> bool {
        let shared = self.shared();
        shared.gate == Gate::Open && matches!(shared.mood, Mood::Idle | Mood::Busy)
    }

    /// Wakes the worker.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Waits until somebody wakes the worker.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Puts a stored job in its place, unless the printer is closing.
    pub fn enqueue(&self, job: Waiting) -> Result<(), Closing> {
        let mut shared = self.shared();
        if shared.door == Door::Closed {
            return Err(Closing);
        }
        shared.queue.push(job);
        drop(shared);
        self.wake();
        Ok(())
    }

    /// Lets no further job in, ends the worker, and gives what it leaves behind. May be asked again where it was not
    /// waited for.
    pub async fn close(&self) -> Left {
        self.shared().door = Door::Closed;
        self.cancel.cancel();
        self.gone().await;
        // Jobs between "may I" and "stored" still arrive; each takes a few fsyncs at most.
        while self.shared().arriving > 0 {
            self.woken().await;
        }
        let mut shared = self.shared();
        let mut waiting: Vec<JobId> = shared.leased.drain(..).map(|one| one.record.id).collect();
        waiting.extend(shared.queue.take(usize::MAX).into_iter().map(|job| job.id));
        Left { waiting, current: shared.current.take() }
    }

    /// Asks for a place for a job that is about to be stored. Every answer but `Full` and `Closed` must be followed by
    /// exactly one of [`Printer::admit`], [`Printer::admit_leased`] or [`Printer::withdraw`].
    pub fn reserve(&self) -> Admission {
        let mut shared = self.shared();
        if shared.door == Door::Closed {
            return Admission::Closed;
        }
        if shared.waiting() + shared.arriving >= QUEUE_LIMIT {
            return Admission::Full;
        }
        // One that is still being stored came first, also where the printer has become idle meanwhile.
        let idle = shared.mood == Mood::Idle
            && shared.arriving == 0
            && shared.reserved == Reservation::Free
            && shared.waiting() == 0
            && shared.current.is_none();
        shared.arriving += 1;
        if idle {
            shared.reserved = Reservation::Taken;
            Admission::StartNow
        } else {
            Admission::Queue
        }
    }

    /// The job was stored without a lease: it waits for its turn.
    pub fn admit(&self, job: Waiting) {
        let mut shared = self.shared();
        shared.arriving = shared.arriving.saturating_sub(1);
        shared.queue.push(job);
        drop(shared);
        self.wake();
    }

    /// The job was stored with its lease: it is the next to start.
    pub fn admit_leased(&self, job: Leased) {
        let mut shared = self.shared();
        shared.arriving = shared.arriving.saturating_sub(1);
        shared.reserved = Reservation::Free;
        shared.leased.push_back(job);
        drop(shared);
        self.wake();
    }

    /// The job was not stored after all.
    pub fn withdraw(&self, admission: Admission) {
        let mut shared = self.shared();
        shared.arriving = shared.arriving.saturating_sub(1);
        if admission == Admission::StartNow {
            shared.reserved = Reservation::Free;
        }
        drop(shared);
        self.wake();
    }
}

/// What a closed printer leaves behind.
pub struct Left {
    /// Jobs that certainly did not start.
    pub waiting: Vec<JobId>,
    /// The job under way when the worker panicked for the last time.
    pub current: Option<Current>,
}

/// The printer gives its place to a changed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing;

impl Shared {
    /// Jobs that wait, leased or not.
    pub fn waiting(&self) -> usize {
        self.queue.len() + self.leased.len()
    }

    /// Ids to lease next, taken from the queue; none while a place is promised to a job being stored, because that
    /// one came first.
    pub fn take_for_lease(&mut self, most: usize) -> Vec<Waiting> {
        match self.reserved {
            Reservation::Taken => Vec::new(),
            Reservation::Free => self.queue.take(most),
        }
    }

    /// Takes in what a lease brought. The spool leases fewer where documents are large: the others keep their places.
    pub fn take_leases(&mut self, asked: Vec<Waiting>, leased: Vec<Leased>) {
        for job in asked {
            if leased.iter().all(|one| one.record.id != job.id) {
                self.queue.push(job);
            }
        }
        self.leased.extend(leased);
        self.leased.make_contiguous().sort_by_key(|one| one.seq);
    }

    /// Puts jobs back in their places.
    pub fn put_back(&mut self, records: impl IntoIterator<Item = JobRecord>) {
        for record in records {
            self.queue.push(waiting(&record));
        }
    }

    /// Takes one job out of the leased ones; its lease ends when it is settled.
    pub fn take_leased(&mut self, id: JobId) -> bool {
        let before = self.leased.len();
        self.leased.retain(|one| one.record.id != id);
        self.leased.len() < before
    }

    /// When the next waiting job expires.
    pub fn next_expiry(&self) -> Option<Timestamp> {
        self.queue.next_expiry()
    }

    /// The job under way, where it is that one.
    pub fn current(&mut self, id: JobId) -> Option<&mut Current> {
        self.current.as_mut().filter(|current| current.record.id == id)
    }
}

/// What the order needs of a stored job.
pub fn waiting(record: &JobRecord) -> Waiting {
    Waiting {
        id: record.id,
        priority: record.priority,
        expires_at: record.expires_at,
        on_trouble: record.on_trouble,
        kind: record.document_type,
        failover: failover(record),
    }
}

/// A job moves once. A copy of what may be on paper already stays where a person can compare the two; a drawer, and a
/// test, are about that very printer.
fn failover(record: &JobRecord) -> Failover {
    let about_the_printer =
        matches!(record.document_type, DocumentType::Drawer | DocumentType::Test);
    let in_doubt = record.mark == Some(Mark::PossibleDuplicate);
    let stays = record.backup_from.is_some()
        || record.on_trouble == OnTrouble::Abort
        || about_the_printer
        || in_doubt;
    if stays { Failover::Never } else { Failover::Allowed }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;
    use platen_job::PrinterName;

    #[test]
    fn a_job_does_not_start_before_one_that_came_first_and_is_still_being_stored() {
        let mut settings = Settings::default();
        let name = PrinterName::new("Kitchen").unwrap();
        settings.put_printer(name, "tcp://127.0.0.1:9".into(), None, None);
        let profile = Arc::new(Profile::builtin("generic-80").unwrap());
        let cancel = CancellationToken::new();
        let printer = Printer::new(settings.printers.remove(0), profile, cancel);
        printer.shared().mood = Mood::Busy;
        assert_eq!(printer.reserve(), Admission::Queue);
        printer.shared().mood = Mood::Idle;
        assert_eq!(printer.reserve(), Admission::Queue, "the first one has only just come");
        (0..2).for_each(|_| printer.withdraw(Admission::Queue));
        assert_eq!(printer.reserve(), Admission::StartNow);
        assert_eq!(printer.reserve(), Admission::Queue);
    }
}
