//! What is wrong with the engine, its settings and its secrets, and why it does not do what was asked for.

use super::{Key, Language};
use platen_bridge::{
    EngineError, HomeError, KeyringTrouble, NotAccepted, NotNow, Notice, RequestError, SecretError,
    SecretName, SettingsError, UnknownKey, WayTrouble,
};
use platen_job::Refusal;

impl Language {
    /// Why the engine cannot start.
    pub fn engine_error(self, error: &EngineError) -> String {
        match error {
            EngineError::Home(HomeError::AlreadyRunning(path)) => {
                self.say(Key::StartTaken, &[("path", &path.display().to_string())])
            }
            EngineError::Home(HomeError::Unusable(path, error)) => {
                let (path, why) = (path.display().to_string(), error.to_string());
                self.say(Key::StartFolder, &[("path", &path), ("why", &why)])
            }
            EngineError::Settings(error) => self.settings_error(error),
            EngineError::Spool(error) => self.say(Key::StartSpool, &[("why", &error.to_string())]),
        }
    }

    /// What is wrong with the settings.
    pub fn settings_error(self, error: &SettingsError) -> String {
        match error {
            SettingsError::File(path, error) => {
                let (path, why) = (path.display().to_string(), error.to_string());
                self.say(Key::StartFolder, &[("path", &path), ("why", &why)])
            }
            SettingsError::Wrong(path, why) => {
                let path = path.display().to_string();
                self.say(Key::StartSettings, &[("path", &path), ("why", why)])
            }
            SettingsError::TwoPrinters(name) => {
                self.say(Key::StartTwoPrinters, &[("printer", name)])
            }
            SettingsError::OwnBackup(name) => self.say(Key::StartOwnBackup, &[("printer", name)]),
            SettingsError::NoPrinter(name) => self.say(Key::RequestNoPrinter, &[("printer", name)]),
            SettingsError::NameTaken(name) => self.say(Key::ErrorNameTaken, &[("printer", name)]),
            SettingsError::Busy(_) => self.word(Key::ErrorSettingsBusy).into(),
        }
    }

    /// Why a secret cannot be had or kept.
    pub fn secret_error(self, error: &SecretError) -> String {
        match error {
            SecretError::File(path, error) => {
                let (path, why) = (path.display().to_string(), error.to_string());
                self.say(Key::StartFolder, &[("path", &path), ("why", &why)])
            }
            SecretError::Damaged(path) => {
                self.say(Key::SecretDamaged, &[("path", &path.display().to_string())])
            }
            SecretError::Keyring(trouble) => self.keyring(*trouble).into(),
            SecretError::Elsewhere => self.word(Key::SecretElsewhere).into(),
        }
    }

    fn keyring(self, trouble: KeyringTrouble) -> &'static str {
        self.word(match trouble {
            KeyringTrouble::Absent => Key::KeyringAbsent,
            KeyringTrouble::Locked => Key::KeyringLocked,
            KeyringTrouble::Slow => Key::KeyringSlow,
            KeyringTrouble::Missing => Key::KeyringMissing,
            KeyringTrouble::Failed => Key::KeyringFailed,
        })
    }

    /// Why the engine does not do what was asked for.
    pub fn request_error(self, error: &RequestError) -> String {
        match error {
            RequestError::NoPrinter(name) => self.say(Key::RequestNoPrinter, &[("printer", name)]),
            // The window names printers by their ids.
            RequestError::NoRole(_) | RequestError::UnknownRole(_) => {
                self.say(Key::ErrorFailed, &[("why", &error.to_string())])
            }
            RequestError::NoJob(id) => self.say(Key::RequestNoJob, &[("number", &id.to_string())]),
            RequestError::NotNow { why, .. } => self.not_now(why),
            RequestError::NoWindow => self.word(Key::RequestNoWindow).into(),
            RequestError::Refused(why) => self.not_accepted(why),
            RequestError::Settings(why) => self.say(Key::ErrorFailed, &[("why", why)]),
            RequestError::Spool(why) => self.say(Key::RequestSpool, &[("why", why)]),
        }
    }

    fn not_now(self, why: &NotNow) -> String {
        let key = match why {
            NotNow::NoPicture(outcome) => return self.outcome(outcome),
            NotNow::Words(words) => return words.clone(),
            NotNow::TooLong => Key::NowTooLong,
            NotNow::Settled => Key::NowSettled,
            NotNow::NotStopped => Key::NowNotStopped,
            NotNow::StillOpen => Key::NowStillOpen,
            NotNow::NoQuestion => Key::NowNoQuestion,
            NotNow::Retired => Key::NowRetired,
        };
        self.word(key).into()
    }

    fn not_accepted(self, why: &NotAccepted) -> String {
        let refusal = match why {
            NotAccepted::PrintedLongAgo => return self.word(Key::RefusedLongAgo).into(),
            NotAccepted::Words(words) => return self.say(Key::RefusedWhy, &[("why", words)]),
            NotAccepted::Refusal(refusal) => refusal,
        };
        match refusal {
            Refusal::QueueFull { limit } => {
                self.say(Key::RefusedQueueFull, &[("limit", &limit.to_string())])
            }
            Refusal::DiskFull => self.word(Key::RefusedDiskFull).into(),
            Refusal::SpoolUnavailable => self.word(Key::RefusedSpool).into(),
            Refusal::ShuttingDown => self.word(Key::RefusedShuttingDown).into(),
            // What is wrong with a job is for its sender, in English; the window sends none that is.
            Refusal::NoId
            | Refusal::BadId(_)
            | Refusal::BadField { .. }
            | Refusal::Nothing
            | Refusal::Document(_) => self.say(Key::RefusedWhy, &[("why", &refusal.to_string())]),
        }
    }

    /// What stands in the way to a device.
    pub fn way_trouble(self, trouble: &WayTrouble) -> String {
        match trouble {
            WayTrouble::Denied(help) => self.say(Key::FoundDenied, &[("command", &help.command())]),
            WayTrouble::Words(words) => words.clone(),
        }
    }

    /// What a person should know; nothing where the window says it in another place.
    pub fn notice(self, notice: &Notice) -> Option<String> {
        Some(match notice {
            // The line of the state says it, and Home asks for the set-up.
            Notice::NoSender => return None,
            Notice::Words(words) => words.clone(),
            Notice::NextStart => self.word(Key::NoticeNextStart).into(),
            Notice::NoOdooToken => self.word(Key::NoticeNoOdooToken).into(),
            Notice::SecretUnreadable { secret, keyring, why } => {
                self.secret_unreadable(*secret, *keyring, why)
            }
            Notice::TooManyProfiles(most) => {
                self.say(Key::NoticeTooManyProfiles, &[("most", &most.to_string())])
            }
            Notice::UnknownKey(UnknownKey { path, line: None }) => {
                self.say(Key::NoticeUnknownKey, &[("key", path)])
            }
            Notice::UnknownKey(UnknownKey { path, line: Some(line) }) => {
                self.say(Key::NoticeUnknownKeyAt, &[("key", path), ("line", &line.to_string())])
            }
            Notice::SpoolSetAside(path) => {
                self.say(Key::NoticeSpoolSetAside, &[("path", &path.display().to_string())])
            }
            Notice::NotConnected { connector, why } => {
                self.say(Key::NoticeNotConnected, &[("connector", connector), ("why", why)])
            }
            Notice::CertificateNotRenewed(why) => self.say(Key::NoticeCertificate, &[("why", why)]),
            Notice::PrinterNotOpened { printer, why } => {
                self.say(Key::NoticePrinterNotOpened, &[("printer", printer), ("why", why)])
            }
            Notice::UnknownProfile { printer, profile, instead } => self.say(
                Key::NoticeUnknownProfile,
                &[("printer", printer), ("profile", profile), ("instead", instead)],
            ),
            Notice::OtherPaper { printer, profile, paper } => {
                let width = paper.millimetres().to_string();
                let values =
                    [("printer", printer.as_str()), ("profile", profile), ("width", &width)];
                self.say(Key::NoticeOtherPaper, &values)
            }
            Notice::NoBackup { printer, backup } => {
                self.say(Key::NoticeNoBackup, &[("printer", printer), ("backup", backup)])
            }
            Notice::SameAddress { one, other } => {
                self.say(Key::NoticeSameAddress, &[("one", one), ("other", other)])
            }
            Notice::ProfileUnusable(why) => self.say(Key::NoticeProfile, &[("why", why)]),
            Notice::ProfilesUnreadable(why) => self.say(Key::NoticeProfiles, &[("why", why)]),
        })
    }

    fn secret_unreadable(
        self,
        secret: SecretName,
        keyring: Option<KeyringTrouble>,
        why: &str,
    ) -> String {
        let secret = self.word(match secret {
            SecretName::GatewayLicenseKey => Key::SecretLicenceKey,
            SecretName::OdooPullToken => Key::SecretOdooToken,
            _ => Key::SecretToken,
        });
        let why = keyring.map_or(why, |trouble| self.keyring(trouble));
        self.say(Key::NoticeSecret, &[("secret", secret), ("why", why)])
    }
}
