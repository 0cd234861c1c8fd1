//! Jobs that wait at a printer in trouble go to its backup, where the settings name one.
//!
//! Only jobs of which not one byte was sent: they stand in the queue, and the spool moves none that is leased. What may be
//! on paper already never moves by itself. The move is stored before the other printer hears of the job.

use super::care::Care;
use crate::engine::Core;
use crate::printer::{Gate, Printer, QUEUE_LIMIT};
use platen_job::JobNotes;
use std::sync::Arc;
use std::time::Duration;

/// Jobs that are moved by one change of the spool.
const AT_ONCE: usize = 64;

/// Moves what may be moved, once the trouble has lasted long enough and while the backup works. Asked again at every look
/// at the printer, also within a job that is held up.
pub(super) async fn move_waiting(core: &Arc<Core>, printer: &Printer, care: &Care) {
    while let Some(backup) = ready(core, printer, care) {
        let jobs = printer.shared().queue.movable(AT_ONCE);
        if jobs.is_empty() {
            return;
        }
        let (from, to) = (printer.settings.name.clone(), backup.settings.id.clone());
        let why = care.reasons();
        let note = format!("moved from {from} to {}: {why}", backup.settings.name);
        let note: JobNotes = [note.as_str()].into_iter().collect();
        let moved = match core.spool.move_to(jobs.clone(), from.clone(), to, note).await {
            Ok(moved) => moved,
            Err(error) => {
                tracing::error!(%error, printer = %from, "jobs cannot be moved to the backup now");
                return core.spool_failed(&error);
            }
        };
        // One that was not moved was canceled in that moment: it is nobody's any more.
        {
            let mut shared = printer.shared();
            jobs.iter().for_each(|job| _ = shared.queue.remove(*job));
        }
        tracing::warn!(printer = %from, backup = %backup.settings.name, jobs = moved.len(), reasons = %why, "waiting jobs went to the backup");
        for record in moved {
            core.enqueue(&record).await;
        }
    }
}

fn ready(core: &Core, printer: &Printer, care: &Care) -> Option<Arc<Printer>> {
    let settings = printer.settings.backup.as_ref()?;
    let patience = Duration::from_secs(settings.after_seconds.into());
    let due = care.troubled_for().is_some_and(|span| span >= patience);
    // Who has paused a printer wants its jobs to wait.
    if !due || printer.shared().gate != Gate::Open || printer.cancel.is_cancelled() {
        return None;
    }
    let backup = core.registry.find(settings.printer.as_str())?;
    let other = backup.settings.id != printer.settings.id;
    let has_room = backup.shared().waiting() < QUEUE_LIMIT;
    (other && has_room && backup.is_at_work()).then_some(backup)
}
