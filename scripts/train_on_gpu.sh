#!/bin/sh
# Trains a separator and its detector on one graphics card within a time budget, while the CPUs keep rendering songs: a
# card goes through a song so often within minutes that only new ones help. The same command resumes when interrupted.
#
#   scripts/train_on_gpu.sh OUT MINUTES MIDI BANKS VALIDATION_MIDI VALIDATION_BANKS
#
# MIDI and BANKS are folders of MIDI files and of sound banks, and likewise for validation. The program is the
# deepmelody on the path, or $DEEPMELODY; $DEVICE (libtorch-cuda), $SONGS (9000), $FIRST_SONGS (600) and $BATCH_SIZE (64)
# may be changed. It leaves OUT/separator and OUT/detector, for `deepmelody package`.
set -eu
if [ $# -ne 6 ]; then
    sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
out=$1 minutes=$2 midi=$3 banks=$4 validation_midi=$5 validation_banks=$6
program=${DEEPMELODY:-deepmelody} device=${DEVICE:-libtorch-cuda} batch_size=${BATCH_SIZE:-64}
mkdir -p "$out"

# Renders songs of 45 s at the network's rate, replacing the calling shell; existing ones are kept.
render() { # niceness, folder, songs, seed, MIDI, banks
    exec nice -n "$1" "$program" render --out "$out/$2" --tracks "$3" --seed "$4" --midi "$5" --banks "$6"/* \
        --compose 750 --seconds 45 --sample-rate 10880 --format wav --quiet
}

# A run of so many hundredths of the minutes; a finished one is skipped, an interrupted one resumed.
train() { # run, hundredths, seed, further arguments...
    run=$1 share=$2 seed=$3
    shift 3
    if [ -e "$out/$run.done" ]; then return; fi
    if [ -e "$out/$run/progress.json" ]; then
        "$program" train --resume --out "$out/$run" --device "$device"
    else
        rm -rf "${out:?}/$run"
        "$program" train --out "$out/$run" --device "$device" --seed "$seed" --validation "$out/validation" \
            --minutes "$(awk "BEGIN { print $minutes * $share / 100 }")" --steps 1000000 --steps-per-check 1000 "$@"
    fi
    touch "$out/$run.done"
}

(render 0 validation 50 1001 "$validation_midi" "$validation_banks")
(render 0 first "${FIRST_SONGS:-600}" 1 "$midi" "$banks")
render 19 more "${SONGS:-9000}" 2 "$midi" "$banks" &
renderer=$!
trap 'kill -INT $renderer 2> /dev/null || true' EXIT
trap 'exit 1' INT TERM

# Two runs at a constant rate on few and on more songs, one at a falling rate on all; then the detector, on the output
# of the finished separator.
printf '{"schedule": "constant", "learning_rate": 0.003, "ema_decay": 0.998, "batch_size": %s}' "$batch_size" \
    > "$out/constant.json"
train few 10 51 --config "$out/constant.json" --songs "$out/first"
until ls "$out"/more/*/metadata.yaml > /dev/null 2>&1; do
    kill -0 "$renderer"
    sleep 1
done
train some 20 52 --config "$out/constant.json" --from "$out/few" --songs "$out/first" "$out/more"
train separator 45 53 --learning-rate 0.003 --batch-size "$batch_size" --from "$out/some" --songs "$out/first" "$out/more"
train detector 25 54 --recipe detector --batch-size 32 --ema-decay 0.998 --separator "$out/separator" --songs "$out/more"
