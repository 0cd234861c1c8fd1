//! How much work it is to draw a tree, told before it is drawn.

use super::super::ImageError;
use resvg::tiny_skia::{PathSegment, Point};
use resvg::usvg::filter::Kind;
use resvg::usvg::{Group, ImageKind, Node, Paint, Path, Pattern, Tree};

/// Dots that may be touched, each as often as it is. About a second's work.
const DOTS: u64 = 600_000_000;
/// Dots that are touched in the time in which an edge of a path is carried over one row.
const EDGE_ROW: f32 = 46.0;
/// Layers (opacity, masks, clips, filters) within each other: each is a picture of its own in memory.
const LAYERS: usize = 8;
/// Dots of a pattern's tile.
const TILE: f32 = 4_000_000.0;

const TOO_MUCH: ImageError = ImageError::TooComplex { what: "areas painted over each other" };

/// Refuses a tree that takes too long or too much memory at that scale, on a picture of that size.
pub(super) fn check(
    tree: &Tree,
    scale: f32,
    width: usize,
    height: usize,
) -> Result<(), ImageError> {
    let mut work = Work { scale, width: width as f32, height: height as f32, dots: 0 };
    work.group(tree.root(), 0)
}

struct Work {
    scale: f32,
    width: f32,
    height: f32,
    dots: u64,
}

impl Work {
    fn add(&mut self, dots: f32) -> Result<(), ImageError> {
        self.dots = self.dots.saturating_add(dots.max(0.0) as u64);
        if self.dots > DOTS { Err(TOO_MUCH) } else { Ok(()) }
    }

    fn canvas(&self) -> f32 {
        self.width * self.height
    }

    fn group(&mut self, group: &Group, layers: usize) -> Result<(), ImageError> {
        let layers = layers + usize::from(group.should_isolate());
        if layers > LAYERS {
            return Err(ImageError::TooComplex { what: "layers within each other" });
        }
        if group.should_isolate() {
            self.add(self.canvas() * 4.0)?;
        }
        for filter in group.filters() {
            for primitive in filter.primitives() {
                self.add(self.canvas() * weight(primitive.kind(), self.scale))?;
                if let Kind::Image(image) = primitive.kind() {
                    self.group(image.root(), layers + 1)?;
                }
            }
        }
        if let Some(clip) = group.clip_path() {
            self.add(self.canvas())?;
            self.group(clip.root(), layers + 1)?;
            // A clip of a clip, and so on.
            let mut next = clip.clip_path();
            let mut inner = layers + 2;
            while let Some(clip) = next {
                self.group(clip.root(), inner)?;
                next = clip.clip_path();
                inner += 1;
            }
        }
        let mut mask = group.mask();
        let mut inner = layers + 1;
        while let Some(this) = mask {
            self.add(self.canvas() * 2.0)?;
            self.group(this.root(), inner)?;
            mask = this.mask();
            inner += 1;
        }
        group.children().iter().try_for_each(|node| self.node(node, layers))
    }

    fn node(&mut self, node: &Node, layers: usize) -> Result<(), ImageError> {
        match node {
            Node::Group(group) => self.group(group, layers),
            Node::Path(path) => self.path(path, layers),
            Node::Text(text) => self.group(text.flattened(), layers),
            Node::Image(image) => match image.kind() {
                ImageKind::SVG(tree) => self.group(tree.root(), layers + 1),
                _ => self.add(self.canvas() + image.size().width() * image.size().height() * 4.0),
            },
        }
    }

    fn path(&mut self, path: &Path, layers: usize) -> Result<(), ImageError> {
        if !path.is_visible() {
            return Ok(());
        }
        let bounds = path.abs_stroke_bounding_box();
        let side = |length: f32, most: f32| (length * self.scale + 2.0).clamp(0.0, most);
        let area = side(bounds.width(), self.width) * side(bounds.height(), self.height);
        // A long way up and down costs more than the area says; a stroke goes it on both of its sides.
        let rows = self.rows(path) * EDGE_ROW;
        let fill = path.fill().map(|fill| (fill.paint(), rows));
        let stroke = path.stroke();
        let stroked = stroke.map(|stroke| (stroke.paint(), rows * 2.0));
        for (paint, rows) in [fill, stroked].into_iter().flatten() {
            self.add(area + rows)?;
            if let Paint::Pattern(pattern) = paint {
                self.pattern(pattern, path, layers)?;
            }
        }
        if let Some(dashes) = stroke.and_then(|stroke| stroke.dasharray()) {
            let round = dashes.iter().sum::<f32>().max(f32::MIN_POSITIVE);
            let bounds = path.data().bounds();
            // No segment is longer than the bounds are around.
            let length = (bounds.width() + bounds.height()) * path.data().len() as f32;
            let pieces = length / round * dashes.len() as f32;
            if pieces.is_nan() || pieces > 200_000.0 {
                return Err(ImageError::TooComplex { what: "dashes" });
            }
            self.add(pieces * 64.0)?;
        }
        Ok(())
    }

    /// Rows that the segments of a path cross, and a few for each segment itself. A curve's control points bound it.
    fn rows(&self, path: &Path) -> f32 {
        let (transform, mut rows, mut from) = (path.abs_transform(), 0.0, 0.0);
        let mut start = 0.0;
        let mut go = |from: &mut f32, mut to: Point| {
            transform.map_point(&mut to);
            rows += 2.0 + ((to.y - *from) * self.scale).abs().min(self.height);
            *from = to.y;
        };
        for segment in path.data().segments() {
            match segment {
                PathSegment::MoveTo(mut to) => {
                    transform.map_point(&mut to);
                    (from, start) = (to.y, to.y);
                }
                PathSegment::LineTo(to) => go(&mut from, to),
                PathSegment::QuadTo(one, to) => {
                    [one, to].into_iter().for_each(|to| go(&mut from, to))
                }
                PathSegment::CubicTo(one, two, to) => {
                    [one, two, to].into_iter().for_each(|to| go(&mut from, to));
                }
                PathSegment::Close => from = start,
            }
        }
        rows
    }

    fn pattern(&mut self, pattern: &Pattern, path: &Path, layers: usize) -> Result<(), ImageError> {
        let (sx, sy) = path.abs_transform().pre_concat(pattern.transform()).get_scale();
        let tile =
            pattern.rect().width() * sx * self.scale * (pattern.rect().height() * sy * self.scale);
        if tile.is_nan() || tile > TILE {
            return Err(ImageError::TooComplex { what: "pattern tiles" });
        }
        self.add(tile + self.canvas())?;
        self.group(pattern.root(), layers + 1)
    }
}

/// How often a filter touches every dot.
fn weight(kind: &Kind, scale: f32) -> f32 {
    match kind {
        Kind::ConvolveMatrix(matrix) => matrix.matrix().data().len() as f32,
        Kind::Morphology(morphology) => {
            4.0 + 4.0 * scale * scale * morphology.radius_x().get() * morphology.radius_y().get()
        }
        Kind::Turbulence(turbulence) => 40.0 * turbulence.num_octaves() as f32,
        Kind::DiffuseLighting(_) | Kind::SpecularLighting(_) => 40.0,
        Kind::GaussianBlur(_) | Kind::DropShadow(_) => 100.0,
        _ => 8.0,
    }
}
