#!/usr/bin/env python3
"""Makes a catalogue of rendered songs that has their true prominences, to measure recommendations with.

    scripts/rendered_catalogue.py PROGRAM OUT.json SONGS...
    deepmelody evaluate-catalogue OUT.json

SONGS are folders as `deepmelody render` writes them; PROGRAM is the companion.
"""

import hashlib
import json
import pathlib
import subprocess
import sys

# As `deepmelody index` makes ids of files.
ID_DIGITS = 16


def main(program, out, *folders):
    out = pathlib.Path(out)
    tracks, truths = [], {}
    for folder in map(pathlib.Path, folders):
        known = json.loads(subprocess.check_output([program, "truth", folder, "--json"]))["songs"]
        for song in known:
            [mix] = (folder / song["name"]).glob("mix.*")
            tracks.append({"path": str(mix.resolve()), "title": song["name"], "artist": folder.name})
            truths[hashlib.sha256(mix.read_bytes()).hexdigest()[:ID_DIGITS]] = song["prominence"]
    songs = out.with_suffix(".songs.jsonl")
    songs.write_text("".join(json.dumps(track) + "\n" for track in tracks))
    subprocess.check_call([program, "index", songs, "--out", out])
    songs.unlink()
    catalogue = json.loads(out.read_text())
    for track in catalogue["tracks"]:
        track["true_prominence"] = truths[track["id"]]
    written = out.with_suffix(".part")
    written.write_text(json.dumps(catalogue) + "\n")
    written.replace(out)


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
