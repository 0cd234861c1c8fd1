//! Random histories of a spool against the same history of plain data in memory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../common/mod.rs"]
mod common;
mod oracle;

use common::*;
use oracle::{Job, Oracle};
use platen_job::{
    ConnectorId, JobId, JobNotes, JobState, Mark, PrinterName, Timestamp, UnconfirmedReason,
};
use platen_spool::{
    Accepted, BootId, Lane, LeaseWish, ListFilter, Payload, SameContent, Spool, SpoolOptions,
    StandIn, Telling, Told,
};
use proptest::prelude::*;
use std::collections::HashMap;
use std::time::Duration;

const PRINTERS: [&str; 2] = ["bar", "kitchen"];

#[derive(Debug, Clone)]
enum Op {
    Accept { name: Option<u8>, content: u8, printer: usize, take_now: bool, local: bool },
    Lease { printer: usize, count: usize },
    Start { which: usize },
    TakeBack { printer: usize },
    Settle { which: usize, kind: u8 },
    Release { which: usize },
    Hold { which: usize },
    Move { which: usize },
    Copy { which: usize, for_the_sender: bool },
    Tell { count: usize },
    Retire { records_too: bool },
    Crash { power_cut: bool, lanes: bool },
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        6 => (prop::option::weighted(0.9, 0..12u8), 0..2u8, 0..2usize, any::<bool>(), prop::bool::weighted(0.2))
            .prop_map(|(name, content, printer, take_now, local)| Op::Accept { name, content, printer, take_now, local }),
        3 => (0..2usize, 1..4usize).prop_map(|(printer, count)| Op::Lease { printer, count }),
        5 => (0..8usize).prop_map(|which| Op::Start { which }),
        1 => (0..2usize).prop_map(|printer| Op::TakeBack { printer }),
        6 => (0..12usize, 0..5u8).prop_map(|(which, kind)| Op::Settle { which, kind }),
        2 => (0..12usize).prop_map(|which| Op::Release { which }),
        2 => (0..12usize).prop_map(|which| Op::Hold { which }),
        2 => (0..12usize).prop_map(|which| Op::Move { which }),
        2 => (0..12usize, any::<bool>()).prop_map(|(which, for_the_sender)| Op::Copy { which, for_the_sender }),
        2 => (0..3usize).prop_map(|count| Op::Tell { count }),
        1 => prop::bool::weighted(0.3).prop_map(|records_too| Op::Retire { records_too }),
        2 => (prop::bool::weighted(0.3), prop::bool::weighted(0.8))
            .prop_map(|(power_cut, lanes)| Op::Crash { power_cut, lanes }),
    ]
}

/// The spool and the oracle side by side.
struct Pair {
    dir: tempfile::TempDir,
    boot: u32,
    spool: Option<Spool>,
    lanes: HashMap<&'static str, Lane>,
    oracle: Oracle,
}

impl Pair {
    fn options(&self) -> SpoolOptions {
        SpoolOptions {
            boot: Some(BootId::named(&self.boot.to_string())),
            reserve_bytes: 4096,
            ..SpoolOptions::default()
        }
    }

    fn spool(&self) -> &Spool {
        self.spool.as_ref().unwrap()
    }

    async fn apply(&mut self, op: Op) {
        match op {
            Op::Accept { name, content, printer, take_now, local } => {
                let name = name.map(|name| format!("order-{name}"));
                let connector = if local { ConnectorId::Local } else { ConnectorId::PrinterMaster };
                let wish = if take_now { LeaseWish::TakeNow } else { LeaseWish::Wait };
                self.accept(connector, name, content, PRINTERS[printer], wish).await;
            }
            Op::Lease { printer, count } => self.lease(PRINTERS[printer], count).await,
            Op::Start { which } => self.start(which),
            Op::TakeBack { printer } => self.take_back(PRINTERS[printer]),
            Op::Settle { which, kind } => {
                let Some(id) = self.pick(which) else { return };
                let outcome = oracle::outcome(kind);
                let said = self.spool().settle(id, outcome.clone()).await;
                assert_eq!(said.is_ok(), self.oracle.settle(id, outcome), "{said:?}");
            }
            Op::Release { which } => {
                let Some(id) = self.pick(which) else { return };
                let said = self.spool().release(vec![id]).await;
                assert_eq!(said.is_ok(), self.oracle.put_back(id, JobState::Pending), "{said:?}");
            }
            Op::Hold { which } => {
                let Some(id) = self.pick(which) else { return };
                let JobState::Held { reasons } = oracle::held() else { unreachable!() };
                let said = self.spool().hold(id, reasons).await;
                assert_eq!(said.is_ok(), self.oracle.put_back(id, oracle::held()), "{said:?}");
            }
            Op::Move { which } => {
                let Some(id) = self.pick(which) else { return };
                let from = self.oracle.jobs[&id].printer;
                let to = *PRINTERS.iter().find(|other| **other != from).unwrap();
                let (name, note) = (PrinterName::new(from).unwrap(), JobNotes::default());
                let said = self.spool().move_to(vec![id], name, printer(to), note).await.unwrap();
                let moved: Vec<JobId> = said.iter().map(|record| record.id).collect();
                assert_eq!(moved, self.oracle.move_to(id, to).then_some(id).as_slice());
            }
            Op::Copy { which, for_the_sender } => self.copy(which, for_the_sender).await,
            Op::Tell { count } => self.tell(count).await,
            Op::Retire { records_too } => {
                let days = if records_too { 401 } else { 31 };
                let then = Timestamp::now().plus(Duration::from_secs(days * 24 * 60 * 60));
                self.spool().retire(then).await.unwrap();
                self.oracle.retire(records_too);
            }
            Op::Crash { power_cut, lanes } => self.crash(power_cut, lanes).await,
        }
    }

    /// One of the newest jobs: those that are open come first, so that most steps are about something.
    fn pick(&self, which: usize) -> Option<JobId> {
        let mut ids = self.oracle.ids(|job| job.state.is_open());
        ids.extend(self.oracle.ids(|job| !job.state.is_open()).into_iter().rev());
        (!ids.is_empty()).then(|| ids[which % ids.len()])
    }

    async fn accept(
        &mut self,
        connector: ConnectorId,
        name: Option<String>,
        content: u8,
        on: &'static str,
        wish: LeaseWish,
    ) {
        let mut new = job(name.as_deref().unwrap_or("-"), &content.to_string());
        new.connector = connector;
        new.printer = printer(on);
        if name.is_none() {
            new.external_id = None;
        }
        let said = self.spool().accept(new, None, wish).await.unwrap();
        let same =
            |known| if known == content { SameContent::Same } else { SameContent::Different };
        let key = name.clone().unwrap_or_default();
        if let Some((id, known)) = self.oracle.find(connector, &key) {
            let stands = self.oracle.stands_for(id);
            let expected = Accepted::Known {
                id: Some(id),
                state: Some(stands.state.clone()),
                outcome: stands.outcome.clone(),
                same_content: same(known.content),
            };
            assert_eq!(said, expected);
            return;
        }
        if let Some(known) = self.oracle.known.get(&(connector, key)).filter(|_| name.is_some()) {
            let expected = Accepted::Known {
                id: None,
                state: None,
                outcome: None,
                same_content: same(*known),
            };
            assert_eq!(said, expected);
            return;
        }
        let Accepted::New { record, lease, .. } = said else { panic!("known, but new: {said:?}") };
        assert_eq!(lease.is_some(), wish == LeaseWish::TakeNow);
        let state = if lease.is_some() { JobState::Processing } else { JobState::Pending };
        let job = Job {
            connector,
            name,
            content,
            printer: on,
            state,
            outcome: None,
            mark: None,
            backup_from: None,
            lease,
            origin: None,
            owed: false,
            told: false,
            payload: true,
        };
        assert!(self.oracle.jobs.insert(record.id, job).is_none(), "a number was used twice");
    }

    async fn lease(&mut self, on: &'static str, count: usize) {
        let ids: Vec<_> = self.oracle.waiting(on).into_iter().take(count).collect();
        let leased = self.spool().lease(ids.clone()).await.unwrap();
        assert_eq!(leased.iter().map(|job| job.record.id).collect::<Vec<_>>(), ids);
        assert!(leased.is_sorted_by(|a, b| a.seq < b.seq));
        for job in leased {
            let known = self.oracle.jobs.get_mut(&job.record.id).unwrap();
            let text = known.content.to_string();
            assert_eq!(job.document, Ok(platen_job::Document::Raw(text.into())));
            (known.state, known.lease) = (JobState::Processing, Some(job.seq));
        }
    }

    fn start(&mut self, which: usize) {
        let leased = self.oracle.ids(|job| job.lease.is_some());
        let Some(id) = leased.get(which % leased.len().max(1)) else { return };
        let job = &self.oracle.jobs[id];
        let (seq, on) = (job.lease.unwrap(), job.printer);
        let Some(lane) = self.lanes.get(on) else { return };
        let (mark, _) = self.oracle.lanes[on];
        let said = lane.started(seq);
        assert_eq!(said.is_ok(), seq.0 > mark, "{said:?}");
        if said.is_ok() {
            self.oracle.lanes.insert(on, (seq.0, mark));
        }
    }

    /// Nothing was written of what started last.
    fn take_back(&mut self, on: &'static str) {
        let Some((mark, before)) = self.oracle.lanes.get(on).copied() else { return };
        if mark != before {
            self.lanes[on].took_back(platen_spool::LeaseSeq(mark)).unwrap();
            self.oracle.lanes.insert(on, (before, before));
        }
    }

    async fn copy(&mut self, which: usize, for_the_sender: bool) {
        let Some(id) = self.pick(which) else { return };
        let stand_in = if for_the_sender {
            StandIn::ForTheSender { unfinished: UnconfirmedReason::ConnectionLost }
        } else {
            StandIn::ForAPerson
        };
        let said = self.spool().copy(id, Mark::Reprint, stand_in, None).await;
        let expected = self.oracle.copy(id, for_the_sender);
        assert_eq!(said.is_ok(), expected.is_some(), "{said:?}");
        if let (Ok(record), Some(job)) = (said, expected) {
            assert!(self.oracle.jobs.insert(record.id, job).is_none());
        }
    }

    async fn tell(&mut self, count: usize) {
        let reports = self.spool().unreported(ConnectorId::PrinterMaster, 100).await.unwrap();
        let jobs: Vec<_> = reports.iter().map(|report| report.settled_job).collect();
        assert_eq!(jobs, self.oracle.owed);
        for report in &reports {
            let job = &self.oracle.jobs[&report.settled_job];
            assert_eq!(Some(&report.outcome), job.outcome.as_ref());
            let sender = job.origin.and_then(|(_, sender)| sender).unwrap_or(report.settled_job);
            assert_eq!(report.job, sender);
            let told = self.oracle.jobs.iter().any(|(id, other)| {
                let family = *id == sender || other.origin.is_some_and(|(_, s)| s == Some(sender));
                family && other.told
            });
            assert_eq!(report.telling == Telling::Correction, told);
        }
        for report in reports.into_iter().take(count) {
            self.spool().reported(report.id).await.unwrap();
            self.oracle.told(report.settled_job);
        }
    }

    async fn crash(&mut self, power_cut: bool, lanes: bool) {
        self.spool = None;
        self.boot += u32::from(power_cut);
        let (spool, opening) = open_with(self.dir.path(), self.options()).await;
        self.spool = Some(spool);
        let mut interrupted: Vec<_> = opening.interrupted.iter().map(|job| job.id).collect();
        interrupted.sort();
        assert_eq!(interrupted, self.oracle.crash(power_cut));
        let open: Vec<_> = opening.open.iter().map(|job| job.id).collect();
        let waiting = |job: &Job| matches!(job.state, JobState::Pending | JobState::Held { .. });
        assert_eq!(open, self.oracle.ids(waiting));
        self.lanes.clear();
        if lanes {
            self.make_lanes();
        }
    }

    fn make_lanes(&mut self) {
        for name in PRINTERS {
            self.lanes.insert(name, self.spool().lane(&printer(name)).unwrap());
            self.oracle.lanes.insert(name, (0, 0));
        }
    }

    async fn compare(&self) {
        let mut records = self.spool().list(ListFilter::default()).await.unwrap();
        records.reverse();
        assert_eq!(records.len(), self.oracle.jobs.len());
        for (record, (id, job)) in records.iter().zip(&self.oracle.jobs) {
            assert_eq!(record.id, *id);
            assert_eq!(record.state, job.state, "{id}");
            assert_eq!(record.outcome, job.outcome, "{id}");
            assert_eq!(record.connector, job.connector);
            assert_eq!(record.external_id.as_ref().map(ToString::to_string), job.name);
            assert_eq!(record.mark, job.mark);
            assert_eq!(record.printer, printer(job.printer));
            assert_eq!(record.backup_from.as_ref().map(|name| name.as_str()), job.backup_from);
            assert_eq!(record.origin.map(|o| (o.job, o.sender_job)), job.origin);
            assert_eq!(record.payload == Payload::Kept, job.payload, "{id}");
            assert_eq!(record.told == Told::Owed, job.owed, "{id}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_random_history_is_told_the_same_by_the_spool_and_by_plain_data(
        ops in prop::collection::vec(op(), 1..80)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let dir = tempfile::tempdir().unwrap();
            let mut pair =
                Pair { dir, boot: 0, spool: None, lanes: HashMap::new(), oracle: Oracle::default() };
            pair.spool = Some(open_with(pair.dir.path(), pair.options()).await.0);
            pair.make_lanes();
            for op in ops {
                pair.apply(op).await;
                pair.compare().await;
            }
            pair.crash(false, true).await;
            pair.compare().await;
        });
    }
}
