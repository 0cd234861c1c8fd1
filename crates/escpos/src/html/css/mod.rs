//! The part of CSS that changes what a receipt looks like on paper, read by a parser of our own.

mod declaration;
mod media;
mod rules;
mod selector;
mod text;
mod value;

pub(super) use declaration::{Declaration, Declared, Rank, align, declarations, direction};
pub(super) use media::Media;
pub(super) use rules::{Matching, Origin, Rules};
pub(super) use value::{Length, colour, length};
