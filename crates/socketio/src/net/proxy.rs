//! Getting out of the shop: which proxy, and the CONNECT through it.

use crate::port::ConnectError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use url::{Host, Url};

/// Most bytes of the proxy's answer that are read.
const MAX_ANSWER: usize = 8 * 1024;

/// Which proxy to use.
#[derive(Clone, Default)]
pub enum Proxy {
    /// `HTTPS_PROXY` (for `wss`) or `HTTP_PROXY` (for `ws`), else `ALL_PROXY`, unless `NO_PROXY` names
    /// the host; small letters count first. Loopback is always direct.
    #[default]
    FromEnvironment,
    /// None.
    None,
    /// This one for everything: `http://` or `https://`, with user and password if needed.
    Url(Url),
}

/// Shows no user and no password.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FromEnvironment => f.write_str("FromEnvironment"),
            Self::None => f.write_str("None"),
            Self::Url(url) => write!(f, "Url({}:{:?})", url.host_str().unwrap_or("?"), url.port()),
        }
    }
}

impl Proxy {
    /// The proxy for this websocket address.
    pub(crate) fn resolve(&self, target: &Url) -> Result<Option<Url>, ConnectError> {
        self.resolve_with(target, |name| std::env::var(name).ok())
    }

    fn resolve_with(
        &self,
        target: &Url,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Url>, ConnectError> {
        let url = match self {
            Self::None => return Ok(None),
            Self::Url(url) => url.clone(),
            Self::FromEnvironment => match from_environment(target, variable)? {
                Some(url) => url,
                None => return Ok(None),
            },
        };
        match url.scheme() {
            "http" | "https" if url.host().is_some() => Ok(Some(url)),
            other => Err(ConnectError::Settings(format!(
                "the proxy address starts with {other}://, only http:// and https:// proxies can be used"
            ))),
        }
    }
}

fn from_environment(
    target: &Url,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<Url>, ConnectError> {
    let Some(host) = target.host() else { return Ok(None) };
    let named = |name: &str| {
        let value = variable(name).or_else(|| variable(&name.to_ascii_uppercase()));
        value.map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    let port = target.port_or_known_default().unwrap_or(0);
    if crate::endpoint::is_loopback(&host)
        || named("no_proxy").is_some_and(|list| excludes(&list, &host, port))
    {
        return Ok(None);
    }
    let own = if target.scheme() == "wss" { "https_proxy" } else { "http_proxy" };
    let Some(text) = named(own).or_else(|| named("all_proxy")) else { return Ok(None) };
    let text = if text.contains("://") { text } else { format!("http://{text}") };
    let url = Url::parse(&text).map_err(|_| {
        ConnectError::Settings("the proxy address in the environment cannot be read".into())
    })?;
    Ok(Some(url))
}

fn excludes<S: AsRef<str>>(list: &str, host: &Host<S>, port: u16) -> bool {
    let host = match host {
        Host::Domain(name) => name.as_ref().trim_end_matches('.').to_ascii_lowercase(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    list.split([',', ' ']).map(|entry| entry.trim().to_ascii_lowercase()).any(|entry| {
        let bare = match entry.rsplit_once(':') {
            Some((name, number)) if number.parse() == Ok(port) && !name.contains(':') => name,
            _ => &entry,
        };
        let bare = bare.trim_matches(['[', ']']).trim_start_matches('*').trim_start_matches('.');
        match bare {
            "" => entry == "*",
            bare => host == bare || host.strip_suffix(bare).is_some_and(|rest| rest.ends_with('.')),
        }
    })
}

/// Asks the proxy on `stream` for a tunnel to `host:port`.
pub(crate) async fn tunnel<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    proxy: &Url,
    host: &str,
    port: u16,
) -> Result<S, ConnectError> {
    let mut request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n");
    if !proxy.username().is_empty() {
        let user = percent_decoded(proxy.username());
        let password = percent_decoded(proxy.password().unwrap_or(""));
        let credentials = STANDARD.encode([&user[..], b":", &password[..]].concat());
        request.push_str(&format!("Proxy-Authorization: Basic {credentials}\r\n"));
    }
    request.push_str("\r\n");
    let broken = |error: std::io::Error| ConnectError::Proxy(error.to_string());
    stream.write_all(request.as_bytes()).await.map_err(broken)?;
    stream.flush().await.map_err(broken)?;
    let answer = read_answer(&mut stream).await?;
    match status(&answer) {
        Some(200..=299) => Ok(stream),
        Some(407) => Err(ConnectError::Proxy("it wants a user name and a password".into())),
        Some(status) => Err(ConnectError::Proxy(format!("it answered with HTTP status {status}"))),
        None => Err(ConnectError::Proxy("it does not speak HTTP".into())),
    }
}

/// Reads up to the blank line and not a byte further: what follows belongs to the tunnel.
async fn read_answer<S: AsyncRead + Unpin>(stream: &mut S) -> Result<Vec<u8>, ConnectError> {
    let mut answer = Vec::with_capacity(256);
    while !answer.ends_with(b"\r\n\r\n") {
        if answer.len() >= MAX_ANSWER {
            return Err(ConnectError::Proxy("its answer does not end".into()));
        }
        match stream.read_u8().await {
            Ok(byte) => answer.push(byte),
            Err(_) => return Err(ConnectError::Proxy("it closed the connection".into())),
        }
    }
    Ok(answer)
}

fn status(answer: &[u8]) -> Option<u16> {
    let line = std::str::from_utf8(answer.split(|byte| *byte == b'\r').next()?).ok()?;
    let mut words = line.split(' ');
    words.next()?.strip_prefix("HTTP/1.")?;
    words.next()?.parse().ok()
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let digit = |byte: Option<&u8>| byte.and_then(|byte| char::from(*byte).to_digit(16));
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                decoded.push(u8::try_from(high * 16 + low).unwrap_or_default());
                at += 3;
            }
            _ => {
                decoded.push(*byte);
                at += 1;
            }
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(target: &str, environment: &[(&str, &str)]) -> Option<String> {
        let variable = |name: &str| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        let target = Url::parse(target).unwrap();
        Proxy::FromEnvironment.resolve_with(&target, variable).unwrap().map(|url| url.to_string())
    }

    #[test]
    fn the_environment_names_the_proxy() {
        let both = [("https_proxy", "http://p:1"), ("HTTP_PROXY", "q:2")];
        assert_eq!(chosen("wss://a.example", &both).as_deref(), Some("http://p:1/"));
        assert_eq!(chosen("ws://a.example", &both).as_deref(), Some("http://q:2/"));
        assert_eq!(chosen("wss://localhost", &both), None);
        assert_eq!(chosen("wss://127.0.0.1", &both), None);
        assert_eq!(
            chosen("wss://a.example", &[("ALL_PROXY", "http://r:3")]).as_deref(),
            Some("http://r:3/")
        );
        assert_eq!(chosen("wss://a.example", &[("https_proxy", " ")]), None);
    }

    #[test]
    fn no_proxy_is_obeyed() {
        for (list, direct) in [
            ("a.example", true),
            (".a.example", true),
            ("example", true),
            ("*.example", true),
            ("*", true),
            ("x.org, shop.a.example:443", true),
            ("shop.a.example:80", false),
            ("op.a.example", false),
            ("", false),
        ] {
            let environment = [("https_proxy", "http://p:1"), ("no_proxy", list)];
            assert_eq!(chosen("wss://shop.a.example", &environment).is_none(), direct, "{list}");
        }
    }

    #[test]
    fn socks_is_refused_in_words() {
        let proxy = Proxy::Url(Url::parse("socks5://p:1").unwrap());
        let error = proxy.resolve(&Url::parse("wss://a.example").unwrap()).unwrap_err();
        assert!(error.to_string().contains("socks5"));
    }

    #[tokio::test]
    async fn the_tunnel_starts_right_behind_the_answer() {
        let (client, mut proxy) = tokio::io::duplex(1024);
        let url = Url::parse("http://us%40er:p%3Aw@p:1").unwrap();
        let served = tokio::spawn(async move {
            let mut request = vec![0; 1024];
            let read = proxy.read(&mut request).await.unwrap();
            proxy.write_all(b"HTTP/1.1 200 OK\r\nX: y\r\n\r\nfirst").await.unwrap();
            (String::from_utf8(request[..read].to_vec()).unwrap(), proxy)
        });
        let mut stream = tunnel(client, &url, "[::1]", 443).await.unwrap();
        let mut first = [0; 5];
        stream.read_exact(&mut first).await.unwrap();
        assert_eq!(&first, b"first");
        let (request, _proxy) = served.await.unwrap();
        assert!(
            request.starts_with("CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n"),
            "{request}"
        );
        assert!(
            request.contains(&format!("Basic {}\r\n", STANDARD.encode("us@er:p:w"))),
            "{request}"
        );
    }
}
