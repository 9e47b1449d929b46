//! Options of every command.

use std::path::PathBuf;

use clap::Args;

/// Options of every command.
#[derive(Args, Debug)]
pub struct GlobalOptions {
    /// Folder with deepmelody.safetensors and deepmelody.json [default: model-weights here, beside the program
    /// or in its sources]
    #[arg(long, value_name = "DIR", global = true)]
    pub model: Option<PathBuf>,
    /// Neither progress bars nor warnings
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Replace files that this program did not write; those that a command reads are never replaced
    #[arg(long, global = true)]
    pub force: bool,
}
