//! How much flows through the spool. Prints figures and asserts none of them; what is asserted is that all arrived.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

mod common;

use common::*;
use platen_job::{ConnectorId, JobId};
use platen_spool::{Accepted, Lane, LeaseWish, ListFilter, Spool};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const PRINTERS: usize = 8;

fn receipt(number: usize) -> platen_job::Job {
    let mut job = job(&format!("order-{number}"), &"r".repeat(2048));
    job.printer = printer(&format!("printer-{}", number % PRINTERS));
    job
}

/// What a printer's worker does: lease a few, print, settle.
async fn print_all(spool: Spool, lane: Lane, ids: Vec<JobId>) {
    for few in ids.chunks(32) {
        let leased = spool.lease(few.to_vec()).await.unwrap();
        assert_eq!(leased.len(), few.len());
        let mut settling = JoinSet::new();
        for job in leased {
            assert!(job.document.is_ok());
            lane.started(job.seq).unwrap();
            let spool = spool.clone();
            settling.spawn(async move { spool.settle(job.record.id, DRAINED).await.unwrap() });
        }
        while let Some(settled) = settling.join_next().await {
            settled.unwrap();
        }
    }
}

async fn report_all(spool: Spool, jobs: usize) {
    let mut told = 0;
    while told < jobs {
        for report in spool.unreported(ConnectorId::PrinterMaster, 200).await.unwrap() {
            spool.reported(report.id).await.unwrap();
            told += 1;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_jobs_flow_while_others_look() {
    let jobs = 10_000;
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path()).await;
    let start = Instant::now();
    let mut accepting = JoinSet::new();
    for sender in 0..64 {
        let spool = spool.clone();
        accepting.spawn(async move {
            let mut stored = Vec::new();
            for number in (sender..jobs).step_by(64) {
                let (record, _) = accept(&spool, receipt(number), LeaseWish::Wait).await;
                stored.push((number % PRINTERS, record.id));
            }
            stored
        });
    }
    let looking = tokio::spawn({
        let spool = spool.clone();
        async move {
            let mut slowest = Duration::ZERO;
            loop {
                let start = Instant::now();
                spool.list(ListFilter::default()).await.unwrap();
                slowest = slowest.max(start.elapsed());
                let open = spool.counts().await.unwrap();
                if open.iter().map(|count| count.jobs).sum::<u64>() == jobs as u64 {
                    return slowest;
                }
            }
        }
    });
    let mut queues = vec![Vec::new(); PRINTERS];
    while let Some(stored) = accepting.join_next().await {
        stored.unwrap().into_iter().for_each(|(queue, id)| queues[queue].push(id));
    }
    let accepted = start.elapsed();
    let mut working = JoinSet::new();
    for (number, mut ids) in queues.into_iter().enumerate() {
        ids.sort();
        let lane = spool.lane(&printer(&format!("printer-{number}"))).unwrap();
        working.spawn(print_all(spool.clone(), lane, ids));
    }
    working.spawn(report_all(spool.clone(), jobs));
    while let Some(done) = working.join_next().await {
        done.unwrap();
    }
    let all = start.elapsed();
    println!(
        "{jobs} jobs of 2 KiB: accepted in {accepted:?} ({:.0}/s), through in {all:?} ({:.0}/s), slowest page {:?}",
        jobs as f64 / accepted.as_secs_f64(),
        jobs as f64 / all.as_secs_f64(),
        looking.await.unwrap(),
    );
    assert!(spool.report_counts().await.unwrap().is_empty());
    let done = spool.counts().await.unwrap();
    assert_eq!(done.iter().map(|count| count.jobs).sum::<u64>(), jobs as u64);
    assert_eq!(done.len(), PRINTERS, "all are completed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn single_jobs_one_after_the_other() {
    let jobs = 500;
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path()).await;
    let lane = spool.lane(&printer("bar")).unwrap();
    let mut times = Vec::new();
    for number in 0..jobs {
        let mut job = receipt(number);
        job.printer = printer("bar");
        let start = Instant::now();
        let stored = spool.accept(job, None, LeaseWish::TakeNow).await.unwrap();
        let Accepted::New { record, lease: Some(seq), .. } = stored else { panic!("not leased") };
        lane.started(seq).unwrap();
        times.push(start.elapsed());
        spool.settle(record.id, DRAINED).await.unwrap();
    }
    times.sort();
    println!(
        "accept to first byte: p50 {:?}, p99 {:?}, slowest {:?}",
        times[jobs / 2],
        times[jobs * 99 / 100],
        times[jobs - 1]
    );
    assert_eq!(spool.report_counts().await.unwrap()[0].untold, jobs as u64);
}
