//! L7, native: what stands in for Parquet in programs built without it.

use std::path::Path;

use anyhow::bail;

use crate::catalogue::Catalogue;

/// Says how to get it.
///
/// # Errors
/// Always.
pub fn table(_catalogue: &Catalogue) -> anyhow::Result<Vec<u8>> {
    bail!(
        "this program was built without Parquet: build it with --features parquet, or export .csv"
    )
}

/// Says how to get it.
///
/// # Errors
/// Always.
pub fn read(_path: &Path) -> anyhow::Result<Option<Catalogue>> {
    bail!("this program was built without Parquet: build it with --features parquet")
}
