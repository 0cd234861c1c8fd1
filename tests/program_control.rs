//! The running program as the machine sees it: its door, its files, its one place in a home, its end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::printer::Fault;
use platen_tests::shop::{Gateway, KEY, Shop, printer, sheets, wait_at_most, wait_for};
use platen_tests::{RunningTill, Till};
use serde_json::{Value, json};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

/// The program has to end within this.
const FIVE_SECONDS: Duration = Duration::from_secs(5);

/// A till without a gateway, which runs.
fn running(printers: &[(&str, &str)]) -> (Till, RunningTill) {
    let till = Till::new();
    for (name, uri) in printers {
        till.ask_ok(&["printers", "add", name, uri]);
    }
    let running = till.start();
    door(&till);
    (till, running)
}

/// Port and token of the running program.
fn door(till: &Till) -> (u16, String) {
    let json = wait_for("the control door opens", || {
        let text = fs::read(till.home().join("control.json")).ok()?;
        serde_json::from_slice::<Value>(&text).ok()
    });
    let port = u16::try_from(json["port"].as_u64().unwrap()).unwrap();
    (port, json["token"].as_str().unwrap().to_owned())
}

/// Says one line at the door; gives what comes back until the door closes or a line is complete.
fn say(port: u16, line: &[u8]) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    // The other side may hang up before it has read everything.
    let _ = stream.write_all(line);
    let mut answer = String::new();
    let _ = BufReader::new(stream).read_line(&mut answer);
    answer
}

fn call(token: &str) -> Vec<u8> {
    format!("{}\n", json!({"token": token, "request": {"ask": "status"}})).into_bytes()
}

#[test]
fn the_door_answers_nobody_without_its_token() {
    let (till, mut running) = running(&[]);
    let (port, token) = door(&till);
    assert_eq!(token.len(), 64, "256 bits");
    assert!(say(port, &call(&token)).contains("\"version\""));
    let mut nearly = token.clone();
    nearly.replace_range(63.., if token.ends_with('0') { "1" } else { "0" });
    for wrong in ["", "x", &nearly, &format!("{token}0")] {
        assert_eq!(say(port, &call(wrong)).trim(), "\"wrong-token\"", "{wrong:?}");
    }
    let garbage: [&[u8]; 5] = [
        b"hello\n",
        b"\n",
        b"{}\n",
        b"\xff\xfe\x00\n",
        b"GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n",
    ];
    for line in garbage {
        let answer = say(port, line);
        assert!(!answer.contains("version") && !answer.contains("HTTP"), "{line:?}: {answer}");
    }
    assert!(!running.has_ended());
    let log = till.log();
    assert!(!log.contains(&token), "the token is in the log");
    assert!(say(port, &call(&token)).contains("\"version\""), "it does not answer any more");
}

#[test]
fn a_line_of_30_mb_is_let_go_and_many_callers_wait_their_turn() {
    let (till, running) = running(&[]);
    let (port, token) = door(&till);
    let before = resident(running.pid());
    for _ in 0..3 {
        let line = [vec![b'x'; 30 << 20], b"\n".to_vec()].concat();
        assert!(!say(port, &line).contains("version"));
    }
    // Silent callers at every place: the next one is not lost, and the program goes on.
    let silent: Vec<TcpStream> =
        (0..40).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    drop(silent);
    assert!(say(port, &call(&token)).contains("\"version\""));
    let growth = resident(running.pid()).saturating_sub(before);
    assert!(growth < 64 * 1024, "{growth} KiB more than before");
}

fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Addresses on which a process listens, as the kernel writes them.
fn listening(pid: u32) -> Vec<String> {
    let links = fs::read_dir(format!("/proc/{pid}/fd")).unwrap();
    let sockets: Vec<String> = links
        .filter_map(|link| fs::read_link(link.ok()?.path()).ok()?.to_str().map(str::to_owned))
        .filter_map(|link| Some(link.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned()))
        .collect();
    let mut found = Vec::new();
    for table in ["tcp", "tcp6", "udp", "udp6"] {
        let text = fs::read_to_string(format!("/proc/net/{table}")).unwrap_or_default();
        for line in text.lines().skip(1) {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let is_listener = table.starts_with("udp") || fields[3] == "0A";
            if is_listener && sockets.iter().any(|inode| inode == fields[9]) {
                found.push(format!("{table} {}", fields[1]));
            }
        }
    }
    found
}

#[test]
fn nothing_listens_beyond_loopback() {
    let shop = Shop::open(json!({}));
    let (port, _) = door(&shop.till);
    let expected = format!("tcp 0100007F:{port:04X}");
    assert_eq!(listening(shop.running.pid()), [expected]);
    // Not even on another address of the loopback network.
    assert!(TcpStream::connect(("127.0.0.2", port)).is_err());
}

#[test]
fn a_second_program_on_the_same_home_is_refused_in_words() {
    let (till, mut first) = running(&[]);
    let second = till.ask(&["run"]);
    assert_eq!(second.status.code(), Some(1));
    let words = String::from_utf8_lossy(&second.stderr);
    assert!(words.contains("Platen is already running in"), "{words}");
    assert_eq!(words.trim().lines().count(), 1, "{words}");
    assert!(!first.has_ended());
    assert!(till.ask_ok(&["status"]).contains("is running"), "the first one's door is still there");
    assert!(first.stop().success());
    assert!(!till.home().join("control.json").exists(), "the door's file stays behind");
    let again = till.start();
    door(&till);
    assert!(again.stop().success());
}

fn stop_within(mut running: RunningTill, signal: i32) -> Duration {
    let began = Instant::now();
    running.signal(signal);
    wait_at_most(FIVE_SECONDS, "the program ends", || running.has_ended().then_some(()));
    let took = began.elapsed();
    assert!(running.stop().success(), "a clean end is exit status 0");
    took
}

/// A document that the printer's profile lets through at 32 KiB a second.
fn document(till: &Till, seconds: usize, text: &str) -> String {
    let path = till.home().join(format!("{text}.bin"));
    let line = format!("{text}\n");
    let lines = line.repeat(seconds * 32 * 1024 / line.len());
    fs::write(&path, [lines.as_bytes(), b"\x1dV\0"].concat()).unwrap();
    path.to_str().unwrap().to_owned()
}

fn state(till: &Till, id: &str) -> String {
    till.ask_json(&["job", id, "--json"])["state"].as_str().unwrap().to_owned()
}

#[test]
fn a_write_that_can_be_finished_is_finished_and_the_rest_waits() {
    for signal in [libc::SIGTERM, libc::SIGINT] {
        let printer = printer();
        let (till, running) = running(&[("Bar", &printer.uri())]);
        let (short, next) = (document(&till, 2, "short"), document(&till, 1, "next"));
        for file in [&short, &next] {
            till.ask_ok(&["print", "Bar", file, "--as", "raw", "--wait", "0"]);
        }
        wait_for("bytes on paper", || (printer.printed_bytes() > 0).then_some(()));
        stop_within(running, signal);
        assert_eq!(state(&till, "1"), "completed");
        assert_eq!(state(&till, "2"), "pending");
        assert_eq!(printer.sheet_count(), 1);
        let running = till.start();
        let paper = sheets(&printer, 2);
        let expected = [fs::read(&short).unwrap(), fs::read(&next).unwrap()];
        assert!(
            paper[0].bytes == expected[0] && paper[1].bytes == expected[1],
            "not what was sent"
        );
        wait_for("the second is settled", || (state(&till, "2") == "completed").then_some(()));
        stop_within(running, signal);
        assert_eq!(printer.sheet_count(), 2);
    }
}

#[test]
fn a_write_that_cannot_be_finished_is_stopped_and_told_as_what_it_is() {
    for signal in [libc::SIGTERM, libc::SIGINT] {
        let printer = printer();
        let (till, running) = running(&[("Bar", &printer.uri())]);
        let (long, next) = (document(&till, 60, "long"), document(&till, 1, "next"));
        for file in [&long, &next] {
            till.ask_ok(&["print", "Bar", file, "--as", "raw", "--wait", "0"]);
        }
        wait_for("bytes on paper", || (printer.printed_bytes() > 0).then_some(()));
        stop_within(running, signal);
        let job = till.ask_json(&["job", "1", "--json"]);
        assert_eq!(job["state"], "unconfirmed", "{job}");
        assert_eq!(job["outcome"]["reason"], "interrupted", "{job}");
        assert_eq!(state(&till, "2"), "pending");

        let running = till.start();
        wait_for("the next one is printed", || (state(&till, "2") == "completed").then_some(()));
        assert_eq!(state(&till, "1"), "unconfirmed", "a person is asked, nothing is printed again");
        let all = printer.printed();
        assert!(all.ends_with(&fs::read(&next).unwrap()), "the next job is not whole");
        let torn = all.len() - fs::read(&next).unwrap().len();
        assert!(
            fs::read(&long).unwrap().starts_with(&all[..torn - 40]),
            "the torn piece is no beginning"
        );
        stop_within(running, signal);
    }
}

#[test]
fn platenctl_ends_it_without_a_job_cut_in_half() {
    let printer = printer();
    let (till, mut running) = running(&[("Bar", &printer.uri())]);
    for file in [document(&till, 2, "short"), document(&till, 1, "next")] {
        till.ask_ok(&["print", "Bar", &file, "--as", "raw", "--wait", "0"]);
    }
    wait_for("bytes on paper", || (printer.printed_bytes() > 0).then_some(()));
    assert_eq!(till.ask_ok(&["stop"]), "Platen has ended.\n");
    wait_for("the program has left", || running.has_ended().then_some(()));
    assert!(running.stop().success(), "a clean end is exit status 0");
    assert_eq!((state(&till, "1").as_str(), state(&till, "2").as_str()), ("completed", "pending"));
    assert_eq!(printer.sheet_count(), 1);
    assert_eq!(till.ask_ok(&["stop"]), "Platen is not running.\n");
}

#[test]
fn it_ends_at_once_while_printer_and_gateway_hang() {
    let gateway = Gateway::npm(&json!({"validate": "hang"}));
    let printer = printer();
    printer.set_fault(Fault::Mute);
    let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &printer.uri())]);
    let running = till.start();
    door(&till);
    till.ask_ok(&["print", "Bar", &document(&till, 1, "text"), "--as", "raw", "--wait", "0"]);
    stop_within(running, libc::SIGTERM);
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn what_is_written_is_for_the_owner_only() {
    let shop = Shop::open(json!({}));
    let home = shop.till.home();
    for file in ["settings.toml", "secrets.toml", "control.json"] {
        assert_eq!(mode(&home.join(file)), 0o600, "{file}");
    }
    for folder in ["spool", "logs"] {
        assert_eq!(mode(&home.join(folder)), 0o700, "{folder}");
    }
    for file in fs::read_dir(home.join("spool")).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
    let fresh = home.join("a new home");
    shop.till.ask_ok(&["jobs", "--home", fresh.to_str().unwrap()]);
    assert_eq!(mode(&fresh), 0o700, "a home that Platen makes");
    let key_in_settings = fs::read_to_string(home.join("settings.toml")).unwrap().contains(KEY);
    assert!(!key_in_settings, "the licence key belongs in the secrets");
}

#[test]
fn settings_that_are_not_known_are_reported_with_their_line() {
    let printer = printer();
    let till = Till::set_up("http://127.0.0.1:9", KEY, &[("Bar", &printer.uri())]);
    let path = till.home().join("settings.toml");
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replace("[gateway]\n", "[gateway]\nretries = 5\n");
    fs::write(&path, format!("colour = \"red\"\n{text}")).unwrap();
    let line =
        fs::read_to_string(&path).unwrap().lines().position(|line| line == "retries = 5").unwrap()
            + 1;
    let running = till.start();
    door(&till);
    let status = till.ask_ok(&["status"]);
    for key in ["line 1: colour".to_owned(), format!("line {line}: gateway.retries")] {
        assert!(status.contains(&key), "{key} is not in:\n{status}");
        wait_for("the log says so", || till.log().contains(&key).then_some(()));
    }
    let doctor = till.ask(&["doctor"]);
    assert_eq!(doctor.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&doctor.stdout).contains("line 1: colour"));
    assert!(running.stop().success());

    // A value that cannot be: the program says where, and does not start.
    fs::write(&path, "[log]\nfiles = \"many\"\n").unwrap();
    let refused = till.ask(&["run"]);
    let words = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{words}");
    assert!(words.contains("line 2") && words.trim().lines().count() == 1, "{words}");
}

#[test]
fn setup_changes_what_is_named_and_nothing_else() {
    let arguments = [
        "setup",
        "--gateway",
        "https://print.example.com",
        "--branch",
        "b-1",
        "--license-key",
        KEY,
        "--printer",
        "Bar=tcp://192.0.2.1:9100",
        "--printer",
        "Küche=tcp://192.0.2.2:9100",
        "--profile",
        "generic-58",
    ];
    let till = Till::new();
    till.ask_ok(&arguments);
    let path = till.home().join("settings.toml");
    let first = fs::read_to_string(&path).unwrap();
    till.ask_ok(&arguments);
    assert_eq!(fs::read_to_string(&path).unwrap(), first, "the same again changes nothing");
    till.ask_ok(&["setup", "--printer", "bar=tcp://192.0.2.9:9100"]);
    let changed = fs::read_to_string(&path).unwrap();
    assert_eq!(changed, first.replace("tcp://192.0.2.1:9100", "tcp://192.0.2.9:9100"));
    till.ask_ok(&["setup", "--driver", "rust_socketio"]);
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        changed.replace("\"native\"", "\"rust_socketio\"")
    );

    // Refused as a whole, with nothing half done.
    let before = fs::read_to_string(&path).unwrap();
    for wrong in [
        ["--printer", "no address"],
        ["--printer", "X=ftp://a"],
        ["--gateway", "mailto:x@example.com"],
    ] {
        let output = till.ask(&["setup", "--branch", "b-2", wrong[0], wrong[1]]);
        assert_eq!(output.status.code(), Some(2), "{wrong:?}");
        assert_eq!(fs::read_to_string(&path).unwrap(), before, "{wrong:?}");
    }
}

#[test]
fn a_running_program_follows_its_settings() {
    let (one, two) = (printer(), printer());
    let (till, _running) = running(&[("Bar", &one.uri())]);
    till.ask_ok(&["printers", "add", "Terrace", &two.uri()]);
    till.ask_ok(&["test-print", "Terrace"]);
    assert_eq!((one.sheet_count(), two.sheet_count()), (0, 1));
    till.ask_ok(&["printers", "add", "Bar", &two.uri()]);
    till.ask_ok(&["test-print", "Bar"]);
    assert_eq!((one.sheet_count(), two.sheet_count()), (0, 2));
    till.ask_ok(&["printers", "remove", "Terrace"]);
    let gone = till.ask(&["test-print", "Terrace"]);
    assert_eq!(gone.status.code(), Some(1));
    let mut words = String::new();
    gone.stderr.as_slice().read_to_string(&mut words).unwrap();
    assert!(words.contains("there is no printer called \"Terrace\""), "{words}");
}
