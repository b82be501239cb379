//! QR codes as SVG: one path, no style attributes, black on white also in dark mode, with the quiet zone that readers need.

use qrcode::{Color, EcLevel, QrCode};
use std::fmt::Write as _;

/// Modules of white on each side. Source: ISO/IEC 18004, §9.1.
const QUIET: usize = 4;

/// `text` as an inline SVG, with `label` for those who do not see it. `None`: it is too long for a QR code.
pub(crate) fn svg(text: &str, label: &str) -> Option<String> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let (width, colors) = (code.width(), code.to_colors());
    let side = width + 2 * QUIET;
    let label = askama::filters::escape(label, askama::filters::Html).ok()?;
    let mut svg = format!(
        r##"<svg class="qr" role="img" aria-label="{label}" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d=""##,
    );
    for (y, row) in colors.chunks(width).enumerate() {
        for (x, length) in runs(row) {
            write!(svg, "M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET).ok()?;
        }
    }
    svg.push_str("\"/></svg>");
    Some(svg)
}

/// Where dark runs begin in a row, and how long they are: a run is a quarter of the text of its modules.
fn runs(row: &[Color]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (x, color) in row.iter().enumerate() {
        match (color, runs.last_mut()) {
            (Color::Light, _) => {}
            (Color::Dark, Some((from, length))) if *from + *length == x => *length += 1,
            (Color::Dark, _) => runs.push((x, 1)),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_as_long_as_its_dark_modules() {
        use Color::{Dark, Light};
        assert_eq!(runs(&[Dark, Dark, Light, Dark, Light]), [(0, 2), (3, 1)]);
        assert_eq!(runs(&[Light, Light]), []);
    }

    /// The corner of every code: a dark ring of seven modules, four away from the edge.
    #[test]
    fn a_code_begins_with_its_corner_after_the_quiet_zone() {
        let svg = svg("upi://pay?pa=shop@bank", "code").unwrap();
        assert!(svg.contains("d=\"M4 4h7v1h-7z"), "{svg}");
        assert!(!svg.contains("style=") && svg.contains("fill=\"#fff\""));
    }

    #[test]
    fn the_picture_has_exactly_the_dark_modules_of_the_code() {
        let text = "upi://pay?pa=shop@bank&am=123456.00&cu=INR&tr=RKQ4127A9F3C2E81";
        let code = QrCode::with_error_correction_level(text, EcLevel::M).unwrap();
        let mut drawn = vec![Color::Light; code.width() * code.width()];
        let svg = svg(text, "code").unwrap();
        let path = svg
            .split("fill=\"#000\" d=\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        for run in path.split('M').skip(1) {
            let numbers: Vec<usize> = run
                .split([' ', 'h', 'v'])
                .take(3)
                .map(|n| n.parse().unwrap())
                .collect();
            let from = (numbers[1] - QUIET) * code.width() + numbers[0] - QUIET;
            drawn[from..from + numbers[2]].fill(Color::Dark);
        }
        assert!(drawn == code.to_colors());
    }

    #[test]
    fn what_does_not_fit_makes_no_picture() {
        assert!(svg(&"x".repeat(5_000), "code").is_none());
    }
}
