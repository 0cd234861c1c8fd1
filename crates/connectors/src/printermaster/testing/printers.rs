//! What the gateway is told of the printers.

use super::*;
use crate::Health;
use serde_json::json;

const UPDATE: &str = "printer:status:update";

#[tokio::test(start_paused = true)]
async fn everything_is_announced_again_after_every_connect() {
    let till = Till::with(vec![printer("p-1", "Bar"), printer("p-2", "Kitchen")]).await;
    for round in 1..=3 {
        till.gateway.connect();
        till.gateway.wait(UPDATE, round).await;
        till.settle_down().await;
        assert_eq!(till.gateway.all("desktop:status").len(), round);
        assert_eq!(till.gateway.all("join:branch")[round - 1], json!({"branchId": "b1"}));
        assert_eq!(till.gateway.all("printer:discovered").len(), 2 * round);
        till.gateway.disconnect();
        till.settle_down().await;
    }
    assert_eq!(till.status().line.reconnections, 2);
    let status = &till.gateway.all("desktop:status")[0];
    assert_eq!((&status["status"], &status["version"]), (&json!("connected"), &json!("0.1.0")));
}

#[tokio::test(start_paused = true)]
async fn the_status_goes_out_every_thirty_seconds_and_at_once_on_a_change() {
    let till = Till::online().await;
    tokio::time::sleep(Duration::from_secs(91)).await;
    assert_eq!(till.gateway.all(UPDATE).len(), 3);
    till.gateway.forget();
    let before = tokio::time::Instant::now();
    till.change_printer(1, |printer| printer.health = Health::Offline);
    let update = till.gateway.wait(UPDATE, 1).await;
    assert_eq!(before.elapsed(), Duration::ZERO);
    assert_eq!(update["printerIds"][1]["status"], "offline");
    assert_eq!(update["printerIds"][0]["status"], "online");
    assert_eq!(update["branchId"], "b1");
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_grows_is_no_news() {
    let till = Till::online().await;
    till.change_printer(0, |printer| printer.queue_length = 5);
    till.settle_down().await;
    assert!(till.gateway.sent().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_new_printer_is_announced() {
    let till = Till::online().await;
    till.host.printers.send_modify(|printers| {
        let mut now = printers.as_ref().clone();
        now.push(printer("p-3", "Terrace"));
        *printers = Arc::new(now);
    });
    till.gateway.wait(UPDATE, 1).await;
    let announced = till.gateway.all("printer:discovered");
    assert_eq!(announced.len(), 1);
    assert_eq!(announced[0]["name"], "Terrace");
}

#[tokio::test(start_paused = true)]
async fn both_requests_after_a_connect_mean_all_printers() {
    let till = Till::online().await;
    for ids in
        [json!({"action": "status_update"}), json!({"printerIds": []}), json!({"printerIds": null})]
    {
        till.gateway.forget();
        till.gateway.say("printer:status:request", ids);
        let update = till.gateway.wait(UPDATE, 1).await;
        assert_eq!(update["printerIds"].as_array().unwrap().len(), 2);
    }
    till.gateway.forget();
    till.gateway.say("printer:status:request", json!({"printerIds": ["p-2", "elsewhere"]}));
    let update = till.gateway.wait(UPDATE, 1).await;
    assert_eq!(update["printerIds"].as_array().unwrap().len(), 1);
    till.gateway.forget();
    till.gateway.say("printer:status:request", json!({"printerIds": ["elsewhere"]}));
    till.settle_down().await;
    assert!(till.gateway.sent().is_empty(), "another till's printers");
}

#[tokio::test(start_paused = true)]
async fn the_gateways_id_of_a_printer_is_learned_and_survives_a_restart() {
    let till = Till::online().await;
    till.gateway.say("printer:added", json!({"id": "srv-77", "name": "Kitchen", "branchId": "b1"}));
    till.gateway
        .say("printer:added", json!({"printer": {"id": "srv-5", "name": "Bar", "branchId": "b2"}}));
    till.settle_down().await;
    till.cancel.cancel();
    let again = Till::on(till.host.clone(), settings()).await;
    again.gateway.connect();
    let update = again.gateway.wait(UPDATE, 1).await;
    assert_eq!(update["printerIds"][1]["id"], "srv-77");
    assert_eq!(update["printerIds"][0]["id"], "p-1", "another branch's bar is not ours");
    again.gateway.say(
        "print:physical",
        json!({"id": 1, "printerId": "srv-77", "orderData": {"orderNumber": 1}}),
    );
    again.wait_for_jobs(1).await;
    assert_eq!(again.host.jobs()[0].1.printer.as_str(), "p-2");
}

#[tokio::test(start_paused = true)]
async fn the_other_questions_are_answered() {
    let till = Till::online().await;
    till.change_printer(0, |printer| printer.queue_length = 4);
    till.gateway.say("print:queue:status", json!({"printerId": "p-1"}));
    let queue = till.gateway.wait("print:queue:status:result", 1).await;
    assert_eq!((&queue["printerId"], &queue["queueLength"]), (&json!("p-1"), &json!(4)));
    till.gateway.say("discovery:status", json!({}));
    assert_eq!(till.gateway.wait("discovery:status:result", 1).await["printersFound"], 2);
    till.gateway.say("discovery:get-cached-printers", json!(null));
    let cached = till.gateway.wait("discovery:cached-printers", 1).await;
    assert_eq!((&cached["count"], &cached["printers"][1]["name"]), (&json!(2), &json!("Kitchen")));
    till.gateway.say("discovery:force", json!({}));
    assert_eq!(till.gateway.wait("discovery:force:result", 1).await["success"], true);
    assert_eq!(till.gateway.all("printer:discovered").len(), 2);
    till.gateway.say("discovery:control", json!({"action": "start"}));
    till.gateway.wait("printer:discovered", 4).await;
}

#[tokio::test(start_paused = true)]
async fn noise_is_answered_with_nothing() {
    let (log, till) = (Log::default(), Till::online().await);
    let _listening = log.listen();
    for name in [
        "desktop:connected",
        "branch:joined",
        "printer:heartbeat",
        "printer:discovery:acknowledged",
        "printer:status:acknowledged",
        "desktop:status:acknowledged",
        "printerStatusUpdate",
        "printJobsUpdate",
        "printerAlerts",
        "printerUpdate",
        "printerRegistered",
        "printJobBroadcast",
        "print:job:status",
        "printer:test:completed",
        "printer:synced",
    ] {
        till.gateway.say(name, json!({"a": 1}));
    }
    till.settle_down().await;
    assert!(till.gateway.sent().is_empty());
    assert_eq!(log.text(), "");
    assert!(till.status().unknown_events.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_gateway_that_never_answers_pings_holds_nothing_up() {
    let till = Till::online().await;
    tokio::time::sleep(Duration::from_secs(311)).await;
    assert!(till.gateway.all("ping").len() >= 15);
    assert_eq!(till.status().line.pings, 3, "after three it is not asked for answers any more");
    let health = till.gateway.wait("desktop:health:report", 1).await;
    assert_eq!(health["connectionQuality"], "unknown");
    assert_eq!(health["totalPings"], 3);
    assert_eq!(health["deviceId"], "till-1");
    assert_eq!(till.gateway.all(UPDATE).len(), 10);
}
