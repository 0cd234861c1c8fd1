//! The profile files that are part of the program.

use std::collections::BTreeMap;
use std::sync::LazyLock;
use toml::Table;

/// The files, the generic ones first.
pub(super) const FILES: [&str; 42] = [
    include_str!("../../profiles/generic-80.toml"),
    include_str!("../../profiles/generic-58.toml"),
    include_str!("../../profiles/bixolon-srp-330ii.toml"),
    include_str!("../../profiles/bixolon-srp-350.toml"),
    include_str!("../../profiles/bixolon-srp-350iii.toml"),
    include_str!("../../profiles/bixolon-srp-q300.toml"),
    include_str!("../../profiles/citizen-ct-e351.toml"),
    include_str!("../../profiles/citizen-ct-s310ii.toml"),
    include_str!("../../profiles/citizen-ct-s601.toml"),
    include_str!("../../profiles/epson-tm-m30.toml"),
    include_str!("../../profiles/epson-tm-m30iii.toml"),
    include_str!("../../profiles/epson-tm-t20ii.toml"),
    include_str!("../../profiles/epson-tm-t20iii.toml"),
    include_str!("../../profiles/epson-tm-t70ii.toml"),
    include_str!("../../profiles/epson-tm-t82.toml"),
    include_str!("../../profiles/epson-tm-t88iii.toml"),
    include_str!("../../profiles/epson-tm-t88iv.toml"),
    include_str!("../../profiles/epson-tm-t88v.toml"),
    include_str!("../../profiles/epson-tm-t88vi.toml"),
    include_str!("../../profiles/epson-tm-t88vii.toml"),
    include_str!("../../profiles/epson-tm-u220.toml"),
    include_str!("../../profiles/fujitsu-fp-1000.toml"),
    include_str!("../../profiles/munbyn-itpp047.toml"),
    include_str!("../../profiles/netum-nt-5890.toml"),
    include_str!("../../profiles/netum-nt-80.toml"),
    include_str!("../../profiles/pos-58.toml"),
    include_str!("../../profiles/pos-80.toml"),
    include_str!("../../profiles/rongta-rp326.toml"),
    include_str!("../../profiles/rongta-rp58.toml"),
    include_str!("../../profiles/rongta-rp80.toml"),
    include_str!("../../profiles/seiko-rp-f10.toml"),
    include_str!("../../profiles/star-esc.toml"),
    include_str!("../../profiles/star-mc-print3.toml"),
    include_str!("../../profiles/star-tsp143iv.toml"),
    include_str!("../../profiles/star-tsp650ii.toml"),
    include_str!("../../profiles/sunmi-58.toml"),
    include_str!("../../profiles/sunmi-80.toml"),
    include_str!("../../profiles/wincor-th230.toml"),
    include_str!("../../profiles/xprinter-xp-58.toml"),
    include_str!("../../profiles/xprinter-xp-80.toml"),
    include_str!("../../profiles/xprinter-xp-n160.toml"),
    include_str!("../../profiles/zjiang-zj-5870.toml"),
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
