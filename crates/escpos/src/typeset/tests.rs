use super::*;
use crate::bitmap::Bitmap;
use crate::scan::Align;
use crate::sheet::{Direction, Line, Look, Piece, Room, Size, Span, Way};
use proptest::prelude::*;

fn span(text: &str, look: Look) -> Span {
    Span { text: text.into(), look, way: Way::Raster, columns: 48 }
}

fn band_of(text: &str, look: Look, direction: Direction) -> Bitmap {
    let spans = vec![span(text, look)];
    let piece = Piece { room: Room::Paper, align: Align::Left, direction, spans };
    let line = Line { pieces: vec![piece], page: None };
    with(|typesetter| band(typesetter, &line, 576).bitmap)
}

fn plain(text: &str) -> Bitmap {
    band_of(text, Look::PLAIN, Direction::LeftToRight)
}

/// First and last row, first and last column with ink.
fn ink(bitmap: &Bitmap) -> [usize; 4] {
    let rows: Vec<usize> =
        (0..bitmap.height()).filter(|y| bitmap.row(*y).iter().any(|byte| *byte != 0)).collect();
    let columns: Vec<usize> = (0..bitmap.width())
        .filter(|x| (0..bitmap.height()).any(|y| bitmap.is_black(*x, y)))
        .collect();
    [rows[0], rows[rows.len() - 1], columns[0], columns[columns.len() - 1]]
}

fn kinds(text: &str) -> Vec<Kind> {
    with(|typesetter| typesetter.units(text, &[])).into_iter().map(|unit| unit.kind).collect()
}

#[test]
fn characters_of_cells_are_told_from_words() {
    assert_eq!(kinds("Ж€"), [Kind::Cell('Ж', 1), Kind::Cell('€', 1)]);
    assert_eq!(kinds("茶ｱ한"), [Kind::Cell('茶', 2), Kind::Cell('ｱ', 1), Kind::Cell('한', 2)]);
    assert_eq!(kinds("قهوة، 5").len(), 3);
    assert_eq!(kinds("ที่นี่"), [Kind::Word("Noto Sans Thai")]);
    assert_eq!(kinds("👩\u{200d}🍳🇫🇷1\u{fe0f}\u{20e3}"), [Kind::Word("Noto Emoji")]);
    assert_eq!(kinds("x\u{302}"), [Kind::Word(MONO_REST)]);
}

#[test]
fn a_capital_stands_on_the_baseline_within_its_column() {
    let [top, bottom, left, right] = ink(&plain("H"));
    assert_eq!(plain("H").height(), 30);
    assert!(
        (3..7).contains(&top) && bottom == 18 && right < CELL && left > 0,
        "{:?}",
        ink(&plain("H"))
    );
    let [large_top, large_bottom, ..] =
        ink(&band_of("H", Look { size: Size::Large, ..Look::PLAIN }, Direction::LeftToRight));
    assert!(large_bottom.abs_diff(2 * bottom + 1) <= 1 && large_top.abs_diff(2 * top) <= 1);
}

#[test]
fn wide_characters_fit_into_their_rows_and_columns() {
    let [top, bottom, left, right] = ink(&plain("鬱"));
    assert!(bottom < HEIGHT && right < 2 * CELL, "{top} {bottom} {left} {right}");
    assert_eq!(ink(&plain("鬱鬱"))[3], right + 2 * CELL);
    let spans = [Span { columns: 2, ..span("鬱", Look::PLAIN) }];
    let among_text =
        with(|t| inline(t, &spans, Direction::LeftToRight, Align::Left)).unwrap().bitmap;
    assert_eq!([among_text.width(), among_text.height()], [24, 24]);
    assert_eq!(ink(&among_text), [top, bottom, left, right]);
}

#[test]
fn letters_join_and_marks_take_no_width() {
    let dots = |text: &str| {
        with(|typesetter| typesetter.word(text, "Noto Naskh Arabic", level_of(text)).dots)
    };
    assert!(dots("لا") < dots("ل") + dots("ا"));
    assert!(dots("بب") < 2 * dots("ب"), "the first letter has its joined form");
    assert_eq!(dots("شُكْرًا"), dots("شكرا"));
    let joined = with(|t| t.word("می\u{200c}خواهم", "Noto Naskh Arabic", level_of("م")).dots);
    assert_ne!(joined, dots("میخواهم"), "the non-joiner parts the letters");
}

/// Four, six and seven of Persian and Urdu are one character each with two forms. The font's own glyph of the character is the
/// Persian one, which Urdu's readers know too; `locl` puts Urdu's in its place, which a Persian reader takes for others.
#[test]
fn persian_digits_keep_their_persian_forms() {
    with(|typesetter| {
        for digit in ['۴', '۶', '۷'] {
            let text = digit.to_string();
            let word = typesetter.word(&text, "Noto Naskh Arabic", level_of(&text));
            let [shape::Glyph { shape: shape::Shape::Glyph(id), .. }] = word.glyphs[..] else {
                panic!("{digit} is not one glyph");
            };
            let font = typesetter.fonts.system.get_font(id.font, id.weight).unwrap();
            assert_eq!(id.glyph, font.as_swash().charmap().map(digit), "{digit}");
        }
    });
}

#[test]
fn arabic_digits_have_a_column_each() {
    for digits in ["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "٠٠٠٠٠٠٠٠٠٠"] {
        let dots: usize = with(|typesetter| {
            let units = typesetter.units(digits, &[]);
            let word = |unit: &Unit| match unit.kind {
                Kind::Word(family) => {
                    typesetter.word(&digits[unit.range.clone()], family, level_of(digits)).dots
                }
                _ => 0,
            };
            units.iter().map(word).sum()
        });
        assert_eq!(dots, 10 * CELL, "{digits}");
    }
}

#[test]
fn no_ink_is_cut_off_at_the_end_of_reordered_text() {
    let narrow = |text, columns| {
        let spans = [Span { columns, ..span(text, Look::PLAIN) }];
        with(|t| inline(t, &spans, Direction::RightToLeft, Align::Left)).is_none()
    };
    assert!(narrow("קפה, 12", 6));
    assert!(!narrow("קפה, 12", 7));
}

#[test]
fn right_to_left_text_begins_at_the_right() {
    let both = band_of("אב 12", Look::PLAIN, Direction::RightToLeft);
    let digits = plain("12");
    // The number stands left of the letters and reads from left to right.
    for x in 0..24 {
        for y in 0..30 {
            assert_eq!(both.is_black(x, y), digits.is_black(x, y), "{x} {y}");
        }
    }
}

#[test]
fn inverse_is_white_on_black_and_bold_is_bolder() {
    let black = |bitmap: &Bitmap| -> u32 { bitmap.packed().iter().map(|b| b.count_ones()).sum() };
    let inverse = Look { inverse: crate::scan::Switch::On, ..Look::PLAIN };
    let white = band_of("茶", inverse, Direction::LeftToRight);
    assert_eq!(black(&white), 48 * 12 * 24 - black(&plain("茶")));
    for text in ["茶", "שלום", "Ж"] {
        let bold = band_of(text, Look::BOLD, Direction::LeftToRight);
        assert!(black(&bold) > black(&plain(text)), "{text}");
    }
}

#[test]
fn what_no_font_has_is_a_box_with_its_number() {
    let spans = [Span { columns: 2, ..span("\u{e123}", Look::PLAIN) }];
    let drawn = with(|t| inline(t, &spans, Direction::LeftToRight, Align::Left)).unwrap();
    assert_eq!(drawn.boxes, 1);
    let other = [Span { columns: 2, ..span("\u{e124}", Look::PLAIN) }];
    let other = with(|t| inline(t, &other, Direction::LeftToRight, Align::Left)).unwrap();
    assert!(drawn.bitmap != other.bitmap);
}

#[test]
fn piled_marks_stay_within_bounds() {
    let pile = format!("e{}", "\u{301}".repeat(10_000));
    assert!(plain(&pile).height() <= 30 + 2 * HEIGHT);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_text_can_be_drawn_and_comes_out_alike(text in "\\PC{0,40}", rtl in any::<bool>()) {
        let direction = if rtl { Direction::RightToLeft } else { Direction::LeftToRight };
        let first = band_of(&text, Look::PLAIN, direction);
        prop_assert!(first.height() >= 30 && first.height() <= 30 + 2 * HEIGHT);
        prop_assert!(first == band_of(&text, Look::PLAIN, direction));
    }
}
