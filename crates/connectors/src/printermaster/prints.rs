//! Print requests: into the spool, and what is said at once.

use super::answers;
use super::connector::{Connector, acknowledge};
use super::directory::{Target, by_role};
use super::jobs;
use super::payload::Payload;
use super::reply::{ANSWER_FIELDS, ID_FIELDS, PrintKind, ReplyNote};
use super::teller::Again;
use super::words;
use crate::fields::printable;
use crate::line::Acknowledge;
use crate::telling::sentence;
use crate::{ContentMatch, Novelty, PrinterView, Submitted};
use platen_job::{ExternalId, PrinterId, Refusal};
use serde_json::json;
use tokio::time::Instant;

/// Whom a job on its way into the spool is for.
pub(crate) enum Asked {
    Print(Box<PrintRequest>),
    Test { ticket: String },
}

/// What is needed to answer a print request.
pub(crate) struct PrintRequest {
    kind: PrintKind,
    /// The request without what it wants printed.
    fields: Payload,
    external_id: Option<ExternalId>,
    printer: PrinterId,
    asked: Instant,
    ack: Option<Box<dyn Acknowledge>>,
}

impl Connector {
    /// A job came in. For a printer that is not ours: silence, another till may have it.
    pub(super) async fn print(
        &mut self,
        kind: PrintKind,
        payload: Payload,
        ack: Option<Box<dyn Acknowledge>>,
    ) {
        let Some(printer) = self.printer_of(&payload) else {
            acknowledge(ack, json!({ "received": true })).await;
            return;
        };
        match jobs::job(kind, &payload, &printer, self.settings.job_limits) {
            Ok(job) => {
                let request = PrintRequest {
                    kind,
                    fields: payload.only(ANSWER_FIELDS),
                    external_id: job.external_id.clone(),
                    printer: printer.id,
                    asked: Instant::now(),
                    ack,
                };
                self.intake.push(&self.host, job, Asked::Print(Box::new(request))).await;
            }
            Err(refusal) => self.refuse(kind, &payload, &refusal, ack).await,
        }
    }

    /// The printer that a job names, or else the one whose role it is.
    fn printer_of(&self, payload: &Payload) -> Option<PrinterView> {
        let target = Target::of(payload);
        if !target.names_nobody() {
            return self.printer_for(&target);
        }
        let printers = self.host.printers().borrow().clone();
        let role = words::role(payload.text(&["type"]).as_deref());
        let chosen = by_role(&printers, &self.licence.branch(), &target, role).cloned();
        chosen.or_else(|| self.printer_for(&target))
    }

    async fn refuse(
        &self,
        kind: PrintKind,
        fields: &Payload,
        refusal: &Refusal,
        ack: Option<Box<dyn Acknowledge>>,
    ) {
        self.board.count(|counts| counts.refused += 1);
        tracing::warn!(job = %id_for_log(fields), reason = %refusal, "a job was refused");
        let answer = json!({ "received": true, "accepted": false, "error": sentence(refusal) });
        acknowledge(ack, answer).await;
        self.send(answers::refused(kind, fields, refusal)).await;
    }

    /// The engine has answered: stored, known, or refused.
    pub(super) async fn job_stored(
        &mut self,
        mut request: PrintRequest,
        result: Result<Submitted, Refusal>,
    ) {
        let ack = request.ack.take();
        match result {
            Ok(Submitted { id, novelty: Novelty::New, .. }) => {
                self.windows.asked(id, request.asked);
                self.board.count(|counts| counts.accepted += 1);
                tracing::debug!(job = %id_for_log(&request.fields), ours = %id, "a job was accepted");
                acknowledge(ack, json!({ "received": true, "accepted": true })).await;
            }
            Ok(submitted) => {
                let answer = json!({ "received": true, "accepted": true, "known": true });
                acknowledge(ack, answer).await;
                self.known(request, submitted).await;
            }
            Err(refusal) => self.refuse(request.kind, &request.fields, &refusal, ack).await,
        }
    }

    /// A job came again. It is not printed again; what is known of it is the answer.
    async fn known(&self, request: PrintRequest, submitted: Submitted) {
        let Novelty::Known { state, outcome, content } = submitted.novelty else { return };
        self.board.count(|counts| counts.known += 1);
        let job = id_for_log(&request.fields);
        match content {
            ContentMatch::Same => {
                tracing::info!(%job, "a known job came again; it is not printed again")
            }
            ContentMatch::Different => {
                tracing::warn!(%job, "a known job came again with other content; it is ignored");
            }
        }
        match (state, outcome) {
            (_, Some(outcome)) => {
                let again = Again {
                    job: submitted.id,
                    note: ReplyNote::of(request.kind, &request.fields),
                    external_id: request.external_id,
                    printer: request.printer,
                    outcome,
                    asked: request.asked,
                };
                if self.again.try_send(again).is_err() {
                    tracing::warn!(%job, "too many jobs came again at once; this one is not answered");
                }
            }
            // Its outcome will answer this request too.
            (Some(_), None) => self.windows.asked(submitted.id, request.asked),
            (None, None) => self.send(answers::long_known(request.kind, &request.fields)).await,
        }
    }
}

/// A job's id as it may stand in a log.
fn id_for_log(fields: &Payload) -> String {
    match fields.text(ID_FIELDS) {
        Some(id) => printable(&id),
        None => "(no id)".into(),
    }
}
