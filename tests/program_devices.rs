//! Devices are found by themselves, offered and never silently used, adopted by a person, and followed where they go.
//!
//! On the network: in a network namespace of the test's own, so that not a packet leaves this machine (root, iproute2). In
//! the operating system's spooler: with a CUPS scheduler of the test's own.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../crates/devices/tests/common/cupsd.rs"]
#[allow(dead_code)]
mod cupsd;

use mdns_sd::{IfKind, ServiceDaemon, ServiceInfo};
use platen_simulators::gateway::{Generation, JobRequest, LicenceFixture};
use platen_simulators::printer::PrinterOptions;
use platen_simulators::{
    EmbeddedGateway, GatewayHandle, GatewayOptions, PrinterHandle, VirtualPrinter,
};
use platen_tests::shop::{sheets, wait_for};
use platen_tests::{RunningTill, SOON, Till};
use serde_json::{Value, json};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::Command;

const OLD: Ipv4Addr = Ipv4Addr::new(10, 203, 0, 11);
const NEW: Ipv4Addr = Ipv4Addr::new(10, 203, 0, 12);

#[test]
fn a_printer_on_the_network_is_offered_adopted_and_followed() {
    Network::new("moves").run("inner_network_printer");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the test above, in its own network"]
async fn inner_network_printer() {
    let gateway = gateway();
    let till = Till::set_up(&gateway.url(), &LicenceFixture::demo().key, &[]);
    till.look_for("network");
    let running = till.start();
    gateway.wait_for_desktops(1, SOON).await.unwrap();
    let scanned = till.ask_ok(&["printers", "discover", "--scan"]);
    assert!(
        scanned.contains("No printers were found.") && scanned.contains("251 hosts"),
        "{scanned}"
    );

    let (printer, announcer) = (printer_at(OLD), announce("Kitchen printer", OLD));
    let offered = discovered(&gateway, "Kitchen printer").await;
    assert_eq!(offered["connection"], "network");
    assert_eq!(offered["discoveryMethod"], "auto", "nobody typed it in");
    assert_eq!(offered["device"]["ip"], OLD.to_string());
    assert_eq!(offered["status"], "unknown", "nobody has asked it");
    let device = only_device(&till);
    assert_eq!(device["id"], offered["id"]);
    assert_eq!(device["printers"], json!([]));
    assert_eq!(device["recognised"], "generic", "its model has no profile, and that is said");
    assert_eq!(till.ask_json(&["printers", "--json"]), json!([]), "it is offered, and not used");

    let id = device["id"].as_str().unwrap();
    till.ask_ok(&["printers", "adopt", id, "Kitchen", "--role", "kitchen"]);
    discovered(&gateway, "Kitchen").await;
    let job = json!({"id": "o-1", "type": "kitchen_order", "content": "Two soups",
        "branchId": LicenceFixture::demo().branch_id});
    let request = JobRequest::in_generation(Generation::C, job);
    assert!(gateway.submit_job(request).await.is_completed(), "the role finds the printer");
    assert!(printer.text_of(&sheets(&printer, 1)[0].bytes).contains("Two soups"));

    // Another address, and the old one is gone: the printer goes with its device.
    printer.stop();
    drop_announcer(announcer);
    let (printer, announcer) = (printer_at(NEW), announce("Kitchen printer", NEW));
    let there = format!("tcp://{NEW}:9100");
    wait_for("the printer is used at its new address", || {
        (row(&till)["uri"] == there).then_some(())
    });
    till.ask_ok(&["print", "@kitchen", &text_file(&till, "One salad")]);
    assert!(printer.text_of(&sheets(&printer, 1)[0].bytes).contains("One salad"));

    // A restart changes neither the id nor the place, also before the device is heard of.
    running.stop();
    drop_announcer(announcer);
    let known = row(&till)["device"]["presence"].clone();
    assert_eq!(known, "away", "it is known too while Platen does not run");
    let running = till.start();
    wait_for("the till is back", || till.ask(&["status"]).status.success().then_some(()));
    assert_eq!(row(&till)["uri"], there);
    assert_eq!(row(&till)["device"]["presence"], "away", "known, and not seen yet");
    let announcer = announce("Kitchen printer", NEW);
    let again = wait_for("the device is seen again", || {
        let device = only_device(&till);
        (device["presence"] == "present").then_some(device)
    });
    assert_eq!(again["id"].as_str(), Some(id));
    assert_eq!(again["printers"], json!(["Kitchen"]));
    drop_announcer(announcer);
    running.stop();
}

#[test]
fn a_clone_never_prints_what_was_for_the_printer_that_has_left() {
    Network::new("clones").run("inner_clones");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the test above, in its own network"]
async fn inner_clones() {
    let same = [("UUID", "cfe92100-67c4-11d4-a45f-f8d027761251")];
    let till = Till::new();
    till.look_for("network");
    let _running = till.start();
    let (kitchen, other) = (printer_at(OLD), printer_at(NEW));
    let leaving = announce_with("A", OLD, &same);
    let staying = announce_with("B", NEW, &same);
    wait_for("two devices are found", || {
        let devices = till.ask_json(&["printers", "discover", "--json"]);
        let one_way =
            |device: &Value| device["ways"].as_array().is_some_and(|ways| ways.len() == 1);
        let devices = devices.as_array()?;
        (devices.len() == 2 && devices.iter().all(one_way)).then_some(())
    });
    let at_old = format!("tcp://{OLD}:9100");
    till.ask_ok(&["printers", "adopt", &at_old, "Kitchen"]);
    wait_for("the printer has its device", || (row(&till)["device"]["name"] == "A").then_some(()));

    kitchen.stop();
    drop_announcer(leaving);
    wait_for("it is known to have left", || {
        let row = row(&till);
        (row["device"]["presence"] == "away" && row["health"] == "offline").then_some(())
    });
    till.ask(&["print", "Kitchen", &text_file(&till, "Two soups"), "--wait", "0"]);
    assert_eq!(row(&till)["uri"], at_old);
    let kitchen = printer_at(OLD);
    assert!(kitchen.text_of(&sheets(&kitchen, 1)[0].bytes).contains("Two soups"));
    assert_eq!(other.printed_bytes(), 0);
    drop_announcer(staying);
}

#[test]
fn printers_that_take_each_others_names_keep_their_tickets() {
    Network::new("names").run("inner_names");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by the test above, in its own network"]
async fn inner_names() {
    let till = Till::new();
    till.look_for("network");
    let addresses = [("Bar", OLD), ("Kitchen", NEW)];
    for (name, address) in addresses {
        till.ask_ok(&["printers", "add", name, &format!("tcp://{address}:9100")]);
    }
    let _running = till.start();
    let printers = [printer_at(OLD), printer_at(NEW)];
    let announcers = [announce("XP-80", OLD), announce("XP-80 (2)", NEW)];
    let rows = || till.ask_json(&["printers", "--json"]).as_array().cloned().unwrap_or_default();
    let all = |what: &str, is_so: &dyn Fn(&Value) -> bool| {
        wait_for(what, || {
            let rows = rows();
            (rows.len() == 2 && rows.iter().all(is_so)).then_some(rows)
        })
    };
    let before = all("both have their devices", &|row| row["device"]["presence"] == "present");

    // A power cut: both leave, and the other one is the first to be back.
    announcers.into_iter().for_each(drop_announcer);
    printers.into_iter().for_each(PrinterHandle::stop);
    all("both are known to have left", &|row| {
        row["device"]["presence"] == "away" && row["health"] == "offline"
    });
    let second = (printer_at(NEW), announce("XP-80", NEW));
    wait_for("the first is back", || {
        rows().iter().any(|row| row["device"]["presence"] == "present").then_some(())
    });
    let first = (printer_at(OLD), announce("XP-80 (2)", OLD));
    let after = all("both are back", &|row| {
        row["device"]["presence"] == "present" && row["health"] == "online"
    });
    let places = |rows: &[Value]| -> Vec<[Value; 2]> {
        rows.iter().map(|row| [row["uri"].clone(), row["device"]["id"].clone()]).collect()
    };
    assert_eq!(places(&after), places(&before));
    for (name, (printer, _)) in [("Bar", &first), ("Kitchen", &second)] {
        let text = format!("For the {name}");
        till.ask_ok(&["print", name, &text_file(&till, &text)]);
        assert!(printer.text_of(&sheets(printer, 1)[0].bytes).contains(&text));
    }
    for (_, announcer) in [first, second] {
        drop_announcer(announcer);
    }
}

#[test]
fn a_queue_of_the_spooler_is_offered_and_adopted() {
    let cups = cupsd::Cupsd::start();
    cups.printer("POS80");
    let till = Till::new();
    till.look_for("spooler");
    let _running = start_with(&till, &cups);
    wait_for("the queue is found", || {
        let devices = till.ask_json(&["printers", "discover", "--json"]);
        (devices.as_array()?.len() == 1).then_some(())
    });
    let device = only_device(&till);
    assert_eq!(device["ways"][0]["uri"], "spooler://POS80");
    assert_eq!(device["ways"][0]["by"], "spooler");
    till.ask_ok(&["printers", "adopt", "spooler://POS80", "Bar", "--role", "default"]);
    till.ask_ok(&["print", "@", &text_file(&till, "One espresso")]);
    let paper = cups.paper("POS80");
    assert!(String::from_utf8_lossy(&paper).contains("One espresso"));
    let row = row(&till);
    assert_eq!(row["device"]["id"], device["id"]);
    assert_eq!(row["roles"], json!(["default"]));
    assert_eq!(row["last_job"]["state"], "completed");
    assert_eq!(row["health"], "unknown", "a spooler does not know how an idle printer is");
    let table = till.ask_ok(&["printers"]);
    for column in ["Bar", "unknown", "default", "completed", "spooler", "generic-80"] {
        assert!(table.contains(column), "{column} is not in\n{table}");
    }
}

#[test]
fn an_office_printer_gets_a_pdf_as_it_is_and_a_receipt_as_a_picture() {
    let cups = cupsd::Cupsd::start();
    cups.printer("Office");
    let till = Till::new();
    till.look_for("spooler");
    let office = ["printers", "add", "Office", "spooler://Office", "--emulation", "documents"];
    till.ask_ok(&office);
    let _running = start_with(&till, &cups);
    let pdf = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3 never read on its way\n%%EOF\n";
    let file = till.home().join("invoice.pdf");
    std::fs::write(&file, pdf).unwrap();
    till.ask_ok(&["print", "Office", file.to_str().unwrap()]);
    assert_eq!(cups.paper("Office"), pdf);
    till.ask_ok(&["print", "Office", &text_file(&till, "Two soups")]);
    let paper = wait_for("the receipt comes out", || {
        let paper = cups.paper("Office");
        paper[pdf.len()..].starts_with(b"\x89PNG").then(|| paper[pdf.len()..].to_vec())
    });
    assert!(paper.ends_with(b"IEND\xaeB`\x82"), "a whole picture");
    let refused = till.ask(&["drawer", "Office"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("no cash drawer"), "{said}");

    // A direct way takes commands only, and says so.
    let counter = platen_tests::shop::printer();
    till.ask_ok(&["printers", "add", "Direct", &counter.uri(), "--emulation", "documents"]);
    let refused = till.ask(&["print", "Direct", file.to_str().unwrap()]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("print queue"), "{said}");
    assert_eq!(counter.printed_bytes(), 0);
}

#[test]
fn a_scheduler_that_stands_still_holds_up_nobody() {
    let cups = cupsd::Cupsd::start();
    cups.printer("POS80");
    let till = Till::new();
    till.look_for("spooler");
    let counter = platen_tests::shop::printer();
    till.ask_ok(&["printers", "add", "Counter", &counter.uri()]);
    till.ask_ok(&["printers", "add", "Bar", "spooler://POS80"]);
    let _running = start_with(&till, &cups);
    cups.freeze();
    let _held = till.ask(&["print", "Bar", &text_file(&till, "For the bar"), "--wait", "0"]);
    till.ask_ok(&["print", "Counter", &text_file(&till, "For the counter")]);
    assert!(counter.text_of(&sheets(&counter, 1)[0].bytes).contains("For the counter"));
    cups.thaw();
    wait_for("the bar's job comes out too", || {
        String::from_utf8_lossy(&cups.paper("POS80")).contains("For the bar").then_some(())
    });
}

/// A network namespace with one cable to itself.
struct Network {
    name: String,
}

impl Network {
    fn new(purpose: &str) -> Network {
        let network = Network { name: format!("platen-{purpose}-{}", std::process::id()) };
        ip(&["netns", "add", &network.name]);
        network.ip(&["link", "set", "lo", "up"]);
        network.ip(&["link", "add", "cable", "type", "veth", "peer", "name", "plug"]);
        for host in [Ipv4Addr::new(10, 203, 0, 1), OLD, NEW] {
            network.ip(&["addr", "add", &format!("{host}/24"), "dev", "cable"]);
        }
        for end in ["cable", "plug"] {
            network.ip(&["link", "set", end, "up"]);
        }
        network
    }

    fn ip(&self, arguments: &[&str]) {
        ip(&[&["-n", self.name.as_str()], arguments].concat());
    }

    /// Runs an ignored test of this file there.
    fn run(&self, test: &str) {
        let output = Command::new("ip")
            .args(["netns", "exec", &self.name])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", test, "--ignored", "--nocapture"])
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{test}: {said}\n{complaint}");
        assert!(said.contains("1 passed"), "{test} did not run: {said}");
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        let _ = Command::new("ip").args(["netns", "del", &self.name]).status();
    }
}

fn ip(arguments: &[&str]) {
    let output = Command::new("ip").args(arguments).output().expect("tests/setup.sh lan");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ip {arguments:?}: {complaint} (root is needed)");
}

fn gateway() -> GatewayHandle {
    EmbeddedGateway::start(GatewayOptions::generation(Generation::C)).unwrap()
}

fn printer_at(address: Ipv4Addr) -> PrinterHandle {
    let listen = SocketAddr::from((address, 9100));
    VirtualPrinter::start(PrinterOptions { listen, ..PrinterOptions::default() }).unwrap()
}

fn announce(name: &str, address: Ipv4Addr) -> ServiceDaemon {
    announce_with(name, address, &[])
}

fn announce_with(name: &str, address: Ipv4Addr, more: &[(&str, &str)]) -> ServiceDaemon {
    let daemon = ServiceDaemon::new().unwrap();
    daemon.enable_interface(IfKind::Addr(address.into())).unwrap();
    let usual = [("txtvers", "1"), ("usb_MFG", "PLATEN"), ("usb_MDL", "Virtual 80")];
    let properties = [&usual[..], more].concat();
    let service = "_pdl-datastream._tcp.local.";
    let host = format!("printer-{}.local.", address.octets()[3]);
    let address = IpAddr::V4(address);
    let info = ServiceInfo::new(service, name, &host, address, 9100, &properties[..]).unwrap();
    daemon.register(info).unwrap();
    daemon
}

/// Says goodbye for it.
fn drop_announcer(daemon: ServiceDaemon) {
    let ended = daemon.shutdown().unwrap();
    ended.recv_timeout(SOON).unwrap();
}

async fn discovered(gateway: &GatewayHandle, name: &str) -> Value {
    let is_it = |event: &platen_simulators::gateway::Received| {
        event.event == "printer:discovered" && event.payload["name"] == name
    };
    gateway.wait_for(is_it, SOON).await.unwrap().payload.clone()
}

fn only_device(till: &Till) -> Value {
    let devices = till.ask_json(&["printers", "discover", "--json"]);
    let [device] = &devices.as_array().unwrap()[..] else { panic!("not one device: {devices}") };
    device.clone()
}

fn row(till: &Till) -> Value {
    till.ask_json(&["printers", "--json"])[0].clone()
}

fn start_with(till: &Till, cups: &cupsd::Cupsd) -> RunningTill {
    let running = till.start_with(|engine| {
        engine.env("CUPS_SERVER", cups.socket());
    });
    wait_for("the till runs", || till.home().join("control.json").exists().then_some(()));
    running
}

fn text_file(till: &Till, text: &str) -> String {
    let path = till.home().join("document.txt");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}
