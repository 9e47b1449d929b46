#!/usr/bin/env bash
# Checks that scripts/spark_index.py loses nothing: describes the songs of a list once on this machine alone and once with
# Spark's local mode, two workers, one of whose companions is killed in the middle of its work, and compares.
#
#   scripts/spark_check.sh PROGRAM LIST        a companion; spark-submit on the PATH
set -euo pipefail
scripts=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "$1") list=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A copy of its own, so that no other companion is killed.
cp "$program" "$work/companion"
model=$(dirname "$scripts")/model-weights

"$work/companion" --model "$model" index "$list" --out "$work/alone.json" --quiet || [ $? = 3 ]

spark-submit --master 'local[2,4]' "$scripts/spark_index.py" "$list" --out "$work/parts" \
    --deepmelody "$work/companion" --model "$model" --songs-per-task 2 >"$work/said" 2>"$work/log" &
spark=$!
until victim=$(pgrep -f "^$work/companion .* index " | head -n 1) && [ -n "$victim" ]; do
    kill -0 $spark 2>/dev/null || { tail "$work/log" >&2; exit 1; }
    sleep 0.1
done
sleep 1
kill -KILL "$victim"
wait $spark || [ $? = 3 ] || { tail "$work/log" >&2; exit 1; }

grep -q 'the companion ended with -9' "$work/log" || { echo "the companion had ended before it was killed" >&2; exit 1; }
echo "killed: process $victim; tasks that failed: $(grep -c 'WARN TaskSetManager: Lost task' "$work/log")"
cat "$work/said"
"$program" catalogue merge --sort "$work"/parts/*.parquet --out "$work/spark.json"
"$program" catalogue merge --sort "$work/alone.json" --out "$work/alone-sorted.json"
cmp "$work/spark.json" "$work/alone-sorted.json"
echo "Spark's catalogue and this machine's are the same to the byte: $(sha256sum <"$work/spark.json")"
