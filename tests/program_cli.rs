//! `platenctl` as people and scripts call it: clumsily, with and without a running program. What fails says so in one
//! line on stderr, with exit status 1, or 2 where it was called wrongly.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::PrinterHandle;
use platen_simulators::printer::Fault;
use platen_tests::shop::{printer, sheets, wait_for};
use platen_tests::{RunningTill, Till, program};
use serde_json::{Value, json};
use std::fs;
use std::num::NonZeroU32;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Whether `platenctl run` runs beside the commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Engine {
    Running,
    NotRunning,
}

const BOTH: [Engine; 2] = [Engine::NotRunning, Engine::Running];

struct Desk {
    _running: Option<RunningTill>,
    printer: PrinterHandle,
    till: Till,
}

fn desk(engine: Engine) -> Desk {
    let printer = printer();
    let till = Till::new();
    till.ask_ok(&["printers", "add", "Bar", &printer.uri()]);
    let running = (engine == Engine::Running).then(|| till.start());
    if running.is_some() {
        wait_for("the door opens", || till.home().join("control.json").exists().then_some(()));
    }
    Desk { _running: running, printer, till }
}

impl Desk {
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.till.home().join(name);
        fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    fn text(&self, sheet: usize) -> String {
        self.printer.text_of(&sheets(&self.printer, sheet + 1)[sheet].bytes)
    }
}

/// Runs a command that has to fail with that status; gives its one line.
fn fails(till: &Till, status: i32, arguments: &[&str]) -> String {
    let output = till.ask(arguments);
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(status), "{arguments:?}: {out}{err}");
    assert_eq!(out, "", "{arguments:?} speaks on stdout");
    assert_eq!(err.lines().count(), 1, "{arguments:?}: not one line:\n{err}");
    assert!(err.starts_with("platenctl: ") && err.len() < 400, "{arguments:?}: {err}");
    assert!(!err.contains("Os {") && !err.contains("Error("), "{arguments:?}: {err}");
    err.into_owned()
}

/// The same, where only the words matter.
fn says(till: &Till, status: i32, arguments: &[&str], words: &str) {
    let line = fails(till, status, arguments);
    assert!(line.contains(words), "{arguments:?}: {words:?} is not in {line:?}");
}

#[test]
fn printing_in_three_ways() {
    for engine in BOTH {
        let desk = desk(engine);
        let raw = desk.file("a.bin", b"raw bytes\n\x1dV\0");
        let told = desk.till.ask_ok(&["print", "Bar", &raw, "--as", "raw"]);
        assert!(
            told.contains("Job 1: completed") && told.contains("confirmed"),
            "{engine:?}: {told}"
        );
        assert_eq!(sheets(&desk.printer, 1)[0].bytes.as_ref(), b"raw bytes\n\x1dV\0");

        let text = desk.file("a.txt", "Grüße, Zoë\n");
        desk.till.ask_ok(&["print", "bar", &text, "--as", "text"]);
        assert!(desk.text(1).contains("Grüße, Zoë"), "{}", desk.text(1));

        let receipt = json!({"type": "receipt", "header": ["Café"], "items": [{"name": "Soup", "quantity": "2", "price": "3.50"}]});
        let receipt = desk.file("a.json", receipt.to_string());
        desk.till.ask_ok(&["print", "Bar", &receipt, "--as", "receipt"]);
        assert!(desk.text(2).contains("Soup"), "{}", desk.text(2));

        // The same key is printed once.
        for _ in 0..2 {
            desk.till.ask_ok(&["print", "Bar", &raw, "--as", "raw", "--key", "order 7"]);
        }
        assert_eq!(desk.printer.sheet_count(), 4);
        let told = desk.till.ask_ok(&["print", "Bar", &raw, "--as", "raw", "--wait", "0"]);
        assert!(told.contains("Job 5:"), "{told}");
    }
}

#[test]
fn a_page_a_drawer_and_standard_input() {
    for engine in BOTH {
        let desk = desk(engine);
        desk.till.ask_ok(&["test-print", "Bar"]);
        assert!(desk.text(0).contains("Printer: Bar"), "{}", desk.text(0));
        desk.till.ask_ok(&["drawer", "Bar"]);
        desk.till.ask_ok(&["drawer", "Bar", "--second"]);
        assert_eq!(desk.printer.drawer_kicks(), 2);
        let mut command = desk.till.command(&["print", "Bar", "-", "--as", "text"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), b"From a pipe").unwrap();
        assert!(child.wait().unwrap().success());
        assert!(desk.text(1).contains("From a pipe"));
    }
}

#[test]
fn jobs_are_listed_shown_copied_and_taken_back() {
    for engine in BOTH {
        let desk = desk(engine);
        let till = &desk.till;
        assert_eq!(till.ask_ok(&["jobs"]).trim(), "No jobs.");
        assert_eq!(till.ask_json(&["jobs", "--json"]), json!([]));
        let file = desk.file("a.txt", "One receipt\n");
        till.ask_ok(&["print", "Bar", &file, "--as", "text"]);
        assert_eq!(till.ask_json(&["job", "1", "--json"])["state"], "completed");
        assert!(till.ask_ok(&["job", "1"]).contains("printer   Bar"));

        till.ask_ok(&["reprint", "1"]);
        assert!(desk.text(1).contains("REPRINT"), "{}", desk.text(1));
        assert_eq!(till.ask_json(&["job", "2", "--json"])["origin"], 1);
        says(till, 1, &["cancel", "1"], "job 1 is completed");
        says(till, 1, &["resolve", "1", "printed"], "only an unconfirmed job");

        desk.printer.set_fault(Fault::PaperOut);
        let waits = fails(till, 1, &["print", "Bar", &file, "--as", "text", "--wait", "1"]);
        assert!(
            waits.contains("job 3 is kept and waits") && waits.contains("paper is out"),
            "{waits}"
        );
        says(till, 1, &["reprint", "3"], "it will be printed anyway");
        assert!(till.ask_ok(&["cancel", "3"]).contains("Job 3: canceled"));
        assert_eq!(
            till.ask_json(&["jobs", "--state", "canceled", "--json"]).as_array().unwrap().len(),
            1
        );
        assert_eq!(
            till.ask_json(&["jobs", "--printer", "bar", "--limit", "1", "--json"])[0]["id"],
            3
        );
        says(till, 1, &["test-print", "Bar"], "paper is out");
        desk.printer.clear_faults();

        let found = |arguments: &[&str]| -> Vec<i64> {
            let listed = till.ask_json(&[&["jobs", "--json"], arguments].concat());
            listed.as_array().unwrap().iter().map(|job| job["id"].as_i64().unwrap()).collect()
        };
        assert_eq!(found(&["--search", "2"]), [2]);
        assert_eq!(found(&["--search", "bA"]), [4, 3, 2, 1], "by the printer");
        assert_eq!(found(&["--search", "Kitchen"]), [] as [i64; 0]);
        assert_eq!(found(&["--kind", "test"]), [4]);
        assert_eq!(found(&["--connector", "local", "--state", "canceled"]), [3]);
        assert_eq!(found(&["--day", "2001-09-09"]), [] as [i64; 0]);
        assert_eq!(desk.printer.sheet_count(), 2);
    }
}

#[test]
fn an_unconfirmed_job_is_resolved_either_way() {
    for engine in BOTH {
        let desk = desk(engine);
        let file = desk.file("a.txt", "A receipt that is long enough to be torn\n".repeat(20));
        for (job, seen) in [(1, "printed"), (2, "reprint")] {
            desk.printer.set_fault(Fault::HalfPrint(100));
            let line = fails(&desk.till, 1, &["print", "Bar", &file, "--as", "text"]);
            assert!(
                line.contains(&format!("job {job} is unconfirmed"))
                    && line.contains("Check whether"),
                "{line}"
            );
            desk.till.ask_ok(&["resolve", &job.to_string(), seen]);
        }
        assert_eq!(desk.till.ask_json(&["job", "1", "--json"])["state"], "completed");
        assert_eq!(desk.till.ask_json(&["job", "2", "--json"])["state"], "reprinted");
        let last = sheets(&desk.printer, 1).pop().unwrap();
        assert!(desk.printer.text_of(&last.bytes).contains("POSSIBLE DUPLICATE"));
    }
}

#[test]
fn what_cannot_be_done_is_told_in_one_line() {
    for engine in BOTH {
        let desk = desk(engine);
        let till = &desk.till;
        let text = desk.file("a.txt", "text");
        let empty = desk.file("empty", "");
        let binary = desk.file("binary", [0xFF, 0xFE, 0x00]);
        let broken = desk
            .file("broken.json", "{\"type\": \"receipt\", \"items\": [{\"name\": \"Secret soup\"}");
        let wrong = desk.file("wrong.json", "{\"type\": \"receipt\", \"items\": 7}");
        let folder = till.home().to_str().unwrap().to_owned();
        let big = desk.file("big", vec![b'x'; (16 << 20) + 1]);
        let table: &[(&[&str], &str)] = &[
            (&["print", "Cellar", &text, "--as", "text"], "there is no printer called \"Cellar\""),
            (&["print", "Bar", "/nowhere/at/all", "--as", "text"], "/nowhere/at/all: "),
            (&["print", "Bar", &folder, "--as", "text"], "directory"),
            (&["print", "Bar", &empty, "--as", "text"], "the document is empty"),
            (&["print", "Bar", &binary, "--as", "text"], "the text is not UTF-8"),
            (&["print", "Bar", &broken, "--as", "receipt"], "not JSON (line 1"),
            (&["print", "Bar", &wrong, "--as", "receipt"], "not accepted: items: "),
            (&["print", "Bar", &big, "--as", "raw"], "is larger than 16 MiB"),
            (&["print", "Bar", &text, "--as", "text", "--key", &"k".repeat(600)], "512 bytes"),
            (&["test-print", "Cellar"], "there is no printer called"),
            (&["drawer", "A\nB\u{1b}[2J"], "there is no printer called"),
            (&["job", "999"], "there is no job 999"),
            (&["reprint", "999"], "there is no job 999"),
            (&["cancel", "999"], "there is no job 999"),
            (&["resolve", "999", "printed"], "there is no job 999"),
            (&["jobs", "--state", "lost"], "there is no job state \"lost\""),
            (&["jobs", "--printer", "Cellar"], "there is no printer called"),
            (&["printers", "remove", "Cellar"], "there is no printer called"),
        ];
        for (arguments, words) in table {
            says(till, 1, arguments, words);
        }
        let line = fails(till, 1, &["print", "Bar", &broken, "--as", "receipt"]);
        assert!(!line.contains("soup"), "the receipt is quoted: {line}");
        assert_eq!(desk.printer.sheet_count(), 0);
        assert_eq!(till.ask_json(&["jobs", "--json"]), json!([]), "nothing was stored");
    }
}

#[test]
fn wrong_usage_is_told_in_one_line_with_status_2() {
    let desk = desk(Engine::NotRunning);
    let table: &[(&[&str], &str)] = &[
        (&["prnt"], "prnt"),
        (&["job", "seven"], "seven"),
        (&["job", "-1"], "-1"),
        (&["print", "Bar"], "<FILE>"),
        (&["print", "Bar", "x", "--as", "docx"], "docx"),
        (&["resolve", "1", "maybe"], "maybe"),
        (&["printers", "add", "X"], "URI"),
        (&["printers", "add", "X", "nowhere"], "nowhere"),
        (&["printers", "add", "X", "tcp://"], "tcp://"),
        (&["printers", "add", "", "tcp://192.0.2.1:9100"], "name"),
        (
            &["printers", "add", "X", "tcp://192.0.2.1:9100", "--profile", "best"],
            "platenctl profiles",
        ),
        (&["setup", "--gateway", "not an address"], "not an address"),
        (&["setup", "--gateway", "ftp://example.com"], "looks like https://"),
        (&["setup", "--branch", "b"], "--gateway"),
        (&["setup", "--printer", "Bar"], "NAME=URI"),
        (&["jobs", "--limit", "many"], "many"),
        (&["jobs", "--kind", "novel"], "kitchen-ticket"),
        (&["jobs", "--connector", "nobody"], "printer-master"),
        (&["jobs", "--day", "yesterday"], "yesterday"),
        (&["status", "--yaml"], "--yaml"),
        (&["virtual-printer", "--out", "/tmp", "--fault", "grumpy"], "grumpy"),
    ];
    for (arguments, words) in table {
        says(&desk.till, 2, arguments, words);
    }
    let help = desk.till.ask(&["--help"]);
    assert!(
        help.status.success() && String::from_utf8_lossy(&help.stdout).contains("Usage: platenctl")
    );
    assert!(desk.till.ask_ok(&["--version"]).starts_with("platenctl "));
}

#[test]
fn what_needs_a_running_program_says_so() {
    let desk = desk(Engine::NotRunning);
    for command in ["pause", "resume"] {
        says(&desk.till, 1, &[command, "Bar"], "Platen is not running");
    }
    let running = self::desk(Engine::Running);
    running.till.ask_ok(&["pause", "Bar"]);
    let file = running.file("a.txt", "paused");
    says(
        &running.till,
        1,
        &["print", "Bar", &file, "--as", "text", "--wait", "1"],
        "Printing is paused",
    );
    assert_eq!(running.printer.sheet_count(), 0);
    running.till.ask_ok(&["resume", "Bar"]);
    assert!(running.text(0).contains("paused"));
    says(&running.till, 1, &["pause", "Cellar"], "there is no printer called");
}

#[test]
fn every_listing_is_json_where_asked() {
    for engine in BOTH {
        let desk = desk(engine);
        let till = &desk.till;
        till.ask_ok(&["test-print", "Bar"]);
        let printers = till.ask_json(&["printers", "--json"]);
        assert_eq!(
            (&printers[0]["name"], &printers[0]["health"]),
            (&json!("Bar"), &json!("online")),
            "{printers}"
        );
        assert!(till.ask_ok(&["printers"]).contains("Bar"));
        let status = till.ask_json(&["status", "--json"]);
        assert_eq!(status["jobs"], json!([["completed", 1]]), "{status}");
        let words = if engine == Engine::Running { "is running." } else { "is not running." };
        assert!(till.ask_ok(&["status"]).contains(words));
        assert_eq!(till.ask_json(&["jobs", "--json"])[0]["document_type"], "test");
        let doctor = till.ask(&["doctor", "--json"]);
        let findings: Value = serde_json::from_slice(&doctor.stdout).unwrap();
        assert!(
            findings.as_array().unwrap().iter().any(|one| one["what"] == "licence key"),
            "{findings}"
        );
        assert_eq!(doctor.status.code(), Some(1), "no licence key is stored: that needs attention");
    }
}

#[test]
fn printers_are_added_changed_and_removed() {
    for engine in BOTH {
        let desk = desk(engine);
        let till = &desk.till;
        let second = printer();
        till.ask_ok(&["printers", "add", "Küche \"2\" 🖨", &second.uri(), "--kind", "kitchen"]);
        till.ask_ok(&["test-print", "KÜCHE \"2\" 🖨"]);
        assert_eq!(second.sheet_count(), 1);
        let file = desk.file("a.txt", "waits");
        second.set_fault(Fault::CoverOpen);
        says(till, 1, &["print", "Küche \"2\" 🖨", &file, "--as", "text", "--wait", "1"], "waits");
        till.ask_ok(&["printers", "remove", "Küche \"2\" 🖨"]);
        second.clear_faults();
        let job = wait_for("the waiting job is given up", || {
            let job = till.ask_json(&["job", "2", "--json"]);
            (job["state"] == "aborted").then_some(job)
        });
        assert!(job["message"].as_str().unwrap().contains("has been removed"), "{job}");
        assert_eq!(second.sheet_count(), 1);
        assert_eq!(till.ask_json(&["printers", "--json"]).as_array().unwrap().len(), 1);
    }
}

#[test]
fn what_is_odd_about_a_printer_is_said_when_it_is_set_up_or_removed() {
    let desk = desk(Engine::NotRunning);
    let uri = desk.printer.uri();
    let long = "x".repeat(61);
    for (name, why) in [
        ("@kitchen", "@"),
        (" Kitchen", "blank"),
        ("Kitchen\n", "control character"),
        (long.as_str(), "60 characters"),
    ] {
        let said = fails(&desk.till, 2, &["printers", "add", name, &uri]);
        assert!(said.contains(why), "{said}");
    }
    let said = desk.till.ask_ok(&["printers", "add", "Kitchen", &uri]);
    assert!(said.contains("same address as Bar"), "{said}");
    let said = desk.till.ask_ok(&["printers", "add", "Kitchen", "tcp://127.0.0.1:9"]);
    assert!(!said.contains("same address"), "{said}");
    // A printer that was there is not replaced without a word.
    assert!(said.contains("Kitchen was set up before, at ") && said.contains(&uri), "{said}");
    let said = desk.till.ask_ok(&["printers", "add", "kitchen", "tcp://127.0.0.1:9"]);
    assert!(!said.contains("was set up before"), "{said}");
    let said = desk.till.ask_ok(&["setup", "--printer", "Kitchen=tcp://127.0.0.1:19"]);
    assert!(said.contains("Kitchen was set up before, at tcp://127.0.0.1:9;"), "{said}");
    desk.till.ask_ok(&["printers", "backup", "Kitchen", "Bar"]);
    let said = desk.till.ask_ok(&["printers", "remove", "Bar"]);
    assert!(said.contains("was the backup of Kitchen"), "{said}");
}

#[test]
fn receipts_are_narrower_where_the_paper_is() {
    for engine in BOTH {
        let desk = desk(engine);
        let (till, uri) = (&desk.till, desk.printer.uri());
        let file = desk.file("a.txt", "1234567890123456789012345678901234567890");
        let mut widths = Vec::new();
        for paper in ["profile", "58", "80"] {
            till.ask_ok(&["printers", "add", "Bar", &uri, "--paper", paper]);
            till.ask_ok(&["print", "Bar", &file, "--as", "text"]);
            let sheets = sheets(&desk.printer, widths.len() + 1);
            let text = desk.printer.text_of(&sheets[widths.len()].bytes);
            let first = text.lines().find(|line| line.contains("1234567890"));
            widths.push(first.unwrap().trim().len());
        }
        assert_eq!(widths, [40, 32, 40]);
        till.ask_ok(&["printers", "add", "Bar", &uri, "--paper", "58"]);
        assert_eq!(till.ask_json(&["printers", "--json"])[0]["paper"], "58mm");
        assert!(till.ask_ok(&["printers"]).contains(", 58 mm"));
        // What is set stays where something else is changed, and has to fit.
        till.ask_ok(&["printers", "add", "Bar", &uri, "--profile", "generic-58"]);
        let wide = ["printers", "add", "Bar", &uri, "--paper", "80"];
        let said = fails(till, 2, &wide);
        assert!(said.contains("generic-58 cannot have paper of 80 mm"), "{said}");
        assert_eq!(till.ask_json(&["printers", "--json"])[0]["paper"], "58mm");
    }
}

#[test]
fn a_role_that_nobody_has_is_told_with_what_gives_it() {
    let desk = desk(Engine::NotRunning);
    let file = desk.file("label.txt", "Jam");
    for printer in ["@label", "@receipt"] {
        let said = fails(&desk.till, 1, &["print", printer, &file]);
        let role = &printer[1..];
        assert!(said.contains(role) && said.contains(&format!("--role {role}")), "{said}");
    }
    let said = fails(&desk.till, 1, &["print", "@waiter", &file]);
    assert!(said.contains("waiter") && said.contains("kitchen"), "{said}");
}

#[test]
fn jobs_behind_one_that_is_being_printed_are_counted() {
    let desk = desk(Engine::Running);
    desk.printer.set_fault(Fault::Slow(NonZeroU32::MIN));
    let file = desk.file("order.txt", "Two soups");
    for _ in 0..3 {
        desk.till.ask(&["print", "Bar", &file, "--wait", "0"]);
    }
    wait_for("all three are counted", || {
        let rows = desk.till.ask_json(&["printers", "--json"]);
        (rows[0]["queue_length"] == 3).then_some(())
    });
}

#[test]
fn a_home_that_cannot_be_used_is_told_in_words() {
    let till = Till::new();
    let file = till.home().join("file");
    fs::write(&file, "").unwrap();
    let inside = file.join("home");
    for command in ["run", "status", "jobs", "doctor"] {
        let line = fails(&till, 1, &[command, "--home", inside.to_str().unwrap()]);
        assert!(line.contains("cannot be used"), "{line}");
    }
    // Damaged files: words with the place, never a panic.
    fs::write(till.home().join("settings.toml"), "printers = 7\n").unwrap();
    says(&till, 1, &["status"], "line 1");
    fs::write(till.home().join("settings.toml"), [0xFF, 0x00]).unwrap();
    says(&till, 1, &["status"], "settings");
}

#[test]
fn a_command_under_way_does_not_keep_the_program_from_starting() {
    let desk = desk(Engine::NotRunning);
    let file = desk.file("a.txt", "waits");
    desk.printer.set_fault(Fault::PaperOut);
    let arguments = ["print", "Bar", &file, "--as", "text", "--wait", "2"];
    let mut command = desk.till.command(&arguments).stderr(Stdio::null()).spawn().unwrap();
    wait_for("the command has the home", || {
        fs::exists(desk.till.home().join("spool/spool.db")).unwrap().then_some(())
    });
    let _running = desk.till.start();
    wait_for("the door opens", || desk.till.home().join("control.json").exists().then_some(()));
    assert_eq!(command.wait().unwrap().code(), Some(1), "its job is kept and waits");
    desk.printer.clear_faults();
    assert!(desk.text(0).contains("waits"));
}

/// The processes of a process group.
fn group(leader: u32) -> Vec<PathBuf> {
    let in_group = |stat: String| {
        let behind_name = stat.rsplit_once(") ")?.1.to_owned();
        let group: u32 = behind_name.split(' ').nth(2)?.parse().ok()?;
        (group == leader).then_some(())
    };
    fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| fs::read_to_string(path.join("stat")).ok().and_then(in_group).is_some())
        .collect()
}

#[test]
fn the_demo_shows_the_line_and_leaves_a_picture_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(program("platenctl"));
    command
        .arg("demo")
        .env("TMPDIR", folder.path())
        .env("HOME", folder.path())
        .current_dir(folder.path());
    command.env_remove("PLATEN_HOME").env_remove("XDG_DATA_HOME").process_group(0);
    let began = Instant::now();
    let child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let leader = child.id();
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for part in [
        "Order A-1042",
        "20.33 EUR",
        "accepted",
        "printed",
        "evidence  confirmed",
        "reported",
        "time",
    ] {
        assert!(text.contains(part), "{part:?} is not in:\n{text}");
    }
    assert!(output.stderr.is_empty());
    assert!(began.elapsed() < Duration::from_secs(10));
    assert_eq!(group(leader), [] as [PathBuf; 0], "a process stays behind");
    let files: Vec<_> =
        fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files, [folder.path().join("platen-demo.png")], "files stay behind");
    assert!(text.contains("platen-demo.png"));
    assert!(fs::read(&files[0]).unwrap().starts_with(b"\x89PNG\r\n\x1a\n"));
}
