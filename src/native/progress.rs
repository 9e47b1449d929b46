//! L7, native: a progress bar on standard error, where that is a terminal, and the way Ctrl-C reaches a separation.

use std::ops::ControlFlow;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Session, Verbosity, interrupt::Interrupt};
use crate::separate::Observer;

/// Steps of the bar a song.
const STEPS_A_SONG: u64 = 1000;

/// Follows the work on one or more songs.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    interrupt: Interrupt,
    songs_done: u64,
}

impl Progress {
    /// A bar over `song_count` songs.
    pub fn new(session: &Session, song_count: usize) -> Self {
        let target = match session.verbosity() {
            Verbosity::Normal => ProgressDrawTarget::stderr(),
            Verbosity::Quiet => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(Some(song_count as u64 * STEPS_A_SONG), target);
        if let Ok(style) =
            ProgressStyle::with_template("{msg}  {bar:30} {percent:>3} %  {eta} left")
        {
            bar.set_style(style);
        }
        Self {
            bar,
            interrupt: session.interrupt().clone(),
            songs_done: 0,
        }
    }

    /// Says what is worked on.
    pub fn show(&self, message: impl Into<String>) {
        self.bar.set_message(message.into());
        self.bar.tick();
    }

    /// Writes a line to standard error without tearing the bar.
    pub fn suspend(&self, write: impl FnOnce()) {
        self.bar.suspend(write);
    }

    /// Follows one of several songs that are worked on at the same time; it counts as done when the result is dropped.
    pub fn song(&self, name: impl Into<String>) -> SongProgress {
        self.show(name);
        SongProgress {
            bar: self.bar.clone(),
            interrupt: self.interrupt.clone(),
            steps_done: 0,
        }
    }

    /// Counts a song as done, however it went.
    pub fn song_done(&mut self) {
        self.songs_done += 1;
        self.bar.set_position(self.songs_done * STEPS_A_SONG);
    }
}

impl Observer for Progress {
    async fn tile_done(&mut self, done: usize, total: usize) -> ControlFlow<()> {
        let steps = STEPS_A_SONG * done as u64 / total.max(1) as u64;
        self.bar
            .set_position(self.songs_done * STEPS_A_SONG + steps);
        if self.interrupt.is_requested() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

/// Follows the work on one song of several.
#[derive(Debug)]
pub struct SongProgress {
    bar: ProgressBar,
    interrupt: Interrupt,
    steps_done: u64,
}

impl SongProgress {
    fn advance_to(&mut self, steps: u64) {
        self.bar.inc(steps.saturating_sub(self.steps_done));
        self.steps_done = steps;
    }
}

impl Observer for SongProgress {
    async fn tile_done(&mut self, done: usize, total: usize) -> ControlFlow<()> {
        self.advance_to(STEPS_A_SONG * done as u64 / total.max(1) as u64);
        if self.interrupt.is_requested() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

impl Drop for SongProgress {
    fn drop(&mut self) {
        self.advance_to(STEPS_A_SONG);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
