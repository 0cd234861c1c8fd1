use super::*;
use crate::profile::{BarcodeForm, Graphics, Support, Symbology};

fn barcode(symbology: Symbology, data: &str) -> Result<Code, CodeError> {
    Barcode::new(symbology, data).map(Code::Barcode)
}

fn reason(symbology: Symbology, data: &str) -> String {
    barcode(symbology, data).unwrap_err().to_string()
}

fn written(code: &Code, profile: &Profile) -> Vec<u8> {
    let mut out = Vec::new();
    code.write(profile, &mut out).unwrap();
    out
}

fn qr(data: &str) -> Code {
    Code::Qr(Qr::new(data, QrLevel::M, 6).unwrap())
}

/// The generic profile, changed.
fn profile(change: impl FnOnce(&mut Profile)) -> Profile {
    let mut profile = Profile::builtin("generic-80").unwrap();
    change(&mut profile);
    profile
}

fn able() -> Profile {
    profile(|profile| {
        profile.qr = Support::Yes;
        profile.pdf417 = Support::Yes;
    })
}

fn unable() -> Profile {
    profile(|profile| profile.barcodes.clear())
}

#[test]
fn check_digits_are_added_or_verified() {
    let text = |symbology, data| Barcode::new(symbology, data).unwrap().text().unwrap();
    assert_eq!(text(Symbology::Ean13, "400638133393"), "4006381333931");
    assert_eq!(text(Symbology::Ean13, "4006381333931"), "4006381333931");
    assert_eq!(text(Symbology::Ean8, "9638507"), "96385074");
    assert_eq!(text(Symbology::UpcA, "03600029145"), "036000291452");
    assert_eq!(reason(Symbology::Ean13, "4006381333932"), "the check digit of the EAN-13 is wrong");
    assert_eq!(reason(Symbology::UpcA, "036000291453"), "the check digit of the UPC-A is wrong");
    assert_eq!(text(Symbology::Codabar, "40156"), "A40156A");
    assert_eq!(text(Symbology::Codabar, "b40156d"), "B40156D");
}

#[test]
fn bad_data_is_refused_with_the_reason_and_not_quoted() {
    assert_eq!(reason(Symbology::Ean13, ""), "the EAN-13 has no data");
    assert_eq!(reason(Symbology::Ean13, "40063813"), "EAN-13 takes 12 or 13 digits");
    assert_eq!(reason(Symbology::Ean8, "963850é"), "EAN-8 cannot carry the character at place 7");
    assert_eq!(
        reason(Symbology::Code39, "AB\u{1b}@"),
        "Code 39 cannot carry the character at place 3"
    );
    assert_eq!(reason(Symbology::Code39, "abc"), "Code 39 cannot carry the character at place 1");
    assert_eq!(reason(Symbology::Code128, "12€"), "Code 128 cannot carry the character at place 3");
    assert_eq!(reason(Symbology::Itf, "123"), "ITF takes an even number of digits");
    assert_eq!(reason(Symbology::Codabar, "A12"), "Codabar takes a letter at both ends or at none");
    assert_eq!(reason(Symbology::Code128, &"x".repeat(300)), "the data is too long for a Code 128");
    assert_eq!(
        Qr::new("a\u{10}\u{14}\u{1}", QrLevel::M, 6).err().unwrap().to_string(),
        "QR code cannot carry the character at place 2"
    );
    let long = "x".repeat(2400);
    assert!(matches!(Qr::new(&long, QrLevel::M, 6), Err(CodeError::TooLong { .. })));
    assert!(matches!(Pdf417::new(&long, 3), Err(CodeError::TooLong { .. })));
}

#[test]
fn what_is_too_wide_for_the_paper_is_refused_and_what_is_not_is_made_to_fit() {
    let code = barcode(Symbology::Code128, &"Platen".repeat(8)).unwrap();
    let Err(CodeError::TooWide { needed, available, .. }) = code.check(384) else { panic!() };
    assert_eq!(available, 384);
    assert!(code.check(needed).is_ok() && code.check(needed - 1).is_err());
    let wide = qr(&"https://example.com/receipt/".repeat(20));
    assert!(wide.picture(384).unwrap().width() <= 384);
    assert!(wide.picture(576).unwrap().width() > 384);
    let mut out = Vec::new();
    let narrow = profile(|profile| profile.dots = 384);
    assert!(code.write(&narrow, &mut out).is_err());
    assert!(out.is_empty(), "nothing is written of a code that does not fit");
}

#[test]
fn printers_get_their_own_commands() {
    let ean = barcode(Symbology::Ean13, "4006381333931").unwrap();
    let head = [0x1D, b'h', 80, 0x1D, b'w', 3, 0x1D, b'f', 0, 0x1D, b'H', 2, 0x1D, b'k'];
    assert_eq!(written(&ean, &able()), [&head[..], &[67, 13], b"4006381333931"].concat());
    let old = profile(|profile| profile.barcode_form = BarcodeForm::ZeroEnded);
    assert_eq!(written(&ean, &old), [&head[..], &[2], b"4006381333931\0"].concat());
    let pairs = barcode(Symbology::Code128, "No12345678").unwrap();
    let bytes = written(&pairs, &able());
    assert!(bytes.ends_with(&[&[73, 10], &b"{BNo{C"[..], &[12, 34, 56, 78]].concat()));
    assert_eq!(
        written(&qr("https://e.com"), &able()),
        [
            &[0x1D, b'(', b'k', 4, 0, 49, 65, 50, 0][..],
            &[0x1D, b'(', b'k', 3, 0, 49, 67, 6],
            &[0x1D, b'(', b'k', 3, 0, 49, 69, 49],
            &[0x1D, b'(', b'k', 16, 0, 49, 80, 48],
            b"https://e.com",
            &[0x1D, b'(', b'k', 3, 0, 49, 81, 48],
        ]
        .concat()
    );
}

#[test]
fn digits_that_would_open_a_drawer_go_as_an_image() {
    // As pairs: 10 14 01 00 01 in hexadecimal.
    let code = barcode(Symbology::Code128, "1620010001").unwrap();
    let bytes = written(&code, &able());
    assert!(!raster::has_real_time(&bytes));
    assert_eq!(bytes[..4], [0x1D, b'v', b'0', 0]);
}

#[test]
fn a_printer_without_the_command_gets_dots_and_the_text_under_them() {
    let ean = barcode(Symbology::Ean13, "4006381333931").unwrap();
    let bytes = written(&ean, &unable());
    assert_eq!(bytes[..4], [0x1D, b'v', b'0', 0]);
    let line = bytes.rsplit(|byte| *byte == 0).next().unwrap();
    assert_eq!(String::from_utf8_lossy(line).trim(), "4006381333931");
    let silent = Barcode::new(Symbology::Ean13, "4006381333931").unwrap();
    let silent = Code::Barcode(silent.labelled(HumanReadable::None));
    assert!(written(&silent, &unable()).len() < bytes.len());
    let nothing = profile(|profile| profile.graphics = Graphics::None);
    assert_eq!(
        qr("x").write(&nothing, &mut Vec::new()),
        Err(CodeError::Raster(RasterError::NoImages))
    );
}

#[test]
fn nothing_of_the_data_is_in_debug_output() {
    assert_eq!(format!("{:?}", qr("secret")), "Code(QR code)");
}

#[test]
fn commands_that_no_printer_would_print_draw_nothing() {
    assert!(barcode_from_command(67, b"4006381333932", 3, 80).is_none());
    assert!(barcode_from_command(67, b"", 3, 80).is_none());
    assert!(barcode_from_command(73, b"{Z", 3, 80).is_none());
    assert!(barcode_from_command(99, b"123", 3, 80).is_none());
    assert!(barcode_from_command(5, b"1", 3, 80).is_none());
    assert!(barcode_from_command(4, &[0xFF, 0xFE], 3, 80).is_none());
    assert!(barcode_from_command(66, b"99999999999", 3, 80).is_none());
    assert!(qr_from_command(b"", 49, 6).is_none());
    assert!(pdf417_from_command(&[b'x'; 4000], Pdf417Command::default()).is_none());
}
