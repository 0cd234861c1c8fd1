//! A look at the text before it is parsed: the parser compares each attribute of an element with all before it, and shows
//! nothing of an element that has not ended.

use super::limits::{HtmlError, MOST_ATTRIBUTES};

/// Where in a tag a reader may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In the element's name.
    Tag,
    Between,
    Name,
    BehindName,
    BeforeValue,
    Bare,
    Single,
    Double,
}

const PLACES: [Place; 8] = [
    Place::Tag,
    Place::Between,
    Place::Name,
    Place::BehindName,
    Place::BeforeValue,
    Place::Bare,
    Place::Single,
    Place::Double,
];

/// Checks that no element can have more attributes than allowed, whatever else the parser makes of the text: every `<x` may begin
/// a tag, and of the readers who are at the same place the one with most attributes is followed.
///
/// # Errors
/// [`HtmlError::TooManyAttributes`].
pub(super) fn check(html: &str) -> Result<(), HtmlError> {
    let bytes = html.as_bytes();
    let mut readers: [Option<usize>; PLACES.len()] = [None; PLACES.len()];
    for (at, &byte) in bytes.iter().enumerate() {
        if readers.iter().any(Option::is_some) {
            readers = step(readers, byte);
            if readers.iter().flatten().any(|count| *count > MOST_ATTRIBUTES) {
                return Err(HtmlError::TooManyAttributes { limit: MOST_ATTRIBUTES });
            }
        }
        if byte == b'<' && begins_tag(&bytes[at + 1..]) {
            readers[Place::Tag as usize].get_or_insert(0);
        }
    }
    Ok(())
}

fn begins_tag(rest: &[u8]) -> bool {
    match rest {
        [b'/', letter, ..] | [letter, ..] => letter.is_ascii_alphabetic(),
        [] => false,
    }
}

fn step(readers: [Option<usize>; PLACES.len()], byte: u8) -> [Option<usize>; PLACES.len()] {
    let mut next = [None; PLACES.len()];
    for place in PLACES {
        let Some(count) = readers[place as usize] else { continue };
        if let Some((place, more)) = follow(place, byte) {
            let known: &mut Option<usize> = &mut next[place as usize];
            *known = Some(known.unwrap_or(0).max(count + more));
        }
    }
    next
}

/// Where a reader is after that byte, and how many attributes began with it. `None`: the tag has ended.
fn follow(place: Place, byte: u8) -> Option<(Place, usize)> {
    let space = matches!(byte, b' ' | b'\n' | b'\t' | b'\r' | 0x0C);
    let next = match (place, byte) {
        (Place::Single, b'\'') | (Place::Double, b'"') => Place::Between,
        (Place::Single | Place::Double, _) => place,
        (_, b'>') => return None,
        (Place::BeforeValue, b'"') => Place::Double,
        (Place::BeforeValue, b'\'') => Place::Single,
        (Place::BeforeValue, _) if space => place,
        (Place::BeforeValue | Place::Bare, _) if !space => Place::Bare,
        (Place::Name | Place::BehindName, b'=') => Place::BeforeValue,
        (Place::Name, _) if space => Place::BehindName,
        (Place::BehindName, _) if space => place,
        (Place::Bare, _) => Place::Between,
        (_, b'/') => Place::Between,
        (Place::Tag, _) if !space => place,
        (Place::Name, _) => place,
        (Place::Tag | Place::Between, _) if space => Place::Between,
        _ => return Some((Place::Name, 1)),
    };
    Some((next, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(attributes: usize) -> String {
        let names: String = (0..attributes).map(|n| format!(" a{n}='1>2'")).collect();
        format!("<p>x <!-- <b \" --><div{names}>y</div>")
    }

    #[test]
    fn only_an_element_of_its_own_can_have_too_many() {
        assert_eq!(check(&tag(1_900)), Ok(()));
        assert_eq!(
            check(&tag(2_100)),
            Err(HtmlError::TooManyAttributes { limit: MOST_ATTRIBUTES })
        );
        assert_eq!(
            check(&"<td class=a width='50%' nowrap>1 < 2 and so on</td>".repeat(3_000)),
            Ok(())
        );
        assert_eq!(
            check(&format!("<img src=\"data:image/svg+xml,{}\">", "M0 0 h7/".repeat(9_000))),
            Ok(())
        );
        assert!(check(&format!("<p{}", " a".repeat(3_000))).is_err());
        assert!(check(&format!("<p{}", "/a=''b".repeat(3_000))).is_err());
    }
}
