#!/bin/sh
# Makes the files beside this script, once, with ffmpeg: 1.2 s of a chord that tests/companion.rs computes by the same
# formula. Left: 440 and 554 Hz, right: 659 and 988 Hz, fading in and out over 50 ms.
set -eu
cd "$(dirname "$0")"

chord() { # rate, channels
    fade='min(1,min(t,1.2-t)/0.05)'
    left="$fade*(0.3*sin(2*PI*440*t)+0.2*sin(2*PI*554*t))"
    right="$fade*(0.3*sin(2*PI*659*t)+0.2*sin(2*PI*988*t))"
    case $2 in
        1) echo "aevalsrc=exprs='$left':s=$1:d=1.2" ;;
        2) echo "aevalsrc=exprs='$left|$right':s=$1:d=1.2" ;;
    esac
}

make_one() { # file, rate, channels, encoder options...
    file=$1 rate=$2 channels=$3
    shift 3
    ffmpeg -y -v error -f lavfi -i "$(chord "$rate" "$channels")" -bitexact -metadata title="A chord" \
        -metadata artist="DeepMelody" -metadata album="Test tones" "$@" "$file"
}

make_one stereo.mp3 44100 2 -c:a libmp3lame -b:a 96k -id3v2_version 3
make_one mono.mp3 22050 1 -c:a libmp3lame -q:a 4 -id3v2_version 4
make_one stereo.ogg 44100 2 -c:a libvorbis -q:a 2
make_one mono.ogg 48000 1 -c:a libvorbis -q:a 1
make_one stereo.flac 22050 2 -c:a flac -sample_fmt s16 -compression_level 12
make_one stereo.m4a 44100 2 -c:a aac -b:a 96k
make_one faststart.m4a 48000 1 -c:a aac -b:a 64k -movflags +faststart
make_one lossless.m4a 22050 1 -c:a alac
make_one stereo.aac 44100 2 -c:a aac -b:a 96k -f adts
make_one opus.ogg 48000 1 -c:a libopus -b:a 24k
