//! How soon the gateway hears that a printer's paper is out.

use crate::figure::{Figures, median, ms, quantile};
use crate::shop::{Agent, gateway, newest, printer};
use platen_simulators::GatewayHandle;
use platen_simulators::gateway::LicenceFixture;
use platen_simulators::printer::Fault;
use platen_tests::{SOON, Till, eventually};
use serde_json::Value;
use std::time::{Duration, Instant};

const ROUNDS: u32 = 8;
/// A resting printer is asked every 1.8 seconds: the rounds begin at different moments of that.
const STEP: Duration = Duration::from_millis(650);
/// Between two jobs of a busy printer.
const PACE: Duration = Duration::from_millis(40);
/// What the gateway may wait for the news of a printer at work, in milliseconds.
const LIMIT: f64 = 2_000.0;

/// Measures with a printer at work, and with one at rest.
pub async fn measure(figures: &mut Figures) {
    let gateway = gateway();
    let mut counter = Agent::alone(printer());
    let uri = counter.printers[0].uri();
    let till = Till::set_up(&gateway.url(), &LicenceFixture::demo().key, &[("Printer 0", &uri)]);
    let _running = till.start();
    gateway.wait_for_desktops(1, SOON).await.unwrap();
    told_at(&gateway, 0, Word::Ready).await;
    let (mut at_work, mut at_rest) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        for _ in 0..10 {
            counter.send(&gateway, 0);
            tokio::time::sleep(PACE).await;
        }
        let (seq, began) = (newest(&gateway), Instant::now());
        counter.printers[0].set_fault(Fault::PaperOut);
        counter.send(&gateway, 0);
        at_work.push(ms(told_at(&gateway, seq, Word::NotReady).await - began));
        mend(&gateway, &counter).await;
        tokio::time::sleep(STEP * round).await;
        let (seq, began) = (newest(&gateway), Instant::now());
        counter.printers[0].set_fault(Fault::PaperOut);
        at_rest.push(ms(told_at(&gateway, seq, Word::NotReady).await - began));
        mend(&gateway, &counter).await;
    }
    figures.against_limit("paper-out-at-work", quantile(&at_work, 1.0), "ms", LIMIT);
    figures.note("paper-out-at-rest-p50", median(&at_rest), "ms");
    figures.against_limit("paper-out-at-rest", quantile(&at_rest, 1.0), "ms", LIMIT);
}

/// What the gateway is told of the printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Ready,
    NotReady,
}

async fn mend(gateway: &GatewayHandle, counter: &Agent) {
    let seq = newest(gateway);
    counter.printers[0].clear_faults();
    told_at(gateway, seq, Word::Ready).await;
}

/// When the gateway was told so, after the event `seq`.
async fn told_at(gateway: &GatewayHandle, seq: u64, word: Word) -> Instant {
    eventually("the gateway is told how the printer is", async || {
        let is_it = |payload: &Value| {
            let ready = ["online", "busy"].map(Value::from).contains(&payload["status"]);
            if ready { Word::Ready == word } else { Word::NotReady == word }
        };
        let events = gateway.received_after(seq);
        let updates = events.iter().filter(|event| event.event == "printer:status:update");
        updates.filter(|event| is_it(&event.payload["printerIds"][0])).map(|event| event.at).next()
    })
    .await
}
