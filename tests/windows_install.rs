//! The installers for Windows, under Wine: what they bring, and what they leave.
//! `make test-windows` builds them, and says where they are.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

#[path = "../crates/devices/tests/common/cupsd.rs"]
#[allow(dead_code, reason = "the devices' own tests use all of it")]
mod cupsd;

use cupsd::Cupsd;
use platen_tests::shop::{Gateway, KEY, printer, wait_at_most};
use platen_tests::wine::shop::{NEXT, NOW, Shop, is_gone, is_installed, setup};
use platen_tests::wine::{ENTRY, SOON, Windows, finished, in_windows, package, socket_printer};
use platen_tests::workspace;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::mpsc;
use std::time::Instant;

/// Every file of drive C, but those that Windows keeps for itself.
fn files(windows: &Windows) -> BTreeSet<PathBuf> {
    let (mut found, mut folders) = (BTreeSet::new(), vec![windows.drive()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            if !kind.is_dir() {
                found.insert(path);
            } else if path != windows.drive().join("windows") {
                folders.push(path);
            }
        }
    }
    found
}

/// A network printer behind a queue of CUPS: the bytes of each connection.
fn queue() -> (Cupsd, mpsc::Receiver<Vec<u8>>) {
    let (uri, papers) = socket_printer();
    let cups = Cupsd::start();
    cups.queue("POS80", &uri);
    (cups, papers)
}

#[test]
#[ignore = "needs a Windows build and Wine: make test-windows"]
fn installed_without_a_question_it_prints_and_leaves_what_it_promised() {
    let (cups, papers) = queue();
    let windows = Windows::new().with("CUPS_SERVER", cups.socket().to_str().unwrap());
    // What comes with the first programs of any kind is none of ours.
    windows.output("reg", &["query", ENTRY]);
    let before = files(&windows);

    let began = Instant::now();
    assert_eq!(windows.run(setup(NOW), &["/S"]), 0, "{}", windows.told());
    windows.wait_until_it_runs();
    // `make try-packages-windows` shows it, of the programs of a release; those for tests are twenty times as large.
    println!("from the installer's start to the engine: {:.1} s", began.elapsed().as_secs_f64());
    is_installed(&windows);
    assert_eq!(windows.registry(ENTRY, "DisplayVersion").as_deref(), Some(NOW));
    let quietly = windows.registry(ENTRY, "QuietUninstallString").unwrap();
    assert!(quietly.ends_with(r#"\uninstall.exe" /S"#), "{quietly}");

    // The engine that the installer has started.
    windows.platenctl(&["printers", "add", "Bar", "spooler://POS80"]);
    let job: Vec<u8> = (0..100_000_u32).map(|at| (at.wrapping_mul(7) + at / 256) as u8).collect();
    let file = windows.home().join("job.bin");
    std::fs::write(&file, &job).unwrap();
    windows.platenctl(&["print", "Bar", &in_windows(&file), "--as", "raw"]);
    assert!(papers.recv_timeout(SOON).unwrap() == job, "not the bytes that were sent");

    let uninstaller = windows.installed().join("uninstall.exe");
    assert_eq!(windows.run(&uninstaller, &["/S"]), 0);
    is_gone(&windows);
    assert!(windows.home().join("settings.toml").is_file(), "settings stay");
    assert!(!windows.home().join("control.json").exists(), "it has ended");
    let after = files(&windows);
    // An uninstaller works from a copy of itself, which Windows removes at its next start.
    let promised = |path: &Path| {
        path.starts_with(windows.home()) || path.to_string_lossy().contains("/Temp/~nsu")
    };
    let left: Vec<_> = after.difference(&before).filter(|path| !promised(path)).collect();
    assert!(left.is_empty(), "{left:#?}");

    assert_eq!(windows.run(setup(NOW), &["/S"]), 0, "{}", windows.told());
    windows.wait_until_it_runs();
    windows.platenctl(&["print", "Bar", &in_windows(&file), "--as", "raw"]);
    assert!(papers.recv_timeout(SOON).unwrap() == job, "it prints without being set up again");
    assert_eq!(windows.run(&uninstaller, &["/S", "/FORGET"]), 0);
    is_gone(&windows);
    let gone = || (!windows.home().exists()).then_some(());
    wait_at_most(SOON, "receipts and settings go", gone);
}

#[test]
#[ignore = "needs a Windows build and Wine: make test-windows"]
fn a_person_presses_one_button() {
    let windows = Windows::new();
    // Else it has a question more.
    let webview =
        r"HKCU\Software\Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}";
    assert_eq!(windows.run("reg", &["add", webview, "/v", "pv", "/d", "1.2.3.4"]), 0);
    let mut child = windows.start(setup(NOW), &[]);
    let window = ["search", "--sync", "--onlyvisible", "--name", "Platen Setup"];
    let press = ["windowfocus", "--sync", "key", "Return"];
    let pressed = Command::new("xdotool").args(window).args(press).status().unwrap();
    assert!(pressed.success(), "tests/setup.sh test-windows installs it");
    assert_eq!(finished(&mut child, SOON), Some(0), "{}", windows.told());
    windows.wait_until_it_runs();
    is_installed(&windows);
}

#[test]
#[ignore = "needs a Windows build and Wine: make test-windows"]
fn a_branchs_own_installer_prints_its_first_job_without_a_click() {
    let mut gateway = Gateway::npm(&json!({"licence": KEY}));
    let (bar, windows, folder) = (printer(), Windows::new(), tempfile::tempdir().unwrap());
    std::fs::write(folder.path().join("key"), KEY).unwrap();
    let table = folder.path().join("branches.csv");
    let row = format!("Test Branch,{},key,fr,Counter={}", gateway.url(), bar.uri());
    std::fs::write(&table, format!("branch,server,licence,language,printers\n{row}\n")).unwrap();
    let mut make = Command::new(workspace().join("installers/branches.py"));
    make.arg(&table).arg(package("windows")).arg(folder.path());
    assert!(make.status().unwrap().success());

    let setup = folder.path().join("platen-test-branch-setup.exe");
    assert_eq!(windows.run(setup, &["/S"]), 0, "{}", windows.told());
    let so = |update: &serde_json::Value| update["printerIds"][0]["status"] == "online";
    gateway.hear("printer:status:update", so);
    let bytes = b"\x1b@ticket of the branch\n\x1dV\0";
    let order = json!({"id": "1", "printerId": "Counter", "escposCommands": bytes});
    gateway.emit("print:job", order);
    wait_at_most(SOON, "its first ticket", || (bar.sheet_count() == 1).then_some(()));
    assert!(bar.text_of(&bar.sheets()[0].bytes).contains("ticket of the branch"));
    assert!(!windows.log().contains(KEY), "the key is in the log");
    assert_eq!(windows.run(windows.installed().join("uninstall.exe"), &["/S"]), 0);
    is_gone(&windows);
}

#[test]
#[ignore = "needs a Windows build and Wine: make test-windows"]
fn the_end_of_the_session_ends_it_in_order() {
    let shop = Shop::installed();
    // Windows asks every window, then tells it; what it has not ended by itself it ends.
    shop.windows.run("wineboot", &["--end-session"]);
    let ended = || shop.windows.log().contains("Platen has stopped").then_some(());
    wait_at_most(SOON, "the engine ends in order", ended);
    let program = shop.windows.installed().join("platen.exe");
    let mut again = shop.windows.start(program, &["--minimized"]);
    shop.windows.wait_until_it_runs();
    shop.prints();
    shop.windows.platenctl(&["stop"]);
    finished(&mut again, SOON);
}

#[test]
#[ignore = "needs a Windows build and Wine: make test-windows"]
fn the_msi_brings_the_same() {
    let mut shop = Shop::open();
    let msi = |version: &str| in_windows(&package(&format!("Platen-{version}.msi")));
    let msiexec = |shop: &Shop, word: &str, version: &str| {
        let status = shop.windows.run("msiexec", &[word, &msi(version), "/qn"]);
        assert_eq!(status, 0, "{}", shop.windows.told());
    };
    msiexec(&shop, "/i", NOW);
    shop.online();
    is_installed(&shop.windows);
    let entry = shop.windows.registry(ENTRY, "DisplayName");
    assert_eq!(entry, None, "the .msi has an entry of its own");
    shop.prints();
    msiexec(&shop, "/i", NEXT);
    shop.windows.wait_until_it_runs();
    assert_eq!(shop.version(), NEXT);
    shop.prints();
    is_installed(&shop.windows);
    msiexec(&shop, "/x", NEXT);
    is_gone(&shop.windows);
    assert!(shop.windows.home().join("settings.toml").is_file(), "settings stay");
}
