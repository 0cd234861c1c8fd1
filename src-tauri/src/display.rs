//! Whether there is a desktop to be seen on, and what is done when it goes away.

/// There is none: in words, with what to do instead.
#[derive(Debug, thiserror::Error)]
#[error("there is no display here; without a desktop run: platenctl run")]
pub struct NoDisplay;

/// Connects to the display.
///
/// # Errors
/// [`NoDisplay`].
#[cfg(target_os = "linux")]
pub fn open() -> Result<(), NoDisplay> {
    gtk::init().map_err(|_| NoDisplay)
}

/// There always is one.
#[cfg(not(target_os = "linux"))]
pub fn open() -> Result<(), NoDisplay> {
    Ok(())
}

/// What is done before the program ends because its display is gone. More than one thread may see that.
#[cfg(target_os = "linux")]
static LAST: std::sync::OnceLock<std::sync::Mutex<Box<dyn FnMut() + Send>>> =
    std::sync::OnceLock::new();

/// Has the program do that before it ends, with status 0, when the X server goes away, as it does at the end of a session. GTK
/// would end it at once, in the middle of whatever it writes. Once, after [`open`].
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
pub fn when_lost(last: impl FnMut() + Send + 'static) {
    // Wayland has no such hook, and may be there without X's library.
    let Ok(xlib) = x11_dl::xlib::Xlib::open() else { return };
    if LAST.set(std::sync::Mutex::new(Box::new(last))).is_ok() {
        // SAFETY: Xlib keeps the function in place of GTK's, and that function lives as long as the program.
        unsafe { (xlib.XSetIOErrorHandler)(Some(lost)) };
    }
}

/// Called by Xlib on a thread that finds the connection broken. It must not come back: Xlib would end the program then,
/// and clear away under threads that still run.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
unsafe extern "C" fn lost(_display: *mut x11_dl::xlib::Display) -> std::ffi::c_int {
    if let Some(last) = LAST.get() {
        // Held to the end: who comes second waits for it.
        let mut last = last.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        last();
        // SAFETY: ends the process, and nothing else.
        unsafe { libc::_exit(0) }
    }
    0
}

/// Other systems ask the program itself.
#[cfg(not(target_os = "linux"))]
pub fn when_lost(_last: impl FnMut() + Send + 'static) {}

/// Has GTK draw without OpenGL: half the memory of a program that is only seen as an icon. Before any thread starts.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
pub fn draw_without_gl() {
    // SAFETY: called first in `main`, while there is one thread.
    unsafe { std::env::set_var("GDK_GL", "disable") };
}

/// Nothing to do.
#[cfg(not(target_os = "linux"))]
pub fn draw_without_gl() {}
