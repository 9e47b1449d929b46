"""Writes librosa.json: what librosa makes of signals that tests/librosa.rs makes again, sample for sample.

Run once, with librosa 0.11:  python tests/goldens/make_goldens.py > tests/goldens/librosa.json
"""

import json

import librosa
import numpy as np

WINDOW_LENGTH, HOP_LENGTH = 1022, 512
BIN_STEP = 13  # Keeps the file small: 0, 13, ... 507.

# (length, amplitude as a power of two) of each stretch.
SIGNALS = {
    "bursts": [(7000, -1), (9000, -14), (6001, -3), (700, -20), (12000, -2), (9000, -10), (8000, -12), (4000, -2), (4300, -30)],
    "starts_and_ends_silent": [(5000, None), (3000, -4), (5555, None)],
    "quiet": [(4000, -8), (6000, -16), (4000, -8)],
    "silent": [(3000, None)],
    "one_hop": [(512, -1)],
    "short": [(100, -1)],
    "one_sample": [(1, 0)],
}


def noise(stretches):
    """White noise from integers alone, so that any language makes the same."""
    state, samples = 1, []
    for length, power in stretches:
        scale = 0.0 if power is None else 2.0**power
        for _ in range(length):
            state = (state * 1664525 + 1013904223) % 2**32
            samples.append(((state >> 16) - 32768) / 32768 * scale)
    return np.array(samples, dtype=np.float32)


def describe(stretches):
    samples = noise(stretches)
    return {
        "stretches": stretches,
        "rms": [float(f"{rms:.7g}") for rms in librosa.feature.rms(y=samples)[0]],
        "split": {top_db: librosa.effects.split(samples, top_db=top_db).tolist() for top_db in (60, 40, 20)},
    }


def spectra():
    stretches = [(1500, -1), (801, -4)]
    spectrogram = librosa.stft(
        noise(stretches),
        n_fft=WINDOW_LENGTH,
        hop_length=HOP_LENGTH,
        window="hann",
        center=True,
        pad_mode="constant",
    )
    kept = spectrogram[::BIN_STEP].T
    rounded = [[[float(f"{part:.7g}") for part in (bin.real, bin.imag)] for bin in frame] for frame in kept]
    return {"stretches": stretches, "bin_step": BIN_STEP, "frames": rounded}


if __name__ == "__main__":
    print("{")
    print(f'"librosa": {json.dumps(librosa.__version__)},')
    print(f'"stft": {json.dumps(spectra())},')
    rows = [f"{json.dumps(name)}: {json.dumps(describe(stretches))}" for name, stretches in SIGNALS.items()]
    print('"signals": {\n' + ",\n".join(rows) + "\n}\n}")
