//! The styles: tempo, feel, harmony and which patterns and instruments each draws from.

use super::harmony::Colour;
use super::patterns::{self, Groove};

/// A style of music, as a set of choices.
#[derive(Debug)]
pub struct Style {
    /// Its name.
    pub name: &'static str,
    /// Slowest and fastest, quarter notes a minute.
    pub tempo: (f64, f64),
    /// Where the second eighth stands in the beat.
    pub swing: f64,
    /// Quarter notes a bar.
    pub beats: usize,
    /// Share of songs in minor.
    pub minor: f64,
    /// How chords are built.
    pub colour: Colour,
    /// Drum grooves.
    pub grooves: &'static [Groove],
    /// Bass patterns.
    pub basses: &'static [&'static str],
    /// Strumming, muting and riff rhythms for the guitar.
    pub guitars: &'static [GuitarManner],
    /// Piano manners.
    pub pianos: &'static [PianoManner],
    /// General MIDI programs for each.
    pub guitar_programs: &'static [u8],
    /// Programs for the lead guitar.
    pub lead_guitar_programs: &'static [u8],
    /// Programs for the piano.
    pub piano_programs: &'static [u8],
    /// Programs for the bass.
    pub bass_programs: &'static [u8],
    /// Programs for lines, pads and stabs of other instruments; empty leaves the choice free.
    pub other_programs: &'static [u8],
}

/// How a rhythm guitar plays; patterns in sixteenths.
#[derive(Clone, Copy, Debug)]
pub enum GuitarManner {
    /// Strummed chords.
    Strum(&'static str),
    /// Root and fifth, palm-muted between accents.
    Power(&'static str),
    /// Chord tones one by one.
    Pick(&'static str),
    /// A riff of the scale's low notes in this rhythm.
    Riff(&'static str),
}

/// How a piano accompanies: rhythms of the left and the right hand, in sixteenths.
#[derive(Clone, Copy, Debug)]
pub enum PianoManner {
    /// Left hand plays single tones, right hand chords.
    Chords(&'static str, &'static str),
    /// Left hand plays single tones, right hand broken chords.
    Broken(&'static str, &'static str),
}

use GuitarManner::{Pick, Power, Riff, Strum};
use PianoManner::{Broken, Chords};

const CLEAN: &[u8] = &[24, 25, 25, 26, 27, 27];
const DRIVEN: &[u8] = &[29, 30, 30];
const ANY_LEAD: &[u8] = &[25, 26, 27, 29, 30];
const PIANOS: &[u8] = &[0, 0, 0, 1, 2];
const ELECTRIC_PIANOS: &[u8] = &[4, 4, 5, 5, 2];
const ALL_PIANOS: &[u8] = &[0, 0, 0, 1, 2, 3, 4, 5, 7];
const FINGERED: &[u8] = &[33, 33, 34, 35, 36];
const HORNS: &[u8] = &[56, 57, 61, 61, 64, 65, 66, 67, 73, 11, 16];

const BACKBEAT_CHORDS: PianoManner = Chords("R...............", "x...x...x...x...");
const SYNCOPATED: PianoManner = Chords("R.....r.F.....r.", "x..x..x...x..x..");
const BALLAD: PianoManner = Broken("R.....f.o.......", "0.2.1.2.3.2.1.2.");
const FLOWING: PianoManner = Broken("R.......F.......", "0123210123213210");
const BLOCKS: PianoManner = Chords("R.......R.......", "x.......x.......");

/// Every style.
pub const STYLES: &[Style] = &[
    Style {
        name: "rock",
        tempo: (100.0, 150.0),
        swing: 0.5,
        beats: 4,
        minor: 0.4,
        colour: Colour::Triads,
        grooves: patterns::ROCK,
        basses: &["R.r.r.r.r.r.r.r.", "R...r.r...r.r...", "R..r..r.R..r..r."],
        guitars: &[
            Power("X.x.X.x.X.x.X.x."),
            Power("X...x.X...X.x.x."),
            Strum("D...D.U...U.D.U."),
            Riff("x.x..x.xx.x..x.."),
            Power("X..............."),
        ],
        pianos: &[BACKBEAT_CHORDS, SYNCOPATED, BLOCKS],
        guitar_programs: &[29, 30, 30, 27, 28],
        lead_guitar_programs: DRIVEN,
        piano_programs: PIANOS,
        bass_programs: &[33, 34, 34],
        other_programs: &[16, 18, 18, 48, 81, 17],
    },
    Style {
        name: "pop",
        tempo: (88.0, 128.0),
        swing: 0.5,
        beats: 4,
        minor: 0.35,
        colour: Colour::Triads,
        grooves: patterns::POP,
        basses: &["R.....r.R.....r.", "R...r...R...f...", "R.r.r.r.f.f.r.r."],
        guitars: &[
            Strum("D...D.U.D.U.D.U."),
            Pick("0.2.1.3.2.1.3.2."),
            Strum("--D---D---D---D-"),
            Strum("D.......D.....U."),
            Pick("0..1..2...3..2.."),
        ],
        pianos: &[BACKBEAT_CHORDS, SYNCOPATED, BALLAD, FLOWING],
        guitar_programs: CLEAN,
        lead_guitar_programs: ANY_LEAD,
        piano_programs: ALL_PIANOS,
        bass_programs: &[33, 33, 38, 39, 34],
        other_programs: &[],
    },
    Style {
        name: "ballad",
        tempo: (58.0, 84.0),
        swing: 0.5,
        beats: 4,
        minor: 0.45,
        colour: Colour::Triads,
        grooves: patterns::BALLAD,
        basses: &["R...............", "R.....r.f.......", "R.......r...f..."],
        guitars: &[
            Pick("0.1.2.3.2.1.2.1."),
            Pick("0...1...2...3..."),
            Strum("D..............."),
        ],
        pianos: &[
            BALLAD,
            FLOWING,
            BLOCKS,
            Broken("R...f...o...f...", "..1.2.3...1.2.3."),
        ],
        guitar_programs: &[24, 24, 25, 25, 27],
        lead_guitar_programs: ANY_LEAD,
        piano_programs: ALL_PIANOS,
        bass_programs: &[32, 33, 35],
        other_programs: &[40, 41, 42, 48, 49, 52, 60, 68, 71, 73, 89, 91, 46],
    },
    Style {
        name: "funk",
        tempo: (92.0, 118.0),
        swing: 0.53,
        beats: 4,
        minor: 0.6,
        colour: Colour::Sevenths,
        grooves: patterns::FUNK,
        basses: &["R..o..r...fro.r.", "R...-.r.R..o-.fr", "R.-R-.o..fr.-.a."],
        guitars: &[
            Strum("m.Dm.mDm.mD.mUm."),
            Strum("--D-mmUmmmD-m-U-"),
            Riff("x.xx..x..xx.x..."),
            Strum("....D.......D.m."),
        ],
        pianos: &[
            Chords("R.........r.....", "..x..x....x..x.."),
            Chords("R..r......r..f..", "x..x...x..x...x."),
        ],
        guitar_programs: &[27, 27, 28, 26],
        lead_guitar_programs: ANY_LEAD,
        piano_programs: &[4, 4, 5, 7, 7],
        bass_programs: &[33, 36, 37, 36],
        other_programs: HORNS,
    },
    Style {
        name: "swing",
        tempo: (110.0, 190.0),
        swing: 0.64,
        beats: 4,
        minor: 0.35,
        colour: Colour::Sevenths,
        grooves: patterns::SWING,
        basses: &["walk"],
        guitars: &[
            Strum("D...D...D...D..."),
            Strum("D.....U.....D..."),
            Pick("0...2...1...3..."),
        ],
        pianos: &[
            Chords("----------------", "..x.....x......."),
            Chords("R.......f.......", "x.....x........."),
        ],
        guitar_programs: &[26, 26, 26, 24],
        lead_guitar_programs: &[26, 26, 27],
        piano_programs: PIANOS,
        bass_programs: &[32, 32, 32, 35],
        other_programs: &[11, 56, 57, 59, 64, 65, 66, 71, 73, 16, 22],
    },
    Style {
        name: "bossa",
        tempo: (110.0, 145.0),
        swing: 0.5,
        beats: 4,
        minor: 0.4,
        colour: Colour::Sevenths,
        grooves: patterns::BOSSA,
        basses: &["R.....f.F.....r.", "R.....r.f.....f."],
        guitars: &[
            Strum("D..D..D...D..D.."),
            Pick("0.2...1.3...2.1."),
            Strum("D.....D..D....D."),
        ],
        pianos: &[Chords("R.....f.........", "x..x..x...x..x.."), BLOCKS],
        guitar_programs: &[24, 24, 24, 26],
        lead_guitar_programs: &[24, 26],
        piano_programs: &[0, 0, 4, 5],
        bass_programs: &[32, 32, 35, 33],
        other_programs: &[73, 65, 66, 11, 75, 48, 22, 71],
    },
    Style {
        name: "electronic",
        tempo: (112.0, 138.0),
        swing: 0.5,
        beats: 4,
        minor: 0.75,
        colour: Colour::Triads,
        grooves: patterns::ELECTRONIC,
        basses: &[
            "--R---R---R---R-",
            "R.R.R.R.R.R.R.R.",
            "R..R..R.R..R..o.",
            "RRoRRRoRRRoRRRoR",
        ],
        guitars: &[Strum("--m---D---m---D-"), Pick("0.3.1.2.0.3.1.2.")],
        pianos: &[
            Chords("----------------", "x..x..x.x..x..x."),
            Chords("R...............", "..x...x...x...x."),
            FLOWING,
        ],
        guitar_programs: &[27, 28, 30],
        lead_guitar_programs: &[30, 29, 27],
        piano_programs: &[0, 1, 2, 4, 5],
        bass_programs: &[38, 38, 39, 39, 33],
        other_programs: &[
            80, 81, 81, 82, 84, 86, 87, 88, 89, 90, 91, 95, 50, 51, 62, 63, 98, 99,
        ],
    },
    Style {
        name: "folk",
        tempo: (84.0, 126.0),
        swing: 0.5,
        beats: 4,
        minor: 0.35,
        colour: Colour::Triads,
        grooves: patterns::FOLK,
        basses: &["R.......f.......", "R...f...R...f..."],
        guitars: &[
            Pick("0.2.1.2.0.3.1.2."),
            Strum("D...D.U...U.D.U."),
            Strum("D...D.UD..D.D.UD"),
            Pick("0...2.1.3.2.1.2."),
        ],
        pianos: &[BALLAD, BLOCKS, BACKBEAT_CHORDS],
        guitar_programs: &[24, 25, 25, 25],
        lead_guitar_programs: &[25, 24],
        piano_programs: &[0, 0, 3],
        bass_programs: &[32, 33, 35],
        other_programs: &[21, 22, 40, 40, 42, 72, 73, 74, 79, 105, 107, 110, 15, 109],
    },
    Style {
        name: "waltz",
        tempo: (90.0, 160.0),
        swing: 0.5,
        beats: 3,
        minor: 0.5,
        colour: Colour::Triads,
        grooves: patterns::WALTZ,
        basses: &["R...........", "R.......f..."],
        guitars: &[Strum("-...D...D..."), Pick("0.1.2.3.2.1.")],
        pianos: &[
            Chords("R...-...-...", "-...x...x..."),
            Broken("R...........", "0.1.2.3.2.1."),
        ],
        guitar_programs: &[24, 24, 25, 26],
        lead_guitar_programs: &[24, 25, 26],
        piano_programs: PIANOS,
        bass_programs: &[32, 32, 33],
        other_programs: &[21, 23, 40, 48, 52, 60, 68, 71, 73, 46, 10, 8],
    },
    Style {
        name: "metal",
        tempo: (120.0, 190.0),
        swing: 0.5,
        beats: 4,
        minor: 0.95,
        colour: Colour::Triads,
        grooves: patterns::METAL,
        basses: &["R.r.r.r.r.r.r.r.", "RrrrRrrrRrrrRrrr", "R...R.RrR...R.Rr"],
        guitars: &[
            Power("XxxxXxxxXxxxXxxx"),
            Riff("xxx.xx.xxx.xx.x."),
            Power("X.xxX.xxX.xxX.xx"),
            Power("X.....X.....X..."),
        ],
        pianos: &[BLOCKS, FLOWING],
        guitar_programs: &[30, 30, 30, 29],
        lead_guitar_programs: &[30, 30, 29],
        piano_programs: &[0, 1],
        bass_programs: &[34, 34, 33],
        other_programs: &[48, 52, 50, 91, 18, 19, 90],
    },
    Style {
        name: "reggae",
        tempo: (66.0, 92.0),
        swing: 0.54,
        beats: 4,
        minor: 0.5,
        colour: Colour::Triads,
        grooves: patterns::REGGAE,
        basses: &["R..r..f...o..r..", "--R...f.R..a....", "R.......f.r.o..."],
        guitars: &[
            Strum("----D-------D---"),
            Strum("--D---D---D---D-"),
            Strum("----D-U-----D-U-"),
        ],
        pianos: &[
            Chords("----------------", "----x-------x---"),
            Chords("R...............", "--x---x---x---x-"),
        ],
        guitar_programs: &[27, 27, 28],
        lead_guitar_programs: ANY_LEAD,
        piano_programs: &[0, 0, 3, 4],
        bass_programs: &[33, 33, 35, 32],
        other_programs: &[16, 17, 16, 56, 57, 61, 66, 22],
    },
    Style {
        name: "blues",
        tempo: (72.0, 128.0),
        swing: 0.66,
        beats: 4,
        minor: 0.1,
        colour: Colour::Blues,
        grooves: patterns::SHUFFLE,
        basses: &["R...t...f...t...", "R.r.t.t.f.f.t.t.", "walk"],
        guitars: &[
            Power("X.X.x.x.X.X.x.x."),
            Strum("----D.......D..."),
            Riff("x...x.x...x.x..."),
        ],
        pianos: &[
            Chords("R.r.f.f.R.r.f.f.", "....x.......x.x."),
            Chords("R.......f.......", "x.....x...x....."),
        ],
        guitar_programs: &[26, 27, 29, 25],
        lead_guitar_programs: &[27, 29, 30, 26],
        piano_programs: &[0, 0, 3, 1],
        bass_programs: FINGERED,
        other_programs: &[16, 18, 22, 22, 66, 65, 56],
    },
    Style {
        name: "latin",
        tempo: (92.0, 124.0),
        swing: 0.5,
        beats: 4,
        minor: 0.6,
        colour: Colour::Triads,
        grooves: patterns::LATIN,
        basses: &["R.....f.....o...", "--..--f...--R...", "R.....f.R...f..."],
        guitars: &[Strum("D..U..D...U.D.U."), Pick("0.1.2.1.3.2.1.2.")],
        pianos: &[
            Chords("R.....f.....o...", "x.x..x.xx.x..x.x"),
            Broken("R.......F.......", "0.23.1.20.23.1.2"),
        ],
        guitar_programs: &[24, 24, 25, 27],
        lead_guitar_programs: &[24, 27, 29],
        piano_programs: &[0, 0, 1],
        bass_programs: &[32, 33, 33, 35],
        other_programs: &[56, 57, 61, 73, 11, 12, 108, 114, 66],
    },
    Style {
        name: "soul",
        tempo: (68.0, 104.0),
        swing: 0.57,
        beats: 4,
        minor: 0.45,
        colour: Colour::Sevenths,
        grooves: patterns::HIP_HOP,
        basses: &["R......r..f.....", "R..r....f.r..o..", "R.....r.-.R...a."],
        guitars: &[
            Strum("....D.......D.U."),
            Pick("0...2..1..3..2.."),
            Strum("D.......m.mD...."),
        ],
        pianos: &[
            Chords("R...............", "x.....x...x....."),
            Chords("R......r........", "x..x......x..x.."),
        ],
        guitar_programs: &[26, 27, 27, 24],
        lead_guitar_programs: &[26, 27],
        piano_programs: ELECTRIC_PIANOS,
        bass_programs: &[33, 35, 38, 39, 36],
        other_programs: &[16, 17, 48, 50, 52, 53, 54, 61, 65, 66, 88, 89, 11],
    },
];
