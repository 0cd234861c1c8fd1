//! What comes out on paper: dots, events, bounds.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_escpos::paper::{
    EventKind, Kind, Limit, MOST_DOTS, MOST_EVENTS, MOST_PARTS, Paper, picture,
};
use platen_escpos::{Catalogue, CutKind, Profile};
use proptest::prelude::*;
use std::path::Path;

/// Dots beside and above the first printable dot of a picture.
const LEFT: usize = 48;
const TOP: usize = 40;

fn profile() -> Profile {
    Profile::builtin("generic-80").unwrap()
}

fn read(bytes: &[u8]) -> Paper {
    Paper::read(bytes, &profile())
}

/// A decoded picture: one byte a pixel.
struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Picture {
    fn of(png: &[u8]) -> Picture {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        let mut reader = decoder.read_info().unwrap();
        let mut rgb = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut rgb).unwrap();
        let pixels = rgb.chunks(3).map(|pixel| pixel[0]).collect();
        Picture { width: frame.width as usize, height: frame.height as usize, pixels }
    }

    fn printed(bytes: &[u8]) -> Picture {
        Picture::of(&picture(bytes, &profile()))
    }

    /// Whether a dot of the paper is black, counted from the first printable one.
    fn black(&self, x: usize, y: usize) -> bool {
        self.pixels[(TOP + y) * self.width + LEFT + x] < 0x40
    }

    /// The black dots of a rectangle, row by row.
    fn rows(&self, x: usize, y: usize, width: usize, height: usize) -> Vec<String> {
        let dot = |x, y| if self.black(x, y) { '#' } else { '.' };
        (y..y + height).map(|y| (x..x + width).map(|x| dot(x, y)).collect()).collect()
    }

    fn count(&self, x: usize, y: usize, width: usize, height: usize) -> usize {
        self.rows(x, y, width, height).concat().matches('#').count()
    }
}

/// Every kind of thing that a receipt has.
fn sample() -> Vec<u8> {
    let mut all = b"\x1b@\x1c.\x1ba\x01\x1bE\x01\x1d!\x11SHOP\n\x1d!\x00\x1bE\x00".to_vec();
    all.extend(b"\x1bM\x01font B, small print\x1bM\x00\n\x1ba\x00");
    all.extend(b"Zo\x89 \x1bt\x11\x8f\xe0\xa8\xa2\xa5\xe2\x1bt\x00\n");
    all.extend([b"\xc4".repeat(48).as_slice(), b"\n"].concat());
    all.extend(
        b"\x1b-\x01one\x1b-\x02 two\x1b-\x00 \x1dB\x01 inverse \x1dB\x00 \x1bE\x01bold\x1bE\x00\n",
    );
    all.extend(b"\x1d!\x01Tall\x1d!\x10Wide\x1d!\x22Huge\x1d!\x00small\n");
    all.extend(b"\x1b3\x18\xda\xc4\xc2\xbf\xc9\xcd\xbb\n\xb3a\xb3\xb3\xbab\xba\n\xc0\xc4\xc1\xd9\xc8\xcd\xbc\n\x1b2");
    all.extend(b"\x1b{\x01upside down\n\x1b{\x00\x1bV\x01turned\x1bV\x00\n");
    all.extend(b"\x1bD\x08\x14\x00a\tb\tc\n\x1b$\x64\x00at 100\n");
    all.extend(b"\x1ba\x01\x1dv0\x03\x04\x00\x08\x00");
    all.extend([0xF0, 0x0F, 0xAA, 0x55].repeat(8));
    all.extend(b"\x1b*\x21\x18\x00");
    all.extend(b"\xff\x81\xff".repeat(24));
    all.extend(
        b" in the line\n\x1bp\x00\x19\xfaTotal 20.33\n\x1bd\x03\x1dV\x01next\n\x1dV\x00torn\n",
    );
    all
}

#[test]
fn a_picture_of_everything_is_as_it_was() {
    let png = picture(&sample(), &profile());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/paper.png");
    if std::env::var("PLATEN_GOLDEN").is_ok_and(|word| word == "write") {
        std::fs::write(&path, &png).unwrap();
    }
    let (now, kept) = (Picture::of(&png), Picture::of(&std::fs::read(&path).unwrap()));
    assert_eq!((now.width, now.height), (kept.width, kept.height));
    let first = now.pixels.iter().zip(&kept.pixels).position(|(a, b)| a != b);
    assert_eq!(first.map(|at| (at % now.width, at / now.width)), None, "first different pixel");
    assert_eq!(png, picture(&sample(), &profile()), "the same bytes every time");
}

#[test]
fn rasters_are_on_paper_dot_by_dot() {
    let paper = Picture::printed(b"\x1dv0\x00\x01\x00\x02\x00\xa5\x3c");
    assert_eq!(paper.rows(0, 0, 9, 3), ["#.#..#.#.", "..####...", "........."]);
    let double = Picture::printed(b"\x1dv0\x03\x01\x00\x01\x00\xa0");
    assert_eq!(double.rows(0, 0, 7, 3), ["##..##.", "##..##.", "......."]);
    let right = Picture::printed(b"\x1ba\x02\x1dv0\x00\x01\x00\x01\x00\xff");
    assert_eq!(right.rows(566, 0, 10, 1), ["..########"]);
    let wide = [b"\x1dv0\x00\x60\x00\x01\x00".as_slice(), &[0xFF; 96], b"x\n"].concat();
    assert_eq!(Picture::printed(&wide).count(0, 0, 576, 1), 576, "cut off at the edge");
    let stored = b"\x1d(L\x0b\x00\x30\x70\x30\x02\x01\x31\x03\x00\x01\x00\xe0\x1d(L\x02\x00\x302";
    assert_eq!(Picture::printed(stored).rows(0, 0, 7, 2), ["######.", "......."]);
}

#[test]
fn bit_images_stand_in_the_line() {
    let dense = Picture::printed(b"A\x1b*\x21\x02\x00\xff\xff\xff\x80\x00\x01B\n");
    assert_eq!(dense.rows(12, 0, 2, 3), ["##", "#.", "#."]);
    assert_eq!(dense.rows(12, 22, 2, 2), ["#.", "##"]);
    assert!(dense.count(0, 0, 12, 24) > 20 && dense.count(14, 0, 12, 24) > 20);
    let coarse = Picture::printed(b"\x1b*\x00\x01\x00\x81\n");
    assert_eq!(coarse.rows(0, 2, 3, 2), ["##.", "..."]);
    assert_eq!(coarse.rows(0, 20, 3, 2), ["...", "##."]);
    let kept = Picture::printed(b"\x1d*\x01\x01\x80\x80\x80\x80\x80\x80\x80\x80\x1d/\x00");
    assert_eq!(kept.rows(0, 0, 9, 2), ["########.", "........."]);
}

#[test]
fn looks_are_dots() {
    let plain = Picture::printed(b"HHH\n");
    let letter = plain.count(0, 0, 12, 24);
    assert!(letter > 40, "{letter}");
    assert_eq!(plain.count(0, 0, 36, 24), 3 * letter, "every letter is the same");
    let bold = Picture::printed(b"\x1bE\x01H\n").count(0, 0, 12, 24);
    assert!(bold > letter + 10, "{bold} {letter}");
    let inverse = Picture::printed(b"\x1dB\x01H\n").count(0, 0, 12, 24);
    assert_eq!(inverse, 12 * 24 - letter);
    let lined = Picture::printed(b"\x1b-\x02  \n");
    assert_eq!(
        lined.rows(0, 21, 25, 4),
        [
            ".".repeat(25),
            format!("{}.", "#".repeat(24)),
            format!("{}.", "#".repeat(24)),
            ".".repeat(25)
        ]
    );
    let large = Picture::printed(b"\x1d!\x11H\n").count(0, 0, 24, 48);
    assert!((3 * letter..5 * letter).contains(&large), "{large} {letter}");
    let small = Picture::printed(b"\x1bM\x01HH\n");
    assert!(small.count(0, 0, 18, 17) > 40 && small.count(18, 0, 12, 17) == 0);
    assert_eq!(Picture::printed(b"\x1b \x06HH\n").count(12, 0, 6, 24), 0, "character spacing");
}

#[test]
fn upside_down_and_turned_text_is_the_same_turned() {
    let upright = Picture::printed(b"F\n").rows(0, 0, 12, 24);
    let upside = Picture::printed(b"\x1b{\x01F\n").rows(564, 0, 12, 24);
    let turned: Vec<String> = upright.iter().rev().map(|row| row.chars().rev().collect()).collect();
    assert_eq!(upside, turned);
    let right = Picture::printed(b"\x1bV\x01F\n").rows(0, 0, 24, 12);
    let quarter: Vec<String> = (0..12)
        .map(|x| (0..24).rev().map(|y| upright[y].chars().nth(x).unwrap()).collect())
        .collect();
    assert_eq!(right, quarter);
}

#[test]
fn places_are_kept() {
    let at = Picture::printed(b"\x1b$\x64\x00H\n");
    assert!(at.count(0, 0, 100, 24) == 0 && at.count(100, 0, 12, 24) > 40);
    let back = Picture::printed(b"HH\x1b\\\xf4\xff-\n");
    assert!(back.count(24, 0, 99, 24) == 0, "printed over the second letter");
    let margin = Picture::printed(b"\x1dL\x18\x00\x1dW\x30\x00\x1ba\x02HHHHH\n");
    assert!(margin.count(0, 0, 24, 60) == 0 && margin.count(24, 0, 48, 24) > 160);
    assert!(margin.count(60, 30, 12, 24) > 40 && margin.count(24, 30, 36, 24) == 0, "wrapped");
    let units = Picture::printed(b"\x1dP\x66\x00\x1b$\x32\x00H\n");
    assert!(units.count(0, 0, 99, 24) == 0 && units.count(99, 0, 12, 24) > 40, "102 in an inch");
    let spaced = Picture::printed(b"\x1b3\x64H\nH\n");
    assert!(spaced.count(0, 24, 12, 76) == 0 && spaced.count(0, 100, 12, 24) > 40);
}

#[test]
fn page_mode_prints_at_once_in_four_directions() {
    let upright = Picture::printed(b"F\n").rows(0, 0, 12, 24);
    let page = |turn: u8| {
        let area = b"\x1bL\x1bW\x0a\x00\x14\x00\x64\x00\x50\x00\x1bT";
        Picture::printed(&[area.as_slice(), &[turn], b"F\x0c"].concat())
    };
    assert_eq!(page(0).rows(10, 20, 12, 24), upright);
    let upside: Vec<String> = upright.iter().rev().map(|row| row.chars().rev().collect()).collect();
    assert_eq!(page(2).rows(10 + 100 - 12, 20 + 80 - 24, 12, 24), upside);
    let down: Vec<String> = (0..12)
        .map(|x| (0..24).rev().map(|y| upright[y].chars().nth(x).unwrap()).collect())
        .collect();
    assert_eq!(page(3).rows(10 + 100 - 24, 20, 24, 12), down);
    let up: Vec<String> = (0..12)
        .rev()
        .map(|x| (0..24).map(|y| upright[y].chars().nth(x).unwrap()).collect())
        .collect();
    assert_eq!(page(1).rows(10, 20 + 80 - 12, 24, 12), up);
    let left = read(b"\x1bLgone\x18\x0c\x1bLgone too\x1bSkept\n");
    assert_eq!(left.text_view(), "kept\n");
    assert_eq!(
        read(b"\x1bL\x1d$\x64\x00second\x1d$\xc8\x00below\x1d$\x32\x00above\x0c").text_view(),
        "above\nsecond\nbelow\n"
    );
}

#[test]
fn pieces_can_be_looked_at_alone() {
    let paper = read(b"one\n\x1dV\x00two\n\x1dV\x01rest\n");
    let pieces = paper.pieces();
    assert_eq!(pieces.len(), 3);
    let alone = Picture::of(&paper.picture_of(pieces[1].clone()));
    assert_eq!(alone.rows(0, 0, 40, 24), Picture::printed(b"two\n").rows(0, 0, 40, 24));
    assert!(read(b"").pieces().is_empty());
    assert!(!picture(b"", &profile()).is_empty());
}

#[test]
fn national_sets_and_pages_are_followed() {
    assert_eq!(read(b"\x1bR\x02{}[]\x1bR\x00{}\n").text_view(), "äüÄÜ{}\n");
    assert_eq!(read(b"\x1c&\x81\x30\x84\x36\xc4\xe3\x1c.\n").text_view(), "¥你\n");
    assert_eq!(read(b"\x1bD\x04\x0a\x00a\tb\tc\td\n").text_view(), "a   b     cd\n");
    assert_eq!(
        read(b"a\tb\x1b$\xf0\x00c\x1b\\\x18\x00d\n").text_view(),
        "a       b           c  d\n"
    );
}

#[test]
fn events_have_their_offsets() {
    let bytes = b"ab\x1b~\x1c.\x1bp\x00\x19\xfa\x1dr\x01\x10\x04\x01\x1bt\x63\xff\xfe\x1dV\x00\x1d(k\x03\x001Q0\x1cp\x01\x00\x1bB\x01\x01\x1b";
    let events = read(bytes).events;
    let told: Vec<(usize, usize, EventKind)> =
        events.iter().map(|event| (event.offset, event.length, event.kind)).collect();
    assert_eq!(told[0], (2, 2, EventKind::Unknown(0x1B, Some(b'~'))));
    assert_eq!(told[1], (6, 5, EventKind::Drawer));
    assert_eq!(told[2], (11, 3, EventKind::Question));
    assert_eq!(told[3], (14, 3, EventKind::Question));
    assert!(matches!(told[4], (17, 3, EventKind::Refused(_))), "{told:?}");
    assert_eq!(told[5], (20, 2, EventKind::NoCharacter));
    assert_eq!(told[6], (22, 3, EventKind::Cut(CutKind::Full)));
    assert!(matches!(told[7], (25, 8, EventKind::Refused(_))), "{told:?}");
    assert!(matches!(told[8], (33, 4, EventKind::NotShown(_))), "{told:?}");
    assert_eq!(told[9], (37, 4, EventKind::Buzzer));
    assert_eq!(told[10].2, EventKind::CutShort);
    assert_eq!((told[10].0, told.len()), (41, 11), "{told:?}");
    assert_eq!(events[0].to_string(), "byte 2: unknown sequence 1B 7E");
    let bell = read(b"a\x07\n").events;
    assert_eq!((bell[0].offset, bell[0].length, bell.len()), (1, 1, 1));
    assert!(bell[0].to_string().contains("BEL"), "{}", bell[0]);
    let pair = read(b"a\xff\xfe\n").events;
    assert_eq!((pair[0].offset, pair[0].length, pair[0].kind), (1, 2, EventKind::NoCharacter));
    let half = read(b"\x1c&\xc4\n").events;
    assert_eq!(half[0].kind, EventKind::HalfCharacter);
    let torn = read(b"\x1dv0\x00\x48\x00\xff\x00\xff\xff");
    assert_eq!((torn.events[0].kind, torn.bytes), (EventKind::CutShort, 10));
    let deaf = read(b"a\x1b=\x00not this\x1dV\x00\x1b=\x01b\n");
    assert_eq!((deaf.text_view(), deaf.events[0].kind), ("ab\n".into(), EventKind::Deselected));
}

fn stopped(paper: &Paper) -> Option<Limit> {
    paper.events.iter().find_map(|event| match event.kind {
        EventKind::Stopped(limit) => Some(limit),
        _ => None,
    })
}

#[test]
fn hostile_streams_end_at_a_bound_that_has_a_name() {
    let most = 1_000_000;
    let repeat = |piece: &[u8]| piece.repeat(most / piece.len());
    let raster = [b"\x1dv0\x00\xff\xff\xff\xff".as_slice(), &vec![0xFF; most]].concat();
    let codes = [b"\x1d(k\xff\x021P0".as_slice(), &[b'x'; 764], b"\x1d(k\x03\x001Q0"].concat();
    let cases: [(&str, Vec<u8>, Option<Limit>); 11] = [
        ("feeds", repeat(b"\x1bd\xff"), Some(Limit::Paper)),
        ("feeds without paper", repeat(b"\x1b3\x00\n"), None),
        ("back and forth", repeat(b"\x1bJ\xff\x1bK\xff"), Some(Limit::Paper)),
        ("one huge raster", raster, None),
        ("big letters", repeat(b"\x1d!\x77W\n"), Some(Limit::Paper)),
        ("letters on letters", b"W\x1b$\x00\x00".repeat(MOST_PARTS + 1), Some(Limit::Parts)),
        (
            "a thick line",
            [b"\x1d!\x77".as_slice(), &repeat(b"W\x1b$\x00\x00")].concat(),
            Some(Limit::Cells),
        ),
        ("drawer kicks", repeat(b"\x1bp\x00\x19\xfa"), Some(Limit::Events)),
        ("unknown sequences", repeat(b"\x1b~"), Some(Limit::Events)),
        ("codes", repeat(&codes), None),
        (
            "pages",
            repeat(b"\x1bL\x1bW\x00\x00\x00\x00\xff\xff\xff\xff\x1bT\x01WWWWWW\x0c"),
            Some(Limit::Paper),
        ),
    ];
    for (name, bytes, limit) in cases {
        let paper = read(&bytes);
        assert_eq!(stopped(&paper), limit, "{name}");
        assert!(paper.height <= MOST_DOTS + 70_000, "{name}");
        assert!(paper.elements.len() <= MOST_PARTS && paper.events.len() <= MOST_EVENTS, "{name}");
        paper.text_view();
        // Drawing a whole roll takes seconds without optimisation.
        if paper.height < MOST_DOTS / 10 {
            let seen = Picture::of(&paper.picture());
            assert!(seen.height >= paper.height, "{name}");
        }
    }
}

/// Streams that are dense in commands which print.
fn streams() -> impl Strategy<Value = Vec<u8>> {
    let lead = prop::sample::select(vec![0x10u8, 0x1B, 0x1C, 0x1D, 0, b'\n', b'\t', b'A', 0xE9]);
    let opcode = prop::sample::select(
        b"@!&*()-.238:=?ABDEFHJKLMPQRSTUVWZ\\/$abcdefhijkmpqrtvwz{\x04\x14\x0c".to_vec(),
    );
    let small = prop_oneof![0u8..4, 48u8..52, Just(0x6B), Just(0x4C), any::<u8>()];
    let piece = (lead, opcode, prop::collection::vec(small, 0..14)).prop_map(|(a, b, mut rest)| {
        rest.splice(0..0, [a, b]);
        rest
    });
    let set = prop::sample::select(vec![
        b"\x1bL".to_vec(),
        b"\x1bT\x01".to_vec(),
        b"\x1b{\x01".to_vec(),
        b"\x1bV\x01".to_vec(),
        b"\x1d!\x77".to_vec(),
        b"\x1dv0\x03\x02\x00\x02\x00\xaa\x55\xaa\x55".to_vec(),
        b"\x1b*\x00\x03\x00\xff\x00\xff".to_vec(),
        b"\x1d(k\x07\x001P0data\x1d(k\x03\x001Q0".to_vec(),
        b"\x1dH\x03\x1dkI\x07{BPLATE".to_vec(),
        b"\x1d(L\x0b\x000p0\x02\x02\x31\x08\x00\x01\x00\xaa\x1d(L\x02\x0002".to_vec(),
        b"\x1dL\xff\xff\x1dW\x01\x00".to_vec(),
        b"\x1c&\xc4\xe3\x81\x30\x84\x36\x1c.".to_vec(),
        b"\x0c".to_vec(),
    ]);
    prop::collection::vec(prop_oneof![2 => piece, 1 => set], 0..40)
        .prop_map(|pieces| pieces.concat())
}

fn profiles() -> impl Strategy<Value = Profile> {
    let all: Vec<Profile> =
        Catalogue::builtin().profiles().map(|one| Profile::clone(one)).collect();
    prop::sample::select(all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_bytes_are_paper(bytes in streams(), profile in profiles()) {
        let paper = Paper::read(&bytes, &profile);
        let stop = stopped(&paper).is_some();
        prop_assert_eq!(paper.bytes < bytes.len(), stop);
        for event in &paper.events {
            prop_assert!(event.offset + event.length <= bytes.len());
        }
        prop_assert!(paper.elements.iter().all(|element| element.offset < bytes.len()));
        let seen = Picture::of(&paper.picture());
        let below = paper.elements.iter().map(|element| element.bottom()).max().unwrap_or(0);
        prop_assert!(seen.height >= below.max(paper.height) && seen.width > paper.dots);
        let cuts = paper.elements.iter().filter(|e| matches!(e.kind, Kind::Cut(_))).count();
        prop_assert_eq!(paper.text_view().matches('✂').count(), cuts);
        prop_assert_eq!(Paper::read(&bytes, &profile), paper);
    }
}
