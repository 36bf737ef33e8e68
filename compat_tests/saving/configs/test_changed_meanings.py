"""hard_sigmoid is one function in Keras 2 and another in Keras 3: a file gives the one that its Keras meant."""

import json
import zipfile

import numpy as np
import pytest

import torchkeras as keras

AT = np.array([[-2.8, 1.0, 2.8]], "float32")
KERAS2, KERAS3 = np.clip(0.2 * AT + 0.5, 0, 1), np.clip(AT / 6 + 0.5, 0, 1)


def activated(name):
    model = keras.Sequential([keras.Input((3,)), keras.layers.Activation(name)])
    return model, model.predict(AT, verbose=0)


@pytest.mark.parametrize(("name", "values"), [("hard_sigmoid", KERAS2), ("ops.hard_sigmoid", KERAS3)])
def test_both_come_back_out_of_our_own_files(tmp_path, name, values):
    model, found = activated(name)
    np.testing.assert_allclose(found, values, rtol=1e-6)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(again.predict(AT, verbose=0), values, rtol=1e-6)


def test_keras_3_is_given_its_name_for_its_function_and_no_name_for_the_other(tmp_path):
    named = {}
    for name in ("hard_sigmoid", "ops.hard_sigmoid"):
        activated(name)[0].save(tmp_path / "model.keras")
        config = json.loads(zipfile.ZipFile(tmp_path / "model.keras").read("config.json"))
        named[name] = config["config"]["layers"][-1]["config"]["activation"]
    assert named["ops.hard_sigmoid"] == "hard_sigmoid"
    assert named["hard_sigmoid"]["registered_name"] == "torchkeras>hard_sigmoid"
