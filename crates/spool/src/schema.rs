//! The database's shape, and how an older one becomes today's.

use crate::SpoolError;
use rusqlite::Connection;

/// Says in the file's header that it is ours ("PLTN").
const APPLICATION_ID: i64 = 0x504c_544e;

/// One step for each format: the first makes format 1 out of nothing, the next makes 2 out of 1, and so on. A step
/// that was released is never changed.
pub(crate) const STEPS: &[&str] = &[
    include_str!("schema/v1.sql"),
    include_str!("schema/v2.sql"),
    include_str!("schema/v3.sql"),
    include_str!("schema/v4.sql"),
];

/// Brings the file to the newest format.
///
/// # Errors
/// [`SpoolError::TooNew`] where it has a newer one; [`SpoolError::Corrupt`] where it is not ours.
pub(crate) fn migrate(db: &Connection) -> Result<(), SpoolError> {
    migrate_by(db, STEPS)
}

fn migrate_by(db: &Connection, steps: &[&str]) -> Result<(), SpoolError> {
    let known = i64::try_from(steps.len()).unwrap_or(i64::MAX);
    let found = pragma(db, "user_version")?;
    if !is_empty(db)? && pragma(db, "application_id")? != APPLICATION_ID {
        return Err(SpoolError::damaged("the file's header is not a spool's"));
    }
    if found > known {
        return Err(SpoolError::TooNew { found, known });
    }
    let done = usize::try_from(found)
        .map_err(|_| SpoolError::damaged("the file's format number is impossible"))?;
    for (index, step) in steps.iter().enumerate().skip(done) {
        db.execute_batch(&format!(
            "BEGIN IMMEDIATE;\n{step}\nPRAGMA application_id = {APPLICATION_ID};\nPRAGMA user_version = {};\nCOMMIT;",
            index + 1
        ))?;
    }
    Ok(())
}

/// Whether nothing was ever made in this file.
pub(crate) fn is_empty(db: &Connection) -> Result<bool, SpoolError> {
    let things: i64 = db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(things == 0 && pragma(db, "application_id")? == 0 && pragma(db, "user_version")? == 0)
}

/// A pragma that is a number.
pub(crate) fn pragma(db: &Connection, name: &str) -> Result<i64, SpoolError> {
    Ok(db.pragma_query_value(None, name, |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_format_is_brought_forward_step_by_step() {
        let db = Connection::open_in_memory().unwrap();
        let first = "CREATE TABLE a(x); INSERT INTO a VALUES (1);";
        migrate_by(&db, &[first]).unwrap();
        let second = "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1;";
        migrate_by(&db, &[first, second]).unwrap();
        migrate_by(&db, &[first, second]).unwrap();
        let y: i64 = db.query_row("SELECT y FROM a", [], |row| row.get(0)).unwrap();
        assert_eq!((y, pragma(&db, "user_version").unwrap()), (2, 2));
        assert_eq!(migrate_by(&db, &[first]), Err(SpoolError::TooNew { found: 2, known: 1 }));
    }
}
