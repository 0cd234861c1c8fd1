//! `platenctl jobs`, `job`, `reprint`, `cancel`, `resolve`.

use crate::cli::{Jobs, Listing, Seen};
use crate::failure::Failure;
use crate::listing;
use crate::reach::{Need, Reach};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use platen_bridge::{Home, JobQuery, Request, Resolution, Response};
use platen_job::{JobId, Timestamp};

pub async fn list(home: &Home, jobs: Jobs) -> Result<(), Failure> {
    let (from, until) = jobs.day.and_then(hours_of).unzip();
    let query = JobQuery {
        state: jobs.state,
        printer: jobs.printer,
        search: jobs.search,
        document: jobs.kind,
        connector: jobs.connector,
        from,
        until,
        limit: jobs.limit,
        ..JobQuery::default()
    };
    let mut reach = Reach::open(home, Need::Look).await?;
    let answer = reach.ask(Request::Jobs(query)).await;
    reach.close().await;
    if let Response::Jobs(found) = answer? {
        if jobs.listing.json {
            say!("{}", serde_json::to_string_pretty(&found)?);
        } else {
            say!("{}", listing::jobs(&found));
        }
    }
    Ok(())
}

/// A day on this machine's wall: its first moment, and that of the next day.
fn hours_of(day: Date) -> Option<(Timestamp, Timestamp)> {
    let start = |day: Date| {
        let start = day.to_zoned(TimeZone::system()).ok()?;
        Some(Timestamp(start.timestamp().as_millisecond()))
    };
    Some((start(day)?, start(day.tomorrow().ok()?)?))
}

pub async fn show(home: &Home, id: JobId, listing: Listing) -> Result<(), Failure> {
    let mut reach = Reach::open(home, Need::Look).await?;
    let job = reach.ask_job(Request::Job { id }).await;
    reach.close().await;
    let job = job?;
    if listing.json {
        say!("{}", serde_json::to_string_pretty(&job)?);
    } else {
        say!("{}", listing::job(&job));
    }
    Ok(())
}

pub async fn cancel(home: &Home, id: JobId) -> Result<(), Failure> {
    change(home, Request::Cancel { id }).await
}

pub async fn resolve(home: &Home, id: JobId, seen: Seen) -> Result<(), Failure> {
    match seen {
        Seen::Printed => {
            change(home, Request::Resolve { id, resolution: Resolution::Printed }).await
        }
        Seen::Reprint => {
            super::print::follow(
                home,
                Request::Resolve { id, resolution: Resolution::Reprint },
                super::print::WAIT,
            )
            .await
        }
    }
}

pub async fn reprint(home: &Home, id: JobId) -> Result<(), Failure> {
    super::print::follow(home, Request::Reprint { id }, super::print::WAIT).await
}

async fn change(home: &Home, request: Request) -> Result<(), Failure> {
    let mut reach = Reach::open(home, Need::Look).await?;
    let job = reach.ask_job(request).await;
    reach.close().await;
    say!("{}", listing::job(&job?));
    Ok(())
}
