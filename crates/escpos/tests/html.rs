//! HTML receipts as they come out on paper, against texts that a person has looked at.
//!
//! `PLATEN_GOLDEN=write cargo test -p platen-escpos --test html` writes the texts anew: look at them before you keep them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_escpos::paper::Paper;
use platen_escpos::{Encoded, Note, Profile, encode, text_view};
use platen_job::Document;
use std::path::Path;

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
}

fn encoded(html: &str, profile: &str) -> Encoded {
    encode(&Document::Html(html.into()), &Profile::builtin(profile).unwrap(), None).unwrap()
}

fn paper(html: &str, profile: &str) -> String {
    text_view(&encoded(html, profile).bytes, &Profile::builtin(profile).unwrap())
}

/// The lines of a document's body on 32 columns, without the feed at the end.
fn lines(html: &str) -> Vec<String> {
    let paper = paper(html, "generic-58");
    paper.trim_end().lines().map(str::to_owned).collect()
}

/// What was left out, by name.
fn left_out(html: &str) -> Vec<(&'static str, usize)> {
    let notes = encoded(html, "generic-80").notes.into_iter();
    notes
        .filter_map(|note| match note {
            Note::HtmlLeftOut { element, count } => Some((element, count)),
            _ => None,
        })
        .collect()
}

fn assert_golden(name: &str) {
    let html = std::fs::read_to_string(folder("html").join(format!("{name}.html"))).unwrap();
    for (columns, profile) in [(32, "generic-58"), (48, "generic-80")] {
        let actual = paper(&html, profile);
        let path = folder("golden/html").join(format!("{name}-{columns}.txt"));
        if std::env::var("PLATEN_GOLDEN").is_ok_and(|word| word == "write") {
            std::fs::write(&path, &actual).unwrap();
        }
        let kept = std::fs::read_to_string(&path).unwrap();
        assert_eq!(actual, kept, "{name} came out differently on {columns} columns:\n{actual}");
    }
}

#[test]
fn a_bootstrap_table() {
    assert_golden("bootstrap-table");
}

#[test]
fn flex_rows() {
    assert_golden("flex-rows");
}

#[test]
fn a_kitchen_ticket_in_large_type() {
    assert_golden("kitchen");
}

/// All its words are drawn: the picture of the paper is what a person reads.
#[test]
fn an_arabic_receipt() {
    assert_golden("arabic");
    let html = std::fs::read_to_string(folder("html").join("arabic.html")).unwrap();
    let profile = Profile::builtin("generic-80").unwrap();
    let png = Paper::read(&encoded(&html, "generic-80").bytes, &profile).picture();
    let path = folder("golden/html").join("arabic-48.png");
    if std::env::var("PLATEN_GOLDEN").is_ok_and(|word| word == "write") {
        std::fs::write(&path, &png).unwrap();
    }
    assert!(png == std::fs::read(&path).unwrap(), "arabic-48.png came out differently");
}

#[test]
fn an_invoice_with_a_tax_table() {
    assert_golden("invoice");
}

#[test]
fn tables_in_tables_as_mails_have_them() {
    assert_golden("nested-tables");
}

#[test]
fn preformatted_text() {
    assert_golden("preformatted");
}

#[test]
fn a_shop_systems_style_sheet() {
    assert_golden("woocommerce");
}

#[test]
fn an_order_mail_with_sizes_and_a_sale_price() {
    assert_golden("order-mail");
}

#[test]
fn a_point_of_sale_page_without_its_style_sheet() {
    assert_golden("odoo");
}

#[test]
fn a_bill_of_flex_boxes() {
    assert_golden("flex-bill");
}

#[test]
fn a_bill_of_tables_in_tables_with_tax_codes() {
    assert_golden("table-bill");
}

#[test]
fn a_till_roll_with_cells_aligned_by_attributes() {
    assert_golden("till-roll");
}

#[test]
fn floats_a_grid_and_text_at_the_end() {
    assert_golden("floats");
}

#[test]
fn a_logo_in_the_document() {
    assert_golden("logo");
}

#[test]
fn a_qr_code_as_svg() {
    assert_golden("svg-qr");
}

#[test]
fn white_space_folds_as_in_a_browser() {
    let html = "  <p> One \n two<b> three</b> <i> four</i>five </p>\n <div>six<div> seven </div> eight</div>";
    assert_eq!(lines(html), ["One two three fourfive", "", "six", "seven", "eight"]);
    assert_eq!(lines("<pre>\n  a\n\n    b\tc</pre>"), ["  a", "", "    b   c"]);
    assert_eq!(lines("<div style='white-space:pre-line'>a   b\n c</div>"), ["a b", "c"]);
    assert_eq!(
        lines("a<br>b<br/>c&nbsp;&nbsp;d &eacute;&#8364;&amp;lt;"),
        ["a", "b", "c  d é€&lt;"]
    );
}

#[test]
fn blank_lines_do_not_pile_up() {
    let many = "<p>&nbsp;</p>".repeat(50) + &"<br>".repeat(50);
    let html = format!("{many}<h1>A</h1>{many}<p>B</p>{many}");
    assert_eq!(lines(&html), ["A", "", "", "", "B"]);
    assert_eq!(lines("<p>a</p><div style='height:500px'></div><p>b</p>"), ["a", "", "", "", "b"]);
    assert_eq!(lines("<p>a<p><p><hr><br><p>b"), ["a", &"─".repeat(32), "", "b"]);
}

#[test]
fn head_and_hidden_elements_are_not_printed() {
    let html = "<head><title>T</title><style>.x{display:none}@media print{.y{display:none}}@media screen{.z{display:none}}\
                </style></head><body><p class=x>1<p class=y>2<p class=z>3<p hidden>4<p style='display:none'>5\
                <p style='visibility:hidden'>6</p><template>7</template><noscript>8</noscript><!-- 9 -->";
    assert_eq!(lines(html), ["3", "", "8"]);
}

#[test]
fn what_is_left_out_is_named_and_counted() {
    let html = "<script>document.write('x')</script><link rel=stylesheet href=a.css><link rel=icon href=b.ico>\
                <canvas>no</canvas><canvas></canvas><iframe src=x>no</iframe><video></video><img src='https://example.com/x.png'>\
                <form><input value=secret><select><option>no</select><textarea>no</textarea>shown</form><blink>also</blink>";
    assert_eq!(
        left_out(html),
        [
            ("canvas", 2),
            ("iframe", 1),
            ("img", 1),
            ("input", 1),
            ("link", 1),
            ("script", 1),
            ("select", 1),
            ("textarea", 1),
            ("video", 1)
        ]
    );
    assert_eq!(lines(html), ["shown", "also"]);
    assert_eq!(left_out("<p>plain</p>"), []);
}

#[test]
fn lists_have_markers_and_hang() {
    let html = "<ol start=9><li>nine<li>ten is a long item that wraps here<ul><li>in</ul></ol><ul style='list-style:none'><li>none</ul>\
                <ol type=a><li>x</ol>";
    assert_eq!(
        lines(html),
        [
            " 9. nine",
            "10. ten is a long item that",
            "    wraps here",
            "    • in",
            "",
            "  none",
            "",
            "a. x"
        ]
    );
}

#[test]
fn cells_that_span_and_floats_keep_their_places() {
    let html = "<table width=100%><tr><td rowspan=2>A<td>b<td>1.00<tr><td>c<td>2.00<tr><td colspan=9>All<tr><td colspan=2>Sum<td>3.00</table>";
    assert_eq!(
        lines(html),
        [
            "A             b             1.00",
            "              c             2.00",
            "All",
            "Sum                         3.00"
        ]
    );
    let html = "<div><span style='float:right'>5.00</span>Tea</div><div style='float:left'>L</div><div style='float:right'>R</div><div style='clear:both'></div>\
                <span style='display:inline-block;width:75%'>x</span><span style='display:inline-block;width:25%;text-align:right'>9</span>";
    assert_eq!(
        lines(html),
        [
            "Tea                         5.00",
            "L                              R",
            "x                              9"
        ]
    );
}

#[test]
fn children_of_a_column_and_of_a_grid_stand_below_each_other() {
    let column = "<div style='display:flex;flex-direction:column'>\
                  <span>Order</span><span>1234</span><span>56.78</span></div>";
    assert_eq!(lines(column), ["Order", "1234", "56.78"]);
    assert_eq!(lines("<div style='display:grid'><b>G1</b><b>5.00</b></div>"), ["G1", "5.00"]);
    let beside = "<div style='display:flex;justify-content:space-between'><span>Cola</span>\
                  <div style='display:flex;flex-direction:column'><span>3.00</span><span>-0.50</span></div></div>";
    let said = lines(beside);
    assert!(said.iter().all(|line| !line.contains("3.00-0.50")), "{said:?}");
    assert!(said[0].starts_with("Cola") && said[0].ends_with("3.00"), "{said:?}");
    assert!(said[1].ends_with("-0.50"), "{said:?}");
}

#[test]
fn a_block_begins_beside_the_price_that_floats_before_it() {
    let item = |price: &str, name: &str| {
        format!("<div><div style='float:right'>{price}</div><div>{name}</div></div>")
    };
    let said = lines(&(item("7.10", "Latte") + &item("8.20", "Tea")));
    let columns =
        |name: &str, price: &str| format!("{name}{price:>width$}", width = 32 - name.len());
    assert_eq!(said, [columns("Latte", "7.10"), columns("Tea", "8.20")]);
}

#[test]
fn a_raised_number_is_no_part_of_the_one_before_it() {
    assert_eq!(lines("$1<sup>99</sup><br>2.50<sup>1</sup>"), ["$1 99", "2.50 1"]);
    assert_eq!(lines("<p>m<sup>2</sup> 1<sup>st</sup></p>"), ["m2 1st"]);
}

#[test]
fn pages_are_cut_apart() {
    let html = "<div style='page-break-before:always'>a</div><div style='break-after:page'>b</div><div>c</div><div style='page-break-after:always'>d</div>";
    let paper = paper(html, "generic-80");
    let cuts: Vec<&str> = paper.split('✂').collect();
    assert_eq!(cuts.len(), 3, "{paper}");
    assert!(cuts[0].contains('b') && cuts[1].contains("c\nd"), "{paper}");
}

/// However wide a cell says it is, the amount beside it is printed.
#[test]
fn cells_beside_a_cell_that_is_too_wide_are_printed() {
    for span in [2, 40, 99, 1_000_000_000] {
        let html = format!(
            "<table><tr><td>Tea<td>5.00<tr><td colspan={span}>Total<td align=right>9.00</table>"
        );
        let paper = lines(&html).join("\n");
        assert!(paper.contains("Total") && paper.contains("9.00"), "{span}: {paper}");
    }
}

#[test]
fn no_document_is_too_broken_to_print() {
    assert_eq!(lines("just text"), ["just text"]);
    assert_eq!(lines("<table><tr><td>a<table><tr><td>b</div></span>c"), ["a", "bc"]);
    assert_eq!(lines("<b><p>x</b>y</p><//><<>a<b"), ["xy", "", "<<>a"]);
    for nothing in [
        "",
        "<html>",
        "<p>&nbsp;",
        "<!doctype html><head><title>x</title>",
        "\0",
        "<br><hr style='display:none'>",
    ] {
        let profile = Profile::builtin("generic-80").unwrap();
        let result = encode(&Document::Html(nothing.into()), &profile, None);
        assert_eq!(result.unwrap_err(), platen_escpos::EncodeError::Empty, "{nothing:?}");
    }
}

/// A label that ends in a number is no amount: it begins where all labels do.
#[test]
fn labels_that_end_in_a_number_stand_with_the_other_labels() {
    let html = "<table width=100%><tr><td>2<td>Soap<td align=right>2.00<td align=right>4.00\
                <tr><td colspan=3>VAT 21%<td align=right>0.84<tr><td colspan=3>TVA 5,5 %<td align=right>0.10\
                <tr><td colspan=3>Bon 12<td align=right>1.00<tr><td colspan=3>Order 1004<td align=right>1.00</table>";
    assert_eq!(
        lines(html),
        [
            "2 Soap                 2.00 4.00",
            "VAT 21%                     0.84",
            "TVA 5,5 %                   0.10",
            "Bon 12                      1.00",
            "Order 1004                  1.00",
        ]
    );
}

#[test]
fn a_price_beside_its_label_stands_at_the_right_however_the_page_puts_it_there() {
    let row = "Soup                        4.50";
    for html in [
        "<div><span style='display:inline-block;width:200px'>Soup</span><span>4.50</span></div>",
        "<div style='display:flex'><div>Soup</div><div style='margin-left:auto'>4.50</div></div>",
        "<div style='display:flex'><div style='margin-right:auto'>Soup</div><div>4.50</div></div>",
        "<div style='display:flex'><div>Soup</div><div>4.50</div></div>",
        "<div style='display:flex;justify-content:space-between'><b></b><i>Soup</i><i>4.50</i></div>",
        "<div class='d-flex'><span>Soup</span><span class='ms-auto'>4.50</span></div>",
        "<div><span style='float:right'>4.50</span><span>Soup</span></div>",
        "<div>Soup<span class='pull-right'>4.50</span></div>",
        "<div><span style='display:inline-block'>Soup</span><span style='display:inline-block'>4.50</span></div>",
        "<div style='display:flex'><i>Soup</i><i style='flex:1'></i><i>4.50</i></div>",
        "<p><span class='name'>Soup</span><span class='price'><b>4.50</b></span></p>",
        "<div>Soup<span style='position:absolute;right:0'>4.50</span></div>",
        "<div style='display:table;width:100%'><div style='display:table-cell'>Soup</div><div style='display:table-cell'>4.50</div></div>",
    ] {
        assert_eq!(lines(html), [row], "{html}");
    }
    let html = "<div><div style='width:70%;display:inline-block'>Soup</div><div style='width:30%;display:inline-block;text-align:right'>4.50</div>\n\
                <span style='float:right'>4.50</span><span>Soup</span><br></div>";
    assert_eq!(lines(html), [row, row]);
    for (whole, html) in [
        ("EUR4.50", "<p><b>EUR</b><b>4.50</b>"),
        ("12.50", "<p><b>12</b><b>.50</b>"),
        ("Soup 4.50 each", "<p>Soup <b>4.50</b> each"),
        ("v1.2", "<p>v<b>1.2</b>"),
        ("(4.50)", "<p>(<b>4.50</b>)"),
    ] {
        assert_eq!(lines(html), [whole], "{html}");
    }
}

/// What a shop writes into its style sheet for the number of pieces holds in every row, however long the name is.
#[test]
fn rows_of_boxes_keep_their_columns() {
    let row = |name: &str| {
        format!(
            "<div style='display:flex'><i style='width:30px'>2</i><i style='flex:1'>{name}</i>\
             <i style='width:60px;text-align:end'>4,50</i></div>"
        )
    };
    assert_eq!(
        lines(&(row("Soup of the day with bread") + &row("Tea"))),
        [
            "2     Soup of the           4,50",
            "      day with bread",
            "2     Tea                   4,50"
        ]
    );
}

#[test]
fn a_label_that_floats_stands_beside_its_value() {
    let html = "<ul style='list-style:none;padding:0'><li><b style='float:left'>Size:</b> <p>Large</p></li></ul>\
                <div style='float:left'>Room 4</div><div style='clear:both'></div><div>Table</div>";
    assert_eq!(lines(html), ["Size: Large", "", "Room 4", "Table"]);
}

/// Spans that no table can have, and rows that are wider than any: every cell is printed.
#[test]
fn no_cell_of_a_table_is_lost() {
    let cells = |count: usize| (0..count).map(|at| format!("<td>c{at}")).collect::<String>();
    let boxes = |count: usize| (0..count).map(|at| format!("<b>c{at}</b>")).collect::<String>();
    for (html, count) in [
        (format!("<table><tr><td rowspan=65535 colspan=1000>a<td>b<tr>{}</table>", cells(5)), 5),
        (
            format!("<table><tr><td rowspan=9>a<td rowspan=9 colspan=31>b<tr>{}</table>", cells(3)),
            3,
        ),
        (format!("<table><tr>{}</table>", cells(70)), 70),
        (format!("<div style='display:flex'>{}</div>", boxes(70)), 70),
    ] {
        let paper = paper(&html, "generic-80");
        let words: Vec<&str> = paper.split_whitespace().collect();
        for at in 0..count {
            assert!(words.contains(&format!("c{at}").as_str()), "c{at} of {html}: {paper}");
        }
    }
}

/// Columns that are made of spaces keep their lines; an amount that they put beyond the paper stands at its edge.
#[test]
fn preformatted_columns_stay_as_they_are() {
    let html = "<pre>====================\nTOTAL           5.00\n\
                2 x Cappuccino                    12.00\n\
                ==========================================\n</pre>";
    assert_eq!(
        lines(html),
        [
            "====================",
            "TOTAL           5.00",
            "2 x Cappuccino             12.00",
            "================================",
        ]
    );
}

#[test]
fn what_only_a_screen_reader_says_is_not_printed() {
    let html = "<style>.own{clip:rect(1px,1px,1px,1px);position:absolute}</style><p>Price <span class=own>a</span>\
                <span class=sr-only>b</span> <span class='visually-hidden'>c</span> <i class=screen-reader-text>d</i>\
                <b style='position:absolute;left:-9999px'>e</b><b style='opacity:0'>f</b><b style='font-size:0'>g</b>12.00";
    assert_eq!(lines(html), ["Price 12.00"]);
}

#[test]
fn a_cell_spans_no_more_rows_than_its_group_has() {
    let rows = "<tr><td rowspan=5>Fish</td><td>1.00</td></tr><tr><td>2.00</td></tr>";
    let other = "<tr><td>Soup</td><td>3.00</td></tr>";
    for behind in [
        format!("<tbody>{other}</tbody>"),
        format!("<tfoot>{other}</tfoot>"),
        format!(
            "<tbody><tr><td rowspan=0>Soup</td><td>3.00</td></tr></tbody><tbody>{other}</tbody>"
        ),
    ] {
        let page = format!("<table style='width:100%'><tbody>{rows}</tbody>{behind}</table>");
        let lines = lines(&page);
        assert_eq!(lines[0], format!("Fish{}1.00", " ".repeat(24)));
        assert_eq!(lines[1], format!("{}2.00", " ".repeat(28)));
        for line in &lines[2..] {
            assert_eq!(*line, format!("Soup{}3.00", " ".repeat(24)), "{page}");
        }
    }
}

#[test]
fn what_is_folded_away_or_moved_off_the_page_is_not_printed() {
    for style in [
        "max-height:0;overflow:hidden",
        "height:0;overflow:hidden",
        "height:0px;overflow:clip",
        "height:1px;width:1px;overflow:hidden;position:absolute",
        "max-height:0;overflow-y:hidden",
        "position:absolute;left:-9999px",
        "position:absolute;top:-9999px",
        "position:absolute;right:-999em",
        "text-indent:-9999px",
        "margin-left:-9999px",
        "margin:0 0 0 -9999px",
    ] {
        let page = format!("<p>shown</p><div style='{style}'>hidden <b>too</b></div><p>also</p>");
        assert_eq!(lines(&page), ["shown", "", "also"], "{style}");
    }
    // What a browser shows all the same.
    for style in [
        "max-height:0",
        "height:0",
        "min-height:0;overflow:hidden",
        "height:0;min-height:20px;overflow:hidden",
        "height:0;padding-bottom:75%;overflow:hidden",
        "max-height:none;overflow:hidden",
        "max-height:50px;overflow:hidden",
        "margin-left:-9999px;padding-left:9999px",
        "margin-left:-15px",
    ] {
        let page = format!("<div style='{style}'>shown</div>");
        assert_eq!(lines(&page), ["shown"], "{style}");
    }
    assert_eq!(lines("<body style='height:0;overflow:hidden'><p>shown</p>"), ["shown"]);
    let cell = "<table><tr style='height:0;overflow:hidden'><td style='height:0;overflow:hidden'>a</td><td>b</td></tr></table>";
    assert_eq!(lines(cell), ["a b"]);
    assert_eq!(lines("<p><span style='max-height:0;overflow:hidden'>shown</span></p>"), ["shown"]);
}

#[test]
fn a_white_picture_is_told_unless_it_keeps_room() {
    let white = |width: u32, height: u32| {
        let mut png = std::io::Cursor::new(Vec::new());
        let dots = image::GrayImage::from_pixel(width, height, image::Luma([255]));
        dots.write_to(&mut png, image::ImageFormat::Png).unwrap();
        base64::Engine::encode(&base64::engine::general_purpose::STANDARD, png.into_inner())
    };
    let notes = |picture: &str| encoded(&format!("<p>Shop</p>{picture}"), "generic-80").notes;
    let photograph = format!("<img src='data:image/png;base64,{}'>", white(64, 32));
    let drawing = "<svg width='64' height='32'><rect width='64' height='32' fill='white'/></svg>";
    for picture in [photograph.as_str(), drawing] {
        assert_eq!(notes(picture), [Note::WhitePicture], "{picture}");
        let alone =
            encode(&Document::Html(picture.into()), &Profile::builtin("generic-80").unwrap(), None);
        assert!(alone.unwrap_err().to_string().contains("white all over"));
    }
    let spacer = format!("<img width=600 height=20 src='data:image/png;base64,{}'>", white(1, 1));
    assert_eq!(notes(&spacer), []);
}
