//! A till that speaks to a printer over a raw TCP connection.
#![allow(dead_code)]

pub mod desktop;

use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use platen_simulators::{PrinterHandle, PrinterOptions, VirtualPrinter};

/// How long something that must happen may take.
pub const LONG: Duration = Duration::from_secs(10);
/// How long something that must not happen is waited for.
pub const SHORT: Duration = Duration::from_millis(60);

pub fn printer() -> PrinterHandle {
    VirtualPrinter::start(PrinterOptions::default()).unwrap()
}

/// Waits until it is so.
pub fn eventually(mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + LONG;
    while !so() {
        assert!(Instant::now() < deadline, "it did not happen in {LONG:?}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

pub struct Till(pub TcpStream);

impl Till {
    pub fn connect(printer: &PrinterHandle) -> Self {
        let stream = TcpStream::connect(printer.addr()).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(LONG)).unwrap();
        stream.set_write_timeout(Some(LONG)).unwrap();
        Self(stream)
    }

    pub fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).unwrap();
    }

    pub fn read(&mut self, n: usize) -> Vec<u8> {
        let mut answer = vec![0; n];
        self.0.read_exact(&mut answer).unwrap();
        answer
    }

    pub fn ask(&mut self, question: &[u8], n: usize) -> Vec<u8> {
        self.write(question);
        self.read(n)
    }

    pub fn expect_silence(&mut self) {
        self.0.set_read_timeout(Some(SHORT)).unwrap();
        let mut byte = [0];
        match self.0.read(&mut byte) {
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Ok(0) => panic!("the printer closed the connection"),
            other => panic!("expected silence, got {other:?} {byte:02X?}"),
        }
        self.0.set_read_timeout(Some(LONG)).unwrap();
    }

    /// How the connection ended, once it has.
    pub fn wait_for_end(&mut self) -> std::io::Result<usize> {
        let mut rest = Vec::new();
        self.0.read_to_end(&mut rest)
    }

    /// Writes until the peer takes no more, and says how many bytes went out.
    pub fn write_until_blocked(&mut self, most: usize) -> usize {
        self.0.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
        let chunk = [b'x'; 16 * 1024];
        let mut sent = 0;
        while sent < most {
            match self.0.write(&chunk) {
                Ok(n) => sent += n,
                Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => break,
                Err(e) => panic!("{e}"),
            }
        }
        sent
    }
}
