//! Disk space held back for jobs that were accepted: a file that can be given up when the disk is full.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long to wait before the reserve is tried for again.
const AGAIN: Duration = Duration::from_millis(500);

/// The reserve file. While it stands, new jobs are taken; when the disk is full it is removed, and what it held is
/// there to settle the jobs that were accepted.
#[derive(Debug)]
pub(crate) struct Reserve {
    path: PathBuf,
    bytes: u64,
    standing: bool,
    tried: Option<Instant>,
    /// The last try found too little room.
    short: bool,
}

impl Reserve {
    /// Puts the file there where it is missing; a disk too full for it is noticed at the first job.
    pub(crate) fn start(path: &Path, bytes: u64) -> Reserve {
        let standing = bytes == 0 || std::fs::metadata(path).is_ok_and(|file| file.len() == bytes);
        let mut reserve =
            Reserve { path: path.to_owned(), bytes, standing, tried: None, short: false };
        reserve.restore();
        reserve
    }

    /// Whether new jobs may be taken. Tries to put the file back where it was given up, twice a second at most.
    pub(crate) fn stands(&mut self) -> bool {
        self.restore();
        self.standing
    }

    /// Gives the space to the disk. Returns whether there was something to give.
    pub(crate) fn give_up(&mut self) -> bool {
        let given = self.bytes > 0 && self.standing && std::fs::remove_file(&self.path).is_ok();
        if given {
            tracing::warn!(bytes = self.bytes, "the disk is full: the spool uses its reserve");
            self.standing = false;
            self.tried = Some(Instant::now());
        }
        given
    }

    /// Whether a try found too little room since this was asked last.
    pub(crate) fn was_short(&mut self) -> bool {
        std::mem::take(&mut self.short)
    }

    fn restore(&mut self) {
        if self.standing || self.tried.is_some_and(|at| at.elapsed() < AGAIN) {
            return;
        }
        self.tried = Some(Instant::now());
        self.standing = fill(&self.path, self.bytes).is_ok();
        if !self.standing {
            self.short = true;
            // A part of it would hold the very space that settling needs.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Writes bytes that no file system can make smaller.
fn fill(path: &Path, bytes: u64) -> io::Result<()> {
    let mut file = crate::home::private_file(path)?;
    file.set_len(0)?;
    let mut word: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut chunk = vec![0; 64 * 1024];
    let mut left = bytes;
    while left > 0 {
        for place in chunk.chunks_exact_mut(8) {
            word ^= word << 13;
            word ^= word >> 7;
            word ^= word << 17;
            place.copy_from_slice(&word.to_le_bytes());
        }
        let size = usize::try_from(left).unwrap_or(usize::MAX).min(chunk.len());
        file.write_all(&chunk[..size])?;
        left -= size as u64;
    }
    Ok(())
}
