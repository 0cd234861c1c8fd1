//! Documents to printer bytes, and printer bytes to what a person reads. No I/O, no clock, no async.
//!
//! ```text
//! Document ─▶ encode ─▶ bytes ─▶ Scanner ─▶ tokens ─▶ text_view, clean_up, boundaries
//!                ▲                                       ▲
//!             Profile (profiles/*.toml) ─────────────────┘
//! ```
//!
//! - [`encode`] turns a [`Document`](platen_job::Document) into the bytes of a job for a [`Profile`].
//! - [`Scanner`] tells where commands begin and end; all other readers of bytes stand on it.
//! - [`is_boundary`] and [`Boundaries`] say where a status request may stand; [`clean_up`] brings a printer back after a
//!   job that broke off.
//! - [`text_view`] shows what the paper says.
//!
//! Text that a printer's own characters cannot show is drawn, from fonts that are part of the program.

mod bitmap;
mod boundary;
mod cash_out;
mod code_page;
mod codes;
mod customer;
mod encode;
mod facts;
mod frame;
mod html;
pub mod images;
mod label;
mod locale;
mod marks;
pub mod paper;
pub mod pdf;
mod picture;
mod profile;
mod raster;
mod receipt;
mod reservation;
mod scan;
mod sheet;
mod test_page;
mod text;
mod text_view;
mod typeset;
mod words;
mod writer;

pub use bitmap::Bitmap;
pub use boundary::{Boundaries, MOST_PADDING, clean_up, is_boundary};
pub use code_page::Encoding;
pub use codes::{
    Barcode, Code, CodeError, HumanReadable, Pdf417, Pdf417Command, PrintedBarcode, Qr, QrLevel,
    barcode_from_command, pdf417_from_command, qr_from_command,
};
pub use encode::{EncodeError, Encoded, encode, real_time_kick};
pub use html::HtmlError;
pub use marks::Marks;
pub use profile::{
    BarcodeForm, Catalogue, CodePage, Confirm, FontSize, Graphics, Kanji, KanjiText, PaperWidth,
    Profile, ProfileError, ProfileSource, Quirk, Recognised, RejectedProfile, SecondFont, Support,
    Symbology,
};
pub use raster::RasterError;
pub use scan::{
    Align, BarcodeLook, Command, Cut, CutKind, Feed, Missing, Page, Pending, Place, RealTime,
    RealTimeWatch, Scanner, Style, Switch, Token, scan,
};
pub use sheet::{MOST_DRAWN, MOST_LINES};
pub use text::Note;
pub use text_view::text_view;
pub use typeset::{FontDatabase, use_system_fonts};
