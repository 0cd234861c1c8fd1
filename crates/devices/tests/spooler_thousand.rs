//! A till that prints through CUPS for weeks: 1,000 jobs leave no file and no growth.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

mod common;

use common::cupsd::Cupsd;
use common::{DRAINED, Job, quick};
use platen_devices::{Device, SpoolerDevice};

const JOBS: usize = 1000;
/// Jobs after which everything that is allocated once has been.
const WARM: usize = 100;
/// What an allocator may do of its own accord.
const GROWTH: usize = 1 << 20;

#[tokio::test]
async fn a_thousand_jobs_leave_nothing_behind() {
    // A temp folder that nobody else writes to.
    let temp = tempfile::tempdir().unwrap();
    let environment = [("TMPDIR", temp.path().to_str().unwrap())];
    let said = common::rerun("inner_thousand_jobs", &environment).await;
    said.lines().filter(|line| line.contains("memory grew")).for_each(|line| println!("{line}"));
    let left: Vec<_> = std::fs::read_dir(temp.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
#[ignore = "run by the test above, with a temp folder of its own"]
async fn inner_thousand_jobs() {
    let cups = Cupsd::start();
    cups.printer("POS80");
    let mut device = cups.device("POS80", quick());
    let receipt = common::noise(2000, 11);
    print(&mut device, &receipt, WARM).await;
    let (memory, files) = (resident(), open_files());
    print(&mut device, &receipt, JOBS - WARM).await;
    let (grown, more_files) = (resident().saturating_sub(memory), open_files());
    assert!(grown < GROWTH, "{grown} bytes more after {} jobs", JOBS - WARM);
    assert!(more_files <= files, "{files} files were open, now {more_files}");
    assert_eq!(cups.documents(), 0, "documents in the scheduler's folder");
    assert!(cups.paper("POS80") == receipt.repeat(JOBS), "the paper differs");
    println!("{JOBS} jobs: memory grew by {grown} bytes");
}

async fn print(device: &mut SpoolerDevice, receipt: &[u8], times: usize) {
    for nth in 0..times {
        let job = Job::new(receipt.to_vec());
        assert_eq!(device.print(job.request()).await.end, DRAINED, "job {nth}");
        if nth % 50 == 49 {
            device.release().await;
        }
    }
}

/// Bytes of this process in memory.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}
