//! Standard MIDI files to scores and back.

use std::collections::{BTreeMap, HashMap, VecDeque};

use midly::num::{u4, u7, u15, u24, u28};
use midly::{
    Format, Header, MetaMessage, MidiMessage, PitchBend, Smf, Timing, TrackEvent, TrackEventKind,
};

use super::score::{Control, ControlKind, Note, Part, Score, Tempo};

const DRUM_CHANNEL: u8 = 9;
const TICKS_A_BEAT: u16 = 480;
const MICROSECONDS_A_MINUTE: f64 = 60_000_000.0;
/// Controllers worth keeping: modulation, volume, expression, pedal. Bank and pan would fight the banks drawn here.
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

#[derive(Default)]
struct Reader {
    programs: [u8; 16],
    parts: BTreeMap<PartKey, Vec<Note>>,
    controls: HashMap<u8, Vec<Control>>,
    /// Sounding notes by channel and key: part, onset, velocity.
    sounding: BTreeMap<(u8, u8), VecDeque<(PartKey, f64, u8)>>,
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

/// Writes a score as a MIDI file of format 1: a tempo track, then a track a part.
pub fn write(score: &Score) -> Vec<u8> {
    let ruler = Ruler::new(&score.tempos);
    let header = Header::new(Format::Parallel, Timing::Metrical(u15::new(TICKS_A_BEAT)));
    let mut file = Smf::new(header);
    let tempos = score.tempos.iter().map(|tempo| {
        let microseconds = (MICROSECONDS_A_MINUTE / tempo.beats_per_minute).round() as u32;
        (
            ruler.ticks(tempo.from_secs),
            0,
            TrackEventKind::Meta(MetaMessage::Tempo(u24::new(microseconds))),
        )
    });
    file.tracks.push(track(tempos.collect()));
    let mut melodic = (0..16).filter(|channel| *channel != DRUM_CHANNEL).cycle();
    for part in &score.parts {
        let channel = part
            .program
            .map_or(DRUM_CHANNEL, |_| melodic.next().unwrap_or_default());
        file.tracks.push(track(part_events(part, channel, &ruler)));
    }
    let mut bytes = Vec::new();
    // Writing to memory fails only for tracks beyond the format's 4 GiB.
    let _ = file.write(&mut bytes);
    bytes
}

type Timed = (u64, u8, TrackEventKind<'static>);

fn part_events(part: &Part, channel: u8, ruler: &Ruler) -> Vec<Timed> {
    let message = |tick, order, message| {
        (
            tick,
            order,
            TrackEventKind::Midi {
                channel: u4::new(channel),
                message,
            },
        )
    };
    let mut events: Vec<Timed> = Vec::new();
    if let Some(program) = part.program {
        events.push(message(
            0,
            0,
            MidiMessage::ProgramChange {
                program: u7::new(program),
            },
        ));
    }
    for control in &part.controls {
        let kind = match control.kind {
            ControlKind::Controller(number, value) => MidiMessage::Controller {
                controller: u7::new(number),
                value: u7::new(value),
            },
            ControlKind::PitchBend(value) => MidiMessage::PitchBend {
                bend: PitchBend(midly::num::u14::new(value)),
            },
        };
        events.push(message(ruler.ticks(control.at_secs), 1, kind));
    }
    for note in &part.notes {
        let (start, end) = (ruler.ticks(note.start_secs), ruler.ticks(note.end_secs()));
        let (key, vel) = (u7::new(note.key), u7::new(note.velocity));
        events.push(message(start, 3, MidiMessage::NoteOn { key, vel }));
        events.push(message(
            end.max(start + 1),
            2,
            MidiMessage::NoteOff {
                key,
                vel: u7::new(64),
            },
        ));
    }
    events
}

fn track(mut events: Vec<Timed>) -> Vec<TrackEvent<'static>> {
    events.sort_by_key(|(tick, order, _)| (*tick, *order));
    let mut now = 0;
    let mut track: Vec<TrackEvent> = Vec::with_capacity(events.len() + 1);
    for (tick, _, kind) in events {
        track.push(TrackEvent {
            delta: u28::new((tick - now) as u32),
            kind,
        });
        now = tick;
    }
    track.push(TrackEvent {
        delta: u28::new(0),
        kind: TrackEventKind::Meta(MetaMessage::EndOfTrack),
    });
    track
}

/// Seconds to ticks through the tempo changes: (seconds, ticks there, ticks a second).
struct Ruler(Vec<(f64, f64, f64)>);

impl Ruler {
    fn new(tempos: &[Tempo]) -> Self {
        let mut changes = vec![(0.0, 0.0, 2.0 * f64::from(TICKS_A_BEAT))];
        for tempo in tempos {
            let (from, ticks, rate) = changes[changes.len() - 1];
            let here = ticks + (tempo.from_secs - from) * rate;
            changes.push((
                tempo.from_secs,
                here,
                tempo.beats_per_minute / 60.0 * f64::from(TICKS_A_BEAT),
            ));
        }
        Self(changes)
    }

    fn ticks(&self, seconds: f64) -> u64 {
        let after = self
            .0
            .partition_point(|(from, _, _)| *from <= seconds)
            .max(1);
        let (from, ticks, rate) = self.0[after - 1];
        (ticks + (seconds - from).max(0.0) * rate).round() as u64
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn score() -> Score {
        let note = |start_secs, key| Note {
            start_secs,
            duration_secs: 0.5,
            key,
            velocity: 80,
        };
        let bend = Control {
            at_secs: 1.0,
            kind: ControlKind::PitchBend(9000),
        };
        let tempos = vec![
            Tempo {
                from_secs: 0.0,
                beats_per_minute: 90.0,
            },
            Tempo {
                from_secs: 2.0,
                beats_per_minute: 140.0,
            },
        ];
        let piano = Part {
            program: Some(3),
            notes: vec![note(0.0, 60), note(0.25, 60), note(3.0, 67)],
            controls: vec![bend],
        };
        let drums = Part {
            program: None,
            notes: vec![note(0.0, 36), note(2.5, 38)],
            controls: vec![],
        };
        Score {
            tempos,
            parts: vec![piano, drums],
        }
    }

    #[test]
    fn written_scores_parse_back() {
        let original = score();
        let parsed = parse(&write(&original)).unwrap();
        assert_eq!(parsed.parts.len(), 2);
        for (a, b) in parsed.notes().zip(original.notes()) {
            assert_eq!((a.key, a.velocity), (b.key, b.velocity));
            assert!(
                (a.start_secs - b.start_secs).abs() < 2e-3
                    && (a.duration_secs - b.duration_secs).abs() < 3e-3
            );
        }
        assert_eq!(parsed.parts[0].controls.len(), 1);
        assert!(
            (parsed.tempos[1].from_secs - 2.0).abs() < 1e-2
                && (parsed.tempos[1].beats_per_minute - 140.0).abs() < 0.1
        );
    }

    #[test]
    fn damaged_and_empty_files_are_errors() {
        let bytes = write(&score());
        assert!(parse(&bytes[..10]).is_err());
        assert!(parse(b"not midi").is_err());
        assert!(
            parse(&write(&Score::default()))
                .unwrap_err()
                .contains("no notes")
        );
    }
}
