//! What a printer of Odoo's agent prints, `charset` and dots a line, as a profile here: the generic one where that has exactly
//! these, else one of our own made from it. A maker's profile is never guessed, since it would claim more than the file says.

use super::Report;
use super::odoo_push::{Fields, filled};
use crate::failure::Failure;
use platen_bridge::{Home, Profiles, Settings, write_private};
use platen_escpos::{Catalogue, KanjiText, Profile};
use platen_job::PrinterName;
use serde_json::Value;
use std::path::Path;

/// The names that the dots of a line have in such files.
pub const DOTS: [&str; 2] = ["dots_per_line", "dots"];
/// What the file's `charset` is called.
pub const CHARSET: &str = "charset";

/// Characters that a printer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Charset {
    /// The two-byte characters, Chinese among them.
    Gb18030,
    /// The page that printers begin with. ASCII is its lower half.
    Cp437,
}

/// Dots in a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dots {
    D576,
    D512,
}

/// What the file says of a printer's paper; what it does not say is as the generic profile has it.
#[derive(Debug, Clone, Default)]
pub struct Print {
    charset: Said<Charset>,
    dots: Said<Dots>,
}

/// A setting of the file.
#[derive(Debug, Clone, Default)]
enum Said<T> {
    /// It is not there.
    #[default]
    Nothing,
    /// It is none that there is, and was left.
    Wrong,
    /// What it is, and where it stands.
    Is(T, String),
}

impl<T: Copy> Said<T> {
    fn of(value: Option<T>, key: String, wrong: &str, report: &mut Report) -> Said<T> {
        match value {
            Some(value) => Said::Is(value, key),
            None => {
                report.left(&key, wrong);
                Said::Wrong
            }
        }
    }

    fn or(self, usual: &Said<T>) -> Said<T> {
        match self {
            Said::Nothing => usual.clone(),
            said => said,
        }
    }

    fn value(&self) -> Option<T> {
        match self {
            Said::Is(value, _) => Some(*value),
            Said::Nothing | Said::Wrong => None,
        }
    }

    fn key(&self) -> Option<&str> {
        match self {
            Said::Is(_, key) => Some(key),
            Said::Nothing | Said::Wrong => None,
        }
    }
}

impl Charset {
    fn read(value: &Value) -> Option<Charset> {
        match value.as_str()?.trim().to_ascii_uppercase().as_str() {
            "GB18030" => Some(Charset::Gb18030),
            "CP437" | "ASCII" => Some(Charset::Cp437),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Charset::Gb18030 => "gb18030",
            Charset::Cp437 => "cp437",
        }
    }

    fn kanji_text(self) -> KanjiText {
        match self {
            Charset::Gb18030 => KanjiText::Gb18030,
            Charset::Cp437 => KanjiText::None,
        }
    }
}

impl Dots {
    fn read(value: &Value) -> Option<Dots> {
        match value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())? {
            576 => Some(Dots::D576),
            512 => Some(Dots::D512),
            _ => None,
        }
    }

    fn number(self) -> usize {
        match self {
            Dots::D576 => 576,
            Dots::D512 => 512,
        }
    }
}

impl Print {
    /// What those fields say; `place` is put before their names in the report.
    pub fn read(fields: &Fields, place: &str, report: &mut Report) -> Print {
        let mut print = Print::default();
        if let Some(value) = filled(fields, CHARSET) {
            let (key, wrong) =
                (format!("{place}{CHARSET}"), "it is none of GB18030, CP437 and ASCII");
            print.charset = Said::of(Charset::read(value), key, wrong, report);
        }
        let dots = DOTS.iter().find_map(|name| filled(fields, name).map(|value| (name, value)));
        if let Some((name, value)) = dots {
            let (key, wrong) = (format!("{place}{name}"), "it is neither 576 nor 512");
            print.dots = Said::of(Dots::read(value), key, wrong, report);
        }
        print
    }

    /// What is not said here as it is said there. (What is wrong here is not.)
    pub fn or(self, usual: &Print) -> Print {
        Print { charset: self.charset.or(&usual.charset), dots: self.dots.or(&usual.dots) }
    }

    /// Leaves it, for that reason.
    pub fn leave(&self, why: &str, report: &mut Report) {
        self.keys().iter().for_each(|key| report.left(key, why));
    }

    fn keys(&self) -> Vec<&str> {
        self.charset.key().into_iter().chain(self.dots.key()).collect()
    }

    /// Gives the printer the profile that has it, unless a person has chosen another one here.
    ///
    /// # Errors
    /// A profile file that cannot be written.
    pub fn give(
        &self,
        printer: &PrinterName,
        home: &Home,
        settings: &mut Settings,
        report: &mut Report,
    ) -> Result<(), Failure> {
        let Some(known) = settings.printer(printer.as_str()) else { return Ok(()) };
        if self.keys().is_empty() {
            return Ok(());
        }
        let (had, uri) = (known.profile.clone(), known.uri.clone());
        if had != Catalogue::GENERIC && !is_ours(&had) {
            let why = format!("{printer} has the profile {had} here, which says what it prints");
            self.leave(&why, report);
            return Ok(());
        }
        let catalogue = Profiles::load(home).catalogue;
        let profile = match catalogue.get(Catalogue::GENERIC).filter(|one| self.fits(one)) {
            Some(generic) => generic.name.clone(),
            None => match self.own(home, &catalogue)? {
                Own::There(name) => name,
                Own::Unusable(why) => {
                    self.leave(&why, report);
                    return Ok(());
                }
            },
        };
        report.took(&self.keys().join(", "), &format!("{printer} has the profile {profile}"));
        settings.put_printer(printer.clone(), uri, Some(profile), None);
        Ok(())
    }

    fn fits(&self, profile: &Profile) -> bool {
        let first = profile.code_page(profile.default_code_page()).map(|page| page.name());
        profile.dots == self.dots().number()
            && profile.kanji_text == self.charset().kanji_text()
            && first == Some(Charset::Cp437.word())
    }

    /// The profile of our own that has it. A file that is there stays: a person may have corrected it.
    fn own(&self, home: &Home, catalogue: &Catalogue) -> Result<Own, Failure> {
        let name = own_name(self.charset(), self.dots());
        if catalogue.get(&name).is_some() {
            return Ok(Own::There(name));
        }
        let path = home.profiles().join(format!("{name}.toml"));
        if path.exists() {
            let path = path.display();
            return Ok(Own::Unusable(format!("the profile in {path} is wrong: platenctl doctor")));
        }
        write(&path, &self.text(&name))
            .map_err(|error| Failure::new(format!("{}: {error}", path.display())))?;
        Ok(Own::There(name))
    }

    fn text(&self, name: &str) -> String {
        let (base, dots) = (Catalogue::GENERIC, self.dots().number());
        let (kanji, charset) = match self.charset() {
            Charset::Gb18030 => ("gb18030", "GB18030"),
            Charset::Cp437 => ("none", "CP437"),
        };
        // Characters of the generic fonts, 12 and 9 dots wide.
        let (columns, columns_b) = (dots / 12, dots / 9);
        format!(
            "# Made by `platenctl import` from the settings of Odoo's agent. Correct it where the paper says otherwise.\n\
             name = \"{name}\"\nmodel = \"Receipt printer of any maker, {charset}, {dots} dots\"\nbase = \"{base}\"\n\n\
             columns = {columns}\ncolumns_b = {columns_b}\ndots = {dots}\nkanji_text = \"{kanji}\"\n"
        )
    }

    fn charset(&self) -> Charset {
        self.charset.value().unwrap_or(Charset::Cp437)
    }

    fn dots(&self) -> Dots {
        self.dots.value().unwrap_or(Dots::D576)
    }
}

/// A profile of our own.
enum Own {
    /// By its name.
    There(String),
    /// Its file cannot be used, and why.
    Unusable(String),
}

fn own_name(charset: Charset, dots: Dots) -> String {
    format!("odoo-{}-{}", charset.word(), dots.number())
}

/// Whether an import has chosen it, so that another one may choose again.
fn is_ours(profile: &str) -> bool {
    [Charset::Gb18030, Charset::Cp437].into_iter().any(|charset| {
        [Dots::D576, Dots::D512].into_iter().any(|dots| own_name(charset, dots) == profile)
    })
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
    write_private(path, text.as_bytes())
}
