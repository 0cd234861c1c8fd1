//! The durable journal: never loses an accepted job or an unreported outcome.
//!
//! # Invariants
//! 1. What is answered is durable: `accept`, `lease`, `release`, `hold`, `move_to`, `mark`, `settle`, `copy` and `remember` return after
//!    the fsync of the commit that holds them. Only `reported`, `answered`, `annotate` and `retire` return before it; a kill does not
//!    undo them, a power cut may.
//! 2. A (connector, external id) is stored as a job once, for ever. When its record is retired, a digest of it stays. A
//!    copy is marked, names its origin, and is made by [`Spool::copy`] alone.
//! 3. A job may send its first byte only under a *lease* (a durable note in its row), and only after its start was
//!    *marked* in its printer's [`Lane`]. Leases grow; on one lane they start in ascending order.
//! 4. A job goes back to its queue only while it certainly did not start. After a crash that is: its lane's mark is
//!    intact, was written in the same run of the operating system, and is below the job's lease. Every other leased job
//!    may have started, stays processing, and is handed to the policy as [`Opening::interrupted`].
//! 5. An outcome and the note that its sender is to be told are one commit. Only the latest outcome is told.
//! 6. Numbers of jobs, leases and reports are never used twice, also not after a damaged database was set aside.
//! 7. When the disk is full no new job is taken, and every accepted one can still be brought to its end.
//! 8. Documents, and texts that SQLite might quote, reach no log and no error.
//!
//! # How
//! One SQLite file in WAL mode with `synchronous = FULL`. One writer thread takes every waiting change into one
//! transaction, a savepoint for each, so that a burst shares its fsync and one failing change does not take the others
//! along. A reader thread answers lookups, a third one puts the log away. A single job costs one fsync from `accept` to its first
//! byte: `accept` takes the lease in the same commit ([`LeaseWish::TakeNow`]), and the mark is a 64-byte write into the
//! page cache, which survives the death of the process. It does not survive a power cut, which is why a mark counts in
//! its own run of the system only. (A file system that is torn away from under a running system, such as a USB disk, is
//! outside of this: its marks could be older than the paper.)
//!
//! ```text
//! spool.db, -wal, -shm        the journal            spool.marks      last start of each lane
//! spool.lock                  one opening at a time  spool.reserve    space held back for settling
//! spool.encodings             jobs being turned into printer bytes: which of them end the process
//! spool-corrupt-<time>.db …   set aside              spool.damaged    damage was met; set aside at the next opening
//! ```

mod accept;
mod answered;
mod book;
mod boot;
mod copy;
mod encodings;
mod error;
mod home;
mod job_notes;
mod lane;
mod lease;
mod list;
mod marks;
mod moving;
mod note;
mod opening;
mod options;
mod reader;
mod record;
mod report;
mod request;
mod reserve;
mod retire;
mod row;
mod salvage;
mod schema;
mod settle;
mod spool;
mod thread;
mod writer;

pub use accept::{Accepted, Accepting, LeaseWish, SameContent};
pub use boot::BootId;
pub use copy::StandIn;
pub use encodings::EncodingMark;
pub use error::SpoolError;
pub use lane::{Lane, LaneError, LeaseSeq};
pub use lease::Leased;
pub use list::{JobSearch, LONGEST_LIST, ListFilter, StateCount};
pub use opening::Opening;
pub use options::{Retention, SpoolOptions};
pub use record::{
    JobRecord, Origin, Payload, ReportCount, ReportId, ReportRecord, StateName, Telling, Told,
};
pub use retire::Retired;
pub use settle::Settled;
pub use spool::Spool;
