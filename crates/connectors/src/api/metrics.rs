//! `GET /metrics`: figures in Prometheus' text format (version 0.0.4).

use super::{Answer, Api, problem};
use crate::door::{Problem, typed};
use crate::{Figures, Health, PrinterView, Spans};
use axum::extract::State;
use axum::http::StatusCode;
use platen_job::StateReason;
use std::fmt::{Display, Write};
use std::sync::Arc;

/// The format's own media type.
const KIND: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Figures for a monitor, where the settings allow it.
#[utoipa::path(get, path = "/metrics", tag = "till",
    responses((status = 200, description = "The figures, in Prometheus' text format.", body = String, content_type = "text/plain")))]
pub(super) async fn metrics(State(api): State<Arc<Api>>) -> Answer {
    match api.till.clone().figures().await {
        Ok(Some(figures)) => typed(written(&figures, &api.printers()), KIND),
        Ok(None) => {
            let words = "Figures are off: platenctl connectors metrics --on.";
            Problem::of(StatusCode::NOT_FOUND, "metrics-off", words).into_response()
        }
        Err(error) => problem(&error).into_response(),
    }
}

fn written(figures: &Figures, printers: &[PrinterView]) -> String {
    let mut page = Page::default();
    jobs(figures, &mut page);
    time_to_paper(&figures.time_to_paper, &mut page);
    state_of(printers, &mut page);
    page.family(
        "platen_reconnects_total",
        Kind::Counter,
        "Sessions of a line after the first one.",
    );
    for (connector, count) in &figures.reconnects {
        page.sample("", &[("connector", connector)], count);
    }
    page.family(
        "platen_requests_total",
        Kind::Counter,
        "Requests at a door, let in or turned away.",
    );
    for (connector, door) in &figures.doors {
        page.sample("", &[("connector", connector), ("answer", &"let-in")], &door.let_in);
        page.sample("", &[("connector", connector), ("answer", &"turned-away")], &door.turned_away);
    }
    page.family("platen_restarts_total", Kind::Counter, "Tasks started again after a panic.");
    page.sample("", &[], &figures.restarts);
    page.family("platen_info", Kind::Gauge, "The version that runs.");
    page.sample("", &[("version", &env!("CARGO_PKG_VERSION"))], &1);
    page.0
}

fn jobs(figures: &Figures, page: &mut Page) {
    page.family("platen_jobs_accepted_total", Kind::Counter, "Jobs that were stored for a sender.");
    for (connector, count) in &figures.accepted {
        page.sample("", &[("connector", connector)], count);
    }
    let help = "Jobs that were settled, by sender, state and, of completed ones, evidence.";
    page.family("platen_jobs_settled_total", Kind::Counter, help);
    for (how, count) in &figures.settled {
        let evidence = how.evidence.map(|evidence| evidence.as_str()).unwrap_or_default();
        let labels: [(&str, &dyn Display); 3] =
            [("connector", &how.connector), ("state", &how.state), ("evidence", &evidence)];
        page.sample("", &labels, count);
    }
    page.family("platen_jobs", Kind::Gauge, "Jobs in the spool by state.");
    for (state, count) in &figures.stored {
        page.sample("", &[("state", state)], count);
    }
}

fn time_to_paper(spans: &Spans, page: &mut Page) {
    let help = "Seconds from a job's acceptance to its outcome, of completed ones.";
    page.family("platen_time_to_paper_seconds", Kind::Histogram, help);
    for (bound, count) in spans.at_most() {
        page.sample("_bucket", &[("le", &(bound as f64 / 1000.0))], &count);
    }
    page.sample("_bucket", &[("le", &"+Inf")], &spans.count);
    page.sample("_sum", &[], &spans.sum.as_secs_f64());
    page.sample("_count", &[], &spans.count);
}

fn state_of(printers: &[PrinterView], page: &mut Page) {
    page.family("platen_queue_length", Kind::Gauge, "Jobs that wait for a printer.");
    for printer in printers {
        page.sample("", &[("printer", &printer.name)], &printer.queue_length);
    }
    page.family("platen_printer_state", Kind::Gauge, "1 for the state in which a printer is.");
    for printer in printers {
        let states = Health::ALL.map(|state| (state, u8::from(printer.health == state)));
        for (state, is_so) in states {
            page.sample("", &[("printer", &printer.name), ("state", &state.as_str())], &is_so);
        }
    }
    let help = "1 for each reason why a printer is not simply ready.";
    page.family("platen_printer_reason", Kind::Gauge, help);
    for printer in printers {
        let reasons = StateReason::ALL.map(|one| (one, u8::from(printer.reasons.contains(one))));
        for (reason, is_so) in reasons {
            page.sample("", &[("printer", &printer.name), ("reason", &reason)], &is_so);
        }
    }
}

/// How a figure is to be read.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// It only grows, and begins anew with the program.
    Counter,
    /// It is as it is now.
    Gauge,
    /// Counts below bounds.
    Histogram,
}

/// The page so far, and the name of its last family.
#[derive(Default)]
struct Page(String, &'static str);

impl Page {
    /// Begins the samples of that name.
    fn family(&mut self, name: &'static str, kind: Kind, help: &str) {
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        self.1 = name;
        self.0.push_str(&format!("# HELP {name} {help}\n# TYPE {name} {kind}\n"));
    }

    fn sample(&mut self, suffix: &str, labels: &[(&str, &dyn Display)], value: &dyn Display) {
        let labels: Vec<String> = labels
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", escaped(&value.to_string())))
            .collect();
        let labels = match labels.is_empty() {
            true => String::new(),
            false => format!("{{{}}}", labels.join(",")),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "{}{suffix}{labels} {value}", self.1);
    }
}

/// A label's value: printers are called whatever people like.
fn escaped(text: &str) -> String {
    text.replace('\\', r"\\").replace('"', "\\\"").replace('\n', r"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SettledAs;
    use crate::fakes::printer;
    use platen_job::{ConnectorId, Evidence, PrinterName};
    use std::time::Duration;

    #[test]
    fn figures_are_written_as_prometheus_reads_them() {
        let mut figures = Figures::default();
        figures.accepted.insert(ConnectorId::Api, 3);
        let how = SettledAs {
            connector: ConnectorId::Api,
            state: "completed",
            evidence: Some(Evidence::Confirmed),
        };
        figures.settled.insert(how, 2);
        figures.time_to_paper.add(Duration::from_millis(30));
        figures.time_to_paper.add(Duration::from_secs(2));
        let mut bar = printer("p-1", "Bar");
        bar.name = PrinterName::new("Bar \"left\" \\ 1\n").unwrap();
        bar.reasons = StateReason::MediaLow.into();
        let page = written(&figures, &[bar]);
        for line in [
            "# TYPE platen_jobs_accepted_total counter",
            r#"platen_jobs_accepted_total{connector="api"} 3"#,
            r#"platen_jobs_settled_total{connector="api",state="completed",evidence="confirmed"} 2"#,
            r#"platen_time_to_paper_seconds_bucket{le="0.025"} 0"#,
            r#"platen_time_to_paper_seconds_bucket{le="0.05"} 1"#,
            r#"platen_time_to_paper_seconds_bucket{le="2.5"} 2"#,
            r#"platen_time_to_paper_seconds_bucket{le="+Inf"} 2"#,
            "platen_time_to_paper_seconds_sum 2.03",
            r#"platen_queue_length{printer="Bar \"left\" \\ 1\n"} 0"#,
            r#"platen_printer_state{printer="Bar \"left\" \\ 1\n",state="online"} 1"#,
            r#"platen_printer_reason{printer="Bar \"left\" \\ 1\n",reason="media-low"} 1"#,
            "platen_restarts_total 0",
        ] {
            assert!(page.lines().any(|one| one == line), "{line} is not there:\n{page}");
        }
    }
}
