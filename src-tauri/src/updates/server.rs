//! The update server: Tauri's updater reads its list, checks signatures and starts the systems' installers.

use super::download::{Came, Stopped, fetch};
use super::kind::Kind;
use super::part::Part;
use super::place;
use super::successor::{Successor, Then};
use super::till::{endpoint, remember};
use async_trait::async_trait;
use platen_bridge::Home;
use platen_updates::{
    Fingerprint, Found, InstallTrouble, Memory, Offer, Reach, Refusal, Rules, Source, Trial,
    Trouble, Version,
};
use platen_window::Room;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tauri::AppHandle;
use tauri_plugin_updater::{Error, Update, UpdaterBuilder, UpdaterExt};

/// Longest that the list of versions may take.
const LOOK: Duration = Duration::from_secs(30);

/// Where versions are announced.
pub struct Server {
    app: AppHandle,
    room: Arc<Room>,
    successor: Arc<Successor>,
    /// As it was at the start: the name that the system gives changes with the file.
    program: Option<PathBuf>,
}

impl Server {
    pub fn new(app: AppHandle, room: Arc<Room>, successor: Arc<Successor>) -> Server {
        Server { app, room, successor, program: place::program() }
    }
}

#[async_trait]
impl Source for Server {
    async fn look(&self, rules: &Rules) -> Result<Option<Box<dyn Found>>, Trouble> {
        let settings = &rules.settings;
        let list = endpoint(settings).and_then(|one| one.manifest(settings.channel));
        let builder = self.app.updater_builder().timeout(LOOK);
        let builder = through(builder, settings.proxy.as_deref());
        let updater = builder.endpoints(list.into_iter().collect()).and_then(UpdaterBuilder::build);
        let found = updater.map_err(looked)?.check().await.map_err(looked)?;
        // What came of a package that is not offered any more is of no use.
        let signature = found.as_ref().map_or("", |update| &update.signature);
        let package = Fingerprint::of(signature);
        let part = Part::of(self.room.home(), &package);
        let _ = blocking(move || Ok(part.begun())).await;
        let Some(update) = found else { return Ok(None) };
        let version: Version = update.version.parse().map_err(|_| Trouble::OtherAnswer)?;
        let reach = Reach::of(&update.raw_json);
        Ok(Some(Box::new(Announced {
            offer: Offer { version, reach, package },
            update,
            room: self.room.clone(),
            successor: self.successor.clone(),
            program: self.program.clone(),
        })))
    }
}

/// By a proxy, where the settings name one.
fn through(builder: UpdaterBuilder, proxy: Option<&str>) -> UpdaterBuilder {
    match proxy {
        None => builder,
        Some("none") => builder.no_proxy(),
        Some(proxy) => match proxy.parse() {
            Ok(proxy) => builder.proxy(proxy),
            Err(_) => builder,
        },
    }
}

/// A version that was announced.
struct Announced {
    offer: Offer,
    update: Update,
    room: Arc<Room>,
    successor: Arc<Successor>,
    program: Option<PathBuf>,
}

#[async_trait]
impl Found for Announced {
    fn offer(&self) -> &Offer {
        &self.offer
    }

    async fn fetch(&self) -> Result<(), Trouble> {
        if self.update.signature.trim().is_empty() {
            return Err(self.refused(Refusal::NotSigned));
        }
        // From before the last start.
        if self.kept().await.is_ok() {
            return Ok(());
        }
        match self.bring().await {
            // The pieces were not of one file, or the disk lost some of it: the server may not be to blame.
            (
                Some(Came::InPieces),
                Err(Trouble::Refused(_, Refusal::NotGenuine) | Trouble::Broken(_)),
            ) => self.bring().await.1,
            (_, brought) => brought,
        }
    }

    async fn install(&self, memory: &Memory) -> Result<(), Trouble> {
        let package = self.kept().await?;
        match Kind::here() {
            Kind::Program => self.replace(package, memory).await?,
            Kind::System(installer) => {
                let program = self.program()?;
                let installed = installer.install(package).await;
                installed.map_err(|why| self.not_installed(why))?;
                self.follow(program, memory).await;
            }
            Kind::Setup => self.set_up(package, memory).await,
            Kind::App => self.unpack(package, memory).await?,
        }
        self.room.leave();
        Ok(())
    }
}

impl Announced {
    fn home(&self) -> &Home {
        self.room.home()
    }

    fn refused(&self, why: Refusal) -> Trouble {
        Trouble::Refused(self.offer.version.clone(), why)
    }

    fn not_installed(&self, why: InstallTrouble) -> Trouble {
        Trouble::NotInstalled(self.offer.version.clone(), why)
    }

    /// The package that is here, if it is genuine.
    async fn kept(&self) -> Result<Vec<u8>, Trouble> {
        let (path, update) = (self.home().update(), self.update.clone());
        let read = blocking(move || {
            let package = std::fs::read(path)?;
            Ok(update.verify(&package).map(|()| package))
        });
        let broken = |_| Trouble::Broken(self.offer.version.clone());
        read.await.map_err(broken)?.map_err(|error| self.fetched(error))
    }

    /// Brings the package here and checks it. What came is gone after that, unless it was cut short.
    async fn bring(&self) -> (Option<Came>, Result<(), Trouble>) {
        let part = Part::of(self.home(), &self.offer.package);
        match fetch(&self.update, &part).await {
            Ok(came) => (Some(came), self.take(part).await),
            Err(stopped) => (None, Err(self.stopped(&stopped))),
        }
    }

    /// Has it as the package that waits, if it is genuine.
    async fn take(&self, part: Part) -> Result<(), Trouble> {
        let (place, update) = (self.home().update(), self.update.clone());
        let taken = blocking(move || {
            let content = part.content()?;
            let Err(error) = update.verify(&content) else {
                return part.become_package(&place).map(Ok);
            };
            part.remove();
            Ok(Err((error, Kind::here().has_mark(&content))))
        });
        let taken = taken.await.map_err(|error| self.stopped(&Stopped::Disk(error)))?;
        taken.map_err(|(error, has_mark)| match error {
            // Somebody else answered in the server's place.
            Error::Minisign(_) if !has_mark => self.stopped(&Stopped::NoPackage),
            error => self.fetched(error),
        })
    }

    /// Why it did not come, in our words.
    fn stopped(&self, stopped: &Stopped) -> Trouble {
        tracing::info!(version = %self.offer.version, %stopped, "an update did not come whole");
        match stopped {
            Stopped::TooLarge => self.refused(Refusal::TooLarge),
            Stopped::Disk(error) => self.not_installed(place::trouble(error)),
            _ => Trouble::Broken(self.offer.version.clone()),
        }
    }

    /// What became of a package, in our words.
    fn fetched(&self, error: Error) -> Trouble {
        let why = match &error {
            Error::Minisign(_) => Refusal::NotGenuine,
            Error::Base64(_) | Error::SignatureUtf8(_) => Refusal::NotSigned,
            Error::MissingSignedVersion => Refusal::NoVersion,
            Error::SignedVersionMismatch { signed, .. } => Refusal::OtherVersion(signed.clone()),
            _ => return Trouble::Broken(self.offer.version.clone()),
        };
        tracing::warn!(version = %self.offer.version, %error, "an update was refused");
        self.refused(why)
    }

    async fn replace(&self, package: Vec<u8>, memory: &Memory) -> Result<(), Trouble> {
        let program = self.program()?;
        // Before the version is in place: it may be crashing as soon as it is.
        self.on_trial(memory, Some(place::previous(&program))).await;
        let place = program.clone();
        let put = tokio::task::spawn_blocking(move || place::replace(&place, &package)).await;
        if let Err(why) = put.unwrap_or(Err(InstallTrouble::Failed)) {
            remember(self.home(), memory).await;
            return Err(self.not_installed(why));
        }
        self.successor.will_be(Then::Program(program));
        Ok(())
    }

    /// By the installer, which ends this program: after the engine has ended.
    async fn set_up(&self, package: Vec<u8>, memory: &Memory) {
        // The installer keeps this version there. Where it fails, this version starts again, and finds itself still on trial.
        self.on_trial(memory, self.program.as_deref().map(place::previous)).await;
        let update = self.update.clone();
        let install = move || {
            if let Err(error) = update.install(package) {
                tracing::error!(%error, "the installer could not be started");
            }
        };
        self.successor.will_be(Then::Installer(Box::new(install)));
    }

    /// In place of the app, by Tauri's updater.
    async fn unpack(&self, package: Vec<u8>, memory: &Memory) -> Result<(), Trouble> {
        let program = self.program()?;
        let update = self.update.clone();
        let unpacked = tokio::task::spawn_blocking(move || update.install(package)).await;
        let why = match unpacked {
            Ok(Ok(())) => {
                self.follow(program, memory).await;
                return Ok(());
            }
            Ok(Err(Error::AuthenticationFailed)) => InstallTrouble::NoPassword,
            Ok(Err(Error::Io(error))) => place::trouble(&error),
            _ => InstallTrouble::Failed,
        };
        Err(self.not_installed(why))
    }

    fn program(&self) -> Result<PathBuf, Trouble> {
        self.program.clone().ok_or_else(|| self.not_installed(InstallTrouble::Failed))
    }

    /// The version is in place, and the one before it was not kept.
    async fn follow(&self, program: PathBuf, memory: &Memory) {
        self.on_trial(memory, None).await;
        self.successor.will_be(Then::Program(program));
    }

    async fn on_trial(&self, memory: &Memory, previous: Option<PathBuf>) {
        let trial = Some(Trial { version: self.offer.version.clone(), previous });
        remember(self.home(), &Memory { trial, ..memory.clone() }).await;
    }
}

/// What became of a look, in our words.
fn looked(error: Error) -> Trouble {
    match error {
        Error::Reqwest(error) if error.is_decode() => Trouble::OtherAnswer,
        Error::Serialization(_) | Error::Semver(_) => Trouble::OtherAnswer,
        Error::ReleaseNotFound => Trouble::NoList,
        Error::TargetNotFound(_) | Error::TargetsNotFound(_) => Trouble::NoPackage,
        _ => Trouble::Unreachable,
    }
}

/// The disk may be slow, and signatures take their time.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> std::io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(std::io::Error::other("stopped")))
}
