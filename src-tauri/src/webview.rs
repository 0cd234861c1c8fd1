//! What draws the window: part of the system, but not of every Windows.

use platen_window::words::Language;

/// Says in words that Windows has no WebView2, where that is so, and offers to have a browser fetch it. Printing needs none.
#[cfg(windows)]
pub fn tell_if_missing(language: Language) {
    use std::sync::atomic::{AtomicBool, Ordering};

    /// Asked once at a time, however often the window is asked for.
    static ASKING: AtomicBool = AtomicBool::new(false);

    if tauri::webview_version().is_ok() || ASKING.swap(true, Ordering::AcqRel) {
        return;
    }
    // The question waits for a person; the tray does not.
    std::thread::spawn(move || {
        if question::yes(language) {
            question::fetch();
        }
        ASKING.store(false, Ordering::Release);
    });
}

/// Where the system has it, packages see to it.
#[cfg(not(windows))]
pub fn tell_if_missing(_: Language) {}

#[cfg(windows)]
mod question {
    use platen_window::words::{Key, Language};
    use windows::Win32::UI::WindowsAndMessaging::{
        IDYES, MB_ICONINFORMATION, MB_SETFOREGROUND, MB_YESNO, MessageBoxW,
    };
    use windows::core::HSTRING;

    /// Microsoft's own small installer of it, as its documentation names it.
    const FROM: &str = "https://go.microsoft.com/fwlink/p/?LinkId=2124703";

    /// Whether a person wants it.
    #[allow(unsafe_code)]
    pub fn yes(language: Language) -> bool {
        let words = HSTRING::from(language.word(Key::DesktopNoWebview));
        let style = MB_YESNO | MB_ICONINFORMATION | MB_SETFOREGROUND;
        // SAFETY: both texts live until the call returns.
        unsafe { MessageBoxW(None, &words, &HSTRING::from("Platen"), style) == IDYES }
    }

    /// In the person's browser.
    pub fn fetch() {
        if let Err(error) = std::process::Command::new("explorer").arg(FROM).spawn() {
            tracing::warn!(%error, "the browser cannot be opened");
        }
    }
}
