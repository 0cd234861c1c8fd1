//! This machine's own subnets, as far as they may be scanned.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

/// The widest net that is scanned: 1,022 hosts. Of a wider one only so much around this machine's own address.
const WIDEST_PREFIX: u32 = 22;

/// An address of this machine and how wide its net is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct OwnAddress {
    pub(super) address: Ipv4Addr,
    /// Bits of the net, 0–32.
    pub(super) prefix: u32,
}

/// This machine's IPv4 addresses on networks that other devices share.
pub(super) fn own_addresses() -> std::io::Result<Vec<OwnAddress>> {
    let shared = |interface: &if_addrs::Interface| !interface.is_loopback() && !interface.is_p2p();
    Ok(if_addrs::get_if_addrs()?
        .into_iter()
        .filter(shared)
        .filter_map(|interface| match interface.addr {
            if_addrs::IfAddr::V4(v4) => {
                Some(OwnAddress { address: v4.ip, prefix: u32::from(v4.prefixlen) })
            }
            if_addrs::IfAddr::V6(_) => None,
        })
        .collect())
}

/// Every host beside this machine on its private nets, each once, in order.
pub(super) fn hosts(own: &[OwnAddress]) -> Vec<Ipv4Addr> {
    let mine: BTreeSet<Ipv4Addr> = own.iter().map(|one| one.address).collect();
    let private = own.iter().filter(|one| one.address.is_private());
    let all: BTreeSet<Ipv4Addr> = private.flat_map(|one| net(*one)).collect();
    all.difference(&mine).copied().collect()
}

fn net(own: OwnAddress) -> impl Iterator<Item = Ipv4Addr> {
    let prefix = own.prefix.clamp(WIDEST_PREFIX, 32);
    let host_bits = 32 - prefix;
    let mask = u32::MAX.checked_shl(host_bits).unwrap_or(0);
    let first = u32::from(own.address) & mask;
    let last = first | !mask;
    // The first and the last of a net are the net itself and everybody; /31 and /32 have neither.
    let (first, last) = if host_bits >= 2 { (first + 1, last - 1) } else { (first, last) };
    (first..=last).map(Ipv4Addr::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(address: &str, prefix: u32) -> OwnAddress {
        OwnAddress { address: address.parse().unwrap(), prefix }
    }

    #[test]
    fn a_net_is_everybody_but_this_machine() {
        let found = hosts(&[own("192.168.1.3", 29)]);
        let expected: Vec<Ipv4Addr> =
            [1, 2, 4, 5, 6].map(|last| Ipv4Addr::new(192, 168, 1, last)).to_vec();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_wide_net_is_scanned_around_this_machine_only() {
        let found = hosts(&[own("10.20.33.7", 8)]);
        assert_eq!(found.len(), 1021);
        assert_eq!(found[0], Ipv4Addr::new(10, 20, 32, 1));
        assert_eq!(found[1020], Ipv4Addr::new(10, 20, 35, 254));
    }

    #[test]
    fn only_private_nets_are_scanned_and_each_host_once() {
        for (address, prefix) in [
            ("8.8.8.8", 24),
            ("100.64.0.1", 24),
            ("169.254.1.1", 16),
            ("127.0.0.1", 8),
            ("172.32.0.1", 24),
        ] {
            assert_eq!(hosts(&[own(address, prefix)]), [] as [Ipv4Addr; 0], "{address}");
        }
        let twice = [own("172.16.0.1", 24), own("172.16.0.2", 24), own("192.168.7.1", 32)];
        assert_eq!(hosts(&twice).len(), 252);
        assert_eq!(hosts(&[own("192.168.7.1", 31)]), [Ipv4Addr::new(192, 168, 7, 0)]);
    }
}
