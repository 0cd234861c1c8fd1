//! What each fault of the virtual printer does to a job.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod common;

use std::{
    io::{ErrorKind, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use common::{LONG, Till, eventually, printer};
use platen_simulators::{
    Fault, FaultKind, PrinterOptions, VirtualPrinter,
    printer::{FaultError, Keep},
};

const CUT: &[u8] = b"\x1DV\0";

fn slow(speed: u32) -> Fault {
    Fault::parse(&format!("slow={speed}")).unwrap()
}

#[test]
fn prints_what_it_gets_and_cuts_it_into_sheets() {
    let printer = printer();
    let mut till = Till::connect(&printer);
    till.write(b"\x1B@one\n\x1DV\0two\n\x1DV\x42\x03three\n");
    eventually(|| printer.uncut() == b"three\n");
    let sheets: Vec<_> = printer.sheets().into_iter().map(|s| (s.number, s.bytes)).collect();
    assert_eq!(sheets[0], (1, b"\x1B@one\n\x1DV\0".as_slice().into()));
    assert_eq!(sheets[1], (2, b"two\n\x1DV\x42\x03".as_slice().into()));
    assert_eq!(sheets.len(), 2);
    assert_eq!(printer.connections(), 1);
    assert!(printer.last_byte_at().unwrap() <= printer.last_printed_at().unwrap());
}

#[test]
fn paper_that_runs_out_in_mid_job_stops_it_there_and_new_paper_resumes_it() {
    let printer = printer();
    printer.set_fault(Fault::parse("after=7:paper-out").unwrap());
    let mut till = Till::connect(&printer);
    till.write(b"first line\nsecond line\n");
    assert_eq!(till.ask(&[0x10, 0x04, 4], 1), [0x7E]);
    assert_eq!(printer.printed(), b"first l");
    drop(till);
    eventually(|| printer.open_connections() == 0);
    printer.clear_fault(FaultKind::PaperOut);
    assert_eq!(printer.printed(), b"first line\nsecond line\n", "the buffer was kept");
}

#[test]
fn status_requests_do_not_count_as_printed_bytes() {
    let printer = printer();
    printer.set_fault(Fault::parse("after=4:offline").unwrap());
    let mut till = Till::connect(&printer);
    till.write(b"\x1Dr\x01ab\x1Dr\x01cdef");
    assert_eq!(till.read(2), [0, 0]);
    eventually(|| printer.has_fault(FaultKind::Offline));
    assert_eq!(printer.printed(), b"abcd");
}

#[test]
fn each_stop_keeps_the_buffer() {
    for name in ["paper-out", "cover-open", "offline", "cutter-error"] {
        let printer = printer();
        printer.set_fault(Fault::parse(name).unwrap());
        let mut till = Till::connect(&printer);
        till.write(b"kept\n");
        eventually(|| printer.received_bytes() == 5);
        assert_eq!(printer.printed(), b"", "{name}");
        printer.clear_faults();
        assert_eq!(printer.printed(), b"kept\n", "{name}");
    }
}

#[test]
fn slow_takes_its_time_and_speeds_up_at_once() {
    let printer = printer();
    printer.set_fault(slow(2_000));
    let mut till = Till::connect(&printer);
    let start = Instant::now();
    till.write(&[b'x'; 400]);
    eventually(|| printer.printed().len() == 400);
    let took = start.elapsed();
    assert!(took >= Duration::from_millis(180), "400 bytes at 2000 a second took only {took:?}");
    printer.set_fault(slow(1));
    till.write(&[b'y'; 1000]);
    eventually(|| printer.received_bytes() == 1400);
    printer.clear_faults();
    assert_eq!(printer.printed().len(), 1400);
}

#[test]
fn an_early_close_loses_what_is_not_printed_only_on_a_printer_that_drops_it() {
    for (drops, expected) in [(true, 0), (false, 300)] {
        let printer = printer();
        printer.set_fault(Fault::Offline);
        if drops {
            printer.set_fault(Fault::DropOnFin);
        }
        let mut till = Till::connect(&printer);
        till.write(&[b'x'; 300]);
        drop(till);
        eventually(|| printer.connections() == 1 && printer.open_connections() == 0);
        printer.clear_fault(FaultKind::Offline);
        assert_eq!(printer.printed().len(), expected, "drops: {drops}");
    }
}

#[test]
fn drop_on_fin_notices_the_close_behind_a_full_buffer() {
    let options = PrinterOptions { receive_buffer: 1000, ..PrinterOptions::default() };
    let printer = VirtualPrinter::start(options).unwrap();
    printer.set_fault(Fault::Offline);
    printer.set_fault(Fault::DropOnFin);
    let mut till = Till::connect(&printer);
    till.write(&[b'x'; 1500]);
    drop(till);
    eventually(|| printer.connections() == 1 && printer.open_connections() == 0);
    printer.clear_faults();
    assert_eq!(printer.printed(), b"");
}

#[test]
fn half_a_print_resets_the_connection_loses_the_rest_and_stays_inside_the_command() {
    let printer = printer();
    printer.set_fault(Fault::parse("half-print=20").unwrap());
    let mut till = Till::connect(&printer);
    // "before\n" is 7 bytes, the raster's head 8: five of its 48 data bytes are printed.
    let mut job = b"before\n\x1Dv0\0\x06\0\x08\0".to_vec();
    job.extend([0xAA; 48]);
    job.extend(b"after\n");
    till.write(&job);
    let end = till.wait_for_end().unwrap_err();
    assert_eq!(end.kind(), ErrorKind::ConnectionReset);
    assert_eq!(printer.printed(), &job[..20]);
    assert!(!printer.has_fault(FaultKind::HalfPrint), "it happens once");

    // The next bytes are swallowed as raster data: 43 are missing.
    let mut till = Till::connect(&printer);
    till.write(&[0x10, 0x04, 0x01]);
    till.expect_silence();
    till.write(&[0; 40]);
    till.write(b"clean\n");
    assert_eq!(till.ask(&[0x10, 0x04, 0x01], 1), [0x12]);
    assert!(printer.printed().ends_with(b"clean\n"));
}

#[test]
fn half_a_print_that_is_due_while_the_mechanism_stands_still_waits_for_it() {
    let printer = printer();
    printer.set_fault(Fault::CoverOpen);
    printer.set_fault(Fault::HalfPrint(3));
    let mut till = Till::connect(&printer);
    till.write(b"abcdef");
    till.expect_silence();
    printer.clear_fault(FaultKind::CoverOpen);
    assert!(till.wait_for_end().is_err());
    assert_eq!(printer.printed(), b"abc");
}

#[test]
fn refuses_connections_resets_open_ones_and_comes_back_on_the_same_port() {
    let printer = printer();
    let mut till = Till::connect(&printer);
    till.write(b"a");
    eventually(|| printer.received_bytes() == 1);
    printer.set_fault(Fault::Refuses);
    assert!(till.wait_for_end().is_err(), "the open connection is reset");
    let refused = TcpStream::connect(printer.addr()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    printer.clear_fault(FaultKind::Refuses);
    assert_eq!(Till::connect(&printer).ask(&[0x10, 0x04, 1], 1), [0x12]);
}

#[test]
fn can_start_refusing() {
    let options = PrinterOptions { faults: vec![Fault::Refuses], ..PrinterOptions::default() };
    let printer = VirtualPrinter::start(options).unwrap();
    assert!(TcpStream::connect(printer.addr()).is_err());
    printer.clear_faults();
    Till::connect(&printer);
}

#[test]
fn a_second_connection_does_not_cut_into_a_command_of_the_first() {
    let printer = printer();
    let mut first = Till::connect(&printer);
    let mut second = Till::connect(&printer);
    first.write(b"\x1Dv0\0\x01\0\x04\0\xAA");
    eventually(|| printer.received_bytes() == 9);
    second.write(b"other\n");
    second.expect_silence();
    first.write(b"\xAA\xAA\xAAdone\n");
    eventually(|| printer.printed().len() == 8 + 4 + 5 + 6);
    assert!(printer.printed().starts_with(b"\x1Dv0\0\x01\0\x04\0\xAA\xAA\xAA\xAAdone\n"));
    assert!(printer.printed().ends_with(b"other\n"));
}

#[test]
fn clearing_the_buffer_in_real_time_loses_what_waits() {
    let printer = printer();
    printer.set_fault(Fault::Offline);
    let mut till = Till::connect(&printer);
    till.write(b"stale");
    let answer = till.ask(&[0x10, 0x14, 8, 1, 3, 20, 1, 6, 2, 8], 3);
    assert_eq!(answer, [0x37, 0x25, 0]);
    printer.clear_faults();
    till.write(b"fresh");
    eventually(|| printer.printed() == b"fresh");
}

#[tokio::test]
async fn saves_each_sheet_as_bytes_text_and_picture_and_the_rest_at_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("sheets");
    let options = PrinterOptions { out_dir: Some(out.clone()), ..PrinterOptions::default() };
    let printer = VirtualPrinter::start(options).unwrap();
    let mut till = Till::connect(&printer);
    till.write(b"\x1B@Coffee 2.50\n\x1DV\0Torn off");
    let sheets = printer.wait_for_sheets(1, LONG).await.unwrap();
    assert_eq!(std::fs::read(out.join("0001.bin")).unwrap(), sheets[0].bytes);
    assert!(std::fs::read_to_string(out.join("0001.txt")).unwrap().contains("Coffee 2.50"));
    let picture = std::fs::read(out.join("0001.png")).unwrap();
    assert_eq!(picture, printer.picture_of(&sheets[0].bytes));
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n") && picture != printer.picture_of(b""));
    printer.wait_for_printed(|all| all.ends_with(b"Torn off"), LONG).await.unwrap();
    printer.stop();
    assert_eq!(std::fs::read(out.join("0002.bin")).unwrap(), b"Torn off");
}

#[tokio::test]
async fn waiting_in_vain_says_for_what() {
    let printer = printer();
    let error = printer.wait_for_sheets(1, Duration::from_millis(20)).await.unwrap_err();
    assert_eq!(error.to_string(), "waited 20ms for 1 sheets, which did not happen");
}

#[test]
fn keeps_no_more_than_it_is_told() {
    let options = PrinterOptions { keep: Keep::Bytes(100), ..PrinterOptions::default() };
    let printer = VirtualPrinter::start(options).unwrap();
    for _ in 0..20 {
        Till::connect(&printer).write(&[&[b'x'; 30], CUT].concat());
    }
    eventually(|| printer.sheet_count() == 20);
    assert_eq!(printer.sheets().len(), 3);
    assert_eq!(printer.sheets()[2].number, 20);
    assert!(printer.wire().iter().map(|w| w.bytes.len()).sum::<usize>() <= 100);
    assert_eq!(printer.printed_bytes(), 20 * 33);
}

#[test]
fn stopping_ends_connections_and_frees_the_port() {
    let printer = printer();
    let mut till = Till::connect(&printer);
    assert_eq!(till.ask(&[0x10, 0x04, 1], 1), [0x12]);
    let address = printer.addr();
    printer.stop();
    assert_eq!(till.wait_for_end().unwrap(), 0);
    assert!(TcpStream::connect(address).is_err());
    let options = PrinterOptions { listen: address, ..PrinterOptions::default() };
    VirtualPrinter::start(options).unwrap();
}

#[test]
fn takes_thousands_of_jobs_a_second() {
    let printer = printer();
    let job = [vec![b'x'; 2000], b"\n".to_vec(), CUT.to_vec()].concat();
    let start = Instant::now();
    for _ in 0..10 {
        let mut till = Till::connect(&printer);
        for _ in 0..500 {
            till.0.write_all(&job).unwrap();
        }
    }
    eventually(|| printer.sheet_count() == 5000);
    let took = start.elapsed();
    assert!(took < Duration::from_secs(5), "5000 jobs of 2 KB took {took:?}");
    assert_eq!(printer.printed().len(), 5000 * job.len());
}

#[test]
fn fault_names_are_read_and_wrong_ones_explained() {
    assert_eq!(Fault::parse("paper-out"), Ok(Fault::PaperOut));
    assert_eq!(Fault::parse("half-print=120"), Ok(Fault::HalfPrint(120)));
    assert_eq!(
        Fault::parse("confirms-late=1500"),
        Ok(Fault::ConfirmsLate(Duration::from_millis(1500)))
    );
    let nested = Fault::AfterBytes { n: 9, then: Box::new(Fault::HalfPrint(1)) };
    assert_eq!("after=9:half-print=1".parse(), Ok(nested));
    assert_eq!(
        Fault::parse("slow=0").unwrap_err().to_string(),
        "the fault \"slow\" is written slow=BYTES_PER_SECOND, for example slow=200"
    );
    assert_eq!(
        Fault::parse("mute=1").unwrap_err().to_string(),
        "the fault \"mute\" takes no value"
    );
    let unknown = Fault::parse("on-fire").unwrap_err();
    assert!(matches!(unknown, FaultError::Unknown(_)));
    for (name, _) in Fault::NAMES {
        assert!(unknown.to_string().contains(name), "{unknown} does not list {name}");
    }
}
