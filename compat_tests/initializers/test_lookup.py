"""Names, saved forms, and initializers of one's own."""

import json

import numpy as np
import pytest
import torch

from torchkeras import initializers
from torchkeras.core.registry import custom_object_scope

#: What tf_keras 2.21 finds by name, and the settings it writes.
CONFIGS = {
    ("Zeros", "zeros", "zero", "ZerosV2"): {},
    ("Ones", "ones", "one", "OnesV2"): {},
    ("Constant", "constant", "ConstantV2"): {"value": 0},
    ("Identity", "identity", "IdentityV2", "IdentityInitializer"): {"gain": 1.0},
    ("RandomNormal", "random_normal", "normal", "RandomNormalV2"): {"mean": 0.0, "stddev": 0.05, "seed": None},
    ("RandomUniform", "random_uniform", "uniform", "RandomUniformV2"): {"minval": -0.05, "maxval": 0.05, "seed": None},
    ("TruncatedNormal", "truncated_normal", "TruncatedNormalV2"): {"mean": 0.0, "stddev": 0.05, "seed": None},
    ("VarianceScaling", "variance_scaling", "VarianceScalingV2"): {
        "scale": 1.0,
        "mode": "fan_in",
        "distribution": "truncated_normal",
        "seed": None,
    },
    ("Orthogonal", "orthogonal", "OrthogonalV2", "OrthogonalInitializer"): {"gain": 1.0, "seed": None},
    ("GlorotNormal", "glorot_normal", "GlorotNormalV2", "glorot_normalV2"): {"seed": None},
    ("GlorotUniform", "glorot_uniform", "GlorotUniformV2", "glorot_uniformV2"): {"seed": None},
    ("HeNormal", "he_normal", "HeNormalV2", "he_normalV2"): {"seed": None},
    ("HeUniform", "he_uniform", "HeUniformV2", "he_uniformV2"): {"seed": None},
    ("LecunNormal", "lecun_normal", "LecunNormalV2", "lecun_normalV2"): {"seed": None},
    ("LecunUniform", "lecun_uniform", "LecunUniformV2", "lecun_uniformV2"): {"seed": None},
    # Keras 3.15's
    ("STFT", "stft", "STFTInitializer"): {"side": "real", "window": "hann", "periodic": False, "scaling": "density"},
}
NAMES = [(name, names[0], settings) for names, settings in CONFIGS.items() for name in names]


@pytest.mark.parametrize(("name", "canonical", "settings"), NAMES, ids=[name for name, *_ in NAMES])
def test_every_name(name, canonical, settings):
    made = initializers.get(name)
    assert type(made) is getattr(initializers, canonical)
    assert made.get_config() == settings
    assert initializers.serialize(made) == {
        "module": "keras.initializers",
        "class_name": canonical,
        "config": settings,
        "registered_name": None,
    }
    if not name.endswith("V2"):
        assert getattr(initializers, name) is type(made)


@pytest.mark.parametrize(
    "made",
    [
        initializers.Constant(0.5),
        initializers.Identity(gain=2.0),
        initializers.RandomNormal(mean=1.0, stddev=0.1, seed=3),
        initializers.RandomUniform(0.0, 1.0, seed=3),
        initializers.TruncatedNormal(seed=3),
        initializers.VarianceScaling(2.0, "fan_avg", "uniform", seed=3),
        initializers.VarianceScaling(distribution="normal", seed=3),
        initializers.Orthogonal(gain=0.5, seed=3),
        initializers.he_normal(seed=3),
        initializers.LecunUniform(3, input_axes=[0], output_axes=[1]),
    ],
    ids=lambda made: type(made).__name__,
)
def test_round_trips(made):
    expected = made((4, 4))
    saved = json.loads(json.dumps(initializers.serialize(made)))
    for other in (
        initializers.get(saved),
        initializers.deserialize({"class_name": saved["class_name"], "config": saved["config"]}),  # before Keras 2.13
        type(made).from_config(made.get_config()),
        made.clone(),
    ):
        assert type(other) is type(made)
        assert torch.equal(other((4, 4)), expected)


def test_configs_of_other_versions():
    old = {"class_name": "RandomUniform", "config": {"minval": -1, "maxval": 1, "seed": None, "dtype": "float32"}}
    assert initializers.get(old).maxval == 1
    keras3 = {
        "module": "keras.initializers",
        "class_name": "HeNormal",
        "config": {
            "seed": {
                "module": "keras.random",
                "class_name": "SeedGenerator",
                "config": {"name": "seed_generator", "seed": 5},
                "registered_name": None,
            },
            "input_axes": None,
            "output_axes": None,
        },
        "registered_name": None,
    }
    assert torch.equal(initializers.get(keras3)((2, 3)), initializers.HeNormal(seed=5)((2, 3)))


def test_constant_arrays_are_saved_as_numbers():
    saved = json.loads(json.dumps(initializers.serialize(initializers.Constant(np.array([1.0, 2.0])))))
    assert initializers.get(saved)((2,)).tolist() == [1.0, 2.0]
    numpy_form = {"class_name": "__numpy__", "config": {"value": [1.0, 2.0], "dtype": "float64"}}
    assert initializers.Constant.from_config({"value": numpy_form})((2,)).tolist() == [1.0, 2.0]


def test_classes_functions_arrays_and_nothing():
    def sevens(shape, dtype=None):
        return torch.full(shape, 7.0)

    assert initializers.get(None) is None
    assert isinstance(initializers.get(initializers.HeNormal), initializers.HeNormal)
    assert initializers.get(sevens) is sevens
    assert initializers.get(np.eye(2))((2, 2)).tolist() == [[1, 0], [0, 1]]
    assert initializers.get(torch.ones(2))((2,), "float64").dtype is torch.float64


def test_wrong_identifiers():
    with pytest.raises(ValueError, match=r"Unknown initializer: 'glorot_unifrom'\. Did you mean 'glorot_uniform'\?"):
        initializers.get("glorot_unifrom")
    with pytest.raises(ValueError, match="Could not interpret the initializer 3"):
        initializers.get(3)


class Ramp(initializers.Initializer):
    def __init__(self, step=1.0):
        self.step = step

    def __call__(self, shape, dtype=None, **kwargs):
        return self.step * torch.arange(shape[0])

    def get_config(self):
        return {"step": self.step}


def test_own_classes():
    saved = initializers.serialize(Ramp(0.5))
    assert saved["class_name"] == "Ramp"
    with pytest.raises(ValueError, match="Unknown initializer: 'Ramp'"):
        initializers.get(saved)
    with custom_object_scope({"Ramp": Ramp}):
        assert initializers.get(saved)((3,)).tolist() == [0, 0.5, 1]
        assert initializers.get("Ramp").step == 1.0
    assert initializers.deserialize(saved, custom_objects={"Ramp": Ramp}).step == 0.5
    assert Ramp(2.0).clone().step == 2.0
