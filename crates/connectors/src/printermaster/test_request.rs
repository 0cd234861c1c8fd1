//! `printer:test` in all its shapes, and its one answer.

use super::directory::Target;
use super::payload::Payload;
use super::wire_out::{Correlation, Emission, Message, TestResult, Words};
use crate::clock::iso_now;
use crate::fields::text_of;
use crate::line::SessionKey;
use platen_job::{StateReason, StateReasons};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::time::Instant;

/// Longest value that is sent back with an answer, as JSON, in bytes.
const LONGEST_ECHO: usize = 4096;

/// What is to be tested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TestSort {
    /// Whether the printer can be reached: no paper.
    Connectivity,
    /// A page; says which one.
    Page(Option<&'static str>),
    /// A text that somebody wrote.
    Text(String),
}

/// One request for a test.
pub(crate) struct TestRequest {
    pub(crate) target: Target,
    pub(crate) sort: TestSort,
    /// Names the request, where it can be told from others.
    pub(crate) key: Option<String>,
    /// How long the caller waits.
    pub(crate) window: Duration,
    pub(crate) echo: Echo,
}

/// What goes back with the answer exactly as it came.
#[derive(Debug, Clone, Default)]
pub(crate) struct Echo {
    pub(crate) printer_id: Option<Value>,
    printer_name: Option<Value>,
    correlation: Correlation,
}

/// A test that waits for its answer.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    /// Only this session may carry the answer: on a later one it would be taken for another test's.
    pub(crate) session: SessionKey,
    pub(crate) key: Option<String>,
    pub(crate) asked: Instant,
    pub(crate) deadline: Instant,
    pub(crate) echo: Echo,
}

/// What a test came to.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    pub(crate) words: Words,
    pub(crate) details: Option<String>,
    pub(crate) suggestions: Vec<&'static str>,
    pub(crate) result: Option<Value>,
}

impl TestRequest {
    /// Reads a request. `window`: how long callers wait that do not say so.
    pub(crate) fn read(payload: &Payload, window: Duration) -> TestRequest {
        let text = payload.text(&["text"]).filter(|text| !text.trim().is_empty());
        let sort = match (text, payload.text(&["testType"]).as_deref()) {
            (_, Some("connectivity")) => TestSort::Connectivity,
            (Some(text), _) => TestSort::Text(text),
            (None, Some("alignment")) => TestSort::Page(Some("alignment")),
            (None, Some("full")) => TestSort::Page(Some("full")),
            (None, _) => TestSort::Page(None),
        };
        let asked_for = payload.object("metadata").and_then(|metadata| metadata.get("timeout"));
        let milliseconds = asked_for.and_then(text_of).and_then(|text| text.parse::<u64>().ok());
        TestRequest {
            target: Target::of(payload),
            sort,
            key: payload.text(&["correlationId"]).filter(|key| key.len() <= LONGEST_ECHO),
            window: milliseconds.map_or(window, |ms| window.min(Duration::from_millis(ms))),
            echo: Echo::of(payload),
        }
    }

    /// Whether the request is one of generation B, which wants to know that it arrived.
    pub(crate) fn wants_ack(&self) -> bool {
        self.echo.correlation.correlation_id.is_some()
    }
}

impl Echo {
    fn of(payload: &Payload) -> Echo {
        let keep = |name: &str| {
            let value = payload.get(&[name])?;
            let length = serde_json::to_string(value).map_or(usize::MAX, |text| text.len());
            (length <= LONGEST_ECHO).then(|| value.clone())
        };
        Echo {
            printer_id: keep("printerId"),
            printer_name: keep("printerName"),
            correlation: Correlation {
                correlation_id: keep("correlationId"),
                request_timestamp: keep("requestTimestamp"),
                response_timestamp: None,
                metadata: keep("metadata"),
            },
        }
    }

    /// What generation B gets back; nothing for the others.
    pub(crate) fn correlation(&self) -> Correlation {
        match self.correlation.correlation_id {
            Some(_) => {
                Correlation { response_timestamp: Some(iso_now()), ..self.correlation.clone() }
            }
            None => Correlation::default(),
        }
    }
}

impl Waiting {
    /// The answer.
    pub(crate) fn answer(&self, finding: Finding) -> Emission {
        finding.answer(&self.echo, self.asked).emission()
    }
}

impl Finding {
    /// As it is told to whoever asked then.
    pub(crate) fn answer(self, echo: &Echo, asked: Instant) -> TestResult {
        TestResult {
            printer_id: echo.printer_id.clone(),
            printer_name: echo.printer_name.clone(),
            success: matches!(self.words, Words::Done { .. }),
            words: self.words,
            error_details: self.details,
            suggestions: self.suggestions,
            timestamp: iso_now(),
            processing_time: u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX),
            result: self.result,
            correlation: echo.correlation(),
        }
    }

    /// It worked.
    pub(crate) fn good(message: impl Into<String>, paper: PaperUse) -> Finding {
        Finding {
            words: Words::Done { message: message.into() },
            details: None,
            suggestions: Vec::new(),
            result: Some(json!({ "paper": paper.word() })),
        }
    }

    /// It did not.
    pub(crate) fn bad(error: impl Into<String>, error_type: &'static str) -> Finding {
        let words = Words::Failed { error: error.into(), error_type };
        let suggestions = suggestions(error_type);
        Finding { words, details: None, suggestions, result: None }
    }

    /// What an outcome in words comes to.
    pub(crate) fn of(words: Words, reasons: Option<&StateReasons>) -> Finding {
        match words {
            Words::Done { message } => Finding::good(message, PaperUse::Used),
            Words::Failed { error, error_type } => {
                let details = reasons.filter(|reasons| !reasons.is_empty());
                let details = details.map(|reasons| format!("state reasons: {reasons}"));
                Finding { details, ..Finding::bad(error, error_type) }
            }
        }
    }
}

/// Whether a test cost paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PaperUse {
    /// It did.
    Used,
    /// It did not.
    None,
}

impl PaperUse {
    fn word(self) -> &'static str {
        match self {
            PaperUse::Used => "used",
            PaperUse::None => "none",
        }
    }
}

/// What a person may do about it.
fn suggestions(error_type: &str) -> Vec<&'static str> {
    match error_type {
        "offline" | "not_ready" => vec![
            "Check that the printer is switched on.",
            "Check its cable and the network.",
            "Check the printer's address in Platen's settings.",
        ],
        "no_paper" => vec![StateReason::MediaEmpty.message()],
        "cover_open" => vec![StateReason::CoverOpen.message()],
        "paper_jam" => vec![StateReason::MediaJam.message()],
        "printer_error" => vec![StateReason::DeviceError.message()],
        "paused" => vec![StateReason::Paused.message()],
        "timeout" | "expired" => {
            vec!["Look whether other jobs wait for this printer, then test it again."]
        }
        "unconfirmed" => vec!["Look at the printer: the page may have come out."],
        "too_many_tests" => vec!["Wait a minute, then test again."],
        _ => vec!["Look at Platen's status on the till."],
    }
}
