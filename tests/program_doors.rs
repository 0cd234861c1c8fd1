//! Every kind of door, with callers that mean it no good: ten thousand connections, what is no TLS, what is no HTTP, bodies that arrive a
//! byte a second. Nothing is printed, memory stays bounded, and the next good caller is heard.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::PrinterHandle;
use platen_tests::door::{caller, door, token_in};
use platen_tests::process::resident;
use platen_tests::shop::{printer, wait_for};
use platen_tests::{PythonServer, RunningTill, Till};
use serde_json::{Value, json};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::{fs, io};

/// Each kind of door: its connector, a call that is answered with 200, and one that would print.
const DOORS: [(&str, &str, &str); 5] = [
    ("odoo-push", "/status", "/print/receipt"),
    ("fee-maison", "/status", "/print/ticket"),
    ("printer-master-local", "/printers", "/print"),
    ("api", "/v1/status", "/v1/jobs"),
    ("web", "/", "/window/ask"),
];

/// A till on which every door is open.
struct Doors {
    running: RunningTill,
    doors: Vec<Door>,
    printer: PrinterHandle,
    till: Till,
}

struct Door {
    word: &'static str,
    good: &'static str,
    prints: &'static str,
    url: String,
    token: String,
}

impl Door {
    fn is_encrypted(&self) -> bool {
        self.url.starts_with("https")
    }

    fn host_and_port(&self) -> (String, u16) {
        let (_, address) = self.url.split_once("://").unwrap();
        let (host, port) = address.rsplit_once(':').unwrap();
        (host.to_owned(), port.parse().unwrap())
    }

    fn with_token(&self) -> Value {
        json!({"Authorization": format!("Bearer {}", self.token)})
    }

    /// An order about connections to this door.
    fn connections(&self, mut order: Value) -> Value {
        let (host, port) = self.host_and_port();
        (order["host"], order["port"]) = (json!(host), json!(port));
        order
    }
}

impl Doors {
    /// `encryption` as each door has it where it is empty.
    fn open(encryption: &[&str]) -> Doors {
        let (till, printer) = (Till::new(), printer());
        till.ask_ok(&["printers", "add", "Counter", &printer.uri()]);
        let tokens = DOORS.map(|(word, ..)| {
            let on = ["connectors", word, "--on", "--port", "0"];
            token_in(&till.ask_ok(&[&on, encryption].concat()))
        });
        let running = till.start_with(few_descriptors);
        let doors = DOORS.into_iter().zip(tokens).map(|((word, good, prints), token)| {
            let url = wait_for("the door is open", || {
                let door = door(&till, word)?;
                (door["state"] == "open").then(|| door["address"].as_str().unwrap().to_owned())
            });
            Door { word, good, prints, url, token }
        });
        Doors { running, doors: doors.collect(), printer, till }
    }

    /// A good caller is heard, and nothing was printed or stored.
    fn assert_well(&self, door: &Door, caller: &mut PythonServer) {
        assert_heard(door, caller);
        let jobs = self.till.ask_json(&["jobs", "--json"]);
        let done = (self.printer.sheet_count(), jobs.as_array().unwrap().len());
        assert_eq!(done, (0, 0), "{}: something was printed", door.word);
    }
}

/// A good caller is heard.
fn assert_heard(door: &Door, caller: &mut PythonServer) {
    let url = format!("{}{}", door.url, door.good);
    let good = json!({"do": "call", "method": "GET", "url": url, "headers": door.with_token()});
    let answer = told(caller, &good);
    assert_eq!(answer["status"], 200, "{}: {answer}", door.word);
}

/// As systems start programs: 1,024 file descriptors, and more for those that ask.
fn few_descriptors(command: &mut Command) {
    let set = || {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: getrlimit fills the struct that it is given, setrlimit reads it; both may be called between fork and exec.
        #[allow(unsafe_code)]
        let done = unsafe {
            libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit);
            limit.rlim_cur = 1024;
            libc::setrlimit(libc::RLIMIT_NOFILE, &limit)
        };
        if done == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    };
    // SAFETY: nothing but two calls of the system happens there.
    #[allow(unsafe_code)]
    unsafe {
        command.pre_exec(set);
    }
}

fn told(caller: &mut PythonServer, order: &Value) -> Value {
    caller.say(order);
    caller.hear()
}

#[test]
fn ten_thousand_connections_keep_nobody_out_and_cost_little() {
    /// What two full doors may cost a program that was not made to be fast, in MiB.
    const MOST_GROWTH: f64 = 64.0;
    let shop = Doors::open(&[]);
    let mut good = caller();
    let before = resident(shop.running.pid());
    for door in &shop.doors {
        // They go when this goes.
        let mut crowd = caller();
        // All doors are made alike, but for encryption.
        let peers = if matches!(door.word, "odoo-push" | "api") { 20 } else { 4 };
        for peer in 2..peers + 2 {
            let from = format!("127.0.0.{peer}");
            let hold = json!({"do": "hold", "from": from, "says": "", "times": 500});
            let held = told(&mut crowd, &door.connections(hold));
            assert_eq!(held["held"], 500 * (peer - 1), "{}: {held}", door.word);
            assert_heard(door, &mut good);
        }
        // And from the good caller's own address.
        let hold = json!({"do": "hold", "says": "", "times": 1000});
        told(&mut crowd, &door.connections(hold));
        shop.assert_well(door, &mut good);
    }
    let growth = resident(shop.running.pid()) - before;
    assert!(growth < MOST_GROWTH, "{growth} MiB more than before");
}

#[test]
fn what_is_no_tls_or_no_http_prints_nothing_and_keeps_nobody_out() {
    // The beginning of a handshake as OpenSSL sends it, whole records of nonsense, an old version, and an alert.
    let hello = "\u{16}\u{3}\u{1}\u{0}\u{a5}\u{1}\u{0}\u{0}\u{a1}\u{3}\u{3}";
    let record = format!("\u{17}\u{3}\u{3}\u{40}\u{0}{}", "\u{ff}".repeat(0x4000));
    let garbage = [
        hello,
        &record,
        "\u{80}\u{2e}\u{1}\u{3}\u{0}",
        "\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{28}",
        "\u{0}\u{0}\u{0}\u{0}",
        "GET / HTTP/1.1\r\n\r\n",
        "\r\n\r\n\r\n",
        "\u{ff}\u{fe}nothing at all",
    ];
    for encryption in ["none", "tls"] {
        let shop = Doors::open(&["--encryption", encryption]);
        let mut good = caller();
        for door in &shop.doors {
            assert_eq!(door.is_encrypted(), encryption == "tls", "{}: {}", door.word, door.url);
            for says in garbage {
                let hold = json!({"do": "hold", "says": says, "times": 10});
                told(&mut good, &door.connections(hold));
            }
            // Where one of the two is spoken, the other is not understood.
            let other = if encryption == "tls" { "http" } else { "https" };
            let (_, address) = door.url.split_once("://").unwrap();
            let url = format!("{other}://{address}{}", door.prints);
            let call = json!({"do": "call", "url": url, "headers": door.with_token(), "json": {}});
            let answer = told(&mut good, &call);
            assert!(answer["failed"].is_string(), "{}: {answer}", door.word);
            shop.assert_well(door, &mut good);
        }
        let status = shop.till.ask_json(&["status", "--json"]);
        assert_eq!(status["restarts"], 0, "{status}");
    }
}

#[test]
fn a_body_that_arrives_a_byte_a_second_is_given_up_at_every_door() {
    let shop = Doors::open(&["--encryption", "none"]);
    let mut good = caller();
    for door in &shop.doors {
        let (host, token, path) = (door.host_and_port().0, &door.token, door.prints);
        let says = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: k\r\n\
             Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{{"
        );
        let begin = json!({"do": "begin", "way": "trickle", "says": says});
        told(&mut good, &door.connections(begin));
    }
    for door in &shop.doors {
        shop.assert_well(door, &mut good);
    }
    for _ in &shop.doors {
        let answer = told(&mut good, &json!({"do": "end"}));
        let heard = answer["heard"].as_str().unwrap();
        let (head, body) = heard.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 408 "), "{heard}");
        assert!(body.contains("took too long to arrive"), "{heard}");
    }
    shop.doors.iter().for_each(|door| shop.assert_well(door, &mut good));
}

#[test]
fn every_door_can_be_encrypted_by_its_own_certificate_or_the_shops() {
    let shop = Doors::open(&["--encryption", "tls"]);
    let mut caller = caller();
    let own = shop.till.home().join("door-certificate.pem");
    let call = |door: &Door, url: &str, verify: Value| {
        let url = format!("{url}{}", door.good);
        json!({"do": "call", "method": "GET", "url": url, "headers": door.with_token(), "verify": verify})
    };
    for door in &shop.doors {
        let by_name = format!("https://localhost:{}", door.host_and_port().1);
        let answer = told(&mut caller, &call(door, &by_name, json!(own)));
        assert_eq!(answer["status"], 200, "{}: {answer}", door.word);
        let stranger = told(&mut caller, &call(door, &by_name, json!(true)));
        assert_eq!(stranger["failed"], "SSLError", "{}: {stranger}", door.word);
    }
    // The shop's own, made elsewhere: it is used at once, and the one before is of no more use.
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("till.pem"), folder.path().join("till.key"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"])
        .args(["-days", "30", "-subj", "/CN=Shop", "-addext", "subjectAltName=DNS:localhost"])
        .arg("-keyout")
        .arg(&key)
        .arg("-out")
        .arg(&certificate)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let files = ["--certificate", certificate.to_str().unwrap(), "--key", key.to_str().unwrap()];
    shop.till.ask_ok(&[&["connectors", "api"], &files[..]].concat());
    for one in &shop.doors {
        let url = wait_for("the shop's certificate is used", || {
            let url = door(&shop.till, one.word)?["address"].as_str()?.to_owned();
            let by_name = format!("https://localhost:{}", url.rsplit_once(':')?.1);
            let answer = told(&mut caller, &call(one, &by_name, json!(certificate)));
            (answer["status"] == 200).then_some(by_name)
        });
        let before = told(&mut caller, &call(one, &url, json!(own)));
        assert_eq!(before["failed"], "SSLError", "{}: {before}", one.word);
    }
    assert!(!shop.till.log().contains(&fs::read_to_string(&key).unwrap()));
}
