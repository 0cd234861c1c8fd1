//! `platenctl doctor`: says what is wrong, and packs what support needs.

use crate::cli::Listing;
use crate::failure::Failure;
use crate::reach::{Need, Reach};
use platen_bridge::{Home, JobQuery, Request, Response};
use platen_program::doctor::{self, Finding, JOBS, Told, Verdict};
use std::path::PathBuf;

pub async fn doctor(home: &Home, bundle: Option<PathBuf>, listing: Listing) -> Result<(), Failure> {
    let diagnosis = doctor::diagnose(home, ask(home).await).await;
    if let Some(path) = &bundle {
        doctor::bundle(home, &diagnosis, path)?;
    }
    if listing.json {
        say!("{}", serde_json::to_string_pretty(&diagnosis.findings)?);
    } else {
        for finding in &diagnosis.findings {
            let mark = if finding.verdict == Verdict::Good { "ok " } else { "!! " };
            say!("{mark} {:<12} {}", finding.what, finding.words);
        }
        if let Some(path) = &bundle {
            say!("Packed in {}: no licence key and no receipt is in it.", path.display());
        }
    }
    let wrong = |finding: &&Finding| finding.verdict == Verdict::Attention;
    match diagnosis.findings.iter().filter(wrong).count() {
        0 => Ok(()),
        wrong => Err(Failure::new(format!("{wrong} thing(s) need attention"))),
    }
}

async fn ask(home: &Home) -> Told {
    let mut reach = match Reach::open(home, Need::Look).await {
        Ok(reach) => reach,
        Err(failure) => {
            let engine = Finding::attention("engine", failure.to_string());
            return Told { engine, status: None, jobs: Vec::new() };
        }
    };
    let engine = match &reach {
        Reach::Running(_) => Finding::good("engine", "running"),
        Reach::Own(_) => Finding::attention("engine", "not running: platenctl run"),
    };
    let status = match reach.ask(Request::Status).await {
        Ok(Response::Status(status)) => Some(*status),
        _ => None,
    };
    let query = JobQuery { limit: JOBS, ..JobQuery::default() };
    let jobs = match reach.ask(Request::Jobs(query)).await {
        Ok(Response::Jobs(jobs)) => jobs,
        _ => Vec::new(),
    };
    reach.close().await;
    Told { engine, status, jobs }
}
