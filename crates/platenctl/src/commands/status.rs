//! `platenctl status` and the list of printers.

use crate::cli::Listing;
use crate::failure::Failure;
use crate::listing;
use crate::reach::{Need, Reach};
use platen_bridge::{EngineStatus, Home, Request, Response};
use platen_connectors::Health;
use std::time::Duration;
use tokio::time::Instant;

/// Our own engine has asked every printer once after this at the latest.
const FIRST_LOOK: Duration = Duration::from_secs(4);

pub async fn status(home: &Home, listing: Listing) -> Result<(), Failure> {
    let (status, running) = look(home, Need::Look).await?;
    if listing.json {
        say!("{}", serde_json::to_string_pretty(&status)?);
    } else {
        say!("{}", listing::status(&status, running));
    }
    Ok(())
}

pub async fn printers(home: &Home, listing: Listing) -> Result<(), Failure> {
    let (status, _) = look(home, Need::Watch).await?;
    if listing.json {
        say!("{}", serde_json::to_string_pretty(&status.printers)?);
    } else {
        say!("{}", listing::printers(&status.printers));
    }
    Ok(())
}

async fn look(home: &Home, need: Need) -> Result<(EngineStatus, &'static str), Failure> {
    let mut reach = Reach::open(home, need).await?;
    let running = match &reach {
        Reach::Running(_) => "is running.",
        Reach::Own(_) => "is not running.",
    };
    let deadline = Instant::now() + FIRST_LOOK;
    let status = loop {
        let Response::Status(status) = reach.ask(Request::Status).await? else {
            return Err(Failure::new("the running Platen is another version"));
        };
        let unknown = status.printers.iter().any(|row| row.view.health == Health::Unknown);
        let settled = matches!(reach, Reach::Running(_)) || need == Need::Look || !unknown;
        if settled || Instant::now() > deadline {
            break *status;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    reach.close().await;
    Ok((status, running))
}
