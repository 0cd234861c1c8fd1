//! Odoo, which calls the till and waits, and Odoo, which is asked for jobs.

use super::super::Order;
use super::sale::{Manner, Word};
use super::systems::{Door, News, System, is_broken};
use crate::Till;
use crate::shop::Gateway;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::fs;

/// Odoo's server, which sends a receipt once and waits ten seconds.
pub struct Push(Door);

impl Push {
    pub fn open(till: &Till, printer: &str) -> Push {
        Push(Door::open(till, "odoo-push", "https", &["--printer", printer]))
    }
}

impl System for Push {
    fn name(&self) -> &'static str {
        "Odoo push"
    }

    fn manner(&self) -> Manner {
        Manner::Waits
    }

    fn printer(&self) -> Option<usize> {
        Some(0)
    }

    fn can_send(&mut self) -> bool {
        self.0.is_open()
    }

    fn send(&mut self, order: &Order) {
        let item = |line| json!({"name": order.line(line), "qty": 1, "price": 1.5, "total": 1.5});
        let items: Vec<Value> = (0..order.lines).map(item).collect();
        let receipt = json!({"order_number": order.id, "items": items, "total": 1.5});
        self.0.call(order.number, "/print/receipt", &json!({}), &receipt.to_string());
    }

    fn hear(&mut self) -> Vec<(u32, News)> {
        let word = |answer: &Value| match &answer["body"] {
            _ if is_broken(answer) => Word::Silence,
            body if answer["status"] == 200 && body["success"] == true => Word::Printed,
            body if answer["status"] == 200 && body["success"] == false => {
                Word::of_reason(body["message"].as_str().unwrap_or_default())
            }
            _ => Word::Odd(answer.to_string()),
        };
        let answers = self.0.answers().into_iter();
        answers.map(|(number, answer)| (number, News::Told(word(&answer)))).collect()
    }
}

/// Odoo with jobs that it hands out once.
pub struct Pull {
    odoo: Gateway,
    /// Its code of each printer, by the printer's name.
    codes: HashMap<String, String>,
    /// How often each code was asked for.
    asked: HashMap<String, u32>,
    /// With which asking a job was handed out.
    handed_out: HashMap<u32, (String, u32)>,
    /// Askings after which the till died before it asked again.
    last_ones: HashSet<(String, u32)>,
}

impl Pull {
    pub fn open(till: &Till, printers: &[String]) -> Pull {
        let odoo = Gateway::script("odoo.py", &["0"]);
        let token = till.home().join("odoo-token.txt");
        fs::write(&token, "odoo-token\n").unwrap();
        let code = |(at, name): (usize, &String)| (name.clone(), format!("P{at}"));
        let codes: HashMap<String, String> = printers.iter().enumerate().map(code).collect();
        let pairs: Vec<String> =
            codes.iter().map(|(name, code)| format!("{code}={name}")).collect();
        let url = odoo.url();
        let mut arguments = vec!["connectors", "odoo-pull", "--url", &url];
        arguments.extend(["--token-file", token.to_str().unwrap()]);
        arguments.extend(pairs.iter().flat_map(|pair| ["--code", pair]));
        till.ask_ok(&arguments);
        Pull {
            odoo,
            codes,
            asked: HashMap::new(),
            handed_out: HashMap::new(),
            last_ones: HashSet::new(),
        }
    }

    fn take_in(&mut self, line: &Value, news: &mut Vec<(u32, News)>) {
        match line["is"].as_str() {
            Some("asked") => {
                let code = line["code"].as_str().unwrap().to_owned();
                let asked = self.asked.entry(code.clone()).or_default();
                *asked += 1;
                for number in line["ids"].as_array().unwrap().iter().filter_map(number) {
                    self.handed_out.insert(number, (code.clone(), *asked));
                    news.push((number, News::HandedOut));
                }
            }
            Some("acked") => {
                let Some(number) = number(&line["uuid"]) else { return };
                let word = match (line["status"].as_str(), line["message"].as_str()) {
                    (Some("success"), _) => Word::Printed,
                    (Some("error"), Some(reason)) => Word::of_reason(reason),
                    _ => Word::Odd(line.to_string()),
                };
                news.push((number, News::Told(word)));
            }
            _ => {}
        }
    }
}

/// The number in `order-7`.
fn number(id: &Value) -> Option<u32> {
    id.as_str()?.strip_prefix("order-")?.parse().ok()
}

impl System for Pull {
    fn name(&self) -> &'static str {
        "Odoo pull"
    }

    fn manner(&self) -> Manner {
        Manner::Hears
    }

    fn send(&mut self, order: &Order) {
        let code = &self.codes[&order.printer];
        let job = json!({
            "uuid": order.id, "printer_code": code, "payload_type": "escpos",
            "payload_base64": BASE64.encode(order.commands()),
        });
        self.odoo.order(json!({"do": "queue", "jobs": [job]}));
    }

    fn hear(&mut self) -> Vec<(u32, News)> {
        let mut news = Vec::new();
        for line in self.odoo.take() {
            self.take_in(&line, &mut news);
        }
        news
    }

    fn engine_died(&mut self) {
        self.last_ones.extend(self.asked.iter().map(|(code, asked)| (code.clone(), *asked)));
    }

    fn excuses(&self, number: u32) -> bool {
        self.handed_out.get(&number).is_some_and(|asking| self.last_ones.contains(asking))
    }
}
