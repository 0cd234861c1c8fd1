//! `platenctl import`: takes over the settings of an agent that Platen replaces, and says what it took and what not.

mod backend_socket;
mod fee_maison;
mod odoo_print;
mod odoo_printers;
mod odoo_pull;
mod odoo_push;
mod pairs;
mod words;

use super::connectors::{edit, needs_a_start};
use crate::cli::Agent;
use crate::failure::Failure;
use pairs::Pair;
use platen_bridge::{DoorName, Home, SecretName, Settings, secrets_of};
use serde_json::{Map, Value};
use std::fs::File;
use std::io::Read;
use std::net::IpAddr;
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

/// Where that address is heard.
fn callers_of(address: IpAddr) -> String {
    let who = if address.is_loopback() { "this computer only" } else { "the network" };
    format!("{address}, for callers of {who}")
}

/// Takes over what is in the file. `from`: whose it is, where that is to be said.
pub async fn import(home: &Home, file: &Path, from: Option<Agent>) -> Result<(), Failure> {
    let text = read(file)?;
    let (fields, pairs) = (odoo_push::read(&text), pairs::pairs(&text));
    let agent = match from {
        Some(agent) => agent,
        None => recognise(fields.as_ref(), &pairs, file)?,
    };
    say!("These are taken for the settings of {}.", agent.words());
    match (agent, fields) {
        (Agent::Odoo, Some(fields)) => odoo(home, &fields, file).await,
        (Agent::Odoo, None) => Err(Failure::new(format!("{} is no JSON", file.display()))),
        (Agent::BackendSocket, _) => backend_socket(home, &pairs).await,
        (Agent::OdooPull, _) => odoo_pull(home, &pairs).await,
        (Agent::FeeMaison, _) => fee_maison(home, &pairs).await,
    }
}

fn read(file: &Path) -> Result<String, Failure> {
    let unreadable = |error: std::io::Error| Failure::new(format!("{}: {error}", file.display()));
    let mut bytes = Vec::new();
    File::open(file)
        .and_then(|file| file.take(LONGEST + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() as u64 > LONGEST {
        return Err(Failure::new(format!("{} is too long for settings", file.display())));
    }
    String::from_utf8(bytes).map_err(|_| Failure::new(format!("{} is no text", file.display())))
}

/// Whose settings these are. Where they could be two agents', nobody guesses.
fn recognise(
    fields: Option<&Map<String, Value>>,
    pairs: &[Pair],
    file: &Path,
) -> Result<Agent, Failure> {
    let all = [
        (Agent::Odoo, fields.is_some_and(odoo_push::is_one)),
        (Agent::OdooPull, odoo_pull::is_one(pairs)),
        (Agent::BackendSocket, backend_socket::is_one(pairs)),
        (Agent::FeeMaison, fee_maison::is_one(pairs)),
    ];
    let found: Vec<Agent> = all.iter().filter(|(_, is_one)| *is_one).map(|(one, _)| *one).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(Failure::new(format!(
            "{} holds no settings that Platen knows: a Backend-Socket client's .env names SOCKET_URL, the config.json of Odoo's agent listen_port or printer_ip, \
             the agent that asks Odoo ODOO_URL or PRINTER_CODE, Fée Maison's .env the printer's vendor and product; else say whose they are: --from",
            file.display()
        ))),
        several => {
            let words: Vec<&str> = several.iter().map(|one| one.words()).collect();
            Err(Failure::new(format!(
                "{} could be the settings of {}: say whose they are with --from",
                file.display(),
                words.join(" or ")
            )))
        }
    }
}

async fn backend_socket(home: &Home, pairs: &[Pair]) -> Result<(), Failure> {
    let mut report = Report::default();
    edit(home, |settings| backend_socket::take(pairs, settings, &mut report)).await?;
    report.say();
    say!("Backend-Socket is set up.");
    needs_a_start(home).await;
    Ok(())
}

async fn odoo_pull(home: &Home, pairs: &[Pair]) -> Result<(), Failure> {
    let (mut report, mut token) = (Report::default(), None);
    edit(home, |settings| {
        token = odoo_pull::take(pairs, settings, &mut report)?;
        Ok(())
    })
    .await?;
    if let Some(token) = token {
        secrets_of(home).set(SecretName::OdooPullToken, token)?;
    }
    report.say();
    let (settings, _) = Settings::load(&home.settings())?;
    if settings.odoo.pull.is_some_and(|config| config.enabled) {
        say!("Odoo is asked for jobs with these settings.");
        needs_a_start(home).await;
    } else {
        say!(
            "Asking Odoo is set up and off. Stop the old agent, as whoever asks first has the job, then: platenctl connectors odoo-pull --on"
        );
    }
    Ok(())
}

async fn fee_maison(home: &Home, pairs: &[Pair]) -> Result<(), Failure> {
    let mut report = Report::default();
    edit(home, |settings| {
        fee_maison::take(pairs, settings, &mut report);
        Ok(())
    })
    .await?;
    report.say();
    say_door(home, DoorName::FeeMaison, "Fée Maison", "fee-maison")
}

async fn odoo(home: &Home, fields: &Map<String, Value>, file: &Path) -> Result<(), Failure> {
    let file = std::path::absolute(file)?;
    let folder = file.parent().unwrap_or(&file);
    let mut report = Report::default();
    edit(home, |settings| odoo_push::take(fields, folder, home, settings, &mut report)).await?;
    report.say();
    say_door(home, DoorName::OdooPush, "Odoo", "odoo-push")
}

fn say_door(home: &Home, door: DoorName, system: &str, word: &str) -> Result<(), Failure> {
    let (settings, _) = Settings::load(&home.settings())?;
    if settings.door(door).is_some_and(|section| section.enabled) {
        say!("The door for {system} is open with these settings.");
    } else {
        say!(
            "{system}'s door is set up and closed. Stop the old agent, then: platenctl connectors {word} --on"
        );
    }
    Ok(())
}
