"""Writes data/stack_2.1x.keras with Keras 2.13 or 2.14, which want a TensorFlow of their time.

In an environment with tensorflow 2.13.1, then in one with 2.14.1: python -m compat_tests.saving.keras3.keras_2_13
"""

from pathlib import Path

import keras
import numpy as np

from .models import MODELS, inputs

DATA = Path(__file__).parent / "data"


def main() -> None:
    keras.utils.set_random_seed(1)
    model = MODELS["stack"](keras)
    model.save(DATA / f"stack_{keras.__version__}.keras", save_format="keras")
    np.save(DATA / f"stack_{keras.__version__}.npy", model.predict(inputs("stack"), verbose=0))


if __name__ == "__main__":
    main()
