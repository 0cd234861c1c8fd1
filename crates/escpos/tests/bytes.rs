//! Documents byte for byte.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_escpos::{
    EncodeError, Encoded, Graphics, MOST_DRAWN, MOST_LINES, Note, PaperWidth, Profile, Token,
    encode, scan, text_view,
};
use platen_job::{
    CodeField, Document, DrawerPin, Frame, Mark, Money, Receipt, ReceiptItem, Symbology,
};

fn profile(name: &str) -> Profile {
    Profile::builtin(name).unwrap()
}

fn text(text: &str, profile_name: &str) -> Encoded {
    encode(&Document::Text(text.into()), &profile(profile_name), None).unwrap()
}

fn receipt(receipt: Receipt) -> Document {
    Document::Receipt(Box::new(receipt))
}

#[test]
fn text_goes_from_init_to_one_cut() {
    assert_eq!(text("Hello\n", "generic-80").bytes, b"\x1b@\x1c.Hello\n\x1bd\x05\x1dV\x01");
    assert_eq!(text("Hello", "generic-58").bytes, b"\x1b@\x1c.Hello\n\x1bd\x04");
}

#[test]
fn narrower_paper_has_shorter_lines_and_the_printer_is_told() {
    let wide = profile("generic-80");
    let narrow = wide.with_paper(PaperWidth::Mm58).unwrap();
    let long = Document::Text("1234567890123456789012345678 and more".into());
    let on = |profile: &Profile| encode(&long, profile, None).unwrap().bytes;
    assert_eq!(on(&wide)[..6], *b"\x1b@\x1c.12");
    // 384 dots.
    assert!(on(&narrow).starts_with(b"\x1b@\x1c.\x1dW\x80\x01"));
    let lines = |profile: &Profile| {
        let text = text_view(&on(profile), profile);
        text.lines().take_while(|line| !line.trim().is_empty()).count()
    };
    assert_eq!((lines(&wide), lines(&narrow)), (1, 2));
    let widest = |profile: &Profile| {
        let rule = receipt(Receipt {
            items: vec![ReceiptItem {
                name: "Soup".into(),
                total: Some(Money("4.50".into())),
                ..ReceiptItem::default()
            }],
            ..Receipt::default()
        });
        let bytes = encode(&rule, profile, None).unwrap().bytes;
        text_view(&bytes, &profile.clone()).lines().map(|line| line.chars().count()).max().unwrap()
    };
    assert_eq!((widest(&wide), widest(&narrow)), (48, 32));
}

#[test]
fn code_pages_change_only_where_they_must() {
    // é is in several pages; the one that has € as well is taken at once.
    assert_eq!(
        text("café 5 €", "generic-80").bytes,
        b"\x1b@\x1c.caf\x1bt\x10\xe9 5 \x80\n\x1bd\x05\x1dV\x01"
    );
    let switches = |words: &str| {
        text(words, "generic-80").bytes.windows(2).filter(|pair| *pair == b"\x1bt").count()
    };
    assert_eq!(switches("plain"), 0);
    assert_eq!(switches("café crème\nthé"), 1);
    assert_eq!(switches("Привет café Привет"), 3);
    assert_eq!(switches("łódź é ü"), 1);
}

#[test]
fn raw_bytes_are_untouched_and_a_mark_is_a_strip_before_them() {
    let raw = b"\x1b@\x00\xffraw\x1dV\x00";
    let document = Document::Raw(raw.as_slice().into());
    let generic = profile("generic-80");
    assert_eq!(encode(&document, &generic, None).unwrap().bytes, raw);
    let marked = encode(&document, &generic, Some(Mark::Reprint)).unwrap().bytes;
    assert_eq!(
        marked,
        [
            b"\x1b@\x1c.\x1ba\x01\x1bE\x01\x1dB\x01\x1d!\x01  REPRINT  \n\x1ba\x00\x1bE\x00\x1dB\x00\x1d!\x00\x1bd\x01\x1b@"
                .as_slice(),
            raw
        ]
        .concat()
    );
}

#[test]
fn a_drawer_kick_is_nothing_but_itself() {
    let generic = profile("generic-80");
    let kick = |pin, mark| encode(&Document::Drawer(pin), &generic, mark).unwrap();
    assert_eq!(kick(DrawerPin::Pin2, None).bytes, b"\x1bp\x00\x19\xfa");
    assert_eq!(kick(DrawerPin::Pin5, None).bytes, b"\x1bp\x01\x19\xfa");
    let marked = kick(DrawerPin::Pin2, Some(Mark::Reprint));
    assert_eq!((marked.bytes.len(), marked.notes), (5, vec![Note::MarkLeftOut]));
    let mut no_drawer = generic.clone();
    no_drawer.drawer.clear();
    let refused = encode(&Document::Drawer(DrawerPin::Pin2), &no_drawer, None);
    assert_eq!(refused, Err(EncodeError::NoDrawer));
}

#[test]
fn an_impact_printer_gets_nothing_that_it_does_not_know() {
    let impact = profile("epson-tm-u220");
    let frame = Frame {
        header: vec!["Bar".into()],
        codes: vec![CodeField { symbology: Symbology::Qr, data: "x".into(), caption: None }],
        ..Frame::default()
    };
    let bill = receipt(Receipt {
        frame,
        items: vec![ReceiptItem { name: "Tea 茶".into(), ..ReceiptItem::default() }],
        total: Some(Money("2.00".into())),
        ..Receipt::default()
    });
    let encoded = encode(&bill, &impact, Some(Mark::Reprint)).unwrap();
    let begin = b"\x1b@\x1b!\x00\x1ba\x01\x1b!\x18\x1br\x01  REPRINT  \n\x1b!\x38\x1br\x00Bar\n";
    assert!(encoded.bytes.starts_with(begin), "{}", encoded.bytes.escape_ascii());
    let mut commands = Vec::new();
    scan(&encoded.bytes, &mut |token| {
        if let Token::Command(_, bytes) = token {
            commands.push([bytes[0], bytes[1]]);
        }
    });
    commands.sort_unstable();
    commands.dedup();
    let known: [&[u8; 2]; 7] =
        [b"\x1b!", b"\x1b@", b"\x1ba", b"\x1bd", b"\x1br", b"\x1bt", b"\x1dV"];
    assert!(commands.iter().all(|command| known.contains(&command)), "{commands:?}");
    let text = text_view(&encoded.bytes, &impact);
    assert!(text.contains("Tea ■") && text.contains("TOTAL"), "{text}");
    let lost: Vec<String> = encoded.notes.iter().map(ToString::to_string).collect();
    assert_eq!(lost.len(), 2, "{lost:?}");
    assert!(
        lost[0].contains("too coarse for a code") && lost[1].contains("cannot draw"),
        "{lost:?}"
    );
}

#[test]
fn what_would_leave_white_paper_is_refused() {
    let generic = profile("generic-80");
    let blank = ReceiptItem { name: "  ".into(), ..ReceiptItem::default() };
    for document in [
        Document::Raw(Vec::new().into()),
        Document::Text(" \n\t\r\n".into()),
        receipt(Receipt::default()),
        receipt(Receipt {
            frame: Frame {
                footer: vec![String::new()],
                title: Some(" ".into()),
                ..Frame::default()
            },
            ..Receipt::default()
        }),
        receipt(Receipt { total: Some(Money(String::new())), ..Receipt::default() }),
        receipt(Receipt { items: vec![blank], ..Receipt::default() }),
    ] {
        assert_eq!(encode(&document, &generic, None), Err(EncodeError::Empty), "{document:?}");
    }
}

#[test]
fn too_much_paper_is_refused_and_a_long_order_is_not() {
    let generic = profile("generic-80");
    let long = Document::Text("x\n".repeat(8 * 1024 * 1024));
    let too_long = Err(EncodeError::TooLong { limit: MOST_LINES });
    assert_eq!(encode(&long, &generic, None), too_long);
    let gap = Document::Text(format!("first{}last", "\n".repeat(MOST_LINES + 9)));
    assert_eq!(encode(&gap, &generic, None), too_long);
    let wide = Document::Text("x".repeat(8 * 1024 * 1024));
    assert_eq!(encode(&wide, &generic, None), too_long);
    let item = |number| ReceiptItem { name: format!("item {number}"), ..ReceiptItem::default() };
    let order = receipt(Receipt { items: (0..5_000).map(item).collect(), ..Receipt::default() });
    let bytes = encode(&order, &generic, None).unwrap().bytes;
    assert!(text_view(&bytes, &generic).contains("item 4999\n"));
}

#[test]
fn commands_in_a_field_are_printed_and_not_obeyed() {
    let generic = profile("generic-80");
    let item = ReceiptItem {
        name: "Tea\u{1b}p\0\u{19}\u{fa}\u{10}\u{4}\u{1}".into(),
        ..ReceiptItem::default()
    };
    let document = receipt(Receipt { items: vec![item], ..Receipt::default() });
    let encoded = encode(&document, &generic, None).unwrap();
    assert_eq!(encoded.notes, [Note::ControlCharacters { count: 6 }]);
    let paper = text_view(&encoded.bytes, &generic);
    let shown: String = paper.split_whitespace().collect();
    assert!(shown.contains("Tea<1B>p<00><19>ú<10><04><01>"), "{paper}");
}

#[test]
fn a_character_that_no_page_has_is_an_image_among_the_text() {
    let encoded = text("茶 × 2", "generic-80");
    assert_eq!(encoded.notes, []);
    // 24 columns of 24 dots, two characters wide, and the rest as text.
    let (head, rest) = encoded.bytes.split_at(b"\x1b@\x1c.\x1b*\x21\x18\x00".len());
    assert_eq!(head, b"\x1b@\x1c.\x1b*\x21\x18\x00");
    assert!(rest[..72].iter().any(|byte| *byte != 0));
    assert_eq!(rest[72..], *b" \x1bt\x10\xd7 2\n\x1bd\x05\x1dV\x01");
}

#[test]
fn a_line_that_is_drawn_from_end_to_end_is_one_raster() {
    for (words, model) in [("שלום עולם", "bixolon-srp-350iii"), ("สวัสดี", "generic-58")]
    {
        let encoded = text(words, model);
        assert_eq!(encoded.notes, []);
        assert!(encoded.bytes.windows(3).any(|window| window == b"\x1dv0"), "{words}");
        assert!(!encoded.bytes.windows(2).any(|window| window == b"\x1b*"), "{words}");
        assert!(text_view(&encoded.bytes, &profile(model)).contains("[image "), "{words}");
    }
}

#[test]
fn chinese_is_sent_as_it_is_to_a_printer_that_knows_it() {
    let chinese = Profile::from_toml(
        "name = \"c\"\nmodel = \"C\"\nbase = \"generic-80\"\nkanji_text = \"gb18030\"\n",
    )
    .unwrap();
    let encoded = encode(&Document::Text("茶é 5 元".into()), &chinese, None).unwrap();
    let expected =
        b"\x1b@\x1c.\x1c&\xb2\xe8\x1c.\x1bt\x00\x82 5 \x1c&\xd4\xaa\x1c.\n\x1bd\x05\x1dV\x01";
    assert_eq!(encoded.bytes, expected);
    // Four-byte characters depend on the model: they are drawn.
    let rare = encode(&Document::Text("㐀 5".into()), &chinese, None).unwrap();
    assert!(rare.bytes.windows(2).any(|window| window == b"\x1b*"));
}

#[test]
fn a_character_that_no_font_has_is_a_box_and_noted() {
    let private = text("logo \u{e123} \u{10ffff}", "generic-80");
    assert_eq!(private.notes, [Note::NoGlyph { count: 2 }]);
    let mut plain = profile("generic-80");
    plain.graphics = Graphics::None;
    let encoded = encode(&Document::Text("茶 5 €".into()), &plain, None).unwrap();
    assert_eq!(encoded.notes, [Note::NotDrawn { count: 1 }]);
    assert!(text_view(&encoded.bytes, &plain).starts_with("■ 5 €\n"));
}

#[test]
fn more_than_can_be_drawn_in_time_is_refused() {
    let generic = profile("generic-80");
    let drawn = |text: String| encode(&Document::Text(text), &generic, None);
    let limit = MOST_DRAWN;
    assert_eq!(drawn("ש".repeat(limit)), Err(EncodeError::TooMuchToDraw { limit }));
    // Marks without end on one letter make one high line and not more.
    let piled = drawn(format!("e{}", "\u{301}".repeat(2_000))).unwrap();
    assert!(piled.bytes.len() < 100_000, "{}", piled.bytes.len());
}

#[test]
fn a_model_that_would_print_the_full_stop_of_fs_is_not_sent_it() {
    let plain = profile("generic-80");
    let quirky = Profile::from_toml(
        "name = \"q\"\nmodel = \"Q\"\nbase = \"generic-80\"\nkanji = \"none\"\nquirks = [\"prints-fs-dot\"]\n",
    )
    .unwrap();
    let bytes = |profile| encode(&Document::Text("a".into()), profile, None).unwrap().bytes;
    assert!(bytes(&plain).starts_with(b"\x1b@\x1c.a"));
    assert!(bytes(&quirky).starts_with(b"\x1b@a"));
}
