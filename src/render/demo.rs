//! Renders the demo song with one bank, without effects and with levels set by hand.

use std::path::Path;

use super::RenderError;
use super::bank::Bank;
use super::compose::{DEMO_TITLE, demo};
use super::effects::Effects;
use super::score::Part;
use super::synth::Sends;
use super::track::{Sound, TrackFormat, render_with, write_track};

/// Renders the demo song with the bank at `bank` into `folder`, laid out as any track.
pub fn render_demo(bank: &Path, folder: &Path, format: TrackFormat) -> Result<(), RenderError> {
    let score = demo();
    let opened = Bank::open(bank)?;
    let sounds: Option<Vec<Sound>> = score
        .parts
        .iter()
        .map(|part| sound(part, &opened))
        .collect();
    let missing = || RenderError::Bank {
        path: bank.to_owned(),
        reason: "it lacks an instrument of the demo song".to_owned(),
    };
    let track = render_with(&score, &sounds.ok_or_else(missing)?, format)?;
    write_track(&track, &score, DEMO_TITLE, folder, format)
}

fn sound(part: &Part, bank: &Bank) -> Option<Sound> {
    let voice = bank.voices(part.program).into_iter().next()?;
    let (level_db, reverb) = match part.program {
        None => (-1.0, 15),
        Some(25) => (-3.5, 25),
        Some(29) => (-1.5, 40),
        Some(33) => (-2.5, 0),
        Some(48) => (-4.0, 60),
        Some(73) => (-3.5, 60),
        _ => (-1.0, 35),
    };
    Some(Sound {
        voice,
        effects: Effects {
            sends: Sends { reverb, chorus: 0 },
            ..Effects::NONE
        },
        level_db,
    })
}
