//! The signpost: the DNS record `_platen._tcp` with which a shop's network names the shop's server.
//!
//! Nobody vouches for the answer, so it is no more than an offer: it is shown, and a person takes it or types another address. It
//! can say no more than a host and a port; that they are reached over TLS is ours to say, and the host has to prove its name.
//! Nothing is sent to it before a person presses *Connect*.

mod look_up;

use crate::changing::{on_disk, settings};
use crate::room::Room;
use look_up::Network;
use platen_bridge::GatewaySettings;
use serde::Serialize;
use std::cmp::Reverse;
use std::sync::Arc;
#[cfg(test)]
use ts_rs::TS;
use url::Url;

/// A server that the network names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(TS))]
pub struct Offer {
    /// Its address, as a person would type it: `https://till.example.org`.
    url: String,
    /// What is shown of it: its name, and its port where that is not the usual one.
    name: String,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pointer {
    /// The smallest is meant to be tried first.
    priority: u16,
    /// Among equals, the largest most often.
    weight: u16,
    port: u16,
    /// The labels of the host's name; any bytes.
    host: Vec<Vec<u8>>,
}

/// The server that the network names, for a till without one; none where there is no such record, where it cannot be used, or
/// where the settings say not to ask. Ends within 3 s, or when [`Room::look_away`] says so.
///
/// # Errors
/// Why the settings cannot be read, in words for a person.
pub(crate) async fn look(room: &Arc<Room>) -> Result<Option<Offer>, String> {
    look_in(room, Network::here).await
}

async fn look_in(
    room: &Arc<Room>,
    network: fn() -> Option<Network>,
) -> Result<Option<Offer>, String> {
    let ended = room.look_at_signpost();
    let wanted = on_disk(room, |room| {
        let settings = settings(room)?;
        Ok(settings.gateway.is_none() && settings.discovery.server)
    });
    if !wanted.await? {
        return Ok(None);
    }
    tokio::select! {
        () = ended.cancelled() => Ok(None),
        pointers = look_up::pointers(network) => Ok(pick(pointers)),
    }
}

/// The first one that can be used. Which one that is does not change from one look to the next.
fn pick(mut pointers: Vec<Pointer>) -> Option<Offer> {
    pointers.sort_by(|a, b| {
        let order = |one: &Pointer| (one.priority, Reverse(one.weight), one.port);
        order(a).cmp(&order(b)).then_with(|| a.host.cmp(&b.host))
    });
    pointers.iter().find_map(offer)
}

fn offer(pointer: &Pointer) -> Option<Offer> {
    let host = host_name(&pointer.host).filter(|_| pointer.port != 0)?;
    let url: Url = format!("https://{host}:{}", pointer.port).parse().ok()?;
    // What a person typed goes through the same gate.
    if !GatewaySettings::is_address(&url) {
        return None;
    }
    let name = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host,
    };
    Some(Offer { url: url.as_str().trim_end_matches('/').into(), name })
}

/// A host's name as RFC 1123 has it, in small letters. An address is none: its certificate would prove nothing of the shop.
fn host_name(labels: &[Vec<u8>]) -> Option<String> {
    const LONGEST: usize = 253;
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    if labels.last()?.iter().all(is_digit) {
        return None;
    }
    let labels: Option<Vec<String>> = labels.iter().map(|label| host_label(label)).collect();
    Some(labels?.join(".")).filter(|name| name.len() <= LONGEST)
}

fn host_label(label: &[u8]) -> Option<String> {
    let (first, last) = (label.first()?, label.last()?);
    let letters = label.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
    let fits = label.len() <= 63 && *first != b'-' && *last != b'-';
    let text = std::str::from_utf8(label).ok()?;
    (letters && fits).then(|| text.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::look_up::tests::silent;
    use super::*;
    use futures_util::poll;
    use platen_bridge::Home;
    use std::time::{Duration, Instant};

    #[tokio::test]
    async fn a_look_ends_when_the_page_is_left_or_opened_again() {
        let folder = tempfile::tempdir().unwrap();
        let room = Room::on_desktop(Home::open(folder.path().join("home")).unwrap(), 0);
        let began = Instant::now();
        let left = look_in(&room, silent);
        tokio::pin!(left);
        assert!(poll!(&mut left).is_pending());
        room.look_away();
        assert_eq!(left.await, Ok(None));

        let before = look_in(&room, silent);
        tokio::pin!(before);
        assert!(poll!(&mut before).is_pending());
        let anew = look_in(&room, silent);
        tokio::pin!(anew);
        assert!(poll!(&mut anew).is_pending());
        assert_eq!(before.await, Ok(None));
        // The program's end ends it too.
        room.leave();
        assert_eq!(anew.await, Ok(None));
        assert!(began.elapsed() < Duration::from_secs(2), "waited for {:?}", began.elapsed());
    }

    fn pointer(host: &str, port: u16) -> Pointer {
        let host = host.split('.').map(|label| label.as_bytes().to_vec()).collect();
        Pointer { priority: 10, weight: 5, port, host }
    }

    fn offered(pointer: Pointer) -> Option<(String, String)> {
        pick(vec![pointer]).map(|offer| (offer.url, offer.name))
    }

    #[test]
    fn a_host_and_a_port_become_an_address_over_tls() {
        let both = |url: &str, name: &str| Some((url.to_owned(), name.to_owned()));
        for (host, port, expected) in [
            ("till.example.org", 443, both("https://till.example.org", "till.example.org")),
            ("Till.Example.ORG", 443, both("https://till.example.org", "till.example.org")),
            (
                "till.example.org",
                8443,
                both("https://till.example.org:8443", "till.example.org:8443"),
            ),
            // Port 80 is no reason to leave TLS out.
            ("till.example.org", 80, both("https://till.example.org:80", "till.example.org:80")),
            ("platen", 443, both("https://platen", "platen")),
            (
                "xn--caf-dma.example",
                443,
                both("https://xn--caf-dma.example", "xn--caf-dma.example"),
            ),
        ] {
            assert_eq!(offered(pointer(host, port)), expected, "{host}:{port}");
        }
    }

    #[test]
    fn what_is_no_hosts_name_is_not_offered() {
        let long = "a".repeat(64);
        let longer = vec!["a".repeat(60); 5].join(".");
        for host in [
            "",
            "http://evil.example",
            "evil.example/path",
            "user@evil.example",
            "evil.example:99",
            "evil example.org",
            "évil.example",
            "-evil.example",
            "evil-.example",
            "evil..example",
            "under_score.example",
            "xn--\u{0}.example",
            "10.0.0.1",
            "0x7f.1",
            "2130706433",
            &format!("{long}.example"),
            &longer,
        ] {
            assert_eq!(offered(pointer(host, 443)), None, "{host:?}");
        }
        assert_eq!(offered(pointer("till.example.org", 0)), None);
        let none = Pointer { host: Vec::new(), ..pointer("", 443) };
        assert_eq!(offered(none), None, "the root says that there is no such service");
        let dot = Pointer { host: vec![b"evil.example\0".to_vec()], ..pointer("", 443) };
        assert_eq!(offered(dot), None);
    }

    #[test]
    fn the_first_that_can_be_used_is_offered_and_always_the_same() {
        let mut of = [
            Pointer { priority: 20, ..pointer("spare.example.org", 443) },
            Pointer { priority: 10, weight: 1, ..pointer("light.example.org", 443) },
            Pointer { priority: 10, weight: 9, ..pointer("heavy.example.org", 443) },
            Pointer { priority: 0, ..pointer("10.0.0.1", 443) },
        ];
        for _ in 0..of.len() {
            of.rotate_left(1);
            let offer = pick(of.to_vec()).unwrap();
            assert_eq!(offer.name, "heavy.example.org");
        }
        assert_eq!(pick(Vec::new()), None);
    }
}
