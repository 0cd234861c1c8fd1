//! Backend-Socket: jobs of a Flask-SocketIO server come out of the right printer, in order, and each request is answered
//! once with what became of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::PrinterHandle;
use platen_simulators::printer::Fault;
use platen_tests::shop::{Gateway, printer, sheets, wait_for};
use platen_tests::{RunningTill, Till};
use serde_json::{Value, json};
use std::fs;

/// The two ways in which Flask-SocketIO is run in the field.
const MODES: [&str; 2] = ["threading", "gevent"];

fn flask(mode: &str, port: u16) -> Gateway {
    Gateway::script("backend_socket.py", &[mode, &port.to_string()])
}

/// A server, a till, and its printers: Bar, which is the default one, Kitchen and Grill.
struct Shop {
    running: RunningTill,
    server: Gateway,
    printers: Vec<PrinterHandle>,
    till: Till,
}

impl Shop {
    fn open(mode: &str) -> Shop {
        let server = flask(mode, 0);
        let till = Till::new();
        let printers: Vec<PrinterHandle> = (0..3).map(|_| printer()).collect();
        let names = [("Bar", "receipt"), ("Kitchen", "kitchen"), ("Grill", "kitchen")];
        for ((name, kind), printer) in names.iter().zip(&printers) {
            till.ask_ok(&["printers", "add", name, &printer.uri(), "--kind", kind]);
        }
        till.ask_ok(&["printers", "add", "Bar", &printers[0].uri(), "--role", "default"]);
        let session = till.home().join("session.txt");
        fs::write(&session, "till 1/ä&b\n").unwrap();
        let session = session.to_str().unwrap().to_owned();
        let url = server.url();
        till.ask_ok(&[
            "connectors",
            "backend-socket",
            "--url",
            &url,
            "--session-file",
            &session,
            "--username",
            "kasë=1",
            "--nipt",
            "K1 23+x",
        ]);
        let running = till.start();
        let mut shop = Shop { running, server, printers, till };
        shop.wait_for_sessions(1);
        shop
    }

    fn wait_for_sessions(&mut self, n: usize) {
        self.server.wait_for_count(n, |line| line["is"] == "connected");
    }

    fn request(&mut self, request: Value) {
        self.server.emit("print_request", request);
    }

    /// Waits for the answers so far, and gives them.
    fn answers(&mut self, n: usize) -> Vec<Value> {
        wait_for(&format!("{n} answers"), || {
            let answers = self.server.heard("print_response");
            (answers.len() >= n).then_some(answers)
        })
    }

    /// What is on the sheets of a printer.
    fn paper(&self, index: usize, n: usize) -> Vec<String> {
        let printer = &self.printers[index];
        sheets(printer, n).iter().map(|sheet| printer.text_of(&sheet.bytes)).collect()
    }

    /// Nothing more is said or printed after everything is told: a job of this machine goes the same way.
    fn settle_down(&self) {
        self.till.ask_ok(&["test-print", "Bar"]);
    }

    /// Starts the till again.
    fn restart(mut self) -> Shop {
        let sessions = self.server.count(|line| line["is"] == "connected");
        self.running.kill();
        self.running = self.till.start();
        self.wait_for_sessions(sessions + 1);
        self
    }
}

fn pair(answer: &Value) -> (&str, &str) {
    (answer["status"].as_str().unwrap(), answer["printer"].as_str().unwrap())
}

#[test]
fn every_kind_of_request_comes_out_and_is_answered_once() {
    for mode in MODES {
        let mut shop = Shop::open(mode);
        let session = shop.server.wait("a session", |line| line["is"] == "connected");
        let who = ["session_id", "username", "nipt", "transport"].map(|name| session[name].clone());
        assert_eq!(json!(who), json!(["till 1/ä&b", "kasë=1", "K1 23+x", "websocket"]), "{mode}");
        assert_eq!(session["auth"], Value::Null, "no auth object");

        let receipt = json!({"date": "01.03.2026 12:30", "receipt_number": "F-17", "customer_name": "Ana Hoxha",
            "items": [{"name": "Tavë kosi", "quantity": 2, "price": 450}, {"name": "Ujë"}],
            "total": 900, "footer": "Faleminderit"});
        let reservation = json!({"confirmation_number": "R-9", "customer_name": "Ana", "date": "2026-03-01",
            "time": "20:00", "party_size": 4, "table_number": 12, "special_requests": "By the window",
            "phone": "069 1", "email": "a@b.al"});
        shop.request(json!({"data": {"type": "text", "document_name": "x", "content": "Plain words"}, "printer_name": "bar"}));
        shop.request(json!({"type": "receipt", "receipt_data": receipt, "printer_name": "Bar"}));
        shop.request(json!({"data": {"type": "reservation", "reservation_data": reservation}}));
        shop.request(json!({"data": {"type": "html", "html": "<h1>Supë</h1><p>Two</p>"}, "printer_name": "KITCHEN"}));
        shop.request(json!({"content": "<!DOCTYPE HTML><p>Sniffed</p>", "printer_name": "itch"}));
        let answers = shop.answers(5);
        let mut pairs: Vec<_> = answers.iter().map(pair).collect();
        pairs.sort_unstable();
        let expected = ["Bar", "Bar", "KITCHEN", "bar", "itch"].map(|name| ("success", name));
        assert_eq!(pairs, expected, "{mode}: {answers:?}");
        for answer in &answers {
            let mut fields: Vec<_> = answer.as_object().unwrap().keys().cloned().collect();
            fields.sort_unstable();
            assert_eq!(fields, ["message", "printer", "status", "timestamp"], "{answer}");
            let moment = answer["timestamp"].as_str().unwrap();
            assert!(moment.len() == 26 && !moment.ends_with('Z'), "{answer}");
        }
        let bar = shop.paper(0, 3);
        assert!(bar[0].contains("Plain words"), "{bar:?}");
        for words in ["F-17", "Ana Hoxha", "Tavë kosi", "900.00", "Faleminderit"] {
            assert!(bar[1].contains(words), "{words} is not on {}", bar[1]);
        }
        for words in ["R-9", "Ana", "2026-03-01", "20:00", "12", "By the window", "069 1", "a@b.al"]
        {
            assert!(bar[2].contains(words), "{words} is not on {}", bar[2]);
        }
        let kitchen = shop.paper(1, 2);
        assert!(kitchen[0].contains("Supë") && kitchen[0].contains("Two"), "{kitchen:?}");
        assert!(kitchen[1].contains("Sniffed") && !kitchen[1].contains('<'), "{kitchen:?}");
        let status = shop.till.ask_ok(&["status"]);
        assert!(status.contains("Backend-Socket: online for"), "{status}");
        assert!(status.contains("The server says: Connected as kasë=1"), "{status}");
        assert!(!status.contains("Gateway: none"), "{status}");
        assert_eq!(shop.answers(5).len(), 5);
    }
}

#[test]
fn three_kitchens_keep_their_order() {
    const TICKETS: usize = 232;
    for mode in MODES {
        let mut shop = Shop::open(mode);
        let names = ["Bar", "Kitchen", "Grill"];
        let ticket = |number: usize| {
            json!({"data": {"type": "html", "html": format!("<html><body><p>Ticket {number:03}</p></body></html>")},
                "printer_name": names[number % 3]})
        };
        let all: Vec<Value> = (0..TICKETS).map(ticket).collect();
        shop.server
            .order(json!({"do": "burst", "event": "print_request", "all": all, "every_ms": 10}));
        let answers = shop.answers(TICKETS);
        assert!(answers.iter().all(|answer| answer["status"] == "success"), "{mode}");
        for (index, name) in names.iter().enumerate() {
            let expected: Vec<usize> = (index..TICKETS).step_by(3).collect();
            let number = |text: &String| {
                text.split("Ticket ").nth(1).unwrap()[..3].parse::<usize>().unwrap()
            };
            let printed: Vec<usize> =
                shop.paper(index, expected.len()).iter().map(number).collect();
            assert_eq!(printed, expected, "{mode}: {name}");
            assert_eq!(
                answers.iter().filter(|answer| answer["printer"] == *name).count(),
                expected.len()
            );
        }
        assert_eq!(shop.answers(TICKETS).len(), TICKETS);
    }
}

#[test]
fn a_printer_that_is_not_here_and_one_that_is_not_named() {
    let mut shop = Shop::open("threading");
    shop.request(json!({"content": "For nobody", "printer_name": "Cellar"}));
    shop.request(json!({"content": "For anybody"}));
    let answers = shop.answers(2);
    assert_eq!(
        answers.iter().map(pair).collect::<Vec<_>>(),
        [("failed", "Cellar"), ("success", "Bar")]
    );
    let message = answers[0]["message"].as_str().unwrap();
    let words =
        "There is no printer called \"Cellar\" on this till. This went to Bar instead: Printed";
    assert!(message.starts_with(words), "{message}");
    let paper = shop.paper(0, 2);
    assert!(paper[0].contains("For nobody") && paper[1].contains("For anybody"), "{paper:?}");
    let status = shop.till.ask_ok(&["connectors"]);
    assert!(status.contains("not on this till") && status.contains("Cellar"), "{status}");
}

#[test]
fn updates_are_printed_where_they_say_so_and_not_answered() {
    let mut shop = Shop::open("gevent");
    let pos = |words: &str, required: bool, nipt: &str| json!({"nipt": nipt, "pos_data": {"print_required": required, "receipt_number": words, "total": 5}});
    shop.server.emit("pos", pos("A-1", true, "K1 23+x"));
    shop.server.emit("pos", pos("A-2", false, "K1 23+x"));
    shop.server.emit("pos", pos("A-3", true, "another business"));
    let table = json!({"print_required": true, "customer_name": "Besa"});
    shop.server.emit("reservation", json!({"nipt": "K1 23+x", "reservation_data": table}));
    shop.request(json!({"content": "The last one"}));
    assert_eq!(pair(&shop.answers(1)[0]), ("success", "Bar"));
    let paper = shop.paper(0, 3);
    let words = ["A-1", "Besa", "The last one"];
    assert!(words.iter().zip(&paper).all(|(words, sheet)| sheet.contains(words)), "{paper:?}");
    shop.settle_down();
    assert_eq!((shop.printers[0].sheet_count(), shop.answers(1).len()), (4, 1));
}

#[test]
fn what_is_no_request_is_answered_in_words_and_the_line_stays() {
    let mut shop = Shop::open("threading");
    let deep = (0..90).fold(json!("x"), |inner, _| json!([inner]));
    let hostile = [
        (json!("a text"), "error"),
        (json!(["a list"]), "error"),
        (json!(7), "error"),
        (json!({}), "failed"),
        (json!({"content": ""}), "failed"),
        (json!({"content": {"not": "a text"}}), "failed"),
        (json!({"type": "receipt", "receipt_data": "no object"}), "failed"),
        (json!({"type": "reservation", "reservation_data": {}}), "failed"),
        (json!({"type": ["html"], "html": deep}), "failed"),
        (json!({"content": "x".repeat(17 << 20)}), "failed"),
        (json!({"content": "Nul \u{0} and \u{1b}@ within", "printer_name": "\u{0}"}), "failed"),
        (
            json!({"type": "html", "html": "<p>Nul \u{0} here</p>", "printer_name": "Kitchen"}),
            "success",
        ),
        (
            json!({"content": "Still here", "printer_name": {"an": "object"}, "unknown": [deep]}),
            "success",
        ),
    ];
    for (index, (request, status)) in hostile.iter().enumerate() {
        shop.request(request.clone());
        let answer = shop.answers(index + 1).pop().unwrap();
        assert_eq!(answer["status"], *status, "number {index}: {answer}");
        assert!(!answer["message"].as_str().unwrap().is_empty());
        assert_eq!(answer.get("printer").is_none(), *status == "error", "number {index}: {answer}");
    }
    shop.server.order(json!({"do": "emit", "event": "print_request", "args": []}));
    assert_eq!(shop.answers(hostile.len() + 1).pop().unwrap()["status"], "error");
    for event in ["pos", "reservation", "status", "anything else"] {
        for payload in [json!(null), json!([1]), json!({"pos_data": 1, "reservation_data": []})] {
            shop.server.emit(event, payload);
        }
    }
    // Longer than any message may be: the session ends, and the next one goes on.
    shop.request(json!({"content": "y".repeat(25 << 20)}));
    shop.wait_for_sessions(2);
    shop.request(json!({"content": "Afterwards"}));
    let answers = shop.answers(hostile.len() + 2);
    assert_eq!(
        (answers.len(), pair(&answers[hostile.len() + 1])),
        (hostile.len() + 2, ("success", "Bar"))
    );
    let bar = shop.paper(0, 3);
    assert!(
        bar[0].contains("within") && bar[1].contains("Still here") && bar[2].contains("Afterwards")
    );
    assert!(shop.paper(1, 1)[0].contains("here"));
    let status = shop.till.ask_json(&["status", "--json"]);
    assert_eq!(status["restarts"], 0, "{status}");
    assert!(!shop.till.log().contains("Still here"), "a log is no receipt");
}

#[test]
fn half_a_character_costs_nobody_a_receipt() {
    for mode in MODES {
        let mut shop = Shop::open(mode);
        let text = r#"{"content": "Half \ud83d of it", "total": NaN}"#;
        shop.server.order(json!({"do": "emit_json", "event": "print_request", "text": text}));
        shop.request(json!({"content": "Behind it"}));
        let answers = shop.answers(2);
        assert_eq!(answers.iter().map(pair).collect::<Vec<_>>(), [("success", "Bar"); 2]);
        let paper = shop.paper(0, 2);
        assert!(paper[0].contains("Half") && paper[0].contains("of it"), "{paper:?}");
        assert!(paper[1].contains("Behind it"), "{paper:?}");
        assert_eq!(shop.server.count(|line| line["is"] == "connected"), 1, "the session ended");
    }
}

#[test]
fn requests_that_are_refused_while_the_line_breaks_are_answered_when_it_is_back() {
    let mut shop = Shop::open("threading");
    let empty = vec![json!({"content": ""}); 30];
    let every = json!({"do": "burst", "event": "print_request", "all": empty, "every_ms": 0});
    shop.server.order(every);
    shop.server.order(json!({"do": "kick"}));
    shop.wait_for_sessions(2);
    shop.request(json!({"content": "Afterwards"}));
    let answers = shop.answers(31);
    let told = |status: &str| answers.iter().filter(|answer| answer["status"] == status).count();
    assert_eq!((told("failed"), told("success"), answers.len()), (30, 1, 31), "{answers:?}");
}

#[test]
fn a_server_that_goes_away_gets_its_answers_when_it_is_back() {
    let mut shop = Shop::open("threading");
    shop.printers[0].set_fault(Fault::CoverOpen);
    for words in ["One", "Two"] {
        shop.request(json!({"content": words, "printer_name": "Bar"}));
    }
    wait_for("both are stored", || {
        (shop.till.ask_json(&["jobs", "--json"]).as_array()?.len() == 2).then_some(())
    });
    let port = shop.server.port();
    let old = std::mem::replace(&mut shop.server, flask("gevent", 0));
    old.kill();
    shop.printers[0].clear_faults();
    shop.paper(0, 2);
    shop.server = flask("threading", port);
    shop.wait_for_sessions(1);
    let answers = shop.answers(2);
    assert_eq!(answers.iter().map(pair).collect::<Vec<_>>(), [("success", "Bar"); 2]);
    // It turns everybody away for a while; nobody has to do anything.
    shop.server.set(json!({"refuse": true}));
    shop.server.order(json!({"do": "kick"}));
    wait_for("people see why", || {
        shop.till.ask_ok(&["status"]).contains("this printer is not known").then_some(())
    });
    assert_eq!((shop.answers(2).len(), shop.printers[0].sheet_count()), (2, 2));
}

#[test]
fn a_till_that_is_killed_answers_each_request_once() {
    let mut shop = Shop::open("threading");
    let cover_opens = Fault::AfterBytes { n: 300, then: Box::new(Fault::CoverOpen) };
    shop.printers[0].set_fault(cover_opens);
    shop.request(json!({"content": "A long receipt. ".repeat(200), "printer_name": "Bar"}));
    shop.request(json!({"content": "Behind it", "printer_name": "Bar"}));
    wait_for("it is being printed", || {
        let jobs = shop.till.ask_json(&["jobs", "--json"]);
        let stands = jobs.as_array()?.len() == 2 && shop.printers[0].printed_bytes() >= 300;
        stands.then_some(())
    });
    let mut shop = shop.restart();
    shop.printers[0].clear_faults();
    let answers = shop.answers(2);
    let mut pairs: Vec<_> = answers.iter().map(pair).collect();
    pairs.sort_unstable();
    assert_eq!(pairs, [("failed", "Bar"), ("success", "Bar")], "{answers:?}");
    let failed = answers.iter().find(|answer| answer["status"] == "failed").unwrap();
    let words = "This may or may not be on paper.";
    assert!(failed["message"].as_str().unwrap().starts_with(words), "{failed}");
    // A person says what became of it: that is no second answer. Nor is a start.
    let jobs = shop.till.ask_json(&["jobs", "--state", "unconfirmed", "--json"]);
    shop.till.ask_ok(&["resolve", &jobs[0]["id"].to_string(), "printed"]);
    shop.settle_down();
    let mut shop = shop.restart();
    shop.settle_down();
    assert_eq!(shop.answers(2).len(), 2);
}

#[test]
fn the_old_clients_settings_are_taken_over() {
    let till = Till::new();
    till.ask_ok(&["printers", "add", "Bar", "tcp://127.0.0.1:9"]);
    let file = till.home().join("old.env");
    let path = file.to_str().unwrap().to_owned();
    fs::write(&file, "# till\nSOCKET_URL=http://print.example.com:5001\nSESSION_ID='secret-session'\n\
        USERNAME=ana\nCLIENT_USERNAME=\"kasa 1\"\nNIPT=K123\nDEFAULT_PRINTER=BAR\nLOG_LEVEL=debug\n").unwrap();
    let said = till.ask_ok(&["import", &path]);
    for words in [
        "taken  SOCKET_URL: the server is http://print.example.com:5001",
        "taken  SESSION_ID",
        "taken  CLIENT_USERNAME: the till's name there is kasa 1",
        "taken  NIPT",
        "taken  DEFAULT_PRINTER",
        "left   SOCKET_URL: this line would cross the network unencrypted",
        "left   USERNAME: CLIENT_USERNAME says it",
        "left   LOG_LEVEL: Platen has no such setting",
    ] {
        assert!(said.contains(words), "{words:?} is not in {said}");
    }
    assert!(!said.contains("secret-session"), "{said}");
    let settings = fs::read_to_string(till.home().join("settings.toml")).unwrap();
    for line in [
        "session_id = \"secret-session\"",
        "username = \"kasa 1\"",
        "nipt = \"K123\"",
        "printer = \"BAR\"",
    ] {
        assert!(settings.contains(line), "{line} is not in {settings}");
    }
    let bundle = till.home().join("out.zip");
    till.ask(&["doctor", "--bundle", bundle.to_str().unwrap()]);
    let packed = fs::read(&bundle).unwrap();
    assert!(!packed.windows(14).any(|part| part == b"secret-session"), "the session id is packed");
    till.ask_ok(&["connectors", "backend-socket", "--off", "--allow-unencrypted"]);
    let settings = fs::read_to_string(till.home().join("settings.toml")).unwrap();
    assert!(settings.contains("enabled = false") && settings.contains("allow_unencrypted = true"));
    till.ask_ok(&["connectors", "backend-socket", "--remove"]);
    fs::write(&file, "SOCKET_URL=nonsense\n").unwrap();
    assert!(!till.ask(&["import", &path]).status.success());
    fs::write(&file, "OTHER=1\n").unwrap();
    let refused = till.ask(&["import", &path]);
    assert!(String::from_utf8_lossy(&refused.stderr).contains("SOCKET_URL"), "{refused:?}");
    let settings = fs::read_to_string(till.home().join("settings.toml")).unwrap();
    assert!(!settings.contains("backend_socket"), "{settings}");
}
