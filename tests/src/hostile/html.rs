//! Pages that grow, repeat or never end.

use super::HostileFile;
use base64::Engine;

pub(super) fn files() -> Vec<HostileFile> {
    let page = |name: &str, html: String| HostileFile::new(format!("html-{name}"), "html", html);
    let rules: String = (0..9_999).map(|n| format!("*{{width:{n}px}}")).collect();
    let fonts: String = (0..100_000).map(|n| format!("<p><font size={n}>x</p>")).collect();
    let names: String = (0..300_000).map(|n| format!(" a{n}")).collect();
    let drawing = "<svg width='576' height='576'><filter id='f'><feTurbulence baseFrequency='.1' numOctaves='4'/></filter>\
                   <rect width='576' height='576' filter='url(#f)'/></svg>";
    vec![
        page("deep-blocks", "<div>".repeat(100_000)),
        page("deep-tables", "<table><tr><td>".repeat(50_000)),
        page("nested-tables", format!("{}deep", "<table><tr><td>a<td>".repeat(60))),
        page("nested-flex", format!("{}deep", "<div style='display:flex'>x".repeat(240))),
        page("nested-floats", format!("{}deep", "<span style='float:right'>x".repeat(240))),
        page("paragraphs", "<p>".repeat(300_000)),
        page("open-fonts", fonts),
        page("table-cells", format!("<table><tr>{}", "<td>1".repeat(60_000))),
        page("table-rows", format!("<table>{}", "<tr><td>1<td>2".repeat(30_000))),
        page("spans", format!("<table>{}", "<tr><td rowspan=0>a<td>b".repeat(20_000))),
        page("great-spans", "<table><tr><td colspan=1000000000 rowspan=1000000000>a<td colspan=99999999999999999999>b".into()),
        page("rules", format!("<style>{rules}</style>{}", "<p>x".repeat(50_000))),
        page("declarations", format!("<style>p{{{}}}</style>{}", "width:1%;".repeat(300_000), "<p>x".repeat(9_000))),
        page("attributes", format!("<p{names}>x</p>")),
        page("classes", format!("<p class='{}'>x", "a ".repeat(1_000_000))),
        page("brackets", format!("<p style='{}'>x", "(".repeat(3_000_000))),
        page("entities", "&amp;".repeat(800_000)),
        page("half-entities", format!("<p>{}", "&#".repeat(1_000_000))),
        page("half-tags", "<a".repeat(2_000_000)),
        page("end-tags", format!("{}{}", "<div>".repeat(240), "</li>".repeat(700_000))),
        page("misnested", format!("{}{}", "<a><div>".repeat(100), "</a>".repeat(100_000))),
        page("one-word", "x".repeat(4_000_000)),
        page("words", "x ".repeat(2_000_000)),
        page("lines", format!("<pre>{}", "\n".repeat(4_000_000))),
        page("tabs", format!("<pre>{}", "\t".repeat(1_000_000))),
        page("zeros", "\0".repeat(4_000_000)),
        page("comment", format!("<!--{}", "-".repeat(4_000_000))),
        page("arabic", "<p>قهوة طازجة ومخبوزات</p>".repeat(40_000)),
        page("accents", format!("<p>{}", "a\u{301}\u{302}\u{303}".repeat(300_000))),
        page("one-cluster", format!("<p>a{}", "\u{301}".repeat(1_000_000))),
        page("joined-emoji", format!("<p>{}", "\u{1f469}\u{200d}".repeat(300_000))),
        page("turned-text", format!("<p>{}", "\u{202e}a\u{202d}b".repeat(300_000))),
        page("scripts-in-turn", format!("<p>{}", "aقגไकক☕".repeat(60_000))),
        page("missing-letters", format!("<p>{}", ('\u{10380}'..'\u{1039e}').collect::<String>().repeat(10_000))),
        page("pictures", pictures()),
        page("drawings", drawing.repeat(500)),
        page("drawing-elements", format!("<svg>{}</svg>x", "<rect/>".repeat(100_000))),
        page("drawing-text", format!("<svg width='576' height='576'><text>{}</text></svg>", "क".repeat(4_500)).repeat(20)),
    ]
}

/// A thousand pictures, each large.
fn pictures() -> String {
    let png = base64::prelude::BASE64_STANDARD.encode(super::picture::png(4_000, 4_000));
    format!("<img src='data:image/png;base64,{png}'>").repeat(60)
}
