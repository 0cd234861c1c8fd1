//! Why a line to a server is not there, and what a server says of the licence.

use super::{Key, Language};
use platen_connectors::printermaster::LicenceRefusal;
use platen_socketio::{ConnectionState, LineCause};

impl Language {
    /// Why a line is not there.
    pub fn line_cause(self, cause: &LineCause) -> String {
        let word = |key| self.word(key).to_owned();
        match cause {
            LineCause::NameUnknown { host } => self.say(Key::LineNameUnknown, &[("host", host)]),
            LineCause::Unreachable { host } => self.say(Key::LineUnreachable, &[("host", host)]),
            LineCause::Silent => word(Key::LineSilent),
            LineCause::Proxy => word(Key::LineProxy),
            LineCause::Untrusted { why } => self.say(Key::LineUntrusted, &[("why", why)]),
            LineCause::Status { status } => {
                self.say(Key::LineStatus, &[("status", &status.to_string())])
            }
            LineCause::NotAGateway => word(Key::LineNotAGateway),
            LineCause::Broken => word(Key::LineBroken),
            LineCause::Ended => word(Key::LineEnded),
            LineCause::Refused { said } => self.say(Key::LineRefused, &[("said", said)]),
            LineCause::Unencrypted => word(Key::LineUnencrypted),
            LineCause::Settings { why } => self.say(Key::LineSettings, &[("why", why)]),
            LineCause::Internal => word(Key::LineInternal),
        }
    }

    /// How a line is.
    pub fn line(self, state: Option<&ConnectionState>) -> String {
        match state {
            None | Some(ConnectionState::Stopped) => self.word(Key::LineNotStarted).into(),
            Some(ConnectionState::Connecting) => self.word(Key::LineConnecting).into(),
            Some(ConnectionState::Online { .. }) => self.word(Key::LineOnline).into(),
            Some(
                ConnectionState::Retrying { cause, .. } | ConnectionState::Refused { cause, .. },
            ) => self.line_cause(cause),
        }
    }

    /// What to do where a licence is refused; `said` is what the server says of it.
    pub fn licence_refusal(self, refusal: LicenceRefusal, said: Option<&str>) -> String {
        let advice = self.word(match refusal {
            LicenceRefusal::Unknown => Key::LicenceUnknown,
            LicenceRefusal::InUse => Key::LicenceInUse,
            LicenceRefusal::NotAccepted => Key::LicenceNotAccepted,
            LicenceRefusal::TurnedAway => Key::LicenceTurnedAway,
        });
        match said {
            Some(said) => format!("{advice} {}", self.say(Key::LicenceSaid, &[("said", said)])),
            None => advice.into(),
        }
    }
}
