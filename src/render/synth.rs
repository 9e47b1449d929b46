//! Plays a part with a SoundFont preset: events to mono samples through the SoundFont synthesizer.

use rustysynth_ext::{Synthesizer, SynthesizerSettings};

use super::RenderError;
use super::bank::Voice;
use super::score::{ControlKind, Part};

const DRUM_CHANNEL: i32 = 9;
const DRUM_BANK: i32 = 128;
const REVERB_SEND: i32 = 0x5B;
const CHORUS_SEND: i32 = 0x5D;
const MODULATION_AND_VOLUME: [(i32, i32); 2] = [(1, 0), (7, 100)];

/// Send levels of the synthesizer's reverb and chorus, 0-127 each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sends {
    /// Reverb.
    pub reverb: u8,
    /// Chorus.
    pub chorus: u8,
}

/// Length and rate of what is rendered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Extent {
    /// Samples a second; the synthesizer takes 16,000 and above.
    pub sample_rate: u32,
    /// Samples.
    pub length: usize,
}

enum Event {
    Off(u8),
    Control(ControlKind),
    On(u8, u8),
}

/// Plays the whole part: `extent.length` samples, mono.
pub fn play(
    part: &Part,
    voice: &Voice,
    sends: Sends,
    extent: Extent,
) -> Result<Vec<f32>, RenderError> {
    let mut settings = SynthesizerSettings::new(extent.sample_rate as i32);
    settings.enable_reverb_and_chorus = sends.reverb > 0 || sends.chorus > 0;
    let mut synthesizer = Synthesizer::new(&voice.sound_font, &settings)
        .map_err(|error| RenderError::Synthesis(error.to_string()))?;
    let channel = if voice.bank_number >= DRUM_BANK {
        DRUM_CHANNEL
    } else {
        0
    };
    synthesizer.process_midi_message(channel, 0xB0, 0, voice.bank_number % DRUM_BANK);
    synthesizer.process_midi_message(channel, 0xC0, voice.patch, 0);
    for (controller, value) in MODULATION_AND_VOLUME {
        synthesizer.process_midi_message(channel, 0xB0, controller, value);
    }
    synthesizer.process_midi_message(channel, 0xB0, REVERB_SEND, i32::from(sends.reverb));
    synthesizer.process_midi_message(channel, 0xB0, CHORUS_SEND, i32::from(sends.chorus));

    let mut player = Player {
        synthesizer,
        left: vec![0.0; extent.length],
        right: vec![0.0; extent.length],
        position: 0,
    };
    for (at_secs, event) in events(part) {
        player.render_to((at_secs * f64::from(extent.sample_rate)) as usize);
        player.apply(channel, event);
    }
    player.render_to(extent.length);
    Ok(player
        .left
        .iter()
        .zip(&player.right)
        .map(|(left, right)| 0.5 * (left + right))
        .collect())
}

/// Every event by time; at one time releases come before controls, controls before onsets.
fn events(part: &Part) -> Vec<(f64, Event)> {
    let mut events: Vec<(f64, u8, Event)> =
        Vec::with_capacity(2 * part.notes.len() + part.controls.len());
    for note in &part.notes {
        events.push((note.start_secs, 2, Event::On(note.key, note.velocity)));
        events.push((note.end_secs(), 0, Event::Off(note.key)));
    }
    events.extend(
        part.controls
            .iter()
            .map(|control| (control.at_secs, 1, Event::Control(control.kind))),
    );
    events.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    events
        .into_iter()
        .map(|(at_secs, _, event)| (at_secs, event))
        .collect()
}

struct Player {
    synthesizer: Synthesizer,
    left: Vec<f32>,
    right: Vec<f32>,
    position: usize,
}

impl Player {
    fn render_to(&mut self, sample: usize) {
        let end = sample.min(self.left.len());
        if end > self.position {
            self.synthesizer.render(
                &mut self.left[self.position..end],
                &mut self.right[self.position..end],
            );
            self.position = end;
        }
    }

    fn apply(&mut self, channel: i32, event: Event) {
        match event {
            Event::On(key, velocity) => {
                self.synthesizer
                    .note_on(channel, i32::from(key), i32::from(velocity))
            }
            Event::Off(key) => self.synthesizer.note_off(channel, i32::from(key)),
            Event::Control(ControlKind::Controller(number, value)) => {
                self.synthesizer.process_midi_message(
                    channel,
                    0xB0,
                    i32::from(number),
                    i32::from(value),
                );
            }
            Event::Control(ControlKind::PitchBend(value)) => {
                self.synthesizer.process_midi_message(
                    channel,
                    0xE0,
                    i32::from(value & 0x7F),
                    i32::from(value >> 7),
                );
            }
        }
    }
}
