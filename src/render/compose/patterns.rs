//! Drum grooves, in sixteenths: `X` accent, `x` normal, `o` soft, `.` nothing. Drums by their General MIDI key.

/// A bar of drums: a line a drum.
pub type Groove = &'static [(i32, &'static str)];

/// General MIDI drum keys.
pub mod drum {
    /// Bass drum.
    pub const KICK: i32 = 36;
    /// Side stick.
    pub const STICK: i32 = 37;
    /// Snare drum.
    pub const SNARE: i32 = 38;
    /// Hand clap.
    pub const CLAP: i32 = 39;
    /// Closed hi-hat.
    pub const HAT: i32 = 42;
    /// Hi-hat with the foot.
    pub const PEDAL: i32 = 44;
    /// Open hi-hat.
    pub const OPEN: i32 = 46;
    /// Crash cymbal.
    pub const CRASH: i32 = 49;
    /// Ride cymbal.
    pub const RIDE: i32 = 51;
    /// Tambourine.
    pub const TAMBOURINE: i32 = 54;
    /// Conga, open.
    pub const CONGA: i32 = 63;
    /// Shaker.
    pub const SHAKER: i32 = 70;
    /// Claves.
    pub const CLAVES: i32 = 75;
    /// Toms from high to low.
    pub const TOMS: [i32; 4] = [50, 47, 45, 43];
}

use drum::{CLAP, CLAVES, CONGA, HAT, KICK, OPEN, PEDAL, RIDE, SHAKER, SNARE, STICK, TAMBOURINE};

/// Straight rock.
pub const ROCK: &[Groove] = &[
    &[
        (KICK, "X.......X.x....."),
        (SNARE, "....X.......X..."),
        (HAT, "x.x.x.x.x.x.x.x."),
    ],
    &[
        (KICK, "X..x..x.X......."),
        (SNARE, "....X.......X..."),
        (RIDE, "x.x.x.x.x.x.x.x."),
    ],
    &[
        (KICK, "X.x.....X.x...x."),
        (SNARE, "....X.......X..."),
        (OPEN, "x...x...x...x..."),
    ],
];
/// Pop.
pub const POP: &[Groove] = &[
    &[
        (KICK, "X.....x.X......."),
        (SNARE, "....X.......X..."),
        (HAT, "x.o.x.o.x.o.x.o."),
        (TAMBOURINE, "....x.......x..."),
    ],
    &[
        (KICK, "X...X...X...X..."),
        (CLAP, "....X.......X..."),
        (HAT, "..x...x...x...x."),
    ],
    &[
        (KICK, "X..x....X..x...."),
        (SNARE, "....X.......X..o"),
        (HAT, "xoxoxoxoxoxoxoxo"),
    ],
];
/// Slow songs.
pub const BALLAD: &[Groove] = &[
    &[
        (KICK, "X.......x......."),
        (STICK, "....x.......x..."),
        (HAT, "x.o.x.o.x.o.x.o."),
    ],
    &[
        (KICK, "X.....x...x....."),
        (SNARE, "....X.......X..."),
        (RIDE, "x...x...x...x..."),
    ],
    &[
        (KICK, "X.........x....."),
        (SNARE, "........X......."),
        (HAT, "x.o.x.o.x.o.x.o."),
    ],
];
/// Funk.
pub const FUNK: &[Groove] = &[
    &[
        (KICK, "X..x......x..x.."),
        (SNARE, "....X..o.o..X..o"),
        (HAT, "xoxoxoxoxoxoxoxo"),
    ],
    &[
        (KICK, "X.x.......x....x"),
        (SNARE, "....X..o.o.oX..."),
        (HAT, "x.x.x.x.x.x.x..."),
        (OPEN, "..............x."),
    ],
];
/// Jazz swing.
pub const SWING: &[Groove] = &[
    &[
        (RIDE, "X...x.x.X...x.x."),
        (PEDAL, "....x.......x..."),
        (KICK, "o...o...o...o..."),
    ],
    &[
        (RIDE, "X...x.x.X...x.x."),
        (PEDAL, "....x.......x..."),
        (SNARE, "......o.......o."),
        (KICK, "x.........o....."),
    ],
];
/// Bossa nova.
pub const BOSSA: &[Groove] = &[
    &[
        (KICK, "x.....xxx.....xx"),
        (STICK, "x..x..x...x..x.."),
        (HAT, "xoxoxoxoxoxoxoxo"),
    ],
    &[
        (KICK, "x.....x.x.....x."),
        (STICK, "x..x..x...x..x.."),
        (SHAKER, "xoxoxoxoxoxoxoxo"),
    ],
];
/// House, trance, synth-pop.
pub const ELECTRONIC: &[Groove] = &[
    &[
        (KICK, "X...X...X...X..."),
        (CLAP, "....X.......X..."),
        (OPEN, "..x...x...x...x."),
    ],
    &[
        (KICK, "X...X...X...X..."),
        (SNARE, "....X.......X..."),
        (HAT, "xoxoxoxoxoxoxoxo"),
    ],
    &[
        (KICK, "X.....x...x....."),
        (SNARE, "....X.......X..."),
        (HAT, "xxxxxxxxxxxxxxxx"),
    ],
];
/// Folk: light percussion.
pub const FOLK: &[Groove] = &[
    &[
        (KICK, "x.......x......."),
        (TAMBOURINE, "....x.......x..."),
        (SHAKER, "x.o.x.o.x.o.x.o."),
    ],
    &[(KICK, "x...x...x...x..."), (SNARE, "..o...o...o...o.")],
];
/// Three beats.
pub const WALTZ: &[Groove] = &[
    &[
        (KICK, "X..........."),
        (SNARE, "....o...o..."),
        (HAT, "x...x...x..."),
    ],
    &[
        (KICK, "X..........."),
        (PEDAL, "....x...x..."),
        (RIDE, "x...x...x.x."),
    ],
];
/// Metal.
pub const METAL: &[Groove] = &[
    &[
        (KICK, "xxxxxxxxxxxxxxxx"),
        (SNARE, "....X.......X..."),
        (OPEN, "x...x...x...x..."),
    ],
    &[
        (KICK, "X..xX..xX..xX..x"),
        (SNARE, "....X.......X..."),
        (RIDE, "x.x.x.x.x.x.x.x."),
    ],
    &[
        (KICK, "X.x.X.x.X.x.X.x."),
        (SNARE, "..X...X...X...X."),
        (HAT, "x.x.x.x.x.x.x.x."),
    ],
];
/// Reggae.
pub const REGGAE: &[Groove] = &[
    &[
        (KICK, "........X......."),
        (STICK, "........X......."),
        (HAT, "x.o.x.o.x.o.x.o."),
    ],
    &[
        (KICK, "X...X...X...X..."),
        (SNARE, "........X......."),
        (HAT, "..x...x...x...x."),
    ],
];
/// Shuffle.
pub const SHUFFLE: &[Groove] = &[
    &[
        (KICK, "X.......X......."),
        (SNARE, "....X.......X..."),
        (HAT, "x.x.x.x.x.x.x.x."),
    ],
    &[
        (KICK, "X.....x.X.....x."),
        (SNARE, "....X.......X..."),
        (RIDE, "x.x.x.x.x.x.x.x."),
    ],
];
/// Latin.
pub const LATIN: &[Groove] = &[
    &[
        (KICK, "x.....x.x.....x."),
        (CLAVES, "x..x..x...x.x..."),
        (CONGA, "..x.xx.x..x.xx.x"),
        (SHAKER, "xoxoxoxoxoxoxoxo"),
    ],
    &[
        (KICK, "X...X...X...X..."),
        (SNARE, "...x..x....x..x."),
        (HAT, "x.x.x.x.x.x.x.x."),
    ],
];
/// Hip hop and soul.
pub const HIP_HOP: &[Groove] = &[
    &[
        (KICK, "X..x......x....."),
        (SNARE, "....X.......X..."),
        (HAT, "x.x.x.x.x.x.x.x."),
    ],
    &[
        (KICK, "X.....x...xx...."),
        (SNARE, "....X.......X..o"),
        (HAT, "x.xox.x.x.xox.xo"),
    ],
];
