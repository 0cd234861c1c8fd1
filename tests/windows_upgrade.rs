//! A newer version over one that runs, under Wine: no job is lost or doubled, and whatever goes wrong, a version prints.
//! `make test-installers` builds the installers, and says where they are.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::printer::{Fault, FaultKind};
use platen_tests::crash::Chance;
use platen_tests::mount::{Mount, fill};
use platen_tests::shop::wait_at_most;
use platen_tests::wine::shop::{NEXT, NOW, Shop, is_installed, setup};
use platen_tests::wine::{ENTRY, SOON, Windows, finished, package};
use platen_tests::workspace;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

/// Exit statuses of the installer, as `platen.nsi` has them.
const ANOTHER_SETUP: i32 = 3;
const NOT_WRITABLE: i32 = 4;
const NO_ROOM: i32 = 5;
const CANNOT_RUN: i32 = 7;
const OLDER: i32 = 9;
/// As the updater of a version that has ended itself calls the next one's installer.
const UPDATING: [&str; 5] = ["/S", "/R", "/UPDATE", "/ARGS", "--minimized"];

#[test]
#[ignore = "needs a Windows build and Wine: make test-installers"]
fn an_upgrade_while_it_prints_loses_no_job_and_doubles_none() {
    let mut shop = Shop::installed();
    let old = std::fs::read(shop.windows.installed().join("platen.exe")).unwrap();
    shop.printer.set_fault(Fault::Slow(40.try_into().unwrap()));
    for id in 0..50 {
        shop.order(id);
    }
    let some = || (shop.printer.sheet_count() >= 3).then_some(());
    wait_at_most(SOON, "the first are on paper", some);
    shop.set_up(NEXT);
    assert!(shop.printer.sheet_count() < 45, "most still wait");
    shop.printer.clear_fault(FaultKind::Slow);
    shop.windows.wait_until_it_runs();
    let expected: Vec<String> = (0..50).map(|id| format!("order {id:04}")).collect();
    assert_eq!(shop.orders_on_paper(50), expected, "each once, in their order");
    assert_eq!(shop.version(), NEXT);
    assert_eq!(shop.windows.registry(ENTRY, "DisplayVersion").as_deref(), Some(NEXT));
    let kept = std::fs::read(shop.windows.installed().join("platen.exe.previous")).unwrap();
    assert!(kept == old, "the version before is kept");
    is_installed(&shop.windows);

    // As the updater of the one that runs does it, after it has ended itself.
    shop.windows.platenctl(&["stop"]);
    let words = ["/P", "/R", "/UPDATE", "/DOWNGRADE", "/ARGS", "--minimized", "--crashes", "0"];
    assert_eq!(shop.windows.run(setup(NOW), &words), 0, "{}", shop.windows.told());
    shop.windows.wait_until_it_runs();
    assert_eq!(shop.version(), NOW);
    shop.prints();
    assert_eq!(shop.orders_on_paper(51).len(), 51);
}

#[test]
#[ignore = "needs a Windows build and Wine: make test-installers"]
fn a_version_that_crashes_three_times_is_taken_back() {
    let shop = Shop::installed();
    shop.windows.platenctl(&["stop"]);
    let program = shop.windows.installed().join("platen.exe");
    let old = std::fs::read(&program).unwrap();
    // As the updater leaves it: the new version is on trial.
    let place = format!("{}.previous", shop.windows.on_drive_c(&program));
    let trial = json!({"trial": {"version": NEXT, "previous": place}});
    std::fs::write(shop.windows.home().join("updates.json"), trial.to_string()).unwrap();
    assert_eq!(shop.windows.run(setup(NEXT), &UPDATING), 0, "{}", shop.windows.told());
    let mut last = 0;
    for _ in 0..3 {
        last = shop.windows.wait_until_another_runs(last);
        shop.windows.crash(last);
    }
    let back = || (std::fs::read(&program).ok()? == old).then_some(());
    wait_at_most(SOON, "the one before is in place", back);
    shop.windows.wait_until_another_runs(last);
    assert_eq!(shop.version(), NOW);
    let updates = std::fs::read_to_string(shop.windows.home().join("updates.json")).unwrap();
    assert!(updates.contains(NEXT), "it is not installed again: {updates}");
    shop.prints();
    // And the next installer clears away what is left of it.
    shop.set_up(NOW);
    assert!(!shop.windows.installed().join("platen.exe.failed").exists());
}

#[test]
#[ignore = "needs a Windows build and Wine: make test-installers"]
fn whatever_goes_wrong_the_version_before_prints_and_the_words_say_what_to_do() {
    let mut shop = Shop::open();
    let place = shop.windows.installed();
    std::fs::create_dir_all(&place).unwrap();
    // Room for it once, and a little more than half of it again.
    let size = size_of(&package("windows")) >> 20;
    let disk = Mount::disk(&place, u32::try_from(size * 8 / 5).unwrap());
    shop.set_up(NOW);
    shop.online();
    assert_eq!(shop.windows.run(setup(NEXT), &["/S"]), NO_ROOM);
    stays(&shop, "The disk has no room for Platen. Delete what nobody needs");
    fill(&place);
    assert_eq!(shop.windows.run(setup(NEXT), &["/S"]), NO_ROOM);
    stays(&shop, "The disk has no room for Platen.");
    std::fs::remove_file(place.join("filler")).unwrap();
    let locked = Mount::read_only(&place);
    assert_eq!(shop.windows.run(setup(NEXT), &["/S"]), NOT_WRITABLE);
    stays(&shop, "cannot be written. Ask whoever looks after this computer");
    drop(locked);
    shop.windows.platenctl(&["stop"]);
    drop(disk);

    // On a disk with room, a version that is no program here.
    shop.set_up(NOW);
    shop.windows.wait_until_it_runs();
    let broken = broken(&shop.windows);
    assert_eq!(shop.windows.run(&broken, &["/S"]), CANNOT_RUN);
    stays(&shop, "This version of Platen cannot run on this computer.");
    // From the updater, which has ended the program before.
    shop.windows.platenctl(&["stop"]);
    assert_eq!(shop.windows.run(&broken, &UPDATING), CANNOT_RUN);
    shop.windows.wait_until_it_runs();
    stays(&shop, "This version of Platen cannot run on this computer.");
}

/// The version before runs, prints, and is whole; the installer said why.
fn stays(shop: &Shop, words: &str) {
    let told = shop.windows.told();
    assert!(told.lines().last().unwrap_or_default().contains(words), "{told}");
    shop.prints();
    assert_eq!(shop.version(), NOW);
    let next = shop.windows.installed().join("next");
    assert!(!next.exists(), "nothing is left of the other one");
}

fn size_of(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder).unwrap();
    files.map(|file| file.unwrap().metadata().unwrap().len()).sum()
}

/// An installer of programs that end in the middle.
fn broken(windows: &Windows) -> PathBuf {
    let (stage, out) = (windows.drive().join("broken"), windows.drive().join("broken.exe"));
    std::fs::create_dir(&stage).unwrap();
    for file in std::fs::read_dir(package("windows")).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), stage.join(file.file_name())).unwrap();
    }
    let program = std::fs::read(stage.join("platen.exe")).unwrap();
    std::fs::write(stage.join("platen.exe"), &program[..program.len() / 2]).unwrap();
    let mut pack = Command::new(workspace().join("installers/windows/pack.sh"));
    pack.arg(&stage).arg(&out).env("PLATEN_VERSION", NEXT);
    assert!(pack.status().unwrap().success());
    out
}

#[test]
#[ignore = "needs a Windows build and Wine: make test-installers"]
fn of_two_installers_at_once_one_installs_and_one_says_to_wait() {
    let windows = Windows::new();
    let mut both = [windows.start(setup(NOW), &["/S"]), windows.start(setup(NOW), &["/S"])];
    let mut ended = both.each_mut().map(|child| finished(child, 2 * SOON).expect("it ends"));
    ended.sort_unstable();
    assert_eq!(ended, [0, ANOTHER_SETUP], "{}", windows.told());
    assert!(windows.told().contains("Wait until that is done"), "{}", windows.told());
    windows.wait_until_it_runs();
    is_installed(&windows);
}

#[test]
#[ignore = "needs a Windows build and Wine: make test-installers"]
fn an_installer_that_waits_for_a_person_is_in_no_updates_way() {
    let shop = Shop::installed();
    let mut waits = shop.windows.start(setup(NOW), &[]);
    wait_at_most(SOON, "its page is shown", || shows("Platen Setup").then_some(()));
    shop.windows.platenctl(&["stop"]);
    assert_eq!(shop.windows.run(setup(NEXT), &UPDATING), 0, "{}", shop.windows.told());
    shop.windows.wait_until_it_runs();
    assert_eq!(shop.version(), NEXT);
    let _ = waits.kill();
    let _ = waits.wait();
}

/// Whether a window of that name is on the screen.
fn shows(name: &str) -> bool {
    let mut search = Command::new("xdotool");
    search.args(["search", "--onlyvisible", "--name", name]).output().unwrap().status.success()
}

#[test]
#[ignore = "needs a Windows build and Wine: make test-installers"]
fn an_older_version_does_not_take_the_place_of_a_newer_one_unasked() {
    let shop = Shop::open();
    shop.set_up(NEXT);
    let running = shop.windows.wait_until_it_runs();
    assert_eq!(shop.windows.run(setup(NOW), &["/S"]), OLDER);
    assert!(shop.windows.told().contains("A newer Platen is on this computer already."));
    assert_eq!(shop.version(), NEXT);
    assert_eq!(shop.windows.wait_until_it_runs(), running, "it was left alone");
    assert_eq!(shop.windows.run(setup(NOW), &["/S", "/DOWNGRADE"]), 0);
    shop.windows.wait_until_it_runs();
    assert_eq!(shop.version(), NOW);
}

#[test]
#[ignore = "needs a Windows build and Wine: make test-installers"]
fn a_folder_of_ones_own_is_that_of_the_next_version_too() {
    let shop = Shop::open();
    let folder = shop.windows.drive().join("Till");
    // Last and without quotes, as NSIS wants it.
    assert_eq!(shop.windows.run(setup(NOW), &["/S", r"/D=C:\Till"]), 0, "{}", shop.windows.told());
    shop.windows.wait_until_it_runs();
    assert_eq!(shop.windows.run(setup(NEXT), &UPDATING), 0, "{}", shop.windows.told());
    let new = || folder.join("platen.exe.previous").is_file().then_some(());
    wait_at_most(SOON, "the next version is there", new);
    assert!(!shop.windows.installed().exists(), "there is a second Platen");
    assert_eq!(shop.windows.run(folder.join("uninstall.exe"), &["/S"]), 0);
    wait_at_most(SOON, "it goes from there", || (!folder.exists()).then_some(()));
}

/// Power cuts, and orders that come before each.
const ROUNDS: usize = 8;
const ORDERS: usize = 5;

/// Waits until an order that the till has taken is on paper once, or a person is asked whether it is.
fn settled(shop: &Shop, order: usize) {
    let id = format!("A-{order}");
    let job = || {
        let jobs = shop.windows.platenctl_json(&["jobs", "--limit", "200", "--json"]);
        jobs.as_array()?.iter().find(|job| job["external_id"] == id.as_str()).cloned()
    };
    // One that came when nobody was there to answer is the gateway's still.
    let Some(_) = job() else { return assert_eq!(unmarked(shop, order), 0, "{id}") };
    let state = wait_at_most(SOON, &id, || {
        let job = job()?;
        let state = job["state"].as_str()?.to_owned();
        ["completed", "unconfirmed", "failed"].contains(&state.as_str()).then_some(state)
    });
    match state.as_str() {
        "completed" => assert_eq!(unmarked(shop, order).max(1), 1, "{id} is on paper twice"),
        "unconfirmed" => assert!(unmarked(shop, order) <= 1, "{id} is on paper twice"),
        _ => panic!("{id} is {state}"),
    }
}

/// Orders whose paper does not say that it may be another's copy.
fn unmarked(shop: &Shop, order: usize) -> usize {
    let name = format!("order {order:04}");
    shop.orders_on_paper(0).iter().filter(|line| **line == name).count()
}

#[test]
#[ignore = "needs a Windows build and Wine: make test-installers"]
fn a_power_cut_anywhere_in_an_upgrade_leaves_a_version_that_prints() {
    let seed = Chance::seed("PLATEN_SEED");
    println!("PLATEN_SEED={seed}");
    let (mut chance, mut shop) = (Chance::new(seed), Shop::installed());
    let began = Instant::now();
    shop.set_up(NEXT);
    shop.online();
    let whole = u32::try_from(began.elapsed().as_millis()).unwrap();
    for round in 0..ROUNDS {
        let version = if round % 2 == 0 { NOW } else { NEXT };
        for order in 0..ORDERS {
            shop.order(round * ORDERS + order);
        }
        let mut child = shop.windows.start(setup(version), &["/S", "/DOWNGRADE"]);
        std::thread::sleep(chance.millis(0..whole));
        shop.windows.cut_the_power();
        let _ = child.wait();
        // What it said before is of an engine that is no more.
        let _ = std::fs::remove_file(shop.windows.home().join("control.json"));
        // As at the next login.
        let program = shop.windows.installed().join("platen.exe");
        let mut started = shop.windows.start(program, &["--supervise", "--minimized"]);
        shop.windows.wait_until_it_runs();
        shop.online();
        shop.prints();
        let is = shop.version();
        assert!(is == NOW || is == NEXT, "{is}");
        shop.windows.platenctl(&["stop"]);
        finished(&mut started, SOON);
        shop.set_up(NEXT);
        shop.online();
    }
    assert_eq!(shop.version(), NEXT);
    for order in 0..ROUNDS * ORDERS {
        settled(&shop, order);
    }
    is_installed(&shop.windows);
}
