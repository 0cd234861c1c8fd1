//! The example page of the API's docs, in a browser that other people wrote: it prints from an origin that the till allows, and from
//! no other, and neither does a page that knows the token and tries everything.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_tests::door::DoorDesk;
use platen_tests::shop::sheets;
use platen_tests::webdriver::Browser;
use platen_tests::{page, workspace};
use serde_json::json;
use std::fs;

fn print(browser: &Browser, desk: &DoorDesk) {
    browser.write("#till", &desk.url);
    browser.write("#token", &desk.token);
    browser.press("Print");
}

#[test]
fn the_example_page_prints_from_an_allowed_origin_and_from_no_other() {
    let example = fs::read_to_string(workspace().join("docs/api-example.html")).unwrap();
    let port = page::serve(example);
    let (allowed, foreign) =
        (format!("http://localhost:{port}"), format!("http://127.0.0.1:{port}"));
    for encryption in ["none", "tls"] {
        let more = ["--printer", "Counter", "--origin", &allowed, "--encryption", encryption];
        let desk = DoorDesk::open("api", &more);
        desk.wait_for_printer();
        let browser = Browser::chromium(&foreign, "en");
        print(&browser, &desk);
        browser.says("#told", "Failed to fetch");
        assert_eq!((desk.printer.sheet_count(), desk.jobs().len()), (0, 0), "{encryption}");
        browser.go(&allowed);
        print(&browser, &desk);
        browser.says("#told", "completed (confirmed): Printed");
        let paper = desk.printer.text_of(&sheets(&desk.printer, 1)[0].bytes);
        assert!(paper.contains("A-17") && paper.contains("Flat white"), "{paper}");
        // The same sale again: its key is known.
        browser.run("document.getElementById('told').value = ''", &[]);
        print(&browser, &desk);
        browser.says("#told", "completed (confirmed): Printed");
        assert_eq!((desk.printer.sheet_count(), desk.jobs().len()), (1, 1), "{encryption}");
    }
}

#[test]
fn a_foreign_page_that_knows_the_token_prints_nothing() {
    let desk = DoorDesk::open("api", &["--printer", "Counter"]);
    desk.wait_for_printer();
    let port = page::serve("<!doctype html><h1>Elsewhere</h1>".into());
    let browser = Browser::chromium(&format!("http://127.0.0.1:{port}/"), "en");
    browser.says("h1", "Elsewhere");
    let script = "const [url, token, done] = arguments;
        const body = 'From elsewhere';
        const headers = { Authorization: 'Bearer ' + token, 'Content-Type': 'text/plain', 'Idempotency-Key': 'k' };
        const tries = [
            fetch(url + '/v1/jobs', { method: 'POST', headers, body }),
            fetch(url + '/v1/jobs', { method: 'POST', mode: 'no-cors', headers, body }),
            fetch(url + '/v1/jobs', { headers }),
            fetch(url + '/v1/openapi.json'),
        ];
        Promise.allSettled(tries).then((all) => done(all.map((one) => one.value?.type ?? one.status)));";
    let tried = browser.run_to_end(script, &[json!(desk.url), json!(desk.token)]);
    // `opaque`: it was sent without the token, and the page cannot see what came back.
    assert_eq!(tried, json!(["rejected", "opaque", "rejected", "rejected"]));
    // A form sends whatever it likes, and no token.
    let form = "const [url] = arguments;
        document.body.innerHTML = `<form method=post enctype=text/plain action=${url}/v1/jobs><input name=a value=b></form>`;
        document.forms[0].submit();";
    browser.run(form, &[json!(desk.url)]);
    browser.says("body", "may not print here");
    assert_eq!((desk.printer.sheet_count(), desk.jobs().len()), (0, 0), "something was printed");
    desk.till.ask_ok(&["test-print", "Counter"]);
    assert_eq!(sheets(&desk.printer, 1).len(), 1, "it prints no more");
}
