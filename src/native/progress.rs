//! Progress bars on standard error, where that is a terminal, and cancellation of a separation by Ctrl-C.

use std::ops::ControlFlow;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{CommandContext, Verbosity, interrupt::Interrupt};
use crate::separate::Observer;

/// Steps of the bar a song.
const STEPS_A_SONG: u64 = 1000;

/// A bar that is drawn as `template` says (see indicatif), or not at all where the user wants none. Its length is
/// `None` as long as it is not known.
pub fn bar(context: &CommandContext, length: Option<u64>, template: &str) -> ProgressBar {
    let target = match context.verbosity() {
        Verbosity::Normal => ProgressDrawTarget::stderr(),
        Verbosity::Quiet => ProgressDrawTarget::hidden(),
    };
    let bar = ProgressBar::with_draw_target(length, target);
    // A template that does not parse costs the bar its looks, and no work.
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A bar that counts things whose number is not known yet, and is shown at once.
pub fn counting_bar(context: &CommandContext, message: &'static str) -> ProgressBar {
    let template = "{msg}  {bar:30} {pos}/{len}  {eta} left";
    let bar = bar(context, None, template).with_message(message);
    bar.tick();
    bar
}

/// Follows the work on one or more songs.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    interrupt: Interrupt,
    songs_done: u64,
}

impl Progress {
    /// A bar over `song_count` songs.
    pub fn new(context: &CommandContext, song_count: usize) -> Self {
        let steps = song_count as u64 * STEPS_A_SONG;
        let template = "{msg}  {bar:30} {percent:>3} %  {eta} left";
        Self {
            bar: bar(context, Some(steps), template),
            interrupt: context.interrupt().clone(),
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
        self.interrupt.flow()
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
        self.interrupt.flow()
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
