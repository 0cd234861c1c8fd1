//! The jobs of a year in the window: any of them is found by typing, without waiting.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_tests::desktop::Desktop;
use platen_tests::shop::{Gateway, KEY, printer, wait_for};
use platen_tests::webdriver::Browser;
use platen_tests::{Till, seed};
use serde_json::json;

const JOBS: usize = 10_000;

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
