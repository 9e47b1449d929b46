#!/usr/bin/env python3
"""One tile of the shipped networks on this project's kernels, PyTorch and onnxruntime, in turn, on this machine.

    pip install torch onnx onnxruntime      (what is missing is left out)
    scripts/bench_networks.py [--runs 9]    prints the README's table

The networks are written out once more in PyTorch and checked against tests/goldens/tile.json. In WebAssembly, kernels and
onnxruntime-web run in Node, on one thread. Needs npm, Node and what `make build` needs. Only an idle machine gives figures.
"""

import argparse
import json
import math
import os
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "model-weights"
TILE = 512
ORT_WEB = "onnxruntime-web@1.30.0"

CRATE = """[package]
name = "tile"
version = "0.0.0"
edition = "2024"
[lib]
crate-type = ["cdylib"]
[dependencies]
deepmelody = {{ path = "{root}", default-features = false }}
[profile.release]
lto = "thin"
[workspace]
"""

LIBRARY = """
use deepmelody::{kernels::{Network, Workspace}, model::ModelCard};
static mut NETWORK: Option<(Network, Workspace)> = None;
static mut OUT: Vec<f32> = Vec::new();
#[unsafe(no_mangle)]
pub extern "C" fn alloc(bytes: usize) -> *mut u8 {
    Box::leak(vec![0_u64; bytes / 8 + 1].into_boxed_slice()).as_mut_ptr().cast()
}
#[unsafe(no_mangle)]
pub unsafe extern "C" fn load(card: *const u8, card_len: usize, weights: *const u8, weights_len: usize) {
    let card = unsafe { std::slice::from_raw_parts(card, card_len) };
    let weights = unsafe { std::slice::from_raw_parts(weights, weights_len) };
    let card = ModelCard::from_json(std::str::from_utf8(card).unwrap()).unwrap();
    let network = Network::load(&card, weights.to_vec()).unwrap();
    let workspace = network.workspace(512);
    unsafe { NETWORK = Some((network, workspace)) };
}
#[unsafe(no_mangle)]
#[allow(static_mut_refs)]
pub unsafe extern "C" fn run(tile: *const f32) -> *const f32 {
    unsafe {
        let (network, workspace) = NETWORK.as_mut().unwrap();
        OUT = network.run(std::slice::from_raw_parts(tile, 512 * 512), workspace);
        OUT.as_ptr()
    }
}
"""

# Both in turn; prints {engine: [milliseconds]} and the largest differences.
NODE = """
import fs from 'fs';
import * as ort from 'onnxruntime-web';
const [wasm, model, card, weights, tile, runs] = process.argv.slice(2);
ort.env.wasm.numThreads = 1;
const x = new Float32Array(new Uint8Array(fs.readFileSync(tile)).buffer);
const session = await ort.InferenceSession.create(fs.readFileSync(model), {executionProviders: ['wasm']});
const onnx = async () => (await session.run({x: new ort.Tensor('float32', x, [1, 1, 512, 512])})).masks.data;
const {instance: {exports: e}} = await WebAssembly.instantiate(fs.readFileSync(wasm), {});
const put = (bytes) => {
  const at = e.alloc(bytes.length);
  new Uint8Array(e.memory.buffer, at, bytes.length).set(bytes);
  return [at, bytes.length];
};
e.load(...put(fs.readFileSync(card)), ...put(fs.readFileSync(weights)));
const [at] = put(new Uint8Array(x.buffer));
const ours = async () => {
  const masks = e.run(at); // First: the buffer is another one once the memory has grown.
  return new Float32Array(e.memory.buffer, masks, 5 * 512 * 512);
};
const [a, b] = [await onnx(), Float32Array.from(await ours())];
const times = {onnx: [], ours: []};
for (let i = 0; i < Number(runs); i++) {
  for (const [name, run] of [['onnx', onnx], ['ours', ours]]) {
    const begun = performance.now();
    await run();
    times[name].push(performance.now() - begun);
  }
}
console.log(JSON.stringify({...times, worst: a.reduce((worst, v, i) => Math.max(worst, Math.abs(v - b[i])), 0)}));
process.exit(0);
"""


def weights():
    data = (MODEL / "deepmelody.safetensors").read_bytes()
    size = int.from_bytes(data[:8], "little")
    types = {"F16": np.float16, "F32": np.float32, "I8": np.int8}
    found = {}
    for name, entry in json.loads(data[8 : 8 + size]).items():
        if name != "__metadata__":
            start, end = (8 + size + at for at in entry["data_offsets"])
            values = np.frombuffer(data[start:end], types[entry["dtype"]]).reshape(entry["shape"])
            found[name] = torch.from_numpy(values.astype(np.float32))
    for name in [name for name in found if f"{name}.scale" in found]:
        found[name] *= found.pop(f"{name}.scale")[:, None, None, None]
    return found


def mel_filters(bands, bins=512, sample_rate=10_880, window=1_022):
    """Triangles over the mel scale, as src/dsp/mel.rs has them; [bins, bands]."""
    mel = lambda hz: 2595 * math.log10(1 + hz / 700)
    hertz = lambda mel: 700 * (10 ** (mel / 2595) - 1)
    low, high = mel(30.0), mel(sample_rate / 2)
    edges = [hertz(low + (high - low) * at / (bands + 1)) for at in range(bands + 2)]
    bin_hz = sample_rate / window
    filters = np.zeros((bins, bands), np.float32)
    for band in range(bands):
        half = max((edges[band + 2] - edges[band]) / 2, bin_hz)
        heights = np.maximum(1 - np.abs(np.arange(bins) * bin_hz - edges[band + 1]) / half, 0)
        filters[:, band] = heights / heights.sum()
    return torch.from_numpy(filters)


class Networks(nn.Module):
    """Separator and detector, as src/model has them."""

    def __init__(self, tensors, card):
        super().__init__()
        self.tensors = tensors
        self.depth = len(card["architecture"]["channels"]) - 1
        source = (ROOT / "src/dsp/features.rs").read_text()
        self.floor = float(re.search(r"MAGNITUDE_FLOOR[^=]*=\s*([0-9e._\-]+)", source).group(1).replace("_", ""))
        self.mel = mel_filters(card["detector"]["bands"])

    def convolution(self, x, name, pad=0):
        weight, bias = (self.tensors[f"{name}.layer.{part}"] for part in ("weight", "bias"))
        return F.conv2d(x, weight, bias, padding=pad)

    def linear(self, x, name):
        return torch.matmul(x, self.tensors[f"{name}.weight"]) + self.tensors[f"{name}.bias"]

    def block(self, x, name):
        x = F.relu(self.convolution(x, f"{name}.first", 1))
        x = F.relu(self.convolution(x, f"{name}.second", 1))
        hidden = F.relu(self.linear(x, f"{name}.frequency.narrow"))
        return x + self.linear(hidden, f"{name}.frequency.widen")

    def separate(self, x):
        x, skips = F.pixel_unshuffle(x, 2), []
        for level in range(self.depth):
            x = self.block(x, f"separator.contracting.{level}")
            skips.append(x)
            x = F.max_pool2d(x, 2)
        x = self.block(x, "separator.bottom")
        for index, skip in enumerate(reversed(skips)):
            x = F.pixel_shuffle(self.convolution(x, f"separator.doublings.{index}.spread"), 2)
            x = self.block(torch.cat([skip, x], 1), f"separator.expanding.{index}")
        return torch.softmax(F.pixel_shuffle(self.convolution(x, "separator.last"), 2), 1)

    def detect(self, x, masks):
        mixture = torch.exp((2 * x - 1) * math.log(10)) - self.floor
        mel = torch.matmul(torch.cat([mixture, masks * mixture], 1), self.mel)
        x = F.pixel_unshuffle((torch.log(mel + self.floor) / math.log(10) + 1) / 2, 2)
        for index, pool in enumerate([(2, 2), (1, 2), None]):
            x = self.block(x, f"detector.blocks.{index}")
            x = F.max_pool2d(x, pool) if pool else x
        x = F.relu((torch.cat([x, x], 1) * self.tensors["detector.templates"]).sum(3, keepdim=True))
        x = F.relu(self.convolution(x, "detector.mix"))
        mean = x.mean(2, keepdim=True).expand(x.shape)
        x = F.relu(self.convolution(torch.cat([x, mean], 1), "detector.context"))
        weight, bias = (self.tensors[f"detector.movement.{part}"] for part in ("weight", "bias"))
        x = x + F.relu(F.conv1d(x.squeeze(3), weight, bias, padding=2)).unsqueeze(3)
        return self.convolution(x, "detector.last").squeeze(3)

    def forward(self, x):
        masks = self.separate(x)
        return masks, self.detect(x, masks)


def tile():
    """The golden tile's log magnitudes, as src/kernels/tests.rs makes them."""
    frame, bin = np.arange(TILE, dtype=np.float32)[:, None], np.arange(TILE, dtype=np.float32)[None]
    partials = np.maximum(np.sin(bin * np.float32(0.21) + np.sin(frame * np.float32(0.013)) * 3), 0)
    return (-0.9 + 1.4 * partials * (1 - (frame % 64) / 80) / (1 + bin / 200)).astype(np.float32)


def check(masks, logits):
    golden = json.loads((ROOT / "tests/goldens/tile.json").read_text())
    for name, values in [("masks", masks.ravel()), ("activity_logits", np.repeat(logits, 4, 2).ravel())]:
        step = len(values) // 200
        found, expected = values[step // 2 :: step][:200], np.array(golden[name])[:200]
        worst = np.abs(found - expected).max()
        assert worst < 2e-3, f"{name} differ from the golden ones by {worst}"


def milliseconds(run, runs):
    run()
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        run()
        times.append((time.perf_counter() - begun) * 1e3)
    return times


def native(networks, x, model, threads, runs):
    """{engine: median}; a round of each in turn."""
    torch.set_num_threads(threads)
    channels_last = x.to(memory_format=torch.channels_last)
    engines = {"PyTorch": lambda: networks(channels_last)}
    try:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        engines["onnxruntime"] = lambda: session.run(None, {"x": x.numpy()})
    except ImportError:
        pass
    times = {name: [] for name in engines}
    for _ in range(runs):
        for name, run in engines.items():
            times[name] += milliseconds(run, 1)
    return {name: statistics.median(of) for name, of in times.items()}


def kernels():
    """Medians of `cargo bench`: one tile on one thread, and half the time of two tiles on two threads."""
    command = ["cargo", "bench", "--locked", "--bench", "dsp", "--", "tile_on_kernels"]
    text = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    rows = re.findall(r"─ ([12]) +[\d.]+ \w+ +│ [\d.]+ \w+ +│ ([\d.]+) (\w+)", text)
    found = {int(threads): float(value) * {"ms": 1, "s": 1e3}[unit] for threads, value, unit in rows}
    return {threads: value / threads for threads, value in found.items()}


def in_wasm(folder, model, runs):
    crate = folder / "tile"
    (crate / "src").mkdir(parents=True)
    (crate / "Cargo.toml").write_text(CRATE.format(root=ROOT))
    (crate / "src/lib.rs").write_text(LIBRARY)
    environment = {**os.environ, "CARGO_TARGET_DIR": str(folder / "target"), "RUSTFLAGS": "-C target-feature=+simd128"}
    build = [ROOT / "scripts/wasm-env.sh", "cargo", "build", "--release", "--target", "wasm32-unknown-unknown"]
    subprocess.run(build, cwd=crate, env=environment, check=True)
    subprocess.run(["npm", "install", "--no-audit", "--no-fund", ORT_WEB], cwd=folder, check=True)
    (folder / "run.mjs").write_text(NODE)
    tile().tofile(folder / "tile.bin")
    files = [folder / "target/wasm32-unknown-unknown/release/tile.wasm", model]
    files += [MODEL / "deepmelody.json", MODEL / "deepmelody.safetensors", folder / "tile.bin", str(runs)]
    text = subprocess.run(["node", "run.mjs", *files], cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(text.strip().splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    card = json.loads((MODEL / "deepmelody.json").read_text())
    networks, x = Networks(weights(), card).eval(), torch.from_numpy(tile())[None, None]
    with torch.inference_mode(), tempfile.TemporaryDirectory() as folder:
        masks, logits = networks(x)
        check(masks.numpy(), logits.numpy())
        model = Path(folder) / "networks.onnx"
        names = {"input_names": ["x"], "output_names": ["masks", "logits"], "dynamo": False}
        torch.onnx.export(networks, (x,), str(model), opset_version=17, **names)
        ours, web = kernels(), in_wasm(Path(folder), model, runs)
        others = {threads: native(networks, x, model, threads, runs) for threads in (1, 2)}
    assert web["worst"] < 2e-3, web["worst"]
    print("| one tile, milliseconds | 1 thread | 2 threads | WebAssembly, 1 thread |")
    print("|---|---|---|---|")
    wasm = {"PyTorch": None, "onnxruntime": statistics.median(web["onnx"])}
    print(f"| this project | {ours[1]:.0f} | {ours[2]:.0f} | {statistics.median(web['ours']):.0f} |")
    for name in others[1]:
        in_browser = f"{wasm[name]:.0f}" if wasm[name] else ""
        print(f"| {name} | {others[1][name]:.0f} | {others[2][name]:.0f} | {in_browser} |")


if __name__ == "__main__":
    main()
