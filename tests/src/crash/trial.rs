//! The engine of one till is killed at random moments while jobs flow and the printers and the gateway misbehave.
#![allow(clippy::print_stdout, reason = "the seed, and what came of it, are for a person to read")]

use super::{
    Books, Chance, Copy, Death, Form, GatewayTrouble, Kind, Known, Manners, Order, Paper, Sender,
    Sent, Signs, Word, judge, lines_about,
};
use crate::{RunningTill, Till};
use platen_bridge::Settings;
use platen_job::{DocumentType, Evidence};
use platen_simulators::gateway::{Callers, Generation, LicenceFixture};
use platen_simulators::{EmbeddedGateway, GatewayHandle, GatewayOptions};
use std::collections::{HashMap, HashSet};
use std::process::Command;
use std::time::{Duration, Instant};

/// Orders of one printer that may wait for their answer; a shop with more of them would stop to look.
const MOST_OPEN: usize = 8;
const MANNERS: Manners =
    Manners { patience: 300..2500, asks_once_more: 15, once_more_after: 0..8000 };
/// The shop's clock.
const TICK: Duration = Duration::from_millis(1);
/// After the last trouble everything has to come to rest within this.
const REST: Duration = Duration::from_secs(120);

/// The printers of a trial, on whatever wire, with their troubles.
pub trait Printers {
    /// Their names in the settings, and where they are.
    fn places(&self) -> Vec<(String, String)>;

    /// What the engine has to be started with, beside its home.
    fn equip(&self, _engine: &mut Command) {}

    /// Bytes that they have received so far.
    fn received_bytes(&self) -> u64;

    /// Sheets that they have cut off so far, or jobs printed.
    fn sheet_count(&self) -> u64;

    /// Goes on to the next trouble of one printer when it is time; says which.
    fn go_on(&mut self, at: usize, chance: &mut Chance) -> Option<String>;

    /// Whether that one says nothing at all now.
    fn is_mute(&self, _at: usize) -> bool {
        false
    }

    /// Everything is mended, and stays so.
    fn mend(&mut self);

    /// What is on paper.
    fn papers(&self) -> Vec<Paper>;

    /// How a printer was left, for a person who has to find out why.
    fn state(&self, at: usize) -> String;
}

/// How a trial is run.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Its name in what it prints.
    pub name: &'static str,
    /// How often the engine is killed.
    pub kills: u32,
    /// How much slower than a usual machine this one is.
    pub slower: u32,
    /// How long an engine may live.
    pub lives: Lives,
}

/// From when on an engine's life counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lives {
    /// It may die before it is up.
    FromTheStart,
    /// It dies when it has work: where a start takes long, most kills would meet nothing else.
    OnceOnline,
}

impl Plan {
    /// A plan with that many kills, or as many as `PLATEN_KILLS` says.
    pub fn new(name: &'static str, kills: u32) -> Plan {
        let said = std::env::var("PLATEN_KILLS");
        Plan {
            name,
            kills: said.map_or(kills, |said| said.parse().unwrap()),
            slower: 1,
            lives: Lives::FromTheStart,
        }
    }

    /// Runs it. `PLATEN_SEED` repeats the dice.
    ///
    /// # Panics
    /// When an order was lost, is on paper twice without a mark, or its sender was told what is not so.
    pub async fn run(self, printers: impl Printers) {
        let seed = Chance::seed("PLATEN_SEED");
        let Plan { name, kills, .. } = self;
        println!("{name}: PLATEN_SEED={seed} PLATEN_KILLS={kills}");
        let began = Instant::now();
        let mut trial = Trial::open(self, printers, seed);
        for kill in 1..=kills {
            trial.live_and_die().await;
            if kill % 100 == 0 || kill == kills {
                let (orders, took) = (trial.sender.orders().len(), began.elapsed().as_secs());
                println!("{name}: {kill} kills, {orders} orders, {took} s");
            }
        }
        trial.come_to_rest(seed).await;
    }
}

struct Trial<P> {
    plan: Plan,
    till: Till,
    gateway: GatewayHandle,
    printers: P,
    names: Vec<String>,
    sender: Sender,
    chance: Chance,
    next_order: Instant,
    outage: GatewayTrouble,
    /// Lives of the engine in which a printer was mute.
    mute_in: HashSet<(u32, usize)>,
}

impl<P: Printers> Trial<P> {
    fn open(plan: Plan, printers: P, seed: u64) -> Trial<P> {
        let licence = LicenceFixture::demo();
        let gateway = EmbeddedGateway::start(GatewayOptions {
            licences: vec![licence.clone()],
            callers: Callers::ById,
            keep_events: 10_000,
            ..GatewayOptions::generation(Generation::C)
        })
        .unwrap();
        let places = printers.places();
        let named: Vec<(&str, &str)> =
            places.iter().map(|(name, uri)| (name.as_str(), uri.as_str())).collect();
        let till = Till::set_up(&gateway.url(), &licence.key, &named);
        let path = till.home().join("settings.toml");
        let (mut settings, _) = Settings::load(&path).unwrap();
        settings.jobs.time_to_live_seconds.insert(DocumentType::Label, Sent::LABEL_WAITS.as_secs());
        settings.save(&path).unwrap();
        Trial {
            plan,
            till,
            gateway,
            names: places.into_iter().map(|(name, _)| name).collect(),
            printers,
            sender: Sender::new(MANNERS),
            chance: Chance::new(seed),
            next_order: Instant::now(),
            outage: GatewayTrouble::new(),
            mute_in: HashSet::new(),
        }
    }

    fn start(&self) -> RunningTill {
        self.till.start_with(|engine| self.printers.equip(engine))
    }

    /// One life of the engine.
    async fn live_and_die(&mut self) {
        self.sender.engine_starts();
        let engine = self.start();
        if self.plan.lives == Lives::OnceOnline {
            let _ = self.gateway.wait_for_desktops(1, REST).await;
        }
        self.outage.plan(&mut self.chance);
        let signs = self.signs();
        let mut death = Death::plan(&mut self.chance, self.plan.slower, &signs);
        while !death.is_due(&self.signs()) {
            self.tick().await;
            tokio::time::sleep(TICK).await;
        }
        self.bury(engine).await;
    }

    async fn bury(&mut self, engine: RunningTill) {
        engine.kill();
        // What it said before it died is on its way.
        let _ = self.gateway.wait_for_nobody(Duration::from_millis(500)).await;
        self.sender.hear(&self.gateway, &mut self.chance);
        self.sender.note_all_open("the engine was killed");
    }

    fn signs(&self) -> Signs {
        Signs {
            bytes: self.printers.received_bytes(),
            sheets: self.printers.sheet_count(),
            news: self.sender.news,
            sends: self.sender.sends,
        }
    }

    /// Everybody does what is due.
    async fn tick(&mut self) {
        self.sender.hear(&self.gateway, &mut self.chance);
        self.sender.send_due(&self.gateway, &mut self.chance);
        self.order();
        for (at, name) in self.names.iter().enumerate() {
            if let Some(trouble) = self.printers.go_on(at, &mut self.chance) {
                self.sender.note_open_of(name, &format!("{name} has now {trouble}"));
            }
            if self.printers.is_mute(at) {
                self.mute_in.insert((self.sender.life(), at));
            }
        }
        if let Some(outage) = self.outage.go_on(&self.gateway).await {
            self.sender.note_all_open(&outage);
        }
    }

    /// New orders come in bursts, while a line stands.
    fn order(&mut self) {
        if Instant::now() < self.next_order || self.gateway.clients().is_empty() {
            return;
        }
        let burst = if self.chance.percent(15) { self.chance.number(3..8) } else { 1 };
        for _ in 0..burst {
            let printer = self.chance.pick(&self.names);
            if self.sender.open_of(printer) < MOST_OPEN {
                let order = Order::random(self.sender.next_number(), printer, &mut self.chance);
                self.sender.send(&self.gateway, order, &mut self.chance);
            }
        }
        self.next_order = Instant::now() + self.chance.millis(0..400);
    }

    /// All trouble is over, the engine is left alone, and everything is looked at.
    async fn come_to_rest(mut self, seed: u64) {
        self.outage.end(&self.gateway);
        self.printers.mend();
        self.sender.engine_starts();
        let engine = self.start();
        let calm = self.until_all_are_told().await;
        let names = self.names.clone();
        let last: Vec<u32> = names.iter().map(|printer| self.order_last(printer)).collect();
        let calm = self.until_all_are_told().await && calm;
        let books = self.until_nothing_is_open().await;
        assert!(engine.stop().success(), "the engine did not end cleanly");
        let mut report = self.look(&books, &last);
        // A run without orders proves nothing.
        let (orders, kills) = (self.sender.orders().len() - last.len(), self.plan.kills as usize);
        assert!(2 * orders >= kills, "only {orders} orders in {kills} lives of the engine");
        if !calm {
            report.push("no rest after the last trouble".to_owned());
        }
        if !report.is_empty() {
            let home = self.till.keep().display();
            panic!("PLATEN_SEED={seed}, the till is kept in {home}\n{}", report.join("\n"));
        }
    }

    fn order_last(&mut self, printer: &str) -> u32 {
        let number = self.sender.next_number();
        let order = Order {
            number,
            id: format!("last-{number}"),
            printer: printer.to_owned(),
            kind: Kind::Receipt,
            form: Form::Commands,
            lines: 5,
            event: "print:job",
        };
        self.sender.send(&self.gateway, order, &mut self.chance);
        number
    }

    async fn until_all_are_told(&mut self) -> bool {
        let deadline = Instant::now() + REST * self.plan.slower;
        while !self.sender.is_done() {
            self.sender.hear(&self.gateway, &mut self.chance);
            self.sender.send_due(&self.gateway, &mut self.chance);
            if Instant::now() > deadline {
                return false;
            }
            tokio::time::sleep(TICK).await;
        }
        true
    }

    /// An outcome is told right after it is stored: once all are told, nothing is left to do.
    async fn until_nothing_is_open(&mut self) -> Books {
        let deadline = Instant::now() + Duration::from_secs(10);
        loop {
            let books = Books::ask(&self.till).await;
            if books.open().is_empty() || Instant::now() > deadline {
                return books;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Everything that is wrong, with the history of each order that is concerned.
    fn look(&self, books: &Books, last: &[u32]) -> Vec<String> {
        let papers: Vec<Paper> = self.printers.papers();
        let mut copies: HashMap<(usize, u32), Vec<&Copy>> = HashMap::new();
        let mut report = self.sender.wrong.clone();
        report.extend(books.open().into_iter().map(|job| format!("left open: {job}")));
        for (at, paper) in papers.iter().enumerate() {
            report.extend(paper.wrong.iter().map(|wrong| format!("{}: {wrong}", self.names[at])));
            paper.copies.iter().for_each(|c| copies.entry((at, c.number)).or_default().push(c));
        }
        let mut tally: HashMap<&str, usize> = HashMap::new();
        for sent in self.sender.orders() {
            let at = self.names.iter().position(|name| *name == sent.order.printer).unwrap();
            let copies = copies.remove(&(at, sent.order.number)).unwrap_or_default();
            let known = self.known(sent, at, books);
            let mut wrong = judge(sent, &copies, &known);
            if last.contains(&sent.order.number)
                && copies.iter().filter(|c| c.is_whole()).count() != 1
            {
                wrong.push(format!("{} was not left fit to print", sent.order.printer));
            }
            *tally.entry(sort_of(sent, &copies, &known)).or_default() += 1;
            if !wrong.is_empty() {
                report.push(self.tell(sent, &copies, &known, &wrong));
            }
        }
        for ((at, number), _) in copies {
            report
                .push(format!("order {number} is on the paper of {}, not its own", self.names[at]));
        }
        if !report.is_empty() {
            report.extend((0..self.names.len()).map(|at| self.printers.state(at)));
        }
        let mut tally: Vec<_> = tally.into_iter().collect();
        tally.sort_unstable();
        let name = self.plan.name;
        println!("{name}: {tally:?}\n{name}: {:?}", books.count());
        report
    }

    fn known(&self, sent: &Sent, printer: usize, books: &Books) -> Known {
        let first = sent.sends.first().copied().unwrap_or_default();
        let told = sent.told.first().map_or(first, |told| told.life);
        Known {
            jobs: books.of(&sent.order.id).len(),
            evidence: books.evidence(&sent.order.id),
            printer_was_mute: (first..=told).any(|life| self.mute_in.contains(&(life, printer))),
        }
    }

    fn tell(&self, sent: &Sent, copies: &[&Copy], known: &Known, wrong: &[String]) -> String {
        let mut text = format!("\n=== {}: {}\n", sent.order.id, wrong.join("; "));
        sent.history.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
        text.push_str(&format!("  on paper: {copies:?}\n  known: {known:?}\n  log:\n"));
        for line in lines_about(&self.till, &sent.order.id) {
            text.push_str(&format!("    {line}\n"));
        }
        text
    }
}

/// How an order ended, to see that the run was worth its time.
fn sort_of(sent: &Sent, copies: &[&Copy], known: &Known) -> &'static str {
    let torn = copies.iter().any(|copy| !copy.is_whole());
    match sent.told.first().map(|told| &told.word) {
        Some(Word::Completed) if copies.iter().any(|copy| copy.marked) => "completed, marked",
        Some(Word::Completed) if known.evidence == Some(Evidence::Submitted) => {
            "completed, unheard"
        }
        Some(Word::Completed) => "completed",
        Some(Word::Unconfirmed) if torn => "unconfirmed, torn",
        Some(Word::Unconfirmed) if copies.is_empty() => "unconfirmed, not on paper",
        Some(Word::Unconfirmed) => "unconfirmed, on paper",
        Some(Word::Expired) => "expired",
        _ => "other",
    }
}
