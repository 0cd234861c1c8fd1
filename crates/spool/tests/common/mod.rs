//! What the spool's tests share.
#![allow(dead_code)]

use bytes::Bytes;
use platen_job::{
    ConnectorId, Document, DocumentType, Evidence, ExternalId, Job, JobId, JobNotes, OnTrouble,
    Outcome, PrinterId, Priority, ReplyContext,
};
use platen_spool::{Accepted, BootId, JobRecord, LeaseSeq, LeaseWish, Opening, Spool, SpoolError};
use platen_spool::{Retention, SpoolOptions};
use std::path::Path;
use std::time::{Duration, Instant};

pub const DRAINED: Outcome = Outcome::Completed { evidence: Evidence::Drained };

pub fn options() -> SpoolOptions {
    SpoolOptions {
        reserve_bytes: 64 * 1024,
        boot: Some(BootId::named("today")),
        ..SpoolOptions::default()
    }
}

pub fn with_retention(retention: Retention) -> SpoolOptions {
    SpoolOptions { retention, ..options() }
}

pub fn printer(name: &str) -> PrinterId {
    PrinterId::new(name).unwrap()
}

/// A job of the gateway for printer "bar".
pub fn job(external_id: &str, text: &str) -> Job {
    Job {
        connector: ConnectorId::PrinterMaster,
        external_id: Some(ExternalId::new(external_id).unwrap()),
        printer: printer("bar"),
        document_type: DocumentType::Receipt,
        document: Document::Raw(Bytes::copy_from_slice(text.as_bytes())),
        priority: Priority::Normal,
        on_trouble: OnTrouble::Hold,
        expires_at: None,
        mark: None,
        reply: ReplyContext("{}".into()),
        fingerprint: Job::fingerprint_of(&[text.as_bytes()]),
        notes: JobNotes::default(),
    }
}

/// Opens the folder; waits for an earlier spool that was dropped to let go of it.
pub async fn open_with(dir: &Path, options: SpoolOptions) -> (Spool, Opening) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        match Spool::open(dir, options.clone()).await {
            Err(SpoolError::InUse { .. }) if Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            opened => return opened.unwrap(),
        }
    }
}

pub async fn open(dir: &Path) -> (Spool, Opening) {
    open_with(dir, options()).await
}

pub async fn accept(spool: &Spool, job: Job, wish: LeaseWish) -> (JobRecord, Option<LeaseSeq>) {
    match spool.accept(job, None, wish).await.unwrap() {
        Accepted::New { record, lease, .. } => (*record, lease),
        known @ Accepted::Known { .. } => panic!("it is known: {known:?}"),
    }
}

pub async fn pending(spool: &Spool, external_id: &str) -> JobId {
    accept(spool, job(external_id, external_id), LeaseWish::Wait).await.0.id
}

pub async fn leased(spool: &Spool, external_id: &str) -> (JobId, LeaseSeq) {
    let (record, lease) = accept(spool, job(external_id, external_id), LeaseWish::TakeNow).await;
    (record.id, lease.unwrap())
}
