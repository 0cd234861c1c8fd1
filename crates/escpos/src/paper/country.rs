//! National characters in the place of ASCII (`ESC R n`).

/// The places of ASCII that a national set may replace.
const PLACES: &[u8; 12] = b"#$@[\\]^`{|}~";

/// By n; the same order as the places. From Epson's ESC/POS reference.
const SETS: [&str; 16] = [
    "#$@[\\]^`{|}~", // USA
    "#$à°ç§^`éùè¨",  // France
    "#$§ÄÖÜ^`äöüß",  // Germany
    "£$@[\\]^`{|}~", // United Kingdom
    "#$@ÆØÅ^`æøå~",  // Denmark I
    "#¤ÉÄÖÅÜéäöåü",  // Sweden
    "#$@°\\é^ùàòèì", // Italy
    "₧$@¡Ñ¿^`¨ñ}~",  // Spain I
    "#$@[¥]^`{|}~",  // Japan
    "#¤ÉÆØÅÜéæøåü",  // Norway
    "#$ÉÆØÅÜéæøåü",  // Denmark II
    "#$á¡Ñ¿é`íñóú",  // Spain II
    "#$á¡Ñ¿éüíñóú",  // Latin America
    "#$@[₩]^`{|}~",  // Korea
    "#$ŽŠĐĆČžšđćč",  // Slovenia, Croatia
    "#¥@[\\]^`{|}~", // China
];

/// The character that a byte of ASCII prints in set n; `None`: none of these sets has that number.
pub(super) fn character(byte: u8, n: u8) -> Option<char> {
    let set = SETS.get(usize::from(n))?;
    let place = PLACES.iter().position(|place| *place == byte);
    match place {
        Some(place) => set.chars().nth(place),
        None => Some(char::from(byte)),
    }
}

/// Whether there is such a set.
pub(super) fn known(n: u8) -> bool {
    usize::from(n) < SETS.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_have_a_character_for_every_place() {
        for set in SETS {
            assert_eq!(set.chars().count(), PLACES.len(), "{set}");
        }
        assert_eq!(character(b'}', 2), Some('ü'));
        assert_eq!(character(b'A', 2), Some('A'));
        assert_eq!(character(b'#', 3), Some('£'));
    }
}
