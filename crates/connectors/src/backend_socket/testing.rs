//! Tests of the whole connector above the line: a fake engine behind it, a fake server before it.

use super::status::Board;
use super::{BackendSocketSettings, BackendSocketStatus, serve};
use crate::fakes::{FakeGateway, FakeHost, fake_line, printed, printer};
use crate::line::Ends;
use crate::{Host, HostEvent, PrinterKind, PrinterView};
use platen_job::{
    Document, DocumentType, JobId, Outcome, Refusal, Role, Timestamp, UnconfirmedReason,
};
use platen_socketio::Arg;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use url::Url;

/// A till whose server and engine are the test's.
struct Till {
    server: FakeGateway,
    host: Arc<FakeHost>,
    events: mpsc::Sender<HostEvent>,
    status: watch::Receiver<BackendSocketStatus>,
    cancel: CancellationToken,
}

impl Till {
    fn new(printers: Vec<PrinterView>) -> Till {
        Till::on(FakeHost::new(printers))
    }

    fn on(host: Arc<FakeHost>) -> Till {
        let url = Url::parse("http://127.0.0.1:9").unwrap();
        let (server, inlet, outlet) = fake_line();
        let (events, event_calls) = mpsc::channel(64);
        let (board, status) = watch::channel(BackendSocketStatus::new(&url));
        let mut settings = BackendSocketSettings::new(url);
        settings.job_limits.document_bytes = 4096;
        settings.nipt = "K1".into();
        let cancel = CancellationToken::new();
        let engine: Arc<dyn Host> = host.clone();
        let board = Board::new(board);
        let ends = Ends { inlet, outlet };
        tokio::spawn(serve(settings, engine, ends, event_calls, board, cancel.clone()));
        server.connect();
        Till { server, host, events, status, cancel }
    }

    /// A bar, which is the default printer, and a kitchen.
    fn usual() -> Till {
        let mut printers = vec![printer("p-1", "Bar"), printer("p-2", "Kitchen")];
        printers[0].roles = vec![Role::Default];
        printers[1].kind = PrinterKind::Kitchen;
        Till::new(printers)
    }

    async fn wait_for_jobs(&self, count: usize) {
        while self.host.jobs().len() < count {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn settle(&self, job: i64, outcome: Outcome) {
        self.host.settle(JobId(job), outcome, Timestamp::now());
        self.events.send(HostEvent::Settled).await.unwrap();
    }

    /// Lets everything that can happen within a minute happen.
    async fn settle_down(&self) {
        tokio::time::sleep(Duration::from_secs(60)).await;
    }

    fn answers(&self) -> Vec<Value> {
        self.server.all("print_response")
    }
}

impl Drop for Till {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_is_answered_once_and_when_its_outcome_is_known() {
    let till = Till::usual();
    let sent = json!({"data": {"type": "html", "html": "<p>Soup</p>"}, "printer_name": "kitchen"});
    till.server.say("print_request", sent);
    till.wait_for_jobs(1).await;
    till.settle_down().await;
    assert_eq!(till.answers(), Vec::<Value>::new(), "nothing is on paper yet");
    let job = till.host.jobs()[0].1.clone();
    assert_eq!(job.document, Document::Html("<p>Soup</p>".into()));
    assert_eq!(
        (job.printer.as_str(), job.document_type, job.external_id),
        ("p-2", DocumentType::KitchenTicket, None)
    );
    till.settle(1, printed()).await;
    let answer = till.server.wait("print_response", 1).await;
    assert_eq!(answer["status"], "success");
    assert_eq!(answer["printer"], "kitchen", "as it was asked for");
    let moment = answer["timestamp"].as_str().unwrap();
    assert_eq!((moment.len(), &moment[10..11]), (26, "T"), "{moment}");
    till.settle_down().await;
    assert_eq!((till.answers().len(), till.host.untold()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn equal_requests_are_two_jobs() {
    let till = Till::usual();
    for _ in 0..2 {
        till.server.say("print_request", json!({"content": "Soup"}));
    }
    till.wait_for_jobs(2).await;
}

#[tokio::test(start_paused = true)]
async fn a_printer_that_is_not_here_fails_on_the_default_printer() {
    let till = Till::usual();
    till.server.say("print_request", json!({"content": "Soup", "printer_name": "Cellar"}));
    till.wait_for_jobs(1).await;
    assert_eq!(till.host.jobs()[0].1.printer.as_str(), "p-1");
    till.settle(1, printed()).await;
    let answer = till.server.wait("print_response", 1).await;
    assert_eq!((&answer["status"], &answer["printer"]), (&json!("failed"), &json!("Cellar")));
    let words = "There is no printer called \"Cellar\" on this till. This went to Bar instead: \
                 Printed; the printer confirmed it.";
    assert_eq!(answer["message"], words);
    assert_eq!(till.status.borrow().missing_printers[0].name, "Cellar");
}

#[tokio::test(start_paused = true)]
async fn without_a_default_printer_it_fails_at_once() {
    let till = Till::new(vec![printer("p-1", "Bar"), printer("p-2", "Kitchen")]);
    till.server.say("print_request", json!({"content": "Soup", "printer_name": "Cellar"}));
    till.server.say("print_request", json!({"content": "Soup"}));
    let second = till.server.wait("print_response", 2).await;
    assert_eq!(till.answers()[0]["printer"], "Cellar");
    assert_eq!(second["message"], "No default printer is set up on this till.");
    assert!(till.host.jobs().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_taken_is_answered_at_once() {
    let till = Till::usual();
    let wrong = [
        (json!({"content": ""}), "failed", "The document is empty."),
        (json!({}), "failed", "The document is empty."),
        (json!({"type": "receipt"}), "failed", "Field receipt_data is not an object."),
        (json!({"type": "receipt", "receipt_data": {}}), "failed", "The document is empty."),
        (
            json!({"type": "reservation", "reservation_data": 1}),
            "failed",
            "Field reservation_data is not an object.",
        ),
        (json!({"content": "x".repeat(5000)}), "failed", "The document has more than 4096 bytes."),
        (
            json!(["secret"]),
            "error",
            "The request could not be read: it carried a list where an object belongs.",
        ),
    ];
    for (index, (sent, status, message)) in wrong.iter().enumerate() {
        till.server.say("print_request", sent.clone());
        let answer = till.server.wait("print_response", index + 1).await;
        assert_eq!((&answer["status"], &answer["message"]), (&json!(status), &json!(message)));
        assert_eq!(answer.get("printer").is_some(), *status == "failed", "{answer}");
    }
    till.server.say_args("print_request", Vec::new(), None);
    till.server.wait("print_response", wrong.len() + 1).await;
    till.host.refuse(Some(Refusal::DiskFull));
    till.server.say("print_request", json!({"content": "a"}));
    let answer = till.server.wait("print_response", wrong.len() + 2).await;
    assert_eq!(answer["message"], "The disk of the till is full: the job could not be stored.");
    assert!(till.host.jobs().is_empty());
}

#[tokio::test(start_paused = true)]
async fn updates_are_printed_where_they_say_so_and_never_answered() {
    let till = Till::usual();
    let receipt = |nipt: &str, required| json!({"nipt": nipt, "pos_data": {"print_required": required, "total": 5}});
    till.server.say("pos", receipt("K1", false));
    till.server.say("pos", receipt("another", true));
    till.server.say("pos", json!("nonsense"));
    till.server.say("pos", receipt(" k1 ", true));
    let table = json!({"reservation_data": {"print_required": true, "customer_name": "Ana"}});
    till.server.say("reservation", table);
    till.wait_for_jobs(2).await;
    let jobs = till.host.jobs();
    assert!(matches!(jobs[0].1.document, Document::Receipt(_)));
    assert!(matches!(jobs[1].1.document, Document::Reservation(_)));
    assert!(jobs.iter().all(|(_, job)| job.printer.as_str() == "p-1"), "the default printer");
    till.settle(1, printed()).await;
    till.settle(2, Outcome::Expired).await;
    till.settle_down().await;
    assert_eq!((till.answers().len(), till.host.untold(), jobs.len()), (0, 0, 2));
    let counts = till.status.borrow().counts;
    assert_eq!((counts.not_ours, counts.garbage), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn an_outcome_waits_for_the_line_and_is_told_once() {
    let till = Till::usual();
    till.server.say("print_request", json!({"content": "Soup"}));
    till.wait_for_jobs(1).await;
    till.server.disconnect();
    till.settle(1, Outcome::Expired).await;
    till.settle_down().await;
    assert_eq!((till.answers().len(), till.host.untold()), (0, 1));
    till.server.connect();
    let answer = till.server.wait("print_response", 1).await;
    assert_eq!((&answer["status"], &answer["printer"]), (&json!("failed"), &json!("Bar")));
    till.settle_down().await;
    assert_eq!((till.answers().len(), till.host.untold()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn doubt_is_a_failure_and_its_resolution_is_no_second_answer() {
    let till = Till::usual();
    till.server.say("print_request", json!({"content": "Soup"}));
    till.wait_for_jobs(1).await;
    till.settle(1, Outcome::Unconfirmed { reason: UnconfirmedReason::NoAnswer }).await;
    let answer = till.server.wait("print_response", 1).await;
    assert_eq!(answer["status"], "failed");
    assert!(answer["message"].as_str().unwrap().starts_with("This may or may not be on paper."));
    till.settle_down().await;
    till.settle(1, printed()).await;
    till.settle_down().await;
    assert_eq!((till.answers().len(), till.host.untold()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_wants_an_acknowledgement_gets_it_after_the_store() {
    let till = Till::usual();
    for (event, sent) in [
        ("print_request", json!({"content": "Soup"})),
        ("print_request", json!([])),
        ("pos", json!({})),
        ("status", json!({"message": "hello\u{1b}"})),
        ("something_else", json!({})),
    ] {
        till.server.say_with_ack(event, vec![Arg::Json(sent)]);
    }
    till.server.wait("ack", 5).await;
    assert_eq!(till.host.jobs().len(), 1);
    assert_eq!(till.status.borrow().server_says.as_deref(), Some("hello\\u{1b}"));
}
