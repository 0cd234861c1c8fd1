use super::*;
use crate::typeset::{CELL, band, with};
use proptest::prelude::*;

fn only_437() -> Profile {
    let text = "name = \"x\"\nmodel = \"X\"\nbase = \"generic-80\"\n[code_pages]\n16 = \"none\"\n17 = \"none\"\n18 = \"none\"\n19 = \"none\"\n";
    Profile::from_toml(text).unwrap()
}

fn lines(sheet: Sheet<'_>) -> Vec<Line> {
    let (blocks, _) = sheet.finish();
    let line = |block| match block {
        Block::Line(line) => Some(line),
        _ => None,
    };
    blocks.into_iter().filter_map(line).collect()
}

fn texts(line: &Line) -> String {
    line.texts().collect()
}

/// The lines of a text in so many columns.
fn flowed(text: &str, columns: usize) -> Vec<String> {
    let mut profile = only_437();
    profile.columns = columns;
    let mut sheet = Sheet::new(&profile);
    sheet.flow(&[(text, Look::PLAIN)], Align::Left, 0);
    let lines = lines(sheet);
    assert!(lines.iter().flat_map(|line| &line.pieces).all(|piece| piece.width() <= columns));
    lines.iter().map(texts).collect()
}

#[test]
fn spaces_around_a_line_that_is_put_belong_to_it() {
    let profile = only_437();
    let mut sheet = Sheet::new(&profile);
    for text in ["  REPRINT  ", "  העתק  ", "  ก  "] {
        sheet.put(text, Look::MARK, Align::Centre);
    }
    let lines = lines(sheet);
    assert_eq!(lines.iter().map(texts).collect::<Vec<_>>(), ["  REPRINT  ", "  העתק  ", "  ก  "]);
    assert!(lines.iter().all(|line| line.pieces[0].width() >= 5));
}

#[test]
fn words_of_any_script_stay_whole() {
    assert_eq!(flowed("돌솥비빔밥 고추장 따로", 16), ["돌솥비빔밥", "고추장 따로"]);
    assert_eq!(flowed("Żurek z jajkiem i kiełbasą", 16), ["Żurek z jajkiem", "i kiełbasą"]);
    assert_eq!(flowed("宫保鸡丁配白米饭,少油", 16), ["宫保鸡丁配白米", "饭,少油"]);
    // Thai has no spaces between its words: ผัดไทย กุ้ง สด ใส่ ไข่.
    for line in flowed("ผัดไทยกุ้งสดใส่ไข่ไม่ใส่ถั่วลิสง", 16)
    {
        assert!(!line.starts_with(['\u{e31}', '\u{e34}', '\u{e48}', '\u{e49}']), "{line}");
    }
}

#[test]
fn a_letter_is_never_parted_from_its_marks() {
    let family = "👨\u{200d}👩\u{200d}👧";
    for line in flowed(&family.repeat(30), 16) {
        assert_eq!(line.replace(family, ""), "");
    }
    let piled = "e\u{323}\u{301}";
    for line in flowed(&piled.repeat(60), 16) {
        assert!(line.starts_with(|c: char| c.is_alphabetic()), "{line}");
    }
}

#[test]
fn only_what_the_printer_lacks_is_drawn() {
    let profile = only_437();
    let mut sheet = Sheet::new(&profile);
    sheet.put("12.50 € café Łódź 茶", Look::PLAIN, Align::Left);
    let ways: Vec<_> = lines(sheet)[0].pieces[0]
        .spans
        .iter()
        .map(|span| (span.text.clone(), span.way, span.columns))
        .collect();
    let span = |text: &str, way, columns| (text.to_owned(), way, columns);
    // A word with one such letter is drawn whole, and a space between two drawn words with them.
    assert_eq!(
        ways,
        [
            span("12.50 ", Way::Native, 6),
            span("€", Way::Raster, 1),
            span(" café ", Way::Native, 6),
            span("Łódź 茶", Way::Raster, 7),
        ]
    );
}

#[test]
fn a_right_to_left_sheet_has_amounts_at_the_left() {
    let profile = only_437();
    let mut sheet = Sheet::new(&profile);
    sheet.direction = Direction::RightToLeft;
    sheet.row("2 x ", "قهوة", "12.50", 6, Look::PLAIN);
    let lines = lines(sheet);
    let rooms: Vec<_> =
        lines[0].pieces.iter().map(|p| (p.spans[0].text.as_str(), p.room, p.align)).collect();
    assert_eq!(
        rooms,
        [
            ("12.50", Room::Columns { at: 0, columns: 6 }, Align::Right),
            ("قهوة", Room::Columns { at: 7, columns: 37 }, Align::Right),
            ("2 x", Room::Columns { at: 44, columns: 4 }, Align::Right),
        ]
    );
}

#[test]
fn the_decimals_of_a_right_to_left_sheet_stand_below_each_other() {
    let profile = only_437();
    for [long, short] in [["1,234.50", "2.50"], ["١٬٢٣٤٫٥٠", "٢٫٥٠"], ["۱٬۲۳۴٫۵۰", "۲٫۵۰"]]
    {
        let mut sheet = Sheet::new(&profile);
        sheet.direction = Direction::RightToLeft;
        let axis = sheet.width_of(long);
        sheet.row("", "قهوة", long, axis, Look::PLAIN);
        sheet.row("", "شاي", short, axis, Look::PLAIN);
        let band = |line| with(|typesetter| band(typesetter, line, profile.dots)).bitmap;
        let bands: Vec<Bitmap> = lines(sheet).iter().map(band).collect();
        // A letter may begin between two dots.
        let amounts = 0..CELL * (axis + 1);
        let is_black = |band: &Bitmap, x| (0..band.height()).any(|y| band.is_black(x, y));
        let end = |band: &Bitmap| amounts.clone().rev().find(|x| is_black(band, *x)).unwrap();
        assert!(end(&bands[0]).abs_diff(end(&bands[1])) <= 1, "{long} {short}");
        assert!(CELL * axis - end(&bands[0]) <= CELL, "{long}");
    }
}

#[test]
fn a_paragraph_begins_where_its_script_does() {
    let profile = only_437();
    let mut sheet = Sheet::new(&profile);
    sheet.paragraph("مرحبا Platen\nWelcome مرحبا", Look::PLAIN, Align::Left);
    let lines = lines(sheet);
    let piece = |line: usize| (lines[line].pieces[0].align, lines[line].pieces[0].direction);
    assert_eq!(piece(0), (Align::Right, Direction::RightToLeft));
    assert_eq!(piece(1), (Align::Left, Direction::LeftToRight));
}

#[test]
fn cells_are_wrapped_beside_each_other() {
    let profile = only_437();
    let mut sheet = Sheet::new(&profile);
    let cell = |spans, columns, align| Cell { spans, columns, align };
    sheet.cells(&[
        cell(&[("a long name ", Look::PLAIN), ("in two looks", Look::BOLD)], 12, Align::Left),
        cell(&[("12.50", Look::PLAIN)], 10, Align::Right),
        cell(&[("beyond", Look::PLAIN)], 99, Align::Left),
    ]);
    let lines: Vec<_> = lines(sheet).iter().map(texts).collect();
    assert_eq!(lines, ["a long name12.50beyond", "in two looks"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_is_lost_but_spaces_at_breaks(
        words in prop::collection::vec(
            prop_oneof!["[a-zé]{1,12}", "[а-я]{1,30}", "[\u{5d0}-\u{5ea}]{1,30}", "[ก-ฮ]{1,40}", "[一-龥]{1,30}", "[가-힣]{1,20}", "(क्ष|त्र|कि){1,30}"],
            1..8,
        ),
        columns in 16usize..60,
    ) {
        let text = words.join(" ");
        let kept: String = flowed(&text, columns).concat().replace(' ', "");
        prop_assert_eq!(kept, words.concat());
    }
}
