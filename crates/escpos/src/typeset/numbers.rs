//! Numbers of several groups, such as telephone and tax numbers: they are read from left to right in any language, group by group.
//!
//! Unicode's bidirectional algorithm knows no such numbers. Within Arabic text it takes `0555 12-34` for three numbers, and sets
//! the first one at the right.

use std::ops::Range;

/// A text whose numbers of several groups are letters of a left-to-right script, byte for byte: the algorithm keeps these
/// together. `None` where there are none.
pub(super) fn masked(text: &str) -> Option<String> {
    let numbers = numbers(text);
    if numbers.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for number in numbers {
        out.push_str(&text[from..number.start]);
        out.extend(std::iter::repeat_n('a', number.len()));
        from = number.end;
    }
    out.push_str(&text[from..]);
    Some(out)
}

/// Where these numbers stand, in order.
fn numbers(text: &str) -> Vec<Range<usize>> {
    let words = words(text);
    let mut out = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let behind = together(text, &words[at..]).max(1);
        let (first, last) = (&words[at], &words[at + behind - 1]);
        if behind > 1 || is_parted(&text[first.clone()]) {
            out.push(first.start..last.end);
        }
        at += behind;
    }
    out
}

/// Digits, signs and letters without a space between them, from the first to the last that belongs to a number.
fn words(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut begin = None;
    let mut before = ' ';
    let mut outside = ' ';
    for (at, character) in text.char_indices().chain([(text.len(), '\0')]) {
        let inside = is_digit(character) || is_sign(character) || character.is_ascii_alphabetic();
        match (begin, inside) {
            (None, true) => {
                begin = Some(at);
                outside = before;
            }
            (Some(from), false) => {
                begin = None;
                out.extend(trimmed(text, from..at, outside));
            }
            _ => {}
        }
        before = character;
    }
    out
}

/// A word without the signs around it. Those that belong to a number stay: a plus or minus before it, and brackets around its
/// beginning; but not where they part it from a letter (Hebrew has `ב-5` for "in 5").
fn trimmed(text: &str, word: Range<usize>, before: char) -> Option<Range<usize>> {
    let is_number = |c: char| is_digit(c) || c.is_ascii_alphabetic();
    let whole = &text[word.clone()];
    let core = whole.find(is_number)?;
    let (last, character) = whole.char_indices().rfind(|(_, c)| is_number(*c))?;
    let mut end = last + character.len_utf8();
    let mut start = core;
    let stands_apart = matches!(before, ' ' | '\u{a0}');
    for (at, sign) in whole[..core].char_indices().rev() {
        let closes = whole[core..].contains(')');
        let belongs = match sign {
            '+' | '-' => at > 0 || stands_apart,
            '(' => closes && (at > 0 || stands_apart),
            _ => false,
        };
        if !belongs {
            break;
        }
        start = at;
    }
    let open = whole[start..end].matches('(').count();
    if open > whole[start..end].matches(')').count() && whole[end..].starts_with(')') {
        end += 1;
    }
    Some(word.start + start..word.start + end)
}

/// Whether a word is a number whose groups the algorithm would part. Times and their ranges (`10:00-12:00`) are not.
fn is_parted(word: &str) -> bool {
    word.contains(is_digit) && !word.contains(':') && word.contains(|c| is_joint(c) || c == '(')
}

/// How many of these words are one number: groups of digits with one space between each two, if they are long enough for a
/// telephone number, begin like one, or part thousands. Others are told one by one, such as quantity and price.
fn together(text: &str, words: &[Range<usize>]) -> usize {
    let is_group = |word: &Range<usize>| {
        let word = &text[word.clone()];
        word.chars().all(|c| is_digit(c) || is_joint(c) || matches!(c, '(' | ')' | '/'))
    };
    let Some(first) = words.first().filter(|word| is_group(word)) else { return 1 };
    let follows = |pair: &[Range<usize>]| {
        let between = &text[pair[0].end..pair[1].start];
        matches!(between, " " | "\u{a0}") && !text[pair[1].clone()].starts_with('+')
    };
    let words = &words[..words.len().min(MOST_GROUPS)];
    let groups =
        words.windows(2).take_while(|pair| follows(pair) && is_group(&pair[1])).count() + 1;
    let spaced = words.windows(2).take_while(|pair| follows(pair)).count() + 1;
    let thousands = parted_thousands(text, &words[..spaced]);
    let all = &text[first.start..words[groups - 1].end];
    let is_long = all.chars().filter(|c| is_digit(*c)).count() >= LEAST_DIGITS;
    let begins = all.trim_start_matches('(').starts_with(['+', '0', '٠', '۰']);
    if is_long || begins { groups.max(thousands) } else { thousands }
}

/// Digits of a number that is told from a list of numbers by its length.
const LEAST_DIGITS: usize = 7;

/// Most groups that are one number: those of a longer list are told anew.
const MOST_GROUPS: usize = 16;

/// How many of these words are a number with spaces between its thousands: `1 234,50`.
fn parted_thousands(text: &str, words: &[Range<usize>]) -> usize {
    let digits = |word: &str| word.chars().all(is_digit).then(|| word.chars().count());
    let head = |word: &Range<usize>| digits(text[word.clone()].trim_start_matches(['-', '+']));
    if !words.first().and_then(head).is_some_and(|count| (1..=3).contains(&count)) {
        return 1;
    }
    let whole = words[1..].iter().take_while(|word| digits(&text[(*word).clone()]) == Some(3));
    let count = whole.count() + 1;
    let tail = words.get(count).is_some_and(|word| {
        let parts = text[word.clone()].split_once(['.', ',', '٫']);
        parts.is_some_and(|(whole, rest)| digits(whole) == Some(3) && digits(rest).is_some())
    });
    count + usize::from(tail)
}

/// Digits of the scripts among which they are read.
fn is_digit(character: char) -> bool {
    matches!(character, '0'..='9' | '\u{660}'..='\u{669}' | '\u{6f0}'..='\u{6f9}')
}

/// Signs that stand within numbers.
fn is_sign(character: char) -> bool {
    is_joint(character) || matches!(character, '.' | ',' | '٫' | '/' | ':' | '(' | ')')
}

/// Signs at which the algorithm parts numbers.
fn is_joint(character: char) -> bool {
    matches!(character, '+' | '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers of a text.
    fn found(text: &str) -> Vec<&str> {
        numbers(text).into_iter().map(|number| &text[number]).collect()
    }

    #[test]
    fn telephone_tax_and_order_numbers_are_one_each() {
        for number in [
            "+213 555 12 34 56",
            "0555 12 34 56",
            "0555-12-34-56",
            "(021) 55-12-34",
            "+20 (2) 2345 6789",
            "+966\u{a0}11\u{a0}234\u{a0}5678",
            "54 123 4567",
            "2026-0042",
            "17-A",
            "A-17",
            "51-123456-7",
            "16/00-0123456B22",
            "12.345.678-9",
            "٠٥٥٥ ١٢ ٣٤ ٥٦",
            "1 234,50",
            "-1 234 567.50",
            "-5.00",
        ] {
            for text in [format!("هاتف: {number}"), format!("{number} هاتف، {number}.")] {
                let found = found(&text);
                assert!(!found.is_empty() && found.iter().all(|one| *one == number), "{found:?}");
            }
        }
        assert_eq!(found("לטי (+1.00) ב-5 ה-12"), ["(+1.00)"]);
        assert_eq!(found("هاتف:+213 555 12 34 56"), ["+213 555 12 34 56"]);
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "",
            "قهوة 2 1200",
            "قهوة  2   12.50   25.00",
            "40 41 42",
            "10:00-12:00",
            "10:00 - 12:00",
            "28/11/2026 17:05",
            "١٢٫٥٠ 7",
            "الطاولة 12",
            "5-ב",
            "2) شاورما",
            "Coca-Cola",
            "- 5",
        ] {
            assert_eq!(found(text), Vec::<&str>::new(), "{text}");
        }
    }

    #[test]
    fn a_masked_text_has_its_bytes_where_they_were() {
        let text = "هاتف +213\u{a0}555 12, שלום ٠٥٥٥-١٢ x";
        let masked = masked(text).unwrap();
        assert_eq!(masked.len(), text.len());
        assert_eq!(masked.find("שלום"), text.find("שלום"));
        assert!(!masked.contains(is_digit));
        assert_eq!(super::masked("قهوة 2"), None);
    }
}
