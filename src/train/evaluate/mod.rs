//! Scores of a separator on songs with known stems: separation quality, activity detection, error of the prominences,
//! and agreement of the recommendations with those from the ground truth.

mod features;
mod music;
mod ranking;
mod song;
mod summary;

pub use features::{Features, OrderCorrelation, compare_features};
pub use music::{KnownSong, MusicScores, MusicSummary, MusicTruth};
pub use ranking::{RankingAgreement, RankingScores, ranking_agreement};
pub use song::{Separate, SeparatedSong, SeparationScores, score_song, separate_song};
pub use summary::{Baselines, Estimation, Rankings, Scores, Summary, mean_prominence, summarise};
