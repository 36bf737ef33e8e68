"""Record keras3.npz, what only Keras 3 has: python -m compat_tests.layers.attention.record, where Keras 3 is."""

import os

os.environ["TF_USE_LEGACY_KERAS"] = "0"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import keras
import numpy as np

from compat_tests.layers.attention.keras3_cases import CASES, DATA, inputs, weight


def main() -> None:
    arrays = {}
    for name, (kind, config, options) in CASES.items():
        layer = getattr(keras.layers, kind)(**config)
        query, value = inputs()
        layer(query, value)
        layer.set_weights([weight(name, i, one.shape) for i, one in enumerate(layer.weights)])
        outputs = layer(query, value, **options)
        for i, output in enumerate(outputs if isinstance(outputs, tuple) else [outputs]):
            arrays[f"{name}/{i}"] = np.asarray(output)
    np.savez_compressed(DATA, **arrays)


if __name__ == "__main__":
    main()
