#!/usr/bin/env python3
"""Describes songs on a Spark cluster: `deepmelody index` over the parts of a list, one Parquet table of all rows.

usage: spark-submit scripts/spark_index.py LIST --out FOLDER --deepmelody PROGRAM [--model DIR] [--songs-per-task N]

LIST is a JSON Lines list as `deepmelody index` takes it, or a file of paths, one a line (M3U). The songs, the program and
its model must be reachable under the same paths on every machine. FOLDER gets the table that docs/catalogue.md
describes, in parts; `deepmelody catalogue merge FOLDER/*.parquet --out catalogue.json` makes a catalogue of it. Songs that
cannot be used are told of in FOLDER.report.txt; the exit code is then 3.

A task describes N songs (8 unless told) on one core. One that fails, or whose machine is lost, is done again, as often as
spark.task.maxFailures says; with the master local[CORES,FAILURES] that is the second number. No row is there twice.

Needs PyPI's pyspark and a Java runtime.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

from pyspark import StorageLevel
from pyspark.sql import SparkSession
from pyspark.sql.types import FloatType, IntegerType, StringType, StructField, StructType

SOURCES = ["guitar", "piano", "bass", "drums", "other"]
# Exit codes of the companion: all songs described, some left out.
DONE, PARTLY = 0, 3


def schema():
    """The columns of docs/catalogue.md: name, type, and whether null is allowed."""
    needed = [StructField(name, StringType(), False) for name in ("id", "title", "artist")]
    optional = [StructField(name, StringType()) for name in ("album", "licence")]
    links = [StructField(name, StringType()) for name in ("url", "preview")]
    shares = [StructField(name, FloatType(), False) for name in ("duration_secs", *SOURCES)]
    truths = [StructField(f"true_{source}", FloatType()) for source in SOURCES]
    model_id = StructField("model_id", StringType(), False)
    return StructType([*needed, *optional, StructField("year", IntegerType()), *links, *shares, *truths, model_id])


def row(track, model_id):
    """A described song in the order of the schema, without true prominences."""
    facts = [track.get(name) for name in ("id", "title", "artist", "album", "licence", "year", "url", "preview")]
    return (*facts, float(track["duration_secs"]), *map(float, track["prominence"]), *[None] * len(SOURCES), model_id)


def describe(songs, command):
    """One task: the rows that the companion writes, and the problems that it reports."""
    songs = list(songs)
    if not songs:
        return
    with tempfile.TemporaryDirectory(prefix="deepmelody-") as work:
        part, out = pathlib.Path(work, "part.jsonl"), pathlib.Path(work, "part.json")
        part.write_text("".join(json.dumps(song) + "\n" for song in songs))
        done = subprocess.run([*command, "index", part, "--out", out, "--jobs", "1"], stderr=subprocess.PIPE, text=True)
        report = out.with_name("part.json.report.txt")
        # It fails without any usable song, but reports all problems.
        if done.returncode not in (DONE, PARTLY) and not report.exists():
            raise RuntimeError(f"the companion ended with {done.returncode}: {done.stderr[-2000:]}")
        if report.exists():
            yield from ((None, problem) for problem in report.read_text().splitlines())
        if out.exists():
            catalogue = json.loads(out.read_text())
            yield from ((row(track, catalogue["model_id"]), None) for track in catalogue["tracks"])


def read_list(path):
    """The list's songs; relative paths are relative to the list."""
    lines = [line.strip() for line in path.read_text().splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    songs = [json.loads(line) if path.suffix == ".jsonl" else {"path": line} for line in lines]
    if not songs:
        sys.exit(f"{path} names no songs")
    return [dict(song, path=str((path.parent / song["path"]).resolve())) for song in songs]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder to write; must not exist")
    parser.add_argument("--deepmelody", type=pathlib.Path, required=True, help="the companion, on every machine")
    parser.add_argument("--model", type=pathlib.Path, help="folder of the model, on every machine")
    parser.add_argument("--songs-per-task", type=int, default=8)
    return parser.parse_args()


def main():
    given = arguments()
    if given.out.exists():
        sys.exit(f"{given.out} exists already")
    command = [str(given.deepmelody.resolve()), "--quiet"]
    if given.model:
        command += ["--model", str(given.model.resolve())]
    songs = read_list(given.list)
    spark = SparkSession.builder.appName("deepmelody index").getOrCreate()
    tasks = -(-len(songs) // max(given.songs_per_task, 1))
    found = spark.sparkContext.parallelize(songs, tasks).mapPartitions(lambda part: describe(part, command))
    # Persisted on disk since it is read twice; partitions lost with a machine are recomputed.
    found.persist(StorageLevel.DISK_ONLY)
    rows = found.filter(lambda pair: pair[0] is not None).map(lambda pair: pair[0])
    spark.createDataFrame(rows, schema()).write.parquet(str(given.out.resolve()))
    problems = found.map(lambda pair: pair[1]).filter(lambda problem: problem is not None).collect()
    print(f"songs: {rows.count()}, files left out: {len(problems)}, tasks: {tasks}")
    spark.stop()
    if problems:
        report = given.out.with_name(given.out.name + ".report.txt")
        report.write_text("".join(problem + "\n" for problem in problems))
        sys.exit(PARTLY)


if __name__ == "__main__":
    main()
