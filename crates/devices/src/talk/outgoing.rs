//! The bytes of one attempt on their way out.

use super::connection::Connection;
use super::fence::FencePlan;
use crate::status::AUTO_STATUS_ON;
use bytes::Bytes;
use std::io::IoSlice;

/// What goes out in one attempt: our own bytes before the job, the job, and the fence behind it.
pub(super) struct Outgoing {
    head: Vec<u8>,
    job: Bytes,
    tail: Vec<u8>,
    sent: usize,
}

impl Outgoing {
    pub(super) fn new(connection: &mut Connection, job: &Bytes, plan: &FencePlan) -> Outgoing {
        let mut head = connection.take_leftover();
        if connection.claim_automatic_status() {
            head.extend(AUTO_STATUS_ON);
        }
        Outgoing { head, job: job.clone(), tail: plan.bytes(), sent: 0 }
    }

    /// Bytes with no fence behind them.
    pub(super) fn plain(connection: &mut Connection, bytes: &Bytes) -> Outgoing {
        let head = connection.take_leftover();
        Outgoing { head, job: bytes.clone(), tail: Vec::new(), sent: 0 }
    }

    pub(super) fn is_done(&self) -> bool {
        self.sent == self.head.len() + self.job.len() + self.tail.len()
    }

    /// So many of the last bytes did not reach the printer after all.
    pub(super) fn take_back(&mut self, bytes: u64) {
        self.sent = self.sent.saturating_sub(usize::try_from(bytes).unwrap_or(usize::MAX));
    }

    /// Bytes of the job that the link took.
    pub(super) fn job_bytes_written(&self) -> u64 {
        self.sent.saturating_sub(self.head.len()).min(self.job.len()) as u64
    }

    /// What may be written next: up to `allowance` bytes of the job, our own bytes before and behind it for nothing.
    pub(super) fn next(&self, allowance: usize) -> [IoSlice<'_>; 3] {
        let head = &self.head[self.sent.min(self.head.len())..];
        let into_job = self.sent.saturating_sub(self.head.len());
        let job = &self.job[into_job.min(self.job.len())..];
        let piece = &job[..job.len().min(allowance)];
        let into_tail = into_job.saturating_sub(self.job.len());
        let tail = if piece.len() == job.len() { &self.tail[into_tail..] } else { &[][..] };
        [IoSlice::new(head), IoSlice::new(piece), IoSlice::new(tail)]
    }

    /// Takes note of what the link took; gives the number of job bytes among them.
    pub(super) fn advance(&mut self, bytes: usize) -> usize {
        let before = self.job_bytes_written();
        self.sent += bytes;
        (self.job_bytes_written() - before) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_exact_wherever_a_write_stops() {
        for step in 1..12 {
            let mut outgoing = Outgoing {
                head: b"HEAD".to_vec(),
                job: Bytes::from_static(b"0123456789"),
                tail: b"END".to_vec(),
                sent: 0,
            };
            let mut wire = Vec::new();
            while !outgoing.is_done() {
                let mut ready: Vec<u8> =
                    outgoing.next(4).iter().flat_map(|slice| slice.to_vec()).collect();
                ready.truncate(step);
                assert!(!ready.is_empty());
                outgoing.advance(ready.len());
                wire.extend(ready);
                let of_the_job = wire.len().saturating_sub(4).min(10) as u64;
                assert_eq!(outgoing.job_bytes_written(), of_the_job);
            }
            assert_eq!(wire, b"HEAD0123456789END");
        }
    }
}
