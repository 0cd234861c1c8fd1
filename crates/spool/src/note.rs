//! Small things that connectors and the engine remember across restarts.

use crate::SpoolError;
use crate::book::Book;
use crate::request::{Purse, Step};
use rusqlite::{Connection, OptionalExtension, params};

/// Most bytes of one value.
pub(crate) const LONGEST_VALUE: usize = 64 * 1024;

/// Stores a value under (scope, key), in place of an earlier one.
pub(crate) struct Remember {
    pub(crate) scope: String,
    pub(crate) key: String,
    pub(crate) value: String,
}

impl Step for Remember {
    type Answer = ();
    const PURSE: Purse = Purse::Ordinary;

    fn run(&mut self, book: &mut Book) -> Result<(), SpoolError> {
        if !book.reserve.stands() {
            return Err(SpoolError::DiskFull);
        }
        book.run(
            "INSERT INTO notes (scope, key, value) VALUES (?1, ?2, ?3)
             ON CONFLICT (scope, key) DO UPDATE SET value = excluded.value",
            params![self.scope, self.key, self.value],
        )?;
        Ok(())
    }
}

/// The value under (scope, key).
pub(crate) fn recall(
    db: &Connection,
    scope: &str,
    key: &str,
) -> Result<Option<String>, SpoolError> {
    Ok(db
        .prepare_cached("SELECT value FROM notes WHERE scope = ?1 AND key = ?2")?
        .query_row([scope, key], |row| row.get(0))
        .optional()?)
}
