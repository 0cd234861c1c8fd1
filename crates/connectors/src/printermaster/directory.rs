//! Which of our printers a message is for.

use super::payload::Payload;
use crate::PrinterView;
use crate::fields::{printable, text_field};
use platen_job::{PrinterId, Role};
use std::collections::BTreeMap;

/// Most server ids that are kept.
const MOST_LEARNED: usize = 256;

/// Whom a message is for, as it says itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Target {
    ids: Vec<String>,
    names: Vec<String>,
    pub(crate) branch_id: Option<String>,
    branch_name: Option<String>,
}

/// Our own branch, as far as it is known from settings and licence.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Branch {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) company: Option<String>,
}

/// Why a message is not for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NotOurs {
    /// No printer of that id or name is configured here.
    UnknownPrinter,
    /// It names another branch.
    OtherBranch,
}

/// How a printer was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FoundBy {
    Id,
    Name,
}

impl Target {
    /// Reads the target of a job or test.
    pub(crate) fn of(payload: &Payload) -> Target {
        let config = payload.object("printerConfig");
        let in_config = |name| config.and_then(|config| text_field(config, &[name]));
        let ids = [payload.text(&["printerId"]), in_config("id")];
        let names = [payload.text(&["printerName"]), in_config("name"), payload.text(&["name"])];
        Target {
            ids: ids.into_iter().flatten().collect(),
            names: names.into_iter().flatten().collect(),
            branch_id: payload.text(&["branchId"]),
            branch_name: payload.text(&["branchName"]),
        }
    }

    /// A target of which only an id or a name is known.
    pub(crate) fn named(id: &str) -> Target {
        Target { ids: vec![id.to_owned()], ..Target::default() }
    }

    /// Whether it names no printer at all.
    pub(crate) fn names_nobody(&self) -> bool {
        self.ids.is_empty() && self.names.is_empty()
    }

    /// What to call it in a listing.
    pub(crate) fn label(&self) -> String {
        let label = self.names.first().or(self.ids.first()).map(String::as_str);
        printable(label.unwrap_or("(no printer named)"))
    }
}

impl Branch {
    /// Whether a message is certainly for this branch. Every till of every branch hears it, so one that names neither
    /// printer nor branch is nobody's.
    fn is_named_by(&self, target: &Target) -> bool {
        self.id.is_some() && self.id == target.branch_id
    }

    fn refuses(&self, target: &Target, found: FoundBy) -> bool {
        if let (Some(ours), Some(theirs)) = (&self.id, &target.branch_id) {
            return ours != theirs;
        }
        // Two branches may both have a "Kitchen": a name alone must not print the other one's order here.
        match (&self.name, &target.branch_name) {
            (Some(ours), Some(theirs)) if found == FoundBy::Name => {
                ours.trim().to_lowercase() != theirs.trim().to_lowercase()
            }
            _ => false,
        }
    }
}

/// Ids that the gateway gave our printers, by our ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct ServerIds(BTreeMap<String, String>);

impl ServerIds {
    /// Reads what [`ServerIds::to_stored`] wrote; nonsense reads as nothing learned.
    pub(crate) fn from_stored(stored: &str) -> ServerIds {
        ServerIds(serde_json::from_str(stored).unwrap_or_default())
    }

    /// As it is remembered across restarts.
    pub(crate) fn to_stored(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }

    /// The gateway's id of that printer.
    pub(crate) fn of(&self, printer: &PrinterId) -> Option<&str> {
        self.0.get(printer.as_str()).map(String::as_str)
    }

    /// Learns an id; tells whether that changed anything.
    pub(crate) fn learn(&mut self, printer: &PrinterId, server_id: &str) -> bool {
        if server_id.is_empty() || server_id.len() > 128 || self.of(printer) == Some(server_id) {
            return false;
        }
        if self.0.len() >= MOST_LEARNED && self.of(printer).is_none() {
            return false;
        }
        // An id names one printer: the one that the gateway named last.
        self.0.retain(|_, known| known != server_id);
        self.0.insert(printer.as_str().to_owned(), server_id.to_owned());
        true
    }
}

/// Finds the printer: our id, the gateway's id, the exact name, the name in any case.
///
/// # Errors
/// [`NotOurs`]: stay silent, another till may have it.
pub(crate) fn find<'a>(
    printers: &'a [PrinterView],
    learned: &ServerIds,
    branch: &Branch,
    target: &Target,
) -> Result<&'a PrinterView, NotOurs> {
    let (printer, found) = locate(printers, learned, target).ok_or(NotOurs::UnknownPrinter)?;
    if branch.refuses(target, found) { Err(NotOurs::OtherBranch) } else { Ok(printer) }
}

/// The printer for a job that names none: by role, and only where it names our branch.
pub(crate) fn by_role<'a>(
    printers: &'a [PrinterView],
    branch: &Branch,
    target: &Target,
    role: Role,
) -> Option<&'a PrinterView> {
    let ours = target.names_nobody() && branch.is_named_by(target);
    ours.then(|| role.choose(printers, |printer| &printer.roles)).flatten()
}

fn locate<'a>(
    printers: &'a [PrinterView],
    learned: &ServerIds,
    target: &Target,
) -> Option<(&'a PrinterView, FoundBy)> {
    let by_id = |test: &dyn Fn(&PrinterView, &str) -> bool| {
        target.ids.iter().find_map(|id| printers.iter().find(|printer| test(printer, id)))
    };
    let by_name = |test: &dyn Fn(&PrinterView, &str) -> bool| {
        let names = target.names.iter().chain(&target.ids);
        names.into_iter().find_map(|name| printers.iter().find(|printer| test(printer, name)))
    };
    by_id(&|printer, id| printer.id.as_str() == id)
        .or_else(|| by_id(&|printer, id| learned.of(&printer.id) == Some(id)))
        .map(|printer| (printer, FoundBy::Id))
        .or_else(|| {
            by_name(&|printer, name| printer.name.as_str() == name)
                .or_else(|| by_name(&same_ignoring_case))
                .map(|printer| (printer, FoundBy::Name))
        })
}

fn same_ignoring_case(printer: &PrinterView, name: &str) -> bool {
    printer.name.as_str().to_lowercase() == name.to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::printer;
    use platen_socketio::Arg;
    use serde_json::{Value, json};

    fn look(target: Value, branch: &Branch) -> Result<String, NotOurs> {
        let printers =
            vec![printer("p-1", "Bar"), printer("p-2", "Kitchen"), printer("p-3", "bar")];
        let mut learned = ServerIds::default();
        assert!(learned.learn(&printers[1].id, "srv-9"));
        let payload = Payload::from_args(vec![Arg::Json(target)]).unwrap();
        find(&printers, &learned, branch, &Target::of(&payload)).map(|found| found.id.to_string())
    }

    #[test]
    fn ids_come_before_names_and_exact_before_any_case() {
        let ours = Branch::default();
        for (target, expected) in [
            (json!({"printerId": "p-2", "printerName": "Bar"}), Ok("p-2")),
            (json!({"printerId": "srv-9", "printerName": "Bar"}), Ok("p-2")),
            (json!({"printerId": "x", "printerName": "bar"}), Ok("p-3")),
            (json!({"printerId": "KITCHEN"}), Ok("p-2")),
            (json!({"printerConfig": {"name": "BAR"}}), Ok("p-1")),
            (json!({"printerId": "x", "printerName": "Ki"}), Err(NotOurs::UnknownPrinter)),
            (json!({}), Err(NotOurs::UnknownPrinter)),
            (json!({"printerId": {}, "printerName": []}), Err(NotOurs::UnknownPrinter)),
        ] {
            assert_eq!(look(target.clone(), &ours), expected.map(String::from), "{target}");
        }
    }

    #[test]
    fn another_branch_with_a_printer_of_the_same_name_is_not_ours() {
        let ours = Branch { id: Some("b1".into()), name: Some("Main".into()), company: None };
        for (target, expected) in [
            (json!({"printerName": "Kitchen", "branchId": "b1"}), Ok("p-2")),
            (json!({"printerName": "Kitchen", "branchId": "b2"}), Err(NotOurs::OtherBranch)),
            (json!({"printerId": "p-2", "branchId": "b2"}), Err(NotOurs::OtherBranch)),
            (json!({"printerName": "Kitchen", "branchName": "main "}), Ok("p-2")),
            (json!({"printerName": "Kitchen", "branchName": "Airport"}), Err(NotOurs::OtherBranch)),
            (json!({"printerId": "srv-9", "branchName": "Airport"}), Ok("p-2")),
        ] {
            assert_eq!(look(target.clone(), &ours), expected.map(String::from), "{target}");
        }
    }

    #[test]
    fn a_job_that_names_no_printer_goes_by_role_in_its_own_branch_only() {
        let mut printers = vec![printer("p", "Bar"), printer("q", "Till")];
        let ours = Branch { id: Some("b-1".into()), ..Branch::default() };
        let for_branch = |id: &str| Target { branch_id: Some(id.to_owned()), ..Target::default() };
        let chosen = |printers: &[PrinterView], target: &Target, role| {
            by_role(printers, &ours, target, role).map(|one| one.name.to_string())
        };
        assert_eq!(chosen(&printers, &for_branch("b-1"), Role::Kitchen), None, "nobody's role");
        printers[0].roles = vec![Role::Kitchen];
        let kitchen = Some("Bar".to_owned());
        assert_eq!(chosen(&printers, &for_branch("b-1"), Role::Kitchen), kitchen);
        assert_eq!(chosen(&printers, &for_branch("b-1"), Role::Receipt), None);
        assert_eq!(chosen(&printers, &for_branch("b-2"), Role::Kitchen), None, "another branch");
        assert_eq!(chosen(&printers, &Target::default(), Role::Kitchen), None, "no branch");
        let named = Target { branch_id: Some("b-1".into()), ..Target::named("r") };
        assert_eq!(chosen(&printers, &named, Role::Kitchen), None, "it names another printer");
    }
}
