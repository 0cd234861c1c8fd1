//! The licence and the other REST calls, against a small HTTP server of the test's.

use super::super::status::LicenceState;
use super::*;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::IntoResponse;
use axum::{Json, Router};
use platen_socketio::Authenticator;
use serde_json::{Value, json};
use std::collections::VecDeque;

/// A gateway's REST side: canned answers for the licence, a list of what came.
#[derive(Clone, Default)]
struct Office(Arc<Mutex<Desk>>);

#[derive(Default)]
struct Desk {
    answers: VecDeque<(u16, Value)>,
    came: Vec<(String, Value)>,
}

impl Office {
    async fn open(answers: impl IntoIterator<Item = (u16, Value)>) -> (Office, Url) {
        let office = Office::default();
        office.0.lock().unwrap().answers = answers.into_iter().collect();
        let router = Router::new().fallback(answer).with_state(office.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        (office, Url::parse(&format!("http://{address}")).unwrap())
    }

    fn came(&self) -> Vec<(String, Value)> {
        self.0.lock().unwrap().came.clone()
    }
}

async fn answer(
    State(office): State<Office>,
    uri: Uri,
    Json(body): Json<Value>,
) -> impl IntoResponse {
    let mut desk = office.0.lock().unwrap();
    desk.came.push((uri.path().to_owned(), body));
    let missing = (404, json!({"message": "Cannot POST", "error": "Not Found", "statusCode": 404}));
    let (status, body) = match uri.path() {
        "/api/v1/printer-licenses/validate" => desk.answers.pop_front().unwrap_or(missing),
        _ => (201, json!({"success": true})),
    };
    (StatusCode::from_u16(status).unwrap(), Json(body))
}

struct Asked {
    desk: Arc<LicenceDesk>,
    status: watch::Receiver<PrinterMasterStatus>,
    host: Arc<FakeHost>,
}

async fn desk(gateway: Url, host: Arc<FakeHost>) -> Asked {
    let mut settings = settings();
    settings.gateway = gateway;
    settings.branch_id = None;
    let settings = Arc::new(settings);
    let (board, status) = watch::channel(PrinterMasterStatus::new(&settings.gateway));
    let rest = Arc::new(Rest::new(&settings));
    let desk = LicenceDesk::open(settings, rest, host.clone(), Board::new(board)).await;
    Asked { desk: Arc::new(desk), status, host }
}

fn valid() -> (u16, Value) {
    let data = json!({"id": "l", "licenseKey": KEY, "status": "ACTIVE", "branchId": "b7", "branchName": "Main",
        "companyId": "c", "companyName": "Co", "expiresAt": "2031-05-01T00:00:00.000Z", "features": []});
    (201, json!({"success": true, "data": data, "message": "ok"}))
}

fn refused(code: u16) -> (u16, Value) {
    (201, json!({"success": false, "error": format!("licence {KEY} is not usable"), "code": code}))
}

#[tokio::test]
async fn a_valid_licence_names_the_branch_and_is_remembered() {
    let (office, url) = Office::open([valid()]).await;
    let host = FakeHost::new(vec![]);
    let asked = desk(url.clone(), host.clone()).await;
    let auth = asked.desk.auth().await.unwrap();
    assert_eq!(
        auth,
        json!({"licenseKey": KEY, "branchId": "b7", "deviceId": "till-1", "instanceId": "till-1",
        "userRole": "desktop_app", "appVersion": "0.1.0"})
    );
    let (path, body) = office.came()[0].clone();
    assert_eq!(path, "/api/v1/printer-licenses/validate");
    assert_eq!(body["licenseKey"], KEY);
    let device: Vec<&String> = body["deviceInfo"].as_object().unwrap().keys().collect();
    assert_eq!(device.len(), 8, "{device:?}");
    let state = asked.status.borrow().licence.clone();
    assert!(matches!(state, LicenceState::Valid { branch: Some(name), .. } if name == "Main"));
    // A gateway that is away when the till starts again: the branch is still known.
    drop(office);
    let gone = desk(url, asked.host).await;
    assert_eq!(gone.desk.auth().await.unwrap()["branchId"], "b7");
    let said = gone.status.borrow().licence.clone();
    assert!(
        matches!(said, LicenceState::Unavailable { company: Some(company), branch: Some(branch), .. }
            if company == "Co" && branch == "Main")
    );
    // Another gateway is another shop's, as far as anybody knows.
    let moved = desk(Url::parse("http://127.0.0.1:9").unwrap(), gone.host).await;
    assert_eq!(moved.desk.auth().await.unwrap()["branchId"], Value::Null);
}

#[tokio::test]
async fn only_a_refusal_keeps_the_line_down_and_it_heals() {
    let log = Log::default();
    let _listening = log.listen();
    let (_office, url) = Office::open([refused(404), (502, Value::Null), valid()]).await;
    let asked = desk(url, FakeHost::new(vec![])).await;
    let refusal = asked.desk.auth().await.unwrap_err();
    assert!(refusal.message.contains("does not know this licence key"), "{refusal}");
    assert!(matches!(asked.status.borrow().licence, LicenceState::Refused { code: 404, .. }));
    assert!(asked.desk.auth().await.is_ok(), "an error of the gateway is no refusal");
    assert!(matches!(asked.status.borrow().licence, LicenceState::Unavailable { .. }));
    assert!(asked.desk.auth().await.is_ok());
    assert!(matches!(asked.status.borrow().licence, LicenceState::Valid { .. }));
    assert!(asked.desk.auth().await.is_ok(), "a fresh yes is not asked for again");
    let shown = serde_json::to_string(&*asked.status.borrow()).unwrap();
    for text in [log.text(), refusal.to_string(), shown] {
        assert!(!text.contains(KEY), "the key is in {text}");
    }
}

#[tokio::test]
async fn a_gateway_without_the_call_is_connected_to() {
    let (_office, url) = Office::open([]).await;
    let asked = desk(url, FakeHost::new(vec![])).await;
    assert!(asked.desk.auth().await.is_ok());
    let state = asked.status.borrow().licence.clone();
    assert_eq!(
        state,
        LicenceState::Unavailable {
            why: "this gateway cannot check licences".into(),
            company: None,
            branch: None,
            expires: None
        }
    );
}

#[tokio::test]
async fn a_licence_in_use_elsewhere_is_asked_about_again_after_ten_minutes() {
    let (office, url) = Office::open([refused(409), valid()]).await;
    let asked = desk(url, FakeHost::new(vec![])).await;
    let refusal = asked.desk.auth().await.unwrap_err();
    assert!(refusal.message.contains("in use on another computer"), "{refusal}");
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(599)).await;
    assert!(asked.desk.auth().await.is_err());
    assert_eq!(office.came().len(), 1, "not asked while the answer cannot be another one");
    tokio::time::advance(Duration::from_secs(2)).await;
    tokio::time::resume();
    assert!(asked.desk.auth().await.is_ok());
}

#[tokio::test]
async fn an_unencrypted_gateway_beyond_this_machine_never_sees_the_key() {
    let asked = desk(Url::parse("http://192.0.2.1:3001").unwrap(), FakeHost::new(vec![])).await;
    let before = std::time::Instant::now();
    asked.desk.auth().await.unwrap();
    assert!(before.elapsed() < Duration::from_secs(5), "no call was made");
    let state = asked.status.borrow().licence.clone();
    assert!(
        matches!(state, LicenceState::Unavailable { why, .. } if why.contains("not encrypted"))
    );
}

#[tokio::test]
async fn printers_are_registered_once_and_kept_fresh_over_rest() {
    let (office, url) = Office::open([]).await;
    let mut settings = settings();
    settings.gateway = url;
    settings.rest_heartbeat = RestHeartbeat::WherePossible;
    let short = Duration::from_millis(20);
    settings.rhythm.rest_heartbeat = (short, short * 2);
    let till = Till::on(FakeHost::new(vec![printer("p-1", "Bar")]), settings).await;
    till.gateway.connect();
    let beats = |office: &Office| {
        office
            .came()
            .into_iter()
            .filter(|(path, _)| path.ends_with("/heartbeat"))
            .collect::<Vec<_>>()
    };
    let enough = async {
        while beats(&office).len() < 3 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), enough).await.unwrap();
    let came = office.came();
    assert_eq!(came[0].0, "/api/v1/printers/register");
    assert_eq!(came[0].1["printers"][0]["connectionType"], "network");
    assert_eq!(came.iter().filter(|(path, _)| path.ends_with("/register")).count(), 1);
    let beat = &beats(&office)[0].1;
    assert_eq!(
        (&beat["branchId"], &beat["printers"][0]["status"]),
        (&json!("b1"), &json!("online"))
    );
}

#[tokio::test]
async fn a_licence_that_could_not_be_checked_is_asked_about_again_while_connected() {
    let (_office, url) = Office::open([refused(400)]).await;
    let mut settings = settings();
    settings.gateway = url;
    settings.rhythm.health = Duration::from_millis(30);
    let till = Till::on(FakeHost::new(vec![printer("p-1", "Bar")]), settings).await;
    till.gateway.connect();
    let words = till.gateway.wait("(refused)", 1).await;
    assert!(words.as_str().unwrap().contains("may have run out"), "{words}");
    assert!(matches!(till.status().licence, LicenceState::Refused { code: 400, .. }));
}
