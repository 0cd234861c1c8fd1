//! The pages of the window: three answers, and the till prints.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use platen_tests::Till;
use platen_tests::desktop::Desktop;
use platen_tests::shop::{Gateway, KEY, printer, sheets, wait_for};
use platen_tests::webdriver::{Browser, key};
use serde_json::{Value, json};
use std::net::TcpListener;

const ADDRESS: &str = "input[name=server-address]";
const LICENCE: &str = "input[name=licence-key]";

/// A gateway that takes one key only.
fn gateway() -> Gateway {
    Gateway::npm(&json!({"licence": KEY, "expires": "2030-06-30"}))
}

fn connect(browser: &Browser, url: &str, key: &str) {
    browser.write(ADDRESS, url);
    browser.write(LICENCE, key);
    browser.press("Connect");
}

fn add_printer(browser: &Browser, name: &str, uri: &str) {
    browser.write("input[name=printer-name]", name);
    browser.write("input[name=printer-uri]", uri);
    // The button of the form, not those of the devices that were found.
    browser.run("document.querySelector('#add-printer button[type=submit]').click()", &[]);
}

fn direction(browser: &Browser) -> Value {
    browser.run("return document.documentElement.dir + ' ' + document.documentElement.lang", &[])
}

#[test]
fn a_shop_is_set_up_in_the_window() {
    let (gateway, bar) = (gateway(), printer());
    let (desktop, till) = (Desktop::start(), Till::new());
    let browser = Browser::open(&desktop, &till);
    browser.says("h1", "Set up this till");
    desktop.picture("set-up-new");

    // What is wrong is said, with what to do.
    connect(&browser, "print example", KEY);
    browser.says("#server [role=alert]", "looks like");
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    connect(&browser, &format!("http://{nobody}"), KEY);
    let said = browser.says("#answer", "cannot be reached");
    assert!(!said.contains("trusted"), "{said}");
    connect(&browser, &gateway.url(), "no-such-key");
    browser.says("#answer", "refuses this key");
    desktop.picture("set-up-refused");

    connect(&browser, &gateway.url(), KEY);
    browser.says("#answer", "Platen Café, Main");
    browser.says("#answer", "Valid until June 30, 2030");
    let kept = browser.run("return document.querySelector(arguments[0]).value", &[json!(LICENCE)]);
    assert_eq!(kept, "", "the key stays in the window");

    add_printer(&browser, "Bar", "nonsense");
    browser.says("#add-printer [role=alert]", "looks like");
    add_printer(&browser, "Bar", &bar.uri());
    browser.says("article.card", "Bar");
    browser.press("Test print");
    let paper = sheets(&bar, 1);
    let text = bar.text_of(&paper[0].bytes);
    assert!(text.contains("Printer: Bar") && text.contains("Branch: Main"), "{text}");
    browser.says("article.card [role=status]", "was printed");
    browser.wait_for("article.card", |text| !text.contains("waits"));
    browser.run("window.scrollTo(0, 0)", &[]);
    desktop.picture("set-up-done");

    browser.press("Go to the overview");
    browser.says("#status-line", "Ready · 1 printer");
    browser.says("main", "Test page");
    desktop.picture("home");
    // From now on it starts with the session.
    let entry = wait_for("the start at login", || desktop.at_login());
    assert!(entry.contains("Exec=") && entry.contains("platen --supervise --minimized"), "{entry}");
    browser.press("Settings");
    let starts = "return document.querySelector('input[name=start-at-login]:enabled')?.checked";
    wait_for("it says that it starts at login", || {
        (browser.run(starts, &[]) == json!(true)).then_some(())
    });
    browser.run("document.querySelector('input[name=start-at-login]').click()", &[]);
    wait_for("no start at login", || desktop.at_login().is_none().then_some(()));
    let settings = std::fs::read_to_string(till.home().join("settings.toml")).unwrap();
    assert!(
        !settings.contains(KEY) && !till.log().contains(KEY),
        "the key is where it should not be"
    );
}

#[test]
fn a_job_that_comes_while_the_window_is_open_shows() {
    let (mut gateway, bar) = (gateway(), printer());
    let (desktop, till) = (Desktop::start(), Till::new());
    let browser = Browser::open(&desktop, &till);
    connect(&browser, &gateway.url(), KEY);
    browser.says("#answer", "Connected");
    add_printer(&browser, "Bar", &bar.uri());
    browser.press("Home");
    browser.says("#status-line", "Ready · 1 printer");
    gateway.hear("printer:status:update", |update| update["printerIds"][0]["status"] == "online");
    let job = json!({"id": "A-1042", "printerId": "Bar", "escposCommands": b"\x1b@flat white\n\n\x1dV\0"});
    gateway.emit("print:job", job);
    browser.says("ul.list", "A-1042");
    browser.says("ul.list .state", "printed");
    assert_eq!(sheets(&bar, 1).len(), 1);

    // The paper, as it came out.
    let paper = BASE64.encode(bar.picture_of(&sheets(&bar, 1)[0].bytes));
    wait_for("the picture of the paper", || {
        let shown = "return document.querySelector('ul.list button.paper img')?.src ?? ''";
        (browser.run(shown, &[]) == format!("data:image/png;base64,{paper}")).then_some(())
    });
    browser.run("document.querySelector('ul.list button.paper').click()", &[]);
    browser.says("dialog[open]", "The paper of A-1042");
    desktop.picture("paper");
    browser.press("Close");
    desktop.picture("home-jobs");

    browser.press("Jobs");
    browser.says("table", "A-1042");
    desktop.picture("jobs");
    browser.press("Print again");
    let second = sheets(&bar, 2);
    assert!(bar.text_of(&second[1].bytes).contains("REPRINT"), "a copy is not marked");
    for (button, picture) in [("Printers", "printers"), ("Settings", "settings")] {
        browser.press(button);
        browser.says("h1", button);
        desktop.picture(picture);
    }
}

#[test]
fn what_a_printer_is_there_for_is_changed_in_the_window() {
    let (mut gateway, bar, kitchen) = (gateway(), printer(), printer());
    let (desktop, till) = (Desktop::start(), Till::new());
    let browser = Browser::open(&desktop, &till);
    connect(&browser, &gateway.url(), KEY);
    browser.says("#answer", "Connected");
    for (name, printer) in [("Bar", &bar), ("Kitchen", &kitchen)] {
        add_printer(&browser, name, &printer.uri());
        browser.wait_for("main", |text| text.contains(name));
    }
    browser.press("Printers");
    browser.press("Change");
    browser.choose("select[name=profile]", "epson-tm-t20iii");
    browser.choose("select[name=backup]", "Kitchen");
    browser.choose("select[name=paper]", "58mm");
    browser.run("document.querySelector('input[value=kitchen]').click()", &[]);
    assert_eq!(browser.obstacles(), Vec::<String>::new());
    desktop.picture("printers-change");
    browser.press("Save");
    browser.wait_for("article.card dl", |text| {
        text.contains("Kitchen tickets")
            && text.contains("epson-tm-t20iii")
            && text.contains("58 mm wide")
    });
    let settings = std::fs::read_to_string(till.home().join("settings.toml")).unwrap();
    assert!(settings.contains("[printers.backup]\nprinter = \"Kitchen\""), "{settings}");
    assert!(settings.contains("paper = \"58mm\""), "{settings}");
    // What the model cannot have is said.
    browser.press("Change");
    browser.choose("select[name=profile]", "generic-58");
    browser.choose("select[name=paper]", "80mm");
    browser.press("Save");
    browser.says("form.change [role=alert]", "cannot have paper of 80 mm");
    browser.press("Leave as it is");
    // The running engine routes by it.
    gateway.hear("printer:status:update", |update| update["printerIds"][0]["status"] == "online");
    till.ask_ok(&["print", "@kitchen", &text_file(&till), "--as", "text"]);
    assert!(bar.text_of(&sheets(&bar, 1)[0].bytes).contains("two soups"));
}

fn text_file(till: &Till) -> String {
    let path = till.home().join("ticket.txt");
    std::fs::write(&path, "two soups").unwrap();
    path.display().to_string()
}

#[test]
fn the_window_speaks_arabic_from_right_to_left() {
    let (mut desktop, till) = (Desktop::start(), Till::new());
    let browser = Browser::open(&desktop, &till);
    assert_eq!(direction(&browser), "ltr en");
    browser.press("Settings");
    browser.choose("select[name=language]", "ar");
    wait_for("the window is in Arabic", || (direction(&browser) == "rtl ar").then_some(()));
    browser.says("nav", "الإعدادات");
    desktop.picture("settings-ar");
    desktop.wait_for_line("it in Arabic", |line| {
        line.chars().any(|one| ('\u{600}'..'\u{700}').contains(&one))
    });
    browser.choose("select[name=language]", "fr");
    wait_for("the window is in French", || (direction(&browser) == "ltr fr").then_some(()));
}

#[test]
fn no_page_keeps_anybody_out() {
    nobody_is_kept_out(&Desktop::start(), "light");
}

#[test]
fn nor_does_one_in_the_dark() {
    nobody_is_kept_out(&Desktop::dark(), "dark");
}

fn nobody_is_kept_out(desktop: &Desktop, shade: &str) {
    let (mut gateway, bar, till) = (gateway(), printer(), Till::new());
    let browser = Browser::open(desktop, &till);
    let is_dark = browser.run("return matchMedia('(prefers-color-scheme: dark)').matches", &[]);
    assert_eq!(is_dark, json!(shade == "dark"));
    let obstacles = |page: &str| {
        let found = browser.obstacles();
        assert!(found.is_empty(), "{page}: {found:#?}");
    };
    obstacles("Set up, new");
    connect(&browser, &gateway.url(), "no-such-key");
    browser.says("#answer", "refuses this key");
    obstacles("Set up, refused");
    connect(&browser, &gateway.url(), KEY);
    browser.says("#answer", "Connected");
    add_printer(&browser, "Bar", &bar.uri());
    browser.says("article.card", "Bar");
    gateway.hear("printer:status:update", |update| update["printerIds"][0]["status"] == "online");
    for (id, lines) in ORDERS {
        let bytes = [b"\x1b@\n\n", lines.as_bytes(), b"\n\n\n\n\x1dV\0"].concat();
        gateway.emit("print:job", json!({"id": id, "printerId": "Bar", "escposCommands": bytes}));
    }
    sheets(&bar, ORDERS.len());
    for page in ["Home", "Jobs", "Printers", "Settings", "Set up"] {
        browser.press(page);
        if page == "Home" {
            let printed =
                "return [...document.querySelectorAll('ul.list .state.completed')].length";
            wait_for("all are printed", || {
                (browser.run(printed, &[]) == ORDERS.len()).then_some(())
            });
        }
        if page == "Home" || page == "Jobs" {
            let drawn = "return document.querySelectorAll('button.paper img').length";
            wait_for("all papers are drawn", || {
                (browser.run(drawn, &[]) == ORDERS.len()).then_some(())
            });
        }
        obstacles(page);
        desktop.picture(&format!("{}-{shade}", page.to_lowercase().replace(' ', "-")));
    }
    browser.press("Settings");
    browser.choose("select[name=language]", "ar");
    wait_for("the window is in Arabic", || (direction(&browser) == "rtl ar").then_some(()));
    obstacles("Settings, in Arabic");
    for (number, page) in PAGES.iter().enumerate() {
        let press = "document.querySelectorAll('nav button')[arguments[0]].click()";
        browser.run(press, &[json!(number)]);
        obstacles(page);
        desktop.picture(&format!("{page}-{shade}-ar"));
    }
}

/// Numbers of orders, and what stands on their paper.
const ORDERS: [(&str, &str); 3] = [
    (
        "A-1040",
        "Order A-1040\n\n1 x Espresso                  2.40\n1 x Croissant                 2.10\n\nTOTAL                         4.50",
    ),
    (
        "A-1041",
        "Order A-1041\n\n2 x Sencha                    5.00\n\nTOTAL                         5.00",
    ),
    (
        "A-1042",
        "Order A-1042\nTable 7\n\n2 x Flat white                7.60\n    one with oat milk\n1 x Banana bread              3.90\n1 x Orange juice              4.20\n\nTOTAL                        15.70\nCard                         15.70",
    ),
];

/// The pages, in the order of the window's list.
const PAGES: [&str; 5] = ["home", "jobs", "printers", "settings", "set-up"];

#[test]
fn every_page_can_be_read_with_letters_of_twice_the_size() {
    let (mut gateway, bar, till) = (gateway(), printer(), Till::new());
    let desktop = Desktop::start();
    let browser = Browser::open(&desktop, &till);
    connect(&browser, &gateway.url(), KEY);
    browser.says("#answer", "Connected");
    add_printer(&browser, "Bar", &bar.uri());
    browser.says("article.card", "Bar");
    gateway.hear("printer:status:update", |update| update["printerIds"][0]["status"] == "online");
    let job = json!({"id": "A-1", "printerId": "Bar", "escposCommands": b"\x1b@tea\n\x1dV\0"});
    gateway.emit("print:job", job);
    sheets(&bar, 1);
    browser.run("document.documentElement.style.fontSize = '200%'", &[]);
    for language in ["en", "fr", "ar"] {
        browser.run("document.querySelectorAll('nav button')[3].click()", &[]);
        browser.choose("select[name=language]", language);
        let shown = |_: &str| direction(&browser).as_str().unwrap().ends_with(language);
        browser.wait_for("h1", shown);
        for (number, page) in PAGES.iter().enumerate() {
            browser.run(
                "document.querySelectorAll('nav button')[arguments[0]].click()",
                &[json!(number)],
            );
            browser.wait_for("main h1, main .status", |_| true);
            let cut_off = browser.run(CUT_OFF, &[]);
            assert_eq!(cut_off, json!([]), "{page} in {language}");
            desktop.picture(&format!("{page}-large-{language}"));
        }
    }
}

/// What is wider than the window, or than the box that it is in, and cannot be scrolled to.
const CUT_OFF: &str = r"
    const found = [];
    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth + 1) found.push('the page: ' + page.scrollWidth + ' of ' + page.clientWidth);
    for (const one of document.querySelectorAll('button, p, h1, h2, h3, small, label, dd, dt, strong')) {
        if (one.closest('.scroll, dialog, .unseen, button.paper')) continue;
        const box = one.getBoundingClientRect();
        if (box.width && (box.right > page.clientWidth + 1 || box.left < -1)) found.push(one.outerHTML.slice(0, 200));
        else if (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX !== 'visible') found.push(one.outerHTML.slice(0, 200));
    }
    return found;";

#[test]
fn a_shop_is_set_up_without_a_mouse() {
    let (gateway, bar) = (gateway(), printer());
    let (desktop, till) = (Desktop::start(), Till::new());
    let browser = Browser::open(&desktop, &till);
    let go_to = |name: &str| {
        let mut passed = Vec::new();
        for _ in 0..40 {
            if browser.focused() == name {
                return;
            }
            passed.push(browser.focused());
            browser.type_keys(key::TAB);
        }
        panic!("{name} is not reached by Tab, only {passed:?}");
    };
    go_to("server-address");
    browser.type_keys(&gateway.url());
    go_to("licence-key");
    browser.type_keys(&format!("{KEY}{}", key::ENTER));
    browser.says("#answer", "Connected");
    go_to("printer-name");
    browser.type_keys("Bar");
    go_to("printer-uri");
    browser.type_keys(&format!("{}{}", bar.uri(), key::ENTER));
    browser.says("article.card", "Bar");
    go_to("Test print");
    browser.type_keys(key::ENTER);
    sheets(&bar, 1);
}
