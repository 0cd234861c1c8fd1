//! One connection, many jobs: kept, noticed when dead, and let go without cutting anything off.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::peer::{Peer, Script, Trouble};
use common::*;
use platen_devices::{
    ConfirmMode, Device, DeviceOptions, DeviceUri, Pace, Reachability, StatusSupport, open,
};
use platen_job::StateReason;
use std::time::{Duration, Instant};

#[tokio::test]
async fn five_hundred_jobs_go_out_in_order_on_one_connection() {
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    for number in 0..500 {
        assert_eq!(print(&mut device, format!("\x1B@job {number:03}\n")).await.end, DRAINED);
    }
    assert_eq!(peer.connected(), 1);
    let text = String::from_utf8_lossy(&peer.last().bytes).into_owned();
    let order: Vec<&str> = text.split("job ").skip(1).map(|rest| &rest[..3]).collect();
    let expected: Vec<String> = (0..500).map(|number| format!("{number:03}")).collect();
    assert_eq!(order, expected);
}

#[tokio::test]
async fn every_byte_arrives_as_it_is() {
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    let all: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
    let attempt = print(&mut device, all.clone()).await;
    assert_eq!((attempt.end, attempt.bytes_written), (DRAINED, 512));
    assert!(contains(&peer.last().bytes, &all));

    // Nothing but the job: no status, no fence.
    let options = DeviceOptions { status: StatusSupport::Unsupported, ..quick() };
    for (seed, length) in [(1, 1), (2, 65_537), (3, 1_048_576)] {
        let peer = Peer::start(Script::default());
        let mut device = common::device(&peer, options.clone());
        let job = noise(length, seed);
        let attempt = print(&mut device, job.clone()).await;
        assert_eq!((attempt.end, attempt.bytes_written), (SUBMITTED, length as u64));
        until("all bytes", || peer.length() >= length).await;
        assert!(peer.last().bytes == job, "seed {seed}: the job of {length} bytes was changed");
    }
}

#[tokio::test]
async fn a_large_job_full_of_things_that_look_like_commands_is_drained() {
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    let job = noise(1_048_576, 4);
    let attempt = print(&mut device, job.clone()).await;
    assert_eq!(attempt.bytes_written, job.len() as u64);
    until("all bytes", || peer.length() > job.len()).await;
    let received = peer.connections()[0].bytes.clone();
    let start = received.windows(16).position(|window| window == &job[..16]).unwrap();
    assert!(received[start..start + job.len()] == job);
    assert_eq!(print(&mut device, "next").await.end, DRAINED);
}

#[tokio::test]
async fn an_empty_job_is_no_trouble() {
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    assert_eq!(print(&mut device, "").await.end, DRAINED);
}

#[tokio::test]
async fn a_connection_that_died_between_two_jobs_is_replaced_unnoticed() {
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    for round in 1..=20 {
        let attempt = print(&mut device, format!("job {round}\n")).await;
        assert_eq!(attempt.end, DRAINED, "round {round}");
        peer.change(|script| script.hang_ups = round);
        until("the connection to end", || peer.last().closed).await;
    }
    assert_eq!(peer.connected(), 20);
}

#[tokio::test]
async fn a_printer_that_was_switched_off_and_on_is_found_again() {
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    assert_eq!(print(&mut device, "first").await.end, DRAINED);
    // Cable out, power off: no FIN comes, and nothing answers on the old connection.
    peer.change(|script| script.reads = 0);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let job = Job::new("second");
    let printing = run(&mut device, &job);
    let back = async {
        until("a new connection", || peer.connected() == 2).await;
        peer.change(|script| script.reads = usize::MAX);
    };
    let (attempt, ()) = tokio::join!(printing, back);
    assert_eq!(attempt.end, DRAINED);
    assert!(!contains(&peer.connections()[0].bytes, b"second"));
}

#[tokio::test]
async fn a_printer_that_talks_all_the_time_is_printed_on() {
    let script = Script { chatter: Some([0x10, 0, 0, 0].repeat(200)), ..Script::default() };
    let peer = Peer::start(script);
    let mut device = device(&peer, DeviceOptions { confirm: ConfirmMode::Never, ..quick() });
    for _ in 0..20 {
        let attempt = print(&mut device, noise(20_000, 7)).await;
        assert_eq!(attempt.bytes_written, 20_000);
    }
    assert_eq!(print(&mut device, "last").await.end, DRAINED);
}

#[tokio::test]
async fn a_printer_that_answers_some_questions_only_is_understood() {
    let peer = Peer::start(Script { answers: vec![1, 4], automatic: false, ..Script::default() });
    let mut device = device(&peer, quick());
    assert_eq!(print(&mut device, "first").await.end, DRAINED);
    peer.change(|script| script.trouble = Trouble::PaperOut);
    let status = device.status().await;
    assert_eq!(status.reachable, Reachability::Answers);
    assert_eq!(status.reasons, StateReason::MediaEmpty.into());
}

#[tokio::test]
async fn status_lets_go_of_a_printer_that_it_does_not_print_on() {
    let peer = Peer::start(Script { trouble: Trouble::CoverOpen, ..Script::default() });
    let mut device = device(&peer, quick());
    let status = device.status().await;
    assert_eq!(status.reachable, Reachability::Answers);
    assert_eq!(status.reasons, StateReason::CoverOpen.into());
    until("the connection to end", || peer.last().closed).await;

    peer.change(|script| *script = Script::mute());
    let status = device.status().await;
    assert_eq!(status.reachable, Reachability::Away, "it has answered before");
}

#[tokio::test]
async fn status_uses_the_connection_of_the_jobs() {
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    assert_eq!(print(&mut device, "first").await.end, DRAINED);
    peer.change(|script| script.trouble = Trouble::PaperOut);
    assert_eq!(device.status().await.reasons, StateReason::MediaEmpty.into());
    assert_eq!(peer.connected(), 1);
}

#[tokio::test]
async fn release_closes_at_once_what_is_proven_and_waits_with_the_rest() {
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    assert_eq!(print(&mut device, "first").await.end, DRAINED);
    let before = Instant::now();
    device.release().await;
    assert!(before.elapsed() < Duration::from_millis(500));
    until("the connection to end", || peer.last().closed).await;

    let peer = Peer::start(Script::mute());
    let mut device = common::device(&peer, quick());
    assert_eq!(print(&mut device, "second").await.end, SUBMITTED);
    let given_up = tokio::time::timeout(Duration::from_millis(50), device.release()).await;
    assert!(given_up.is_err(), "a printer may throw away what it has not printed when we hang up");
    assert_eq!(print(&mut device, "third").await.end, SUBMITTED);
    assert_eq!(peer.connected(), 1, "a job that comes meanwhile keeps the connection");
    device.release().await;
    until("the connection to end", || peer.last().closed).await;
}

#[tokio::test]
async fn the_pace_is_kept_beyond_what_an_empty_printer_takes_at_once() {
    let peer = Peer::start(Script::default());
    let mut device =
        device(&peer, DeviceOptions { pace: Pace::bytes_per_second(40_000), ..quick() });
    let before = Instant::now();
    assert_eq!(print(&mut device, vec![b'x'; 20_000]).await.end, DRAINED);
    assert!(before.elapsed() >= Duration::from_millis(380), "{:?}", before.elapsed());
}

#[tokio::test]
async fn a_printer_that_tells_nothing_gets_its_pace_across_jobs() {
    let peer = Peer::start(Script::mute());
    let mut device =
        device(&peer, DeviceOptions { pace: Pace::bytes_per_second(40_000), ..quick() });
    print(&mut device, "the first job finds out that it is mute").await;
    let before = Instant::now();
    for _ in 0..10 {
        assert_eq!(print(&mut device, vec![b'x'; 2000]).await.end, SUBMITTED);
    }
    assert!(before.elapsed() >= Duration::from_millis(380), "{:?}", before.elapsed());
}

#[tokio::test]
async fn an_address_opens_its_device() {
    let peer = Peer::start(Script::default());
    let uri: DeviceUri = format!("tcp://localhost:{}", peer.port).parse().unwrap();
    let mut device = open(&uri, quick()).unwrap();
    assert_eq!(device.print(Job::new("hello").request()).await.end, DRAINED);
}

/// Not a test of speed: prints how long a job takes on this machine. `cargo test -- --ignored --nocapture latency`
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures and asserts nothing about time"]
async fn latency() {
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    let receipt = vec![b'x'; 2048];
    assert_eq!(print(&mut device, receipt.clone()).await.end, DRAINED);
    let mut times = Vec::new();
    for _ in 0..2000 {
        let job = Job::new(receipt.clone());
        let before = Instant::now();
        let attempt = device.print(job.request()).await;
        times.push(before.elapsed());
        assert_eq!(attempt.end, DRAINED);
    }
    times.sort();
    println!("2 KB job, drained: p50 {:?}, p99 {:?}", times[1000], times[1980]);
}
