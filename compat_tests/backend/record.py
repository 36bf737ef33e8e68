"""Record values.npz and labels.json: python -m compat_tests.backend.record, where tf_keras is installed."""

import os

os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["TF_USE_LEGACY_KERAS"] = "1"

import json

import numpy as np
import tf_keras
from tf_keras.src.backend import identity, logsumexp

from compat_tests.backend.cases import CASES, DATA, Arrays
from compat_tests.backend.symbolic import LABELS, SYMBOLIC, labels_of


def main() -> None:
    backend = tf_keras.backend
    arrays = {}
    for name, case in CASES.items():
        results = case(backend, Arrays(backend, name))
        for i, result in enumerate(results if isinstance(results, list) else [results]):
            arrays[f"{name}/{i}"] = np.asarray(result)
    np.savez_compressed(DATA, **arrays)
    backend.identity, backend.logsumexp = identity, logsumexp  # there, but not exported
    found = {name: labels_of(case(tf_keras, backend)) for name, case in SYMBOLIC.items()}
    LABELS.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
