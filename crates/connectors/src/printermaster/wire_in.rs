//! What a gateway may say, by the event's name.

use super::reply::PrintKind;

/// An event of the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inbound {
    /// A job.
    Print(PrintKind),
    /// `printer:test`.
    Test,
    /// A question that is answered from what is known of the printers.
    Ask(Ask),
    /// `printer:added`: the gateway's id of one of our printers.
    PrinterAdded,
    /// `exception`: one of our messages made a handler throw.
    Exception,
    /// `connection:error`: we are not welcome; the line is ended after it.
    ConnectionError,
    /// Replies and broadcasts that need nothing.
    Noise,
    /// An event of a version to come.
    Unknown,
}

/// A question about printers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    /// `printer:status:request`.
    Status,
    /// `print:queue:status`.
    Queue,
    /// `discovery:control`.
    DiscoveryControl,
    /// `discovery:status`.
    DiscoveryStatus,
    /// `discovery:get-cached-printers`.
    CachedPrinters,
    /// `discovery:force`.
    DiscoveryForce,
}

impl Inbound {
    /// The event of that name.
    pub(crate) fn of(name: &str) -> Inbound {
        match name {
            "print:job" => Inbound::Print(PrintKind::Job),
            "print:physical" => Inbound::Print(PrintKind::Physical),
            "print:raw" => Inbound::Print(PrintKind::Raw),
            "printer:test" => Inbound::Test,
            "printer:status:request" => Inbound::Ask(Ask::Status),
            "print:queue:status" => Inbound::Ask(Ask::Queue),
            "discovery:control" => Inbound::Ask(Ask::DiscoveryControl),
            "discovery:status" => Inbound::Ask(Ask::DiscoveryStatus),
            "discovery:get-cached-printers" => Inbound::Ask(Ask::CachedPrinters),
            "discovery:force" => Inbound::Ask(Ask::DiscoveryForce),
            "printer:added" => Inbound::PrinterAdded,
            "exception" | "printer:discovery:error" => Inbound::Exception,
            "connection:error" => Inbound::ConnectionError,
            "desktop:connected"
            | "branch:joined"
            | "printer:heartbeat"
            | "printer:discovery:acknowledged"
            | "printer:status:acknowledged"
            | "desktop:status:acknowledged"
            | "printerStatusUpdate"
            | "printJobsUpdate"
            | "printerAlerts"
            | "printerUpdate"
            | "printerRegistered"
            | "printJobBroadcast"
            | "print:job:status"
            | "printer:test:completed"
            | "printer:synced" => Inbound::Noise,
            _ => Inbound::Unknown,
        }
    }
}
