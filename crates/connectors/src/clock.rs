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

/// Now, in the till's own time zone, as it is written in French: `28/11/2026 12:30`.
pub(crate) fn on_paper_in_french() -> String {
    jiff::Zoned::now().strftime("%d/%m/%Y %H:%M").to_string()
}

/// A moment in the till's own time zone, as Python writes it without a zone, such as `2026-03-01T10:30:00.123000`.
pub(crate) fn local_iso(at: Timestamp) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let local = moment.to_zoned(jiff::tz::TimeZone::system());
    local.strftime("%Y-%m-%dT%H:%M:%S.%6f").to_string()
}

/// A moment of a sender in the till's own time zone, as ISO 8601 without a zone: what carries a zone, and milliseconds or seconds
/// since 1970. Anything else stands as it was sent.
pub(crate) fn local(sent: &str) -> String {
    local_to(sent, &jiff::tz::TimeZone::system())
}

fn local_to(sent: &str, zone: &jiff::tz::TimeZone) -> String {
    let counted = sent.parse::<i64>().ok().and_then(|count| match sent.len() {
        13 => jiff::Timestamp::from_millisecond(count).ok(),
        10 => jiff::Timestamp::from_second(count).ok(),
        _ => None,
    });
    let moment = counted.or_else(|| sent.parse().ok());
    moment.map_or_else(
        || sent.to_owned(),
        |moment| moment.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    #[test]
    fn a_moment_is_told_by_the_clock_of_the_till() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        for (sent, local) in [
            ("2026-11-21T11:30:00.000Z", "2026-11-21T12:30:00"),
            ("2026-11-21T23:30:00-05:00", "2026-11-22T05:30:00"),
            ("1700000000123", "2023-11-14T23:13:20"),
            ("1700000000", "2023-11-14T23:13:20"),
            ("2026-11-21T11:30", "2026-11-21T11:30"),
            ("21/11/2026 12:30", "21/11/2026 12:30"),
            ("118", "118"),
        ] {
            assert_eq!(local_to(sent, &zone), local);
        }
    }

    /// Elsewhere the system brings the table, or a small one lacks it.
    #[cfg(windows)]
    #[test]
    fn zones_are_known_where_the_system_has_no_table_of_them() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        assert_eq!(local_to("2026-07-21T11:30:00Z", &zone), "2026-07-21T13:30:00");
        assert_eq!(local_to("2026-11-21T11:30:00Z", &zone), "2026-11-21T12:30:00");
    }

    #[test]
    fn a_moment_is_written_as_javascript_writes_it() {
        assert_eq!(iso(Timestamp(0)), "1970-01-01T00:00:00.000Z");
        assert_eq!(iso(Timestamp(1_700_000_000_123)), "2023-11-14T22:13:20.123Z");
    }
}
