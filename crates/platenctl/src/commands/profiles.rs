//! `platenctl profiles`: which printer models are known.

use crate::cli::Listing;
use crate::failure::Failure;
use crate::listing;
use platen_bridge::{Home, Profiles};
use platen_escpos::{Profile, ProfileSource};
use platen_program::one_line;
use serde::Serialize;

/// A profile in a listing.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    model: &'a str,
    columns: usize,
    dots: usize,
    source: &'static str,
    file: Option<&'a str>,
    matches: &'a [String],
    unverified: &'a [String],
}

/// Lists the profiles; fails where files of the home cannot be used, and names each of them.
pub fn profiles(home: &Home, listing: Listing) -> Result<(), Failure> {
    let profiles = Profiles::load(home);
    let rows: Vec<Row<'_>> =
        profiles.catalogue.listing().map(|(profile, source)| row(profile, source)).collect();
    if listing.json {
        say!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        let cells: Vec<Vec<String>> = rows.iter().map(cells).collect();
        say!("{}", listing::table(&["PROFILE", "MODEL", "COLUMNS", "SOURCE"], &cells));
    }
    match profiles.notices.as_slice() {
        [] => Ok(()),
        notices => {
            let said: Vec<_> = notices.iter().map(ToString::to_string).collect();
            Err(Failure::new(said.join(" ")))
        }
    }
}

fn row<'a>(profile: &'a Profile, source: &'a ProfileSource) -> Row<'a> {
    let (source, file) = match source {
        ProfileSource::BuiltIn => ("built-in", None),
        ProfileSource::File(file) => ("home", Some(file.as_str())),
    };
    Row {
        name: &profile.name,
        model: &profile.model,
        columns: profile.columns,
        dots: profile.dots,
        source,
        file,
        matches: profile.matches(),
        unverified: &profile.unverified,
    }
}

fn cells(row: &Row<'_>) -> Vec<String> {
    let source = row.file.map_or_else(|| row.source.to_owned(), |file| format!("home: {file}"));
    vec![
        one_line(row.name, 40),
        one_line(row.model, 60),
        row.columns.to_string(),
        one_line(&source, 60),
    ]
}
