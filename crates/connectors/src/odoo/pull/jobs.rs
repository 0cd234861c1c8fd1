//! A job as Odoo hands it out → a checked [`Job`], or the reason why not.

use crate::PrinterView;
use crate::fields::{field, text_field, text_of};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use platen_job::{
    ConnectorId, Document, DocumentError, ExternalId, Job, JobLimits, Picture, PictureOptions,
    Refusal,
};
use serde_json::{Map, Value};

/// Longest uuid that can be said back.
const LONGEST_UUID: usize = 128;

/// Some encoders leave out the signs at the end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// By what Odoo knows a job. Only what can stand in an address is one: letters, digits, hyphens, underscores.
pub(crate) fn uuid(job: &Value) -> Option<String> {
    let uuid = text_field(job.as_object()?, &["uuid"])?;
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let good = (1..=LONGEST_UUID).contains(&uuid.len()) && uuid.chars().all(fits);
    good.then_some(uuid)
}

/// Makes a job for `printer` of one that has that uuid.
///
/// # Errors
/// [`Refusal`], in words for Odoo.
pub(crate) fn job(
    uuid: &str,
    value: &Value,
    printer: &PrinterView,
    limits: JobLimits,
) -> Result<Job, Refusal> {
    let unknown = Map::new();
    let fields = value.as_object().unwrap_or(&unknown);
    let bytes = payload(fields, limits.document_bytes)?;
    let kind = text_field(fields, &["payload_type"]).unwrap_or_default();
    let document = match kind.trim().to_ascii_lowercase().as_str() {
        "escpos" => Document::Raw(bytes),
        "pdf" => Document::Pdf(Box::new(Picture { bytes, options: PictureOptions::default() })),
        _ => return Err(Refusal::BadField { field: "payload_type", expected: "escpos or pdf" }),
    };
    let stored = document.to_payload()?;
    let document_type = printer.kind.usual_document();
    // With nothing to be given back: the uuid says all that an acknowledgement needs.
    Ok(Job {
        external_id: Some(ExternalId::new(uuid)?),
        fingerprint: Job::fingerprint_of(&[document.format().as_str().as_bytes(), &stored]),
        ..Job::new(ConnectorId::OdooPull, printer.id.clone(), document_type, document)
    })
}

fn payload(fields: &Map<String, Value>, limit: usize) -> Result<Bytes, Refusal> {
    let bad = Refusal::BadField { field: "payload_base64", expected: "base64" };
    let text = field(fields, &["payload_base64"]).ok_or(Refusal::Document(DocumentError::Empty))?;
    let text = text_of(text).ok_or(bad.clone())?;
    if text.len() / 4 * 3 > limit + limit / 16 {
        return Err(DocumentError::TooLarge { limit }.into());
    }
    // Encoders for mail break it into lines.
    let clean: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    let bytes = BASE64.decode(clean).map_err(|_| bad)?;
    match bytes.len() {
        0 => Err(DocumentError::Empty.into()),
        long if long > limit => Err(DocumentError::TooLarge { limit }.into()),
        _ => Ok(bytes.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::printer;
    use serde_json::json;

    fn read(value: Value) -> Result<Job, Refusal> {
        job("u-1", &value, &printer("p-1", "Bar"), JobLimits { document_bytes: 64 })
    }

    #[test]
    fn commands_and_pages_are_read() {
        for text in ["G0BhYg==", "G0BhYg", "G0Bh\r\nYg==\n"] {
            let job = read(json!({"payload_type": "escpos", "payload_base64": text})).unwrap();
            assert_eq!(job.document, Document::Raw(Bytes::from_static(b"\x1b@ab")), "{text:?}");
            assert_eq!(job.external_id.unwrap().as_str(), "u-1");
        }
        let page = read(json!({"payload_type": "PDF", "payload_base64": "JVBERg=="})).unwrap();
        let Document::Pdf(page) = page.document else { panic!("no PDF") };
        assert_eq!(page.bytes, Bytes::from_static(b"%PDF"));
    }

    #[test]
    fn what_cannot_be_printed_says_why_and_quotes_nothing() {
        let long = BASE64.encode([0; 65]);
        for (value, words) in [
            (json!({"payload_type": "escpos"}), "the document is empty"),
            (json!({"payload_type": "escpos", "payload_base64": ""}), "the document is empty"),
            (
                json!({"payload_type": "escpos", "payload_base64": "*secret*"}),
                "field payload_base64 is not base64",
            ),
            (
                json!({"payload_type": "escpos", "payload_base64": [1]}),
                "field payload_base64 is not base64",
            ),
            (
                json!({"payload_type": "zpl", "payload_base64": "YQ=="}),
                "field payload_type is not escpos or pdf",
            ),
            (json!({"payload_base64": "YQ=="}), "field payload_type is not escpos or pdf"),
            (
                json!({"payload_type": "escpos", "payload_base64": long}),
                "the document has more than 64 bytes",
            ),
            (
                json!({"payload_type": "escpos", "payload_base64": "A".repeat(9999)}),
                "the document has more than 64 bytes",
            ),
            (json!("nonsense"), "the document is empty"),
        ] {
            assert_eq!(read(value.clone()).unwrap_err().to_string(), words, "{value}");
        }
    }

    #[test]
    fn only_what_can_stand_in_an_address_is_a_uuid() {
        for (value, expected) in [
            (json!({"uuid": "0b1e-77_A"}), Some("0b1e-77_A")),
            (json!({"uuid": 17}), Some("17")),
            (json!({"uuid": "../../x"}), None),
            (json!({"uuid": "a b"}), None),
            (json!({"uuid": ""}), None),
            (json!({"uuid": "x".repeat(129)}), None),
            (json!({"uuid": null}), None),
            (json!([]), None),
        ] {
            assert_eq!(uuid(&value).as_deref(), expected, "{value}");
        }
    }
}
