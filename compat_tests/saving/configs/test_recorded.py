"""Configs that Keras 2.12 to 3.15 wrote: each makes the model that it is of."""

import json

import numpy as np
import pytest

import torchkeras as keras
from compat_tests.saving.configs import recorded
from torchkeras.layers import FAMILY
from torchkeras.saving import configs

MAIN = ("keras-2.12.0", "keras-3.15.1", "tf_keras-2.21.0")
#: What the shape rule knows more of than Keras's; what has its weights in another order.
KNOWS_MORE, OTHER_ORDER = ("layers/einsum_dense",), ("layers/spectral_normalization",)
#: One function by two names.
_NAMES = {"silu": "swish"}


@pytest.mark.parametrize(
    "version", [v if v in MAIN else pytest.param(v, marks=pytest.mark.slow) for v in recorded.VERSIONS]
)
def test_each_config_makes_its_model(version):
    found = recorded.items(version)
    assert len(found) > 115
    for name, entry in found.items():
        for kind in ("json", "keras", "h5"):
            if kind in entry["forms"]:
                keras.backend.clear_session()
                model = _made(entry["forms"][kind])
                _compare(model, entry, f"{version} {kind} {name}")


def _made(config):
    return keras.models.model_from_json(json.dumps(config))


def _compare(model, entry, where):
    name = where.split(" ")[-1]
    if "weights" in entry:
        shapes = [list(w.shape) for w in model.weights]
        assert (sorted(shapes) if name in OTHER_ORDER else shapes) == (
            sorted(entry["weights"]) if name in OTHER_ORDER else entry["weights"]
        ), where
        if name not in KNOWS_MORE:
            assert [list(t.shape) for t in model.outputs] == entry["outputs"], where
    theirs = {
        layer["config"]["name"]: layer for layer in entry["forms"]["json"]["config"]["layers"] if _has_name(layer)
    }
    for layer in model.layers:
        saved = theirs.get(layer.name)
        if saved is not None and saved["class_name"] == type(layer).__name__:
            ours = layer.get_config()
            for key, value in saved["config"].items():
                if key in ours and _is_plain(value) and key not in ("dtype", "axis", "seed"):
                    assert _listed(ours[key]) in (value, _NAMES.get(str(value))), f"{where} {key}"


def _has_name(layer):
    return isinstance(layer["config"], dict) and "name" in layer["config"]


def _is_plain(value):
    return isinstance(value, (bool, int, float, str)) or (isinstance(value, list) and all(map(_is_plain, value)))


def _listed(value):
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [_listed(one) for one in value] if isinstance(value, (list, tuple)) else value


@pytest.mark.parametrize("version", ["keras-3.15.1", "keras-3.0.5", "tf_keras-2.21.0", "keras-2.12.0"])
def test_what_is_translated_at_once_makes_the_same_model(version):
    for name in ("models/nested", "models/nested_last", "models/operators", "models/states", "models/dictionaries"):
        config = recorded.form(version, name)
        keras.backend.clear_session()
        model = FAMILY.deserialize(configs.from_saved(config))
        assert [list(w.shape) for w in model.weights] == recorded.items(version)[name]["weights"]
        assert configs.from_saved(configs.from_saved(config)) == configs.from_saved(config)


@pytest.mark.parametrize("version", ["keras-3.15.1", "keras-3.0.5", "tf_keras-2.21.0", "keras-2.12.0"])
def test_recorded_functions_compute_what_they_did(version):
    x = np.linspace(-1, 1, 48, dtype="float32").reshape(2, 6, 4)
    model = keras.models.model_from_json(json.dumps(recorded.form(version, "models/named_functions")))
    mean, most = x.mean(1), x.max(1)
    y = np.concatenate([mean, most, mean], -1).reshape(-1, 3, 4)
    y = y @ y.transpose(0, 2, 1)
    np.testing.assert_allclose(model.predict(x), np.maximum(np.sqrt(np.abs(y)) + y, 0), rtol=1e-5)


@pytest.mark.parametrize("version", ["keras-3.15.1", "keras-3.3.3", "keras-2.12.0"])
def test_slices(version):
    x = np.arange(240, dtype="float32").reshape(2, 6, 5, 4)
    model = keras.models.model_from_json(json.dumps(recorded.form(version, "models/slices")))
    parts = [x[:, 1:4, ::2], x[:, 1:4, 0:3, -1], x[..., -1:]]
    np.testing.assert_array_equal(model.predict(x), np.concatenate([p.reshape(2, -1) for p in parts], -1))


@pytest.mark.parametrize("version", ["keras-3.15.1", "keras-3.0.5", "tf_keras-2.21.0", "keras-2.12.0"])
def test_calls_of_inner_models_are_counted_as_their_keras_does(version):
    model = keras.models.model_from_json(json.dumps(recorded.form(version, "models/nested_last")))
    kernel, bias = model.get_weights()
    x = np.linspace(-1, 1, 8, dtype="float32").reshape(2, 4)
    inner, positive = model.predict(x)
    once = x @ kernel + bias
    np.testing.assert_allclose(inner, np.maximum(once, 0) @ kernel + bias, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(positive, np.maximum(x, 0))


@pytest.mark.parametrize("version", recorded.VERSIONS)
def test_settings_of_compile(version):
    forms = recorded.items(version)["models/sequential"]["forms"]
    for settings in (forms.get("training"), forms.get("keras", {}).get("compile_config")):
        if settings is not None:
            model = keras.models.model_from_json(json.dumps(forms["json"]))
            model.compile_from_config(configs.training_from_saved(settings))
            x = np.ones((4, 4), dtype="float32")
            loss, mae = model.evaluate(x, np.zeros((4, 2), dtype="float32"), verbose=0)
            predicted = model.predict(x)
            assert loss == pytest.approx(np.square(predicted).mean(), rel=1e-5)
            assert mae == pytest.approx(np.abs(predicted).mean(), rel=1e-5)
            assert type(model.optimizer) is keras.optimizers.Adam
