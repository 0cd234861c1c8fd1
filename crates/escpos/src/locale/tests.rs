use super::*;

fn money(text: &str) -> Money {
    Money(text.into())
}

fn writing(language: &str, currency: &str) -> Writing {
    Writing::of(Some(language), Some(currency))
}

/// No-break spaces of every kind as spaces, marks of direction left out: what one sees on paper.
fn seen(text: &str) -> String {
    let hidden = |c: &char| !matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}');
    let plain = |c| if matches!(c, '\u{a0}' | '\u{202f}') { ' ' } else { c };
    text.chars().filter(hidden).map(plain).collect()
}

#[test]
fn sums_are_written_as_the_language_does() {
    let mut wrong = Vec::new();
    for (language, currency, sum, paper) in [
        ("fr-DZ", "DZD", "1234.5", "1 234,50 DA"),
        ("fr", "EUR", "1234567.89", "1 234 567,89 €"),
        ("de", "EUR", "1234.50", "1.234,50 €"),
        ("de-AT", "EUR", "1234.50", "€ 1 234,50"),
        ("de-CH", "CHF", "1234.50", "CHF 1'234.50"),
        ("en-IE", "EUR", "1234.50", "€1,234.50"),
        ("en", "DZD", "1234.50", "DA 1,234.50"),
        ("en-US", "USD", "-3", "-$3.00"),
        ("nl", "EUR", "1234.5", "€ 1.234,50"),
        ("pt-BR", "BRL", "1234.5", "R$ 1.234,50"),
        ("pt-PT", "EUR", "12345.5", "12 345,50 €"),
        ("es", "EUR", "12345.5", "12.345,50 €"),
        ("es-MX", "MXN", "1234.5", "$1,234.50"),
        ("it", "EUR", "12345.5", "12.345,50 €"),
        ("pl", "PLN", "12345.5", "12 345,50 zł"),
        ("tr", "TRY", "1234.5", "₺1.234,50"),
        ("ru", "RUB", "1234.5", "1 234,50 ₽"),
        ("el", "EUR", "1234.5", "1.234,50 €"),
        ("sq", "ALL", "12345.5", "12 345,50 Lekë"),
        ("ja", "JPY", "1200", "¥1,200"),
        ("ar-DZ", "DZD", "1234.5", "1.234,50 د.ج"),
        ("ar-EG", "EGP", "1234.5", "١٬٢٣٤٫٥٠ ج.م"),
        ("ar-TN", "TND", "1.5", "1,500 د.ت"),
        ("hi", "INR", "1234567", "₹12,34,567.00"),
        ("en", "", "1234.5", "1,234.50"),
        ("en", "XTS", "5", "XTS 5.00"),
    ] {
        let written = seen(&writing(language, currency).sum(&money(sum)));
        if written != paper {
            wrong.push((language, written, paper));
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn amounts_that_are_no_plain_number_stand_as_they_were_written() {
    let writing = writing("de", "EUR");
    let mut wrong = Vec::new();
    for (sent, paper) in [
        ("1,234", "1,234"),
        ("free", "free"),
        ("1.2.3,4.5", "1.2.3,4.5"),
        ("12 €", "12 €"),
        ("1,234.50", "1.234,50"),
        ("1.234.567", "1.234.567,00"),
        ("1 234,5", "1.234,50"),
        ("0,500", "0,50"),
        (".5", "0,50"),
        ("12.", "12,00"),
        ("-3", "-3,00"),
        ("+3", "3,00"),
        ("0.0349", "0,0349"),
    ] {
        let written = seen(&writing.amount(&money(sent)));
        if written != paper {
            wrong.push((sent, written, paper));
        }
    }
    assert_eq!(wrong, []);
    assert_eq!(seen(&writing.sum(&money("12 €"))), "12 €");
    assert_eq!(seen(&writing.sum(&money("1,234"))), "1,234 €");
}

#[test]
fn without_a_language_everything_stands_as_it_was_written() {
    let writing = Writing::of(None, Some("EUR"));
    assert_eq!(writing.amount(&money(" 1234.5 ")), "1234.5");
    assert_eq!(seen(&writing.sum(&money("1234.5"))), "1234.5 EUR");
    assert_eq!(writing.number(&Quantity("0.350".into())), "0.350");
    assert_eq!(writing.percent(&Quantity("10 %".into())), "10%");
    assert_eq!(writing.moment("27/11/2026 12:30"), "27/11/2026 12:30");
    assert_eq!(writing.moment("2026-11-27T12:30:05+01:00"), "2026-11-27 12:30");
    assert_eq!(writing.moment("2026-11-27 12:30:05"), "2026-11-27 12:30:05");
    assert_eq!(writing.word(Word::Total), "TOTAL");
    assert_eq!(Writing::of(Some("no tag!"), None).moment("2026-11-27"), "2026-11-27");
}

#[test]
fn moments_are_written_as_the_language_does() {
    let mut wrong = Vec::new();
    for (language, sent, paper) in [
        ("fr-DZ", "2026-11-27T17:05:00+01:00", "27/11/2026 17:05"),
        ("de", "2026-11-27T17:05", "27.11.2026, 17:05"),
        ("en-IE", "2026-11-07T09:05:59.250Z", "07/11/2026, 09:05"),
        ("en-US", "2026-11-27 17:05:00", "11/27/2026, 05:05 PM"),
        ("sq", "2026-11-27", "27.11.2026"),
        ("pl", "2026-12-01", "01.12.2026"),
        ("de", "18:30", "18:30"),
        ("ar-EG", "2026-11-27", "٢٧/١١/٢٠٢٦"),
        ("ar-DZ", "2026-11-27", "27/11/2026"),
        ("th", "2026-11-27", "27/11/2026"),
        ("de", "2026-02-30", "2026-02-30"),
        ("de", "2026-11-27T25:00", "2026-11-27T25:00"),
        ("de", "heute", "heute"),
        ("de", "2026-11-27Tsoon", "2026-11-27Tsoon"),
        ("de", "", ""),
    ] {
        let written = seen(&writing(language, "").moment(sent));
        if written != paper {
            wrong.push((language, written, paper));
        }
    }
    assert_eq!(wrong, []);
}

#[test]
fn a_minus_stands_before_arabic_digits_too() {
    assert_eq!(writing("ar-EG", "EGP").amount(&money("-1.5")), "-١٫٥٠");
}

#[test]
fn sums_are_the_same_however_they_are_written() {
    for (one, other) in
        [("5", "5.00"), ("5.0", "05"), ("1,234.50", "1234.5"), ("-0.00", "0"), ("free", " free ")]
    {
        assert!(is_same_sum(&money(one), &money(other)), "{one} {other}");
    }
    for (one, other) in [("5", "50"), ("5", "-5"), ("0.5", "0.05"), ("free", "5")] {
        assert!(!is_same_sum(&money(one), &money(other)), "{one} {other}");
    }
}

#[test]
fn nothing_becomes_no_mark_of_direction() {
    assert_eq!(writing("ar", "").moment(" "), "");
    assert_eq!(writing("fr", "").read_in_direction("2 x".into()), "2 x");
}

#[test]
fn numbers_rates_and_direction_follow_the_language() {
    assert_eq!(writing("fr", "").number(&Quantity("0.350".into())), "0,350");
    assert_eq!(seen(&writing("fr", "").percent(&Quantity("5.5".into()))), "5,5 %");
    assert_eq!(writing("en", "").percent(&Quantity("5.5%".into())), "5.5%");
    assert_eq!(writing("tr", "").percent(&Quantity("20".into())), "%20");
    for (language, direction) in [
        ("ar", Direction::RightToLeft),
        ("fa-IR", Direction::RightToLeft),
        ("he", Direction::RightToLeft),
        ("az-Arab", Direction::RightToLeft),
        ("ar-Latn", Direction::LeftToRight),
        ("fr", Direction::LeftToRight),
    ] {
        assert_eq!(writing(language, "").direction(), direction, "{language}");
    }
}
