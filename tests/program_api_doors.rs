//! Who may call Platen's own API, and what becomes of everything that is no proper call: a reason in one shape, nothing on paper, and
//! the next caller is heard as if nothing had been.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_tests::door::DoorDesk;
use platen_tests::shop::{sheets, wait_for};
use serde_json::{Value, json};

const API: &str = "api";
const JOBS: &str = "/v1/jobs";
const RECEIPT: &str = r#"{"type": "receipt", "header": ["secret"], "order": "A-1"}"#;

fn open(more: &[&str]) -> DoorDesk {
    let desk = DoorDesk::open(API, more);
    desk.wait_for_printer();
    desk
}

/// A receipt with a token, and with that head in place of its own, or without it where it is null.
fn with(desk: &DoorDesk, name: &str, value: Value) -> Value {
    let mut headers = desk.with_token();
    headers["Content-Type"] = json!("application/json");
    headers["Idempotency-Key"] = json!("sale-1");
    headers[name] = value;
    headers.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    json!({"path": JOBS, "text": RECEIPT, "headers": headers})
}

/// The answer has that status, says why in the one shape for that, and quotes nothing.
fn assert_problem(case: &str, answer: &Value, status: u64) {
    assert_eq!(answer["status"], status, "{case}: {answer}");
    assert_eq!(answer["head"]["content-type"], "application/problem+json", "{case}: {answer}");
    let problem = &answer["body"];
    assert_eq!(problem["status"], status, "{case}: {answer}");
    for name in ["type", "title", "detail"] {
        let is_said = problem[name].as_str().is_some_and(|text| !text.is_empty());
        assert!(is_said, "{case}: no {name}: {answer}");
    }
    assert!(!problem.to_string().contains("secret"), "{case}: {answer}");
}

fn assert_untouched(desk: &mut DoorDesk) {
    let done = (desk.printer.sheet_count(), desk.printer.drawer_kicks(), desk.jobs().len());
    assert_eq!(done, (0, 0, 0), "something was printed");
    let good = with(desk, "Idempotency-Key", json!("good"));
    assert_eq!(desk.call(good)["status"], 201, "it answers no more");
    assert!(desk.printer.text_of(&sheets(&desk.printer, 1)[0].bytes).contains("A-1"));
}

#[test]
fn whoever_has_no_right_to_call_prints_nothing_and_learns_nothing() {
    let mut desk = open(&["--origin", "https://till.example"]);
    let token = desk.token.clone();
    let last = if token.ends_with('0') { '1' } else { '0' };
    let nearly = format!("Bearer {}{last}", &token[..63]);
    let cases = [
        ("no token", "Authorization", Value::Null, 401),
        ("a wrong scheme", "Authorization", json!(format!("Basic {token}")), 401),
        ("nearly right", "Authorization", json!(nearly), 401),
        ("a foreign name", "Host", json!("evil.example"), 421),
        ("a name that begins well", "Host", json!("localhost.evil.example"), 421),
        ("a page of a foreign origin", "Origin", json!("https://evil.example"), 403),
        ("an origin that begins well", "Origin", json!("https://till.example.evil.example"), 403),
        ("a page without an origin", "Origin", json!("null"), 403),
        ("a form of a foreign page", "Sec-Fetch-Site", json!("cross-site"), 403),
    ];
    for (case, name, value, status) in cases {
        let answer = desk.call(with(&desk, name, value));
        assert_problem(case, &answer, status);
        assert!(answer["head"].get("access-control-allow-origin").is_none(), "{case}: {answer}");
        let all = answer.to_string();
        assert!(!all.contains("Counter") && !all.contains(&token[..40]), "{case}: {all}");
    }
    for (method, path) in [
        ("GET", "/v1/status"),
        ("GET", "/v1/printers"),
        ("GET", JOBS),
        ("GET", "/v1/jobs/1/events"),
        ("POST", "/v1/jobs/1/reprint"),
        ("POST", "/v1/printers/Counter/drawer"),
        ("GET", "/metrics"),
        ("GET", "/v1/nothing"),
    ] {
        let answer = desk.call(json!({"method": method, "path": path, "headers": {}}));
        let status = answer["status"].as_u64().unwrap();
        assert!([401, 429].contains(&status), "{path}: {answer}");
        assert_problem(path, &answer, status);
    }
    let log = desk.till.log();
    assert!(!log.contains(&token) && !log.contains("secret"), "the log tells secrets");
    assert_untouched(&mut desk);
}

#[test]
fn a_page_of_a_listed_origin_may_call_and_read() {
    let mut desk = open(&["--origin", "https://till.example"]);
    let asks = json!({
        "Origin": "https://till.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,idempotency-key",
        "Access-Control-Request-Private-Network": "true",
    });
    let answer = desk.call(json!({"path": JOBS, "method": "OPTIONS", "headers": asks}));
    let head = &answer["head"];
    assert_eq!(
        (&answer["status"], &head["access-control-allow-origin"]),
        (&json!(204), &json!("https://till.example"))
    );
    assert!(head["access-control-allow-headers"].as_str().unwrap().contains("idempotency-key"));
    assert_eq!(head["access-control-allow-private-network"], "true");
    let answer = desk.call(with(&desk, "Origin", json!("https://till.example")));
    assert_eq!(answer["status"], 201, "{answer}");
    assert_eq!(answer["head"]["access-control-allow-origin"], "https://till.example", "{answer}");
    assert!(answer["head"].get("set-cookie").is_none());
    // A page has to read what is wrong, too.
    let mut wrong = with(&desk, "Origin", json!("https://till.example"));
    wrong["text"] = json!("{");
    let answer = desk.call(wrong);
    assert_problem("no JSON", &answer, 422);
    assert_eq!(answer["head"]["access-control-allow-origin"], "https://till.example", "{answer}");
}

#[test]
fn what_cannot_be_read_is_refused_with_a_reason() {
    let mut desk = open(&[]);
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep_field =
        format!(r#"{{"type": "receipt", "order": {}1{}}}"#, "[".repeat(5000), "]".repeat(5000));
    let json = "application/json";
    for (case, kind, body, status) in [
        ("no body", json, json!({ "text": "" }), 422),
        ("blanks", json, json!({ "text": "  " }), 422),
        ("no JSON", json, json!({"text": "{\"order\": \"secret"}), 422),
        ("a list", json, json!({"text": "[\"secret\"]"}), 422),
        ("a text", json, json!({"text": "\"secret\""}), 422),
        ("null", json, json!({"text": "null"}), 422),
        ("deep nesting", json, json!({ "text": deep }), 422),
        ("a deep field", json, json!({ "text": deep_field }), 422),
        ("no type", json, json!({"text": "{}"}), 422),
        ("an unknown type", json, json!({"text": "{\"type\": \"secret\"}"}), 422),
        (
            "a field of the wrong kind",
            json,
            json!({"text": "{\"type\": \"receipt\", \"items\": 7}"}),
            422,
        ),
        ("not UTF-8", json, json!({"base64": "/////w=="}), 422),
        ("text that is not UTF-8", "text/plain", json!({"base64": "/////w=="}), 422),
        ("10 MB", json, json!({"size": 10 << 20}), 413),
        ("10 MB of text", "text/plain", json!({"size": 10 << 20}), 413),
        ("a picture of 17 MB", "image/png", json!({"size": 17 << 20}), 413),
        ("no content type", "", json!({"text": RECEIPT}), 415),
        ("another content type", "application/xml", json!({"text": "<secret/>"}), 415),
    ] {
        let mut order = with(&desk, "Content-Type", json!(kind));
        order.as_object_mut().unwrap().remove("text");
        order.as_object_mut().unwrap().extend(body.as_object().unwrap().clone());
        assert_problem(case, &desk.call(order), status);
    }
    assert_untouched(&mut desk);
}

#[test]
fn a_request_that_is_not_meant_for_it_is_refused_with_a_reason() {
    let mut desk = open(&[]);
    for (case, key, status) in [
        ("no key", Value::Null, 400),
        ("a key with a blank", json!("sale 1"), 400),
        ("a long key", json!("k".repeat(513)), 400),
        ("a key with other letters", json!("\u{e9}t\u{e9}"), 400),
    ] {
        assert_problem(case, &desk.call(with(&desk, "Idempotency-Key", key)), status);
    }
    for (path, method, status) in [
        ("/v1/jobs?printer=Terrace", "POST", 404),
        ("/v1/jobs?printr=Counter", "POST", 400),
        ("/v1/jobs?printer=Counter&printer=Bar", "POST", 400),
        ("/v1/jobs?priority=secret", "POST", 400),
        ("/v1/jobs?type=secret", "POST", 400),
        ("/v1/jobs?expires_in=0", "POST", 400),
        ("/v1/jobs?expires_in=-1", "POST", 400),
        ("/v1/jobs?limit=0", "GET", 400),
        ("/v1/jobs?limit=1000000", "GET", 400),
        ("/v1/jobs?state=secret", "GET", 400),
        ("/v1/jobs?before=0", "GET", 400),
        ("/v1/jobs?printer=Terrace", "GET", 404),
        ("/v1/jobs/0", "GET", 404),
        ("/v1/jobs/-1", "GET", 404),
        ("/v1/jobs/99999999999999999999", "GET", 404),
        ("/v1/jobs/secret", "GET", 404),
        ("/v1/jobs/1", "GET", 404),
        ("/v1/jobs/1/events", "GET", 404),
        ("/v1/jobs/1/cancel", "POST", 404),
        ("/v1/jobs/1/reprint", "POST", 404),
        ("/v1/printers/%ff/test", "POST", 400),
        ("/v1/printers/%2e%2e/test", "POST", 404),
        ("/v1/job", "POST", 404),
        ("/v2/jobs", "POST", 404),
        ("/../etc/passwd", "GET", 404),
        (JOBS, "DELETE", 405),
        (JOBS, "PUT", 405),
        ("/v1/jobs/1", "POST", 405),
        ("/v1/status", "POST", 405),
        ("/v1/openapi.json", "POST", 405),
    ] {
        let mut order = with(&desk, "X-Nothing", Value::Null);
        order["path"] = json!(path);
        order["method"] = json!(method);
        if path.starts_with("/v1/jobs/") {
            order.as_object_mut().unwrap().remove("text");
        }
        assert_problem(&format!("{method} {path}"), &desk.call(order), status);
    }
    for body in ["", "{}", "null", "[]", r#"{"seen": null}"#, r#"{"seen": "printed", "secret": 1}"#]
    {
        let mut order = with(&desk, "X-Nothing", Value::Null);
        order["path"] = json!("/v1/jobs/1/resolve");
        order["text"] = json!(body);
        assert_problem(body, &desk.call(order), 400);
    }
    assert_untouched(&mut desk);
}

#[test]
fn callers_that_say_nothing_nonsense_or_two_things_at_once_print_nothing() {
    let mut desk = open(&[]);
    let (host, port) = desk.address();
    let head = format!(
        "POST {JOBS} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\nIdempotency-Key: s\r\nContent-Type: text/plain\r\n",
        desk.token
    );
    let half = format!("{head}Content-Length: 100\r\n\r\nx");
    let shapes = [
        (String::new(), 100),
        ("\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}\u{1}\u{fc}\u{3}\u{3}".to_owned(), 20),
        (format!("GET /v1/status HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n"), 2),
        (format!("GET http://evil.example/v1/status HTTP/1.1\r\nHost: {host}\r\n\r\n"), 2),
        (format!("{head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"), 1),
        (format!("{head}Content-Length: 5, 6\r\n\r\nhello"), 1),
        (format!("{head}Content-Length: -1\r\n\r\nhello"), 1),
        (format!("{head}Content-Length : 5\r\n\r\nhello"), 1),
        (format!("{head}Transfer-Encoding: xchunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"), 1),
        (format!("{head}Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n"), 1),
        (
            format!(
                "{head}Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello\r\n0\r\n\r\n"
            ),
            1,
        ),
        (format!("{head}Transfer-Encoding: identity, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"), 1),
        (format!("GET /v1/status HTTP/1.1\nHost: {host}\nX: a\n b\n\n"), 1),
        (format!("GET /v1/status HTTP/9.9\r\nHost: {host}\r\n\r\n"), 1),
        (format!("GET /{} HTTP/1.1\r\nHost: {host}\r\n\r\n", "a".repeat(70_000)), 1),
        (
            format!(
                "GET /v1/status HTTP/1.1\r\nHost: {host}\r\n{}\r\n",
                "X-Head: 1\r\n".repeat(100)
            ),
            1,
        ),
    ];
    // Meanwhile somebody sends a byte a second.
    desk.begin(json!({"way": "trickle", "host": host, "port": port, "says": half}));
    for (says, times) in &shapes {
        desk.tell(json!({"do": "hold", "host": host, "port": port, "says": says, "times": times}));
    }
    // One peer cannot have every place: those beyond 512 are closed, and others are heard.
    let crowd = json!({"do": "hold", "host": host, "port": port, "from": "127.0.0.2", "says": "", "times": 600});
    desk.tell(crowd);
    let status = desk.call(json!({"path": "/v1/status", "method": "GET"}));
    assert_eq!(status["status"], 200, "{status}");
    let slow = desk.tell(json!({"do": "end"}));
    assert!(slow["heard"].as_str().unwrap().starts_with("HTTP/1.1 408 "), "{slow}");
    let heard = desk.tell(json!({"do": "hear"}));
    for text in heard["heard"].as_array().unwrap() {
        for answer in text.as_str().unwrap().split("HTTP/1.1 ").skip(1) {
            assert!(answer.starts_with('4'), "{text}");
            // Also where it cannot be read as HTTP: the reason, in the one shape for that.
            let (head, body) = answer.split_once("\r\n\r\n").unwrap();
            assert!(head.contains("application/problem+json"), "{text}");
            let problem: Value = serde_json::from_str(body).unwrap();
            assert!(!problem["detail"].as_str().unwrap().is_empty(), "{text}");
        }
    }
    assert_untouched(&mut desk);
}

#[test]
fn a_request_with_two_lengths_is_refused_and_hides_no_second_one() {
    let mut desk = open(&[]);
    let (host, port) = desk.address();
    let token = desk.token.clone();
    let request = |key: &str, lengths: &str, body: &str| {
        format!(
            "POST {JOBS} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n\
             Content-Type: text/plain\r\n{lengths}\r\n\r\n{body}"
        )
    };
    let hidden = request("hidden", "Content-Length: 6", "hidden");
    let (te, chunked) = ("Transfer-Encoding: chunked", format!("5\r\nhello\r\n0\r\n\r\n{hidden}"));
    let says = [
        request("a", &format!("Content-Length: 5\r\n{te}"), &chunked),
        request("b", &format!("{te}\r\nContent-Length: 5"), &chunked),
        request("c", &format!("Content-Length: 0\r\n{te}"), &format!("0\r\n\r\n{hidden}")),
    ];
    for says in &says {
        desk.tell(json!({"do": "hold", "host": host, "port": port, "says": says, "times": 1}));
    }
    let heard = desk.tell(json!({"do": "hear"}));
    for text in heard["heard"].as_array().unwrap() {
        let text = text.as_str().unwrap();
        assert!(text.starts_with("HTTP/1.1 400 "), "{text}");
        assert_eq!(text.matches("HTTP/1.1 ").count(), 1, "the connection went on: {text}");
        assert!(text.to_ascii_lowercase().contains("connection: close"), "{text}");
        assert!(text.contains("not by both"), "{text}");
    }
    assert_untouched(&mut desk);

    // After good ones on the same connection: those are done, and no more.
    let good = request("before", "Content-Length: 5", "hello");
    let says = format!("{good}\r\n{}", says[0]);
    desk.tell(json!({"do": "hold", "host": host, "port": port, "says": says, "times": 1}));
    let chunked = request("chunked", te, &format!("5\r\nhello\r\n0\r\n\r\n{hidden}"));
    desk.tell(json!({"do": "hold", "host": host, "port": port, "says": chunked, "times": 1}));
    let heard = desk.tell(json!({"do": "hear"}));
    let statuses = |text: &Value| -> Vec<String> {
        let answers = text.as_str().unwrap().split("HTTP/1.1 ").skip(1);
        answers.map(|answer| answer[..3].to_owned()).collect()
    };
    assert_eq!(statuses(&heard["heard"][0]), ["201", "400"], "{heard}");
    assert_eq!(
        statuses(&heard["heard"][1]),
        ["201"],
        "a request was hidden after the body: {heard}"
    );
    let jobs = desk.jobs();
    let mut keys: Vec<_> = jobs.iter().map(|job| job["external_id"].as_str().unwrap()).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["before", "chunked", "good"]);
}

#[test]
fn a_body_where_nothing_belongs_is_refused_and_does_nothing() {
    let mut desk = open(&[]);
    let mut order = with(&desk, "Idempotency-Key", json!("sale-1"));
    order["path"] = json!(JOBS);
    let id = desk.call(order)["body"]["id"].clone();
    wait_for("it is printed", || (desk.printer.sheet_count() == 1).then_some(()));
    let paths = [
        "/v1/printers/Counter/test".to_owned(),
        "/v1/printers/Counter/drawer".to_owned(),
        format!("/v1/jobs/{id}/reprint"),
        format!("/v1/jobs/{id}/cancel"),
    ];
    for path in &paths {
        for (body, status) in [
            (json!({"text": "garbage{{"}), 400),
            (json!({"text": "[1]"}), 400),
            (json!({"text": "{\"secret\": 1}"}), 400),
            (json!({"text": "[".repeat(100_000)}), 400),
            (json!({"base64": "/////w=="}), 400),
            (json!({"size": 10 << 20}), 413),
        ] {
            let mut order = body;
            order["path"] = json!(path);
            assert_problem(path, &desk.call(order), status);
        }
        let packed = json!({"path": path, "text": "{}", "headers": {
            "Authorization": format!("Bearer {}", desk.token), "Content-Encoding": "gzip"}});
        assert_problem(path, &desk.call(packed), 415);
    }
    let packed = with(&desk, "Content-Encoding", json!("gzip"));
    assert_problem("a packed document", &desk.call(packed), 415);
    let done = (desk.printer.sheet_count(), desk.printer.drawer_kicks(), desk.jobs().len());
    assert_eq!(done, (1, 0, 1));
    let reprint = desk.call(json!({"path": paths[2], "text": "{}"}));
    assert_eq!(reprint["status"], 201, "{reprint}");
}
