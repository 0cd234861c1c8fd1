//! Amounts, numbers and dates as a language writes them.

mod currency;
mod moment;

use crate::sheet::Direction;
use crate::typeset::has_right_to_left;
use crate::words::{Word, Words};
use currency::Currency;
use fixed_decimal::Decimal;
use icu_decimal::DecimalFormatter;
use icu_locale_core::Locale;
use icu_locale_core::subtags::Language;
use platen_job::{Money, Quantity};

/// How a document is written: our words, its amounts and its dates.
pub(crate) struct Writing {
    words: Words,
    /// `None`: the document names no language, and everything stands as its sender wrote it.
    locale: Option<Locale>,
    numbers: Option<DecimalFormatter>,
    currency: Currency,
}

/// Scripts that are written from right to left, of those that languages name in a tag or are written in.
const RIGHT_TO_LEFT_SCRIPTS: &[&str] = &["Arab", "Hebr", "Syrc", "Thaa", "Nkoo", "Adlm", "Rohg"];
const RIGHT_TO_LEFT_LANGUAGES: &[&str] =
    &["ar", "arc", "ckb", "dv", "fa", "he", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"];

/// A letter without ink that is read from right to left.
const RIGHT_TO_LEFT_MARK: char = '\u{200f}';
/// The same from left to right.
const LEFT_TO_RIGHT_MARK: char = '\u{200e}';
const ARABIC_LETTER_MARK: char = '\u{61c}';

impl Writing {
    /// The way of a language, by its BCP 47 tag, and of a currency, by its code or sign. A tag that is none is no language.
    pub(crate) fn of(language: Option<&str>, currency: Option<&str>) -> Writing {
        let locale = language.and_then(|tag| Locale::try_from_str(tag.trim()).ok());
        let locale = locale.filter(|locale| locale.id.language != Language::UNKNOWN);
        let code = locale.as_ref().map(|locale| locale.id.language.to_string());
        let numbers = locale
            .as_ref()
            .and_then(|locale| DecimalFormatter::try_new(locale.into(), Default::default()).ok());
        Writing {
            words: Words::of(code.as_deref().unwrap_or_default()),
            currency: Currency::of(currency.unwrap_or_default(), locale.as_ref()),
            locale,
            numbers,
        }
    }

    /// One of our words.
    pub(crate) fn word(&self, word: Word) -> &'static str {
        self.words.get(word)
    }

    /// All of our words.
    pub(crate) fn words(&self) -> Words {
        self.words
    }

    /// In which direction it is read.
    pub(crate) fn direction(&self) -> Direction {
        let right_to_left = self.locale.as_ref().is_some_and(|locale| match locale.id.script {
            Some(script) => RIGHT_TO_LEFT_SCRIPTS.contains(&script.as_str()),
            None => RIGHT_TO_LEFT_LANGUAGES.contains(&locale.id.language.as_str()),
        });
        if right_to_left { Direction::RightToLeft } else { Direction::LeftToRight }
    }

    /// A text of ours that is read in the language's direction also where it has nothing but numbers and signs: `2 x` begins at
    /// the right, and what stands beside it does not change that.
    pub(crate) fn read_in_direction(&self, text: String) -> String {
        match self.direction() {
            Direction::RightToLeft if !(text.is_empty() || has_right_to_left(&text)) => {
                format!("{RIGHT_TO_LEFT_MARK}{text}{RIGHT_TO_LEFT_MARK}")
            }
            _ => text,
        }
    }

    /// What a sender calls something by a number, such as a telephone or an order: read from left to right as one, also where the
    /// language is not.
    pub(crate) fn identifier(&self, text: &str) -> String {
        let text = text.trim();
        let reorders = self.direction() == Direction::RightToLeft && !has_right_to_left(text);
        if reorders && text.contains(char::is_numeric) {
            return format!("{LEFT_TO_RIGHT_MARK}{text}{LEFT_TO_RIGHT_MARK}");
        }
        text.to_owned()
    }

    /// An amount without its currency.
    pub(crate) fn amount(&self, Money(text): &Money) -> String {
        let amount = self.decimal(text, Some(self.currency.decimals));
        // CLDR has the minus of Arabic digits behind them, where it would push them off their axis; that of others is before.
        let amount = amount.map(|amount| amount.replace(ARABIC_LETTER_MARK, ""));
        amount.unwrap_or_else(|| text.trim().to_owned())
    }

    /// An amount with its currency.
    pub(crate) fn sum(&self, money: &Money) -> String {
        let amount = self.amount(money);
        if self.numbers.is_some() && plain_decimal(&money.0).is_some() {
            self.currency.around(&amount)
        } else {
            self.currency.behind(&amount)
        }
    }

    /// A number with as many decimals as it was sent with.
    pub(crate) fn number(&self, Quantity(text): &Quantity) -> String {
        self.decimal(text, None).unwrap_or_else(|| text.trim().to_owned())
    }

    /// A rate in per cent.
    pub(crate) fn percent(&self, rate: &Quantity) -> String {
        let text = rate.0.trim().trim_end_matches('%').trim_end();
        if text.is_empty() {
            return String::new();
        }
        let number = self.number(&Quantity(text.to_owned()));
        match self.locale.as_ref().map(|locale| locale.id.language.as_str().to_owned()).as_deref() {
            Some("ar") => format!("{number}٪"),
            Some("tr") => format!("%{number}"),
            Some("fr" | "de" | "es" | "ru" | "sq") => format!("{number}\u{a0}%"),
            _ => format!("{number}%"),
        }
    }

    /// A day, a moment or a time of day. What is no ISO 8601 stands as it is.
    pub(crate) fn moment(&self, text: &str) -> String {
        self.read_in_direction(moment::written(text, self.locale.as_ref()))
    }

    /// With at least so many decimals; with those that were sent, where it does not matter.
    fn decimal(&self, text: &str, least: Option<u8>) -> Option<String> {
        let numbers = self.numbers.as_ref()?;
        let mut decimal = Decimal::try_from_str(&plain_decimal(text)?).ok()?;
        if let Some(least) = least {
            decimal.absolute.pad_end(-i16::from(least));
        }
        Some(numbers.format(&decimal).to_string())
    }
}

/// Whether two amounts are the same sum, however they are written.
pub(crate) fn is_same_sum(Money(one): &Money, Money(other): &Money) -> bool {
    match (value(one), value(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one.trim() == other.trim(),
    }
}

/// A number without zeros that add nothing.
fn value(text: &str) -> Option<String> {
    let decimal = plain_decimal(text)?;
    let (sign, digits) = match decimal.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", decimal.as_str()),
    };
    let digits = digits.trim_start_matches('0');
    let digits = match digits.contains('.') {
        true => digits.trim_end_matches('0').trim_end_matches('.'),
        false => digits,
    };
    Some(if digits.is_empty() { String::new() } else { format!("{sign}{digits}") })
}

/// The number that a text is, as digits with a decimal point. `None` where it is something else, or where it could be read in
/// two ways: the comma of `1,234` may part thousands or decimals.
fn plain_decimal(text: &str) -> Option<String> {
    let text = text.trim();
    let (sign, digits) = match text.strip_prefix(['-', '−']) {
        Some(rest) => ("-", rest.trim_start()),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let is_gap = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’');
    let digits: String = digits.chars().filter(|c| !is_gap(*c)).collect();
    let is_mark = |c: char| matches!(c, '.' | ',');
    let valid = digits.starts_with(|c: char| c.is_ascii_digit() || is_mark(c))
        && digits.chars().all(|c| c.is_ascii_digit() || is_mark(c))
        && digits.chars().any(|c| c.is_ascii_digit());
    if !valid {
        return None;
    }
    let Some(last) = digits.rfind(is_mark) else { return Some(format!("{sign}{digits}")) };
    let (whole, fraction) = (&digits[..last], &digits[last + 1..]);
    let mark = &digits[last..=last];
    let several = whole.contains(mark);
    let grouped = whole.contains(is_mark);
    match (several, grouped, mark) {
        // The same mark twice can only part thousands.
        (true, _, _) if whole.contains(if mark == "." { ',' } else { '.' }) => None,
        (true, ..) => Some(format!("{sign}{}", digits.replace(is_mark, ""))),
        (false, false, ",") if fraction.len() == 3 && whole.len() <= 3 && whole != "0" => None,
        _ => {
            let whole = whole.replace(is_mark, "");
            let whole = if whole.is_empty() { "0" } else { &whole };
            Some(format!("{sign}{whole}.{fraction}").trim_end_matches('.').to_owned())
        }
    }
}

#[cfg(test)]
mod tests;
