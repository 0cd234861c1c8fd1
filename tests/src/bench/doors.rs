//! What a door costs: idle connections, a flood of wrong tokens beside a good caller, and the API's answer after storing.

use crate::figure::{Better, Figures, ms, quantile};
use crate::latency::Disk;
use platen_tests::door::DoorDesk;
use platen_tests::process::resident;
use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

const API: &str = "api";
/// Connections that say nothing; from two addresses, as one peer may have 512.
const IDLE: usize = 1000;
const PEERS: [&str; 2] = ["127.0.0.2", "127.0.0.3"];
/// After its start a program gives back what the start needed.
const SETTLED: Duration = Duration::from_secs(20);
/// Good requests, before and during the flood.
const GOOD: usize = 300;
const FLOODERS: usize = 4;
/// The API and the disk take turns.
const ROUNDS: usize = 12;
const JOBS: usize = 25;
/// 50 a second.
const APART: Duration = Duration::from_millis(20);

/// Measures all three.
pub async fn measure(figures: &mut Figures) {
    idle(figures);
    flood(figures);
    accept(figures).await;
}

/// Beside a till at whose door nobody stands: what a start needs and gives back is the same for both.
fn idle(figures: &mut Figures) {
    for (name, encryption) in [("door-idle-1000-plain", "none"), ("door-idle-1000-tls", "tls")] {
        let open = || DoorDesk::open(API, &["--encryption", encryption]);
        let (mut desk, calm) = (open(), open());
        desk.wait_for_printer();
        calm.wait_for_printer();
        std::thread::sleep(SETTLED);
        let pids = (desk.running.pid(), calm.running.pid());
        let ahead = || resident(pids.0) - resident(pids.1);
        let before = ahead();
        let (host, port) = desk.address();
        for peer in PEERS {
            desk.tell(json!({"do": "hold", "host": host, "port": port, "from": peer, "says": "",
                "tls": encryption == "tls", "times": IDLE / PEERS.len()}));
        }
        let grown = ahead() - before;
        let alive = desk.tell(json!({"do": "alive"}))["alive"].as_u64().unwrap();
        // Whoever says nothing for ten seconds is let go: a slow machine cannot have so many.
        if alive < IDLE as u64 {
            println!("# {name}: only {alive} connections stood at the same time");
        }
        figures.against_limit(name, grown, "MiB", 20.0);
    }
}

fn flood(figures: &mut Figures) {
    let desk = DoorDesk::open(API, &[]);
    desk.wait_for_printer();
    let good = request(&desk, "GET /v1/printers", &desk.token, "");
    let mut caller = Caller::new(&desk);
    let mut measured = || -> Vec<f64> {
        let spans = (0..GOOD).map(|_| {
            std::thread::sleep(Duration::from_millis(5));
            let (status, took) = caller.call(&good);
            assert_eq!(status, 200, "the good caller was turned away");
            took
        });
        spans.collect()
    };
    let calm = measured();
    let (over, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let flooders: Vec<_> = (0..FLOODERS)
        .map(|_| {
            let wrong = request(&desk, "POST /v1/jobs", &"0".repeat(64), "");
            let (mut caller, over, count) = (Caller::new(&desk), over.clone(), count.clone());
            std::thread::spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    caller.call(&wrong);
                    count.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    let began = Instant::now();
    let flooded = measured();
    let rate = count.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64();
    over.store(true, Ordering::Relaxed);
    flooders.into_iter().for_each(|flooder| flooder.join().unwrap());
    figures.note("door-flood-rate", rate, "wrong/s");
    figures.note("door-good-p99", quantile(&calm, 0.99), "ms");
    let delay = quantile(&flooded, 0.99) - quantile(&calm, 0.5);
    figures.against_limit("door-flood-delay-p99", delay, "ms", 50.0);
}

async fn accept(figures: &mut Figures) {
    let desk = DoorDesk::open(API, &["--printer", "Counter"]);
    desk.wait_for_printer();
    let (mut caller, mut disk) = (Caller::new(&desk), Disk::new(desk.till.home()));
    let (mut spans, mut synced) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let mut clock = tokio::time::interval(APART);
        for job in 0..JOBS {
            clock.tick().await;
            let key =
                format!("Idempotency-Key: {round}-{job}\r\nContent-Type: application/json\r\n");
            let document =
                json!({"type": "receipt", "order": job, "header": ["Bench"], "total": "7.60"});
            let print = with_body(&desk, "POST /v1/jobs", &desk.token, &key, &document.to_string());
            let (status, took) = caller.call(&print);
            assert_eq!(status, 201, "a job was not accepted");
            spans.push(took);
        }
        synced.extend(disk.sync(JOBS).await);
    }
    let two: Vec<f64> = synced.windows(2).map(|two| two[0] + two[1]).collect();
    figures.note("api-accept-p50", quantile(&spans, 0.5), "ms");
    figures.note("two-fdatasync-p50", quantile(&two, 0.5), "ms");
    // The worst of a hundred is compared with the disk's worst of a hundred: where that alone is beyond two usual ones and 2 ms,
    // nothing that waits for the disk could be within.
    let bound = quantile(&two, 0.99) + 2.0;
    figures.against_peer("api-accept-p99", quantile(&spans, 0.99), "ms", bound, Better::Lower);
}

fn request(desk: &DoorDesk, line: &str, token: &str, heads: &str) -> String {
    with_body(desk, line, token, heads, "")
}

fn with_body(desk: &DoorDesk, line: &str, token: &str, heads: &str, body: &str) -> String {
    let (host, length) = (desk.address().0, body.len());
    format!(
        "{line} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n{heads}Content-Length: {length}\r\n\r\n{body}"
    )
}

/// A connection that is kept.
struct Caller {
    stream: TcpStream,
    answers: BufReader<TcpStream>,
}

impl Caller {
    fn new(desk: &DoorDesk) -> Caller {
        let stream = TcpStream::connect(desk.address()).unwrap();
        stream.set_nodelay(true).unwrap();
        let answers = BufReader::new(stream.try_clone().unwrap());
        Caller { stream, answers }
    }

    /// The status, and milliseconds until all of the answer was there.
    fn call(&mut self, request: &str) -> (u16, f64) {
        let began = Instant::now();
        self.stream.write_all(request.as_bytes()).unwrap();
        let (mut status, mut length) = (0, 0);
        loop {
            let mut line = String::new();
            self.answers.read_line(&mut line).unwrap();
            let line = line.trim_end().to_ascii_lowercase();
            if let Some(rest) = line.strip_prefix("http/1.1 ") {
                status = rest[..3].parse().unwrap();
            } else if let Some(rest) = line.strip_prefix("content-length: ") {
                length = rest.parse().unwrap();
            } else if line.is_empty() {
                break;
            }
        }
        self.answers.read_exact(&mut vec![0; length]).unwrap();
        (status, ms(began.elapsed()))
    }
}
