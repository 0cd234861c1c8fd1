//! An honest integrator: it sends an order again under the same id until it has been told what became of it.

use super::Chance;
use super::order::{Kind, Order};
use platen_simulators::GatewayHandle;
use platen_simulators::gateway::Received;
use std::collections::HashMap;
use std::ops::Range;
use std::time::{Duration, Instant};

/// What the sender was told of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// It is on paper.
    Completed,
    /// It may or may not be on paper.
    Unconfirmed,
    /// It came too late and is not on paper.
    Expired,
    /// Something else, with its `errorType`.
    Failed(String),
}

/// One telling.
#[derive(Debug, Clone)]
pub struct Told {
    /// What was said.
    pub word: Word,
    /// In which life of the engine, from 1.
    pub life: u32,
}

/// An order and everything that happened to it.
pub struct Sent {
    /// What was sent.
    pub order: Order,
    /// In which lives of the engine a line took it, once for each time.
    pub sends: Vec<u32>,
    /// What the sender was told, in order.
    pub told: Vec<Told>,
    /// What happened, for a person who has to find out why.
    pub history: Vec<String>,
    next_send: Option<Instant>,
}

/// How a sender behaves.
#[derive(Debug, Clone)]
pub struct Manners {
    /// Milliseconds after which it sends again what it was told nothing of.
    pub patience: Range<u32>,
    /// How many of a hundred it asks for once more after it was told: its own record of the answer was lost.
    pub asks_once_more: u32,
    /// Milliseconds after which it does.
    pub once_more_after: Range<u32>,
}

/// The integrator's side of the gateway.
pub struct Sender {
    manners: Manners,
    orders: Vec<Sent>,
    by_id: HashMap<String, usize>,
    /// Orders with a send to come.
    due: Vec<usize>,
    heard: u64,
    life: u32,
    began: Instant,
    /// Reports and starts heard so far.
    pub news: u64,
    /// Sendings that a line took so far.
    pub sends: u64,
    /// What was said of orders that nobody sent.
    pub wrong: Vec<String>,
}

impl Sender {
    /// One that has sent nothing yet.
    pub fn new(manners: Manners) -> Sender {
        Sender {
            manners,
            orders: Vec::new(),
            by_id: HashMap::new(),
            due: Vec::new(),
            heard: 0,
            life: 0,
            began: Instant::now(),
            news: 0,
            sends: 0,
            wrong: Vec::new(),
        }
    }

    /// Everything that was sent.
    pub fn orders(&self) -> &[Sent] {
        &self.orders
    }

    /// How many the next order would be.
    pub fn next_number(&self) -> u32 {
        self.orders.len() as u32 + 1
    }

    /// Orders of which nothing was told yet, of one printer.
    pub fn open_of(&self, printer: &str) -> usize {
        self.open().filter(|sent| sent.order.printer == printer).count()
    }

    /// Orders of which nothing was told yet.
    pub fn open(&self) -> impl Iterator<Item = &Sent> {
        self.due.iter().map(|at| &self.orders[*at]).filter(|sent| sent.told.is_empty())
    }

    /// A new life of the engine begins.
    pub fn engine_starts(&mut self) {
        self.life += 1;
    }

    /// Which life of the engine it is, from 1.
    pub fn life(&self) -> u32 {
        self.life
    }

    /// Sends a new order, and again later until its outcome is known.
    pub fn send(&mut self, gateway: &GatewayHandle, order: Order, chance: &mut Chance) {
        let at = self.orders.len();
        self.by_id.insert(order.id.clone(), at);
        let said = format!(
            "{:?} {:?} of {} lines for {} by {}",
            order.kind, order.form, order.lines, order.printer, order.event
        );
        self.orders.push(Sent {
            order,
            sends: Vec::new(),
            told: Vec::new(),
            history: vec![said],
            next_send: Some(Instant::now()),
        });
        self.due.push(at);
        self.send_one(gateway, at, chance);
    }

    /// Sends again now what nothing was told of.
    pub fn send_open(&mut self, gateway: &GatewayHandle, chance: &mut Chance) {
        for at in self.due.clone() {
            self.send_one(gateway, at, chance);
        }
    }

    /// Sends again what is due.
    pub fn send_due(&mut self, gateway: &GatewayHandle, chance: &mut Chance) {
        let now = Instant::now();
        let is_due = |sent: &Sent| sent.next_send.is_some_and(|at| at <= now);
        let due: Vec<usize> =
            self.due.iter().copied().filter(|at| is_due(&self.orders[*at])).collect();
        for at in due {
            self.send_one(gateway, at, chance);
        }
        let orders = &self.orders;
        self.due.retain(|at| orders[*at].next_send.is_some());
    }

    fn send_one(&mut self, gateway: &GatewayHandle, at: usize, chance: &mut Chance) {
        let Sent { order, told, next_send, .. } = &mut self.orders[at];
        let sockets = gateway.send(order.event, &order.payload());
        let patience = if sockets == 0 { 20..60 } else { self.manners.patience.clone() };
        let again = told.is_empty() || sockets == 0;
        *next_send = again.then(|| Instant::now() + chance.millis(patience));
        let answered = !told.is_empty();
        if sockets > 0 {
            let life = self.life;
            self.sends += 1;
            self.orders[at].sends.push(life);
            self.note(at, if answered { "sent once more, out of doubt" } else { "sent" });
        }
    }

    /// Takes in what the gateway has received.
    pub fn hear(&mut self, gateway: &GatewayHandle, chance: &mut Chance) {
        for event in gateway.received_after(self.heard) {
            self.heard = event.seq;
            self.take_in(&event, chance);
        }
    }

    fn take_in(&mut self, event: &Received, chance: &mut Chance) {
        let word = match event.event.as_str() {
            "print:job:started" => None,
            "print:job:completed" => Some(Word::Completed),
            "print:job:failed" => Some(failure(event)),
            "print:physical:result" if event.payload["success"] == true => Some(Word::Completed),
            "print:physical:result" => Some(failure(event)),
            _ => return,
        };
        self.news += 1;
        let id = event.payload["jobId"].as_str().unwrap_or_default();
        let Some(at) = self.by_id.get(id).copied() else {
            return self.wrong.push(format!("{} for {id:?}, which was never sent", event.event));
        };
        match word {
            None => self.note(at, "started"),
            Some(word) => self.told(at, word, &event.event, chance),
        }
    }

    fn told(&mut self, at: usize, word: Word, event: &str, chance: &mut Chance) {
        self.note(at, &format!("told {word:?} by {event}"));
        let life = self.life;
        let sent = &mut self.orders[at];
        let first = sent.told.is_empty();
        sent.told.push(Told { word, life });
        let ask_again = first && chance.percent(self.manners.asks_once_more);
        let after = self.manners.once_more_after.clone();
        sent.next_send = ask_again.then(|| Instant::now() + chance.millis(after));
        if ask_again && !self.due.contains(&at) {
            self.due.push(at);
        }
    }

    /// Adds a line to everything that is open, such as that the engine was killed.
    pub fn note_all_open(&mut self, what: &str) {
        for at in self.due.clone() {
            self.note(at, what);
        }
    }

    /// Adds a line to every open order of one printer.
    pub fn note_open_of(&mut self, printer: &str, what: &str) {
        for at in self.due.clone() {
            if self.orders[at].order.printer == printer {
                self.note(at, what);
            }
        }
    }

    fn note(&mut self, at: usize, what: &str) {
        let (life, since) = (self.life, self.began.elapsed());
        let seconds = since.as_secs_f64();
        self.orders[at].history.push(format!("{seconds:9.4} s, life {life}: {what}"));
    }

    /// Whether nothing is to be sent and nothing to be told any more.
    pub fn is_done(&self) -> bool {
        self.due.is_empty()
    }
}

impl Sent {
    /// Reports that may come in that life: one for each time it was sent in it, and one for an earlier life.
    pub fn answers_due_in(&self, life: u32) -> usize {
        let owed = self.sends.iter().any(|sent| *sent < life);
        usize::from(owed) + self.sends.iter().filter(|sent| **sent == life).count()
    }

    /// How long a label may wait for its printer.
    pub const LABEL_WAITS: Duration = Duration::from_secs(2);

    /// Whether it may be told that it came too late.
    pub fn may_expire(&self) -> bool {
        self.order.kind == Kind::Label
    }
}

fn failure(event: &Received) -> Word {
    match event.payload["errorType"].as_str().unwrap_or("no errorType") {
        "unconfirmed" => Word::Unconfirmed,
        "expired" => Word::Expired,
        other => Word::Failed(other.to_owned()),
    }
}
