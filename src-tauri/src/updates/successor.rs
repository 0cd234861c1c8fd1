//! What is started in place of this program when it ends, after an update.

use crate::arguments::Arguments;
use crate::supervisor::REPLACED;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

/// What comes after this program. Nothing, unless it was said.
pub struct Successor {
    supervised: Option<u32>,
    home: Option<PathBuf>,
    then: Mutex<Then>,
}

/// What comes after the engine has ended.
#[derive(Default)]
pub enum Then {
    /// Nothing: it was quit.
    #[default]
    Nothing,
    /// The program at that place, which is another version now.
    Program(PathBuf),
    /// An installer that ends this program itself. Comes back only where it cannot be started.
    Installer(Box<dyn FnOnce() + Send>),
}

impl Successor {
    pub fn of(arguments: &Arguments) -> Arc<Successor> {
        let Arguments { home, crashes, .. } = arguments;
        Arc::new(Successor { supervised: *crashes, home: home.clone(), then: Mutex::default() })
    }

    /// Says what comes when the program ends.
    pub fn will_be(&self, then: Then) {
        *self.then.lock().unwrap_or_else(PoisonError::into_inner) = then;
    }

    /// Starts what was said; gives the exit status. The engine has ended, so that the home is free.
    pub fn start(&self) -> i32 {
        let then = std::mem::take(&mut *self.then.lock().unwrap_or_else(PoisonError::into_inner));
        let program = match then {
            Then::Nothing => return 0,
            Then::Program(program) => Some(program),
            Then::Installer(install) => {
                install();
                super::place::program()
            }
        };
        if self.supervised.is_some() {
            return i32::from(REPLACED);
        }
        program.map_or(1, |program| self.spawn(program))
    }

    fn spawn(&self, program: PathBuf) -> i32 {
        let mut command = Command::new(program);
        command.arg("--minimized").stdin(Stdio::null());
        if let Some(home) = &self.home {
            command.arg("--home").arg(home);
        }
        match command.spawn() {
            Ok(_) => 0,
            Err(error) => {
                tracing::error!(%error, "the new version could not be started");
                1
            }
        }
    }
}
