//! A CUPS scheduler of our own: its folder, its socket, its queues. Ends with the test, by its process id.
//!
//! Needs root, as cupsd does to become the user it runs its backends as, and Debian's cups and cups-client
//! (tests/setup.sh spooler).

use platen_devices::{DeviceOptions, SpoolerDevice, SpoolerServer};
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub struct Cupsd {
    folder: TempDir,
    child: Option<Child>,
}

impl Cupsd {
    pub fn start() -> Cupsd {
        let folder = tempfile::Builder::new().prefix("platen-cups").tempdir().unwrap();
        let mut cupsd = Cupsd { folder, child: None };
        cupsd.lay_out();
        cupsd.run();
        cupsd
    }

    pub fn socket(&self) -> PathBuf {
        self.path("cups.sock")
    }

    /// Where the printers' paper and roles are.
    pub fn stage(&self) -> PathBuf {
        self.path("stage")
    }

    /// Documents that the scheduler still has on its disk.
    pub fn documents(&self) -> usize {
        let names = fs::read_dir(self.path("spool")).unwrap();
        names
            .filter(|name| name.as_ref().unwrap().file_name().as_encoded_bytes()[0] == b'd')
            .count()
    }

    /// A queue on the playing backend.
    pub fn printer(&self, name: &str) {
        let uri = format!("playing://{name}?dir={}", self.stage().display());
        self.queue(name, &uri);
    }

    pub fn queue(&self, name: &str, uri: &str) {
        self.tell("lpadmin", &["-p", name, "-E", "-v", uri, "-m", "raw"]);
    }

    /// What the printer plays from now on.
    pub fn play(&self, name: &str, role: &str) {
        // In one step, so that the backend never reads half a word.
        let draft = self.stage().join(format!("{name}.draft"));
        fs::write(&draft, role).unwrap();
        fs::rename(draft, self.stage().join(format!("{name}.play"))).unwrap();
    }

    /// Everything that came out of the printer.
    pub fn paper(&self, name: &str) -> Vec<u8> {
        fs::read(self.stage().join(format!("{name}.paper"))).unwrap_or_default()
    }

    pub fn device(&self, queue: &str, options: DeviceOptions) -> SpoolerDevice {
        let server = Some(SpoolerServer::Socket(self.socket()));
        SpoolerDevice::new(queue.to_owned(), DeviceOptions { spooler: server, ..options })
    }

    /// Runs one of CUPS's own tools against this scheduler.
    pub fn tell(&self, tool: &str, arguments: &[&str]) -> String {
        let mut command = Command::new(tool);
        command.args(arguments).env("CUPS_SERVER", self.socket()).env("LANG", "C");
        let output = command.stdin(Stdio::null()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{tool} {arguments:?}: {said}{complaint}");
        said
    }

    /// The scheduler stands still (SIGSTOP) until it goes on (SIGCONT).
    pub fn freeze(&self) {
        freeze(self.pid());
    }

    pub fn thaw(&self) {
        signal(self.pid(), libc::SIGCONT);
    }

    /// The scheduler dies without a word.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    pub fn run(&mut self) {
        let child = Command::new("cupsd")
            .arg("-f")
            .args([Path::new("-c"), &self.path("etc/cupsd.conf")])
            .args([Path::new("-s"), &self.path("etc/cups-files.conf")])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("cupsd runs: tests/setup.sh spooler installs it, and root starts it");
        self.child = Some(child);
        let deadline = Instant::now() + Duration::from_secs(20);
        while UnixStream::connect(self.socket()).is_err() {
            assert!(Instant::now() < deadline, "cupsd never listened: {}", self.log());
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self.path("error_log")).unwrap_or_default()
    }

    fn lay_out(&self) {
        for name in
            ["etc/ppd", "etc/ssl", "spool/tmp", "cache", "run/certs", "bin/backend", "stage"]
        {
            fs::create_dir_all(self.path(name)).unwrap();
        }
        // The backends run as lp.
        for (name, mode) in [("", 0o755), ("stage", 0o777), ("spool/tmp", 0o1777), ("cache", 0o777)]
        {
            fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
        }
        for name in ["filter", "cgi-bin", "daemon", "monitor", "notifier", "driver"] {
            symlink(format!("/usr/lib/cups/{name}"), self.path("bin").join(name)).unwrap();
        }
        symlink("/usr/lib/cups/backend/socket", self.path("bin/backend/socket")).unwrap();
        let backend = self.path("bin/backend/playing");
        fs::write(&backend, include_str!("../../../../tests/rigs/cups/playing-backend")).unwrap();
        fs::set_permissions(&backend, fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(self.path("etc/cups-files.conf"), self.files_conf()).unwrap();
        fs::write(self.path("etc/cupsd.conf"), self.cupsd_conf()).unwrap();
    }

    fn files_conf(&self) -> String {
        let folder = self.folder.path().display();
        format!(
            "ServerRoot {folder}/etc\nServerBin {folder}/bin\nDataDir /usr/share/cups\n\
             RequestRoot {folder}/spool\nTempDir {folder}/spool/tmp\nCacheDir {folder}/cache\n\
             StateDir {folder}/run\nServerKeychain {folder}/etc/ssl\nAccessLog {folder}/access_log\n\
             ErrorLog {folder}/error_log\nPageLog {folder}/page_log\nSystemGroup root\nUser lp\nGroup lp\n\
             FatalErrors none\n"
        )
    }

    /// Everybody may do everything, over the socket alone; a failed job stops its queue, as on a fresh system.
    fn cupsd_conf(&self) -> String {
        format!(
            "LogLevel info\nMaxLogSize 0\nListen {}\nBrowsing Off\nDefaultAuthType None\nWebInterface No\n\
             ErrorPolicy stop-printer\nJobRetryInterval 1\nPreserveJobHistory Yes\nPreserveJobFiles No\nDirtyCleanInterval 0\n\
             <Location />\nOrder allow,deny\nAllow all\n</Location>\n\
             <Location /admin>\nOrder allow,deny\nAllow all\n</Location>\n\
             <Policy default>\nJobPrivateAccess default\nJobPrivateValues default\n\
             SubscriptionPrivateAccess default\nSubscriptionPrivateValues default\n\
             <Limit All>\nOrder deny,allow\nAuthType None\n</Limit>\n</Policy>\n",
            self.socket().display()
        )
    }

    pub fn pid(&self) -> libc::pid_t {
        self.child.as_ref().unwrap().id() as libc::pid_t
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

/// Stops a scheduler that has not been waited for.
pub fn freeze(pid: libc::pid_t) {
    signal(pid, libc::SIGSTOP);
}

fn signal(pid: libc::pid_t, signal: libc::c_int) {
    // SAFETY: the process is our child and has not been waited for, so the number is still its own.
    #[allow(unsafe_code)]
    let sent = unsafe { libc::kill(pid, signal) };
    assert_eq!(sent, 0);
}

impl Drop for Cupsd {
    fn drop(&mut self) {
        if let Some(child) = &self.child {
            // A gentle end takes its backends along.
            self.thaw();
            signal(self.pid(), libc::SIGTERM);
            let deadline = Instant::now() + Duration::from_secs(5);
            let stat = format!("/proc/{}/stat", child.id());
            let ended = || fs::read_to_string(&stat).is_ok_and(|stat| stat.contains(") Z "));
            while !ended() && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        self.kill();
    }
}
