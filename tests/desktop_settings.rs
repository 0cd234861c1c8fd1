//! The settings of the window: what is chosen there happens, and what cannot be is said.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::PrinterHandle;
use platen_tests::Till;
use platen_tests::desktop::Desktop;
use platen_tests::proxy::Proxy;
use platen_tests::shop::{Gateway, KEY, printer, sheets, wait_for};
use platen_tests::webdriver::Browser;
use serde_json::json;

/// A shop that is set up, with its settings open.
struct Office {
    browser: Browser,
    desktop: Desktop,
    till: Till,
    gateway: Gateway,
    bar: PrinterHandle,
}

impl Office {
    fn open() -> Office {
        let (gateway, bar) = (Gateway::npm(&json!({})), printer());
        let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &bar.uri())]);
        let desktop = Desktop::start();
        let browser = Browser::open_again(&desktop, &till);
        let mut office = Office { browser, desktop, till, gateway, bar };
        office.wait_for_connections(1);
        office.browser.press("Settings");
        office
    }

    fn settings(&self) -> String {
        std::fs::read_to_string(self.till.home().join("settings.toml")).unwrap()
    }

    /// Waits until the till has connected so often.
    fn wait_for_connections(&mut self, n: usize) {
        self.gateway
            .wait_for_count(n, |line| line["is"] == "event" && line["name"] == "desktop:status");
    }

    fn save(&self, form: &str) {
        let script = "document.querySelector(arguments[0] + ' button[type=submit]').click()";
        self.browser.run(script, &[json!(form)]);
    }
}

#[test]
fn how_the_server_is_reached_is_changed_in_the_window() {
    let mut office = Office::open();
    let browser = &office.browser;
    browser.wait_for("#connection", |_| true);

    // What cannot be used is refused in words, and nothing is changed.
    let before = office.settings();
    let no_certificate = office.till.home().join("notes.txt");
    std::fs::write(&no_certificate, "call the provider").unwrap();
    browser.write("input[name=ca-file]", no_certificate.to_str().unwrap());
    office.save("#connection");
    browser.says("#connection [role=alert]", "cannot be used as a certificate authority");
    browser.write("input[name=ca-file]", "/nowhere/ca.pem");
    office.save("#connection");
    browser.says("#connection [role=alert]", "/nowhere/ca.pem");
    browser.write("input[name=ca-file]", "");
    browser.choose("select[name=proxy]", "address");
    browser.write("input[name=proxy-address]", "proxy 3128");
    office.save("#connection");
    browser.says("#connection [role=alert]", "looks like http://proxy.example.com:3128");
    office.desktop.picture("settings-refused");
    assert_eq!(browser.obstacles(), Vec::<String>::new());
    assert_eq!(office.settings(), before);

    // A proxy is used.
    let proxy = Proxy::start();
    browser.write("input[name=proxy-address]", &proxy.url());
    office.save("#connection");
    browser.says("#connection [role=status]", "Saved");
    office.wait_for_connections(2);
    let gateway = format!("CONNECT 127.0.0.1:{} HTTP/1.1", office.gateway.port());
    assert!(proxy.asked().contains(&gateway), "{:?}", proxy.asked());

    // And so is the other driver.
    let browser = &office.browser;
    browser.choose("select[name=proxy]", "none");
    browser.choose("select[name=driver]", "rust_socketio");
    office.save("#connection");
    office.wait_for_connections(3);
    assert!(
        office.settings().contains("driver = \"rust_socketio\"\nproxy = \"none\""),
        "{}",
        office.settings()
    );
    office.browser.press("Home");
    office.browser.says("#status-line", "Ready · 1 printer");
}

#[test]
fn receipts_are_kept_as_long_as_the_shop_says() {
    let office = Office::open();
    let browser = &office.browser;
    browser.wait_for("#receipts", |_| true);
    browser.write("input[name=receipt-days]", "100000");
    office.save("#receipts");
    browser.says("#receipts [role=alert]", "from 0 to 3650");
    browser.write("input[name=receipt-days]", "7");
    office.save("#receipts");
    browser.says("#receipts [role=status]", "Saved");
    wait_for("seven days", || office.settings().contains("payload_days = 7").then_some(()));
}

#[test]
fn support_gets_its_file_and_the_logs_are_shown() {
    let mut office = Office::open();
    let job = json!({"id": "A-1", "printerId": "Bar", "escposCommands": b"\x1b@one flat white\n\n\x1dV\0"});
    office
        .gateway
        .hear("printer:status:update", |update| update["printerIds"][0]["status"] == "online");
    office.gateway.emit("print:job", job);
    assert!(office.bar.text_of(&sheets(&office.bar, 1)[0].bytes).contains("flat white"));

    let browser = &office.browser;
    let shown = office.till.home().join("shown");
    let opener = format!("#!/bin/sh\nprintf %s \"$1\" > '{}'\n", shown.display());
    office.desktop.put_program("xdg-open", &opener);
    browser.press("Open the folder");
    let logs = office.till.home().join("logs");
    wait_for("the folder is shown", || {
        (std::fs::read_to_string(&shown).ok()? == logs.to_str()?).then_some(())
    });

    browser.press("Make a file for support");
    let said = browser.wait_for("#bundle [role=status]", |text| text.contains(".zip"));
    office.desktop.picture("settings-support");
    let path = said.trim_start_matches("It is here: ");
    // Nothing in it is packed: what stands there stands there as it is.
    let bundle = std::fs::read(path).unwrap();
    let holds = |text: &str| bundle.windows(text.len()).any(|part| part == text.as_bytes());
    for part in [
        "settings.toml",
        "status.json",
        "versions.txt",
        "logs/platen.",
        "A-1",
        "the licence is valid",
    ] {
        assert!(holds(part), "{part} is not in the bundle");
    }
    assert!(!holds(KEY) && !holds("flat white"), "the bundle tells too much");
    office.desktop.put_program("xdg-open", "#!/bin/sh\nexit 3\n");
    browser.press("Open the folder");
    browser.says("main [role=alert]", "xdg-open");
}
