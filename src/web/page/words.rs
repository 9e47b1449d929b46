//! Sentences of the page that its browser tests look for: they include this file, so that a change of wording breaks none.

/// The engine's line once songs can be analysed; the device follows.
pub const ENGINE_READY: &str = "Ready";
/// The footer, once the site works offline.
pub const WORKS_OFFLINE: &str = "Saved on this machine: the page works offline from now on.";
/// The footer, once a newer version is ready.
pub const NEWER_VERSION: &str =
    "Works offline. A newer version is here: reload the page to use it.";
/// The stage of an analysis in which the network runs.
pub const SEPARATING: &str = "Separating the instruments";
/// Before the percentage of the stems that is made.
pub const MAKING: &str = "The parts can be played as they are made:";
/// The play button at rest...
pub const PLAY: &str = "Play";
/// ...and while it plays.
pub const PAUSE: &str = "Pause";
/// The practising line while the engine looks for the beat.
pub const FINDING_BEAT: &str = "Looking for the beat…";
/// The loop button while nothing is repeated...
pub const REPEAT: &str = "Repeat";
/// ...and what stands before the range that is.
pub const REPEATING: &str = "Repeating";
/// The engine's announcement of a finished song, for screen readers.
pub const DONE: &str = "Done";
/// How a list by a single instrument is ordered.
pub const HOW_BY_ONE: &str = "for about as much of the time";
/// How a list by amounts is ordered.
pub const HOW_BY_AMOUNTS: &str = "closest to the amounts you set";
/// The list's length, before the number of songs.
pub const BEST: &str = "the best";
/// The list's limit, before the percentage.
pub const AT_LEAST: &str = "all that are at least";
/// Any number of songs by one artist.
pub const ANY_NUMBER: &str = "any number";
/// At most one song by one artist.
pub const ONE_EACH: &str = "one song";
/// Order by title.
pub const BY_TITLE: &str = "by title";
/// Order by likeness.
pub const BY_LIKENESS: &str = "most alike first";
/// The heading in the list before songs of a less similar mix.
pub const LESS_ALIKE: &str = "The mix of these is a little less alike";
/// Any licence.
pub const ANY_LICENCE: &str = "any";
/// An empty library.
pub const LIBRARY_EMPTY: &str = "No songs yet.";
/// Files of an earlier visit that can be found again.
pub const FROM_LAST_VISIT: &str = "from your last visit";
/// Files of an earlier visit that cannot.
pub const NOT_FOUND_AGAIN: &str = "cannot find files again";
/// The library's line while its queue rests.
pub const PAUSED: &str = "Paused";
/// Rows of a large catalogue that could not be fetched.
pub const SONGS_MISSING: &str = "Some songs could not be loaded";
/// A part of a large catalogue that is missing.
pub const PART_MISSING: &str = "a part of the catalogue";
/// A list that no song is in.
pub const NOTHING_PASSES: &str = "No song passes all filters";
/// A file of which only a part was decoded.
pub const CUT_OFF: &str = "Part of this file is missing, or this browser cannot decode it";

/// What is said of saved files whose samples did not fit into integers, after how many.
pub const CLIPPED: &str = "beyond full scale, so clipped";

/// What the library says when songs were added, after how many.
pub const JOINED: &str = "Similar songs are now chosen from your library as well.";

/// What the library says when a file held what was practised, before how many songs.
pub const PRACTICE_OF: &str = "Loops and settings came along for";

/// What the library says after working through files.
pub fn added(done: usize, known: usize, skipped: usize) -> String {
    let mut words = vec![format!("{done} added")];
    words.extend((known > 0).then(|| format!("{known} already there")));
    words.extend((skipped > 0).then(|| format!("{skipped} skipped")));
    format!("{}.", words.join(", "))
}

/// How many songs the library holds.
pub fn holds(count: usize) -> String {
    match count {
        0 => LIBRARY_EMPTY.to_owned(),
        1 => "1 song".to_owned(),
        count => format!("{count} songs"),
    }
}
