#!/usr/bin/env python3
"""Extracts the MIDI songs of Freedoom's WADs (Debian package `freedoom`, BSD-3): scripts/freedoom_midi.py DIR [WAD...]."""

import pathlib
import struct
import sys

WADS = ["/usr/share/games/doom/freedoom1.wad", "/usr/share/games/doom/freedoom2.wad"]


def songs(wad):
    """All lumps that are standard MIDI files, by name."""
    data = pathlib.Path(wad).read_bytes()
    count, directory = struct.unpack_from("<ii", data, 4)
    for index in range(count):
        start, size, name = struct.unpack_from("<ii8s", data, directory + 16 * index)
        if data[start:start + 4] == b"MThd":
            yield name.rstrip(b"\0").decode("ascii").lower(), data[start:start + size]


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    seen = set()
    for wad in sys.argv[2:] or WADS:
        for name, song in songs(wad):
            if song not in seen:
                seen.add(song)
                (out / f"{pathlib.Path(wad).stem}-{name}.mid").write_bytes(song)
    print(f"{out}: {len(seen)} songs")


if __name__ == "__main__":
    main()
