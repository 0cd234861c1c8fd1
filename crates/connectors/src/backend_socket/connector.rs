//! The connector's heart: what comes in. One loop owns it; outcomes are told by the [`super::teller`].

use super::answers;
use super::choice::{Choice, choose, usual};
use super::jobs;
use super::note::{ReplyNote, Wanted};
use super::request::{Content, PrintRequest, Subject, Update, WrongShape};
use super::settings::BackendSocketSettings;
use super::status::Board;
use crate::fields::{printable, strike, text_field};
use crate::intake::{Intake, Stored};
use crate::line::{Acknowledge, Inlet, LineEvent, Outlet, Said, SessionKey};
use crate::{Host, PrinterView};
use platen_job::Refusal;
use platen_socketio::Arg;
use serde_json::Value;
use std::collections::VecDeque;
use std::sync::Arc;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The connector.
pub(crate) struct Connector {
    settings: BackendSocketSettings,
    host: Arc<dyn Host>,
    outlet: Arc<dyn Outlet>,
    board: Board,
    online: watch::Sender<Option<SessionKey>>,
    intake: Intake<Asked>,
    /// Answers to what was not stored, for which there was no session.
    unsent: VecDeque<Value>,
}

/// Most answers that wait for a session; beyond, the oldest is dropped and that is logged.
const MOST_UNSENT: usize = 1024;

/// Who asked for a job on its way into the spool.
struct Asked {
    note: ReplyNote,
    ack: Option<Box<dyn Acknowledge>>,
}

impl Connector {
    pub(crate) fn new(
        settings: BackendSocketSettings,
        host: Arc<dyn Host>,
        outlet: Arc<dyn Outlet>,
        board: Board,
        online: watch::Sender<Option<SessionKey>>,
    ) -> Connector {
        let (intake, unsent) = (Intake::default(), VecDeque::new());
        Connector { settings, host, outlet, board, online, intake, unsent }
    }

    /// Runs until the line has ended for good or is cancelled.
    pub(crate) async fn run(mut self, mut inlet: Box<dyn Inlet>, cancel: CancellationToken) {
        loop {
            tokio::select! {
                biased;
                () = cancel.cancelled() => break,
                Some(stored) = self.intake.next() => self.stored(stored).await,
                event = inlet.next(), if self.intake.has_room() => match event {
                    Some(event) => self.line_event(event).await,
                    None => break,
                },
            }
        }
        self.online.send_replace(None);
        // Jobs already handed to the engine are stored whether we look or not.
        while let Some(stored) = self.intake.try_next() {
            self.stored(stored).await;
        }
    }

    async fn line_event(&mut self, event: LineEvent) {
        match event {
            LineEvent::Connected(session) => {
                self.online.send_replace(Some(session));
                self.send_unsent().await;
            }
            LineEvent::Disconnected(_) => drop(self.online.send_replace(None)),
            LineEvent::Said(said) => self.said(said).await,
        }
    }

    async fn said(&mut self, said: Said) {
        match said.name.as_str() {
            "print_request" => match PrintRequest::read(said.args) {
                Ok(request) => self.print(request, said.ack).await,
                Err(wrong) => {
                    self.garbage(&said.name, wrong);
                    acknowledge(said.ack).await;
                    self.answer(answers::unreadable(wrong)).await;
                }
            },
            "pos" => self.update(Subject::Pos, said).await,
            "reservation" => self.update(Subject::Reservation, said).await,
            "status" => self.status(said).await,
            // Whatever else the server tells its other clients.
            _ => acknowledge(said.ack).await,
        }
    }

    async fn print(&mut self, request: PrintRequest, ack: Option<Box<dyn Acknowledge>>) {
        let printers = self.host.printers().borrow().clone();
        let (wanted, default) = (request.printer.as_deref(), self.default_printer());
        let Some(choice) = choose(&printers, wanted, default) else {
            self.board.count(|counts| counts.refused += 1);
            tracing::warn!(
                "a request was refused: it has no printer here, and there is no default one"
            );
            acknowledge(ack).await;
            let wanted = wanted.or(default).map(Wanted::named);
            return self.answer(answers::no_printer(wanted.as_ref())).await;
        };
        let name = choice.printer().name.as_str();
        let wanted = match (choice, wanted) {
            (Choice::Instead(_), Some(missing)) => {
                if self.board.missing(missing) {
                    tracing::warn!(wanted = %printable(missing), instead = %name, "a printer that is not here was asked for");
                }
                Wanted::missing(missing, name)
            }
            (_, wanted) => Wanted::named(wanted.unwrap_or(name)),
        };
        let note = ReplyNote::Request(wanted);
        self.take(request.content, choice.printer(), Asked { note, ack }).await;
    }

    /// An update of the till or of a reservation: printed where it says so; nobody waits for an answer.
    async fn update(&mut self, subject: Subject, said: Said) {
        let Said { name, args, ack, .. } = said;
        let update = match Update::read(subject, args) {
            Ok(update) => update,
            Err(wrong) => {
                self.garbage(&name, wrong);
                return acknowledge(ack).await;
            }
        };
        let Some(content) = update.content else { return acknowledge(ack).await };
        if update.nipt.is_some_and(|nipt| !self.settings.is_ours(&nipt)) {
            self.board.count(|counts| counts.not_ours += 1);
            tracing::info!(event = %name, "an update is for another business");
            return acknowledge(ack).await;
        }
        let printers = self.host.printers().borrow().clone();
        let Some(printer) = usual(&printers, self.default_printer()) else {
            self.board.count(|counts| counts.refused += 1);
            tracing::warn!(event = %name, "an update was not printed: there is no default printer");
            return acknowledge(ack).await;
        };
        self.take(content, printer, Asked { note: ReplyNote::Update, ack }).await;
    }

    /// Hands what was asked for to the engine.
    async fn take(&mut self, content: Content, printer: &PrinterView, asked: Asked) {
        match jobs::job(content, printer, &asked.note, self.settings.job_limits) {
            Ok(job) => self.intake.push(&self.host, job, asked).await,
            Err(refusal) => self.refuse(asked, &refusal).await,
        }
    }

    /// The engine has answered.
    async fn stored(&mut self, stored: Stored<Asked>) {
        match stored.result {
            Ok(_) => {
                self.board.count(|counts| counts.accepted += 1);
                acknowledge(stored.request.ack).await;
            }
            Err(refusal) => self.refuse(stored.request, &refusal).await,
        }
    }

    async fn refuse(&mut self, asked: Asked, refusal: &Refusal) {
        self.board.count(|counts| counts.refused += 1);
        tracing::warn!(reason = %refusal, "a request was refused");
        acknowledge(asked.ack).await;
        if let ReplyNote::Request(wanted) = &asked.note {
            self.answer(answers::refused(wanted, refusal)).await;
        }
    }

    async fn status(&self, said: Said) {
        acknowledge(said.ack).await;
        if let Some(Arg::Json(Value::Object(fields))) = said.args.first()
            && let Some(words) = text_field(fields, &["message"])
        {
            self.board.server_says(&strike(&words, &self.settings.session_id));
        }
    }

    fn garbage(&self, event: &str, wrong: WrongShape) {
        self.board.count(|counts| counts.garbage += 1);
        tracing::warn!(event, "a message could not be read: {wrong}");
    }

    fn default_printer(&self) -> Option<&str> {
        self.settings.default_printer.as_deref()
    }

    /// Answers what was not stored: now, or when there is a session again.
    async fn answer(&mut self, response: Value) {
        if self.unsent.len() >= MOST_UNSENT {
            self.unsent.pop_front();
            tracing::warn!("a refused request stays without an answer: too many wait for the line");
        }
        self.unsent.push_back(response);
        self.send_unsent().await;
    }

    async fn send_unsent(&mut self) {
        while let Some(response) = self.unsent.front() {
            if let Err(error) = self.outlet.emit(answers::EVENT, response.clone()).await {
                return tracing::debug!(%error, "answers wait for the line");
            }
            self.unsent.pop_front();
            self.board.count(|counts| counts.answered += 1);
        }
    }
}

/// A server that asked for it hears that its message was dealt with.
async fn acknowledge(ack: Option<Box<dyn Acknowledge>>) {
    if let Some(ack) = ack {
        ack.answer(Value::Null).await;
    }
}
