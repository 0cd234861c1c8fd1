//! The jobs behind the one under way. Where that one is held up, or the printer is in trouble, they are not held up with it.

use super::care::Care;
use super::settling::Settling;
use super::{Waiting, backup};
use crate::engine::Core;
use crate::printer::Printer;
use platen_job::{AbortReason, JobId, Outcome, StateReasons};
use platen_spool::{JobRecord, Leased};
use std::sync::Arc;
use tokio::task::JoinHandle;

/// What is to be known of them.
pub(super) struct Rest<'a> {
    pub(super) core: &'a Arc<Core>,
    pub(super) printer: &'a Printer,
    pub(super) settling: &'a Settling,
}

impl Rest<'_> {
    /// What cannot wait is told, of what `which` names, and what may be printed elsewhere goes there. `leasing`: the lease
    /// that is being stored.
    pub(super) async fn look_after(
        &self,
        care: &Care,
        leasing: Option<JoinHandle<()>>,
        which: impl Fn(&Waiting) -> bool,
    ) {
        self.give_back_leases(leasing).await;
        self.abort_impatient(&care.reasons(), which).await;
        backup::move_waiting(self.core, self.printer, care).await;
    }

    /// Jobs that cannot wait are told at once that the printer is in trouble.
    pub(super) async fn abort_impatient(
        &self,
        reasons: &StateReasons,
        which: impl Fn(&Waiting) -> bool,
    ) {
        let impatient = self.printer.shared().queue.take_impatient(which);
        for job in impatient {
            let outcome = Outcome::aborted(AbortReason::NotReady, reasons.clone());
            self.settling.settle(job.id, outcome).await;
        }
    }

    /// Puts back what is leased and has not started.
    pub(super) async fn give_back_leases(&self, leasing: Option<JoinHandle<()>>) {
        if let Some(leasing) = leasing {
            self.core.must_not_panic("a lease", leasing.await);
        }
        let leased: Vec<Leased> = self.printer.shared().leased.drain(..).collect();
        self.put_back(leased.into_iter().map(|one| one.record).collect()).await;
    }

    /// Jobs that have not started wait again, in their places.
    pub(super) async fn put_back(&self, records: Vec<JobRecord>) {
        let ids: Vec<JobId> = records.iter().map(|record| record.id).collect();
        if ids.is_empty() {
            return;
        }
        self.settling.release(ids).await;
        self.printer.shared().put_back(records);
    }
}
