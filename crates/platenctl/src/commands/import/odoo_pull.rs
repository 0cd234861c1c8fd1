//! The settings of the agent that asks Odoo for jobs: its `.env`, or JSON, or an INI file.

use super::Report;
use super::pairs::Pair;
use super::words::Words;
use crate::commands::connectors::check;
use crate::failure::Failure;
use platen_bridge::{OdooPullConfig, Settings};
use secrecy::SecretString;
use url::Url;

/// Whether these settings are of that agent.
pub fn is_one(pairs: &[Pair]) -> bool {
    pairs
        .iter()
        .map(|pair| Words::of(&pair.name))
        .any(|words| is_address(&words) || is_code(&words))
}

/// Takes them over, and gives the token, where there is one. What was set up before and is not named stays.
pub fn take(
    pairs: &[Pair],
    settings: &mut Settings,
    report: &mut Report,
) -> Result<Option<SecretString>, Failure> {
    let address = pairs.iter().rev().find(|pair| is_address(&Words::of(&pair.name)));
    let url = address.and_then(|pair| pair.value.parse::<Url>().ok());
    let url = url.ok_or_else(|| {
        Failure::new("the file names no address of Odoo, such as ODOO_URL=https://shop.example.com")
    })?;
    check(&url)?;
    let mut config = match settings.odoo.pull.take() {
        Some(config) => OdooPullConfig { url, ..config },
        None => OdooPullConfig { enabled: false, ..OdooPullConfig::new(url) },
    };
    let printer = the_printer(pairs, settings);
    let mut token = None;
    for Pair { name, value } in pairs {
        let words = Words::of(name);
        if value.is_empty() {
            report.left(name, "it is empty");
        } else if is_address(&words) {
            report.took(name, &format!("Odoo is at {}", config.url.origin().ascii_serialization()));
        } else if words.is_secret() {
            token = Some(SecretString::from(value.clone()));
            report.took(name, "by which Odoo knows this till; it is kept where secrets are");
        } else if is_code(&words) {
            take_codes(name, value, printer.as_deref(), &mut config, report);
        } else if words.has_one(&["poll", "interval"]) {
            report.left(name, "Odoo is asked every three seconds, and less often while it is away");
        } else if words.end_with("timeout") {
            report.left(name, "Odoo has ten seconds to answer");
        } else if words.has("printer") && printer.as_deref() == Some(value) {
            report.took(name, "the printer of the codes");
        } else {
            report.left(name, "Platen has no such setting");
        }
    }
    settings.odoo.pull = Some(config);
    Ok(token)
}

fn is_address(words: &Words) -> bool {
    words.end_with("url") && (words.has("odoo") || words.are(&["url"]))
}

fn is_code(words: &Words) -> bool {
    words.has("printer") && (words.end_with("code") || words.end_with("codes"))
}

/// The printer that the codes stand for: one that the file names and this till has, or the till's only one.
fn the_printer(pairs: &[Pair], settings: &Settings) -> Option<String> {
    let is_printer = |pair: &&Pair| {
        let words = Words::of(&pair.name);
        words.has("printer") && !is_code(&words) && settings.printer(&pair.value).is_some()
    };
    let named = pairs.iter().find(is_printer).map(|pair| pair.value.clone());
    named.or_else(|| match settings.printers.as_slice() {
        [only] => Some(only.name.to_string()),
        _ => None,
    })
}

fn take_codes(
    name: &str,
    codes: &str,
    printer: Option<&str>,
    config: &mut OdooPullConfig,
    report: &mut Report,
) {
    for code in codes.split([',', ';']).map(str::trim).filter(|code| !code.is_empty()) {
        match printer {
            Some(printer) => {
                config.printers.insert(code.to_owned(), printer.to_owned());
                report.took(name, &format!("jobs for {code} go to {printer}"));
            }
            None if config.printers.contains_key(code) => {
                report.left(name, &format!("{code} has its printer already"));
            }
            None => report.left(
                name,
                &format!("say which printer of this till it is: platenctl connectors odoo-pull --code {code}=PRINTER"),
            ),
        }
    }
}
