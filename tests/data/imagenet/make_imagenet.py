# Small pictures, and what Pillow makes of them as torchvision's Resize(short) and CenterCrop(crop)
# do: PNG files of four sizes, a JPEG, expected.npz.   /usr/bin/python3 make_imagenet.py
import numpy as np
from PIL import Image

SIZES = {"wide": (61, 40), "tall": (33, 58), "square": (48, 48), "small": (9, 7)}  # width, height


def tested(image, short, crop):
    width, height = image.size
    shorter = min(width, height)
    wide = short if width == shorter else int(short * width / height)
    high = short if height == shorter else int(short * height / width)
    image = image.resize((wide, high), Image.BILINEAR)
    left, top = int(round((wide - crop) / 2.0)), int(round((high - crop) / 2.0))
    return np.asarray(image.crop((left, top, left + crop, top + crop))).transpose(2, 0, 1)


random = np.random.RandomState(11)
expected = {}
for name, (width, height) in SIZES.items():
    y, x = np.mgrid[0:height, 0:width]
    waves = np.stack([np.sin(x / 3.0 + y / 7.0), np.cos(x * y / 40.0), np.sin(y / 2.0)], -1)
    pixels = 127 + 90 * waves + random.normal(0, 20, waves.shape)
    image = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    image.save(name + ".png")
    for short, crop in [(32, 28), (16, 15), (40, 40)]:
        expected[f"{name}_{short}_{crop}"] = tested(image, short, crop)
    if name == "wide":
        image.save("wide.JPEG", quality=85)
        expected["jpeg_32_28"] = tested(Image.open("wide.JPEG").convert("RGB"), 32, 28)
mean, deviation = np.float32([0.485, 0.456, 0.406]), np.float32([0.229, 0.224, 0.225])
square = expected["square_32_28"].astype(np.float32) / np.float32(255)
expected["normalized"] = (square - mean[:, None, None]) / deviation[:, None, None]
np.savez_compressed("expected.npz", **expected)
