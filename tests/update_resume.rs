//! A package that does not come in one go: what came is kept, over a crash too, and the next look goes on from there – unless the
//! server, the file or the disk is not what it was; then it begins anew. What is kept in the end is what was signed, in every case.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::PrinterHandle;
use platen_tests::Till;
use platen_tests::desktop::Desktop;
use platen_tests::mount::Mount;
use platen_tests::shop::{Gateway, sheets, wait_for, wait_for_log};
use platen_tests::updates::{Line, Manner, Signer, UpdateServer, remembered};
use platen_tests::webdriver::Browser;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Bytes that came before the line broke.
const CAME: usize = 70_000;
const WORDS: &str = ".updates [role=status]";

struct Shop {
    server: UpdateServer,
    _gateway: Gateway,
    printer: PrinterHandle,
    till: Till,
}

impl Shop {
    fn open() -> Shop {
        let server = UpdateServer::start();
        let (gateway, printer, till) = server.till("mode = \"ask\"");
        Shop { server, _gateway: gateway, printer, till }
    }

    fn announce(&self, version: &str) {
        let package = package(version);
        self.server.announce(version, &package, &Signer::ours().sign(&package, Some(version)));
    }

    /// Announces a version, of which a piece comes.
    fn begin(&self, browser: &Browser, version: &str) {
        self.announce(version);
        self.server.manner(Manner::GoesOn);
        self.server.line(Line::Breaks(CAME));
        check(browser, &format!("Version {version} could not be fetched whole"));
        assert_eq!(self.server.asked_from(), [0], "anew: it is another version");
        assert_eq!(std::fs::metadata(self.part()).unwrap().len(), CAME as u64);
        self.server.line(Line::Good);
    }

    /// Has it look, and waits until it asks for the package.
    fn check_until_asked(&self, browser: &Browser) {
        self.server.asked();
        browser.press("Check now");
        wait_for("it asks for the package", || {
            self.server.asked().iter().any(|path| path == "/package").then_some(())
        });
    }

    fn part(&self) -> PathBuf {
        self.till.home().join("update.part")
    }

    /// That version is here, whole, and nothing else of it.
    fn is_here(&self, version: &str) {
        let kept = std::fs::read(self.till.home().join("update.package")).unwrap();
        assert!(kept == package(version), "{} bytes of something else", kept.len());
        assert_eq!(self.pieces(), Vec::<String>::new());
    }

    /// The files of a package on its way.
    fn pieces(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.till.home()).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("update.part") || name.starts_with(".tmp")).collect()
    }
}

/// What only that version consists of.
fn package(version: &str) -> Vec<u8> {
    let mut package = b"\x7fELF".to_vec();
    for line in 0..10_000 {
        package.extend(format!("line {line} of version {version}\n").bytes());
    }
    package
}

/// Has it look, and waits for what it says.
fn check(browser: &Browser, words: &str) {
    browser.press("Check now");
    browser.says(WORDS, words);
}

#[test]
fn what_came_before_a_crash_is_not_fetched_again() {
    let shop = Shop::open();
    let mut desktop = Desktop::start();
    shop.announce("0.2.0");
    shop.server.line(Line::Hangs(CAME));
    let running = desktop.run(&shop.till);
    desktop.wait_for_line("it is ready", |line| line == "Ready · 1 printer");
    desktop.press(&["Check for updates"]);
    wait_for("a piece is on the disk", || {
        let came = std::fs::metadata(shop.part()).ok()?.len();
        (came == CAME as u64).then_some(())
    });
    running.kill();
    shop.server.line(Line::Good);
    let running = desktop.run(&shop.till);
    desktop.wait_for_line("it is ready again", |line| line == "Ready · 1 printer");
    desktop.press(&["Check for updates"]);
    desktop.wait_for_entry("Update 0.2.0 waits");
    assert_eq!(shop.server.asked_from(), [0, CAME]);
    shop.is_here("0.2.0");
    shop.till.ask_ok(&["test-print", "Bar"]);
    sheets(&shop.printer, 1);
    assert!(running.stop().success());
}

#[test]
fn a_download_goes_on_or_begins_anew_and_is_what_was_signed() {
    let shop = Shop::open();
    let server = &shop.server;
    let desktop = Desktop::start();
    let browser = Browser::open_again(&desktop, &shop.till);
    browser.press("Settings");
    browser.says(WORDS, "once a day");

    shop.begin(&browser, "0.2.0");
    server.line(Line::Breaks(CAME));
    shop.check_until_asked(&browser);
    wait_for("there is another piece", || {
        (std::fs::metadata(shop.part()).unwrap().len() == 2 * CAME as u64).then_some(())
    });
    server.line(Line::Good);
    server.manner(Manner::Fails);
    shop.check_until_asked(&browser);
    server.manner(Manner::GoesOn);
    check(&browser, "Version 0.2.0 is ready");
    assert_eq!(server.asked_from(), [CAME, 2 * CAME, 2 * CAME], "piece by piece");
    shop.is_here("0.2.0");

    for (manner, version, asked) in [
        (Manner::GivesAll, "0.3.0", vec![CAME]),
        (Manner::HasNothing, "0.4.0", vec![CAME, 0]),
        (Manner::GivesAnother, "0.5.0", vec![CAME, 0]),
    ] {
        shop.begin(&browser, version);
        server.manner(manner);
        check(&browser, &format!("Version {version} is ready"));
        assert_eq!(server.asked_from(), asked, "{manner:?}");
        shop.is_here(version);
    }

    // More than there is: that is no piece of it.
    shop.begin(&browser, "0.6.0");
    server.manner(Manner::GivesMore);
    shop.check_until_asked(&browser);
    wait_for("nothing is left of it", || shop.pieces().is_empty().then_some(()));
    server.manner(Manner::GoesOn);
    check(&browser, "Version 0.6.0 is ready");
    assert_eq!(server.asked_from(), [CAME, 0]);
    shop.is_here("0.6.0");
}

#[test]
fn a_piece_that_is_not_of_that_package_does_no_harm() {
    let shop = Shop::open();
    let server = &shop.server;
    let desktop = Desktop::start();
    let browser = Browser::open_again(&desktop, &shop.till);
    browser.press("Settings");

    // The file changed under its name: the server says so.
    let signature = Signer::ours().sign(&package("0.2.0"), Some("0.2.0"));
    server.announce("0.2.0", &package("0.1.9"), &signature);
    server.line(Line::Breaks(CAME));
    check(&browser, "could not be fetched whole");
    server.announce("0.2.0", &package("0.2.0"), &signature);
    server.line(Line::Good);
    check(&browser, "Version 0.2.0 is ready");
    assert_eq!(server.asked_from(), [0, CAME], "it gave all of the other one at once");
    shop.is_here("0.2.0");

    // The disk lost a byte: nobody says so but the signature.
    shop.begin(&browser, "0.3.0");
    let mut part = std::fs::read(shop.part()).unwrap();
    part[CAME / 2] ^= 1;
    std::fs::write(shop.part(), part).unwrap();
    check(&browser, "Version 0.3.0 is ready");
    assert_eq!(server.asked_from(), [CAME, 0]);
    assert!(remembered(shop.till.home())["refused"].is_null(), "the server is not to blame");
    shop.is_here("0.3.0");

    // A server that does not say which file it gives: what came is of no use.
    server.manner(Manner::NamesNothing);
    server.line(Line::Breaks(CAME));
    shop.announce("0.4.0");
    check(&browser, "Version 0.4.0 could not be fetched whole");
    assert_eq!(shop.pieces(), Vec::<String>::new());
    server.line(Line::Good);
    check(&browser, "Version 0.4.0 is ready");
    assert_eq!(server.asked_from(), [0, 0]);

    // Nothing is left of a version that is not offered any more.
    shop.begin(&browser, "0.5.0");
    server.announce("0.1.0", b"", "");
    check(&browser, "the newest version");
    assert_eq!(shop.pieces(), Vec::<String>::new());
    shop.till.ask_ok(&["test-print", "Bar"]);
    sheets(&shop.printer, 1);
}

#[test]
fn a_disk_that_gets_full_keeps_its_room_for_the_jobs() {
    let shop = Shop::open();
    let _disk = on_a_disk_of_its_own(shop.till.home(), 32);
    let package = [package("0.2.0"), vec![0x55; 64 << 20]].concat();
    let signature = Signer::ours().sign(&package, Some("0.2.0"));
    shop.server.announce("0.2.0", &package, &signature);
    let mut desktop = Desktop::start();
    let running = desktop.run(&shop.till);
    desktop.wait_for_line("it is ready", |line| line == "Ready · 1 printer");
    desktop.press(&["Check for updates"]);
    wait_for_log(&shop.till, "there is no room on the disk");
    assert_eq!(shop.pieces(), Vec::<String>::new());
    shop.till.ask_ok(&["test-print", "Bar"]);
    sheets(&shop.printer, 1);
    assert!(running.stop().success());
}

/// A home as it is, on a disk of so many MiB.
fn on_a_disk_of_its_own(home: &Path, size: u32) -> Mount {
    let aside = tempfile::tempdir().unwrap();
    let copy = |from: &Path, to: &Path| {
        let copied = Command::new("cp").arg("-a").arg(from.join(".")).arg(to).status();
        assert!(copied.unwrap().success());
    };
    copy(home, aside.path());
    let disk = Mount::disk(home, size);
    copy(aside.path(), home);
    disk
}
