//! The whole program with printers on USB: found, announced, adopted, pulled out in mid-job, and killed while it prints.
//!
//! Runs as root on a kernel with vhci-hcd, usblp and udev: `make test-usb` boots one, and counts these tests.
#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

use platen_simulators::gateway::{Callers, Generation, LicenceFixture, Received};
use platen_simulators::printer::PrinterOptions;
use platen_simulators::{
    EmbeddedGateway, Fault, GatewayHandle, GatewayOptions, UsbIdentity, UsbPrinterHandle,
    UsbPrinterOptions, UsbSpeed, VirtualPrinter,
};
use platen_tests::crash::{Lives, Plan, Wired};
use platen_tests::shop::wait_at_most;
use platen_tests::{RunningTill, Till};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// An emulated machine without hardware support, beside others, may need long for anything.
const LONG: Duration = Duration::from_secs(90);

fn plug(serial: &str, speed: UsbSpeed, receive_buffer: usize) -> UsbPrinterHandle {
    let usb = UsbIdentity { serial: Some(serial.to_owned()), speed, ..UsbIdentity::default() };
    let printer = PrinterOptions { receive_buffer, ..PrinterOptions::default() };
    VirtualPrinter::plug(UsbPrinterOptions { printer, usb }).unwrap()
}

fn uri(serial: &str) -> String {
    format!("usb://04b8:0e15/{serial}")
}

/// A till at a gateway of its own.
struct Counter {
    running: RunningTill,
    gateway: GatewayHandle,
    till: Till,
}

impl Counter {
    async fn open(printers: &[(&str, &str)]) -> Counter {
        let licence = LicenceFixture::demo();
        let gateway = EmbeddedGateway::start(GatewayOptions {
            licences: vec![licence.clone()],
            callers: Callers::ById,
            ..GatewayOptions::generation(Generation::C)
        })
        .unwrap();
        let till = Till::set_up(&gateway.url(), &licence.key, printers);
        till.look_for("usb");
        let began = Instant::now();
        let running = till.start();
        gateway.wait_for_desktops(1, LONG).await.unwrap();
        println!("FIGURE the engine is online after {:?}", began.elapsed());
        Counter { running, gateway, till }
    }

    fn send(&self, id: &str, bytes: &[u8]) {
        let job = json!({"id": id, "printerId": "Bar", "type": "receipt", "escposCommands": bytes});
        assert_eq!(self.gateway.send("print:job", &job), 1);
    }

    /// Waits for an event of the till after `seq`; gives its payload and when it came.
    async fn hear(&self, seq: u64, name: &str, is_so: impl Fn(&Value) -> bool) -> (Value, Instant) {
        let is_it =
            |event: &Received| event.seq > seq && event.event == name && is_so(&event.payload);
        let event = self.gateway.wait_for(is_it, LONG).await.unwrap();
        (event.payload.clone(), event.at)
    }

    async fn outcome(&self, id: &str) -> Value {
        let is_it = |event: &Received| {
            let names = ["print:job:completed", "print:job:failed"];
            names.contains(&event.event.as_str()) && event.payload["jobId"] == id
        };
        let event = self.gateway.wait_for(is_it, LONG).await.unwrap();
        json!({"event": event.event, "payload": event.payload})
    }

    fn seq(&self) -> u64 {
        self.gateway.received().last().map_or(0, |event| event.seq)
    }

    fn wait_for_state(&self, id: &str, state: &str) {
        wait_at_most(LONG, &format!("{id} is {state}"), || {
            let jobs = self.till.ask_json(&["jobs", "--json"]);
            let is_it = |job: &Value| job["external_id"] == id && job["state"] == state;
            jobs.as_array().unwrap().iter().any(is_it).then_some(())
        });
    }
}

fn receipt(name: &str, length: usize) -> Vec<u8> {
    let mut bytes = format!("\x1B@{name}\n").into_bytes();
    for line in 0.. {
        if bytes.len() > length {
            break;
        }
        bytes.extend(format!("{line:5} Flat white with oat milk     3.80\n").bytes());
    }
    bytes.extend(b"\n\x1DV\0");
    bytes
}

/// How the printers that are told of in a `printer:status:update` are.
fn is_told(update: &Value, name: &str, status: &str) -> bool {
    let told = update["printerIds"].as_array();
    told.is_some_and(|all| all.iter().any(|one| one["name"] == name && one["status"] == status))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs virtual USB: make test-usb"]
async fn a_printer_is_announced_when_it_comes_adopted_and_told_when_it_goes() {
    let counter = Counter::open(&[]).await;
    let before = Instant::now();
    let printer = plug("ENGINE1", UsbSpeed::High, PrinterOptions::default().receive_buffer);
    let (offered, at) = counter.hear(0, "printer:discovered", |_| true).await;
    println!("FIGURE plug to printer:discovered {:?}", at - before);
    assert_eq!((&offered["connection"], &offered["status"]), (&json!("usb"), &json!("unknown")));
    assert_eq!(printer.received_bytes(), 0, "nobody asks a printer that is only offered");

    counter.till.ask_ok(&["printers", "adopt", &uri("ENGINE1"), "Bar", "--role", "receipt"]);
    counter.hear(0, "printer:discovered", |one| one["name"] == "Bar").await;
    let job = receipt("whole", 3_000);
    counter.send("whole", &job);
    assert_eq!(counter.outcome("whole").await["event"], "print:job:completed");
    assert!(printer.printed() == job, "byte for byte");

    // At rest, with the kernel's driver back at the printer.
    let usblp = || std::fs::read_dir("/sys/class/usbmisc").ok()?.next();
    wait_at_most(LONG, "the kernel's driver has the printer", usblp).unwrap();
    let (seq, before) = (counter.seq(), Instant::now());
    printer.set_fault(Fault::PaperOut);
    let empty = |update: &Value| is_told(update, "Bar", "no_paper");
    let (_, at) = counter.hear(seq, "printer:status:update", empty).await;
    println!("FIGURE paper out at rest to printer:status:update {:?}", at - before);
    let (seq, before) = (counter.seq(), Instant::now());
    printer.clear_faults();
    let well = |update: &Value| is_told(update, "Bar", "online");
    let (_, at) = counter.hear(seq, "printer:status:update", well).await;
    println!("FIGURE paper back to printer:status:update {:?}", at - before);

    let (seq, before) = (counter.seq(), Instant::now());
    printer.unplug();
    let gone = |update: &Value| is_told(update, "Bar", "offline");
    let (_, at) = counter.hear(seq, "printer:status:update", gone).await;
    println!("FIGURE unplug to printer:status:update {:?}", at - before);
    counter.send("waits", &job);
    counter.wait_for_state("waits", "held");

    let (seq, before) = (counter.seq(), Instant::now());
    printer.plug_in();
    let (_, at) = counter.hear(seq, "printer:discovered", |one| one["name"] == "Bar").await;
    println!("FIGURE plug to printer:discovered, of a printer that came back {:?}", at - before);
    assert_eq!(counter.outcome("waits").await["event"], "print:job:completed");
    assert!(printer.printed() == [job.clone(), job].concat(), "once each");
    assert!(counter.running.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs virtual USB: make test-usb"]
async fn a_job_cut_off_by_the_cable_is_unconfirmed_and_its_queue_goes_on() {
    let printer = plug("ENGINE2", UsbSpeed::Full, 1024);
    let counter = Counter::open(&[("Bar", &uri("ENGINE2"))]).await;
    printer.set_fault(Fault::AfterBytes { n: 8_000, then: Box::new(Fault::Refuses) });
    counter.send("torn", &receipt("the torn one", 20_000));
    let torn = counter.outcome("torn").await;
    assert_eq!(torn["payload"]["errorType"], "unconfirmed", "{torn}");
    for id in ["second", "third"] {
        counter.send(id, &receipt(id, 400));
    }
    counter.wait_for_state("second", "held");
    printer.plug_in();
    for id in ["second", "third"] {
        assert_eq!(counter.outcome(id).await["event"], "print:job:completed");
    }
    // The queue has gone past it: no copy of the torn one comes any more.
    let text = printer.text_of(&printer.printed());
    let pieces = |name: &str| text.matches(name).count();
    assert_eq!((pieces("the torn one"), pieces("second"), pieces("third")), (1, 1, 1), "{text}");
    assert!(counter.running.stop().success());
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs virtual USB: make test-usb"]
async fn no_kill_loses_an_order_or_prints_it_twice_without_a_mark() {
    let names = ["Counter", "Kitchen"];
    let printers = vec![
        plug("CRASH1", UsbSpeed::High, PrinterOptions::default().receive_buffer),
        plug("CRASH2", UsbSpeed::Full, 1024),
    ];
    let place = |(name, serial): (&str, &str)| (name.to_owned(), uri(serial));
    let places = names.into_iter().zip(["CRASH1", "CRASH2"]).map(place).collect();
    let plan = Plan { slower: 2, lives: Lives::OnceOnline, ..Plan::new("usb_crash", 12) };
    plan.run(Wired::new(printers, places)).await;
}
