//! Whether there is a desktop to be seen on.

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
