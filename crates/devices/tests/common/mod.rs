//! A scripted printer on loopback, and the small things that every test needs.

#![allow(dead_code, reason = "each test file uses a part of it")]

#[cfg(unix)]
pub mod cupsd;
#[cfg(target_os = "linux")]
pub mod network;
pub mod peer;

use async_trait::async_trait;
use bytes::Bytes;
use peer::Peer;
use platen_devices::{
    Device, DeviceOptions, NetworkDevice, NotRecorded, PrintFormat, PrintRequest, StartRecord,
};
use platen_job::{Attempt, AttemptEnd, Evidence, StateReasons, StopCause};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub const DRAINED: AttemptEnd = AttemptEnd::Finished(Evidence::Drained);
pub const SUBMITTED: AttemptEnd = AttemptEnd::Finished(Evidence::Submitted);
pub const CONFIRMED: AttemptEnd = AttemptEnd::Finished(Evidence::Confirmed);

pub fn stopped(cause: StopCause) -> AttemptEnd {
    AttemptEnd::Stopped(cause)
}

/// Time-outs short enough for tests.
pub fn quick() -> DeviceOptions {
    DeviceOptions {
        connect_timeout: Duration::from_secs(2),
        reply_timeout: Duration::from_millis(300),
        write_stall: Duration::from_millis(500),
        trouble_patience: Duration::from_secs(20),
        fence_timeout: Duration::from_millis(500),
        mute_patience: Duration::from_millis(200),
        probe_patience: Duration::from_millis(200),
        ..DeviceOptions::default()
    }
}

pub fn device(peer: &Peer, options: DeviceOptions) -> NetworkDevice {
    NetworkDevice::new("127.0.0.1".to_owned(), peer.port, options)
}

/// Counts how often the start was recorded.
#[derive(Default)]
pub struct Starts(AtomicUsize);

impl Starts {
    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

#[async_trait]
impl StartRecord for Starts {
    fn first_byte(&self) -> Result<(), NotRecorded> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

/// One job on its way, with everything a test may want to look at.
pub struct Job {
    pub bytes: Bytes,
    pub clean_up: Option<Bytes>,
    pub starts: Starts,
    pub reasons: watch::Sender<StateReasons>,
    pub token: [u8; 4],
    pub cancel: CancellationToken,
}

impl Job {
    pub fn new(bytes: impl Into<Bytes>) -> Job {
        Job {
            bytes: bytes.into(),
            clean_up: None,
            starts: Starts::default(),
            reasons: watch::Sender::new(StateReasons::none()),
            token: next_token(),
            cancel: CancellationToken::new(),
        }
    }

    pub fn request(&self) -> PrintRequest<'_> {
        PrintRequest {
            bytes: self.bytes.clone(),
            format: PrintFormat::Raw,
            clean_up: self.clean_up.clone(),
            start: &self.starts,
            reasons: &self.reasons,
            token: self.token,
            cancel: self.cancel.clone(),
        }
    }
}

/// A token that no other job of this test run has.
fn next_token() -> [u8; 4] {
    static LAST: AtomicUsize = AtomicUsize::new(0);
    let number = LAST.fetch_add(1, Ordering::SeqCst) % 1000;
    let digits = format!("A{number:03}");
    digits.as_bytes().try_into().expect("four characters")
}

/// Prints those bytes; the attempt, which must not take for ever.
pub async fn print(device: &mut impl Device, bytes: impl Into<Bytes>) -> Attempt {
    let job = Job::new(bytes);
    run(device, &job).await
}

pub async fn run(device: &mut impl Device, job: &Job) -> Attempt {
    let attempt = tokio::time::timeout(Duration::from_secs(30), device.print(job.request()))
        .await
        .expect("an attempt ends");
    let started = usize::from(attempt.bytes_written > 0);
    assert!(job.starts.count() >= started, "bytes went out before the start was recorded");
    assert!(job.starts.count() <= 1, "the start was recorded more than once");
    attempt
}

/// Waits until something is so.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is_so() {
        assert!(Instant::now() < deadline, "never came: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// Bytes that contain every value, the same for the same seed.
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    (0..length)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 24) as u8
        })
        .collect()
}

pub fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// Runs one ignored test of this file in a process of its own, with that environment; what it said.
pub async fn rerun(test: &str, environment: &[(&str, &str)]) -> String {
    let mut command = tokio::process::Command::new(std::env::current_exe().unwrap());
    command.envs(environment.iter().copied());
    run_ignored(command, test).await
}

/// Runs that program, which is this file's, with one ignored test.
pub async fn run_ignored(mut command: tokio::process::Command, test: &str) -> String {
    command.args(["--exact", test, "--ignored", "--nocapture"]).kill_on_drop(true);
    let output = command.output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{test}: {said}\n{complaint}");
    assert!(said.contains("1 passed"), "{test} did not run: {said}");
    said.into_owned()
}
