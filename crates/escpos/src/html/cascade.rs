//! Which style each element has: rules in order of their strength, then inheritance.

use super::css::{Declaration as D, Declared, Length, Media, Origin, Rules, declarations};
use super::dom::{Dom, Kind, NodeId, Walk};
use super::hints::hints;
use super::limits::{HtmlError, MOST_MATCHES};
use super::style::{Direction, Display, FlexAxis, Style, Width};
use crate::scan::Switch;
use crate::sheet::{Base, Isolation};
use crate::typeset::first_direction;
use std::sync::LazyLock;

/// The styles of a document's elements.
pub(super) struct Styles {
    /// For each node the place of its style; elements that are not shown have none.
    slots: Vec<Option<u32>>,
    styles: Vec<Style>,
}

impl Styles {
    /// The style of an element; of the document before any rule for everything else.
    pub(super) fn of(&self, id: NodeId) -> &Style {
        let slot = self.slots.get(id.index()).copied().flatten();
        slot.and_then(|slot| self.styles.get(slot as usize)).unwrap_or(&Style::INITIAL)
    }
}

static BROWSER: LazyLock<Rules> = LazyLock::new(|| {
    let mut rules = Rules::default();
    rules.add(include_str!("builtin.css"), Origin::Browser, Media { width: 0.0 });
    rules
});

/// Works out the style of every element that is shown, and says how many selectors were too many.
///
/// # Errors
/// [`HtmlError::TooCostly`].
pub(super) fn styles(dom: &Dom, media: Media) -> Result<(Styles, usize), HtmlError> {
    let rules = rules(dom, media);
    let mut cascade = Cascade {
        dom,
        rules: &rules,
        styles: Styles { slots: vec![None; dom.len()], styles: Vec::new() },
        root: Style::INITIAL.font,
        spent: 0,
    };
    dom.walk(NodeId::DOCUMENT, |id| cascade.visit(id));
    if cascade.spent > MOST_MATCHES {
        return Err(HtmlError::TooCostly);
    }
    Ok((cascade.styles, rules.left_out))
}

/// The browser's rules and the document's; those of well-known frameworks where its style sheet is
/// not in it.
fn rules(dom: &Dom, media: Media) -> Rules {
    let mut rules = BROWSER.clone();
    let (mut linked, mut styled) = (false, false);
    dom.walk(NodeId::DOCUMENT, |id| {
        let Some(element) = dom.element(id) else { return Walk::Pass };
        match element.tag() {
            "style" if media.matches(element.attribute("media").unwrap_or_default()) => {
                styled = true;
                dom.children(id).for_each(|child| {
                    if let Kind::Text(css) = dom.kind(child) {
                        rules.add(css, Origin::Author, media);
                    }
                });
            }
            "link" => linked |= is_style_sheet(element.attribute("rel")),
            _ => {}
        }
        Walk::Enter
    });
    // A page without any style sheet is one that was cut out of its application.
    if linked || !styled {
        rules.add(include_str!("frameworks.css"), Origin::Framework, media);
    }
    rules
}

/// Whether a link's `rel` names a style sheet.
pub(super) fn is_style_sheet(rel: Option<&str>) -> bool {
    rel.is_some_and(|rel| {
        rel.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("stylesheet"))
    })
}

struct Cascade<'a> {
    dom: &'a Dom,
    rules: &'a Rules,
    styles: Styles,
    /// The font size of the root element.
    root: f32,
    spent: usize,
}

impl Cascade<'_> {
    fn visit(&mut self, id: NodeId) -> Walk {
        let Some(element) = self.dom.element(id) else { return Walk::Pass };
        if self.spent > MOST_MATCHES {
            return Walk::Pass;
        }
        let parent = self.dom.parent(id).map_or(Style::INITIAL, |parent| *self.styles.of(parent));
        let style = self.style(id, &parent);
        if element.tag() == "html" {
            self.root = style.font;
        }
        self.styles.slots[id.index()] = u32::try_from(self.styles.styles.len()).ok();
        self.styles.styles.push(style);
        match style.display {
            Display::None => Walk::Pass,
            // The inside of a picture is not ours.
            _ if element.is_svg() => Walk::Pass,
            _ => Walk::Enter,
        }
    }

    /// Fonts first: other lengths are measured in them.
    fn style(&mut self, id: NodeId, parent: &Style) -> Style {
        let matching = self.rules.matching(id, self.dom, &mut self.spent);
        let author = matching.partition_point(|matching| matching.origin() < Origin::Author);
        let (weaker, stronger) = matching.split_at(author);
        let of = |some: &[super::css::Matching]| -> Vec<Declared> {
            some.iter().flat_map(|matching| self.rules.declared(matching)).copied().collect()
        };
        let mut all = of(weaker);
        let element = self.dom.element(id);
        all.extend(element.into_iter().flat_map(hints));
        all.extend(of(stronger));
        let own = element.and_then(|element| element.attribute("style"));
        all.extend(own.map(declarations).unwrap_or_default());
        // Stable: among equals the later one stays later.
        all.sort_by_key(|declared| declared.rank);
        let mut style = parent.inherited();
        for font in [Switch::On, Switch::Off] {
            for Declared { declaration, .. } in &all {
                if matches!(declaration, D::FontSize(_)) == (font == Switch::On) {
                    apply(declaration, &mut style, parent, self.root);
                }
            }
        }
        if stacks(parent) && matches!(style.display, Display::Inline | Display::InlineBlock) {
            style.display = Display::Block;
        }
        self.read_in_its_direction(id, &all, parent, &mut style);
        // What the page itself cuts off is scrolled to.
        let is_page = element.is_some_and(|element| matches!(element.tag(), "html" | "body"));
        if !is_page && hides_its_content(&all, &style) {
            style.display = Display::None;
        }
        if is_beside_the_page(&style) {
            style.visible = Switch::Off;
        }
        style
    }

    /// What `dir`, `direction` and `bdi` do to text: blocks get a direction for their paragraphs, what stands within a line is
    /// set by itself. The page's own direction is that of its sheet.
    fn read_in_its_direction(
        &self,
        id: NodeId,
        all: &[Declared],
        parent: &Style,
        style: &mut Style,
    ) {
        let Some(element) = self.dom.element(id) else { return };
        if matches!(element.tag(), "html" | "body") {
            return;
        }
        let mut told = all.iter().any(|one| matches!(one.declaration, D::Direction(_)));
        let automatic =
            element.attribute("dir").is_some_and(|dir| dir.eq_ignore_ascii_case("auto"));
        if !told && (automatic || element.tag() == "bdi") {
            style.direction = self.direction_of_content(id);
            told = true;
        }
        match (told, style.is_block()) {
            (true, true) => style.base = Base::Told(style.direction),
            (true, false) => style.isolation = Isolation::Of(style.direction),
            (false, _) => style.base = parent.base,
        }
        if style.is_block() {
            style.isolation = Isolation::None;
        }
    }

    /// The direction of the first letter in an element, as far as one looks: left to right where there is none.
    fn direction_of_content(&self, top: NodeId) -> Direction {
        let mut found = None;
        let mut left = MOST_LOOKED_AT;
        self.dom.walk(top, |id| {
            left = left.saturating_sub(1);
            if let Kind::Text(text) = self.dom.kind(id) {
                let letters = text.chars().take(left);
                left = left.saturating_sub(text.len());
                found = first_direction(letters);
            }
            if found.is_some() || left == 0 { Walk::Stop } else { Walk::Enter }
        });
        found.unwrap_or_default()
    }
}

/// Nodes and bytes of an element that are looked at for its first letter.
const MOST_LOOKED_AT: usize = 200;

/// Whether a box has no height and shows nothing that runs over it. Padding gives it height; rows and cells grow with their
/// content.
fn hides_its_content(all: &[Declared], style: &Style) -> bool {
    let grows = matches!(
        style.display,
        Display::Inline | Display::Table | Display::RowGroup | Display::Row | Display::Cell
    );
    let padded = style.padding.top + style.padding.bottom > 0.0
        || all.iter().any(|one| match one.declaration {
            D::PaddingTop(Length::Percent(some)) | D::PaddingBottom(Length::Percent(some)) => {
                some > 0.0
            }
            _ => false,
        });
    let is_flat = match (style.flattest, style.height) {
        (Some(most), _) if most <= FLAT => true,
        (_, Width::Pixels(height)) => height <= FLAT && style.least <= FLAT,
        _ => false,
    };
    style.clipped == Switch::On && is_flat && !padded && !grows
}

/// No line of text is that high, in pixels.
const FLAT: f32 = 1.0;

/// Whether its margins move it off the page, so that only a screen reader finds it. Padding of that size brings it back.
fn is_beside_the_page(style: &Style) -> bool {
    let edges = [(style.margin.left, style.padding.left), (style.margin.top, style.padding.top)];
    edges.iter().any(|(margin, padding)| *margin <= AWAY && margin + padding <= AWAY)
}

/// So many pixels beside the page there is none. Half of it is how wide screens are centred.
const AWAY: f32 = -2000.0;

/// Whether each child of such a box is a box of its own below the one before, whatever it says of itself.
fn stacks(parent: &Style) -> bool {
    match parent.display {
        Display::Flex => parent.axis == FlexAxis::Column,
        Display::Grid => parent.tracks <= 1,
        _ => false,
    }
}

fn apply(declaration: &D, style: &mut Style, parent: &Style, root: f32) {
    let pixels = |length: Length, font: f32| match length {
        Length::Auto | Length::Percent(_) => 0.0,
        Length::Pixels(pixels) => pixels,
        Length::Em(times) => times * font,
        Length::Rem(times) => times * root,
    };
    let own = style.font;
    match *declaration {
        D::FontSize(Length::Percent(percent)) => {
            style.font = bounded(parent.font * percent / 100.0)
        }
        D::FontSize(length) => style.font = bounded(pixels(length, parent.font)),
        D::Display(display) => style.display = display,
        D::Float(float) => style.float = float,
        D::Align(align) => style.align = align,
        D::Bold(switch) => style.bold = switch,
        D::Underline(switch) => style.underline = switch,
        D::Strike(switch) => style.strike = switch,
        D::Ink(shade) => style.ink = shade,
        D::Ground(shade) => style.ground = shade,
        D::Transform(transform) => style.transform = transform,
        D::Space(space) => style.space = space,
        D::Direction(direction) => style.direction = direction,
        D::Visible(switch) => style.visible = switch,
        D::Marker(marker) => style.marker = marker,
        D::MarginTop(length) => style.margin.top = pixels(length, own),
        D::MarginBottom(length) => style.margin.bottom = pixels(length, own),
        D::MarginLeft(length) => {
            style.loose.left = loose(length);
            style.margin.left = pixels(length, own);
        }
        D::MarginRight(length) => {
            style.loose.right = loose(length);
            style.margin.right = pixels(length, own);
        }
        D::PaddingTop(length) => style.padding.top = pixels(length, own),
        D::PaddingBottom(length) => style.padding.bottom = pixels(length, own),
        D::PaddingRight(length) => style.padding.right = pixels(length, own),
        D::PaddingLeft(length) => style.padding.left = pixels(length, own),
        D::BorderTop(stroke) => style.border.top = stroke,
        D::BorderBottom(stroke) => style.border.bottom = stroke,
        D::BorderLeft(stroke) => style.border.left = stroke,
        D::BorderRight(stroke) => style.border.right = stroke,
        D::Width(Length::Auto) => style.width = Width::Auto,
        D::Width(Length::Percent(percent)) => style.width = Width::Percent(percent),
        D::Width(length) => style.width = Width::Pixels(pixels(length, own)),
        D::MinHeight(length) => style.least = pixels(length, own),
        D::MaxHeight(Length::Auto | Length::Percent(_)) => style.flattest = None,
        D::MaxHeight(length) => style.flattest = Some(pixels(length, own)),
        D::Clipped(switch) => style.clipped = switch,
        D::MaxWidth(Length::Auto | Length::Percent(_)) => {}
        D::MaxWidth(length) => style.most = Some(pixels(length, own)),
        D::Height(Length::Auto | Length::Percent(_)) => style.height = Width::Auto,
        D::Height(length) => style.height = Width::Pixels(pixels(length, own)),
        D::Justify(justify) => style.justify = justify,
        D::Axis(axis) => style.axis = axis,
        D::Grow(grow) => style.grow = grow,
        D::Tracks(tracks) => style.tracks = tracks,
        D::BreakBefore(switch) => style.break_before = switch,
        D::BreakAfter(switch) => style.break_after = switch,
    }
}

fn loose(length: Length) -> Switch {
    if length == Length::Auto { Switch::On } else { Switch::Off }
}

/// Sizes that somebody could read.
fn bounded(font: f32) -> f32 {
    font.clamp(0.0, 1000.0)
}
