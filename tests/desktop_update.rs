//! Updates: looked for, checked, refused in words, installed when nothing is printed. Whatever comes from the server, the running
//! version stays and prints.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::PrinterHandle;
use platen_tests::desktop::Desktop;
use platen_tests::shop::{Gateway, sheets, wait_at_most};
use platen_tests::updates::{Line, Signer, UpdateServer, as_version, install, remembered};
use platen_tests::webdriver::Browser;
use platen_tests::{RunningTill, SOON, Till};
use std::path::Path;

const LIST: &str = "/platen/stable/latest.json";
const WORDS: &str = ".updates [role=status]";

struct Shop {
    server: UpdateServer,
    _gateway: Gateway,
    printer: PrinterHandle,
    till: Till,
}

/// A till that is set up, with more lines for its section `[updates]`.
fn shop(more: &str) -> Shop {
    let server = UpdateServer::start();
    let (gateway, printer, till) = server.till(more);
    Shop { server, _gateway: gateway, printer, till }
}

/// Has it look, and waits for what it says.
fn check(browser: &Browser, words: &str) {
    browser.press("Check now");
    browser.says(WORDS, words);
}

#[test]
fn a_refused_update_is_told_in_the_tray_and_the_window_and_the_till_prints() {
    let shop = shop("mode = \"ask\"");
    let package = b"\x7fELF not ours";
    shop.server.announce("0.2.0", package, &Signer::other().sign(package, Some("0.2.0")));
    let mut desktop = Desktop::start();
    let browser = Browser::open_again(&desktop, &shop.till);
    desktop.wait_for_line("it is ready", |line| line == "Ready · 1 printer");
    desktop.press(&["Check for updates"]);
    browser.says(WORDS, "Version 0.2.0 was refused");
    browser.says(WORDS, "prints on");
    desktop.wait_for_entry("Update 0.2.0 was refused");
    desktop.picture("update-refused");
    assert_eq!(browser.obstacles(), Vec::<String>::new());
    assert_eq!(shop.server.asked(), [LIST, "/package"], "once, and not again");
    assert_eq!(remembered(shop.till.home())["refused"]["version"], "0.2.0");
    assert!(shop.till.log().contains("an update was refused"), "the log says so too");
    desktop.press(&["Test print", "Bar"]);
    sheets(&shop.printer, 1);
}

#[test]
fn whatever_the_server_gives_is_said_in_words_with_what_to_do() {
    let shop = shop("mode = \"ask\"");
    let (server, ours) = (&shop.server, Signer::ours());
    let (package, other) = (b"\x7fELF version 0.2.0".as_slice(), b"\x7fELF 0.0.9".as_slice());
    let desktop = Desktop::start();
    let browser = Browser::open_again(&desktop, &shop.till);
    browser.press("Settings");

    browser.says(WORDS, "once a day");
    check(&browser, "no list of versions");
    server.gives(b"<!doctype html><title>Please log in</title>");
    check(&browser, "not an update server");
    server.announce("0.1.0", package, "");
    check(&browser, "the newest version");
    server.announce("0.2.0", package, "");
    check(&browser, "not signed");
    // A good signature, of another version: that one is signed as what it is.
    server.announce("0.2.0", other, &ours.sign(other, Some("0.0.9")));
    check(&browser, "its package is another version");
    // A good signature that was used before, beside another package.
    server.announce("0.2.0", package, &ours.sign(other, Some("0.2.0")));
    check(&browser, "was damaged on the way");
    // One of the old kind.
    server.announce("0.2.0", package, &ours.sign(package, None));
    check(&browser, "not signed as");

    server.announce("0.2.0", package, &ours.sign(package, Some("0.2.0")));
    server.line(Line::Breaks(5));
    check(&browser, "could not be fetched whole");
    server.line(Line::Good);
    // A page in the package's place, as a proxy gives it.
    let signature = ours.sign(package, Some("0.2.0"));
    server.announce("0.2.0", b"<!doctype html><title>Bad gateway</title>", &signature);
    browser.press("Check now");
    wait_at_most(SOON, "that is said in the log", || {
        shop.till.log().contains("what came is no package").then_some(())
    });
    browser.says(WORDS, "could not be fetched whole");
    assert!(!shop.till.home().join("update.part").exists());
    server.announce("0.2.0", package, &signature);
    check(&browser, "is ready");
    desktop.picture("update-ready");
    let kept = std::fs::read(shop.till.home().join("update.package")).unwrap();
    assert_eq!(kept, package);
    browser.says("main", "Install now");
    browser.choose("select[name=language]", "ar");
    browser.says(WORDS, "0.2.0");
    browser.says(".updates button", "التثبيت الآن");
    desktop.picture("update-ready-ar");
    shop.till.ask_ok(&["test-print", "Bar"]);
    sheets(&shop.printer, 1);
}

fn start(desktop: &Desktop, till: &Till, place: &Path) -> RunningTill {
    let mut command = desktop.program(place);
    command.env("PLATEN_HOME", till.home()).args(["--supervise", "--minimized"]);
    RunningTill::adopt(command.spawn().unwrap())
}

#[test]
fn an_update_waits_for_the_last_job_and_then_runs_in_place_of_the_old_one() {
    const NOW: &str = env!("CARGO_PKG_VERSION");
    const NEXT: &str = "9.9.9";
    let shop = shop("");
    let folder = tempfile::tempdir().unwrap();
    let place = install(folder.path());
    let (old, next) = (std::fs::read(&place).unwrap(), as_version(&place, NOW, NEXT));
    shop.server.announce(NEXT, &next, &Signer::ours().sign(&next, Some(NEXT)));
    let mut desktop = Desktop::start();
    let running = start(&desktop, &shop.till, &place);
    desktop.wait_for_line("it is ready", |line| line == "Ready · 1 printer");
    shop.till.ask_ok(&["pause", "Bar"]);
    let ticket = folder.path().join("ticket.txt");
    std::fs::write(&ticket, "2 x Sencha\n").unwrap();
    shop.till.ask_ok(&["print", "Bar", &ticket.display().to_string(), "--wait", "0"]);
    desktop.wait_for_entry("1 job waiting");

    desktop.press(&["Check for updates"]);
    // A program for development is a hundred megabytes, which a busy disk takes its time for.
    desktop.wait_at_most_for_entry(6 * SOON, "Update 9.9.9 waits");
    assert_eq!(std::fs::read(&place).unwrap(), old);
    desktop.forget();
    shop.till.ask_ok(&["resume", "Bar"]);
    sheets(&shop.printer, 1);
    wait_at_most(6 * SOON, "the new one runs", || {
        shop.till.log().contains("version=\"9.9.9\"").then_some(())
    });
    desktop.wait_for_line("the new one is ready", |line| line == "Ready · 1 printer");
    assert_eq!(std::fs::read(&place).unwrap(), next);
    assert_eq!(std::fs::read(place.with_file_name("platen.previous")).unwrap(), old);
    assert_eq!(remembered(shop.till.home())["trial"]["version"], NEXT);
    desktop.press(&["Test print", "Bar"]);
    assert_eq!(sheets(&shop.printer, 2).len(), 2, "the settings and the queue came along");
    assert!(running.stop().success());
}
