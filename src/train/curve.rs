//! Draws the training curve as an SVG: losses above, learning rate below, over the steps.

use std::fmt::Write;

const WIDTH: f64 = 800.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 20.0;
/// Top and bottom of a panel.
const LOSSES: [f64; 2] = [40.0, 320.0];
const RATES: [f64; 2] = [370.0, 450.0];
const HEIGHT: f64 = 490.0;
const GRID_LINES: usize = 4;

/// (step, value) pairs.
type Points = Vec<(f64, f64)>;

struct Line {
    name: &'static str,
    colour: &'static str,
    points: Points,
}

/// The curve of the run whose `log.csv` holds `log`: columns step, elapsed_secs, learning_rate, loss, validation_loss.
pub fn svg(log: &str) -> String {
    let column = |index: usize| -> Points {
        let row = |line: &str| -> Option<(f64, f64)> {
            let mut cells = line.split(',');
            let step = cells.next()?.parse().ok()?;
            Some((step, cells.nth(index - 1)?.parse().ok()?))
        };
        log.lines().filter_map(row).collect()
    };
    let line = |name, colour, points| Line {
        name,
        colour,
        points,
    };
    let losses = [
        line("training loss", "#5b8def", column(3)),
        line("validation loss", "#e07a3f", column(4)),
    ];
    let rates = [line("learning rate", "#3a9d6e", column(2))];
    let last_step = losses[0]
        .points
        .last()
        .map_or(1.0, |point| point.0)
        .max(1.0);
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n"
    );
    panel(&mut text, LOSSES, &losses, last_step);
    panel(&mut text, RATES, &rates, last_step);
    label(&mut text, [LEFT, HEIGHT - 12.0], "start", "step 0");
    let end = format!("step {last_step:.0}");
    label(&mut text, [WIDTH - RIGHT, HEIGHT - 12.0], "end", &end);
    text + "</svg>\n"
}

fn panel(text: &mut String, [top, bottom]: [f64; 2], lines: &[Line], last_step: f64) {
    let values = || {
        lines
            .iter()
            .flat_map(|line| &line.points)
            .map(|point| point.1)
    };
    let lowest = values().fold(f64::INFINITY, f64::min);
    let highest = values().fold(f64::NEG_INFINITY, f64::max);
    let range = (highest - lowest).max(1e-9);
    let y = |value: f64| bottom - (value - lowest) / range * (bottom - top);
    if lowest.is_finite() {
        for grid in 0..=GRID_LINES {
            let value = lowest + range * grid as f64 / GRID_LINES as f64;
            let at = y(value);
            let end = WIDTH - RIGHT;
            let _ = writeln!(text, "<path d=\"M{LEFT} {at:.1}H{end}\" stroke=\"#ddd\"/>");
            label(text, [LEFT - 8.0, at + 4.0], "end", &tick(value));
        }
    }
    for (index, line) in lines.iter().enumerate() {
        let at = LEFT + 150.0 * index as f64;
        let points: String = line
            .points
            .iter()
            .map(|(step, value)| {
                let x = LEFT + step / last_step * (WIDTH - LEFT - RIGHT);
                format!("{x:.1},{:.1} ", y(*value))
            })
            .collect();
        let (name, colour) = (line.name, line.colour);
        let _ = writeln!(
            text,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n\
             <rect x=\"{at}\" y=\"{}\" width=\"12\" height=\"4\" fill=\"{colour}\"/>",
            points.trim_end(),
            top - 20.0,
        );
        label(text, [at + 18.0, top - 14.0], "start", name);
    }
}

fn tick(value: f64) -> String {
    if value != 0.0 && value.abs() < 0.01 {
        format!("{value:.1e}")
    } else {
        format!("{value:.3}")
    }
}

fn label(text: &mut String, [x, y]: [f64; 2], anchor: &str, words: &str) {
    let _ = writeln!(
        text,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"#333\">{words}</text>"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_of_the_log_becomes_a_point() {
        let log = "step,elapsed_secs,learning_rate,loss,validation_loss,tiles_per_sec,waiting\n\
                   10,1.0,1e-3,0.5,,2,0\n20,2.0,1e-3,0.4,0.45,2,0\n40,4.0,5e-4,0.2,0.3,2,0\n";
        let svg = svg(log);
        let lines: Vec<usize> = svg
            .lines()
            .filter(|line| line.starts_with("<polyline"))
            .map(|line| line.matches(',').count())
            .collect();
        assert_eq!(lines, [3, 2, 3]);
        // The highest loss at the panel's top, the lowest at its bottom on the right.
        assert!(svg.contains("247.5,40.0 "), "{svg}");
        assert!(svg.contains("780.0,320.0\""), "{svg}");
    }

    #[test]
    fn nothing_logged_draws_nothing() {
        let svg = svg("step,elapsed_secs,learning_rate,loss\n");
        assert!(svg.ends_with("</svg>\n") && !svg.contains("NaN") && !svg.contains("inf"));
    }
}
