//! The profile files that are part of the program.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use toml::Table;

/// The files, the generic ones first.
pub(super) const FILES: [&str; 10] = [
    include_str!("../../profiles/generic-80.toml"),
    include_str!("../../profiles/generic-58.toml"),
    include_str!("../../profiles/epson-tm-t20iii.toml"),
    include_str!("../../profiles/epson-tm-t88vi.toml"),
    include_str!("../../profiles/xprinter-xp-80.toml"),
    include_str!("../../profiles/pos-80.toml"),
    include_str!("../../profiles/pos-58.toml"),
    include_str!("../../profiles/star-esc.toml"),
    include_str!("../../profiles/citizen-ct-s310ii.toml"),
    include_str!("../../profiles/bixolon-srp-350iii.toml"),
];

static TABLES: LazyLock<BTreeMap<String, Table>> = LazyLock::new(|| {
    // A test holds that every one of them reads.
    let tables = FILES.iter().filter_map(|text| text.parse::<Table>().ok());
    tables.filter_map(|table| Some((super::read::name_of(&table)?, table))).collect()
});

/// The keys of the built-in profile of that name.
pub(super) fn table(name: &str) -> Option<&'static Table> {
    TABLES.get(name)
}
