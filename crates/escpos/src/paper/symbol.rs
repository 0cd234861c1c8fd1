//! Two-dimensional codes and barcodes, from their commands.

use super::MOST_CODE_BYTES;
use super::element::{CodeKind, CodeText};
use super::state::BarcodeState;
use crate::Bitmap;
use crate::codes::{
    Pdf417Command, PrintedBarcode, barcode_from_command, pdf417_from_command, qr_from_command,
};
use crate::scan::Switch;
use std::sync::Arc;

/// A code ready for the paper.
pub(super) struct Printed {
    pub(super) kind: CodeKind,
    pub(super) look: Look,
    pub(super) text: Option<CodeText>,
}

/// Its dots, or why there are none.
pub(super) enum Look {
    Dots(Arc<Bitmap>),
    /// A printer would print it, and this is about its size; it is not drawn.
    Box(usize, usize, &'static str),
}

/// What the functions of `GS ( k` have set.
pub(super) struct Symbols {
    qr: Stored,
    qr_level: u8,
    qr_module: u8,
    pdf417: Stored,
    pdf417_look: Pdf417Command,
    /// Whether data was stored for a kind that is not drawn.
    other: Switch,
}

/// Stored data, and what was last drawn from it.
#[derive(Default)]
struct Stored {
    data: Vec<u8>,
    drawn: Option<Arc<Bitmap>>,
}

/// How many bytes of data may still be drawn.
pub(super) struct Budget(usize);

impl Default for Budget {
    fn default() -> Self {
        Budget(MOST_CODE_BYTES)
    }
}

impl Budget {
    /// What one code costs, small ones too.
    fn take(&mut self, data: &[u8]) -> Option<()> {
        self.0 = self.0.checked_sub(data.len() + 32)?;
        Some(())
    }
}

const TOO_MANY: &str = "more codes than are drawn";

impl Default for Symbols {
    fn default() -> Self {
        Symbols {
            qr: Stored::default(),
            qr_level: 48,
            qr_module: 3,
            pdf417: Stored::default(),
            pdf417_look: Pdf417Command::default(),
            other: Switch::Off,
        }
    }
}

impl Symbols {
    /// A function that sets something; `parameters` follow the function's number.
    pub(super) fn set(&mut self, kind: u8, function: u8, parameters: &[u8]) {
        match (kind, function, parameters) {
            (49, 67, [n, ..]) => {
                self.qr_module = *n;
                self.qr.drawn = None;
            }
            (49, 69, [n, ..]) => {
                self.qr_level = *n;
                self.qr.drawn = None;
            }
            (49, 80, [_, data @ ..]) => self.qr = Stored::of(data),
            (48, 65..=70, _) => self.set_pdf417(function, parameters),
            (48, 80, [_, data @ ..]) => self.pdf417 = Stored::of(data),
            (_, 80, _) => self.other = Switch::On,
            _ => {}
        }
    }

    fn set_pdf417(&mut self, function: u8, parameters: &[u8]) {
        let look = &mut self.pdf417_look;
        match (function, parameters) {
            (65, [n, ..]) => look.columns = *n,
            (66, [n, ..]) => look.rows = *n,
            (67, [n, ..]) => look.module = *n,
            (68, [n, ..]) => look.row_height = *n,
            (69, [48, n, ..]) => look.level = n.checked_sub(48),
            (69, [49, ..]) => look.level = None,
            _ => {}
        }
        self.pdf417.drawn = None;
    }

    /// The code that function 81 prints, or why a printer prints none.
    pub(super) fn print(&mut self, kind: u8, budget: &mut Budget) -> Result<Printed, &'static str> {
        let (level, module) = (self.qr_level, self.qr_module);
        let pdf417 = self.pdf417_look;
        let (kind, look) = match kind {
            49 => {
                let draw = |data: &[u8]| qr_from_command(data, level, module);
                let side = 57 * usize::from(module.clamp(1, 16));
                (CodeKind::Qr, self.qr.look(draw, (side, side), budget)?)
            }
            48 => {
                let draw = |data: &[u8]| pdf417_from_command(data, pdf417);
                (CodeKind::Other, self.pdf417.look(draw, (300, 120), budget)?)
            }
            _ if self.other == Switch::Off => return Err("a code without data"),
            _ => (CodeKind::Other, Look::Box(160, 160, "a two-dimensional code of another kind")),
        };
        Ok(Printed { kind, look, text: None })
    }
}

impl Stored {
    fn of(data: &[u8]) -> Stored {
        Stored { data: data.to_vec(), drawn: None }
    }

    fn look(
        &mut self,
        draw: impl Fn(&[u8]) -> Option<Bitmap>,
        size: (usize, usize),
        budget: &mut Budget,
    ) -> Result<Look, &'static str> {
        if self.data.is_empty() {
            return Err("a code without data");
        }
        if let Some(drawn) = &self.drawn {
            return Ok(Look::Dots(drawn.clone()));
        }
        if budget.take(&self.data).is_none() {
            return Ok(Look::Box(size.0, size.1, TOO_MANY));
        }
        let drawn = Arc::new(draw(&self.data).ok_or("more data than the code holds")?);
        self.drawn = Some(drawn.clone());
        Ok(Look::Dots(drawn))
    }
}

/// The QR code of `ESC Z m n k dL dH data` (clones): level and module are the second and third parameter.
pub(super) fn clone_qr(parameters: &[u8], budget: &mut Budget) -> Result<Printed, &'static str> {
    let [_, level, module, _, _, data @ ..] = parameters else { return Err("a code without data") };
    let draw = |data: &[u8]| {
        qr_from_command(
            data,
            b"LMQH".iter().position(|l| l == level).map_or(*level, level_of),
            *module,
        )
    };
    let side = 57 * usize::from((*module).clamp(1, 16));
    let look = Stored::of(data).look(draw, (side, side), budget)?;
    Ok(Printed { kind: CodeKind::Qr, look, text: None })
}

fn level_of(at: usize) -> u8 {
    48 + u8::try_from(at).unwrap_or(0)
}

/// The barcode of `GS k m`, from the bytes after `m`.
pub(super) fn barcode(
    m: u8,
    parameters: &[u8],
    state: &BarcodeState,
    budget: &mut Budget,
) -> Result<Printed, &'static str> {
    let data = match m {
        0..=6 => parameters.strip_suffix(&[0]).unwrap_or(parameters),
        _ => parameters.get(1..).unwrap_or_default(),
    };
    let (module, height) = (state.module, state.height);
    let code = |look, text| Printed { kind: CodeKind::Barcode, look, text };
    if budget.take(data).is_none() || m > 73 {
        let reason = if m > 73 { "a barcode of another kind" } else { TOO_MANY };
        return Ok(code(Look::Box(240, height, reason), None));
    }
    let byte = |n: usize| u8::try_from(n).unwrap_or(u8::MAX);
    let PrintedBarcode { bars, text } = barcode_from_command(m, data, byte(module), byte(height))
        .ok_or("data that this kind of barcode cannot hold")?;
    let shown = [state.above, state.below].contains(&Switch::On) && !text.is_empty();
    let (font, above, below) = (state.font, state.above, state.below);
    let text = shown.then_some(CodeText { text, font, above, below });
    Ok(code(Look::Dots(Arc::new(bars)), text))
}
