//! `platenctl printers` with `add` and `remove`, `pause`, `resume`.

use crate::cli::{Kind, PrinterChange, Printers};
use crate::failure::Failure;
use crate::listing;
use crate::reach::{Need, Reach};
use platen_bridge::{Client, ControlError, Home, Profiles, Request, Response, Settings};
use platen_connectors::PrinterKind;
use platen_devices::DeviceUri;
use platen_job::PrinterName;
use std::time::Duration;

/// How long a reload may take: every worker is allowed to finish its write.
const RELOAD: Duration = Duration::from_secs(20);

pub async fn printers(home: &Home, printers: Printers) -> Result<(), Failure> {
    match printers.change {
        None => super::status::printers(home, printers.listing).await,
        Some(PrinterChange::Add { name, uri, profile, kind }) => {
            change(home, |settings| put(home, settings, &name, &uri, profile, kind.map(kind_of)))
                .await?;
            say!("Printer {} is set up.", listing::one_line(&name, 40));
            Ok(())
        }
        Some(PrinterChange::Remove { name }) => {
            change(home, |settings| {
                settings.remove_printer(&name).map(drop).map_err(Failure::from)
            })
            .await?;
            say!("Printer {} is removed.", listing::one_line(&name, 40));
            Ok(())
        }
    }
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

/// Adds or changes one printer in the settings, after a look at its address and profile.
pub fn put(
    home: &Home,
    settings: &mut Settings,
    name: &str,
    uri: &str,
    profile: Option<String>,
    kind: Option<PrinterKind>,
) -> Result<(), Failure> {
    let name = PrinterName::new(name)
        .map_err(|error| Failure::usage(format!("the printer's name {error}")))?;
    let uri: DeviceUri = uri.parse().map_err(|error| Failure::usage(format!("{uri}: {error}")))?;
    if let Some(profile) = &profile {
        super::encode::known(&Profiles::load(home).catalogue, profile)?;
    }
    settings.put_printer(name, uri.to_string(), profile, kind);
    Ok(())
}

/// Changes the settings, and tells the running engine.
pub async fn change(
    home: &Home,
    edit: impl FnOnce(&mut Settings) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let (mut settings, unknown) = Settings::load(&home.settings())?;
    for key in unknown {
        complain!("platenctl: the settings file has a key that is not known, {key}; it is dropped");
    }
    edit(&mut settings)?;
    settings.save(&home.settings())?;
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
