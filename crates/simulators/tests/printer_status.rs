//! What the virtual printer says, bit by bit, to a raw TCP client.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::time::{Duration, Instant};

use common::{Till, printer};
use platen_simulators::{Fault, FaultKind, PrinterOptions, VirtualPrinter, printer::Identity};

const STATUS_1: &[u8] = &[0x10, 0x04, 1];
const PAPER: &[u8] = &[0x1D, 0x72, 1];
const CONFIRM: &[u8] = b"\x1D(H\x06\x0000ABCD";
const CONFIRMED: &[u8] = b"\x37\x22ABCD\0";

/// The four real-time answers, the automatic status, and whether the printer goes on.
#[test]
fn every_condition_shows_in_its_bits_and_in_no_others() {
    let rows: &[(&str, [u8; 4], [u8; 4])] = &[
        ("near-end", [0x12, 0x12, 0x12, 0x1E], [0x10, 0, 0x03, 0]),
        ("paper-out", [0x1A, 0x32, 0x12, 0x7E], [0x18, 0, 0x0F, 0]),
        ("cover-open", [0x1A, 0x16, 0x12, 0x12], [0x38, 0, 0, 0]),
        ("offline", [0x1A, 0x12, 0x12, 0x12], [0x18, 0, 0, 0]),
        ("cutter-error", [0x3A, 0x52, 0x1A, 0x12], [0x18, 0x09, 0, 0]),
        ("drawer-open", [0x16, 0x12, 0x12, 0x12], [0x14, 0, 0, 0]),
        ("slow=100000", [0x12, 0x12, 0x12, 0x12], [0x10, 0, 0, 0]),
    ];
    for (name, real_time, automatic) in rows {
        let printer = printer();
        printer.set_fault(Fault::parse(name).unwrap());
        let mut till = Till::connect(&printer);
        for n in 1..=4 {
            let answer = till.ask(&[0x10, 0x04, n], 1);
            assert_eq!(answer[0], real_time[usize::from(n) - 1], "{name}: DLE EOT {n}");
            assert_eq!(answer[0] & 0x93, 0x12, "{name}: DLE EOT {n} is no valid answer");
        }
        printer.clear_faults();
        till.write(&[0x1D, 0x61, 0xFF]);
        assert_eq!(till.read(4), [0x10, 0, 0, 0], "{name}: automatic status when turned on");
        printer.set_fault(Fault::parse(name).unwrap());
        if automatic != &[0x10, 0, 0, 0] {
            assert_eq!(till.read(4), automatic, "{name}: automatic status on the change");
            printer.clear_faults();
            assert_eq!(till.read(4), [0x10, 0, 0, 0], "{name}: automatic status when cleared");
        }
    }
}

#[test]
fn queued_paper_status_says_ok_near_end_and_drawer() {
    let printer = printer();
    let mut till = Till::connect(&printer);
    assert_eq!(till.ask(PAPER, 1), [0x00]);
    printer.set_fault(Fault::NearEnd);
    assert_eq!(till.ask(PAPER, 1), [0x03]);
    printer.set_fault(Fault::DrawerOpen);
    assert_eq!(till.ask(&[0x1D, 0x72, 2], 1), [0x01]);
}

#[test]
fn offline_answers_at_once_but_leaves_queued_questions_until_it_is_back() {
    let printer = printer();
    printer.set_fault(Fault::PaperOut);
    let mut till = Till::connect(&printer);
    till.write(b"receipt\n");
    till.write(PAPER);
    assert_eq!(till.ask(STATUS_1, 1), [0x1A], "the real-time answer overtakes the queued one");
    till.expect_silence();
    printer.clear_fault(FaultKind::PaperOut);
    assert_eq!(till.read(1), [0x00], "the queued answer, once there is paper");
    assert_eq!(printer.printed(), b"receipt\n");
}

#[test]
fn confirms_when_everything_before_is_printed() {
    let printer = printer();
    printer.set_fault(Fault::Offline);
    let mut till = Till::connect(&printer);
    till.write(b"receipt\n");
    till.write(CONFIRM);
    till.expect_silence();
    printer.clear_faults();
    assert_eq!(till.read(7), CONFIRMED);
    assert_eq!(printer.printed(), b"receipt\n", "a question leaves nothing on paper");
}

#[test]
fn confirms_late_and_not_at_all() {
    let printer = printer();
    let mut till = Till::connect(&printer);
    printer.set_fault(Fault::ConfirmsLate(Duration::from_millis(120)));
    let asked = Instant::now();
    assert_eq!(till.ask(CONFIRM, 7), CONFIRMED);
    assert!(asked.elapsed() >= Duration::from_millis(120), "only after {:?}", asked.elapsed());
    printer.set_fault(Fault::NoConfirm);
    till.write(CONFIRM);
    assert_eq!(till.ask(PAPER, 1), [0x00], "the fence is answered, the confirmation is not");
    till.expect_silence();
}

#[test]
fn mute_never_answers_but_prints() {
    let printer = printer();
    let mut till = Till::connect(&printer);
    till.write(&[0x1D, 0x61, 0xFF]);
    till.read(4);
    printer.set_fault(Fault::Mute);
    till.write(STATUS_1);
    till.write(PAPER);
    till.write(CONFIRM);
    printer.set_fault(Fault::NearEnd);
    till.write(b"still printing\n");
    common::eventually(|| printer.printed().ends_with(b"still printing\n"));
    till.expect_silence();
}

#[test]
fn initialising_turns_the_automatic_status_off() {
    let printer = printer();
    let mut till = Till::connect(&printer);
    till.write(&[0x1D, 0x61, 0x08]);
    till.read(4);
    printer.set_fault(Fault::CoverOpen);
    till.expect_silence();
    printer.clear_faults();
    printer.set_fault(Fault::NearEnd);
    assert_eq!(till.read(4), [0x10, 0, 0x03, 0], "only paper was subscribed");
    assert_eq!(till.ask(b"\x1B@\x1Dr\x01", 1), [0x03]);
    printer.clear_faults();
    till.expect_silence();
}

#[test]
fn says_who_it_is() {
    let identity =
        Identity { maker: "EPSON".into(), model: "TM-T88VI".into(), ..Identity::default() };
    let options = PrinterOptions { identity, ..PrinterOptions::default() };
    let printer = VirtualPrinter::start(options).unwrap();
    let mut till = Till::connect(&printer);
    assert_eq!(till.ask(&[0x1D, 0x49, 1], 1), [0x20]);
    assert_eq!(till.ask(&[0x1D, 0x49, 66], 7), b"_EPSON\0");
    assert_eq!(till.ask(&[0x1D, 0x49, 67], 10), b"_TM-T88VI\0");
}

#[test]
fn a_status_request_inside_raster_data_is_raster_data() {
    let printer = printer();
    let mut till = Till::connect(&printer);
    let mut raster = b"\x1Dv0\0\x03\0\x02\0".to_vec();
    raster.extend([0x10, 0x04, 0x01, 0x10, 0x04, 0x02]);
    till.write(&raster);
    assert_eq!(
        till.ask(&[0x10, 0x04, 4], 1),
        [0x12],
        "the only answer is for the request after it"
    );
    assert_eq!(printer.printed(), raster);
    till.expect_silence();
}

#[test]
fn answers_while_its_buffer_is_full() {
    let options = PrinterOptions { receive_buffer: 4096, ..PrinterOptions::default() };
    let printer = VirtualPrinter::start(options).unwrap();
    printer.set_fault(Fault::PaperOut);
    let mut till = Till::connect(&printer);
    till.write(&[b'x'; 4096]);
    common::eventually(|| printer.received_bytes() == 4096);
    assert_eq!(till.ask(STATUS_1, 1), [0x1A]);
    till.write(b"waits outside");
    let mut other = Till::connect(&printer);
    assert_eq!(other.ask(&[0x10, 0x04, 4], 1), [0x7E], "on another connection too");
    assert_eq!(printer.received_bytes(), 4096 + 6, "the text waits in the socket");
    printer.clear_faults();
    common::eventually(|| printer.printed().ends_with(b"waits outside"));
}

#[test]
fn the_socket_is_not_read_while_the_buffer_is_full() {
    let options = PrinterOptions { receive_buffer: 8192, ..PrinterOptions::default() };
    let printer = VirtualPrinter::start(options).unwrap();
    printer.set_fault(Fault::Offline);
    let mut till = Till::connect(&printer);
    let sent = till.write_until_blocked(64 * 1024 * 1024);
    assert!(sent < 64 * 1024 * 1024, "the client never felt the full buffer");
    assert_eq!(printer.received_bytes(), 8192);
    printer.clear_faults();
    common::eventually(|| printer.received_bytes() == sent as u64);
}

#[test]
fn opens_the_drawer_in_both_ways() {
    let printer = printer();
    let mut till = Till::connect(&printer);
    till.write(b"\x1Bp\0\x19\xFA");
    till.write(&[0x10, 0x14, 1, 0, 1]);
    common::eventually(|| printer.drawer_kicks() == 2);
    assert_eq!(printer.printed(), b"\x1Bp\0\x19\xFA");
}
