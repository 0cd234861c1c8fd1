//! TLS, pins, proxies, and what may travel in the clear.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod support;

use platen_socketio::{
    Arg, ConnectionState, DriverKind, Encryption, PlainPolicy, Proxy, SpkiPin, SupervisorConfig,
};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use support::gateway::Gateway;
use support::line::{Line, config};
use support::raw::Raw;
use support::soon;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

const NATIVE: DriverKind = DriverKind::Native;

/// A CA of the shop's own, and a gateway certificate by it.
struct Certificates {
    folder: tempfile::TempDir,
    pin: SpkiPin,
    foreign_pin: SpkiPin,
}

impl Certificates {
    fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(DnType::CommonName, "the shop's own CA");
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec!["localhost".into(), "127.0.0.1".into()]).unwrap();
        let leaf = params.signed_by(&key, &ca).unwrap();
        for (name, text) in [
            ("ca.pem", ca.pem()),
            ("gateway.pem", leaf.pem()),
            ("gateway.key", key.serialize_pem()),
        ] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let pin = SpkiPin::of_certificate(leaf.der()).unwrap();
        let foreign_pin = SpkiPin::of_certificate(ca.der()).unwrap();
        Self { folder, pin, foreign_pin }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn gateway(&self) -> Gateway {
        let (key, cert) = (self.file("gateway.key"), self.file("gateway.pem"));
        Gateway::start(json!({"tls": {"key": key, "cert": cert}})).await
    }

    fn config(&self, kind: DriverKind, gateway: &Gateway) -> SupervisorConfig {
        let mut config = config(kind, &format!("https://127.0.0.1:{}", gateway.port));
        config.endpoint.tls.extra_ca = Some(self.file("ca.pem"));
        config
    }
}

async fn retrying_because(line: &Line) -> String {
    match line.state(|state| matches!(state, ConnectionState::Retrying { .. })).await {
        ConnectionState::Retrying { because, .. } => because,
        other => panic!("{other}"),
    }
}

async fn refused_because(line: &Line) -> String {
    match line.state(|state| matches!(state, ConnectionState::Refused { .. })).await {
        ConnectionState::Refused { because, .. } => because,
        other => panic!("{other}"),
    }
}

fn encryption(line: &Line) -> Encryption {
    match &*line.connection.state.borrow() {
        ConnectionState::Online { encrypted, .. } => *encrypted,
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_own_ca_makes_an_encrypted_line() {
    let certificates = Certificates::make();
    let mut gateway = certificates.gateway().await;
    for kind in [NATIVE, DriverKind::RustSocketio] {
        let mut line = Line::with(certificates.config(kind, &gateway));
        line.connected().await;
        assert_eq!(encryption(&line), Encryption::Encrypted);
        let args = vec![Arg::Json(json!("x".repeat(200_000)))];
        line.connection.emitter.emit("large", args).await.unwrap();
        gateway.event("large").await;
    }
}

#[tokio::test]
async fn an_unknown_ca_is_not_trusted() {
    let certificates = Certificates::make();
    let mut gateway = certificates.gateway().await;
    for kind in [NATIVE, DriverKind::RustSocketio] {
        let mut config = certificates.config(kind, &gateway);
        config.endpoint.tls.extra_ca = None;
        retrying_because(&Line::with(config)).await;
    }
    let mut config = certificates.config(NATIVE, &gateway);
    config.endpoint.tls.extra_ca = None;
    let because = retrying_because(&Line::with(config)).await;
    assert!(because.contains("no trusted encrypted connection"), "{because}");
    assert_eq!(gateway.count_so_far("connected").await, 0);
}

#[tokio::test]
async fn a_name_that_is_not_in_the_certificate_is_not_trusted() {
    let certificates = Certificates::make();
    let gateway = certificates.gateway().await;
    let mut config = certificates.config(NATIVE, &gateway);
    config.endpoint.url = format!("https://127.0.0.2:{}", gateway.port).parse().unwrap();
    let listens_there = TcpListener::bind(("127.0.0.2", gateway.port)).await.unwrap();
    let to_gateway = gateway.port;
    tokio::spawn(async move {
        let (mut from, _) = listens_there.accept().await.unwrap();
        let mut to = TcpStream::connect(("127.0.0.1", to_gateway)).await.unwrap();
        let _ = copy_bidirectional(&mut from, &mut to).await;
    });
    let because = retrying_because(&Line::with(config)).await;
    assert!(because.contains("no trusted encrypted connection"), "{because}");
}

#[tokio::test]
async fn a_server_that_does_not_encrypt_is_no_matter_of_trust() {
    let certificates = Certificates::make();
    let mut config = certificates.config(NATIVE, &certificates.gateway().await);
    let plain = Gateway::start(json!({})).await;
    config.endpoint.url = plain.url().replace("http://", "https://").parse().unwrap();
    let because = retrying_because(&Line::with(config)).await;
    assert!(because.contains("does not speak") && !because.contains("trusted"), "{because}");
}

#[tokio::test]
async fn only_the_pinned_key_is_accepted() {
    let certificates = Certificates::make();
    let mut gateway = certificates.gateway().await;
    let mut wrong = certificates.config(NATIVE, &gateway);
    wrong.endpoint.tls.spki_pins = vec![certificates.foreign_pin];
    let because = retrying_because(&Line::with(wrong)).await;
    assert!(because.contains("no trusted encrypted connection"), "{because}");
    assert_eq!(gateway.count_so_far("connected").await, 0);

    let mut right = certificates.config(NATIVE, &gateway);
    right.endpoint.tls.spki_pins = vec![certificates.foreign_pin, certificates.pin];
    Line::with(right.clone()).connected().await;

    // A pin does not replace trust.
    right.endpoint.tls.extra_ca = None;
    retrying_because(&Line::with(right)).await;
}

#[tokio::test]
async fn a_ca_file_that_is_replaced_is_read_again() {
    let certificates = Certificates::make();
    let gateway = certificates.gateway().await;
    let good = std::fs::read(certificates.file("ca.pem")).unwrap();
    std::fs::write(certificates.file("ca.pem"), "not yet").unwrap();
    let mut line = Line::with(certificates.config(NATIVE, &gateway));
    let because = refused_because(&line).await;
    assert!(because.contains("ca.pem"), "{because}");
    std::fs::write(certificates.file("ca.pem"), good).unwrap();
    line.connected().await;
}

#[tokio::test]
async fn plain_traffic_beyond_loopback_needs_a_setting_and_is_told() {
    let mut gateway = Gateway::start(json!({})).await;
    for kind in [NATIVE, DriverKind::RustSocketio] {
        // Linux takes this address for the machine itself, but it is not a loopback address.
        let mut config = config(kind, &format!("http://0.0.0.0:{}", gateway.port));
        let because = refused_because(&Line::with(config.clone())).await;
        assert!(because.contains("not encrypted"), "{because}");
        assert_eq!(gateway.count_so_far("connected").await, 0);

        config.endpoint.plain = PlainPolicy::AllowBeyondLoopback;
        let mut line = Line::with(config);
        line.connected().await;
        assert_eq!(encryption(&line), Encryption::NotEncrypted);
        assert!(line.connection.state.borrow().to_string().contains("not encrypted"));
        gateway.hears("connected").await;
    }
}

/// A proxy that does CONNECT, with or without a password.
struct TestProxy {
    url: Url,
    tunnels: Arc<AtomicU32>,
}

impl TestProxy {
    async fn start(credentials: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let tunnels = Arc::new(AtomicU32::new(0));
        let count = tunnels.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve_proxy(stream, credentials, count.clone()));
            }
        });
        Self { url, tunnels }
    }
}

async fn serve_proxy(stream: TcpStream, credentials: Option<&str>, tunnels: Arc<AtomicU32>) {
    let mut stream = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if stream.read_line(&mut head).await.unwrap_or(0) == 0 {
            return;
        }
    }
    if credentials
        .is_some_and(|wanted| !head.contains(&format!("Proxy-Authorization: Basic {wanted}\r\n")))
    {
        let _ = stream.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n").await;
        return;
    }
    let target = head.split(' ').nth(1).unwrap().to_owned();
    let mut gateway = TcpStream::connect(target).await.unwrap();
    tunnels.fetch_add(1, Ordering::SeqCst);
    stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
    let _ = copy_bidirectional(&mut stream, &mut gateway).await;
}

#[tokio::test]
async fn a_proxy_is_gone_through_with_and_without_tls() {
    let certificates = Certificates::make();
    let encrypted = certificates.gateway().await;
    let plain = Gateway::start(json!({})).await;
    let proxy = TestProxy::start(None).await;
    for (expected, mut config) in
        [(1, certificates.config(NATIVE, &encrypted)), (2, config(NATIVE, &plain.url()))]
    {
        config.endpoint.proxy = Proxy::Url(proxy.url.clone());
        Line::with(config).connected().await;
        assert_eq!(proxy.tunnels.load(Ordering::SeqCst), expected);
    }
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_gets_it() {
    let gateway = Gateway::start(json!({})).await;
    let proxy = TestProxy::start(Some("dGlsbDpwOnc=")).await;
    let mut config = config(NATIVE, &gateway.url());
    config.endpoint.proxy = Proxy::Url(proxy.url.clone());
    let because = retrying_because(&Line::with(config.clone())).await;
    assert!(
        because.contains("the proxy did not let us through: it wants a user name"),
        "{because}"
    );

    let mut url = proxy.url.clone();
    url.set_username("till").unwrap();
    url.set_password(Some("p:w")).unwrap();
    config.endpoint.proxy = Proxy::Url(url);
    assert!(!format!("{config:?}").contains("p%3Aw"), "a password in a debug text");
    Line::with(config).connected().await;
}

#[tokio::test]
async fn a_mute_proxy_is_given_up_in_time() {
    let proxy = Raw::listen().await;
    let mut config = config(NATIVE, "https://gateway.invalid");
    config.endpoint.proxy = Proxy::Url(proxy.url().parse().unwrap());
    config.limits.connect_deadline = std::time::Duration::from_millis(300);
    let line = Line::with(config);
    let _held = proxy.accept().await;
    let because = soon("the deadline", retrying_because(&line)).await;
    assert!(because.contains("in time (asking the proxy)"), "{because}");
}

#[tokio::test]
async fn rust_socketio_says_what_it_cannot_secure() {
    let certificates = Certificates::make();
    let gateway = certificates.gateway().await;
    let mut pinned = certificates.config(DriverKind::RustSocketio, &gateway);
    pinned.endpoint.tls.spki_pins = vec![certificates.pin];
    let because = refused_because(&Line::with(pinned)).await;
    assert!(because.contains("cannot check pinned keys"), "{because}");

    let mut proxied = certificates.config(DriverKind::RustSocketio, &gateway);
    proxied.endpoint.proxy = Proxy::Url("http://127.0.0.1:9".parse().unwrap());
    let because = refused_because(&Line::with(proxied)).await;
    assert!(because.contains("cannot use a proxy"), "{because}");
}
