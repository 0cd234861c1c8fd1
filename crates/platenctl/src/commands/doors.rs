//! `platenctl connectors`: the doors for systems that call this till.

use crate::cli::{DoorChange, Encryption};
use crate::failure::Failure;
use platen_bridge::{DoorEncryption, DoorName, Home, Settings, secrets_of};
use platen_connectors::door::fresh_token;
use secrecy::{ExposeSecret, SecretString};

/// Changes what is set for a door, and shows its token where one was made.
pub async fn change(home: &Home, name: DoorName, change: DoorChange) -> Result<(), Failure> {
    let (before, _) = Settings::load(&home.settings())?;
    if let Some(printer) = &change.printer
        && before.printer(printer).is_none()
    {
        return Err(Failure::usage(format!(
            "there is no printer called {printer:?}; platenctl printers lists them"
        )));
    }
    let secrets = secrets_of(home);
    let has_one = secrets.place(name.secret())?.is_some();
    let token = (change.new_token || (change.on && !has_one)).then(fresh_token);
    if let Some(token) = &token {
        // Before the settings: whoever reads them finds it.
        secrets.set(name.secret(), SecretString::from(token.expose_secret()))?;
    }
    super::printers::change(home, |settings| {
        edit(settings, name, change);
        Ok(())
    })
    .await?;
    let (settings, _) = Settings::load(&home.settings())?;
    tell(&settings, name);
    if let Some(token) = token {
        say!("Its callers have to show this token, which is not shown again:");
        say!("{}", token.expose_secret());
    }
    Ok(())
}

fn edit(settings: &mut Settings, name: DoorName, change: DoorChange) {
    let doors = &mut settings.doors;
    doors.certificate = change.certificate.or(doors.certificate.take());
    doors.key = change.key.or(doors.key.take());
    for name in change.names {
        if !doors.names.contains(&name) {
            doors.names.push(name);
        }
    }
    let section = settings.door_mut(name);
    section.enabled = (section.enabled || change.on) && !change.off;
    section.listen = change.listen.unwrap_or(section.listen);
    section.port = change.port.or(section.port);
    section.printer = change.printer.or(section.printer.take());
    section.language = change.language.or(section.language.take());
    section.currency = change.currency.or(section.currency.take());
    section.encryption = change.encryption.map(encryption).or(section.encryption);
    let lists = [
        (change.header, &mut section.header),
        (change.footer, &mut section.footer),
        (change.origins, &mut section.origins),
    ];
    for (given, kept) in lists {
        if !given.is_empty() {
            // One empty text takes the list away.
            *kept = given.into_iter().filter(|line| !line.is_empty()).collect();
        }
    }
}

fn encryption(word: Encryption) -> DoorEncryption {
    match word {
        Encryption::Tls => DoorEncryption::Tls,
        Encryption::None => DoorEncryption::None,
    }
}

/// What is set now.
fn tell(settings: &Settings, name: DoorName) {
    let Some(section) = settings.door(name) else { return };
    let (title, listen) = (name.title(), section.listen);
    let port = section.port.unwrap_or(name.usual_port());
    if !section.enabled {
        return say!("The door for {title} is off.");
    }
    let encryption = section.encryption.unwrap_or(name.usual_encryption());
    let scheme = if encryption == DoorEncryption::Tls { "https" } else { "http" };
    let address = std::net::SocketAddr::new(listen, port);
    say!("The door for {title} is on, at {scheme}://{address}.");
    if listen.is_loopback() {
        say!("Only programs on this computer reach it; --listen 0.0.0.0 opens it to the network.");
    } else if encryption == DoorEncryption::None {
        say!("What crosses the network is not encrypted, the token included: --encryption tls.");
    }
}

/// The certificate that callers have to trust.
pub fn certificate(home: &Home) -> Result<(), Failure> {
    let (settings, _) = Settings::load(&home.settings())?;
    let path = settings.doors.certificate.unwrap_or_else(|| home.certificate());
    let text = std::fs::read_to_string(&path).map_err(|error| {
        Failure::new(format!(
            "there is no certificate yet ({}: {error}); it is made when a door is opened for the first time",
            path.display()
        ))
    })?;
    say!("{}", text.trim_end());
    Ok(())
}
