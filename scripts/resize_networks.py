#!/usr/bin/env python3
"""Changes the sizes of networks that `deepmelody unpack` wrote, for `deepmelody train --from` to fine-tune.

The separator's deepest level loses the channels that matter least: the root mean square of what is in them over some songs,
times the norm of the weights that hear them. The detector gains channels: what was there computes what it computed, and
nothing listens to the new ones yet.

    scripts/resize_networks.py RUNS OUT --songs songs/train --deepest 256 --detector 48,88,112 --hidden 80

Needs PyPI's torch, safetensors and soundfile.
"""

import argparse
import json
import pathlib
import shutil

import numpy as np
import soundfile
import torch
import torch.nn.functional as functional
from safetensors.numpy import load_file, save_file

BOTTOM = ["bottom.first", "bottom.second", "doublings.0.spread"]

# The same as in src/dsp
HOP_LENGTH, WINDOW_LENGTH, TARGET_RMS, FRAMES = 512, 1022, 0.1, 512

# Songs to measure the importance of channels on
SONGS = 30


def load(run):
    weights = load_file(run / "model.safetensors")
    return {name: value.astype(np.float32) for name, value in weights.items()}


def save(source, target, weights, change):
    """Writes a copy of the run `source` with other weights; `change` adapts its settings."""
    target.mkdir(parents=True)
    weights = {name: np.ascontiguousarray(value, dtype=np.float16) for name, value in weights.items()}
    save_file(weights, target / "model.safetensors")
    config = json.loads((source / "config.json").read_text())
    change(config)
    (target / "config.json").write_text(json.dumps(config, indent=2))
    for name in ["progress.json", "data.json"]:
        shutil.copy(source / name, target / name)


def hear(song):
    """Normalised log magnitudes of a song's first tile, `[1, 1, frames, bins]`."""
    samples = torch.tensor(soundfile.read(song / "mix.wav", dtype="float32")[0])
    samples *= TARGET_RMS / samples.square().mean().sqrt().clamp(min=1e-6)
    window = torch.hann_window(WINDOW_LENGTH)
    spectrum = torch.stft(samples, WINDOW_LENGTH, HOP_LENGTH, window=window, pad_mode="constant", return_complex=True)
    magnitudes = spectrum.abs().T[:FRAMES]
    return (((magnitudes + 1e-3).log10() + 1) / 2)[None, None]


def bottom_activations(tensors, features):
    """Activations of the deepest level, after each of its convolutions."""

    def convolution(name, features):
        kernel = tensors[f"{name}.layer.weight"]
        return functional.relu(functional.conv2d(features, kernel, tensors[f"{name}.layer.bias"], padding=1))

    def along_frequency(block, features):
        def linear(name, features):
            return features @ tensors[f"{block}.frequency.{name}.weight"] + tensors[f"{block}.frequency.{name}.bias"]

        return features + linear("widen", functional.relu(linear("narrow", features)))

    features = functional.pixel_unshuffle(features, 2)
    level = 0
    while f"contracting.{level}.first.layer.weight" in tensors:
        block = f"contracting.{level}"
        features = convolution(f"{block}.second", convolution(f"{block}.first", features))
        features = functional.max_pool2d(along_frequency(block, features), 2)
        level += 1
    first = convolution(BOTTOM[0], features)
    return first, convolution(BOTTOM[1], first)


def narrow_bottom(weights, channels, songs):
    """The separator with fewer channels at its deepest level: those with the most energy in `songs`."""
    tensors = {name: torch.tensor(value) for name, value in weights.items()}
    powers = [0, 0]
    with torch.no_grad():
        for song in songs:
            activations = bottom_activations(tensors, hear(song))
            powers = [power + values.square().sum((0, 2, 3)).numpy() for power, values in zip(powers, activations)]
    weights = dict(weights)
    for before, after, power in zip(BOTTOM, BOTTOM[1:], powers):
        made, heard = f"{before}.layer.weight", f"{after}.layer.weight"
        matter = power * (weights[heard] ** 2).sum((0, 2, 3))
        kept = np.sort(np.argsort(matter)[-channels:])
        print(f"{before}: {matter[kept].sum() / matter.sum():.1%} of its energy kept")
        weights[made] = weights[made][kept]
        weights[f"{before}.layer.bias"] = weights[f"{before}.layer.bias"][kept]
        weights[heard] = weights[heard][:, kept]
    return weights


def grow(weight, outputs, inputs, places, random):
    """`weight` with new outputs, initialised at random (He et al. 2015); old outputs ignore new inputs."""
    fan_in = inputs * int(np.prod(weight.shape[2:]))
    grown = random.normal(0, np.sqrt(2 / fan_in), (outputs, inputs, *weight.shape[2:])).astype(np.float32)
    grown[: len(weight)] = 0
    grown[: len(weight), places] = weight
    return grown


def widen_detector(weights, channels, hidden, random):
    """The detector with more channels in its blocks and after them."""
    weights = dict(weights)

    def widen(layer, outputs, inputs, places):
        weight, bias = f"{layer}.weight", f"{layer}.bias"
        weights[weight] = grow(weights[weight], outputs, inputs, places, random)
        weights[bias] = np.pad(weights[bias], (0, outputs - len(weights[bias])))

    old = [len(weights[f"blocks.{block}.first.layer.bias"]) for block in range(3)]
    old_hidden = len(weights["mix.layer.bias"])
    inputs = weights["blocks.0.first.layer.weight"].shape[1]
    places = np.arange(inputs)
    for block, outputs in enumerate(channels):
        for layer in ["first", "second"]:
            widen(f"blocks.{block}.{layer}.layer", outputs, inputs, places)
            inputs, places = outputs, np.arange(old[block])
    # Two weighted sums over the rows for each channel.
    twice = np.concatenate([np.arange(old[2]), channels[2] + np.arange(old[2])])
    templates = random.normal(0, 0.1, (1, 2 * channels[2], *weights["templates"].shape[2:])).astype(np.float32)
    templates[:, twice] = weights["templates"]
    weights["templates"] = templates
    widen("mix.layer", hidden, 2 * channels[2], twice)
    both = np.concatenate([np.arange(old_hidden), hidden + np.arange(old_hidden)])
    widen("context.layer", hidden, 2 * hidden, both)
    widen("movement", hidden, hidden, np.arange(old_hidden))
    widen("last.layer", len(weights["last.layer.bias"]), hidden, np.arange(old_hidden))
    return weights


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("runs", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--songs", type=pathlib.Path, required=True)
    parser.add_argument("--deepest", type=int, required=True)
    parser.add_argument("--detector", type=lambda text: [int(word) for word in text.split(",")], required=True)
    parser.add_argument("--hidden", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    random = np.random.default_rng(arguments.seed)

    songs = sorted(arguments.songs.glob("Track*"))[:SONGS]
    separator = narrow_bottom(load(arguments.runs / "separator"), arguments.deepest, songs)
    both = load(arguments.runs / "detector")
    prefix = "detector."
    detector = {name.removeprefix(prefix): value for name, value in both.items() if name.startswith(prefix)}
    detector = widen_detector(detector, arguments.detector, arguments.hidden, random)

    def of_separator(config):
        config["network"]["channels"][-1] = arguments.deepest

    def of_detector(config):
        of_separator(config)
        config["detector"] |= {"channels": arguments.detector, "hidden": arguments.hidden}

    save(arguments.runs / "separator", arguments.out / "separator", separator, of_separator)
    networks = {f"separator.{name}": value for name, value in separator.items()}
    networks |= {prefix + name: value for name, value in detector.items()}
    save(arguments.runs / "detector", arguments.out / "detector", networks, of_detector)
    size = sum(value.size for value in networks.values())
    print(f"{size:,} weights, {2 * size:,} bytes: {arguments.out}")


if __name__ == "__main__":
    main()
