#!/usr/bin/env python3
"""Builds public/catalogue.json: freely licensed music that Debian's packages carry, analysed with the shipped weights.

usage: scripts/shipped_catalogue.py PATH_OF_DEEPMELODY WORK_FOLDER

Packages are downloaded with apt and unpacked below the work folder; a part that is there already is not analysed
again. Only facts are kept: title, artist, licence (of each package's copyright file), link and what was measured.
"""

import collections
import hashlib
import json
import os
import pathlib
import subprocess
import sys

# package, folder of its music, files in it, artist where tags name none, licence, link
MUSIC = [
    ("wesnoth-1.16-music", "usr/share/games/wesnoth/1.16/data/core/music", "*.ogg",
     "The Battle for Wesnoth", "GPL-2.0-or-later", "https://www.wesnoth.org/"),
    ("supertux-data", "usr/share/games/supertux2/music", "**/*.ogg",
     "SuperTux", "GPL-2.0-or-later", "https://www.supertux.org/"),
    ("hyperrogue-music", "usr/share/hyperrogue/music", "hr3-*.ogg",
     "Shawn Parrotte", "CC-BY-SA-3.0", "https://www.roguetemple.com/z/hyper/"),
    ("hyperrogue-music", "usr/share/hyperrogue/music", "hr-domina-*.ogg",
     "Lincoln Domina", "CC-BY-SA-3.0", "https://www.roguetemple.com/z/hyper/"),
    ("hyperrogue-music", "usr/share/hyperrogue/music", "hr-savino-*.ogg",
     "Will Savino", "CC-BY-SA-3.0", "https://www.roguetemple.com/z/hyper/"),
    ("marsshooter-data", "usr/share/games/marsshooter/audio/music", "*.ogg",
     "Obsidian Shell", "CC-BY-SA-3.0", "https://github.com/thelaui/M.A.R.S."),
    ("singularity-music", "usr/share/games/singularity/music", "**/*.ogg",
     "Max McCracken", "CC-BY-SA-3.0", "https://www.emhsoft.com/singularity/"),
    ("flare-game", "usr/share/games/flare/mods/fantasycore/music", "*.ogg",
     "Flare", "CC-BY-SA-3.0", "https://flarerpg.org/"),
]
# Shorter pieces are jingles.
MIN_DURATION_SECS = 45
UNKNOWN_ARTIST = "Unknown artist"


def unpack(package, work):
    folder = work / package
    if not folder.exists():
        subprocess.run(["apt-get", "download", "-qq", package], cwd=work, check=True)
        (archive,) = work.glob(f"{package}_*.deb")
        subprocess.run(["dpkg", "-x", archive, folder], check=True)
        archive.unlink()
    return folder


def name_apart(rows, files):
    """Files of one package that bear the same title get their own names beside it."""
    names = {hashlib.sha256(file.read_bytes()).hexdigest()[:16]: file.stem for file in files}
    titles = collections.Counter(track["title"] for track in rows["tracks"])
    for track in rows["tracks"]:
        if titles[track["title"]] > 1 and track["id"] in names:
            readable = names[track["id"]].replace("_", " ").replace("-", " ")
            track["title"] = f'{track["title"]} ({readable})'


def analyse(program, files, part):
    """The rows of one entry of MUSIC; kept in `part`, so that an interrupted run goes on where it stopped."""
    if not part.exists():
        subprocess.run([program, "index", *files, "--out", part], check=True)
    return json.loads(part.read_text())


def main(program, work):
    work = pathlib.Path(work)
    work.mkdir(parents=True, exist_ok=True)
    catalogue = None
    tracks = {}
    for number, (package, place, pattern, artist, licence, url) in enumerate(MUSIC):
        folder = unpack(package, work) / place
        files = sorted(folder.glob(pattern))
        rows = analyse(program, files, work / f"part-{number}.json")
        name_apart(rows, files)
        catalogue = catalogue or dict(rows, tracks=[])
        for track in rows["tracks"]:
            if track["duration_secs"] >= MIN_DURATION_SECS:
                known = track["artist"] != UNKNOWN_ARTIST
                track.update(artist=track["artist"] if known else artist, licence=licence, url=url)
                tracks[track["id"]] = track
    catalogue["tracks"] = sorted(tracks.values(), key=lambda track: (track["artist"], track["title"], track["id"]))
    target = pathlib.Path(__file__).parent.parent / "public" / "catalogue.json"
    rows = ",\n".join(json.dumps(track, ensure_ascii=False) for track in catalogue.pop("tracks"))
    head = json.dumps(catalogue, ensure_ascii=False)[:-1]
    temporary = target.with_suffix(".partial")
    temporary.write_text(f'{head}, "tracks": [\n{rows}\n]}}\n')
    os.replace(temporary, target)
    print(f"{len(tracks)} songs in {target}")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(os.path.abspath(sys.argv[1]), sys.argv[2])
