//! What the ERP wants done, as jobs, and what is counted.

use super::{FeeMaisonSettings, Names, ORDER_ID, money, ticket};
use crate::door::Problem;
use crate::fields::{Fields, field, lines, text};
use crate::telling::note_outcomes;
use crate::unheard::Unheard;
use crate::{Health, Host, HostEvent, PrinterView, Report, choice, clock};
use axum::http::StatusCode;
use platen_job::{
    CashOut, ConnectorId, Document, DocumentType, DrawerPin, Frame, Job, Money, OnTrouble, Outcome,
    Priority, Refusal, Role, Timestamp,
};
use serde_json::{Value, json};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::mpsc;

/// What the slip calls itself.
const CASH_OUT: &str = "RETRAIT DE CAISSE";
const LANGUAGE: &str = "fr-DZ";

const PRIORITY: Names = &["priority"];
const AMOUNT: Names = &["amount"];
const NOTES: Names = &["notes"];
const EMPLOYEE: Names = &["employee_name"];

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Errand {
    Ticket,
    CashOut,
    Drawer,
    Test,
}

/// Where the ERP's errands are carried out.
pub(super) struct Desk {
    settings: FeeMaisonSettings,
    host: Arc<dyn Host>,
    pub(super) stats: Stats,
}

/// What is counted since the door was opened.
pub(super) struct Stats {
    started_at: Timestamp,
    requests: AtomicU64,
    print_jobs: AtomicU64,
    drawer_jobs: AtomicU64,
    errors: AtomicU64,
}

impl Stats {
    fn new() -> Stats {
        Stats {
            started_at: Timestamp::now(),
            requests: AtomicU64::new(0),
            print_jobs: AtomicU64::new(0),
            drawer_jobs: AtomicU64::new(0),
            errors: AtomicU64::new(0),
        }
    }

    pub(super) fn request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn error(&self) {
        self.errors.fetch_add(1, Ordering::Relaxed);
    }

    fn accepted(&self, errand: Errand) {
        let count = if errand == Errand::Drawer { &self.drawer_jobs } else { &self.print_jobs };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

impl Desk {
    pub(super) fn new(settings: FeeMaisonSettings, host: Arc<dyn Host>) -> Desk {
        Desk { settings, host, stats: Stats::new() }
    }

    /// Notes what became of the jobs: nobody is told, and failures count as errors.
    pub(super) async fn follow(&self, mut events: mpsc::Receiver<HostEvent>) {
        self.note_outcomes().await;
        while let Some(event) = events.recv().await {
            if matches!(event, HostEvent::Settled) {
                self.note_outcomes().await;
            }
        }
    }

    async fn note_outcomes(&self) {
        let look = |report: &Report| {
            if !matches!(report.outcome, Outcome::Completed { .. }) {
                self.stats.error();
            }
        };
        note_outcomes(&*self.host, ConnectorId::FeeMaison, look).await;
    }

    /// The printer of this door.
    pub(super) fn printer(&self) -> Option<PrinterView> {
        let printers = self.host.printers();
        let printers = printers.borrow();
        choice::printer(&printers, self.settings.printer.as_deref(), Role::Receipt).cloned()
    }

    /// Stores what is to be done; the ERP is to be told so.
    pub(super) async fn accept(&self, errand: Errand, fields: &Fields) -> Result<Unheard, Problem> {
        let printer = self.printer().ok_or_else(no_printer)?;
        let (document_type, document) = match errand {
            Errand::Ticket => {
                (DocumentType::Receipt, Document::Html(ticket::ticket(fields, &self.settings)))
            }
            Errand::CashOut => (DocumentType::Other, self.cash_out(fields)),
            Errand::Drawer => (DocumentType::Drawer, Document::Drawer(DrawerPin::Pin2)),
            Errand::Test => (DocumentType::Test, test_page(&printer)),
        };
        let on_trouble = match errand {
            Errand::Ticket | Errand::CashOut => OnTrouble::Hold,
            // A drawer that opens long after the sale stands open unattended.
            Errand::Drawer | Errand::Test => OnTrouble::Abort,
        };
        // An order is printed again when somebody asks for that: its number is no job's.
        let job = Job {
            priority: priority(fields),
            on_trouble,
            ..Job::new(ConnectorId::FeeMaison, printer.id, document_type, document)
        };
        let stored = Unheard::store(&self.host, job).await;
        let unheard = stored.map_err(|refusal| refused(&refusal))?;
        self.stats.accepted(errand);
        Ok(unheard)
    }

    fn cash_out(&self, fields: &Fields) -> Document {
        let amount = field(fields, AMOUNT).and_then(money::cents).unwrap_or_default();
        Document::CashOut(Box::new(CashOut {
            frame: Frame {
                header: self.settings.header.clone(),
                title: Some(CASH_OUT.into()),
                language: Some(LANGUAGE.into()),
                ..Frame::default()
            },
            date: Some(clock::on_paper_in_french()),
            cashier: text(fields, EMPLOYEE),
            amount: Some(Money(money::written(amount, &self.settings.currency))),
            notes: lines(fields, NOTES),
            ..CashOut::default()
        }))
    }

    /// The answer to `/status`, at a door that listens there.
    pub(super) fn status(&self, host: IpAddr, port: Option<u16>) -> Value {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (stats, printer) = (&self.stats, self.printer());
        json!({
            "agent": {
                "host": host,
                "port": port,
                "uptime": uptime(Timestamp::now().since(stats.started_at).as_secs()),
                "stats": {
                    "started_at": clock::iso(stats.started_at),
                    "requests_received": count(&stats.requests),
                    "print_jobs": count(&stats.print_jobs),
                    "drawer_jobs": count(&stats.drawer_jobs),
                    "errors": count(&stats.errors),
                },
            },
            "printer": {
                "enabled": printer.is_some(),
                "running": printer.is_some(),
                "connected": printer.as_ref().is_some_and(is_connected),
                "queue_size": printer.as_ref().map_or(0, |printer| printer.queue_length),
                // The original's printer was always on USB. Ours may be anywhere, and is named in Platen's own settings.
                "config": {"vendor_id": "0x0000", "product_id": "0x0000", "timeout": 10},
            },
        })
    }
}

/// Whether the printer is there, as far as is known; it may still be out of paper.
pub(super) fn is_connected(printer: &PrinterView) -> bool {
    match printer.health {
        Health::Online | Health::Busy | Health::Error => true,
        Health::Offline => false,
        // It never says anything, and takes what it gets.
        Health::Unknown => printer.last_seen.is_some(),
    }
}

/// 1 is high, 3 is low; 1 where nothing is said.
fn priority(fields: &Fields) -> Priority {
    match field(fields, PRIORITY).and_then(Value::as_i64).unwrap_or(1) {
        ..=1 => Priority::High,
        2 => Priority::Normal,
        3.. => Priority::Low,
    }
}

fn no_printer() -> Problem {
    let words = "No printer of this till is set up for receipts. Choose one in Platen's settings.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, words)
}

fn refused(refusal: &Refusal) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, refusal.to_string())
}

fn test_page(printer: &PrinterView) -> Document {
    let lines = vec![
        format!("Imprimante : {}", printer.name),
        "Demandé par : Fée Maison".into(),
        format!("Date : {}", clock::on_paper_in_french()),
        "Été, forêt, garçon, œuf, Noël : àâäéèêëîïôöùûüÿç €".into(),
        format!("Platen {}", env!("CARGO_PKG_VERSION")),
    ];
    Document::TestPage { lines }
}

/// `h:mm:ss`
fn uptime(seconds: u64) -> String {
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

/// The number of an order, as it was sent.
pub(super) fn order_number(fields: &Fields) -> String {
    text(fields, ORDER_ID).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_the_status_counts_hours() {
        assert_eq!(uptime(0), "0:00:00");
        assert_eq!(uptime(3_661), "1:01:01");
        assert_eq!(uptime(90_000), "25:00:00");
    }

    #[test]
    fn one_is_the_most_urgent() {
        for (sent, expected) in [
            (json!({}), Priority::High),
            (json!({"priority": 1}), Priority::High),
            (json!({"priority": 2}), Priority::Normal),
            (json!({"priority": 3}), Priority::Low),
            (json!({"priority": "high"}), Priority::High),
        ] {
            assert_eq!(priority(sent.as_object().unwrap()), expected, "{sent}");
        }
    }
}
