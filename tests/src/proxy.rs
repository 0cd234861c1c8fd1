//! A shop's proxy: tunnels by CONNECT, forwards plain requests, and says what it was asked for.

use std::io::{BufRead, BufReader, Read, Write, copy};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// The proxy; it serves as long as the test runs.
pub struct Proxy {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Proxy {
    /// Starts one.
    pub fn start() -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (address, asked) = (listener.local_addr().unwrap(), Arc::new(Mutex::default()));
        let log = asked.clone();
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let log = log.clone();
                thread::spawn(move || serve(client, &log));
            }
        });
        Proxy { address, asked }
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The first lines of all requests so far.
    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// One request, and whatever follows it. A peer that is gone ends it.
fn serve(client: TcpStream, log: &Mutex<Vec<String>>) -> Option<()> {
    let mut reader = BufReader::new(client.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    log.lock().unwrap().push(first.trim().to_owned());
    let mut words = first.split_whitespace();
    let (method, target) = (words.next()?, words.next()?);
    if method == "CONNECT" {
        while read_head(&mut reader)?.is_some() {}
        let server = TcpStream::connect(target).ok()?;
        (&client).write_all(b"HTTP/1.1 200 Connected\r\n\r\n").ok()?;
        return tunnel(reader, client, server);
    }
    let (host, path) = target.strip_prefix("http://")?.split_once('/')?;
    let mut server = TcpStream::connect(host).ok()?;
    write!(server, "{method} /{path} HTTP/1.1\r\n").ok()?;
    while let Some(head) = read_head(&mut reader)? {
        server.write_all(head.as_bytes()).ok()?;
    }
    server.write_all(b"\r\n").ok()?;
    tunnel(reader, client, server)
}

/// The next line of the heads; nothing inside at their end.
fn read_head(reader: &mut impl BufRead) -> Option<Option<String>> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    Some((!line.trim().is_empty()).then_some(line))
}

fn tunnel(mut from: impl Read + Send, mut back: TcpStream, server: TcpStream) -> Option<()> {
    let mut to = server.try_clone().ok()?;
    thread::scope(|scope| {
        scope.spawn(|| {
            let _ = copy(&mut &server, &mut back);
            let _ = back.shutdown(Shutdown::Both);
        });
        let _ = copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
    Some(())
}
