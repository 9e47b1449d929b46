#!/usr/bin/env python3
"""Compares a catalogue's prominences with the tags of another network, musicnn (Pons and Serra, 2019).

usage: scripts/independent_ear.py CATALOGUE MUSIC_FOLDER [--songs N] [--tags FILE]

For N songs (100 unless told) of the catalogue whose files lie below MUSIC_FOLDER it prints Spearman's rank correlation of
each source's prominence with the mean over the song of tags that MTT_musicnn gives every three seconds. Files are known
by their contents; the songs are those of the lowest ids, which is as good as drawn by lot. Tags found are kept in FILE, a
line a song, so that another catalogue of the same songs is compared at once.

Needs an environment of its own (tried with Python 3.12):
pip install tensorflow-cpu tf_keras librosa scipy && pip install --no-deps musicnn
"""

import argparse
import contextlib
import hashlib
import io
import json
import os
import pathlib
import warnings

# musicnn needs Keras 2, which TensorFlow now has as a separate package.
os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

warnings.filterwarnings("ignore", message="`tf.layers")

from musicnn.extractor import extractor  # noqa: E402 (after what it reads)
from scipy.stats import spearmanr  # noqa: E402

SOURCES = ["guitar", "piano", "bass", "drums", "other"]
# The tags that name a source's instruments. MagnaTagATune has none for the bass.
TAGS = {
    "guitar": ["guitar"],
    "piano": ["piano"],
    "drums": ["drums", "beat"],
    "other": ["strings", "violin", "flute", "synth"],
}
SHOWN = [tag for tags in TAGS.values() for tag in tags]
ENDINGS = {".ogg", ".mp3", ".flac", ".wav"}


def files_by_id(folder):
    """All audio files, by the id that the index gives them."""
    files = (file for file in sorted(folder.rglob("*")) if file.suffix.lower() in ENDINGS and file.is_file())
    return {hashlib.sha256(file.read_bytes()).hexdigest()[:16]: file for file in files}


def listen(file):
    """The mean of each tag over the song."""
    with contextlib.redirect_stdout(io.StringIO()):
        taggram, tags = extractor(str(file), model="MTT_musicnn", input_length=3, extract_features=False)
    return dict(zip(tags, map(float, taggram.mean(axis=0))))


def known_tags(path):
    if path is None or not path.exists():
        return {}
    return {song["id"]: song["tags"] for song in map(json.loads, path.read_text().splitlines())}


def listen_to(tracks, files, path):
    """The tags of each track; new ones are saved at once."""
    found = known_tags(path)
    for number, track in enumerate(tracks, 1):
        id = track["id"]
        if id not in found:
            print(f"{number}/{len(tracks)} {track['title']}", flush=True)
            found[id] = listen(files[id])
            if path is not None:
                with path.open("a") as kept:
                    kept.write(json.dumps({"id": id, "tags": found[id]}) + "\n")
    return [found[track["id"]] for track in tracks]


def table(tracks, tags):
    """Markdown table: tags by sources, with the source that a tag names in bold."""
    lines = [["tag", *SOURCES], ["---"] * (len(SOURCES) + 1)]
    for tag in SHOWN:
        cells = [tag]
        for position, source in enumerate(SOURCES):
            shares = [track["prominence"][position] for track in tracks]
            correlation = spearmanr(shares, [song[tag] for song in tags]).statistic
            cells.append(f"**{correlation:.2f}**" if tag in TAGS.get(source, []) else f"{correlation:.2f}")
        lines.append(cells)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("catalogue", type=pathlib.Path)
    parser.add_argument("music", type=pathlib.Path)
    parser.add_argument("--songs", type=int, default=100)
    parser.add_argument("--tags", type=pathlib.Path)
    given = parser.parse_args()
    catalogue = json.loads(given.catalogue.read_text())
    files = files_by_id(given.music)
    tracks = [track for track in catalogue["tracks"] if track["id"] in files]
    tracks = sorted(tracks, key=lambda track: track["id"])[: given.songs]
    if len(tracks) < 3:
        parser.error(f"{given.music} has only {len(tracks)} songs of the catalogue")
    tags = listen_to(tracks, files, given.tags)
    print(f"\n{len(tracks)} songs, model {catalogue['model_id']}; beyond ±{1.96 / (len(tracks) - 1) ** 0.5:.2f} a "
          f"correlation is unlikely (5 %) to be chance\n\n{table(tracks, tags)}")


if __name__ == "__main__":
    main()
