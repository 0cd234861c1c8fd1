//! Tests of printers: acknowledged first, answered once, in time, and sparing with paper.

use super::announce;
use super::answers::words_of;
use super::connector::Connector;
use super::jobs::test_lines;
use super::paper_budget::TestPaper;
use super::payload::Payload;
use super::prints::Asked;
use super::reply::ReplyNote;
use super::test_desk::NotTaken;
use super::test_request::{Finding, PaperUse, TestRequest, TestSort, Waiting};
use super::wire_out::{Message, TestAck, Words};
use crate::line::{Acknowledge, SessionKey};
use crate::{Health, PrinterView};
use platen_job::{
    AbortReason, ConnectorId, Document, DocumentType, Job, OnTrouble, Outcome, Timestamp,
};
use tokio::time::Instant;

impl Connector {
    /// A test came in. For a printer that is not ours: an acknowledgement where it was asked for, then silence.
    pub(super) async fn test(
        &mut self,
        session: SessionKey,
        payload: Payload,
        ack: Option<Box<dyn Acknowledge>>,
    ) {
        let request = TestRequest::read(&payload, self.settings.request_windows.test);
        let asked = Instant::now();
        let asked_by_callback = ack.is_some();
        let receipt = self.receipt(&request);
        if let Some(ack) = ack {
            let receipt = receipt.emission();
            ack.answer(receipt.payload).await;
        }
        let Some(printer) = self.printer_for(&request.target) else { return };
        if request.wants_ack() && !asked_by_callback {
            let receipt = self.receipt(&request).emission();
            let _ = self.outlet.emit_on(session, receipt.event, receipt.payload).await;
        }
        self.take_test(session, request, &printer, asked).await;
    }

    fn receipt(&self, request: &TestRequest) -> TestAck {
        TestAck {
            received: true,
            correlation: request.echo.correlation(),
            printer_id: request.echo.printer_id.clone(),
            device_id: self.settings.device_id.clone(),
            timestamp: crate::clock::iso_now(),
        }
    }

    async fn take_test(
        &mut self,
        session: SessionKey,
        request: TestRequest,
        printer: &PrinterView,
        asked: Instant,
    ) {
        let margin = self.settings.request_windows.margin.min(request.window / 2);
        let waiting = Waiting {
            session,
            key: request.key,
            asked,
            deadline: asked + (request.window - margin),
            echo: request.echo,
        };
        let deadline = waiting.deadline;
        match self.tests.take(waiting.clone()) {
            Err(NotTaken::Again) => tracing::debug!("a test came again; it has or gets one answer"),
            Err(NotTaken::Full) => {
                let words = "Too many tests wait for their printers.";
                let answer = waiting.answer(Finding::bad(words, "too_many_tests"));
                let _ = self.outlet.emit_on(session, answer.event, answer.payload).await;
            }
            Ok(ticket) => match self.trial(request.sort, printer) {
                Trial::Known(finding) => self.answer_test(&ticket, *finding).await,
                Trial::Paper(document) => {
                    let job = test_job(document, printer, &ticket, deadline);
                    self.intake.push(&self.host, job, Asked::Test { ticket }).await;
                }
            },
        }
    }

    /// How a test is made: on paper, or from what is known.
    fn trial(&mut self, sort: TestSort, printer: &PrinterView) -> Trial {
        let now = Instant::now();
        match sort {
            TestSort::Connectivity => Trial::known(finding_without_paper(printer)),
            TestSort::Page(which) => {
                if !self.budget.take(&printer.id, TestPaper::Page, now) {
                    tracing::debug!(printer = %printer.id, "a test was answered without paper: too many came");
                    return Trial::known(finding_without_paper(printer));
                }
                let about = which.map(|which| format!("Test: {which}"));
                let branch = self.licence.branch().name.map(|name| format!("Branch: {name}"));
                let mut lines = test_lines(printer, about);
                lines.extend(branch);
                lines.push(format!("Platen {}", self.settings.app_version));
                Trial::Paper(Document::TestPage { lines })
            }
            TestSort::Text(text) => {
                if !self.budget.take(&printer.id, TestPaper::Text, now) {
                    let words = "Too many test prints in a short time; this one was not printed.";
                    return Trial::known(Finding::bad(words, "too_many_tests"));
                }
                Trial::Paper(Document::Text(text))
            }
        }
    }

    /// Answers a test, unless that was done.
    pub(super) async fn answer_test(&self, ticket: &str, finding: Finding) {
        let Some(waiting) = self.tests.claim(ticket) else { return };
        self.answer_waiting(&waiting, finding).await;
    }

    /// Tests whose callers will not wait any longer. What is still in the queue has expired by now.
    pub(super) async fn tests_due(&self) {
        for waiting in self.tests.claim_due() {
            let words = "The printer did not finish the test in time.";
            self.answer_waiting(&waiting, Finding::bad(words, "timeout")).await;
        }
    }

    async fn answer_waiting(&self, waiting: &Waiting, finding: Finding) {
        let answer = waiting.answer(finding);
        match self.outlet.emit_on(waiting.session, answer.event, answer.payload).await {
            Ok(()) => self.board.count(|counts| counts.tests += 1),
            Err(error) => tracing::debug!(%error, "a test's answer found nobody"),
        }
    }
}

/// How a test is made.
enum Trial {
    Known(Box<Finding>),
    Paper(Document),
}

impl Trial {
    fn known(finding: Finding) -> Trial {
        Trial::Known(Box::new(finding))
    }
}

fn test_job(document: Document, printer: &PrinterView, ticket: &str, deadline: Instant) -> Job {
    let left = deadline.saturating_duration_since(Instant::now());
    Job {
        on_trouble: OnTrouble::Abort,
        expires_at: Some(Timestamp::now().plus(left)),
        reply: ReplyNote::for_test(ticket.to_owned()).to_context(),
        ..Job::new(ConnectorId::PrinterMaster, printer.id.clone(), DocumentType::Test, document)
    }
}

/// What is known of a printer, as the answer to a test.
pub(super) fn finding_without_paper(printer: &PrinterView) -> Finding {
    let stopping = printer.reasons.stopping();
    let reachable = matches!(printer.health, Health::Online | Health::Busy);
    if reachable && stopping.is_empty() {
        let words = "The printer answers and is ready. No paper was used for this test.";
        return Finding::good(words, PaperUse::None);
    }
    if stopping.is_empty() && printer.health == Health::Unknown {
        let words = "This printer says nothing of itself, so a test without paper cannot tell.";
        return Finding::bad(words, "unknown");
    }
    let outcome = Outcome::aborted(AbortReason::NotReady, stopping.clone());
    let finding = match words_of(&outcome) {
        Words::Failed { error_type, .. } => {
            let words = stopping.message().unwrap_or("The printer cannot be reached.");
            let kind = if error_type == "not_ready" { "offline" } else { error_type };
            Finding::bad(format!("{words} No paper was used for this test."), kind)
        }
        words @ Words::Done { .. } => Finding::of(words, None),
    };
    let details = announce::last_seen(printer).map(|at| format!("last seen {at}"));
    Finding { details, ..finding }
}
