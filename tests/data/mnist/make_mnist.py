"""Writes the files beside it: IDX files made by numpy, and what numpy says of splits, orders, scales.

Pixel [i, y, x] of the training images is (31 i + 7 y + 3 x) mod 256, its label 3 i mod 10; test image
i goes on where the training images end.
"""

import gzip
import json
import pathlib
import struct

import numpy as np

here = pathlib.Path(__file__).parent
TRAIN, TEST = 20, 5


def images(first, count):
    i, y, x = np.meshgrid(np.arange(first, first + count), np.arange(28), np.arange(28), indexing="ij")
    return ((31 * i + 7 * y + 3 * x) % 256).astype(np.uint8)


def labels(first, count):
    return ((3 * np.arange(first, first + count)) % 10).astype(np.uint8)


def write(name, array, packed):
    head = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    data = head + array.tobytes()
    if packed:
        (here / (name + ".gz")).write_bytes(gzip.compress(data, mtime=0))
    else:
        (here / name).write_bytes(data)


def held_out(count):
    mask = np.random.RandomState(0xC1CAFA52).rand(count) > 0.2
    out = np.flatnonzero(~mask)
    return {"count": count, "held_out": len(out), "first": out[:200].tolist(), "sum": int(out.sum())}


write("train-images-idx3-ubyte", images(0, TRAIN), True)
write("train-labels-idx1-ubyte", labels(0, TRAIN), True)
write("t10k-images-idx3-ubyte", images(TRAIN, TEST), True)
write("t10k-labels-idx1-ubyte", labels(TRAIN, TEST), False)
train = images(0, TRAIN).astype(np.float64)
facts = {
    "split": [held_out(count) for count in (20, 50000, 60000)],
    "order": {p: np.random.RandomState(p).permutation(784).tolist() for p in (1, 2, 10)},
    "mean": train.mean(),
    "deviation": train.std(ddof=1),
}
(here / "numpy.json").write_text(json.dumps(facts) + "\n")
