//! The network cards behind addresses, as far as this machine has heard of them. Asks nobody.

use super::identity::MacAddress;
use std::collections::HashMap;
use std::net::IpAddr;

/// The kernel's table of neighbours, at one moment. Empty on systems that show none.
pub(super) fn neighbours() -> HashMap<IpAddr, MacAddress> {
    if cfg!(target_os = "linux") {
        std::fs::read_to_string("/proc/net/arp").map(|table| read(&table)).unwrap_or_default()
    } else {
        HashMap::new()
    }
}

/// Reads Linux's table: address, hardware type, flags, card, mask, interface; a heading first (proc_net(5)).
fn read(table: &str) -> HashMap<IpAddr, MacAddress> {
    table.lines().skip(1).filter_map(line).collect()
}

fn line(line: &str) -> Option<(IpAddr, MacAddress)> {
    let mut columns = line.split_whitespace();
    let address = columns.next()?.parse().ok()?;
    let flags = columns.nth(1)?.strip_prefix("0x")?;
    // ATF_COM: the entry is complete.
    let complete = u32::from_str_radix(flags, 16).ok()? & 0x2 != 0;
    let card = columns.next()?.parse().ok()?;
    complete.then_some((address, card))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linuxs_table_is_read() {
        let table = "IP address       HW type     Flags       HW address            Mask     Device\n\
                     192.0.2.7        0x1         0x2         00:26:ab:12:34:56     *        eth0\n\
                     192.0.2.8        0x1         0x0         00:00:00:00:00:00     *        eth0\n\
                     192.0.2.9        0x1         0x6         00:26:ab:12:34:57     *        eth0\n\
                     nonsense\n";
        let read = read(table);
        assert_eq!(read.len(), 2);
        let first: IpAddr = "192.0.2.7".parse().unwrap();
        assert_eq!(read[&first].to_string(), "00:26:ab:12:34:56");
    }
}
