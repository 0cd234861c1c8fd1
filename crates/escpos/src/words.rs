//! The few words that a document gets from us, in the languages of the shops.

mod table;

use platen_job::{Mark, TotalKind};
use table::TABLE;

/// A word that we put on paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    Order,
    /// Receipt or invoice number.
    Number,
    /// Number of a reservation.
    Confirmation,
    Table,
    /// How many people sit there, or come.
    Guests,
    ServedBy,
    Customer,
    Phone,
    TaxId,
    Courier,
    Subtotal,
    Discount,
    Service,
    Delivery,
    Tax,
    /// What a tax is taken of.
    Net,
    Tip,
    Rounding,
    Total,
    /// A payment of which nobody says how.
    Payment,
    Received,
    Change,
    Copy,
    Kitchen,
    Reservation,
    CashOut,
    Amount,
    Signature,
    Reprint,
    PossibleDuplicate,
    /// Before the name of the printer that should have printed it.
    BackupFrom,
}

/// The words of one language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words(&'static [&'static str; WORDS]);

/// How many words there are.
const WORDS: usize = Word::BackupFrom as usize + 1;

impl Words {
    /// The words of a language by its code of two letters; English where we do not have it.
    pub(crate) fn of(language: &str) -> Words {
        let known = TABLE.iter().find(|(code, _)| *code == language);
        Words(known.map_or(&TABLE[0].1, |(_, words)| words))
    }

    /// The word in this language.
    pub(crate) fn get(self, word: Word) -> &'static str {
        self.0.get(word as usize).copied().unwrap_or_default()
    }

    /// What an amount is.
    pub(crate) fn of_total(self, kind: TotalKind) -> &'static str {
        self.get(match kind {
            TotalKind::Subtotal => Word::Subtotal,
            TotalKind::Discount => Word::Discount,
            TotalKind::Service => Word::Service,
            TotalKind::Delivery => Word::Delivery,
            TotalKind::Tax => Word::Tax,
            TotalKind::Tip => Word::Tip,
            TotalKind::Rounding => Word::Rounding,
        })
    }

    /// A mark.
    pub(crate) fn of_mark(self, mark: Mark) -> &'static str {
        self.get(match mark {
            Mark::Reprint => Word::Reprint,
            Mark::PossibleDuplicate => Word::PossibleDuplicate,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_every_word_and_no_other_than_english_is_english() {
        let codes: Vec<&str> = TABLE.iter().map(|(code, _)| *code).collect();
        let wanted = [
            "en", "fr", "ar", "de", "es", "pt", "it", "nl", "pl", "tr", "ru", "el", "sq", "he",
            "fa",
        ];
        assert_eq!(codes, wanted);
        for (code, words) in &TABLE {
            assert!(words.iter().all(|word| !word.trim().is_empty()), "{code}");
            let same = words.iter().zip(TABLE[0].1).filter(|(word, english)| *word == english);
            assert!(*code == "en" || same.count() < 6, "{code}");
        }
        for (code, script) in [
            ("ar", '\u{600}'..='\u{6ff}'),
            ("fa", '\u{600}'..='\u{6ff}'),
            ("he", '\u{590}'..='\u{5ff}'),
        ] {
            let words = TABLE.iter().find(|(known, _)| *known == code).unwrap().1;
            let is_of = |word: &&str| word.chars().all(|c| script.contains(&c) || c == ' ');
            assert!(words.iter().all(is_of), "{code}");
        }
        assert_eq!(Words::of("xx").get(Word::Total), "TOTAL");
        assert_eq!(Words::of("de").get(Word::BackupFrom), "ERSATZ FÜR");
    }
}
