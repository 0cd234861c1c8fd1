//! Which characters a profile's pages have between them.

use super::CodePage;

/// A set of a profile's pages: bit i is page i in the profile's order of preference.
pub(crate) type PageSet = u64;

/// Every character beyond ASCII that some page has, with the pages that have it.
#[derive(Debug)]
pub(crate) struct Repertoire {
    /// The default page first, then by number.
    pub(crate) pages: Vec<CodePage>,
    characters: Vec<(char, PageSet)>,
}

impl Repertoire {
    /// Most pages that a profile may have.
    pub(crate) const MOST_PAGES: usize = PageSet::BITS as usize;

    pub(super) fn of(code_pages: &[CodePage], default: u8) -> Repertoire {
        let mut pages = code_pages.to_vec();
        pages.sort_by_key(|page| (page.number != default, page.number));
        let mut characters: Vec<(char, PageSet)> = pages
            .iter()
            .enumerate()
            .flat_map(|(index, page)| page.encoding.beyond_ascii().map(move |c| (c, 1 << index)))
            .collect();
        characters.sort_unstable();
        characters.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 |= next.1;
            }
            same
        });
        Repertoire { pages, characters }
    }

    /// The pages that have the character: all of them for ASCII, none (0) where it cannot be printed.
    pub(crate) fn pages_of(&self, character: char) -> PageSet {
        if let ' '..='~' = character {
            return PageSet::MAX;
        }
        self.characters
            .binary_search_by_key(&character, |entry| entry.0)
            .map_or(0, |at| self.characters[at].1)
    }

    /// Whether some page has it.
    pub(crate) fn has(&self, character: char) -> bool {
        self.pages_of(character) != 0
    }
}
