#!/usr/bin/env python3
"""Builds public/catalogue.json: freely licensed music that Debian's packages carry, and the project's own songs.

usage: scripts/shipped_catalogue.py PATH_OF_DEEPMELODY WORK_FOLDER

Packages are downloaded with apt and unpacked below the work folder; the same command goes on after an interruption.
Only facts are kept. scripts/shipped_music.csv says which files are music, their artist where tags name none (from the
packages' credits), their licence (from the packages' copyright files) and a link; of several lines for one file the
last one that fills a field counts. In a link, {path} is the file's path from the first folder or name with a wildcard
on, {stem} the same without the extension. The project's own songs are composed and rendered by the companion, always
the same ones.

Needs apt; ffmpeg (with libopus), sox and oggenc for music that comes as Opus or in two halves, and for previews.
"""

import collections
import csv
import hashlib
import itertools
import json
import os
import pathlib
import re
import subprocess
import sys
import urllib.parse

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
PREVIEWS = REPOSITORY / "public" / "previews"
# Shorter files are jingles.
MIN_DURATION_SECS = 45
UNKNOWN_ARTIST = "Unknown artist"
OWN = {"artist": "DeepMelody", "licence": "CC0-1.0"}
OWN_TITLES = [
    "Blue Bicycle", "Kite Weather", "Borrowed Coat", "Copper Kettle", "Glass Harbour", "Half a Moon", "Last Ferry",
    "Lighthouse Keys", "Long Way to Aldby", "Marzipan", "Mill Pond", "Ninth Floor", "Old Cartographer", "Letters Home",
    "Orchard Road", "Paper Lanterns", "Quiet Engine", "Rain on Tin", "Salt and Cedar", "Second Window", "Slow Lightning",
    "Sunday Static", "Morning Tram", "The Night Porter",
]
OWN_SECS, OWN_SEED = 80, 24
# More of them, chosen out of some hundred so that most songs of the catalogue have one that can be heard among their
# nearest: seed and casting, as `deepmelody render` takes them.
MORE_SONGS = {
    "Attic Radio": (2003, "as-written"), "Bakery at Five": (2018, "recast"), "Birch Avenue": (2019, "without-piano"),
    "Brass Compass": (2027, "without-piano"), "Cardboard Castle": (2039, "without-piano"),
    "Chalk Drawings": (2044, "as-written"), "Cinder Path": (2058, "recast"), "Clock Tower": (2059, "without-piano"),
    "Dandelion Year": (2061, "without-piano"), "Driftwood Letters": (2067, "without-piano"),
    "Early Train": (2068, "without-piano"), "Empty Carousel": (2070, "without-piano"),
    "Fern Hollow": (2071, "without-piano"), "Fog Signal": (2072, "without-piano"),
    "Gravel and Gold": (2083, "without-piano"), "Greenhouse": (2084, "without-piano"),
    "Harvest Table": (2088, "without-piano"), "Hollow Pine": (2091, "without-piano"),
    "Ink and Honey": (2098, "without-piano"), "Iron Staircase": (2099, "without-piano"),
    "Juniper Street": (2102, "without-piano"), "Lantern Fish": (2107, "without-piano"),
    "Loose Change": (2110, "without-piano"), "Maple Telegraph": (2118, "without-piano"),
    "Moth Season": (2122, "without-piano"), "Northern Platform": (2123, "without-piano"),
    "Open Umbrella": (2127, "without-piano"), "Pebble Post": (2130, "without-piano"),
    "Pocket Atlas": (2132, "without-piano"), "Quarry Lake": (2133, "recast"),
    "Red Rooftops": (2134, "without-piano"), "River Crossing": (2135, "without-piano"),
    "Roof Garden": (2138, "without-piano"), "Saffron Field": (2140, "without-piano"),
    "Silver Thimble": (2144, "without-piano"), "Skipping Stones": (2155, "without-piano"),
    "Snow on the Line": (2159, "without-piano"), "Tall Grass": (2161, "recast"),
    "Tide Tables": (2164, "without-piano"), "Winter Market": (2167, "without-piano"),
}
# Banks under the MIT licence or in the public domain, whose renders may be distributed.
OWN_BANKS = {"fluid-soundfont-gm": "usr/share/sounds/sf2/FluidR3_GM.sf2", "csound-soundfont": "usr/share/samples/sf_GMbank.sf2"}
# Own songs that are shipped whole: their rows can be rebuilt from the repository alone.
WHOLE = ["Kite Weather", "Letters Home"]
PREVIEW_START_SECS, PREVIEW_SECS, MORE_PREVIEW_SECS = 24, 20, 30
# As little as keeps the highs: at 14,000 the encoder leaves out half of the band.
OPUS_OPTIONS = ["-c:a", "libopus", "-b:a", "15k", "-vbr", "constrained"]


def run(*command, **options):
    subprocess.run([str(part) for part in command], check=True, **options)


def content_id(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


def unpack(package, work):
    folder = work / package
    if not folder.exists():
        run("apt-get", "download", "-qq", package, cwd=work)
        (archive,) = work.glob(f"{package}_*.deb")
        run("dpkg", "-x", archive, work / f"{package}.partial")
        os.replace(work / f"{package}.partial", folder)
        archive.unlink()
    return folder


def playable(file, work):
    """The file itself; for Opus a FLAC of it; for a song in two halves, as a guitar game has them, their sum."""
    guitar = file.with_name("guitar.ogg")
    if file.suffix != ".opus" and not guitar.exists():
        return file
    made = work / "made" / (re.sub(r"[^a-z0-9]+", "-", str(file.relative_to(work)).lower()) + ".flac")
    partial = made.with_suffix(".partial")
    if not made.exists():
        made.parent.mkdir(exist_ok=True)
        if file.suffix == ".opus":
            run("ffmpeg", "-nostdin", "-v", "error", "-y", "-i", file, "-f", "flac", partial)
        else:
            run("sox", "-R", "-m", file, guitar, "-b", "16", "-t", "flac", partial, "gain", "-n", "-1")
        os.replace(partial, made)
    return made


def link(line, file, folder):
    """A line's link, to one of its files."""
    above = itertools.takewhile(lambda part: "*" not in part, pathlib.PurePath(line["files"]).parts[:-1])
    path = file.relative_to(folder.joinpath(*above))
    parts = {"{path}": path, "{stem}": path.with_suffix("")}
    url = line["url"]
    for name, part in parts.items():
        url = url.replace(name, urllib.parse.quote(str(part)))
    return url


def collect(work):
    """The metadata of every music file, by the path of its indexable form."""
    facts = {}
    with open(REPOSITORY / "scripts" / "shipped_music.csv", newline="") as table:
        for line in csv.DictReader(table):
            folder = unpack(line["package"], work)
            for file in sorted(folder.glob(line["files"])):
                known = facts.get(file, {})
                filled = dict(line, url=link(line, file, folder))
                facts[file] = {field: text or known.get(field, "") for field, text in filled.items()}
    return {playable(file, work): dict(line, name=file.stem) for file, line in facts.items()}


def index(program, files, out):
    """The rows of these files by their ids. Unusable songs are reported and left out."""
    inputs = out.with_suffix(".jsonl")
    inputs.write_text("".join(json.dumps({"path": str(file)}) + "\n" for file in files))
    done = subprocess.run([program, "index", inputs, "--out", out])
    if done.returncode not in (0, 3):
        sys.exit("the index was not finished; the same command goes on with it")
    catalogue = json.loads(out.read_text())
    rows = {row["id"]: row for row in catalogue["tracks"]}
    return catalogue, rows


def readable(name):
    """HellFortress_Entrance as Hell Fortress Entrance."""
    return " ".join(re.sub(r"(?<=[a-z])(?=[A-Z])|[-_]+", " ", name).split())


def described(row, line):
    """A row with the package's metadata. Titles and artists come from tags, unless the table gives a title; a title that
    is only the file's name is made readable."""
    letters = [re.sub(r"[\W_]+", "", text).lower() for text in (line["name"], row["title"])]
    title = readable(row["title"]) if letters[0].endswith(letters[1]) else row["title"]
    artist = row["artist"] if row["artist"] != UNKNOWN_ARTIST else line["artist"]
    row = dict(row, title=line["title"] or title, artist=artist, licence=line["licence"], url=line["url"])
    if not re.search(r"\w", row.get("album", "")):
        row.pop("album", None)
    return row


def name_apart(rows, names):
    """Songs of one artist and title get their files' names beside it."""
    twins = collections.Counter((row["artist"], row["title"]) for row in rows)
    for row in rows:
        if twins[row["artist"], row["title"]] > 1:
            row["title"] += f' ({readable(names[row["id"]])})'


def render(program, work, folder, count, seed, casting="as-written"):
    """The folders of songs by the companion's composer."""
    banks = [unpack(package, work) / file for package, file in OWN_BANKS.items()]
    run(program, "render", "--compose", count, "--tracks", count, "--seconds", OWN_SECS, "--seed", seed,
        "--casting", casting, "--banks", *banks, "--out", folder)
    return [folder / f"Track{number:05}" for number in range(1, count + 1)]


def compose(program, work):
    """The folders of the project's own songs, by title."""
    songs = dict(zip(OWN_TITLES, render(program, work, work / "own-songs", len(OWN_TITLES), OWN_SEED)))
    for title, (seed, casting) in MORE_SONGS.items():
        [songs[title]] = render(program, work, work / "more-songs" / f"{seed}-{casting}", 1, seed, casting)
    return songs


def truths(program, folders):
    """The true prominences of rendered songs, by their folders."""
    truth = {}
    for parent in {folder.parent for folder in folders}:
        known = json.loads(subprocess.check_output([program, "truth", parent, "--json"]))["songs"]
        truth.update({parent / song["name"]: song["prominence"] for song in known})
    return truth


def ship(song, title):
    """Encodes an own song's preview, or all of it, and gives the file."""
    PREVIEWS.mkdir(exist_ok=True)
    slug = re.sub(r"[^a-z0-9]+", "-", title.lower())
    preview = PREVIEWS / f"{slug}.ogg"
    wav = song / "preview.wav"
    sox = ["sox", "-R", song / "mix.flac", "-c", "1", "-b", "16", wav, "rate"]
    # Repeatable dither (-R) and a fixed serial number: the same song gives the same file. Whole songs are Vorbis, which
    # the companion reads.
    if title in WHOLE:
        run(*sox, "22050")
        run("oggenc", "-Q", "-q", "0", "--serial", "1", "-o", preview, wav)
        return preview
    secs = MORE_PREVIEW_SECS if title in MORE_SONGS else PREVIEW_SECS
    # The rate before the cut: sox cannot seek in a FLAC file without a seek table, and would cut silence.
    run(*sox, "48000", "trim", PREVIEW_START_SECS, secs, "fade", "0.1", secs)
    run("ffmpeg", "-nostdin", "-v", "error", "-y", "-i", wav, *OPUS_OPTIONS, "-fflags", "+bitexact", "-flags:a", "+bitexact",
        preview)
    return preview


def own_rows(program, work):
    """Rows of the project's own songs, with previews and their true prominences."""
    songs = compose(program, work)
    truth = truths(program, songs.values())
    previews = {title: ship(song, title) for title, song in songs.items()}
    heard = {title: previews[title] if title in WHOLE else song / "mix.flac" for title, song in songs.items()}
    _, rows = index(program, heard.values(), work / "own.json")
    return [
        dict(rows[content_id(file)], **dict(OWN, title=title, preview=f"previews/{previews[title].name}",
                                            true_prominence=truth[songs[title]]))
        for title, file in heard.items()
    ]


def write(catalogue, tracks):
    target = REPOSITORY / "public" / "catalogue.json"
    tracks = sorted(tracks, key=lambda track: (track["artist"], track["title"], track["id"]))
    rows = ",\n".join(json.dumps(track, ensure_ascii=False) for track in tracks)
    head = json.dumps(dict(catalogue, tracks=[]), ensure_ascii=False)[:-2]
    temporary = target.with_suffix(".partial")
    temporary.write_text(f"{head}\n{rows}\n]}}\n")
    os.replace(temporary, target)
    print(f"{len(tracks)} songs in {target}")


def main(program, work):
    work = pathlib.Path(work).resolve()
    work.mkdir(parents=True, exist_ok=True)
    facts = collect(work)
    catalogue, rows = index(program, facts, work / "music.json")
    lines = {content_id(file): line for file, line in facts.items()}
    tracks = [described(row, lines[row["id"]]) for row in rows.values() if row["duration_secs"] >= MIN_DURATION_SECS]
    name_apart(tracks, {id: line["name"] for id, line in lines.items()})
    write(catalogue, tracks + own_rows(program, work))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(os.path.abspath(sys.argv[1]), sys.argv[2])
