//! A till that is updated and killed at random moments of it, with jobs that wait, again and again.
#![allow(clippy::print_stdout, reason = "the seed, and what came of it, are for a person to read")]

use super::order::{Form, Kind, Order};
use super::verdict::promise_no_unmarked_copies;
use super::{Books, Chance, Copy, Paper, Plan, lines_about};
use crate::desktop::Desktop;
use crate::process::{is_from, kill, running_from};
use crate::shop::{Gateway, sheets, wait_at_most};
use crate::updates::{Line, Signer, UpdateServer, as_version, entry_to_check, install};
use crate::{RunningTill, SOON, Till};
use platen_job::JobState;
use platen_simulators::{Fault, PrinterHandle};
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

const NOW: &str = env!("CARGO_PKG_VERSION");
const NEXT: &str = "9.9.9";
const PRINTER: &str = "Bar";
/// New jobs in one life.
const MOST_NEW: u32 = 6;
/// The clock of the trial.
const TICK: Duration = Duration::from_millis(1);
/// Longest life, if nothing of what it was to die of happens.
const LONGEST: Duration = Duration::from_secs(20);
/// After the last kill everything has to come to rest within this.
const REST: Duration = Duration::from_secs(120);
/// The server takes so long for a mebibyte, of a hundred.
const PACE: Duration = Duration::from_millis(4);

/// Bytes that the printer takes in a second: a job is on its way for a tenth of one.
const SPEED: NonZeroU32 = NonZeroU32::new(3000).unwrap();

/// In the midst of what the program is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Midst {
    /// Of the download.
    Fetching,
    /// Of the wait for the jobs.
    Waiting,
    /// Of the jobs that the update waits for.
    Printing,
    /// Of putting the version in place.
    Installing,
    /// Of the new version's start in place of the old one.
    Handover,
}

impl Midst {
    const ALL: [Midst; 5] =
        [Midst::Fetching, Midst::Waiting, Midst::Printing, Midst::Installing, Midst::Handover];
}

/// How often a moment was aimed at.
#[derive(Debug, Clone, Copy, Default)]
struct Aims {
    hit: u32,
    missed: u32,
}

/// What is printed: it is asked for under the same key until Platen says that it has it.
struct Ticket {
    order: Order,
    stored: bool,
}

/// The trial.
pub struct UpdateTrial {
    plan: Plan,
    chance: Chance,
    server: UpdateServer,
    _gateway: Gateway,
    printer: PrinterHandle,
    till: Till,
    desktop: Desktop,
    folder: tempfile::TempDir,
    place: PathBuf,
    old: Vec<u8>,
    new: Vec<u8>,
    tickets: Vec<Ticket>,
    /// New ones in this life.
    fresh: u32,
    /// Whom the till is being asked by, and for which ticket.
    asking: Option<(usize, Child)>,
    others: Vec<Child>,
    /// Processes that are to be killed.
    doomed: Vec<u32>,
    tally: BTreeMap<String, u32>,
    aims: BTreeMap<Midst, Aims>,
}

impl UpdateTrial {
    /// Runs it. `PLATEN_SEED` repeats the dice.
    ///
    /// # Panics
    /// When there was ever no whole program in its place, the last update did not go through, or a job was lost, or is on paper
    /// twice without a mark; and when the kills did not meet what they were to meet.
    pub async fn run(plan: Plan) {
        let seed = Chance::seed("PLATEN_SEED");
        let Plan { name, kills, .. } = plan;
        println!("{name}: PLATEN_SEED={seed} PLATEN_KILLS={kills}");
        let began = Instant::now();
        let mut trial = UpdateTrial::open(plan, seed);
        for kill in 1..=kills {
            trial.live_and_die();
            if kill % 10 == 0 || kill == kills {
                let (tickets, took) = (trial.tickets.len(), began.elapsed().as_secs());
                println!("{name}: {kill} kills, {tickets} jobs, {took} s");
            }
        }
        trial.come_to_rest(seed).await;
    }

    fn open(plan: Plan, seed: u64) -> UpdateTrial {
        let server = UpdateServer::start();
        let (gateway, printer, till) = server.till("");
        let folder = tempfile::tempdir().unwrap();
        let place = install(folder.path());
        let (old, new) = (std::fs::read(&place).unwrap(), as_version(&place, NOW, NEXT));
        server.announce(NEXT, &new, &Signer::ours().sign(&new, Some(NEXT)));
        server.line(Line::Slow(PACE));
        printer.set_fault(Fault::Slow(SPEED));
        UpdateTrial {
            plan,
            chance: Chance::new(seed),
            server,
            _gateway: gateway,
            printer,
            till,
            desktop: Desktop::start(),
            folder,
            place,
            old,
            new,
            tickets: Vec::new(),
            fresh: 0,
            asking: None,
            others: Vec::new(),
            doomed: Vec::new(),
            tally: BTreeMap::new(),
            aims: BTreeMap::new(),
        }
    }

    fn live_and_die(&mut self) {
        // First comes what was not met yet.
        let unmet = Midst::ALL.into_iter().find(|midst| self.hits(*midst) == 0);
        if self.is_new() && (unmet.is_some() || self.chance.percent(75)) {
            self.reinstall();
        }
        if self.is_new() || (unmet.is_none() && self.chance.percent(12)) {
            let running = self.start();
            let end = Instant::now() + self.chance.millis(0..3000);
            while Instant::now() < end {
                self.tick();
            }
            return self.die(running, "start");
        }
        let midst = unmet.unwrap_or_else(|| self.midst());
        if midst == Midst::Fetching {
            // It is kept until its version has shown that it runs.
            let _ = std::fs::remove_file(self.till.home().join("update.package"));
        }
        let running = self.start();
        let entry = self.entry_to_check();
        // With the printer held the update has to wait, and a person lets it go.
        let held = self.chance.percent(70);
        self.order(if held { "pause" } else { "resume" });
        self.desktop.press(&[&entry]);
        let met = self.update_until(midst, held);
        let aims = self.aims.entry(midst).or_default();
        *if met { &mut aims.hit } else { &mut aims.missed } += 1;
        let word = format!("{midst:?}");
        self.die(running, if met { &word } else { "nothing of what was meant" });
    }

    fn hits(&self, midst: Midst) -> u32 {
        self.aims.get(&midst).map_or(0, |aims| aims.hit)
    }

    fn midst(&mut self) -> Midst {
        match self.chance.number(0..100) {
            0..30 => Midst::Fetching,
            30..40 => Midst::Waiting,
            40..60 => Midst::Printing,
            60..82 => Midst::Installing,
            _ => Midst::Handover,
        }
    }

    /// Two of three kills hit what they were meant for at least, and each moment was hit, as far as there were kills for that.
    ///
    /// A moment that does not come within [`LONGEST`] is missed. A whole life takes two or three seconds, and three or four where four
    /// others want each processor, of which none missed its moment: there is room for a machine that is much busier. What the program
    /// does not do any more is never met.
    fn met_enough(&self) {
        let met = Midst::ALL.into_iter().filter(|midst| self.hits(*midst) > 0).count();
        let enough = Midst::ALL.len().min(usize::try_from(self.plan.kills / 2).unwrap());
        assert!(met >= enough, "some moment was never hit: {:?}", self.aims);
        let sum = |of: fn(&Aims) -> u32| self.aims.values().map(of).sum::<u32>();
        let (hit, missed) = (sum(|aims| aims.hit), sum(|aims| aims.missed));
        assert!(
            hit >= 2 * missed,
            "{hit} kills hit what was meant, {missed} did not: {:?}",
            self.aims
        );
    }

    /// Goes on until the moment has come, and a little further; whether it came.
    fn update_until(&mut self, midst: Midst, held: bool) -> bool {
        let home = self.till.home();
        let (part, package) = (home.join("update.part"), home.join("update.package"));
        let next = self.place.with_file_name("platen.next");
        let inode = |path: &PathBuf| std::fs::metadata(path).map(|meta| meta.ino()).ok();
        let kept = self.place.with_file_name("platen.previous");
        let kept_before = inode(&kept);
        let (before, bytes) = (inode(&self.place), self.printer.received_bytes());
        let mut lets_go = held.then(|| self.chance.millis(0..600));
        let (soon, latest) = (self.chance.percent(50), Instant::now() + LONGEST);
        let begun = std::fs::metadata(&part).map_or(0, |part| part.len());
        // Not the last of it, which is here and gone within a moment.
        let left = u32::try_from((self.new.len() as u64).saturating_sub(begun)).unwrap();
        let came = begun + u64::from(self.chance.number(0..left * 9 / 10 + 1));
        let (mut ready, mut due): (Option<Instant>, Option<Instant>) = (None, None);
        while due.is_none_or(|due| Instant::now() < due) && Instant::now() < latest {
            self.tick();
            if ready.is_none() && package.exists() {
                ready = Some(Instant::now());
            }
            if let (Some(ready), Some(after)) = (ready, lets_go)
                && ready.elapsed() >= after
            {
                lets_go = None;
                self.others.push(quietly(&mut self.till.command(&["resume", PRINTER])));
            }
            let (is_now, a_little) = match midst {
                Midst::Fetching => {
                    (std::fs::metadata(&part).is_ok_and(|part| part.len() > came), 0..20)
                }
                Midst::Waiting => (package.exists(), 0..600),
                Midst::Printing => (self.printer.received_bytes() > bytes, 0..300),
                Midst::Installing => (next.exists(), 0..400),
                // The moment itself is short, what follows is long.
                Midst::Handover if soon => {
                    (inode(&kept) != kept_before || inode(&self.place) != before, 0..50)
                }
                Midst::Handover => (inode(&self.place) != before, 0..3000),
            };
            if due.is_none() && is_now {
                due = Some(Instant::now() + self.chance.millis(a_little));
                // Looked up now, so that it is quick then.
                self.doomed = running_from(self.folder.path());
            }
        }
        due.is_some()
    }

    /// New tickets come, and those that the till does not have yet are asked for again.
    fn tick(&mut self) {
        if let Some((ticket, asking)) = &mut self.asking {
            match asking.try_wait().unwrap() {
                None => return std::thread::sleep(TICK),
                Some(ended) => self.tickets[*ticket].stored |= ended.success(),
            }
            self.asking = None;
        }
        let unstored = self.tickets.iter().position(|ticket| !ticket.stored);
        match unstored {
            Some(ticket) => self.ask(ticket),
            None if self.fresh < MOST_NEW && self.chance.percent(2) => self.wish(),
            None => std::thread::sleep(TICK),
        }
    }

    fn wish(&mut self) {
        self.fresh += 1;
        let number = u32::try_from(self.tickets.len()).unwrap() + 1;
        let order = Order {
            number,
            id: format!("ticket-{number}"),
            printer: PRINTER.into(),
            kind: Kind::Receipt,
            form: Form::Text,
            lines: self.chance.number(3..40),
            event: "",
        };
        self.tickets.push(Ticket { order, stored: false });
    }

    fn ask(&mut self, ticket: usize) {
        let order = &self.tickets[ticket].order;
        let file = self.folder.path().join("ticket.txt");
        std::fs::write(&file, order.payload()["content"].as_str().unwrap()).unwrap();
        let file = file.display().to_string();
        let words = ["print", PRINTER, &file, "--key", &order.id, "--wait", "0"];
        self.asking = Some((ticket, quietly(&mut self.till.command(&words))));
    }

    fn start(&mut self) -> RunningTill {
        self.fresh = 0;
        self.desktop.forget();
        let mut command = self.desktop.program(&self.place);
        command.env("PLATEN_HOME", self.till.home()).arg("--minimized");
        if self.chance.percent(50) {
            command.arg("--supervise");
        }
        RunningTill::adopt(command.spawn().unwrap())
    }

    fn entry_to_check(&mut self) -> String {
        entry_to_check(&mut self.desktop, NEXT, 3 * SOON)
    }

    /// An engine that has just started opens its door last.
    fn order(&self, what: &str) {
        let asked = || self.till.ask(&[what, PRINTER]).status.success().then_some(());
        wait_at_most(SOON, &format!("it obeys to {what}"), asked);
    }

    /// The power goes: for the program, its supervisor, its successor, and whoever asks it.
    fn die(&mut self, running: RunningTill, of: &str) {
        let asking = self.asking.take().map(|(_, asking)| asking);
        let folder = self.folder.path();
        self.doomed.drain(..).filter(|pid| is_from(*pid, folder)).for_each(kill);
        self.end_all();
        running.kill();
        for mut other in self.others.drain(..).chain(asking) {
            let _ = other.kill();
            let _ = other.wait();
        }
        let version = if self.is_new() { "the new version" } else { "the old version" };
        *self.tally.entry(format!("{of}, then {version}")).or_default() += 1;
    }

    fn end_all(&self) {
        while let Some(pid) = running_from(self.folder.path()).first() {
            kill(*pid);
        }
    }

    /// Which version is in place: one of the two, and whole.
    fn is_new(&self) -> bool {
        let is = std::fs::read(&self.place).unwrap();
        assert!(is == self.old || is == self.new, "{} bytes of neither version", is.len());
        is == self.new
    }

    /// A person puts the old version back, as it came.
    fn reinstall(&self) {
        let (unpacked, mode) =
            (self.folder.path().join("unpacked"), std::fs::metadata(&self.place).unwrap());
        std::fs::write(&unpacked, &self.old).unwrap();
        std::fs::set_permissions(&unpacked, mode.permissions()).unwrap();
        std::fs::rename(&unpacked, &self.place).unwrap();
    }

    /// Nothing is killed any more: what waits is printed, and the update goes through.
    async fn come_to_rest(mut self, seed: u64) {
        self.reinstall();
        let running = self.start();
        let entry = self.entry_to_check();
        self.order("resume");
        let deadline = Instant::now() + REST;
        while self.tickets.iter().any(|ticket| !ticket.stored) && Instant::now() < deadline {
            self.tick();
        }
        self.server.line(Line::Good);
        self.desktop.press(&[&entry]);
        wait_at_most(REST, "the update goes through at last", || self.is_new().then_some(()));
        self.entry_to_check();
        let before = sheets(&self.printer, 0).len();
        self.till.ask_ok(&["test-print", PRINTER]);
        assert!(sheets(&self.printer, before + 1).len() > before, "the new version prints");
        let books = Books::ask(&self.till).await;
        let report = self.look(&books);
        let Plan { name, .. } = self.plan;
        println!("{name}: {:?}\n{name}: {:?}", self.tally, books.count());
        println!("{name}: {:?}", self.aims);
        self.till.ask_ok(&["stop"]);
        drop(running);
        if !report.is_empty() {
            let home = self.till.keep().display();
            panic!("PLATEN_SEED={seed}, the till is kept in {home}\n{}", report.join("\n"));
        }
        self.met_enough();
    }

    fn look(&self, books: &Books) -> Vec<String> {
        let paper = Paper::of(&self.printer);
        let mut report = paper.wrong.clone();
        report.extend(books.open().into_iter().map(|job| format!("left open: {job}")));
        for Ticket { order, stored } in &self.tickets {
            let copies: Vec<&Copy> =
                paper.copies.iter().filter(|copy| copy.number == order.number).collect();
            let whole = copies.iter().any(|copy| copy.is_whole());
            let mut wrong = Vec::new();
            promise_no_unmarked_copies(order, &copies, 0, &mut wrong);
            if !stored {
                wrong.push("the till never took it".into());
            }
            match books.of(&order.id) {
                [job] => match job.state {
                    JobState::Completed { .. } if whole => {}
                    JobState::Unconfirmed => {}
                    _ => wrong.push(format!("LOST: it is {}", job.state)),
                },
                jobs => wrong.push(format!("LOST: Platen lists {} jobs of it", jobs.len())),
            }
            if !wrong.is_empty() {
                let log = lines_about(&self.till, &order.id).join("\n    ");
                report.push(format!("{}: {wrong:?}\n  {copies:?}\n    {log}", order.id));
            }
        }
        report
    }
}

impl Drop for UpdateTrial {
    fn drop(&mut self) {
        self.end_all();
    }
}

fn quietly(command: &mut std::process::Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}
