//! A LAN of the test's own: the till's network namespace and the shop's, with one cable between them.
//!
//! The shop's printers live in a process of their own, which is told by lines on its standard input what to do.

use mdns_sd::{IfKind, ServiceDaemon, ServiceInfo};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// The till's address; its net is a /24.
pub const TILL: Ipv4Addr = Ipv4Addr::new(10, 203, 0, 1);
const CABLE: &str = "cable";
/// Names the shop's namespace to the process in the till's.
const SHOP: &str = "PLATEN_SHOP_NAMESPACE";

pub struct Network {
    till: String,
    shop: String,
}

impl Network {
    pub fn new() -> Network {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let unique = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let network = Network {
            till: format!("platen-till-{unique}"),
            shop: format!("platen-shop-{unique}"),
        };
        let (till, shop) = (network.till.as_str(), network.shop.as_str());
        ip(&["netns", "add", till]);
        ip(&["netns", "add", shop]);
        let cable = ["link", "add", CABLE, "type", "veth", "peer", "name", CABLE, "netns", shop];
        ip(&[&["-n", till], &cable[..]].concat());
        let own = format!("{TILL}/24");
        ip(&["-n", till, "addr", "add", &own, "dev", CABLE]);
        for namespace in [till, shop] {
            ip(&["-n", namespace, "link", "set", "lo", "up"]);
            ip(&["-n", namespace, "link", "set", CABLE, "up"]);
        }
        network
    }

    /// Runs one ignored test of this file in the till's network; what it said.
    pub async fn till(&self, test: &str, environment: &[(&str, &str)]) -> String {
        let mut command = tokio::process::Command::new("ip");
        command.args(["netns", "exec", &self.till]).arg(std::env::current_exe().unwrap());
        command.envs(environment.iter().copied()).env(SHOP, &self.shop);
        super::run_ignored(command, test).await
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        for namespace in [&self.till, &self.shop] {
            let _ = Command::new("ip").args(["netns", "del", namespace]).status();
        }
    }
}

fn ip(arguments: &[&str]) {
    let output = Command::new("ip").args(arguments).output().expect("tests/setup.sh lan");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "ip {arguments:?}: {complaint} (root is needed)");
}

/// The printers, as the till's process commands them.
pub struct Shop {
    child: Child,
    commands: ChildStdin,
    answers: BufReader<ChildStdout>,
    namespace: String,
}

impl Shop {
    pub fn open() -> Shop {
        let namespace = std::env::var(SHOP).expect("run by another test");
        let mut child = Command::new("ip")
            .args(["netns", "exec", &namespace])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "inner_shop", "--ignored", "--nocapture"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let commands = child.stdin.take().unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        Shop { child, commands, answers, namespace }
    }

    /// A printer with that address and name announces itself.
    pub fn announce(&mut self, name: &str, address: Ipv4Addr) {
        self.add_address(address);
        self.tell(&format!("announce\t{name}\t{address}"));
    }

    /// The printer gets another address, as from DHCP after a power cut, and announces itself again.
    pub fn move_without_goodbye(&mut self, name: &str, from: Ipv4Addr, to: Ipv4Addr) {
        let address = format!("{from}/24");
        ip(&["-n", &self.namespace, "addr", "del", &address, "dev", CABLE]);
        self.add_address(to);
        self.tell(&format!("announce\t{name}\t{to}"));
    }

    /// The printer says goodbye.
    pub fn close_down(&mut self, name: &str) {
        self.tell(&format!("goodbye\t{name}"));
    }

    /// A printer that announces nothing.
    pub fn listen(&mut self, address: Ipv4Addr) {
        self.add_address(address);
        self.tell(&format!("listen\t{address}"));
    }

    /// All others are switched off.
    pub fn only(&mut self, address: Ipv4Addr) {
        self.tell(&format!("only\t{address}"));
    }

    /// Who was connected to, how often, and how many bytes came.
    pub fn visits(&mut self) -> Vec<(Ipv4Addr, usize, usize)> {
        let answer = self.tell("visits");
        let visit = |text: &str| {
            let parts: Vec<&str> = text.split('/').collect();
            (parts[0].parse().unwrap(), parts[1].parse().unwrap(), parts[2].parse().unwrap())
        };
        answer.split_whitespace().skip(1).map(visit).collect()
    }

    fn add_address(&self, address: Ipv4Addr) {
        let address = format!("{address}/24");
        ip(&["-n", &self.namespace, "addr", "add", &address, "dev", CABLE]);
    }

    fn tell(&mut self, command: &str) -> String {
        writeln!(self.commands, "{command}").unwrap();
        loop {
            let mut answer = String::new();
            let length = self.answers.read_line(&mut answer).unwrap();
            assert!(length > 0, "the shop is closed");
            if answer.starts_with("done") {
                return answer;
            }
        }
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        // `ip netns exec` becomes the program itself: this is its own process id.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Connections and bytes that came to one address.
#[derive(Default)]
struct Visits {
    connections: AtomicUsize,
    bytes: AtomicUsize,
    open: AtomicUsize,
}

/// The shop's process: one line, one command, one answer.
pub fn keep_shop() {
    let mut daemons: HashMap<String, ServiceDaemon> = HashMap::new();
    let mut listeners: Vec<Listener> = Vec::new();
    let mut answers = std::io::stdout();
    for line in std::io::stdin().lines() {
        let line = line.unwrap();
        let words: Vec<&str> = line.split('\t').collect();
        let mut answer = "done".to_owned();
        match words[..] {
            ["announce", name, address] => {
                // One that announced before is switched off without a word.
                daemons.insert(name.to_owned(), announce(name, address.parse().unwrap()));
            }
            ["goodbye", name] => {
                let daemon = &daemons[name];
                for service in TYPES {
                    let full_name = format!("{}.{service}", name.replace('.', "\\."));
                    daemon.unregister(&full_name).unwrap().recv().unwrap();
                }
            }
            ["listen", address] => listeners.push(listen(address.parse().unwrap())),
            ["only", address] => {
                let address: Ipv4Addr = address.parse().unwrap();
                let (stays, go) =
                    listeners.into_iter().partition(|listener| listener.address == address);
                listeners = stays;
                go.into_iter().for_each(Listener::switch_off);
            }
            ["visits"] => {
                for Listener { address, visits, .. } in &listeners {
                    while visits.open.load(Ordering::SeqCst) > 0 {
                        std::thread::yield_now();
                    }
                    let connections = visits.connections.load(Ordering::SeqCst);
                    let bytes = visits.bytes.load(Ordering::SeqCst);
                    answer.push_str(&format!(" {address}/{connections}/{bytes}"));
                }
            }
            _ => panic!("not a command: {line}"),
        }
        writeln!(answers, "{answer}").unwrap();
    }
}

const TYPES: [&str; 2] = ["_pdl-datastream._tcp.local.", "_ipp._tcp.local."];

fn announce(name: &str, address: Ipv4Addr) -> ServiceDaemon {
    let daemon = ServiceDaemon::new().unwrap();
    daemon.enable_interface(IfKind::Addr(address.into())).unwrap();
    let host = format!("{}.local.", name.replace([' ', '.'], "-"));
    let properties = [("txtvers", "1"), ("usb_MFG", "PLATEN"), ("usb_MDL", "Virtual 80")];
    for (service, port) in TYPES.into_iter().zip([9100, 631]) {
        let ip = std::net::IpAddr::V4(address);
        let info = ServiceInfo::new(service, name, &host, ip, port, &properties[..]).unwrap();
        daemon.register(info).unwrap();
    }
    daemon
}

/// A printer that announces nothing, while its thread waits for connections.
struct Listener {
    address: Ipv4Addr,
    visits: Arc<Visits>,
    is_on: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<()>,
}

impl Listener {
    /// Nobody listens there any more when this returns.
    fn switch_off(self) {
        self.is_on.store(false, Ordering::SeqCst);
        // Wakes the thread, which then goes.
        drop(std::net::TcpStream::connect((self.address, 9100)));
        self.thread.join().unwrap();
    }
}

fn listen(address: Ipv4Addr) -> Listener {
    let listener = TcpListener::bind((address, 9100)).unwrap();
    let (visits, is_on) = (Arc::new(Visits::default()), Arc::new(AtomicBool::new(true)));
    let (seen, still_on) = (visits.clone(), is_on.clone());
    let thread = std::thread::spawn(move || {
        for connection in listener.incoming() {
            if !still_on.load(Ordering::SeqCst) {
                return;
            }
            seen.connections.fetch_add(1, Ordering::SeqCst);
            seen.open.fetch_add(1, Ordering::SeqCst);
            let mut received = Vec::new();
            let _ = connection.unwrap().read_to_end(&mut received);
            seen.bytes.fetch_add(received.len(), Ordering::SeqCst);
            seen.open.fetch_sub(1, Ordering::SeqCst);
        }
    });
    Listener { address, visits, is_on, thread }
}
