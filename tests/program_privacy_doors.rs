//! What comes in through the doors and the lines of other systems reaches no log, no listing, no error and no bundle, and neither does what
//! those systems are let in with; also while things go wrong and the log is as chatty as it gets.
#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs
)]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use platen_simulators::PrinterHandle;
use platen_simulators::printer::Fault;
use platen_tests::door::{caller, door, token_in};
use platen_tests::marks::{MARK, check, everything_told, mark, order, start};
use platen_tests::shop::{Gateway, printer, wait_for};
use platen_tests::{PythonServer, RunningTill, Till};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// What the Backend-Socket server knows the till by.
const SESSION: &str = "session-8c1f0e77";
/// What Odoo knows it by.
const PULL_TOKEN: &str = "pull-5d2c8e4f1a90";
/// The business at the Backend-Socket server.
const BUSINESS: &str = "K1";
/// Every door, with the rest of how it is opened.
const DOORS: [(&str, &[&str]); 5] = [
    ("odoo-push", &["--printer", "Bar", "--currency", "EUR"]),
    ("fee-maison", &["--header", "Fée Maison"]),
    ("printer-master-local", &[]),
    ("api", &["--printer", "Bar"]),
    ("web", &[]),
];

/// A till with every door open and both lines up. The log and stderr are as chatty as they get.
struct Shop {
    running: RunningTill,
    caller: PythonServer,
    server: Gateway,
    odoo: Gateway,
    printer: PrinterHandle,
    till: Till,
    tokens: Vec<String>,
    /// What callers were told, by what they had sent.
    answers: Vec<(String, String)>,
    stderr: PathBuf,
}

impl Shop {
    fn open() -> Shop {
        let (till, printer) = (Till::new(), printer());
        let server = Gateway::script("backend_socket.py", &["threading", "0"]);
        let mut odoo = Gateway::script("odoo.py", &["0"]);
        odoo.set(json!({"token": PULL_TOKEN}));
        till.ask_ok(&["printers", "add", "Bar", &printer.uri(), "--role", "default"]);
        let open_door = |(word, more): (&str, &[&str])| {
            let on = ["connectors", word, "--on", "--port", "0"];
            token_in(&till.ask_ok(&[&on, more].concat()))
        };
        let tokens = DOORS.into_iter().map(open_door).collect();
        let secret = |name: &str, secret: &str| {
            let file = till.home().join(name);
            fs::write(&file, format!("{secret}\n")).unwrap();
            file.to_str().unwrap().to_owned()
        };
        let (session, token) = (secret("session.txt", SESSION), secret("token.txt", PULL_TOKEN));
        for (word, url, more) in [
            ("backend-socket", server.url(), ["--session-file", &session, "--nipt", BUSINESS]),
            ("odoo-pull", odoo.url(), ["--token-file", &token, "--code", "BAR=Bar"]),
        ] {
            till.ask_ok(&[&["connectors", word, "--url", &url], &more[..]].concat());
        }
        let stderr = till.home().join("stderr.txt");
        let mut shop = Shop {
            running: start(&till, &stderr),
            caller: caller(),
            server,
            odoo,
            printer,
            till,
            tokens,
            answers: Vec::new(),
            stderr,
        };
        shop.wait_until_open(1);
        wait_for("the printer is ready", || {
            let printers = shop.till.ask_json(&["printers", "--json"]);
            printers.as_array()?.iter().any(|one| one["health"] == "online").then_some(())
        });
        shop
    }

    /// Waits until every door is open and both lines are up, for the nth time.
    fn wait_until_open(&mut self, nth: usize) {
        for (word, _) in DOORS {
            self.url(word);
        }
        self.server.wait_for_count(nth, |line| line["is"] == "connected");
    }

    fn url(&self, word: &str) -> String {
        wait_for("the door is open", || {
            let door = door(&self.till, word)?;
            (door["state"] == "open").then(|| door["address"].as_str().unwrap().to_owned())
        })
    }

    /// Calls at that door with its token, unless the order has its own heads; gives the status.
    fn call(&mut self, word: &str, mut order: Value) -> u64 {
        let token = DOORS.iter().position(|(one, _)| *one == word).map(|at| &self.tokens[at]);
        let mut heads = json!({"Authorization": format!("Bearer {}", token.unwrap())});
        if let Some(own) = order["headers"].as_object() {
            heads.as_object_mut().unwrap().extend(own.clone());
        }
        order["headers"] = heads;
        order["do"] = json!("call");
        let path = order["path"].as_str().unwrap().to_owned();
        order["url"] = json!(format!("{}{path}", self.url(word)));
        self.caller.say(&order);
        let answer = self.caller.hear();
        let status = answer["status"].as_u64().unwrap_or_else(|| panic!("{order}: {answer}"));
        self.answers.push((format!("what {word} answers at {path}"), answer.to_string()));
        status
    }

    /// All jobs, newest first.
    fn jobs(&self) -> Vec<Value> {
        let jobs = self.till.ask_json(&["jobs", "--limit", "1000", "--json"]);
        jobs.as_array().unwrap().clone()
    }

    /// Waits until each job is settled.
    fn wait_for_rest(&self) {
        wait_for("nothing moves any more", || {
            self.jobs().iter().all(|job| !job["settled_at"].is_null()).then_some(())
        });
    }

    /// Looks for every marker and every secret in everything that is told.
    fn check(&self) {
        let mut told =
            everything_told(&self.till, &self.stderr, u32::try_from(self.jobs().len()).unwrap());
        told.extend(self.answers.iter().cloned());
        let control = fs::read(self.till.home().join("control.json")).unwrap();
        let control: Value = serde_json::from_slice(&control).unwrap();
        let mut secrets = vec![SESSION, PULL_TOKEN, control["token"].as_str().unwrap()];
        secrets.extend(self.tokens.iter().map(String::as_str));
        check(&told, &secrets);
    }
}

/// A receipt of Odoo or of the shop's own API, with a marker in every field.
fn receipt() -> Value {
    let item = || json!({"name": mark(), "qty": mark(), "quantity": mark(), "price": mark(), "total": mark()});
    json!({
        "type": "receipt", "header": [mark()], "order": mark(), "company_name": mark(), "order_number": mark(),
        "date": mark(), "items": [item(), item()], "subtotal": mark(), "tax": mark(), "total": mark(),
        "payment_method": mark(), "cashier": mark(), "extra": {"deep": [mark()]},
    })
}

/// A sale of the ERP.
fn sale() -> Value {
    let item = || json!({"product_name": mark(), "quantity": mark(), "unit_price": mark(), "description": mark()});
    json!({
        "order_id": mark(), "priority": mark(), "customer_name": mark(), "customer_phone": mark(),
        "customer_address": mark(), "delivery_cost": mark(), "deliveryman_name": mark(), "deliveryman_phone": mark(),
        "total": mark(), "total_amount": mark(), "items": [item(), item()], "employee_name": mark(),
        "amount_received": mark(), "change_amount": mark(), "extra": mark(),
    })
}

/// Requests at that path with a broken body, a foreign token, name and origin, and at no path, each with a marker.
fn strangers(path: &str) -> Vec<Value> {
    // The API wants them; the others do not look at them.
    let heads = json!({"Content-Type": "application/json", "Idempotency-Key": "s-1"});
    let sent = |path: &str, text: String| json!({"path": path, "text": text, "headers": heads});
    let with_head = |name: &str, value: String| {
        let mut request = sent(path, order().to_string());
        request["headers"][name] = json!(value);
        request
    };
    vec![
        sent(path, format!("{{\"items\": [\"{}\"", mark())),
        sent(path, format!("[\"{}\"]", mark())),
        sent(path, format!("\"{}\"", mark())),
        sent(&format!("{path}/{}", mark()), order().to_string()),
        sent(&format!("/{}?text={}", mark(), mark()), order().to_string()),
        with_head("Authorization", format!("Bearer {}", mark())),
        with_head("Authorization", mark()),
        with_head("Host", format!("{}.example", mark())),
        with_head("Origin", format!("https://{}.example", mark())),
        with_head("Cookie", format!("session={}", mark())),
    ]
}

/// What comes to each door: where, and how. The first ones of a door are printed.
fn calls() -> Vec<(&'static str, Vec<Value>)> {
    let api = |key: &str, kind: &str, text: String| json!({"path": "/v1/jobs", "text": text, "headers": {"Content-Type": kind, "Idempotency-Key": key}});
    let json_type = "application/json";
    vec![
        (
            "odoo-push",
            vec![
                json!({"path": "/print/receipt", "json": receipt()}),
                json!({"path": "/print/test", "json": {"text": mark()}}),
                json!({"path": "/print/receipt", "json": {"items": mark(), "extra": mark()}}),
            ],
        ),
        (
            "fee-maison",
            vec![
                json!({"path": "/print/ticket", "json": sale()}),
                json!({"path": "/print/cashout", "json": {"amount": 12, "notes": mark(), "employee_name": mark()}}),
                json!({"path": "/drawer/open", "json": {"priority": mark()}}),
                json!({"path": "/test/print", "json": {"text": mark()}}),
                json!({"path": "/print/cashout", "json": {"amount": mark(), "notes": mark()}}),
                json!({"path": "/print/ticket", "json": {"order_id": [mark()], "items": mark()}}),
            ],
        ),
        (
            "printer-master-local",
            vec![
                json!({"path": "/print", "json": {"id": "l-1", "printerName": "Bar", "content": mark(), "title": mark(),
                    "metadata": {"a": mark()}}}),
                json!({"path": "/print", "json": {"id": "l-2", "printerName": "Bar", "orderData": order()}}),
                json!({"path": "/print", "json": {"id": "l-1", "printerName": "Bar", "content": mark()}}),
                json!({"path": "/print", "json": {"id": "l-3", "content": [mark()]}}),
                json!({"path": "/print", "json": {"id": "l-4", "escposCommands": [27, mark()]}}),
                json!({"path": "/print", "json": {"id": [mark()], "content": mark()}}),
                json!({"path": "/print", "json": {"id": "l-5", "printerName": mark(), "content": mark()}}),
                json!({"path": "/printers/Bar/test", "json": {"text": mark(), "companyName": mark()}}),
                json!({"path": format!("/printers/{}/test", mark()), "json": {"text": mark()}}),
            ],
        ),
        (
            "api",
            vec![
                api("a-1", json_type, receipt().to_string()),
                api("a-2", "text/plain; charset=utf-8", mark()),
                api(
                    "a-3",
                    "text/html",
                    format!("<h1 title={}>{}</h1><script>{}</script>", mark(), mark(), mark()),
                ),
                api("a-4", "application/octet-stream", format!("{}\n\u{1d}V\0", mark())),
                api("a-1", json_type, receipt().to_string()),
                api("a-5", json_type, json!({"type": mark(), "items": [mark()]}).to_string()),
                api("a-6", json_type, json!({"type": "receipt", "items": mark()}).to_string()),
                api("a-7", "application/pdf", format!("%PDF-1.4 {}", mark())),
                api("a-8", "image/png", mark()),
                api("a-9", &format!("text/{}", mark()), mark()),
                api(&format!("{} {}", mark(), "x".repeat(300)), "text/plain", mark()),
                json!({"path": format!("/v1/jobs?printer={}&priority={}", mark(), mark()), "text": mark(),
                    "headers": {"Content-Type": "text/plain", "Idempotency-Key": "a-10"}}),
                json!({"path": format!("/v1/printers/{}/test", mark())}),
            ],
        ),
        (
            "web",
            vec![
                json!({"path": "/window/ask", "json": {"do": "snapshot", "extra": mark()}}),
                json!({"path": "/window/ask", "json": {"do": mark(), "key": mark()}}),
                json!({"path": "/window/ask", "json": {"do": "set-up-server", "url": "no address", "key": mark()}}),
                json!({"path": "/window/ask", "json": {"do": "set-up-server", "url": [mark()], "key": [mark()]}}),
                json!({"path": "/window/ask", "json": {"do": "jobs", "wanted": mark(), "limit": mark()}}),
            ],
        ),
    ]
}

/// What a Backend-Socket server says.
fn events() -> Vec<(&'static str, Value)> {
    let receipt = || {
        json!({"date": mark(), "receipt_number": mark(), "customer_name": mark(), "footer": mark(), "total": mark(),
            "items": [{"name": mark(), "quantity": mark(), "price": mark()}], "print_required": true, "extra": mark()})
    };
    let table = || {
        json!({"confirmation_number": mark(), "customer_name": mark(), "date": mark(), "time": mark(),
            "party_size": mark(), "table_number": mark(), "special_requests": mark(), "phone": mark(), "email": mark(),
            "print_required": true})
    };
    let request = |fields: Value| ("print_request", fields);
    vec![
        request(
            json!({"data": {"type": "text", "document_name": mark(), "content": mark()}, "printer_name": "Bar"}),
        ),
        request(json!({"type": "receipt", "receipt_data": receipt(), "printer_name": "Bar"})),
        request(json!({"type": "reservation", "reservation_data": table(), "printer_name": "Bar"})),
        request(
            json!({"type": "html", "html": format!("<h1>{}</h1>", mark()), "printer_name": "Bar"}),
        ),
        request(json!({"type": mark(), "content": mark(), "printer_name": "Bar"})),
        request(json!({"type": "receipt", "receipt_data": mark()})),
        request(json!({"content": {"a": mark()}})),
        request(json!(mark())),
        request(json!([mark()])),
        ("pos", json!({"nipt": BUSINESS, "pos_data": receipt()})),
        ("pos", json!({"nipt": mark(), "pos_data": receipt()})),
        ("pos", json!({"nipt": BUSINESS, "pos_data": mark()})),
        ("reservation", json!({"nipt": BUSINESS, "reservation_data": table()})),
        ("anything else", json!({"text": mark()})),
    ]
}

/// What Odoo hands out.
fn handed_out() -> Vec<Value> {
    let job = |uuid: &str, kind: &str, payload: String| json!({"uuid": uuid, "printer_code": "BAR", "payload_type": kind, "payload_base64": payload});
    let packed = |text: String| STANDARD.encode(text);
    vec![
        job("u-1", "escpos", packed(format!("{}\n\n\u{1d}V\0", mark()))),
        job("u-2", "pdf", packed(format!("{} is no PDF", mark()))),
        job("u-3", "escpos", format!("*{}*", mark())),
        job("u-4", &mark(), packed(mark())),
    ]
}

#[test]
fn nothing_that_comes_in_is_told_and_no_secret_is() {
    let mut shop = Shop::open();
    for (word, calls) in calls() {
        let prints = calls[0]["path"].as_str().unwrap().to_owned();
        let first = shop.call(word, calls[0].clone());
        assert!((200..300).contains(&first), "{word}: {first}");
        for call in calls.into_iter().skip(1).chain(strangers(&prints)) {
            shop.call(word, call);
        }
    }
    let requests = events().iter().filter(|(event, _)| *event == "print_request").count();
    for (event, payload) in events() {
        shop.server.emit(event, payload);
    }
    wait_for("every request is answered", || {
        (shop.server.heard("print_response").len() >= requests).then_some(())
    });
    shop.odoo.order(json!({"do": "queue", "jobs": handed_out()}));
    for job in handed_out() {
        shop.odoo
            .wait("Odoo hears of it", |line| line["is"] == "acked" && line["uuid"] == job["uuid"]);
    }
    for torn in ["{\"jobs\": [{\"uuid\": \"", "{\"jobs\": \"", "<html>"] {
        let body = format!("{torn}{}", mark());
        shop.odoo.set(json!({ "garbage": body }));
        shop.odoo.wait("it is served", |line| line["is"] == "garbage" && line["body"] == body);
        shop.odoo.set(json!({"garbage": null}));
    }
    quoted(&mut shop);
    shop.wait_for_rest();
    everything_fails(&mut shop);
    shop.check();
    let (log, paper) = (shop.till.log(), shop.printer.text_of(&shop.printer.printed()));
    assert!(log.contains("TRACE") && log.len() > 5_000, "there is no log to look at");
    assert!(paper.contains(MARK), "nothing was printed");
    let senders: BTreeSet<String> =
        shop.jobs().iter().filter_map(|job| job["connector"].as_str().map(str::to_owned)).collect();
    for sender in
        ["odoo-push", "fee-maison", "printer-master-local", "api", "backend-socket", "odoo-pull"]
    {
        assert!(senders.contains(sender), "{sender} has brought nothing: {senders:?}");
    }
}

/// Servers quote what the till is known by, as they do where they refuse it.
fn quoted(shop: &mut Shop) {
    shop.server.emit("status", json!({"message": format!("Connected as {SESSION}")}));
    let body = json!({"error": format!("the token {PULL_TOKEN} is not known")}).to_string();
    shop.odoo.set(json!({ "garbage": body }));
    wait_for("people see both, without it", || {
        let said = shop.till.ask_ok(&["connectors"]);
        (said.contains("Connected as …") && said.contains("the token … is not known")).then_some(())
    });
    shop.odoo.set(json!({"garbage": null}));
}

/// Printers that break off and have no paper, a till that is killed, and systems that turn it away.
fn everything_fails(shop: &mut Shop) {
    let text = |key: &str| {
        json!({"path": "/v1/jobs", "text": format!("{} {}", mark(), "text ".repeat(50)),
        "headers": {"Content-Type": "text/plain", "Idempotency-Key": key}})
    };
    shop.printer.set_fault(Fault::HalfPrint(5));
    shop.call("api", text("f-1"));
    wait_for("it is in doubt", || {
        shop.jobs()
            .iter()
            .any(|job| job["external_id"] == "f-1" && job["state"] == "unconfirmed")
            .then_some(())
    });
    shop.printer.set_fault(Fault::PaperOut);
    shop.call("odoo-push", json!({"path": "/print/receipt", "json": receipt()}));
    shop.call("fee-maison", json!({"path": "/print/ticket", "json": sale()}));
    shop.call(
        "printer-master-local",
        json!({"path": "/print", "json": {"id": "f-2", "content": mark()}}),
    );
    shop.call("api", text("f-3"));
    shop.server.emit("print_request", json!({"content": mark()}));
    shop.odoo.order(json!({"do": "queue", "jobs": [
        {"uuid": "f-4", "printer_code": "BAR", "payload_type": "escpos", "payload_base64": STANDARD.encode(mark())}]}));
    wait_for("Odoo's is stored", || {
        shop.jobs().iter().any(|job| job["external_id"] == "f-4").then_some(())
    });
    shop.running.signal(libc::SIGKILL);
    wait_for("it is gone", || shop.running.has_ended().then_some(()));
    shop.running = start(&shop.till, &shop.stderr);
    shop.wait_until_open(2);
    shop.server.set(json!({"refuse": true}));
    shop.server.order(json!({"do": "kick"}));
    shop.odoo.set(json!({"refuse": "unauthorized"}));
    wait_for("both say so", || {
        let said = shop.till.ask_ok(&["connectors"]);
        (said.contains("not known") && said.contains("does not accept the token")).then_some(())
    });
}
