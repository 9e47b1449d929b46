"""Writes tests/goldens/metrics.json: the results of other implementations on signals, activities and prominences that tests/metrics.rs
holds against our own scores.

Run once:  pip install fast_bss_eval==0.1.4 scikit-learn numpy && python scripts/metrics_goldens.py
SI-SDR is fast_bss_eval's; SDR, precision, recall, F1, mean errors, cosines and nDCG are scikit-learn's; the oracle mask
is computed with numpy's FFT.
"""

import json
from pathlib import Path

import fast_bss_eval.numpy as fast_bss_eval
import numpy as np
from sklearn.metrics import mean_absolute_error, mean_squared_error, ndcg_score, precision_recall_fscore_support
from sklearn.metrics.pairwise import cosine_similarity, euclidean_distances

WINDOW_LENGTH, HOP_LENGTH, TOP = 1022, 512, 10


def noise(seed, length, smooth):
    """Noise from integer arithmetic, the same in any language; a running mean over `smooth` samples."""
    state, samples = seed, []
    for _ in range(length):
        state = (state * 1664525 + 1013904223) % 2**32
        samples.append(((state >> 16) - 32768) / 32768)
    padded = np.concatenate([np.zeros(smooth - 1), samples])
    return np.convolve(padded, np.ones(smooth) / smooth, mode="valid")


def si_sdr(estimate, reference):
    return float(fast_bss_eval.si_sdr(reference[None], estimate[None], return_perm=False)[0])


def sdr(estimate, reference):
    silence = np.zeros_like(reference)
    return 10 * np.log10(mean_squared_error(reference, silence) / mean_squared_error(reference, estimate))


def stft(samples):
    window = np.hanning(WINDOW_LENGTH + 1)[:-1]
    padded = np.pad(samples, WINDOW_LENGTH)
    starts = range(WINDOW_LENGTH // 2, len(padded) - WINDOW_LENGTH, HOP_LENGTH)
    return np.array([np.fft.rfft(window * padded[start : start + WINDOW_LENGTH]) for start in starts])


def istft(spectra, length):
    window = np.hanning(WINDOW_LENGTH + 1)[:-1]
    total, weight = np.zeros(length + 4 * WINDOW_LENGTH), np.zeros(length + 4 * WINDOW_LENGTH)
    for frame, spectrum in enumerate(spectra):
        start = WINDOW_LENGTH // 2 + frame * HOP_LENGTH
        total[start : start + WINDOW_LENGTH] += window * np.fft.irfft(spectrum, WINDOW_LENGTH)
        weight[start : start + WINDOW_LENGTH] += window**2
    inside = slice(WINDOW_LENGTH, WINDOW_LENGTH + length)
    return total[inside] / weight[inside]


def separation():
    length = 6000
    stems = [noise(seed + 1, length, 1 + 3 * seed) * (1.0, 0.8, 1.5, 0.6, 1.2)[seed] for seed in range(5)]
    mixture = np.sum(stems, axis=0)
    magnitudes = np.abs([stft(stem) for stem in stems])
    masks = magnitudes / magnitudes.sum(axis=0)
    rows = []
    for source, stem in enumerate(stems):
        estimate = 0.7 * stem + 0.2 * stems[(source + 1) % 5]
        oracle = istft(masks[source] * stft(mixture), length)
        row = {"si_sdr_db": si_sdr(estimate, stem), "sdr_db": sdr(estimate, stem)}
        row |= {"mixture_si_sdr_db": si_sdr(mixture, stem), "mixture_sdr_db": sdr(mixture, stem)}
        row |= {"oracle_si_sdr_db": si_sdr(oracle, stem), "oracle_sdr_db": sdr(oracle, stem)}
        rows.append(row)
    return {"length": length, "rows": rows}


def activity(random):
    songs, frames = 14, 40
    truth = (random.random((songs, frames, 5)) < random.random((songs, 1, 5))).astype(int)
    flips = random.random(truth.shape) < 0.2
    estimate = np.where(flips, 1 - truth, truth)
    scores = precision_recall_fscore_support(
        truth.reshape(-1, 5), estimate.reshape(-1, 5), average=None
    )
    shares = [truth.mean(axis=1), estimate.mean(axis=1)]
    errors = 100 * mean_absolute_error(*shares, multioutput="raw_values")
    return {
        "truth": truth.tolist(),
        "estimate": estimate.tolist(),
        "precision": scores[0].tolist(),
        "recall": scores[1].tolist(),
        "f1": scores[2].tolist(),
        "error_points": errors.tolist(),
    }


def order(prominences, song, source):
    """The other songs, most similar first."""
    if source is None:
        likeness = cosine_similarity(prominences)[song]
    else:
        likeness = -euclidean_distances(prominences[:, [source]])[song]
    likeness[song] = -np.inf
    return np.argsort(-likeness, kind="stable")[:-1]


def agreement(estimate, truth, source):
    overlaps, gains = [], []
    for song in range(len(truth)):
        got, ideal = order(estimate, song, source), order(truth, song, source)
        overlaps.append(len(set(got[:TOP]) & set(ideal[:TOP])) / TOP)
        worth, score = np.zeros(len(truth)), np.zeros(len(truth))
        worth[ideal[:TOP]] = np.arange(TOP, 0, -1)
        score[got] = np.arange(len(got), 0, -1)
        gains.append(ndcg_score([worth], [score], k=TOP))
    return [float(np.mean(overlaps)), float(np.mean(gains))]


def rankings(random):
    truth = np.round(random.random((25, 5)), 4)
    estimate = np.round(np.clip(truth + 0.2 * random.standard_normal(truth.shape), 0.01, 0.99), 4)
    return {
        "truth": truth.tolist(),
        "estimate": estimate.tolist(),
        "all": agreement(estimate, truth, None),
        "sources": [agreement(estimate, truth, source) for source in range(5)],
    }


if __name__ == "__main__":
    random = np.random.default_rng(7)
    goldens = {"separation": separation(), "activity": activity(random), "rankings": rankings(random)}
    path = Path(__file__).parents[1] / "tests/goldens/metrics.json"
    path.write_text(json.dumps(goldens) + "\n")
