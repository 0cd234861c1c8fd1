//! The bad ends of putting a version in place: power cuts at every step, a folder that cannot be written, a full disk, a version that
//! does not run. There is always a whole program in its place; it starts, and it prints.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::PrinterHandle;
use platen_tests::crash::Strace;
use platen_tests::desktop::Desktop;
use platen_tests::mount::{Mount, fill};
use platen_tests::shop::{Gateway, sheets, wait_for, wait_for_log};
use platen_tests::updates::{
    Signer, UpdateServer, as_version, entry_to_check, install, not_installed, remembered,
};
use platen_tests::webdriver::Browser;
use platen_tests::{RunningTill, SOON, Till};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;

const NEXT: &str = "9.9.9";
/// What putting a version in place asks of the system, in its order.
const STEPS: [&str; 7] = [
    "openat",
    "write",
    "fchmod",
    "fsync",
    "unlink,unlinkat",
    "link,linkat",
    "rename,renameat,renameat2",
];
/// Stands for a newer version where that one is never started.
const SOME_PROGRAM: &str = "/bin/true";
/// Ends at once, as a version does that misses a library on this machine.
const BROKEN_PROGRAM: &str = "/bin/false";

/// A till whose program stands in a folder of its own, and a server that has a newer one.
struct Shop {
    server: UpdateServer,
    _gateway: Gateway,
    printer: PrinterHandle,
    till: Till,
    desktop: Desktop,
    folder: tempfile::TempDir,
    place: PathBuf,
    old: Vec<u8>,
    sheets: usize,
}

impl Shop {
    /// The newer version is that program, signed as ours are.
    fn open(newer: &str) -> Shop {
        Shop::open_in(tempfile::tempdir().unwrap(), newer)
    }

    fn open_in(folder: tempfile::TempDir, newer: &str) -> Shop {
        let server = UpdateServer::start();
        let (gateway, printer, till) = server.till("");
        let place = install(folder.path());
        let (old, next) = (std::fs::read(&place).unwrap(), std::fs::read(newer).unwrap());
        server.announce(NEXT, &next, &Signer::ours().sign(&next, Some(NEXT)));
        let (desktop, _gateway) = (Desktop::start(), gateway);
        Shop { server, _gateway, printer, till, desktop, folder, place, old, sheets: 0 }
    }

    /// Starts what is in place, and waits until it is ready.
    fn start(&mut self, more: &[&str]) -> RunningTill {
        self.desktop.forget();
        let mut command = self.desktop.program(&self.place);
        command.env("PLATEN_HOME", self.till.home()).arg("--minimized").args(more);
        let running = RunningTill::adopt(command.spawn().unwrap());
        self.desktop.wait_for_line("it is ready", |line| line == "Ready · 1 printer");
        running
    }

    /// Has it fetch the newer version, which then waits for a job that waits itself.
    fn hold_back(&mut self) {
        self.till.ask_ok(&["pause", "Bar"]);
        let ticket = self.folder.path().join("ticket.txt");
        std::fs::write(&ticket, "2 x Sencha\n").unwrap();
        self.till.ask_ok(&["print", "Bar", &ticket.display().to_string(), "--wait", "0"]);
        self.desktop.wait_for_entry("1 job waiting");
        let entry = entry_to_check(&mut self.desktop, NEXT, SOON);
        self.desktop.press(&[&entry]);
        self.desktop.wait_for_entry(&format!("Update {NEXT} waits"));
    }

    /// Lets the job out, and with it the version in.
    fn let_go(&mut self) {
        self.till.ask_ok(&["resume", "Bar"]);
        self.one_more_sheet();
    }

    fn prints(&mut self) {
        self.till.ask_ok(&["test-print", "Bar"]);
        self.one_more_sheet();
    }

    fn one_more_sheet(&mut self) {
        self.sheets += 1;
        assert_eq!(sheets(&self.printer, self.sheets).len(), self.sheets);
    }

    fn old_is_in_place(&self) {
        let is = std::fs::read(&self.place).unwrap();
        assert!(is == self.old, "{} is another one, of {} bytes", self.place.display(), is.len());
    }
}

#[test]
fn a_power_cut_at_any_step_leaves_a_program_that_prints() {
    Strace::demand();
    let mut shop = Shop::open(SOME_PROGRAM);
    for step in STEPS {
        let mut running = shop.start(&[]);
        shop.hold_back();
        let beside = |ending| shop.folder.path().join(format!("platen{ending}"));
        let files = [shop.place.clone(), beside(".next"), beside(".previous")];
        let strace = Strace::attach_to(&running, step, &files, 1);
        shop.let_go();
        wait_for(&format!("it is killed before {step}"), || running.has_ended().then_some(()));
        drop(strace);
        shop.old_is_in_place();
        let running = shop.start(&[]);
        shop.desktop.wait_for_entry(&not_installed(NEXT));
        shop.prints();
        assert!(running.stop().success());
    }
    let fetched = shop.server.asked().iter().filter(|path| *path == "/package").count();
    assert_eq!(fetched, 1, "what was fetched is kept for the next try");
}

#[test]
fn a_version_that_cannot_run_here_is_taken_back_and_not_tried_again() {
    let mut shop = Shop::open(BROKEN_PROGRAM);
    let running = shop.start(&["--supervise"]);
    shop.hold_back();
    shop.desktop.forget();
    shop.let_go();
    shop.desktop.wait_until_gone();
    shop.desktop.wait_for_line("the old one is back", |line| line == "Ready · 1 printer");
    shop.old_is_in_place();
    assert_eq!(remembered(shop.till.home())["rolled_back"], json!([NEXT]));
    shop.prints();
    shop.desktop.press(&["Check for updates"]);
    wait_for_log(&shop.till, "RolledBack");
    shop.old_is_in_place();
    assert!(running.stop().success());
}

#[test]
fn a_folder_that_cannot_be_written_is_left_to_whoever_can() {
    let mut shop = Shop::open(SOME_PROGRAM);
    let _locked = Mount::read_only(shop.folder.path());
    let running = shop.start(&[]);
    shop.desktop.press(&["Check for updates"]);
    shop.desktop.wait_for_entry(&format!("Update {NEXT} waits"));
    assert_eq!(
        shop.server.asked(),
        ["/platen/stable/latest.json"],
        "nothing is fetched for nobody"
    );
    shop.old_is_in_place();
    shop.prints();
    assert!(running.stop().success());
}

#[test]
fn a_full_disk_is_said_and_the_old_one_prints_on() {
    let folder = tempfile::tempdir().unwrap();
    // Room for one program, and little more.
    let disk = Mount::disk(folder.path(), 300);
    let mut shop = Shop::open_in(folder, SOME_PROGRAM);
    fill(shop.folder.path());
    let running = shop.start(&[]);
    shop.desktop.press(&["Check for updates"]);
    shop.desktop.wait_for_entry("No update: see Settings");
    wait_for_log(&shop.till, "there is no room on the disk");
    shop.old_is_in_place();
    assert!(!shop.folder.path().join("platen.next").exists(), "nothing is left of it");
    shop.prints();
    assert!(running.stop().success());
    drop(disk);
}

const WORDS: &str = ".updates [role=status]";

/// What a deb begins with; nothing here looks any further.
fn deb() -> Vec<u8> {
    [b"!<arch>\ndebian-binary   ".as_slice(), &[b' '; 400]].concat()
}

/// Has it look, and has what it finds installed.
fn install_now(browser: &Browser) {
    browser.press("Check now");
    browser.says("main", "Install now");
    browser.press("Install now");
}

#[test]
fn a_package_of_the_system_is_installed_by_a_person_who_has_the_password() {
    let mut shop = Shop::open(SOME_PROGRAM);
    came_as_deb(&shop.place);
    let next = as_version(&shop.place, env!("CARGO_PKG_VERSION"), NEXT);
    let package = deb();
    let signature = Signer::ours().sign(&package, Some(NEXT));
    // Nobody else is to ask for a password.
    let others = shop.folder.path().join("others");
    for other in ["zenity", "kdialog", "sudo"] {
        let script = format!("#!/bin/sh\ntouch {}; exit 1\n", others.display());
        shop.desktop.put_program(other, &script);
    }
    let browser = Browser::open_installed(&shop.desktop, &shop.till, &shop.place);
    browser.press("Settings");

    // A proxy has no good minute: that is nothing to remember.
    shop.server.announce(NEXT, b"<!doctype html><title>Bad gateway</title>", &signature);
    browser.press("Check now");
    browser.says(WORDS, "could not be fetched whole");
    assert!(remembered(shop.till.home())["refused"].is_null());
    shop.server.announce(NEXT, &package, &signature);
    for (status, words) in [
        (126, "administrator’s password"),
        (1, "the system’s installer could not do it"),
        (127, "administrator’s password"),
    ] {
        shop.desktop.put_program("pkexec", &format!("#!/bin/sh\nexit {status}\n"));
        install_now(&browser);
        browser.says(WORDS, words);
    }
    wait_for_log(&shop.till, "sudo dpkg --configure -a");
    assert!(!others.exists());
    shop.prints();

    let (ready, asked) = (shop.folder.path().join("ready"), shop.folder.path().join("asked"));
    std::fs::copy(&shop.place, &ready).unwrap();
    std::fs::write(&ready, &next).unwrap();
    let (to, place) = (asked.display(), shop.place.display());
    let gives = format!(
        "#!/bin/sh\ncp \"$3\" {to}; echo \"$1 $2\" > {to}.words; mv {} {place}\n",
        ready.display()
    );
    shop.desktop.put_program("pkexec", &gives);
    browser.press("Check now");
    browser.says("main", "Install now");
    shop.desktop.forget();
    browser.press("Install now");
    shop.desktop.wait_until_gone();
    wait_for_log(&shop.till, &format!("version=\"{NEXT}\""));
    shop.desktop.wait_for_line("the new one is ready", |line| line == "Ready · 1 printer");
    assert_eq!(std::fs::read(&asked).unwrap(), package, "what was signed is what is installed");
    assert_eq!(std::fs::read_to_string(asked.with_extension("words")).unwrap(), "dpkg -i\n");
    shop.prints();
    shop.desktop.forget();
    shop.desktop.press(&["Quit"]);
    shop.desktop.wait_until_gone();
}

/// As it stands in a package: that is how it knows.
fn came_as_deb(place: &Path) {
    let mark = "s/__TAURI_BUNDLE_TYPE_VAR_UNK/__TAURI_BUNDLE_TYPE_VAR_DEB/g";
    let marked = Command::new("sed").env("LC_ALL", "C").args(["-i", mark]).arg(place).status();
    assert!(marked.unwrap().success());
}
