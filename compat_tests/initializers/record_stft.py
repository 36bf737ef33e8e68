"""Record what Keras 3's STFT initializer makes: `python -m compat_tests.initializers.record_stft`.

Needs keras and scipy. Windows with parameters, which Keras does not take, go to it as SciPy's values.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "stft.npz"
NAMES = [
    "barthann", "bartlett", "blackman", "blackmanharris", "bohman", "boxcar", "cosine", "exponential", "flattop",
    "hamming", "hann", "lanczos", "nuttall", "parzen", "taylor", "triang", "tukey",
    "han", "ham", "rect", "hann_periodic", "hamming_symmetric",
]  # fmt: skip
WITH_PARAMETERS = [
    ["kaiser", 0.0],
    ["kaiser", 8.0],
    ["kaiser", -3.0],
    ["gaussian", 1.5],
    ["general_gaussian", 1.5, 2.0],
    ["general_hamming", 0.7],
    ["general_cosine", [0.5, 0.3, 0.2]],
    ["exponential", None, 3.0],
    ["tukey", 0.0],
    ["tukey", 0.3],
    ["tukey", 1.0],
    ["taylor", 5, 40],
    ["taylor", 3, 25, False],
]
VALUES = [0.5, -1.0, 2.0, 0.25, 1.5, 0.0, 1.0, -0.75, 3.0]


def cases():
    """Pairs of a shape and the initializer's settings."""
    for window, length, periodic in itertools.product([*NAMES, *WITH_PARAMETERS], (1, 2, 9, 10), (False, True)):
        yield (length, 1, 3), {"side": "real", "window": window, "scaling": None, "periodic": periodic}
    shapes = ((9, 1, 6), (12, 1, 5), (16, 1, 17))
    for side, scaling, shape in itertools.product(("real", "imag"), (None, "density", "spectrum"), shapes):
        for window, periodic in itertools.product(("hann", "hamming", "flattop"), (False, True)):
            yield shape, {"side": side, "window": window, "scaling": scaling, "periodic": periodic}
        yield shape, {"side": side, "window": None, "scaling": scaling, "periodic": False}
        if shape[0] == len(VALUES):
            yield shape, {"side": side, "window": VALUES, "scaling": scaling, "periodic": False}


def main() -> None:
    import keras
    import scipy.signal

    recorded, parts = [], []
    for shape, settings in cases():
        given = dict(settings)
        if settings["window"] in WITH_PARAMETERS:
            name = tuple(settings["window"])
            given["window"] = scipy.signal.get_window(name, shape[0], fftbins=settings["periodic"])
        recorded.append([shape, settings])
        parts.append(keras.ops.convert_to_numpy(keras.initializers.STFT(**given)(shape, "float32")).ravel())
    np.savez_compressed(DATA, cases=np.array(json.dumps(recorded)), values=np.concatenate(parts))


if __name__ == "__main__":
    main()
