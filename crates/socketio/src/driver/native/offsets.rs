//! Offsets of connection state recovery.
//!
//! A recovering gateway appends an offset, a string, to each event that asks for no acknowledgement.
//! It is not the application's, so it is taken off. A *volatile* event has no offset; if its own last
//! argument happens to look like one, that argument is lost. The protocol gives no way to tell.

use crate::arg::Arg;
use crate::port::Recovery;
use serde_json::Value;

/// Longest offset that is taken as one, in bytes.
const MAX_LENGTH: usize = 64;

/// Takes the offset off an event and remembers it.
pub(super) fn take(recovery: &mut Option<Recovery>, args: &mut Vec<Arg>, ack: Option<u64>) {
    let (Some(recovery), None) = (recovery, ack) else { return };
    if let Some(Arg::Json(Value::String(offset))) = args.pop_if(|last| looks_like_offset(last)) {
        recovery.offset = Some(offset);
    }
}

/// Adapters use yeast ids, Redis stream ids and hexadecimal object ids.
fn looks_like_offset(arg: &Arg) -> bool {
    let Some(Value::String(text)) = arg.as_json() else { return false };
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn taken(args: &[Value], ack: Option<u64>) -> (usize, Option<String>) {
        let mut recovery = Some(Recovery { pid: "p".into(), offset: None });
        let mut args: Vec<Arg> = args.iter().cloned().map(Arg::Json).collect();
        take(&mut recovery, &mut args, ack);
        (args.len(), recovery.unwrap().offset)
    }

    #[test]
    fn only_what_looks_like_an_offset_is_taken() {
        assert_eq!(
            taken(&[json!({"id": 1}), json!("PRd1n3T.0")], None),
            (1, Some("PRd1n3T.0".into()))
        );
        assert_eq!(taken(&[json!("1700000000000-0")], None), (0, Some("1700000000000-0".into())));
        assert_eq!(taken(&[json!("x"), json!("y")], Some(3)), (2, None), "with ack there is none");
        for other in [json!("two words"), json!(""), json!(7), json!("é"), json!("x".repeat(65))] {
            assert_eq!(taken(&[other], None), (1, None));
        }
        assert_eq!(taken(&[], None), (0, None));
    }

    #[test]
    fn without_recovery_nothing_is_taken() {
        let mut args = vec![Arg::Json(json!("PRd1n3T"))];
        take(&mut None, &mut args, None);
        assert_eq!(args.len(), 1);
    }
}
