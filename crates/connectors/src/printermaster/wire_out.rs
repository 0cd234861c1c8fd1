//! What Platen says to the gateway, as serde types. One struct per event.

use serde::Serialize;
use serde_json::Value;

/// An event that is ready to be sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Emission {
    pub(crate) event: &'static str,
    pub(crate) payload: Value,
}

/// A message with the name of its event.
pub(crate) trait Message: Serialize {
    /// The event's name.
    const EVENT: &'static str;

    /// Ready to be sent.
    fn emission(&self) -> Emission {
        Emission { event: Self::EVENT, payload: serde_json::to_value(self).unwrap_or_default() }
    }
}

macro_rules! message {
    ($(#[$doc:meta])* $name:ident, $event:literal, { $($(#[$attr:meta])* $field:ident: $type:ty),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub(crate) struct $name { $($(#[$attr])* pub(crate) $field: $type),* }
        impl Message for $name {
            const EVENT: &'static str = $event;
        }
    };
}

message!(
    /// After every connect.
    DesktopStatus, "desktop:status", { status: &'static str, timestamp: String, version: String }
);
message!(
    /// Asks into the branch's room.
    JoinBranch, "join:branch", { branch_id: String }
);
message!(
    /// One of our printers.
    Discovered, "printer:discovered", {
        id: String,
        name: String,
        r#type: &'static str,
        connection: &'static str,
        status: &'static str,
        #[serde(skip_serializing_if = "Option::is_none")] branch_id: Option<String>,
        discovered_by: String,
        discovery_method: &'static str,
        timestamp: String,
        device: Value,
        #[serde(skip_serializing_if = "Option::is_none")] system_printer: Option<Value>,
        capabilities: Vec<&'static str>,
    }
);
message!(
    /// How our printers are.
    StatusUpdate, "printer:status:update", {
        printer_ids: Vec<PrinterStatus>,
        #[serde(skip_serializing_if = "Option::is_none")] branch_id: Option<String>,
        timestamp: String,
    }
);

/// How one printer is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PrinterStatus {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) status: &'static str,
    pub(crate) last_seen: Option<String>,
    pub(crate) capabilities: Vec<&'static str>,
}

message!(
    /// The first byte is about to go out.
    JobStarted, "print:job:started", {
        job_id: Option<Value>, printer_id: Value, timestamp: String,
    }
);
message!(
    /// On paper, as far as it is known.
    JobCompleted, "print:job:completed", {
        job_id: Option<Value>,
        printer_id: Value,
        /// Where it came out, where that is the backup of the printer that it was sent to.
        #[serde(skip_serializing_if = "Option::is_none")] backup_printer_id: Option<String>,
        success: bool,
        timestamp: String,
    }
);
message!(
    /// Not printed, or nobody knows.
    JobFailed, "print:job:failed", {
        job_id: Option<Value>,
        #[serde(skip_serializing_if = "Option::is_none")] printer_id: Option<Value>,
        error: String,
        error_type: &'static str,
        timestamp: String,
    }
);
message!(
    /// The answer to `print:physical`.
    PhysicalResult, "print:physical:result", {
        job_id: Option<Value>,
        success: bool,
        #[serde(flatten)] words: Words,
        timestamp: String,
        #[serde(skip_serializing_if = "Option::is_none")] result: Option<Value>,
    }
);
message!(
    /// The answer to `print:raw`.
    RawResult, "print:raw:result", {
        printer_name: Option<Value>,
        success: bool,
        #[serde(flatten)] words: Words,
        timestamp: String,
    }
);
message!(
    /// The answer to `printer:test`.
    TestResult, "printer:test:result", {
        #[serde(skip_serializing_if = "Option::is_none")] printer_id: Option<Value>,
        #[serde(skip_serializing_if = "Option::is_none")] printer_name: Option<Value>,
        success: bool,
        #[serde(flatten)] words: Words,
        #[serde(skip_serializing_if = "Option::is_none")] error_details: Option<String>,
        #[serde(skip_serializing_if = "Vec::is_empty")] suggestions: Vec<&'static str>,
        timestamp: String,
        /// Milliseconds.
        processing_time: u64,
        #[serde(skip_serializing_if = "Option::is_none")] result: Option<Value>,
        #[serde(flatten)] correlation: Correlation,
    }
);

/// What was done, or what went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub(crate) enum Words {
    /// It worked.
    Done { message: String },
    /// It did not.
    Failed { error: String, error_type: &'static str },
}

/// What generation B wants back with a test.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Correlation {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) correlation_id: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) request_timestamp: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) response_timestamp: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) metadata: Option<Value>,
}

message!(
    /// The receipt for a test that has no callback.
    TestAck, "printer:test:ack", {
        received: bool,
        #[serde(flatten)] correlation: Correlation,
        #[serde(skip_serializing_if = "Option::is_none")] printer_id: Option<Value>,
        device_id: String,
        timestamp: String,
    }
);
message!(
    /// How the line is, for generation B.
    HealthReport, "desktop:health:report", {
        /// Seconds since this connector started.
        uptime: u64,
        reconnection_count: u64,
        /// Milliseconds.
        average_latency: Option<f64>,
        /// 0 to 1.
        packet_loss_rate: f64,
        total_pings: u64,
        successful_pongs: u64,
        connection_quality: &'static str,
        last_pong_time: Option<String>,
        connection_start_time: Option<String>,
        #[serde(skip_serializing_if = "Option::is_none")] branch_id: Option<String>,
        device_id: String,
        app_version: String,
        timestamp: String,
    }
);
message!(
    /// Asks whether the gateway listens.
    Ping, "ping", { timestamp: String }
);
message!(
    /// What waits for a printer.
    QueueStatus, "print:queue:status:result", {
        printer_id: Option<Value>,
        printer_name: String,
        status: &'static str,
        queue_length: usize,
        success: bool,
        timestamp: String,
    }
);
message!(
    /// Whether printers are looked for.
    DiscoveryStatus, "discovery:status:result", {
        is_running: bool, printers_found: usize, timestamp: String,
    }
);
message!(
    /// The printers we know.
    CachedPrinters, "discovery:cached-printers", {
        printers: Vec<Value>, count: usize, timestamp: String,
    }
);
message!(
    /// The printers were announced anew.
    DiscoveryForced, "discovery:force:result", {
        success: bool, printers: Vec<Value>, count: usize, timestamp: String,
    }
);
