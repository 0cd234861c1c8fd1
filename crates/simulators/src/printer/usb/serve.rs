//! A plugged-in printer: answers what the host asks.

use std::{
    collections::VecDeque, io, os::unix::net::UnixStream as StdUnixStream, sync::Arc,
    time::Duration,
};

use tokio::net::UnixStream;

use super::{
    super::{
        core::Turn,
        fault::FaultKind,
        port::Port,
        wires::{Answers, Outlet, Wire, WireId},
    },
    BusState, Stalls, bus,
    descriptors::{UsbClass, UsbIdentity},
    frames::{self, GONE, Request, STALLED, UNLINKED},
};
use crate::wait::ring;

/// How long a printer that has fallen off the bus stays away.
const AWAY: Duration = Duration::from_millis(300);

/// Keeps the printer on the bus as long as it is wanted there.
pub(super) async fn follow(port: Arc<Port>, bus: Arc<BusState>, identity: UsbIdentity) {
    let mut wanted = port.wanted.subscribe();
    loop {
        if *wanted.borrow_and_update() {
            if let Err(error) = plugged_in(&port, &bus, &identity).await {
                tracing::warn!(%error, "the virtual USB printer could not be plugged in");
            }
            port.listening.send_replace(false);
            ring(&port.changes);
            if *wanted.borrow_and_update() {
                tokio::time::sleep(AWAY).await;
            }
        } else if wanted.changed().await.is_err() {
            return;
        }
    }
}

/// Plugs in, and serves until the cable is pulled.
async fn plugged_in(port: &Arc<Port>, bus: &BusState, identity: &UsbIdentity) -> io::Result<()> {
    let (ours, kernels) = StdUnixStream::pair()?;
    ours.set_nonblocking(true)?;
    let socket = UnixStream::from_std(ours)?;
    let (id, wire) = port.core().wires.add(Outlet::Usb(Answers::default()));
    let mut device = Device::new(port, bus, identity, id, &wire);
    let served = async {
        // The kernel asks for descriptors while it plugs in: on another thread.
        let speed = identity.speed;
        let plugging = tokio::task::spawn_blocking(move || bus::plug(&kernels, speed));
        let plugged = device.serve_while(&socket, plugging).await??;
        port.listening.send_replace(true);
        ring(&port.changes);
        let ended = device.serve(&socket).await;
        let _ = tokio::task::spawn_blocking(move || drop(plugged)).await;
        ended
    };
    let ended = served.await;
    port.act(|core| {
        core.closed(id);
        core.run()
    });
    ended
}

/// The device as the host sees it.
struct Device<'a> {
    port: &'a Arc<Port>,
    bus: &'a BusState,
    identity: &'a UsbIdentity,
    id: WireId,
    wire: &'a Wire,
    arrived: Vec<u8>,
    going_out: Vec<u8>,
    /// Transfers to the printer that wait for room, and how much of each is done.
    outs: VecDeque<Out>,
    /// Transfers to the host that wait for an answer.
    ins: VecDeque<(u32, usize)>,
    halted: bool,
}

struct Out {
    sequence: u32,
    data: Vec<u8>,
    done: usize,
}

impl<'a> Device<'a> {
    fn new(
        port: &'a Arc<Port>,
        bus: &'a BusState,
        identity: &'a UsbIdentity,
        id: WireId,
        wire: &'a Wire,
    ) -> Self {
        Self {
            port,
            bus,
            identity,
            id,
            wire,
            arrived: Vec::new(),
            going_out: Vec::new(),
            outs: VecDeque::new(),
            ins: VecDeque::new(),
            halted: false,
        }
    }

    async fn serve_while<T>(
        &mut self,
        socket: &UnixStream,
        work: tokio::task::JoinHandle<T>,
    ) -> io::Result<T> {
        tokio::select! {
            done = work => done.map_err(io::Error::other),
            ended = self.serve(socket) => match ended {
                Ok(()) => Err(io::Error::other("pulled out while it was plugged in")),
                Err(error) => Err(error),
            },
        }
    }

    /// Answers until the cable is pulled.
    async fn serve(&mut self, socket: &UnixStream) -> io::Result<()> {
        let mut changes = self.port.changes.subscribe();
        loop {
            changes.borrow_and_update();
            while let Some(request) = frames::request(&mut self.arrived) {
                self.answer(request);
            }
            self.take_data();
            self.give_answers();
            self.send(socket).await?;
            if !self.port.core().wires.is_open(self.id) {
                self.say_gone();
                return self.send(socket).await;
            }
            let Outlet::Usb(answers) = &self.wire.outlet else { return Ok(()) };
            tokio::select! {
                ready = socket.readable() => ready?,
                () = answers.more.notified() => {}
                () = self.wire.ended.notified() => {}
                changed = changes.changed() => if changed.is_err() { return Ok(()) },
            }
            match socket.try_read_buf(&mut self.arrived) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
    }

    async fn send(&mut self, socket: &UnixStream) -> io::Result<()> {
        while !self.going_out.is_empty() {
            socket.writable().await?;
            match socket.try_write(&self.going_out) {
                Ok(sent) => drop(self.going_out.drain(..sent)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn answer(&mut self, request: Request) {
        match request {
            Request::Control { sequence, setup } => self.control(sequence, setup),
            Request::Out { sequence, data } => {
                self.outs.push_back(Out { sequence, data, done: 0 });
            }
            Request::In { sequence, most } => self.ins.push_back((sequence, most)),
            Request::Unlink { sequence, victim } => self.unlink(sequence, victim),
            Request::Unknown { sequence } => {
                self.going_out.extend(frames::submitted(sequence, STALLED, 0, &[]));
            }
        }
    }

    // ---- control ----

    fn control(&mut self, sequence: u32, setup: [u8; 8]) {
        let most = usize::from(u16::from_le_bytes([setup[6], setup[7]]));
        let frame = match self.control_answer(setup) {
            Some(mut answer) if setup[0] & 0x80 != 0 => {
                answer.truncate(most);
                frames::submitted(sequence, 0, answer.len(), &answer)
            }
            Some(_) => frames::submitted(sequence, 0, most, &[]),
            None => frames::submitted(sequence, STALLED, 0, &[]),
        };
        self.going_out.extend(frame);
    }

    /// Nothing is a STALL: the request is not known.
    fn control_answer(&mut self, setup: [u8; 8]) -> Option<Vec<u8>> {
        let [request_type, request, index, kind, endpoint, ..] = setup;
        let is_printer = self.identity.class != UsbClass::Vendor;
        match (request_type, request) {
            (0x80, 6) => match kind {
                1 => Some(self.identity.device()),
                2 => Some(self.identity.configuration()),
                3 => self.identity.text(index),
                6 => self.identity.qualifier(),
                _ => None,
            },
            (0x80, 0) => Some(vec![1, 0]),
            (0x81 | 0x82, 0) => Some(vec![0, 0]),
            (0x80, 8) => Some(vec![1]),
            (0x81, 10) => Some(vec![0]),
            (0x02, 1) => {
                self.clear_halt(endpoint);
                Some(vec![])
            }
            // Address, configuration, interface, features: nothing to do.
            (0x00, 1 | 3 | 5 | 9) | (0x01, 11) => Some(vec![]),
            (0xA1, 0) => self.identity.device_id(),
            (0xA1, 1) if is_printer => Some(vec![self.port_status()]),
            (0x21 | 0x23, 2) if is_printer => {
                self.port.act(|core| {
                    core.clear_buffers();
                    Vec::new()
                });
                Some(vec![])
            }
            _ => None,
        }
    }

    fn clear_halt(&mut self, endpoint: u8) {
        if endpoint & 0x80 == 0 {
            self.halted = false;
            self.bus.seen().halts_cleared += 1;
        }
    }

    /// GET_PORT_STATUS: 08 no error, 10 selected, 20 paper empty.
    fn port_status(&self) -> u8 {
        self.bus.seen().port_questions += 1;
        let core = self.port.core();
        let bit = |is: bool, bits: u8| if is { bits } else { 0 };
        bit(!core.condition.is_stopped(), 0x08)
            | bit(!core.condition.has(FaultKind::Offline), 0x10)
            | bit(core.condition.has(FaultKind::PaperOut), 0x20)
    }

    // ---- data ----

    /// Takes packets as long as there is room for a whole one.
    fn take_data(&mut self) {
        while let Some(mut out) = self.outs.pop_front() {
            let end = self.take_packets(&mut out);
            match end {
                Some(status) => {
                    let frame = frames::submitted(out.sequence, status, out.done, &[]);
                    self.going_out.extend(frame);
                }
                None => {
                    self.outs.push_front(out);
                    return;
                }
            }
        }
        self.port.core().pause(self.id);
    }

    /// The transfer's status, or nothing while it is not over.
    fn take_packets(&mut self, out: &mut Out) -> Option<i32> {
        while out.done < out.data.len() {
            if self.stalls() {
                return Some(STALLED);
            }
            let packet = self.identity.speed.packet().min(out.data.len() - out.done);
            let room = match self.port.core().turn(self.id) {
                Turn::Read(room) => room,
                Turn::RealTimeOnly | Turn::Wait => 0,
            };
            if room < packet || !self.port.core().wires.is_open(self.id) {
                return None;
            }
            let bytes = &out.data[out.done..out.done + packet];
            self.port.act(|core| core.receive(self.id, bytes));
            out.done += packet;
            self.count_towards_stall(packet);
        }
        Some(0)
    }

    fn stalls(&mut self) -> bool {
        let mut seen = self.bus.seen();
        if let Some(Stalls { after: 0, times }) = seen.stalls
            && !self.halted
        {
            self.halted = true;
            seen.stalls = (times > 1).then_some(Stalls { after: 0, times: times - 1 });
        }
        self.halted
    }

    fn count_towards_stall(&self, bytes: usize) {
        if let Some(stalls) = &mut self.bus.seen().stalls {
            stalls.after = stalls.after.saturating_sub(bytes);
        }
    }

    fn give_answers(&mut self) {
        let Outlet::Usb(answers) = &self.wire.outlet else { return };
        while let Some((sequence, most)) = self.ins.front().copied() {
            let bytes = answers.take(most);
            if bytes.is_empty() {
                return;
            }
            self.ins.pop_front();
            self.going_out.extend(frames::submitted(sequence, 0, bytes.len(), &bytes));
        }
    }

    /// The host gives a transfer up. What was taken of it is told before, so that it can count.
    fn unlink(&mut self, sequence: u32, victim: u32) {
        let waiting = self.ins.len();
        self.ins.retain(|(waiting, _)| *waiting != victim);
        let out = self.outs.iter().position(|out| out.sequence == victim);
        let status = match out.and_then(|at| self.outs.remove(at)) {
            Some(out) if out.done > 0 => {
                self.going_out.extend(frames::submitted(victim, UNLINKED, out.done, &[]));
                0
            }
            Some(_) => UNLINKED,
            None if self.ins.len() < waiting => UNLINKED,
            None => 0,
        };
        self.going_out.extend(frames::unlinked(sequence, status));
    }

    /// The cable is pulled: transfers end after what was taken of them.
    fn say_gone(&mut self) {
        for out in self.outs.drain(..).filter(|out| out.done > 0) {
            self.going_out.extend(frames::submitted(out.sequence, GONE, out.done, &[]));
        }
    }
}
