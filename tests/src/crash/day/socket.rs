//! A Backend-Socket server. Its requests have no id: here each writes its printer's name in capitals of its own, which the till gives
//! back with its answer.

use super::super::Order;
use super::super::order::Form;
use super::sale::{Manner, Word};
use super::systems::{News, System};
use crate::Till;
use crate::shop::Gateway;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs;

/// The server, which hears of each request once.
pub struct Socket {
    server: Gateway,
    sessions: i32,
    /// Requests by the name that they wrote.
    requests: HashMap<String, u32>,
    /// How many there were for each printer.
    counts: HashMap<String, u32>,
    alive: Vec<u32>,
    unsure: Vec<u32>,
}

impl Socket {
    pub fn open(till: &Till, printers: &[String]) -> Socket {
        let server = Gateway::script("backend_socket.py", &["threading", "0"]);
        let session = till.home().join("session.txt");
        fs::write(&session, "session-1\n").unwrap();
        let url = server.url();
        let session = session.to_str().unwrap();
        let place = ["connectors", "backend-socket", "--url", &url, "--printer", &printers[0]];
        let who = ["--session-file", session, "--username", "till", "--nipt", "K1"];
        till.ask_ok(&[&place[..], &who].concat());
        let (requests, counts) = (HashMap::new(), HashMap::new());
        Socket { server, sessions: 0, requests, counts, alive: Vec::new(), unsure: Vec::new() }
    }

    fn take_in(&mut self, line: &Value) -> Option<(u32, News)> {
        match (line["is"].as_str()?, &line["args"][0]) {
            ("connected", _) => self.sessions += 1,
            ("disconnected", _) => self.sessions -= 1,
            ("event", answer) => {
                let number = answer["printer"].as_str().and_then(|name| self.requests.get(name));
                let reason = answer["message"].as_str().unwrap_or_default();
                let word = match answer["status"].as_str() {
                    Some("success") => Word::Printed,
                    Some("failed") => Word::of_reason(reason),
                    _ => Word::Odd(answer.to_string()),
                };
                return Some((*number?, News::Told(word)));
            }
            _ => {}
        }
        None
    }
}

/// The name with the letters in capitals whose bits are set.
fn written(name: &str, bits: u32) -> String {
    let sign = |(at, sign): (usize, char)| {
        if bits >> at & 1 == 1 { sign.to_ascii_uppercase() } else { sign.to_ascii_lowercase() }
    };
    name.chars().enumerate().map(sign).collect()
}

impl System for Socket {
    fn name(&self) -> &'static str {
        "Backend-Socket"
    }

    fn manner(&self) -> Manner {
        Manner::Hears
    }

    fn can_send(&mut self) -> bool {
        self.sessions > 0
    }

    fn send(&mut self, order: &Order) {
        let count = self.counts.entry(order.printer.clone()).or_default();
        *count += 1;
        let name = written(&order.printer, *count);
        let item = |line| json!({"name": order.line(line), "quantity": 1, "price": 1.5});
        let items: Vec<Value> = (0..order.lines).map(item).collect();
        let lines: Vec<String> = (0..order.lines).map(|line| order.line(line)).collect();
        let data = match order.form {
            Form::Text => json!({"type": "text", "content": lines.join("\n")}),
            Form::Fields => {
                json!({"type": "receipt", "receipt_data": {"items": items, "total": 3}})
            }
            Form::Commands => {
                json!({"type": "html", "html": format!("<html><body><p>{}</p></body></html>", lines.join("</p><p>"))})
            }
        };
        assert!(
            self.requests.insert(name.clone(), order.number).is_none(),
            "the name is too short"
        );
        self.alive.push(order.number);
        self.server.emit("print_request", json!({"data": data, "printer_name": name}));
    }

    fn hear(&mut self) -> Vec<(u32, News)> {
        let lines = self.server.take();
        lines.iter().filter_map(|line| self.take_in(line)).collect()
    }

    fn engine_died(&mut self) {
        self.unsure.append(&mut self.alive);
    }

    fn excuses(&self, number: u32) -> bool {
        self.unsure.contains(&number)
    }
}
