//! Systems whose jobs have an id, and that send them again until they know: a PrinterMaster gateway on the same computer, and a program
//! that uses Platen's own API.

use super::super::Order;
use super::super::order::{Form, Kind};
use super::sale::{Manner, Word};
use super::systems::{Door, News, System, is_broken};
use crate::Till;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// How long it waits before it asks again.
const PATIENCE: Duration = Duration::from_millis(150);

/// A job as one of them sends it.
struct Request {
    path: String,
    heads: Value,
    body: String,
}

/// What an answer comes to.
enum Answer {
    /// Ask again.
    Open,
    Word(Word),
}

/// One of the two.
pub struct Keyed {
    name: &'static str,
    door: Door,
    request: fn(&Order) -> Request,
    read: fn(&Value) -> Answer,
    open: Vec<(u32, Request, Option<Instant>)>,
}

impl Keyed {
    /// PrinterMaster's gateway at its local door.
    pub fn local_gateway(till: &Till) -> Keyed {
        let door = Door::open(till, "printer-master-local", "http", &[]);
        let request = |order: &Order| Request {
            path: "/print".into(),
            heads: json!({}),
            body: order.payload().to_string(),
        };
        Keyed { name: "PrinterMaster, local", door, request, read: read_gateway, open: Vec::new() }
    }

    /// A program of the shop at Platen's own API.
    pub fn api(till: &Till) -> Keyed {
        let door = Door::open(till, "api", "http", &[]);
        Keyed { name: "API", door, request: api_request, read: read_api, open: Vec::new() }
    }
}

fn read_gateway(answer: &Value) -> Answer {
    let body = &answer["body"];
    match answer["status"].as_u64() {
        Some(202 | 503) => Answer::Open,
        Some(200) => match (body["status"].as_str(), body["errorType"].as_str()) {
            (Some("pending" | "held" | "processing"), _) => Answer::Open,
            (Some("completed"), _) => Answer::Word(Word::Printed),
            (_, Some("unconfirmed")) => Answer::Word(Word::InDoubt),
            (_, Some(_)) => Answer::Word(Word::Failed),
            _ => Answer::Word(Word::Odd(answer.to_string())),
        },
        _ => Answer::Word(Word::Odd(answer.to_string())),
    }
}

fn api_request(order: &Order) -> Request {
    let kind = if order.kind == Kind::Kitchen { "kitchen-ticket" } else { "receipt" };
    let item = |line| json!({"name": order.line(line), "total": "1.50"});
    let items: Vec<Value> = (0..order.lines).map(item).collect();
    let lines: Vec<String> = (0..order.lines).map(|line| order.line(line)).collect();
    let (content, body) = match order.form {
        Form::Fields | Form::Commands => {
            ("application/json", json!({"type": kind, "items": items}).to_string())
        }
        Form::Text => ("text/plain", lines.join("\n")),
    };
    Request {
        path: format!("/v1/jobs?printer={}&type={kind}", order.printer),
        heads: json!({"Content-Type": content, "Idempotency-Key": order.id}),
        body,
    }
}

fn read_api(answer: &Value) -> Answer {
    let body = &answer["body"];
    match answer["status"].as_u64() {
        Some(503) => Answer::Open,
        Some(200 | 201) => match body["state"].as_str() {
            Some("pending" | "held" | "processing") => Answer::Open,
            Some("completed") => Answer::Word(Word::Printed),
            Some("unconfirmed" | "reprinted") => Answer::Word(Word::InDoubt),
            Some("aborted" | "canceled" | "expired") => {
                Answer::Word(Word::of_reason(body["message"].as_str().unwrap_or_default()))
            }
            _ => Answer::Word(Word::Odd(answer.to_string())),
        },
        _ => Answer::Word(Word::Odd(answer.to_string())),
    }
}

impl System for Keyed {
    fn name(&self) -> &'static str {
        self.name
    }

    fn manner(&self) -> Manner {
        Manner::Asks
    }

    fn can_send(&mut self) -> bool {
        self.door.is_open()
    }

    fn send(&mut self, order: &Order) {
        let request = (self.request)(order);
        self.door.call(order.number, &request.path, &request.heads, &request.body);
        self.open.push((order.number, request, None));
    }

    fn hear(&mut self) -> Vec<(u32, News)> {
        let mut news = Vec::new();
        for (number, answer) in self.door.answers() {
            let said = if is_broken(&answer) { Answer::Open } else { (self.read)(&answer) };
            let Some(at) = self.open.iter().position(|(open, ..)| *open == number) else {
                continue;
            };
            match said {
                Answer::Open => self.open[at].2 = Some(Instant::now() + PATIENCE),
                Answer::Word(word) => {
                    self.open.swap_remove(at);
                    news.push((number, News::Told(word)));
                }
            }
        }
        let now = Instant::now();
        for (number, request, again) in &mut self.open {
            if again.is_some_and(|at| at <= now) {
                *again = None;
                self.door.call(*number, &request.path, &request.heads, &request.body);
            }
        }
        news
    }
}
