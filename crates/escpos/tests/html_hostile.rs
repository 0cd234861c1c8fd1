//! Hostile HTML: a refusal with its reason, or a receipt; never a command, a hang or a great deal of memory.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_escpos::{Catalogue, Command, EncodeError, HtmlError, Profile, Token, encode, scan};
use platen_job::Document;
use proptest::prelude::{Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
use proptest::test_runner::Config;

fn result(html: String) -> Result<Vec<u8>, EncodeError> {
    let profile = Profile::builtin("generic-80").unwrap();
    encode(&Document::Html(html), &profile, None).map(|encoded| encoded.bytes)
}

/// The reason of a refusal, or the number of bytes.
fn refusal(html: String) -> Result<usize, HtmlError> {
    match result(html) {
        Ok(bytes) => Ok(bytes.len()),
        Err(EncodeError::Html(error)) => Err(error),
        Err(EncodeError::TooLong { .. } | EncodeError::Empty | EncodeError::AllLeftOut(_)) => Ok(0),
        Err(error) => panic!("{error}"),
    }
}

/// Unoptimised code gets a tenth of what the limits allow.
const MUCH: usize = if cfg!(debug_assertions) { 1 } else { 10 };

#[test]
fn too_much_is_refused() {
    let deep = Err(HtmlError::TooDeep { limit: 256 });
    assert_eq!(refusal("<div>".repeat(100_000)), deep);
    assert_eq!(refusal("<table><tr><td>".repeat(50_000)), deep);
    assert_eq!(refusal("<svg>".repeat(100_000)), deep);

    let nodes = Err(HtmlError::TooManyNodes { limit: 200_000 });
    assert_eq!(refusal(format!("<table>{}", "<tr><td>1<td>2".repeat(60_000))), nodes);
    assert_eq!(refusal("<p>".repeat(300_000)), nodes);
    // Every paragraph repeats all fonts that are still open.
    assert_eq!(refusal((0..100_000).map(|n| format!("<p><font size={n}>x</p>")).collect()), deep);
    assert_eq!(refusal("<p>x".repeat(1_500_000)), Err(HtmlError::TooLarge { limit: 4 << 20 }));
    let costly = Err(HtmlError::TooCostly);
    for piece in ["&amp;", "<"] {
        assert_eq!(refusal(piece.repeat(700_000)), costly, "{piece:?}");
    }
    let attributes = Err(HtmlError::TooManyAttributes { limit: 2_000 });
    let names: String = (0..300_000).map(|n| format!(" a{n}")).collect();
    assert_eq!(refusal(format!("<p{names}>x</p>")), attributes);
    let rules: String = (0..9_999).map(|n| format!("*{{width:{n}px}}")).collect();
    let html = format!("<style>{rules}</style>{}", "<p>x".repeat(50_000));
    assert_eq!(refusal(html), costly);
}

#[test]
fn what_is_allowed_is_printed_or_too_long() {
    let html = [
        format!("{}deep", "<div style='display:flex'>x".repeat(240)),
        format!("{}deep", "<table><tr><td>a<td>".repeat(60)),
        format!("{}deep", "<ul><li>x".repeat(120)),
        format!(
            "{}deep",
            "<div style='display:grid;grid-template-columns:1fr 1fr'><i>x</i><b>".repeat(120)
        ),
        format!("{}deep", "<span style='float:right'>x".repeat(240)),
        format!("{}{}א", "<bdi>".repeat(240), "<i></i>".repeat(5_000 * MUCH)),
        format!("א{}", "<bdi>1 א <span dir=ltr>2</span></bdi>".repeat(2_000 * MUCH)),
        "<table><tr><td colspan=1000000000 rowspan=1000000000>a<td colspan=99999999999999999999>b"
            .into(),
        format!("<table>{}", "<tr><td rowspan=0>a<td>b".repeat(2_000 * MUCH)),
        format!("<table><tr>{}", "<td>1".repeat(6_000 * MUCH)),
        format!("<style>{}</style>x", "a{b:c}".repeat(50_000 * MUCH)),
        format!("<style>{}</style>x", "@media print{".repeat(30_000 * MUCH)),
        format!("<style>{}x</style>x", "/*".repeat(100_000 * MUCH)),
        format!("<style>{}</style>x", "a ".repeat(100_000 * MUCH)),
        format!(
            "<style>p{{{}}}</style>{}",
            "width:1%;".repeat(30_000 * MUCH),
            "<p>x".repeat(9_000)
        ),
        format!("<style>{}{{color:red}}</style>{}x", "b ".repeat(15), "<b>".repeat(240)),
        format!("<p class='{}'>x", "a ".repeat(100_000 * MUCH)),
        format!("<p style='{}'>x", "margin:1px;".repeat(30_000 * MUCH)),
        format!("<p style='{}'>x", "(".repeat(300_000 * MUCH)),
        "&amp;".repeat(80_000 * MUCH),
        format!("<p>{}", "&#".repeat(100_000 * MUCH)),
        "x".repeat(400_000 * MUCH),
        "x ".repeat(200_000 * MUCH),
        "\0".repeat(400_000 * MUCH),
        "<".repeat(400_000 * MUCH),
        "<a".repeat(200_000 * MUCH),
        "</p>".repeat(19_000 * MUCH),
        "</li>".repeat(80_000 * MUCH),
        format!("{}{}", "<div>".repeat(240), "</li>".repeat(70_000 * MUCH)),
        format!("<pre>{}", "\n".repeat(400_000 * MUCH)),
        format!("<pre>{}", "\t".repeat(100_000 * MUCH)),
        format!("<img src='data:image/png;base64,{}'>x", "A".repeat(400_000 * MUCH)),
        "<img src='data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA'>x".repeat(1_000),
        format!("<svg>{}</svg>x", "<rect/>".repeat(10_000 * MUCH)),
        format!("<svg><g>{}</g></svg>x", "<svg>".repeat(200)),
        format!("<!--{}", "-".repeat(400_000 * MUCH)),
        format!("<ol start=9223372036854775807>{}", "<li>x".repeat(1_000)),
        "<table><b>".repeat(60) + &"<i>x".repeat(60),
        "<a><div>".repeat(100) + &"</a>".repeat(1_000),
        "<p style='font-size:1e38em'><p style='margin:-99999999px;width:-1%'>x".into(),
    ];
    for html in html {
        let begin: String = html.chars().take(60).collect();
        let bytes = refusal(html);
        assert!(!matches!(bytes, Err(HtmlError::TooLarge { .. })), "{begin}");
    }
}

/// Pieces of HTML as somebody writes it who wants to break something.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        any::<String>(),
        "[a-z ]{1,20}",
        "<(table|tr|td|th|div|p|span|b|ul|ol|li|pre|svg|img|br|hr|h1|dl|dd|a|font|center|template|select|caption|col|bdi|span dir=rtl|p dir=ltr|tbody)( style='(display:(flex|grid|table|table-row|table-cell|inline-block|none)|float:(left|right)|width:[0-9]{1,3}%|white-space:pre|font-size:[0-9]{1,2}px|direction:rtl|height:0|overflow:hidden|margin-left:-9999px|border:1px solid|page-break-after:always);?')?>",
        "</(table|tr|td|div|p|span|b|ul|svg|a|body|html|template)>",
        "<(td|th) (colspan|rowspan|width)='?[0-9]{1,5}%?'?>",
        "<style>[a-z.#*>{}:;@ ]{0,40}</style>",
        prop::sample::select(vec![
            "\u{1b}@",
            "\u{1d}V\0",
            "\u{10}\u{14}\u{1}\0\u{1}",
            "&#27;@",
            "&#x1d;V&#0;",
            "&#16;&#4;&#1;",
            "<!--",
            "-->",
            "<![CDATA[",
            "<?php",
            "\0",
            "茶",
            "שלום",
            "<math><mi>",
            "<svg><foreignObject>",
            "<frameset>",
            "<plaintext>",
            "<body style='",
            "<p a='\">",
            "&nbsp;",
            "&",
            "<textarea>",
            "12.50",
            "👩‍🍳",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn profile() -> impl Strategy<Value = Profile> {
    let all: Vec<Profile> =
        Catalogue::builtin().profiles().map(|one| Profile::clone(one)).collect();
    prop::sample::select(all)
}

proptest! {
    #![proptest_config(Config::with_cases(400))]

    #[test]
    fn no_html_yields_a_command_of_its_own(html in hostile(), profile in profile()) {
        let document = Document::Html(html);
        if let Ok(encoded) = encode(&document, &profile, None) {
            let mut odd = Vec::new();
            scan(&encoded.bytes, &mut |token| match token {
                Token::Text(_) | Token::Control(b'\n') => {}
                Token::Command(
                    Command::Init | Command::KanjiMode(_) | Command::Feed(_) | Command::CodePage(_) | Command::Style(_)
                    | Command::Cut(_) | Command::Raster { .. } | Command::BitImage { .. } | Command::Graphics(_),
                    _,
                ) => {}
                Token::Data(_) => {}
                other => odd.push(format!("{other:?}")),
            });
            prop_assert_eq!(odd, Vec::<String>::new());
            prop_assert_eq!(encode(&document, &profile, None).unwrap(), encoded);
        }
    }
}
