//! Which jobs are being turned into printer bytes right now, in a file that outlives the process.
//!
//! A document may be such that reading it ends the process (a stack that overflows, memory that runs out). Without a trace it
//! would be taken up again after every start. So a job is marked before it is encoded and the mark is taken away
//! after it; a mark that is found at an opening is a death. Slots of 64 bytes, written in place without an fsync like the marks
//! of the lanes: the page cache survives the process. What a power cut leaves of it is at worst a death that was none.

use crate::SpoolError;
use crate::marks::write_at;
use platen_job::{Job, JobId};
use std::collections::HashMap;
use std::fs::File;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const SLOT: usize = 64;
/// Jobs that are marked at once. At the bound a job is encoded unmarked.
const SLOTS: usize = 256;
const MAGIC: &[u8; 8] = b"PLTNENC1";

/// The file of this process.
#[derive(Debug)]
pub(crate) struct Encodings {
    file: File,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    free: Vec<usize>,
    /// Jobs at whose encoding earlier processes died.
    suspects: HashMap<JobId, Suspect>,
}

#[derive(Debug, Clone, Copy)]
struct Suspect {
    slot: usize,
    deaths: u32,
}

/// What a slot says of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    /// It is being encoded.
    Encoding,
    /// It waits; earlier processes died of it.
    Waiting,
}

/// Stands while a job is being encoded; dropping it says that the process lived through it.
#[derive(Debug)]
pub struct EncodingMark {
    encodings: Arc<Encodings>,
    job: JobId,
    slot: Option<usize>,
}

impl Encodings {
    /// Opens the file, and counts a death for each job that was being encoded when the last process ended.
    pub(crate) fn open(path: &Path) -> Result<Encodings, SpoolError> {
        let bytes = std::fs::read(path).unwrap_or_default();
        let file = crate::home::private_file(path)?;
        file.set_len(0)?;
        // Written ahead, so that a mark never needs new disk space.
        write_at(&file, &vec![0; SLOT * SLOTS], 0)?;
        let mut found: Vec<_> = bytes.chunks_exact(SLOT).take(SLOTS).filter_map(decode).collect();
        // Some belong to jobs that came to their end without being encoded again: the oldest are forgotten.
        found.sort_by_key(|(job, ..)| std::cmp::Reverse(*job));
        found.truncate(SLOTS / 2);
        let mut state = State::default();
        for (slot, (job, word, deaths)) in found.into_iter().enumerate() {
            let deaths = deaths.saturating_add(u32::from(word == Word::Encoding));
            state.suspects.insert(job, Suspect { slot, deaths });
            write_at(&file, &encode(job, Word::Waiting, deaths), offset(slot))?;
        }
        state.free = (state.suspects.len()..SLOTS).rev().collect();
        Ok(Encodings { file, state: Mutex::new(state) })
    }

    /// How many processes died while they encoded that job.
    pub(crate) fn deaths(&self, job: JobId) -> u32 {
        self.lock().suspects.get(&job).map_or(0, |suspect| suspect.deaths)
    }

    /// Marks a job. What cannot be marked is encoded all the same.
    pub(crate) fn begin(self: &Arc<Self>, job: JobId) -> EncodingMark {
        let mut state = self.lock();
        let (slot, deaths) = match state.suspects.get(&job) {
            Some(suspect) => (Some(suspect.slot), suspect.deaths),
            None => (state.free.pop(), 0),
        };
        drop(state);
        if let Some(slot) = slot {
            self.write(slot, &encode(job, Word::Encoding, deaths));
        }
        EncodingMark { encodings: Arc::clone(self), job, slot }
    }

    fn end(&self, job: JobId, slot: usize) {
        self.write(slot, &[0; SLOT]);
        let mut state = self.lock();
        state.suspects.remove(&job);
        state.free.push(slot);
    }

    fn write(&self, slot: usize, bytes: &[u8; SLOT]) {
        if let Err(error) = write_at(&self.file, bytes, offset(slot)) {
            tracing::warn!(%error, "the file of jobs being encoded cannot be written");
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for EncodingMark {
    fn drop(&mut self) {
        if let Some(slot) = self.slot {
            self.encodings.end(self.job, slot);
        }
    }
}

fn offset(slot: usize) -> u64 {
    u64::try_from(slot * SLOT).unwrap_or(u64::MAX)
}

fn encode(job: JobId, word: Word, deaths: u32) -> [u8; SLOT] {
    let mut slot = [0; SLOT];
    slot[..8].copy_from_slice(MAGIC);
    slot[8..16].copy_from_slice(&job.0.to_le_bytes());
    slot[16..20].copy_from_slice(&deaths.to_le_bytes());
    slot[20] = u8::from(word == Word::Encoding);
    let sum = Job::fingerprint_of(&[&slot[..56]]);
    slot[56..].copy_from_slice(&sum.to_le_bytes());
    slot
}

fn decode(slot: &[u8]) -> Option<(JobId, Word, u32)> {
    let sum = u64::from_le_bytes(slot.get(56..64)?.try_into().ok()?);
    if slot.get(..8)? != MAGIC || Job::fingerprint_of(&[slot.get(..56)?]) != sum {
        return None;
    }
    let job = JobId(i64::from_le_bytes(slot.get(8..16)?.try_into().ok()?));
    let deaths = u32::from_le_bytes(slot.get(16..20)?.try_into().ok()?);
    let word = if *slot.get(20)? == 1 { Word::Encoding } else { Word::Waiting };
    Some((job, word, deaths))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(dir: &Path) -> Arc<Encodings> {
        Arc::new(Encodings::open(&dir.join("encodings")).unwrap())
    }

    /// What a process that dies leaves behind.
    fn die(mark: EncodingMark) {
        std::mem::forget(mark);
    }

    #[test]
    fn a_death_counts_for_the_job_that_was_being_encoded_and_for_no_other() {
        let dir = tempfile::tempdir().unwrap();
        let (bad, good) = (JobId(7), JobId(8));
        for deaths in 0..3 {
            let encodings = open(dir.path());
            assert_eq!((encodings.deaths(bad), encodings.deaths(good)), (deaths, 0));
            drop(encodings.begin(good));
            die(encodings.begin(bad));
        }
        // A process that ends while the job waits is none of its deaths.
        assert_eq!(open(dir.path()).deaths(bad), 3);
        let encodings = open(dir.path());
        assert_eq!(encodings.deaths(bad), 3);
        drop(encodings.begin(bad));
        assert_eq!(open(dir.path()).deaths(bad), 0, "it was encoded after all");
    }

    #[test]
    fn a_damaged_file_is_no_death_and_no_error() {
        let dir = tempfile::tempdir().unwrap();
        die(open(dir.path()).begin(JobId(1)));
        let path = dir.path().join("encodings");
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[9] ^= 1;
        std::fs::write(&path, &bytes[..100]).unwrap();
        let encodings = open(dir.path());
        assert_eq!((encodings.deaths(JobId(1)), encodings.deaths(JobId(257))), (0, 0));
        let all: Vec<_> = (0..300).map(|job| encodings.begin(JobId(job))).collect();
        drop(all);
        die(encodings.begin(JobId(5)));
        assert_eq!(open(dir.path()).deaths(JobId(5)), 1);
    }
}
