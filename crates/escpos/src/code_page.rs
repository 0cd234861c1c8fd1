//! Code pages: which byte prints which character.

use oem_cp::code_table::DECODING_TABLE_CP_MAP;
use std::fmt;
use std::sync::OnceLock;

/// A code page by its usual name. The bytes below 128 are ASCII in every one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Encoding(usize);

/// Where a page's characters come from.
enum Source {
    /// A DOS code page of that number, from `oem_cp`.
    Dos(u16),
    /// A page of the web's encoding standard.
    Web(&'static encoding_rs::Encoding),
    /// The 128 characters themselves.
    Own(&'static str),
}

use Source::{Dos, Own, Web};

/// Page 1 of Epson's printers and of most clones: half-width Katakana between lines and signs.
const KATAKANA: &str = "▁▂▃▄▅▆▇█▏▎▍▌▋▊▉┼┴┬┤├▔─│▕┌┐└┘╭╮╰╯\
    \u{a0}｡｢｣､･ｦｧｨｩｪｫｬｭｮｯｰｱｲｳｴｵｶｷｸｹｺｻｼｽｾｿﾀﾁﾂﾃﾄﾅﾆﾇﾈﾉﾊﾋﾌﾍﾎﾏﾐﾑﾒﾓﾔﾕﾖﾗﾘﾙﾚﾛﾜﾝﾞﾟ\
    ═╞╪╡◢◣◥◤♠♥♦♣●○╱╲╳円年月日時分秒〒市区町村人▒\u{a0}";

static SOURCES: [(&str, Source); 31] = [
    ("cp437", Dos(437)),
    ("cp720", Dos(720)),
    ("cp737", Dos(737)),
    ("cp775", Dos(775)),
    ("cp850", Dos(850)),
    ("cp852", Dos(852)),
    ("cp855", Dos(855)),
    ("cp857", Dos(857)),
    ("cp858", Dos(858)),
    ("cp860", Dos(860)),
    ("cp861", Dos(861)),
    ("cp862", Dos(862)),
    ("cp863", Dos(863)),
    ("cp864", Dos(864)),
    ("cp865", Dos(865)),
    ("cp866", Dos(866)),
    ("cp869", Dos(869)),
    ("cp874", Dos(874)),
    ("iso-8859-2", Web(encoding_rs::ISO_8859_2)),
    ("iso-8859-7", Web(encoding_rs::ISO_8859_7)),
    ("iso-8859-15", Web(encoding_rs::ISO_8859_15)),
    ("windows-1250", Web(encoding_rs::WINDOWS_1250)),
    ("windows-1251", Web(encoding_rs::WINDOWS_1251)),
    ("windows-1252", Web(encoding_rs::WINDOWS_1252)),
    ("windows-1253", Web(encoding_rs::WINDOWS_1253)),
    ("windows-1254", Web(encoding_rs::WINDOWS_1254)),
    ("windows-1255", Web(encoding_rs::WINDOWS_1255)),
    ("windows-1256", Web(encoding_rs::WINDOWS_1256)),
    ("windows-1257", Web(encoding_rs::WINDOWS_1257)),
    ("windows-1258", Web(encoding_rs::WINDOWS_1258)),
    ("katakana", Own(KATAKANA)),
];

static TABLES: [OnceLock<Table>; SOURCES.len()] = [const { OnceLock::new() }; SOURCES.len()];

/// The upper half of a page, both ways.
struct Table {
    /// The character of each byte from 128; `None` where the page has none that prints.
    characters: [Option<char>; 128],
    /// The same, by character.
    bytes: Vec<(char, u8)>,
}

impl Encoding {
    /// The page of that name, such as `cp437`, `windows-1252` or `iso-8859-15`.
    pub fn named(name: &str) -> Option<Encoding> {
        SOURCES.iter().position(|(known, _)| *known == name).map(Encoding)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        SOURCES[self.0].0
    }

    /// The character that a byte prints. `None`: nothing, or not known.
    pub fn character(self, byte: u8) -> Option<char> {
        match byte {
            0x20..=0x7E => Some(char::from(byte)),
            0x80.. => self.table().characters[usize::from(byte - 0x80)],
            _ => None,
        }
    }

    /// The byte that prints a character.
    pub fn byte(self, character: char) -> Option<u8> {
        if let ' '..='~' = character {
            return u8::try_from(character).ok();
        }
        let bytes = &self.table().bytes;
        bytes.binary_search_by_key(&character, |entry| entry.0).ok().map(|at| bytes[at].1)
    }

    /// The page's characters beyond ASCII, by character.
    pub(crate) fn beyond_ascii(self) -> impl Iterator<Item = char> {
        self.table().bytes.iter().map(|entry| entry.0)
    }

    fn table(self) -> &'static Table {
        TABLES[self.0].get_or_init(|| Table::of(&SOURCES[self.0].1))
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Table {
    fn of(source: &Source) -> Table {
        let mut characters = [None; 128];
        let mut bytes = Vec::with_capacity(128);
        for byte in 128..=255 {
            let character = match source {
                Dos(number) => DECODING_TABLE_CP_MAP
                    .get(number)
                    .and_then(|table| table.decode_char_checked(byte)),
                Web(encoding) => encoding
                    .decode_without_bom_handling_and_without_replacement(&[byte])
                    .and_then(|text| text.chars().next()),
                Own(characters) => characters.chars().nth(usize::from(byte - 128)),
            };
            // Tables fill their gaps with control characters, which print nothing.
            let Some(character) = character.filter(|c| !c.is_control()) else { continue };
            characters[usize::from(byte - 128)] = Some(character);
            bytes.push((character, byte));
        }
        bytes.sort_unstable();
        bytes.dedup_by_key(|entry| entry.0);
        Table { characters, bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_reads_back_what_it_writes() {
        for (name, _) in &SOURCES {
            let page = Encoding::named(name).unwrap();
            assert!(page.beyond_ascii().count() > 60, "{name}");
            for character in page.beyond_ascii().chain(' '..='~') {
                let byte = page.byte(character).unwrap();
                assert_eq!(page.character(byte), Some(character), "{name} {byte:02x}");
            }
        }
    }

    #[test]
    fn known_bytes_stand_where_the_manuals_have_them() {
        let byte = |name, character| Encoding::named(name).unwrap().byte(character);
        assert_eq!(byte("cp437", 'é'), Some(0x82));
        assert_eq!(byte("cp858", '€'), Some(0xD5));
        assert_eq!(byte("windows-1252", '€'), Some(0x80));
        assert_eq!(byte("cp866", 'Я'), Some(0x9F));
        assert_eq!(byte("cp852", 'ł'), Some(0x88));
        assert_eq!(byte("cp437", '€'), None);
        assert_eq!((byte("katakana", '─'), byte("katakana", 'ｱ')), (Some(0x95), Some(0xB1)));
        assert_eq!(byte("katakana", '円'), Some(0xF1));
        assert_eq!(byte("windows-1252", '\u{81}'), None);
    }
}
