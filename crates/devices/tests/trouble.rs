//! What goes wrong is told as it is: how many bytes were handed over, why it stopped, what the printer said.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use async_trait::async_trait;
use common::peer::{Answer, Peer, Script, Trouble};
use common::*;
use platen_devices::{
    Device, DeviceOptions, NetworkDevice, NotRecorded, Pace, PrintRequest, Reachability,
    StartRecord,
};
use platen_job::{StateReason, StateReasons, StopCause};
use std::time::{Duration, Instant};

const RECEIPT: &[u8] = b"\x1B@Total 12.50\n\n\x1DV\x00";

#[tokio::test]
async fn a_printer_that_is_not_ready_gets_nothing() {
    for (trouble, reason) in [
        (Trouble::PaperOut, StateReason::MediaEmpty),
        (Trouble::CoverOpen, StateReason::CoverOpen),
        (Trouble::Offline, StateReason::Offline),
    ] {
        let peer = Peer::start(Script { trouble, ..Script::default() });
        let mut device = device(&peer, quick());
        let job = Job::new(RECEIPT);
        let attempt = run(&mut device, &job).await;
        assert_eq!(attempt.end, stopped(StopCause::NotReady));
        assert_eq!((attempt.bytes_written, job.starts.count()), (0, 0));
        assert_eq!(attempt.reasons, reason.into());
        assert_eq!(*job.reasons.borrow(), reason.into());

        peer.change(|script| script.trouble = Trouble::None);
        assert_eq!(print(&mut device, RECEIPT).await.end, DRAINED, "at once when it is over");
        assert!(!contains(&peer.connections()[0].bytes[..12], b"Total"));
    }
}

#[tokio::test]
async fn a_roll_that_ends_soon_is_told_and_printed_on() {
    let peer = Peer::start(Script { trouble: Trouble::NearEnd, ..Script::default() });
    let mut device = device(&peer, quick());
    let attempt = print(&mut device, RECEIPT).await;
    assert_eq!(attempt.end, DRAINED);
    assert!(attempt.reasons.stopping().is_empty());
}

#[tokio::test]
async fn nobody_there_is_unreachable() {
    let peer = Peer::start(Script::default());
    let port = peer.port;
    drop(peer);
    let mut device = NetworkDevice::new("127.0.0.1".to_owned(), port, quick());
    let job = Job::new(RECEIPT);
    until("the port to close", || std::net::TcpStream::connect(("127.0.0.1", port)).is_err()).await;
    let attempt = run(&mut device, &job).await;
    assert_eq!(attempt.end, stopped(StopCause::Unreachable));
    assert_eq!((attempt.bytes_written, job.starts.count()), (0, 0));
    assert_eq!(attempt.reasons, StateReason::Offline.into());
    assert_eq!(device.status().await.reachable, Reachability::Away);
}

#[tokio::test]
async fn a_roll_that_ends_in_mid_job_is_waited_for() {
    for asks in [vec![1, 2, 3, 4], vec![]] {
        // The second kind tells only by itself (automatic status).
        let peer = Peer::start(Script { answers: asks, ..Script::default() });
        let mut device = device(&peer, quick());
        assert_eq!(print(&mut device, "first").await.end, DRAINED);
        let at = peer.length() + 3000;
        peer.change(|script| script.trouble_at = Some((at, Trouble::PaperOut)));
        let job = Job::new(vec![b'x'; 10_000]);
        let printing = run(&mut device, &job);
        let change_the_roll = async {
            let empty = || job.reasons.borrow().contains(StateReason::MediaEmpty);
            until("the empty roll to show", empty).await;
            // Longer than any time-out that a silent printer gets.
            tokio::time::sleep(quick().fence_timeout * 2).await;
            peer.change(|script| script.trouble = Trouble::None);
        };
        let (attempt, ()) = tokio::join!(printing, change_the_roll);
        assert_eq!(attempt.end, DRAINED);
        assert_eq!(attempt.bytes_written, 10_000);
        assert_eq!(
            *job.reasons.borrow(),
            StateReasons::none(),
            "the reason is gone when it is over"
        );
    }
}

#[tokio::test]
async fn patience_with_an_empty_roll_ends() {
    let peer =
        Peer::start(Script { trouble_at: Some((2000, Trouble::PaperOut)), ..Script::default() });
    let options = DeviceOptions { trouble_patience: Duration::from_millis(700), ..quick() };
    let mut device = device(&peer, options);
    let attempt = print(&mut device, vec![b'x'; 5000]).await;
    assert_eq!(attempt.end, stopped(StopCause::NotReady));
    assert_eq!(attempt.bytes_written, 5000);
    assert_eq!(attempt.reasons, StateReason::MediaEmpty.into());
}

#[tokio::test]
async fn a_printer_that_stops_reading_times_out() {
    for answers in [vec![1, 2, 3, 4], vec![]] {
        let script = Script { answers, reads: 20_000, fence: Answer::Never, ..Script::default() };
        let peer = Peer::start(script);
        let mut device = device(&peer, quick());
        let attempt = print(&mut device, vec![b'x'; 2_000_000]).await;
        assert_eq!(attempt.end, stopped(StopCause::TimedOut));
        assert!(attempt.bytes_written >= 19_000, "{}", attempt.bytes_written);
        assert!(
            attempt.bytes_written < 500_000,
            "{}: the kernel's buffer is small",
            attempt.bytes_written
        );

        // Small enough for the kernel to take it whole.
        peer.change(|script| script.reads = 1_000);
        let attempt = print(&mut device, vec![b'x'; 40_000]).await;
        assert_eq!(attempt.end, stopped(StopCause::TimedOut));
        assert_eq!(attempt.bytes_written, 40_000);
    }
}

#[tokio::test]
async fn a_stalled_printer_that_says_why_is_waited_for() {
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    assert_eq!(print(&mut device, "first").await.end, DRAINED);
    let at = peer.length() + 10_000;
    peer.change(|script| {
        script.trouble_at = Some((at, Trouble::CoverOpen));
        script.reads = at;
    });
    let job = Job::new(vec![b'x'; 500_000]);
    let printing = run(&mut device, &job);
    let close_the_cover = async {
        let open = || job.reasons.borrow().contains(StateReason::CoverOpen);
        until("the open cover to show", open).await;
        tokio::time::sleep(quick().write_stall * 2).await;
        peer.change(|script| {
            script.trouble = Trouble::None;
            script.reads = usize::MAX;
        });
    };
    let (attempt, ()) = tokio::join!(printing, close_the_cover);
    assert_eq!(attempt.end, DRAINED);
    assert_eq!(attempt.bytes_written, 500_000);
}

#[tokio::test]
async fn a_reset_in_mid_job_is_told_with_what_was_handed_over() {
    let peer = Peer::start(Script { reset_at: 30_000, ..Script::default() });
    let mut device = device(&peer, quick());
    let attempt = print(&mut device, vec![b'x'; 2_000_000]).await;
    assert_eq!(attempt.end, stopped(StopCause::ConnectionLost));
    assert!((29_000..2_000_000).contains(&attempt.bytes_written), "{}", attempt.bytes_written);

    peer.change(|script| script.reset_at = usize::MAX);
    assert_eq!(
        print(&mut device, RECEIPT).await.end,
        DRAINED,
        "the next job gets a new connection"
    );
}

#[tokio::test]
async fn a_reset_after_the_last_byte_is_told_with_all_of_them() {
    let peer = Peer::start(Script { fence: Answer::Never, ..Script::default() });
    let options = DeviceOptions { fence_timeout: Duration::from_secs(20), ..quick() };
    let mut device = device(&peer, options);
    let job = Job::new(RECEIPT);
    let printing = run(&mut device, &job);
    let hang_up = async {
        until("the job to arrive", || {
            peer.connected() > 0 && contains(&peer.last().bytes, RECEIPT)
        })
        .await;
        peer.change(|script| script.hang_ups = 1);
    };
    let (attempt, ()) = tokio::join!(printing, hang_up);
    assert_eq!(attempt.end, stopped(StopCause::ConnectionLost));
    assert_eq!(attempt.bytes_written, RECEIPT.len() as u64);
}

#[tokio::test]
async fn a_cancel_in_mid_job_stops_at_the_next_piece() {
    let peer = Peer::start(Script::default());
    let options = DeviceOptions { pace: Pace::bytes_per_second(20_000), ..quick() };
    let mut device = device(&peer, options);
    let job = Job::new(vec![b'x'; 200_000]);
    let printing = run(&mut device, &job);
    let cancel = async {
        until("some of the job to arrive", || peer.connected() > 0 && peer.length() > 4_000).await;
        job.cancel.cancel();
        Instant::now()
    };
    let (attempt, canceled_at) = tokio::join!(printing, cancel);
    assert!(canceled_at.elapsed() < Duration::from_secs(2));
    assert_eq!(attempt.end, stopped(StopCause::Canceled));
    assert!((3_000..30_000).contains(&attempt.bytes_written), "{}", attempt.bytes_written);
    until("the connection to end", || peer.last().closed).await;
    let arrived = peer.last().bytes.iter().filter(|byte| **byte == b'x').count() as u64;
    assert_eq!(arrived, attempt.bytes_written, "what was handed over arrived, and no more");
}

#[tokio::test]
async fn a_cancel_while_a_roll_is_empty_ends_the_wait() {
    let peer =
        Peer::start(Script { trouble_at: Some((2000, Trouble::PaperOut)), ..Script::default() });
    let mut device = device(&peer, quick());
    let job = Job::new(vec![b'x'; 5000]);
    let printing = run(&mut device, &job);
    let cancel = async {
        until("the reason", || !job.reasons.borrow().is_empty()).await;
        job.cancel.cancel();
    };
    let (attempt, ()) = tokio::join!(printing, cancel);
    assert_eq!(attempt.end, stopped(StopCause::Canceled));
    assert_eq!(attempt.bytes_written, 5000);
    assert_eq!(attempt.reasons, StateReason::MediaEmpty.into());
}

#[tokio::test]
async fn a_canceled_job_does_not_start() {
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    let job = Job::new(RECEIPT);
    job.cancel.cancel();
    let attempt = run(&mut device, &job).await;
    assert_eq!(attempt.end, stopped(StopCause::Canceled));
    assert_eq!((attempt.bytes_written, job.starts.count()), (0, 0));
}

#[tokio::test]
async fn a_start_that_cannot_be_recorded_sends_nothing() {
    struct FullDisk;
    #[async_trait]
    impl StartRecord for FullDisk {
        fn first_byte(&self) -> Result<(), NotRecorded> {
            Err(NotRecorded)
        }
    }
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    let job = Job::new(RECEIPT);
    let attempt = device.print(PrintRequest { start: &FullDisk, ..job.request() }).await;
    assert_eq!(attempt.end, stopped(StopCause::NotRecorded));
    assert_eq!(attempt.bytes_written, 0);
    device.release().await;
    until("the connection to end", || peer.last().closed).await;
    assert!(!contains(&peer.last().bytes, b"Total"));
}

#[tokio::test]
async fn a_printer_that_hangs_up_while_the_start_is_recorded_gets_the_job_on_a_new_connection() {
    struct SlowDisk<'a>(&'a Peer, Starts);
    #[async_trait]
    impl StartRecord for SlowDisk<'_> {
        fn first_byte(&self) -> Result<(), NotRecorded> {
            self.0.change(|script| script.hang_ups = 1);
            let deadline = Instant::now() + Duration::from_secs(10);
            while !self.0.last().closed && Instant::now() < deadline {
                std::thread::yield_now();
            }
            self.1.first_byte()
        }
    }
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.unwrap();
    let peer = {
        let _inside = runtime.enter();
        Peer::start(Script::default())
    };
    let mut device = device(&peer, quick());
    let job = Job::new(RECEIPT);
    let disk = SlowDisk(&peer, Starts::default());
    let attempt = device.print(PrintRequest { start: &disk, ..job.request() }).await;
    assert_eq!(attempt.end, DRAINED);
    assert_eq!(disk.1.count(), 1);
    let connections = peer.connections();
    assert_eq!(connections.len(), 2);
    assert!(!contains(&connections[0].bytes, b"Total") && contains(&connections[1].bytes, RECEIPT));
    runtime.shutdown_background();
}

#[tokio::test]
async fn clean_up_goes_first_and_is_not_counted() {
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    let mut job = Job::new(RECEIPT);
    job.clean_up = Some(vec![0; 300].into());
    let attempt = run(&mut device, &job).await;
    assert_eq!(attempt.end, DRAINED);
    assert_eq!(attempt.bytes_written, RECEIPT.len() as u64);
    let bytes = peer.last().bytes;
    let zeros = bytes.windows(300).position(|window| window.iter().all(|byte| *byte == 0)).unwrap();
    let receipt = bytes.windows(RECEIPT.len()).position(|window| window == RECEIPT).unwrap();
    assert!(zeros + 300 <= receipt);
}
