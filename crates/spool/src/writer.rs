//! The writer: one thread, one connection, as many steps to a commit as are waiting.

use crate::book::Book;
use crate::home::Home;
use crate::opening::LOG_BYTES;
use crate::reader::{Question, checkpoint};
use crate::request::{Durability, Purse, Request, Step};
use crate::{SpoolError, thread::Message};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::mpsc;
use tokio::sync::mpsc::error::{TryRecvError, TrySendError};

/// Steps that wait for their transaction at most; further ones wait at the door.
const BATCH: usize = 512;
/// A transaction takes steps for as long as the disk took to keep the one before, and for this long at least: whoever comes meanwhile
/// waits for both, and a disk that is slow gets as much as it can take at once.
const SHORTEST: Duration = Duration::from_millis(1);
/// Bytes of the log, roughly, after which it is put away. The disk is busy with that for some milliseconds: rarely enough that not one
/// in a hundred jobs meets it, at fifty a second.
const CHECKPOINT_AFTER: usize = 10 * 1024 * 1024;
/// What a step writes beside its payload: a handful of pages.
const STEP_BYTES: usize = 20 * 1024;

type Sender = mpsc::Sender<Message<Box<dyn Request>>>;

/// The writer's side of the channel, and what it needs beside the book.
pub(crate) struct Writer {
    pub(crate) book: Book,
    pub(crate) home: Home,
    pub(crate) inbox: mpsc::Receiver<Message<Box<dyn Request>>>,
    pub(crate) myself: mpsc::WeakSender<Message<Box<dyn Request>>>,
    /// Where the log is put away.
    pub(crate) keeper: mpsc::Sender<Message<Question>>,
    pub(crate) log_too_long: Arc<AtomicBool>,
    /// How long the disk took to keep the last transaction.
    pub(crate) kept: Duration,
}

impl Writer {
    /// Works until it is closed, or until nobody can ask any more.
    pub(crate) fn work(mut self) {
        let mut damage = None;
        let mut since_checkpoint = 0;
        let mut batch = Vec::with_capacity(BATCH);
        let mut open = true;
        while open || !batch.is_empty() {
            let left_over = batch.len();
            open = open && self.gather(&mut batch);
            let new = batch.iter().skip(left_over);
            since_checkpoint += new.map(|request| STEP_BYTES + request.bytes()).sum::<usize>();
            batch.sort_by_key(|request| request.urgency());
            if damage.is_none() {
                damage = self.commit(&mut batch).err();
            }
            if let Some(damage) = &damage {
                batch.drain(..).for_each(|request| request.answer(Err(damage.clone())));
            }
            if self.book.reserve.was_short() && damage.is_none() {
                self.shorten_log();
            }
            if since_checkpoint >= CHECKPOINT_AFTER && damage.is_none() {
                since_checkpoint = 0;
                self.ask_for_checkpoint();
            }
        }
        self.book.marks.close();
        if damage.is_none()
            && let Err(error) = checkpoint(&self.book.db)
        {
            tracing::warn!(%error, "the spool's log could not be put away at closing");
        }
    }

    /// Waits for a request, unless some are left over, and takes along what is waiting. Returns false once the spool is closed.
    fn gather(&mut self, batch: &mut Vec<Box<dyn Request>>) -> bool {
        if batch.len() == BATCH {
            return true;
        }
        let mut next = match batch.is_empty() {
            true => self.inbox.blocking_recv(),
            false => match self.inbox.try_recv() {
                Ok(message) => Some(message),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => None,
            },
        };
        loop {
            match next {
                Some(Message::Work(request)) => batch.push(request),
                Some(Message::Close) => return false,
                None => return !batch.is_empty(),
            }
            if batch.len() == BATCH {
                return true;
            }
            match self.inbox.try_recv() {
                Ok(message) => next = Some(message),
                Err(_) => return true,
            }
        }
    }

    /// Commits the beginning of the batch together; where that fails, each of the batch alone. An error is damage: nothing works any
    /// more.
    fn commit(&mut self, batch: &mut Vec<Box<dyn Request>>) -> Result<(), SpoolError> {
        if batch.is_empty() {
            return Ok(());
        }
        let said = self.attempt(batch);
        self.notice(&said)?;
        if let Ok(done) = said {
            batch.drain(..done).for_each(|request| request.answer(Ok(())));
            return Ok(());
        }
        while !batch.is_empty() {
            let mut alone = vec![batch.remove(0)];
            let said = self.attempt_alone(&mut alone).map(|_| ());
            if let Err(damage) = self.notice(&said) {
                batch.append(&mut alone);
                return Err(damage);
            }
            alone.drain(..).for_each(|request| request.answer(said.clone()));
        }
        Ok(())
    }

    fn attempt_alone(&mut self, alone: &mut [Box<dyn Request>]) -> Result<usize, SpoolError> {
        let said = self.attempt(alone);
        let accepted_work = alone.iter().all(|request| request.purse() == Purse::Reserve);
        if !accepted_work || !matches!(said, Err(SpoolError::DiskFull | SpoolError::Io { .. })) {
            return said;
        }
        self.book.reserve.give_up();
        // Once it is put away, the log is written over from its beginning and needs no more room.
        self.put_log_away_here();
        self.attempt(alone)
    }

    fn attempt(&mut self, batch: &mut [Box<dyn Request>]) -> Result<usize, SpoolError> {
        let said = self.transaction(batch);
        if said.is_err() {
            self.book.roll_back();
        }
        said
    }

    /// Returns how many of them it has taken.
    fn transaction(&mut self, batch: &mut [Box<dyn Request>]) -> Result<usize, SpoolError> {
        let durability =
            batch.iter().map(|request| request.durability()).max().unwrap_or(Durability::Synced);
        let (began, enough) = (Instant::now(), self.kept.max(SHORTEST));
        let mut done = 0;
        self.book.begin(durability)?;
        for request in batch {
            if done > 0 && began.elapsed() >= enough {
                break;
            }
            self.book.run("SAVEPOINT step", [])?;
            if let Err(error) = request.run(&mut self.book) {
                if is_of_the_disk(&error, request.purse()) || self.book.db.is_autocommit() {
                    return Err(error);
                }
                self.book.run("ROLLBACK TO step", [])?;
            }
            self.book.run("RELEASE step", [])?;
            done += 1;
        }
        let keeping = Instant::now();
        self.book.run("COMMIT", [])?;
        if durability == Durability::Synced {
            self.kept = keeping.elapsed();
        }
        Ok(done)
    }

    /// Damage is noted beside the database, so that the next opening sets it aside.
    fn notice<T>(&self, said: &Result<T, SpoolError>) -> Result<(), SpoolError> {
        match said {
            Err(damage @ SpoolError::Corrupt { .. }) => {
                tracing::error!(%damage, "the spool stops");
                self.home.note_damage();
                Err(damage.clone())
            }
            _ => Ok(()),
        }
    }

    /// The log may have grown into the room that the reserve needs: nothing in it has to stay.
    fn shorten_log(&self) {
        let shorten = self.book.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = shorten.map_err(SpoolError::from) {
            tracing::debug!(%error, "the spool's log could not be shortened");
        }
    }

    fn put_log_away_here(&self) {
        if let Err(error) = checkpoint(&self.book.db) {
            tracing::warn!(%error, "the spool's log could not be put away");
        }
    }

    /// Leaves the copying to a thread of its own, so that neither a job nor a lookup waits for it.
    fn ask_for_checkpoint(&mut self) {
        if self.log_too_long.swap(false, Ordering::Relaxed) {
            // It grew under load faster than it could be put away beside it.
            self.put_log_away_here();
            return;
        }
        let myself = self.myself.clone();
        let too_long = Arc::clone(&self.log_too_long);
        let question: Question = Box::new(move |db| put_log_away(db, &myself, &too_long));
        // One that is busy is asked again later; one that has died leaves the work to this thread.
        if let Err(TrySendError::Closed(_)) = self.keeper.try_send(Message::Work(question)) {
            self.put_log_away_here();
        }
    }
}

/// Frames of the log, 4 KiB each, beyond which the writer itself waits for it to be put away: the reserve has to be
/// large enough for that on a full disk.
const LONGEST_LOG: i64 = (LOG_BYTES / 4096) as i64;

fn put_log_away(
    db: &rusqlite::Connection,
    writer: &mpsc::WeakSender<Message<Box<dyn Request>>>,
    too_long: &AtomicBool,
) {
    match checkpoint(db) {
        Ok((frames, done)) if frames == done => {
            if let Some(writer) = writer.upgrade() {
                rewind(&writer);
            }
        }
        Ok((frames, _)) => too_long.store(frames > LONGEST_LOG, Ordering::Relaxed),
        Err(error) => tracing::warn!(%error, "the spool's log could not be put away"),
    }
}

/// The first commit after a checkpoint starts the log over, which costs a second fsync: better now than with the next
/// job.
fn rewind(writer: &Sender) {
    let (request, _) = crate::request::request(Rewind);
    let _ = writer.try_send(Message::Work(request));
}

struct Rewind;

impl Step for Rewind {
    type Answer = ();
    const DURABILITY: Durability = Durability::Written;

    fn run(&mut self, book: &mut Book) -> Result<(), SpoolError> {
        book.run("UPDATE meta SET value = value + 1 WHERE name = 'rewinds'", [])?;
        Ok(())
    }
}

/// Errors that concern the whole transaction. An ordinary step that finds no room has only itself to blame.
fn is_of_the_disk(error: &SpoolError, purse: Purse) -> bool {
    match error {
        SpoolError::Corrupt { .. } | SpoolError::Io { .. } => true,
        SpoolError::DiskFull => purse == Purse::Reserve,
        _ => false,
    }
}
