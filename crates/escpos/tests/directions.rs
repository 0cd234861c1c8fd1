//! Text that is read from right to left, and what within it is not: numbers, and what a page says of its parts.
//!
//! All of it is drawn, so that two papers say the same where their dots are the same.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_escpos::{Profile, encode};
use platen_job::Document;
use serde_json::{Value, json};

fn paper(document: &Document) -> Vec<u8> {
    encode(document, &Profile::builtin("generic-80").unwrap(), None).unwrap().bytes
}

fn receipt(sent: &Value) -> Vec<u8> {
    paper(&Document::from_json(sent.to_string().as_bytes()).unwrap().0)
}

fn html(page: &str) -> Vec<u8> {
    paper(&Document::Html(page.into()))
}

/// What stands between these marks is read from left to right as one.
fn marked(number: &str) -> String {
    format!("\u{200e}{number}\u{200e}")
}

const NUMBERS: [&str; 6] = [
    "+213 555 12 34 56",
    "0555-12-34-56",
    "(021) 55-12-34",
    "16/00-0123456B22",
    "17-A",
    "٠٥٥٥ ١٢ ٣٤ ٥٦",
];

#[test]
fn numbers_of_several_groups_keep_their_order_in_any_text() {
    for number in NUMBERS {
        for [before, behind] in [["هاتف: ", ""], ["اتصل بنا ", " كل يوم"], ["טלפון: ", "."]]
        {
            let text = |number: &str| format!("{before}{number}{behind}");
            let plain = paper(&Document::Text(text(number)));
            let parted = number.replace([' ', '-', '/'], "\u{200f} \u{200f}");
            assert!(plain != paper(&Document::Text(text(&parted))), "{number} in any order");
            assert!(plain == paper(&Document::Text(text(&marked(number)))), "{number} in a text");
            let sent = |number: &str| json!({"type": "receipt", "language": "ar", "footer": [text(number)]});
            let plain = receipt(&sent(number));
            assert!(plain == receipt(&sent(&marked(number))), "{number} in a footer");
            let page = |number: &str| format!("<html dir=rtl><p>{}</p>", text(number));
            assert!(html(&page(number)) == html(&page(&marked(number))), "{number} on a page");
        }
    }
}

#[test]
fn fields_that_hold_such_numbers_keep_their_order() {
    let sent = |number: &str| {
        json!({
            "type": "receipt", "language": "he", "order": number, "number": number, "table": number,
            "customer": {"name": "דנה", "phone": number, "tax_id": number},
            "delivery": {"courier": "אבי", "phone": number},
            "payments": [{"method": "אשראי", "reference": number}],
            "items": [{"name": "קפה", "price": "5.00"}],
        })
    };
    // Also what no text on its own could be told from a list.
    for number in NUMBERS.iter().chain(&["98 B 0123456", "1 2", "12/7 A"]) {
        assert!(receipt(&sent(number)) == receipt(&sent(&marked(number))), "{number}");
    }
}

#[test]
fn other_numbers_stand_as_their_language_has_them() {
    for text in ["قهوة 2 1200", "من 10:00 - 12:00", "28/11/2026 17:05 مساء"] {
        let marked = text.replace(' ', "\u{200f} \u{200f}");
        assert!(paper(&Document::Text(text.into())) == paper(&Document::Text(marked)), "{text}");
    }
}

/// Pairs of pages that say the same: by an element, and by marks of direction.
#[test]
fn parts_of_a_page_are_read_in_the_direction_that_they_are_given() {
    let right_to_left = |body: &str| format!("<html dir=rtl><body>{body}</body></html>");
    let parts = [
        ("<p>אב <bdi>A 1</bdi> 2 גד</p>", "<p>אב A 1&rlm; 2 גד</p>"),
        ("<p>אב <span dir=ltr>A 1</span> 2 גד</p>", "<p>אב A 1&rlm; 2 גד</p>"),
        ("<p>אב <span dir=auto>A 1</span> 2 גד</p>", "<p>אב A 1&rlm; 2 גד</p>"),
        ("<p>אב <span dir=ltr>10 - 12</span></p>", "<p>אב &lrm;10 - 12&lrm;</p>"),
        ("<p>אב <span dir=ltr>(5)!</span></p>", "<p>אב &lrm;(5)!&lrm;</p>"),
        ("<p>אב <b dir=ltr>5%</b> ג</p>", "<p>אב <b>&lrm;5%&lrm;</b> ג</p>"),
        (
            "<p>אב <span style='direction:ltr;unicode-bidi:isolate'>10 - 12</span></p>",
            "<p>אב &lrm;10 - 12&lrm;</p>",
        ),
    ];
    for (said, meant) in parts {
        let (said, meant) = (right_to_left(said), right_to_left(meant));
        assert!(html(&said) == html(&meant), "{said}");
    }
    let in_english = [
        ("<p>Name <bdi>אב</bdi> 12</p>", "<p>Name אב&lrm; 12</p>"),
        ("<p>Name <span dir=rtl>אב!</span> 12</p>", "<p>Name אב!&rlm;&lrm; 12</p>"),
    ];
    for (said, meant) in in_english {
        assert!(html(said) == html(meant), "{said}");
    }
}

#[test]
fn cells_and_paragraphs_have_a_direction_of_their_own() {
    // The same words from left to right on both papers.
    let alone = html("<p dir=ltr>&lrm;אב, A (1)</p>");
    for said in [
        "<html dir=rtl><p>גד</p><p dir=ltr>אב, A (1)</p>",
        "<html dir=rtl><p>גד</p><div dir=ltr><p>אב, A (1)</p></div>",
        "<html dir=rtl><p>גד</p><div dir=ltr><p>אב, <span>A</span> (1)</p></div>",
    ] {
        let paper = html(&said.replace("<p>גד</p>", "<p>גדהוזחטיכלמנסעפצקרשת</p>"));
        let other = html(
            &said.replace("<p>גד</p>", "<p>גדהוזחטיכלמנסעפצקרשת</p>").replace("dir=ltr", "dir=rtl"),
        );
        assert!(paper != other, "{said}");
        // The last drawn line of it is the line alone.
        let line = |paper: &[u8]| {
            paper.windows(4).rposition(|bytes| bytes == b"\x1dv0\0").map(|at| paper[at..].to_vec())
        };
        assert!(line(&paper) == line(&alone), "{said}");
    }
    let row = |attribute: &str| {
        format!(
            "<html dir=rtl><table width='100%'><tr><td>שם</td><td {attribute}>אב, A</td></tr></table>"
        )
    };
    assert!(html(&row("dir=ltr")) != html(&row("")));
    assert!(html(&row("dir=rtl")) == html(&row("")));
}
