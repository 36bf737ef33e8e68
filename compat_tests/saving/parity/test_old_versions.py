"""Files that Keras 2.0 to 2.15 and Keras 3.0 to 3.15 have written: the same predictions, the same losses from there on.

The archives are made by keep.py.
"""

import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

import torchkeras as keras
import torchkeras.tensorflow as tf  # noqa: F401  (which functions in files of tf.keras belong to)
from compat_tests.saving.zoo import MODELS
from torchkeras.saving import configs

from .__main__ import tolerance
from .early_models import EARLY
from .formats import EXCHANGES
from .side import going_on, load

# As Keras itself tells of an optimizer that was not used yet.
pytestmark = pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")

ARCHIVES = sorted((Path(__file__).parent / "data").glob("*.zip"))
FILES = {e.name: e for exchanges in EXCHANGES.values() for e in exchanges}
KEPT = [
    pytest.param(path, name.removesuffix("/expected.npz"), id=f"{path.stem}-{name.removesuffix('/expected.npz')}")
    for path in ARCHIVES
    for name in zipfile.ZipFile(path).namelist()
    if name.endswith("/expected.npz")
]


@pytest.mark.parametrize(("archive", "place"), KEPT)
def test_file_of_an_old_keras_goes_on_as_there(tmp_path, archive, place):
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(tmp_path, [name for name in opened.namelist() if name.startswith(f"{place}/")])
    name, _, kind = place.partition("/")
    described, exchange = (EARLY | MODELS)[name], FILES[kind]
    expected = dict(np.load(tmp_path / place / "expected.npz"))
    inputs, targets = (structure(expected, part) for part in ("inputs", "targets"))
    model = load(keras, described, exchange, tmp_path / place)
    found = going_on(model, inputs, targets)
    for key, value in comparable(archive.stem, described, expected).items():
        np.testing.assert_allclose(found[key], value, rtol=1e-5, atol=tolerance(described, key), err_msg=key)


def comparable(version, described, expected):
    """What the test may expect of a file's model, under the names that metrics have now."""
    kinds = ("before", "history", "after") if described.exact else ("before",)
    if version.startswith("keras-2."):  # BatchNormalization kept another variance than later ones do
        kinds = ("before", "history")
    found = {key: value for key, value in expected.items() if key.partition("/")[0] in kinds}
    for old, new in (("mean_absolute_error", "mae"), ("acc", "accuracy")):
        found = {re.sub(rf"(?<=[/_]){old}$", new, key): value for key, value in found.items()}
    return found


def structure(arrays, part):
    """The array of that name, or the list or dict of arrays below it."""
    if part in arrays:
        return arrays[part]
    below = {key.removeprefix(f"{part}/"): value for key, value in arrays.items() if key.startswith(f"{part}/")}
    return list(below.values()) if all(key.isdigit() for key in below) else below


def test_nadam_of_old_versions_tells_that_it_goes_on_otherwise():
    old = {"class_name": "Nadam", "config": {"learning_rate": 0.01, "decay": 0.004, "beta_1": 0.8, "beta_2": 0.9}}
    with pytest.warns(UserWarning, match="0.004"):
        found = configs.training_from_saved({"optimizer_config": old, "loss": "mse"})
    assert found["optimizer"]["config"] == {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.9}


def test_there_are_files_of_every_generation():
    versions = {path.stem for path in ARCHIVES}
    assert versions == {
        *("keras-2.0.9", "keras-2.2.4", "keras-2.3.1", "tf_keras-2.6.0", "tf_keras-2.12.0", "tf_keras-2.15.0"),
        *("tf_keras-2.21.0", "keras-3.0.5", "keras-3.3.3", "keras-3.10.0", "keras-3.15.1"),
    }
