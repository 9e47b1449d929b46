//! The two engines of the site, and the choice between them.

/// An engine's program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EngineKind {
    /// Computes on the processor; small.
    Cpu,
    /// Computes on the graphics card.
    Gpu,
}

impl EngineKind {
    /// The name of its binary, from which wasm-bindgen names its files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "engine-cpu",
            Self::Gpu => "engine-gpu",
        }
    }

    /// The file of its wasm.
    pub fn wasm(self) -> String {
        format!("{}_bg.wasm", self.name())
    }
}

/// How many helpers an engine gets: one for each thread of the machine. Where there are more than four threads, one stays
/// free for the page and its player. Each helper takes some hundred megabytes, so there are more than four only where
/// there is plenty of memory.
pub fn helper_count(threads: usize, memory_gib: Option<f64>) -> usize {
    let has_plenty = memory_gib.is_some_and(|gib| gib >= 8.0);
    let free = if threads > 4 { threads - 1 } else { threads };
    free.clamp(1, if has_plenty { 8 } else { 4 })
}

/// The device that the visitor chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DevicePreference {
    /// A real graphics adapter if there is one, else the processor.
    #[default]
    Automatic,
    /// The processor.
    Cpu,
    /// WebGPU, even in software.
    Gpu,
}

impl DevicePreference {
    /// From the page's `?device=` parameter.
    pub fn from_parameter(value: Option<&str>) -> Self {
        match value {
            Some("cpu") => Self::Cpu,
            Some("gpu") => Self::Gpu,
            _ => Self::Automatic,
        }
    }
}
