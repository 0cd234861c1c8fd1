//! The real calls of Windows on a named pipe: like usbprint's interface it is opened as a file and waited for overlapped.

use super::super::pipe::{Fault, Pipe, Transfer};
use super::print::UsbPrint;
use super::*;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::windows::named_pipe::{NamedPipeServer, ServerOptions};

const SOON: Duration = Duration::from_secs(20);
const NOW: Duration = Duration::from_millis(20);
const DONE: Result<(), Fault> = Ok(());
const LATE: Transfer = Transfer { bytes: 0, end: Err(Fault::TimedOut) };

/// Writes until the printer takes no more; how much of `bytes` it took.
fn fill(print: &UsbPrint, bytes: &[u8]) -> usize {
    let mut taken = 0;
    loop {
        match print.write(&bytes[taken..], NOW) {
            LATE => return taken,
            Transfer { bytes, end: DONE } if bytes > 0 => taken += bytes,
            other => panic!("{other:?}"),
        }
    }
}

/// A printer that takes no more than a little before somebody reads, and the program's side of it.
async fn attached() -> (NamedPipeServer, UsbPrint) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!(r"\\.\pipe\platen-{}-{number}", std::process::id());
    let server = ServerOptions::new()
        .first_pipe_instance(true)
        .in_buffer_size(16)
        .out_buffer_size(16)
        .create(&name)
        .unwrap();
    let print = UsbPrint::open(&wide(&name)).unwrap();
    server.connect().await.unwrap();
    (server, print)
}

fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}

#[tokio::test]
async fn bytes_go_both_ways() {
    let (mut printer, print) = attached().await;
    assert_eq!(print.write(b"receipt", SOON), Transfer { bytes: 7, end: DONE });
    let mut paper = [0; 7];
    printer.read_exact(&mut paper).await.unwrap();
    assert_eq!(&paper, b"receipt");
    let mut answer = [0; 1024];
    assert_eq!(print.read(&mut answer, NOW), LATE, "it says nothing yet");
    printer.write_all(&[0x12, 0x16]).await.unwrap();
    assert_eq!(print.read(&mut answer, SOON), Transfer { bytes: 2, end: DONE });
    assert_eq!(answer[..2], [0x12, 0x16]);
}

#[tokio::test]
async fn a_slow_printer_gets_every_byte_once() {
    let (mut printer, print) = attached().await;
    let job: Vec<u8> = (0..200_000_u32).map(|at| (at % 251) as u8).collect();
    let mut sent = fill(&print, &job);
    assert!(sent < job.len(), "nobody reads");
    assert_eq!(print.write(&job[sent..], NOW), LATE, "and the write goes on");
    let writing = {
        let job = job.clone();
        std::thread::spawn(move || {
            while sent < job.len() {
                let transfer = print.write(&job[sent..], SOON);
                assert_eq!(transfer.end, DONE);
                sent += transfer.bytes;
            }
            print
        })
    };
    let mut paper = vec![0; job.len()];
    printer.read_exact(&mut paper).await.unwrap();
    let print = writing.join().unwrap();
    assert!(paper == job);
    assert_eq!(print.end_write(), 0, "nothing is under way");
}

#[tokio::test]
async fn a_write_that_is_given_up_counts_as_sent() {
    let (_printer, print) = attached().await;
    fill(&print, &[7; 200_000]);
    assert_eq!(print.end_write(), 4096, "one piece, whatever became of it");
    assert_eq!(print.end_write(), 0, "once");
}

#[tokio::test]
async fn a_printer_that_goes_takes_the_piece_under_way_with_it() {
    let (printer, print) = attached().await;
    let taken = fill(&print, &[7; 200_000]);
    printer.disconnect().unwrap();
    let rest = vec![7; 200_000 - taken];
    assert_eq!(print.write(&rest, SOON), Transfer { bytes: 4096, end: Err(Fault::Gone) });
    let nothing = Transfer { bytes: 0, end: Err(Fault::Gone) };
    assert_eq!(print.write(&[7; 300], SOON), nothing, "it was gone before this one began");
    assert_eq!(print.read(&mut [0; 1024], SOON), nothing);
}

#[tokio::test]
async fn a_port_without_a_word_says_nothing() {
    let (_printer, print) = attached().await;
    assert_eq!(print.port_status(), None);
}

#[test]
fn a_printer_that_is_not_there_is_not_found() {
    let nobody = UsbPrint::open(&wide(r"\\.\pipe\platen-nobody"));
    assert!(matches!(nobody, Err(UsbError::NotFound)));
}

#[test]
fn attached_printers_are_asked_for() {
    Finder::new().unwrap().find().unwrap();
}
