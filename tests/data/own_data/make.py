"""Writes the files of this folder and those of the plugin's check/ with NumPy and Python alone:
python3 make.py. What a reader must find in them is worked out here by other means than modhost's:
Python's csv module, NumPy's reductions, a PNG writer of ten lines.
"""
import csv
import os
import struct
import zlib

import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
check = os.path.join(here, "../../../plugins/datasets/own_data/check")
random = np.random.default_rng(7)
expected = {}


def standard(x, train, axes):
    mean = x[train].mean(axis=axes, keepdims=True)
    deviation = x[train].std(axis=axes, keepdims=True)
    return (x - mean) / np.where(deviation > 0, deviation, 1)


def flower_table(path, rows=150):
    """Three kinds of flowers whose four measures are normal around other centres."""
    centres = {"setosa": (5.0, 3.4, 1.5, 0.2), "versicolor": (5.9, 2.8, 4.3, 1.3),
               "virginica": (6.6, 3.0, 5.6, 2.0)}
    names = list(centres)
    with open(path, "w", newline="") as file:
        write = csv.writer(file, lineterminator="\n")
        write.writerow(["sepal_length", "sepal_width", "petal_length", "petal_width", "species"])
        for row in range(rows):
            name = names[row % 3]
            at = np.array(centres[name]) + random.normal(0, 0.25, 4)
            write.writerow([f"{value:.3f}" for value in at] + [name])


def messy_table():
    """Byte order mark, CR LF, semicolons, decimal commas, quotes, line breaks, missing cells."""
    colours = ["red", "dark; \"blue\"", "two\nlines", " green "]
    rows = []
    for row in range(24):
        weight = "" if row in (3, 11) else f"{random.normal(10, 3):.2f}".replace(".", ",")
        rows.append([weight, colours[row % 4] if row != 5 else "NA",
                     f"{random.uniform(-1, 1):.4e}".replace(".", ","), ["north", "south"][row % 5 == 0],
                     ["train", "test", "train", "validation"][row % 4 if row > 3 else 0],
                     str(row), ["10", "9", "-2"][row % 3]])
    with open(os.path.join(here, "messy.csv"), "w", newline="", encoding="utf-8-sig") as file:
        write = csv.writer(file, delimiter=";", lineterminator="\r\n")
        write.writerow(["weight", "colour", "größe, cm", "place", "part", "id", "grade"])
        write.writerows(rows)

    with open(os.path.join(here, "messy.csv"), newline="", encoding="utf-8-sig") as file:
        table = list(csv.DictReader(file, delimiter=";"))
    number = lambda text: float(text.replace(",", ".")) if text else np.nan
    weight = np.array([number(row["weight"]) for row in table])
    size = np.array([number(row["größe, cm"]) for row in table])
    train = np.array([row["part"] == "train" for row in table])
    known = sorted({row["colour"].strip() for row in table} - {"NA"})
    one_hot = np.array([[row["colour"].strip() == name for name in known] for row in table], float)
    weight = np.where(np.isnan(weight), np.nanmean(weight[train]), weight)
    at_hand = np.array([bool(row["weight"]) for row in table]) & train
    scaled = (weight - weight[at_hand].mean()) / weight[at_hand].std()
    expected["messy/input"] = np.column_stack(
        [scaled, one_hot, standard(size[:, None], train, 0)[:, 0]]).astype(np.float32)
    grades = sorted({int(row["grade"]) for row in table})
    expected["messy/target"] = np.array([grades.index(int(row["grade"])) for row in table])
    expected["messy/part"] = np.array(
        [["train", "validation", "test"].index(row["part"]) for row in table])
    expected["messy/south"] = np.array([row["place"] == "south" for row in table], np.uint8)


def arrays():
    """Types, layouts and orders that NumPy can save."""
    x = random.normal(3, 2, (40, 5))
    x[:, 4] = 7  # never changes
    split = np.array([0, 0, 0, 1, 2] * 8)
    y = np.array([["b", "a", "ccc"][row % 3] for row in range(40)])
    task = np.array([b"odd", b"even"])[np.arange(40) % 2]
    np.savez(os.path.join(here, "features.npz"), x=np.asfortranarray(x), y=y, split=split, task=task)
    expected["features/input"] = standard(x, split == 0, 0).astype(np.float32)
    expected["features/target"] = np.array([["a", "b", "ccc"].index(name) for name in y])
    expected["features/part"] = split

    images = random.integers(0, 256, (30, 6, 5, 3), dtype=np.uint8)
    labels = np.arange(30, dtype=np.uint8)[:, None] % 4
    np.savez_compressed(os.path.join(here, "images.npz"), train_images=images[:20],
                        train_labels=labels[:20], val_images=images[20:24],
                        val_labels=labels[20:24], test_images=images[24:],
                        test_labels=labels[24:])
    planes = images.transpose(0, 3, 1, 2).astype(float)
    train = np.arange(30) < 20
    expected["images/standard"] = standard(planes, train, (0, 2, 3)).astype(np.float32)
    expected["images/unit"] = (planes / 255).astype(np.float32)
    expected["images/target"] = labels[:, 0].astype(np.int64)

    steps = random.integers(0, 60000, (20, 3, 2)).astype(np.uint16)
    values = random.normal(0, 1, (20, 2)).astype(np.float16)
    split = np.array(["train"] * 12 + ["test"] * 8)
    np.savez(os.path.join(here, "sequences.npz"), inputs=steps, outputs=values, split=split)
    low, high = steps[:12].min((0, 1)).astype(float), steps[:12].max((0, 1)).astype(float)
    expected["sequences/input"] = ((steps - low) / (high - low)).astype(np.float32)
    expected["sequences/target"] = values.astype(np.float32)


def write_png(path, pixels):
    """pixels: uint8 [height, width, channels], 1: grey, 2: grey and alpha, 3: RGB, 4: RGBA."""
    height, width, channels = pixels.shape
    chunk = lambda name, data: (struct.pack(">I", len(data)) + name + data +
                                struct.pack(">I", zlib.crc32(name + data)))
    rows = b"".join(b"\0" + pixels[y].tobytes() for y in range(height))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(
            ">IIBBBBB", width, height, 8, {1: 0, 2: 4, 3: 2, 4: 6}[channels], 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def area_square(pixels, side):
    """The middle square, each side enlarged `side` times and then averaged: the area filter by
    definition."""
    height, width = pixels.shape[:2]
    length = min(height, width)
    top, left = (height - length) // 2, (width - length) // 2
    square = pixels[top:top + length, left:left + length].astype(float)
    large = square.repeat(side, 0).repeat(side, 1)
    means = large.reshape(side, length, side, length, -1).mean((1, 3))
    return np.floor(means + 0.5).transpose(2, 0, 1)


def pictures():
    for name, shape in {"wide": (9, 14, 3), "tall": (21, 8, 3), "grey": (7, 7, 1)}.items():
        pixels = random.integers(0, 256, shape, dtype=np.uint8)
        write_png(os.path.join(here, name + ".png"), pixels)
        for side in (3, 7, 10):
            square = area_square(pixels, side)
            expected[f"pictures/{name}/{side}"] = np.broadcast_to(
                square, (3, side, side)).astype(np.uint8)
    solid = np.zeros((4, 4, 4), np.uint8)
    solid[:, :2] = (200, 10, 60, 255)
    solid[:, 2:] = (200, 10, 60, 0)
    write_png(os.path.join(here, "half_clear.png"), solid)


def check_files():
    flower_table(os.path.join(check, "flowers.csv"), 60)
    flower_table(os.path.join(here, "flowers.csv"))
    labels = np.arange(60) % 3
    images = random.integers(0, 90, (60, 8, 8), dtype=np.uint8)
    for row, label in enumerate(labels):
        images[row, label * 2:label * 2 + 3] += 120
    np.savez_compressed(os.path.join(check, "images.npz"), x=images, y=labels)
    signal = random.normal(0, 1, (50, 4, 2))
    np.savez_compressed(os.path.join(check, "signals.npz"), x=signal, y=signal.sum((1, 2)),
                        task=np.arange(50) % 2)
    for label, name in enumerate(["bar", "cross", "disc"]):
        folder = os.path.join(check, "pictures", name)
        os.makedirs(folder, exist_ok=True)
        for number in range(12):
            pixels = random.integers(0, 80, (12, 14, 3), dtype=np.uint8)
            y, x = np.mgrid[:12, :14]
            shape = [abs(x - 7) < 2, abs(x - 7) == abs(y - 6), (x - 7)**2 + (y - 6)**2 < 16][label]
            pixels[shape] += 150
            write_png(os.path.join(folder, f"{number:02}.png"), pixels)


messy_table()
arrays()
pictures()
check_files()
np.savez_compressed(os.path.join(here, "expected.npz"), **expected)
