//! A printer that does exactly what a test tells it to.

use socket2::{Domain, SockRef, Socket, Type};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Whether and when something is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Never,
    AtOnce,
    After(Duration),
}

/// What keeps it from printing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    None,
    PaperOut,
    CoverOpen,
    Offline,
    NearEnd,
}

impl Trouble {
    fn real_time(self, n: u8) -> u8 {
        match (self, n) {
            (Trouble::PaperOut | Trouble::CoverOpen | Trouble::Offline, 1) => 0x1A,
            (Trouble::PaperOut, 2) => 0x32,
            (Trouble::CoverOpen, 2) => 0x16,
            (Trouble::PaperOut, 4) => 0x7E,
            (Trouble::NearEnd, 4) => 0x1E,
            _ => 0x12,
        }
    }

    fn automatic(self) -> [u8; 4] {
        match self {
            Trouble::None => [0x10, 0, 0, 0],
            Trouble::PaperOut => [0x18, 0, 0x0F, 0],
            Trouble::CoverOpen => [0x38, 0, 0, 0],
            Trouble::Offline => [0x18, 0, 0, 0],
            Trouble::NearEnd => [0x10, 0, 0x03, 0],
        }
    }

    fn stops(self) -> bool {
        !matches!(self, Trouble::None | Trouble::NearEnd)
    }
}

#[derive(Debug, Clone)]
pub struct Script {
    /// The real-time questions that it answers.
    pub answers: Vec<u8>,
    pub automatic: bool,
    pub fence: Answer,
    pub confirm: Answer,
    pub trouble: Trouble,
    /// Sent again and again, without being asked.
    pub chatter: Option<Vec<u8>>,
    /// Stops reading after that many bytes of one connection.
    pub reads: usize,
    /// Has trouble from that byte of a connection on.
    pub trouble_at: Option<(usize, Trouble)>,
    /// Resets the connection after that byte.
    pub reset_at: usize,
    /// Counted up: every connection is closed then.
    pub hang_ups: usize,
}

impl Default for Script {
    fn default() -> Self {
        Script {
            answers: vec![1, 2, 3, 4],
            automatic: true,
            fence: Answer::AtOnce,
            confirm: Answer::Never,
            trouble: Trouble::None,
            chatter: None,
            reads: usize::MAX,
            trouble_at: None,
            reset_at: usize::MAX,
            hang_ups: 0,
        }
    }
}

impl Script {
    pub fn mute() -> Script {
        Script { answers: vec![], automatic: false, fence: Answer::Never, ..Script::default() }
    }
}

pub struct Peer {
    pub port: u16,
    pub script: watch::Sender<Script>,
    received: Arc<Mutex<Vec<Connection>>>,
    task: JoinHandle<()>,
}

#[derive(Debug, Default, Clone)]
pub struct Connection {
    pub bytes: Vec<u8>,
    pub closed: bool,
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Peer {
    pub fn start(script: Script) -> Peer {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        // Small, so that a printer that stops reading is felt soon.
        socket.set_recv_buffer_size(4096).unwrap();
        socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        socket.listen(16).unwrap();
        socket.set_nonblocking(true).unwrap();
        let listener = TcpListener::from_std(socket.into()).unwrap();
        let port = listener.local_addr().unwrap().port();
        let script = watch::Sender::new(script);
        let received = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn(accept(listener, script.clone(), received.clone()));
        Peer { port, script, received, task }
    }

    pub fn change(&self, change: impl FnOnce(&mut Script)) {
        self.script.send_modify(change);
    }

    pub fn connections(&self) -> Vec<Connection> {
        self.received.lock().unwrap().clone()
    }

    pub fn connected(&self) -> usize {
        self.received.lock().unwrap().len()
    }

    /// How many bytes came in on the newest connection.
    pub fn length(&self) -> usize {
        self.received.lock().unwrap().last().map_or(0, |connection| connection.bytes.len())
    }

    pub fn last(&self) -> Connection {
        self.connections().pop().expect("somebody connected")
    }
}

async fn accept(
    listener: TcpListener,
    script: watch::Sender<Script>,
    received: Arc<Mutex<Vec<Connection>>>,
) {
    let mut serving = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let index = {
            let mut received = received.lock().unwrap();
            received.push(Connection::default());
            received.len() - 1
        };
        let received = received.clone();
        let script = script.clone();
        serving.spawn(async move {
            let mut serving = Serving::new(stream, script, received.clone(), index);
            serving.run().await;
            drop(serving);
            received.lock().unwrap()[index].closed = true;
        });
    }
}

struct Serving {
    stream: TcpStream,
    sender: watch::Sender<Script>,
    script: watch::Receiver<Script>,
    received: Arc<Mutex<Vec<Connection>>>,
    index: usize,
    length: usize,
    unparsed: Vec<u8>,
    automatic: bool,
    /// Answers in the order of processing, held back while there is trouble.
    owed: Vec<(Answer, Vec<u8>)>,
}

impl Serving {
    fn new(
        stream: TcpStream,
        sender: watch::Sender<Script>,
        received: Arc<Mutex<Vec<Connection>>>,
        index: usize,
    ) -> Serving {
        stream.set_nodelay(true).unwrap();
        let script = sender.subscribe();
        Serving {
            stream,
            sender,
            script,
            received,
            index,
            length: 0,
            unparsed: Vec::new(),
            automatic: false,
            owed: Vec::new(),
        }
    }

    async fn run(&mut self) {
        let hang_ups = self.script.borrow().hang_ups;
        loop {
            let script = self.script.borrow_and_update().clone();
            if script.hang_ups != hang_ups {
                return;
            }
            let room = script.reads.min(script.reset_at).saturating_sub(self.length).min(2048);
            let mut buffer = vec![0; room.max(1)];
            let chatter = script.chatter.clone();
            tokio::select! {
                changed = self.script.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    self.tell_changes().await;
                }
                read = self.stream.read(&mut buffer), if room > 0 => match read {
                    Ok(0) | Err(_) => return,
                    Ok(length) => {
                        if self.take(&buffer[..length], &script).await.is_err() {
                            return;
                        }
                    }
                },
                () = tokio::time::sleep(Duration::from_millis(3)), if chatter.is_some() => {
                    let _ = self.stream.write_all(&chatter.unwrap_or_default()).await;
                }
            }
            if self.pay().await.is_err() {
                return;
            }
        }
    }

    async fn tell_changes(&mut self) {
        let script = self.script.borrow().clone();
        if self.automatic && script.automatic {
            let _ = self.stream.write_all(&script.trouble.automatic()).await;
        }
    }

    async fn take(&mut self, bytes: &[u8], script: &Script) -> Result<(), std::io::Error> {
        self.length += bytes.len();
        self.received.lock().unwrap()[self.index].bytes.extend_from_slice(bytes);
        if self.length >= script.reset_at {
            SockRef::from(&self.stream).set_linger(Some(Duration::ZERO))?;
            return Err(std::io::ErrorKind::ConnectionReset.into());
        }
        if let Some((at, trouble)) = script.trouble_at
            && self.length >= at
        {
            self.sender.send_modify(|script| {
                script.trouble = trouble;
                script.trouble_at = None;
            });
            self.tell_changes().await;
        }
        self.unparsed.extend_from_slice(bytes);
        let script = self.script.borrow().clone();
        let mut real_time = Vec::new();
        let mut at = 0;
        while at < self.unparsed.len() {
            let length = match &self.unparsed[at..] {
                [0x10, 0x04, n, ..] => {
                    if script.answers.contains(n) {
                        real_time.push(script.trouble.real_time(*n));
                    }
                    3
                }
                [0x1D, 0x61, _, ..] => {
                    self.automatic = true;
                    if script.automatic {
                        self.owed.push((Answer::AtOnce, vec![]));
                    }
                    3
                }
                [0x1D, 0x72, 1, ..] => {
                    self.owed.push((script.fence, vec![0x00]));
                    3
                }
                [0x1D, 0x28, 0x48, 6, 0, 0x30, 0x30, a, b, c, d, ..] => {
                    self.owed.push((script.confirm, vec![0x37, 0x22, *a, *b, *c, *d, 0]));
                    11
                }
                [0x1B, 0x40, ..] => {
                    self.automatic = false;
                    2
                }
                [0x10 | 0x1B | 0x1D] | [0x10, 0x04] | [0x1D, 0x61 | 0x72 | 0x28] => break,
                [0x1D, 0x28, 0x48, ..] if self.unparsed.len() - at < 11 => break,
                _ => 1,
            };
            at += length;
        }
        self.unparsed.drain(..at);
        self.stream.write_all(&real_time).await
    }

    async fn pay(&mut self) -> Result<(), std::io::Error> {
        let script = self.script.borrow().clone();
        if script.trouble.stops() {
            return Ok(());
        }
        for (answer, mut bytes) in std::mem::take(&mut self.owed) {
            // An empty one stands for the present state.
            if bytes.is_empty() {
                bytes = script.trouble.automatic().to_vec();
            }
            match answer {
                Answer::Never => {}
                Answer::AtOnce => self.stream.write_all(&bytes).await?,
                Answer::After(pause) => {
                    tokio::time::sleep(pause).await;
                    self.stream.write_all(&bytes).await?;
                }
            }
        }
        Ok(())
    }
}
