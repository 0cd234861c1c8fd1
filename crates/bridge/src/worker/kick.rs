//! A drawer opens also while its printer cannot print: the cashier has to give change when the paper is out.
//!
//! A kick that waits for a printer in trouble is sent as a real-time pulse, where the profile has one; else it waits as every job
//! does, for a minute at most, and its sender is told. It is a job as any other: leased, its start recorded before the pulse, so
//! that one request never opens the drawer twice.

use super::attempt::{How, Task};
use super::{LEASE_RETRY, Worker, facts, keep_those_that_wait};
use crate::policy::Verdict;
use crate::printer::Current;
use crate::queue::Waiting;
use bytes::Bytes;
use platen_devices::PrintFormat;
use platen_escpos::{Support, real_time_kick};
use platen_job::{Attempt, AttemptEnd, Document, DocumentType, StateReason, StopCause};
use platen_spool::{JobRecord, Leased};

impl Worker {
    /// Whether a pulse reaches the printer, whatever else keeps it.
    pub(super) fn can_kick(&self) -> bool {
        self.printer.profile.drawer_real_time == Support::Yes
            && self.device.takes_pulses()
            && !self.care.reasons().contains(StateReason::Offline)
    }

    /// Whether that attempt at a kick only met a printer that cannot print: then a pulse is next.
    pub(super) fn is_left_to_pulse(&self, record: &JobRecord, attempt: &Attempt) -> bool {
        record.document_type == DocumentType::Drawer
            && attempt.end == AttemptEnd::Stopped(StopCause::NotReady)
            && attempt.bytes_written == 0
            && self.can_kick()
    }

    /// Kicks the drawer past whatever waits.
    pub(super) async fn kick(&mut self, job: Waiting) {
        // Leases start in their order: the kick's is to be the newest.
        self.give_back_leases().await;
        let leased = match self.core.spool.lease(vec![job.id]).await {
            Ok(leased) => leased,
            Err(error) => {
                tracing::error!(%error, job = %job.id, "a drawer kick cannot be leased; trying again");
                self.printer.shared().queue.push(job);
                self.core.spool_failed(&error);
                return tokio::time::sleep(LEASE_RETRY).await;
            }
        };
        if leased.is_empty() {
            return keep_those_that_wait(&self.core, &self.printer, vec![job]).await;
        }
        for Leased { record, seq, document } in leased {
            let pulse = match document {
                Ok(Document::Drawer(pin)) => real_time_kick(pin, &self.printer.profile),
                _ => None,
            };
            let Some(pulse) = pulse else {
                let outcome = super::aborted(platen_job::AbortReason::Unprintable);
                self.settling.settle(record.id, outcome).await;
                continue;
            };
            self.printer.shared().current = Some(Current::new(record.clone()));
            let bytes = Bytes::copy_from_slice(&pulse);
            let task = Task { seq: Some(seq), bytes, format: PrintFormat::Raw, how: How::Pulse };
            // A pulse never goes to the system's spooler.
            let Ok((attempt, stop)) = self.attempt(&record, task).await else { continue };
            let verdict = self.core.policy.judge(&attempt, facts(&record, stop));
            if let Verdict::Hold(reasons) = &verdict {
                self.care.trouble(reasons);
            }
            self.printer.shared().current = None;
            if attempt.end == AttemptEnd::Stopped(StopCause::NotRecorded) {
                tokio::time::sleep(LEASE_RETRY).await;
            }
            self.carry_out(record, verdict).await;
        }
    }
}
