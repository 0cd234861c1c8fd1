//! The pages' types are written from ours: `ui/src/lib/types.ts`.

use crate::changing::{NewPrinter, PrinterChange};
use crate::commands::WindowCommand;
use crate::connection::{Connection, ProxyChoice};
use crate::signpost::Offer;
use crate::state::hurdle::Told;
use crate::state::status::{Mood, Status};
use crate::state::{
    EngineState, Found, Gap, Health, JobRow, JobsWanted, Licence, Line, Other, Printer, Snapshot,
    UpdateStep, Updates, Works,
};
use crate::words::Language;
use std::path::Path;
use ts_rs::{Config, TS};

#[test]
fn the_pages_types_are_ours() {
    let types = Config::default();
    let declarations = [
        Language::decl(&types),
        Mood::decl(&types),
        Told::decl(&types),
        Status::decl(&types),
        EngineState::decl(&types),
        Gap::decl(&types),
        Line::decl(&types),
        Licence::decl(&types),
        Health::decl(&types),
        Works::decl(&types),
        Other::decl(&types),
        Printer::decl(&types),
        Found::decl(&types),
        JobRow::decl(&types),
        JobsWanted::decl(&types),
        UpdateStep::decl(&types),
        Updates::decl(&types),
        Snapshot::decl(&types),
        NewPrinter::decl(&types),
        PrinterChange::decl(&types),
        ProxyChoice::decl(&types),
        Connection::decl(&types),
        Offer::decl(&types),
        WindowCommand::decl(&types),
    ];
    let mut text = String::from(
        "// Written from crates/window by its tests (PLATEN_GOLDEN=write). Not by hand.\n",
    );
    for declaration in declarations {
        text.push_str(&format!("\nexport {declaration}\n"));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/lib/types.ts");
    if std::env::var("PLATEN_GOLDEN").is_ok_and(|word| word == "write") {
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert_eq!(kept, text, "run this test with PLATEN_GOLDEN=write");
}
