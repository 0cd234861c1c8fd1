//! Waiting jobs go to the backup of a printer that cannot print: marked, once, and only what certainly is not on paper.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use platen_bridge::{BackupSettings, Request, Resolution, Settings};
use platen_job::{DocumentType, DrawerPin, JobState, PrinterName, Priority};
use support::{Behaviour, Bench};

fn backup(settings: &mut Settings, of: &str, to: &str, after_seconds: u32) {
    let printer = PrinterName::new(to).unwrap();
    settings.put_backup(of, Some(BackupSettings { printer, after_seconds })).unwrap();
}

async fn start(folder: &std::path::Path, after_seconds: u32) -> Bench {
    Bench::start_with(folder, &["Kitchen", "Bar"], |settings| {
        backup(settings, "Kitchen", "Bar", after_seconds);
    })
    .await
}

#[tokio::test]
async fn what_waits_for_a_printer_in_trouble_comes_out_of_its_backup_in_order_and_marked() {
    let folder = tempfile::tempdir().unwrap();
    let bench = start(folder.path(), 0).await;
    bench.fake("Kitchen").will(Behaviour::PaperOut);
    let mut jobs = Vec::new();
    for text in ["one", "two", "three"] {
        jobs.push(bench.submit("Kitchen", text).await.id);
    }
    for job in &jobs {
        let job = bench.settled(*job).await;
        assert!(matches!(job.state, JobState::Completed { .. }), "{}", job.message);
        assert_eq!(job.printer_name.as_deref(), Some("Bar"));
        assert_eq!(job.backup_from, Some(PrinterName::new("Kitchen").unwrap()));
        assert!(job.notes.lines()[0].contains("moved from Kitchen to Bar"), "{:?}", job.notes);
    }
    let paper = bench.fake("Bar").paper();
    for (sheet, text) in paper.iter().zip(["one", "two", "three"]) {
        assert!(sheet.contains("BACKUP FROM Kitchen") && sheet.contains(text), "{sheet:?}");
    }
    bench.fake("Kitchen").will(Behaviour::Print);
    let printers = bench.engine.printers();
    support::until(|| async { printers.borrow().iter().all(|one| one.reasons.is_empty()) }).await;
    let next = bench.submit("Kitchen", "four").await;
    bench.settled(next.id).await;
    assert_eq!(bench.fake("Kitchen").paper(), ["four"], "its own paper bears no mark");
    assert_eq!(bench.fake("Bar").paper().len(), 3);
    bench.engine.stop().await;
}

#[tokio::test]
async fn nothing_moves_before_its_time_nor_to_a_backup_that_is_in_trouble_itself() {
    let folder = tempfile::tempdir().unwrap();
    let bench = start(folder.path(), 3_600).await;
    bench.fake("Kitchen").will(Behaviour::Away);
    let job = bench.submit("Kitchen", "soup").await;
    bench.until(job.id, "held").await;
    bench.fake("Bar").will(Behaviour::PaperOut);
    let bar = bench.submit("Bar", "beer").await;
    bench.until(bar.id, "held").await;
    bench.edit(|settings| backup(settings, "Kitchen", "Bar", 0));
    bench.engine.ask(Request::Reload).await.unwrap();
    let job = bench.until(job.id, "held").await;
    assert_eq!(job.printer_name.as_deref(), Some("Kitchen"));
    bench.fake("Bar").will(Behaviour::Print);
    let job = bench.settled(job.id).await;
    assert!(matches!(job.state, JobState::Completed { .. }), "{}", job.message);
    bench.settled(bar.id).await;
    let mut paper = bench.fake("Bar").paper();
    paper.retain(|sheet| sheet != "beer");
    assert_eq!(paper.len(), 1);
    assert!(paper[0].contains("BACKUP FROM Kitchen"), "{paper:?}");
    bench.engine.stop().await;
}

#[tokio::test]
async fn a_drawer_a_doubt_and_what_was_moved_before_stay_where_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let bench = Bench::start_with(folder.path(), &["Kitchen", "Bar"], |settings| {
        backup(settings, "Kitchen", "Bar", 0);
        backup(settings, "Bar", "Kitchen", 0);
    })
    .await;
    bench.fake("Kitchen").will(Behaviour::BreakAfter(3));
    let doubt = bench.submit("Kitchen", "in doubt").await;
    bench.settled(doubt.id).await;
    bench.fake("Kitchen").will(Behaviour::PaperOut);
    let (id, resolution) = (doubt.id, Resolution::Reprint);
    let copy = bench.ask_job(Request::Resolve { id, resolution }).await.unwrap();
    let drawer = Request::Drawer { printer: "Kitchen".into(), pin: DrawerPin::Pin2 };
    let drawer = bench.ask_job(drawer).await.unwrap();
    assert_eq!(bench.settled(drawer.id).await.state, JobState::Aborted);
    // The ticket moves, and comes to a printer that has no paper by then: it goes no further, not even back.
    bench.fake("Bar").will(Behaviour::Hang);
    let first = bench.submit("Bar", "at the bar").await;
    bench.fake("Bar").hanging.notified().await;
    let kind = DocumentType::KitchenTicket;
    let ticket = bench.submit_as("Kitchen", "soup", kind, Priority::Normal).await.unwrap();
    let moved = support::until(|| async {
        let job = bench.ask_job(Request::Job { id: ticket.id }).await.unwrap();
        job.backup_from.is_some()
    });
    moved.await;
    bench.fake("Bar").will(Behaviour::PaperOut);
    bench.fake("Bar").go_on.notify_one();
    bench.settled(first.id).await;
    bench.until(ticket.id, "held").await;
    bench.fake("Kitchen").will(Behaviour::Print);
    bench.settled(copy.id).await;
    let kitchen = bench.fake("Kitchen").paper();
    assert!(kitchen[1].contains("POSSIBLE DUPLICATE") && !kitchen[1].contains("BACKUP"));
    let held = bench.until(ticket.id, "held").await;
    assert_eq!(held.printer_name.as_deref(), Some("Bar"));
    bench.fake("Bar").will(Behaviour::Print);
    bench.settled(ticket.id).await;
    assert!(bench.fake("Bar").paper()[1].contains("BACKUP FROM Kitchen"));
    bench.engine.stop().await;
}

#[tokio::test]
async fn a_paused_printer_keeps_its_jobs_and_a_moved_one_can_be_canceled() {
    let folder = tempfile::tempdir().unwrap();
    let bench = start(folder.path(), 0).await;
    bench.engine.ask(Request::Pause { printer: "Kitchen".into() }).await.unwrap();
    bench.fake("Kitchen").will(Behaviour::PaperOut);
    let job = bench.submit("Kitchen", "soup").await;
    bench.until(job.id, "held").await;
    bench.fake("Bar").will(Behaviour::Hang);
    let first = bench.submit("Bar", "at the bar").await;
    bench.fake("Bar").hanging.notified().await;
    assert_eq!(bench.until(job.id, "held").await.backup_from, None);
    bench.engine.ask(Request::Resume { printer: "Kitchen".into() }).await.unwrap();
    support::until(|| async {
        bench.ask_job(Request::Job { id: job.id }).await.unwrap().backup_from.is_some()
    })
    .await;
    bench.ask_job(Request::Cancel { id: job.id }).await.unwrap();
    bench.fake("Bar").go_on.notify_one();
    bench.settled(first.id).await;
    assert_eq!(bench.settled(job.id).await.state, JobState::Canceled);
    assert_eq!(bench.fake("Bar").paper(), ["at the bar"]);
    bench.engine.stop().await;
}

#[tokio::test]
async fn a_moved_job_is_still_marked_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let bench = start(folder.path(), 0).await;
    bench.fake("Kitchen").will(Behaviour::PaperOut);
    bench.fake("Bar").will(Behaviour::Hang);
    let first = bench.submit("Bar", "at the bar").await;
    bench.fake("Bar").hanging.notified().await;
    let job = bench.submit("Kitchen", "soup").await;
    support::until(|| async {
        bench.ask_job(Request::Job { id: job.id }).await.unwrap().backup_from.is_some()
    })
    .await;
    bench.fake("Bar").will(Behaviour::PaperOut);
    bench.fake("Bar").go_on.notify_one();
    bench.settled(first.id).await;
    bench.engine.stop().await;
    let bench = start(folder.path(), 0).await;
    let job = bench.settled(job.id).await;
    assert_eq!(job.printer_name.as_deref(), Some("Bar"));
    assert!(bench.fake("Bar").paper()[0].contains("BACKUP FROM Kitchen"));
    bench.engine.stop().await;
}
