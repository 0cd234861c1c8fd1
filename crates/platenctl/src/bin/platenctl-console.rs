//! `platenctl` as packages for Windows bring it: the console's end of the `platen` beside it, which holds both programs and
//! which Windows starts without a console. It waits for that, ends with its exit status, and takes it along when it is ended.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

/// `platen_ctl::NAME`; the library would make this small program a large one.
const NAME: &str = "platenctl";

fn main() {
    let status = program().and_then(|program| {
        let status = carry_out(&program)?;
        Ok(status.code().unwrap_or(1))
    });
    std::process::exit(status.unwrap_or_else(|why| {
        let _ = writeln!(
            io::stderr(),
            "platenctl: the platen beside this file cannot be started: {why}"
        );
        1
    }))
}

fn program() -> io::Result<PathBuf> {
    Ok(std::env::current_exe()?.with_file_name(format!("platen{}", std::env::consts::EXE_SUFFIX)))
}

fn carry_out(program: &std::path::Path) -> io::Result<ExitStatus> {
    let mut command = Command::new(program);
    command.arg(NAME).args(std::env::args_os().skip(1));
    #[cfg(windows)]
    windows_only::tie_to_this()?;
    command.status()
}

#[cfg(windows)]
#[allow(unsafe_code)]
mod windows_only {
    use std::io;
    use windows::Win32::System::Console::{CTRL_BREAK_EVENT, CTRL_C_EVENT, SetConsoleCtrlHandler};
    use windows::Win32::System::JobObjects::{
        AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
        JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation,
        SetInformationJobObject,
    };
    use windows::Win32::System::Threading::GetCurrentProcess;
    use windows::core::{BOOL, PCWSTR};

    /// What is started from now on ends when this program ends, however that happens; and hears Ctrl+C, which this one leaves
    /// to it.
    pub fn tie_to_this() -> io::Result<()> {
        let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
        limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
        let size = u32::try_from(size_of_val(&limits)).unwrap_or_default();
        // SAFETY: `limits` lives until the call that reads it returns. The job's handle is closed by the end of the process,
        // which is what ends the others.
        unsafe {
            let job = CreateJobObjectW(None, PCWSTR::null())?;
            let limits = std::ptr::from_ref(&limits).cast();
            SetInformationJobObject(job, JobObjectExtendedLimitInformation, limits, size)?;
            AssignProcessToJobObject(job, GetCurrentProcess())?;
            SetConsoleCtrlHandler(Some(left_to_the_other), true)?;
        }
        Ok(())
    }

    /// Windows calls it on a thread of its own.
    extern "system" fn left_to_the_other(event: u32) -> BOOL {
        if event != CTRL_C_EVENT && event != CTRL_BREAK_EVENT {
            // The window closes, or the session ends: Windows ends this program as soon as this returns.
            loop {
                std::thread::park();
            }
        }
        true.into()
    }
}
