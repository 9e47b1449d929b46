//! Standard MIDI files to scores.

use std::collections::{BTreeMap, HashMap, VecDeque};

use midly::{Format, MetaMessage, MidiMessage, Smf, Timing, TrackEventKind};

use super::DRUM_CHANNEL;
use crate::render::score::{Control, ControlKind, Note, Part, Score, TempoChange};

/// Controllers kept: modulation, volume, expression, pedal. Bank select and pan would override the banks drawn here.
const KEPT_CONTROLLERS: [u8; 4] = [1, 7, 11, 64];

/// Parses a MIDI file, in a RIFF container (.rmi) or bare: a part for each program of each channel, tempo changes
/// applied.
pub fn parse(bytes: &[u8]) -> Result<Score, String> {
    let file = Smf::parse(without_riff(bytes)).map_err(|error| error.to_string())?;
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

/// The contents of the `data` chunk of RIFF's RMID form, where the file is one.
fn without_riff(bytes: &[u8]) -> &[u8] {
    let mut chunks = match bytes {
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'R',
            b'M',
            b'I',
            b'D',
            chunks @ ..,
        ] => chunks,
        _ => return bytes,
    };
    while let [a, b, c, d, s0, s1, s2, s3, rest @ ..] = chunks {
        let size = u32::from_le_bytes([*s0, *s1, *s2, *s3]) as usize;
        let contents = &rest[..size.min(rest.len())];
        if [*a, *b, *c, *d] == *b"data" {
            return contents;
        }
        chunks = rest
            .get(size.saturating_add(size % 2)..)
            .unwrap_or_default();
    }
    bytes
}

/// The events of all tracks by time: tracks sound together, but in files of format 2, whose tracks are one after another.
fn merged_events<'a>(file: &Smf<'a>) -> Vec<(u64, TrackEventKind<'a>)> {
    let mut events = Vec::new();
    let mut start = 0;
    for track in &file.tracks {
        let mut tick = start;
        for event in track {
            tick += u64::from(event.delta.as_int());
            events.push((tick, event.kind));
        }
        if file.header.format == Format::Sequential {
            start = tick;
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

    fn tempos(&self) -> Vec<TempoChange> {
        let mut tempos: Vec<TempoChange> = Vec::new();
        for &(_, from_secs, rate) in &self.changes {
            tempos.retain(|earlier| earlier.from_secs < from_secs);
            tempos.push(TempoChange {
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Two tracks with a note of a beat each.
    fn file(format: u8) -> Vec<u8> {
        let mut bytes = b"MThd\0\0\0\x06\0".to_vec();
        bytes.extend([format, 0, 2, 0, 96]);
        for key in [60, 67] {
            let events = [0, 0x90, key, 100, 96, 0x80, key, 0, 0, 0xff, 0x2f, 0];
            bytes.extend(b"MTrk\0\0\0");
            bytes.push(events.len() as u8);
            bytes.extend(events);
        }
        bytes
    }

    fn onsets(bytes: &[u8]) -> Vec<(u8, f64)> {
        let score = parse(bytes).expect("a score");
        let notes = score.parts.iter().flat_map(|part| &part.notes);
        notes.map(|note| (note.key, note.start_secs)).collect()
    }

    #[test]
    fn tracks_of_format_2_are_one_after_another() {
        assert_eq!(onsets(&file(1)), [(60, 0.0), (67, 0.0)]);
        assert_eq!(onsets(&file(2)), [(60, 0.0), (67, 0.5)]);
    }

    #[test]
    fn riff_files_hold_midi() {
        let midi = file(1);
        let chunk = |name: &[u8; 4], body: &[u8]| {
            let padding = &[0][..body.len() % 2];
            [&name[..], &(body.len() as u32).to_le_bytes(), body, padding].concat()
        };
        for chunks in [
            chunk(b"data", &midi),
            [chunk(b"LIST", b"INFO!"), chunk(b"data", &midi)].concat(),
        ] {
            let riff = [&b"RIFF\0\0\0\0RMID"[..], &chunks].concat();
            assert_eq!(onsets(&riff), onsets(&midi));
        }
        assert!(parse(b"RIFF\0\0\0\0RMID").is_err());
        assert!(parse(b"RIFF\0\0\0\0RMIDdata\xff\xff\xff\xff").is_err());
    }
}
