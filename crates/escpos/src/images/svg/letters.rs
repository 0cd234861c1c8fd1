//! The bundled fonts for text within SVG pictures.

use crate::typeset::{MONO, bundle};
use resvg::usvg::fontdb::{Database, Source};
use std::sync::{Arc, LazyLock};

/// The fonts, opened when the first text is to be drawn. A family that is not among them is drawn in the Latin one.
pub(super) fn database() -> Arc<Database> {
    static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
        let mut fonts = Database::new();
        for file in bundle() {
            fonts.load_font_source(Source::Binary(Arc::new(file)));
        }
        fonts.set_serif_family(MONO);
        fonts.set_sans_serif_family(MONO);
        fonts.set_monospace_family(MONO);
        fonts.set_cursive_family(MONO);
        fonts.set_fantasy_family(MONO);
        Arc::new(fonts)
    });
    FONTS.clone()
}
