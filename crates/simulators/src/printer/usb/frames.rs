//! USB/IP as the kernel's virtual host controller speaks it (Documentation/usb/usbip_protocol.rst): headers of 48 bytes
//! with big-endian numbers, and a transfer's data behind them.

/// The length of every header.
const HEADER: usize = 48;
/// The kernel's error numbers that go over this wire.
pub(super) const STALLED: i32 = -32;
pub(super) const UNLINKED: i32 = -104;
pub(super) const GONE: i32 = -108;

/// What the host asks.
#[derive(Debug)]
pub(super) enum Request {
    Control {
        sequence: u32,
        setup: [u8; 8],
    },
    Out {
        sequence: u32,
        data: Vec<u8>,
    },
    In {
        sequence: u32,
        most: usize,
    },
    Unlink {
        sequence: u32,
        victim: u32,
    },
    /// An endpoint that this device does not have.
    Unknown {
        sequence: u32,
    },
}

/// Takes the first whole request out of what has arrived.
pub(super) fn request(arrived: &mut Vec<u8>) -> Option<Request> {
    let header: [u8; HEADER] = *arrived.first_chunk()?;
    let word = |index: usize| {
        let at = index * 4;
        u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
    };
    const UNLINK: u32 = 2;
    let (command, sequence, towards_host, endpoint) = (word(0), word(1), word(3) == 1, word(4));
    if command == UNLINK {
        arrived.drain(..HEADER);
        return Some(Request::Unlink { sequence, victim: word(5) });
    }
    let length = word(6) as usize;
    let carried = if towards_host { 0 } else { length };
    if arrived.len() < HEADER + carried {
        return None;
    }
    let data = arrived.drain(..HEADER + carried).skip(HEADER).collect();
    let mut setup = [0; 8];
    setup.copy_from_slice(&header[40..]);
    Some(match (endpoint, towards_host) {
        (0, _) => Request::Control { sequence, setup },
        (1, false) => Request::Out { sequence, data },
        (2, true) => Request::In { sequence, most: length },
        _ => Request::Unknown { sequence },
    })
}

/// A transfer is over: with that status, after `length` bytes, and with these towards the host.
pub(super) fn submitted(sequence: u32, status: i32, length: usize, data: &[u8]) -> Vec<u8> {
    const ANSWER: u32 = 3;
    let words = [ANSWER, sequence, 0, 0, 0, status as u32, length as u32, 0, 0, 0, 0, 0];
    let mut frame: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
    frame.extend_from_slice(data);
    frame
}

/// The answer to an unlink: [`UNLINKED`], or zero where the transfer was over before.
pub(super) fn unlinked(sequence: u32, status: i32) -> Vec<u8> {
    const ANSWER: u32 = 4;
    let words = [ANSWER, sequence, 0, 0, 0, status as u32, 0, 0, 0, 0, 0, 0];
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}
