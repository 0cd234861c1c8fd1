//! Codes by the printer's own commands.

use super::{Barcode, Code, CodeError, Pdf417, Qr, QrLevel, code_128};
use crate::profile::{BarcodeForm, Profile, Support, Symbology};
use crate::raster;
use crate::scan::GS;

/// The commands that print the code, where the profile has them. `None` too where the data would look like a real-time command on
/// its way, and where it is too long for the command.
pub(super) fn command(code: &Code, profile: &Profile) -> Result<Option<Vec<u8>>, CodeError> {
    let bytes = match code {
        Code::Qr(code) if profile.qr == Support::Yes => qr(code, profile)?,
        Code::Pdf417(code) if profile.pdf417 == Support::Yes => pdf417(code, profile)?,
        Code::Barcode(code) if profile.barcodes.contains(&code.symbology()) => {
            barcode(code, profile)?
        }
        _ => None,
    };
    Ok(bytes.filter(|bytes| !raster::has_real_time(bytes)))
}

/// `GS ( k` with cn 49: model 2, module, level, data, print.
fn qr(code: &Qr, profile: &Profile) -> Result<Option<Vec<u8>>, CodeError> {
    let level = match code.level() {
        QrLevel::L => 48,
        QrLevel::M => 49,
        QrLevel::Q => 50,
        QrLevel::H => 51,
    };
    let mut out = Vec::with_capacity(code.data().len() + 48);
    symbol_function(49, 65, &[50, 0], &mut out);
    symbol_function(49, 67, &[code.fit(profile.dots)?], &mut out);
    symbol_function(49, 69, &[level], &mut out);
    symbol_function(49, 80, &[&[48], code.data().as_bytes()].concat(), &mut out);
    symbol_function(49, 81, &[48], &mut out);
    Ok(Some(out))
}

/// A function of `GS ( k`.
fn symbol_function(kind: u8, function: u8, parameters: &[u8], out: &mut Vec<u8>) {
    // The longest QR code has 7,089 characters.
    let [low, high, ..] = (parameters.len() + 2).to_le_bytes();
    out.extend([GS, b'(', b'k', low, high, kind, function]);
    out.extend(parameters);
}

/// `GS ( k` with cn 48: columns, rows by the printer, module, row height, level, data, print. The level is ours, because the width
/// that was fitted depends on it.
fn pdf417(code: &Pdf417, profile: &Profile) -> Result<Option<Vec<u8>>, CodeError> {
    let (module, symbol) = code.fit(profile.dots)?;
    let mut out = Vec::with_capacity(code.data().len() + 64);
    symbol_function(48, 65, &[symbol.columns()], &mut out);
    symbol_function(48, 66, &[0], &mut out);
    symbol_function(48, 67, &[module], &mut out);
    symbol_function(48, 68, &[Pdf417::ROW_HEIGHT], &mut out);
    symbol_function(48, 69, &[48, 48 + symbol.level()], &mut out);
    symbol_function(48, 70, &[0], &mut out);
    symbol_function(48, 80, &[&[48], code.data().as_bytes()].concat(), &mut out);
    symbol_function(48, 81, &[48], &mut out);
    Ok(Some(out))
}

/// `GS h`, `GS w`, `GS f`, `GS H` and `GS k`.
fn barcode(code: &Barcode, profile: &Profile) -> Result<Option<Vec<u8>>, CodeError> {
    let Some(data) = barcode_data(code, profile.barcode_form) else { return Ok(None) };
    let text = if code.text().is_some() { 2 } else { 0 };
    let mut out = vec![GS, b'h', code.height(), GS, b'w', code.fit(profile.dots)?];
    out.extend([GS, b'f', 0, GS, b'H', text, GS, b'k']);
    out.extend(data);
    Ok(Some(out))
}

/// m, and the data with its length before it or a zero behind. `None`: it is too long, or that form has no such symbology.
fn barcode_data(code: &Barcode, form: BarcodeForm) -> Option<Vec<u8>> {
    let data = match code.symbology() {
        Symbology::Code128 => code_128::to_command(&code_128::shortest(code.data())?),
        _ => code.data().as_bytes().to_vec(),
    };
    let kind = match code.symbology() {
        Symbology::UpcA => 0,
        Symbology::Ean13 => 2,
        Symbology::Ean8 => 3,
        Symbology::Code39 => 4,
        Symbology::Itf => 5,
        Symbology::Codabar => 6,
        Symbology::Code128 => 8,
    };
    match form {
        BarcodeForm::Counted => {
            let length = u8::try_from(data.len()).ok()?;
            Some([&[65 + kind, length], &data[..]].concat())
        }
        BarcodeForm::ZeroEnded if kind <= 6 => Some([&[kind], &data[..], &[0]].concat()),
        BarcodeForm::ZeroEnded => None,
    }
}
