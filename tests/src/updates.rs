//! An update server of a test's own, and signatures as Platen's makers make them.

use crate::shop::{Gateway, KEY, printer};
use crate::{Till, program, workspace};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use minisign::{KeyPair, SecretKey, SecretKeyBox};
use platen_simulators::PrinterHandle;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Cursor, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

/// What the server gives.
#[derive(Default)]
struct Served {
    list: Vec<u8>,
    package: Vec<u8>,
    /// Bytes of the package after which the line breaks.
    cut: Option<usize>,
    asked: Vec<String>,
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

    /// Breaks the line after so many bytes of the package.
    pub fn cut(&self, after: Option<usize>) {
        self.served.lock().unwrap().cut = after;
    }

    /// What was asked of it since the last time, in order.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.served.lock().unwrap().asked)
    }
}

fn answer(line: TcpStream, served: &Mutex<Served>) {
    let mut reader = BufReader::new(line);
    let mut request = String::new();
    let _ = reader.read_line(&mut request);
    let mut head = String::new();
    while reader.read_line(&mut head).is_ok_and(|read| read > 2) {
        head.clear();
    }
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let (status, body, cut) = {
        let mut served = served.lock().unwrap();
        served.asked.push(path.clone());
        match path.as_str() {
            "/platen/stable/latest.json" if served.list.is_empty() => {
                ("404 Not Found", vec![], None)
            }
            "/platen/stable/latest.json" => ("200 OK", served.list.clone(), None),
            "/package" => ("200 OK", served.package.clone(), served.cut),
            _ => ("404 Not Found", vec![], None),
        }
    };
    let mut line = reader.into_inner();
    let head =
        format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
    let _ = line.write_all(head.as_bytes());
    let _ = line.write_all(&body[..cut.unwrap_or(body.len())]);
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

/// What a till remembers of updates.
pub fn remembered(home: &Path) -> Value {
    let text = std::fs::read_to_string(home.join("updates.json")).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or(Value::Null)
}
