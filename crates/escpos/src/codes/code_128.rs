//! Code 128 (ISO/IEC 15417): which code set each character comes from.

use super::bars::Elements;

/// Widths by symbol value, three bars and three spaces each.
const BARS: [&str; 106] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232",
];
const STOP: &str = "2331112";
const START_A: u8 = 103;
const START_B: u8 = 104;
const START_C: u8 = 105;
const SHIFT: u8 = 98;
const TO_C: u8 = 99;
const TO_B: u8 = 100;
const TO_A: u8 = 101;
const FNC_1: u8 = 102;

/// A code set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Set {
    /// Control characters and capitals.
    A,
    /// Printable ASCII.
    B,
    /// Pairs of digits.
    C,
}

/// The fewest symbols that carry printable ASCII, from the start symbol on, without check and stop. `None`: more than a code can
/// sensibly hold, or another character.
pub(super) fn shortest(data: &str) -> Option<Vec<u8>> {
    const MOST: usize = 250;
    let bytes = data.as_bytes();
    if bytes.len() > MOST || !bytes.iter().all(|byte| matches!(byte, b' '..=b'~')) {
        return None;
    }
    let mut symbols = Vec::with_capacity(bytes.len() + 2);
    let mut set = None;
    let mut at = 0;
    while at < bytes.len() {
        let run = bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let at_an_end = set.is_none() || at + run == bytes.len();
        let pays = match set {
            Some(Set::C) => run >= 2,
            // Pairs pay for the switch there, and at neither end for the one back as well.
            _ => run >= 6 || (run >= 4 && at_an_end) || (run == 2 && run == bytes.len()),
        };
        // An odd digit is cheaper in front, where the set is B already.
        let odd_first = pays && run % 2 == 1 && set == Some(Set::B);
        if pays && !odd_first {
            enter(Set::C, &mut set, &mut symbols);
            symbols.push((bytes[at] - b'0') * 10 + bytes[at + 1] - b'0');
            at += 2;
        } else {
            enter(Set::B, &mut set, &mut symbols);
            symbols.push(bytes[at] - b' ');
            at += 1;
        }
    }
    Some(symbols)
}

fn enter(wanted: Set, set: &mut Option<Set>, symbols: &mut Vec<u8>) {
    if *set != Some(wanted) {
        symbols.push(match (set.is_none(), wanted) {
            (true, Set::A) => START_A,
            (true, Set::B) => START_B,
            (true, Set::C) => START_C,
            (false, Set::A) => TO_A,
            (false, Set::B) => TO_B,
            (false, Set::C) => TO_C,
        });
        *set = Some(wanted);
    }
}

/// The bars of symbols that begin with a start symbol, with their check symbol and the stop.
pub(super) fn elements(symbols: &[u8], module: u8) -> Elements {
    let weighted = symbols.iter().enumerate().map(|(at, symbol)| at.max(1) * usize::from(*symbol));
    let check = weighted.sum::<usize>() % 103;
    let mut elements = Elements::new();
    let values = symbols.iter().map(|symbol| usize::from(*symbol)).chain([check]);
    values.for_each(|value| elements.modules(BARS.get(value).unwrap_or(&""), module));
    elements.modules(STOP, module);
    elements
}

/// The data of `GS k 73`: `{A`, `{B`, `{C` choose a set, `{S` shifts, `{1` is FNC1, `{{` a brace; in set C a byte is a pair of
/// digits by its value.
pub(super) fn to_command(symbols: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(symbols.len() + 8);
    let mut pairs = false;
    for symbol in symbols {
        match *symbol {
            START_A | TO_A => out.extend(b"{A"),
            START_B | TO_B => out.extend(b"{B"),
            START_C | TO_C => out.extend(b"{C"),
            value if pairs => out.push(value),
            value if value + b' ' == b'{' => out.extend(b"{{"),
            value => out.push(value + b' '),
        }
        match *symbol {
            START_C | TO_C => pairs = true,
            START_A | START_B | TO_A | TO_B => pairs = false,
            _ => {}
        }
    }
    out
}

/// The symbols of such data, and what they say. `None`: a printer could not read it either.
pub(super) fn from_command(data: &[u8]) -> Option<(Vec<u8>, String)> {
    let mut symbols = Vec::new();
    let mut text = String::new();
    let mut set = None;
    let mut shifted = false;
    let mut bytes = data.iter().copied();
    while let Some(byte) = bytes.next() {
        match (byte, set) {
            (b'{', _) => match bytes.next()? {
                b'A' => enter(Set::A, &mut set, &mut symbols),
                b'B' => enter(Set::B, &mut set, &mut symbols),
                b'C' => enter(Set::C, &mut set, &mut symbols),
                b'S' => {
                    symbols.push(SHIFT);
                    shifted = true;
                }
                b'1' => symbols.push(FNC_1),
                b'2' => symbols.push(97),
                b'3' => symbols.push(96),
                b'4' => symbols.push(if set == Some(Set::A) { TO_A } else { TO_B }),
                b'{' => {
                    symbols.push(b'{' - b' ');
                    text.push('{');
                }
                _ => return None,
            },
            (pair, Some(Set::C)) if pair < 100 => {
                symbols.push(pair);
                text.push_str(&format!("{pair:02}"));
            }
            (byte, Some(own @ (Set::A | Set::B))) => {
                let of_a = (own == Set::A) != shifted;
                shifted = false;
                symbols.push(match byte {
                    0..=31 if of_a => byte + 64,
                    b' '..=b'_' => byte - b' ',
                    b'`'..=127 if !of_a => byte - b' ',
                    _ => return None,
                });
                text.push(if byte.is_ascii_graphic() { char::from(byte) } else { ' ' });
            }
            _ => return None,
        }
    }
    (symbols.len() > 1).then_some((symbols, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn length(data: &str) -> usize {
        shortest(data).unwrap().len()
    }

    #[test]
    fn digits_go_in_pairs_where_that_is_shorter() {
        assert_eq!(shortest("1234").unwrap(), [START_C, 12, 34]);
        assert_eq!(length("AB1234"), 1 + 2 + 1 + 2);
        assert_eq!(length("AB12345"), 1 + 3 + 1 + 2);
        assert_eq!(length("12345"), 1 + 2 + 1 + 1);
        assert_eq!(length("A1234B"), 1 + 6, "two switches cost what two pairs save");
        assert_eq!(length("A123456B"), 1 + 1 + 1 + 3 + 1 + 1);
        assert_eq!(length("123A"), 1 + 4);
        assert_eq!(length("99"), 2);
    }

    #[test]
    fn commands_read_back_as_the_symbols_they_were_made_of() {
        for data in ["AB{12345678}x", "00123456", "a~b", "{", "1600041004"] {
            let symbols = shortest(data).unwrap();
            let (back, text) = from_command(&to_command(&symbols)).unwrap();
            assert_eq!(back, symbols);
            assert_eq!(text, data);
        }
        assert_eq!(from_command(b"{Q1"), None);
        assert_eq!(from_command(b"no set"), None);
        assert_eq!(from_command(b"{B{"), None);
    }
}
