"""Layers that learn from data, encodings and image transforms against values recorded from TensorFlow; see cases.py."""

import json
import pathlib

import numpy as np
import pytest
import torch

import torchkeras as keras
from compat_tests.goldens.build import plain_json
from torchkeras.ops.projective_transform import projective_transform

from .cases import CASES

HERE = pathlib.Path(__file__).parent
ARRAYS = np.load(HERE / "goldens.npz")
VALUES = json.loads((HERE / "goldens.json").read_text())


@pytest.mark.parametrize("name", CASES)
def test_same_as_tf_keras(name):
    found = CASES[name](keras)
    arrays = {key: value for key, value in found.items() if isinstance(value, np.ndarray)}
    expected = {key.split("/", 1)[1]: ARRAYS[key] for key in ARRAYS.files if key.startswith(f"{name}/")}
    assert set(arrays) == set(expected)
    for key, wanted in expected.items():
        np.testing.assert_allclose(arrays[key], wanted, rtol=1e-5, atol=1e-5, err_msg=key)
        assert arrays[key].dtype == wanted.dtype, key
    values = plain_json({key: value for key, value in found.items() if key not in arrays})
    assert _without_names(values) == _without_names(VALUES[name])


def _without_names(values):
    """Automatic names count on from what was made before."""
    return {k: {**v, "name": ""} if isinstance(v, dict) and "name" in v else v for k, v in values.items()}


@pytest.mark.parametrize("mode", ["constant", "nearest", "reflect", "wrap"])
@pytest.mark.parametrize("method", ["bilinear", "nearest"])
def test_transforms_read_where_tensorflow_reads(mode, method):
    images, matrices = (torch.from_numpy(ARRAYS[f"transforms/{name}"]) for name in ("images", "matrices"))
    found = projective_transform(images, matrices, mode, 0.3, method)
    np.testing.assert_allclose(found.numpy(), ARRAYS[f"transforms/{mode}_{method}"], atol=1e-5)
