//! A till: a home folder, and the program that runs in it.

use crate::{SOON, program};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Instant;
use tempfile::TempDir;

/// A home folder of its own.
pub struct Till {
    home: TempDir,
}

/// `platenctl run` in a till; killed when this goes.
pub struct RunningTill {
    child: Child,
}

impl Till {
    /// A till without settings.
    pub fn new() -> Till {
        let till = Till { home: tempfile::tempdir().unwrap() };
        till.look_nowhere();
        till
    }

    /// Settings with which it looks for no printers and no server, and without anything else: a test should not find those of its
    /// machine, nor make a noise on its network.
    pub fn look_nowhere(&self) {
        let nowhere =
            "[discovery]\nusb = false\nspooler = false\nnetwork = false\nserver = false\n";
        std::fs::write(self.home().join("settings.toml"), nowhere).unwrap();
    }

    /// Has it look there too: for printers on `usb`, `spooler` or `network`, or for a `server`.
    pub fn look_for(&self, way: &str) {
        let path = self.home().join("settings.toml");
        let settings = std::fs::read_to_string(&path).unwrap();
        let (off, on) = (format!("{way} = false"), format!("{way} = true"));
        assert!(settings.contains(&off), "{way} is on, or there is no such way");
        std::fs::write(&path, settings.replace(&off, &on)).unwrap();
    }

    /// A till that is set up: gateway, licence key, printers as (name, URI).
    pub fn set_up(gateway: &str, key: &str, printers: &[(&str, &str)]) -> Till {
        let till = Till::new();
        let mut arguments = vec!["setup".to_owned(), "--gateway".into(), gateway.into()];
        arguments.extend(["--license-key".to_owned(), key.to_owned()]);
        for (name, uri) in printers {
            arguments.extend(["--printer".to_owned(), format!("{name}={uri}")]);
        }
        till.ask_ok(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        till
    }

    /// The folder.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// A certificate for this computer that nobody signed, and its key; the names of their files in the folder.
    pub fn certificate(&self) -> (String, String) {
        let path = |name: &str| self.home().join(name).to_str().unwrap().to_owned();
        let (certificate, key) = (path("cert.pem"), path("key.pem"));
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"])
            .args(["-nodes", "-subj", "/CN=shop", "-days", "2"])
            .args(["-addext", "subjectAltName=DNS:localhost"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE"])
            .args(["-keyout", &key, "-out", &certificate])
            .output();
        assert!(made.unwrap().status.success(), "openssl makes a certificate");
        (certificate, key)
    }

    /// Leaves the folder where it is, for a person who has to look into it; says where.
    pub fn keep(&mut self) -> &Path {
        self.home.disable_cleanup(true);
        self.home.path()
    }

    /// `platenctl` with these arguments and this home.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program("platenctl"));
        command
            .args(arguments)
            .env("PLATEN_HOME", self.home())
            // The keyring of whoever runs the tests is none of theirs.
            .env("DBUS_SESSION_BUS_ADDRESS", "disabled:")
            .env_remove("PLATEN_LICENSE_KEY")
            .stdin(Stdio::null());
        command
    }

    /// Runs a command to its end.
    pub fn ask(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Runs a command that has to succeed; gives its stdout.
    pub fn ask_ok(&self, arguments: &[&str]) -> String {
        let output = self.ask(arguments);
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(
            output.status.success(),
            "platenctl {arguments:?}: {}\n{out}\n{err}",
            output.status
        );
        out
    }

    /// Runs a command whose output is JSON.
    pub fn ask_json(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.ask_ok(arguments)).unwrap()
    }

    /// Starts `platenctl run`.
    pub fn start(&self) -> RunningTill {
        self.start_with(|_| {})
    }

    /// The same, equipped with what else it needs, such as a variable of its environment.
    pub fn start_with(&self, equip: impl FnOnce(&mut Command)) -> RunningTill {
        let mut command = self.command(&["run"]);
        equip(&mut command);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        RunningTill { child: command.spawn().unwrap() }
    }

    /// Everything that was logged so far.
    pub fn log(&self) -> String {
        let Ok(files) = std::fs::read_dir(self.home().join("logs")) else { return String::new() };
        let read = |file: std::io::Result<std::fs::DirEntry>| {
            text(&std::fs::read(file.unwrap().path()).unwrap())
        };
        files.map(read).collect()
    }
}

impl Drop for Till {
    #[allow(clippy::print_stderr, reason = "shown with the test that failed")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the log of {}:\n{}", self.home().display(), self.log());
        }
    }
}

impl Default for Till {
    fn default() -> Self {
        Self::new()
    }
}

impl RunningTill {
    /// Wraps a program that was started in another way.
    pub fn adopt(child: Child) -> Self {
        RunningTill { child }
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Power cut, as far as a process can see one: SIGKILL.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Asks it to end (SIGTERM) and waits for it; gives the exit status.
    pub fn stop(mut self) -> std::process::ExitStatus {
        self.signal(libc::SIGTERM);
        let began = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(began.elapsed() < SOON, "the till did not stop");
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Sends a signal.
    #[allow(unsafe_code)]
    pub fn signal(&self, signal: i32) {
        let pid = i32::try_from(self.child.id()).unwrap();
        // SAFETY: kill takes two numbers; the child is ours and not yet waited for, so the pid is its own.
        unsafe { libc::kill(pid, signal) };
    }
}

impl Drop for RunningTill {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
