//! A day in a shop where every system prints on one till, whose engine is killed at random moments. At the end what each system was told,
//! in its own way, is compared with the paper.

mod erp;
mod keyed;
mod ledger;
mod odoo;
mod sale;
mod socket;
mod systems;

use self::erp::Erp;
use self::keyed::Keyed;
use self::ledger::Ledger;
use self::odoo::{Pull, Push};
use self::sale::{Known, Manner, Sale, Word};
use self::socket::Socket;
use self::systems::{News, System, all};
use super::order::{Form, Kind};
use super::{Chance, Copy, Death, Order, Paper, Printers, Signs, Wired};
use crate::{RunningTill, Till};
use platen_simulators::printer::PrinterOptions;
use platen_simulators::{PrinterHandle, VirtualPrinter};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::{Duration, Instant};

/// Odoo's, the ERP's, the kitchen's, and one more. Long enough for the many ways in which Backend-Socket's server writes them.
const PRINTERS: [(&str, &str); 4] = [
    ("counterleft", "receipt"),
    ("counterright", "receipt"),
    ("kitchenwarm", "kitchen"),
    ("terracebar", "receipt"),
];
/// Jobs of one system that may be open; a shop with more of them would stop to look.
const MOST_OPEN: usize = 8;
const TICK: Duration = Duration::from_millis(2);
/// After the last trouble everything has to come to rest within this.
const REST: Duration = Duration::from_secs(120);

/// How many jobs a day has, and the state of one that goes on.
pub struct Day {
    till: Till,
    printers: Wired<PrinterHandle>,
    systems: Vec<Box<dyn System>>,
    names: Vec<String>,
    sales: Vec<Sale>,
    chance: Chance,
    jobs: usize,
    life: u32,
    next_sale: Instant,
    began: Instant,
    news: u64,
    /// Connections that each printer had seen when each life was over; the first is that of the first life.
    connections: Vec<Vec<u64>>,
    mute_in: HashSet<(u32, usize)>,
}

impl Day {
    /// Runs a day with so many jobs, or as many as `PLATEN_JOBS` says. `PLATEN_SEED` repeats the dice.
    ///
    /// # Panics
    /// When a job was lost, is on paper twice without a mark, or its system was told what is not so.
    #[allow(
        clippy::print_stdout,
        reason = "the seed, and what came of it, are for a person to read"
    )]
    pub async fn run(jobs: usize) {
        let said = std::env::var("PLATEN_JOBS");
        let jobs = said.map_or(jobs, |said| said.parse().unwrap());
        let seed = Chance::seed("PLATEN_SEED");
        println!("crash_connectors: PLATEN_SEED={seed} PLATEN_JOBS={jobs}");
        let mut day = Day::open(jobs, seed);
        while day.sales.len() < day.jobs {
            day.live_and_die().await;
        }
        let (kills, took) = (day.life, day.began.elapsed().as_secs());
        println!("crash_connectors: {jobs} jobs, {kills} kills, {took} s");
        day.come_to_rest(seed).await;
    }

    fn open(jobs: usize, seed: u64) -> Day {
        let till = Till::new();
        let start = |_: &(&str, &str)| VirtualPrinter::start(PrinterOptions::default()).unwrap();
        let printers: Vec<PrinterHandle> = PRINTERS.iter().map(start).collect();
        for ((name, kind), printer) in PRINTERS.iter().zip(&printers) {
            till.ask_ok(&["printers", "add", name, &printer.uri(), "--kind", kind]);
        }
        let names: Vec<String> = PRINTERS.iter().map(|(name, _)| (*name).to_owned()).collect();
        let places = names.iter().cloned().zip(printers.iter().map(|one| one.uri())).collect();
        Day {
            systems: all(&till, &names),
            till,
            printers: Wired::new(printers, places),
            names,
            sales: Vec::new(),
            chance: Chance::new(seed),
            jobs,
            life: 0,
            next_sale: Instant::now(),
            began: Instant::now(),
            news: 0,
            connections: Vec::new(),
            mute_in: HashSet::new(),
        }
    }

    /// One life of the engine. Few die before they are up; some live long enough for what takes seconds.
    async fn live_and_die(&mut self) {
        self.life += 1;
        let engine = self.till.start();
        if !self.chance.percent(10) {
            self.until_the_doors_are_open().await;
        }
        let signs = self.signs();
        let mut death = match self.chance.number(0..100) {
            0..8 => Death::after(self.chance.millis(7000..9500)),
            8..45 => Death::after(self.chance.millis(1000..3500)),
            _ => Death::plan(&mut self.chance, 1, &signs),
        };
        while !death.is_due(&self.signs()) && self.sales.len() < self.jobs {
            self.tick();
            tokio::time::sleep(TICK).await;
        }
        self.bury(engine).await;
    }

    async fn until_the_doors_are_open(&mut self) {
        let deadline = Instant::now() + REST;
        while !self.systems.iter_mut().all(|system| system.can_send()) {
            assert!(Instant::now() < deadline, "the engine does not come up:\n{}", self.till.log());
            self.hear();
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    fn signs(&self) -> Signs {
        Signs {
            bytes: self.printers.received_bytes(),
            sheets: self.printers.sheet_count(),
            news: self.news,
            sends: self.sales.len() as u64,
        }
    }

    /// Everybody does what is due.
    fn tick(&mut self) {
        self.hear();
        if Instant::now() >= self.next_sale {
            self.sell();
            self.next_sale = Instant::now() + self.chance.millis(0..60);
        }
        for at in 0..self.names.len() {
            if let Some(trouble) = self.printers.go_on(at, &mut self.chance) {
                self.note_open(&format!("{} has now {trouble}", self.names[at]), Some(at));
            }
            if self.printers.is_mute(at) {
                self.mute_in.insert((self.life, at));
            }
        }
    }

    fn hear(&mut self) {
        for at in 0..self.systems.len() {
            for (number, news) in self.systems[at].hear() {
                self.news += 1;
                let sale = &mut self.sales[number as usize - 1];
                match news {
                    News::HandedOut => sale.note(self.began, self.life, "handed out"),
                    News::Told(word) => {
                        sale.note(self.began, self.life, &format!("told {word:?}"));
                        sale.told.push((word, self.life));
                    }
                }
            }
        }
    }

    /// A job of any system, where it has not too many that are open.
    fn sell(&mut self) {
        let system = self.chance.number(0..self.systems.len() as u32) as usize;
        let open = self.sales.iter().filter(|sale| sale.system == system && sale.told.is_empty());
        if open.count() < MOST_OPEN && self.systems[system].can_send() {
            self.sell_by(system);
        }
    }

    fn sell_by(&mut self, system: usize) {
        let any = self.chance.number(0..self.names.len() as u32) as usize;
        let printer = self.systems[system].printer().unwrap_or(any);
        let number = self.sales.len() as u32 + 1;
        let kind = if PRINTERS[printer].1 == "kitchen" { Kind::Kitchen } else { Kind::Receipt };
        let order = Order {
            number,
            id: format!("order-{number}"),
            printer: self.names[printer].clone(),
            kind,
            form: *self.chance.pick(&[Form::Text, Form::Fields, Form::Commands]),
            lines: self.chance.number(2..9),
            event: "",
        };
        self.systems[system].send(&order);
        let name = self.systems[system].name();
        let mut sale = Sale {
            order,
            system,
            printer,
            sent_in: self.life,
            told: Vec::new(),
            history: Vec::new(),
        };
        sale.note(self.began, self.life, &format!("sent by {name}"));
        self.sales.push(sale);
    }

    async fn bury(&mut self, engine: RunningTill) {
        engine.kill();
        // What it said before it died is on its way, and so are its last bytes.
        let deadline = Instant::now() + Duration::from_secs(2);
        while Instant::now() < deadline && !self.is_silent() {
            self.hear();
            tokio::time::sleep(TICK).await;
        }
        self.hear();
        self.systems.iter_mut().for_each(|system| system.engine_died());
        self.connections
            .push(self.printers.probes().map(|printer| printer.connections()).collect());
        self.note_open("the engine was killed", None);
    }

    /// Whether nobody waits for an answer of an engine that is dead.
    fn is_silent(&self) -> bool {
        let waits = |sale: &Sale| {
            let manner = self.systems[sale.system].manner();
            sale.told.is_empty() && matches!(manner, Manner::Waits | Manner::Trusts)
        };
        !self.sales.iter().any(waits)
            && self.printers.probes().all(|printer| printer.open_connections() == 0)
    }

    fn note_open(&mut self, what: &str, printer: Option<usize>) {
        let is_concerned = |sale: &Sale| {
            sale.told.is_empty() && printer.is_none_or(|printer| printer == sale.printer)
        };
        for sale in self.sales.iter_mut().filter(|sale| is_concerned(sale)) {
            sale.note(self.began, self.life, what);
        }
    }

    /// All trouble is over, the engine is left alone, and everything is looked at.
    #[allow(clippy::print_stdout, reason = "what came of it is for a person to read")]
    async fn come_to_rest(mut self, seed: u64) {
        self.printers.mend();
        self.life += 1;
        let engine = self.till.start();
        self.until_the_doors_are_open().await;
        // Every system is still served.
        let last = self.sales.len();
        (0..self.systems.len()).for_each(|system| self.sell_by(system));
        let calm = self.until_all_are_told().await;
        assert!(engine.stop().success(), "the engine did not end cleanly");
        let mut report = self.look(last).await;
        if !calm {
            report.push("no rest after the last trouble".to_owned());
        }
        if !report.is_empty() {
            let home = self.till.keep().display();
            panic!("PLATEN_SEED={seed}, the till is kept in {home}\n{}", report.join("\n"));
        }
    }

    /// Whoever can learn more is waited for, and so is what is stored.
    async fn until_all_are_told(&mut self) -> bool {
        let deadline = Instant::now() + REST;
        loop {
            self.hear();
            let is_open = |sale: &&Sale| {
                let excused = self.systems[sale.system].excuses(sale.order.number);
                sale.told.is_empty() && !excused
            };
            let waits = self.sales.iter().filter(is_open).count();
            if waits == 0 && self.nothing_is_open() {
                return true;
            }
            if Instant::now() > deadline {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    fn nothing_is_open(&self) -> bool {
        let open = ["pending", "held", "processing"];
        let jobs = |state: &&str| self.till.ask_json(&["jobs", "--state", state, "--json"]);
        open.iter().all(|state| jobs(state).as_array().unwrap().is_empty())
    }

    /// Everything that is wrong, with the history of each sale that is concerned.
    #[allow(clippy::print_stdout, reason = "what came of it is for a person to read")]
    async fn look(&self, last: usize) -> Vec<String> {
        let ledger = Ledger::of(&self.till).await;
        let papers: Vec<Paper> = self.printers.papers();
        let mut report = ledger.open();
        let mut copies: HashMap<(usize, u32), Vec<&Copy>> = HashMap::new();
        for (at, paper) in papers.iter().enumerate() {
            report.extend(paper.wrong.iter().map(|wrong| format!("{}: {wrong}", self.names[at])));
            paper.copies.iter().for_each(|c| copies.entry((at, c.number)).or_default().push(c));
        }
        let kicks = self.printers.probes().map(|printer| printer.drawer_kicks()).sum();
        report.extend(self.systems.iter().flat_map(|system| system.complaints(kicks)));
        let mut tally: BTreeMap<(&str, Option<&Word>), usize> = BTreeMap::new();
        for (at, sale) in self.sales.iter().enumerate() {
            let copies = copies.remove(&(sale.printer, sale.order.number)).unwrap_or_default();
            let known = self.known(sale, &ledger);
            let mut wrong = sale.judge(&copies, &known);
            if at >= last && !copies.iter().any(|copy| copy.is_whole()) {
                wrong.push(format!("{} is not served any more", self.systems[sale.system].name()));
            }
            let word = sale.told.first().map(|(word, _)| word);
            *tally.entry((self.systems[sale.system].name(), word)).or_default() += 1;
            if !wrong.is_empty() {
                report.push(self.tell(sale, &copies, &known, &wrong));
            }
        }
        report.extend(copies.keys().map(|(at, number)| {
            format!("order {number} is on the paper of {}, not its own", self.names[*at])
        }));
        for ((system, word), count) in tally {
            println!("crash_connectors: {system}: {count} × {word:?}");
        }
        report
    }

    fn known<'a>(&self, sale: &Sale, ledger: &'a Ledger) -> Known<'a> {
        let system = &self.systems[sale.system];
        let told = sale.told.first().map_or(self.life, |(_, life)| *life);
        let mut lives = sale.sent_in..=told;
        Known {
            manner: system.manner(),
            excused: system.excuses(sale.order.number),
            jobs: ledger.of_sale(sale.order.number),
            printed_later: self.is_printed_later(sale),
            printer_was_mute: lives.any(|life| self.mute_in.contains(&(life, sale.printer))),
        }
    }

    fn is_printed_later(&self, sale: &Sale) -> bool {
        let until = self.connections.get(sale.sent_in as usize - 1);
        let Some(until) = until.map(|printers| printers[sale.printer]) else { return false };
        let name = format!("Q{:06}-", sale.order.number);
        let wires = self.printers.probes().nth(sale.printer).unwrap().wire();
        let later = wires.iter().filter(|wire| wire.id.0 > until);
        later
            .into_iter()
            .any(|wire| wire.bytes.windows(name.len()).any(|window| window == name.as_bytes()))
    }

    fn tell(&self, sale: &Sale, copies: &[&Copy], known: &Known, wrong: &[String]) -> String {
        let id = &sale.order.id;
        let (name, printer) = (self.systems[sale.system].name(), &sale.order.printer);
        let mut text = format!("\n=== {id} of {name} for {printer}: {}\n", wrong.join("; "));
        sale.history.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
        text.push_str(&format!("  told: {:?}\n  on paper: {copies:?}\n", sale.told));
        text.push_str(&format!("  lines: {}, later: {}\n", sale.order.lines, known.printed_later));
        for job in known.jobs {
            let (id, outcome) = (job.id, &job.outcome);
            text.push_str(&format!(
                "  job {id}: {}, {outcome:?}, told {:?}\n",
                job.state, job.told
            ));
            for line in self.till.log().lines().filter(|line| names(line, id)) {
                text.push_str(&format!("    {line}\n"));
            }
        }
        text
    }
}

fn names(line: &str, job: platen_job::JobId) -> bool {
    let named = [format!("job={job}"), format!("ours={job}")];
    line.split([' ', ',']).any(|word| named.iter().any(|name| name == word))
}

impl Sale {
    fn note(&mut self, began: Instant, life: u32, what: &str) {
        let seconds = began.elapsed().as_secs_f64();
        self.history.push(format!("{seconds:9.4} s, life {life}: {what}"));
    }
}
