//! Reports: outcomes that senders are still to be told.

use crate::SpoolError;
use crate::book::Book;
use crate::record::{ReportCount, ReportId, ReportRecord, Telling};
use crate::request::{Durability, Step};
use crate::row::{COLUMNS, WIDTH, read_job};
use platen_job::{ConnectorId, Timestamp};
use rusqlite::{Connection, params};

/// Notes that a report was told. The caller waits for no fsync: it survives a kill; after a power cut it may be told
/// again, as it may be when the machine stops between telling and noting.
pub(crate) struct Reported(pub(crate) ReportId);

impl Step for Reported {
    type Answer = ();
    const DURABILITY: Durability = Durability::Written;

    fn run(&mut self, book: &mut Book) -> Result<(), SpoolError> {
        // A report that was replaced meanwhile is not here any more; its successor is told next.
        book.run(
            "UPDATE jobs SET report_id = NULL, reported_at = ?2 WHERE report_id = ?1 AND report_id IS NOT NULL",
            params![self.0.0, Timestamp::now().0],
        )?;
        Ok(())
    }
}

/// Outcomes to be told to one connector, oldest first.
pub(crate) fn unreported(
    db: &Connection,
    connector: ConnectorId,
    limit: usize,
) -> Result<Vec<ReportRecord>, SpoolError> {
    let sql = format!(
        "SELECT {COLUMNS},
            coalesce((SELECT sent.accepted_at FROM jobs AS sent WHERE sent.id = jobs.sender_job), accepted_at),
            (SELECT count(*) FROM jobs AS other
             WHERE other.reported_at IS NOT NULL
               AND (other.id = jobs.sender_job
                    OR (other.sender_job = jobs.sender_job AND other.sender_job IS NOT NULL)))
         FROM jobs WHERE report_id IS NOT NULL AND connector = ?1 ORDER BY report_id LIMIT ?2"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![connector.as_str(), limit])?;
    let mut reports = Vec::new();
    while let Some(row) = rows.next()? {
        let job = read_job(row)?;
        let told_elsewhere: i64 = row.get(WIDTH + 1)?;
        let told_before = told_elsewhere > 0 || row.get::<_, Option<i64>>(24)?.is_some();
        let record = job.record;
        let (Some(id), Some(outcome), Some(settled_at)) =
            (job.report, record.outcome, record.settled_at)
        else {
            return Err(SpoolError::damaged("a report has no outcome"));
        };
        reports.push(ReportRecord {
            id: ReportId(id),
            connector: record.connector,
            job: record.origin.and_then(|origin| origin.sender_job).unwrap_or(record.id),
            settled_job: record.id,
            external_id: record.external_id,
            printer: record.printer,
            backup_from: record.backup_from,
            document_type: record.document_type,
            reply: record.reply,
            outcome,
            accepted_at: Timestamp(row.get(WIDTH)?),
            settled_at,
            telling: if told_before { Telling::Correction } else { Telling::First },
        });
    }
    Ok(reports)
}

/// How many outcomes wait to be told, for each connector that has some.
pub(crate) fn report_counts(db: &Connection) -> Result<Vec<ReportCount>, SpoolError> {
    let mut statement = db.prepare_cached(
        "SELECT connector, count(*) FROM jobs WHERE report_id IS NOT NULL GROUP BY connector ORDER BY connector",
    )?;
    let mut rows = statement.query([])?;
    let mut counts = Vec::new();
    while let Some(row) = rows.next()? {
        let connector = ConnectorId::parse(row.get_ref(0)?.as_str().unwrap_or_default())
            .ok_or_else(|| SpoolError::damaged("a job has an unknown word"))?;
        counts.push(ReportCount { connector, untold: row.get::<_, i64>(1)?.cast_unsigned() });
    }
    Ok(counts)
}
