//! `platenctl printers` with `add` and `remove`, `pause`, `resume`.

use crate::cli::{Kind, Language, Listing, PrinterChange, Printers, Traits};
use crate::failure::Failure;
use crate::listing;
use crate::reach::{Need, Reach};
use platen_bridge::{
    BackupSettings, Client, ControlError, DeviceView, Emulation, Home, Profiles, Recognition,
    Request, Response, ScanView, Search, Settings, UnknownKey, printer_name,
};
use platen_connectors::PrinterKind;
use platen_devices::DeviceUri;
use platen_job::PrinterName;
use platen_program::one_line;
use std::fmt;
use std::time::Duration;

/// How long a reload may take: every worker is allowed to finish its write.
const RELOAD: Duration = Duration::from_secs(20);

pub async fn printers(home: &Home, printers: Printers) -> Result<(), Failure> {
    match printers.change {
        None => super::status::printers(home, printers.listing).await,
        Some(PrinterChange::Discover { scan, listing }) => discover(home, scan, listing).await,
        Some(PrinterChange::Adopt { device, name, traits }) => {
            adopt(home, &device, &name, traits).await
        }
        Some(PrinterChange::Add { name, uri, traits }) => {
            let more = set_up(home, &name, &uri, &traits).await?;
            say!("Printer {} is set up.{more}", one_line(&name, 40));
            Ok(())
        }
        Some(PrinterChange::Backup { name, backup, after, none: _ }) => {
            put_backup(home, &name, backup.as_deref(), after).await
        }
        Some(PrinterChange::Remove { name }) => {
            let mut backed_up = String::new();
            change(home, |settings| {
                backed_up = names(&settings.backed_up_by(&name));
                settings.remove_printer(&name).map(drop).map_err(Failure::from)
            })
            .await?;
            say!("Printer {} is removed.", one_line(&name, 40));
            if !backed_up.is_empty() {
                say!("It was the backup of {backed_up}: jobs there wait until that can print.");
            }
            Ok(())
        }
    }
}

/// Adds or changes a printer; gives what has to be said of its address, behind the rest.
async fn set_up(home: &Home, name: &str, uri: &str, traits: &Traits) -> Result<String, Failure> {
    let (mut moved, mut twins) = (None, String::new());
    change(home, |settings| {
        moved = put_with(home, settings, name, uri, traits)?;
        twins = names(&settings.at_the_address_of(name));
        Ok(())
    })
    .await?;
    let mut more = moved.map_or_else(String::new, |moved| format!("\n{moved}"));
    if !twins.is_empty() {
        more += &format!(
            "\nIt has the same address as {twins}: they print on one device, in any order. Remove one of them, or give it its own."
        );
    }
    Ok(more)
}

/// A printer that there is, and that is at another address from now on.
pub struct Moved {
    name: PrinterName,
    from: String,
}

impl fmt::Display for Moved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, from) = (one_line(self.name.as_str(), 40), one_line(&self.from, 100));
        write!(f, "{name} was set up before, at {from}; its jobs are printed at the new address.")
    }
}

fn names(printers: &[&PrinterName]) -> String {
    let names: Vec<String> = printers.iter().map(|name| one_line(name.as_str(), 40)).collect();
    names.join(", ")
}

async fn put_backup(
    home: &Home,
    name: &str,
    backup: Option<&str>,
    after: Option<u32>,
) -> Result<(), Failure> {
    let wrong = |error| Failure::usage(format!("the backup's name {error}"));
    let backup = backup.map(PrinterName::new).transpose().map_err(wrong)?;
    let backup = backup.map(|printer| {
        let usual = BackupSettings::new(printer);
        BackupSettings { after_seconds: after.unwrap_or(usual.after_seconds), ..usual }
    });
    change(home, |settings| Ok(settings.put_backup(name, backup.clone())?)).await?;
    let name = one_line(name, 40);
    match backup {
        Some(BackupSettings { printer, after_seconds }) => say!(
            "When {name} cannot print for {after_seconds} s, its waiting jobs go to {printer}, marked."
        ),
        None => say!("Jobs for {name} wait until it can print."),
    }
    Ok(())
}

async fn discover(home: &Home, scan: bool, listing: Listing) -> Result<(), Failure> {
    let search = if scan { Search::Scan } else { Search::Usual };
    let (devices, scan) = devices(home, search).await?;
    if listing.json {
        say!("{}", serde_json::to_string_pretty(&devices)?);
    } else {
        say!("{}", listing::devices(&devices, scan.as_ref()));
    }
    Ok(())
}

async fn devices(
    home: &Home,
    search: Search,
) -> Result<(Vec<DeviceView>, Option<ScanView>), Failure> {
    let mut reach = Reach::open(home, Need::Look).await?;
    let answer = reach.ask(Request::Devices { search }).await;
    reach.close().await;
    match answer? {
        Response::Devices { found, scan } => Ok((found, scan)),
        _ => Err(Failure::new("the running Platen is another version")),
    }
}

async fn adopt(home: &Home, device: &str, name: &str, traits: Traits) -> Result<(), Failure> {
    let (devices, _) = devices(home, Search::Usual).await?;
    let is_meant = |view: &&DeviceView| {
        view.id.as_str() == device || view.ways.iter().any(|way| way.uri.as_deref() == Some(device))
    };
    let found = devices.iter().find(is_meant).ok_or_else(|| {
        Failure::new(format!(
            "there is no device {device:?}; platenctl printers discover lists them"
        ))
    })?;
    // An address chooses a way; an id takes the best one.
    let uri = if found.id.as_str() == device { found.uri() } else { Some(device) };
    let uri = uri.ok_or_else(|| {
        Failure::new(format!("{device} takes no raw data: set it up in the operating system first"))
    })?;
    let profile = traits.profile.unwrap_or_else(|| found.profile.clone());
    let traits = Traits { profile: Some(profile.clone()), ..traits };
    let more = set_up(home, name, uri, &traits).await?;
    let guess = match found.recognised {
        Recognition::Known => String::new(),
        Recognition::Generic => ", as its model is not known".into(),
    };
    say!(
        "Printer {} is set up at {uri} with the profile {profile}{guess}.{more}",
        one_line(name, 40)
    );
    Ok(())
}

pub async fn pause(home: &Home, printer: String) -> Result<(), Failure> {
    gate(home, Request::Pause { printer }).await
}

pub async fn resume(home: &Home, printer: String) -> Result<(), Failure> {
    gate(home, Request::Resume { printer }).await
}

async fn gate(home: &Home, request: Request) -> Result<(), Failure> {
    let mut client = Client::connect(home).await?;
    client.ask(request, RELOAD).await?;
    Ok(())
}

fn put_with(
    home: &Home,
    settings: &mut Settings,
    name: &str,
    uri: &str,
    traits: &Traits,
) -> Result<Option<Moved>, Failure> {
    let moved = put(home, settings, name, uri, traits.profile.clone(), traits.kind.map(kind_of))?;
    if let Some(language) = traits.emulation {
        let emulation = match language {
            Language::EscPos => Emulation::EscPos,
            Language::Documents => Emulation::Documents,
        };
        settings.put_emulation(name, emulation)?;
    }
    if let Some(paper) = traits.paper {
        settings.put_paper(name, paper.into())?;
    }
    check_paper(home, settings, name)?;
    settings.give_roles(name, &traits.roles)?;
    Ok(moved)
}

/// A printer cannot have paper that its profile cannot have.
fn check_paper(home: &Home, settings: &Settings, name: &str) -> Result<(), Failure> {
    let Some(printer) = settings.printer(name) else { return Ok(()) };
    match printer.paper {
        Some(paper) if !Profiles::load(home).takes(&printer.profile, paper) => {
            Err(Failure::usage(format!(
                "a printer with the profile {} cannot have paper of {paper}: --paper or --profile",
                printer.profile
            )))
        }
        _ => Ok(()),
    }
}

/// Adds or changes one printer in the settings, after a look at its address and profile; says where that moved one that
/// there was.
pub fn put(
    home: &Home,
    settings: &mut Settings,
    name: &str,
    uri: &str,
    profile: Option<String>,
    kind: Option<PrinterKind>,
) -> Result<Option<Moved>, Failure> {
    // A printer that there is keeps its name, whatever that is.
    let known = settings.printer(name).map(|known| (known.name.clone(), known.uri.clone()));
    let (name, from) = match known {
        Some((name, from)) => (Ok(name), Some(from)),
        None => (printer_name(name), None),
    };
    let name = name.map_err(|error| Failure::usage(format!("the printer's name {error}")))?;
    let uri: DeviceUri = uri.parse().map_err(|error| Failure::usage(format!("{uri}: {error}")))?;
    if let Some(profile) = &profile {
        super::encode::known(&Profiles::load(home).catalogue, profile)?;
    }
    let uri = uri.to_string();
    let moved = from.filter(|from| *from != uri).map(|from| Moved { name: name.clone(), from });
    settings.put_printer(name, uri, profile, kind);
    Ok(moved)
}

/// Changes the settings, and tells the running engine.
pub async fn change(
    home: &Home,
    edit: impl FnOnce(&mut Settings) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let edited = |settings: &mut Settings, unknown: Vec<UnknownKey>| {
        for key in unknown {
            complain!(
                "platenctl: the settings file has a key that is not known, {key}; it is dropped"
            );
        }
        edit(settings)
    };
    // It may have to wait for another program's change.
    tokio::task::block_in_place(|| Settings::edit(home, edited))?;
    match Client::connect(home).await {
        Ok(mut client) => match client.ask(Request::Reload, RELOAD).await? {
            Response::Done => Ok(()),
            _ => Err(Failure::new("the running Platen is another version")),
        },
        Err(ControlError::NotRunning) => retire_removed(home).await,
        Err(error) => Err(error.into()),
    }
}

/// Without a running engine nobody would tell the jobs of a removed printer: a short look does.
async fn retire_removed(home: &Home) -> Result<(), Failure> {
    let reach = Reach::open(home, Need::Look).await?;
    reach.close().await;
    Ok(())
}

fn kind_of(kind: Kind) -> PrinterKind {
    match kind {
        Kind::Receipt => PrinterKind::Receipt,
        Kind::Kitchen => PrinterKind::Kitchen,
        Kind::Label => PrinterKind::Label,
    }
}
