//! What came out on paper.

use std::{collections::VecDeque, fs, io, path::Path, path::PathBuf, time::Instant};

use bytes::Bytes;

use platen_escpos::{Profile, paper};

use super::options::{Keep, PrinterOptions};

/// A piece of paper that was cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    /// Counts from 1.
    pub number: u64,
    /// What was printed on it, the cut at its end included.
    pub bytes: Bytes,
    /// When it was cut.
    pub at: Instant,
}

pub(super) struct Paper {
    keep: Keep,
    out_dir: Option<PathBuf>,
    profile: Option<Profile>,
    sheets: VecDeque<Sheet>,
    kept: usize,
    uncut: Vec<u8>,
    pub(super) sheet_count: u64,
    pub(super) byte_count: u64,
}

impl Paper {
    pub(super) fn new(options: &PrinterOptions) -> Self {
        Self {
            keep: options.keep,
            out_dir: options.out_dir.clone(),
            profile: options.profile.clone().or_else(|| Profile::builtin("generic-80")),
            sheets: VecDeque::new(),
            kept: 0,
            uncut: Vec::new(),
            sheet_count: 0,
            byte_count: 0,
        }
    }

    pub(super) fn print(&mut self, bytes: &[u8]) {
        self.byte_count += bytes.len() as u64;
        if self.collects() {
            self.uncut.extend_from_slice(bytes);
        }
        // A roll that is never cut must not fill the memory either.
        if let Keep::Bytes(most) = self.keep
            && self.uncut.len() > most
        {
            self.uncut.clear();
        }
    }

    /// Cuts. Nothing is cut off where nothing was printed.
    pub(super) fn cut(&mut self) {
        self.sheet_count += 1;
        let bytes = Bytes::from(std::mem::take(&mut self.uncut));
        self.save(self.sheet_count, &bytes);
        if let Keep::Bytes(most) = self.keep {
            self.kept += bytes.len();
            let number = self.sheet_count;
            self.sheets.push_back(Sheet { number, bytes, at: Instant::now() });
            while self.kept > most
                && let Some(oldest) = self.sheets.pop_front()
            {
                self.kept -= oldest.bytes.len();
            }
        }
    }

    /// Saves the piece that hangs out of the printer, so that nothing is missing in the folder.
    pub(super) fn save_uncut(&mut self) {
        if !self.uncut.is_empty() {
            let bytes = std::mem::take(&mut self.uncut);
            self.save(self.sheet_count + 1, &bytes);
        }
    }

    pub(super) fn sheets(&self) -> Vec<Sheet> {
        self.sheets.iter().cloned().collect()
    }

    pub(super) fn uncut(&self) -> &[u8] {
        &self.uncut
    }

    pub(super) fn all(&self) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.kept + self.uncut.len());
        self.sheets.iter().for_each(|sheet| all.extend_from_slice(&sheet.bytes));
        all.extend_from_slice(&self.uncut);
        all
    }

    fn collects(&self) -> bool {
        self.keep != Keep::Nothing || self.out_dir.is_some()
    }

    /// What these bytes say on paper.
    pub(super) fn text_of(&self, bytes: &[u8]) -> String {
        self.read(bytes).map(|paper| paper.text_view()).unwrap_or_default()
    }

    pub(super) fn profile(&self) -> Option<Profile> {
        self.profile.clone()
    }

    fn read(&self, bytes: &[u8]) -> Option<paper::Paper> {
        self.profile.as_ref().map(|profile| paper::Paper::read(bytes, profile))
    }

    fn save(&self, number: u64, bytes: &[u8]) {
        let Some(folder) = &self.out_dir else { return };
        let paper = self.read(bytes);
        let text = paper.as_ref().map(paper::Paper::text_view).unwrap_or_default();
        let picture = paper.as_ref().map(paper::Paper::picture).unwrap_or_default();
        if let Err(error) = save_sheet(folder, number, bytes, &text, &picture) {
            tracing::error!(folder = %folder.display(), number, %error, "a sheet was not saved");
        }
    }
}

/// Text and picture are written first: who waits for `NNNN.bin` finds all three.
fn save_sheet(
    folder: &Path,
    number: u64,
    bytes: &[u8],
    text: &str,
    picture: &[u8],
) -> io::Result<()> {
    fs::write(folder.join(format!("{number:04}.txt")), text)?;
    fs::write(folder.join(format!("{number:04}.png")), picture)?;
    let part = folder.join(format!("{number:04}.part"));
    fs::write(&part, bytes)?;
    fs::rename(part, folder.join(format!("{number:04}.bin")))
}
