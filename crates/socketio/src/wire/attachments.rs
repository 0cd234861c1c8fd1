//! Bytes inside events: placeholders on the wire, [`Arg`]s for the program.

use super::Unreadable;
use crate::arg::Arg;
use bytes::Bytes;
use serde_json::{Map, Value, json};

/// Puts received attachments in their places. Placeholders mean something only in a packet that came
/// with attachments; elsewhere they are JSON like any other.
pub(crate) fn restore(
    values: impl Iterator<Item = Value>,
    parts: &[Bytes],
) -> Result<Vec<Arg>, Unreadable> {
    if parts.is_empty() {
        return Ok(values.map(Arg::Json).collect());
    }
    values.map(|value| restore_one(value, parts)).collect()
}

fn restore_one(mut value: Value, parts: &[Bytes]) -> Result<Arg, Unreadable> {
    if let Some(number) = placeholder(&value) {
        return Ok(Arg::Binary(part(parts, number)?.clone()));
    }
    let mut own = Vec::new();
    visit(&mut value, &mut |map| {
        let Some(number) = placeholder_in(map) else { return Ok(()) };
        own.push(part(parts, number)?.clone());
        map.insert("num".into(), Value::from(own.len() - 1));
        Ok(())
    })?;
    Ok(if own.is_empty() { Arg::Json(value) } else { Arg::Mixed { json: value, parts: own } })
}

/// Takes the bytes out of arguments: each argument as JSON text, and the attachments in order.
pub(crate) fn extract(args: Vec<Arg>) -> (Vec<String>, Vec<Bytes>) {
    let mut attachments = Vec::new();
    let values = args.into_iter().map(|arg| extract_one(arg, &mut attachments)).collect();
    (values, attachments)
}

fn extract_one(arg: Arg, attachments: &mut Vec<Bytes>) -> String {
    match arg {
        Arg::Json(value) => value.to_string(),
        Arg::Binary(bytes) => {
            attachments.push(bytes);
            json!({"_placeholder": true, "num": attachments.len() - 1}).to_string()
        }
        Arg::Mixed { mut json, parts } => {
            // A placeholder without its bytes is the caller's plain JSON: nothing to renumber.
            let _ = visit(&mut json, &mut |map| {
                let part = placeholder_in(map).and_then(|number| parts.get(number));
                if let Some(part) = part {
                    attachments.push(part.clone());
                    map.insert("num".into(), Value::from(attachments.len() - 1));
                }
                Ok(())
            });
            json.to_string()
        }
    }
}

fn part(parts: &[Bytes], number: usize) -> Result<&Bytes, Unreadable> {
    parts.get(number).ok_or(Unreadable("a placeholder for an attachment that did not come"))
}

fn placeholder(value: &Value) -> Option<usize> {
    placeholder_in(value.as_object()?)
}

fn placeholder_in(map: &Map<String, Value>) -> Option<usize> {
    if map.get("_placeholder") != Some(&Value::Bool(true)) {
        return None;
    }
    let number = map.get("num").and_then(Value::as_u64).unwrap_or(u64::MAX);
    Some(usize::try_from(number).unwrap_or(usize::MAX))
}

/// Calls `each` for every object, outermost first. Recursion ends where [`super::json`] cuts.
fn visit(
    value: &mut Value,
    each: &mut impl FnMut(&mut Map<String, Value>) -> Result<(), Unreadable>,
) -> Result<(), Unreadable> {
    match value {
        Value::Array(items) => items.iter_mut().try_for_each(|item| visit(item, each)),
        Value::Object(map) => {
            each(map)?;
            map.values_mut().try_for_each(|item| visit(item, each))
        }
        _ => Ok(()),
    }
}
