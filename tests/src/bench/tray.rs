//! What the program in the tray weighs, and how soon it and its window are there.

use crate::figure::{Figures, median, ms};
use crate::shop::{gateway, printer};
use platen_simulators::gateway::LicenceFixture;
use platen_tests::desktop::Desktop;
use platen_tests::process::{children, processor_time, proportional, resident};
use platen_tests::{RunningTill, SOON, Till, eventually, program, workspace};
use std::path::Path;
use std::time::{Duration, Instant};

const STARTS: usize = 5;
/// What the start needed is given back within it.
const REST: Duration = Duration::from_secs(30);
const WATCH: Duration = Duration::from_secs(20);
const MIB: f64 = 1024.0 * 1024.0;

/// On a desktop of its own, with a printer and a gateway.
pub async fn measure(figures: &mut Figures) {
    let fonts = size_of(&workspace().join("crates/escpos/fonts"), |name| !name.ends_with("txt"));
    let whole = program("platen").metadata().unwrap().len() as f64 / MIB;
    figures.against_limit("tray-program-without-fonts", whole - fonts, "MiB", 20.0);

    let (gateway, printer) = (gateway(), printer());
    let till = Till::set_up(
        &gateway.url(),
        &LicenceFixture::demo().key,
        &[("Printer 0", printer.uri().as_str())],
    );
    let mut desktop = Desktop::start();
    let mut spans = Vec::new();
    for _ in 0..STARTS {
        let began = Instant::now();
        let running = desktop.run(&till);
        spans.push(ms(began.elapsed()));
        gateway.wait_for_desktops(1, SOON).await.unwrap();
        running.stop();
        desktop.wait_until_gone();
        gateway.wait_for_nobody(SOON).await.unwrap();
    }
    figures.against_limit("start-to-tray", median(&spans), "ms", 1000.0);

    let running = desktop.run(&till);
    gateway.wait_for_desktops(1, SOON).await.unwrap();
    rest(&running, figures).await;
    window(&mut desktop, &running, figures).await;
}

/// With the window never opened.
async fn rest(running: &RunningTill, figures: &mut Figures) {
    tokio::time::sleep(REST).await;
    figures.against_limit("tray-memory", resident(running.pid()), "MiB", 70.0);
    figures.against_limit("tray-memory-own-share", proportional(running.pid()), "MiB", 60.0);
    let before = processor_time(running.pid());
    tokio::time::sleep(WATCH).await;
    let share = (processor_time(running.pid()) - before).as_secs_f64() / WATCH.as_secs_f64();
    figures.against_limit("tray-processor", share * 100.0, "%", 0.3);
}

/// Opened and closed again.
async fn window(desktop: &mut Desktop, running: &RunningTill, figures: &mut Figures) {
    let mut spans = Vec::new();
    for _ in 0..STARTS {
        let began = Instant::now();
        desktop.press(&["Open Platen"]);
        desktop.wait_for_windows(1);
        spans.push(ms(began.elapsed()));
        desktop.close("Platen");
        desktop.wait_for_windows(0);
        // The process that draws it goes with it.
        eventually("the window's process ends", async || {
            let draws = |pid: u32| {
                let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
                name.starts_with("WebKitWeb")
            };
            (!children(running.pid()).into_iter().any(draws)).then_some(())
        })
        .await;
    }
    figures.against_limit("window-open", median(&spans), "ms", 1000.0);
    tokio::time::sleep(REST).await;
    figures.note("tray-memory-after-window", resident(running.pid()), "MiB");
}

/// Of the files in a folder whose names are wanted, in MiB.
fn size_of(folder: &Path, wanted: impl Fn(&str) -> bool) -> f64 {
    let files = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let files = files.filter(|file| wanted(&file.file_name().to_string_lossy()));
    files.map(|file| file.metadata().unwrap().len() as f64).sum::<f64>() / MIB
}
