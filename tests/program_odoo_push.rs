//! Odoo calls the till: Python requests, the certificate not verified, ten seconds, no second try. What its cashier is told
//! is true, and what was told as failed does not come out later.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::printer::{Fault, FaultKind};
use platen_tests::Till;
use platen_tests::door::{
    DoorDesk, assert_refused, assert_turned_away, bad_bodies, caller, door, token_in,
};
use platen_tests::shop::{sheets, wait_for};
use serde_json::{Value, json};
use std::fs;
use std::net::TcpListener;
use std::num::NonZeroU32;
use std::os::unix::fs::PermissionsExt;

const ODOO: &str = "odoo-push";
const RECEIPT: &str = "/print/receipt";
const TEST: &str = "/print/test";

fn open() -> DoorDesk {
    let desk = DoorDesk::open(ODOO, &["--printer", "Counter", "--currency", "EUR"]);
    desk.wait_for_printer();
    desk
}

fn receipt(number: &str) -> Value {
    json!({
        "company_name": "Café Zoë",
        "order_number": number,
        "date": "2026-11-28 12:30",
        "items": [
            {"name": "Flat white", "qty": 2, "price": 3.8, "total": 7.6},
            {"product_name": "Tarte aux pommes", "quantity": 1, "unit_price": 5, "total": 5.0},
        ],
        "subtotal": 12.6, "tax": 1.26, "total": 13.86,
        "payment_method": "Card", "cashier": "Sam", "pos_session": 7,
    })
}

fn said(answer: &Value) -> &str {
    answer["message"].as_str().unwrap_or_else(|| panic!("no message: {answer}"))
}

#[test]
fn a_receipt_is_with_the_printer_when_odoo_is_told_so() {
    let mut desk = open();
    let (status, body) = desk.post(RECEIPT, receipt("SO-0017"));
    assert_eq!((status, body), (200, json!({"success": true, "message": "Print job processed"})));
    let sheet = &sheets(&desk.printer, 1)[0];
    let paper = desk.printer.text_of(&sheet.bytes);
    for words in [
        "Café Zoë",
        "SO-0017",
        "2 x Flat white",
        "7.60",
        "Tarte aux pommes",
        "5.00",
        "12.60",
        "1.26",
        "13.86",
        "Card",
        "Sam",
    ] {
        assert!(paper.contains(words), "{words:?} is not on paper:\n{paper}");
    }
    assert!(!paper.contains("POSSIBLE DUPLICATE"), "{paper}");
    let job = &desk.jobs()[0];
    assert_eq!((&job["connector"], &job["state"]), (&json!(ODOO), &json!("completed")));
    let job = desk.till.ask_json(&["job", &job["id"].to_string(), "--json"]);
    assert_eq!(job["notes"], json!(["not printed: pos_session"]));
    let (status, body) = desk.post(TEST, json!({}));
    assert_eq!((status, &body["success"]), (200, &json!(true)));
    assert!(desk.printer.text_of(&sheets(&desk.printer, 2)[1].bytes).contains("Odoo"));
}

#[test]
fn what_was_told_as_failed_does_not_come_out_later() {
    let mut desk = open();
    for (number, fault, why) in [
        ("SO-1", Fault::Refuses, "does not answer"),
        ("SO-2", Fault::PaperOut, "paper is out"),
        ("SO-3", Fault::CoverOpen, "cover is open"),
    ] {
        let kind = fault.kind();
        desk.printer.set_fault(fault);
        let answer = desk.call(json!({"path": RECEIPT, "json": receipt(number)}));
        assert_eq!((&answer["status"], &answer["body"]["success"]), (&json!(200), &json!(false)));
        let words = said(&answer["body"]);
        assert!(words.contains(why) && words.contains("Nothing was printed"), "{words}");
        desk.printer.clear_fault(kind);
    }
    desk.wait_for_printer();
    // Whatever waits would come out before it.
    assert_eq!(desk.post(RECEIPT, receipt("SO-4")).1["success"], true);
    assert_eq!(desk.printer.sheet_count(), 1);
    assert!(desk.printer.text_of(&desk.printer.sheets()[0].bytes).contains("SO-4"));
    let states: Vec<_> = desk.jobs().iter().map(|job| job["state"].clone()).collect();
    assert_eq!(states, ["completed", "canceled", "canceled", "canceled"]);
}

#[test]
fn a_test_print_fails_at_once_with_a_status_that_odoo_looks_at() {
    let mut desk = open();
    desk.printer.set_fault(Fault::PaperOut);
    let (status, body) = desk.post(TEST, json!({}));
    assert_eq!(status, 500);
    assert!(body["error"].as_str().unwrap().contains("paper is out"), "{body}");
    assert_eq!(desk.printer.sheet_count(), 0);
}

#[test]
fn a_slow_printer_that_has_taken_everything_is_a_success() {
    let mut desk = open();
    desk.printer.set_fault(Fault::Slow(NonZeroU32::new(40).unwrap()));
    let answer = desk.call(json!({"path": RECEIPT, "json": receipt("SO-9")}));
    assert_eq!(answer["body"]["success"], true, "{answer}");
    assert_eq!(desk.printer.sheet_count(), 0, "it was not slow");
    desk.printer.clear_fault(FaultKind::Slow);
    assert!(desk.printer.text_of(&sheets(&desk.printer, 1)[0].bytes).contains("SO-9"));
}

#[test]
fn a_receipt_that_the_printer_has_when_its_paper_ends_is_told_as_printed_and_comes_out_once() {
    let mut desk = open();
    desk.printer.set_fault(Fault::AfterBytes { n: 100, then: Box::new(Fault::PaperOut) });
    let answer = desk.call(json!({"path": RECEIPT, "json": receipt("SO-1")}));
    assert_eq!(answer["body"]["success"], true, "{answer}");
    assert_eq!(desk.printer.sheet_count(), 0, "the paper did not end");
    desk.printer.clear_faults();
    let paper = desk.printer.text_of(&sheets(&desk.printer, 1)[0].bytes);
    assert!(paper.contains("SO-1") && paper.contains("13.86"), "{paper}");
    assert_eq!(desk.post(RECEIPT, receipt("SO-2")).1["success"], true);
    let papers = sheets(&desk.printer, 2);
    assert!(desk.printer.text_of(&papers[1].bytes).contains("SO-2"));
    assert_eq!(desk.printer.sheet_count(), 2);
}

#[test]
fn a_sale_is_answered_although_the_doors_settings_change_meanwhile() {
    let mut desk = open();
    desk.printer.set_fault(Fault::PaperOut);
    desk.begin(json!({"path": RECEIPT, "json": receipt("SO-1")}));
    wait_for("the job is stored", || (desk.jobs().len() == 1).then_some(()));
    desk.till.ask_ok(&["connectors", ODOO, "--footer", "Merci"]);
    let answer = desk.tell(json!({"do": "end"}));
    assert_eq!(answer["body"]["success"], false, "{answer}");
    assert!(said(&answer["body"]).contains("The paper is out"), "{answer}");
    desk.printer.clear_faults();
    desk.wait_for_printer();
    assert_eq!(desk.printer.sheet_count(), 0, "it was told as failed");
}

#[test]
fn a_receipt_whose_caller_has_gone_is_not_printed() {
    let mut desk = open();
    desk.printer.set_fault(Fault::PaperOut);
    let answer = desk.call(json!({"path": RECEIPT, "json": receipt("SO-1"), "timeout": 1}));
    assert_eq!(answer["failed"], "ReadTimeout");
    wait_for("the job is taken back", || {
        (desk.jobs().first()?["state"] == "canceled").then_some(())
    });
    // And one whose till dies, which Odoo takes for failed as well.
    desk.begin(json!({"path": RECEIPT, "json": receipt("SO-2")}));
    wait_for("the job is stored", || (desk.jobs().len() == 2).then_some(()));
    desk.printer.clear_faults();
    desk.printer.set_fault(Fault::Refuses);
    desk.kill_and_start();
    assert_eq!(desk.tell(json!({"do": "end"}))["failed"], "ConnectionError");
    let job = &desk.jobs()[0];
    assert_eq!(job["state"], "aborted", "{job}");
    assert!(job["message"].as_str().unwrap().contains("sender was told that it failed"), "{job}");
    desk.printer.clear_faults();
    desk.wait_for_printer();
    assert_eq!(desk.post(RECEIPT, receipt("SO-3")).1["success"], true);
    let paper = desk.printer.text_of(&sheets(&desk.printer, 1)[0].bytes);
    assert!(paper.contains("SO-3") && desk.printer.sheet_count() == 1, "{paper}");
}

#[test]
fn whoever_has_no_right_to_call_prints_nothing_and_learns_nothing() {
    let mut desk = open();
    let token = desk.token.clone();
    let last = if token.ends_with('0') { '1' } else { '0' };
    let nearly = format!("{}{last}", &token[..63]);
    let port = desk.address().1;
    let right = format!("Bearer {token}");
    let heads = |name: &str, value: &str| json!({"Authorization": right, name: value});
    let cases = [
        ("no token", json!({}), 401),
        ("no scheme", json!({"Authorization": token}), 401),
        ("nearly right", json!({"Authorization": format!("Bearer {nearly}")}), 401),
        ("longer", json!({"Authorization": format!("{right}0")}), 401),
        ("a foreign name", heads("Host", "evil.example"), 421),
        ("a foreign name that begins well", heads("Host", "localhost.evil.example"), 421),
        ("a page of a foreign origin", heads("Origin", "https://evil.example"), 403),
        ("a page without an origin", heads("Origin", "null"), 403),
        ("a form of a foreign page", heads("Sec-Fetch-Site", "cross-site"), 403),
        ("our name, another's port in the origin", heads("Origin", "https://127.0.0.1:1"), 403),
    ];
    for (case, headers, status) in cases {
        for path in [RECEIPT, TEST] {
            let body = receipt("SO-1").to_string();
            let answer = desk.call(json!({"path": path, "text": body, "headers": headers}));
            // The first ones are heard; then such callers are told to wait.
            let is_right = answer["status"] == status || (status == 401 && answer["status"] == 429);
            assert!(is_right, "{case}: {answer}");
            if answer["status"] == 401 {
                assert_eq!(answer["body"], json!({"error": "Unauthorized"}));
            }
            let all = answer.to_string();
            assert!(!all.contains("Counter") && !all.contains(&token[..40]), "{case}: {all}");
        }
    }
    let good = heads("Host", &format!("localhost:{port}"));
    let answer = desk.call(json!({"path": "/status", "method": "GET", "headers": good}));
    assert_eq!(
        (&answer["status"], &answer["body"]["printer"]["name"]),
        (&json!(200), &json!("Counter"))
    );
    let page = desk.call(json!({"path": "/", "method": "GET", "headers": {}}));
    assert_eq!(page["status"], 200);
    assert!(
        page["head"]["content-security-policy"].as_str().unwrap().contains("default-src 'none'")
    );
    assert!(!page["body"].as_str().unwrap().contains("Counter"), "it tells strangers of the shop");
    assert_eq!((desk.printer.sheet_count(), desk.jobs().len()), (0, 0));
    let log = desk.till.log();
    assert!(!log.contains(&token) && !log.contains(&nearly[..40]), "a token is in the log");
}

#[test]
fn what_cannot_be_read_is_refused_with_a_reason_at_every_endpoint() {
    let mut desk = open();
    for path in [RECEIPT, TEST] {
        for (case, body, status) in bad_bodies() {
            let mut order = body;
            order["path"] = json!(path);
            assert_refused(&format!("{path}, {case}"), &desk.call(order), status);
        }
        for method in ["GET", "PUT", "DELETE", "PATCH"] {
            let answer = desk.call(json!({"path": path, "method": method}));
            assert_refused(&format!("{method} {path}"), &answer, 405);
        }
        for headers in desk.wrong_tokens() {
            let order = json!({"path": path, "json": receipt("secret"), "headers": headers});
            assert_turned_away(path, &desk.call(order));
        }
    }
    for (method, path, status) in [
        ("POST", "/status", 405),
        ("POST", "/", 405),
        ("POST", "/print", 404),
        ("POST", "/print/receipts", 404),
        ("POST", "/print/receipt/", 404),
        ("POST", "/PRINT/TEST", 404),
        ("GET", "/../etc/passwd", 404),
    ] {
        let answer = desk.call(json!({"path": path, "method": method, "json": receipt("secret")}));
        assert_refused(&format!("{method} {path}"), &answer, status);
    }
    // Every field of a receipt may be missing; one of which nothing is left is no receipt.
    for empty in [
        "",
        "null",
        "{}",
        r#"{"items": null, "total": null}"#,
        r#"{"items": 7, "company_name": {}, "total": [1]}"#,
        r#"{"items": [null, 7, []], "unknown": "secret"}"#,
    ] {
        let answer = desk.call(json!({"path": RECEIPT, "text": empty}));
        let said = (&answer["status"], &answer["body"]["success"]);
        assert_eq!(said, (&json!(200), &json!(false)), "{empty}: {answer}");
        assert!(answer["body"]["message"].as_str().unwrap().contains("This receipt is empty"));
    }
    assert_eq!((desk.printer.sheet_count(), desk.jobs().len()), (0, 0));
    let log = desk.till.log();
    assert!(!log.contains("secret") && !log.contains(&desk.token), "{log}");
    assert_eq!(desk.post(RECEIPT, receipt("SO-2")).1["success"], true, "it answers no more");
    // A test has no fields: without any it is one.
    for (number, nothing) in ["", "null", r#"{"unknown": null}"#].into_iter().enumerate() {
        let answer = desk.call(json!({"path": TEST, "text": nothing}));
        let said = (&answer["status"], &answer["body"]["success"]);
        assert_eq!(said, (&json!(200), &json!(true)), "{nothing:?}: {answer}");
        sheets(&desk.printer, number + 2);
    }
}

#[test]
fn a_page_of_a_listed_origin_may_call() {
    let mut desk = DoorDesk::open(ODOO, &["--origin", "https://shop.example"]);
    let asks = json!({
        "Origin": "https://shop.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Private-Network": "true",
    });
    let answer = desk.call(json!({"path": RECEIPT, "method": "OPTIONS", "headers": asks}));
    let head = &answer["head"];
    assert_eq!(answer["status"], 204, "{answer}");
    assert_eq!(head["access-control-allow-origin"], "https://shop.example");
    assert_eq!(head["access-control-allow-private-network"], "true");
    assert!(
        head.get("access-control-allow-credentials").is_none() && head.get("set-cookie").is_none()
    );
    let mut headers = desk.with_token();
    headers["Origin"] = json!("https://shop.example");
    let answer = desk.call(json!({"path": "/status", "method": "GET", "headers": headers}));
    assert_eq!(answer["head"]["access-control-allow-origin"], "https://shop.example", "{answer}");
    headers["Origin"] = json!("https://shop.example.evil.example");
    let answer = desk.call(json!({"path": "/status", "method": "GET", "headers": headers}));
    assert_eq!(answer["status"], 403);
    assert!(answer["head"].get("access-control-allow-origin").is_none());
}

#[test]
fn a_flood_of_wrong_tokens_does_not_keep_a_right_one_out() {
    let mut desk = open();
    let wrong = json!({"Authorization": "Bearer 0000"});
    let order = json!({"do": "flood", "path": RECEIPT, "headers": wrong, "times": 300});
    let statuses = &desk.tell(order)["statuses"];
    let count = |status: &str| statuses[status].as_u64().unwrap_or(0);
    assert!(count("401") <= 10 && count("401") + count("429") == 300, "{statuses}");
    let answer = desk.call(json!({"path": RECEIPT, "headers": wrong, "json": {}}));
    assert_eq!(answer["status"], 429);
    assert!(answer["head"]["retry-after"].as_str().unwrap().parse::<u32>().unwrap() >= 1);
    assert_eq!(desk.post(RECEIPT, receipt("SO-1")).1["success"], true);
    let told = desk.till.log().matches("too many calls without the token").count();
    assert_eq!(told, 1, "the log is flooded too");
}

#[test]
fn callers_that_say_nothing_or_nonsense_take_nothing_from_others() {
    let mut desk = open();
    let (host, port) = desk.address();
    let half = format!(
        "POST {RECEIPT} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\nContent-Length: 100\r\n\r\n{{",
        desk.token
    );
    let both = format!(
        "POST {RECEIPT} HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n"
    );
    for (tls, says, times) in [
        (false, "", 100),
        (false, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", 20),
        (false, "\u{16}\u{3}\u{1}\u{ff}\u{ff}\u{0}\u{0}\u{0}", 20),
        (true, "", 50),
        (true, "GET / HT", 20),
        (true, half.as_str(), 2),
        (true, both.as_str(), 2),
    ] {
        let order = json!({"do": "hold", "host": host, "port": port, "tls": tls, "says": says, "times": times});
        desk.tell(order);
    }
    assert_eq!(desk.post(RECEIPT, receipt("SO-1")).1["success"], true);
    // All of them are let go in the end.
    let heard = desk.tell(json!({"do": "hear"}));
    let heard = heard["heard"].as_array().unwrap();
    let count =
        |words: &str| heard.iter().filter(|text| text.as_str().unwrap().contains(words)).count();
    assert_eq!((count(" 408 "), count(" 421 "), count(" 200 ")), (2, 2, 0), "{heard:?}");
    assert_eq!((desk.printer.sheet_count(), desk.jobs().len()), (1, 1));
}

#[test]
fn a_port_that_is_taken_is_said_and_keeps_nothing_else_from_working() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let mut desk = open();
    desk.till.ask_ok(&["connectors", ODOO, "--port", &port.to_string()]);
    let status = wait_for("the trouble is told", || {
        let status = desk.till.ask_ok(&["status"]);
        status.contains(&format!("uses port {port}")).then_some(status)
    });
    assert!(status.contains("closed: another program"), "{status}");
    desk.till.ask_ok(&["test-print", "Counter"]);
    drop(taken);
    wait_for("the door opens", || (door(&desk.till, ODOO)?["state"] == "open").then_some(()));
    desk.url = format!("https://127.0.0.1:{port}");
    assert_eq!(desk.post(RECEIPT, receipt("SO-1")).1["success"], true);
}

#[test]
fn token_and_certificate_outlive_a_restart_and_can_be_renewed() {
    let mut desk = open();
    let file = desk.till.home().join("door-certificate.pem");
    let fingerprint = door(&desk.till, ODOO).unwrap()["fingerprint"].clone();
    desk.kill_and_start();
    assert_eq!(door(&desk.till, ODOO).unwrap()["fingerprint"], fingerprint);
    let status = json!({"path": "/status", "method": "GET"});
    assert_eq!(desk.call(status.clone())["status"], 200);
    // Whoever wants to can verify it.
    let verified = json!({"method": "GET", "verify": file, "headers": desk.with_token(),
        "url": format!("https://localhost:{}/status", desk.address().1)});
    assert_eq!(desk.call(verified)["status"], 200);
    assert_eq!(
        desk.till.ask_ok(&["connectors", "certificate"]),
        fs::read_to_string(&file).unwrap()
    );
    for file in ["door.pem", "secrets.toml"] {
        let mode = fs::metadata(desk.till.home().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    // A new token is used at once, and only that.
    let said = desk.till.ask_ok(&["connectors", ODOO, "--new-token"]);
    let before = std::mem::replace(&mut desk.token, token_in(&said));
    wait_for("the door is open again", || {
        let door = door(&desk.till, ODOO)?;
        desk.url =
            (door["state"] == "open").then(|| door["address"].as_str().unwrap().to_owned())?;
        Some(())
    });
    let old = json!({"Authorization": format!("Bearer {before}")});
    assert_eq!(
        desk.call(json!({"path": "/status", "method": "GET", "headers": old}))["status"],
        401
    );
    assert_eq!(desk.call(status)["status"], 200);
    // Off is off.
    desk.till.ask_ok(&["connectors", ODOO, "--off"]);
    assert_eq!(desk.call(json!({"path": "/", "method": "GET"}))["failed"], "ConnectionError");
    assert!(!desk.till.ask_ok(&["connectors"]).contains(&desk.token));
}

#[test]
fn a_door_without_a_token_is_not_opened() {
    let desk = DoorDesk::open(ODOO, &[]);
    fs::remove_file(desk.till.home().join("secrets.toml")).unwrap();
    desk.till.ask_ok(&["connectors", ODOO, "--language", "fr"]);
    wait_for("what is missing is told", || {
        let door = door(&desk.till, ODOO)?;
        (door["state"] == "not-ready" && door["why"].as_str()?.contains("--new-token"))
            .then_some(())
    });
    let mut caller = caller();
    caller.say(&json!({"do": "call", "method": "GET", "url": desk.url}));
    assert_eq!(caller.hear()["failed"], "ConnectionError");
}

/// The caller itself waits no longer than Odoo does.
#[test]
fn odoo_is_answered_in_time_while_the_queue_is_long() {
    let mut desk = open();
    desk.printer.set_fault(Fault::PaperOut);
    for _ in 0..4 {
        desk.begin(json!({"path": RECEIPT, "json": receipt("SO-1")}));
    }
    for _ in 0..4 {
        let answer = desk.tell(json!({"do": "end"}));
        assert_eq!(answer["body"]["success"], false, "{answer}");
    }
    desk.printer.clear_faults();
    desk.wait_for_printer();
    assert_eq!(desk.post(RECEIPT, receipt("SO-2")).1["success"], true);
    assert_eq!(desk.printer.sheet_count(), 1);
}

#[test]
fn the_old_agents_settings_are_taken_over_and_what_is_not_is_said() {
    let (till, folder) = (Till::new(), tempfile::tempdir().unwrap());
    fs::write(folder.path().join("cert.pem"), "x").unwrap();
    fs::write(folder.path().join("key.pem"), "x").unwrap();
    let config = json!({
        "listen_host": "0.0.0.0", "listen_port": 8444, "printer_ip": "192.0.2.7", "printer_port": 9101,
        "timeout": 5, "auth_token": "old-secret", "ssl_cert": "cert.pem", "ssl_key": "key.pem",
        "charset": "GB18030", "colour": "red",
    });
    let file = folder.path().join("config.json");
    fs::write(&file, config.to_string()).unwrap();
    let said = till.ask_ok(&["import", file.to_str().unwrap()]);
    for words in [
        "taken  listen_host: 0.0.0.0",
        "taken  listen_port: the door is at port 8444",
        "receipts go to Odoo, tcp://192.0.2.7:9101",
        "taken  ssl_cert, ssl_key",
        "left   auth_token",
        "left   timeout",
        "taken  charset: Odoo has the profile odoo-gb18030-576",
        "left   colour: Platen has no such setting",
        "closed",
    ] {
        assert!(said.contains(words), "{words:?} is not said:\n{said}");
    }
    assert!(!said.contains("old-secret"), "{said}");
    let settings = fs::read_to_string(till.home().join("settings.toml")).unwrap();
    for words in ["port = 8444", "listen = \"0.0.0.0\"", "tcp://192.0.2.7:9101", "key.pem"] {
        assert!(settings.contains(words), "{words:?} is not set:\n{settings}");
    }
    assert!(!settings.contains("enabled = true") && !settings.contains("old-secret"), "{settings}");
    // The same again changes nothing.
    till.ask_ok(&["import", file.to_str().unwrap()]);
    assert_eq!(fs::read_to_string(till.home().join("settings.toml")).unwrap(), settings);
}
