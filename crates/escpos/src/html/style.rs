//! What an element looks like, as far as a receipt printer can show it.

use crate::scan::Switch;
pub(super) use crate::sheet::Direction;
use crate::sheet::{Base, Isolation};

/// The style of an element after the cascade. Lengths are CSS pixels (1/96 inch).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Style {
    // From here on inherited.
    pub(super) align: TextAlign,
    pub(super) bold: Switch,
    pub(super) underline: Switch,
    pub(super) strike: Switch,
    /// White on black.
    pub(super) ink: Shade,
    pub(super) ground: Shade,
    pub(super) font: f32,
    pub(super) transform: Transform,
    pub(super) space: WhiteSpace,
    pub(super) direction: Direction,
    /// Within a line: whether the document gives this text a direction of its own.
    pub(super) isolation: Isolation,
    /// Whether the document gives a direction to these paragraphs, not just to all of the page.
    pub(super) base: Base,
    pub(super) visible: Switch,
    pub(super) marker: Marker,
    // From here on the element's own.
    pub(super) display: Display,
    pub(super) float: Float,
    pub(super) margin: Edges,
    pub(super) padding: Edges,
    pub(super) loose: Loose,
    pub(super) border: Borders,
    pub(super) width: Width,
    /// `max-width`
    pub(super) most: Option<f32>,
    pub(super) height: Width,
    /// `min-height`
    pub(super) least: f32,
    /// `max-height`
    pub(super) flattest: Option<f32>,
    /// Whether what runs over its box is not shown.
    pub(super) clipped: Switch,
    pub(super) justify: Justify,
    pub(super) axis: FlexAxis,
    pub(super) grow: f32,
    pub(super) tracks: u8,
    pub(super) break_before: Switch,
    pub(super) break_after: Switch,
}

/// The look of each border.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Borders {
    pub(super) top: Stroke,
    pub(super) bottom: Stroke,
    pub(super) left: Stroke,
    pub(super) right: Stroke,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Stroke {
    #[default]
    None,
    Solid,
    Dashed,
    Dotted,
    Double,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextAlign {
    /// Where lines of the direction begin.
    Start,
    End,
    Left,
    Right,
    Centre,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shade {
    Dark,
    Light,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Transform {
    None,
    Upper,
    Lower,
    Capital,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WhiteSpace {
    Normal,
    NoWrap,
    /// Spaces and line ends as they stand. Paper ends where it ends, so that lines wrap all the same.
    Pre,
    /// Line ends as they stand, spaces folded.
    PreLine,
}

/// What stands before a list's items.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    None,
    Bullet,
    Decimal,
    LowerAlpha,
    UpperAlpha,
    LowerRoman,
    UpperRoman,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Display {
    None,
    Inline,
    InlineBlock,
    Block,
    ListItem,
    Flex,
    Grid,
    Table,
    RowGroup,
    Row,
    Cell,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Float {
    None,
    Left,
    Right,
}

/// Distances at those edges that a receipt may show.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edges {
    pub(super) top: f32,
    pub(super) bottom: f32,
    pub(super) left: f32,
    pub(super) right: f32,
}

/// Margins that are `auto` and take what is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Loose {
    pub(super) left: Switch,
    pub(super) right: Switch,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Width {
    Auto,
    Pixels(f32),
    Percent(f32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Justify {
    Start,
    End,
    Centre,
    Between,
    /// Equal room around each.
    Around,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FlexAxis {
    Row,
    RowReverse,
    Column,
}

impl Style {
    /// The style of the document, before any rule. 16 px is what browsers begin with.
    pub(super) const INITIAL: Style = Style {
        align: TextAlign::Start,
        bold: Switch::Off,
        underline: Switch::Off,
        strike: Switch::Off,
        ink: Shade::Dark,
        ground: Shade::Light,
        font: 16.0,
        transform: Transform::None,
        space: WhiteSpace::Normal,
        direction: Direction::LeftToRight,
        isolation: Isolation::None,
        base: Base::OfText,
        visible: Switch::On,
        marker: Marker::Bullet,
        display: Display::Inline,
        float: Float::None,
        margin: Edges { top: 0.0, bottom: 0.0, left: 0.0, right: 0.0 },
        padding: Edges { top: 0.0, bottom: 0.0, left: 0.0, right: 0.0 },
        loose: Loose { left: Switch::Off, right: Switch::Off },
        border: Borders {
            top: Stroke::None,
            bottom: Stroke::None,
            left: Stroke::None,
            right: Stroke::None,
        },
        width: Width::Auto,
        most: None,
        height: Width::Auto,
        least: 0.0,
        flattest: None,
        clipped: Switch::Off,
        justify: Justify::Start,
        axis: FlexAxis::Row,
        grow: 0.0,
        tracks: 1,
        break_before: Switch::Off,
        break_after: Switch::Off,
    };

    /// The style with which a child begins.
    pub(super) fn inherited(&self) -> Style {
        Style {
            align: self.align,
            bold: self.bold,
            underline: self.underline,
            strike: self.strike,
            ink: self.ink,
            ground: self.ground,
            font: self.font,
            transform: self.transform,
            space: self.space,
            direction: self.direction,
            isolation: self.isolation,
            base: self.base,
            visible: self.visible,
            marker: self.marker,
            ..Style::INITIAL
        }
    }

    /// Whether it is laid out as a block where its parent lays out blocks and lines.
    pub(super) fn is_block(&self) -> bool {
        !matches!(self.display, Display::None | Display::Inline | Display::InlineBlock)
    }
}
