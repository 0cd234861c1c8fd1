//! Damaged files: a torn log, a damaged database, an older and a newer format.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

mod common;

use common::*;
use platen_job::{ConnectorId, JobId, JobNotes};
use platen_spool::{Accepted, LeaseWish, ListFilter, Payload, Spool, SpoolError, SpoolOptions};
use std::fs;
use std::path::Path;

/// A small random sequence whose seed is printed; PLATEN_SEED repeats one.
struct Dice(u64);

impl Dice {
    fn new() -> Dice {
        let seed = match std::env::var("PLATEN_SEED") {
            Ok(seed) => seed.parse().unwrap(),
            Err(_) => {
                platen_job::Timestamp::now().0.cast_unsigned() ^ u64::from(std::process::id())
            }
        };
        println!("seed {seed}");
        Dice(seed)
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_name() != "spool.db-shm" {
            fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

async fn filled(dir: &Path, jobs: usize) {
    let (spool, _) = open(dir).await;
    fill(&spool, jobs).await;
    spool.close().await;
    // All of it was put away at closing; the log would heal what the tests damage.
    fs::remove_file(dir.join("spool.db-wal")).unwrap();
}

async fn fill(spool: &Spool, jobs: usize) {
    for number in 0..jobs {
        let name = format!("order-{number}");
        let (record, _) = accept(spool, job(&name, &name.repeat(60)), LeaseWish::TakeNow).await;
        if number % 3 != 0 {
            spool.settle(record.id, DRAINED).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_torn_log_loses_its_tail_and_nothing_before() {
    let mut dice = Dice::new();
    let dir = tempfile::tempdir().unwrap();
    let written = dir.path().join("written");
    let (spool, _) = open(&written).await;
    fill(&spool, 60).await;
    // Taken while it runs, and before the log is put away for the first time: a cut then is what a power cut leaves.
    let whole = dir.path().join("whole");
    copy_folder(&written, &whole);
    drop(spool);
    let wal = fs::read(whole.join("spool.db-wal")).unwrap();
    let mut before = usize::MAX;
    let mut cuts: Vec<_> = (0..25).map(|_| dice.below(wal.len().min(2_000_000))).collect();
    cuts.sort_unstable_by(|a, b| b.cmp(a));
    for cut in cuts {
        let torn = dir.path().join(format!("torn-{cut}"));
        copy_folder(&whole, &torn);
        fs::write(torn.join("spool.db-wal"), &wal[..cut]).unwrap();
        let (spool, opening) = open(&torn).await;
        assert_eq!(opening.set_aside, None, "cut at {cut}");
        let jobs = spool.list(ListFilter::default()).await.unwrap();
        assert!(jobs.len() <= before, "a shorter log holds more jobs");
        before = jobs.len();
        // What is left is a beginning of the history, whole.
        assert!(jobs.iter().rev().map(|job| job.id.0).eq(1..=jobs.len() as i64), "cut at {cut}");
        for record in &jobs {
            spool.document(record.id).await.unwrap();
        }
        accept(&spool, job("after", "after"), LeaseWish::Wait).await;
        spool.close().await;
    }
    assert!(before < 60, "no cut was deep enough to lose anything");
}

/// What a caller does with a spool that turns out to be damaged while it runs: open it again.
async fn usable_at_last(dir: &Path) -> (Spool, bool) {
    let mut aside = false;
    let mut met = None;
    for _ in 0..3 {
        let (spool, opening) = open(dir).await;
        aside |= opening.set_aside.is_some();
        match use_it(&spool).await {
            Ok(()) => return (spool, aside),
            Err(error) => met = Some(error),
        }
        spool.close().await;
    }
    panic!("the spool does not become usable: {met:?}");
}

async fn use_it(spool: &Spool) -> Result<(), SpoolError> {
    for record in spool.list(ListFilter::default()).await? {
        match spool.document(record.id).await {
            Ok(_) | Err(SpoolError::Document(_) | SpoolError::DocumentRetired(_)) => {}
            Err(error) => return Err(error),
        }
    }
    spool.accept(job("after", "after"), None, LeaseWish::TakeNow).await?;
    Ok(())
}

#[tokio::test]
async fn flipped_bytes_never_crash_it_and_never_change_a_document() {
    let mut dice = Dice::new();
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole");
    filled(&whole, 40).await;
    let good = fs::read(whole.join("spool.db")).unwrap();
    let mut set_aside = 0;
    for round in 0..40 {
        let folder = dir.path().join(format!("flipped-{round}"));
        copy_folder(&whole, &folder);
        let mut bad = good.clone();
        for _ in 0..=dice.below(12) {
            let place = dice.below(bad.len());
            bad[place] ^= 1 << dice.below(8);
        }
        fs::write(folder.join("spool.db"), &bad).unwrap();
        if let Err(SpoolError::TooNew { .. }) = Spool::open(&folder, options()).await {
            continue;
        }
        let (spool, aside) = usable_at_last(&folder).await;
        set_aside += usize::from(aside);
        for record in spool.list(ListFilter::default()).await.unwrap() {
            if let (Ok(document), Some(id)) = (spool.document(record.id).await, &record.external_id)
            {
                let text =
                    if id.as_str() == "after" { "after".into() } else { id.as_str().repeat(60) };
                // A flipped name is another name; the document is checked where the name still is one of ours.
                let ours = id.as_str() == "after" || record.fingerprint == fingerprint(&text);
                assert!(!ours || document == platen_job::Document::Raw(text.into()), "{round}");
            }
        }
        spool.close().await;
    }
    println!("{set_aside} of 40 were set aside");
}

fn fingerprint(text: &str) -> u64 {
    platen_job::Job::fingerprint_of(&[text.as_bytes()])
}

#[tokio::test]
async fn a_ruined_database_is_set_aside_and_a_fresh_one_started() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 20).await;
    let path = dir.path().join("spool.db");
    let mut bytes = fs::read(&path).unwrap();
    bytes[..100].fill(0x55);
    fs::write(&path, &bytes).unwrap();
    let (spool, opening) = open(dir.path()).await;
    let aside = opening.set_aside.unwrap();
    assert!(aside.file_name().unwrap().to_str().unwrap().starts_with("spool-corrupt-"));
    assert_eq!(fs::read(&aside).unwrap(), bytes, "it is kept as it was");
    assert_eq!((opening.open, opening.interrupted), (vec![], vec![]));
    let (record, _) = accept(&spool, job("new", "new"), LeaseWish::Wait).await;
    assert!(record.id > JobId(1_000_000), "a number from before may not come again");
    spool.close().await;
    let (spool, opening) = open(dir.path()).await;
    assert_eq!(opening.set_aside, None);
    let (next, _) = accept(&spool, job("newer", "newer"), LeaseWish::Wait).await;
    assert_eq!(next.id.0, record.id.0 + 1);
}

#[tokio::test]
async fn what_can_still_be_read_of_a_damaged_spool_is_neither_lost_nor_printed_again() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 200).await;
    // Wreck the second half and leave the front.
    let path = dir.path().join("spool.db");
    let mut bytes = fs::read(&path).unwrap();
    let from = bytes.len() / 2;
    bytes[from..].fill(0xff);
    fs::write(&path, &bytes).unwrap();
    let patient = SpoolOptions { check_time: std::time::Duration::from_secs(60), ..options() };
    let (spool, opening) = open_with(dir.path(), patient).await;
    assert!(opening.set_aside.is_some());
    // Settled before: known, and its outcome is still told.
    let again = spool.accept(job("order-1", "x"), None, LeaseWish::Wait).await.unwrap();
    assert!(matches!(again, Accepted::Known { outcome: Some(DRAINED), .. }), "{again:?}");
    let reports = spool.unreported(ConnectorId::PrinterMaster, 999).await.unwrap();
    assert_eq!(reports[0].external_id.as_ref().unwrap().as_str(), "order-1");
    // Open before: interrupted now, never quietly back in the queue.
    assert_eq!(opening.open, []);
    assert!(opening.interrupted.len() > 10, "{}", opening.interrupted.len());
    let first = &opening.interrupted[0];
    assert_eq!(first.external_id.as_ref().unwrap().as_str(), "order-0");
    assert_eq!(spool.release(vec![first.id]).await, Err(SpoolError::MayHaveStarted(first.id)));
    let text = "order-0".repeat(60);
    assert_eq!(spool.document(first.id).await, Ok(platen_job::Document::Raw(text.into())));
    let new = pending(&spool, "new").await;
    assert!(new.0 > 1_000_000, "a number from before may not come again");
}

#[tokio::test]
async fn damage_met_at_work_is_an_error_and_set_aside_at_the_next_opening() {
    let dir = tempfile::tempdir().unwrap();
    filled(dir.path(), 400).await;
    let path = dir.path().join("spool.db");
    let mut bytes = fs::read(&path).unwrap();
    let text = b"order-350order-350";
    let place = bytes.windows(text.len()).position(|window| window == text).unwrap();
    let page = place / 4096 * 4096;
    bytes[page..page + 4096].fill(0xff);
    fs::write(&path, &bytes).unwrap();
    let hasty = SpoolOptions { check_time: std::time::Duration::ZERO, ..options() };
    let (spool, opening) = open_with(dir.path(), hasty.clone()).await;
    assert_eq!(opening.set_aside, None, "it was to be met later");
    let mut met = false;
    for number in 1..=400 {
        met |= matches!(spool.document(JobId(number)).await, Err(SpoolError::Corrupt { .. }));
    }
    assert!(met, "a page is gone and nobody noticed");
    spool.close().await;
    let (_, opening) = open_with(dir.path(), hasty).await;
    assert!(opening.set_aside.is_some());
}

#[tokio::test]
async fn a_spool_of_the_first_format_is_read_by_todays_code() {
    let dir = tempfile::tempdir().unwrap();
    let db = rusqlite::Connection::open(dir.path().join("spool.db")).unwrap();
    db.execute_batch(include_str!("data/format-1.sql")).unwrap();
    drop(db);
    let (spool, opening) = open(dir.path()).await;
    assert_eq!(opening.set_aside, None);
    let ids = |records: &[platen_spool::JobRecord]| {
        records.iter().map(|record| record.id.0).collect::<Vec<_>>()
    };
    assert_eq!(ids(&opening.open), [3, 2]);
    assert_eq!(ids(&opening.interrupted), [4]);
    let all = spool.list(ListFilter::default()).await.unwrap();
    assert_eq!(ids(&all), [5, 4, 3, 2, 1]);
    assert_eq!(all[4].payload, Payload::Retired);
    assert_eq!(spool.document(JobId(2)).await.unwrap(), platen_job::Document::Raw("two".into()));
    let reports = spool.unreported(ConnectorId::PrinterMaster, 9).await.unwrap();
    assert_eq!((reports.len(), reports[0].job), (1, JobId(5)));
    let known = spool.accept(job("gone", "gone"), None, LeaseWish::Wait).await.unwrap();
    assert!(matches!(known, Accepted::Known { id: None, .. }), "{known:?}");
    assert_eq!(spool.recall("scope", "key").await, Ok(Some("value".into())));
    let notes: JobNotes = ["one field is not known"].into_iter().collect();
    assert_eq!(spool.notes(JobId(2)).await, Ok(JobNotes::default()));
    spool.annotate(JobId(2), notes.clone()).await.unwrap();
    assert_eq!(spool.notes(JobId(2)).await, Ok(notes));
    assert_eq!(pending(&spool, "next").await, JobId(77));
}

#[tokio::test]
async fn what_a_damaged_spool_of_an_older_format_holds_is_taken_along() {
    let dir = tempfile::tempdir().unwrap();
    let db = rusqlite::Connection::open(dir.path().join("spool.db")).unwrap();
    db.execute_batch(include_str!("data/format-1.sql")).unwrap();
    drop(db);
    std::fs::write(dir.path().join("spool.damaged"), []).unwrap();
    let (_spool, opening) = open(dir.path()).await;
    assert!(opening.set_aside.is_some());
    let mut taken: Vec<i64> = opening.interrupted.iter().map(|record| record.id.0).collect();
    taken.sort();
    assert_eq!(taken, [2, 3, 4]);
}

#[tokio::test]
async fn a_newer_format_is_refused_in_words() {
    let dir = tempfile::tempdir().unwrap();
    open(dir.path()).await.0.close().await;
    let db = rusqlite::Connection::open(dir.path().join("spool.db")).unwrap();
    db.pragma_update(None, "user_version", 99).unwrap();
    drop(db);
    let error = Spool::open(dir.path(), options()).await.unwrap_err();
    assert!(matches!(error, SpoolError::TooNew { found: 99, .. }));
    assert!(error.to_string().contains("newer Platen"), "{error}");
}
