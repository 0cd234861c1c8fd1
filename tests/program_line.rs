//! The line under trouble: whatever happens to printers and disk, accepted jobs come out once, in order, or are told.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::printer::{Fault, FaultKind, PrinterOptions};
use platen_simulators::{PrinterHandle, VirtualPrinter};
use platen_tests::shop::{Gateway, KEY, Shop, printer, wait_at_most, wait_for};
use platen_tests::{RunningTill, Till};
use serde_json::{Value, json};
use std::fs;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// After the printer is back its queue goes on within this: the pause between two questions, and a little.
const AT_ONCE: Duration = Duration::from_secs(4);

fn ticket(text: &str) -> Vec<u8> {
    [b"\x1b@", text.as_bytes(), b"\n\n\n\x1dV\0"].concat()
}

fn send(shop: &mut Shop, id: &str, printer: &str) {
    let job = json!({"id": id, "printerId": printer, "escposCommands": ticket(id)});
    shop.gateway.emit("print:job", job);
}

fn completed(shop: &mut Shop, id: &str) -> Value {
    shop.gateway.hear("print:job:completed", |done| done["jobId"] == id)
}

fn job(till: &Till, external_id: &str) -> Option<Value> {
    let jobs = till.ask_json(&["jobs", "--limit", "500", "--json"]);
    jobs.as_array().unwrap().iter().find(|job| job["external_id"] == external_id).cloned()
}

/// Waits until a job is in that state; gives it.
fn wait_for_state(till: &Till, id: &str, state: &str) -> Value {
    wait_for(&format!("{id} is {state}"), || job(till, id).filter(|job| job["state"] == state))
}

fn paper(shop: &Shop) -> Vec<String> {
    let first_line = |text: String| text.trim().lines().next().unwrap_or_default().to_owned();
    shop.printer.sheets().iter().map(|sheet| first_line(shop.text(sheet))).collect()
}

/// More at once than one task gets done in one turn, so that it has to be resumed in the midst of them.
#[test]
fn a_burst_of_jobs_comes_out_in_the_order_in_which_it_came() {
    for driver in ["native", "rust_socketio"] {
        let mut shop = Shop::open_with(Gateway::npm(&json!({})), &["--driver", driver]);
        let ids: Vec<String> = (0..400).map(|number| format!("order {number:03}")).collect();
        let job = |id: &String| json!(["print:job", {"id": id, "printerId": "Bar", "escposCommands": ticket(id)}]);
        let events: Vec<Value> = ids.iter().map(job).collect();
        shop.gateway.order(json!({"do": "burst", "events": events}));
        completed(&mut shop, "order 399");
        assert_eq!(paper(&shop), ids, "{driver}");
    }
}

/// A printer that stops before the job: the job waits, says why, and prints as soon as it can.
fn stops_before(fault: Fault, reason: &str, word: &str, words: &str) {
    let mut shop = Shop::open(json!({}));
    let kind = fault.kind();
    shop.printer.set_fault(fault);
    for id in ["one", "two", "three"] {
        send(&mut shop, id, "Bar");
    }
    let held = wait_for_state(&shop.till, "one", "held");
    assert_eq!(held["reasons"], json!([reason]), "{held}");
    assert!(held["message"].as_str().unwrap().contains(words), "{held}");
    shop.gateway.hear("printer:status:update", |update| update["printerIds"][0]["status"] == word);
    assert!(shop.till.ask_ok(&["status"]).contains(words));
    assert_eq!(shop.printer.printed_bytes(), 0);

    let mended = Instant::now();
    shop.printer.clear_fault(kind);
    completed(&mut shop, "one");
    assert!(mended.elapsed() < AT_ONCE, "it took {:?}", mended.elapsed());
    for id in ["two", "three"] {
        completed(&mut shop, id);
    }
    assert_eq!(paper(&shop), ["one", "two", "three"]);
    shop.gateway.forget();
    shop.gateway.emit("printer:status:request", json!({}));
    shop.gateway
        .hear("printer:status:update", |update| update["printerIds"][0]["status"] == "online");
}

#[test]
fn no_paper_before_the_job() {
    stops_before(Fault::PaperOut, "media-empty", "no_paper", "The paper is out");
}

#[test]
fn an_open_cover_before_the_job() {
    stops_before(Fault::CoverOpen, "cover-open", "error", "cover is open");
}

#[test]
fn a_printer_that_is_away_and_comes_back() {
    stops_before(Fault::Refuses, "offline", "offline", "does not answer");
}

/// A printer that stops in the middle keeps what it has and goes on with it: one receipt, whole.
#[test]
fn no_paper_or_an_open_cover_in_mid_job() {
    for fault in [Fault::PaperOut, Fault::CoverOpen] {
        let mut shop = Shop::open(json!({}));
        let kind = fault.kind();
        shop.printer.set_fault(Fault::AfterBytes { n: 300, then: Box::new(fault) });
        let long = ticket(&"A long receipt. ".repeat(60));
        let request = json!({"id": "long", "printerId": "Bar", "escposCommands": long});
        shop.gateway.emit("print:job", request);
        send(&mut shop, "next", "Bar");
        wait_for("the printer stops in the middle", || shop.printer.has_fault(kind).then_some(()));
        wait_for("the till sees it", || {
            let status = shop.till.ask_json(&["status", "--json"]);
            let reasons = status["printers"][0]["reasons"].as_array().cloned()?;
            (!reasons.is_empty()).then_some(())
        });
        assert!(shop.gateway.heard("print:job:completed").is_empty(), "told too early");
        shop.printer.clear_fault(kind);
        completed(&mut shop, "long");
        completed(&mut shop, "next");
        assert_eq!(shop.printer.sheet_count(), 2);
        assert!(shop.printer.printed().starts_with(&long), "what came out is not what was sent");
        assert_eq!(wait_for_state(&shop.till, "long", "completed")["mark"], Value::Null);
    }
}

#[test]
fn a_job_whose_time_is_over_is_told_so_and_never_printed() {
    let gateway = Gateway::npm(&json!({}));
    let printer = printer();
    let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &printer.uri())]);
    let settings = till.home().join("settings.toml");
    let text = fs::read_to_string(&settings).unwrap();
    let text =
        text.replace("[jobs.time_to_live_seconds]", "[jobs.time_to_live_seconds]\nreceipt = 1");
    assert!(text.contains("receipt = 1"), "{text}");
    fs::write(&settings, text).unwrap();

    let mut shop = Shop::run(gateway, printer, till);
    shop.printer.set_fault(Fault::Refuses);
    send(&mut shop, "short", "Bar");
    let request = json!({"id": "longer", "type": "label", "printerId": "Bar", "escposCommands": ticket("longer")});
    shop.gateway.emit("print:job", request);
    let failed = shop.gateway.hear("print:job:failed", |failed| failed["jobId"] == "short");
    assert_eq!(failed["errorType"], "expired", "{failed}");
    assert!(failed["error"].as_str().unwrap().contains("waited too long"), "{failed}");
    shop.printer.clear_fault(FaultKind::Refuses);
    completed(&mut shop, "longer");
    assert_eq!(paper(&shop), ["longer"]);
    assert_eq!(wait_for_state(&shop.till, "short", "expired")["outcome"]["outcome"], "expired");
}

#[test]
fn a_printer_that_hangs_holds_up_nobody_else() {
    let gateway = Gateway::npm(&json!({}));
    let hanging =
        VirtualPrinter::start(PrinterOptions { receive_buffer: 64, ..PrinterOptions::default() })
            .unwrap();
    let good = printer();
    let till = Till::set_up(&gateway.url(), KEY, &[("Slow", &hanging.uri()), ("Bar", &good.uri())]);
    let mut shop = Shop::run(gateway, good, till);
    hanging.set_fault(Fault::Slow(NonZeroU32::new(2000).unwrap()));
    let stuck =
        json!({"id": "stuck", "printerId": "Slow", "escposCommands": ticket(&"x".repeat(500_000))});
    shop.gateway.emit("print:job", stuck);
    wait_for_state(&shop.till, "stuck", "processing");
    hanging.set_fault(Fault::CoverOpen);
    hanging.set_fault(Fault::Mute);
    let began = Instant::now();
    for number in 0..30 {
        send(&mut shop, &format!("bar-{number}"), "Bar");
    }
    for number in 0..30 {
        completed(&mut shop, &format!("bar-{number}"));
    }
    assert!(began.elapsed() < Duration::from_secs(5), "30 jobs took {:?}", began.elapsed());
    assert_eq!(shop.printer.sheet_count(), 30);
    assert_ne!(wait_for_state(&shop.till, "stuck", "processing")["state"], "completed");
}

/// A small file system of its own over a till's home; gone when this goes.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Nothing where this user may not mount.
    fn over(folder: &Path, size: &str) -> Option<SmallDisk> {
        let options = format!("size={size},mode=0700");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder)
            .status();
        mounted.is_ok_and(|status| status.success()).then(|| SmallDisk(folder.to_owned()))
    }

    /// Leaves no room for anything.
    fn fill(&self) {
        use std::io::Write;
        let mut filler = fs::File::create(self.0.join("filler")).unwrap();
        for size in [1 << 20, 1 << 12, 1] {
            let block = vec![0u8; size];
            while filler.write_all(&block).is_ok() {}
        }
    }

    fn free(&self) {
        fs::remove_file(self.0.join("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn a_full_disk_refuses_new_jobs_and_loses_no_accepted_one() {
    let Some((disk, mut shop)) = on_a_small_disk() else { return };
    shop.printer.set_fault(Fault::PaperOut);
    let ids: Vec<String> = (0..20).map(|number| format!("before-{number}")).collect();
    for id in &ids {
        send(&mut shop, id, "Bar");
    }
    shop.wait_for_jobs(ids.len(), None);
    wait_for_state(&shop.till, &ids[0], "held");

    disk.fill();
    let refused = {
        let mut number = 0;
        // What the spool has laid in stock takes forty of these.
        wait_at_most(Duration::from_secs(120), "a job is refused", || {
            number += 1;
            let id = format!("after-{number}");
            let big = json!({"id": id, "printerId": "Bar", "escposCommands": ticket(&"x".repeat(100_000))});
            shop.gateway.emit("print:job", big);
            // One after the other: a till on a slow machine has to read each of them.
            wait_for("the job is refused or stored", || {
                let refused = shop.gateway.heard("print:job:failed").pop();
                (refused.is_some() || job(&shop.till, &id).is_some()).then_some(refused)
            })
        })
    };
    assert!(refused["error"].as_str().unwrap().contains("disk of the till is full"), "{refused}");
    let again = refused["jobId"].as_str().unwrap().to_owned();

    // What was accepted before is printed while the disk is full, and in order.
    shop.printer.clear_faults();
    shop.sheets(ids.len());
    assert_eq!(&paper(&shop)[..ids.len()], &ids[..]);
    disk.free();
    for id in &ids {
        completed(&mut shop, id);
    }
    // The same id may come again: it was not taken.
    wait_for("the refused job is taken", || {
        shop.gateway.forget();
        send(&mut shop, &again, "Bar");
        let answer = shop.gateway.wait("an answer", |line| {
            let is_answer =
                ["print:job:completed", "print:job:failed"].map(|name| line["name"] == name);
            is_answer.contains(&true) && line["args"][0]["jobId"] == again.as_str()
        });
        (answer["name"] == "print:job:completed").then_some(())
    });
    assert!(paper(&shop).contains(&again));
    let twice = |id: &String| paper(&shop).iter().filter(|text| *text == id).count() != 1;
    assert!(!ids.iter().any(twice), "{:?}", paper(&shop));
}

/// A till over a small disk, or nothing where this user cannot have one.
#[allow(clippy::print_stderr, reason = "says why it tested nothing")]
fn on_a_small_disk() -> Option<(SmallDisk, Shop)> {
    let till = Till::new();
    let Some(disk) = SmallDisk::over(till.home(), "32m") else {
        assert!(std::env::var_os("CI").is_none(), "no small file system can be mounted");
        eprintln!("not tested: only root can mount a small file system");
        return None;
    };
    // The new file system hides what the till had.
    till.look_nowhere();
    let gateway = Gateway::npm(&json!({}));
    let printer = printer();
    let uri = format!("Bar={}", printer.uri());
    till.ask_ok(&["setup", "--gateway", &gateway.url(), "--license-key", KEY, "--printer", &uri]);
    // A model that takes bytes as fast as they come.
    till.ask_ok(&["printers", "add", "Bar", &printer.uri(), "--profile", "epson-tm-t88vi"]);
    Some((disk, Shop::run(gateway, printer, till)))
}

#[test]
fn a_till_that_starts_on_a_full_disk_prints_what_it_has() {
    let Some((disk, mut shop)) = on_a_small_disk() else { return };
    shop.printer.set_fault(Fault::PaperOut);
    let ids = ["first", "second"];
    for id in ids {
        send(&mut shop, id, "Bar");
        wait_for("it is stored", || job(&shop.till, id));
    }
    wait_for_state(&shop.till, ids[0], "held");

    let gone = shop.gateway.count(|line| line["is"] == "disconnected");
    shop.running.signal(libc::SIGKILL);
    wait_for("the till is dead", || shop.running.has_ended().then_some(()));
    shop.gateway.wait_for_count(gone + 1, |line| line["is"] == "disconnected");
    disk.fill();
    shop.printer.clear_faults();
    shop.running = shop.till.start();
    shop.sheets(ids.len());
    assert_eq!(paper(&shop), ids);
    for id in ids {
        completed(&mut shop, id);
    }
    assert!(!shop.running.has_ended());

    // Whoever asks the till how it is can, once there is room for saying where.
    disk.free();
    wait_for("the till can be asked", || shop.till.ask(&["status"]).status.success().then_some(()));
    assert!(!shop.running.has_ended());
}

/// A printer that hangs takes bytes as if all were well: what it has not confirmed would be lost without a word.
#[test]
fn a_printer_that_has_answered_gets_nothing_while_it_is_silent() {
    let mut shop = Shop::open(json!({}));
    shop.printer.set_fault(Fault::Mute);
    shop.gateway
        .hear("printer:status:update", |update| update["printerIds"][0]["status"] == "offline");
    for id in ["first", "second"] {
        send(&mut shop, id, "Bar");
    }
    shop.wait_for_jobs(2, None);
    let drawer = shop.till.ask(&["drawer", "Bar"]);
    assert!(!drawer.status.success(), "nobody has seen it open");
    assert_eq!((shop.printer.drawer_kicks(), shop.printer.sheets().len()), (0, 0));
    for id in ["first", "second"] {
        let waits = job(&shop.till, id).unwrap();
        assert!(["pending", "held"].contains(&waits["state"].as_str().unwrap()), "{waits}");
    }

    shop.printer.clear_faults();
    completed(&mut shop, "second");
    assert_eq!(paper(&shop), ["first", "second"]);
    assert_eq!(shop.printer.drawer_kicks(), 0, "a drawer does not open later by itself");
}

/// A till whose only printer is of that model, out of paper.
fn out_of_paper(profile: &str) -> (RunningTill, Till, PrinterHandle) {
    let printer = printer();
    printer.set_fault(Fault::PaperOut);
    let till = Till::new();
    till.ask_ok(&["printers", "add", "Bar", &printer.uri(), "--profile", profile]);
    let running = till.start();
    wait_for("the door opens", || till.home().join("control.json").exists().then_some(()));
    (running, till, printer)
}

/// Change has to be given also when the paper is out: the drawer opens at once, once for each request, and stays shut when the
/// paper is back.
#[test]
fn a_drawer_opens_while_the_paper_is_out() {
    let (_running, till, printer) = out_of_paper("epson-tm-t20iii");
    let file = till.home().join("receipt.txt");
    fs::write(&file, "receipt").unwrap();
    let receipt = ["print", "Bar", file.to_str().unwrap(), "--as", "text", "--wait", "0"];
    for kicks in 1..=3 {
        till.ask_ok(&receipt);
        till.ask_ok(&["drawer", "Bar"]);
        assert_eq!(printer.drawer_kicks(), kicks);
    }
    assert_eq!(printer.sheets().len(), 0);
    printer.clear_fault(FaultKind::PaperOut);
    wait_for("the receipts come out", || (printer.sheets().len() == 3).then_some(()));
    assert_eq!(printer.drawer_kicks(), 3);
    till.ask_ok(&["drawer", "Bar"]);
    assert_eq!(printer.drawer_kicks(), 4, "in turn, by the usual command");
}

/// Also where the kick is the first to hear that the paper is out.
#[test]
fn a_drawer_opens_when_the_paper_has_just_run_out() {
    let (_running, till, printer) = out_of_paper("epson-tm-t20iii");
    printer.clear_fault(FaultKind::PaperOut);
    till.ask_ok(&["drawer", "Bar"]);
    printer.set_fault(Fault::PaperOut);
    till.ask_ok(&["drawer", "Bar"]);
    assert_eq!(printer.drawer_kicks(), 2);
}

/// A printer that knows no pulse leaves the drawer shut, says so, and does not open it later.
#[test]
fn a_drawer_that_cannot_open_now_does_not_open_later() {
    let (_running, till, printer) = out_of_paper("generic-80");
    let said = till.ask(&["drawer", "Bar"]);
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    assert!(said.contains("paper"), "{said}");
    printer.clear_fault(FaultKind::PaperOut);
    let file = till.home().join("receipt.txt");
    fs::write(&file, "receipt").unwrap();
    till.ask_ok(&["print", "Bar", file.to_str().unwrap(), "--as", "text"]);
    assert_eq!((printer.sheets().len(), printer.drawer_kicks()), (1, 0));
}

/// No text opens a drawer, whatever it holds.
#[test]
fn text_never_opens_a_drawer() {
    let printer = printer();
    let till = Till::new();
    till.ask_ok(&["printers", "add", "Bar", &printer.uri(), "--profile", "epson-tm-t20iii"]);
    let file = till.home().join("receipt.txt");
    fs::write(&file, "a\u{1b}p\0\u{19}\u{fa}b\u{10}\u{14}\u{1}\0\u{1}c").unwrap();
    till.ask_ok(&["print", "Bar", file.to_str().unwrap(), "--as", "text"]);
    assert_eq!((printer.sheets().len(), printer.drawer_kicks()), (1, 0));
}
