//! Lengths and colours.

use crate::html::style::Shade;

/// A length before the font is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::html) enum Length {
    Auto,
    /// 1/96 inch.
    Pixels(f32),
    /// Times the element's font size.
    Em(f32),
    /// Times the root's font size.
    Rem(f32),
    /// Hundredths of what the property says.
    Percent(f32),
}

/// Reads a length. What has to be calculated (`calc()`, `var()`) is none.
pub(in crate::html) fn length(text: &str) -> Option<Length> {
    if text.eq_ignore_ascii_case("auto") {
        return Some(Length::Auto);
    }
    let digits = text.bytes().take_while(|b| b.is_ascii_digit() || b"+-.".contains(b)).count();
    let (number, unit) = text.split_at(digits);
    let number: f32 = number.parse().ok().filter(|n: &f32| n.is_finite())?;
    // Nothing on a receipt is longer, and sums of such lengths stay exact enough.
    let number = number.clamp(-100_000.0, 100_000.0);
    Some(match unit.to_ascii_lowercase().as_str() {
        "px" => Length::Pixels(number),
        "" if number == 0.0 => Length::Pixels(0.0),
        "pt" => Length::Pixels(number * 4.0 / 3.0),
        "pc" => Length::Pixels(number * 16.0),
        "in" => Length::Pixels(number * 96.0),
        "cm" => Length::Pixels(number * 96.0 / 2.54),
        "mm" => Length::Pixels(number * 96.0 / 25.4),
        "em" => Length::Em(number),
        "ch" | "ex" => Length::Em(number / 2.0),
        "rem" => Length::Rem(number),
        "%" | "vw" => Length::Percent(number),
        _ => return None,
    })
}

/// Whether a colour prints as black or stays white. Transparent and unknown colours are none.
pub(in crate::html) fn colour(text: &str) -> Option<Shade> {
    let text = text.trim().to_ascii_lowercase();
    let [red, green, blue] = match text.strip_prefix('#') {
        Some(digits) => hexadecimal(digits)?,
        None if text.starts_with("rgb") => components(&text)?,
        None => named(&text)?,
    };
    let light = 0.299 * red + 0.587 * green + 0.114 * blue;
    Some(if light < 110.0 { Shade::Dark } else { Shade::Light })
}

fn hexadecimal(digits: &str) -> Option<[f32; 3]> {
    let digit = |at: usize| char::from(*digits.as_bytes().get(at)?).to_digit(16).map(|d| d as f32);
    match digits.len() {
        3 | 4 => Some([digit(0)? * 17.0, digit(1)? * 17.0, digit(2)? * 17.0]),
        6 | 8 => {
            let pair = |at| Some(digit(at)? * 16.0 + digit(at + 1)?);
            Some([pair(0)?, pair(2)?, pair(4)?])
        }
        _ => None,
    }
}

fn components(text: &str) -> Option<[f32; 3]> {
    let inside = text.split_once('(')?.1.trim_end_matches(')');
    let mut numbers = inside
        .split([',', ' ', '/'])
        .filter(|part| !part.is_empty())
        .map(|part| part.trim_end_matches('%').parse::<f32>().ok());
    let rgb = [numbers.next()??, numbers.next()??, numbers.next()??];
    // What is all but transparent shows what is behind it.
    let alpha = numbers.next().flatten().unwrap_or(1.0);
    (alpha >= 0.5).then_some(rgb)
}

fn named(name: &str) -> Option<[f32; 3]> {
    Some(match name {
        "black" | "navy" | "darkblue" | "darkgreen" | "maroon" | "purple" | "indigo" | "brown"
        | "darkred" | "darkslategray" | "darkslategrey" | "midnightblue" | "dimgray"
        | "dimgrey" | "blue" | "green" | "red" | "firebrick" | "crimson" | "teal" => [0.0; 3],
        "white" | "snow" | "ivory" | "yellow" | "whitesmoke" | "silver" | "lightgray"
        | "lightgrey" | "lightyellow" | "pink" | "orange" | "gold" | "cyan" | "lime" | "aqua"
        | "beige" | "gainsboro" | "gray" | "grey" | "darkgray" | "darkgrey" => [255.0; 3],
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_become_pixels() {
        assert_eq!(length("12px"), Some(Length::Pixels(12.0)));
        assert_eq!(length("9pt"), Some(Length::Pixels(12.0)));
        assert_eq!(length("25.4mm"), Some(Length::Pixels(96.0)));
        assert_eq!(length("1.5em"), Some(Length::Em(1.5)));
        assert_eq!(length("0"), Some(Length::Pixels(0.0)));
        assert_eq!(length("-50%"), Some(Length::Percent(-50.0)));
        assert_eq!(length("99999999999999999px"), Some(Length::Pixels(100_000.0)));
        for text in ["", "px", "12", "calc(1px)", "1e3px", "--", "é", "5é", "12 px"] {
            assert_eq!(length(text), None, "{text}");
        }
    }

    #[test]
    fn colours_are_ink_or_paper() {
        for dark in ["#000", "#333333", "rgb(10, 20, 30)", "Black", "#222f", "rgb(0 0 0 / 1)"] {
            assert_eq!(colour(dark), Some(Shade::Dark), "{dark}");
        }
        for light in ["#fff", "#f5f5f5", "rgba(255,255,255,1)", "white", "#ddd"] {
            assert_eq!(colour(light), Some(Shade::Light), "{light}");
        }
        for none in
            ["transparent", "rgba(0,0,0,.05)", "", "#", "#12", "#gggggg", "rgb", "rgb(", "url(x)"]
        {
            assert_eq!(colour(none), None, "{none}");
        }
    }
}
