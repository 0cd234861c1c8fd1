//! What the paper says, as text for a terminal.

use crate::code_page::Encoding;
use crate::profile::{Kanji, Profile};
use crate::scan::{Align, Command, Feed, RealTime, Style, Switch, Token, scan};
use encoding_rs::GB18030;
use unicode_width::UnicodeWidthChar;

/// The paper of these bytes as plain text: each line decoded by the code page that is active there and placed in the profile's
/// columns, `✂` at a cut, `[drawer kick]`, `[image 576×400]` (dots), `[barcode]`, `[QR code]` where they are printed.
///
/// Wide characters are written once. What the printer would still hold in its line buffer at the end is shown as a last line. A
/// byte that no page explains is `�`. Commands that put nothing on paper leave no trace.
pub fn text_view(bytes: &[u8], profile: &Profile) -> String {
    let mut paper = Paper::new(profile);
    scan(bytes, &mut |token| paper.take(token));
    paper.finish();
    paper.out
}

struct Paper<'a> {
    profile: &'a Profile,
    out: String,
    line: String,
    /// Columns of `line` as they are on paper, with wide characters counted twice or more.
    used: usize,
    /// The first half of a two-byte character.
    half: Option<u8>,
    /// An image that may go on with the next band.
    image: Option<(usize, usize)>,
    state: State,
}

/// What `ESC @` resets.
struct State {
    page: Option<Encoding>,
    kanji: Switch,
    align: Align,
    /// Times as wide.
    width: usize,
}

impl State {
    fn initial(profile: &Profile) -> State {
        State {
            page: profile.code_page(profile.default_code_page()),
            kanji: if profile.kanji == Kanji::On { Switch::On } else { Switch::Off },
            align: Align::Left,
            width: 1,
        }
    }
}

impl<'a> Paper<'a> {
    fn new(profile: &'a Profile) -> Self {
        Paper {
            profile,
            out: String::new(),
            line: String::new(),
            used: 0,
            half: None,
            image: None,
            state: State::initial(profile),
        }
    }

    fn take(&mut self, token: Token<'_>) {
        match token {
            Token::Text(bytes) => self.text(bytes),
            Token::Control(b'\n') => self.line_end(1),
            Token::Control(b'\t') => {
                let spaces = 8 - self.used % 8;
                (0..spaces).for_each(|_| self.character(' '));
            }
            Token::Control(0x0C) if !self.line.is_empty() => self.line_end(1),
            Token::Command(command, _) => self.command(command),
            Token::RealTime(RealTime::Pulse { .. }, _) => self.notice("[drawer kick]"),
            Token::Control(_) | Token::RealTime(..) | Token::Data(_) | Token::Unknown(_) => {}
        }
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Init => {
                // The printer forgets the line that it has not printed.
                self.line.clear();
                self.used = 0;
                self.half = None;
                self.state = State::initial(self.profile);
            }
            Command::CodePage(number) => self.state.page = self.profile.code_page(number),
            Command::KanjiMode(switch) => {
                self.state.kanji = switch;
                self.half = None;
            }
            Command::Style(style) => self.style(style),
            Command::Feed(Feed::Lines(lines)) => self.line_end(usize::from(lines)),
            // The default line is 30 units, of 1/180 or 1/203 inch.
            Command::Feed(Feed::Units(units)) => self.line_end(usize::from(units) / 30),
            Command::Feed(Feed::Back(_)) => self.line_end(0),
            Command::Cut(_) => {
                let cut = format!("✂{}", " -".repeat(self.profile.columns.saturating_sub(1) / 2));
                self.notice(&cut);
            }
            Command::Drawer { .. } => self.notice("[drawer kick]"),
            Command::Raster { width_bytes, rows } => self.band(width_bytes * 8, rows),
            Command::BitImage { columns, rows } => self.band(columns, rows),
            Command::Barcode(_) => self.notice("[barcode]"),
            Command::Symbol { kind: 49, function: 81 } => self.notice("[QR code]"),
            Command::Symbol { function: 81, .. } => self.notice("[2D code]"),
            Command::Buzzer => self.notice("[buzzer]"),
            _ => {}
        }
    }

    fn style(&mut self, style: Style) {
        match style {
            Style::Align(align) => self.state.align = align,
            Style::Size { width, .. } => self.state.width = usize::from(width),
            Style::Mode(mode) => self.state.width = if mode & 0x20 == 0 { 1 } else { 2 },
            _ => {}
        }
    }

    fn text(&mut self, bytes: &[u8]) {
        self.end_image();
        for &byte in bytes {
            match (self.state.kanji, self.half.take()) {
                (Switch::On, Some(first)) => self.pair([first, byte]),
                (Switch::On, None) if byte >= 0x80 => self.half = Some(byte),
                _ => {
                    let character = match byte {
                        b' '..=b'~' => Some(char::from(byte)),
                        _ => self.state.page.and_then(|page| page.character(byte)),
                    };
                    self.character(character.unwrap_or('\u{fffd}'));
                }
            }
        }
    }

    fn pair(&mut self, pair: [u8; 2]) {
        let text = GB18030.decode_without_bom_handling_and_without_replacement(&pair);
        match text.as_deref().map(|text| text.chars().filter(|c| !c.is_control())) {
            Some(characters) => characters.for_each(|character| self.character(character)),
            None => self.character('\u{fffd}'),
        }
    }

    fn character(&mut self, character: char) {
        self.end_image();
        let width = character.width().unwrap_or(0) * self.state.width;
        if self.used + width > self.profile.columns {
            self.print_line();
        }
        // The no-break space of some pages is a space on paper, and other readers of this text know only spaces.
        self.line.push(if character == '\u{a0}' { ' ' } else { character });
        self.used += width;
    }

    /// Ends the line, where there is one, and feeds as many lines, counting it.
    fn line_end(&mut self, lines: usize) {
        self.half = None;
        let images = self.image.is_some();
        let mut left = lines;
        if !self.line.is_empty() {
            self.print_line();
            left = left.saturating_sub(1);
        } else if images && lines <= 1 {
            // Between two bands of one image.
            return;
        }
        self.end_image();
        (0..left).for_each(|_| self.out.push('\n'));
    }

    fn print_line(&mut self) {
        let text = self.line.trim_end();
        let columns = text.chars().map(|c| c.width().unwrap_or(0)).sum::<usize>();
        let free = self.profile.columns.saturating_sub(columns);
        let indent = match self.state.align {
            Align::Left => 0,
            Align::Centre => free / 2,
            Align::Right => free,
        };
        if !text.is_empty() {
            self.out.extend(std::iter::repeat_n(' ', indent));
            self.out.push_str(text);
        }
        self.out.push('\n');
        self.line.clear();
        self.used = 0;
    }

    fn notice(&mut self, notice: &str) {
        if !self.line.is_empty() {
            self.print_line();
        }
        self.end_image();
        self.out.push_str(notice);
        self.out.push('\n');
    }

    fn band(&mut self, width: usize, rows: usize) {
        if !self.line.is_empty() {
            self.print_line();
        }
        match &mut self.image {
            Some((known, height)) if *known == width => *height = height.saturating_add(rows),
            _ => {
                self.end_image();
                self.image = Some((width, rows));
            }
        }
    }

    fn end_image(&mut self) {
        if let Some((width, height)) = self.image.take() {
            self.out.push_str(&format!("[image {width}×{height}]\n"));
        }
    }

    fn finish(&mut self) {
        if !self.line.is_empty() {
            self.print_line();
        }
        self.end_image();
    }
}
