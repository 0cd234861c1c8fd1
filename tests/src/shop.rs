//! A shop for a whole-program test: a gateway that other people wrote, a virtual printer, and a till between them.

use crate::told::Told;
use crate::{RunningTill, SOON, Till, workspace};
use platen_simulators::printer::{PrinterOptions, Sheet};
use platen_simulators::{PrinterHandle, VirtualPrinter};
use serde_json::{Value, json};
use std::ops::{Deref, DerefMut};
use std::process::Command;
use std::time::{Duration, Instant};

/// A licence key that every gateway here takes.
pub const KEY: &str = "3f0a1b52-7c1d-4e7f-9b6a-5d2c8e4f1a90";

/// Waits until `check` gives something, or panics with `what` after [`SOON`].
pub fn wait_for<T>(what: &str, check: impl FnMut() -> Option<T>) -> T {
    wait_at_most(SOON, what, check)
}

/// The same with another deadline.
pub fn wait_at_most<T>(at_most: Duration, what: &str, mut check: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + at_most;
    loop {
        if let Some(found) = check() {
            return found;
        }
        assert!(Instant::now() < deadline, "it did not happen within {at_most:?}: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Longest wait for the start of somebody else's program, on a machine with other work.
const STARTING: Duration = Duration::from_secs(60);

/// A gateway in a process of its own, told line by line what to do.
pub struct Gateway {
    told: Told,
    port: u16,
}

impl Gateway {
    /// `tests/node/gateway.mjs` on the npm server; its options are described there.
    pub fn npm(options: &Value) -> Gateway {
        let mut command = Command::new("node");
        command.arg(workspace().join("tests/node/gateway.mjs")).arg(options.to_string());
        Gateway::start(command)
    }

    /// `tests/python/gateway.py` on python-socketio.
    pub fn python() -> Gateway {
        Gateway::script("gateway.py", &[])
    }

    /// Another server of `tests/python` that says its port.
    pub fn script(name: &str, arguments: &[&str]) -> Gateway {
        let mut command = Command::new(workspace().join("tests/.venv/bin/python"));
        command.arg(workspace().join("tests/python").join(name)).args(arguments);
        Gateway::start(command)
    }

    fn start(command: Command) -> Gateway {
        let mut told = Told::start(command, "tests/setup.sh node and python were not run");
        let first = told.wait_within(STARTING, "it listens", |line| line["is"] == "listening");
        let port = u16::try_from(first["port"].as_u64().unwrap()).unwrap();
        Gateway { told, port }
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Says something to every till.
    pub fn emit(&mut self, event: &str, payload: Value) {
        self.order(json!({"do": "emit", "event": event, "args": [payload]}));
    }

    /// Changes its options.
    pub fn set(&mut self, options: Value) {
        self.order(json!({"do": "set", "options": options}));
    }

    /// Waits for the till's event of that name that is so; gives its first argument.
    pub fn hear(&mut self, name: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let what = format!("the till says {name}");
        let line = self.wait(&what, |line| {
            line["is"] == "event" && line["name"] == name && is_so(&line["args"][0])
        });
        line["args"][0].clone()
    }

    /// The first arguments of all events of that name so far.
    pub fn heard(&mut self, name: &str) -> Vec<Value> {
        let of_that_name = |line: &&Value| line["is"] == "event" && line["name"] == name;
        self.all().iter().filter(of_that_name).map(|line| line["args"][0].clone()).collect()
    }

    /// Everything that was said about a job so far: the events' names and first arguments, in order.
    pub fn told(&mut self, id: &Value) -> Vec<(String, Value)> {
        let about = |line: &&Value| line["is"] == "event" && line["args"][0]["jobId"] == *id;
        let name = |line: &Value| line["name"].as_str().unwrap_or_default().to_owned();
        self.all().iter().filter(about).map(|line| (name(line), line["args"][0].clone())).collect()
    }

    /// Ends it without a goodbye, as a crash does.
    pub fn kill(self) {
        drop(self);
    }
}

impl Deref for Gateway {
    type Target = Told;

    fn deref(&self) -> &Told {
        &self.told
    }
}

impl DerefMut for Gateway {
    fn deref_mut(&mut self) -> &mut Told {
        &mut self.told
    }
}

/// A gateway, a printer called "Bar", and a till that is online.
pub struct Shop {
    /// The running till; first, so that it goes first.
    pub running: RunningTill,
    /// The gateway.
    pub gateway: Gateway,
    /// The printer.
    pub printer: PrinterHandle,
    /// The till's home.
    pub till: Till,
}

impl Shop {
    /// Opens a shop with these options for the gateway, and waits until the till has announced its printer.
    pub fn open(options: Value) -> Shop {
        Shop::open_with(Gateway::npm(&options), &[])
    }

    /// The same with a gateway that runs already, and more arguments for `platenctl setup`.
    pub fn open_with(gateway: Gateway, setup: &[&str]) -> Shop {
        let printer = printer();
        let till = Till::set_up(&gateway.url(), KEY, &[("Bar", &printer.uri())]);
        if !setup.is_empty() {
            till.ask_ok(&[&["setup"], setup].concat());
        }
        Shop::run(gateway, printer, till)
    }

    /// The same with a till that is set up.
    pub fn run(gateway: Gateway, printer: PrinterHandle, till: Till) -> Shop {
        let running = till.start();
        let mut shop = Shop { running, gateway, printer, till };
        shop.wait_until_ready();
        shop
    }

    /// Waits until the till has announced its printer as ready.
    pub fn wait_until_ready(&mut self) {
        self.gateway.hear("printer:status:update", |update| {
            update["printerIds"].as_array().is_some_and(|printers| {
                printers.iter().any(|printer| printer["status"] == "online")
            })
        });
    }

    /// Stops the till as an operating system does, and waits until the gateway has noticed: nothing more is said.
    pub fn stop(&mut self) {
        let gone = self.gateway.count(|line| line["is"] == "disconnected");
        self.running.signal(libc::SIGTERM);
        wait_for("the till stops", || self.running.has_ended().then_some(()));
        self.gateway.wait_for_count(gone + 1, |line| line["is"] == "disconnected");
    }

    /// Waits until the till lists so many jobs, all or those of one state.
    pub fn wait_for_jobs(&self, n: usize, state: Option<&str>) {
        let mut arguments = vec!["jobs", "--limit", "1000", "--json"];
        arguments.extend(state.into_iter().flat_map(|state| ["--state", state]));
        wait_for(&format!("{n} jobs {}", state.unwrap_or("stored")), || {
            (self.till.ask_json(&arguments).as_array()?.len() >= n).then_some(())
        });
    }

    /// Waits until so many sheets were cut, and gives them.
    pub fn sheets(&self, n: usize) -> Vec<Sheet> {
        sheets(&self.printer, n)
    }

    /// What a sheet says.
    pub fn text(&self, sheet: &Sheet) -> String {
        self.printer.text_of(&sheet.bytes)
    }

    /// Waits for a line in the till's log.
    pub fn wait_for_log(&self, text: &str) {
        wait_for_log(&self.till, text);
    }
}

/// A virtual printer without faults.
pub fn printer() -> PrinterHandle {
    VirtualPrinter::start(PrinterOptions::default()).unwrap()
}

/// Waits until so many sheets were cut, and gives them.
pub fn sheets(printer: &PrinterHandle, n: usize) -> Vec<Sheet> {
    let what = format!("{n} sheets on paper");
    wait_for(&what, || (printer.sheet_count() >= n as u64).then(|| printer.sheets()))
}

/// Waits for a line in the till's log.
pub fn wait_for_log(till: &Till, text: &str) {
    let deadline = Instant::now() + SOON;
    while !till.log().contains(text) {
        assert!(Instant::now() < deadline, "{text:?} is not in the log:\n{}", till.log());
        std::thread::sleep(Duration::from_millis(20));
    }
}
