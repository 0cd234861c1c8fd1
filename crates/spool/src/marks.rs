//! The mark file: which leased job of each printer was the last to start.
//!
//! One slot of 64 bytes for each lane, written in place without an fsync. What is written survives the death of the
//! process (it is in the page cache), not that of the machine: a slot therefore names the run of the operating
//! system, and is believed in that run only. Whatever is missing or damaged counts as "may have started".

use crate::boot::digest;
use crate::{BootId, LeaseSeq, SpoolError};
use platen_job::{Job, PrinterId, Timestamp};
use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const SLOT: usize = 64;
const MAGIC: &[u8; 8] = b"PLTNMRK1";
/// Slots written ahead, so that marking a start never needs new disk space.
const PREPARED: usize = 256;
/// Starts remembered for `started_at`; older ones were settled long ago.
const REMEMBERED: usize = 1024;

/// A lane's mark: the highest lease that was started, and when. Zero: none yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) seq: i64,
    pub(crate) at: Timestamp,
}

const NOTHING: Mark = Mark { seq: 0, at: Timestamp(0) };

/// The believable marks of an earlier process, by the digest of the printer's id.
#[derive(Debug, Default)]
pub(crate) struct EarlierMarks(HashMap<[u8; 16], Mark>);

impl EarlierMarks {
    /// Reads what an earlier process left; empty where nothing can be believed.
    pub(crate) fn read(path: &Path, boot: BootId) -> EarlierMarks {
        let mut marks = EarlierMarks::default();
        let (BootId::Known(boot), Ok(bytes)) = (boot, std::fs::read(path)) else { return marks };
        for (printer, mark) in bytes.chunks_exact(SLOT).filter_map(|slot| decode(slot, &boot)) {
            let known = marks.0.entry(printer).or_insert(mark);
            if mark.seq > known.seq {
                *known = mark;
            }
        }
        marks
    }

    /// The mark of that printer's lane, where it can be believed.
    pub(crate) fn of(&self, printer: &PrinterId) -> Option<Mark> {
        self.0.get(&printer_digest(printer)).copied()
    }
}

/// The mark file of this process.
#[derive(Debug)]
pub(crate) struct Marks {
    file: File,
    boot: [u8; 16],
    lanes: Mutex<HashMap<PrinterId, Arc<LaneMark>>>,
    /// Set when the spool ends: a lane that outlives it must not write into its successor's file.
    closed: AtomicBool,
}

/// One lane's slot.
#[derive(Debug)]
pub(crate) struct LaneMark {
    offset: u64,
    printer: [u8; 16],
    state: Mutex<LaneState>,
}

#[derive(Debug)]
struct LaneState {
    mark: Mark,
    before: Mark,
    starts: VecDeque<Mark>,
}

impl Marks {
    /// Starts over with empty slots.
    pub(crate) fn start(path: &Path, boot: BootId) -> Result<Marks, SpoolError> {
        let file = crate::home::private_file(path)?;
        file.set_len(0)?;
        write_at(&file, &vec![0; SLOT * PREPARED], 0)?;
        // An unknown run is written as zeros, and never read back as a known one.
        let boot = if let BootId::Known(boot) = boot { boot } else { [0; 16] };
        Ok(Marks { file, boot, lanes: Mutex::default(), closed: AtomicBool::new(false) })
    }

    /// No more starts: every lane refuses from now on.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
    }

    /// The slot of that printer's lane, the same one at every call.
    pub(crate) fn lane(&self, printer: &PrinterId) -> Result<Arc<LaneMark>, SpoolError> {
        let mut lanes = lock(&self.lanes);
        if let Some(lane) = lanes.get(printer) {
            return Ok(Arc::clone(lane));
        }
        let offset = u64::try_from(lanes.len() * SLOT).unwrap_or(u64::MAX);
        let state = LaneState { mark: NOTHING, before: NOTHING, starts: VecDeque::new() };
        let lane = Arc::new(LaneMark {
            offset,
            printer: printer_digest(printer),
            state: Mutex::new(state),
        });
        self.write(&lane, NOTHING)?;
        lanes.insert(printer.clone(), Arc::clone(&lane));
        Ok(lane)
    }

    /// Whether a job leased in this process may have started.
    pub(crate) fn may_have_started(&self, printer: &PrinterId, seq: LeaseSeq) -> bool {
        let lane = lock(&self.lanes).get(printer).cloned();
        lane.is_some_and(|lane| lock(&lane.state).mark.seq >= seq.0)
    }

    /// When that lease was started in this process, where it is still remembered.
    pub(crate) fn started_at(&self, printer: &PrinterId, seq: LeaseSeq) -> Option<Timestamp> {
        let lane = lock(&self.lanes).get(printer).cloned()?;
        let state = lock(&lane.state);
        state.starts.iter().rev().find(|mark| mark.seq == seq.0).map(|mark| mark.at)
    }

    /// Marks a start. Returns false, having written nothing, where the lease is not above the mark.
    pub(crate) fn raise(&self, lane: &LaneMark, seq: LeaseSeq) -> Result<bool, SpoolError> {
        let mut state = lock(&lane.state);
        if seq.0 <= state.mark.seq {
            return Ok(false);
        }
        let mark = Mark { seq: seq.0, at: Timestamp::now() };
        self.write(lane, mark)?;
        state.before = state.mark;
        state.mark = mark;
        state.starts.push_back(mark);
        if state.starts.len() > REMEMBERED {
            state.starts.pop_front();
        }
        Ok(true)
    }

    /// Takes a start back. Returns false, having written nothing, where that lease is not the mark.
    pub(crate) fn lower(&self, lane: &LaneMark, seq: LeaseSeq) -> Result<bool, SpoolError> {
        let mut state = lock(&lane.state);
        if seq.0 != state.mark.seq {
            return Ok(false);
        }
        self.write(lane, state.before)?;
        state.mark = state.before;
        state.starts.pop_back();
        Ok(true)
    }

    fn write(&self, lane: &LaneMark, mark: Mark) -> Result<(), SpoolError> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(SpoolError::Closed);
        }
        Ok(write_at(&self.file, &encode(&self.boot, &lane.printer, mark), lane.offset)?)
    }
}

fn encode(boot: &[u8; 16], printer: &[u8; 16], mark: Mark) -> [u8; SLOT] {
    let mut slot = [0; SLOT];
    slot[..8].copy_from_slice(MAGIC);
    slot[8..24].copy_from_slice(boot);
    slot[24..40].copy_from_slice(printer);
    slot[40..48].copy_from_slice(&mark.seq.to_le_bytes());
    slot[48..56].copy_from_slice(&mark.at.0.to_le_bytes());
    let sum = Job::fingerprint_of(&[&slot[..56]]);
    slot[56..].copy_from_slice(&sum.to_le_bytes());
    slot
}

fn decode(slot: &[u8], boot: &[u8; 16]) -> Option<([u8; 16], Mark)> {
    let number = |at: usize| -> Option<i64> {
        Some(i64::from_le_bytes(slot.get(at..at + 8)?.try_into().ok()?))
    };
    let sum = Job::fingerprint_of(&[slot.get(..56)?]);
    let intact = slot.get(..8)? == MAGIC && number(56)?.cast_unsigned() == sum;
    let printer = slot.get(24..40)?.try_into().ok()?;
    (intact && slot.get(8..24)? == boot)
        .then_some((printer, Mark { seq: number(40)?, at: Timestamp(number(48)?) }))
}

fn printer_digest(printer: &PrinterId) -> [u8; 16] {
    digest(&[printer.as_str().as_bytes()])
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Writes at a place in a file, all of it.
#[cfg(unix)]
pub(crate) fn write_at(file: &File, bytes: &[u8], offset: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

/// Writes at a place in a file, all of it.
#[cfg(windows)]
pub(crate) fn write_at(file: &File, mut bytes: &[u8], mut offset: u64) -> std::io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, bytes, offset)? {
            0 => return Err(std::io::ErrorKind::WriteZero.into()),
            written => {
                bytes = &bytes[written..];
                offset += written as u64;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printer(name: &str) -> PrinterId {
        PrinterId::new(name).unwrap()
    }

    #[test]
    fn a_mark_is_believed_in_its_own_run_of_the_system_only() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("marks");
        let (today, tomorrow) = (BootId::named("a"), BootId::named("b"));
        let marks = Marks::start(&path, today).unwrap();
        let lane = marks.lane(&printer("bar")).unwrap();
        marks.lane(&printer("kitchen")).unwrap();
        assert!(marks.raise(&lane, LeaseSeq(7)).unwrap());
        let seq = |boot, name: &str| {
            EarlierMarks::read(&path, boot).of(&printer(name)).map(|mark| mark.seq)
        };
        assert_eq!(seq(today, "bar"), Some(7));
        assert_eq!(seq(today, "kitchen"), Some(0));
        assert_eq!(seq(today, "cellar"), None);
        assert_eq!(seq(tomorrow, "bar"), None);
        assert_eq!(seq(BootId::Unknown, "bar"), None);
    }

    #[test]
    fn a_damaged_slot_is_not_believed_whatever_byte_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("marks");
        let boot = BootId::named("a");
        let marks = Marks::start(&path, boot).unwrap();
        let lane = marks.lane(&printer("bar")).unwrap();
        marks.raise(&lane, LeaseSeq(7)).unwrap();
        let good = std::fs::read(&path).unwrap();
        for byte in 0..SLOT {
            let mut bad = good.clone();
            bad[byte] ^= 0x10;
            std::fs::write(&path, bad).unwrap();
            assert!(EarlierMarks::read(&path, boot).of(&printer("bar")).is_none(), "byte {byte}");
        }
        std::fs::write(&path, &good[..SLOT - 1]).unwrap();
        assert!(EarlierMarks::read(&path, boot).of(&printer("bar")).is_none());
    }

    #[test]
    fn a_start_that_was_taken_back_restores_the_mark_before() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("marks");
        let boot = BootId::named("a");
        let marks = Marks::start(&path, boot).unwrap();
        let lane = marks.lane(&printer("bar")).unwrap();
        assert!(marks.raise(&lane, LeaseSeq(3)).unwrap());
        assert!(marks.raise(&lane, LeaseSeq(5)).unwrap());
        assert!(!marks.raise(&lane, LeaseSeq(5)).unwrap(), "a lease is started once");
        assert!(!marks.raise(&lane, LeaseSeq(4)).unwrap(), "leases start in ascending order");
        assert!(!marks.lower(&lane, LeaseSeq(3)).unwrap());
        assert!(marks.lower(&lane, LeaseSeq(5)).unwrap());
        assert_eq!(EarlierMarks::read(&path, boot).of(&printer("bar")).unwrap().seq, 3);
        assert!(!marks.may_have_started(&printer("bar"), LeaseSeq(5)));
        assert!(marks.may_have_started(&printer("bar"), LeaseSeq(3)));
        assert!(marks.raise(&lane, LeaseSeq(5)).unwrap());
    }
}
