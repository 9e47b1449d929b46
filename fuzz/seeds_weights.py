#!/usr/bin/env python3
"""Makes fuzz/seeds/weights/small.safetensors: the small network of targets/weights.rs, every weight 0.25, in 16 bits."""

import json
import math
import pathlib
import struct


def convolution(name, outputs, inputs, side):
    return {f"{name}.layer.weight": [outputs, inputs, side, side], f"{name}.layer.bias": [outputs]}


def block(name, inputs, bins):
    shapes = convolution(f"{name}.first", 1, inputs, 3) | convolution(f"{name}.second", 1, 1, 3)
    for layer, sizes in {"narrow": [bins, bins // 2], "widen": [bins // 2, bins]}.items():
        shapes |= {f"{name}.frequency.{layer}.weight": sizes, f"{name}.frequency.{layer}.bias": sizes[1:]}
    return shapes


shapes = block("contracting.0", 1, 4) | block("bottom", 1, 2) | block("expanding.0", 2, 4)
shapes |= convolution("doublings.0.spread", 4, 1, 1) | convolution("last", 5, 1, 1)
header, end = {}, 0
for name, shape in sorted(shapes.items()):
    start, end = end, end + 2 * math.prod(shape)
    header[name] = {"dtype": "F16", "shape": shape, "data_offsets": [start, end]}
text = json.dumps(header, separators=(",", ":")).encode()
text += b" " * (-len(text) % 8)
folder = pathlib.Path(__file__).parent / "seeds" / "weights"
folder.mkdir(exist_ok=True)
(folder / "small.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + struct.pack("<e", 0.25) * (end // 2))
