//! A till with a past: jobs that were printed long ago, put into its spool without a printer.

use crate::Till;
use bytes::Bytes;
use platen_bridge::{Home, Settings};
use platen_job::{
    ConnectorId, Document, DocumentType, Evidence, ExternalId, Job, Outcome, PrinterId,
};
use platen_spool::{Accepted, LeaseWish, Spool, SpoolOptions};
use tokio::task::JoinSet;

/// Jobs that are on their way into the spool at once: as many share one commit.
const AT_ONCE: usize = 500;

/// Puts so many printed jobs of this machine into the spool of a till that does not run, for its printers in turn; their ids are
/// `order-00001` and so on, oldest first. Nobody waits to be told of them.
pub fn printed_jobs(till: &Till, jobs: usize) {
    let home = Home::open(till.home()).unwrap();
    let (settings, _) = Settings::load(&home.settings()).unwrap();
    let printers: Vec<PrinterId> = settings.printers.into_iter().map(|one| one.id).collect();
    // On one thread tasks begin in their order, and so do their jobs.
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let (spool, _) = Spool::open(&home.spool(), SpoolOptions::default()).await.unwrap();
        let numbers: Vec<usize> = (1..=jobs).collect();
        for numbers in numbers.chunks(AT_ONCE) {
            let mut storing = JoinSet::new();
            for number in numbers {
                storing.spawn(printed(spool.clone(), job(*number, &printers)));
            }
            storing.join_all().await;
        }
    });
}

fn job(number: usize, printers: &[PrinterId]) -> Job {
    let printer = printers[number % printers.len()].clone();
    let text = format!("\x1b@Order {number}\nTea 2.50\n\n\x1dV\0");
    let document = Document::Raw(Bytes::from(text.clone()));
    let mut job = Job::new(ConnectorId::Local, printer, DocumentType::Receipt, document);
    job.external_id = Some(ExternalId::new(format!("order-{number:05}")).unwrap());
    job.fingerprint = Job::fingerprint_of(&[text.as_bytes()]);
    job
}

async fn printed(spool: Spool, job: Job) {
    let Accepted::New { record, .. } = spool.accept(job, None, LeaseWish::TakeNow).await.unwrap()
    else {
        panic!("it was there before")
    };
    let outcome = Outcome::Completed { evidence: Evidence::Confirmed };
    spool.settle(record.id, outcome).await.unwrap();
}
