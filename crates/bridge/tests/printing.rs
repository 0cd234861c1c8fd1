//! What the engine does with jobs, seen from outside: order, holds, time-outs, doubts, copies.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use platen_bridge::{Request, RequestError, Resolution, TestPrint, UnconfirmedPolicy};
use platen_connectors::{Health, PrinterView};
use platen_job::{DocumentType, DrawerPin, JobState, Mark, Priority};
use std::sync::Arc;
use std::time::Duration;
use support::{Behaviour, Bench};
use tokio::sync::watch;

/// What happens to a printer is told within this time.
const TOLD_WITHIN: Duration = Duration::from_secs(2);

type Shown = watch::Receiver<Arc<Vec<PrinterView>>>;

#[tokio::test]
async fn urgent_jobs_go_first_and_equal_ones_keep_their_order() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path(), &["A"]).await;
    bench.fake("A").will(Behaviour::Hang);
    bench.submit("A", "first").await;
    bench.fake("A").hanging.notified().await;
    let mut last = None;
    for (text, priority) in [
        ("low", Priority::Low),
        ("one", Priority::Normal),
        ("two", Priority::Normal),
        ("high", Priority::High),
    ] {
        let job = bench.submit_as("A", text, DocumentType::Receipt, priority).await.unwrap();
        last = last.or(Some(job.id));
    }
    bench.fake("A").go_on.notify_one();
    bench.settled(last.unwrap()).await;
    assert_eq!(bench.fake("A").paper(), ["first", "high", "one", "two", "low"]);
    bench.engine.stop().await;
}

#[tokio::test]
async fn a_long_job_shows_while_it_is_printed_and_not_after() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path(), &["A"]).await;
    let mut printers = bench.engine.printers();
    bench.fake("A").will(Behaviour::Hang);
    bench.submit("A", "long").await;
    bench.fake("A").hanging.notified().await;
    let shows = async |printers: &mut Shown, health| {
        let is_so = |views: &Arc<Vec<PrinterView>>| views[0].health == health;
        let shown = tokio::time::timeout(TOLD_WITHIN, printers.wait_for(is_so)).await;
        shown.unwrap_or_else(|_| panic!("it does not show as {health:?}")).unwrap()[0].clone()
    };
    assert_eq!(shows(&mut printers, Health::Busy).await.queue_length, 1);
    // What comes meanwhile shows too.
    let next = bench.submit("A", "next").await;
    let both = printers.wait_for(|views| views[0].queue_length == 2);
    tokio::time::timeout(TOLD_WITHIN, both).await.expect("the queue does not show").unwrap();
    bench.fake("A").go_on.notify_one();
    bench.settled(next.id).await;
    assert_eq!(shows(&mut printers, Health::Online).await.queue_length, 0);
    bench.engine.stop().await;
}

#[tokio::test]
async fn a_job_waits_for_paper_and_another_printer_does_not_care() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path(), &["A", "B"]).await;
    bench.fake("A").will(Behaviour::PaperOut);
    let waits = bench.submit("A", "waits").await;
    let held = bench.until(waits.id, "held").await;
    assert!(held.message.contains("paper is out"), "{}", held.message);
    let other = bench.submit("B", "other").await;
    bench.settled(other.id).await;
    bench.fake("A").will(Behaviour::Print);
    let printed = bench.settled(waits.id).await;
    assert!(matches!(printed.state, JobState::Completed { .. }));
    assert_eq!(bench.fake("A").paper(), ["waits"]);
    bench.engine.stop().await;
}

#[tokio::test]
async fn a_job_that_waited_too_long_never_emits_a_byte() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start_with(folder.path(), &["A"], |settings| {
        settings.jobs.time_to_live_seconds.insert(DocumentType::KitchenTicket, 1);
    })
    .await;
    bench.fake("A").will(Behaviour::Away);
    let job =
        bench.submit_as("A", "late", DocumentType::KitchenTicket, Priority::Normal).await.unwrap();
    let job = bench.settled(job.id).await;
    assert_eq!(job.state, JobState::Expired);
    bench.fake("A").will(Behaviour::Print);
    let next = bench.submit("A", "next").await;
    bench.settled(next.id).await;
    assert_eq!(bench.fake("A").paper(), ["next"]);
    bench.engine.stop().await;
}

#[tokio::test]
async fn a_receipt_in_doubt_is_a_question_and_a_kitchen_ticket_comes_again_marked_once() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path(), &["A"]).await;
    bench.fake("A").will(Behaviour::BreakAfter(3));
    let receipt = bench.submit("A", "receipt").await;
    assert_eq!(bench.settled(receipt.id).await.state, JobState::Unconfirmed);

    bench.fake("A").will(Behaviour::BreakAfter(3));
    let ticket = bench
        .submit_as("A", "ticket", DocumentType::KitchenTicket, Priority::Normal)
        .await
        .unwrap();
    assert_eq!(bench.settled(ticket.id).await.state, JobState::Reprinted);
    let next = bench.submit("A", "next").await;
    bench.settled(next.id).await;
    let paper = bench.fake("A").paper();
    assert_eq!((paper[0].as_str(), paper[1].as_str()), ("rec", "tic"));
    assert!(paper[2].contains("POSSIBLE DUPLICATE") && paper[2].contains("ticket"), "{paper:?}");
    assert_eq!(paper.len(), 4);
    bench.engine.stop().await;
}

#[tokio::test]
async fn a_person_settles_an_unconfirmed_job() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path(), &["A"]).await;
    let mut doubtful = Vec::new();
    for _ in 0..2 {
        bench.fake("A").will(Behaviour::BreakAfter(1));
        let job = bench.submit("A", "doubt").await;
        doubtful.push(bench.settled(job.id).await.id);
    }
    let printed = Request::Resolve { id: doubtful[0], resolution: Resolution::Printed };
    assert!(matches!(
        bench.ask_job(printed.clone()).await.unwrap().state,
        JobState::Completed { .. }
    ));
    assert!(matches!(bench.ask_job(printed).await, Err(RequestError::NotNow { .. })));
    let again = Request::Resolve { id: doubtful[1], resolution: Resolution::Reprint };
    let copy = bench.ask_job(again).await.unwrap();
    assert_eq!((copy.mark, copy.origin), (Some(Mark::PossibleDuplicate), Some(doubtful[1])));
    bench.settled(copy.id).await;
    assert!(bench.fake("A").paper().last().unwrap().contains("POSSIBLE DUPLICATE"));
    bench.engine.stop().await;
}

#[tokio::test]
async fn a_reprint_is_marked_and_the_first_one_stays_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path(), &["A"]).await;
    let job = bench.submit("A", "receipt").await;
    bench.settled(job.id).await;
    let copy = bench.ask_job(Request::Reprint { id: job.id }).await.unwrap();
    bench.settled(copy.id).await;
    let paper = bench.fake("A").paper();
    assert_eq!(paper[0], "receipt");
    assert!(paper[1].contains("REPRINT") && paper[1].contains("receipt"), "{paper:?}");
    assert!(matches!(bench.settled(job.id).await.state, JobState::Completed { .. }));
    bench.engine.stop().await;
}

#[tokio::test]
async fn a_canceled_job_prints_nothing_and_one_in_print_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path(), &["A"]).await;
    bench.fake("A").will(Behaviour::Hang);
    let under_way = bench.submit("A", "under way").await;
    bench.fake("A").hanging.notified().await;
    let waiting = bench.submit("A", "waiting").await;
    let canceled = bench.ask_job(Request::Cancel { id: waiting.id }).await.unwrap();
    assert_eq!(canceled.state, JobState::Canceled);
    let stopped = bench.ask_job(Request::Cancel { id: under_way.id }).await.unwrap();
    assert_eq!(stopped.state, JobState::Aborted);
    assert!(stopped.message.contains("may be on paper"), "{}", stopped.message);
    assert!(bench.fake("A").paper().is_empty());
    bench.engine.stop().await;
}

#[tokio::test]
async fn nobody_waits_for_a_test_page_or_a_drawer_at_a_printer_in_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path(), &["A"]).await;
    bench.fake("A").will(Behaviour::PaperOut);
    let test = bench.ask_job(Request::TestPrint(TestPrint { printer: "a".into() })).await.unwrap();
    let drawer =
        bench.ask_job(Request::Drawer { printer: "A".into(), pin: DrawerPin::Pin2 }).await.unwrap();
    for id in [test.id, drawer.id] {
        let job = bench.settled(id).await;
        assert_eq!(job.state, JobState::Aborted);
        assert!(job.message.contains("paper is out"), "{}", job.message);
    }
    bench.fake("A").will(Behaviour::Print);
    let next = bench.submit("A", "next").await;
    bench.settled(next.id).await;
    assert_eq!(bench.fake("A").paper(), ["next"]);
    bench.engine.stop().await;
}

#[tokio::test]
async fn a_panic_in_a_worker_is_survived_and_its_job_accounted_for() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path(), &["A", "B"]).await;
    bench.fake("A").will(Behaviour::PanicAfterFirstByte);
    let doubt = bench.submit("A", "doubt").await;
    assert_eq!(bench.settled(doubt.id).await.state, JobState::Unconfirmed);
    bench.fake("A").will(Behaviour::PanicBeforeFirstByte);
    let poison = bench.submit("A", "poison").await;
    assert_eq!(bench.settled(poison.id).await.state, JobState::Aborted);
    bench.fake("A").will(Behaviour::Print);
    let next = bench.submit("A", "next").await;
    bench.settled(next.id).await;
    assert_eq!(bench.fake("A").paper(), ["next"]);
    bench.engine.stop().await;
}

#[tokio::test]
async fn a_paused_printer_starts_nothing_until_it_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path(), &["A"]).await;
    bench.engine.ask(Request::Pause { printer: "A".into() }).await.unwrap();
    let job = bench.submit("A", "later").await;
    let mut printers = bench.engine.printers();
    let paused = printers.wait_for(|all| all[0].reasons.to_keywords().contains("paused"));
    tokio::time::timeout(support::SOON, paused).await.unwrap().unwrap();
    assert!(bench.fake("A").paper().is_empty());
    bench.engine.ask(Request::Resume { printer: "A".into() }).await.unwrap();
    bench.settled(job.id).await;
    assert_eq!(bench.fake("A").paper(), ["later"]);
    bench.engine.stop().await;
}

#[tokio::test]
async fn what_waits_at_the_end_is_there_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path(), &["A"]).await;
    bench.fake("A").will(Behaviour::Away);
    let job = bench.submit("A", "over night").await;
    bench.until(job.id, "held").await;
    bench.engine.stop().await;
    let bench = Bench::start(folder.path(), &["A"]).await;
    assert!(matches!(bench.settled(job.id).await.state, JobState::Completed { .. }));
    assert_eq!(bench.fake("A").paper(), ["over night"]);
    bench.engine.stop().await;
}

#[tokio::test]
async fn the_policy_for_doubts_is_a_setting() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start_with(folder.path(), &["A"], |settings| {
        settings.jobs.unconfirmed.insert(DocumentType::KitchenTicket, UnconfirmedPolicy::Ask);
    })
    .await;
    bench.fake("A").will(Behaviour::BreakAfter(1));
    let ticket = bench
        .submit_as("A", "ticket", DocumentType::KitchenTicket, Priority::Normal)
        .await
        .unwrap();
    assert_eq!(bench.settled(ticket.id).await.state, JobState::Unconfirmed);
    bench.engine.stop().await;
}

#[tokio::test]
async fn the_same_key_is_printed_once() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path(), &["A"]).await;
    let submission = platen_bridge::Submission {
        printer: "A".into(),
        format: platen_bridge::SubmissionFormat::Raw,
        body: "b25jZQ==".into(),
        document_type: Some(DocumentType::Other),
        priority: Priority::Normal,
        key: Some("k1".into()),
    };
    let first = bench.ask_job(Request::Submit(submission.clone())).await.unwrap();
    let second = bench.ask_job(Request::Submit(submission)).await.unwrap();
    assert_eq!(first.id, second.id);
    bench.settled(first.id).await;
    assert_eq!(bench.fake("A").paper(), ["once"]);
    bench.engine.stop().await;
}

#[tokio::test]
async fn a_printer_that_moves_takes_its_queue_along() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path(), &["A", "B"]).await;
    bench.fake("A").will(Behaviour::Away);
    let mut ids = Vec::new();
    for text in ["one", "two"] {
        ids.push(bench.submit("A", text).await.id);
    }
    bench.until(ids[0], "held").await;
    bench.edit(|settings| settings.printers[0].uri = "tcp://127.0.0.1:2".into());
    let (reloaded, three) =
        tokio::join!(bench.engine.ask(Request::Reload), bench.submit("A", "three"));
    reloaded.unwrap();
    bench.fake("A").will(Behaviour::Print);
    bench.settled(three.id).await;
    assert_eq!(bench.fake("A").paper(), ["one", "two", "three"]);

    bench.fake("A").will(Behaviour::Away);
    let orphan = bench.submit("A", "orphan").await;
    bench.edit(|settings| drop(settings.printers.remove(0)));
    bench.engine.ask(Request::Reload).await.unwrap();
    let orphan = bench.settled(orphan.id).await;
    assert_eq!(orphan.state, JobState::Aborted);
    assert!(orphan.message.contains("has been removed"), "{}", orphan.message);
    bench.engine.stop().await;
}

#[tokio::test]
async fn a_printer_with_an_impossible_address_keeps_its_jobs_no_longer_than_others_do() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start_with(folder.path(), &["A"], |settings| {
        settings.printers[0].uri = support::NOWHERE.into();
        settings.jobs.time_to_live_seconds.insert(DocumentType::Receipt, 1);
    })
    .await;
    let receipt = bench.submit("A", "receipt").await;
    let test = bench.ask_job(Request::TestPrint(TestPrint { printer: "A".into() })).await.unwrap();
    assert_eq!(bench.settled(test.id).await.state, JobState::Aborted);
    assert_eq!(bench.settled(receipt.id).await.state, JobState::Expired);
    bench.engine.stop().await;
}

#[tokio::test]
async fn a_job_is_canceled_also_while_its_lease_is_being_stored() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path(), &["A"]).await;
    for round in 0..40 {
        bench.fake("A").will(Behaviour::Hang);
        bench.submit("A", "first").await;
        bench.fake("A").hanging.notified().await;
        bench.fake("A").will(Behaviour::Hang);
        let second = bench.submit("A", "second").await;
        bench.fake("A").go_on.notify_one();
        let canceled = bench.ask_job(Request::Cancel { id: second.id }).await.unwrap();
        assert!(!canceled.state.is_open(), "round {round}: {}", canceled.state);
        assert!(!matches!(canceled.state, JobState::Completed { .. }), "round {round}");
        if canceled.state == JobState::Aborted {
            bench.fake("A").hanging.notified().await;
        }
    }
    assert!(bench.fake("A").paper().iter().all(|text| text == "first"));
    bench.engine.stop().await;
}

#[tokio::test]
async fn a_look_at_the_printers_starts_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path(), &["A"]).await;
    bench.fake("A").will(Behaviour::Away);
    let job = bench.submit("A", "waits").await;
    bench.until(job.id, "held").await;
    bench.engine.stop().await;
    let bench = Bench::watch(folder.path(), &["A"]).await;
    let mut printers = bench.engine.printers();
    let seen = printers.wait_for(|all| all[0].health == platen_connectors::Health::Online);
    tokio::time::timeout(support::SOON, seen).await.unwrap().unwrap();
    let (paper, held) = (bench.fake("A").paper(), bench.until(job.id, "held").await);
    assert!(paper.is_empty() && held.message.contains("does not answer"), "{held:?}");
    bench.engine.stop().await;
}

#[tokio::test]
async fn a_paused_printer_is_still_paused_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start(folder.path(), &["A"]).await;
    bench.engine.ask(Request::Pause { printer: "A".into() }).await.unwrap();
    let job = bench.submit("A", "later").await;
    bench.engine.stop().await;
    let bench = Bench::start(folder.path(), &["A"]).await;
    let mut printers = bench.engine.printers();
    let paused = printers.wait_for(|all| all[0].reasons.to_keywords().contains("paused"));
    tokio::time::timeout(support::SOON, paused).await.unwrap().unwrap();
    assert!(bench.fake("A").paper().is_empty());
    bench.engine.ask(Request::Resume { printer: "A".into() }).await.unwrap();
    bench.settled(job.id).await;
    assert_eq!(bench.fake("A").paper(), ["later"]);
    bench.engine.stop().await;
}
