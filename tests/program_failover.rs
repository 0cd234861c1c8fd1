//! A printer that cannot print hands its waiting jobs to its backup: marked, told, and neither lost nor doubled by a crash.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::PrinterHandle;
use platen_simulators::printer::Fault;
use platen_tests::crash::Chance;
use platen_tests::shop::{Gateway, KEY, printer, wait_for};
use platen_tests::{RunningTill, Till};
use serde_json::{Value, json};

/// A kitchen without paper, a bar that works, and a till between a gateway and both.
struct Shop {
    running: Option<RunningTill>,
    gateway: Gateway,
    kitchen: PrinterHandle,
    bar: PrinterHandle,
    till: Till,
}

impl Shop {
    fn open() -> Shop {
        let gateway = Gateway::npm(&json!({}));
        let (kitchen, bar) = (printer(), printer());
        let printers = [("Kitchen", &*kitchen.uri()), ("Bar", &*bar.uri())];
        let till = Till::set_up(&gateway.url(), KEY, &printers);
        till.ask_ok(&["printers", "backup", "Kitchen", "Bar", "--after", "1"]);
        kitchen.set_fault(Fault::PaperOut);
        let mut shop = Shop { running: None, gateway, kitchen, bar, till };
        shop.start();
        shop
    }

    fn start(&mut self) {
        self.gateway.forget();
        self.running = Some(self.till.start());
        self.gateway.hear("printer:status:update", |_| true);
    }

    fn send(&mut self, id: &str) {
        let job = json!({"id": id, "type": "kitchen_order", "printerId": "Kitchen", "content": id});
        self.gateway.emit("print:job", job);
    }

    fn completed(&mut self, id: &str) -> Value {
        self.gateway.hear("print:job:completed", |done| done["jobId"] == id)
    }

    /// Waits until that is known of it.
    fn kitchen_says(&self, reasons: &Value) {
        wait_for(&format!("the kitchen says {reasons}"), || {
            let printers = self.till.ask_json(&["printers", "--json"]);
            let says = |one: &Value| one["name"] == "Kitchen" && one["reasons"] == *reasons;
            printers.as_array()?.iter().any(says).then_some(())
        });
    }

    fn at_the_bar(&self) -> Vec<String> {
        self.bar.sheets().iter().map(|sheet| self.bar.text_of(&sheet.bytes)).collect()
    }
}

#[test]
fn a_kitchen_without_paper_prints_at_the_bar_and_says_so() {
    let mut shop = Shop::open();
    shop.send("soup");
    let done = shop.completed("soup");
    let bar = shop.till.ask_json(&["printers", "--json"]);
    let bar = bar.as_array().unwrap().iter().find(|one| one["name"] == "Bar").unwrap().clone();
    assert_eq!(done["printerId"], "Kitchen");
    assert_eq!(done["backupPrinterId"], bar["id"], "the sender hears where it came out");
    let paper = shop.at_the_bar();
    assert_eq!(paper.len(), 1);
    assert!(paper[0].contains("BACKUP FROM Kitchen") && paper[0].contains("soup"), "{paper:?}");
    assert_eq!(shop.kitchen.printed_bytes(), 0);
    let jobs = shop.till.ask_ok(&["jobs"]);
    assert!(jobs.contains("Bar"), "{jobs}");
    let id = shop.till.ask_json(&["jobs", "--json"])[0]["id"].to_string();
    let job = shop.till.ask_ok(&["job", &id]);
    assert!(job.contains("moved from Kitchen to Bar: media-empty"), "{job}");

    // Once there is paper, the kitchen's next ticket is its own again.
    shop.kitchen.clear_faults();
    shop.kitchen_says(&json!([]));
    shop.send("salad");
    assert!(shop.completed("salad")["backupPrinterId"].is_null());
    let sheet = &shop.kitchen.sheets()[0];
    assert!(!shop.kitchen.text_of(&sheet.bytes).contains("BACKUP"));
    assert_eq!(shop.at_the_bar().len(), 1);
}

#[test]
fn what_waits_behind_a_ticket_that_ran_out_of_paper_is_not_held_up_with_it() {
    let mut shop = Shop::open();
    shop.kitchen.clear_faults();
    shop.kitchen_says(&json!([]));
    shop.kitchen.set_fault(Fault::AfterBytes { n: 300, then: Box::new(Fault::PaperOut) });
    let long = "soup ".repeat(200);
    let job =
        json!({"id": "long", "type": "kitchen_order", "printerId": "Kitchen", "content": long});
    shop.gateway.emit("print:job", job);
    // The roll ends within it.
    shop.kitchen_says(&json!(["media-empty"]));
    shop.send("salad");
    let _ = shop.till.ask(&["drawer", "Kitchen"]);
    let drawer = wait_for("the drawer is told", || {
        let jobs = shop.till.ask_json(&["jobs", "--json"]);
        let jobs = jobs.as_array()?.clone();
        jobs.into_iter().find(|job| job["document_type"] == "drawer" && job["outcome"].is_object())
    });
    assert_eq!(drawer["state"], "aborted");
    assert!(drawer["message"].as_str().unwrap().contains("paper is out"), "{drawer}");
    shop.completed("salad");
    let paper = shop.at_the_bar();
    assert_eq!(paper.len(), 1, "the ticket that was begun stays: {paper:?}");
    assert!(paper[0].contains("BACKUP FROM Kitchen") && paper[0].contains("salad"), "{paper:?}");

    shop.kitchen.clear_faults();
    let long = shop.completed("long");
    assert!(long["backupPrinterId"].is_null(), "{long}");
    shop.send("cake");
    shop.completed("cake");
    let kitchen: Vec<_> =
        shop.kitchen.sheets().iter().map(|one| shop.kitchen.text_of(&one.bytes)).collect();
    assert_eq!(kitchen.len(), 2, "{kitchen:?}");
    assert!(kitchen[0].contains("soup") && kitchen[1].contains("cake"), "{kitchen:?}");
}

#[test]
fn no_job_is_lost_or_doubled_when_the_program_dies_around_a_move() {
    const ROUNDS: usize = 20;
    let seed = Chance::seed("PLATEN_SEED");
    println!("PLATEN_SEED={seed}");
    let mut chance = Chance::new(seed);
    let mut shop = Shop::open();
    shop.till.ask_ok(&["printers", "backup", "Kitchen", "Bar", "--after", "0"]);
    for round in 0..ROUNDS {
        (0..3).for_each(|nth| shop.send(&format!("ticket-{round}-{nth}.")));
        std::thread::sleep(chance.millis(0..80));
        shop.running.take().unwrap().kill();
        shop.start();
    }
    let known = wait_for("every job is over", || {
        let jobs = shop.till.ask_json(&["jobs", "--limit", "500", "--json"]);
        let jobs = jobs.as_array()?.clone();
        jobs.iter().all(|job| job["outcome"].is_object()).then_some(jobs)
    });
    // A printer that was left inside a command is cleaned, which cuts an empty sheet off.
    let mut paper = shop.at_the_bar();
    paper.retain(|sheet| sheet.contains(char::is_alphanumeric));
    assert_eq!(shop.kitchen.printed_bytes(), 0);
    assert!(paper.iter().all(|sheet| sheet.contains("BACKUP FROM Kitchen")), "{paper:?}");
    let mut moved = 0;
    for job in known.iter().filter(|job| job["origin"].is_null()) {
        let id = job["external_id"].as_str().unwrap();
        let sheets = paper.iter().filter(|sheet| sheet.contains(id));
        let (doubles, first): (Vec<_>, Vec<_>) =
            sheets.partition(|sheet| sheet.contains("POSSIBLE DUPLICATE"));
        assert!(first.len() <= 1 && doubles.len() <= 1, "{id}: {paper:?}");
        let told = ["completed", "reprinted"].contains(&job["state"].as_str().unwrap());
        assert!(
            !told || first.len() + doubles.len() > 0,
            "{id} was told and is not on paper: {job}"
        );
        moved += usize::from(job["printer_name"] == "Bar");
    }
    assert!(moved > 0, "nothing moved: the test has shown nothing");
}
