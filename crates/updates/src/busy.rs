//! Hours in which a shop is busy: nothing is installed then.

use jiff::civil::{DateTime, Time, Weekday};
use jiff::{Span, ToSpan};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Busy hours, by the till's own clock: `11:30-14:30` every day, `fri-sat 18:00-02:00` on two of them, into the next morning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BusyHours {
    /// Those on which they begin.
    days: Vec<Weekday>,
    from: Time,
    /// Not after `from`: on the next day.
    until: Time,
    /// As it was written.
    text: String,
}

/// Not busy hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("busy hours are written like \"11:30-14:30\" or \"fri-sat 18:00-02:00\", not {0:?}")]
pub struct BusyHoursError(String);

impl BusyHours {
    /// Whether the shop is busy at that time.
    pub fn contains(&self, at: DateTime) -> bool {
        let (day, time) = (at.date().weekday(), at.time());
        let begins = |day: Weekday| self.days.contains(&day);
        if self.from < self.until {
            return begins(day) && (self.from..self.until).contains(&time);
        }
        (begins(day) && time >= self.from) || (begins(day.previous()) && time < self.until)
    }

    /// When a shop with these hours is not busy any more: at once where it is not; none where it always is.
    pub fn free_from(hours: &[BusyHours], now: DateTime) -> Option<DateTime> {
        let is_free = |at: &DateTime| !hours.iter().any(|busy| busy.contains(*at));
        if is_free(&now) {
            return Some(now);
        }
        // Busy hours end with a minute.
        let minute = Span::new().minutes(1);
        let start = now.with().second(0).subsec_nanosecond(0).build().ok()?;
        let week = start.checked_add(8.days()).ok()?;
        start.series(minute).take_while(|at| *at <= week).find(is_free)
    }
}

impl FromStr for BusyHours {
    type Err = BusyHoursError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || BusyHoursError(text.chars().take(40).collect());
        let (days, hours) = match text.trim().split_once(' ') {
            Some((days, hours)) => (days_of(days).ok_or_else(wrong)?, hours),
            None => (DAYS.map(|(_, day)| day).to_vec(), text),
        };
        let (from, until) = hours.split_once('-').ok_or_else(wrong)?;
        let (from, until) = (time_of(from).ok_or_else(wrong)?, time_of(until).ok_or_else(wrong)?);
        Ok(BusyHours { days, from, until, text: text.trim().to_owned() })
    }
}

/// `fri`, `mon-fri` or `sat-mon`.
fn days_of(text: &str) -> Option<Vec<Weekday>> {
    let place = |name: &str| {
        let name = name.trim().to_lowercase();
        DAYS.iter().position(|(known, _)| *known == name)
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (place(first)?, place(last)?);
    let count = (last + DAYS.len() - first) % DAYS.len() + 1;
    Some(DAYS.iter().cycle().skip(first).take(count).map(|(_, day)| *day).collect())
}

/// `9:30`, `18:00` or `24:00`, which is midnight.
fn time_of(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once(':')?;
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.parse().ok()?);
    let hour = if (hour, minute) == (24, 0) { 0 } else { hour };
    Time::new(hour, minute, 0, 0).ok()
}

impl fmt::Display for BusyHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl TryFrom<String> for BusyHours {
    type Error = BusyHoursError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<BusyHours> for String {
    fn from(hours: BusyHours) -> String {
        hours.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn busy(text: &str) -> BusyHours {
        text.parse().unwrap()
    }

    #[test]
    fn lunch_is_every_day_and_ends_with_its_minute() {
        let lunch = busy("11:30-14:30");
        let day = date(2026, 11, 28);
        for (hour, minute, is) in [(11, 29, false), (11, 30, true), (14, 29, true), (14, 30, false)]
        {
            assert_eq!(lunch.contains(day.at(hour, minute, 0, 0)), is, "{hour}:{minute}");
        }
    }

    #[test]
    fn an_evening_goes_into_the_next_morning_and_no_further() {
        let evening = busy("fri-sat 18:00-02:00");
        let (friday, sunday) = (date(2026, 11, 27), date(2026, 11, 29));
        assert!(!evening.contains(friday.at(1, 0, 0, 0)), "Thursday's evening is none");
        assert!(evening.contains(friday.at(18, 0, 0, 0)));
        assert!(evening.contains(sunday.at(1, 59, 59, 0)));
        assert!(!evening.contains(sunday.at(2, 0, 0, 0)));
        assert!(!evening.contains(sunday.at(20, 0, 0, 0)));
    }

    #[test]
    fn days_go_round_the_end_of_the_week() {
        let weekend = busy("Sat-Mon 00:00-24:00");
        let (friday, monday) = (date(2026, 11, 27), date(2026, 11, 30));
        assert!(!weekend.contains(friday.at(23, 59, 0, 0)));
        assert!(weekend.contains(monday.at(23, 59, 0, 0)));
        assert!(!weekend.contains(monday.tomorrow().unwrap().at(0, 0, 0, 0)));
    }

    #[test]
    fn the_end_is_told_across_hours_that_touch() {
        let hours = [busy("09:00-12:00"), busy("12:00-22:00")];
        let day = date(2026, 11, 28);
        assert_eq!(BusyHours::free_from(&hours, day.at(10, 15, 30, 7)), Some(day.at(22, 0, 0, 0)));
        assert_eq!(BusyHours::free_from(&hours, day.at(8, 0, 0, 0)), Some(day.at(8, 0, 0, 0)));
        assert_eq!(BusyHours::free_from(&[busy("00:00-24:00")], day.at(8, 0, 0, 0)), None);
    }

    #[test]
    fn what_is_no_time_is_said_with_an_example() {
        for wrong in ["", "lunch", "11:30", "25:00-26:00", "fro-sat 11:00-12:00", "11-12"] {
            let error = wrong.parse::<BusyHours>().unwrap_err().to_string();
            assert!(error.contains("fri-sat 18:00-02:00"), "{wrong}: {error}");
        }
    }
}
