//! The line through the spool: accepted, leased, settled, reported, and what a restart finds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::*;
use platen_job::{
    ConnectorId, Document, DocumentType, Job, JobId, JobNotes, JobState, Mark, Outcome,
    StateReason, Timestamp, UnconfirmedReason,
};
use platen_spool::{
    Accepted, BootId, JobRecord, JobSearch, LaneError, LeaseWish, ListFilter, Opening, Retention,
    SameContent, Spool, SpoolError, SpoolOptions, StandIn, StateName, Telling, Told,
};
use std::time::Duration;

const GATEWAY: ConnectorId = ConnectorId::PrinterMaster;

fn ids(records: &[JobRecord]) -> Vec<JobId> {
    records.iter().map(|record| record.id).collect()
}

async fn state(spool: &Spool, id: JobId) -> JobState {
    spool.get(id).await.unwrap().unwrap().state
}

/// Reopens after a kill: nothing is finished, nothing is said goodbye to.
async fn killed(spool: Spool, dir: &std::path::Path) -> (Spool, Opening) {
    drop(spool);
    open(dir).await
}

#[tokio::test]
async fn a_job_goes_down_the_line_and_is_reported_once() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, opening) = open(dir.path()).await;
    assert_eq!(opening, Opening::default());
    let lane = spool.lane(&printer("bar")).unwrap();
    let (id, seq) = leased(&spool, "order-1").await;
    assert_eq!(id, JobId(1));
    lane.started(seq).unwrap();
    spool.settle(id, DRAINED).await.unwrap();
    spool.settle(id, DRAINED).await.unwrap();
    let reports = spool.unreported(GATEWAY, 10).await.unwrap();
    assert_eq!(reports.len(), 1);
    assert_eq!(reports[0].job, id);
    assert_eq!(reports[0].external_id.as_ref().unwrap().as_str(), "order-1");
    assert_eq!(reports[0].outcome, DRAINED);
    assert_eq!(reports[0].telling, Telling::First);
    assert_eq!(spool.report_counts().await.unwrap()[0].untold, 1);
    spool.reported(reports[0].id).await.unwrap();
    assert!(spool.unreported(GATEWAY, 10).await.unwrap().is_empty());
    let record = spool.get(id).await.unwrap().unwrap();
    assert!(matches!(record.told, Told::At { .. }));
    assert!(record.started_at.is_some() && record.settled_at >= record.started_at);
    let (spool, opening) = killed(spool, dir.path()).await;
    assert_eq!(opening, Opening::default());
    assert!(spool.unreported(GATEWAY, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_known_id_is_not_stored_again_and_other_content_is_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path()).await;
    let id = pending(&spool, "order-1").await;
    let again = spool.accept(job("order-1", "order-1"), None, LeaseWish::TakeNow).await.unwrap();
    assert_eq!(
        again,
        Accepted::Known {
            id: Some(id),
            state: Some(JobState::Pending),
            outcome: None,
            same_content: SameContent::Same
        }
    );
    let other = spool.accept(job("order-1", "other"), None, LeaseWish::Wait).await.unwrap();
    assert!(matches!(other, Accepted::Known { same_content: SameContent::Different, .. }));
    let mut local = job("order-1", "order-1");
    local.connector = ConnectorId::Local;
    accept(&spool, local.clone(), LeaseWish::Wait).await;
    local.external_id = None;
    accept(&spool, local.clone(), LeaseWish::Wait).await;
    accept(&spool, local, LeaseWish::Wait).await;
    assert_eq!(spool.list(ListFilter::default()).await.unwrap().len(), 4);
}

#[tokio::test]
async fn after_a_kill_only_what_was_marked_counts_as_started() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path()).await;
    let lane = spool.lane(&printer("bar")).unwrap();
    let (a, b, c) =
        (pending(&spool, "a").await, pending(&spool, "b").await, pending(&spool, "c").await);
    let batch = spool.lease(vec![b, a, c]).await.unwrap();
    assert_eq!(batch.iter().map(|leased| leased.record.id).collect::<Vec<_>>(), [b, a, c]);
    assert!(batch.is_sorted_by_key(|leased| leased.seq));
    assert_eq!(batch[0].document, Ok(Document::Raw("b".into())));
    lane.started(batch[0].seq).unwrap();
    let (spool, opening) = killed(spool, dir.path()).await;
    assert_eq!(ids(&opening.interrupted), [b]);
    assert!(opening.interrupted[0].started_at.is_some());
    assert_eq!(ids(&opening.open), [a, c]);
    assert_eq!(state(&spool, b).await, JobState::Processing);
    assert_eq!(spool.release(vec![b]).await, Err(SpoolError::MayHaveStarted(b)));
    assert_eq!(
        spool.hold(b, StateReason::Offline.into()).await,
        Err(SpoolError::MayHaveStarted(b))
    );
    // Marks of a later run say nothing about it.
    spool.lane(&printer("bar")).unwrap();
    let (spool, opening) = killed(spool, dir.path()).await;
    assert_eq!(ids(&opening.interrupted), [b]);
    spool.settle(b, Outcome::Unconfirmed { reason: UnconfirmedReason::Interrupted }).await.unwrap();
    let (_, opening) = killed(spool, dir.path()).await;
    assert!(opening.interrupted.is_empty());
}

#[tokio::test]
async fn after_a_power_cut_every_leased_job_may_have_started() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path()).await;
    spool.lane(&printer("bar")).unwrap();
    let (a, _) = leased(&spool, "a").await;
    let b = pending(&spool, "b").await;
    drop(spool);
    let tomorrow = SpoolOptions { boot: Some(BootId::named("tomorrow")), ..options() };
    let (_, opening) = open_with(dir.path(), tomorrow).await;
    assert_eq!((ids(&opening.interrupted), ids(&opening.open)), (vec![a], vec![b]));
}

#[tokio::test]
async fn without_an_intact_mark_a_leased_job_may_have_started() {
    for damage in ["no lane", "no file", "no room", "flipped"] {
        let dir = tempfile::tempdir().unwrap();
        let (spool, _) = open(dir.path()).await;
        if damage != "no lane" {
            spool.lane(&printer("bar")).unwrap();
        }
        let (id, _) = leased(&spool, "a").await;
        spool.close().await;
        let marks = dir.path().join("spool.marks");
        match damage {
            "no file" => std::fs::remove_file(&marks).unwrap(),
            "no room" => std::fs::write(&marks, b"").unwrap(),
            "flipped" => {
                let mut bytes = std::fs::read(&marks).unwrap();
                bytes[45] ^= 1;
                std::fs::write(&marks, bytes).unwrap();
            }
            _ => {}
        }
        let (_, opening) = open(dir.path()).await;
        assert_eq!(ids(&opening.interrupted), [id], "{damage}");
    }
}

#[tokio::test]
async fn a_start_that_was_taken_back_lets_the_job_wait_again() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path()).await;
    let lane = spool.lane(&printer("bar")).unwrap();
    let (id, seq) = leased(&spool, "a").await;
    lane.started(seq).unwrap();
    assert_eq!(lane.started(seq), Err(LaneError::OutOfOrder));
    assert_eq!(spool.release(vec![id]).await, Err(SpoolError::MayHaveStarted(id)));
    lane.took_back(seq).unwrap();
    assert_eq!(lane.took_back(seq), Err(LaneError::NotTheLast));
    spool.hold(id, StateReason::MediaEmpty.into()).await.unwrap();
    assert_eq!(state(&spool, id).await, JobState::Held { reasons: StateReason::MediaEmpty.into() });
    let (spool, opening) = killed(spool, dir.path()).await;
    assert_eq!(ids(&opening.open), [id]);
    spool.release(vec![id]).await.unwrap();
    assert_eq!(state(&spool, id).await, JobState::Pending);
    let again = spool.lease(vec![id]).await.unwrap();
    assert!(again[0].seq > seq, "a lease number is never used again");
    assert!(spool.lease(vec![id]).await.unwrap().is_empty());
    assert_eq!(lane.started(again[0].seq), Err(LaneError::NotWritten(SpoolError::Closed)));
}

#[tokio::test]
async fn queue_order_is_urgency_then_age() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path()).await;
    let a = pending(&spool, "a").await;
    let b = pending(&spool, "b").await;
    let mut urgent = job("c", "c");
    urgent.priority = platen_job::Priority::High;
    let c = accept(&spool, urgent, LeaseWish::Wait).await.0.id;
    spool.hold(a, StateReason::Offline.into()).await.unwrap();
    let (_, opening) = killed(spool, dir.path()).await;
    assert_eq!(ids(&opening.open), [c, a, b]);
}

#[tokio::test]
async fn a_lease_takes_no_more_bytes_than_it_may_but_always_one_job() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open_with(dir.path(), SpoolOptions { lease_bytes: 250, ..options() }).await;
    let mut ids = Vec::new();
    for name in ["a", "b", "c"] {
        ids.push(accept(&spool, job(name, &name.repeat(100)), LeaseWish::Wait).await.0.id);
    }
    let large = accept(&spool, job("d", &"d".repeat(1000)), LeaseWish::Wait).await.0.id;
    assert_eq!(spool.lease(ids.clone()).await.unwrap().len(), 2);
    assert_eq!(spool.lease(vec![large, ids[2]]).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_copy_for_the_sender_is_reported_in_place_of_its_origin() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path()).await;
    spool.lane(&printer("bar")).unwrap();
    let (origin, _) = leased(&spool, "order-1").await;
    let stand_in = StandIn::ForTheSender { unfinished: UnconfirmedReason::ConnectionLost };
    let expiry = Some(Timestamp(5));
    let copy = spool.copy(origin, Mark::PossibleDuplicate, stand_in, expiry).await.unwrap();
    assert_eq!((copy.mark, copy.expires_at), (Some(Mark::PossibleDuplicate), expiry));
    assert_eq!(state(&spool, origin).await, JobState::Reprinted);
    assert!(spool.unreported(GATEWAY, 9).await.unwrap().is_empty());
    assert_eq!(spool.document(copy.id).await, Ok(Document::Raw("order-1".into())));
    let (spool, opening) = killed(spool, dir.path()).await;
    assert_eq!(opening.open, std::slice::from_ref(&copy));
    // The copy gets lost as well, and a second one takes its place.
    let lane = spool.lane(&printer("bar")).unwrap();
    lane.started(spool.lease(vec![copy.id]).await.unwrap()[0].seq).unwrap();
    let unconfirmed = Outcome::Unconfirmed { reason: UnconfirmedReason::NoAnswer };
    spool.settle(copy.id, unconfirmed.clone()).await.unwrap();
    assert_eq!(spool.unreported(GATEWAY, 9).await.unwrap()[0].outcome, unconfirmed);
    let second = spool.copy(copy.id, Mark::PossibleDuplicate, stand_in, None).await.unwrap();
    assert!(spool.unreported(GATEWAY, 9).await.unwrap().is_empty(), "its stand-in is told");
    spool.lease(vec![second.id]).await.unwrap();
    spool.settle(second.id, DRAINED).await.unwrap();
    let reports = spool.unreported(GATEWAY, 9).await.unwrap();
    assert_eq!((reports.len(), reports[0].job, reports[0].settled_job), (1, origin, second.id));
    assert_eq!(reports[0].external_id.as_ref().unwrap().as_str(), "order-1");
    assert_eq!(reports[0].telling, Telling::First);
    let again = spool.accept(job("order-1", "order-1"), None, LeaseWish::Wait).await.unwrap();
    assert!(
        matches!(again, Accepted::Known { id: Some(id), outcome: Some(DRAINED), .. } if id == origin)
    );
}

#[tokio::test]
async fn a_copy_for_a_person_leaves_the_sender_in_peace() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path()).await;
    let (origin, _) = leased(&spool, "order-1").await;
    spool.settle(origin, DRAINED).await.unwrap();
    let copy = spool.copy(origin, Mark::Reprint, StandIn::ForAPerson, None).await.unwrap();
    assert_eq!((copy.connector, &copy.external_id), (ConnectorId::Local, &None));
    spool.lease(vec![copy.id]).await.unwrap();
    spool.settle(copy.id, DRAINED).await.unwrap();
    assert_eq!(spool.unreported(GATEWAY, 9).await.unwrap().len(), 1);
    assert_eq!(
        state(&spool, origin).await,
        JobState::Completed { evidence: platen_job::Evidence::Drained }
    );
    let stand_in = StandIn::ForTheSender { unfinished: UnconfirmedReason::NoAnswer };
    let refused = spool.copy(origin, Mark::Reprint, stand_in, None).await;
    assert!(matches!(refused, Err(SpoolError::IllegalTransition(_))));
}

#[tokio::test]
async fn a_person_who_looks_corrects_what_was_told() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path()).await;
    let unconfirmed = Outcome::Unconfirmed { reason: UnconfirmedReason::NoAnswer };
    for (name, telling) in [("told", Telling::Correction), ("untold", Telling::First)] {
        let (id, _) = leased(&spool, name).await;
        spool.settle(id, unconfirmed.clone()).await.unwrap();
        let first = spool.unreported(GATEWAY, 9).await.unwrap()[0].id;
        if name == "told" {
            spool.reported(first).await.unwrap();
        }
        spool.settle(id, DRAINED).await.unwrap();
        spool.reported(first).await.unwrap();
        let reports = spool.unreported(GATEWAY, 9).await.unwrap();
        assert_eq!((reports.len(), reports[0].telling), (1, telling));
        spool.reported(reports[0].id).await.unwrap();
    }
    assert!(spool.unreported(GATEWAY, 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn steps_that_the_diagram_lacks_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path()).await;
    let id = pending(&spool, "a").await;
    assert!(matches!(spool.settle(id, DRAINED).await, Err(SpoolError::IllegalTransition(_))));
    spool.settle(id, Outcome::Canceled).await.unwrap();
    assert!(matches!(
        spool.settle(id, Outcome::Expired).await,
        Err(SpoolError::IllegalTransition(_))
    ));
    assert!(matches!(spool.release(vec![id]).await, Err(SpoolError::IllegalTransition(_))));
    assert_eq!(spool.settle(JobId(99), DRAINED).await, Err(SpoolError::UnknownJob(JobId(99))));
    assert_eq!(spool.get(JobId(99)).await, Ok(None));
    assert!(spool.lease(vec![JobId(99), id]).await.unwrap().is_empty());
}

#[tokio::test]
async fn lists_and_counts_show_what_was_asked_for() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path()).await;
    for number in 0..30 {
        let mut job = job(&format!("order_{number}"), "x");
        job.printer = printer(if number % 3 == 0 { "kitchen" } else { "bar" });
        let (record, _) = accept(&spool, job, LeaseWish::TakeNow).await;
        if number % 2 == 0 {
            spool.settle(record.id, DRAINED).await.unwrap();
        }
    }
    let page = ListFilter { limit: 10, ..ListFilter::default() };
    let first = spool.list(page.clone()).await.unwrap();
    assert_eq!(first.len(), 10);
    assert!(first.windows(2).all(|pair| pair[0].id > pair[1].id));
    let next = spool.list(ListFilter { before: Some(first[9].id), ..page }).await.unwrap();
    assert_eq!(next[0].id.0, first[9].id.0 - 1);
    let find = |states: Vec<StateName>, kitchen: bool, text: Option<&str>| ListFilter {
        states,
        printer: kitchen.then(|| printer("kitchen")),
        search: text.map(|text| JobSearch { text: text.into(), printers: Vec::new() }),
        ..ListFilter::default()
    };
    let count = async |filter: ListFilter| {
        let listed = spool.list(filter.clone()).await.unwrap().len();
        let first = ListFilter { limit: 1, ..filter };
        assert_eq!(spool.count(first).await, Ok(listed as u64), "the limit is not counted");
        listed
    };
    assert_eq!(count(find(vec![StateName::Completed], true, None)).await, 5);
    assert_eq!(count(find(vec![StateName::Processing], false, None)).await, 15);
    assert_eq!(count(find(vec![], false, Some("ORDER_2"))).await, 11);
    assert_eq!(count(find(vec![], false, Some("order%2"))).await, 0);
    assert_eq!(count(find(vec![], false, Some("orderx2"))).await, 0);
    let number = first[0].id.to_string();
    assert_eq!(count(find(vec![], false, Some(&number))).await, 1, "its number");
    let of_the_kitchen = JobSearch { text: "order_1".into(), printers: vec![printer("kitchen")] };
    let found = ListFilter { search: Some(of_the_kitchen), ..ListFilter::default() };
    assert_eq!(count(found).await, 18, "eleven by their ids, ten for the kitchen, three are both");
    let of_kind = |kind| ListFilter { document_type: Some(kind), ..ListFilter::default() };
    assert_eq!(count(of_kind(DocumentType::Receipt)).await, 30);
    assert_eq!(count(of_kind(DocumentType::Label)).await, 0);
    let since = |from, until| ListFilter { from, until, ..ListFilter::default() };
    let (oldest, newest) = {
        let all = spool.list(ListFilter::default()).await.unwrap();
        (all[29].accepted_at, all[0].accepted_at)
    };
    let after = newest.plus(Duration::from_millis(1));
    assert_eq!(count(since(Some(oldest), Some(after))).await, 30);
    assert_eq!(count(since(Some(after), None)).await, 0);
    assert_eq!(count(since(None, Some(oldest))).await, 0);
    let counts = spool.counts().await.unwrap();
    let of = |name: &str, state| {
        counts.iter().find(|c| c.printer == printer(name) && c.state == state).map(|c| c.jobs)
    };
    assert_eq!(of("kitchen", StateName::Completed), Some(5));
    assert_eq!(of("bar", StateName::Processing), Some(10));
    assert_eq!(of("bar", StateName::Held), None);
}

#[tokio::test]
async fn notes_are_remembered_within_their_bounds() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path()).await;
    spool.remember("a", "key", "1".into()).await.unwrap();
    spool.remember("a", "key", "2".into()).await.unwrap();
    let (spool, _) = killed(spool, dir.path()).await;
    assert_eq!(spool.recall("a", "key").await, Ok(Some("2".into())));
    assert_eq!(spool.recall("b", "key").await, Ok(None));
    let long = spool.remember("a", "key", "x".repeat(64 * 1024 + 1)).await;
    assert!(matches!(long, Err(SpoolError::TooLong { .. })));
    let mut job = job("a", "a");
    job.reply.0 = "x".repeat(4097);
    assert!(matches!(
        spool.accept(job, None, LeaseWish::Wait).await,
        Err(SpoolError::TooLong { .. })
    ));
}

#[tokio::test]
async fn a_second_opening_is_refused_in_words_and_a_closed_spool_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path()).await;
    let second = Spool::open(dir.path(), options()).await.unwrap_err();
    assert!(second.to_string().contains("in use by another Platen"), "{second}");
    let clone = spool.clone();
    spool.close().await;
    assert_eq!(clone.get(JobId(1)).await, Err(SpoolError::Closed));
    assert_eq!(clone.settle(JobId(1), DRAINED).await, Err(SpoolError::Closed));
    Spool::open(dir.path(), options()).await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_can_read_the_spool() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().unwrap();
    let home = dir.path().join("spool");
    let (spool, _) = open(&home).await;
    pending(&spool, "a").await;
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home), 0o700);
    let files: Vec<_> =
        std::fs::read_dir(&home).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() >= 5, "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn notes_stay_with_their_job_and_go_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let brief = Retention { record_age: Duration::ZERO, ..Retention::default() };
    let (spool, _) = open_with(dir.path(), with_retention(brief)).await;
    let brought: JobNotes = ["unknown field: colour"].into_iter().collect();
    let new = Job { notes: brought.clone(), ..job("a", "a") };
    let id = accept(&spool, new, LeaseWish::TakeNow).await.0.id;
    let found: JobNotes = ["2 characters are printed as boxes"].into_iter().collect();
    spool.annotate(id, found.clone()).await.unwrap();
    spool.annotate(id, found.clone()).await.unwrap();
    let mut all = brought;
    all.add_all(&found);
    assert_eq!(spool.notes(id).await.unwrap(), all);
    spool.settle(id, DRAINED).await.unwrap();
    let copy = spool.copy(id, Mark::Reprint, StandIn::ForAPerson, None).await.unwrap();
    spool.close().await;
    let (spool, _) = open_with(dir.path(), with_retention(brief)).await;
    assert_eq!(spool.notes(id).await.unwrap(), all, "also over a restart");
    assert_eq!(spool.notes(copy.id).await.unwrap(), all, "the copy begins with them");
    let untold = spool.unreported(GATEWAY, 9).await.unwrap();
    spool.reported(untold[0].id).await.unwrap();
    spool.retire(Timestamp(Timestamp::now().0 + 1000)).await.unwrap();
    assert_eq!(spool.get(id).await.unwrap(), None);
    assert_eq!(spool.notes(id).await.unwrap(), JobNotes::default());
    assert_eq!(spool.annotate(id, found).await, Err(SpoolError::UnknownJob(id)));
}

#[tokio::test]
async fn a_job_that_was_being_encoded_when_the_process_ended_is_remembered() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path()).await;
    let (good, bad) = (pending(&spool, "good").await, pending(&spool, "bad").await);
    drop(spool.encoding(good));
    // Never dropped: as if the process had died.
    std::mem::forget(spool.encoding(bad));
    spool.close().await;
    let (spool, _) = open(dir.path()).await;
    assert_eq!((spool.deaths(good), spool.deaths(bad)), (0, 1));
}

#[tokio::test]
async fn who_was_to_hear_of_a_stored_job_and_did_not_is_known_after_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let (spool, _) = open(dir.path()).await;
    let sent = |text: &str| {
        let job = job("-", text);
        Job { connector: ConnectorId::FeeMaison, external_id: None, ..job }
    };
    let heard = accept(&spool, sent("a"), LeaseWish::Wait).await.0.id;
    let not = accept(&spool, sent("b"), LeaseWish::Wait).await.0.id;
    // Others are told in their own ways.
    pending(&spool, "c").await;
    spool.answered(heard).await.unwrap();
    let (spool, opening) = killed(spool, dir.path()).await;
    assert_eq!(opening.unanswered, [not]);
    let mut note = JobNotes::default();
    note.add("may be there twice");
    let gone = accept(&spool, sent("d"), LeaseWish::TakeNow).await.0.id;
    let mark = Mark::PossibleDuplicate;
    let marked = spool.mark(vec![not, gone], mark, note.clone()).await.unwrap();
    let marks: Vec<_> = marked.iter().map(|record| (record.id, record.mark)).collect();
    assert_eq!(marks, [(not, Some(mark))], "what may have begun is not marked any more");
    let (spool, opening) = killed(spool, dir.path()).await;
    let record = opening.open.iter().find(|record| record.id == not).unwrap();
    assert_eq!((record.mark, spool.notes(not).await.unwrap()), (Some(mark), note));
}
