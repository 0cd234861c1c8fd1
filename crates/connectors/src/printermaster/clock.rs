//! Times as they stand on the wire and on paper.

use platen_job::Timestamp;

/// ISO 8601 in UTC with milliseconds, such as `2026-03-01T09:30:00.000Z`.
pub(crate) fn iso(at: Timestamp) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    moment.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// Now, as [`iso`].
pub(crate) fn iso_now() -> String {
    iso(Timestamp::now())
}

/// Now, in the till's own time zone, as it is read on paper.
pub(crate) fn on_paper() -> String {
    jiff::Zoned::now().strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_javascript_writes_it() {
        assert_eq!(iso(Timestamp(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso(Timestamp(1_700_000_000_123)), "2023-11-14T22:13:20.123Z");
    }
}
