//! Telling outcomes until they are told: what connectors have in common.

use crate::line::SessionKey;
use crate::{Host, Report, ReportId};
use platen_job::{ConnectorId, Outcome, Refusal, Timestamp};
use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Outcomes asked for at once.
pub(crate) const BATCH: usize = 64;
/// Told outcomes that the engine could not note yet, beyond which nothing is asked for behind them.
pub(crate) const MOST_UNNOTED: usize = 4096;
/// Asks anew by itself, in case a hint was lost or the spool could not be read.
pub(crate) const ROUND: Duration = Duration::from_secs(30);
/// After an outcome could not be handed over on a line that stands.
pub(crate) const SOON: Duration = Duration::from_secs(2);
/// A server that turns us away accepts us first, and hears nothing more: what is older than a session is told when the
/// session has held this long.
const STANDS: Duration = Duration::from_secs(1);
/// Most reports that are remembered while the program runs.
const MOST_REMEMBERED: usize = 8192;

/// Reports that were told while the program runs, in case the engine cannot note it.
#[derive(Default)]
pub(crate) struct ToldReports {
    reports: HashSet<ReportId>,
    order: VecDeque<ReportId>,
}

impl ToldReports {
    /// Whether this report was told.
    pub(crate) fn has(&self, report: ReportId) -> bool {
        self.reports.contains(&report)
    }

    /// Notes that it was.
    pub(crate) fn add(&mut self, report: ReportId) {
        if self.reports.insert(report) {
            self.order.push_back(report);
        }
        if self.order.len() > MOST_REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.reports.remove(&oldest);
        }
    }
}

/// A connector's outcomes that were not told yet.
pub(crate) struct Untold {
    host: Arc<dyn Host>,
    connector: ConnectorId,
    told: ToldReports,
}

impl Untold {
    /// Those of that connector.
    pub(crate) fn new(host: Arc<dyn Host>, connector: ConnectorId) -> Untold {
        Untold { host, connector, told: ToldReports::default() }
    }

    /// The oldest of them.
    pub(crate) async fn next(&self) -> Vec<Report> {
        self.next_but(&HashSet::new()).await
    }

    /// The oldest of them that are none of these.
    pub(crate) async fn next_but(&self, left: &HashSet<ReportId>) -> Vec<Report> {
        let mut limit = BATCH;
        loop {
            let mut reports = self.host.unreported(self.connector, limit).await;
            let full = reports.len() >= limit;
            reports.retain(|report| !self.told.has(report.id) && !left.contains(&report.id));
            if !reports.is_empty() || !full || limit >= MOST_UNNOTED {
                return reports;
            }
            // These could not be noted or told yet; there may be others behind them.
            limit *= 4;
        }
    }

    /// Notes that one was told.
    pub(crate) async fn told(&mut self, report: ReportId) {
        self.told.add(report);
        self.host.reported(report).await;
    }
}

/// Has every outcome looked at that was not told yet, and notes it as told: for connectors whose senders are told otherwise, or
/// not at all. What cannot be noted comes again with the next call.
pub(crate) async fn note_outcomes(
    host: &dyn Host,
    connector: ConnectorId,
    mut look: impl FnMut(&Report),
) {
    let mut newest = None;
    loop {
        let reports = host.unreported(connector, BATCH).await;
        let last = reports.last().map(|report| report.id);
        if last.is_none() || last <= newest {
            return;
        }
        newest = last;
        for report in reports {
            look(&report);
            host.reported(report.id).await;
        }
    }
}

/// The session on which outcomes are told.
#[derive(Clone, Copy)]
pub(crate) struct Stage {
    pub(crate) session: SessionKey,
    opened_at: Timestamp,
    pub(crate) stands_at: Instant,
}

impl Stage {
    /// A session that opens now.
    pub(crate) fn new(session: SessionKey) -> Stage {
        Stage { session, opened_at: Timestamp::now(), stands_at: Instant::now() + STANDS }
    }

    /// Whether an outcome may be told on it already.
    pub(crate) fn is_for(&self, report: &Report) -> bool {
        report.settled_at >= self.opened_at || self.stands_at <= Instant::now()
    }
}

/// What a sender is told of an outcome, in words.
pub(crate) fn message_of(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Unconfirmed { .. } => {
            format!("This may or may not be on paper. {}", outcome.message())
        }
        outcome => outcome.message(),
    }
}

/// A refusal as a sentence.
pub(crate) fn sentence(refusal: &Refusal) -> String {
    as_sentence(&refusal.to_string())
}

/// Words that begin small and end open, as a sentence.
pub(crate) fn as_sentence(words: &str) -> String {
    let mut signs = words.chars();
    signs
        .next()
        .map(|first| format!("{}{}.", first.to_uppercase(), signs.as_str()))
        .unwrap_or_default()
}
