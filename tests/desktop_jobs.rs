//! The jobs of a year in the window: any of them is found by typing, without waiting.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::printer::Fault;
use platen_tests::desktop::Desktop;
use platen_tests::shop::{Gateway, KEY, printer, wait_for};
use platen_tests::webdriver::Browser;
use platen_tests::{Till, seed};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::num::NonZeroU32;
use std::time::Instant;

const JOBS: usize = 10_000;
/// Jobs that come at once, and bytes a second of a printer that has seconds of work with them.
const BURST: usize = 60;
const PACE: u32 = 200;

/// What stands in the list: the numbers, from the top.
fn listed(browser: &Browser) -> Vec<String> {
    let script = "return [...document.querySelectorAll('td .number')].map((one) => one.innerText)";
    let numbers = browser.run(script, &[]);
    numbers.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
}

fn lists(browser: &Browser, what: &str, is_so: impl Fn(&[String]) -> bool) -> Vec<String> {
    wait_for(what, || {
        let listed = listed(browser);
        is_so(&listed).then_some(listed)
    })
}

#[test]
fn an_old_job_is_found_among_ten_thousand() {
    let (gateway, bar, kitchen) = (Gateway::npm(&json!({})), printer(), printer());
    let printers = [("Bar", bar.uri()), ("Kitchen", kitchen.uri())];
    let printers = printers.each_ref().map(|(name, uri)| (*name, uri.as_str()));
    let till = Till::set_up(&gateway.url(), KEY, &printers);
    seed::printed_jobs(&till, JOBS);
    let desktop = Desktop::start();
    let browser = Browser::open_again(&desktop, &till);
    browser.press("Jobs");
    browser.says("#count", "10000 jobs");
    let newest = lists(&browser, "the newest page", |page| page.len() == 50);
    assert_eq!((newest[0].as_str(), newest[49].as_str()), ("order-10000", "order-09951"));
    assert_eq!(browser.obstacles(), Vec::<String>::new());
    desktop.picture("jobs-many");

    // Page by page, and back to where one was.
    browser.press("Older");
    lists(&browser, "the second page", |page| page[0] == "order-09950");
    browser.says("#count", "51–100");
    browser.press("Newer");
    lists(&browser, "the first page again", |page| page == newest);

    // One that no page has shown.
    browser.write("input[name=search]", "ORDER-00007");
    browser.says("#count", "1 job");
    lists(&browser, "the seventh of all", |page| page == ["order-00007"]);
    browser.wait_for("td button.paper", |_| true);
    desktop.picture("jobs-found");

    browser.write("input[name=search]", "kitchen");
    browser.says("#count", "5000 jobs");
    browser.write("input[name=search]", "order-0000");
    browser.says("#count", "9 jobs");
    browser.choose("select[name=document]", "label");
    browser.says("#count", "0 jobs");
    browser.choose("select[name=document]", "receipt");
    browser.choose("select[name=connector]", "local");
    browser.says("#count", "9 jobs");
    browser.choose("select[name=connector]", "odoo-pull");
    browser.says("#count", "0 jobs");
    browser.choose("select[name=connector]", "");
    browser.choose("select[name=state]", "completed");
    browser.says("#count", "9 jobs");
    day(&browser, "2001-09-09");
    browser.says("#count", "0 jobs");
    day(&browser, "");
    browser.says("#count", "9 jobs");
    assert_eq!(browser.obstacles(), Vec::<String>::new());
}

/// A day is chosen in a way of each toolkit's own: what it leaves is a value and an event.
fn day(browser: &Browser, day: &str) {
    let script = "const field = document.querySelector('input[name=day]');
        field.value = arguments[0];
        field.dispatchEvent(new Event('input', { bubbles: true }));
        field.dispatchEvent(new Event('change', { bubbles: true }));";
    browser.run(script, &[json!(day)]);
}

/// Counts the states that the page is sent from now on, and keeps the last one.
fn count_states(browser: &Browser) {
    let script = "const done = arguments[0], tauri = window.__TAURI_INTERNALS__;
        window.states = { count: 0, last: null };
        const handler = tauri.transformCallback((event) => {
            window.states.count += 1;
            window.states.last = event.payload;
        });
        const listens = tauri.invoke('plugin:event|listen', { event: 'state', target: { kind: 'Any' }, handler });
        listens.then(() => done('listens'), (why) => done(String(why)));";
    assert_eq!(browser.run_to_end(script, &[]), "listens");
}

#[test]
fn a_burst_of_jobs_is_ten_states_a_second_and_the_last_one_comes() {
    let (mut gateway, bar) = (Gateway::npm(&json!({})), printer());
    let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &bar.uri())]);
    let desktop = Desktop::start();
    let browser = Browser::open_again(&desktop, &till);
    browser.says("#status-line", "Ready · 1 printer");
    gateway.hear("printer:status:update", |update| update["printerIds"][0]["status"] == "online");
    bar.set_fault(Fault::Slow(NonZeroU32::new(PACE).unwrap()));
    let began = Instant::now();
    count_states(&browser);
    for number in 1..=BURST {
        let id = format!("burst-{number}");
        let job = json!({"id": id, "printerId": "Bar", "escposCommands": b"\x1b@tea\n\n\x1dV\0"});
        gateway.emit("print:job", job);
    }
    let last = format!("burst-{BURST}");
    let shown = wait_for("the last job is printed, and shown so", || {
        let states = browser.run("return window.states", &[]);
        let is_last = |job: &&Value| job["externalId"] == last;
        let jobs = states["last"]["jobs"].as_array()?;
        (jobs.iter().find(is_last)?["state"] == "completed" && states["last"]["openCount"] == 0)
            .then_some(states)
    });
    // Each came after the one before by a tenth of a second: there are no more than the time since has room for.
    let most = began.elapsed().as_secs_f64() * 10.0 + 1.0;
    let count = shown["count"].as_f64().unwrap();
    assert!(count <= most, "{count} states where {most} were allowed");
    assert!(count >= 10.0, "the window was told {count} times only");
    let asked = "const done = arguments[0];
        window.__TAURI_INTERNALS__.invoke('ask', { command: { do: 'snapshot' } }).then(done);";
    wait_for("the window has the state of now", || {
        let now = browser.run_to_end(asked, &[]);
        (browser.run("return window.states.last", &[]) == now).then_some(())
    });
}

#[test]
fn a_job_pressed_in_the_tray_is_what_the_window_shows_whatever_is_pressed_after_it() {
    let gateway = Gateway::npm(&json!({}));
    // Nobody listens there: what is printed waits.
    let off = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &format!("tcp://{off}"))]);
    let tea = till.home().join("tea.txt");
    std::fs::write(&tea, "tea").unwrap();
    let mut desktop = Desktop::start();
    let browser = Browser::open_by(&mut desktop, &till, |desktop| {
        till.ask_ok(&["print", "Bar", tea.to_str().unwrap(), "--as", "text", "--wait", "0"]);
        desktop.wait_for_entry("1 job waiting ▸ 1 · Bar");
        // The window is still being loaded when the second and the third come.
        desktop.press(&["1 job waiting", "1 · Bar"]);
        desktop.press(&["1 job waiting", "1 · Bar"]);
        desktop.press(&["Open Platen"]);
    });
    browser.says("main", "Show all jobs");
    browser.press("Home");
    browser.says("#status-line", "Bar: it does not answer");
    desktop.press(&["1 job waiting", "1 · Bar"]);
    browser.says("main", "Show all jobs");
}

#[test]
fn a_job_without_a_picture_says_why_where_everybody_reads_it() {
    let (gateway, bar) = (Gateway::npm(&json!({})), printer());
    let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &bar.uri())]);
    let desktop = Desktop::start();
    let browser = Browser::open_again(&desktop, &till);
    for (name, kind, text) in [("page.pdf", "pdf", "no page"), ("tea.txt", "text", "tea")] {
        let path = till.home().join(name);
        std::fs::write(&path, text).unwrap();
        till.ask(&["print", "Bar", path.to_str().unwrap(), "--as", kind]);
    }
    for (page, place) in [("Home", "ul.list .no-paper"), ("Jobs", "td .no-paper")] {
        browser.press(page);
        browser.says(place, "No picture: This document cannot be printed");
        browser.wait_for("button.paper", |_| true);
        assert_eq!(browser.obstacles(), Vec::<String>::new(), "{page}");
        desktop.picture(&format!("{}-no-picture", page.to_lowercase()));
    }
}
