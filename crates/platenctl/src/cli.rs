//! What can be typed.

use clap::{Args, Parser, Subcommand, ValueEnum};
use platen_bridge::{PaperWidth, SubmissionFormat};
use platen_job::{ConnectorId, DocumentType, JobId, Role};
use platen_socketio::DriverKind;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use url::Url;

/// Prints what the till's backend sends, and says what became of it.
#[derive(Parser)]
#[command(name = "platenctl", version, about, max_term_width = 100)]
pub struct Cli {
    /// Folder with settings, spool and logs.
    #[arg(long, env = "PLATEN_HOME", global = true, value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// Show the whole line once: a gateway, a printer and the engine, all on this machine, for one order.
    Demo,
    /// Run the engine in the foreground with the settings of this home.
    Run,
    /// End the Platen that runs in this home, tray or not; the write under way is finished, and jobs that wait are kept.
    Stop,
    /// Set a till up, without questions; running it again changes only what is named.
    Setup(Setup),
    /// Run the embedded gateway (for development: it checks nobody's identity).
    Gateway(Gateway),
    /// Run a virtual receipt printer.
    VirtualPrinter(VirtualPrinter),
    /// List the printers, or add and remove them.
    Printers(Printers),
    /// List the printer models that are known; a file in the home's folder profiles adds one.
    Profiles(Listing),
    /// Say how everything is.
    Status(Listing),
    /// Say how the connectors are, or set one up.
    Connectors(Connectors),
    /// Take over the settings of an agent that Platen replaces, and say what was taken and what was not.
    Import {
        /// The file: its .env, config.json or INI file.
        file: PathBuf,
        /// Whose it is, where the file does not tell.
        #[arg(long, value_name = "AGENT")]
        from: Option<Agent>,
    },
    /// Print a file.
    Print(Print),
    /// Write the bytes that a printer would get for a document; what they leave out is noted on stderr.
    Encode(Encode),
    /// Show what printer bytes look like on paper.
    Render(Render),
    /// Print a test page.
    TestPrint {
        /// Name of the printer.
        printer: String,
    },
    /// Kick the cash drawer.
    Drawer {
        /// Name of the printer the drawer is plugged into.
        printer: String,
        /// The second drawer of that printer (pin 5).
        #[arg(long)]
        second: bool,
    },
    /// Keep a printer from starting new jobs.
    Pause {
        /// Name of the printer.
        printer: String,
    },
    /// Let a paused printer go on.
    Resume {
        /// Name of the printer.
        printer: String,
    },
    /// List jobs, newest first.
    Jobs(Jobs),
    /// Show one job.
    Job {
        /// Its number.
        id: JobId,
        #[command(flatten)]
        listing: Listing,
    },
    /// Print a marked copy of a job.
    Reprint {
        /// Its number.
        id: JobId,
    },
    /// Take a job back.
    Cancel {
        /// Its number.
        id: JobId,
    },
    /// Say what became of an unconfirmed job.
    Resolve {
        /// Its number.
        id: JobId,
        /// What you saw.
        seen: Seen,
    },
    /// Look for what is wrong, and pack what support needs.
    Doctor {
        /// Write a zip with settings (no secrets), state and logs (no receipts).
        #[arg(long, value_name = "OUT.zip")]
        bundle: Option<PathBuf>,
        #[command(flatten)]
        listing: Listing,
    },
}

/// An agent that Platen replaces.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agent {
    /// The one that Odoo calls.
    Odoo,
    /// The one that asks Odoo for jobs.
    OdooPull,
    /// Backend-Socket's Windows Printer Client.
    BackendSocket,
    /// The one that Fée Maison's ERP calls.
    FeeMaison,
}

impl Agent {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Agent::Odoo => "the agent that Odoo calls",
            Agent::OdooPull => "the agent that asks Odoo for jobs",
            Agent::BackendSocket => "a Backend-Socket client",
            Agent::FeeMaison => "Fée Maison's agent",
        }
    }
}

/// How a listing looks.
#[derive(Args, Clone, Copy)]
pub struct Listing {
    /// As JSON.
    #[arg(long)]
    pub json: bool,
}

/// What a person saw of an unconfirmed job.
#[derive(ValueEnum, Clone, Copy)]
pub enum Seen {
    /// It is on paper.
    Printed,
    /// It is not: print a copy marked "POSSIBLE DUPLICATE".
    Reprint,
}

/// A till's settings.
#[derive(Args)]
pub struct Setup {
    /// The gateway's address, such as https://print.example.com
    #[arg(long, value_name = "URL")]
    pub gateway: Option<Url>,
    /// The licence key; better in PLATEN_LICENSE_KEY, where the process list does not show it.
    #[arg(long, env = "PLATEN_LICENSE_KEY", hide_env_values = true, value_name = "KEY")]
    pub license_key: Option<String>,
    /// The branch, where the licence does not name it.
    #[arg(long, value_name = "ID")]
    pub branch: Option<String>,
    /// A printer, such as Kitchen=tcp://192.0.2.10:9100; may be repeated.
    #[arg(long = "printer", value_name = "NAME=URI")]
    pub printers: Vec<String>,
    /// Profile of the printers named in this call.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Socket.IO driver.
    #[arg(long)]
    pub driver: Option<Driver>,
    #[command(flatten)]
    pub line: Line,
}

/// Which Socket.IO driver.
#[derive(ValueEnum, Clone, Copy)]
pub enum Driver {
    /// Our own.
    Native,
    /// The library of that name.
    #[value(name = "rust_socketio")]
    RustSocketio,
}

impl From<Driver> for DriverKind {
    fn from(driver: Driver) -> Self {
        match driver {
            Driver::Native => DriverKind::Native,
            Driver::RustSocketio => DriverKind::RustSocketio,
        }
    }
}

/// The ways in for other systems than PrinterMaster.
#[derive(Args)]
pub struct Connectors {
    /// What to do; without it, say how they are.
    #[command(subcommand)]
    pub change: Option<ConnectorChange>,
    #[command(flatten)]
    pub listing: Listing,
}

/// A change to a connector.
#[derive(Subcommand)]
pub enum ConnectorChange {
    /// Take jobs from a Backend-Socket server; calling it again changes only what is named.
    BackendSocket(BackendSocket),
    /// Ask Odoo for jobs; calling it again changes only what is named.
    OdooPull(OdooPull),
    /// Let Odoo in, which sends receipts over HTTPS and waits for the paper; usually on port 8443.
    OdooPush(DoorChange),
    /// Let the Fée Maison ERP in, which sends tickets and opens the drawer; usually on port 8080.
    FeeMaison(DoorChange),
    /// Let web tills and other programs of the shop in, over Platen's own HTTP API; usually on port 8470.
    Api(DoorChange),
    /// Let a PrinterMaster gateway on this computer in, which calls over HTTP; usually on port 8182.
    PrinterMasterLocal(DoorChange),
    /// Give figures for a monitor (Prometheus) at the door of Platen's own API, or do not.
    Metrics(Metrics),
    /// Show the window to browsers, which sign in with the token; usually on port 8471, encrypted.
    Web(DoorChange),
    /// Show the certificate that callers have to trust, as PEM.
    Certificate,
}

/// Whether figures are given.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub struct Metrics {
    /// Give them.
    #[arg(long)]
    pub on: bool,
    /// Do not.
    #[arg(long)]
    pub off: bool,
}

/// Settings of the Backend-Socket connector.
#[derive(Args)]
pub struct BackendSocket {
    /// The server's address, such as https://print.example.com
    #[arg(long, value_name = "URL")]
    pub url: Option<Url>,
    /// A file with the session id by which the server knows this till; - reads standard input.
    #[arg(long, value_name = "FILE")]
    pub session_file: Option<PathBuf>,
    /// The name that the till goes by there.
    #[arg(long, value_name = "NAME")]
    pub username: Option<String>,
    /// The tax number of the business.
    #[arg(long, value_name = "NUMBER")]
    pub nipt: Option<String>,
    /// The printer for requests that name none, or one that is not here.
    #[arg(long, value_name = "PRINTER")]
    pub printer: Option<String>,
    /// Socket.IO driver.
    #[arg(long)]
    pub driver: Option<Driver>,
    #[command(flatten)]
    pub line: Line,
    #[command(flatten)]
    pub switch: Switch,
}

/// Settings of the connector that asks Odoo for jobs.
#[derive(Args)]
pub struct OdooPull {
    /// Odoo's address, such as https://shop.odoo.com
    #[arg(long, value_name = "URL")]
    pub url: Option<Url>,
    /// A file with the token by which Odoo knows this till; - reads standard input.
    #[arg(long, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// A printer of this till by its code in Odoo; may be repeated. Nothing behind the = takes it away.
    #[arg(long = "code", value_name = "CODE=PRINTER")]
    pub codes: Vec<String>,
    #[command(flatten)]
    pub line: Line,
    #[command(flatten)]
    pub switch: Switch,
}

/// How a server is reached.
#[derive(Args)]
pub struct Line {
    /// A PEM file with the shop's own certificate authority.
    #[arg(long, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// A proxy such as http://proxy:3128, or "none".
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
    /// Allow an unencrypted server on another machine; `=false` takes it back.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub allow_unencrypted: Option<bool>,
}

/// Whether a connector does its work.
#[derive(Args)]
#[group(multiple = false)]
pub struct Switch {
    /// Connect.
    #[arg(long)]
    pub on: bool,
    /// Stay set up, but do not connect.
    #[arg(long)]
    pub off: bool,
    /// Forget it.
    #[arg(long)]
    pub remove: bool,
}

/// The embedded gateway.
#[derive(Args)]
pub struct Gateway {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:3001", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Which generation of the contract it speaks.
    #[arg(long, default_value = "c")]
    pub generation: Generation,
    /// A licence key that it accepts; without one it accepts every key.
    #[arg(long, value_name = "UUID")]
    pub license_key: Option<String>,
}

/// A generation of the gateway's contract.
#[derive(ValueEnum, Clone, Copy)]
pub enum Generation {
    /// The deployed one.
    A,
    /// The newer one.
    B,
    /// The one of the architecture paper.
    C,
}

/// A virtual receipt printer.
#[derive(Args)]
pub struct VirtualPrinter {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:9100", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// Folder for what is printed.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// A fault it has from the start, such as paper-out or slow=200; may be repeated. While it runs, type a fault
    /// and Enter to add it, `clear` to mend everything.
    #[arg(long = "fault", value_name = "FAULT")]
    pub faults: Vec<String>,
}

/// Printers.
#[derive(Args)]
pub struct Printers {
    /// What to do; without it, list them.
    #[command(subcommand)]
    pub change: Option<PrinterChange>,
    #[command(flatten)]
    pub listing: Listing,
}

/// A change to the printers.
#[derive(Subcommand)]
pub enum PrinterChange {
    /// Add a printer, or change the one of that name.
    Add {
        /// What people call it.
        name: String,
        /// Where it is, such as tcp://192.0.2.10:9100
        uri: String,
        #[command(flatten)]
        traits: Traits,
    },
    /// Look which devices there are, also those that no printer uses yet.
    Discover {
        /// Ask every host of this computer's own networks for a connection on port 9100; nothing is sent.
        #[arg(long)]
        scan: bool,
        #[command(flatten)]
        listing: Listing,
    },
    /// Make a printer of a device that was found, or put the printer of that name on it.
    Adopt {
        /// Its id, such as dev-1f3a9c20, or one of its addresses.
        device: String,
        /// What people call the printer.
        name: String,
        #[command(flatten)]
        traits: Traits,
    },
    /// Say which printer takes the waiting jobs of this one when it cannot print; they are marked "BACKUP FROM …".
    Backup {
        /// The printer's name.
        name: String,
        /// The other one's name.
        #[arg(required_unless_present = "none")]
        backup: Option<String>,
        /// Seconds of trouble after which jobs go there; 60 where nothing is said.
        #[arg(long, value_name = "SECONDS")]
        after: Option<u32>,
        /// None any more: its jobs wait until it can print again.
        #[arg(long, conflicts_with_all = ["backup", "after"])]
        none: bool,
    },
    /// Remove a printer; its waiting jobs are given up and their senders told.
    Remove {
        /// Its name.
        name: String,
    },
}

/// What a printer is and takes.
#[derive(Args)]
pub struct Traits {
    /// What the model can do; without it, what is known of the model.
    #[arg(long)]
    pub profile: Option<String>,
    /// The paper in it, in millimetres, where that is not what the profile is made for; `profile` takes that back.
    #[arg(long)]
    pub paper: Option<Paper>,
    /// What it is used for.
    #[arg(long)]
    pub kind: Option<Kind>,
    /// What it understands: esc-pos, or documents for an office printer behind the system's print queue.
    #[arg(long)]
    pub emulation: Option<Language>,
    /// Jobs that name no printer and that it takes: receipt, kitchen, bar, label, default; may be repeated.
    #[arg(long = "role", value_name = "ROLE")]
    pub roles: Vec<Role>,
}

/// The paper in a printer.
#[derive(ValueEnum, Clone, Copy)]
pub enum Paper {
    /// 58 mm wide.
    #[value(name = "58")]
    Mm58,
    /// 80 mm wide.
    #[value(name = "80")]
    Mm80,
    /// What the profile is made for.
    Profile,
}

impl From<Paper> for Option<PaperWidth> {
    fn from(paper: Paper) -> Self {
        match paper {
            Paper::Mm58 => Some(PaperWidth::Mm58),
            Paper::Mm80 => Some(PaperWidth::Mm80),
            Paper::Profile => None,
        }
    }
}

/// What a printer understands.
#[derive(ValueEnum, Clone, Copy)]
pub enum Language {
    /// Receipt printer commands.
    EscPos,
    /// PDF and pictures as they are, anything else as a picture.
    Documents,
}

/// What a printer is used for.
#[derive(ValueEnum, Clone, Copy)]
pub enum Kind {
    /// Customers' receipts.
    Receipt,
    /// Kitchen or bar tickets.
    Kitchen,
    /// Labels.
    Label,
}

/// What is set for a door.
#[derive(Args)]
pub struct DoorChange {
    /// Open it; the first time, its token is made and shown.
    #[arg(long, conflicts_with = "off")]
    pub on: bool,
    /// Close it.
    #[arg(long)]
    pub off: bool,
    /// Make a new token and show it; the one before is of no more use.
    #[arg(long)]
    pub new_token: bool,
    /// The address of this computer on which it listens; 0.0.0.0 opens it to the network.
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<IpAddr>,
    /// Its port.
    #[arg(long)]
    pub port: Option<u16>,
    /// Whether what crosses it is encrypted.
    #[arg(long)]
    pub encryption: Option<Encryption>,
    /// The printer of jobs that name none; without it, the one whose role it is.
    #[arg(long, value_name = "NAME")]
    pub printer: Option<String>,
    /// A line of the shop's heading; may be repeated, "" takes them away.
    #[arg(long, value_name = "LINE")]
    pub header: Vec<String>,
    /// A last line; likewise.
    #[arg(long, value_name = "LINE")]
    pub footer: Vec<String>,
    /// Language of words, amounts and dates, such as fr-DZ.
    #[arg(long, value_name = "TAG")]
    pub language: Option<String>,
    /// Currency, such as EUR.
    #[arg(long, value_name = "CODE")]
    pub currency: Option<String>,
    /// Web pages of this origin may call, such as https://till.example.com; may be repeated, "" takes them away.
    #[arg(long = "origin", value_name = "ORIGIN")]
    pub origins: Vec<String>,
    /// For all doors: a further name or address under which this till is called; may be repeated.
    #[arg(long = "name", value_name = "NAME")]
    pub names: Vec<String>,
    /// For all doors: a PEM file with the shop's own certificate.
    #[arg(long, value_name = "FILE", requires = "key")]
    pub certificate: Option<PathBuf>,
    /// For all doors: a PEM file with the key of that certificate.
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub key: Option<PathBuf>,
}

/// Whether what crosses a door is encrypted.
#[derive(ValueEnum, Clone, Copy)]
pub enum Encryption {
    /// TLS.
    Tls,
    /// It is not.
    None,
}

/// A file to print.
#[derive(Args)]
pub struct Print {
    /// Name of the printer; @ROLE is the one with that role, and @ alone the one whose role the document is.
    pub printer: String,
    /// The file; - reads standard input.
    pub file: PathBuf,
    /// How to read it; without it, the end of the file's name says so.
    #[arg(long = "as", value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Your own id: the same one is printed once.
    #[arg(long)]
    pub key: Option<String>,
    /// Seconds to wait for the paper; 0 returns as soon as the job is stored.
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    pub wait: u64,
}

/// How to read a file.
#[derive(ValueEnum, Clone, Copy)]
pub enum Format {
    /// Printer commands, as they are.
    Raw,
    /// UTF-8 text.
    Text,
    /// JSON: a receipt, kitchen ticket, reservation, cash-out slip or label, as its "type" says.
    Receipt,
    /// A picture: PNG, JPEG, GIF, BMP, WebP or SVG.
    Image,
    /// A page of HTML.
    Html,
    /// The pages of a PDF.
    Pdf,
}

impl Format {
    /// What files with that end of their name are.
    pub fn of_extension(end: &str) -> Option<Format> {
        Some(match end.to_ascii_lowercase().as_str() {
            "bin" | "prn" | "raw" | "escpos" => Format::Raw,
            "txt" | "text" => Format::Text,
            "json" => Format::Receipt,
            "png" | "jpg" | "jpeg" | "gif" | "bmp" | "webp" | "svg" => Format::Image,
            "html" | "htm" => Format::Html,
            "pdf" => Format::Pdf,
            _ => return None,
        })
    }
}

impl From<Format> for SubmissionFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Raw => SubmissionFormat::Raw,
            Format::Text => SubmissionFormat::Text,
            Format::Receipt => SubmissionFormat::Receipt,
            Format::Image => SubmissionFormat::Image,
            Format::Html => SubmissionFormat::Html,
            Format::Pdf => SubmissionFormat::Pdf,
        }
    }
}

/// A document to turn into printer bytes.
#[derive(Args)]
pub struct Encode {
    /// The file; - reads standard input.
    pub file: PathBuf,
    /// How to read it; without it, the end of the file's name says so.
    #[arg(long = "as", value_name = "FORMAT")]
    pub format: Option<Format>,
    /// The printer's profile; platenctl profiles lists them.
    #[arg(long, value_name = "NAME", default_value = "generic-80")]
    pub profile: String,
    /// Where to write the bytes; - is standard output.
    #[arg(short, long, value_name = "OUT.bin")]
    pub out: PathBuf,
}

/// Printer bytes to look at.
#[derive(Args)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true).args(["out", "text", "events"])))]
pub struct Render {
    /// The file; - reads standard input.
    pub file: PathBuf,
    /// Write a picture of the paper; - is standard output.
    #[arg(short, long, value_name = "OUT.png")]
    pub out: Option<PathBuf>,
    /// Show the paper as text.
    #[arg(long)]
    pub text: bool,
    /// List what the bytes do beside the paper, and what of them no printer would understand, with its place.
    #[arg(long)]
    pub events: bool,
    /// The printer's profile.
    #[arg(long, value_name = "NAME", default_value = "generic-80")]
    pub profile: String,
}

/// Which jobs.
#[derive(Args)]
pub struct Jobs {
    /// Only those in that state.
    #[arg(long)]
    pub state: Option<String>,
    /// Only those of that printer.
    #[arg(long)]
    pub printer: Option<String>,
    /// Only those with this number, with this text in the sender's id, or for a printer with this text in its name.
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// Only those of that kind: receipt, kitchen-ticket, label, drawer, test, other.
    #[arg(long, value_name = "KIND", value_parser = kind_of_document)]
    pub kind: Option<DocumentType>,
    /// Only those of that sender, such as printer-master, odoo-pull or local.
    #[arg(long, value_name = "CONNECTOR", value_parser = connector)]
    pub connector: Option<ConnectorId>,
    /// Only those of that day, such as 2026-11-28.
    #[arg(long)]
    pub day: Option<jiff::civil::Date>,
    /// How many at most.
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
    #[command(flatten)]
    pub listing: Listing,
}

fn kind_of_document(word: &str) -> Result<DocumentType, String> {
    let known = DocumentType::ALL.map(DocumentType::as_str).join(", ");
    DocumentType::parse(word).ok_or_else(|| format!("it is one of {known}"))
}

fn connector(word: &str) -> Result<ConnectorId, String> {
    let known = ConnectorId::ALL.map(ConnectorId::as_str).join(", ");
    ConnectorId::parse(word).ok_or_else(|| format!("it is one of {known}"))
}
