//! Finding printers in a network of the test's own: two network namespaces on one cable, one with the till, one with the
//! shop's printers. `make test-lan`; needs root and Debian's iproute2. Not a packet leaves this machine.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

mod common;

use common::network::{Network, Shop, TILL};
use platen_devices::lan::{FoundPrinter, LanIdentity, ScanOptions, ServiceKind, browse, scan};
use std::time::Duration;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

const PRINTERS: u8 = 20;
/// The promise: twenty printers are found in this time, and a new address is followed in it.
const PROMISED: Duration = Duration::from_secs(10);

#[tokio::test]
async fn twenty_printers_are_found_and_a_new_address_is_followed() {
    let network = Network::new();
    let said = network.till("inner_twenty_printers", &[]).await;
    said.lines().filter(|line| line.contains("found in")).for_each(|line| println!("{line}"));
}

#[tokio::test]
#[ignore = "run by the test above, in the till's network"]
async fn inner_twenty_printers() {
    let mut shop = Shop::open();
    let began = tokio::time::Instant::now();
    let search = browse().unwrap();
    let mut found = search.watch();
    for nth in 1..=PRINTERS {
        shop.announce(&name(nth), address(nth));
    }
    // A printer that announces two services may be known by one of them first.
    let whole = |printer: &FoundPrinter| printer.services.len() == 2;
    let all =
        found.wait_for(|found| found.len() == usize::from(PRINTERS) && found.iter().all(whole));
    let all = timeout(PROMISED, all).await.expect("all are found in time").unwrap().clone();
    println!("{PRINTERS} printers found in {} ms", began.elapsed().as_millis());
    for nth in 1..=PRINTERS {
        let printer = all.iter().find(|printer| printer.name == name(nth)).unwrap();
        assert_eq!(printer.uri().unwrap().to_string(), format!("tcp://{}:9100", address(nth)));
        assert_eq!(printer.make.as_deref(), Some("PLATEN"));
        assert_eq!(printer.model.as_deref(), Some("Virtual 80"));
        let kinds: Vec<ServiceKind> = printer.services.iter().map(|one| one.kind).collect();
        assert_eq!(kinds, [ServiceKind::Raw, ServiceKind::Ipp]);
    }

    let before = all.iter().find(|printer| printer.name == name(1)).unwrap();
    shop.move_without_goodbye(&name(1), address(1), address(PRINTERS + 1));
    let moved_to = format!("tcp://{}:9100", address(PRINTERS + 1));
    let is_there = |printer: &FoundPrinter| {
        printer.is(before) && printer.uri().is_some_and(|uri| uri.to_string() == moved_to)
    };
    let began = tokio::time::Instant::now();
    let moved = found.wait_for(|found| found.iter().any(is_there));
    timeout(PROMISED, moved).await.expect("the new address is followed").unwrap();
    println!("a new address found in {} ms", began.elapsed().as_millis());

    shop.close_down(&name(2));
    let gone = found.wait_for(|found| found.iter().all(|printer| printer.name != name(2)));
    timeout(PROMISED, gone).await.expect("who says goodbye is gone").unwrap();
}

#[tokio::test]
async fn a_scan_finds_who_listens_and_sends_nothing() {
    Network::new().till("inner_scan", &[]).await;
}

#[tokio::test]
#[ignore = "run by the test above, in the till's network"]
async fn inner_scan() {
    let mut shop = Shop::open();
    for nth in [1, 7, 20] {
        shop.listen(address(nth));
    }
    let report = scan(ScanOptions::default(), CancellationToken::new()).await.unwrap();
    assert_eq!((report.tried, report.left_out), (253, 0), "a /24 without this machine");
    let found: Vec<String> =
        report.found.iter().map(|one| one.uri().unwrap().to_string()).collect();
    let expected = [1, 7, 20].map(|nth| format!("tcp://{}:9100", address(nth)));
    assert_eq!(found, expected);
    let visits = shop.visits();
    assert_eq!(visits, [1, 7, 20].map(|nth| (address(nth), 1, 0)), "address, connections, bytes");
    let one_card = &report.found[0].mac.expect("a neighbour's card is known");
    assert!(report.found.iter().all(|one| one.mac.as_ref() == Some(one_card)));
    assert!(report.found.iter().all(|one| one.identities.is_empty()), "it is three printers' card");

    shop.only(address(7));
    let report = scan(ScanOptions::default(), CancellationToken::new()).await.unwrap();
    assert_eq!(report.found.len(), 1);
    assert_eq!(report.found[0].identities, [LanIdentity::Mac(*one_card)]);
}

#[tokio::test]
async fn a_scan_ends_when_it_is_told_to() {
    Network::new().till("inner_canceled_scan", &[]).await;
}

#[tokio::test]
#[ignore = "run by the test above, in the till's network"]
async fn inner_canceled_scan() {
    let _shop = Shop::open();
    let patient = ScanOptions { per_host: Duration::from_secs(600), ..ScanOptions::default() };
    let cancel = CancellationToken::new();
    cancel.cancel();
    let report = scan(patient.clone(), cancel).await.unwrap();
    assert_eq!((report.tried, report.left_out), (0, 253));

    let hurried = ScanOptions { total: Duration::from_millis(300), ..patient };
    let report = scan(hurried, CancellationToken::new()).await.unwrap();
    assert_eq!(report.tried + report.left_out, 253);
    assert!(report.left_out > 0, "nobody answers there");
}

fn name(nth: u8) -> String {
    format!("Printer No. {nth}")
}

/// The shop's addresses; the till has the first of the net.
fn address(nth: u8) -> std::net::Ipv4Addr {
    let [a, b, c, _] = TILL.octets();
    std::net::Ipv4Addr::new(a, b, c, 10 + nth)
}

/// The shop's side: does as it is told on its standard input. Run by [`Shop::open`], in the shop's network.
#[test]
#[ignore = "run by the tests above, in the shop's network"]
fn inner_shop() {
    common::network::keep_shop();
}
