//! The printer's inside: receive buffer, mechanism, paper. No tasks and no waiting here.
//!
//! Bytes are looked at twice. On receipt, where real-time commands are carried out and taken out
//! of the stream; and when the mechanism gets to them. Each place has its own scanner, because the
//! mechanism may be far behind. When the buffer between them is lost, the receiving side goes on
//! from where the mechanism stands, inside a command if need be.

use std::collections::VecDeque;

use platen_escpos::{Command, Pending, RealTime, Scanner, Token};

use super::{
    condition::{Condition, automatic_mask},
    fault::{Fault, FaultKind},
    mechanism::{Mechanism, bytes_of},
    options::{Identity, Keep, PrinterOptions},
    paper::Paper,
    wires::{WireId, Wires},
};

pub(super) struct Core {
    pub(super) condition: Condition,
    pub(super) wires: Wires,
    identity: Identity,
    capacity: usize,
    receiver: Scanner,
    /// Bytes that the receiver holds back and that the mechanism has already: they are not handed on again.
    known_to_mechanism: usize,
    pub(super) mechanism: Mechanism,
    buffer: VecDeque<u8>,
    /// Whose bytes are in the buffer, in order.
    owners: VecDeque<(WireId, usize)>,
    /// The connection whose data is being read; others wait until it pauses between commands.
    turn: Option<WireId>,
    automatic: u8,
    told_automatic: [u8; 4],
}

/// What the outside has to do after the core has moved.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Errand {
    /// Answer on this connection, after so much time.
    AnswerLate(WireId, Vec<u8>, std::time::Duration),
    /// Close or open the listener.
    CheckListener,
}

/// Whether a connection may be read now.
pub(super) enum Turn {
    /// This many bytes.
    Read(usize),
    /// Only a real-time request that comes first.
    RealTimeOnly,
    /// Nothing: the next bytes belong to a command that another connection has begun.
    Wait,
}

impl Core {
    pub(super) fn new(options: &PrinterOptions) -> Self {
        let keep = match options.keep {
            Keep::Bytes(most) => most,
            Keep::Nothing => 0,
        };
        let mut condition = Condition::default();
        options.faults.iter().cloned().for_each(|fault| condition.set(fault));
        Self {
            told_automatic: condition.automatic_status(),
            condition,
            wires: Wires::new(keep),
            identity: options.identity.clone(),
            capacity: options.receive_buffer.max(1),
            receiver: Scanner::new(),
            known_to_mechanism: 0,
            mechanism: Mechanism::new(Paper::new(options)),
            buffer: VecDeque::new(),
            owners: VecDeque::new(),
            turn: None,
            automatic: 0,
        }
    }

    // ---- receiving ----

    pub(super) fn turn(&mut self, wire: WireId) -> Turn {
        let mine = *self.turn.get_or_insert(wire) == wire;
        let room = self.capacity.saturating_sub(self.buffer.len());
        let clean = self.receiver.pending() == Pending::Clean;
        match (mine, room) {
            (true, 1..) => Turn::Read(room),
            _ if clean => Turn::RealTimeOnly,
            _ => Turn::Wait,
        }
    }

    /// Nothing more to read for now: others may go on, unless a command is open.
    pub(super) fn pause(&mut self, wire: WireId) {
        if self.turn == Some(wire) && self.receiver.pending() == Pending::Clean {
            self.turn = None;
        }
    }

    /// Takes bytes from a connection. A real-time command among them is carried out when the
    /// mechanism has done what it can with the bytes before.
    pub(super) fn receive(&mut self, wire: WireId, bytes: &[u8]) -> Vec<Errand> {
        self.wires.received(wire, bytes);
        let mut data = Vec::with_capacity(bytes.len());
        let mut urgent = Vec::new();
        let known = &mut self.known_to_mechanism;
        self.receiver.push(bytes, &mut |token| {
            let told = bytes_of(&token);
            let (_, new) = told.split_at((*known).min(told.len()));
            *known -= told.len() - new.len();
            match token {
                Token::RealTime(command, _) => urgent.push((data.len(), command)),
                _ => data.extend_from_slice(new),
            }
        });
        let mut errands = Vec::new();
        let mut done = 0;
        for (at, command) in urgent {
            self.queue(wire, &data[done..at]);
            done = at;
            errands.extend(self.run());
            self.at_once(wire, command);
        }
        self.queue(wire, &data[done..]);
        errands.extend(self.run());
        errands
    }

    fn queue(&mut self, wire: WireId, bytes: &[u8]) {
        if !self.wires.is_open(wire) {
            // It was reset by the bytes before: the rest of them is lost.
            self.receive_where_the_mechanism_stands();
        } else if !bytes.is_empty() {
            self.buffer.extend(bytes);
            self.owners.push_back((wire, bytes.len()));
        }
    }

    fn at_once(&mut self, wire: WireId, command: RealTime) {
        match command {
            RealTime::Status(n) => {
                if let Some(status) = self.condition.real_time_status(n) {
                    self.answer(wire, &[status]);
                }
            }
            RealTime::Pulse { .. } => self.mechanism.drawer_kicks += 1,
            RealTime::Recover(2) => self.clear_buffers(),
            RealTime::ClearBuffers => {
                self.clear_buffers();
                self.answer(wire, &[0x37, 0x25, 0x00]);
            }
            RealTime::Recover(_) | RealTime::PowerOff | RealTime::Other => {}
        }
    }

    pub(super) fn closed(&mut self, wire: WireId) {
        self.wires.remove(wire);
        if self.turn == Some(wire) {
            self.turn = None;
        }
        if self.condition.has(FaultKind::DropOnFin) {
            self.lose_bytes_of(wire);
        }
    }

    fn lose_bytes_of(&mut self, wire: WireId) {
        let mut kept = VecDeque::new();
        for (owner, len) in std::mem::take(&mut self.owners) {
            let bytes: Vec<u8> = self.buffer.drain(..len).collect();
            if owner != wire {
                kept.extend(bytes);
                self.owners.push_back((owner, len));
            }
        }
        self.buffer = kept;
        if self.buffer.is_empty() {
            self.receive_where_the_mechanism_stands();
        }
    }

    fn receive_where_the_mechanism_stands(&mut self) {
        self.receiver = self.mechanism.scanner();
        self.known_to_mechanism = self.mechanism.held_back();
    }

    fn lose_buffer(&mut self) {
        self.buffer.clear();
        self.owners.clear();
        self.receive_where_the_mechanism_stands();
    }

    /// What the host may ask for: unlike a lost buffer, this also ends the command in hand.
    pub(super) fn clear_buffers(&mut self) {
        self.buffer.clear();
        self.owners.clear();
        self.mechanism.end_command();
    }

    // ---- printing ----

    pub(super) fn has_work(&self) -> bool {
        !self.buffer.is_empty() && !self.condition.is_stopped()
    }

    /// Lets the mechanism take all it can. A slow mechanism is driven by [`Self::take`] instead.
    pub(super) fn run(&mut self) -> Vec<Errand> {
        if self.condition.slow().is_some() { Vec::new() } else { self.take(usize::MAX) }
    }

    /// Lets the mechanism take up to `most` bytes.
    pub(super) fn take(&mut self, most: usize) -> Vec<Errand> {
        let mut errands = Vec::new();
        let mut left = most;
        self.due(0, &mut errands);
        while left > 0 && self.has_work() {
            let Some(&(wire, owned)) = self.owners.front() else { break };
            let due = self.condition.bytes_until_due().unwrap_or(usize::MAX);
            let piece: Vec<u8> = self.buffer.drain(..owned.min(left).min(due)).collect();
            match owned - piece.len() {
                0 => drop(self.owners.pop_front()),
                rest => self.owners[0].1 = rest,
            }
            left -= piece.len();
            let done = self.mechanism.work(&piece);
            done.asked.into_iter().for_each(|q| self.answer_command(wire, q, &mut errands));
            self.due(done.printed, &mut errands);
        }
        errands
    }

    fn answer_command(&mut self, wire: WireId, command: Command, errands: &mut Vec<Errand>) {
        match command {
            Command::Init => self.automatic = 0,
            Command::AutoStatus(n) => {
                self.automatic = n;
                if n != 0 {
                    self.told_automatic = self.condition.automatic_status();
                    self.answer(wire, &self.told_automatic.clone());
                }
            }
            Command::StatusRequest(n) => {
                if let Some(status) = self.condition.queued_status(n) {
                    self.answer(wire, &[status]);
                }
            }
            Command::PrinterId(n) => {
                if let Some(text) = self.identify(n) {
                    self.answer(wire, &text);
                }
            }
            Command::Confirm(id) => self.confirm(wire, id, errands),
            _ => {}
        }
    }

    fn confirm(&mut self, wire: WireId, id: [u8; 4], errands: &mut Vec<Errand>) {
        if self.condition.has(FaultKind::NoConfirm) {
            return;
        }
        let answer = [0x37, 0x22, id[0], id[1], id[2], id[3], 0x00];
        match self.condition.confirms_late() {
            None => self.answer(wire, &answer),
            Some(late) => errands.push(Errand::AnswerLate(wire, answer.to_vec(), late)),
        }
    }

    fn identify(&self, n: u8) -> Option<Vec<u8>> {
        let text = match n {
            1 | 49 => return Some(vec![self.identity.model_id]),
            2 | 50 => return Some(vec![0x02]),
            65 => &self.identity.firmware,
            66 => &self.identity.maker,
            67 => &self.identity.model,
            _ => return None,
        };
        Some([&[0x5F], text.as_bytes(), &[0x00]].concat())
    }

    /// Answers at once, unless the printer is mute.
    pub(super) fn answer(&mut self, wire: WireId, bytes: &[u8]) {
        if !self.condition.has(FaultKind::Mute) {
            self.wires.send(wire, bytes);
        }
    }

    // ---- faults ----

    pub(super) fn set(&mut self, fault: Fault) -> Vec<Errand> {
        let mut errands = Vec::new();
        self.apply(fault, &mut errands);
        errands.extend(self.run());
        errands
    }

    pub(super) fn clear(&mut self, kind: FaultKind) -> Vec<Errand> {
        self.condition.clear(kind);
        self.cleared()
    }

    pub(super) fn clear_all(&mut self) -> Vec<Errand> {
        self.condition.clear_all();
        self.cleared()
    }

    fn cleared(&mut self) -> Vec<Errand> {
        self.tell_change();
        let mut errands = vec![Errand::CheckListener];
        errands.extend(self.run());
        errands
    }

    fn apply(&mut self, fault: Fault, errands: &mut Vec<Errand>) {
        let kind = fault.kind();
        self.condition.set(fault);
        if kind == FaultKind::Refuses {
            self.wires.reset_all();
            errands.push(Errand::CheckListener);
        }
        self.tell_change();
    }

    /// Carries out the faults that are due after `printed` more bytes.
    fn due(&mut self, printed: usize, errands: &mut Vec<Errand>) {
        for fault in self.condition.printed(printed) {
            match fault {
                Fault::HalfPrint(_) => {
                    // Bytes of others were in the buffer too: who is not told would go on in the middle of a job.
                    self.lose_buffer();
                    self.wires.reset_all();
                    self.turn = None;
                }
                Fault::AfterBytes { then, .. } => self.apply(*then, errands),
                _ => {}
            }
        }
    }

    fn tell_change(&mut self) {
        let now = self.condition.automatic_status();
        let mask = automatic_mask(self.automatic);
        let changed = (0..4).any(|i| (now[i] ^ self.told_automatic[i]) & mask[i] != 0);
        self.told_automatic = now;
        if changed && !self.condition.has(FaultKind::Mute) {
            self.wires.send_all(&now);
        }
    }
}
