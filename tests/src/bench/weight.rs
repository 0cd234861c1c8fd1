//! What Platen weighs, at rest and after work, and how soon it is there.

use crate::figure::{Figures, median, ms};
use crate::shop::{Agent, gateway, newest, printer};
use platen_simulators::gateway::LicenceFixture;
use platen_simulators::{GatewayHandle, PrinterHandle};
use platen_tests::process::{most_resident, processor_time, resident};
use platen_tests::scripts::every_script;
use platen_tests::{SOON, Till};
use std::time::{Duration, Instant};

const STARTS: usize = 10;
const REST: Duration = Duration::from_secs(10);
const WATCH: Duration = Duration::from_secs(20);
/// Printers that are watched.
const WATCHED: usize = 16;
const JOBS: usize = 100_000;
/// Jobs on their way at most.
const UNDER_WAY: usize = 1000;

/// From the start of the process to its first word on the line.
pub async fn start(figures: &mut Figures) {
    let (gateway, printer) = (gateway(), printer());
    let till = till(&gateway, &printer.uri());
    let mut spans = Vec::new();
    for _ in 0..STARTS {
        let seq = newest(&gateway);
        let began = Instant::now();
        let running = till.start();
        let online = gateway
            .wait_for(|event| event.seq > seq && event.event == "desktop:status", SOON)
            .await
            .unwrap();
        spans.push(ms(online.at.duration_since(began)));
        running.stop();
        gateway.wait_for_nobody(SOON).await.unwrap();
    }
    figures.against_limit("start-to-online", median(&spans), "ms", 300.0);
}

/// After text in every script, which opens all fonts.
pub fn fonts(figures: &mut Figures) {
    let printer = printer();
    let till = Till::new();
    till.ask_ok(&["printers", "add", "Printer 0", &printer.uri()]);
    let running = till.start();
    let file = till.home().join("text.txt");
    let print = |text: &str| {
        std::fs::write(&file, text).unwrap();
        till.ask_ok(&["print", "Printer 0", file.to_str().unwrap(), "--as", "text"]);
        resident(running.pid())
    };
    figures.note("memory-without-fonts", print("2 Tea 4.50\n"), "MiB");
    let most = (0..20).map(|_| print(&every_script())).fold(0.0, f64::max);
    figures.against_limit("memory-with-fonts", most, "MiB", 60.0);
}

/// At rest; then, where wanted, after many jobs.
pub async fn weigh(worked: bool, figures: &mut Figures) {
    let (gateway, printer) = (gateway(), printer());
    let till = till(&gateway, &printer.uri());
    let running = till.start();
    gateway.wait_for_desktops(1, SOON).await.unwrap();
    tokio::time::sleep(REST).await;
    figures.against_limit("idle-memory", resident(running.pid()), "MiB", 20.0);
    let before = processor_time(running.pid());
    tokio::time::sleep(WATCH).await;
    let share = (processor_time(running.pid()) - before).as_secs_f64() / WATCH.as_secs_f64();
    figures.against_limit("idle-processor", share * 100.0, "%", 0.2);
    if !worked {
        return;
    }
    let began = Instant::now();
    work(&gateway, Agent::alone(printer)).await;
    figures.note("worked-rate", JOBS as f64 / began.elapsed().as_secs_f64(), "jobs/s");
    tokio::time::sleep(REST).await;
    figures.note("worked-memory-most", most_resident(running.pid()), "MiB");
    figures.against_limit("worked-memory", resident(running.pid()), "MiB", 40.0);
}

/// What sixteen watched printers cost, beside a till that has none: devices are looked for on USB and in the spooler in both.
pub async fn watch(figures: &mut Figures) {
    let printers: Vec<PrinterHandle> = (0..WATCHED).map(|_| printer()).collect();
    let mut costs = Vec::new();
    for watched in [&[][..], &printers[..]] {
        // One each: a licence is for one till.
        let gateway = gateway();
        let till = Till::set_up(&gateway.url(), &LicenceFixture::demo().key, &[]);
        till.look_for("usb");
        till.look_for("spooler");
        for (nth, printer) in watched.iter().enumerate() {
            till.ask_ok(&["printers", "add", &format!("Printer {nth}"), &printer.uri()]);
        }
        let running = till.start();
        gateway.wait_for_desktops(1, SOON).await.unwrap();
        tokio::time::sleep(REST).await;
        let before = processor_time(running.pid());
        tokio::time::sleep(WATCH).await;
        let share = (processor_time(running.pid()) - before).as_secs_f64() / WATCH.as_secs_f64();
        costs.push((share * 100.0, resident(running.pid())));
        running.stop();
        gateway.wait_for_nobody(SOON).await.unwrap();
    }
    let [(idle, empty), (busy, full)] = costs[..] else { return };
    figures.against_limit("watched-16-processor", busy - idle, "%", 1.0);
    figures.against_limit("watched-16-memory", full - empty, "MiB", 2.0);
}

fn till(gateway: &GatewayHandle, printer: &str) -> Till {
    Till::set_up(&gateway.url(), &LicenceFixture::demo().key, &[("Printer 0", printer)])
}

/// Sends and waits until everything is told.
async fn work(gateway: &GatewayHandle, mut agent: Agent) {
    let (mut sent, mut told, mut seq) = (0, 0, newest(gateway));
    let mut heard_at = Instant::now();
    while told < JOBS {
        while sent < JOBS && sent - told < UNDER_WAY {
            agent.send(gateway, 0);
            sent += 1;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
        for event in gateway.received_after(seq) {
            seq = event.seq;
            if event.event == "print:job:completed" {
                told += 1;
                heard_at = Instant::now();
            }
        }
        assert!(heard_at.elapsed() < SOON, "{told} of {sent} jobs were told");
    }
}
