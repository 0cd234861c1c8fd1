//! A till with Windows that is rolled out, and what there is of Platen on it.

use super::{ENTRY, RUN, SOON, Windows, in_windows, package};
use crate::shop::{Gateway, KEY, printer, wait_at_most};
use platen_simulators::PrinterHandle;
use platen_simulators::printer::Sheet;
use serde_json::{Value, json};
use std::path::PathBuf;

/// The version that is built.
pub const NOW: &str = env!("CARGO_PKG_VERSION");
/// The same programs with another number.
pub const NEXT: &str = "9.9.9";

/// The installer of a version.
pub fn setup(version: &str) -> PathBuf {
    package(&format!("Platen-{version}-setup.exe"))
}

/// A gateway, a printer, and a Windows whose machine-wide roll-out file names both.
pub struct Shop {
    /// The computer.
    pub windows: Windows,
    /// The gateway.
    pub gateway: Gateway,
    /// The printer, "Bar".
    pub printer: PrinterHandle,
}

impl Shop {
    /// One without Platen.
    pub fn open() -> Shop {
        let gateway = Gateway::npm(&json!({"licence": KEY}));
        let (printer, windows) = (printer(), Windows::new());
        let settings = format!(
            "license_key = \"{KEY}\"\n[gateway]\nurl = \"{}\"\n[discovery]\nusb = false\nspooler = false\nnetwork = false\n[[printers]]\nname = \"Bar\"\nuri = \"{}\"\n",
            gateway.url(),
            printer.uri()
        );
        windows.put_for_all("Platen/platen.toml", &settings);
        Shop { windows, gateway, printer }
    }

    /// With Platen on it, which runs.
    pub fn installed() -> Shop {
        let mut shop = Shop::open();
        shop.set_up(NOW);
        shop.online();
        shop
    }

    /// Installs a version without a question.
    pub fn set_up(&self, version: &str) {
        assert_eq!(self.windows.run(setup(version), &["/S"]), 0, "{}", self.windows.told());
    }

    /// Waits until the gateway hears that the printer is ready.
    pub fn online(&mut self) {
        let so = |update: &Value| update["printerIds"][0]["status"] == "online";
        self.gateway.hear("printer:status:update", so);
    }

    /// Sends one order.
    pub fn order(&mut self, id: usize) {
        let bytes = format!("\x1b@order {id:04}\n\x1dV\0").into_bytes();
        let order = json!({"id": format!("A-{id}"), "printerId": "Bar", "escposCommands": bytes});
        self.gateway.emit("print:job", order);
    }

    /// Waits for so many sheets; gives the order that each is of.
    pub fn orders_on_paper(&self, n: usize) -> Vec<String> {
        let there = || (self.printer.sheet_count() >= n as u64).then_some(());
        wait_at_most(3 * SOON, &format!("{n} sheets"), there);
        let text = |sheet: Sheet| {
            let text = self.printer.text_of(&sheet.bytes);
            text.lines().next().unwrap_or_default().to_owned()
        };
        self.printer.sheets().into_iter().map(text).collect()
    }

    /// One more job, which is printed.
    pub fn prints(&self) {
        let (before, file) = (self.printer.sheet_count(), self.windows.home().join("job.bin"));
        std::fs::write(&file, b"\x1b@one more\n\x1dV\0").unwrap();
        self.windows.platenctl(&["print", "Bar", &in_windows(&file), "--as", "raw"]);
        let more = || (self.printer.sheet_count() > before).then_some(());
        wait_at_most(SOON, "it prints", more);
    }

    /// The version that runs.
    pub fn version(&self) -> String {
        self.windows.platenctl_json(&["status", "--json"])["version"].as_str().unwrap().to_owned()
    }
}

/// What is there after an installation, whoever made it.
pub fn is_installed(windows: &Windows) {
    let programs = ["platen.exe", "platenctl.exe", "uninstall.exe", "WebView2Loader.dll"];
    let papers = ["LICENSE-MIT.txt", "LICENSE-APACHE.txt", "NOTICE.txt", "THIRD-PARTY.txt"];
    for name in programs.into_iter().chain(papers) {
        assert!(windows.installed().join(name).is_file(), "{name} is missing");
    }
    assert!(!windows.installed().join("next").exists());
    let run = windows.registry(RUN, "Platen").expect("it starts at login");
    let line = r#"\Programs\Platen\platen.exe" --supervise --minimized"#;
    assert!(run.starts_with('"') && run.ends_with(line), "{run}");
    assert!(link(windows).is_file(), "it is in the Start menu");
}

/// What is there after it was removed.
pub fn is_gone(windows: &Windows) {
    wait_at_most(SOON, "the folder goes", || (!windows.installed().exists()).then_some(()));
    wait_at_most(SOON, "the Start menu forgets it", || (!link(windows).exists()).then_some(()));
    assert_eq!(windows.registry(RUN, "Platen"), None);
    assert_eq!(windows.registry(ENTRY, "DisplayName"), None);
}

fn link(windows: &Windows) -> PathBuf {
    let roaming = windows.local().with_file_name("Roaming");
    roaming.join("Microsoft/Windows/Start Menu/Programs/Platen.lnk")
}
