//! The window in a browser: `platenctl run` without a display, Chromium, and a token.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_escpos::Catalogue;
use platen_simulators::gateway::LicenceFixture;
use platen_simulators::{EmbeddedGateway, Fault, GatewayOptions};
use platen_tests::door::{DoorDesk, assert_refused, assert_turned_away, bad_bodies, token_in};
use platen_tests::page;
use platen_tests::shop::{printer, sheets, wait_for};
use platen_tests::webdriver::{Browser, free_port};
use platen_tests::{RunningTill, Till};
use serde_json::{Value, json};
use std::num::NonZeroU32;

const TOKEN: &str = "input[name=token]";

/// A till that shows its window to browsers, at the same address after each start.
struct WebTill {
    running: RunningTill,
    till: Till,
    token: String,
    url: String,
}

impl WebTill {
    fn start() -> WebTill {
        let (till, port) = (Till::new(), free_port().to_string());
        let said = till.ask_ok(&["connectors", "web", "--on", "--port", &port]);
        assert!(said.contains(&format!("https://127.0.0.1:{port}")), "{said}");
        let running = without_display(&till);
        let token = token_in(&said);
        wait_for("the window is shown", || {
            let doors = till.ask_json(&["connectors", "--json"]);
            doors.as_array()?.iter().any(|door| door["detail"]["state"] == "open").then_some(())
        });
        WebTill { running, till, token, url: format!("https://127.0.0.1:{port}/") }
    }

    fn browser(&self) -> Browser {
        let browser = Browser::chromium(&self.url, "en");
        sign_in(&browser, &self.token);
        browser.says("nav", "Sign out");
        browser
    }
}

fn without_display(till: &Till) -> RunningTill {
    till.start_with(|command| {
        command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    })
}

fn sign_in(browser: &Browser, token: &str) {
    browser.write(TOKEN, token);
    browser.press("Sign in");
}

fn no_obstacles(browser: &Browser, page: &str) {
    assert_eq!(browser.obstacles(), Vec::<String>::new(), "{page}");
}

#[test]
fn a_shop_is_set_up_in_a_browser() {
    let licence = LicenceFixture::demo();
    let gateway = EmbeddedGateway::start(GatewayOptions::default()).unwrap();
    let (web, bar) = (WebTill::start(), printer());
    let browser = Browser::chromium(&web.url, "en");
    browser.says("h1", "Platen on this till");
    no_obstacles(&browser, "Sign in");
    browser.picture("web-sign-in");
    sign_in(&browser, &"0".repeat(64));
    browser.says("#sign-in [role=alert]", "not the till’s token");
    no_obstacles(&browser, "Sign in, refused");
    browser.picture("web-sign-in-refused");
    sign_in(&browser, &web.token);
    browser.says("h1", "Set up this till");

    browser.write("input[name=server-address]", &gateway.url());
    browser.write("input[name=licence-key]", &licence.key);
    browser.press("Connect");
    browser.says("#answer", "Connected");
    browser.write("input[name=printer-name]", "Bar");
    browser.write("input[name=printer-uri]", &bar.uri());
    browser.run("document.querySelector('#add-printer button[type=submit]').click()", &[]);
    browser.says("article.card", "Bar");
    browser.press("Test print");
    let paper = bar.text_of(&sheets(&bar, 1)[0].bytes);
    assert!(paper.contains("Printer: Bar"), "{paper}");
    browser.says("article.card [role=status]", "was printed");
    browser.says("main", "You may close this page");
    browser.picture("web-set-up");

    browser.press("Go to the overview");
    browser.says("#status-line", "Ready · 1 printer");
    browser.press("Jobs");
    browser.says("table", "Test page");
    browser.press("Print again");
    let copy = bar.text_of(&sheets(&bar, 2)[1].bytes);
    assert!(copy.contains("REPRINT"), "a copy is not marked: {copy}");
    for (page, heading) in [
        ("Home", "Home"),
        ("Jobs", "Jobs"),
        ("Printers", "Printers"),
        ("Settings", "Settings"),
        ("Set up", "Set up this till"),
    ] {
        browser.press(page);
        browser.says("h1", heading);
        no_obstacles(&browser, page);
        browser.picture(&format!("web-{}", page.to_lowercase().replace(' ', "-")));
    }
    let kept = std::fs::read_to_string(web.till.home().join("settings.toml")).unwrap();
    for secret in [&licence.key, &web.token] {
        assert!(!kept.contains(secret) && !web.till.log().contains(secret), "a secret is told");
    }
}

#[test]
fn who_has_signed_out_or_in_once_is_known_as_that() {
    let web = WebTill::start();
    let browser = web.browser();
    browser.reload();
    browser.says("nav", "Sign out");
    let cookies = browser.run("return document.cookie + localStorage.length", &[]);
    assert_eq!(cookies, "0", "something outlives the tab");
    browser.press("Sign out");
    browser.says("h1", "Platen on this till");
    browser.reload();
    browser.says("h1", "Platen on this till");
}

#[test]
fn a_line_that_breaks_is_said_and_mends_itself() {
    let mut web = WebTill::start();
    let browser = web.browser();
    web.running.signal(libc::SIGKILL);
    wait_for("the till is dead", || web.running.has_ended().then_some(()));
    browser.says(".lost[role=alert]", "cannot be reached");
    no_obstacles(&browser, "without the till");
    browser.press("Printers");
    browser.picture("web-lost");
    web.running = without_display(&web.till);
    wait_for("it is said no more", || browser.text(".lost").is_none().then_some(()));
    // What happens now shows.
    web.till.ask_ok(&["printers", "add", "Bar", &printer().uri()]);
    browser.says("article.card", "Bar");
    // A token that was changed is asked for.
    web.till.ask_ok(&["connectors", "web", "--new-token"]);
    browser.says("h1", "Platen on this till");
}

#[test]
fn a_browser_in_arabic_is_asked_in_arabic() {
    let web = WebTill::start();
    let browser = Browser::chromium(&web.url, "ar");
    browser.says("h1", "Platen على هذا الجهاز");
    assert_eq!(browser.run("return document.documentElement.dir", &[]), "rtl");
    no_obstacles(&browser, "Sign in, in Arabic");
    browser.picture("web-sign-in-ar");
}

/// A page of another origin, which knows the token, tries everything that a page can.
#[test]
fn a_foreign_page_prints_nothing() {
    let (web, bar) = (WebTill::start(), printer());
    web.till.ask_ok(&["printers", "add", "Bar", &bar.uri()]);
    let port = page::serve("<!doctype html><title>Elsewhere</title><h1>Elsewhere</h1>".into());
    let browser = Browser::chromium(&format!("http://127.0.0.1:{port}/"), "en");
    browser.says("h1", "Elsewhere");
    let script = "const [url, token, done] = arguments;
        const body = JSON.stringify({ do: 'test-print', printer: 'Bar' });
        const headers = { Authorization: 'Bearer ' + token, 'Content-Type': 'application/json' };
        const tries = [
            fetch(url + 'window/ask', { method: 'POST', headers, body }),
            fetch(url + 'window/ask', { method: 'POST', mode: 'no-cors', body }),
            fetch(url + 'window/states', { headers }),
            fetch(url),
        ];
        Promise.allSettled(tries).then((all) => done(all.map((one) => one.value?.type ?? one.status)));";
    let tried = browser.run_to_end(script, &[json!(web.url), json!(web.token)]);
    // `opaque`: it was sent without the token, and the page cannot see what came back.
    assert_eq!(tried, json!(["rejected", "opaque", "rejected", "rejected"]));
    let framed = "const [url, done] = arguments;
        const frame = document.createElement('iframe');
        frame.onload = () => { let seen = true; try { seen = frame.contentDocument !== null } catch { seen = false } done(seen) };
        frame.src = url;
        document.body.append(frame);";
    assert_eq!(browser.run_to_end(framed, &[json!(web.url)]), json!(false));
    // It is alive, and nobody has printed before.
    web.till.ask_ok(&["test-print", "Bar"]);
    assert_eq!(sheets(&bar, 1).len(), 1);
    assert_eq!(web.till.ask_json(&["jobs", "--json"]).as_array().unwrap().len(), 1);
}

/// It would leave the printer closed, and its jobs waiting for nobody.
#[test]
fn a_change_is_made_whole_also_where_the_browser_went_away_in_the_middle() {
    let mut desk = DoorDesk::open("web", &[]);
    desk.printer.set_fault(Fault::Slow(NonZeroU32::new(1000).unwrap()));
    let file = desk.till.home().join("long.txt");
    std::fs::write(&file, "a long ticket\n".repeat(300)).unwrap();
    for _ in 0..3 {
        desk.till.ask_ok(&["print", "Counter", file.to_str().unwrap(), "--wait", "0"]);
    }
    wait_for("the first is printed", || (desk.printer.printed_bytes() > 0).then_some(()));
    let id = desk.till.ask_json(&["printers", "--json"])[0]["id"].clone();
    let change = json!({"do": "change-printer", "printer": id, "profile": Catalogue::GENERIC, "roles": ["kitchen"], "backup": null});
    let order = json!({"path": "/window/ask", "json": change, "timeout": 0.5});
    let answer = desk.call(order);
    assert_eq!(answer["failed"], "ReadTimeout", "it was not in the middle: {answer}");
    desk.printer.clear_faults();
    sheets(&desk.printer, 3);
    let jobs = desk.jobs();
    assert!(jobs.iter().all(|job| job["state"] == "completed"), "{jobs:?}");
    let changed = desk.till.ask_json(&["printers", "--json"]);
    assert!(changed[0]["roles"].to_string().contains("kitchen"), "{changed}");
}

#[test]
fn whatever_else_calls_is_answered_with_its_reason() {
    let mut desk = DoorDesk::open("web", &[]);
    let page = desk.call(json!({"method": "GET", "path": "/", "headers": {}}));
    assert_eq!(page["status"], 200);
    let policy = page["head"]["content-security-policy"].as_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{policy}");
    assert_eq!(page["head"]["x-frame-options"], "DENY");
    assert!(page["head"].get("set-cookie").is_none());

    let token = desk.with_token();
    let with = |more: Value| {
        let mut headers = token.clone();
        headers.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        headers
    };
    let host = "elsewhere.example";
    let printing = json!({"do": "test-print", "printer": "Counter"});
    for (headers, body, status) in [
        (json!({}), printing.clone(), 401),
        (with(json!({"Origin": "https://elsewhere.example"})), printing.clone(), 403),
        (with(json!({"Host": host})), printing, 421),
        (token.clone(), json!({"do": "format-the-disk"}), 400),
        (token.clone(), json!({"do": "pause"}), 400),
        (token.clone(), json!({"do": ["pause"]}), 400),
        (token.clone(), json!([]), 400),
        (token.clone(), json!({"do": "pause", "printer": "Nobody"}), 422),
    ] {
        let answer =
            desk.call(json!({"path": "/window/ask", "headers": headers, "json": body.clone()}));
        assert_eq!(answer["status"], status, "{body}: {answer}");
        assert!(!answer["body"]["error"].as_str().unwrap().is_empty(), "{answer}");
    }
    for (case, body, status) in bad_bodies() {
        let mut order = body;
        order["path"] = json!("/window/ask");
        assert_refused(case, &desk.call(order), status);
    }
    for text in [
        "",
        "null",
        "{}",
        r#"{"do": null}"#,
        r#"{"do": "secret"}"#,
        r#"{"do": "test-print"}"#,
        r#"{"do": "test-print", "printer": null}"#,
        r#"{"do": "test-print", "printer": ["secret"]}"#,
        r#"{"do": "jobs", "wanted": "secret", "limit": -1}"#,
    ] {
        let answer = desk.call(json!({"path": "/window/ask", "text": text}));
        assert_refused(text, &answer, 400);
    }
    for headers in desk.wrong_tokens() {
        let printing = json!({"do": "test-print", "printer": "Counter"});
        let order = json!({"path": "/window/ask", "headers": headers, "json": printing});
        assert_turned_away("/window/ask", &desk.call(order));
        let order = json!({"path": "/window/states", "method": "GET", "headers": headers});
        assert_turned_away("/window/states", &desk.call(order));
    }
    for (method, path, status) in [
        ("GET", "/assets/../../settings.toml", 404),
        ("GET", "/assets/nothing.js", 404),
        ("GET", "/window/ask", 405),
        ("PUT", "/window/ask", 405),
        ("DELETE", "/window/ask", 405),
        ("POST", "/window/ask/", 404),
        ("POST", "/window/states", 405),
        ("GET", "/elsewhere", 404),
    ] {
        let answer = desk.call(json!({"method": method, "path": path}));
        assert_refused(&format!("{method} {path}"), &answer, status);
    }
    assert_eq!(desk.jobs(), Vec::<Value>::new(), "something was printed");
    assert_eq!(desk.printer.sheet_count(), 0);
    let log = desk.till.log();
    assert!(!log.contains("secret") && !log.contains(&desk.token), "{log}");
    // It still listens.
    let answer = desk.call(json!({"path": "/window/ask", "json": {"do": "snapshot"}}));
    assert_eq!(answer["status"], 200, "{answer}");
}
