//! L6: scores of a separator on songs whose sources are known: how near the parts come, whether the frames in which
//! they play are found, how far the prominences are off, and whether songs are recommended as the truth would.

mod features;
mod ranking;
mod song;
mod summary;

pub use features::{Features, OrderAgreement, compare_features};
pub use ranking::{Agreement, RankingRow, ranking_agreement};
pub use song::{Separate, SeparatedSong, SeparationScores, score_song, separate_song};
pub use summary::{Baselines, Rankings, Scores, Summary, mean_prominence, summarise};
