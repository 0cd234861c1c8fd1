//! What does not mend itself calls for a person, and says whom to call or what to do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::printer::Fault;
use platen_tests::Till;
use platen_tests::desktop::Desktop;
use platen_tests::shop::{Gateway, KEY, printer, wait_for};
use platen_tests::webdriver::Browser;
use serde_json::json;
use std::net::TcpListener;

const OTHER_KEY: &str = "9d5c3f86-2b71-4c0e-8a54-6f1d7e2b3c40";

/// Home in every language, with what it says below its first line.
fn home_says(desktop: &Desktop, browser: &Browser, picture: &str, words: [&str; 3]) {
    let pages = [("Settings", "en"), ("Settings", "fr"), ("Réglages", "ar")];
    let homes = ["Home", "Accueil", "الرئيسية"];
    for (((settings, language), home), words) in pages.iter().zip(homes).zip(words) {
        browser.press(settings);
        browser.choose("select[name=language]", language);
        browser.press(home);
        browser.says("#server-line", words);
        assert_eq!(browser.obstacles(), Vec::<String>::new(), "{language}");
        desktop.picture(&format!("{picture}-{language}"));
    }
}

#[test]
fn a_licence_that_is_refused_says_whom_to_call() {
    let (gateway, bar) = (Gateway::npm(&json!({"licence": OTHER_KEY})), printer());
    let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &bar.uri())]);
    let mut desktop = Desktop::start();
    let browser = Browser::open_again(&desktop, &till);
    let call = desktop.wait_for_call("The server refuses this till");
    assert!(call.contains("call whoever sold you the licence"), "{call}");
    desktop.wait_for_line("that it is refused", |line| line == "The server refuses this till");
    desktop.shows("attention");
    let words = ["call whoever sold you", "appelez votre vendeur", "اتصل بمن باعك الترخيص"];
    home_says(&desktop, &browser, "home-refused", words);
    assert_eq!(desktop.calls(), 1, "one event, one call");
    // What is more urgent stands above it.
    bar.set_fault(Fault::PaperOut);
    browser.says("#status-line", "نفد الورق");
    browser.says("#server-line", "الخادم يرفض هذا الصندوق");
    desktop.picture("home-refused-paper-out-ar");
}

#[test]
fn a_server_that_is_not_trusted_is_looked_at_by_a_person() {
    let (bar, till) = (printer(), Till::new());
    let (cert, key) = till.certificate();
    let gateway = Gateway::npm(&json!({"tls": {"cert": cert, "key": key}}));
    let url = format!("https://localhost:{}", gateway.port());
    let bar = format!("Bar={}", bar.uri());
    till.ask_ok(&["setup", "--gateway", &url, "--license-key", KEY, "--printer", &bar]);
    let mut desktop = Desktop::start();
    let browser = Browser::open_again(&desktop, &till);
    let title = "The server is not trusted – please look";
    let call = desktop.wait_for_call(title);
    assert!(call.contains("name its file in Settings") && call.contains("call whoever"), "{call}");
    desktop.wait_for_line(title, |line| line == title);
    desktop.shows("attention");
    let words = ["call whoever runs", "appelez le responsable", "اتصل بمن يدير"];
    home_says(&desktop, &browser, "home-untrusted", words);
    assert_eq!(desktop.calls(), 1, "one event, one call");
}

#[test]
fn an_engine_that_cannot_start_calls() {
    let till = Till::new();
    let settings = till.home().join("settings.toml");
    std::fs::write(&settings, "[[printers]]\nname = 7\n").unwrap();
    let mut desktop = Desktop::start();
    let _running = desktop.run(&till);
    let call = desktop.wait_for_call("Platen cannot start");
    assert!(call.contains("settings.toml") && call.contains("Tell whoever"), "{call}");
    desktop.shows("attention");
    assert_eq!(desktop.calls(), 1, "one event, one call");
}

#[test]
fn what_comes_to_nothing_after_a_press_in_the_tray_is_told() {
    let gateway = Gateway::npm(&json!({}));
    // A printer that is off: nobody listens there.
    let off = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &format!("tcp://{off}"))]);
    let mut desktop = Desktop::start();
    let _running = desktop.run(&till);
    desktop.wait_for_line("that it is off", |line| line == "Bar: it does not answer");
    for pressed in ["Open drawer", "Test print"] {
        desktop.press(&[pressed, "Bar"]);
        let call = desktop.wait_for_call(&format!("Bar: {pressed}"));
        assert!(call.contains("Check that it is switched on"), "{call}");
    }
    wait_for("nothing waits", || {
        let jobs = till.ask_json(&["jobs", "--json"]);
        jobs.as_array()?.iter().all(|job| job["state"] == "aborted").then_some(())
    });
}
