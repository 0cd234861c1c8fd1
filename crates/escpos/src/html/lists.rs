//! Lists and what stands before their items.

use super::cascade::Styles;
use super::dom::{Dom, NodeId};
use super::style::{Display, Marker};

/// Whether an element counts its items.
pub(super) fn is_list(id: NodeId, dom: &Dom) -> bool {
    dom.element(id).is_some_and(|element| matches!(element.tag(), "ul" | "ol" | "menu" | "dir"))
}

/// The children of a list and their markers, which are equally wide.
pub(super) fn items(id: NodeId, dom: &Dom, styles: &Styles) -> Vec<(NodeId, Option<String>)> {
    let attribute = |id: NodeId, name: &str| -> Option<i64> {
        dom.element(id)?.attribute(name)?.trim().parse().ok()
    };
    let mut number = attribute(id, "start").unwrap_or(1);
    let mut items = Vec::new();
    for child in dom.children(id) {
        let style = styles.of(child);
        if style.display != Display::ListItem {
            items.push((child, None));
            continue;
        }
        number = attribute(child, "value").unwrap_or(number);
        items.push((child, text(style.marker, number)));
        number = number.saturating_add(1);
    }
    let widest = items.iter().filter_map(|(_, marker)| marker.as_ref()).map(|m| m.chars().count());
    let widest = widest.max().unwrap_or(0);
    for marker in items.iter_mut().filter_map(|(_, marker)| marker.as_mut()) {
        let padding = widest - marker.chars().count();
        marker.insert_str(0, &" ".repeat(padding));
    }
    items
}

fn text(marker: Marker, number: i64) -> Option<String> {
    Some(match marker {
        Marker::None => return None,
        Marker::Bullet => "• ".to_owned(),
        Marker::Decimal => format!("{number}. "),
        Marker::LowerAlpha => format!("{}. ", letters(number).to_lowercase()),
        Marker::UpperAlpha => format!("{}. ", letters(number)),
        Marker::LowerRoman => format!("{}. ", roman(number).to_lowercase()),
        Marker::UpperRoman => format!("{}. ", roman(number)),
    })
}

/// A, B … Z, AA, AB …
fn letters(number: i64) -> String {
    let mut letters = Vec::new();
    let mut rest = number;
    while rest > 0 {
        rest -= 1;
        letters.push(char::from(b'A' + (rest % 26) as u8));
        rest /= 26;
    }
    if letters.is_empty() { number.to_string() } else { letters.iter().rev().collect() }
}

fn roman(number: i64) -> String {
    const NUMERALS: [(i64, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if !(1..4000).contains(&number) {
        return number.to_string();
    }
    let mut rest = number;
    let mut out = String::new();
    for (value, numeral) in NUMERALS {
        while rest >= value {
            out.push_str(numeral);
            rest -= value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_every_way() {
        assert_eq!([1, 26, 27, 703].map(letters), ["A", "Z", "AA", "AAA"]);
        assert_eq!([4, 9, 1994, 4000, -3].map(roman), ["IV", "IX", "MCMXCIV", "4000", "-3"]);
        assert_eq!(letters(0), "0");
    }
}
