//! Our words and the gateway's words for the same things: small tables.

use crate::{Health, PrinterKind, PrinterView, Standing, Way};
use platen_job::{DocumentType, Priority, Role, StateReason};
use serde_json::Value;

/// How a printer is, in the words of `printer:status:update`.
pub(crate) fn status_word(printer: &PrinterView) -> &'static str {
    if printer.reasons.contains(StateReason::MediaEmpty) {
        return "no_paper";
    }
    match readiness(printer) {
        Readiness::Ready if printer.reasons.contains(StateReason::MediaLow) => "low_paper",
        Readiness::Ready => "online",
        Readiness::Occupied => "busy",
        Readiness::Gone => "offline",
        Readiness::Broken => "error",
        Readiness::Unknown => "unknown",
    }
}

/// The same in the four words of the server's own enum, which `printer:discovered` is stored with.
pub(crate) fn server_status_word(printer: &PrinterView) -> &'static str {
    match readiness(printer) {
        Readiness::Ready | Readiness::Occupied => "online",
        Readiness::Gone => "offline",
        Readiness::Broken => "error",
        Readiness::Unknown => "unknown",
    }
}

/// The same in the words that the REST calls take. They have none for "cannot be known": `busy` claims neither that
/// the printer is ready nor that it is gone.
pub(crate) fn rest_status_word(printer: &PrinterView) -> &'static str {
    match readiness(printer) {
        Readiness::Ready => "online",
        Readiness::Occupied | Readiness::Unknown => "busy",
        Readiness::Gone => "offline",
        Readiness::Broken => "error",
    }
}

/// What health and reasons come to.
enum Readiness {
    Ready,
    Occupied,
    Gone,
    Broken,
    Unknown,
}

/// A printer with a reason not to print is never called ready, whatever its health says.
fn readiness(printer: &PrinterView) -> Readiness {
    let stopping = printer.reasons.stopping();
    match printer.health {
        Health::Offline => Readiness::Gone,
        Health::Error => Readiness::Broken,
        Health::Unknown => Readiness::Unknown,
        Health::Online | Health::Busy if stopping.contains(StateReason::Offline) => Readiness::Gone,
        Health::Online | Health::Busy if stopping.iter().any(|r| r != StateReason::Paused) => {
            Readiness::Broken
        }
        Health::Online if stopping.is_empty() => Readiness::Ready,
        Health::Online | Health::Busy => Readiness::Occupied,
    }
}

/// What a printer is for, as the server's enum has it.
pub(crate) fn kind_word(kind: PrinterKind) -> &'static str {
    match kind {
        PrinterKind::Receipt => "receipt",
        PrinterKind::Kitchen => "kitchen",
        PrinterKind::Label => "label",
    }
}

/// How a printer is reached, as both the socket and the REST calls accept it.
pub(crate) fn connection_word(way: &Way) -> &'static str {
    match way {
        Way::Network { .. } => "network",
        Way::Usb => "usb",
        Way::Spooler { .. } => "local",
    }
}

/// How a printer was found, as the server's enum has it.
pub(crate) fn discovery_word(printer: &PrinterView) -> &'static str {
    match (&printer.way, printer.standing) {
        (Way::Network { .. }, Standing::SetUp) => "manual",
        (Way::Network { .. }, Standing::Offered) => "auto",
        (Way::Usb, _) => "usb",
        (Way::Spooler { .. }, _) => "system",
    }
}

/// What a job is, from its `type`; an unknown or missing one goes by what its printer is for.
pub(crate) fn document_type(word: Option<&str>, kind: PrinterKind) -> DocumentType {
    match word.map(str::to_ascii_lowercase).as_deref() {
        Some("receipt" | "bill" | "invoice") => DocumentType::Receipt,
        Some("kitchen_order" | "kitchen" | "kitchen_ticket" | "bar") => DocumentType::KitchenTicket,
        Some("label") => DocumentType::Label,
        Some("test") => DocumentType::Test,
        _ => kind.usual_document(),
    }
}

/// Whose work a job is that names no printer, from its `type`.
pub(crate) fn role(word: Option<&str>) -> Role {
    match word.map(str::to_ascii_lowercase).as_deref() {
        Some("bar") => Role::Bar,
        word => Role::of(document_type(word, PrinterKind::Receipt)),
    }
}

/// How urgent a job is. Words win; numbers are read as deployed gateways write them, 1 being the most urgent
/// (they send 2 with kitchen orders and 3 with receipts).
pub(crate) fn priority(value: Option<&Value>) -> Priority {
    match value {
        Some(Value::String(word)) => match word.trim().to_ascii_lowercase().as_str() {
            "low" => Priority::Low,
            "normal" | "medium" => Priority::Normal,
            "high" | "urgent" => Priority::High,
            other => other.parse().map_or(Priority::Normal, numbered),
        },
        Some(Value::Number(number)) => number.as_f64().map_or(Priority::Normal, numbered),
        _ => Priority::Normal,
    }
}

fn numbered(number: f64) -> Priority {
    if number.is_nan() || number < 1.0 {
        Priority::Normal
    } else if number <= 2.0 {
        Priority::High
    } else if number <= 5.0 {
        Priority::Normal
    } else {
        Priority::Low
    }
}

/// The gateway's short word for why something went wrong, for `errorType`.
pub(crate) fn error_word(reason: StateReason) -> &'static str {
    match reason {
        StateReason::Offline => "offline",
        StateReason::CoverOpen => "cover_open",
        StateReason::MediaEmpty => "no_paper",
        StateReason::MediaLow => "low_paper",
        StateReason::MediaJam => "paper_jam",
        StateReason::DeviceError | StateReason::AccessDenied => "printer_error",
        StateReason::Paused | StateReason::QueuePaused | StateReason::HeldInQueue => "paused",
        StateReason::SpoolerDown | StateReason::QueueMissing => "offline",
        StateReason::QueueRejecting => "printer_error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_win_and_one_is_the_most_urgent_number() {
        for (value, expected) in [
            (json!("low"), Priority::Low),
            (json!("Normal"), Priority::Normal),
            (json!("HIGH"), Priority::High),
            (json!(1), Priority::High),
            (json!(2), Priority::High),
            (json!(3), Priority::Normal),
            (json!("3"), Priority::Normal),
            (json!(10), Priority::Low),
            (json!("whatever"), Priority::Normal),
            (json!({}), Priority::Normal),
            (json!(-4), Priority::Normal),
        ] {
            assert_eq!(priority(Some(&value)), expected, "{value}");
        }
        assert_eq!(priority(None), Priority::Normal);
    }

    #[test]
    fn a_printer_that_cannot_print_is_never_called_online() {
        use crate::fakes::printer;
        for health in
            [Health::Online, Health::Busy, Health::Offline, Health::Error, Health::Unknown]
        {
            for reason in StateReason::ALL.into_iter().filter(|reason| reason.stops_printing()) {
                let mut view = printer("p", "Bar");
                (view.health, view.reasons) = (health, reason.into());
                assert_ne!(status_word(&view), "online", "{health:?} {reason}");
                assert_ne!(rest_status_word(&view), "online", "{health:?} {reason}");
                let paused = reason == StateReason::Paused;
                assert!(paused || server_status_word(&view) != "online", "{health:?} {reason}");
            }
        }
        let mut view = printer("p", "Bar");
        assert_eq!(status_word(&view), "online");
        view.reasons = StateReason::MediaLow.into();
        assert_eq!(status_word(&view), "low_paper");
        view.health = Health::Unknown;
        assert_eq!((status_word(&view), rest_status_word(&view)), ("unknown", "busy"));
    }

    #[test]
    fn a_missing_type_goes_by_the_printer() {
        assert_eq!(document_type(None, PrinterKind::Kitchen), DocumentType::KitchenTicket);
        assert_eq!(document_type(Some("receipt"), PrinterKind::Kitchen), DocumentType::Receipt);
        assert_eq!(document_type(Some("?"), PrinterKind::Label), DocumentType::Label);
        assert_eq!((role(Some("Bar")), role(Some("kitchen_order"))), (Role::Bar, Role::Kitchen));
        assert_eq!(role(None), Role::Receipt);
    }
}
