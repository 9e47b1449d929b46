//! Scores to standard MIDI files.

use midly::num::{u4, u7, u14, u15, u24, u28};
use midly::{
    Format, Header, MetaMessage, MidiMessage, PitchBend, Smf, Timing, TrackEvent, TrackEventKind,
};

use super::DRUM_CHANNEL;
use crate::render::score::{ControlKind, Part, Score, TempoChange};

const TICKS_A_BEAT: u16 = 480;
const MICROSECONDS_A_MINUTE: f64 = 60_000_000.0;

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
                bend: PitchBend(u14::new(value)),
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
    fn new(tempos: &[TempoChange]) -> Self {
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
