//! The server that a shop's network names: offered in the window, taken by a person, and trusted with nothing before.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_tests::Till;
use platen_tests::desktop::Desktop;
use platen_tests::shop::{Gateway, KEY, printer, wait_at_most, wait_for};
use platen_tests::webdriver::Browser;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const ADDRESS: &str = "input[name=server-address]";
const LICENCE: &str = "input[name=licence-key]";
const RECORD: &str = "_platen._tcp.shop.example.";
/// Longest that the network is asked, and a little for a page that is drawn on a machine with other work.
const LONGEST: Duration = Duration::from_secs(3 + 2);

/// A network with a name server, and a till in it that nobody has set up.
struct Network {
    names: Gateway,
    desktop: Desktop,
    till: Till,
}

impl Network {
    fn start() -> Network {
        let names = Gateway::script("dns.py", &[]);
        let (mut desktop, till) = (Desktop::start(), Till::new());
        till.look_for("server");
        let place = format!("127.0.0.1:{}/shop.example", names.port());
        desktop.set("PLATEN_TEST_DNS", &place);
        Network { names, desktop, till }
    }

    fn says(&mut self, host: &str, port: u16) {
        let labels: Vec<&str> = host.split('.').collect();
        self.say(json!([{"host": labels, "port": port}]));
    }

    fn say(&mut self, records: Value) {
        self.names.order(json!({"do": "say", "records": records}));
    }

    /// How often the record was asked for.
    fn asked(&mut self) -> usize {
        let about = json!({"is": "asked", "name": RECORD, "type": "SRV"});
        self.names.count(|line| *line == about)
    }

    /// How often anything was asked for.
    fn asked_anything(&mut self) -> usize {
        self.names.count(|line| line["is"] == "asked")
    }
}

/// Waits until the network was asked; gives what is offered.
fn offered(browser: &Browser) -> String {
    wait_at_most(LONGEST, "the network was asked", || {
        let busy = "return document.querySelector('#offer')?.getAttribute('aria-busy')";
        (browser.run(busy, &[]) == "false").then_some(())
    });
    browser.text("#offer").unwrap_or_default()
}

fn is_asking(browser: &Browser) -> bool {
    browser.run("return document.querySelector('#offer')?.getAttribute('aria-busy')", &[]) == "true"
}

/// Leaves the page and comes back to it.
fn look_again(browser: &Browser) {
    browser.press("Settings");
    browser.says("h1", "Settings");
    browser.press("Set up");
    browser.says("h1", "Set up this till");
}

fn value(browser: &Browser, field: &str) -> String {
    let value = browser.run("return document.querySelector(arguments[0]).value", &[json!(field)]);
    value.as_str().unwrap().into()
}

#[test]
fn the_server_that_the_network_names_is_offered_taken_and_has_to_prove_its_name() {
    let mut network = Network::start();
    let (cert, key) = network.till.certificate();
    let options = json!({"licence": KEY, "tls": {"cert": cert, "key": key}});
    let mut gateway = Gateway::npm(&options);
    network.says("localhost", gateway.port());
    let browser = Browser::open(&network.desktop, &network.till);
    browser.says("#offer", "Found in this network:");
    let name = format!("localhost:{}", gateway.port());
    assert!(offered(&browser).contains(&name), "{}", offered(&browser));
    assert_eq!(network.asked(), 1);
    assert_eq!(browser.obstacles(), Vec::<String>::new());
    network.desktop.picture("set-up-offer");
    assert_eq!(value(&browser, ADDRESS), "", "it was taken by itself");

    browser.press("Use this address");
    assert_eq!(value(&browser, ADDRESS), format!("https://{name}"));
    assert_eq!(browser.focused(), "licence-key");
    assert_eq!(browser.text("#offer").as_deref(), Some(""), "it is taken already");
    let reached = |line: &Value| line["is"] != "listening";
    assert_eq!(gateway.count(reached), 0, "the server heard of the till before anybody agreed");

    // Nobody vouches for that server: the shop has to say that it trusts it, and no key goes there before.
    browser.write(LICENCE, KEY);
    browser.press("Connect");
    let said = browser.says("#answer", "This server is not trusted");
    assert!(said.contains("name its file in Settings"), "{said}");
    assert!(!said.contains("cannot be reached"), "{said}");
    network.desktop.picture("set-up-unknown-ca");
    for (settings, language, set_up, words) in [
        ("Settings", "fr", "Configuration", "Ce serveur n’est pas reconnu"),
        ("Réglages", "ar", "الإعداد", "هذا الخادم غير موثوق"),
    ] {
        browser.press(settings);
        browser.choose("select[name=language]", language);
        browser.press(set_up);
        browser.says("#answer", words);
        network.desktop.picture(&format!("set-up-unknown-ca-{language}"));
    }
    browser.press("الإعدادات");
    browser.choose("select[name=language]", "en");
    assert_eq!(gateway.count(reached), 0, "something was told to a server that proved nothing");
    browser.press("Settings");
    browser.write("input[name=ca-file]", &cert);
    browser.run("document.querySelector('#connection button[type=submit]').click()", &[]);
    browser.says("#connection [role=status]", "Saved");
    browser.press("Set up");
    browser.says("#answer", "Platen Café");
    assert_eq!(network.asked_anything(), 1, "a till with a server asks the network for none");
}

#[test]
fn a_network_that_names_none_keeps_nobody_from_typing() {
    let mut network = Network::start();
    let browser = Browser::open(&network.desktop, &network.till);
    assert_eq!(offered(&browser), "");
    assert_eq!((network.asked(), network.asked_anything()), (1, 1));
    browser.write(ADDRESS, "https://print.example.com");
    assert_eq!(value(&browser, ADDRESS), "https://print.example.com");
}

#[test]
fn what_is_typed_is_not_touched() {
    let mut network = Network::start();
    network.names.order(json!({"do": "hold"}));
    network.says("till.example.org", 443);
    let browser = Browser::open(&network.desktop, &network.till);
    wait_for("the network is asked", || (network.asked() > 0).then_some(()));
    browser.write(ADDRESS, "https://print.example.com");
    network.names.order(json!({"do": "answer"}));
    assert_eq!(offered(&browser), "", "an offer beside an address that was typed");
    assert_eq!(value(&browser, ADDRESS), "https://print.example.com");
    browser.write(ADDRESS, "");
    browser.says("#offer", "till.example.org");
}

#[test]
fn a_name_server_without_an_answer_holds_nobody_up() {
    let mut network = Network::start();
    network.says("late.example.org", 443);
    network.names.order(json!({"do": "hold"}));
    let (gateway, bar) = (Gateway::npm(&json!({"licence": KEY})), printer());
    let browser = Browser::open(&network.desktop, &network.till);
    wait_for("the network is asked", || (network.asked() > 0).then_some(()));
    look_again(&browser);
    let began = Instant::now();
    assert!(is_asking(&browser), "nothing is held");
    // The page can be used meanwhile.
    browser.write("input[name=printer-name]", "Bar");
    browser.write("input[name=printer-uri]", &bar.uri());
    assert_eq!(offered(&browser), "");
    assert!(began.elapsed() < LONGEST, "asked for {:?}", began.elapsed());
    network.names.order(json!({"do": "answer"}));
    browser.write(ADDRESS, &gateway.url());
    browser.write(LICENCE, KEY);
    browser.press("Connect");
    browser.says("#answer", "Platen Café");
    assert_eq!(browser.text("#offer").as_deref(), Some(""), "an answer that came too late counts");
}

#[test]
fn a_name_that_is_none_is_not_offered() {
    let mut network = Network::start();
    let browser = Browser::open(&network.desktop, &network.till);
    assert_eq!(offered(&browser), "");
    for host in [
        json!(["http://evil", "example"]),
        json!(["http://evil.example/"]),
        json!(["user@evil", "example"]),
        json!(["<b>evil", "example"]),
        json!(["evil\u{0}", "example"]),
        json!(["\u{e9}vil", "example"]),
        json!(["evil.example"]),
        json!(["192", "0", "2", "7"]),
        json!([]),
    ] {
        let asked = network.asked();
        network.say(json!([{"host": host, "port": 443}]));
        look_again(&browser);
        assert_eq!(offered(&browser), "", "{host}");
        assert!(network.asked() > asked, "the network was not asked again");
    }
    network.says("till.example.org", 0);
    look_again(&browser);
    assert_eq!(offered(&browser), "", "port 0");
    // It is the names that were wrong; and a port for the web without TLS changes nothing of TLS.
    network.says("Till.Example.org", 80);
    look_again(&browser);
    browser.says("#offer", "till.example.org:80");
    browser.press("Use this address");
    assert_eq!(value(&browser, ADDRESS), "https://till.example.org:80");
}

#[test]
fn a_till_that_is_told_not_to_ask_does_not() {
    let mut network = Network::start();
    network.says("till.example.org", 443);
    network.till.look_nowhere();
    let browser = Browser::open(&network.desktop, &network.till);
    assert_eq!(offered(&browser), "");
    assert_eq!(network.asked_anything(), 0);
}
