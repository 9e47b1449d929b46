#!/bin/sh
# Makes fuzz/seeds/decode and fuzz/seeds/wav, once, with ffmpeg: a fifth of a second of a tone in every format that the
# companion reads, as small as can be. wav/too-loud.wav and wav/absurd-bits.wav are findings; the other seeds are written
# by hand.
set -eu
cd "$(dirname "$0")/seeds"
mkdir -p decode wav

tone() { # file, rate, channels, encoder options...
    file=$1 rate=$2 channels=$3
    shift 3
    ffmpeg -y -v error -f lavfi -i "sine=440:r=$rate:d=0.2" -ac "$channels" -bitexact -metadata title=A -metadata artist=B \
        -metadata date=1999 "$@" "$file"
}

tone decode/pcm16.wav 8000 1 -c:a pcm_s16le
tone decode/pcm24.wav 8000 2 -c:a pcm_s24le
tone decode/float.wav 8000 1 -c:a pcm_f32le
tone decode/alaw.wav 8000 1 -c:a pcm_alaw
tone decode/adpcm.wav 8000 1 -c:a adpcm_ms
tone decode/ima.wav 8000 2 -c:a adpcm_ima_wav
tone decode/pcm.aiff 8000 1
tone decode/pcm.caf 8000 1
tone decode/pcm.au 8000 1 -c:a pcm_s16be
tone decode/flac.flac 8000 2
tone decode/flac.ogg 8000 1 -c:a flac
tone decode/vorbis.ogg 8000 1 -c:a libvorbis -q:a 0
tone decode/opus.ogg 48000 1 -c:a libopus -b:a 16k
tone decode/layer3.mp3 8000 1 -c:a libmp3lame -b:a 8k -id3v2_version 4
tone decode/layer2.mp2 16000 1 -c:a mp2 -b:a 16k
tone decode/aac.m4a 8000 1 -c:a aac -b:a 8k
tone decode/alac.m4a 8000 2 -c:a alac
tone decode/fragments.mp4 8000 1 -c:a aac -b:a 8k -movflags frag_keyframe+empty_moov
tone decode/adts.aac 8000 1 -c:a aac -b:a 8k -f adts
tone decode/vorbis.mkv 8000 1 -c:a libvorbis -q:a 0
tone decode/flac.mka 8000 1 -c:a flac
cp decode/pcm16.wav decode/pcm24.wav decode/float.wav wav/
