//! Which of our printers a request is for.

use crate::PrinterView;
use platen_job::Role;

/// The printer of a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Choice<'a> {
    /// The one that it names.
    Named(&'a PrinterView),
    /// It names none: the default one.
    Usual(&'a PrinterView),
    /// It names one that is not here: the default one, and the sender hears that it failed.
    Instead(&'a PrinterView),
}

impl<'a> Choice<'a> {
    /// Where it is printed.
    pub(crate) fn printer(self) -> &'a PrinterView {
        match self {
            Choice::Named(printer) | Choice::Usual(printer) | Choice::Instead(printer) => printer,
        }
    }
}

/// Chooses the printer for a request that names one, or none. `None` where it would go to the default printer and there
/// is none.
pub(crate) fn choose<'a>(
    printers: &'a [PrinterView],
    wanted: Option<&str>,
    default: Option<&str>,
) -> Option<Choice<'a>> {
    match wanted.map(|name| named(printers, name)) {
        Some(Some(printer)) => Some(Choice::Named(printer)),
        Some(None) => usual(printers, default).map(Choice::Instead),
        None => usual(printers, default).map(Choice::Usual),
    }
}

/// The default printer: the one that the settings name, else the one with the role, else the only one.
pub(crate) fn usual<'a>(
    printers: &'a [PrinterView],
    default: Option<&str>,
) -> Option<&'a PrinterView> {
    match default {
        Some(name) => named(printers, name),
        None => Role::Default.choose(printers, |printer| &printer.roles).or(match printers {
            [only] => Some(only),
            _ => None,
        }),
    }
}

/// The printer of that name in any case, or else the first whose name holds it.
fn named<'a>(printers: &'a [PrinterView], name: &str) -> Option<&'a PrinterView> {
    let wanted = name.trim().to_lowercase();
    let name_of = |printer: &PrinterView| printer.name.as_str().trim().to_lowercase();
    let exact = printers.iter().find(|printer| name_of(printer) == wanted);
    exact.or_else(|| printers.iter().find(|printer| name_of(printer).contains(&wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::printer;

    #[test]
    fn exact_comes_before_part_and_the_default_printer_last() {
        let mut printers =
            vec![printer("p-1", "Kitchen two"), printer("p-2", "KITCHEN"), printer("p-3", "Bar")];
        printers[2].roles = vec![Role::Default];
        let look = |wanted: Option<&str>, default: Option<&str>| {
            choose(&printers, wanted, default).map(|choice| match choice {
                Choice::Named(printer) => format!("named {}", printer.id),
                Choice::Usual(printer) => format!("usual {}", printer.id),
                Choice::Instead(printer) => format!("instead {}", printer.id),
            })
        };
        for (wanted, default, expected) in [
            (Some("kitchen"), None, Some("named p-2")),
            (Some(" Kitchen TWO "), None, Some("named p-1")),
            (Some("two"), None, Some("named p-1")),
            (Some("kitch"), None, Some("named p-1")),
            (Some("Cellar"), None, Some("instead p-3")),
            (Some("Cellar"), Some("kitchen"), Some("instead p-2")),
            (None, None, Some("usual p-3")),
            (None, Some("TWO"), Some("usual p-1")),
            (None, Some("Cellar"), None),
        ] {
            assert_eq!(look(wanted, default).as_deref(), expected, "{wanted:?} {default:?}");
        }
    }

    #[test]
    fn the_only_printer_is_the_default_one_and_of_two_neither() {
        let mut printers = vec![printer("p-1", "Bar")];
        assert_eq!(choose(&printers, None, None), Some(Choice::Usual(&printers[0])));
        printers.push(printer("p-2", "Kitchen"));
        assert_eq!(choose(&printers, None, None), None);
        assert_eq!(choose(&[], Some("Bar"), None), None);
    }
}
