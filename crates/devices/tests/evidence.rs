//! What is claimed about a job is what the printer showed, and never more.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::peer::{Answer, Peer, Script};
use common::*;
use platen_devices::{
    ConfirmMode, Confirmation, Device, DeviceMemory, DeviceOptions, StatusSupport,
};
use platen_job::{StateReason, StateReasons, StopCause};
use std::time::{Duration, Instant};

const RECEIPT: &[u8] = b"\x1B@Total 12.50\n\n\x1DV\x00";

#[tokio::test]
async fn an_answered_fence_drains_the_job() {
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    let attempt = print(&mut device, RECEIPT).await;
    assert_eq!(attempt.end, DRAINED);
    assert_eq!(attempt.bytes_written, RECEIPT.len() as u64);
    assert_eq!(attempt.reasons, StateReasons::none());
    assert!(contains(&peer.last().bytes, RECEIPT));
}

#[tokio::test]
async fn a_printer_that_confirms_is_believed_and_remembered() {
    let peer = Peer::start(Script { confirm: Answer::AtOnce, ..Script::default() });
    let mut device = device(&peer, quick());
    assert_eq!(print(&mut device, RECEIPT).await.end, CONFIRMED);
    assert_eq!(device.memory().confirmation, Confirmation::Supported);
    assert_eq!(print(&mut device, RECEIPT).await.end, CONFIRMED);
}

#[tokio::test]
async fn a_printer_that_does_not_confirm_is_asked_once() {
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    assert_eq!(print(&mut device, RECEIPT).await.end, DRAINED);
    assert_eq!(device.memory().confirmation, Confirmation::Unsupported);
    assert_eq!(print(&mut device, RECEIPT).await.end, DRAINED);
    let asked = peer.last().bytes.windows(5).filter(|w| *w == b"\x1D(H\x06\x00").count();
    assert_eq!(asked, 1);
}

#[tokio::test]
async fn a_late_confirmation_is_waited_for() {
    let late = Answer::After(Duration::from_millis(500));
    let peer = Peer::start(Script { confirm: late, ..Script::default() });
    let mut options = quick();
    options.memory = DeviceMemory { confirmation: Confirmation::Supported };
    options.fence_timeout = Duration::from_secs(5);
    let mut device = device(&peer, options);
    assert_eq!(print(&mut device, RECEIPT).await.end, CONFIRMED);
}

#[tokio::test]
async fn an_earlier_confirmation_is_not_taken_for_this_jobs() {
    let peer = Peer::start(Script { confirm: Answer::AtOnce, ..Script::default() });
    let mut device = device(&peer, quick());
    let (mut first, mut again) = (Job::new(RECEIPT), Job::new(RECEIPT));
    (first.token, again.token) = (*b"SAME", *b"SAME");
    assert_eq!(run(&mut device, &first).await.end, CONFIRMED);
    peer.change(|script| script.confirm = Answer::Never);
    assert_eq!(run(&mut device, &again).await.end, DRAINED);
}

#[tokio::test]
async fn without_leave_no_confirmation_is_asked_for() {
    let peer = Peer::start(Script { confirm: Answer::AtOnce, ..Script::default() });
    let mut device = device(&peer, DeviceOptions { confirm: ConfirmMode::Never, ..quick() });
    assert_eq!(print(&mut device, RECEIPT).await.end, DRAINED);
    assert!(!contains(&peer.last().bytes, b"\x1D(H"));
    assert_eq!(device.memory().confirmation, Confirmation::Unknown);
}

#[tokio::test]
async fn a_promised_confirmation_that_stays_away_leaves_the_job_drained() {
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, DeviceOptions { confirm: ConfirmMode::Always, ..quick() });
    assert_eq!(print(&mut device, RECEIPT).await.end, DRAINED);
}

#[tokio::test]
async fn a_printer_that_stopped_confirming_is_probed_anew() {
    let peer = Peer::start(Script::default());
    let memory = DeviceMemory { confirmation: Confirmation::Supported };
    let mut device = device(&peer, DeviceOptions { memory, ..quick() });
    assert_eq!(print(&mut device, RECEIPT).await.end, DRAINED);
    assert_eq!(device.memory().confirmation, Confirmation::Unknown);
    assert_eq!(print(&mut device, RECEIPT).await.end, DRAINED);
    assert_eq!(device.memory().confirmation, Confirmation::Unsupported);
}

#[tokio::test]
async fn a_mute_printer_only_submits_and_is_waited_for_once() {
    let peer = Peer::start(Script::mute());
    let mut device = device(&peer, quick());
    assert_eq!(print(&mut device, RECEIPT).await.end, SUBMITTED);
    let before = Instant::now();
    for _ in 0..20 {
        assert_eq!(print(&mut device, RECEIPT).await.end, SUBMITTED);
    }
    let waited = before.elapsed();
    assert!(
        waited < quick().reply_timeout,
        "20 jobs waited {waited:?} for a printer known to be mute"
    );
    assert_eq!(peer.connected(), 1);
    assert_eq!(device.memory().confirmation, Confirmation::Unknown, "silence proves nothing");
}

#[tokio::test]
async fn a_mute_printer_is_asked_again_on_a_new_connection() {
    let peer = Peer::start(Script::mute());
    let mut device = device(&peer, quick());
    assert_eq!(print(&mut device, RECEIPT).await.end, SUBMITTED);
    peer.change(|script| *script = Script { hang_ups: 1, ..Script::default() });
    until("the old connection to go", || peer.last().closed).await;
    assert_eq!(print(&mut device, RECEIPT).await.end, DRAINED);
}

#[tokio::test]
async fn a_printer_without_status_is_sent_nothing_but_the_job() {
    let peer = Peer::start(Script::default());
    let options = DeviceOptions { status: StatusSupport::Unsupported, ..quick() };
    let mut device = device(&peer, options);
    assert_eq!(print(&mut device, RECEIPT).await.end, SUBMITTED);
    assert_eq!(print(&mut device, RECEIPT).await.end, SUBMITTED);
    until("both jobs to arrive", || peer.length() >= 2 * RECEIPT.len()).await;
    assert_eq!(peer.last().bytes, [RECEIPT, RECEIPT].concat());
}

#[tokio::test]
async fn a_printer_that_knows_no_fence_submits() {
    let peer = Peer::start(Script { fence: Answer::Never, automatic: false, ..Script::default() });
    let mut device = device(&peer, quick());
    assert_eq!(print(&mut device, RECEIPT).await.end, SUBMITTED);
    for new_connection in [0, 1] {
        peer.change(|script| script.hang_ups = new_connection);
        until("the connection to end", || new_connection == 0 || peer.last().closed).await;
        let before = Instant::now();
        assert_eq!(print(&mut device, RECEIPT).await.end, SUBMITTED);
        assert!(before.elapsed() < quick().fence_timeout, "it was waited for that long once");
    }
}

#[tokio::test]
async fn a_printer_that_falls_silent_is_not_believed_to_have_printed() {
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    assert_eq!(print(&mut device, RECEIPT).await.end, DRAINED);
    peer.change(|script| *script = Script::mute());
    let attempt = print(&mut device, RECEIPT).await;
    assert_eq!(attempt.end, stopped(StopCause::TimedOut));
    assert_eq!(attempt.bytes_written, RECEIPT.len() as u64);
}

#[tokio::test]
async fn a_fence_that_stays_away_from_a_printer_that_had_answered_one_times_out() {
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    assert_eq!(print(&mut device, RECEIPT).await.end, DRAINED);
    peer.change(|script| script.fence = Answer::Never);
    let attempt = print(&mut device, RECEIPT).await;
    assert_eq!(attempt.end, stopped(StopCause::TimedOut));
}

#[tokio::test]
async fn junk_is_no_evidence() {
    let junk = b"HELLO \xFF\x80\x91 100%".to_vec();
    let script = Script { chatter: Some(junk.clone()), ..Script::mute() };
    let peer = Peer::start(script);
    let mut device = device(&peer, quick());
    let attempt = print(&mut device, RECEIPT).await;
    assert!(attempt.end != DRAINED && attempt.end != CONFIRMED, "{:?}", attempt.end);
    assert_eq!(attempt.bytes_written, RECEIPT.len() as u64);

    let peer = Peer::start(Script { chatter: Some(junk), ..Script::default() });
    let mut device = common::device(&peer, quick());
    assert_eq!(print(&mut device, RECEIPT).await.end, DRAINED, "answers are found among junk");
}

/// Every byte of it passes for an answer to a question.
#[tokio::test]
async fn a_printer_that_chatters_for_ever_is_not_waited_for_as_long() {
    let script = Script {
        chatter: Some(vec![0x12]),
        fence: Answer::Never,
        automatic: false,
        ..Script::default()
    };
    let peer = Peer::start(script);
    let mut device = device(&peer, quick());
    let attempt = tokio::time::timeout(Duration::from_secs(30), print(&mut device, RECEIPT)).await;
    assert_eq!(attempt.expect("it comes to an end").end, SUBMITTED);
}

#[tokio::test]
async fn a_fence_inside_the_job_is_not_taken_for_ours() {
    // The job's own GS r is answered at once, ours only when the roll is changed.
    let mut job = b"\x1Dr\x01".to_vec();
    job.extend(vec![b'x'; 5000]);
    let peer = Peer::start(Script::default());
    let mut device = device(&peer, quick());
    assert_eq!(print(&mut device, RECEIPT).await.end, DRAINED);
    let at = peer.length() + 4000;
    peer.change(|script| script.trouble_at = Some((at, common::peer::Trouble::PaperOut)));
    let job = Job::new(job);
    let seen = job.reasons.subscribe();
    let printing = run(&mut device, &job);
    let mend = async {
        until("the empty roll to show", || seen.borrow().contains(StateReason::MediaEmpty)).await;
        peer.change(|script| script.trouble = common::peer::Trouble::None);
    };
    let (attempt, ()) = tokio::join!(printing, mend);
    assert_eq!(attempt.end, DRAINED);
    // What else the printer may answer must not be taken for the next job's fence.
    assert_eq!(print(&mut device, RECEIPT).await.end, DRAINED);
    assert_eq!(peer.connected(), 2);
}
