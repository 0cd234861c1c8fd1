//! Which printer a connector's jobs go to.

use crate::PrinterView;
use platen_job::Role;

/// The printer of that id, that name, or that name in any case; without a name the one for that role.
pub(crate) fn printer<'a>(
    printers: &'a [PrinterView],
    name: Option<&str>,
    role: Role,
) -> Option<&'a PrinterView> {
    let Some(name) = name else {
        return role.choose(printers, |one| &one.roles).or(match printers {
            // Where there is one printer, there is nothing to choose.
            [only] => Some(only),
            _ => None,
        });
    };
    let by = |test: &dyn Fn(&PrinterView) -> bool| printers.iter().find(|one| test(one));
    by(&|one| one.id.as_str() == name)
        .or_else(|| by(&|one| one.name.as_str() == name))
        .or_else(|| by(&|one| one.name.as_str().to_lowercase() == name.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::printer as view;

    #[test]
    fn a_name_wins_and_a_role_stands_in_for_it() {
        let mut printers = vec![view("p-1", "Bar"), view("p-2", "Till")];
        let chosen = |printers: &[PrinterView], name: Option<&str>| {
            printer(printers, name, Role::Receipt).map(|one| one.id.to_string())
        };
        assert_eq!(chosen(&printers, Some("till")), Some("p-2".into()));
        assert_eq!(chosen(&printers, Some("p-1")), Some("p-1".into()));
        assert_eq!(chosen(&printers, Some("Terrace")), None, "not just any other");
        assert_eq!(chosen(&printers, None), None);
        printers[1].roles = vec![Role::Default];
        assert_eq!(chosen(&printers, None), Some("p-2".into()));
        assert_eq!(chosen(&printers[..1], None), Some("p-1".into()));
    }
}
