"""Writes beats.json: where librosa's beat tracker has the beats of signals that tests/librosa.rs makes again.

Run once, with librosa 0.11:  python tests/goldens/make_beats.py > tests/goldens/beats.json
"""

import json

import librosa
import numpy as np

SAMPLE_RATE, HOP_LENGTH, WINDOW_LENGTH = 10880, 128, 512

# First and last tempo in beats a minute; then, for each eighth of a bar of four beats, how loud it is struck.
SONGS = {
    "rock": (120, 120, [8, 2, 6, 2, 8, 2, 6, 2]),
    "ballad": (76, 76, [8, 1, 5, 1, 7, 1, 5, 1]),
    "fast": (160, 160, [8, 0, 6, 0, 8, 0, 6, 0]),
    "quarters": (100, 100, [8, 0, 8, 0, 8, 0, 8, 0]),
    "slowing down": (132, 124, [8, 2, 6, 2, 8, 2, 6, 2]),
    "odd tempo": (113.7, 113.7, [8, 2, 5, 3, 7, 2, 6, 2]),
    "first beats": (88, 88, [8, 0, 3, 0, 5, 0, 3, 0]),
    "busy": (140, 140, [8, 3, 6, 3, 8, 3, 6, 4]),
}
SECONDS = 30


def signal(first, last, levels):
    """Bursts of noise from integers, a little hiss between them."""
    state, samples = 1, []
    for _ in range(SECONDS * SAMPLE_RATE):
        state = (state * 1664525 + 1013904223) % 2**32
        samples.append(((state >> 16) - 32768) / 32768)
    noise = np.array(samples)
    gain = np.full(len(noise), 0.001)
    at, strike = 0.25, 0
    while at < SECONDS - 0.2:
        tempo = first + (last - first) * at / SECONDS
        level = levels[strike % len(levels)] / 10
        start = int(at * SAMPLE_RATE)
        length = 800
        gain[start : start + length] += level * (1 - np.arange(length) / length) ** 2
        at += 30 / tempo
        strike += 1
    return (noise * gain).astype(np.float32)


def beats(song):
    envelope = librosa.onset.onset_strength(
        y=signal(*song), sr=SAMPLE_RATE, hop_length=HOP_LENGTH, n_fft=WINDOW_LENGTH, n_mels=40, fmax=SAMPLE_RATE / 2
    )
    tempo, times = librosa.beat.beat_track(
        onset_envelope=envelope, sr=SAMPLE_RATE, hop_length=HOP_LENGTH, trim=False, units="time"
    )
    return {"song": song, "bpm": round(float(np.atleast_1d(tempo)[0]), 2), "beats_secs": [round(float(t), 3) for t in times]}


if __name__ == "__main__":
    rows = [f"{json.dumps(name)}: {json.dumps(beats(song))}" for name, song in SONGS.items()]
    print(f'{{\n"librosa": {json.dumps(librosa.__version__)},\n"songs": {{\n' + ",\n".join(rows) + "\n}\n}")
