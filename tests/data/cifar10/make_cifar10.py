"""Writes tiny archives of CIFAR-10 beside it, in both versions, and one batch of today's Python.

Pixel [i, c, y, x] is (37 i + 85 c + 5 y + 3 x) mod 256, the label of image i is (7 i + 3) mod 10.
Images 0 .. 9 are in the five training batches, two each, 10 .. 12 in the test batch.
"""

import gzip
import io
import pathlib
import pickle
import struct
import tarfile

import numpy as np

here = pathlib.Path(__file__).parent


class Python2Pickler(pickle._Pickler):
    """Texts and bytes as Python 2 wrote them, which is how the published files are."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_string(self, text):
        data = text.encode() if isinstance(text, str) else text
        if len(data) < 256:
            self.write(pickle.SHORT_BINSTRING + bytes([len(data)]) + data)
        else:
            self.write(pickle.BINSTRING + struct.pack("<i", len(data)) + data)
        self.memoize(text)

    dispatch[str] = save_string
    dispatch[bytes] = save_string


def pixels(numbers):
    i, c, y, x = np.meshgrid(numbers, np.arange(3), np.arange(32), np.arange(32), indexing="ij")
    return ((37 * i + 85 * c + 5 * y + 3 * x) % 256).astype(np.uint8).reshape(len(numbers), 3072)


def label(number):
    return (7 * number + 3) % 10


def batch(numbers):
    return {
        "batch_label": "training batch",
        "labels": [label(i) for i in numbers],
        "data": pixels(numbers),
        "filenames": [f"image_{i}.png" for i in numbers],
    }


def python2(numbers):
    out = io.BytesIO()
    Python2Pickler(out, 2).dump(batch(numbers))
    return out.getvalue()


def binary(numbers):
    return b"".join(bytes([label(i)]) + row.tobytes() for i, row in zip(numbers, pixels(numbers)))


def archive(name, folder, files):
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.GNU_FORMAT) as tar:
        info = tarfile.TarInfo(folder)
        info.type = tarfile.DIRTYPE
        tar.addfile(info)
        for file, data in files:
            info = tarfile.TarInfo(f"{folder}/{file}")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    (here / name).write_bytes(gzip.compress(plain.getvalue(), mtime=0))


train = [(f"data_batch_{k + 1}", [2 * k, 2 * k + 1]) for k in range(5)]
# As in the published archives, not in the order of their numbers.
order = [train[0], train[3], ("test_batch", [10, 11, 12]), train[2], train[1], train[4]]
archive("cifar-10-python.tar.gz", "cifar-10-batches-py",
        [("readme.html", b"<html>")] + [(name, python2(ids)) for name, ids in order])
archive("cifar-10-binary.tar.gz", "cifar-10-batches-bin",
        [("batches.meta.txt", b"airplane\n")] + [(name + ".bin", binary(ids)) for name, ids in order])
for protocol in (2, 5):
    (here / f"python3_protocol{protocol}").write_bytes(pickle.dumps(batch([4, 9]), protocol))
