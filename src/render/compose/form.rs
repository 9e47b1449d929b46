//! The form of a song: its instruments, its sections, and the instruments that play in each.

use rand::RngExt;
use rand::seq::{IndexedRandom, SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::harmony::{Chord, Key};
use super::style::Style;

/// The function of an instrument in the arrangement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum InstrumentRole {
    /// Drum kit.
    Drums,
    /// Bass.
    Bass,
    /// Accompanying guitar.
    RhythmGuitar,
    /// Guitar melodies and solos.
    LeadGuitar,
    /// Accompanying piano.
    Piano,
    /// Piano melodies and solos.
    LeadPiano,
    /// Sustained chords of another instrument.
    Pad,
    /// Melody of another instrument.
    Lead,
    /// Short chords of brass or the like.
    Stabs,
    /// A slow second line of another instrument.
    Counter,
    /// Quick broken chords of another instrument.
    Sequence,
}

use InstrumentRole::{
    Bass, Counter, Drums, Lead, LeadGuitar, LeadPiano, Pad, Piano, RhythmGuitar, Sequence, Stabs,
};

const LEADS: [InstrumentRole; 3] = [LeadGuitar, LeadPiano, Lead];
/// Chance that a song has the role at all.
const BAND: [(InstrumentRole, f64); 11] = [
    (Drums, 0.85),
    (Bass, 0.88),
    (RhythmGuitar, 0.75),
    (LeadGuitar, 0.4),
    (Piano, 0.68),
    (LeadPiano, 0.3),
    (Pad, 0.5),
    (Lead, 0.5),
    (Stabs, 0.22),
    (Counter, 0.3),
    (Sequence, 0.22),
];

/// A kind of section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A few instruments begin.
    Intro,
    /// Most of the band.
    Verse,
    /// Everyone.
    Chorus,
    /// Other chords, fewer instruments.
    Bridge,
    /// One lead over the rhythm.
    Solo,
    /// Very few instruments.
    Breakdown,
    /// The end.
    Outro,
}

/// A section.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its kind.
    pub kind: Kind,
    /// First bar.
    pub start_bar: usize,
    /// A chord a bar.
    pub chords: Vec<Chord>,
    /// The roles that play.
    pub roles: Vec<InstrumentRole>,
    /// 0 quiet to 1 loud.
    pub intensity: f64,
}

impl Section {
    /// Whether the role plays here.
    pub fn has(&self, role: InstrumentRole) -> bool {
        self.roles.contains(&role)
    }
}

const FORM: [Kind; 14] = [
    Kind::Intro,
    Kind::Verse,
    Kind::Chorus,
    Kind::Verse,
    Kind::Chorus,
    Kind::Solo,
    Kind::Bridge,
    Kind::Chorus,
    Kind::Breakdown,
    Kind::Verse,
    Kind::Solo,
    Kind::Chorus,
    Kind::Bridge,
    Kind::Chorus,
];

/// Draws the band: usually most of it, sometimes a solo or a duo.
pub fn band(rng: &mut ChaCha8Rng) -> Vec<InstrumentRole> {
    let small = match rng.random_range(0..100) {
        0..4 => vec![Piano, LeadPiano],
        4..8 => vec![RhythmGuitar, LeadGuitar],
        8..11 => vec![Pad, Lead, Counter],
        11..14 => vec![Piano, Lead],
        14..17 => vec![RhythmGuitar, Lead],
        17..20 => vec![Piano, Bass, Drums, LeadPiano],
        20..23 => vec![RhythmGuitar, LeadGuitar, Bass, Drums],
        _ => Vec::new(),
    };
    if !small.is_empty() {
        return small;
    }
    let mut band: Vec<InstrumentRole> = BAND
        .iter()
        .filter(|(_, chance)| rng.random_bool(*chance))
        .map(|(role, _)| *role)
        .collect();
    if !band.iter().any(|role| !matches!(role, Drums | Bass)) {
        band.extend([*[RhythmGuitar, Piano].choose(rng).unwrap_or(&Piano), Lead]);
    }
    band
}

/// Draws sections of at least `bars` bars in all.
pub fn sections(
    style: &Style,
    key: &Key,
    band: &[InstrumentRole],
    bars: usize,
    rng: &mut ChaCha8Rng,
) -> Vec<Section> {
    let progressions: [Vec<usize>; 3] = std::array::from_fn(|_| key.progression(style.colour, rng));
    let mut sections: Vec<Section> = Vec::new();
    let mut start_bar = 0;
    let start = if rng.random_bool(0.2) { 1 } else { 0 };
    for kind in FORM[start..].iter().chain(FORM[1..].iter().cycle()) {
        if start_bar >= bars {
            break;
        }
        if sections.len() > 1
            && matches!(kind, Kind::Breakdown | Kind::Bridge | Kind::Solo)
            && rng.random_bool(0.35)
        {
            continue;
        }
        let last = start_bar + 8 >= bars;
        let kind = if last { Kind::Outro } else { *kind };
        let degrees = &progressions[match kind {
            Kind::Chorus => 1,
            Kind::Bridge | Kind::Breakdown => 2,
            _ => 0,
        }];
        let length = section_bars(kind, degrees.len(), rng);
        let chords = (0..length)
            .map(|bar| key.chord(degrees[bar % degrees.len()], style.colour))
            .collect();
        let intensity = intensity(kind) + rng.random_range(-0.1..0.1);
        sections.push(Section {
            kind,
            start_bar,
            chords,
            roles: players(kind, band, rng),
            intensity,
        });
        start_bar += length;
    }
    sections
}

fn section_bars(kind: Kind, progression: usize, rng: &mut ChaCha8Rng) -> usize {
    let bars = match kind {
        Kind::Intro | Kind::Outro | Kind::Breakdown => *[4, 4, 8].choose(rng).unwrap_or(&4),
        _ => *[8, 8, 8, 12, 16].choose(rng).unwrap_or(&8),
    };
    if progression == 12 && bars > 4 {
        12
    } else {
        bars
    }
}

fn intensity(kind: Kind) -> f64 {
    match kind {
        Kind::Intro | Kind::Outro => 0.5,
        Kind::Breakdown => 0.35,
        Kind::Verse | Kind::Bridge => 0.6,
        Kind::Solo => 0.8,
        Kind::Chorus => 0.95,
    }
}

/// Draws the roles that play in a section: at least one, and seldom more than one lead.
fn players(kind: Kind, band: &[InstrumentRole], rng: &mut ChaCha8Rng) -> Vec<InstrumentRole> {
    let (rhythm, lead) = match kind {
        Kind::Intro => (0.42, 0.25),
        Kind::Verse => (0.78, 0.45),
        Kind::Chorus => (0.93, 0.6),
        Kind::Bridge => (0.55, 0.45),
        Kind::Solo => (0.82, 0.0),
        Kind::Breakdown => (0.25, 0.3),
        Kind::Outro => (0.5, 0.3),
    };
    let chance = |role: &InstrumentRole| if LEADS.contains(role) { lead } else { rhythm };
    let mut players: Vec<InstrumentRole> = band
        .iter()
        .filter(|role| rng.random_bool(chance(role)))
        .copied()
        .collect();
    let mut leads: Vec<InstrumentRole> = band
        .iter()
        .filter(|role| LEADS.contains(role))
        .copied()
        .collect();
    leads.shuffle(rng);
    if rng.random_bool(0.8) {
        players.retain(|role| !LEADS.contains(role) || Some(role) == leads.first());
    }
    if let (Kind::Solo, Some(soloist)) = (kind, leads.first()) {
        players.push(*soloist);
    }
    if players.iter().all(|role| *role == Drums) {
        players.extend(
            band.iter()
                .filter(|role| !matches!(role, Drums | Bass))
                .take(2),
        );
    }
    players
}
