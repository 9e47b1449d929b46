#!/usr/bin/env python3
"""Finds sound banks that share samples: files whose samples have the same names.

usage: scripts/shared_samples.py BANK... --against BANK...

A bank is an SF2 or SF3 file, or a folder of them. Prints a line for each file of the first banks that shares samples with
the others: how many of how many, where they are, and some names. Common names ("Slap") meet by chance; many of them, or
odd ones, do not. Keep such files out of training where the others are for validation or test.
"""

import argparse
import pathlib
import struct

RECORD_BYTES, NAME_BYTES = 46, 20  # of a sample's header (SoundFont 2.04, section 7.10)


def files(bank):
    return sorted(path for path in bank.rglob("*.sf[23]")) if bank.is_dir() else [bank]


def sample_names(file):
    """The names of a file's samples, without the closing record."""
    data = file.read_bytes()
    start = data.find(b"shdr")
    if start < 0:
        return set()
    (size,) = struct.unpack_from("<I", data, start + 4)
    records = range(start + 8, start + 8 + size - RECORD_BYTES, RECORD_BYTES)
    return {data[at:at + NAME_BYTES].split(b"\0")[0].decode("latin-1").strip() for at in records}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("banks", nargs="+", type=pathlib.Path)
    parser.add_argument("--against", nargs="+", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    places = {}
    for bank in arguments.against:
        for file in files(bank):
            for name in sample_names(file):
                places.setdefault(name, set()).add(f"{file.parent.name}/{file.name}")
    for bank in arguments.banks:
        for file in files(bank):
            names = sample_names(file)
            shared = sorted(names & places.keys())
            if shared:
                where = sorted(set().union(*(places[name] for name in shared)))
                print(f"{file}: {len(shared)} of {len(names)}, in {', '.join(where[:3])}: {', '.join(shared[:4])}")


if __name__ == "__main__":
    main()
