//! The window speaks one language: what the engine has to say is in it too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::Fault;
use platen_tests::Till;
use platen_tests::desktop::Desktop;
use platen_tests::shop::{Gateway, KEY, printer};
use platen_tests::webdriver::{Browser, free_port};
use serde_json::json;
use std::fs;

/// Three English words in a row, wherever a person reads the page. Addresses, commands and logs are from left to right.
const ENGLISH: &str = r"
    const page = document.body.cloneNode(true);
    page.querySelectorAll('[dir=ltr], script').forEach((one) => one.remove());
    return page.textContent.match(/[A-Za-z’']{2,} [a-z’']{2,} [a-z’']{2,}[^.]*/g) ?? [];
";
const PAGES: [(&str, &str); 5] = [
    ("home", "الرئيسية"),
    ("jobs", "المهام"),
    ("printers", "الطابعات"),
    ("settings", "الإعدادات"),
    ("set-up", "الإعداد"),
];

fn till(gateway: &Gateway, bar: &str) -> Till {
    let till = Till::set_up(&gateway.url(), KEY, &[("Bar", bar), ("Twin", bar)]);
    let (token, odoo) =
        (till.home().join("token.txt"), format!("http://127.0.0.1:{}", free_port()));
    fs::write(&token, "token\n").unwrap();
    till.ask_ok(&[
        "connectors",
        "odoo-pull",
        "--url",
        &odoo,
        "--token-file",
        &token.display().to_string(),
        "--code",
        "BAR=bar",
    ]);
    let path = till.home().join("settings.toml");
    let settings = fs::read_to_string(&path).unwrap();
    let desktop = "[desktop]\n";
    assert!(settings.contains(desktop), "{settings}");
    let arabic = format!("{desktop}language = \"ar\"\nsurprise = 1\n");
    fs::write(&path, settings.replace(desktop, &arabic)).unwrap();
    till
}

fn nothing_is_english(browser: &Browser, desktop: &Desktop, state: &str) {
    for (page, name) in PAGES {
        browser.press(name);
        if page == "jobs" {
            browser.wait_for("table", |_| true);
        }
        assert_eq!(browser.run(ENGLISH, &[]), json!([]), "{state}: {page}");
        desktop.picture(&format!("{page}-{state}-ar"));
    }
}

#[test]
fn nothing_in_the_window_is_in_another_language() {
    let (mut gateway, bar) = (Gateway::npm(&json!({"licence": KEY})), printer());
    let till = till(&gateway, &bar.uri());
    let desktop = Desktop::start();
    let browser = Browser::open_again(&desktop, &till);
    gateway.hear("printer:status:update", |update| update["printerIds"][0]["status"] == "online");
    browser.says("main", "surprise");
    browser.says("main", "تعذّر الوصول إليه");
    bar.set_fault(Fault::PaperOut);
    let tea = json!({"id": "A-2", "printerId": "Bar", "escposCommands": b"\x1b@tea\n\x1dV\0"});
    gateway.emit("print:job", tea);
    browser.says("#status-line", "نفد الورق");
    browser.press("المهام");
    browser.says("table", "نفد الورق. ضع لفة جديدة");
    nothing_is_english(&browser, &desktop, "paper-out");
    gateway.kill();
    browser.says("#answer", "تعذّر الوصول إلى الخادم");
    nothing_is_english(&browser, &desktop, "offline");
}
