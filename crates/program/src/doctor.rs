//! What is wrong in a home, for `platenctl doctor` and the window; and the bundle that support asks for.

mod bundle;
mod findings;

use platen_bridge::{EngineStatus, Home, JobView, Profiles};
use serde::Serialize;

pub use bundle::{BundleError, bundle, bundle_name};

/// Jobs that belong into a bundle, newest first.
pub const JOBS: usize = 200;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is about, in a word or two.
    pub what: &'static str,
    /// Whether somebody has to do something.
    pub verdict: Verdict,
    /// How it is, and what to do where something is to be done.
    pub words: String,
}

/// Whether somebody has to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// No.
    Good,
    /// Yes.
    Attention,
}

/// What the engine of the home told, by whichever way it was reached.
#[derive(Debug)]
pub struct Told {
    /// Whether it runs.
    pub engine: Finding,
    /// How it is; none where it did not say.
    pub status: Option<EngineStatus>,
    /// Its newest jobs, at most [`JOBS`].
    pub jobs: Vec<JobView>,
}

/// Everything that was found.
#[derive(Debug)]
pub struct Diagnosis {
    /// One by one.
    pub findings: Vec<Finding>,
    told: Told,
}

impl Finding {
    /// Nothing is to be done.
    pub fn good(what: &'static str, words: impl Into<String>) -> Finding {
        Finding { what, verdict: Verdict::Good, words: words.into() }
    }

    /// Somebody has to look at it.
    pub fn attention(what: &'static str, words: impl Into<String>) -> Finding {
        Finding { what, verdict: Verdict::Attention, words: words.into() }
    }
}

/// Looks at everything. May ask the keyring and the USB bus, which answer when they like.
pub async fn diagnose(home: &Home, told: Told) -> Diagnosis {
    let files = home.clone();
    // The keyring and the disk may be slow.
    let looked = tokio::task::spawn_blocking(move || {
        let profiles = Profiles::load(&files);
        let mut found = vec![findings::settings(&files)];
        found.extend(findings::profiles(&profiles));
        found.extend(findings::licence_key(&files));
        (found, profiles.notices)
    });
    let (mut found, notices) = looked.await.unwrap_or_default();
    found.push(told.engine.clone());
    if let Some(status) = &told.status {
        found.extend(findings::gateway(status));
        found.extend(status.connectors.iter().map(findings::connector));
        // The engine reads the same profiles, and says the same of them.
        let known: Vec<String> = notices.into_iter().map(String::from).collect();
        let said = status.notices.iter().map(ToString::to_string);
        let news = said.filter(|notice| !known.contains(notice));
        found.extend(news.map(|notice| Finding::attention("notice", notice)));
        found.extend(status.printers.iter().map(findings::printer));
    }
    found.extend(findings::usb().await);
    Diagnosis { findings: found, told }
}
