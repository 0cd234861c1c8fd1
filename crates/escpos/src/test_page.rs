//! A page that proves what a printer can do with this profile.

use crate::bitmap::Bitmap;
use crate::codes::{Code, Qr, QrLevel};
use crate::profile::{Graphics, Profile};
use crate::scan::{Align, Switch};
use crate::sheet::{Look, Sheet, Size};
use crate::text::Note;

/// Languages that a single code page cannot hold together, each with a word of its own script.
const SCRIPTS: &str = "Ünï Ελλ Привет שלום مرحبا สวัสดี 你好 こんにちは 한국어 ₹ €";

/// Puts the test page on the sheet: heading, the engine's lines, a ruler, styles, code pages, scripts, dots and a QR code.
pub(crate) fn lay_out(lines: &[String], profile: &Profile, sheet: &mut Sheet<'_>) {
    sheet.put("TEST PAGE", Look::HEADING, Align::Centre);
    sheet.gap();
    lines.iter().for_each(|line| sheet.paragraph(line, Look::PLAIN, Align::Left));
    sheet.rule();
    ruler(sheet);
    sheet.rule();
    styles(sheet);
    sheet.rule();
    samples(profile, sheet);
    sheet.rule();
    sheet.paragraph(SCRIPTS, Look::PLAIN, Align::Left);
    if profile.graphics != Graphics::None {
        sheet.gap();
        sheet.picture(dots(profile.dots), Align::Left);
    }
    match Qr::new(&format!("Platen {}", profile.name), QrLevel::default(), Qr::USUAL_MODULE) {
        Ok(qr) => sheet.code(&Code::Qr(qr), Align::Centre),
        Err(reason) => sheet.note(Note::CodeLeftOut { reason }),
    }
}

fn styles(sheet: &mut Sheet<'_>) {
    sheet.row("", "Left", "Right", 5, Look::PLAIN);
    sheet.put("Centred", Look::PLAIN, Align::Centre);
    sheet.put("Bold", Look::BOLD, Align::Left);
    let underlined = Look { underline: Switch::On, ..Look::PLAIN };
    sheet.put("Underlined", underlined, Align::Left);
    sheet.put("Double height", Look::TALL, Align::Left);
    sheet.put("Double width", Look { size: Size::Wide, ..Look::PLAIN }, Align::Left);
    sheet.put("Large", Look::HEADING, Align::Left);
    sheet.put(" Inverse ", Look::MARK, Align::Centre);
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

/// Rows of the picture of dots.
const DOTS_HEIGHT: usize = 72;

/// A frame as wide as the paper, whose sides are cut off where the profile has too many dots and stand in from the edge where it has
/// too few; within it eight greys from white to black.
fn dots(width: usize) -> Bitmap {
    let mut bitmap = Bitmap::new(width, DOTS_HEIGHT);
    for y in 0..DOTS_HEIGHT {
        for x in 0..width {
            let edge = x.min(width - 1 - x).min(y).min(DOTS_HEIGHT - 1 - y);
            if edge < 2 || (edge >= 8 && threshold(x, y) < (x * 8 / width) * 16 / 7) {
                bitmap.blacken(x, y);
            }
        }
    }
    bitmap
}

/// The ordered dither of four by four dots (Bayer): every threshold from 0 to 15 once.
fn threshold(x: usize, y: usize) -> usize {
    const THRESHOLDS: [[usize; 4]; 4] =
        [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
    THRESHOLDS[y % 4][x % 4]
}
