//! What one printer's hanging costs another one's jobs.

use crate::cupsd::Cupsd;
use crate::figure::{Figures, median, quantile};
use crate::latency::print;
use crate::shop::{Agent, gateway, printer};
use platen_simulators::gateway::LicenceFixture;
use platen_tests::{SOON, Till};
use serde_json::Value;
use tokio::net::TcpSocket;

/// With a printer that hangs and without one take turns, so that whatever else the machine does meets both.
const ROUNDS: usize = 6;
const JOBS: usize = 40;
const WARM_UP: usize = 50;
/// Jobs of the printer that hangs, while the other one prints.
const STUCK: usize = 5;
/// By how much a printer that hangs may delay the jobs of another one, in milliseconds.
const LIMIT: f64 = 50.0;

/// Measures with a network printer that takes a connection and never reads, and with a print service that stands still
/// (where CUPS and root are there for one).
pub async fn measure(figures: &mut Figures) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(1024).unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let silent = socket.listen(16).unwrap();
    let uri = format!("tcp://{}", silent.local_addr().unwrap());
    delay(figures, ["hang-network", "hang-network-p50", "alone-worst"], &uri, None).await;
    let cups = Cupsd::start();
    cups.printer("POS80");
    let names = ["hang-spooler", "hang-spooler-p50", "alone-worst"];
    delay(figures, names, "spooler://POS80", Some(&cups)).await;
}

/// The worst job of a good printer while the other hangs, against the usual one while nothing hangs.
async fn delay(
    figures: &mut Figures,
    [worst, middle, alone]: [&'static str; 3],
    hangs: &str,
    cups: Option<&Cupsd>,
) {
    let gateway = gateway();
    let mut counter = Agent::alone(printer());
    let good = counter.printers[0].uri();
    let places = [("Printer 0", good.as_str()), ("Printer 1", hangs)];
    let till = Till::set_up(&gateway.url(), &LicenceFixture::demo().key, &places);
    let _running = till.start_with(|engine| {
        if let Some(cups) = cups {
            engine.env("CUPS_SERVER", cups.socket());
        }
    });
    gateway.wait_for_desktops(1, SOON).await.unwrap();
    print(&gateway, &mut counter, WARM_UP).await;
    let mut free = Vec::new();
    for _ in 0..ROUNDS {
        free.extend(print(&gateway, &mut counter, JOBS).await);
    }
    let _ = cups.inspect(|cups| cups.freeze());
    for _ in 0..STUCK {
        counter.send(&gateway, 1);
    }
    let mut beside = Vec::new();
    for _ in 0..ROUNDS {
        beside.extend(print(&gateway, &mut counter, JOBS).await);
    }
    // Their own printer's: those beside them fill the list.
    let stuck = till.ask_json(&["jobs", "--printer", "Printer 1", "--json"]);
    let open = |job: &Value| job["state"] != "completed";
    assert!(stuck.as_array().unwrap().iter().any(open), "{hangs} did not hang: {stuck}");
    let _ = cups.inspect(|cups| cups.thaw());
    let usual = median(&free);
    figures.note(alone, quantile(&free, 1.0) - usual, "ms");
    figures.note(middle, median(&beside) - usual, "ms");
    figures.against_limit(worst, quantile(&beside, 1.0) - usual, "ms", LIMIT);
}
