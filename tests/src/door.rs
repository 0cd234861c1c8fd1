//! A till with an open door, and somebody who calls at it with Python's requests.

use crate::shop::{printer, wait_for};
use crate::{PythonServer, RunningTill, Till};
use platen_simulators::PrinterHandle;
use serde_json::{Value, json};

/// A till whose door is open, with one printer called "Counter".
pub struct DoorDesk {
    /// The caller.
    pub caller: PythonServer,
    /// The running till; before the printer, so that it goes first.
    pub running: RunningTill,
    /// The printer.
    pub printer: PrinterHandle,
    /// The till's home.
    pub till: Till,
    /// The connector's word in commands.
    pub word: &'static str,
    /// The token that its callers have to show.
    pub token: String,
    /// Where the door is, such as `https://127.0.0.1:40123`.
    pub url: String,
}

impl DoorDesk {
    /// Opens the door of that connector on a free port, with more arguments for `platenctl connectors`.
    pub fn open(word: &'static str, more: &[&str]) -> DoorDesk {
        let (till, printer) = (Till::new(), printer());
        till.ask_ok(&["printers", "add", "Counter", &printer.uri()]);
        let on = ["connectors", word, "--on", "--port", "0"];
        let said = till.ask_ok(&[&on, more].concat());
        let token = token_in(&said);
        let running = till.start();
        let url = url(&till, word);
        let caller = caller();
        DoorDesk { caller, running, printer, till, word, token, url }
    }

    /// Kills the till, starts it anew, and waits until its door is open.
    pub fn kill_and_start(&mut self) {
        self.running.signal(libc::SIGKILL);
        wait_for("the till is dead", || self.running.has_ended().then_some(()));
        self.running = self.till.start();
        self.url = url(&self.till, self.word);
    }

    /// Calls as the system does: with the token, unless the order brings other heads; the certificate is not verified.
    pub fn call(&mut self, mut order: Value) -> Value {
        order["do"] = json!("call");
        self.tell(order)
    }

    /// Begins such a call; `{"do": "end"}` gives its answer, `{"do": "so far"}` the events that it has followed by now.
    pub fn begin(&mut self, mut order: Value) {
        order["do"] = json!("begin");
        self.tell(order);
    }

    /// Has the caller do something; `path` becomes a URL of the door.
    pub fn tell(&mut self, mut order: Value) -> Value {
        if let Some(path) = order["path"].as_str() {
            order["url"] = json!(format!("{}{path}", self.url));
            order.as_object_mut().unwrap().entry("headers").or_insert(self.with_token());
        }
        self.caller.say(&order);
        self.caller.hear()
    }

    /// Prints with those fields at that path; gives status and body.
    pub fn post(&mut self, path: &str, body: Value) -> (u64, Value) {
        let answer = self.call(json!({"path": path, "json": body}));
        let status = answer["status"].as_u64();
        (status.unwrap_or_else(|| panic!("{path}: {answer}")), answer["body"].clone())
    }

    /// The head that shows the token.
    pub fn with_token(&self) -> Value {
        json!({"Authorization": format!("Bearer {}", self.token)})
    }

    /// Heads with what is not the token: one that nearly is it, one that lacks a digit, one that is none, and no head at all.
    pub fn wrong_tokens(&self) -> [Value; 4] {
        let (begin, last) = self.token.split_at(self.token.len() - 1);
        let nearly = format!("{begin}{}", if last == "0" { '1' } else { '0' });
        let head = |token: &str| json!({"Authorization": format!("Bearer {token}")});
        [head(&nearly), head(begin), head(""), json!({})]
    }

    /// Host and port of the door.
    pub fn address(&self) -> (String, u16) {
        let (_, address) = self.url.split_once("://").unwrap();
        let (host, port) = address.rsplit_once(':').unwrap();
        (host.to_owned(), port.parse().unwrap())
    }

    /// All jobs, newest first.
    pub fn jobs(&self) -> Vec<Value> {
        self.till.ask_json(&["jobs", "--json"]).as_array().unwrap().clone()
    }

    /// Waits until a printer is seen as ready.
    pub fn wait_for_printer(&self) {
        wait_for("the printer is ready", || {
            let printers = self.till.ask_json(&["printers", "--json"]);
            printers.as_array()?.iter().any(|one| one["health"] == "online").then_some(())
        });
    }
}

/// Bodies that are no object of JSON, or that no door reads: what each is, how it is sent, and the status that it gets.
pub fn bad_bodies() -> Vec<(&'static str, Value, u64)> {
    let deep = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
    vec![
        ("bad JSON", json!({"text": "{\"items\": secret"}), 400),
        ("a list", json!({"text": "[\"secret\"]"}), 400),
        ("a text", json!({"text": "\"secret\""}), 400),
        ("a number", json!({"text": "7"}), 400),
        ("deep nesting", json!({"text": deep(100_000)}), 400),
        ("a deep field", json!({"text": format!("{{\"secret\": {}}}", deep(100_000))}), 400),
        ("not UTF-8", json!({"base64": "/////w=="}), 400),
        ("10 MB", json!({"size": 10 << 20}), 413),
    ]
}

/// That status, with words that quote nothing: `secret` stands in everything that a test sends badly.
pub fn assert_refused(case: &str, answer: &Value, status: u64) {
    assert_eq!(answer["status"], status, "{case}: {answer}");
    let words = answer["body"]["error"].as_str();
    assert!(words.is_some_and(|words| !words.is_empty()), "{case}: {answer}");
    assert!(!answer["body"].to_string().contains("secret"), "{case}: {answer}");
}

/// Turned away as somebody who has no right to call; after a few such calls with the word to wait.
pub fn assert_turned_away(case: &str, answer: &Value) {
    let status = if answer["status"] == 429 { 429 } else { 401 };
    assert_refused(case, answer, status);
    assert!(answer["head"].get("allow").is_none(), "{case}: {answer}");
}

/// Somebody who calls with Python's requests.
pub fn caller() -> PythonServer {
    let mut caller = PythonServer::start("caller.py", &[]);
    caller.hear();
    caller
}

/// The token in what `platenctl connectors` said: the last line, 64 hexadecimal digits.
pub fn token_in(said: &str) -> String {
    let token = said.lines().last().unwrap_or_default().trim();
    let is_one = token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(is_one, "no token: {said}");
    token.to_owned()
}

/// How the door of that connector is, as the running till says.
pub fn door(till: &Till, word: &str) -> Option<Value> {
    let output = till.ask(&["connectors", "--json"]);
    let doors: Value = serde_json::from_slice(&output.stdout).ok()?;
    doors.as_array()?.iter().find(|row| row["connector"] == word).map(|row| row["detail"].clone())
}

fn url(till: &Till, word: &str) -> String {
    wait_for("the door is open", || {
        let door = door(till, word)?;
        (door["state"] == "open").then(|| door["address"].as_str().unwrap().to_owned())
    })
}
