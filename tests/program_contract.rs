//! The gateway's contract in its three generations, spoken by the real program over real sockets with servers that
//! other people wrote: what a gateway sends comes out on paper, and it is told so, once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::printer::{Fault, FaultKind};
use platen_tests::Till;
use platen_tests::shop::{
    Gateway, KEY, Shop, printer, sheets, wait_at_most, wait_for, wait_for_log,
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const DRIVERS: [&str; 2] = ["native", "rust_socketio"];

fn shop(generation: &str, driver: &str) -> Shop {
    let gateway = Gateway::npm(&json!({ "generation": generation, "licence": KEY }));
    Shop::open_with(gateway, &["--driver", driver])
}

fn bytes(text: &str) -> Vec<u8> {
    [text.as_bytes(), b"\n\n\n\x1dV\0"].concat()
}

/// An order as deployed gateways send it.
fn order(id: Value, what: &str) -> Value {
    json!({
        "id": id, "type": "receipt", "printerId": "srv-1", "printerName": "Bar",
        "printerConfig": {"id": "srv-1", "name": "Bar", "type": "thermal", "connection": "network",
            "ip": "192.0.2.9", "port": 9100, "capabilities": ["text", "cut"]},
        "branchName": "Main", "companyName": "Platen Café", "orderId": "o-1", "priority": 3,
        "orderData": {"orderNumber": "A-7", "items": [{"name": what, "quantity": 2, "price": 3.5}], "total": 7.0},
    })
}

/// What was said about a job, without the payloads.
fn names(told: &[(String, Value)]) -> Vec<&str> {
    told.iter().map(|(name, _)| name.as_str()).collect()
}

/// Has the till answer a question, which it does after what was asked before.
fn settle(shop: &mut Shop) {
    let before = shop.gateway.heard("discovery:status:result").len();
    shop.gateway.emit("discovery:status", json!({}));
    wait_for("the till answers", || {
        (shop.gateway.heard("discovery:status:result").len() > before).then_some(())
    });
}

#[test]
fn generation_a_gets_its_results() {
    for driver in DRIVERS {
        let mut shop = shop("a", driver);
        shop.gateway.emit("print:physical", order(json!(17), "Flat white"));
        let result = shop.gateway.hear("print:physical:result", |_| true);
        assert_eq!((&result["jobId"], &result["success"]), (&json!(17), &json!(true)), "{result}");
        assert_eq!(result["result"]["evidence"], "confirmed", "{result}");
        let sheet = shop.sheets(1).remove(0);
        let text = shop.text(&sheet);
        for part in ["Platen Café", "A-7", "2 x Flat white", "7.00"] {
            assert!(text.contains(part), "{part:?} is not on paper:\n{text}");
        }

        shop.gateway
            .emit("print:raw", json!({"printerName": "bar", "data": "Hello, Zoë", "title": "x"}));
        let result = shop.gateway.hear("print:raw:result", |_| true);
        assert_eq!(result["printerName"], "bar", "the name as it came: {result}");
        assert_eq!(result["success"], true, "{result}");
        assert!(shop.text(&shop.sheets(2)[1]).contains("Hello, Zoë"));

        shop.stop();
        let told = shop.gateway.told(&json!(17));
        assert_eq!(names(&told), ["print:physical:result"], "{driver}");
        assert_eq!(shop.gateway.heard("print:raw:result").len(), 1, "{driver}");
        let awaited = |line: &Value| line["acked"] == true && line["name"] != "ping";
        assert_eq!(
            shop.gateway.count(awaited),
            0,
            "nothing waits for an acknowledgement: {driver}"
        );
    }
}

#[test]
fn generation_b_gets_an_acknowledgement_first_and_its_correlation_back() {
    for driver in DRIVERS {
        let mut shop = shop("b", driver);
        let connected = shop.gateway.wait("the till connects", |line| line["is"] == "connected");
        let auth = &connected["auth"];
        assert_eq!(auth["licenseKey"], KEY);
        assert_eq!(auth["userRole"], "desktop_app");
        assert_eq!(
            (&auth["branchId"], &auth["deviceId"]),
            (&json!("branch-1"), &auth["instanceId"])
        );
        assert!(auth["appVersion"].is_string() && auth["deviceId"].is_string(), "{auth}");

        let request = json!({
            "printerName": "Bar", "printerId": "srv-1", "correlationId": "c-42", "branchId": "branch-1",
            "requestTimestamp": "2024-05-01T10:00:00.000Z",
            "metadata": {"requestSource": "web", "expectedResponseEvent": "printer:test:result", "timeout": 15000},
        });
        let answer = match driver {
            "native" => {
                let ask = json!({"do": "ask", "event": "printer:test", "args": [request]});
                shop.gateway.order(ask)["answer"][0].clone()
            }
            // This library cannot answer acknowledgements; a gateway that asks for none is served as well.
            _ => {
                shop.gateway.emit("printer:test", request.clone());
                shop.gateway.hear("printer:test:ack", |_| true)
            }
        };
        assert_eq!(
            (&answer["received"], &answer["correlationId"]),
            (&json!(true), &json!("c-42")),
            "{answer}"
        );
        let result = shop.gateway.hear("printer:test:result", |_| true);
        assert_eq!(result["success"], true, "{result}");
        for field in ["correlationId", "requestTimestamp", "metadata", "printerId"] {
            assert_eq!(result[field], request[field], "{driver}: {result}");
        }
        assert!(
            result["responseTimestamp"].is_string() && result["processingTime"].is_u64(),
            "{result}"
        );
        assert_eq!(shop.sheets(1).len(), 1);

        // Without a callback the receipt is an event.
        let mut request = request;
        request["correlationId"] = json!("c-43");
        request["testType"] = json!("connectivity");
        shop.gateway.emit("printer:test", request);
        shop.gateway.hear("printer:test:ack", |ack| ack["correlationId"] == "c-43");
        let result = shop.gateway.hear("printer:test:result", |one| one["correlationId"] == "c-43");
        assert_eq!(result["success"], true, "{result}");
        shop.stop();
        assert_eq!(shop.gateway.heard("printer:test:result").len(), 2, "one result a request");
        assert_eq!(shop.printer.sheet_count(), 1, "a connectivity test costs no paper");
    }
}

#[test]
fn generation_c_hears_started_and_then_completed() {
    for driver in DRIVERS {
        let mut shop = shop("c", driver);
        let ids = [json!("j-1"), json!(2), json!("j-3")];
        for (number, id) in ids.iter().enumerate() {
            let text = format!("Job number {number}");
            let field = if number == 1 { "jobId" } else { "id" };
            let job = json!({field: id, "printerId": "Bar", "branchId": "branch-1", "content": "not used",
                "escposCommands": bytes(&text), "type": "receipt", "priority": "normal"});
            shop.gateway.emit("print:job", job);
        }
        shop.gateway.emit("print:job", json!({"id": "j-4", "printerName": "Bar", "content": "As text: Käse", "priority": "normal"}));
        for id in ids.iter().chain([&json!("j-4")]) {
            let done = shop.gateway.hear("print:job:completed", |done| done["jobId"] == *id);
            assert_eq!(done["success"], true, "{done}");
        }
        let paper = shop.sheets(4);
        for (number, sheet) in paper[..3].iter().enumerate() {
            assert_eq!(sheet.bytes, bytes(&format!("Job number {number}")), "{driver}");
        }
        assert!(shop.text(&paper[3]).contains("As text: Käse"));
        shop.stop();
        for id in &ids {
            let told = shop.gateway.told(id);
            assert_eq!(names(&told), ["print:job:started", "print:job:completed"], "{driver}");
            assert_eq!(told[1].1["printerId"], "Bar", "the printer's id as it came");
        }
    }
}

#[test]
fn after_a_restart_of_the_gateway_everything_is_announced_and_the_outcome_told_once() {
    for driver in DRIVERS {
        let mut shop = shop("c", driver);
        shop.printer.set_fault(Fault::PaperOut);
        let paper_out = |update: &Value| update["printerIds"][0]["status"] == "no_paper";
        shop.gateway.emit(
            "print:job",
            json!({"id": "away-1", "printerId": "Bar", "escposCommands": bytes("While away")}),
        );
        shop.gateway.emit("print:physical", order(json!("away-2"), "Tea"));
        shop.gateway.hear("printer:status:update", paper_out);
        shop.wait_for_jobs(2, None);

        let port = shop.gateway.port();
        let old = std::mem::replace(&mut shop.gateway, Gateway::npm(&json!({})));
        old.kill();
        shop.printer.clear_faults();
        shop.sheets(2);
        shop.wait_for_jobs(2, Some("completed"));

        shop.gateway = Gateway::npm(&json!({ "port": port, "generation": "c" }));
        shop.wait_until_ready();
        shop.gateway.hear("desktop:status", |status| status["status"] == "connected");
        let found = shop.gateway.hear("printer:discovered", |found| found["name"] == "Bar");
        assert!(found["capabilities"].is_array() && found["status"] == "online", "{found}");
        shop.gateway.hear("print:job:completed", |done| done["jobId"] == "away-1");
        // Its caller still waits, on the other side of the restart.
        shop.gateway.hear("print:physical:result", |result| result["jobId"] == "away-2");

        shop.gateway.order(json!({"do": "kick"}));
        let connections = |line: &Value| line["is"] == "connected";
        shop.gateway.wait_for_count(2, connections);
        settle(&mut shop);
        shop.stop();
        assert_eq!(
            names(&shop.gateway.told(&json!("away-1"))),
            ["print:job:completed"],
            "{driver}"
        );
        assert_eq!(
            names(&shop.gateway.told(&json!("away-2"))),
            ["print:physical:result"],
            "{driver}"
        );
        assert_eq!(shop.printer.sheet_count(), 2);
    }
}

#[test]
fn a_storm_of_kicks_loses_and_doubles_nothing() {
    for (driver, way) in DRIVERS.into_iter().zip(["kick", "close"]) {
        let mut shop = shop("c", driver);
        shop.printer.set_fault(Fault::PaperOut);
        for number in 0..10 {
            let commands = bytes(&format!("Ticket {number}"));
            let job = json!({"id": number, "printerId": "Bar", "escposCommands": commands});
            shop.gateway.emit("print:job", job);
        }
        shop.wait_for_jobs(10, None);
        shop.gateway.set(json!({"onConnect": way, "storm": 4}));
        shop.gateway.order(json!({"do": "kick", "close": way == "close"}));
        let is_connect = |line: &Value| line["is"] == "connected";
        shop.gateway.wait_for_count(2, is_connect);
        // The outcomes fall into the storm: a session that ends as soon as it has begun is not one to tell them on.
        shop.printer.clear_faults();
        shop.wait_for_jobs(10, Some("completed"));
        shop.gateway.wait_for_count(5, is_connect);
        for number in 0..10 {
            shop.gateway.hear("print:job:completed", |done| done["jobId"] == number);
        }
        settle(&mut shop);
        shop.stop();
        for number in 0..10 {
            let told = shop.gateway.told(&json!(number));
            let ends = names(&told).iter().filter(|name| **name == "print:job:completed").count();
            assert_eq!(ends, 1, "{driver}: {told:?}");
        }
        assert_eq!(shop.printer.sheet_count(), 10, "{driver}");
    }
}

#[test]
fn a_request_for_a_printer_of_another_till_gets_silence() {
    let mut shop = shop("b", "native");
    let ask = json!({"do": "ask", "event": "printer:test", "args": [
        {"printerName": "Cellar \"2\" 🖨\n", "correlationId": "c-1"}]});
    assert_eq!(shop.gateway.order(ask)["answer"][0]["received"], true);
    shop.gateway.emit("printer:test", json!({"printerId": "x", "printerName": "Cellar"}));
    shop.gateway.emit("print:job", json!({"id": "s-1", "printerId": "Cellar", "content": "x"}));
    shop.gateway.emit(
        "print:physical",
        json!({"id": "s-2", "printerName": "Cellar", "orderData": {"id": 1}}),
    );
    shop.gateway.emit("print:raw", json!({"printerName": "Cellar", "data": "x"}));
    shop.gateway.emit(
        "print:job",
        json!({"id": "s-3", "printerId": "Bar", "branchId": "branch-2", "content": "x"}),
    );
    settle(&mut shop);
    let spoken = |line: &Value| {
        line["is"] == "event"
            && line["name"]
                .as_str()
                .is_some_and(|name| name.starts_with("print:") || name.starts_with("printer:test"))
    };
    assert_eq!(shop.gateway.count(spoken), 0, "{:?}", shop.gateway.all());
    let status = shop.till.ask_ok(&["status"]);
    assert!(
        status.contains("Not for this till: Cellar (no printer of this name or id is set up here)"),
        "{status}"
    );
    assert!(status.contains("(it is for another branch)"), "{status}");
    assert_eq!(shop.printer.sheet_count(), 0);
}

#[test]
fn questions_are_answered_and_the_gateways_id_is_learned() {
    let mut shop = shop("a", "native");
    for question in
        [json!({"action": "status_update"}), json!({"action": "status_update", "printerIds": []})]
    {
        let before = shop.gateway.heard("printer:status:update").len();
        shop.gateway.emit("printer:status:request", question);
        wait_for("an update", || {
            (shop.gateway.heard("printer:status:update").len() > before).then_some(())
        });
    }
    shop.gateway
        .emit("printer:added", json!({"id": "srv-77", "name": "Bar", "branchId": "branch-1"}));
    shop.gateway.emit("print:queue:status", json!({"printerId": "srv-77"}));
    let queue = shop.gateway.hear("print:queue:status:result", |_| true);
    assert_eq!(
        (&queue["printerId"], &queue["queueLength"]),
        (&json!("srv-77"), &json!(0)),
        "{queue}"
    );
    shop.gateway.emit("discovery:get-cached-printers", json!({}));
    let cached = shop.gateway.hear("discovery:cached-printers", |_| true);
    assert_eq!((&cached["count"], &cached["printers"][0]["name"]), (&json!(1), &json!("Bar")));

    // Also after a restart of the till.
    shop.stop();
    shop.running = shop.till.start();
    shop.gateway.wait_for_count(2, |line| line["is"] == "connected");
    shop.gateway.emit(
        "print:job",
        json!({"id": 1, "printerId": "srv-77", "content": "By the gateway's id"}),
    );
    shop.gateway.hear("print:job:completed", |done| done["printerId"] == "srv-77");
}

#[test]
fn a_known_job_is_answered_again_and_not_printed_again() {
    let mut shop = shop("a", "native");
    for asked in 1..=3 {
        shop.gateway.emit("print:physical", order(json!("k-1"), "Cake"));
        wait_for("an answer for each request", || {
            (shop.gateway.told(&json!("k-1")).len() == asked).then_some(())
        });
    }
    shop.stop();
    assert_eq!(names(&shop.gateway.told(&json!("k-1"))), ["print:physical:result"; 3]);
    assert_eq!(shop.printer.sheet_count(), 1);
}

#[test]
fn a_gateway_that_cannot_check_licences_is_used_all_the_same() {
    let mut shop = Shop::open(json!({"validate": "missing", "rest": false}));
    shop.gateway.emit("print:job", json!({"id": 1, "printerId": "Bar", "content": "x"}));
    shop.gateway.hear("print:job:completed", |_| true);
    let status = shop.till.ask_json(&["status", "--json"]);
    assert_eq!(status["gateway"]["licence"]["state"], "unavailable", "{status}");
    assert_eq!(status["gateway"]["connection"]["state"], "online", "{status}");
}

#[test]
fn a_refused_licence_is_told_in_words_and_tried_again() {
    let mut gateway = Gateway::npm(&json!({"generation": "b", "licence": "another key"}));
    let printer = printer();
    let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &printer.uri())]);
    let running = till.start();
    wait_for_log(&till, "the licence was refused");
    let words = wait_for("the status says so", || {
        let status = till.ask_json(&["status", "--json"]);
        let licence = status["gateway"]["licence"].clone();
        (licence["state"] == "refused").then(|| licence["words"].as_str().unwrap().to_owned())
    });
    assert!(words.contains("licence") && !words.contains(KEY), "{words}");
    assert_eq!(
        gateway.count(|line| line["is"] == "connected"),
        0,
        "a refused till does not connect"
    );
    gateway.set(json!({ "licence": KEY }));
    let at_most = Duration::from_secs(40);
    gateway.wait_within(at_most, "the till tries again", |line| line["is"] == "connected");
    let mut shop = Shop { running, gateway, printer, till };
    shop.wait_until_ready();
}

/// Real time: what is late is late by the clocks of the machine.
#[test]
fn a_late_outcome_is_no_result_any_more_and_the_line_keeps_beating() {
    let mut shop = shop("b", "native");
    let began = Instant::now();
    shop.printer.set_fault(Fault::CoverOpen);
    shop.gateway.emit("print:physical", order(json!("late-1"), "Soup"));
    shop.gateway.emit("print:raw", json!({"printerName": "Bar", "data": "late too"}));
    shop.gateway.emit(
        "print:job",
        json!({"id": "late-2", "printerId": "Bar", "escposCommands": bytes("late, and told")}),
    );
    wait_at_most(Duration::from_secs(70), "a minute passes", || {
        shop.gateway.all();
        (began.elapsed() > Duration::from_secs(61)).then_some(())
    });
    assert_eq!(shop.gateway.told(&json!("late-1")), [], "nothing is decided while the job is held");
    shop.printer.clear_fault(FaultKind::CoverOpen);
    for id in ["late-1", "late-2"] {
        shop.gateway.hear("print:job:completed", |done| done["jobId"] == id);
    }
    sheets(&shop.printer, 3);
    shop.stop();
    assert_eq!(names(&shop.gateway.told(&json!("late-1"))), ["print:job:completed"]);
    assert_eq!(
        shop.gateway.heard("print:raw:result"),
        [] as [Value; 0],
        "nobody waits for it any more"
    );

    let beats = shop.gateway.count(|line| line["path"] == "/api/v1/printing/printers/heartbeat");
    assert!((5..=8).contains(&beats), "{beats} REST heartbeats in a minute");
    let pings = shop.gateway.heard("ping").len();
    assert!((3..=5).contains(&pings), "{pings} pings in a minute");
    let updates = shop.gateway.heard("printer:status:update").len();
    assert!(updates >= 4, "{updates} updates: at the start, a change each way, two heartbeats");
}

#[test]
fn python_socketio_is_served_like_the_other() {
    let mut shop = Shop::open_with(Gateway::python(), &[]);
    shop.gateway.emit(
        "print:job",
        json!({"id": "p-1", "printerId": "Bar", "escposCommands": bytes("From Python")}),
    );
    shop.gateway.emit("print:physical", order(json!("p-2"), "Paella"));
    shop.gateway.hear("print:job:completed", |done| done["jobId"] == "p-1");
    let result = shop.gateway.hear("print:physical:result", |result| result["jobId"] == "p-2");
    assert_eq!(result["success"], true, "{result}");
    let paper = shop.sheets(2);
    assert_eq!(paper[0].bytes, bytes("From Python"));
    assert!(shop.text(&paper[1]).contains("Paella"));
    shop.stop();
    assert_eq!(
        names(&shop.gateway.told(&json!("p-1"))),
        ["print:job:started", "print:job:completed"]
    );
}
