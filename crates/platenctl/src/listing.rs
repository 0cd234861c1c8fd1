//! Listings for people: columns as wide as they have to be.

use platen_bridge::{
    ConnectorRow, DeviceView, EngineStatus, JobView, Presence, PrinterRow, Recognition, ScanView,
};
use platen_job::Timestamp;
use platen_program::one_line;

/// Rows under a heading.
pub fn table(heading: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count())
            .chain([heading[column].chars().count()])
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..heading.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = String>| {
        let padded: Vec<String> =
            cells.zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    let mut text = line(&mut heading.iter().map(|cell| (*cell).to_owned()));
    for row in rows {
        text.push('\n');
        text.push_str(&line(&mut row.iter().cloned()));
    }
    text
}

/// A list of jobs.
pub fn jobs(jobs: &[JobView]) -> String {
    if jobs.is_empty() {
        return "No jobs.".into();
    }
    let rows: Vec<Vec<String>> = jobs
        .iter()
        .map(|job| {
            vec![
                job.id.to_string(),
                job.state.to_string(),
                printer_of(job),
                job.document_type.to_string(),
                moment(job.accepted_at),
                one_line(job.external_id.as_deref().unwrap_or("-"), 36),
                job.message.clone(),
            ]
        })
        .collect();
    table(&["JOB", "STATE", "PRINTER", "KIND", "ACCEPTED", "ID", "WHAT TO KNOW"], &rows)
}

/// One job, a line per fact.
pub fn job(job: &JobView) -> String {
    let mut lines = vec![
        format!("Job {}: {}", job.id, job.state),
        format!("  {}", job.message),
        format!("  printer   {}", printer_of(job)),
        format!("  from      {}", job.connector),
        format!("  kind      {} ({} bytes)", job.document_type, job.size),
        format!("  accepted  {}", moment(job.accepted_at)),
    ];
    let mut fact = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            lines.push(format!("  {name:<8}  {value}"));
        }
    };
    fact("id", job.external_id.as_deref().map(|id| one_line(id, 120)));
    fact("settled", job.settled_at.map(moment));
    fact("expires", job.expires_at.filter(|_| job.state.is_open()).map(moment));
    fact("mark", job.mark.map(|mark| mark.text().to_owned()));
    fact("backup from", job.backup_from.as_ref().map(|name| one_line(name.as_str(), 40)));
    fact("copy of", job.origin.map(|id| format!("job {id}")));
    lines.extend(
        job.notes.lines().iter().map(|note| format!("  note      {}", one_line(note, 120))),
    );
    lines.join("\n")
}

/// A list of printers.
pub fn printers(printers: &[PrinterRow]) -> String {
    if printers.is_empty() {
        return "No printers. Add one: platenctl printers add NAME tcp://HOST:9100".into();
    }
    let rows: Vec<Vec<String>> = printers
        .iter()
        .map(|row| {
            vec![
                one_line(row.view.name.as_str(), 40),
                word(&row.view.health),
                row.view.queue_length.to_string(),
                words(row.view.roles.iter()),
                row.last_job.as_ref().map_or("-".into(), |job| format!("{} {}", job.id, job.state)),
                row.device.as_ref().map_or("-".into(), |device| device.id.to_string()),
                row.device.as_ref().map_or("-".into(), ways),
                row.uri.clone(),
                match row.paper {
                    Some(paper) => format!("{}, {paper}", row.profile),
                    None => row.profile.clone(),
                },
                words(row.view.reasons.iter()),
                row.message.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let heading = [
        "PRINTER",
        "STATE",
        "WAITING",
        "ROLES",
        "LAST JOB",
        "DEVICE",
        "WAYS",
        "ADDRESS",
        "PROFILE",
        "REASONS",
        "WHAT TO DO",
    ];
    table(&heading, &rows)
}

/// A list of devices, and what the scan for them did, where there was one.
pub fn devices(devices: &[DeviceView], scan: Option<&ScanView>) -> String {
    let found =
        if devices.is_empty() { "No printers were found.".into() } else { table_of(devices) };
    match (scan, devices.is_empty()) {
        (Some(scan), _) => format!("{found}\n{}", scanned(scan)),
        (None, true) => {
            format!("{found} Those that announce nothing: platenctl printers discover --scan")
        }
        (None, false) => found,
    }
}

fn scanned(scan: &ScanView) -> String {
    match scan {
        ScanView::Done { asked: 0, left_out: 0 } => "There is no private network to scan: this computer has no address of its own in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16.".into(),
        ScanView::Done { asked, left_out: 0 } => {
            format!("Scan: {asked} hosts of the own networks were asked for a connection on port 9100.")
        }
        ScanView::Done { asked, left_out } => format!(
            "Scan: {asked} hosts of the own networks were asked for a connection on port 9100; for {left_out} there was no time."
        ),
        ScanView::Failed(why) => format!("The network could not be scanned: {why}."),
    }
}

fn table_of(devices: &[DeviceView]) -> String {
    let rows: Vec<Vec<String>> = devices
        .iter()
        .map(|device| {
            let uris = device.ways.iter().filter_map(|way| way.uri.as_deref());
            let trouble = device.ways.iter().find_map(|way| way.trouble.as_ref());
            vec![
                device.id.to_string(),
                one_line(&device.name, 40),
                match device.presence {
                    Presence::Present => ways(device),
                    Presence::Away => "away".into(),
                },
                uris.collect::<Vec<_>>().join(" "),
                match (device.presence, device.recognised) {
                    (Presence::Away, _) => "-".into(),
                    (_, Recognition::Known) => device.profile.clone(),
                    (_, Recognition::Generic) => format!("{} (model not known)", device.profile),
                },
                match device.printers.is_empty() {
                    true => "(free)".into(),
                    false => one_line(&words(device.printers.iter()), 60),
                },
                trouble.map(ToString::to_string).unwrap_or_default(),
            ]
        })
        .collect();
    table(&["DEVICE", "NAME", "WAYS", "ADDRESSES", "PROFILE", "PRINTER", "WHAT TO DO"], &rows)
}

fn ways(device: &DeviceView) -> String {
    words(device.ways.iter().map(|way| way.by))
}

fn words(words: impl Iterator<Item = impl ToString>) -> String {
    let words: Vec<String> = words.map(|word| word.to_string()).collect();
    if words.is_empty() { "-".into() } else { words.join(",") }
}

/// Everything at a glance.
pub fn status(status: &EngineStatus, running: &str) -> String {
    let mut parts = vec![format!("Platen {} {running}", status.version)];
    if status.gateway.is_some() || status.connectors.is_empty() {
        parts.push(gateway(status.gateway.as_ref()));
    }
    parts.extend(status.connectors.iter().map(connector));
    let counts: Vec<String> =
        status.jobs.iter().map(|(state, count)| format!("{count} {state}")).collect();
    parts.push(format!(
        "Jobs: {}",
        if counts.is_empty() { "none".into() } else { counts.join(", ") }
    ));
    parts.extend(status.notices.iter().map(|notice| format!("Note: {notice}")));
    parts.push(String::new());
    parts.push(printers(&status.printers));
    parts.join("\n")
}

/// How a connector is: a line, and one for each thing to know.
pub fn connector(row: &ConnectorRow) -> String {
    let line = format!("{}: {} ({})", row.name, one_line(&row.words.to_string(), 200), row.address);
    let notes = row.notes.iter().map(|note| format!("  {}", one_line(&note.to_string(), 200)));
    std::iter::once(line).chain(notes).collect::<Vec<_>>().join("\n")
}

fn gateway(status: Option<&serde_json::Value>) -> String {
    let Some(status) = status else {
        return "Gateway: none is set up, or Platen is not running".into();
    };
    let text =
        |path: &str| status.pointer(path).and_then(|value| value.as_str()).map(str::to_owned);
    let mut lines = vec![format!(
        "Gateway: {} ({})",
        text("/connection_words").unwrap_or_default(),
        text("/gateway").unwrap_or_default()
    )];
    let licence = match text("/licence/state").as_deref() {
        Some("valid") => format!(
            "valid for {}, {}",
            text("/licence/company").unwrap_or_else(|| "your company".into()),
            text("/licence/branch").unwrap_or_else(|| "your branch".into())
        ),
        Some("refused") => text("/licence/words").unwrap_or_default(),
        Some("unavailable") => text("/licence/why").unwrap_or_default(),
        _ => "not checked".into(),
    };
    lines.push(format!("Licence: {licence}"));
    if let Some(strangers) = status.pointer("/not_ours").and_then(|list| list.as_array()) {
        lines.extend(strangers.iter().map(|entry| {
            let field =
                |name: &str| entry.get(name).and_then(|value| value.as_str()).unwrap_or_default();
            format!("Not for this till: {} ({})", one_line(field("printer"), 60), field("why"))
        }));
    }
    lines.join("\n")
}

fn printer_of(job: &JobView) -> String {
    job.printer_name
        .clone()
        .map_or_else(|| format!("({})", job.printer), |name| one_line(&name, 40))
}

fn word<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_value(value)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn moment(at: Timestamp) -> String {
    let local =
        jiff::Timestamp::from_millisecond(at.0).map(|at| at.to_zoned(jiff::tz::TimeZone::system()));
    local.map(|at| at.strftime("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_their_headings() {
        let rows =
            vec![vec!["Kitchen".into(), "1".into()], vec!["Küche \u{1F600}".into(), "22".into()]];
        assert_eq!(table(&["NAME", "N"], &rows), "NAME     N\nKitchen  1\nKüche 😀  22");
    }

    #[test]
    fn a_scan_that_finds_nothing_says_what_it_did() {
        let told = |asked, left_out| devices(&[], Some(&ScanView::Done { asked, left_out }));
        assert!(told(253, 0).contains("253 hosts"), "{}", told(253, 0));
        assert!(told(900, 122).contains("122"), "{}", told(900, 122));
        assert!(told(0, 0).contains("no private network"), "{}", told(0, 0));
        assert!(!told(253, 0).contains("--scan"), "it was just done");
        let failed = devices(&[], Some(&ScanView::Failed("Permission denied".into())));
        assert!(failed.contains("Permission denied"));
        assert!(devices(&[], None).contains("--scan"));
    }

    #[test]
    fn a_name_cannot_move_the_cursor() {
        assert_eq!(one_line("a\nb\u{1b}[2J", 10), "a·b·[2J");
    }
}
