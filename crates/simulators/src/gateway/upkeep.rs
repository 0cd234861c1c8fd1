//! What the gateway does on its own: heartbeats, and test pages for printers it has not seen lately.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::{
    clock::iso_now,
    jobs::{JobEvent, JobRequest, submit_here},
    options::{Heartbeats, TestPages},
    registry::KnownPrinter,
    shared::{Audience, Shared},
};

/// How often stale printers are looked for.
const LOOK: Duration = Duration::from_millis(250);

pub(super) async fn send_heartbeats(shared: Arc<Shared>) {
    if shared.options.heartbeats == Heartbeats::Silent {
        return;
    }
    loop {
        tokio::time::sleep(shared.options.pace.heartbeat).await;
        for branch in branches(&shared) {
            let payload = heartbeat(&shared, &branch);
            shared.emit(&Audience::Branch(branch), "printer:heartbeat", &payload);
        }
    }
}

fn branches(shared: &Shared) -> BTreeSet<String> {
    shared.clients().values().filter_map(|c| c.info.branch_id.clone()).collect()
}

fn heartbeat(shared: &Shared, branch: &str) -> Value {
    let printers = shared.registry().all();
    let ids: Vec<_> =
        printers.into_iter().filter(|p| p.branch_id == branch).map(|p| p.server_id).collect();
    json!({"action": "heartbeat", "printerIds": ids, "timestamp": iso_now(), "branchId": branch})
}

/// Trap 3: a printer that was not seen for long gets a real `printer:test`, again and again.
pub(super) async fn test_stale_printers(shared: Arc<Shared>) {
    if shared.options.test_pages == TestPages::Never {
        return;
    }
    loop {
        tokio::time::sleep(LOOK.min(shared.options.pace.test_page)).await;
        let stale = shared.registry().stale(shared.options.pace.stale_after);
        if stale.is_empty() {
            continue;
        }
        for printer in stale {
            let request = JobRequest::new(JobEvent::PrinterTest, test_of(&printer));
            tokio::spawn(submit_here(shared.clone(), request));
        }
        tokio::time::sleep(shared.options.pace.test_page).await;
    }
}

fn test_of(printer: &KnownPrinter) -> Value {
    json!({
        "printerId": printer.server_id,
        "printerName": printer.name,
        "type": printer.kind,
        "connection": printer.connection,
        "branchId": printer.branch_id,
        "branchName": "Demo Shop",
        "companyName": "Demo Company",
        "capabilities": [],
    })
}
