//! What follows from the bits by which Windows says how printers and jobs are: the stories that Wine cannot play.

use super::*;
use crate::spooler::port::History;
use crate::spooler::windows::{job_view, queue_state};

const SPOOLING: u32 = 0x0008;
const PRINTING: u32 = 0x0010;
const PAPER_OUT: u32 = 0x0040;
const PRINTED: u32 = 0x0080;
const DELETED: u32 = 0x0100;
const WORK_OFFLINE: u32 = 0x0400;
const EVERYTHING: u64 = BYTES.len() as u64;

fn saying(bits: &[u32]) -> FakeSpooler {
    FakeSpooler::saying(bits.iter().map(|bits| Ok(job_view(*bits))))
}

#[tokio::test(start_paused = true)]
async fn paper_that_runs_out_is_shown_and_the_job_goes_on() {
    let story = [SPOOLING, PRINTING | SPOOLING, PRINTING | PAPER_OUT, PRINTING, PRINTED];
    let mut case = Case::new(saying(&story));
    let listener = case.listener();
    let attempt = case.print().await;
    assert_eq!(attempt.end, AttemptEnd::Finished(Evidence::Drained));
    assert_eq!(attempt.bytes_written, EVERYTHING);
    drop(case);
    assert_eq!(listener.await.unwrap(), [StateReason::MediaEmpty.into(), StateReasons::none()]);
}

#[tokio::test(start_paused = true)]
async fn a_job_that_is_deleted_once_it_is_printed_is_printed() {
    let attempt = Case::new(saying(&[PRINTING, PRINTED | DELETED])).print().await;
    assert_eq!(attempt.end, AttemptEnd::Finished(Evidence::Drained));
}

#[tokio::test(start_paused = true)]
async fn a_job_that_vanishes_was_handed_over_and_no_more_is_claimed() {
    let views = [Ok(job_view(PRINTING)), Err(SpoolerError::JobGone)];
    let spooler = FakeSpooler { history: History::Dropped, ..FakeSpooler::saying(views) };
    let attempt = Case::new(spooler).print().await;
    assert_eq!(attempt.end, AttemptEnd::Finished(Evidence::Submitted));
}

#[tokio::test(start_paused = true)]
async fn a_job_that_somebody_deletes_in_mid_print_may_be_on_paper() {
    let attempt = Case::new(saying(&[PRINTING, PRINTING | DELETED])).print().await;
    assert_eq!(attempt.end, stopped(StopCause::CanceledInQueue));
    assert_eq!(attempt.bytes_written, EVERYTHING);
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_works_off_line_gets_no_job() {
    let queue = Ok(queue_state(0, WORK_OFFLINE));
    let mut case = Case::new(FakeSpooler { queue, ..saying(&[PRINTED]) });
    let attempt = case.print().await;
    assert_eq!((attempt.end, attempt.bytes_written), (stopped(StopCause::NotReady), 0));
    assert_eq!(attempt.reasons, StateReason::Offline.into());
    assert!(case.spooler().documents.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_goes_off_line_over_a_job_gives_it_back() {
    let queue_later = Some(Ok(queue_state(0, WORK_OFFLINE)));
    // What winspool.rs says of a job that it paused and deleted before it had begun.
    let after_cancel = Some(view(Stage::Canceled, Touched::Never, StateReasons::none()));
    let spooler = FakeSpooler { queue_later, after_cancel, ..saying(&[0]) };
    let attempt = Case::new(spooler).print().await;
    assert_eq!((attempt.end, attempt.bytes_written), (stopped(StopCause::NotReady), 0));
    assert_eq!(attempt.reasons, StateReason::Offline.into());
}

#[tokio::test(start_paused = true)]
async fn patience_with_a_printer_in_trouble_ends_in_doubt() {
    let after_cancel = Some(job_view(PRINTING | DELETED));
    let spooler = FakeSpooler { after_cancel, ..saying(&[PRINTING | PAPER_OUT]) };
    let attempt = Case::new(spooler).print().await;
    assert_eq!(attempt.end, stopped(StopCause::NotReady));
    assert_eq!(attempt.bytes_written, EVERYTHING);
    assert_eq!(attempt.reasons, StateReason::MediaEmpty.into());
}
