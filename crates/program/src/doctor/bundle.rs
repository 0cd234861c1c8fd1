//! What support needs, in one file: no secret, no receipt.

use super::{Diagnosis, Finding};
use platen_bridge::{Home, Settings};
use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;
use url::Url;
use zip::result::ZipError;
use zip::write::SimpleFileOptions;

/// Most bytes of each log file in the bundle, from its end.
const LOG_BYTES: u64 = 4 * 1024 * 1024;

/// Stands for what is not shown.
const REMOVED: &str = "(removed)";

/// Why there is no bundle.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// The file cannot be written, or a log not be read.
    #[error("{0}")]
    File(#[from] io::Error),
    /// What was found cannot be written as JSON.
    #[error("what was found cannot be written: {0}")]
    Json(#[from] serde_json::Error),
    /// The file cannot be packed.
    #[error("it cannot be packed: {0}")]
    Zip(#[from] ZipError),
}

/// What a bundle that is made now is called, such as `platen-2026-11-28-153012.zip`.
pub fn bundle_name() -> String {
    format!("platen-{}.zip", jiff::Zoned::now().strftime("%Y-%m-%d-%H%M%S"))
}

/// Packs the bundle into that file: what was found, the settings without secrets, the engine's state, its newest jobs without
/// their text, the logs, and which versions these are. For a blocking thread.
///
/// # Errors
/// [`BundleError`]; a file that was begun is taken away.
pub fn bundle(home: &Home, diagnosis: &Diagnosis, path: &Path) -> Result<(), BundleError> {
    let file = File::create(path)?;
    let packed = pack(home, diagnosis, file);
    if packed.is_err() {
        let _ = fs::remove_file(path);
    }
    packed
}

fn pack(home: &Home, diagnosis: &Diagnosis, file: File) -> Result<(), BundleError> {
    let Diagnosis { findings, told } = diagnosis;
    let mut zip = zip::ZipWriter::new(file);
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    let mut put = |name: &str, content: &[u8]| -> Result<(), BundleError> {
        zip.start_file(name, options)?;
        Ok(zip.write_all(content)?)
    };
    put("findings.json", &serde_json::to_vec_pretty::<Vec<Finding>>(findings)?)?;
    put("status.json", &serde_json::to_vec_pretty(&told.status)?)?;
    put("jobs.json", &serde_json::to_vec_pretty(&told.jobs)?)?;
    put("settings.toml", redacted(home).as_bytes())?;
    put("versions.txt", versions().as_bytes())?;
    for file in fs::read_dir(home.logs())?.flatten() {
        let name = format!("logs/{}", file.file_name().to_string_lossy());
        put(&name, &tail(&file.path())?)?;
    }
    zip.finish()?;
    Ok(())
}

fn versions() -> String {
    use std::env::consts::{ARCH, OS};
    format!("platen {}\nos {OS}\narch {ARCH}\n", env!("CARGO_PKG_VERSION"))
}

/// The settings without what may hold a password.
fn redacted(home: &Home) -> String {
    let Ok((mut settings, _)) = Settings::load(&home.settings()) else {
        return "# not readable\n".into();
    };
    let hide = |proxy: &mut Option<String>| *proxy = proxy.take().map(|_| REMOVED.into());
    if let Some(gateway) = &mut settings.gateway {
        hide(&mut gateway.proxy);
        without_secrets(&mut gateway.url);
    }
    if let Some(config) = &mut settings.backend_socket {
        config.session_id = REMOVED.into();
        hide(&mut config.line.proxy);
        without_secrets(&mut config.url);
    }
    if let Some(config) = &mut settings.odoo.pull {
        hide(&mut config.line.proxy);
        without_secrets(&mut config.url);
    }
    settings.to_text().unwrap_or_else(|_| "# not writable\n".into())
}

fn without_secrets(url: &mut Url) {
    let _ = url.set_password(None);
    let _ = url.set_username("");
    url.set_query(None);
}

fn tail(path: &Path) -> Result<Vec<u8>, BundleError> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LOG_BYTES)))?;
    let mut content = Vec::new();
    file.take(LOG_BYTES).read_to_end(&mut content)?;
    Ok(content)
}
