//! Settings that are changed by several people, and by somebody who should not: at the browsers' door and by `platenctl`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::gateway::LicenceFixture;
use platen_simulators::{EmbeddedGateway, GatewayOptions};
use platen_tests::Till;
use platen_tests::door::{DoorDesk, door};
use platen_tests::shop::wait_for;
use serde_json::{Value, json};

/// How many change the settings at once.
const MANY: usize = 8;

fn ask(body: Value) -> Value {
    json!({"path": "/window/ask", "json": body})
}

fn adding(name: &str, port: usize) -> Value {
    let uri = format!("tcp://127.0.0.1:{port}");
    ask(json!({"do": "add-printer", "name": name, "uri": uri, "profile": null, "role": null}))
}

fn printers(till: &Till) -> Vec<(String, String)> {
    let said = till.ask_json(&["printers", "--json"]);
    let word = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
    said.as_array().unwrap().iter().map(|one| (word(one, "name"), word(one, "uri"))).collect()
}

#[test]
fn a_printer_is_not_added_in_the_place_of_another() {
    let mut desk = DoorDesk::open("web", &[]);
    let before = printers(&desk.till);
    let answer = desk.call(adding("counter", 9));
    assert_eq!(answer["status"], 422, "{answer}");
    let why = answer["body"]["error"].as_str().unwrap();
    assert!(why.contains("printer called Counter already"), "{why}");
    assert_eq!(printers(&desk.till), before);
    let answer = desk.call(adding("Counter 2", 9));
    assert_eq!(answer["status"], 200, "{answer}");
    assert_eq!(printers(&desk.till).len(), 2);
}

#[test]
fn printers_that_are_added_at_once_are_all_there() {
    let mut desk = DoorDesk::open("web", &[]);
    for number in 0..MANY {
        desk.begin(adding(&format!("Browser {number}"), 20 + number));
    }
    let by_command = |number: usize| {
        let (name, uri) = (format!("Command {number}"), format!("tcp://127.0.0.1:{}", 40 + number));
        desk.till.command(&["printers", "add", &name, &uri]).spawn().unwrap()
    };
    let mut commands: Vec<_> = (0..MANY).map(by_command).collect();
    for _ in 0..MANY {
        let answer = desk.tell(json!({"do": "end"}));
        assert_eq!(answer["status"], 200, "{answer}");
    }
    for command in &mut commands {
        assert!(command.wait().unwrap().success());
    }
    let kept = std::fs::read_to_string(desk.till.home().join("settings.toml")).unwrap();
    for number in 0..MANY {
        for name in [format!("Browser {number}"), format!("Command {number}")] {
            assert!(kept.contains(&format!("name = \"{name}\"")), "{name} is lost: {kept}");
        }
    }
    assert_eq!(printers(&desk.till).len(), 1 + 2 * MANY);
}

#[test]
fn a_kept_key_is_not_sent_to_another_server() {
    let gateway = || EmbeddedGateway::start(GatewayOptions::default()).unwrap();
    let (ours, theirs) = (gateway(), gateway());
    let key = LicenceFixture::demo().key;
    let mut desk = DoorDesk::open("web", &[]);
    let mut set_up = |url: &str, key: Option<&str>| {
        let order = ask(json!({"do": "set-up-server", "url": url, "key": key}));
        // The engine starts anew with a server, and its door with it: at another port.
        wait_for("the door answers", || {
            desk.url = door(&desk.till, "web")?["address"].as_str()?.to_owned();
            let answer = desk.call(order.clone());
            answer["status"].is_number().then_some(answer)
        })
    };
    let url = ours.url();
    assert_eq!(set_up(&url, Some(&key))["status"], 200);
    for other in
        [theirs.url(), url.replace("http://", "https://"), url.replace("127.0.0.1", "localhost")]
    {
        let answer = set_up(&other, None);
        assert_eq!(answer["status"], 422, "{other}: {answer}");
        let why = answer["body"]["error"].as_str().unwrap();
        assert!(why.contains("Enter the licence key again"), "{why}");
    }
    // Another path is the same server; and who has the key may take it elsewhere.
    let other_path = format!("{}/shop", url.trim_end_matches('/'));
    assert_eq!(set_up(&other_path, None)["status"], 200);
    assert_eq!((theirs.connects(), theirs.received().len()), (0, 0), "somebody else was called");
    assert_eq!(set_up(&theirs.url(), Some(&key))["status"], 200);
}
