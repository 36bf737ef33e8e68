"""Records what tf_keras's loaders make of the small files of made_files.py: run with TF_USE_LEGACY_KERAS=1.

python -m compat_tests.datasets.record
"""

import json
import pathlib
import tempfile

import numpy as np

from compat_tests.datasets import made_files
from compat_tests.datasets.cases import CASES

GOLDEN = pathlib.Path(__file__).parent / "golden.json"


def as_json(parts):
    """Values and dtypes of ((x_train, y_train), (x_test, y_test))."""
    return [
        [{"dtype": str(array.dtype), "values": [np.asarray(v).tolist() for v in array]} for array in part]
        for part in parts
    ]


def main():
    from tf_keras import datasets
    from tf_keras.src.utils import data_utils

    data_utils.validate_file = lambda *args, **kwargs: True  # the files are ours
    recorded = {}
    with tempfile.TemporaryDirectory() as folder:
        cache = pathlib.Path(folder) / "datasets"
        cache.mkdir()
        for name, make in (("imdb", made_files.imdb), ("reuters", made_files.reuters)):
            make(cache / f"{name}.npz")
        made_files.boston(cache / "boston_housing.npz")
        for label, (dataset, arguments) in CASES.items():
            recorded[label] = as_json(getattr(datasets, dataset).load_data(cache_dir=folder, **arguments))
    GOLDEN.write_text(json.dumps(recorded, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
