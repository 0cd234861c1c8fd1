//! The engine is killed at random moments while jobs flow and the printers and the gateway misbehave. At the end every
//! order is on paper once, or its second piece is marked, or its sender was told that nobody knows.
//!
//! `PLATEN_KILLS` says how often (300), `PLATEN_SEED` repeats the dice.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

use platen_bridge::Settings;
use platen_job::{DocumentType, Evidence};
use platen_simulators::gateway::{Callers, Generation, LicenceFixture};
use platen_simulators::printer::PrinterOptions;
use platen_simulators::{
    EmbeddedGateway, GatewayHandle, GatewayOptions, PrinterHandle, VirtualPrinter,
};
use platen_tests::crash::{
    Books, Chance, Copy, Form, GatewayTrouble, Kind, Known, Manners, Order, Paper, PrinterTrouble,
    Sender, Sent, Word, judge, lines_about,
};
use platen_tests::{RunningTill, Till};
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

const PRINTERS: [&str; 3] = ["Counter", "Kitchen", "Bar"];
/// Orders of one printer that may wait for their answer; a shop with more of them would stop to look.
const MOST_OPEN: usize = 8;
/// Longest life of an engine before it is killed.
const LONGEST_LIFE: Duration = Duration::from_millis(1200);
const MANNERS: Manners =
    Manners { patience: 300..2500, asks_once_more: 15, once_more_after: 0..8000 };
/// The shop's clock.
const TICK: Duration = Duration::from_millis(1);
/// After the last trouble everything has to come to rest within this.
const REST: Duration = Duration::from_secs(120);

#[tokio::test]
async fn no_order_is_lost_and_none_is_on_paper_twice_without_a_mark() {
    let seed = Chance::seed("PLATEN_SEED");
    let kills = std::env::var("PLATEN_KILLS").map_or(300, |kills| kills.parse().unwrap());
    println!("crash_random: PLATEN_SEED={seed} PLATEN_KILLS={kills}");
    let began = Instant::now();
    let mut shop = Shop::open(seed);
    for kill in 1..=kills {
        shop.live_and_die().await;
        if kill % 100 == 0 {
            let (orders, took) = (shop.sender.orders().len(), began.elapsed().as_secs());
            println!("crash_random: {kill} kills, {orders} orders, {took} s");
        }
    }
    shop.come_to_rest(seed).await;
}

struct Shop {
    till: Till,
    gateway: GatewayHandle,
    printers: Vec<PrinterHandle>,
    troubles: Vec<PrinterTrouble>,
    sender: Sender,
    chance: Chance,
    next_order: Instant,
    outage: GatewayTrouble,
    /// Lives of the engine in which a printer was mute.
    mute_in: HashSet<(u32, usize)>,
}

/// When the engine is killed.
enum Moment {
    /// At that time.
    At(Instant),
    /// So long after so many more of these have happened.
    After(Sign, u64, Duration),
}

/// Something that happens because the engine does its work.
#[derive(Clone, Copy)]
enum Sign {
    Bytes,
    Sheets,
    News,
    Sends,
}

impl Shop {
    fn open(seed: u64) -> Shop {
        let licence = LicenceFixture::demo();
        let gateway = EmbeddedGateway::start(GatewayOptions {
            licences: vec![licence.clone()],
            callers: Callers::ById,
            keep_events: 10_000,
            ..GatewayOptions::generation(Generation::C)
        })
        .unwrap();
        let start = |_| VirtualPrinter::start(PrinterOptions::default()).unwrap();
        let printers: Vec<PrinterHandle> = PRINTERS.iter().map(start).collect();
        let uris: Vec<String> = printers.iter().map(PrinterHandle::uri).collect();
        let named: Vec<(&str, &str)> =
            PRINTERS.iter().copied().zip(uris.iter().map(String::as_str)).collect();
        let till = Till::set_up(&gateway.url(), &licence.key, &named);
        let path = till.home().join("settings.toml");
        let (mut settings, _) = Settings::load(&path).unwrap();
        settings.jobs.time_to_live_seconds.insert(DocumentType::Label, Sent::LABEL_WAITS.as_secs());
        settings.save(&path).unwrap();
        Shop {
            till,
            gateway,
            troubles: printers.iter().map(|_| PrinterTrouble::new()).collect(),
            printers,
            sender: Sender::new(MANNERS),
            chance: Chance::new(seed),
            next_order: Instant::now(),
            outage: GatewayTrouble::new(),
            mute_in: HashSet::new(),
        }
    }

    /// One life of the engine.
    async fn live_and_die(&mut self) {
        self.sender.engine_starts();
        let engine = self.till.start();
        let longest = Instant::now() + LONGEST_LIFE + Duration::from_millis(500);
        self.outage.plan(&mut self.chance);
        let mut moment = self.plan_death();
        while Instant::now() < longest {
            self.tick().await;
            if let Moment::After(sign, wanted, delay) = moment
                && self.count(sign) >= wanted
            {
                moment = Moment::At(Instant::now() + delay);
            }
            if let Moment::At(at) = moment
                && Instant::now() >= at
            {
                break;
            }
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

    fn plan_death(&mut self) -> Moment {
        let chance = &mut self.chance;
        let now = Instant::now();
        let soon = chance.millis(0..4);
        let some = u64::from(chance.number(1..6));
        match chance.number(0..100) {
            0..12 => Moment::At(now + chance.millis(0..350)),
            12..40 => Moment::At(now + chance.millis(150..1200)),
            40..60 => {
                let bytes = u64::from(chance.number(1..3000));
                Moment::After(Sign::Bytes, self.count(Sign::Bytes) + bytes, soon)
            }
            60..70 => Moment::After(Sign::Sheets, self.count(Sign::Sheets) + some, soon),
            70..85 => Moment::After(Sign::News, self.count(Sign::News) + some, soon),
            _ => {
                let soon = chance.millis(0..40);
                Moment::After(Sign::Sends, self.count(Sign::Sends) + some, soon)
            }
        }
    }

    fn count(&self, sign: Sign) -> u64 {
        match sign {
            Sign::Bytes => self.printers.iter().map(|printer| printer.received_bytes()).sum(),
            Sign::Sheets => self.printers.iter().map(|printer| printer.sheet_count()).sum(),
            Sign::News => self.sender.news,
            Sign::Sends => self.sender.sends,
        }
    }

    /// Everybody does what is due.
    async fn tick(&mut self) {
        self.sender.hear(&self.gateway, &mut self.chance);
        self.sender.send_due(&self.gateway, &mut self.chance);
        self.order();
        for (at, trouble) in self.troubles.iter_mut().enumerate() {
            let changed = trouble.go_on(&self.printers[at], &mut self.chance);
            if let Some(misfortune) = changed {
                let said = format!("{} has now {misfortune:?}", PRINTERS[at]);
                self.sender.note_open_of(PRINTERS[at], &said);
            }
            if trouble.is_mute() {
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
            let printer = *self.chance.pick(&PRINTERS);
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
        for (trouble, printer) in self.troubles.iter_mut().zip(&self.printers) {
            trouble.end(printer);
        }
        self.sender.engine_starts();
        let engine = self.till.start();
        let calm = self.until_all_are_told().await;
        let last: Vec<u32> = PRINTERS.iter().map(|printer| self.order_last(printer)).collect();
        let calm = self.until_all_are_told().await && calm;
        let books = self.until_nothing_is_open().await;
        assert!(engine.stop().success(), "the engine did not end cleanly");
        let mut report = self.look(&books, &last);
        if !calm {
            report.push(format!("no rest within {REST:?} after the last trouble"));
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
        let deadline = Instant::now() + REST;
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
        let papers: Vec<Paper> = self.printers.iter().map(Paper::of).collect();
        let mut copies: HashMap<(usize, u32), Vec<&Copy>> = HashMap::new();
        let mut report = self.sender.wrong.clone();
        report.extend(books.open().into_iter().map(|job| format!("left open: {job}")));
        for (at, paper) in papers.iter().enumerate() {
            report.extend(paper.wrong.iter().map(|wrong| format!("{}: {wrong}", PRINTERS[at])));
            paper.copies.iter().for_each(|c| copies.entry((at, c.number)).or_default().push(c));
        }
        let mut tally: HashMap<&str, usize> = HashMap::new();
        for sent in self.sender.orders() {
            let at = PRINTERS.iter().position(|name| *name == sent.order.printer).unwrap();
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
            report.push(format!("order {number} is on the paper of {}, not its own", PRINTERS[at]));
        }
        if !report.is_empty() {
            report.extend(
                self.printers.iter().zip(PRINTERS).map(|(printer, name)| state(printer, name)),
            );
        }
        let mut tally: Vec<_> = tally.into_iter().collect();
        tally.sort_unstable();
        println!("crash_random: {tally:?}\ncrash_random: {:?}", books.count());
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

/// How a printer was left: what it was sent on its last connections, and what hangs out of it.
fn state(printer: &PrinterHandle, name: &str) -> String {
    let uncut = printer.uncut();
    let (open, received) = (printer.open_connections(), printer.received_bytes());
    let mut text = format!("\n=== {name}: {open} connections, {received} bytes received\n");
    text.push_str(&format!("  uncut: {} bytes, {}\n", uncut.len(), hex(&uncut)));
    for wire in printer.wire().iter().rev().take(60).rev() {
        text.push_str(&format!(
            "  {:?}: {} bytes, {}\n",
            wire.id,
            wire.bytes.len(),
            hex(&wire.bytes)
        ));
    }
    text
}

fn hex(bytes: &[u8]) -> String {
    let ends = (&bytes[..bytes.len().min(48)], &bytes[bytes.len().saturating_sub(24)..]);
    format!("{:02x?} … {:02x?}", ends.0, ends.1)
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
