//! Jobs of an earlier run that stand in the operating system's spooler: their fate is asked for there, nothing is sent again. (One
//! that was begun there and got no document is dropped by the spooler itself, and printed like any that waits.)

use super::attempt::{How, Task, sent};
use super::{Worker, facts};
use crate::places::Standing;
use crate::policy::{Stop, Verdict};
use crate::printer::{Current, Progress};
use platen_devices::PrintFormat;
use platen_job::{AttemptEnd, StopCause, UnconfirmedReason};

impl Worker {
    /// Follows such a job to its end, before anything else is printed.
    pub(super) async fn follow_earlier(&mut self) {
        let earlier = self.printer.shared().earlier.take();
        let Some((record, place)) = earlier else { return };
        tracing::info!(job = %record.id, spooler_job = place.spooler.id, "a job of an earlier run is looked for in the system's print queue");
        let mut current = Current::new(record.clone());
        current.progress = Progress::Started;
        self.printer.shared().current = Some(current);
        let bytes = sent(&self.core, &self.printer, &record).await;
        self.care.busy();
        let task =
            Task { seq: None, bytes, format: PrintFormat::Raw, how: How::Follow(place.spooler) };
        let Ok((attempt, stop)) = self.attempt(&record, task).await else { return };
        self.care.heard(&attempt);
        self.printer.shared().current = None;
        let facts = facts(&record, stop);
        let by_us = place.standing == Standing::TakenBack
            && attempt.end == AttemptEnd::Stopped(StopCause::CanceledInQueue);
        let verdict = match self.core.policy.judge(&attempt, facts) {
            // Nobody canceled it: Platen took it back, and did not live to say so.
            _ if by_us => self.core.policy.in_doubt(facts, UnconfirmedReason::Interrupted),
            settled @ (Verdict::Settle(_) | Verdict::Reprint(_)) => settled,
            // It began in a run that nobody can ask: it does not simply begin again.
            Verdict::Hold(_) | Verdict::PutBack => {
                self.core.policy.in_doubt(facts, UnconfirmedReason::Interrupted)
            }
        };
        if !matches!(attempt.end, AttemptEnd::Finished(_)) && stop == Stop::NotByPerson {
            self.assume_dirty(record.id).await;
        }
        self.carry_out(record, verdict).await;
    }
}
