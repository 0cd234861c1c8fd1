//! A page that proves widths and code pages.

use crate::profile::Profile;
use crate::scan::Align;
use crate::sheet::{Look, Sheet};

/// Puts the test page on the sheet: heading, the engine's lines, a ruler, a sample of every code page.
pub(crate) fn lay_out(lines: &[String], profile: &Profile, sheet: &mut Sheet<'_>) {
    sheet.put("TEST PAGE", Look::HEADING, Align::Centre);
    sheet.gap();
    lines.iter().for_each(|line| sheet.paragraph(line, Look::PLAIN, Align::Left));
    sheet.rule();
    ruler(sheet);
    sheet.rule();
    sheet.row("", "Left", "Right", 5, Look::PLAIN);
    sheet.put("Centred", Look::PLAIN, Align::Centre);
    sheet.put("Bold", Look::BOLD, Align::Left);
    sheet.put("Double height", Look::TALL, Align::Left);
    sheet.put(" Inverse ", Look::MARK, Align::Centre);
    sheet.rule();
    samples(profile, sheet);
}

/// `123456789012…` with the tens above it: the last digit stands at the last column, or the profile is wrong.
fn ruler(sheet: &mut Sheet<'_>) {
    let tens: String = (1..=sheet.columns / 10).map(|ten| format!("{:>10}", ten * 10)).collect();
    let ones: String =
        (1..=sheet.columns).map(|column| char::from(b'0' + (column % 10) as u8)).collect();
    sheet.put(&tens, Look::PLAIN, Align::Left);
    sheet.put(&ones, Look::PLAIN, Align::Left);
}

/// One line for every page: number, name, and letters that it has and ASCII lacks.
fn samples(profile: &Profile, sheet: &mut Sheet<'_>) {
    for (index, page) in profile.repertoire().pages.iter().enumerate() {
        let mut text = format!("{:>3} {} ", page.number, page.encoding);
        let room = sheet.columns.saturating_sub(text.len()).min(20);
        text.extend(page.encoding.beyond_ascii().filter(|c| c.is_alphabetic()).take(room));
        sheet.sample(text, index);
    }
}
