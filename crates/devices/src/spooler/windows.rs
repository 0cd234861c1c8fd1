//! Windows' print spooler (winspool).
//!
//! Built and tested under Wine where Wine has the call; job and printer status were never seen on a real Windows. Their
//! meaning is in pure functions, which are tested everywhere.

mod status;
#[cfg(windows)]
mod winspool;

#[cfg(windows)]
pub(crate) use winspool::Winspool;
