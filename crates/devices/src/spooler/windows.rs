//! Windows' print spooler (winspool).
//!
//! Built and tested under Wine where Wine has the call; job and printer status were never seen on a real Windows. Their
//! meaning is in pure functions, which are tested everywhere, and so is what follows from them, on a spooler that plays
//! them.

mod status;
#[cfg(windows)]
mod winspool;

#[cfg(test)]
pub(super) use status::{job_view, queue_state};
#[cfg(windows)]
pub(crate) use winspool::{Winspool, has_queues};
