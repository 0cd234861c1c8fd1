//! The USB device against virtual printers that the kernel takes for real ones.
//!
//! Runs as root on a kernel with vhci-hcd, usblp and udev: `make test-usb` boots one, and counts these tests.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use common::*;
use platen_devices::usb::{self, Access, AccessHelp, UsbChange, UsbDevice, UsbPrinter, UsbWatch};
use platen_devices::{Device, DeviceOptions, DeviceUri, Reachability};
use platen_job::{StateReason, StateReasons, StopCause};
use platen_simulators::{
    Fault, FaultKind, PrinterOptions, UsbClass, UsbIdentity, UsbPrinterHandle, UsbPrinterOptions,
    UsbSpeed, VirtualPrinter,
};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// An emulated machine without hardware support, beside others, may need long for anything.
const LONG: Duration = Duration::from_secs(60);

fn slow_machine() -> DeviceOptions {
    DeviceOptions {
        connect_timeout: LONG,
        reply_timeout: Duration::from_secs(3),
        fence_timeout: Duration::from_secs(10),
        mute_patience: Duration::from_secs(1),
        probe_patience: Duration::from_secs(1),
        ..DeviceOptions::default()
    }
}

fn identity(serial: &str) -> UsbIdentity {
    UsbIdentity { serial: Some(serial.to_owned()), ..UsbIdentity::default() }
}

fn plug(usb: UsbIdentity) -> UsbPrinterHandle {
    VirtualPrinter::plug(UsbPrinterOptions { usb, ..UsbPrinterOptions::default() }).unwrap()
}

/// One whose buffer is so small that the host feels it when paper runs out.
fn plug_small(usb: UsbIdentity) -> UsbPrinterHandle {
    let printer = PrinterOptions { receive_buffer: 1024, ..PrinterOptions::default() };
    VirtualPrinter::plug(UsbPrinterOptions { printer, usb }).unwrap()
}

fn receipt(number: usize) -> Vec<u8> {
    format!("\x1B@Receipt {number:04}\nTotal 12.50\n\n\x1DV\x00").into_bytes()
}

fn long_job(length: usize) -> Vec<u8> {
    let mut job = b"\x1B@".to_vec();
    job.extend((0..length).map(|at| b'a' + (at % 23) as u8));
    job.extend(b"\n\x1DV\x00");
    job
}

/// Waits until exactly these are attached, and gives them.
async fn attached(count: usize) -> Vec<UsbPrinter> {
    let deadline = Instant::now() + LONG;
    loop {
        // A device that is taken away while the kernel probes it holds everybody up for the kernel's own 5 s.
        let found = usb::list().await.unwrap_or_default();
        // The kernel's driver is bound a moment after the device is there.
        if found.len() == count && found.iter().all(|printer| printer.device_id.is_some()) {
            return found;
        }
        let vendors = found.iter().all(|printer| printer.address.id.product == 0x0202);
        if found.len() == count && vendors {
            return found;
        }
        assert!(Instant::now() < deadline, "{count} printers expected, found {found:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn only() -> UsbPrinter {
    attached(1).await.remove(0)
}

fn device_at(printer: &UsbPrinter) -> UsbDevice {
    UsbDevice::new(printer.address.clone(), slow_machine())
}

/// Bytes of that job which the printer has received on its last connection.
fn received_of(printer: &UsbPrinterHandle, job: &[u8]) -> u64 {
    let wire = printer.wire().pop().unwrap().bytes;
    let start = wire.windows(16).position(|window| window == &job[..16]).unwrap();
    wire[start..].iter().zip(job).take_while(|(got, sent)| got == sent).count() as u64
}

async fn next_changes(watch: &mut UsbWatch) -> Vec<UsbChange> {
    tokio::time::timeout(LONG, watch.next()).await.expect("a change").expect("the watch goes on")
}

/// Whether the kernel has a device with that serial number.
fn kernel_knows(serial: &str) -> bool {
    let devices = std::fs::read_dir("/sys/bus/usb/devices").unwrap();
    devices.flatten().any(|device| {
        let told = std::fs::read_to_string(device.path().join("serial"));
        told.is_ok_and(|told| told.trim() == serial)
    })
}

fn kernel_driver(port: &str) -> Option<String> {
    let link = format!("/sys/bus/usb/devices/{port}:1.0/driver");
    let driver = std::fs::read_link(Path::new(&link)).ok()?;
    Some(driver.file_name()?.to_string_lossy().into_owned())
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn a_printer_that_is_plugged_in_or_pulled_out_is_seen() {
    let mut watch = usb::watch().unwrap();
    for round in 0..3 {
        let before = Instant::now();
        let printer = plug(identity("ARRIVES1"));
        let kernel = std::thread::spawn(move || {
            while !kernel_knows("ARRIVES1") && before.elapsed() < LONG {
                std::thread::sleep(Duration::from_millis(5));
            }
            before.elapsed()
        });
        let arrived = next_changes(&mut watch).await;
        let (arrival, kernel) = (before.elapsed(), kernel.join().unwrap());
        let [UsbChange::Arrived(found)] = &arrived[..] else { panic!("{arrived:?}") };
        assert_eq!(found.uri().to_string(), "usb://04b8:0e15/ARRIVES1");
        assert_eq!(found.serial.as_deref(), Some("ARRIVES1"));
        assert_eq!(found.access, Access::Granted);
        let before = Instant::now();
        printer.unplug();
        loop {
            // The name may have become known after the arrival: that is no change of what is attached.
            let changes = next_changes(&mut watch).await;
            if let [UsbChange::Left(left)] = &changes[..] {
                assert_eq!(left.address, found.address);
                break;
            }
        }
        let departure = before.elapsed();
        println!(
            "FIGURE round {round}: arrival {arrival:?} (the kernel's part {kernel:?}), departure {departure:?}"
        );
    }
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn what_a_printer_says_of_itself_is_told() {
    let _printer = plug(identity("NAMED1"));
    let found = only().await;
    let before = Instant::now();
    usb::list().await.unwrap();
    println!("FIGURE list of one {:?}", before.elapsed());
    assert_eq!(found.name(), "EPSON TM-T20II");
    assert_eq!(found.manufacturer.as_deref(), Some("EPSON"));
    assert!(found.device_id.unwrap().speaks_escpos());
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn whole_jobs_arrive_byte_for_byte_at_both_speeds() {
    for speed in [UsbSpeed::Full, UsbSpeed::High] {
        let printer = plug(UsbIdentity { speed, ..identity("BYTES1") });
        let mut device = device_at(&only().await);
        for number in 0..10 {
            let attempt = print(&mut device, receipt(number)).await;
            assert_eq!(attempt.end, CONFIRMED, "{speed:?}");
            assert_eq!(attempt.bytes_written, receipt(number).len() as u64);
        }
        let expected: Vec<u8> = (0..10).flat_map(receipt).collect();
        assert!(printer.printed() == expected);
        let before = Instant::now();
        let text = long_job(200_000);
        assert_eq!(print(&mut device, text.clone()).await.bytes_written, text.len() as u64);
        println!("FIGURE {speed:?} speed: 200,000 bytes of text in {:?}", before.elapsed());
        let large = noise(200_000, 5);
        let attempt = print(&mut device, large.clone()).await;
        assert_eq!(attempt.bytes_written, large.len() as u64);
        assert_eq!(received_of(&printer, &large), large.len() as u64);
        device.release().await;
        printer.stop();
        attached(0).await;
    }
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn a_printer_pulled_out_in_mid_job_leaves_the_exact_count() {
    let printer = plug_small(identity("PULLED1"));
    let mut device = device_at(&only().await);
    assert_eq!(print(&mut device, receipt(1)).await.end, CONFIRMED);
    printer.set_fault(Fault::AfterBytes { n: 30_000, then: Box::new(Fault::Refuses) });
    let job = long_job(100_000);
    let attempt = print(&mut device, job.clone()).await;
    assert_eq!(attempt.end, stopped(StopCause::ConnectionLost));
    assert_eq!(attempt.bytes_written, received_of(&printer, &job));
    assert!((30_000..31_000).contains(&attempt.bytes_written), "{}", attempt.bytes_written);

    let gone = print(&mut device, receipt(2)).await;
    assert_eq!(gone.end, stopped(StopCause::Unreachable));
    assert_eq!((gone.bytes_written, gone.reasons), (0, StateReason::Offline.into()));
    assert_eq!(device.status().await.reachable, Reachability::Away);

    printer.plug_in();
    attached(1).await;
    assert_eq!(print(&mut device, receipt(3)).await.end, CONFIRMED, "it is found again");
    assert!(printer.printed().ends_with(&receipt(3)));
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn one_that_falls_off_the_bus_in_mid_job_leaves_the_exact_count() {
    let printer = plug_small(UsbIdentity { speed: UsbSpeed::High, ..identity("FALLS1") });
    let mut device = device_at(&only().await);
    printer.set_fault(Fault::HalfPrint(9_000));
    let job = long_job(40_000);
    let attempt = print(&mut device, job.clone()).await;
    assert_eq!(attempt.end, stopped(StopCause::ConnectionLost));
    let wire = printer.wire();
    let received = wire.iter().find(|log| contains(&log.bytes, &job[..16])).unwrap();
    let start = received.bytes.windows(16).position(|window| window == &job[..16]).unwrap();
    assert_eq!(attempt.bytes_written, (received.bytes.len() - start) as u64);
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn trouble_is_seen_and_cleared() {
    let printer = plug(identity("TROUBLE1"));
    let mut device = device_at(&only().await);
    assert_eq!(device.status().await.reasons, StateReasons::none());
    for (fault, kind, reason) in [
        (Fault::PaperOut, FaultKind::PaperOut, StateReason::MediaEmpty),
        (Fault::CoverOpen, FaultKind::CoverOpen, StateReason::CoverOpen),
        (Fault::CutterError, FaultKind::CutterError, StateReason::MediaJam),
    ] {
        printer.set_fault(fault);
        let before = Instant::now();
        let status = device.status().await;
        println!("FIGURE {reason} told in {:?}", before.elapsed());
        assert_eq!((status.reachable, status.reasons), (Reachability::Answers, reason.into()));
        let job = Job::new(receipt(1));
        let attempt = run(&mut device, &job).await;
        assert_eq!(attempt.end, stopped(StopCause::NotReady));
        assert_eq!((attempt.bytes_written, job.starts.count()), (0, 0));
        printer.clear_fault(kind);
        assert_eq!(device.status().await.reasons, StateReasons::none());
    }
    assert_eq!(print(&mut device, receipt(2)).await.end, CONFIRMED);
    assert_eq!(printer.printed(), receipt(2));
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn paper_that_runs_out_in_mid_job_is_told_and_waited_for() {
    let printer = plug_small(identity("PAPER1"));
    let mut device = device_at(&only().await);
    printer.set_fault(Fault::AfterBytes { n: 3_000, then: Box::new(Fault::PaperOut) });
    let job = Job::new(long_job(40_000));
    let printing = run(&mut device, &job);
    let mend = async {
        until("the reason", || job.reasons.borrow().contains(StateReason::MediaEmpty)).await;
        printer.clear_fault(FaultKind::PaperOut);
    };
    let (attempt, ()) = tokio::join!(printing, mend);
    assert_eq!(attempt.end, CONFIRMED);
    assert!(printer.printed() == long_job(40_000), "NAK and time-outs lose and repeat nothing");
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn a_printer_that_says_nothing_is_asked_through_its_port() {
    let printer = plug_small(UsbIdentity { class: UsbClass::OneWay, ..identity("ONEWAY1") });
    let mut device = device_at(&only().await);
    assert_eq!(device.status().await.reachable, Reachability::Silent);
    assert_eq!(print(&mut device, receipt(1)).await.end, SUBMITTED);
    until("the receipt", || printer.printed() == receipt(1)).await;
    printer.set_fault(Fault::PaperOut);
    assert_eq!(device.status().await.reasons, StateReason::MediaEmpty.into());
    let attempt = print(&mut device, receipt(2)).await;
    assert_eq!((attempt.end, attempt.bytes_written), (stopped(StopCause::NotReady), 0));
    printer.clear_fault(FaultKind::PaperOut);
    assert_eq!(device.status().await.reasons, StateReasons::none());

    // In mid-job nothing comes back from it but the port's word.
    printer.set_fault(Fault::AfterBytes { n: 3_000, then: Box::new(Fault::PaperOut) });
    let job = Job::new(long_job(40_000));
    let printing = run(&mut device, &job);
    let mend = async {
        until("the reason", || job.reasons.borrow().contains(StateReason::MediaEmpty)).await;
        printer.clear_fault(FaultKind::PaperOut);
    };
    let (attempt, ()) = tokio::join!(printing, mend);
    assert_eq!(attempt.end, SUBMITTED);
    assert!(printer.port_questions() > 0);
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn a_printer_that_takes_nothing_is_given_up_with_the_exact_count() {
    let printer = plug_small(UsbIdentity { class: UsbClass::OneWay, ..identity("NAK1") });
    let address = only().await.address;
    let options = DeviceOptions { trouble_patience: Duration::from_secs(2), ..slow_machine() };
    let mut device = UsbDevice::new(address, options);
    printer.set_fault(Fault::AfterBytes { n: 5_000, then: Box::new(Fault::CoverOpen) });
    let job = long_job(40_000);
    let attempt = print(&mut device, job.clone()).await;
    assert_eq!(attempt.end, stopped(StopCause::NotReady));
    assert_eq!(attempt.bytes_written, received_of(&printer, &job));
    assert!((5_000..7_000).contains(&attempt.bytes_written), "{}", attempt.bytes_written);
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn a_stall_is_cleared_and_nothing_is_lost_or_repeated() {
    let printer = plug(identity("STALL1"));
    let mut device = device_at(&only().await);
    printer.stall(5_000, 2);
    let job = long_job(40_000);
    let attempt = print(&mut device, job.clone()).await;
    assert_eq!((attempt.end, attempt.bytes_written), (CONFIRMED, job.len() as u64));
    assert!(printer.printed() == job);
    assert_eq!(printer.halts_cleared(), 2);

    printer.stall(5_000, u32::MAX);
    let job = noise(40_000, 9);
    let attempt = print(&mut device, job.clone()).await;
    assert_eq!(attempt.end, stopped(StopCause::ConnectionLost));
    assert_eq!(attempt.bytes_written, received_of(&printer, &job));
    assert!((4_900..5_100).contains(&attempt.bytes_written), "{}", attempt.bytes_written);
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn a_cancel_in_mid_job_leaves_the_exact_count() {
    let printer = plug_small(identity("CANCEL1"));
    let mut device = device_at(&only().await);
    printer.set_fault(Fault::AfterBytes { n: 3_000, then: Box::new(Fault::PaperOut) });
    let job = Job::new(long_job(40_000));
    let printing = run(&mut device, &job);
    let cancel = async {
        until("the reason", || !job.reasons.borrow().is_empty()).await;
        job.cancel.cancel();
    };
    let (attempt, ()) = tokio::join!(printing, cancel);
    assert_eq!(attempt.end, stopped(StopCause::Canceled));
    assert_eq!(attempt.bytes_written, received_of(&printer, &job.bytes));
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn the_kernels_driver_gets_the_printer_back() {
    let printer = plug(identity("USBLP1"));
    let found = only().await;
    let driver = || kernel_driver(&found.port);
    until("usblp", || driver().as_deref() == Some("usblp")).await;
    let mut device = device_at(&found);
    assert_eq!(print(&mut device, receipt(1)).await.end, CONFIRMED);
    assert_ne!(driver().as_deref(), Some("usblp"), "it is ours while we print");
    device.release().await;
    until("usblp to be back", || driver().as_deref() == Some("usblp")).await;
    assert_eq!(print(&mut device, receipt(2)).await.end, CONFIRMED, "and ours again");
    let before = Instant::now();
    device.release().await;
    until("usblp to be back", || driver().as_deref() == Some("usblp")).await;
    println!("FIGURE given back in {:?}", before.elapsed());
    assert_eq!(printer.printed(), [receipt(1), receipt(2)].concat());
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn a_printer_at_rest_is_looked_at_past_the_kernels_driver() {
    let printer = plug(identity("GLANCE1"));
    let found = only().await;
    let driver = || kernel_driver(&found.port);
    let mut device = device_at(&found);
    assert_eq!(print(&mut device, receipt(1)).await.end, CONFIRMED);
    assert_eq!(device.status().await.reachable, Reachability::Answers);
    device.release().await;
    until("usblp to be back", || driver().as_deref() == Some("usblp")).await;
    let before = (printer.received_bytes(), printer.port_questions());
    let status = device.status().await;
    assert_eq!((status.reachable, status.reasons.is_empty()), (Reachability::Answers, true));
    assert_eq!(printer.received_bytes(), before.0, "not a byte for a look");
    assert!(printer.port_questions() > before.1, "the port was asked");
    assert_eq!(driver().as_deref(), Some("usblp"), "and the driver left alone");
    printer.set_fault(Fault::PaperOut);
    assert_eq!(device.status().await.reasons, StateReason::MediaEmpty.into());
    printer.unplug();
    until("it to be gone", || driver().is_none()).await;
    device.release().await;
    assert_eq!(device.status().await.reachable, Reachability::Away);
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn a_vendor_class_printer_prints_and_answers() {
    let usb = UsbIdentity {
        product: 0x0202,
        class: UsbClass::Vendor,
        speed: UsbSpeed::High,
        ..identity("VENDOR1")
    };
    let printer = plug(usb);
    let found = only().await;
    assert_eq!(found.uri().to_string(), "usb://04b8:0202/VENDOR1");
    let mut device = device_at(&found);
    assert_eq!(print(&mut device, receipt(1)).await.end, CONFIRMED);
    assert_eq!(printer.printed(), receipt(1));
    printer.set_fault(Fault::CoverOpen);
    assert_eq!(device.status().await.reasons, StateReason::CoverOpen.into());
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn a_printer_without_a_serial_number_goes_by_its_port() {
    let printer = plug(UsbIdentity { serial: None, ..identity("") });
    let found = only().await;
    let uri = found.uri().to_string();
    assert_eq!(uri, format!("usb://04b8:0e15/@{}", found.port));
    let uri: DeviceUri = uri.parse().unwrap();
    let mut device = platen_devices::open(&uri, slow_machine()).unwrap();
    let job = Job::new(receipt(1));
    assert_eq!(device.print(job.request()).await.end, CONFIRMED);
    assert_eq!(printer.printed(), receipt(1));
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn twins_are_told_apart() {
    let (left, right) = (plug(identity("TWIN")), plug(identity("TWIN")));
    let found = attached(2).await;
    assert_ne!(found[0].address, found[1].address);
    let mut devices = [device_at(&found[0]), device_at(&found[1])];
    assert_eq!(print(&mut devices[0], receipt(1)).await.end, CONFIRMED);
    assert_eq!(print(&mut devices[1], receipt(2)).await.end, CONFIRMED);
    let mut papers = [left.printed(), right.printed()];
    papers.sort();
    assert_eq!(papers, [receipt(1), receipt(2)], "each got its own");

    let shared: DeviceUri = "usb://04b8:0e15/TWIN".parse().unwrap();
    let mut ambiguous = platen_devices::open(&shared, slow_machine()).unwrap();
    assert_eq!(ambiguous.status().await.reachable, Reachability::Away);
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn a_user_who_may_not_use_it_is_told_what_mends_it() {
    let _printer = plug(identity("DENIED1"));
    let found = only().await;
    assert_eq!(as_user(NOBODY, &[], "child_of_a_user_who_may_not"), "access-denied");
    // What the message says: the group lp.
    assert_eq!(AccessHelp::JoinGroup.command(), "sudo usermod -aG lp \"$USER\"");
    assert_eq!(as_user(NOBODY, &[LP], "child_of_a_user_who_may"), found.uri().to_string());
}

#[tokio::test]
#[ignore = "needs virtual USB: make test-usb"]
async fn the_installed_rule_opens_vendor_class_printers_to_the_group() {
    let usb = UsbIdentity { product: 0x0202, class: UsbClass::Vendor, ..identity("RULE1") };
    let _printer = plug(usb);
    let found = only().await;
    assert_eq!(as_user(NOBODY, &[], "child_of_a_user_who_may_not"), "access-denied");
    assert_eq!(as_user(NOBODY, &[LP], "child_of_a_user_who_may"), found.uri().to_string());
}

const NOBODY: u32 = 65534;
/// Debian's group lp.
const LP: u32 = 7;

/// Runs that test as another user; the last word it printed.
fn as_user(user: u32, groups: &[u32], test: &str) -> String {
    let mut command = std::process::Command::new(std::env::current_exe().unwrap());
    command.args([test, "--exact", "--ignored", "--nocapture"]).env("PLATEN_USB_CHILD", "1");
    // Without supplementary groups of root's: a group to print with is the child's own one.
    command.uid(user).gid(groups.first().copied().unwrap_or(user));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let word = said.lines().find_map(|line| line.split("CHILD ").nth(1));
    word.unwrap_or_else(|| panic!("no word from the child: {said}")).trim().to_owned()
}

/// Only the parents above run these to any effect.
fn is_child() -> bool {
    std::env::var_os("PLATEN_USB_CHILD").is_some()
}

#[tokio::test]
#[ignore = "run by the test of its parent as another user"]
async fn child_of_a_user_who_may_not() {
    assert!(is_child(), "run by its parent only");
    let found = usb::list().await.unwrap().remove(0);
    let Access::Denied(help) = found.access else { panic!("{found:?}") };
    assert!(help.to_string().contains("sudo "), "{help}");
    let attempt = print(&mut device_at(&found), receipt(1)).await;
    assert_eq!(attempt.end, stopped(StopCause::Unreachable));
    assert_eq!(attempt.bytes_written, 0);
    println!("CHILD {}", attempt.reasons);
}

#[tokio::test]
#[ignore = "run by the test of its parent as another user"]
async fn child_of_a_user_who_may() {
    assert!(is_child(), "run by its parent only");
    let found = usb::list().await.unwrap().remove(0);
    assert_eq!(found.access, Access::Granted);
    assert_eq!(print(&mut device_at(&found), receipt(1)).await.end, CONFIRMED);
    println!("CHILD {}", found.uri());
}
