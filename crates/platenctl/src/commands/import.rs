//! `platenctl import`: takes over the settings of an agent that Platen replaces, and says what it took and what not.

mod backend_socket;
mod env_file;
mod odoo_push;

use super::connectors::{edit, needs_a_start};
use crate::failure::Failure;
use platen_bridge::{DoorName, Home, Settings};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Longest file that is read, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// What became of the settings in a file, a line each.
#[derive(Default)]
pub struct Report {
    taken: Vec<String>,
    left: Vec<String>,
}

impl Report {
    /// A setting that was taken, and what it means here.
    fn took(&mut self, key: &str, meaning: &str) {
        self.taken.push(format!("taken  {key}: {meaning}"));
    }

    /// Shows all of it.
    fn say(&self) {
        self.taken.iter().chain(&self.left).for_each(|line| say!("{line}"));
    }

    /// A setting that was left, and why.
    fn left(&mut self, key: &str, why: &str) {
        self.left.push(format!("left   {key}: {why}"));
    }
}

pub async fn import(home: &Home, file: &Path) -> Result<(), Failure> {
    let unreadable = |error: std::io::Error| Failure::new(format!("{}: {error}", file.display()));
    let mut text = String::new();
    File::open(file)
        .and_then(|file| file.take(LONGEST).read_to_string(&mut text))
        .map_err(unreadable)?;
    if let Some(fields) = odoo_push::read(&text) {
        return import_odoo(home, &fields, file).await;
    }
    let pairs = env_file::pairs(&text);
    if !backend_socket::is_one(&pairs) {
        return Err(Failure::new(format!(
            "{} holds no settings that Platen knows: a Backend-Socket client's .env names SOCKET_URL, the config.json of Odoo's agent listen_port or printer_ip",
            file.display()
        )));
    }
    let mut report = Report::default();
    edit(home, |settings| backend_socket::take(&pairs, settings, &mut report)).await?;
    report.say();
    say!("Backend-Socket is set up.");
    needs_a_start(home).await;
    Ok(())
}

async fn import_odoo(
    home: &Home,
    fields: &serde_json::Map<String, serde_json::Value>,
    file: &Path,
) -> Result<(), Failure> {
    let file = std::path::absolute(file)?;
    let folder = file.parent().unwrap_or(&file);
    let mut report = Report::default();
    edit(home, |settings| odoo_push::take(fields, folder, settings, &mut report)).await?;
    report.say();
    let (settings, _) = Settings::load(&home.settings())?;
    if settings.door(DoorName::OdooPush).is_some_and(|section| section.enabled) {
        say!("The door for Odoo is open with these settings.");
    } else {
        say!(
            "Odoo's door is set up and closed. Stop the old agent, then: platenctl connectors odoo-push --on"
        );
    }
    Ok(())
}
