//! The engine is killed right before each step of the line: each write to the journal and each wait for the disk, the mark
//! of a start, each write to the printer and to the gateway, each read. Step 1, then step 2, and so on until it survives.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

use platen_simulators::gateway::{Callers, Generation, LicenceFixture};
use platen_simulators::printer::PrinterOptions;
use platen_simulators::{
    EmbeddedGateway, Fault, GatewayHandle, GatewayOptions, PrinterHandle, VirtualPrinter,
};
use platen_tests::crash::{
    Books, Chance, Copy, Form, Kind, Known, Manners, Order, Paper, Sender, Sent, Step, Strace,
    judge, lines_about,
};
use platen_tests::{RunningTill, SOON, Till};
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

/// Steps of one sort that are gone through; no scenario has as many.
const MOST_STEPS: u32 = 250;
/// An engine that has told everything and does nothing for so long is not going to reach another step.
const QUIET: Duration = Duration::from_millis(150);
const MANNERS: Manners =
    Manners { patience: 4000..5000, asks_once_more: 100, once_more_after: 0..1 };

#[tokio::test(flavor = "multi_thread")]
async fn one_receipt_on_an_idle_printer() {
    let mut stand = Stand::open("one receipt", PrinterOptions::default());
    for step in Step::ALL {
        stand.go_through(step, 1, |number, _| order(number, Kind::Receipt, Form::Text, 6)).await;
    }
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_kitchen_ticket_on_an_idle_printer() {
    let mut stand = Stand::open("one kitchen ticket", PrinterOptions::default());
    for step in Step::ALL {
        stand.go_through(step, 1, |number, _| order(number, Kind::Kitchen, Form::Fields, 6)).await;
    }
    stand.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_burst_of_five() {
    let mut stand = Stand::open("a burst of five", PrinterOptions::default());
    for step in Step::ALL {
        stand
            .go_through(step, 5, |number, at| {
                let kind = if at % 2 == 0 { Kind::Receipt } else { Kind::Kitchen };
                order(number, kind, Form::Commands, 4)
            })
            .await;
    }
    stand.close().await;
}

/// A long job goes out in pieces, faster than the printer takes them: kills fall between two pieces, and the next life of the
/// engine comes while the printer is still busy with what it got.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_job_in_pieces() {
    let slow = Fault::Slow(NonZeroU32::new(25_000).unwrap());
    let options = PrinterOptions { faults: vec![slow], ..PrinterOptions::default() };
    let mut stand = Stand::open("a long job", options);
    stand
        .go_through(Step::Printer, 1, |number, _| {
            let kind = if number % 2 == 0 { Kind::Receipt } else { Kind::Kitchen };
            order(number, kind, Form::Commands, 300)
        })
        .await;
    stand.close().await;
}

fn order(number: u32, kind: Kind, form: Form, lines: u32) -> Order {
    let event = if number.is_multiple_of(4) { "print:physical" } else { "print:job" };
    let id = format!("order-{number}");
    Order { number, id, printer: PRINTER.to_owned(), kind, form, lines, event }
}

const PRINTER: &str = "Counter";

/// One till with one printer, and the shop that sends to it.
struct Stand {
    name: &'static str,
    till: Till,
    gateway: GatewayHandle,
    printer: PrinterHandle,
    sender: Sender,
    chance: Chance,
    engine: Option<RunningTill>,
    /// What was killed, to find a step again by the life of the engine.
    lives: Vec<String>,
    judged: usize,
    kills: u32,
}

impl Stand {
    fn open(name: &'static str, options: PrinterOptions) -> Stand {
        Strace::demand();
        let licence = LicenceFixture::demo();
        let gateway = EmbeddedGateway::start(GatewayOptions {
            licences: vec![licence.clone()],
            callers: Callers::ById,
            ..GatewayOptions::generation(Generation::C)
        })
        .unwrap();
        let printer = VirtualPrinter::start(options).unwrap();
        let till = Till::set_up(&gateway.url(), &licence.key, &[(PRINTER, &printer.uri())]);
        Stand {
            name,
            till,
            gateway,
            printer,
            sender: Sender::new(MANNERS),
            chance: Chance::new(1),
            engine: None,
            lives: Vec::new(),
            judged: 0,
            kills: 0,
        }
    }

    /// Kills before the first step of that sort, then before the second, until the engine survives.
    async fn go_through(&mut self, step: Step, burst: u32, make: impl Fn(u32, u32) -> Order) {
        let began = Instant::now();
        for nth in 1..=MOST_STEPS {
            if self.survives(step, nth, burst, &make).await {
                println!(
                    "crash_steps: {}, {step:?}: {} steps, {:.1} s",
                    self.name,
                    nth - 1,
                    began.elapsed().as_secs_f64()
                );
                assert!(nth > 1, "{}: not one {step:?} step was met", self.name);
                return;
            }
            self.kills += 1;
        }
        panic!("{}: more than {MOST_STEPS} steps of {step:?}", self.name);
    }

    async fn survives(
        &mut self,
        step: Step,
        nth: u32,
        burst: u32,
        make: impl Fn(u32, u32) -> Order,
    ) -> bool {
        let mut engine = match self.engine.take() {
            Some(engine) => engine,
            None => self.start().await,
        };
        let strace = Strace::attach(&engine, self.till.home(), step, nth);
        for at in 0..burst {
            let order = make(self.sender.next_number(), at);
            self.sender.send(&self.gateway, order, &mut self.chance);
        }
        let at_rest = self.watch(&mut engine).await;
        strace.detach();
        // It may have met its step at the very end.
        let survived = at_rest && !engine.has_ended();
        if survived {
            self.engine = Some(engine);
        } else {
            engine.kill();
            self.gateway.wait_for_nobody(SOON).await.unwrap();
            self.sender.hear(&self.gateway, &mut self.chance);
            self.sender.note_all_open(&format!("killed before {step:?} {nth}"));
            let engine = self.start().await;
            self.sender.send_open(&self.gateway, &mut self.chance);
            self.engine = Some(engine);
            self.until_told(&format!("{step:?} {nth}")).await;
        }
        self.judge(&format!("{step:?} {nth}")).await;
        survived
    }

    /// An engine that is online and whose printer is idle.
    async fn start(&mut self) -> RunningTill {
        self.sender.engine_starts();
        let engine = self.till.start();
        self.gateway.wait_for_desktops(1, SOON).await.unwrap();
        engine
    }

    /// Whether the engine lives to tell everything and to come to rest.
    async fn watch(&mut self, engine: &mut RunningTill) -> bool {
        let deadline = Instant::now() + SOON;
        let mut rest = None;
        loop {
            if engine.has_ended() {
                return false;
            }
            self.sender.hear(&self.gateway, &mut self.chance);
            self.sender.send_due(&self.gateway, &mut self.chance);
            if self.sender.is_done() {
                let since = *rest.get_or_insert_with(Instant::now);
                if since.elapsed() > QUIET {
                    return true;
                }
            }
            assert!(Instant::now() < deadline, "{}", self.stuck("alive"));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    async fn until_told(&mut self, step: &str) {
        let deadline = Instant::now() + SOON;
        while !self.sender.is_done() {
            self.sender.hear(&self.gateway, &mut self.chance);
            self.sender.send_due(&self.gateway, &mut self.chance);
            assert!(Instant::now() < deadline, "{}", self.stuck(step));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    fn stuck(&self, step: &str) -> String {
        let open = self.sender.open().map(|sent| self.tell(sent, &[], "never told"));
        format!("{}, {step}: orders without an answer\n{}", self.name, open.collect::<String>())
    }

    /// Everything that was sent since the last look.
    async fn judge(&mut self, step: &str) {
        self.lives.push(step.to_owned());
        let books = Books::ask(&self.till).await;
        let paper = Paper::of(&self.printer);
        let mut wrong = paper.wrong.clone();
        wrong.extend(self.sender.wrong.iter().cloned());
        for sent in &self.sender.orders()[self.judged..] {
            let number = sent.order.number;
            let copies: Vec<&Copy> = paper.copies.iter().filter(|c| c.number == number).collect();
            let known = Known {
                jobs: books.of(&sent.order.id).len(),
                evidence: books.evidence(&sent.order.id),
                printer_was_mute: false,
            };
            let found = judge(sent, &copies, &known);
            if !found.is_empty() {
                wrong.push(self.tell(sent, &copies, &found.join("; ")));
            }
        }
        self.judged = self.sender.orders().len();
        if !wrong.is_empty() {
            let home = self.till.keep().display().to_string();
            panic!("{}, {step}; the till is kept in {home}\n{}", self.name, wrong.join("\n"));
        }
    }

    fn tell(&self, sent: &Sent, copies: &[&Copy], wrong: &str) -> String {
        let mut text = format!("=== {}: {wrong}\n", sent.order.id);
        sent.history.iter().for_each(|line| text.push_str(&format!("  {line}\n")));
        text.push_str(&format!("  on paper: {copies:?}\n  log:\n"));
        for line in lines_about(&self.till, &sent.order.id) {
            text.push_str(&format!("    {line}\n"));
        }
        text
    }

    /// The printer was left fit to print, nothing is open, and the engine ends cleanly.
    async fn close(mut self) {
        self.printer.clear_faults();
        let engine = match self.engine.take() {
            Some(engine) => engine,
            None => self.start().await,
        };
        let last = order(self.sender.next_number(), Kind::Receipt, Form::Commands, 5);
        let number = last.number;
        self.sender.send(&self.gateway, last, &mut self.chance);
        self.until_told("the last order").await;
        self.judge("the last order").await;
        let paper = Paper::of(&self.printer);
        let whole = paper.copies.iter().filter(|c| c.number == number && c.is_whole()).count();
        assert_eq!(whole, 1, "{}: the printer was not left fit to print", self.name);
        let open = Books::ask(&self.till).await.open();
        assert!(open.is_empty(), "{}: {open:?}", self.name);
        assert!(engine.stop().success(), "{}: the engine did not end cleanly", self.name);
        println!("crash_steps: {}: {} kills, {number} orders", self.name, self.kills);
    }
}
