//! The ids and selectors of the page that the tests use: nothing else in the tests knows them.
//!
//! Each is a constant here and, of the same name, in the scripts that tests run in the page ([`JAVASCRIPT`]).

use std::fmt::Display;

macro_rules! elements {
    ($($name:ident = $text:literal;)*) => {
        $(#[allow(dead_code, reason = "some are used in scripts only")] pub const $name: &str = $text;)*
        /// Declares the same names for a script.
        pub const JAVASCRIPT: &str = concat!($("const ", stringify!($name), "=\"", $text, "\";"),*);
    };
}

/// The id of a control that each source has one of.
pub fn of(control: &str, source: impl Display) -> String {
    format!("{control}-{source}")
}

elements! {
    // Ids.
    SOLO = "solo";
    SOLO_BASS = "solo-bass";
    SOLO_DRUMS = "solo-drums";
    BY_HAND = "by-hand";
    CANCEL = "cancel";
    CATALOGUE_NOTICE = "catalogue-notice";
    COPIED = "copied";
    COPY_LINK = "copy-link";
    CUT_OFF = "cut-off";
    DEMO = "demo";
    DROPZONE = "dropzone";
    ENGINE = "engine";
    EQUAL_WEIGHTS = "equal-weights";
    FILE = "file";
    HOW = "how";
    KEEP_NAME = "keep-name";
    KEPT = "kept";
    LEAVE_SEARCH = "leave-search";
    LICENCE = "licence";
    LIMIT = "limit";
    LINK = "link";
    LINK_TROUBLE = "link-trouble";
    LOOP = "loop";
    MACHINE = "machine";
    MAIN = "main";
    MAKING = "making";
    MAP = "map";
    MAP_CARD = "map-card";
    MAP_CLOSER = "map-closer";
    MAP_TIP = "map-tip";
    MAX_MINUTES = "max-minutes";
    LIBRARY_ADD_FOLDER = "library-add-folder";
    LIBRARY_ALL = "library-all";
    LIBRARY_COUNT = "library-count";
    LIBRARY_DELETE_ALL = "library-delete-all";
    LIBRARY_DELETE_SURE = "library-delete-sure";
    LIBRARY_EXPORT = "library-export";
    LIBRARY_FILES = "library-files";
    LIBRARY_IMPORT = "library-import";
    LIBRARY_KEEP = "library-keep";
    LIBRARY_LEFT = "library-left";
    LIBRARY_LINE = "library-line";
    LIBRARY_NOTICE = "library-notice";
    LIBRARY_PAUSE = "library-pause";
    LIBRARY_RESUME = "library-resume";
    LIBRARY_SAID = "library-said";
    LIBRARY_SEARCH = "library-search";
    LIBRARY_SKIPPED = "library-skipped";
    LIBRARY_WORK = "library-work";
    MUTE_DRUMS = "mute-drums";
    NEAREST = "nearest";
    NEXT_BASS = "next-bass";
    NEXT_DRUMS = "next-drums";
    NOTHING = "nothing";
    ONLY_PREVIEWS = "only-previews";
    ORDER = "order";
    PART_DRUMS = "part-drums";
    PART_OTHER = "part-other";
    PER_ARTIST = "per-artist";
    PLAY = "play";
    ALL_PARTS = "all-parts";
    PREVIEW_NOTICE = "preview-notice";
    REFINE = "refine";
    RESULT_TITLE = "result-title";
    SAVE = "save";
    SAVE_CSV = "save-csv";
    SAVE_DRUMS = "save-drums";
    SAVE_FORMAT = "save-format";
    SAVE_JSON = "save-json";
    SAVE_MIX = "save-mix";
    SAVE_PLAYLIST = "save-playlist";
    SAVE_STATUS = "save-status";
    SAVE_TABLE = "save-table";
    SAVE_ZIP = "save-zip";
    SEEK = "seek";
    SHARDS_NOTICE = "shards-notice";
    SHARE_GUITAR = "share-guitar";
    SHOW_MAP = "show-map";
    SIMILAR_TITLE = "similar-title";
    SPECTROGRAM = "spectrogram";
    SPECTROGRAM_WORDS = "spectrogram-words";
    SPEED = "speed";
    SPLASH = "splash";
    SPLASH_WORDS = "splash-words";
    STAGE = "stage";
    START_OVER = "start-over";
    SWITCH_GUITAR = "switch-guitar";
    SWITCH_OTHER = "switch-other";
    TAKE = "take";
    TROUBLE = "trouble";
    WEIGHT_BASS = "weight-bass";
    WEIGHT_DRUMS = "weight-drums";
    WEIGHT_GUITAR = "weight-guitar";
    WORDS = "words";
    SAVE_STEM = "save";
    SHARE = "share";
    SWITCH = "switch";
    ANY_PREVIEW = "any-preview";
    FILE_NAME = "file-name";
    LAST_SONG = "last-song";
    RESTORED = "restored";
    LOOP_END = "loop-end";
    ZOOM_IN = "zoom-in";
    VOLUME = "volume";
    SAVE_LOOP = "save-loop";
    SAVE_LINKS = "save-links";
    SAVE_WITHOUT = "save-without";
    PLAYLIST_NOTE = "playlist-note";
    LIBRARY_ORDER = "library-order";
    PRACTISE = "practise";
    PRACTISE_BRIEF = "practise-brief";
    BPM = "bpm";
    BPM_HALF = "bpm-half";
    BPM_DOUBLE = "bpm-double";
    TAP = "tap";
    AS_FOUND = "as-found";
    CLICK = "click";
    COUNT_IN = "count-in";
    LOOP_FROM = "loop-from";
    LOOP_TO = "loop-to";
    BAR_LESS = "bar-less";
    BAR_MORE = "bar-more";
    KEEP_LOOP = "keep-loop";
    RAMP = "ramp";
    RAMP_STEP = "ramp-step";
    RAMP_NOW = "ramp-now";
    SPEED_DOWN = "speed-down";
    SPEED_UP = "speed-up";
    SPEED_NOW = "speed-now";
    PITCH_DOWN = "pitch-down";
    SEMITONES = "semitones";
    CHORD_NOW = "chord-now";
    CHORD_HERE = "chord-here";
    CAPO = "capo";
    LOOP_SECTION = "loop-section";
    // Selectors.
    CHORD_NAMES = "#chord-lane .block__name";
    SECTIONS = "#sections button";
    LOOP_NAMES = "#loops input";
    DRUM_PASSAGES = "#part-drums .lane__range";
    FAILURE = ".trouble";
    FAILURE_NAME = ".trouble__name";
    EXAMPLES = "#examples .examples__item";
    EXAMPLE_NAMES = "#examples .examples__item span:nth-of-type(3)";
    LIBRARY_ROWS = "#library-list > li";
    LIBRARY_DELETE = "#library-list [data-act=delete]";
    LIBRARY_ALIKE = "#library-list [data-act=alike]";
    LIVE_REGION = "[aria-live]";
    LOOSENINGS = "#nothing [data-filter]";
    LOOSEN_WORDS = "[data-filter=Text]";
    MAP_ALIKE = "#map-card [data-act=alike]";
    MAP_LIST = "#map-middle li";
    MAP_LIST_BUTTONS = "#map-middle li button";
    MAP_LIST_LAST = "#map-middle li:last-child";
    MAP_LIST_SUMMARY = "#map-middle summary";
    PREVIEWS = ".song__play";
    REASONS = ".song__reasons:not([hidden])";
    REMOVE_UNLIKE = ".examples__item--unlike button";
    SCORES = ".song__number";
    SETTLED = "#by-hand, #songs li, #link-trouble";
    SHARES = "[data-prominence]";
    SHARES_TABLE = ".words table";
    SONGS = "#songs li";
    SONG_IDS = "#songs [data-id]";
    SONG_TITLES = "#songs .song__title";
    SPECTROGRAM_SUMMARY = "#spectrograms summary";
    WHY = ".song__why";
    DRUMS_ROW = "#part-drums";
    DRUMS_DRAWING = "#part-drums .lane__drawing";
    TOOLBAR = ".toolbar";
    LANE = ".lane";
    FIRST_VIEW = ".wordmark__name, .masthead__promise, h1, .lead, .dropzone, .dropzone li, .dropzone .stave, .dropzone__card, .dropzone__card > p, .dropzone .choices > *, .dropzone .choices input";
}
