//! The systems that send, each with its own way of being told.

use super::sale::{Manner, Word};
use super::{Erp, Keyed, Pull, Push, Socket};
use crate::Till;
use crate::door::token_in;
use crate::shop::Gateway;
use crate::webdriver::free_port;
use serde_json::{Value, json};
use std::net::{Ipv4Addr, TcpStream};

use super::super::Order;

/// Something that its system heard of a sale, by the sale's number.
pub enum News {
    /// It has left for the till, where the till fetches it.
    HandedOut,
    /// What became of it.
    Told(Word),
}

/// A system with jobs for the till.
pub trait System {
    /// Its name.
    fn name(&self) -> &'static str;

    /// How it is told.
    fn manner(&self) -> Manner;

    /// The printer that all of its jobs go to, where there is one.
    fn printer(&self) -> Option<usize> {
        None
    }

    /// Whether it can send now, while the till's doors stand open.
    fn can_send(&mut self) -> bool {
        true
    }

    /// Sends a job.
    fn send(&mut self, order: &Order);

    /// Sends again what is due, and says what was heard.
    fn hear(&mut self) -> Vec<(u32, News)>;

    /// The engine was killed, and everything that it said before was heard.
    fn engine_died(&mut self) {}

    /// Whether it knows itself that this may never have reached the till.
    fn excuses(&self, _number: u32) -> bool {
        false
    }

    /// What is wrong beside single sales, with drawers that were opened: their number, and where.
    fn complaints(&self, _kicks: u64) -> Vec<String> {
        Vec::new()
    }
}

/// An open door of the till, and callers that use Python's requests.
pub struct Door {
    callers: Gateway,
    url: String,
    port: u16,
    headers: Value,
}

impl Door {
    /// Opens the door of that connector on a port of its own.
    pub fn open(till: &Till, word: &str, scheme: &str, more: &[&str]) -> Door {
        let port = free_port();
        let on = ["connectors", word, "--on", "--port", &port.to_string()];
        let token = token_in(&till.ask_ok(&[&on, more].concat()));
        let headers = json!({"Authorization": format!("Bearer {token}")});
        let url = format!("{scheme}://127.0.0.1:{port}");
        Door { callers: Gateway::script("callers.py", &[]), url, port, headers }
    }

    /// Whether somebody answers there.
    pub fn is_open(&self) -> bool {
        TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).is_ok()
    }

    /// Begins a call with that number; `heads` are added to the token.
    pub fn call(&mut self, number: u32, path: &str, heads: &Value, body: &str) {
        let mut headers = self.headers.clone();
        headers["Content-Type"] = json!("application/json");
        let more = heads.as_object().cloned().unwrap_or_default();
        headers.as_object_mut().unwrap().extend(more);
        let url = format!("{}{path}", self.url);
        let call =
            json!({"do": "call", "number": number, "url": url, "headers": headers, "text": body});
        self.callers.order(call);
    }

    /// The answers since this was asked last: the number of each call, and what came.
    pub fn answers(&mut self) -> Vec<(u32, Value)> {
        let answered = self.callers.take().into_iter().filter(|line| line["is"] == "answered");
        answered.map(|line| (line["number"].as_u64().unwrap() as u32, line)).collect()
    }
}

/// A call that was not answered: the line broke, or nobody was there.
pub fn is_broken(answer: &Value) -> bool {
    answer["failed"] == "ConnectionError" || answer["failed"] == "SSLError"
}

/// All systems, set up on a till that does not run yet. `printers`: their names; the first is Odoo's, the second the ERP's.
pub fn all(till: &Till, printers: &[String]) -> Vec<Box<dyn System>> {
    vec![
        Box::new(Push::open(till, &printers[0])),
        Box::new(Pull::open(till, printers)),
        Box::new(Socket::open(till, printers)),
        Box::new(Erp::open(till, &printers[1])),
        Box::new(Keyed::local_gateway(till)),
        Box::new(Keyed::api(till)),
    ]
}
