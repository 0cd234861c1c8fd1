//! Days and times as a language writes them.

use icu_calendar::Gregorian;
use icu_datetime::fieldsets::{T, YMD};
use icu_datetime::input::{Date, DateTime, Time};
use icu_datetime::options::{Alignment, YearStyle};
use icu_datetime::{
    DateTimeFormatterPreferences, FixedCalendarDateTimeFormatter, NoCalendarFormatter,
};
use icu_locale_core::Locale;
use icu_locale_core::preferences::extensions::unicode::keywords::HourCycle;

/// An ISO 8601 day, moment or time of day. With a language it is written as the language does; without one, `T` and zone are
/// left out. A zone is never worked out: the hour stays the one that was sent. What is no ISO 8601 stands as it is.
pub(super) fn written(text: &str, locale: Option<&Locale>) -> String {
    let text = text.trim();
    match (Moment::read(text), locale) {
        (Some(moment), Some(locale)) => moment.in_words_of(locale).unwrap_or_else(|| text.into()),
        (Some(Moment::DayAndTime(..)), None) if text.as_bytes().get(10) == Some(&b'T') => {
            format!("{} {}", &text[..10], &text[11..16])
        }
        _ => text.to_owned(),
    }
}

/// What a text says of time.
enum Moment {
    Day(Date<Gregorian>),
    DayAndTime(Date<Gregorian>, Time),
    Time(Time),
}

impl Moment {
    fn read(text: &str) -> Option<Moment> {
        if !text.is_ascii() {
            return None;
        }
        if let Some(time) = time(text) {
            return Some(Moment::Time(time));
        }
        let date = date(text.get(..10)?)?;
        match text.as_bytes().get(10) {
            None => Some(Moment::Day(date)),
            Some(b'T' | b' ') => Some(Moment::DayAndTime(date, time(without_zone(&text[11..])?)?)),
            Some(_) => None,
        }
    }

    fn in_words_of(&self, locale: &Locale) -> Option<String> {
        // Receipts are read by tax offices too: by the Gregorian calendar, whatever else the language counts by.
        let mut ways = DateTimeFormatterPreferences::from(locale);
        // CLDR has Algeria count to twelve, whatever the language; in French nobody does.
        if locale.id.language.as_str() == "fr" {
            ways.hour_cycle = Some(HourCycle::H23);
        }
        let day = YMD::short().with_year_style(YearStyle::Full).with_alignment(Alignment::Column);
        Some(match self {
            Moment::Day(date) => {
                let formatter = FixedCalendarDateTimeFormatter::try_new(ways, day).ok()?;
                formatter.format(date).to_string()
            }
            Moment::DayAndTime(date, time) => {
                let both = day.with_time_hm();
                let formatter = FixedCalendarDateTimeFormatter::try_new(ways, both).ok()?;
                formatter.format(&DateTime { date: *date, time: *time }).to_string()
            }
            Moment::Time(time) => {
                let formatter = NoCalendarFormatter::try_new(ways, T::hm()).ok()?;
                formatter.format(time).to_string()
            }
        })
    }
}

/// `2026-11-27`
fn date(text: &str) -> Option<Date<Gregorian>> {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return None;
    }
    Date::try_new_gregorian(number(&text[..4])?.into(), small(&text[5..7])?, small(&text[8..])?)
        .ok()
}

/// `12:30`, `12:30:05`, `12:30:05.250`
fn time(text: &str) -> Option<Time> {
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut parts = clock.split(':');
    let (hour, minute) = (small(parts.next()?)?, small(parts.next()?)?);
    let second = parts.next().map_or(Some(0), small)?;
    if parts.next().is_some() || (clock.len() == 5 && fraction != "0") {
        return None;
    }
    Time::try_new(hour, minute, second.min(59), 0).ok()
}

/// A time without `Z`, `+01:00`, `+0100` or `+01` behind it.
fn without_zone(text: &str) -> Option<&str> {
    if let Some(time) = text.strip_suffix(['Z', 'z']) {
        return Some(time);
    }
    let Some(at) = text.rfind(['+', '-']) else { return Some(text) };
    let zone = text[at + 1..].replace(':', "");
    let valid = matches!(zone.len(), 2 | 4) && zone.bytes().all(|byte| byte.is_ascii_digit());
    valid.then_some(&text[..at])
}

/// Two digits.
fn small(text: &str) -> Option<u8> {
    u8::try_from(number(text).filter(|_| text.len() == 2)?).ok()
}

/// Digits and nothing else.
fn number(text: &str) -> Option<u16> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None }
}
