//! The Fée Maison ERP calls the till: Python requests, ten seconds, no second try. Six endpoints with the shapes of the agent
//! that it knows, a ticket in its order, and a drawer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::printer::Fault;
use platen_tests::crash::Strace;
use platen_tests::door::{DoorDesk, assert_refused, assert_turned_away, bad_bodies};
use platen_tests::shop::{sheets, wait_for};
use serde_json::{Value, json};

const ERP: &str = "fee-maison";
/// The shop's heading and last line.
const SHOP: [&str; 12] = [
    "--header",
    "Fée Maison",
    "--header",
    "12 rue des Lilas",
    "--header",
    "Alger",
    "--header",
    "Tél 021 00 00 00",
    "--header",
    "RC 16/00-1234567",
    "--footer",
    "Merci et à bientôt",
];

fn open(more: &[&str]) -> DoorDesk {
    let desk = DoorDesk::open(ERP, &[&SHOP, more].concat());
    desk.wait_for_printer();
    desk
}

fn sale() -> Value {
    json!({
        "order_id": 4711, "priority": 1, "customer_name": "Zoë Bénali", "customer_phone": "0555 12 34 56",
        "customer_address": "3 allée des Chênes", "delivery_cost": 300, "deliveryman_name": "Karim",
        "deliveryman_phone": "0666 65 43 21", "total": 2800.5, "total_amount": 2800.5,
        "items": [
            {"product_name": "Gâteau au chocolat", "quantity": 2, "unit_price": 1000, "description": "sans noix"},
            {"product_name": "Œufs en meringue", "quantity": 0.5, "unit_price": 1001, "description": null},
        ],
        "employee_name": "Noël", "amount_received": 3000, "change_amount": 199.5, "unknown": true,
    })
}

/// Blanks in amounts are not broken on paper; here they are all alike.
fn paper(desk: &DoorDesk, sheet: usize) -> String {
    let text = desk.printer.text_of(&sheets(&desk.printer, sheet + 1)[sheet].bytes);
    text.replace(['\u{a0}', '\u{202f}'], " ")
}

#[test]
fn a_sale_is_a_ticket_in_the_order_of_the_shop_and_then_the_drawer() {
    let mut desk = open(&[]);
    for (path, body) in [("/print/ticket", sale()), ("/drawer/open", json!({"priority": 1}))] {
        let (status, said) = desk.post(path, body);
        assert_eq!((status, &said["success"]), (200, &json!(true)), "{said}");
        assert!(said["message"].is_string(), "{said}");
    }
    wait_for("the drawer opens", || (desk.printer.drawer_kicks() == 1).then_some(()));
    let text = paper(&desk, 0);
    let mut rest = text.as_str();
    for words in [
        "Fée Maison",
        "12 rue des Lilas",
        "Alger",
        "Tél 021 00 00 00",
        "RC 16/00-1234567",
        "Ticket N° 4711",
        "/20",
        "Client : Zoë Bénali",
        "0555 12 34 56",
        "3 allée des Chênes",
        "Type : Livraison",
        "Gâteau au chocolat",
        "2 x 1 000,00 DA",
        "2 000,00 DA",
        "sans noix",
        "Œufs en meringue",
        "0,5 x 1 001,00 DA",
        "500,50 DA",
        "Frais de livraison",
        "300,00 DA",
        "TOTAL",
        "2 800,50 DA",
        "Livreur : Karim",
        "Paiement : Espèces",
        "Montant reçu",
        "3 000,00 DA",
        "Monnaie rendue",
        "199,50 DA",
        "Merci et à bientôt",
    ] {
        let at = rest.find(words);
        let at =
            at.unwrap_or_else(|| panic!("{words:?} is not there, or not in its place:\n{text}"));
        rest = &rest[at + words.len()..];
    }
    let bytes = desk.printer.printed();
    let at = |wanted: &[u8]| bytes.windows(wanted.len()).position(|window| window == wanted);
    assert!(bytes.starts_with(b"\x1b@"), "it does not begin by a reset");
    let kick = at(b"\x1bp\x00\x19\xfa").expect("no kick of the drawer");
    let total = at(b"TOTAL").expect("no total");
    assert!(kick > total, "the drawer opens before the ticket");
}

#[test]
fn every_endpoint_has_the_shape_that_the_erp_knows() {
    let mut desk = open(&[]);
    let health = desk.call(json!({"path": "/health", "method": "GET", "headers": {}}));
    assert_eq!(health["status"], 200, "{health}");
    let body = &health["body"];
    assert_eq!((&body["status"], &body["service"]), (&json!("healthy"), &json!("printer_agent")));
    assert!(body["timestamp"].is_string() && body["printer_connected"] == true, "{body}");
    // As the ERP does it: nothing in the body, and JSON as its type.
    for path in ["/test/print", "/drawer/open"] {
        let mut headers = desk.with_token();
        headers["Content-Type"] = json!("application/json");
        let answer = desk.call(json!({"path": path, "headers": headers}));
        let said = (&answer["status"], &answer["body"]["success"]);
        assert_eq!(said, (&json!(200), &json!(true)), "{answer}");
    }
    let slip = json!({"amount": 15000.75, "notes": "Dépôt à la banque", "employee_name": "Noël", "priority": 2});
    assert_eq!(desk.post("/print/cashout", slip).0, 200);
    for (path, body) in [
        ("/print/ticket", json!({"customer_name": "Zoë"})),
        ("/print/ticket", json!({"order_id": null})),
        ("/print/cashout", json!({})),
        ("/print/cashout", json!({"amount": 0})),
        ("/print/cashout", json!({"amount": -5})),
        ("/print/cashout", json!({"amount": "much"})),
        ("/print/ticket", json!([1])),
    ] {
        let (status, said) = desk.post(path, body.clone());
        assert_eq!(status, 400, "{path} {body}: {said}");
        assert!(said["error"].is_string(), "{said}");
    }
    for (amount, why) in [
        (json!(-5), "greater than 0"),
        (json!(0.001), "at least 0.01"),
        (json!(1e300), "less than 1000000000000"),
    ] {
        let (status, said) = desk.post("/print/cashout", json!({ "amount": amount }));
        assert_eq!(status, 400, "{amount}: {said}");
        assert!(said["error"].as_str().unwrap().contains(why), "{amount}: {said}");
    }
    let bad = desk.call(json!({"path": "/print/ticket", "text": "{\"order_id\": secret"}));
    assert_eq!(bad["status"], 400);
    assert!(!bad["body"].to_string().contains("secret"), "{bad}");
    let texts = [paper(&desk, 0), paper(&desk, 1)];
    assert!(texts.iter().any(|text| text.contains("Imprimante")), "{texts:?}");
    let slip = texts.iter().find(|text| text.contains("RETRAIT DE CAISSE")).unwrap();
    for words in ["15 000,75 DA", "Dépôt à la banque", "Noël"] {
        assert!(slip.contains(words), "{words:?}:\n{slip}");
    }
    let status = desk.call(json!({"path": "/status", "method": "GET"}));
    let (agent, printer) = (&status["body"]["agent"], &status["body"]["printer"]);
    let (host, port) = desk.address();
    assert_eq!((&agent["host"], &agent["port"]), (&json!(host), &json!(port)), "{status}");
    let uptime: Vec<_> = agent["uptime"].as_str().unwrap().split(':').map(str::len).collect();
    assert_eq!(uptime, [1, 2, 2], "{agent}");
    let stats = &agent["stats"];
    let names = ["requests_received", "print_jobs", "drawer_jobs", "errors"];
    let counts = names.map(|name| stats[name].as_u64());
    assert_eq!(counts, [Some(14), Some(2), Some(1), Some(11)], "{stats}");
    assert!(stats["started_at"].is_string(), "{stats}");
    for name in ["enabled", "running", "connected"] {
        assert_eq!(printer[name], true, "{name}: {printer}");
    }
    assert!(printer["queue_size"].is_u64() && printer["config"]["timeout"].is_u64(), "{printer}");
}

#[test]
fn nothing_but_the_health_is_told_without_the_token() {
    let mut desk = open(&[]);
    for (method, path) in [
        ("GET", "/status"),
        ("POST", "/print/ticket"),
        ("POST", "/drawer/open"),
        ("POST", "/test/print"),
        ("POST", "/print/cashout"),
        ("GET", "/nothing"),
        // Which methods there are is nobody's business either.
        ("GET", "/print/ticket"),
        ("DELETE", "/status"),
    ] {
        let answer = desk.call(json!({"method": method, "path": path, "headers": {}}));
        assert!([401, 429].contains(&answer["status"].as_u64().unwrap()), "{path}: {answer}");
        assert!(answer["body"]["error"].is_string(), "{path}: {answer}");
        assert!(answer["head"].get("allow").is_none(), "{path}: {answer}");
    }
    let done = (desk.printer.sheet_count(), desk.printer.drawer_kicks(), desk.jobs().len());
    assert_eq!(done, (0, 0, 0));
}

#[test]
fn a_ticket_waits_for_its_printer_and_the_drawer_does_not() {
    let mut desk = open(&[]);
    desk.printer.set_fault(Fault::Refuses);
    assert_eq!(desk.post("/print/ticket", sale()).1["success"], true);
    assert_eq!(desk.post("/drawer/open", json!({})).1["success"], true);
    wait_for("the drawer is given up", || {
        let given_up = |job: &&Value| job["document_type"] == "drawer" && job["state"] == "aborted";
        desk.jobs().iter().find(given_up).map(|_| ())
    });
    desk.printer.clear_faults();
    assert!(paper(&desk, 0).contains("Ticket N° 4711"));
    assert_eq!(desk.printer.drawer_kicks(), 0, "it opens while nobody stands there");
}

#[test]
fn with_tls_the_erp_verifies_the_certificate() {
    let mut desk = open(&["--encryption", "tls"]);
    let file = desk.till.home().join("door-certificate.pem");
    let url = format!("https://localhost:{}/print/ticket", desk.address().1);
    let order = json!({"url": url, "verify": file, "json": sale(), "headers": desk.with_token()});
    let answer = desk.call(order.clone());
    let said = (&answer["status"], &answer["body"]["success"]);
    assert_eq!(said, (&json!(200), &json!(true)), "{answer}");
    let mut stranger = order;
    stranger["verify"] = json!(true);
    assert_eq!(desk.call(stranger)["failed"], "SSLError");
    assert!(paper(&desk, 0).contains("4711"));
}

#[test]
fn a_ticket_that_the_erp_took_for_failed_says_so_on_paper() {
    Strace::demand();
    let mut desk = open(&[]);
    // It waits for its printer, so that nothing is written but the answer.
    desk.printer.set_fault(Fault::Refuses);
    wait_for("the printer is away", || {
        let printers = desk.till.ask_json(&["printers", "--json"]);
        printers.as_array()?.iter().any(|one| one["health"] == "offline").then_some(())
    });
    let strace = Strace::attach_to(&desk.running, "writev,sendto", &[], 1);
    let answer = desk.call(json!({"path": "/print/ticket", "json": sale()}));
    assert_eq!(answer["failed"], "ConnectionError", "the ERP was answered: {answer}");
    wait_for("it is killed before it answers", || desk.running.has_ended().then_some(()));
    drop(strace);
    desk.kill_and_start();
    let jobs = desk.jobs();
    assert_eq!(jobs.len(), 1, "it was killed before it had stored the ticket: {jobs:?}");
    // The next one is answered, and the till dies all the same before it can print.
    let mut next = sale();
    next["order_id"] = json!(4712);
    assert_eq!(desk.post("/print/ticket", next).0, 200);
    let unheard = json!({"do": "count", "file": desk.till.home().join("spool/spool.db"), "table": "unanswered"});
    wait_for("that is noted", || (desk.tell(unheard.clone())["rows"] == 1).then_some(()));
    desk.kill_and_start();
    desk.printer.clear_faults();
    let texts = [paper(&desk, 0), paper(&desk, 1)];
    let of = |number: &str| texts.iter().find(|text| text.contains(number)).unwrap();
    let mark = "POSSIBLE DUPLICATE";
    assert!(of("Ticket N° 4711").contains(mark), "{texts:?}");
    assert!(!of("Ticket N° 4712").contains(mark), "{texts:?}");
}

#[test]
fn what_cannot_be_read_is_refused_with_a_reason_at_every_endpoint() {
    let mut desk = open(&[]);
    let endpoints = ["/print/ticket", "/print/cashout", "/drawer/open", "/test/print"];
    for path in endpoints {
        for (case, body, status) in bad_bodies() {
            let mut order = body;
            order["path"] = json!(path);
            assert_refused(&format!("{path}, {case}"), &desk.call(order), status);
        }
        for (method, status) in [("GET", 405), ("PUT", 405), ("DELETE", 405)] {
            let answer = desk.call(json!({"path": path, "method": method}));
            assert_refused(&format!("{method} {path}"), &answer, status);
        }
        for headers in desk.wrong_tokens() {
            let answer = desk.call(json!({"path": path, "json": sale(), "headers": headers}));
            assert_turned_away(path, &answer);
        }
    }
    for (path, text) in [
        ("/print/ticket", ""),
        ("/print/ticket", "null"),
        ("/print/ticket", "{}"),
        ("/print/ticket", r#"{"order_id": ""}"#),
        ("/print/ticket", r#"{"order_id": {}}"#),
        ("/print/cashout", ""),
        ("/print/cashout", "null"),
        ("/print/cashout", r#"{"amount": null}"#),
        ("/print/cashout", r#"{"amount": [1]}"#),
        ("/print/cashout", r#"{"amount": "1e999"}"#),
    ] {
        let answer = desk.call(json!({"path": path, "text": text}));
        assert_refused(&format!("{path} {text}"), &answer, 400);
    }
    for path in
        ["/print", "/print/ticket/", "/print/ticket/1", "/PRINT/TICKET", "/%2e%2e/etc/passwd"]
    {
        assert_refused(path, &desk.call(json!({"path": path, "json": sale()})), 404);
    }
    let done = (desk.printer.sheet_count(), desk.printer.drawer_kicks(), desk.jobs().len());
    assert_eq!(done, (0, 0, 0));
    // Fields of no use are no reason to leave a customer without a ticket.
    let odd = json!({"order_id": 4713, "items": [null, 7, {"quantity": "x"}], "total": {}, "customer_name": []});
    assert_eq!(desk.post("/print/ticket", odd).0, 200);
    assert!(paper(&desk, 0).contains("Ticket N° 4713"));
    let log = desk.till.log();
    assert!(!log.contains("secret") && !log.contains(&desk.token), "{log}");
}
