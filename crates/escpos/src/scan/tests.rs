use super::*;
use proptest::prelude::*;

fn told(bytes: &[u8]) -> Vec<String> {
    let mut all = Vec::new();
    scan(bytes, &mut |token| all.push(format!("{token:?}")));
    all
}

fn one(bytes: &[u8]) -> Command {
    let mut commands = Vec::new();
    scan(bytes, &mut |token| match token {
        Token::Command(command, all) => {
            assert_eq!(all, bytes);
            commands.push(command);
        }
        other => panic!("{other:?}"),
    });
    assert_eq!(commands.len(), 1, "{bytes:02x?}");
    commands[0]
}

#[test]
fn commands_have_their_meaning() {
    assert_eq!(one(b"\x1b@"), Command::Init);
    assert_eq!(one(b"\x1bt\x10"), Command::CodePage(16));
    assert_eq!(one(b"\x1c."), Command::KanjiMode(Switch::Off));
    assert_eq!(one(b"\x1c&"), Command::KanjiMode(Switch::On));
    assert_eq!(one(b"\x1dV\x01"), Command::Cut(Cut { kind: CutKind::Partial, feed: None }));
    assert_eq!(one(b"\x1dVA\x03"), Command::Cut(Cut { kind: CutKind::Full, feed: Some(3) }));
    assert_eq!(one(b"\x1bp\x00\x19\xfa"), Command::Drawer { pin: 0, on: 25, off: 250 });
    assert_eq!(one(b"\x1dr\x01"), Command::StatusRequest(1));
    assert_eq!(one(b"\x1da\xff"), Command::AutoStatus(255));
    assert_eq!(one(b"\x1dI\x43"), Command::PrinterId(67));
    assert_eq!(one(b"\x1d(H\x06\x0000A1b2"), Command::Confirm(*b"A1b2"));
    assert_eq!(one(b"\x1d(k\x03\x001Q0"), Command::Symbol { kind: 49, function: 81 });
    assert_eq!(one(b"\x1d!\x11"), Command::Style(Style::Size { width: 2, height: 2 }));
    assert_eq!(one(b"\x1dk\x04ABC\x00"), Command::Barcode(4));
    assert_eq!(one(b"\x1dk\x49\x03AB\x00"), Command::Barcode(73));
    assert_eq!(one(b"\x1bD\x04\x08\x10\x00"), Command::TabStops);
    assert_eq!(one(b"\x1b$\x10\x01"), Command::Place(Place::Column(272)));
    assert_eq!(one(b"\x1b\\\xfe\xff"), Command::Place(Place::ColumnBy(-2)));
    assert_eq!(one(b"\x1dL\x18\x00"), Command::Place(Place::LeftMargin(24)));
    assert_eq!(one(b"\x1b-\x32"), Command::Style(Style::Underline(2)));
    assert_eq!(one(b"\x1dH\x32"), Command::BarcodeLook(BarcodeLook::Text(2)));
    assert_eq!(one(b"\x1d(L\x02\x00\x30\x32"), Command::Graphics(50));
    assert_eq!(
        one(b"\x1bW\x01\x00\x02\x00\x03\x00\x04\x01"),
        Command::Page(Page::Area { x: 1, y: 2, width: 3, height: 260 })
    );
    assert_eq!(
        one(b"\x1dv0\x00\x02\x00\x03\x00\x1b@\x1b@\x1b@"),
        Command::Raster { width_bytes: 2, rows: 3 }
    );
    assert_eq!(
        one(b"\x1b*\x21\x02\x00\x1b@\x1b@\x1b@"),
        Command::BitImage { columns: 2, rows: 24 }
    );
}

#[test]
fn real_time_commands_are_told_between_commands_and_watched_inside() {
    let all = told(b"\x10\x04\x01\x10\x05\x02\x10\x14\x01\x00\x05");
    assert!(all[0].contains("Status(1)") && all[1].contains("Recover(2)"), "{all:?}");
    assert!(all[2].contains("Pulse { pin: 0, time: 5 }"), "{all:?}");

    let inside = b"\x1dv0\x00\x03\x00\x01\x00\x10\x04\x01";
    assert_eq!(told(inside).len(), 1, "data of a raster is not a request");
    let mut seen = Vec::new();
    let mut watch = RealTimeWatch::new();
    inside.chunks(1).for_each(|byte| watch.push(byte, &mut |command| seen.push(command)));
    assert_eq!(seen, [RealTime::Status(1)]);
}

#[test]
fn what_no_table_knows_is_unknown_and_swallows_nothing() {
    assert_eq!(told(b"\x1b\x1b@")[0], "Unknown([27])");
    assert!(told(b"\x1b\x1b@")[1].contains("Init"));
    assert_eq!(told(b"\x1b~A"), ["Unknown([27, 126])", "Text([65])"]);
    assert_eq!(told(b"\x10A"), ["Unknown([16])", "Text([65])"]);
    assert_eq!(told(b"\x1d"), ["Unknown([29])"]);
    assert_eq!(told(b"\x1bD\x08\x04\x1b@").len(), 3, "falling tabs end the list");
}

#[test]
fn tables_of_glyphs_and_images_are_followed_to_their_end() {
    let glyphs = b"\x1b&\x03AB\x01\x1b@\x1b\x02\x1b@\x1b@\x1b@A";
    let all = told(glyphs);
    assert!(all.iter().all(|token| !token.contains("Init")), "{all:?}");
    assert_eq!(all.last().map(String::as_str), Some("Text([65])"));
    let mut images = b"\x1cq\x02\x01\x00\x01\x00".to_vec();
    images.extend([0x1B; 8]);
    images.extend(b"\x00\x00\x00\x00Z");
    assert_eq!(told(&images).last().map(String::as_str), Some("Text([90])"));
}

#[test]
fn a_long_raster_is_told_by_its_head_and_counted() {
    let mut scanner = Scanner::new();
    let mut heads = 0;
    let mut data = 0;
    let mut each = |token: Token<'_>| match token {
        Token::Command(Command::Raster { width_bytes: 72, rows: 400 }, bytes) => {
            assert_eq!(bytes.len(), Scanner::HEAD);
            heads += 1;
        }
        Token::Data(bytes) => data += bytes.len(),
        other => panic!("{other:?}"),
    };
    scanner.push(b"\x1dv0\x00\x48\x00\x90\x01", &mut each);
    scanner.push(&[0xFF; 28_799], &mut each);
    assert_eq!(scanner.pending(), Pending::InsideCommand { missing: Missing::Bytes(1) });
    scanner.push(&[0], &mut each);
    assert_eq!(scanner.pending(), Pending::Clean);
    assert_eq!((heads, data), (1, 28_808 - Scanner::HEAD));
}

/// Streams that are dense in commands.
pub(crate) fn streams() -> impl Strategy<Value = Vec<u8>> {
    let lead = prop::sample::select(vec![DLE, ESC, FS, GS, 0, b'\n', b'A', 0xE9]);
    let opcode = prop::sample::select(
        b"@!&*()-.2345789:<=?ABCDEGHIJKLMPQRSTUVWZ\\^abcdefghijkmpqrtuvwz{|\x04\x05\x14\x01\x00\x0c"
            .to_vec(),
    );
    let small = prop_oneof![0u8..4, 48u8..52, any::<u8>()];
    let piece = (lead, opcode, prop::collection::vec(small, 0..12)).prop_map(|(a, b, mut rest)| {
        rest.splice(0..0, [a, b]);
        rest
    });
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn tokens_are_the_stream_however_it_is_cut(stream in streams(), cuts in prop::collection::vec(1usize..9, 1..50)) {
        let mut told = Vec::new();
        let mut commands = Vec::new();
        let mut scanner = Scanner::new();
        let mut rest = stream.as_slice();
        let mut cuts = cuts.iter().cycle();
        while !rest.is_empty() {
            let (piece, after) = rest.split_at(rest.len().min(*cuts.next().unwrap()));
            scanner.push(piece, &mut |token| { told.extend_from_slice(bytes_of(&token)); note(&mut commands, &token); });
            rest = after;
        }
        scanner.finish(&mut |token| told.extend_from_slice(bytes_of(&token)));
        prop_assert_eq!(&told, &stream);
        let mut whole = Vec::new();
        scan(&stream, &mut |token| note(&mut whole, &token));
        prop_assert_eq!(commands, whole);
    }

    #[test]
    fn missing_bytes_are_exact(stream in streams()) {
        let mut scanner = Scanner::new();
        scanner.push(&stream, &mut |_| {});
        if let Pending::InsideCommand { missing: Missing::Bytes(missing) } = scanner.pending()
            && missing < 1_000_000
        {
            scanner.push(&vec![0; missing - 1], &mut |_| {});
            prop_assert_ne!(scanner.pending(), Pending::Clean);
            scanner.push(&[0], &mut |_| {});
            prop_assert_eq!(scanner.pending(), Pending::Clean);
        }
    }
}

fn note(commands: &mut Vec<Command>, token: &Token<'_>) {
    if let Token::Command(command, _) = token {
        commands.push(*command);
    }
}

fn bytes_of<'a>(token: &Token<'a>) -> &'a [u8] {
    // Every control byte is below 32, so a table of them can be borrowed from.
    const CONTROLS: [u8; 32] = {
        let mut all = [0; 32];
        let mut at = 0;
        while at < 32 {
            all[at] = at as u8;
            at += 1;
        }
        all
    };
    match token {
        Token::Text(bytes)
        | Token::Command(_, bytes)
        | Token::Data(bytes)
        | Token::RealTime(_, bytes)
        | Token::Unknown(bytes) => bytes,
        Token::Control(byte) => &CONTROLS[usize::from(*byte)..=usize::from(*byte)],
    }
}
