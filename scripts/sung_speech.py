#!/usr/bin/env python3
"""Makes singing of speech, for `deepmelody render --voices`: each speaker's words on a melody drawn at random.

usage: scripts/sung_speech.py OUT SPEAKER_FOLDER...

A folder is one speaker and holds sound files. Writes OUT/SPEAKER/*.wav. WORLD (Morise et al. 2016) takes the speech
apart into pitch, spectral envelope and aperiodicity; loud voiced frames are held longer, and the pitch becomes notes of
a scale near the speaker's own, with glides and vibrato. Deterministic for a speaker's name. Needs numpy, soundfile and
pyworld from PyPI.
"""

import pathlib
import sys
import zlib

import numpy
import pyworld
import soundfile

FRAME_SECS = 0.005
SCALES = [[0, 2, 4, 5, 7, 9, 11], [0, 2, 3, 5, 7, 8, 10], [0, 2, 4, 7, 9], [0, 3, 5, 7, 10]]
NOTE_SECS = (0.18, 0.9)
STRETCH = (1.5, 3.0)
GLIDE_SECS = 0.06
VIBRATO_HZ, VIBRATO_CENTS = (4.5, 6.5), (0, 45)
PEAK = 0.7


def melody(random, count, base_hz):
    """Pitch of each frame: notes of a scale, mostly in small steps, within an octave of the speaker."""
    scale = SCALES[random.integers(len(SCALES))]
    step, pitches = 0, []
    while sum(map(len, pitches)) < count:
        step = int(numpy.clip(step + random.integers(-2, 3), -3, 5))
        semitones = 12 * (step // len(scale)) + scale[step % len(scale)]
        frames = int(random.uniform(*NOTE_SECS) / FRAME_SECS)
        times = numpy.arange(frames) * FRAME_SECS
        vibrato = random.uniform(*VIBRATO_CENTS) * numpy.clip(times / 0.4, 0, 1) / 100
        wave = numpy.sin(2 * numpy.pi * random.uniform(*VIBRATO_HZ) * times)
        pitches.append(semitones + vibrato * wave)
    track = numpy.concatenate(pitches)[:count]
    glide = max(1, int(GLIDE_SECS / FRAME_SECS))
    padded = numpy.pad(track, (glide - 1, 0), mode="edge")
    return base_hz * 2 ** (numpy.convolve(padded, numpy.ones(glide) / glide, "valid") / 12)


def held(random, pitch, envelope):
    """Which frame of the speech sounds in each frame of the song: voiced ones are held, with a little jitter."""
    power = numpy.log(envelope.sum(axis=1) + 1e-12)
    loud = (pitch > 0) & (power > numpy.median(power))
    places = numpy.cumsum(numpy.where(loud, random.uniform(*STRETCH), 1.0))
    frames = numpy.searchsorted(places, numpy.arange(int(places[-1])))
    jitter = numpy.where(loud[frames], random.integers(-2, 3, len(frames)), 0)
    return numpy.clip(frames + jitter, 0, len(pitch) - 1)


def sing(random, speech, rate):
    pitch, times = pyworld.dio(speech, rate, frame_period=1000 * FRAME_SECS)
    pitch = pyworld.stonemask(speech, pitch, times, rate)
    if (pitch > 0).sum() * FRAME_SECS < 1:
        return None
    envelope = pyworld.cheaptrick(speech, pitch, times, rate)
    noise = pyworld.d4c(speech, pitch, times, rate)
    frames = held(random, pitch, envelope)
    base_hz = numpy.median(pitch[pitch > 0]) * 2 ** random.uniform(-1 / 6, 1 / 2)
    sung = numpy.where(pitch[frames] > 0, melody(random, len(frames), base_hz), 0.0)
    sound = pyworld.synthesize(sung, envelope[frames], noise[frames], rate, 1000 * FRAME_SECS)
    return PEAK * sound / max(1e-9, numpy.abs(sound).max())


def main(out, *folders):
    for folder in map(pathlib.Path, folders):
        singer = pathlib.Path(out) / folder.name
        singer.mkdir(parents=True, exist_ok=True)
        for path in sorted(path for path in folder.iterdir() if path.suffix in (".flac", ".wav")):
            speech, rate = soundfile.read(path, always_2d=True)
            random = numpy.random.default_rng(zlib.crc32(f"{folder.name}/{path.name}".encode()))
            song = sing(random, numpy.ascontiguousarray(speech.mean(axis=1)), rate)
            if song is None:
                print(f"{path}: hardly anything voiced in it", file=sys.stderr)
            else:
                soundfile.write(singer / f"{path.stem}.wav", song, rate, subtype="PCM_16")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
