//! What a server asks for, as it stands on the wire.

use crate::fields::{Fields, field, object, shape, text_field};
use platen_socketio::Arg;
use serde_json::Value;

/// A `print_request`.
pub(crate) struct PrintRequest {
    /// The printer's name as it came; `None` where it names none.
    pub(crate) printer: Option<String>,
    /// What to print.
    pub(crate) content: Content,
}

/// What a request wants printed.
pub(crate) enum Content {
    /// Plain text.
    Text(Option<String>),
    /// A page of HTML.
    Html(Option<String>),
    /// `receipt_data`.
    Receipt(Option<Fields>),
    /// `reservation_data`.
    Reservation(Option<Fields>),
}

/// A `pos` or `reservation` update.
pub(crate) struct Update {
    /// The business that it is for, where it says so.
    pub(crate) nipt: Option<String>,
    /// What is to be printed; `None` where nothing is.
    pub(crate) content: Option<Content>,
}

/// The message carries this where an object belongs; never its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it carried {0} where an object belongs")]
pub(crate) struct WrongShape(&'static str);

/// What an update is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Pos,
    Reservation,
}

impl PrintRequest {
    /// Reads a request, whether its fields stand in `data` or beside it.
    pub(crate) fn read(args: Vec<Arg>) -> Result<PrintRequest, WrongShape> {
        let mut outer = object_of(args)?;
        let named = |fields: &Fields| {
            text_field(fields, &["printer_name"]).filter(|name| !name.trim().is_empty())
        };
        let outside = named(&outer);
        let inner = match outer.remove("data") {
            Some(Value::Object(inner)) => inner,
            _ => outer,
        };
        let printer = outside.or_else(|| named(&inner));
        Ok(PrintRequest { printer, content: Content::read(inner) })
    }
}

impl Content {
    fn read(mut fields: Fields) -> Content {
        let mut take = |name: &str| match fields.remove(name) {
            Some(Value::String(text)) => Some(text),
            Some(Value::Number(number)) => Some(number.to_string()),
            _ => None,
        };
        let word = take("type").map(|word| word.trim().to_ascii_lowercase());
        let (content, html) = (take("content"), take("html"));
        match word.as_deref() {
            Some("html") => Content::Html(html.or(content)),
            Some("receipt") => Content::Receipt(object_in(&mut fields, "receipt_data")),
            Some("reservation") => Content::Reservation(object_in(&mut fields, "reservation_data")),
            None | Some("") => match (content, html) {
                (Some(content), _) if is_html(&content) => Content::Html(Some(content)),
                (content, _) => Content::Text(content),
            },
            // Also types that are not known.
            Some(_) => Content::Text(content),
        }
    }
}

impl Update {
    /// Reads an update.
    pub(crate) fn read(subject: Subject, args: Vec<Arg>) -> Result<Update, WrongShape> {
        let fields = object_of(args)?;
        let name = match subject {
            Subject::Pos => "pos_data",
            Subject::Reservation => "reservation_data",
        };
        let data = object(&fields, &[name]).cloned().unwrap_or_default();
        let wanted = is_yes(field(&data, &["print_required"]));
        let content = wanted.then_some(match subject {
            Subject::Pos => Content::Receipt(Some(data)),
            Subject::Reservation => Content::Reservation(Some(data)),
        });
        Ok(Update { nipt: text_field(&fields, &["nipt"]), content })
    }
}

fn object_of(args: Vec<Arg>) -> Result<Fields, WrongShape> {
    match args.into_iter().next() {
        Some(Arg::Json(Value::Object(fields)) | Arg::Mixed { json: Value::Object(fields), .. }) => {
            Ok(fields)
        }
        Some(Arg::Json(other) | Arg::Mixed { json: other, .. }) => Err(WrongShape(shape(&other))),
        Some(Arg::Binary(_)) => Err(WrongShape("bytes")),
        None => Err(WrongShape("nothing")),
    }
}

fn object_in(fields: &mut Fields, name: &str) -> Option<Fields> {
    match fields.remove(name) {
        Some(Value::Object(inner)) => Some(inner),
        _ => None,
    }
}

/// Whether a text is a page rather than words.
fn is_html(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    ["<!doctype html>", "<html"]
        .iter()
        .any(|mark| start.get(..mark.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(mark)))
}

/// `true`, and what programs write for it.
fn is_yes(value: Option<&Value>) -> bool {
    match value {
        Some(Value::Bool(yes)) => *yes,
        Some(Value::Number(number)) => number.as_f64().is_some_and(|number| number != 0.0),
        Some(Value::String(word)) => {
            matches!(word.trim().to_ascii_lowercase().as_str(), "true" | "1" | "yes")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(json: Value) -> (Option<String>, String) {
        let request = PrintRequest::read(vec![Arg::Json(json)]).unwrap();
        let content = match request.content {
            Content::Text(text) => format!("text {}", text.unwrap_or_default()),
            Content::Html(html) => format!("html {}", html.unwrap_or_default()),
            Content::Receipt(data) => format!("receipt {}", Value::from(data.unwrap_or_default())),
            Content::Reservation(data) => {
                format!("reservation {}", Value::from(data.unwrap_or_default()))
            }
        };
        (request.printer, content)
    }

    #[test]
    fn both_wrappers_and_all_types_are_read() {
        let bar = Some("Bar".to_owned());
        for (sent, printer, content) in [
            (
                json!({"data": {"type": "text", "content": "a"}, "printer_name": "Bar"}),
                &bar,
                "text a",
            ),
            (json!({"type": "text", "content": "a", "printer_name": "Bar"}), &bar, "text a"),
            (json!({"data": {"content": "a", "printer_name": "Bar"}}), &bar, "text a"),
            (json!({"content": 7, "printer_name": null}), &None, "text 7"),
            (json!({"content": "a", "printer_name": " "}), &None, "text a"),
            (json!({"type": "poster", "content": "<html>"}), &None, "text <html>"),
            (json!({"type": "TEXT", "content": "<html>"}), &None, "text <html>"),
            (json!({"type": "HTML", "html": "<p>", "content": "b"}), &None, "html <p>"),
            (json!({"type": "html", "content": "b"}), &None, "html b"),
            (json!({"content": " \n<!DocType HTML><p>"}), &None, "html  \n<!DocType HTML><p>"),
            (json!({"type": null, "content": "<HTML lang=sq>"}), &None, "html <HTML lang=sq>"),
            (json!({"content": "<htm"}), &None, "text <htm"),
            (json!({"content": "<htmé"}), &None, "text <htmé"),
            (
                json!({"data": {"type": "receipt", "receipt_data": {"total": 1}}}),
                &None,
                "receipt {\"total\":1}",
            ),
            (
                json!({"type": "reservation", "reservation_data": {"date": "x"}}),
                &None,
                "reservation {\"date\":\"x\"}",
            ),
            (json!({"type": "receipt", "receipt_data": [1]}), &None, "receipt {}"),
            (json!({"data": "no object", "content": "a"}), &None, "text a"),
            (json!({}), &None, "text "),
        ] {
            assert_eq!(read(sent.clone()), (printer.clone(), content.to_owned()), "{sent}");
        }
    }

    #[test]
    fn what_is_no_object_is_told_by_its_shape() {
        for (args, words) in [
            (vec![], "it carried nothing where an object belongs"),
            (vec![Arg::Json(json!("secret"))], "it carried a text where an object belongs"),
            (vec![Arg::Json(json!([1]))], "it carried a list where an object belongs"),
            (vec![Arg::Json(Value::Null)], "it carried null where an object belongs"),
            (vec![Arg::Binary(bytes::Bytes::new())], "it carried bytes where an object belongs"),
        ] {
            assert_eq!(PrintRequest::read(args).err().unwrap().to_string(), words);
        }
    }

    #[test]
    fn an_update_prints_only_where_it_says_so() {
        for (required, expected) in [
            (json!(true), true),
            (json!("true"), true),
            (json!(1), true),
            (json!(false), false),
            (json!("false"), false),
            (json!(0), false),
            (Value::Null, false),
            (json!({}), false),
        ] {
            let sent = json!({"nipt": 7, "pos_data": {"print_required": required, "total": 1}});
            let update = Update::read(Subject::Pos, vec![Arg::Json(sent)]).unwrap();
            assert_eq!(update.content.is_some(), expected, "{required}");
            assert_eq!(update.nipt.as_deref(), Some("7"));
        }
        let bare = Update::read(Subject::Reservation, vec![Arg::Json(json!({}))]).unwrap();
        assert!(bare.content.is_none() && bare.nipt.is_none());
    }
}
