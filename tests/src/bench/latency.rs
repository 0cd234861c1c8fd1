//! From the gateway's event to the last byte at the printer, at a counter's pace.

use crate::figure::{Better, Figures, median, ms, quantile};
use crate::shop::{Agent, Shop, newest, told};
use platen_simulators::GatewayHandle;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Between two jobs.
const APART: Duration = Duration::from_millis(20);
/// Both agents and the disk take turns, so that whatever else the machine does meets all three.
const ROUNDS: usize = 12;
const JOBS: usize = 25;
const WARM_UP: usize = 50;

/// Measures both agents and the disk.
pub async fn measure(shop: &mut Shop, figures: &mut Figures) {
    print(&shop.gateway, &mut shop.platen, WARM_UP).await;
    print(&shop.gateway, &mut shop.peer, WARM_UP).await;
    let mut disk = Disk::new(shop.folder());
    let (mut ours, mut theirs, mut synced) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ours.extend(print(&shop.gateway, &mut shop.platen, JOBS).await);
        theirs.extend(print(&shop.gateway, &mut shop.peer, JOBS).await);
        synced.extend(disk.sync(JOBS).await);
    }
    let sync = median(&synced);
    figures.note("fdatasync-p50", sync, "ms");
    figures.note("fdatasync-p99", quantile(&synced, 0.99), "ms");
    for (name, share) in [("latency-p50-raw", 0.5), ("latency-p99-raw", 0.99)] {
        figures.show(name, quantile(&ours, share), "ms", quantile(&theirs, share));
    }
    let p50 = (quantile(&ours, 0.5), sync + quantile(&theirs, 0.5));
    figures.against_peer("latency-p50", p50.0, "ms", p50.1, Better::Lower);
    let p99 = (quantile(&ours, 0.99), 2.0 * sync + quantile(&theirs, 0.99));
    figures.against_peer("latency-p99", p99.0, "ms", p99.1, Better::Lower);
}

/// Prints so many jobs on the first printer; milliseconds each.
pub async fn print(gateway: &GatewayHandle, agent: &mut Agent, jobs: usize) -> Vec<f64> {
    let (before, seq) = (agent.sheets(), newest(gateway));
    let mut clock = tokio::time::interval(APART);
    let mut emitted = Vec::with_capacity(jobs);
    for _ in 0..jobs {
        clock.tick().await;
        emitted.push(agent.send(gateway, 0));
    }
    agent.wait_for_sheets(before + jobs as u64).await;
    told(gateway, seq, jobs).await;
    let sheets = agent.printers[0].sheets();
    let printed = &sheets[sheets.len() - jobs..];
    printed.iter().zip(emitted).map(|(sheet, at)| ms(sheet.at.duration_since(at))).collect()
}

/// What it costs to store 4 KiB, on the file system of the spool.
pub struct Disk(File);

impl Disk {
    /// In that folder.
    pub fn new(folder: &Path) -> Disk {
        Disk(File::create(folder.join("fdatasync")).unwrap())
    }

    /// Milliseconds of so many appended and synced blocks.
    pub async fn sync(&mut self, times: usize) -> Vec<f64> {
        let mut clock = tokio::time::interval(APART);
        let mut spans = Vec::with_capacity(times);
        for _ in 0..times {
            clock.tick().await;
            let began = Instant::now();
            self.0.write_all(&[0x5A; 4096]).unwrap();
            self.0.sync_data().unwrap();
            spans.push(ms(began.elapsed()));
        }
        spans
    }
}
