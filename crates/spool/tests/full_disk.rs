//! A disk that is really full: a small tmpfs, which needs root. Without it the test says so loudly, and fails in CI.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]
#![cfg(target_os = "linux")]

mod common;

use common::*;
use platen_job::{ConnectorId, JobId, Timestamp};
use platen_spool::{Accepted, LeaseWish, Spool, SpoolError, SpoolOptions, StateName};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A disk of 64 MiB, gone when the test ends.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<SmallDisk> {
        let dir = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64m", "tmpfs"])
            .arg(dir.path())
            .output()
            .is_ok_and(|said| said.status.success());
        mounted.then(|| SmallDisk(dir))
    }

    fn spool(&self) -> PathBuf {
        self.0.path().join("spool")
    }

    /// Takes every byte that is left, as another program would.
    fn fill(&self) -> PathBuf {
        let path = self.0.path().join("filler");
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&path).unwrap();
        for size in [64 * 1024, 4096, 1] {
            while file.write_all(&vec![7; size]).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).output();
    }
}

/// With the reserve that tills have: it has to hold all that the log may still have to put away.
fn small() -> SpoolOptions {
    SpoolOptions { reserve_bytes: SpoolOptions::default().reserve_bytes, ..options() }
}

async fn accept_until_full(spool: &Spool) -> Vec<JobId> {
    let mut ids = Vec::new();
    loop {
        let name = format!("order-{}", ids.len());
        match spool.accept(job(&name, &"x".repeat(20_000)), None, LeaseWish::TakeNow).await {
            Ok(Accepted::New { record, .. }) => ids.push(record.id),
            Ok(known) => panic!("{known:?}"),
            Err(error) => {
                assert_eq!(error, SpoolError::DiskFull);
                return ids;
            }
        }
        assert!(ids.len() < 10_000, "the disk does not get full");
    }
}

async fn settle_and_tell(spool: &Spool, ids: &[JobId]) {
    for id in ids {
        spool.settle(*id, DRAINED).await.unwrap();
    }
    for report in spool.unreported(ConnectorId::PrinterMaster, ids.len()).await.unwrap() {
        spool.reported(report.id).await.unwrap();
    }
}

async fn accepts_again(spool: &Spool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        match spool.accept(job("after", "after"), None, LeaseWish::Wait).await {
            Ok(Accepted::New { .. }) => return,
            Err(SpoolError::DiskFull) if Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            other => panic!("{other:?}"),
        }
    }
}

fn has_reserve(dir: &Path) -> bool {
    dir.join("spool.reserve").exists()
}

#[tokio::test]
async fn a_full_disk_refuses_new_jobs_and_lets_accepted_ones_end() {
    let Some(disk) = SmallDisk::mount() else {
        assert!(std::env::var_os("CI").is_none(), "the full disk cannot be tested without root");
        println!("!!! SKIPPED: the full disk is not tested, because a tmpfs cannot be mounted !!!");
        return;
    };
    let (spool, _) = open_with(&disk.spool(), small()).await;
    let ids = accept_until_full(&spool).await;
    assert!(ids.len() > 100, "{}", ids.len());
    assert!(has_reserve(&disk.spool()), "new jobs do not touch the reserve");
    // Settling works with the disk full to the last byte.
    let filler = disk.fill();
    let (first, rest) = ids.split_at(ids.len() / 2);
    settle_and_tell(&spool, first).await;
    assert!(!has_reserve(&disk.spool()));
    let refused = spool.accept(job("more", "more"), None, LeaseWish::Wait).await;
    assert_eq!(refused, Err(SpoolError::DiskFull));
    let known = spool.accept(job("order-0", "x"), None, LeaseWish::Wait).await.unwrap();
    assert!(matches!(known, Accepted::Known { .. }));
    // So does a restart in the middle of it.
    drop(spool);
    let (spool, opening) = open_with(&disk.spool(), small()).await;
    assert_eq!(opening.set_aside, None);
    assert_eq!(opening.interrupted.len(), rest.len());
    settle_and_tell(&spool, rest).await;
    let counts = spool.counts().await.unwrap();
    assert_eq!(counts.len(), 1, "{counts:?}");
    assert_eq!((counts[0].state, counts[0].jobs), (StateName::Completed, ids.len() as u64));
    // Space comes back, and everything is as before.
    std::fs::remove_file(filler).unwrap();
    accepts_again(&spool).await;
    assert!(has_reserve(&disk.spool()));
}

#[tokio::test]
async fn what_is_retired_is_given_back_to_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path()).await;
    for number in 0..300 {
        let text = format!("{number}").repeat(10_000);
        let (record, _) =
            accept(&spool, job(&format!("order-{number}"), &text), LeaseWish::TakeNow).await;
        spool.settle(record.id, DRAINED).await.unwrap();
    }
    let size = || std::fs::metadata(dir.path().join("spool.db")).unwrap().len();
    spool.retire(Timestamp::now()).await.unwrap();
    let then = Timestamp::now().plus(Duration::from_secs(31 * 24 * 60 * 60));
    let retired = spool.retire(then).await.unwrap();
    assert_eq!((retired.payloads, retired.records), (300, 0));
    assert!(retired.payload_bytes > 5_000_000);
    assert!(size() < 1_000_000, "the file still has {} bytes", size());
    assert_eq!(spool.retire(then).await.unwrap(), platen_spool::Retired::default());
}

#[tokio::test]
async fn payloads_over_the_bound_go_oldest_first_and_open_ones_never() {
    let dir = tempfile::tempdir().unwrap();
    let retention =
        platen_spool::Retention { payload_bytes: 10_000, ..platen_spool::Retention::default() };
    let (spool, _) = open_with(dir.path(), with_retention(retention)).await;
    let mut ids = Vec::new();
    for number in 0..20 {
        let text = "x".repeat(1000);
        let name = format!("order-{number}");
        ids.push(accept(&spool, job(&name, &text), LeaseWish::TakeNow).await.0.id);
    }
    // The first one stays open, the second unconfirmed; the others are settled from the last to the third.
    let reason = platen_job::UnconfirmedReason::NoAnswer;
    spool.settle(ids[1], platen_job::Outcome::Unconfirmed { reason }).await.unwrap();
    for id in ids[2..].iter().rev() {
        let before = Timestamp::now();
        while Timestamp::now() == before {
            tokio::task::yield_now().await;
        }
        spool.settle(*id, DRAINED).await.unwrap();
    }
    let retired = spool.retire(Timestamp::now()).await.unwrap();
    assert_eq!((retired.payloads, retired.payload_bytes), (10, 10_000));
    for (index, id) in ids.iter().enumerate() {
        let kept = spool.document(*id).await;
        if index < 10 {
            assert!(kept.is_ok(), "{index}");
        } else {
            assert_eq!(kept, Err(SpoolError::DocumentRetired(*id)), "{index}");
        }
    }
}
