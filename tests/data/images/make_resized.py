# Writes resized.json: what scipy makes of small images that are resized as skimage.transform.resize
# does with order=1, mode="reflect", anti_aliasing=True.   /usr/bin/python3 make_resized.py
import json

import numpy as np
from scipy import ndimage


def resize(image, out):
    step = np.array(image.shape) / np.array(out)
    sigma = np.maximum(0, (step - 1) / 2)
    blurred = ndimage.gaussian_filter(image.astype(np.float64), sigma, mode="mirror", truncate=4.0)
    grid = np.meshgrid(*[(np.arange(n) + 0.5) * s - 0.5 for n, s in zip(out, step)], indexing="ij")
    return ndimage.map_coordinates(blurred, grid, order=1, mode="mirror")


random = np.random.RandomState(7)
cases = []
for size, out in [((28, 28), (7, 7)), ((28, 28), (28, 14)), ((32, 32), (28, 28)), ((9, 12), (4, 5)),
                  ((6, 5), (11, 9)), ((1, 8), (1, 3))]:
    image = random.randint(0, 256, size)
    cases.append({"from": image.ravel().tolist(), "shape": size,
                  "to": out, "expected": resize(image, out).ravel().tolist()})
colour = random.randint(0, 256, (3, 32, 32))
grey = sum(w * resize(c, (28, 28)) for w, c in zip([0.2125, 0.7154, 0.0721], colour))
with open("resized.json", "w") as file:
    json.dump({"planes": cases, "colour": colour.ravel().tolist(),
               "grey": np.round(grey).astype(int).ravel().tolist()}, file)
