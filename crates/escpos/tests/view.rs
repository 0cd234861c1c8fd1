//! What other programs' bytes look like in the text view.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use platen_escpos::{Profile, Token, scan, text_view};

fn view(bytes: &[u8], profile: &str) -> String {
    text_view(bytes, &Profile::builtin(profile).unwrap())
}

#[test]
fn text_stands_where_the_paper_has_it() {
    let bytes = b"\x1b@\x1c.\x1ba\x01\x1d!\x11SHOP\x1d!\x00\n\x1ba\x02right\n\x1ba\x00a\tb\n";
    assert_eq!(
        view(bytes, "generic-58"),
        "              SHOP\n                           right\na       b\n"
    );
    assert_eq!(view(&[b'x'; 33], "generic-58"), format!("{}\nx\n", "x".repeat(32)));
    let wide = [b"\x1d!\x10".as_slice(), &[b'x'; 17]].concat();
    assert_eq!(view(&wide, "generic-58"), format!("{}\nx\n", "x".repeat(16)));
}

#[test]
fn bytes_are_read_by_the_active_page() {
    assert_eq!(view(b"\x1c.\x82 \x1bt\x10\xe9 \x1bt\x11\x9f", "generic-80"), "é é Я\n");
    assert_eq!(view(b"\x1c.\x1bt\xc8\xe9", "generic-80"), "\u{fffd}\n");
    // A clone that is not told otherwise reads pairs.
    assert_eq!(view(b"\xc4\xe3\xba\xc3\n", "generic-80"), "你好\n");
    assert_eq!(view(b"\xc4\n", "epson-tm-t20iii"), "─\n");
}

#[test]
fn feeds_cuts_and_kicks_are_shown() {
    assert_eq!(view(b"a\x1bd\x03b\n\x1bd\x01c", "generic-58"), "a\n\n\nb\n\nc\n");
    let cut = format!("✂{}\n", " -".repeat(15));
    assert_eq!(view(b"a\n\x1dVA\x00", "generic-58"), format!("a\n{cut}"));
    assert_eq!(
        view(b"\x1bp\x00\x19\xfa\x10\x14\x01\x00\x05", "generic-58"),
        "[drawer kick]\n[drawer kick]\n"
    );
    assert_eq!(view(b"lost\x1b@kept", "generic-58"), "kept\n");
}

#[test]
fn images_and_codes_are_named() {
    let band = [b"\x1dv0\x00\x48\x00\xc8\x00".as_slice(), &[0xAA; 72 * 200]].concat();
    let two = [band.as_slice(), &band, b"end\n"].concat();
    assert_eq!(view(&two, "generic-80"), "[image 576×400]\nend\n");
    let column = [b"\x1b*\x21\x10\x00".as_slice(), &[1; 48], b"\n"].concat();
    assert_eq!(
        view(&[column.as_slice(), &column, b"x"].concat(), "generic-80"),
        "[image 16×48]\nx\n"
    );
    let codes = b"\x1d(k\x06\x001P0abc\x1d(k\x03\x001Q0\x1dk\x04123\x00";
    assert_eq!(view(codes, "generic-80"), "[QR code]\n[barcode]\n");
    assert_eq!(view(b"\x1d(k\x03\x001Q0", "generic-80"), "", "nothing was stored");
}

/// Made by python-escpos 3.1 with its TM-T88V profile: text in four code pages, an image by three commands, codes, kick, buzzer, cut.
#[test]
fn a_receipt_of_python_escpos_is_read() {
    let paper = view(include_bytes!("data/python-escpos.bin"), "epson-tm-t88vi");
    let lines: Vec<&str> = paper.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(
        lines[..5],
        ["Café Zoë", "2 x Crème brûlée        9,00 €", "Привет, Łódź", "rechts", "[image 200×172]"]
    );
    assert_eq!(lines[5], "[QR code]");
    assert_eq!(lines[7..11], ["[barcode]", "[barcode]", "[drawer kick]", "[buzzer]"]);
    assert!(lines[11].starts_with('✂') && lines.len() == 12, "{paper}");
}

/// Made by ReceiptPrinterEncoder 4.0.1 (npm) with its Epson code pages: table, box, codes, kick, cut.
#[test]
fn a_receipt_of_receipt_printer_encoder_is_read() {
    let paper = view(include_bytes!("data/receipt-printer-encoder.bin"), "epson-tm-t20iii");
    let lines: Vec<&str> = paper.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(lines[0], "Café Zoë");
    assert_eq!(lines[2], "Привет, Łódź");
    assert_eq!(lines[3], "─".repeat(48));
    assert_eq!(lines[5], "Total                                     3.20");
    assert_eq!(lines[7], "│           boxed            │");
    assert_eq!(lines[9..13], ["[barcode]", "[QR code]", "[2D code]", "[drawer kick]"]);
}

#[test]
fn other_programs_bytes_have_no_command_that_is_not_known() {
    for bytes in [
        include_bytes!("data/python-escpos.bin").as_slice(),
        include_bytes!("data/receipt-printer-encoder.bin"),
    ] {
        scan(bytes, &mut |token| assert!(!matches!(token, Token::Unknown(_)), "{token:?}"));
    }
}
