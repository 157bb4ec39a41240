"""Images from Fourier coefficients as lucid makes them, in numpy: fourier.npz."""
import numpy as np

random = np.random.default_rng(5)
out = {}
for name, channels, height, width in (("even", 3, 6, 8), ("odd", 1, 5, 7), ("two", 2, 4, 5)):
    columns = width // 2 + 1
    parts = random.normal(size=(2, channels, height, columns))
    down = np.fft.fftfreq(height)[:, None]
    across = np.fft.rfftfreq(width)[None, :]
    frequency = np.sqrt(down**2 + across**2)
    scale = np.sqrt(height * width) / np.maximum(frequency, 1.0 / max(height, width))
    image = np.fft.irfft2(scale * (parts[0] + 1j * parts[1]), s=(height, width)) / 4.0
    if channels == 3:
        root = np.array([[0.26, 0.09, 0.02], [0.27, 0.00, -0.05], [0.27, -0.09, 0.03]])
        root = root / np.max(np.linalg.norm(root, axis=0))
        image = np.einsum("ck,khw->chw", root, image)
    low = random.normal(size=(channels, 1, 1))
    high = low + random.uniform(0.5, 2, size=(channels, 1, 1))
    out[name + "_parts"] = parts
    out[name + "_low"] = low
    out[name + "_high"] = high
    out[name + "_input"] = low + (high - low) / (1 + np.exp(-image))
np.savez("fourier.npz", **out)
