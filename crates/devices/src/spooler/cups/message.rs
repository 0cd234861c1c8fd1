//! IPP requests and answers, as far as we need them.

use crate::spooler::port::SpoolerError;
use crate::uri::escaped;
use bytes::{Buf, Bytes};
use ipp::attribute::IppAttribute;
use ipp::model::{DelimiterTag, IppVersion, Operation};
use ipp::parser::{IppParseError, IppParser};
use ipp::reader::IppReader;
use ipp::request::IppRequestResponse;
use ipp::value::{IppName, IppValue};

/// What cannot be said in IPP (a name that is too long) is as good as a queue that cannot be.
const UNSAYABLE: SpoolerError = SpoolerError::QueueMissing;

/// A request to a queue.
pub(super) struct Request(IppRequestResponse);

impl Request {
    pub(super) fn new(
        operation: Operation,
        queue: &str,
        user: &str,
    ) -> Result<Request, SpoolerError> {
        let uri = format!("ipp://localhost/printers/{}", escaped(queue));
        let uri = uri.parse().map_err(|_| UNSAYABLE)?;
        let request = IppRequestResponse::new(IppVersion::v1_1(), operation, Some(uri));
        let mut request = Request(request.map_err(|_| UNSAYABLE)?);
        request.name("requesting-user-name", user)?;
        Ok(request)
    }

    pub(super) fn job(&mut self, id: u32) -> Result<(), SpoolerError> {
        let id = i32::try_from(id).map_err(|_| SpoolerError::JobGone)?;
        self.add("job-id", Ok(IppValue::Integer(id)))
    }

    pub(super) fn name(&mut self, attribute: &str, value: &str) -> Result<(), SpoolerError> {
        self.add(attribute, IppValue::new_name_without_language(value))
    }

    pub(super) fn mime(&mut self, attribute: &str, value: &str) -> Result<(), SpoolerError> {
        self.add(attribute, IppValue::new_mime_media_type(value))
    }

    /// Says yes to `attribute`.
    pub(super) fn yes(&mut self, attribute: &str) -> Result<(), SpoolerError> {
        self.add(attribute, Ok(IppValue::Boolean(true)))
    }

    /// The attributes that the answer is to have.
    pub(super) fn want(&mut self, attributes: &[&str]) -> Result<(), SpoolerError> {
        let keywords: Result<Vec<IppValue>, IppParseError> =
            attributes.iter().map(|name| IppValue::new_keyword(*name)).collect();
        self.add("requested-attributes", keywords.map(IppValue::Array))
    }

    pub(super) fn to_bytes(&self) -> Bytes {
        self.0.to_bytes()
    }

    fn add(
        &mut self,
        attribute: &str,
        value: Result<IppValue, IppParseError>,
    ) -> Result<(), SpoolerError> {
        let name: IppName = attribute.try_into().map_err(|_| UNSAYABLE)?;
        let value = value.map_err(|_| UNSAYABLE)?;
        let attribute = IppAttribute::new(name, value);
        self.0.attributes_mut().add(DelimiterTag::OperationAttributes, attribute);
        Ok(())
    }
}

/// An answer.
pub(super) struct Reply(IppRequestResponse);

impl Reply {
    pub(super) fn read(body: Bytes) -> Result<Reply, SpoolerError> {
        let parsed = IppParser::new(IppReader::new(body.reader())).parse();
        parsed.map(Reply).map_err(|_| SpoolerError::Down)
    }

    /// Whether the request was carried out (RFC 8011, appendix B). `missing`: what was asked for, where it does not exist.
    pub(super) fn succeeded(&self, missing: SpoolerError) -> Result<(), SpoolerError> {
        match self.0.header().operation_or_status as u16 {
            0x0000..=0x00FF => Ok(()),
            0x0406 | 0x0407 => Err(missing),
            0x0506 => Err(SpoolerError::Rejecting),
            0x040A | 0x0411 => Err(SpoolerError::FormatRefused),
            code => Err(SpoolerError::Refused(u32::from(code))),
        }
    }

    pub(super) fn number(&self, attribute: &str) -> Option<i32> {
        match self.value(attribute)? {
            IppValue::Integer(number) | IppValue::Enum(number) => Some(*number),
            _ => None,
        }
    }

    /// Whether the answer says of the attribute that it has no value, which is more than not naming it.
    pub(super) fn has_no_value(&self, attribute: &str) -> bool {
        self.value(attribute) == Some(&IppValue::NoValue)
    }

    pub(super) fn flag(&self, attribute: &str) -> Option<bool> {
        match self.value(attribute)? {
            IppValue::Boolean(flag) => Some(*flag),
            _ => None,
        }
    }

    pub(super) fn text(&self, attribute: &str) -> Option<&str> {
        text_of(self.value(attribute)?)
    }

    pub(super) fn texts<'a>(&'a self, attribute: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let values = match self.value(attribute) {
            Some(IppValue::Array(values)) => values.as_slice(),
            Some(value) => std::slice::from_ref(value),
            None => &[],
        };
        values.iter().filter_map(text_of)
    }

    fn value(&self, attribute: &str) -> Option<&IppValue> {
        let mut groups = self.0.attributes().groups().iter();
        groups.find_map(|group| group.get(attribute)).map(IppAttribute::value)
    }
}

fn text_of(value: &IppValue) -> Option<&str> {
    match value {
        IppValue::TextWithoutLanguage(text) | IppValue::TextWithLanguage { text, .. } => {
            Some(text.as_ref())
        }
        IppValue::NameWithoutLanguage(name) | IppValue::NameWithLanguage { name, .. } => {
            Some(name.as_ref())
        }
        IppValue::Keyword(keyword) => Some(keyword.as_ref()),
        IppValue::Uri(uri) => Some(uri.as_ref()),
        _ => None,
    }
}
