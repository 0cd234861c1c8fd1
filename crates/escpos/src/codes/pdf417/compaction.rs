//! Bytes to codewords: text by pairs, digits by forty-four, everything else six bytes in five.

const TO_TEXT: u16 = 900;
const TO_BYTES: u16 = 901;
const TO_DIGITS: u16 = 902;
const TO_SIXES: u16 = 924;
const CHARACTER_SET: u16 = 927;
const UTF_8: u16 = 26;

/// Digits in a row from which numbers are shorter than text.
const WORTH_DIGITS: usize = 13;
/// Characters in a row from which text is worth leaving bytes for.
const WORTH_TEXT: usize = 5;

/// The codewords of these bytes, without their length. Beyond ASCII they are said to be UTF-8 where they are.
pub(super) fn compact(data: &[u8]) -> Vec<u16> {
    let mut out = Vec::with_capacity(data.len());
    if !data.is_ascii() && std::str::from_utf8(data).is_ok() {
        out.extend([CHARACTER_SET, UTF_8]);
    }
    let mut text = Text::new();
    let mut in_text = true;
    let mut rest = data;
    while !rest.is_empty() {
        let digits = digits(rest);
        let plain = text_run(rest);
        if digits >= WORTH_DIGITS {
            out.push(TO_DIGITS);
            numbers(&rest[..digits], &mut out);
            in_text = false;
            rest = &rest[digits..];
        } else if plain >= WORTH_TEXT || (plain > 0 && plain == rest.len()) {
            if !in_text {
                out.push(TO_TEXT);
                text = Text::new();
            }
            text.take(&rest[..plain], &mut out);
            in_text = true;
            rest = &rest[plain..];
        } else {
            let run = byte_run(rest);
            bytes(&rest[..run], &mut out);
            in_text = false;
            rest = &rest[run..];
        }
    }
    out
}

fn digits(data: &[u8]) -> usize {
    data.iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Characters up to what text cannot carry or numbers carry better.
fn text_run(data: &[u8]) -> usize {
    let mut at = 0;
    while at < data.len() && places(data[at]).is_some() {
        let digits = digits(&data[at..]);
        if digits >= WORTH_DIGITS {
            break;
        }
        at += digits.max(1);
    }
    at
}

/// Bytes up to what text or numbers carry better; at least one.
fn byte_run(data: &[u8]) -> usize {
    (1..data.len())
        .find(|at| digits(&data[*at..]) >= WORTH_DIGITS || text_run(&data[*at..]) >= WORTH_TEXT)
        .unwrap_or(data.len())
}

/// Numbers: up to 44 digits behind a 1, to base 900.
fn numbers(digits: &[u8], out: &mut Vec<u16>) {
    for group in digits.chunks(44) {
        let mut number = vec![1_u32];
        number.extend(group.iter().map(|digit| u32::from(digit - b'0')));
        let mut codewords = Vec::new();
        while number.iter().any(|digit| *digit != 0) {
            codewords.push(divide(&mut number));
        }
        out.extend(codewords.iter().rev());
    }
}

/// Divides a decimal number by 900 and gives the remainder.
fn divide(number: &mut [u32]) -> u16 {
    let mut remainder = 0;
    for digit in number {
        let value = remainder * 10 + *digit;
        *digit = value / 900;
        remainder = value % 900;
    }
    u16::try_from(remainder).unwrap_or(0)
}

/// Six bytes in five codewords, and what is left byte by byte.
fn bytes(bytes: &[u8], out: &mut Vec<u16>) {
    let sixes = bytes.chunks_exact(6);
    out.push(if sixes.remainder().is_empty() { TO_SIXES } else { TO_BYTES });
    let rest = sixes.remainder();
    for six in sixes {
        let mut value = six.iter().fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        let mut five = [0; 5];
        for codeword in five.iter_mut().rev() {
            *codeword = u16::try_from(value % 900).unwrap_or(0);
            value /= 900;
        }
        out.extend(five);
    }
    out.extend(rest.iter().map(|byte| u16::from(*byte)));
}

/// The tables that text is looked up in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Table {
    Capitals,
    Small,
    Mixed,
    Marks,
}

const MIXED: &[u8] = b"0123456789&\r\t,:#-.$/+%*=^";
const MARKS: &[u8] = b";<>@[\\]_`~!\r\t,:\n-.$/\"|*()?{}'";
/// To small letters, from capitals and mixed; from small letters it makes one capital.
const LOW: u16 = 27;
/// To mixed, from capitals and small letters; from mixed, to capitals.
const MIX: u16 = 28;
/// One mark, from anywhere; from marks, back to capitals.
const MARK: u16 = 29;
const SPACE: u16 = 26;

/// Where a character stands, the table to prefer first.
fn places(byte: u8) -> Option<Vec<(Table, u16)>> {
    let find = |table: &[u8]| {
        table.iter().position(|known| *known == byte).and_then(|at| u16::try_from(at).ok())
    };
    let places: Vec<_> = match byte {
        b'A'..=b'Z' => vec![(Table::Capitals, u16::from(byte - b'A'))],
        b'a'..=b'z' => vec![(Table::Small, u16::from(byte - b'a'))],
        b' ' => vec![(Table::Capitals, SPACE), (Table::Small, SPACE), (Table::Mixed, SPACE)],
        _ => [find(MIXED).map(|at| (Table::Mixed, at)), find(MARKS).map(|at| (Table::Marks, at))]
            .into_iter()
            .flatten()
            .collect(),
    };
    (!places.is_empty()).then_some(places)
}

struct Text {
    table: Table,
}

impl Text {
    fn new() -> Text {
        Text { table: Table::Capitals }
    }

    /// Two values in a codeword; the last one beside a value that means nothing there.
    fn take(&mut self, text: &[u8], out: &mut Vec<u16>) {
        let mut values = Vec::with_capacity(text.len() * 2);
        for byte in text {
            self.character(*byte, &mut values);
        }
        if values.len() % 2 == 1 {
            values.push(MARK);
            if self.table == Table::Marks {
                self.table = Table::Capitals;
            }
        }
        out.extend(values.chunks_exact(2).map(|pair| pair[0] * 30 + pair[1]));
    }

    fn character(&mut self, byte: u8, values: &mut Vec<u16>) {
        let places = places(byte).unwrap_or_default();
        if let Some((_, value)) = places.iter().find(|(table, _)| *table == self.table) {
            return values.push(*value);
        }
        let Some((table, value)) = places.first().copied() else { return };
        match (self.table, table) {
            // Marks last one character: what follows one is seldom another.
            (Table::Capitals | Table::Small | Table::Mixed, Table::Marks) => {
                return values.extend([MARK, value]);
            }
            (Table::Small, Table::Capitals) => return values.extend([LOW, value]),
            (Table::Capitals | Table::Mixed, Table::Small) => values.push(LOW),
            (Table::Capitals | Table::Small, Table::Mixed) => values.push(MIX),
            (Table::Mixed, Table::Capitals) => values.push(MIX),
            (Table::Marks, Table::Small) => values.extend([MARK, LOW]),
            (Table::Marks, Table::Mixed) => values.extend([MARK, MIX]),
            (Table::Marks, Table::Capitals) => values.push(MARK),
            _ => {}
        }
        self.table = table;
        values.push(value);
    }
}
