//! What a printer is there for in the shop, so that a job need not name it.

use crate::DocumentType;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A printer's part in the shop. One printer may have several; of several printers with one role the first one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Customers' receipts.
    Receipt,
    /// Kitchen tickets.
    Kitchen,
    /// Bar tickets.
    Bar,
    /// Labels.
    Label,
    /// Whatever no other printer has the role for.
    Default,
}

/// Not a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a role is receipt, kitchen, bar, label or default")]
pub struct RoleError;

impl Role {
    /// All of them.
    pub const ALL: [Role; 5] =
        [Role::Receipt, Role::Kitchen, Role::Bar, Role::Label, Role::Default];

    /// The word that settings and commands have for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Role::Receipt => "receipt",
            Role::Kitchen => "kitchen",
            Role::Bar => "bar",
            Role::Label => "label",
            Role::Default => "default",
        }
    }

    /// Whose work a document is that names no printer.
    pub const fn of(document: DocumentType) -> Role {
        match document {
            DocumentType::Receipt | DocumentType::Drawer => Role::Receipt,
            DocumentType::KitchenTicket => Role::Kitchen,
            DocumentType::Label => Role::Label,
            DocumentType::Test | DocumentType::Other => Role::Default,
        }
    }

    /// The printer for this role: the first that has it, or else the first that has [`Role::Default`].
    pub fn choose<P>(
        self,
        printers: impl IntoIterator<Item = P> + Clone,
        roles: impl Fn(&P) -> &[Role],
    ) -> Option<P> {
        let with = |role| printers.clone().into_iter().find(|one| roles(one).contains(&role));
        with(self).or_else(|| with(Role::Default))
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, RoleError> {
        let wanted = text.trim().to_ascii_lowercase();
        Role::ALL.into_iter().find(|role| role.as_str() == wanted).ok_or(RoleError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_printer_with_the_role_is_chosen_or_else_the_default_one() {
        let shop: [(&str, &[Role]); 3] =
            [("bar", &[Role::Bar]), ("till", &[Role::Default]), ("kitchen", &[Role::Kitchen])];
        let chosen = |role: Role| role.choose(shop.iter(), |one| one.1).map(|one| one.0);
        assert_eq!(chosen(Role::Kitchen), Some("kitchen"));
        assert_eq!(chosen(Role::Receipt), Some("till"), "nobody else prints receipts");
        assert_eq!(Role::Bar.choose(shop[2..].iter(), |one| one.1), None, "nobody does it");
    }

    #[test]
    fn a_role_is_read_as_it_is_written() {
        for role in Role::ALL {
            assert_eq!(role.to_string().parse(), Ok(role));
        }
        assert_eq!("Waiter".parse::<Role>(), Err(RoleError));
    }
}
