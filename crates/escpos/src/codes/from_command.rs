//! Codes as a printer draws them, from what stands in its commands. Lenient: whatever data a printer would take.

use super::alphabets;
use super::bars::{self, Elements};
use super::code_128;
use super::pdf417::{Shape, Symbol};
use super::qr::{self, QrLevel};
use crate::bitmap::Bitmap;

/// A barcode on paper.
#[derive(Clone, PartialEq, Eq)]
pub struct PrintedBarcode {
    /// The bars, without quiet zones.
    pub bars: Bitmap,
    /// What the printer would put under or over it (`GS H`), in ASCII.
    pub text: String,
}

/// What `GS ( k` with cn 48 set before the code is printed; 0 is the printer's choice where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pdf417Command {
    /// Function 65: columns of data, 0–30.
    pub columns: u8,
    /// Function 66: rows, 0 or 3–90.
    pub rows: u8,
    /// Function 67: dots of a module, 2–8.
    pub module: u8,
    /// Function 68: modules of a row's height, 2–8.
    pub row_height: u8,
    /// Function 69 with m 48: level 0–8. `None`: by the amount of data.
    pub level: Option<u8>,
}

impl Default for Pdf417Command {
    /// What a printer begins with.
    fn default() -> Self {
        Pdf417Command { columns: 0, rows: 0, module: 3, row_height: 3, level: None }
    }
}

/// The QR code that `GS ( k` with cn 49 prints, without quiet zones: data of function 80 behind its m, level of function 69
/// (48–51), module of function 67. Model 1 is drawn as model 2, which every reader reads. `None`: no code holds the data.
pub fn qr_from_command(data: &[u8], level: u8, module: u8) -> Option<Bitmap> {
    let level = match level {
        49 | 1 => QrLevel::M,
        50 | 2 => QrLevel::Q,
        51 | 3 => QrLevel::H,
        _ => QrLevel::L,
    };
    if data.is_empty() {
        return None;
    }
    let code = qr::encode(data, level)?;
    Some(qr::draw(&code, usize::from(module.clamp(1, 16)), 0))
}

/// The PDF417 code that `GS ( k` with cn 48 prints, without quiet zones: data of function 80 behind its m. `None`: it does not
/// fit a code of that shape.
pub fn pdf417_from_command(data: &[u8], command: Pdf417Command) -> Option<Bitmap> {
    if data.is_empty() {
        return None;
    }
    let given = |value: u8| (value > 0).then_some(value);
    let shape =
        Shape { columns: given(command.columns), rows: given(command.rows), level: command.level };
    let module = usize::from(command.module.clamp(1, 8));
    Some(Symbol::new(data, shape)?.draw(module, usize::from(command.row_height.clamp(2, 8)), 0))
}

/// The barcode that `GS k` prints: its m of either form (0–6, 65–73), the data behind it, the module of `GS w` (2–6; 1 too), the
/// height of `GS h` in dots. `None`: a printer would print no bars, and the data as text or not at all.
pub fn barcode_from_command(m: u8, data: &[u8], module: u8, height: u8) -> Option<PrintedBarcode> {
    let module = module.clamp(1, 6);
    let (elements, text) = match m {
        73 => {
            let (symbols, text) = code_128::from_command(data)?;
            (code_128::elements(&symbols, module), text)
        }
        _ => of_text(m, std::str::from_utf8(data).ok().filter(|data| data.is_ascii())?, module)?,
    };
    Some(PrintedBarcode { bars: elements.draw(usize::from(height.max(1)), 0), text })
}

fn of_text(m: u8, data: &str, module: u8) -> Option<(Elements, String)> {
    if data.is_empty() {
        return None;
    }
    let complete = |length| alphabets::with_check_digit(data, length, "", "").ok();
    let (elements, text) = match m {
        0 | 65 => {
            let text = complete(12)?;
            (bars::ean_13(&format!("0{text}"), module), text)
        }
        1 | 66 => upc_e(data, module)?,
        2 | 67 => {
            let text = complete(13)?;
            (bars::ean_13(&text, module), text)
        }
        3 | 68 => {
            let text = complete(8)?;
            (bars::ean_8(&text, module), text)
        }
        4 | 69 => {
            let text = data.trim_matches('*');
            (bars::code_39(text, module), text.to_owned())
        }
        // The last digit of an odd number of them is left out.
        5 | 70 => {
            let text = &data[..data.len() / 2 * 2];
            (bars::itf(text, module).filter(|_| !text.is_empty()), text.to_owned())
        }
        6 | 71 => {
            let text = alphabets::codabar(data, "").ok()?;
            (bars::codabar(&text, module), text)
        }
        72 => (bars::code_93(data, module), data.to_owned()),
        _ => return None,
    };
    Some((elements?, text))
}

/// UPC-E from its own six to eight digits, or from the eleven or twelve digits of UPC-A with zeros to leave out.
fn upc_e(data: &str, module: u8) -> Option<(Option<Elements>, String)> {
    if !data.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (system, six) = match data.len() {
        6 => ("0", data.to_owned()),
        7 | 8 => (&data[..1], data[1..7].to_owned()),
        11 | 12 => (&data[..1], shortened(&data[1..6], &data[6..11])?),
        _ => return None,
    };
    let check = alphabets::check_digit(&format!("{system}{}", lengthened(&six)));
    let text = format!("{system}{six}{check}");
    let system = system.parse().ok().filter(|system| *system <= 1)?;
    Some((bars::upc_e(system, &six, check.to_digit(10)? as usize, module), text))
}

/// The ten digits between number system and check digit that six digits of UPC-E stand for.
fn lengthened(six: &str) -> String {
    let (first, last) = six.split_at(5);
    match last {
        "0" | "1" | "2" => format!("{}{last}0000{}", &first[..2], &first[2..]),
        "3" => format!("{}00000{}", &first[..3], &first[3..]),
        "4" => format!("{}00000{}", &first[..4], &first[4..]),
        _ => format!("{first}0000{last}"),
    }
}

/// The six digits of UPC-E for a maker's and an item's number, where they have one.
fn shortened(maker: &str, item: &str) -> Option<String> {
    let candidates = [
        format!("{}{}{}", &maker[..2], &item[2..], &maker[2..3]),
        format!("{}{}3", &maker[..3], &item[3..]),
        format!("{}{}4", &maker[..4], &item[4..]),
        format!("{maker}{}", &item[4..]),
    ];
    candidates.into_iter().find(|six| lengthened(six) == format!("{maker}{item}"))
}
