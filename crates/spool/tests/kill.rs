//! A child process works on the spool and is killed with SIGKILL at a random moment: what it said it had is there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]
#![cfg(unix)]

mod common;

use common::*;
use platen_job::{ConnectorId, JobId, JobState};
use platen_spool::{LeaseWish, Spool, StateName};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const CHILD: &str = "PLATEN_SPOOL_KILL_CHILD";
const KILLS: usize = 40;

/// What the child says, one line a fact, always after the spool has said it.
#[derive(Debug, Default)]
struct Said {
    accepted: BTreeMap<i64, String>,
    starting: BTreeSet<i64>,
    settled: BTreeSet<i64>,
    told: BTreeSet<i64>,
}

impl Said {
    fn note(&mut self, line: &str) {
        let mut words = line.split(' ');
        let (fact, id) = (words.next().unwrap(), words.next().unwrap().parse().unwrap());
        match fact {
            "accepted" => {
                self.accepted.insert(id, words.next().unwrap().to_owned());
            }
            "starting" => assert!(self.starting.insert(id), "job {id} was started twice"),
            "settled" => assert!(self.settled.insert(id)),
            "told" => assert!(self.told.insert(id), "job {id} was told twice"),
            other => panic!("the child says {other}"),
        }
    }
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\n# {line}").unwrap();
    out.flush().unwrap();
}

/// The child: many jobs at a time down the line, on two printers. Its facts are lines that begin with "# ".
#[test]
fn child() {
    let Ok(dir) = std::env::var(CHILD) else { return };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let (spool, opening) = open(Path::new(&dir)).await;
        assert!(opening.set_aside.is_none());
        let mut tasks = tokio::task::JoinSet::new();
        for name in ["bar", "kitchen"] {
            let lane = spool.lane(&printer(name)).unwrap();
            let waiting: Vec<_> =
                opening.open.iter().filter(|job| job.printer == printer(name)).collect();
            let waiting = waiting.iter().map(|job| job.id).collect();
            tasks.spawn(work(spool.clone(), name, lane, waiting));
        }
        for record in opening.interrupted {
            let reason = platen_job::UnconfirmedReason::Interrupted;
            spool.settle(record.id, platen_job::Outcome::Unconfirmed { reason }).await.unwrap();
            say(&format!("settled {}", record.id));
        }
        tasks.spawn(tell(spool));
        while let Some(ended) = tasks.join_next().await {
            ended.unwrap();
        }
    });
}

async fn work(spool: Spool, name: &str, lane: platen_spool::Lane, mut waiting: Vec<JobId>) {
    let run = std::process::id();
    for number in 0.. {
        let ready = if number % 2 == 0 {
            let mut new = job(&format!("{name}-{run}-{number}"), &"x".repeat(700));
            new.printer = printer(name);
            let wish = if waiting.is_empty() { LeaseWish::TakeNow } else { LeaseWish::Wait };
            let (record, lease) = accept(&spool, new, wish).await;
            say(&format!("accepted {} {}", record.id, record.external_id.unwrap()));
            if lease.is_none() {
                waiting.push(record.id);
            }
            lease.map(|seq| (record.id, seq)).into_iter().collect()
        } else {
            let few = waiting.drain(..waiting.len().min(3)).collect();
            let leased = spool.lease(few).await.unwrap();
            leased.into_iter().map(|job| (job.record.id, job.seq)).collect::<Vec<_>>()
        };
        for (index, (id, seq)) in ready.into_iter().enumerate() {
            if index == 2 {
                spool.release(vec![id]).await.unwrap();
                waiting.insert(0, id);
                continue;
            }
            lane.started(seq).unwrap();
            say(&format!("starting {id}"));
            spool.settle(id, DRAINED).await.unwrap();
            say(&format!("settled {id}"));
        }
    }
}

async fn tell(spool: Spool) {
    loop {
        for report in spool.unreported(ConnectorId::PrinterMaster, 10).await.unwrap() {
            spool.reported(report.id).await.unwrap();
            say(&format!("told {}", report.settled_job));
        }
        tokio::task::yield_now().await;
    }
}

/// Kills the child when the test ends in any way.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs the child for that long, kills it, and notes what it said.
fn run_and_kill(dir: &Path, life: Duration, said: &mut Said) {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child", "--nocapture", "--test-threads=1"])
        .env(CHILD, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut child = Guard(child);
    let out = BufReader::new(child.0.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        let lines = out.split(b'\n').map_while(Result::ok);
        lines.map(|line| String::from_utf8_lossy(&line).into_owned()).collect::<Vec<_>>()
    });
    // A life and no wait for a fact: the moment of the kill is the random part of this test.
    std::thread::sleep(life);
    assert!(child.0.try_wait().unwrap().is_none(), "the child ended by itself");
    drop(child);
    let lines = reader.join().unwrap();
    // The last line may be cut off; a fact that is only half said was not said.
    let whole = lines.len().saturating_sub(1);
    lines[..whole]
        .iter()
        .filter_map(|line| line.strip_prefix("# "))
        .for_each(|line| said.note(line));
}

#[tokio::test]
async fn whatever_was_acknowledged_is_there_after_a_kill() {
    if std::env::var(CHILD).is_ok() {
        return;
    }
    let mut random = u64::from(std::process::id()) ^ Timestamp64::now();
    println!("seed {random}");
    let dir = tempfile::tempdir().unwrap();
    let mut said = Said::default();
    let (mut reopened, mut started) = (0, HashMap::new());
    for _ in 0..KILLS {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        run_and_kill(
            dir.path(),
            Duration::from_micros(40_000 + (random >> 33) % 120_000),
            &mut said,
        );
        let begin = Instant::now();
        let (spool, opening) = open(dir.path()).await;
        assert!(begin.elapsed() < Duration::from_secs(20));
        assert_eq!(opening.set_aside, None);
        reopened += opening.open.len() + opening.interrupted.len();
        for record in &opening.open {
            assert!(!said.starting.contains(&record.id.0), "job {} would start twice", record.id);
        }
        // One lane has at most one job under its head.
        assert!(opening.interrupted.len() <= 2, "{:?}", opening.interrupted);
        opening.interrupted.iter().for_each(|record| *started.entry(record.id).or_insert(0) += 1);
        compare(&spool, &said).await;
        spool.close().await;
    }
    println!(
        "{KILLS} kills: {} accepted, {} settled, {} told, {reopened} found unsettled, {} interrupted",
        said.accepted.len(),
        said.settled.len(),
        said.told.len(),
        started.len(),
    );
    assert!(said.told.len() > KILLS, "the children hardly got anywhere");
}

async fn compare(spool: &Spool, said: &Said) {
    let untold: BTreeSet<_> = spool
        .unreported(ConnectorId::PrinterMaster, usize::MAX)
        .await
        .unwrap()
        .into_iter()
        .map(|report| report.settled_job.0)
        .collect();
    assert!(untold.is_disjoint(&said.told), "an outcome would be told twice");
    for (id, name) in &said.accepted {
        let record = spool.get(JobId(*id)).await.unwrap().expect("an accepted job is gone");
        assert_eq!(record.external_id.unwrap().as_str(), name);
        let settled = !record.state.is_open();
        assert!(settled || !said.settled.contains(id), "an outcome is gone");
        assert!(!settled || said.told.contains(id) || untold.contains(id) || told(&record.told));
        if said.starting.contains(id) {
            assert_ne!(StateName::from(&record.state), StateName::Pending);
            assert_ne!(record.state, JobState::Canceled);
        }
    }
}

/// Told in the moment of the kill: noted, but not said.
fn told(told: &platen_spool::Told) -> bool {
    matches!(told, platen_spool::Told::At { .. })
}

struct Timestamp64;

impl Timestamp64 {
    fn now() -> u64 {
        platen_job::Timestamp::now().0.cast_unsigned()
    }
}
