//! L7, native: what stands in for Parquet in programs built without it.

use crate::catalogue::Catalogue;

/// Says how to get it.
///
/// # Errors
/// Always.
pub fn table(_catalogue: &Catalogue) -> anyhow::Result<Vec<u8>> {
    anyhow::bail!(
        "this program was built without Parquet: build it with --features parquet, or export .csv"
    )
}
