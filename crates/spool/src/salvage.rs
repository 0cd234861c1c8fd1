//! What can still be read of a damaged database: the senders' ids, so that their jobs are not printed again.

use crate::SpoolError;
use crate::retire::insert_key;
use platen_job::{ConnectorId, ExternalId};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;

/// Copies the ids into the fresh spool, as far as the damage lets them be read. Never fails: less is known then.
pub(crate) fn ids(damaged: &Path, fresh: &Connection) {
    let said = fresh.execute_batch("BEGIN IMMEDIATE").map_err(SpoolError::from).and_then(|()| {
        let saved = read(damaged, fresh);
        fresh.execute_batch("COMMIT")?;
        saved
    });
    match said {
        Ok(saved) => tracing::warn!(saved, "job ids of the damaged spool stay known"),
        Err(error) => tracing::error!(%error, "not all job ids of the damaged spool could be read"),
    }
}

fn read(damaged: &Path, fresh: &Connection) -> Result<u64, SpoolError> {
    let old = Connection::open_with_flags(damaged, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // Looking at it must not change it: it may be needed as it is.
    old.execute_batch("PRAGMA query_only = ON")?;
    old.set_db_config(rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    let mut saved = 0;
    let mut statement =
        old.prepare("SELECT connector, external_id, fingerprint FROM jobs WHERE origin IS NULL")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let connector = ConnectorId::parse(row.get_ref(0)?.as_str().unwrap_or_default());
        let external_id = row.get::<_, Option<String>>(1).ok().flatten();
        let external_id = external_id.and_then(|id| ExternalId::new(id).ok());
        if let (Some(connector), Some(id)) = (connector, external_id) {
            insert_key(fresh, connector, &id, row.get::<_, i64>(2)?.cast_unsigned())?;
            saved += 1;
        }
    }
    Ok(saved + known_ids(&old, fresh)?)
}

fn known_ids(old: &Connection, fresh: &Connection) -> Result<u64, SpoolError> {
    let mut statement = old.prepare("SELECT digest, fingerprint FROM known_ids")?;
    let mut rows = statement.query([])?;
    let mut insert =
        fresh.prepare("INSERT OR IGNORE INTO known_ids (digest, fingerprint) VALUES (?1, ?2)")?;
    let mut saved = 0;
    while let Some(row) = rows.next()? {
        insert.execute((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?))?;
        saved += 1;
    }
    Ok(saved)
}
