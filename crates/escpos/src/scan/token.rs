//! What a scanner tells.

use serde::Deserialize;

/// A piece of the stream. The bytes of all tokens, one after another, are the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// Printable bytes in the active code page. One run may come in several tokens, wherever the stream was split.
    Text(&'a [u8]),
    /// A control byte that stands alone, such as LF, CR, HT, FF or CAN; also NUL and others that a printer ignores.
    Control(u8),
    /// A command. Its bytes are complete up to [`Scanner::WHOLE`](super::Scanner::WHOLE); of a longer one, the first
    /// [`Scanner::HEAD`](super::Scanner::HEAD) bytes, and the rest follows as [`Token::Data`].
    Command(Command, &'a [u8]),
    /// More bytes of the command before.
    Data(&'a [u8]),
    /// A real-time command between other commands. (Inside a command's data it is data: see [`RealTimeWatch`](super::RealTimeWatch).)
    RealTime(RealTime, &'a [u8]),
    /// A sequence that no table knows, or the beginning of a command that the stream's end cut off.
    Unknown(&'a [u8]),
}

/// Whether something is switched on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Switch {
    /// On.
    On,
    /// Off.
    Off,
}

/// A command, as far as a reader of the stream needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// `ESC @`.
    Init,
    /// `ESC = n`: bit 0 selects the printer; without it the printer ignores everything but another `ESC =`.
    Select(u8),
    /// `ESC t n`.
    CodePage(u8),
    /// `FS &` or `FS .`.
    KanjiMode(Switch),
    /// `GS V`, `ESC i`, `ESC m`.
    Cut(Cut),
    /// `ESC p m t1 t2`.
    Drawer {
        /// 0 or 48: pin 2; 1 or 49: pin 5.
        pin: u8,
        /// On time in units of 2 ms.
        on: u8,
        /// Off time in units of 2 ms.
        off: u8,
    },
    /// `ESC d`, `ESC e`, `ESC J`, `ESC K`.
    Feed(Feed),
    /// `GS r n`: 1 paper, 2 drawer.
    StatusRequest(u8),
    /// `GS a n`.
    AutoStatus(u8),
    /// `GS I n`.
    PrinterId(u8),
    /// `GS ( H` fn 48 with its four bytes: the printer answers when it has printed everything before.
    Confirm([u8; 4]),
    /// `GS v 0`, or `GS ( L` / `GS 8 L` fn 112.
    Raster {
        /// Bytes of one row; a byte is 8 dots.
        width_bytes: usize,
        /// Rows of dots.
        rows: usize,
    },
    /// `ESC *` and `GS *`-like images in columns.
    BitImage {
        /// Columns of dots.
        columns: usize,
        /// Rows of dots.
        rows: usize,
    },
    /// `GS ( k`: a function of a two-dimensional code (`kind` 49 is QR, function 80 stores, 81 prints).
    Symbol {
        /// cn.
        kind: u8,
        /// fn.
        function: u8,
    },
    /// `GS k m`.
    Barcode(u8),
    /// How the following text looks.
    Style(Style),
    /// `ESC B`, `ESC C`.
    Buzzer,
    /// Where the following text stands.
    Place(Place),
    /// `ESC D`: the tab positions are in the command's bytes.
    TabStops,
    /// Page mode.
    Page(Page),
    /// How the following barcodes look.
    BarcodeLook(BarcodeLook),
    /// `GS ( L` or `GS 8 L`, any function but 112.
    Graphics(u8),
    /// `GS *`: an image that is kept until the next `ESC @`.
    DefineImage {
        /// Columns of dots.
        columns: usize,
        /// Rows of dots.
        rows: usize,
    },
    /// `GS / m`: prints that image.
    PrintImage(u8),
    /// `FS p n m`: prints an image from the printer's lasting memory.
    PrintStored(u8),
    /// A known command that changes nothing listed here.
    Other,
}

/// A cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cut {
    /// How far through.
    pub kind: CutKind,
    /// Units fed before it, where the command feeds.
    pub feed: Option<u8>,
}

/// How far a cut goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CutKind {
    /// Through.
    Full,
    /// All but a point.
    Partial,
}

/// Paper moved by a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feed {
    /// Prints and feeds so many lines.
    Lines(u8),
    /// Prints and feeds so many motion units.
    Units(u8),
    /// Prints and feeds back, lines or units.
    Back(u8),
}

/// Looks of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `ESC a`.
    Align(Align),
    /// `ESC E`, `ESC G`.
    Bold(Switch),
    /// `ESC -`: so many dots thick; 0 is none.
    Underline(u8),
    /// `GS B`.
    Inverse(Switch),
    /// `GS !`.
    Size {
        /// Times as wide, 1–8.
        width: u8,
        /// Times as high, 1–8.
        height: u8,
    },
    /// `ESC !`: font, bold, sizes and underline in one byte.
    Mode(u8),
    /// `ESC M`.
    Font(u8),
    /// `ESC 2`, `ESC 3`: line spacing in motion units, or the default.
    LineSpacing(Option<u8>),
    /// `ESC {`.
    UpsideDown(Switch),
    /// `ESC V`.
    Rotated(Switch),
    /// `ESC R`: the national set that replaces some characters of ASCII.
    International(u8),
    /// `ESC SP`: units right of every character.
    Spacing(u8),
    /// `FS !`: sizes and underline of two-byte characters.
    KanjiMode(u8),
    /// `FS -`: underline of two-byte characters, in dots.
    KanjiUnderline(u8),
    /// `FS W`: two-byte characters four times as large.
    KanjiLarge(Switch),
    /// `FS S`: units left and right of two-byte characters.
    KanjiSpacing(u8, u8),
}

/// Places in motion units, and what they are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `ESC $`: from the beginning of the line.
    Column(u16),
    /// `ESC \`: from here.
    ColumnBy(i16),
    /// `GS $`: from the top of the area in page mode.
    Row(u16),
    /// `GS \`: from here, in page mode.
    RowBy(i16),
    /// `GS L`.
    LeftMargin(u16),
    /// `GS W`.
    Width(u16),
    /// `GS P`: units in an inch; 0 is the printer's own.
    Units {
        /// From left to right.
        across: u8,
        /// From top to bottom.
        down: u8,
    },
}

/// Steps of page mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// `ESC L`.
    Enter,
    /// `ESC S`: back to standard mode; what was not printed is forgotten.
    Leave,
    /// `ESC FF`: prints and stays.
    Print,
    /// `ESC W`, in motion units.
    Area {
        /// From the left.
        x: u16,
        /// From the top.
        y: u16,
        /// To the right of it.
        width: u16,
        /// Below it.
        height: u16,
    },
    /// `ESC T`: 0 to the right, 1 upwards, 2 upside down, 3 downwards.
    Direction(u8),
}

/// Looks of barcodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BarcodeLook {
    /// `GS h`, in dots.
    Height(u8),
    /// `GS w`, dots of a narrow bar.
    Width(u8),
    /// `GS H`: 0 no text, 1 above, 2 below, 3 both.
    Text(u8),
    /// `GS f`.
    Font(u8),
}

/// Where a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// At the left.
    #[default]
    Left,
    /// In the middle.
    Centre,
    /// At the right.
    Right,
}

/// A command that a printer carries out as it arrives, also when it is offline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RealTime {
    /// `DLE EOT n`: wants one byte of status.
    Status(u8),
    /// `DLE ENQ n`: recover from an error; 2 clears the buffers.
    Recover(u8),
    /// `DLE DC4 1 m t`: drawer.
    Pulse {
        /// 0: pin 2; 1: pin 5.
        pin: u8,
        /// On and off time in units of 100 ms.
        time: u8,
    },
    /// `DLE DC4 2 …`.
    PowerOff,
    /// `DLE DC4 8 …`.
    ClearBuffers,
    /// `DLE DC4 3` (buzzer), `DLE DC4 7` (status).
    Other,
}

/// Whether a stream may stop here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pending {
    /// Between commands.
    Clean,
    /// Inside a command.
    InsideCommand {
        /// What it still waits for.
        missing: Missing,
    },
}

/// How much of a command is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Exactly this many bytes.
    Bytes(usize),
    /// It depends on the bytes to come.
    Unknown,
}
