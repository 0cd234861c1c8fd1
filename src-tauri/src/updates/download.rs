//! Fetches a package, and goes on where it stopped the last time.

use super::part::{Begun, Part, Source};
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, CONTENT_RANGE, ETAG, HeaderName, IF_RANGE, LAST_MODIFIED, RANGE,
};
use reqwest::{Client, Proxy, Response, StatusCode};
use std::io;
use std::time::Duration;
use tauri_plugin_updater::Update;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

/// Longest that a package may take; what came by then stays for the next time.
const LONGEST: Duration = Duration::from_secs(30 * 60);
/// Longest that a server may take to answer the call.
const CONNECT: Duration = Duration::from_secs(30);
/// Longest that nothing may come.
const SILENCE: Duration = Duration::from_secs(60);
/// Most bytes of a package, which is held in memory while it is checked: three times what releases have, and what programs for
/// development come to.
const MOST: u64 = if cfg!(debug_assertions) { 400 << 20 } else { 64 << 20 };
/// Longest name of a content that is remembered, in bytes.
const LONGEST_VALIDATOR: usize = 256;

/// How a package came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// In one go.
    AtOnce,
    /// In pieces, which may not be of one file after all.
    InPieces,
}

/// Why a package did not come.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// What came so far is kept.
    #[error("the line broke: {0}")]
    Line(reqwest::Error),
    /// Likewise.
    #[error("the server answered {0}")]
    Answer(StatusCode),
    /// There is more or less of it than was announced. Nothing of it is kept, if it is more.
    #[error("it has another length than was announced")]
    Length,
    /// Nothing of it is kept.
    #[error("it is too large")]
    TooLarge,
    /// What came is something else, such as a page of a proxy. Nothing of it is kept.
    #[error("what came is no package")]
    NoPackage,
    /// It could not be written. Nothing of it is kept: the spool needs the room.
    #[error("it cannot be written: {0}")]
    Disk(#[from] io::Error),
}

/// The address may hold a secret.
impl From<reqwest::Error> for Stopped {
    fn from(error: reqwest::Error) -> Stopped {
        Stopped::Line(error.without_url())
    }
}

/// Fetches a package, or what is missing of it, into its part-file.
///
/// # Errors
/// [`Stopped`]
pub async fn fetch(update: &Update, part: &Part) -> Result<Came, Stopped> {
    let fetched = go_on_or_begin(update, part).await;
    match &fetched {
        Err(Stopped::TooLarge | Stopped::Disk(_)) => part.remove(),
        // Removes it where it cannot be gone on with.
        Err(_) => drop(part.begun()),
        Ok(_) => {}
    }
    fetched
}

async fn go_on_or_begin(update: &Update, part: &Part) -> Result<Came, Stopped> {
    let client = client(update)?;
    let Some(begun) = part.begun() else {
        return begin(ask(&client, update, None).await?, part).await;
    };
    if begun.came == begun.source.length {
        return Ok(Came::InPieces);
    }
    let answer = ask(&client, update, Some(&begun)).await?;
    match answer.status() {
        StatusCode::PARTIAL_CONTENT if goes_on(&answer, &begun) => {
            let file = part.go_on()?;
            let rest = Expected { came: begun.came, length: Some(begun.source.length) };
            rest.take(answer, file, part).await?;
            Ok(Came::InPieces)
        }
        // Another piece than the one that was asked for, or none: it is not that file any more.
        StatusCode::PARTIAL_CONTENT | StatusCode::RANGE_NOT_SATISFIABLE => {
            begin(ask(&client, update, None).await?, part).await
        }
        // All of it, as the file is another one or the server knows no pieces.
        _ => begin(answer, part).await,
    }
}

async fn begin(answer: Response, part: &Part) -> Result<Came, Stopped> {
    if answer.status() != StatusCode::OK {
        return Err(Stopped::Answer(answer.status()));
    }
    let length = answer.content_length();
    if length.is_some_and(|length| length > MOST) {
        return Err(Stopped::TooLarge);
    }
    let source = length.and_then(|length| Some(Source { validator: validator(&answer)?, length }));
    let file = part.begin(source)?;
    Expected { came: 0, length }.take(answer, file, part).await?;
    Ok(Came::AtOnce)
}

/// What is to come.
struct Expected {
    came: u64,
    length: Option<u64>,
}

impl Expected {
    async fn take(
        mut self,
        mut answer: Response,
        file: std::fs::File,
        part: &Part,
    ) -> Result<(), Stopped> {
        let mut file = File::from_std(file);
        let taken = self.write(&mut answer, &mut file).await;
        // What came before a line breaks is worth keeping.
        file.flush().await?;
        taken?;
        match self.length {
            Some(length) if self.came > length => {
                part.remove();
                Err(Stopped::Length)
            }
            Some(length) if self.came < length => Err(Stopped::Length),
            _ => Ok(()),
        }
    }

    /// Ends early where more comes than may.
    async fn write(&mut self, answer: &mut Response, file: &mut File) -> Result<(), Stopped> {
        while let Some(chunk) = answer.chunk().await? {
            self.came += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
            if self.came > MOST {
                return Err(Stopped::TooLarge);
            }
            if self.length.is_some_and(|length| self.came > length) {
                return Ok(());
            }
            file.write_all(&chunk).await?;
        }
        Ok(())
    }
}

async fn ask(client: &Client, update: &Update, begun: Option<&Begun>) -> Result<Response, Stopped> {
    let mut request = client
        .get(update.download_url.clone())
        .headers(update.headers.clone())
        .header(ACCEPT, "application/octet-stream")
        // Pieces are of the file itself.
        .header(ACCEPT_ENCODING, "identity");
    if let Some(Begun { came, source }) = begun {
        request =
            request.header(RANGE, format!("bytes={came}-")).header(IF_RANGE, &source.validator);
    }
    Ok(request.send().await?)
}

/// The list was asked for in the same way. Whoever did that has set up what encrypts.
fn client(update: &Update) -> Result<Client, Stopped> {
    let builder = Client::builder()
        .user_agent(concat!("Platen/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT)
        .read_timeout(SILENCE)
        .timeout(LONGEST);
    let builder = match &update.proxy {
        _ if update.no_proxy => builder.no_proxy(),
        Some(proxy) => builder.proxy(Proxy::all(proxy.as_str())?),
        None => builder,
    };
    Ok(builder.build()?)
}

/// Whether it is the rest of the piece that is here.
fn goes_on(answer: &Response, begun: &Begun) -> bool {
    let Begun { came, source: Source { validator: known, length } } = begun;
    let rest = format!("bytes {came}-{}/{length}", length - 1);
    said(answer, CONTENT_RANGE).is_some_and(|range| range == rest)
        && validator(answer).is_none_or(|named| named == *known)
}

/// What names the content: of those names that mean the same bytes and not just the same picture.
fn validator(answer: &Response) -> Option<String> {
    let strong = said(answer, ETAG).filter(|tag| !tag.starts_with("W/"));
    let named = strong.or_else(|| said(answer, LAST_MODIFIED))?;
    (named.len() <= LONGEST_VALIDATOR).then(|| named.to_owned())
}

fn said(answer: &Response, name: HeaderName) -> Option<&str> {
    answer.headers().get(name)?.to_str().ok()
}
