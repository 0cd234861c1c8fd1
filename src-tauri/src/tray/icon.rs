//! The icons: one for each mood, told apart by shape, in dark ink for light panels and light ink for dark ones.

use platen_window::state::status::Mood;
use tauri::image::Image;
use tauri::include_image;

/// The ink of an icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shade {
    /// For light panels.
    Dark,
    /// For dark panels.
    Light,
}

impl Shade {
    /// The ink for this session's panel.
    pub fn of_session() -> Shade {
        if has_dark_panel() { Shade::Light } else { Shade::Dark }
    }
}

#[cfg(target_os = "linux")]
fn has_dark_panel() -> bool {
    use gtk::prelude::GtkSettingsExt;
    // GNOME's bar is black whatever the theme is.
    let desktop = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    if desktop.split(':').any(|name| name == "GNOME") {
        return true;
    }
    // To GTK this variable counts before the settings.
    if let Ok(theme) = std::env::var("GTK_THEME") {
        return theme.to_lowercase().contains("dark");
    }
    gtk::Settings::default().is_some_and(|settings| {
        let theme = settings.gtk_theme_name().map(|name| name.to_lowercase());
        settings.is_gtk_application_prefer_dark_theme()
            || theme.is_some_and(|name| name.contains("dark"))
    })
}

#[cfg(not(target_os = "linux"))]
fn has_dark_panel() -> bool {
    // Windows has a dark taskbar unless somebody changed it.
    cfg!(windows)
}

/// The icon of a mood.
pub fn of(mood: Mood, shade: Shade) -> Image<'static> {
    match (mood, shade) {
        (Mood::Ready, Shade::Dark) => include_image!("../icons/tray-ready-dark.png"),
        (Mood::Ready, Shade::Light) => include_image!("../icons/tray-ready-light.png"),
        (Mood::Working, Shade::Dark) => include_image!("../icons/tray-working-dark.png"),
        (Mood::Working, Shade::Light) => include_image!("../icons/tray-working-light.png"),
        (Mood::Attention, Shade::Dark) => include_image!("../icons/tray-attention-dark.png"),
        (Mood::Attention, Shade::Light) => include_image!("../icons/tray-attention-light.png"),
        (Mood::Offline, Shade::Dark) => include_image!("../icons/tray-offline-dark.png"),
        (Mood::Offline, Shade::Light) => include_image!("../icons/tray-offline-light.png"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where an icon has ink, whatever its colour: what somebody sees who tells no colours apart.
    fn shape(mood: Mood, shade: Shade) -> Vec<bool> {
        of(mood, shade).rgba().chunks(4).map(|dot| dot[3] > 127).collect()
    }

    #[test]
    fn every_mood_has_its_own_shape() {
        let moods = [Mood::Ready, Mood::Working, Mood::Attention, Mood::Offline];
        for (index, one) in moods.iter().enumerate() {
            for other in &moods[index + 1..] {
                let (a, b) = (shape(*one, Shade::Dark), shape(*other, Shade::Dark));
                let differ = a.iter().zip(&b).filter(|(a, b)| a != b).count();
                assert!(differ >= 24, "{one:?} and {other:?} differ in {differ} dots only");
            }
            assert_eq!(shape(*one, Shade::Dark), shape(*one, Shade::Light), "{one:?}");
        }
    }
}
