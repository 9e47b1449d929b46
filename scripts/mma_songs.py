#!/usr/bin/env python3
"""Writes MIDI songs made by MMA (Musical MIDI Accompaniment): random grooves, chord progressions, keys, tempi and lead lines.

    scripts/mma_songs.py --out DIR [--test-out DIR] --songs N --seed S

Each song takes its sections (intro, main, variation, fill, end) from one file of MMA's library. With --test-out, the
files whose hash falls in the last 15 % go there and never to --out, so that evaluation songs use unseen grooves.
Deterministic for a seed: song k depends on the seed and k alone; finished songs are skipped.
"""

import argparse
import hashlib
import os
import pathlib
import random
import re
import subprocess
import tempfile

LIBRARY = pathlib.Path("/usr/share/mma/lib")
TEST_SHARE = 0.15
BARS = (48, 110)
NAMES = ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"]
SOLO_NAMES = ["c", "c#", "d", "d#", "e", "f", "f#", "g", "g#", "a", "a#", "b"]
# (degree in semitones above the key, chord quality)
PROGRESSIONS = [
    [(0, ""), (7, ""), (9, "m"), (5, "")],
    [(9, "m"), (5, ""), (0, ""), (7, "")],
    [(0, ""), (9, "m"), (5, ""), (7, "")],
    [(0, ""), (9, "m"), (2, "m7"), (7, "7")],
    [(2, "m7"), (7, "7"), (0, "M7"), (0, "M7")],
    [(0, "m"), (8, ""), (3, ""), (10, "")],
    [(0, "m"), (5, "m"), (8, ""), (7, "7")],
    [(0, "m"), (10, ""), (8, ""), (7, "")],
    [(0, ""), (10, ""), (5, ""), (0, "")],
    [(0, ""), (5, ""), (0, ""), (7, "")],
    [(0, "7"), (0, "7"), (0, "7"), (0, "7"), (5, "7"), (5, "7"), (0, "7"), (0, "7"), (7, "7"), (5, "7"), (0, "7"), (7, "7")],
    [(0, "M7"), (9, "m7"), (2, "m7"), (7, "7"), (4, "m7"), (9, "7"), (2, "m7"), (7, "7")],
    [(0, ""), (4, "m"), (5, ""), (5, "m")],
    [(0, ""), (7, ""), (9, "m"), (4, "m"), (5, ""), (0, ""), (5, ""), (7, "")],
    [(0, "m7"), (5, "7"), (0, "m7"), (5, "7")],
    [(0, "m"), (0, "m"), (5, "m"), (0, "m"), (8, ""), (7, "7"), (0, "m"), (7, "7")],
    [(2, "m7b5"), (7, "7"), (0, "m7"), (0, "m7")],
    [(5, ""), (7, ""), (4, "m"), (9, "m")],
    [(0, "sus4"), (0, ""), (5, ""), (7, "sus4")],
]
TONES = {"": [0, 4, 7], "m": [0, 3, 7], "7": [0, 4, 7, 10], "m7": [0, 3, 7, 10], "M7": [0, 4, 7, 11],
         "m7b5": [0, 3, 6, 10], "sus4": [0, 5, 7]}
LEADS = [0, 1, 2, 4, 5, 24, 25, 26, 27, 28, 29, 30, 29, 30, 27, 25, 0, 4, 40, 56, 64, 65, 66, 71, 73, 75, 80, 81, 82, 11, 12, 22]
RHYTHMS = [["4", "4", "4", "4"], ["8"] * 8, ["4", "8", "8", "4", "4"], ["2", "4", "4"], ["2", "2"], ["4.", "8", "4", "4"],
           ["8", "8", "4", "8", "8", "4"], ["4.", "8", "2"], ["16"] * 8 + ["4", "4"], ["8", "4", "8", "4", "4"]]


def families():
    """Every library file in 4 beats or others, with its grooves."""
    found = []
    for path in sorted(LIBRARY.rglob("*.mma")):
        text = path.read_text(errors="replace")
        grooves = list(dict.fromkeys(re.findall(r"^\s*DefGroove\s+(\S+)", text, re.M | re.I)))
        beats = re.search(r"^\s*Time\s+(\d+)", text, re.M | re.I)
        if grooves and "pflib" not in path.parts:
            found.append((path.relative_to(LIBRARY).with_suffix("").as_posix(), grooves, int(beats[1]) if beats else 4))
    return found


def is_test(family):
    """The share of library files kept for evaluation, by the hash of the name."""
    digest = hashlib.sha256(family.encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32 >= 1 - TEST_SHARE


def lead_bar(rng, tonic, chord, position):
    """One bar of lead line: chord tones on the beat, neighbours between; returns MMA's solo text."""
    rhythm = rng.choice(RHYTHMS)
    tones = [(tonic + chord[0] + tone) % 12 for tone in TONES[chord[1]]]
    notes = []
    for length in rhythm:
        if rng.random() < 0.12:
            notes.append(length + "r")
            continue
        position = max(-7, min(16, position + rng.choice([-4, -3, -2, -2, -1, 1, 2, 2, 3, 4])))
        if rng.random() < 0.75:
            position = min(range(position - 6, position + 7), key=lambda p: (p % 12 not in tones, abs(p - position)))
        octave = position // 12
        notes.append(length + SOLO_NAMES[position % 12] + ("+" * octave if octave > 0 else "-" * -octave))
    return "{" + ";".join(notes) + ";}", position


def sections(rng, grooves):
    """The grooves in playing order with bar counts: intro, verses and choruses with fills, end."""
    pick = lambda pattern: [g for g in grooves if re.search(pattern, g, re.I)]
    intro, ends, fills = pick("intro"), pick(r"end\d*$"), pick("fill")
    mains = [g for g in grooves if g not in intro + ends + fills] or grooves
    total, plan = rng.randint(*BARS), []
    if intro and rng.random() < 0.8:
        plan.append((rng.choice(intro), 4))
    chosen = rng.sample(mains, min(len(mains), rng.randint(2, 4)))
    while sum(bars for _, bars in plan) < total:
        bars = rng.choice([7, 8, 8, 12, 15, 16])
        plan.append((rng.choice(chosen), bars))
        if fills and bars % 2:
            plan.append((rng.choice(fills), 1))
    if ends:
        plan.append((rng.choice(ends), 4))
    return plan


def song(rng, family):
    """The MMA source of one song."""
    name, grooves, beats = family
    tonic, tempo = rng.randrange(12), rng.randint(72, 168)
    progressions = rng.sample(PROGRESSIONS, 3)
    lead = rng.choice(LEADS) if beats == 4 and rng.random() < 0.6 else None
    lines = [f"Tempo {tempo}", f"Use {name}"]
    if lead is not None:
        lines += ["Begin Solo", f" Voice {lead}", f" Octave {rng.choice([4, 5, 5, 6]) if lead < 70 else 5}", f" Volume {rng.choice(['mf', 'f', 'ff'])}",
                  " Articulate 95", "End"]
    bar = 0
    for index, (groove, bars) in enumerate(sections(rng, grooves)):
        lines.append(f"Groove {groove}")
        progression = progressions[rng.choice([0, 0, 1, 2]) if index else 0]
        solo, position = rng.random() < 0.55, rng.randint(0, 7)
        for offset in range(bars):
            bar += 1
            chord = progression[offset % len(progression)]
            text = f"{bar} {NAMES[(tonic + chord[0]) % 12]}{chord[1]}"
            if lead is not None and solo:
                riff, position = lead_bar(rng, tonic, chord, position)
                text += " " + riff
            lines.append(text)
    return "\n".join(lines) + "\n"


def programs(midi):
    """The General MIDI classes used, roughly: every program change byte outside the drum channel."""
    used = {"drums" for byte in midi if byte == 0x99}
    for match in re.finditer(rb"[\xc0-\xc8\xca-\xcf]([\x00-\x7f])", midi):
        program = match[1][0]
        used.add("piano" if program < 8 else "guitar" if 24 <= program < 32 else "bass" if 32 <= program < 40 else "other")
    return used


def make(seed, index, choices, target):
    """Writes song `index`; returns whether one came out within eight tries."""
    for attempt in range(8):
        rng = random.Random(f"{seed}/{index}/{attempt}")
        family = rng.choice(choices)
        with tempfile.TemporaryDirectory() as folder:
            source, made = pathlib.Path(folder, "song.mma"), pathlib.Path(folder, "song.mid")
            source.write_text(song(rng, family))
            done = subprocess.run(["mma", "-w", str(source), "-f", str(made)], capture_output=True)
            if done.returncode or not made.exists():
                continue
            midi = made.read_bytes()
            if len(programs(midi)) < rng.choice([2, 3, 3, 4]):
                continue
            partial = target.with_suffix(".part")
            partial.write_bytes(midi)
            os.replace(partial, target)
            return True
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--test-out", type=pathlib.Path)
    parser.add_argument("--songs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    known = families()
    splits = [(arguments.out, [f for f in known if not (arguments.test_out and is_test(f[0]))], arguments.songs)]
    if arguments.test_out:
        splits.append((arguments.test_out, [f for f in known if is_test(f[0])], round(arguments.songs * TEST_SHARE)))
    for folder, choices, count in splits:
        folder.mkdir(parents=True, exist_ok=True)
        made = 0
        for index in range(count):
            target = folder / f"mma-{index:05}.mid"
            made += target.exists() or make(arguments.seed, index, choices, target)
        print(f"{folder}: {made} of {count} songs from {len(choices)} groove files")


if __name__ == "__main__":
    main()
