//! Codes of documents.

use super::{Barcode, Code, CodeError, Pdf417, Qr, QrLevel};
use crate::profile::Symbology;
use platen_job::CodeField;

impl Code {
    /// The code of a document's field, in its usual size.
    ///
    /// # Errors
    /// The reason why the kind of code cannot carry the data.
    pub fn of_field(field: &CodeField) -> Result<Code, CodeError> {
        let barcode = |symbology| Barcode::new(symbology, &field.data).map(Code::Barcode);
        match field.symbology {
            platen_job::Symbology::Qr => {
                Qr::new(&field.data, QrLevel::M, Qr::USUAL_MODULE).map(Code::Qr)
            }
            platen_job::Symbology::Pdf417 => {
                Pdf417::new(&field.data, Pdf417::USUAL_MODULE).map(Code::Pdf417)
            }
            platen_job::Symbology::Ean13 => barcode(Symbology::Ean13),
            platen_job::Symbology::Ean8 => barcode(Symbology::Ean8),
            platen_job::Symbology::UpcA => barcode(Symbology::UpcA),
            platen_job::Symbology::Code39 => barcode(Symbology::Code39),
            platen_job::Symbology::Code128 => barcode(Symbology::Code128),
            platen_job::Symbology::Itf => barcode(Symbology::Itf),
            platen_job::Symbology::Codabar => barcode(Symbology::Codabar),
        }
    }
}
