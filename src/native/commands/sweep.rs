//! `deepmelody sweep`.

use std::path::PathBuf;

use super::settings::{Settings, TrainingBar, parse_word, read_songs};
use crate::compute;
use crate::native::{CommandContext, output};
use crate::train::sweep::{Grid, markdown, name, run_point, write_tables};
use crate::train::{Approach, OptimizerKind};

/// Arguments of `sweep`.
#[derive(clap::Args, Debug)]
#[command(
    after_help = "Without lists, the grid is the paper's; use --recipe paper for its runs. Every combination trains \
    in a folder of its own below OUT; finished ones are kept, so that the same command resumes after an interruption."
)]
pub struct Arguments {
    #[command(flatten)]
    settings: Settings,
    /// Folder of the runs, sweep.csv and sweep.md
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Learning rates to try [default: 0.1,0.01,0.001]
    #[arg(long, value_delimiter = ',')]
    learning_rates: Option<Vec<f64>>,
    /// Optimisers to try [default: adam,sgd]
    #[arg(long, value_delimiter = ',', value_parser = parse_word::<OptimizerKind>)]
    optimizers: Option<Vec<OptimizerKind>>,
    /// Weight decays to try [default: 0.1,0.01,0.001]
    #[arg(long, value_delimiter = ',')]
    weight_decays: Option<Vec<f64>>,
    /// Approaches to try [default: that of the recipe]
    #[arg(long, value_delimiter = ',', value_parser = parse_word::<Approach>, conflicts_with = "approach")]
    approaches: Option<Vec<Approach>>,
}

/// Runs the command.
///
/// # Errors
/// When songs can't be read, a folder holds other runs, or Ctrl-C was pressed.
pub fn run(arguments: &Arguments, context: &CommandContext) -> anyhow::Result<()> {
    let device = compute::open_named(&arguments.settings.device)?;
    let base = arguments.settings.config()?;
    let paper = Grid::default();
    let grid = Grid {
        approaches: arguments.approaches.clone().unwrap_or(vec![base.approach]),
        optimizers: arguments.optimizers.clone().unwrap_or(paper.optimizers),
        learning_rates: arguments
            .learning_rates
            .clone()
            .unwrap_or(paper.learning_rates),
        weight_decays: arguments
            .weight_decays
            .clone()
            .unwrap_or(paper.weight_decays),
    };
    let points = grid.points(&base);
    for point in &points {
        if let Some(problem) = point.problem() {
            anyhow::bail!("{} is not a valid configuration: {problem}", name(point));
        }
    }
    let data = read_songs(&base, context)?;
    let mut rows = Vec::new();
    for (index, point) in points.iter().enumerate() {
        context.inform(&format!(
            "{} of {}: {}",
            index + 1,
            points.len(),
            name(point)
        ));
        let folder = arguments.out.join(name(point));
        let mut follower = TrainingBar::new(context);
        rows.push(run_point(point, &data, &folder, &device, &mut follower)?);
        write_tables(&arguments.out, &rows)?;
    }
    output::print(&markdown(&rows))
}
