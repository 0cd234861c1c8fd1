//! The network device against the virtual printer, with each of its faults.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use bytes::Bytes;
use common::*;
use platen_devices::{
    Confirmation, Device, DeviceMemory, DeviceOptions, NetworkDevice, Reachability,
};
use platen_job::{AttemptEnd, Evidence, StateReason, StopCause};
use platen_simulators::{Fault, FaultKind, PrinterHandle, PrinterOptions, VirtualPrinter};
use std::num::NonZeroU32;
use std::time::Duration;

fn receipt(number: usize) -> Vec<u8> {
    format!("\x1B@Receipt {number:04}\nTotal 12.50\n\n\x1DV\x00").into_bytes()
}

fn long_receipt() -> Vec<u8> {
    let mut bytes = b"\x1B@".to_vec();
    for line in 0..400 {
        bytes.extend(format!("line {line:03} of a long receipt\n").into_bytes());
    }
    bytes.extend(b"\x1DV\x00");
    bytes
}

fn printer(faults: Vec<Fault>) -> PrinterHandle {
    VirtualPrinter::start(PrinterOptions { faults, ..PrinterOptions::default() }).unwrap()
}

fn device_of(printer: &PrinterHandle, options: DeviceOptions) -> NetworkDevice {
    NetworkDevice::new("127.0.0.1".to_owned(), printer.addr().port(), options)
}

#[tokio::test]
async fn a_receipt_comes_out_and_is_confirmed() {
    let printer = printer(vec![]);
    let mut device = device_of(&printer, quick());
    let attempt = print(&mut device, receipt(1)).await;
    assert_eq!(attempt.end, CONFIRMED);
    assert_eq!(attempt.bytes_written, receipt(1).len() as u64);
    assert_eq!(printer.printed(), receipt(1));
    assert_eq!(device.memory().confirmation, Confirmation::Supported);
}

#[tokio::test]
async fn five_hundred_receipts_come_out_in_order() {
    let printer = printer(vec![]);
    let mut device = device_of(&printer, quick());
    for number in 0..500 {
        assert_eq!(print(&mut device, receipt(number)).await.end, CONFIRMED);
    }
    let expected: Vec<u8> = (0..500).flat_map(receipt).collect();
    assert!(printer.printed() == expected);
    assert_eq!(printer.connections(), 1);
    device.release().await;
    until("the connection to end", || printer.open_connections() == 0).await;
}

#[tokio::test]
async fn every_byte_value_passes() {
    let printer = printer(vec![]);
    let mut device = device_of(&printer, quick());
    let all: Vec<u8> = (0..=255).collect();
    let attempt = print(&mut device, all.clone()).await;
    assert_eq!(attempt.bytes_written, 256);
    until("the bytes", || contains(&printer.wire()[0].bytes, &all)).await;
}

#[tokio::test]
async fn a_printer_that_does_not_confirm_drains() {
    let printer = printer(vec![Fault::NoConfirm]);
    let mut device = device_of(&printer, quick());
    assert_eq!(print(&mut device, receipt(1)).await.end, DRAINED);
    assert_eq!(device.memory().confirmation, Confirmation::Unsupported);
    assert_eq!(printer.printed(), receipt(1));
}

#[tokio::test]
async fn a_confirmation_later_than_the_probe_waits_still_teaches() {
    let printer = printer(vec![Fault::ConfirmsLate(Duration::from_millis(600))]);
    let options = DeviceOptions { fence_timeout: Duration::from_secs(10), ..quick() };
    let mut device = device_of(&printer, options);
    assert_eq!(print(&mut device, receipt(1)).await.end, DRAINED);
    assert_eq!(device.memory().confirmation, Confirmation::Unsupported);
    tokio::time::sleep(Duration::from_millis(700)).await;
    assert_eq!(device.status().await.reachable, Reachability::Answers);
    assert_eq!(device.memory().confirmation, Confirmation::Supported);
    assert_eq!(print(&mut device, receipt(2)).await.end, CONFIRMED, "from now on it is waited for");
}

#[tokio::test]
async fn trouble_before_the_job_keeps_it_from_starting() {
    for (fault, kind, reason) in [
        (Fault::PaperOut, FaultKind::PaperOut, StateReason::MediaEmpty),
        (Fault::CoverOpen, FaultKind::CoverOpen, StateReason::CoverOpen),
        (Fault::Offline, FaultKind::Offline, StateReason::Offline),
        (Fault::CutterError, FaultKind::CutterError, StateReason::MediaJam),
    ] {
        let printer = printer(vec![fault]);
        let mut device = device_of(&printer, quick());
        let job = Job::new(receipt(1));
        let attempt = run(&mut device, &job).await;
        assert_eq!(attempt.end, stopped(StopCause::NotReady));
        assert_eq!((attempt.bytes_written, job.starts.count()), (0, 0));
        assert_eq!(attempt.reasons, reason.into());
        assert_eq!(device.status().await.reasons, reason.into());
        printer.clear_fault(kind);
        assert_eq!(print(&mut device, receipt(1)).await.end, CONFIRMED);
        assert_eq!(printer.printed(), receipt(1));
    }
}

#[tokio::test]
async fn trouble_in_mid_job_is_shown_and_waited_for() {
    for (fault, kind, reason) in [
        (Fault::PaperOut, FaultKind::PaperOut, StateReason::MediaEmpty),
        (Fault::CoverOpen, FaultKind::CoverOpen, StateReason::CoverOpen),
        (Fault::Offline, FaultKind::Offline, StateReason::Offline),
    ] {
        let printer = printer(vec![Fault::AfterBytes { n: 3000, then: Box::new(fault) }]);
        let mut device = device_of(&printer, quick());
        let job = Job::new(long_receipt());
        let printing = run(&mut device, &job);
        let mend = async {
            until("the reason", || job.reasons.borrow().contains(reason)).await;
            tokio::time::sleep(quick().fence_timeout * 2).await;
            printer.clear_fault(kind);
        };
        let (attempt, ()) = tokio::join!(printing, mend);
        assert_eq!(attempt.end, CONFIRMED);
        assert!(
            printer.printed() == long_receipt(),
            "{} bytes of {}",
            printer.printed_bytes(),
            long_receipt().len()
        );
    }
}

#[tokio::test]
async fn a_roll_near_its_end_is_told() {
    let printer = printer(vec![Fault::NearEnd]);
    let mut device = device_of(&printer, quick());
    let attempt = print(&mut device, receipt(1)).await;
    assert_eq!(attempt.end, CONFIRMED);
    assert_eq!(attempt.reasons, StateReason::MediaLow.into());
}

#[tokio::test]
async fn a_mute_printer_submits() {
    let printer = printer(vec![Fault::Mute]);
    let mut device = device_of(&printer, quick());
    assert_eq!(device.status().await.reachable, Reachability::Silent);
    let attempt = print(&mut device, receipt(1)).await;
    assert_eq!(attempt.end, SUBMITTED);
    until("the receipt", || printer.printed() == receipt(1)).await;
}

#[tokio::test]
async fn a_printer_that_talks_is_not_printed_on_while_it_is_silent() {
    let printer = printer(vec![]);
    let options = DeviceOptions { talker_patience: Duration::from_secs(3), ..quick() };
    let mut device = device_of(&printer, options.clone());
    assert_eq!(print(&mut device, receipt(1)).await.end, CONFIRMED);
    printer.set_fault(Fault::Mute);
    device.release().await;
    let attempt = print(&mut device, receipt(2)).await;
    assert_eq!((attempt.end, attempt.bytes_written), (stopped(StopCause::NotReady), 0));
    assert_eq!(device.status().await.reachable, Reachability::Away);
    // Nor later: what is not proven to be another printer is the one that hangs.
    let began = std::time::Instant::now();
    while began.elapsed() < options.talker_patience {
        let attempt = print(&mut device, receipt(2)).await;
        assert_eq!((attempt.end, attempt.bytes_written), (stopped(StopCause::NotReady), 0));
    }
    printer.clear_faults();
    assert_eq!(print(&mut device, receipt(3)).await.end, CONFIRMED);

    // After a restart it may be another one, but not at once.
    printer.set_fault(Fault::Mute);
    device.release().await;
    let mut device = device_of(&printer, DeviceOptions { memory: device.memory(), ..options });
    let began = std::time::Instant::now();
    let mut refused = 0;
    let attempt = loop {
        let attempt = print(&mut device, receipt(4)).await;
        if attempt.bytes_written > 0 {
            break attempt;
        }
        refused += 1;
        assert!(began.elapsed() < Duration::from_secs(20), "it is another printer by now");
    };
    assert!(refused > 0);
    assert_eq!(attempt.end, SUBMITTED);
    assert_eq!(device.memory().confirmation, Confirmation::Unknown);
}

#[tokio::test]
async fn a_slow_printer_is_waited_for() {
    let printer = printer(vec![Fault::Slow(NonZeroU32::new(8000).unwrap())]);
    let mut device = device_of(&printer, quick());
    let attempt = print(&mut device, long_receipt()).await;
    assert_eq!(attempt.end, CONFIRMED);
    assert!(printer.printed() == long_receipt(), "the proof came no sooner than the last line");
}

#[tokio::test]
async fn nothing_is_lost_on_a_printer_that_drops_its_buffer_when_hung_up_on() {
    let slow = Fault::Slow(NonZeroU32::new(30_000).unwrap());
    for faults in [vec![], vec![Fault::Mute]] {
        let printer = printer([faults, vec![slow.clone(), Fault::DropOnFin]].concat());
        let mut device = device_of(&printer, quick());
        let attempt = print(&mut device, long_receipt()).await;
        assert!(matches!(attempt.end, AttemptEnd::Finished(_)), "{:?}", attempt.end);
        device.release().await;
        until("the connection to end", || printer.open_connections() == 0).await;
        assert!(
            printer.printed() == long_receipt(),
            "{} bytes of {}",
            printer.printed_bytes(),
            long_receipt().len()
        );
    }
}

#[tokio::test]
async fn a_half_printed_job_is_not_claimed() {
    let printer = printer(vec![Fault::HalfPrint(4000)]);
    let mut device = device_of(&printer, quick());
    let attempt = print(&mut device, long_receipt()).await;
    assert_eq!(attempt.end, stopped(StopCause::ConnectionLost));
    let printed = printer.printed_bytes();
    assert!(attempt.bytes_written >= printed, "{} < {printed}", attempt.bytes_written);
    assert!(attempt.bytes_written <= long_receipt().len() as u64);

    let mut job = Job::new(receipt(2));
    job.clean_up = Some(vec![0; 64].into());
    assert!(matches!(run(&mut device, &job).await.end, AttemptEnd::Finished(Evidence::Confirmed)));
    assert!(printer.printed().ends_with(&receipt(2)));
}

/// The worst place to stop: what comes next is taken for the size of a picture.
#[tokio::test]
async fn a_question_never_becomes_the_size_of_a_torn_picture() {
    let torn = [b"\x1B@".as_slice(), b"\x1Dv0\x00"].concat();
    let picture = [torn.as_slice(), b"\x08\x00\x08\x00", &[0xFF; 64], &receipt(1)].concat();
    for first in ["a look at the printer", "the next job"] {
        let printer = printer(vec![Fault::HalfPrint(torn.len())]);
        let mut device = device_of(&printer, quick());
        let attempt = print(&mut device, picture.clone()).await;
        assert_eq!(attempt.end, stopped(StopCause::ConnectionLost));
        let clean_up = Bytes::from([&[0; 72], b"\x1B@".as_slice()].concat());
        if first == "a look at the printer" {
            device.expect_open_command(Some(clean_up.clone()));
            assert_eq!(device.status().await.reachable, Reachability::Answers);
        }
        let mut job = Job::new(receipt(2));
        job.clean_up = Some(clean_up);
        assert_eq!(run(&mut device, &job).await.end, CONFIRMED);
        assert!(printer.text_of(&printer.printed()).contains(&printer.text_of(&receipt(2))));
    }
}

#[tokio::test]
async fn a_printer_that_refuses_is_unreachable_until_it_is_not() {
    let printer = printer(vec![]);
    let mut device = device_of(&printer, quick());
    assert_eq!(print(&mut device, receipt(1)).await.end, CONFIRMED);
    printer.set_fault(Fault::Refuses);
    let attempt = print(&mut device, receipt(2)).await;
    assert_eq!(attempt.end, stopped(StopCause::Unreachable));
    assert_eq!(attempt.bytes_written, 0);
    assert_eq!(device.status().await.reachable, Reachability::Away);
    printer.clear_fault(FaultKind::Refuses);
    assert_eq!(print(&mut device, receipt(2)).await.end, CONFIRMED);
    assert_eq!(printer.printed(), [receipt(1), receipt(2)].concat());
}

#[tokio::test]
async fn a_cancel_while_the_roll_is_empty_leaves_the_printer_usable() {
    let empty = Fault::AfterBytes { n: 3000, then: Box::new(Fault::PaperOut) };
    let printer = printer(vec![empty]);
    let memory = DeviceMemory { confirmation: Confirmation::Supported };
    let mut device = device_of(&printer, DeviceOptions { memory, ..quick() });
    let job = Job::new(long_receipt());
    let printing = run(&mut device, &job);
    let cancel = async {
        until("the reason", || job.reasons.borrow().contains(StateReason::MediaEmpty)).await;
        job.cancel.cancel();
    };
    let (attempt, ()) = tokio::join!(printing, cancel);
    assert_eq!(attempt.end, stopped(StopCause::Canceled));
    printer.clear_fault(FaultKind::PaperOut);
    assert_eq!(print(&mut device, receipt(2)).await.end, CONFIRMED);
    assert!(printer.printed().ends_with(&receipt(2)));
}
