"""`keras.preprocessing` against what tf_keras gave for the same calls with the same seeds; see cases.py."""

import json
import pathlib

import numpy as np
import pytest

import torchkeras as keras

from . import cases

HERE = pathlib.Path(__file__).parent
ARRAYS = np.load(HERE / "goldens.npz")
VALUES = json.loads((HERE / "goldens.json").read_text())


@pytest.mark.parametrize("name", cases.CASES)
def test_same_as_tf_keras(name, tmp_path):
    pytest.importorskip("pandas" if name == "files_frame" else "PIL")
    arrays, values = cases.run(name, keras, tmp_path)
    expected = {key.split("/", 1)[1]: ARRAYS[key] for key in ARRAYS.files if key.startswith(f"{name}/")}
    assert set(arrays) == set(expected)
    for key, wanted in expected.items():
        # Whitening multiplies small singular values' rounding by a hundred.
        tolerance = 2e-3 if "whitened" in key else 1e-4
        np.testing.assert_allclose(arrays[key], wanted, rtol=1e-5, atol=tolerance, err_msg=key)
        assert arrays[key].dtype == wanted.dtype, key
    assert values == VALUES[name]
