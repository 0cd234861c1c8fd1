//! What holds for every document and every stream of bytes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_escpos::{
    Catalogue, Command, Cut, Feed, Graphics, Pending, Profile, Quirk, Scanner, Style, Support,
    Switch, Token, clean_up, encode, is_boundary, scan, text_view,
};
use platen_job::{
    Customer, Document, Frame, Mark, Money, Payment, Quantity, Receipt, ReceiptItem, ReceiptTotal,
};
use proptest::prelude::*;

/// Text as a hostile sender writes it: control bytes, escape sequences, every script, long words.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z]{1,12}",
        "[a-z]{40,60}",
        any::<String>(),
        prop::sample::select(vec![
            "\u{1b}@",
            "\u{1b}p\0\u{19}\u{fa}",
            "\u{1d}V\0",
            "\u{10}\u{14}\u{2}\u{1}\u{8}",
            "\u{10}\u{4}\u{1}",
            "\u{1c}&",
            "\n",
            "\r\n",
            "\t",
            " ",
            "\u{a0}",
            "é",
            "Ł€Œ",
            "Привет",
            "茶",
            "👩‍🍳",
            "e\u{301}",
            "\u{85}",
            "שלום",
            "’",
            "—",
            "\u{7f}",
            "\u{9b}",
            "\u{feff}",
            "½",
            "ภาษาไทย",
            "की दुकान",
            "한국어",
            "١٢٣",
            "\u{200d}\u{200f}",
            "\u{202e}abc",
            "\u{fffd}",
            "\u{e000}",
            "🇫🇷🇩🇪",
            "e\u{323}\u{301}\u{302}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// Names in several scripts at once, on pages of their own or on none.
fn mixed() -> impl Strategy<Value = String> {
    let words = vec![
        "Café",
        "crème",
        "Żurek",
        "Łódź",
        "Кофе",
        "Καφές",
        "Çığ",
        "şiş",
        "10 €",
        "½",
        "Ёлка",
        "茶",
        "🍕",
        "☕",
        "قهوة",
        "Tea",
        "ğ",
        "Œuf",
        "δύο",
    ];
    prop::collection::vec(prop::sample::select(words), 1..5).prop_map(|words| words.join(" "))
}

fn item() -> impl Strategy<Value = ReceiptItem> {
    let amount =
        || prop::option::of(prop_oneof!["-?[0-9]{1,4}\\.[0-9]{2}".boxed(), hostile().boxed()]);
    (hostile(), amount(), amount(), amount(), prop::collection::vec(hostile(), 0..3)).prop_map(
        |(name, quantity, price, total, notes)| ReceiptItem {
            name,
            quantity: quantity.map(Quantity),
            price: price.map(Money),
            total: total.map(Money),
            notes,
            ..ReceiptItem::default()
        },
    )
}

fn sums() -> impl Strategy<Value = Vec<ReceiptTotal>> {
    let one = (hostile(), hostile()).prop_map(|(label, amount)| ReceiptTotal {
        label,
        amount: Money(amount),
        ..ReceiptTotal::default()
    });
    prop::collection::vec(one, 0..3)
}

fn receipt() -> impl Strategy<Value = Receipt> {
    let some = || prop::option::of(hostile());
    let lines = || prop::collection::vec(hostile(), 0..3);
    let facts = (some(), some(), some(), some(), some(), some(), some());
    (lines(), facts, prop::collection::vec(item(), 0..6), sums(), some(), sums(), lines(), lines())
        .prop_map(|(header, facts, items, totals, total, payments, notes, footer)| {
            let (title, order, table, date, customer, cashier, currency) = facts;
            let total = total.map(Money);
            let payment = |sum: ReceiptTotal| Payment {
                method: sum.label,
                amount: Some(sum.amount),
                ..Payment::default()
            };
            Receipt {
                frame: Frame { header, title, footer, ..Frame::default() },
                order,
                table,
                date,
                customer: customer.map(Customer::named),
                cashier,
                items,
                totals,
                total,
                payments: payments.into_iter().map(payment).collect(),
                notes,
                currency,
                ..Receipt::default()
            }
        })
}

fn document() -> impl Strategy<Value = Document> {
    prop_oneof![
        hostile().prop_map(Document::Text),
        receipt().prop_map(|receipt| Document::Receipt(Box::new(receipt))),
    ]
}

/// A test page draws dots of its own as well: its commands are looked at where every field is.
fn test_page() -> impl Strategy<Value = Document> {
    prop::collection::vec(hostile(), 0..4).prop_map(|lines| Document::TestPage { lines })
}

fn profile() -> impl Strategy<Value = Profile> {
    let all: Vec<Profile> =
        Catalogue::builtin().profiles().map(|one| Profile::clone(one)).collect();
    prop::sample::select(all)
}

fn mark() -> impl Strategy<Value = Option<Mark>> {
    prop::sample::select(vec![None, Some(Mark::Reprint), Some(Mark::PossibleDuplicate)])
}

/// Bytes that are dense in commands.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..20),
        (prop::sample::select(vec![0x10u8, 0x1b, 0x1c, 0x1d]), any::<[u8; 6]>())
            .prop_map(|(lead, rest)| [&[lead][..], &rest].concat()),
    ];
    prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

/// Checks that a job has only the commands that an encoder writes, in their places, that no line is wider than the paper, and
/// that nowhere in it stands a real-time command.
fn only_ours(bytes: &[u8], profile: &Profile) -> Result<(), TestCaseError> {
    let mut inits = 0;
    let mut cuts = 0;
    let mut dots = 0;
    let mut times = 1;
    let mut kanji = Switch::Off;
    let mut odd = Vec::new();
    scan(bytes, &mut |token| match token {
        Token::Text(text) => {
            dots += text.len() * times * 12;
            if dots > profile.columns * 12 || cuts > 0 {
                odd.push(format!("{dots} dots, {cuts} cuts"));
            }
            if kanji == Switch::On && text.len() % 2 != 0 {
                odd.push("half a character".into());
            }
        }
        Token::Control(b'\n') => dots = 0,
        Token::Command(Command::Init, _) => inits += 1,
        Token::Command(Command::KanjiMode(switch), _) => kanji = switch,
        Token::Command(Command::Feed(Feed::Lines(_)), _) => {}
        Token::Command(Command::CodePage(n), _) if profile.code_page(n).is_some() => {}
        Token::Command(Command::Style(Style::Size { width, .. }), _) => times = width.into(),
        Token::Command(Command::Style(Style::Align(_) | Style::Bold(_) | Style::Inverse(_)), _) => {
        }
        Token::Command(Command::Style(Style::Mode(mode)), _)
            if profile.has_quirk(Quirk::NoGsSize) =>
        {
            times = if mode & 0x20 == 0 { 1 } else { 2 };
        }
        Token::Command(Command::Other, [0x1B, b'r', 0 | 1])
            if profile.has_quirk(Quirk::NoGsInverse) => {}
        Token::Command(Command::BitImage { columns, rows: 24 }, _)
            if profile.inline_images == Support::Yes || profile.graphics == Graphics::Columns =>
        {
            dots += columns;
            if dots > profile.dots {
                odd.push(format!("{dots} dots"));
            }
        }
        // A dot of the pins is two of the paper.
        Token::Command(Command::BitImage { columns, rows: 8 }, _)
            if profile.graphics == Graphics::Pins =>
        {
            dots += columns * 2;
            if dots > profile.dots + 2 {
                odd.push(format!("{dots} dots"));
            }
        }
        Token::Command(Command::Raster { width_bytes, .. }, _)
            if width_bytes * 8 <= profile.dots && dots == 0 => {}
        // Strips of columns stand close together.
        Token::Command(Command::Style(Style::LineSpacing(Some(24) | None)), _)
            if profile.graphics == Graphics::Columns => {}
        Token::Command(Command::Style(Style::LineSpacing(Some(16) | None)), _)
            if profile.graphics == Graphics::Pins => {}
        // The second half of a stored image.
        Token::Command(Command::Graphics(50), _) | Token::Data(_) => {}
        Token::Command(Command::Cut(Cut { feed: None, .. }), _) => cuts += 1,
        other => odd.push(format!("{other:?}")),
    });
    let real_time = bytes.windows(2).any(|pair| matches!(pair, [0x10, 0x04 | 0x05 | 0x14]));
    prop_assert!(!real_time);
    prop_assert_eq!(odd, Vec::<String>::new());
    prop_assert_eq!(inits, 1);
    prop_assert_eq!(cuts, usize::from(!profile.cut.is_empty()));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_text_becomes_a_command(document in document(), profile in profile(), mark in mark()) {
        if let Ok(encoded) = encode(&document, &profile, mark) {
            only_ours(&encoded.bytes, &profile)?;
            prop_assert_eq!(encode(&document, &profile, mark).unwrap(), encoded);
        }
    }

    #[test]
    fn words_are_on_paper_in_their_order(words in prop::collection::vec("[a-zA-Zéèüß]{1,12}", 1..60), profile in profile()) {
        let encoded = encode(&Document::Text(words.join(" ")), &profile, None).unwrap();
        let paper = text_view(&encoded.bytes, &profile);
        let seen: Vec<&str> = paper.split_whitespace().filter(|word| !matches!(*word, "✂" | "-")).collect();
        prop_assert_eq!(seen, words);
        prop_assert_eq!(encoded.notes, []);
    }

    #[test]
    fn a_receipt_has_all_its_words_in_order(names in prop::collection::vec("[a-z]{1,9}( [a-z]{1,9}){0,6}", 1..20), profile in profile()) {
        let item = |name: &String| ReceiptItem { name: name.clone(), quantity: Some(Quantity("2".into())), ..ReceiptItem::default() };
        let receipt = Receipt { items: names.iter().map(item).collect(), total: Some(Money("9.90".into())), ..Receipt::default() };
        let encoded = encode(&Document::Receipt(Box::new(receipt)), &profile, None).unwrap();
        let paper = text_view(&encoded.bytes, &profile);
        let seen: Vec<&str> = paper.split_whitespace().filter(|word| word.bytes().all(|b| b.is_ascii_lowercase()) && *word != "x").collect();
        let all = names.join(" ");
        let wanted: Vec<&str> = all.split(' ').filter(|word| *word != "x").collect();
        prop_assert_eq!(seen, wanted);
        prop_assert!(paper.contains("TOTAL"));
    }

    /// Lines that are drawn stand between lines of text: the characters of those come out as they are, on whatever page.
    #[test]
    fn no_character_becomes_another_beside_lines_that_are_drawn(header in mixed(), names in prop::collection::vec(mixed(), 1..12), profile in profile()) {
        let item = |name: String| ReceiptItem { name, total: Some(Money("5.00".into())), ..ReceiptItem::default() };
        let frame = Frame { header: vec![header], ..Frame::default() };
        let items = names.into_iter().map(item).collect();
        let document = Document::Receipt(Box::new(Receipt { frame, items, currency: Some("EUR".into()), total: Some(Money("9.00".into())), ..Receipt::default() }));
        let bytes = encode(&document, &profile, None).unwrap().bytes;
        // What no page has is printed as this sign; no word has it.
        let paper = text_view(&bytes, &profile);
        prop_assert!(!paper.contains('#'), "{}:\n{paper}", profile.name);
    }

    #[test]
    fn a_broken_job_is_cleaned_up(document in prop_oneof![4 => document(), 1 => test_page()], profile in profile(), from in 0usize..4096, more in 0usize..64) {
        let Ok(encoded) = encode(&document, &profile, None) else { return Ok(()) };
        let bytes = encoded.bytes;
        let first = from % (bytes.len() + 1);
        let last = (first + more).min(bytes.len());
        let clean = clean_up(&bytes, first..=last, &profile);
        for at in first..=last {
            let mut scanner = Scanner::new();
            scanner.push(&bytes[..at], &mut |_| {});
            prop_assert!(scanner.pending() == Pending::Clean || !is_boundary(&bytes, at));
            let mut init = false;
            scanner.push(&clean, &mut |token| init |= matches!(token, Token::Command(Command::Init, _)));
            prop_assert!(init && scanner.pending() == Pending::Clean, "{}", at);
        }
    }

    #[test]
    fn any_bytes_can_be_looked_at(bytes in stream(), profile in profile()) {
        let view = text_view(&bytes, &profile);
        // The greediest command feeds 255 lines with three bytes; a byte fills at most one line of columns with 3-byte characters.
        prop_assert!(view.len() <= bytes.len() * (profile.columns * 4 + 100) + 64);
        prop_assert!(view.chars().all(|c| c == '\n' || !c.is_control()));
    }
}

#[test]
fn a_long_stream_is_looked_at_in_linear_time() {
    let profile = Profile::builtin("generic-80").unwrap();
    let hard: Vec<u8> = b"\x1b&\x03\x20\xff\x1d\x1b\x10\x1bD\x01\x02".repeat(200_000);
    let begin = std::time::Instant::now();
    text_view(&hard, &profile);
    let text = "word \u{1b} é Ł ".repeat(10_000);
    encode(&Document::Text(text), &profile, None).unwrap();
    assert!(begin.elapsed().as_secs() < 20, "{:?}", begin.elapsed());
}
