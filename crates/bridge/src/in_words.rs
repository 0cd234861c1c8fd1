//! Kinds that go over the wire, and into listings, as their words.

/// Implements what `#[serde(into = "String", from = "String")]` asks of kinds with a variant `Words`: written they are what they
/// display, and what is read from there is that variant, as an engine elsewhere may know kinds that this one does not.
macro_rules! in_words {
    ($($kind:ident),+) => {$(
        impl From<$kind> for String {
            fn from(kind: $kind) -> String {
                kind.to_string()
            }
        }

        impl From<String> for $kind {
            fn from(words: String) -> $kind {
                $kind::Words(words)
            }
        }
    )+};
}

pub(crate) use in_words;
