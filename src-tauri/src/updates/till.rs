//! What this till says of itself.

use super::{KEY, place};
use async_trait::async_trait;
use jiff::Zoned;
use platen_bridge::{Home, Settings, write_private};
use platen_updates::{
    Endpoint, Host, Memory, Off, Rules, Trial, UpdateMode, UpdateSettings, Version, Way,
};
use tauri::AppHandle;

/// Where updates are, unless the settings say otherwise; given when a release is built.
const ENDPOINT: Option<&str> = option_env!("PLATEN_UPDATE_ENDPOINT");

/// This till.
pub struct Here {
    home: Home,
    running: Version,
}

impl Here {
    pub fn new(app: &AppHandle, home: Home) -> Here {
        Here { home, running: app.package_info().version.clone() }
    }
}

/// Where a till looks.
pub fn endpoint(settings: &UpdateSettings) -> Option<Endpoint> {
    settings.endpoint.clone().or_else(|| ENDPOINT?.parse().ok())
}

fn off(settings: &UpdateSettings) -> Option<Off> {
    match settings.mode {
        UpdateMode::Off => Some(Off::Settings),
        _ if KEY.is_none() => Some(Off::NoKey),
        _ if endpoint(settings).is_none() => Some(Off::NoEndpoint),
        _ => None,
    }
}

#[async_trait]
impl Host for Here {
    async fn rules(&self) -> Rules {
        let path = self.home.settings();
        let read = tokio::task::spawn_blocking(move || (Settings::load(&path), place::way()));
        let (settings, way) = match read.await {
            Ok((Ok((settings, _)), way)) => (settings, way),
            // A file that nobody can read wants nothing done.
            _ => {
                let updates = UpdateSettings { mode: UpdateMode::Off, ..UpdateSettings::default() };
                (Settings { updates, ..Settings::default() }, Way::Elsewhere)
            }
        };
        Rules {
            running: self.running.clone(),
            till: settings.device_id.unwrap_or_default(),
            off: off(&settings.updates),
            settings: settings.updates,
            way,
        }
    }

    fn now(&self) -> Zoned {
        Zoned::now()
    }

    async fn memory(&self) -> Memory {
        let text = tokio::fs::read_to_string(self.home.updates()).await.unwrap_or_default();
        Memory::from_json(&text)
    }

    async fn remember(&self, memory: &Memory) {
        remember(&self.home, memory).await;
    }

    async fn forget_previous(&self, trial: &Trial) {
        if let Some(previous) = &trial.previous {
            let _ = tokio::fs::remove_file(previous).await;
        }
    }

    async fn drop_package(&self) {
        let _ = tokio::fs::remove_file(self.home.update()).await;
    }
}

/// Keeps what is to be remembered. A disk that takes nothing costs a download, and no job.
pub async fn remember(home: &Home, memory: &Memory) {
    let (path, text) = (home.updates(), memory.to_json());
    let kept = tokio::task::spawn_blocking(move || write_private(&path, text.as_bytes()));
    if let Ok(Err(error)) = kept.await {
        tracing::warn!(%error, "what is known of updates could not be kept");
    }
}
