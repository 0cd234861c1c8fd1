//! What the licence check wants to know of this machine.

use crate::clock::iso_now;
use crate::machine::hostname;
use serde::Serialize;

/// The `deviceInfo` of a licence check, in the words that Node uses.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct DeviceInfo {
    #[serde(rename = "deviceId")]
    device_id: String,
    hostname: String,
    platform: &'static str,
    arch: &'static str,
    /// Bytes; 0 where it is not known.
    totalmem: u64,
    cpus: usize,
    version: String,
    timestamp: String,
}

impl DeviceInfo {
    /// Now. Reads two small files of the system.
    pub(crate) async fn now(device_id: &str, version: &str) -> DeviceInfo {
        DeviceInfo {
            device_id: device_id.to_owned(),
            hostname: hostname().await.unwrap_or("till".into()),
            platform: match std::env::consts::OS {
                "windows" => "win32",
                "macos" => "darwin",
                other => other,
            },
            arch: match std::env::consts::ARCH {
                "x86_64" => "x64",
                "aarch64" => "arm64",
                "x86" => "ia32",
                other => other,
            },
            totalmem: memory().await,
            cpus: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            version: version.to_owned(),
            timestamp: iso_now(),
        }
    }
}

async fn memory() -> u64 {
    let file = tokio::fs::read_to_string("/proc/meminfo").await.unwrap_or_default();
    let line = file.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kibibytes = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
    kibibytes.unwrap_or(0).saturating_mul(1024)
}
