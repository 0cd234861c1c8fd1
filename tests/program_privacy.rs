//! Receipt text, keys and tokens reach no log, no listing, no error and no bundle, also while everything goes wrong and
//! the log is as chatty as it gets.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_simulators::printer::Fault;
use platen_tests::Till;
use platen_tests::marks::{check, everything_told, mark, order, start};
use platen_tests::shop::{Gateway, KEY, Shop, printer, wait_for};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Stands in the proxy's address.
const PASSWORD: &str = "MARKERpassword";
/// About so many jobs come into being.
const JOBS: u32 = 8;

/// Everything a gateway can put text into, well and badly.
fn requests() -> Vec<(&'static str, Value)> {
    let commands = |text: &str| [text.as_bytes(), b"\n\x1dV\0"].concat();
    vec![
        (
            "print:job",
            json!({"id": "p-1", "printerId": "Bar", "content": mark(), "title": mark(), "metadata": {"a": mark()}}),
        ),
        (
            "print:job",
            json!({"id": "p-2", "printerId": "Bar", "escposCommands": commands(&mark())}),
        ),
        (
            "print:physical",
            json!({"id": "p-3", "printerName": "Bar", "type": "receipt", "orderId": mark(),
            "companyName": mark(), "orderData": order()}),
        ),
        (
            "print:physical",
            json!({"id": "p-4", "printerName": "Bar", "type": "kitchen_order", "companyName": mark(),
            "receiptData": order()}),
        ),
        (
            "print:physical",
            json!({"id": "p-5", "printerName": "Bar", "orderData": format!("{{\"items\": [\"{}\"", mark())}),
        ),
        ("print:physical", json!({"id": "p-6", "printerName": "Bar", "orderData": [mark()]})),
        ("print:raw", json!({"printerName": "Bar", "data": mark(), "title": mark()})),
        ("print:raw", json!({"printerName": "Bar", "data": {"text": mark()}})),
        (
            "printer:test",
            json!({"printerName": "Bar", "text": mark(), "companyName": mark(), "correlationId": "c"}),
        ),
        ("print:job", json!({"id": "p-7", "printerId": "Bar", "escposCommands": [27, mark()]})),
        ("print:job", json!({"id": "p-8", "printerId": "Bar", "content": [mark()]})),
        ("print:job", json!({"printerId": "Bar", "content": mark()})),
        (
            "print:job",
            json!({"id": "p-9", "printerId": "Cellar", "content": mark(), "orderData": order()}),
        ),
        ("print:job", json!({"id": "p-1", "printerId": "Bar", "content": mark()})),
        ("print:job", json!(mark())),
        ("exception", json!({"status": "error", "message": format!("the key {KEY} is unknown")})),
    ]
}

fn token(till: &Till) -> String {
    let door = wait_for("the door opens", || fs::read(till.home().join("control.json")).ok());
    serde_json::from_slice::<Value>(&door).unwrap()["token"].as_str().unwrap().to_owned()
}

#[test]
fn no_marker_comes_out_whatever_happens() {
    for driver in ["native", "rust_socketio"] {
        everything_goes_wrong(driver);
    }
}

fn everything_goes_wrong(driver: &str) {
    let folder = tempfile::tempdir().unwrap();
    let stderr = folder.path().join("stderr");
    let gateway = Gateway::npm(&json!({"licence": KEY}));
    let printer = printer();
    let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &printer.uri())]);
    till.ask_ok(&["setup", "--driver", driver]);
    let running = start(&till, &stderr);
    let mut shop = Shop { running, gateway, printer, till };
    shop.wait_until_ready();
    let first_token = token(&shop.till);

    for (event, payload) in requests() {
        shop.gateway.emit(event, payload);
    }
    shop.wait_for_log("a known job came again with other content");
    // Frames that are cut off or wrong, with text in them.
    let torn = format!(
        "42/printing-ws,[\"print:job\",{{\"id\":\"t\",\"printerId\":\"Bar\",\"content\":\"{}",
        mark()
    );
    shop.gateway.order(json!({"do": "raw", "text": torn}));
    shop.wait_for_log("disconnected from the gateway");
    shop.gateway.wait_for_count(2, |line| line["is"] == "connected");

    // A printer that resets the connection in mid-job, and one that is out of paper.
    shop.printer.set_fault(Fault::HalfPrint(5));
    let torn = |id: &str| json!({"id": id, "printerId": "Bar", "content": format!("{} {}", mark(), "text ".repeat(50))});
    shop.gateway.emit("print:job", torn("f-1"));
    shop.gateway.hear("print:job:failed", |failed| failed["jobId"] == "f-1");
    shop.printer.set_fault(Fault::PaperOut);
    shop.gateway.emit("print:job", torn("f-2"));
    shop.wait_for_log("the printer is not ready");

    let refusal = json!({"code": "LICENSE_INVALID", "message": format!("{KEY} is not valid")});
    shop.gateway.emit("connection:error", refusal);
    shop.wait_for_log("the gateway refuses this till");

    // Killed, its journal damaged, and started again; a local command with text that cannot be read.
    shop.running.signal(libc::SIGKILL);
    wait_for("it is gone", || shop.running.has_ended().then_some(()));
    check(&everything_told(&shop.till, &stderr, JOBS), &[KEY, &first_token]);
    damage(&shop.till.home().join("spool/spool.db"));
    shop.running = start(&shop.till, &stderr);
    shop.wait_for_log("has been set aside");
    let second_token = token(&shop.till);
    let broken = folder.path().join("broken.json");
    fs::write(&broken, format!("{{\"items\": [{{\"name\": \"{}\"}}, {}", mark(), mark())).unwrap();
    let text = folder.path().join("text");
    fs::write(&text, mark()).unwrap();
    for (file, format) in [(&broken, "receipt"), (&text, "text"), (&text, "raw")] {
        let arguments = ["print", "Bar", file.to_str().unwrap(), "--as", format, "--wait", "1"];
        let output = shop.till.command(&arguments).env("PLATEN_LOG", "trace").output().unwrap();
        let both = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        check(&[(arguments.join(" "), both)], &[KEY, &second_token]);
    }
    check(&everything_told(&shop.till, &stderr, JOBS), &[KEY, &first_token, &second_token]);
    assert!(
        shop.till.log().contains("TRACE") && shop.till.log().len() > 5_000,
        "there is no log to look at"
    );
}

/// Overwrites the middle of a file.
fn damage(path: &Path) {
    let mut content = fs::read(path).unwrap();
    let wal = path.with_extension("db-wal");
    let _ = fs::remove_file(wal);
    let half = content.len() / 2;
    content[..100].fill(0x5A);
    content[half..].fill(0xA5);
    fs::write(path, content).unwrap();
}

#[test]
fn a_password_in_an_address_stays_where_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let stderr = folder.path().join("stderr");
    let printer = printer();
    for (gateway, proxy) in [
        ("https://127.0.0.1:9".to_owned(), format!("http://till:{PASSWORD}@127.0.0.1:9")),
        (format!("http://till:{PASSWORD}@127.0.0.1:9/?token={PASSWORD}"), "none".to_owned()),
        ("https://127.0.0.1:9".to_owned(), format!("nonsense {PASSWORD}")),
    ] {
        let till = Till::set_up(&gateway, KEY, &[("Bar", &printer.uri())]);
        let output = till.ask(&["setup", "--proxy", &proxy]);
        let both = [output.stdout, output.stderr].concat();
        check(&[("setup".to_owned(), String::from_utf8_lossy(&both).into_owned())], &[KEY]);
        let running = start(&till, &stderr);
        let token = token(&till);
        wait_for("it has tried", || {
            let log = till.log();
            (log.contains("connecting again later") || log.contains("is not connected"))
                .then_some(())
        });
        check(&everything_told(&till, &stderr, JOBS), &[KEY, &token]);
        drop(running);
    }
}
