//! One client on the namespace: what it is greeted with, and what is done with its events.

use std::{sync::Arc, time::Instant};

use serde_json::{Value, json};
use socketioxide::{
    SocketIo,
    extract::{AckSender, Event, SocketRef, TryData},
};

use super::{
    NAMESPACE,
    callers::key_of,
    clock::iso_now,
    journal::Received,
    line::{Caller, let_writers_run},
    options::{Generation, Heartbeats, Noise},
    registry::{Announced, Refusal},
    shared::{Audience, Client, ClientInfo, Shared, branch_room, emit_one},
};

/// Puts the namespace on the server. A name other than [`NAMESPACE`] is refused by the server
/// itself, with `Invalid namespace`.
pub(super) fn open_namespace(io: &SocketIo, shared: &Arc<Shared>) {
    let shared = shared.clone();
    io.ns(NAMESPACE, move |socket: SocketRef, TryData(auth): TryData<Value>| {
        connected(shared, socket, auth.unwrap_or(Value::Null))
    });
}

async fn connected(shared: Arc<Shared>, socket: SocketRef, auth: Value) {
    let client = describe(&socket, auth);
    let info = client.info.clone();
    let refusal = refusal(&shared, &info);
    socket.on_disconnect({
        let shared = shared.clone();
        async move |socket: SocketRef| shared.remove_client(&socket.id.to_string())
    });
    if let Some(refusal) = refusal {
        let line = shared.line_of(&client);
        emit_one(&socket, "connection:error", &refusal);
        return disconnect_and_close(&shared, &socket, line).await;
    }
    socket.on_fallback({
        let shared = shared.clone();
        move |socket: SocketRef, Event(event), TryData(payload): TryData<Value>, ack: AckSender| {
            received(shared, socket, event, payload.unwrap_or(Value::Null), ack)
        }
    });
    info.rooms.iter().for_each(|room| socket.join(room.clone()));
    shared.add_client(client);
    greet(&shared, &socket, &info);
    ask_for_status_twice(&shared, &socket, &info).await;
}

async fn disconnect_and_close(
    shared: &Shared,
    socket: &SocketRef,
    line: Option<super::line::LineId>,
) {
    let _ = socket.clone().disconnect();
    let_writers_run().await;
    if let Some(line) = line.and_then(|line| shared.board.line(line)) {
        line.close_websocket();
    }
}

fn describe(socket: &SocketRef, auth: Value) -> Client {
    let field = |name: &str| auth[name].as_str().map(str::to_owned);
    let caller = socket.req_parts().extensions.get::<axum::extract::ConnectInfo<Caller>>();
    let rooms = [field("branchId").map(|b| branch_room(&b)), field("companyId").map(company_room)];
    let info = ClientInfo {
        id: socket.id.to_string(),
        branch_id: field("branchId"),
        device_id: field("deviceId"),
        app_version: field("appVersion"),
        desktop: auth["userRole"] == "desktop_app",
        rooms: rooms.into_iter().flatten().collect(),
        connected_at: Instant::now(),
        auth,
    };
    Client { socket: socket.clone(), line: caller.map(|c| c.0.line), info }
}

fn company_room(company: String) -> String {
    format!("company_{company}")
}

/// What a refused client is told: an ordered refusal first, else the licence check of generation B.
fn refusal(shared: &Shared, info: &ClientInfo) -> Option<Value> {
    if let Some(code) = shared.refusals().pop_front() {
        return Some(
            json!({"code": code, "message": "Connection refused", "timestamp": iso_now()}),
        );
    }
    if shared.options.generation != Generation::B {
        return None;
    }
    let key = info.auth["licenseKey"].as_str().unwrap_or_default();
    let refused = shared.licences().check(key).err()?;
    Some(json!({
        "code": refused.name,
        "status": refused.code,
        "message": refused.message,
        "timestamp": iso_now(),
    }))
}

fn greet(shared: &Shared, socket: &SocketRef, info: &ClientInfo) {
    let greeting = json!({
        "message": "Connected to printing gateway",
        "timestamp": iso_now(),
        "branchId": info.branch_id,
        "deviceId": info.device_id,
    });
    emit_one(socket, "desktop:connected", &greeting);
    if shared.options.noise == Noise::AsInTheField {
        emit_one(socket, "printerStatusUpdate", &json!({"printers": []}));
        emit_one(socket, "printerAlerts", &json!([]));
    }
}

/// The real gateway asks twice: without `printerIds`, then with none of them. Both mean all.
async fn ask_for_status_twice(shared: &Shared, socket: &SocketRef, info: &ClientInfo) {
    if shared.options.heartbeats == Heartbeats::Silent || !info.desktop {
        return;
    }
    tokio::time::sleep(shared.options.pace.status_request).await;
    let mut request =
        json!({"action": "status_update", "timestamp": iso_now(), "branchId": info.branch_id});
    emit_one(socket, "printer:status:request", &request);
    request["printerIds"] = json!([]);
    emit_one(socket, "printer:status:request", &request);
}

async fn received(
    shared: Arc<Shared>,
    socket: SocketRef,
    event: String,
    payload: Value,
    ack: AckSender,
) {
    let received = shared.journal.record(&event, payload, &socket.id.to_string());
    match event.as_str() {
        "join:branch" => join_branch(&shared, &socket, &received),
        "desktop:status" => acknowledge(&socket, "desktop:status:acknowledged", json!({})),
        "printer:discovered" => discovered(&shared, &socket, &received),
        "printer:status:update" => status_update(&shared, &socket, &received),
        "print:job:started" => shared.waiting().started(&received),
        _ => result(&shared, &received),
    }
    // Generation A never acknowledges what a client emits.
    if shared.options.generation != Generation::A {
        let answer = json!({"success": true, "event": event, "timestamp": iso_now()});
        let _ = ack.send(&(answer,));
    }
    shared.journal.ring();
}

fn result(shared: &Shared, received: &Arc<Received>) {
    let Some(key) = key_of(received) else { return };
    let duplicate = shared.waiting().result(received, &key);
    if let Some(reason) = duplicate {
        shared.journal.record_duplicate(reason, received.clone());
    }
    if shared.options.noise == Noise::AsInTheField {
        let noise = match received.event.as_str() {
            "printer:test:result" => "printer:test:completed",
            _ => "print:job:status",
        };
        shared.emit(&Audience::AllDesktops, noise, &received.payload);
    }
}

fn acknowledge(socket: &SocketRef, event: &str, mut fields: Value) {
    fields["timestamp"] = iso_now().into();
    emit_one(socket, event, &fields);
}

fn exception(socket: &SocketRef, message: &str) {
    emit_one(socket, "exception", &json!({"status": "error", "message": message}));
}

fn join_branch(shared: &Shared, socket: &SocketRef, received: &Received) {
    let Some(branch) = received.payload["branchId"].as_str() else {
        return exception(socket, "branchId is required");
    };
    socket.join(branch_room(branch));
    if let Some(client) = shared.clients().get_mut(&received.socket) {
        client.info.rooms.insert(branch_room(branch));
    }
    acknowledge(socket, "branch:joined", json!({"branchId": branch}));
}

fn discovered(shared: &Shared, socket: &SocketRef, received: &Received) {
    let branch = branch_of(shared, received);
    let announced = shared.registry().announce(&received.payload, &branch);
    let (printer, new) = match announced {
        Ok(Announced::New(printer)) => (printer, true),
        Ok(Announced::Known(printer)) => (printer, false),
        Err(Refusal::Exception(message)) => return exception(socket, &message),
        Err(Refusal::Discovery(error)) => {
            let fields = json!({"error": error, "printerId": received.payload["id"]});
            return acknowledge(socket, "printer:discovery:error", fields);
        }
    };
    let saved = json!({"printerId": printer.client_id, "status": "saved"});
    acknowledge(socket, "printer:discovery:acknowledged", saved);
    let added = json!({
        "id": printer.server_id,
        "name": printer.name,
        "type": printer.kind,
        "connection": printer.connection,
        "status": printer.status,
        "branchId": printer.branch_id,
    });
    acknowledge(socket, "printer:added", added.clone());
    if new && shared.options.noise == Noise::AsInTheField {
        shared.emit(&Audience::AllDesktops, "printerRegistered", &added);
    }
}

fn status_update(shared: &Shared, socket: &SocketRef, received: &Received) {
    let Some(lines) = received.payload["printerIds"].as_array() else {
        return exception(socket, "data.printerIds is not iterable");
    };
    let branch = branch_of(shared, received);
    let mut registry = shared.registry();
    let known = lines.iter().filter(|line| registry.status(&branch, line)).count();
    drop(registry);
    acknowledge(socket, "printer:status:acknowledged", json!({"updated": known}));
}

fn branch_of(shared: &Shared, received: &Received) -> String {
    if let Some(branch) = received.payload["branchId"].as_str() {
        return branch.to_owned();
    }
    let clients = shared.clients();
    let branch = clients.get(&received.socket).and_then(|c| c.info.branch_id.clone());
    branch.unwrap_or_default()
}
