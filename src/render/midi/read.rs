//! Standard MIDI files to scores.

use std::collections::{BTreeMap, HashMap, VecDeque};

use midly::{MetaMessage, MidiMessage, Smf, Timing, TrackEventKind};

use super::DRUM_CHANNEL;
use crate::render::score::{Control, ControlKind, Note, Part, Score, Tempo};

/// Controllers kept: modulation, volume, expression, pedal. Bank select and pan would override the banks drawn here.
const KEPT_CONTROLLERS: [u8; 4] = [1, 7, 11, 64];

/// Parses a MIDI file: a part for each program of each channel, tempo changes applied.
pub fn parse(bytes: &[u8]) -> Result<Score, String> {
    let file = Smf::parse(bytes).map_err(|error| error.to_string())?;
    let events = merged_events(&file);
    let clock = Clock::new(file.header.timing, &events);
    let mut reader = Reader::default();
    for (tick, event) in &events {
        if let TrackEventKind::Midi { channel, message } = event {
            reader.message(clock.seconds(*tick), channel.as_int(), *message);
        }
    }
    let parts = reader.finish(clock.seconds(events.last().map_or(0, |(tick, _)| *tick)));
    if parts.is_empty() {
        return Err("it has no notes".to_owned());
    }
    Ok(Score {
        tempos: clock.tempos(),
        parts,
    })
}

fn merged_events<'a>(file: &Smf<'a>) -> Vec<(u64, TrackEventKind<'a>)> {
    let mut events = Vec::new();
    for track in &file.tracks {
        let mut tick = 0;
        for event in track {
            tick += u64::from(event.delta.as_int());
            events.push((tick, event.kind));
        }
    }
    events.sort_by_key(|(tick, _)| *tick);
    events
}

/// Ticks to seconds through the tempo changes: (tick, seconds there, seconds a tick).
struct Clock {
    changes: Vec<(u64, f64, f64)>,
    beats_a_tick: f64,
}

impl Clock {
    fn new(timing: Timing, events: &[(u64, TrackEventKind)]) -> Self {
        let (beats_a_tick, fixed) = match timing {
            Timing::Metrical(ticks) => (1.0 / f64::from(ticks.as_int().max(1)), None),
            Timing::Timecode(rate, frames) => (
                1.0,
                Some(1.0 / f64::from(rate.as_f32()) / f64::from(frames.max(1))),
            ),
        };
        let mut changes = vec![(0, 0.0, fixed.unwrap_or(0.5 * beats_a_tick))];
        for (tick, event) in events {
            if let (TrackEventKind::Meta(MetaMessage::Tempo(microseconds)), None) = (event, fixed) {
                let (from, seconds, rate) = changes[changes.len() - 1];
                let now = seconds + (tick - from) as f64 * rate;
                changes.push((
                    *tick,
                    now,
                    f64::from(microseconds.as_int().max(1)) * 1e-6 * beats_a_tick,
                ));
            }
        }
        Self {
            changes,
            beats_a_tick,
        }
    }

    fn seconds(&self, tick: u64) -> f64 {
        let after = self
            .changes
            .partition_point(|(from, _, _)| *from <= tick)
            .max(1);
        let (from, seconds, rate) = self.changes[after - 1];
        seconds + (tick - from) as f64 * rate
    }

    fn tempos(&self) -> Vec<Tempo> {
        let mut tempos: Vec<Tempo> = Vec::new();
        for &(_, from_secs, rate) in &self.changes {
            tempos.retain(|earlier| earlier.from_secs < from_secs);
            tempos.push(Tempo {
                from_secs,
                beats_per_minute: (60.0 * self.beats_a_tick / rate).clamp(10.0, 600.0),
            });
        }
        tempos
    }
}

type PartKey = (u8, Option<u8>);
/// Part, onset, velocity.
type Sounding = (PartKey, f64, u8);

#[derive(Default)]
struct Reader {
    programs: [u8; 16],
    parts: BTreeMap<PartKey, Vec<Note>>,
    controls: HashMap<u8, Vec<Control>>,
    /// Sounding notes by channel and key.
    sounding: BTreeMap<(u8, u8), VecDeque<Sounding>>,
}

impl Reader {
    fn message(&mut self, now: f64, channel: u8, message: MidiMessage) {
        let mut control = |kind| {
            self.controls
                .entry(channel)
                .or_default()
                .push(Control { at_secs: now, kind })
        };
        match message {
            MidiMessage::NoteOn { key, vel } if vel.as_int() > 0 => {
                let program =
                    (channel != DRUM_CHANNEL).then_some(self.programs[usize::from(channel)]);
                let sounding = self.sounding.entry((channel, key.as_int())).or_default();
                sounding.push_back(((channel, program), now, vel.as_int()));
            }
            MidiMessage::NoteOn { key, .. } | MidiMessage::NoteOff { key, .. } => {
                self.release(now, channel, key.as_int())
            }
            MidiMessage::ProgramChange { program } => {
                self.programs[usize::from(channel)] = program.as_int()
            }
            MidiMessage::PitchBend { bend } => control(ControlKind::PitchBend(bend.0.as_int())),
            MidiMessage::Controller { controller, value }
                if KEPT_CONTROLLERS.contains(&controller.as_int()) =>
            {
                control(ControlKind::Controller(controller.as_int(), value.as_int()));
            }
            _ => {}
        }
    }

    fn release(&mut self, now: f64, channel: u8, key: u8) {
        let sounding = self
            .sounding
            .get_mut(&(channel, key))
            .and_then(VecDeque::pop_front);
        if let Some((part, start_secs, velocity)) = sounding {
            let duration_secs = (now - start_secs).max(0.01);
            self.parts.entry(part).or_default().push(Note {
                start_secs,
                duration_secs,
                key,
                velocity,
            });
        }
    }

    fn finish(mut self, end_secs: f64) -> Vec<Part> {
        let left: Vec<(u8, u8, usize)> = self
            .sounding
            .iter()
            .map(|(&(channel, key), notes)| (channel, key, notes.len()))
            .collect();
        for (channel, key, count) in left {
            (0..count).for_each(|_| self.release(end_secs, channel, key));
        }
        let Self {
            parts, controls, ..
        } = self;
        let finished = parts.into_iter().map(|((channel, program), mut notes)| {
            notes.sort_by(|a, b| {
                a.start_secs
                    .total_cmp(&b.start_secs)
                    .then(a.key.cmp(&b.key))
            });
            Part {
                program,
                notes,
                controls: controls.get(&channel).cloned().unwrap_or_default(),
            }
        });
        finished.collect()
    }
}
