//! An update server of a test's own, and signatures as Platen's makers make them.

use crate::desktop::Desktop;
use crate::shop::{Gateway, KEY, printer, wait_at_most};
use crate::{Till, program, workspace};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use minisign::{KeyPair, SecretKey, SecretKeyBox};
use platen_simulators::PrinterHandle;
use serde_json::{Value, json};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{BufRead, BufReader, Cursor, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the server gives.
#[derive(Default)]
struct Served {
    list: Vec<u8>,
    package: Vec<u8>,
    line: Line,
    manner: Manner,
    asked: Vec<String>,
    /// Of the package: from where on.
    from: Vec<usize>,
}

/// How the line is over which the package comes.
#[derive(Debug, Clone, Copy, Default)]
pub enum Line {
    /// It takes everything.
    #[default]
    Good,
    /// It breaks after so many bytes of an answer.
    Breaks(usize),
    /// Nothing more comes over it after so many bytes of an answer, until it is another one.
    Hangs(usize),
    /// It takes a mebibyte, waits so long, and takes the next one.
    Slow(Duration),
}

/// What the server does with a caller that has the package's beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Manner {
    /// Goes on from there, where the caller names the file that it has.
    #[default]
    GoesOn,
    /// Knows no such thing: gives everything.
    GivesAll,
    /// Says of no file which it is.
    NamesNothing,
    /// Says that it has nothing there.
    HasNothing,
    /// Gives another piece than the one that was asked for.
    GivesAnother,
    /// Gives more than there is.
    GivesMore,
    /// Is out of order.
    Fails,
}

/// A server with a list of versions for the stable channel, and one package.
pub struct UpdateServer {
    address: String,
    served: Arc<Mutex<Served>>,
}

impl UpdateServer {
    /// Starts one that has nothing. It ends with the test.
    pub fn start() -> UpdateServer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let served = Arc::new(Mutex::new(Served::default()));
        let for_callers = served.clone();
        std::thread::spawn(move || {
            for line in listener.incoming().flatten() {
                let served = for_callers.clone();
                std::thread::spawn(move || answer(line, &served));
            }
        });
        UpdateServer { address, served }
    }

    /// A till that is set up and looks here, with more lines for its section `[updates]`; its gateway, and its printer "Bar".
    pub fn till(&self, more: &str) -> (Gateway, PrinterHandle, Till) {
        let (gateway, printer) = (Gateway::npm(&json!({})), printer());
        let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &printer.uri())]);
        let path = till.home().join("settings.toml");
        let settings = std::fs::read_to_string(&path).unwrap();
        let section = format!("\n[updates]\nendpoint = \"{}/platen\"\n{more}\n", self.address);
        std::fs::write(&path, settings + &section).unwrap();
        (gateway, printer, till)
    }

    /// Announces a version with that package and signature.
    pub fn announce(&self, version: &str, package: &[u8], signature: &str) {
        let platform = json!({"url": format!("{}/package", self.address), "signature": signature});
        let list = json!({"version": version, "platforms": {"linux-x86_64": platform}});
        self.gives(list.to_string().as_bytes());
        self.served.lock().unwrap().package = package.to_vec();
    }

    /// Gives that in place of a list, as a proxy may.
    pub fn gives(&self, list: &[u8]) {
        self.served.lock().unwrap().list = list.to_vec();
    }

    /// Has another line from now on.
    pub fn line(&self, line: Line) {
        self.served.lock().unwrap().line = line;
    }

    /// Has other manners from now on.
    pub fn manner(&self, manner: Manner) {
        self.served.lock().unwrap().manner = manner;
    }

    /// From which byte on the package was asked for since the last time, in order.
    pub fn asked_from(&self) -> Vec<usize> {
        std::mem::take(&mut self.served.lock().unwrap().from)
    }

    /// What was asked of it since the last time, in order.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.served.lock().unwrap().asked)
    }
}

/// What is said in one go.
struct Answer {
    status: &'static str,
    heads: String,
    body: Vec<u8>,
}

impl Answer {
    fn of(status: &'static str, body: &[u8]) -> Answer {
        Answer { status, heads: String::new(), body: body.to_vec() }
    }
}

fn answer(line: TcpStream, served: &Mutex<Served>) {
    let mut reader = BufReader::new(line);
    let mut request = String::new();
    let _ = reader.read_line(&mut request);
    let mut heads = String::new();
    while reader.read_line(&mut heads).is_ok_and(|read| read > 2) {}
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let mut line = reader.into_inner();
    let said = {
        let mut served = served.lock().unwrap();
        served.asked.push(path.clone());
        match path.as_str() {
            "/platen/stable/latest.json" if !served.list.is_empty() => {
                Answer::of("200 OK", &served.list)
            }
            "/package" => served.package(&heads),
            _ => Answer::of("404 Not Found", &[]),
        }
    };
    let Answer { status, heads, body } = said;
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n{heads}\r\n"
    );
    let _ = line.write_all(head.as_bytes());
    match path.as_str() {
        "/package" => send(&mut line, &body, served),
        _ => drop(line.write_all(&body)),
    }
}

impl Served {
    fn package(&mut self, heads: &str) -> Answer {
        let all = self.package.as_slice();
        let mut hasher = DefaultHasher::new();
        all.hash(&mut hasher);
        let tag = format!("\"{:016x}\"", hasher.finish());
        let from = head(heads, "range").and_then(|range| {
            range.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok()
        });
        self.from.push(from.unwrap_or(0));
        let is_that_one = head(heads, "if-range").is_none_or(|named| named == tag);
        let ranged = |from: usize, shown: usize, body: &[u8]| Answer {
            status: "206 Partial Content",
            heads: format!("content-range: bytes {shown}-{}/{}\r\n", all.len() - 1, all.len()),
            body: [&all[from..], body].concat(),
        };
        let mut answer = match (from, self.manner) {
            (_, Manner::Fails) => return Answer::of("503 Service Unavailable", b"later"),
            (Some(_), Manner::HasNothing) => {
                return Answer::of("416 Range Not Satisfiable", b"");
            }
            (Some(_), Manner::GivesAnother) => ranged(0, 0, b""),
            (Some(from), Manner::GivesMore) => ranged(from, from, b"more than there is"),
            (Some(from), Manner::GoesOn) if is_that_one && from < all.len() => {
                ranged(from, from, b"")
            }
            _ => Answer::of("200 OK", all),
        };
        if self.manner != Manner::NamesNothing {
            answer.heads += &format!("etag: {tag}\r\n");
        }
        answer
    }
}

/// What a request says under a name.
fn head<'a>(heads: &'a str, name: &str) -> Option<&'a str> {
    let named = heads.lines().filter_map(|line| line.split_once(": "));
    let mut named = named.filter(|(this, _)| this.eq_ignore_ascii_case(name));
    named.next().map(|(_, said)| said)
}

fn send(line: &mut TcpStream, body: &[u8], served: &Mutex<Served>) {
    const MEBIBYTE: usize = 1 << 20;
    let is = served.lock().unwrap().line;
    match is {
        Line::Good => drop(line.write_all(body)),
        Line::Breaks(after) => drop(line.write_all(&body[..after.min(body.len())])),
        Line::Hangs(after) => {
            let _ = line.write_all(&body[..after.min(body.len())]);
            while matches!(served.lock().unwrap().line, Line::Hangs(_)) {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        Line::Slow(pause) => {
            for piece in body.chunks(MEBIBYTE) {
                if line.write_all(piece).is_err() {
                    return;
                }
                std::thread::sleep(pause);
            }
        }
    }
}

/// A key that signs.
pub struct Signer(SecretKey);

impl Signer {
    /// The one whose other half programs for development have.
    pub fn ours() -> Signer {
        let key = std::fs::read_to_string(workspace().join("tests/data/update-test.key")).unwrap();
        let key = SecretKeyBox::from_string(&key).unwrap();
        Signer(key.into_unencrypted_secret_key().unwrap())
    }

    /// Somebody else's.
    pub fn other() -> Signer {
        Signer(KeyPair::generate_unencrypted_keypair().unwrap().sk)
    }

    /// Signs a package as that version, or as none.
    pub fn sign(&self, package: &[u8], version: Option<&str>) -> String {
        let version = version.map(|version| format!("\tversion:{version}")).unwrap_or_default();
        let comment = format!("timestamp:1700000000\tfile:platen{version}");
        let signed =
            minisign::sign(None, &self.0, Cursor::new(package), Some(comment.as_str()), None);
        BASE64.encode(signed.unwrap().to_string())
    }
}

/// Puts the program into a folder that its user may write, without what only developers need.
pub fn install(folder: &Path) -> PathBuf {
    let place = folder.join("platen");
    let stripped = Command::new("strip").arg("-o").arg(&place).arg(program("platen")).status();
    assert!(stripped.unwrap().success());
    place
}

/// The same program with another number of the same length: what a later version is to a till.
pub fn as_version(program: &Path, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let change = format!("s/{}/{to}/g", from.replace('.', "\\."));
    let changed = Command::new("sed").env("LC_ALL", "C").arg(change).arg(program).output().unwrap();
    assert!(changed.status.success());
    changed.stdout
}

/// Waits until updates can be looked for in the tray, whether that version could not be installed before or not; gives the entry that
/// does it.
pub fn entry_to_check(desktop: &mut Desktop, version: &str, at_most: Duration) -> String {
    let entries = ["Check for updates".to_owned(), not_installed(version)];
    wait_at_most(at_most, "updates can be looked for", || {
        desktop.look().menu.into_iter().find(|entry| entries.contains(entry))
    })
}

/// What the tray says of a version that could not be installed.
pub fn not_installed(version: &str) -> String {
    format!("Update {version} could not be installed")
}

/// What a till remembers of updates.
pub fn remembered(home: &Path) -> Value {
    let text = std::fs::read_to_string(home.join("updates.json")).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or(Value::Null)
}
