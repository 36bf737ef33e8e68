"""Weights of Keras 1, of layers for cuDNN and of other backends; whole files as Keras 2.0 to 2.3 wrote them."""

import json
from pathlib import Path

import h5py
import numpy as np
import pytest

import torchkeras as keras
from compat_tests.saving.keras2.conversions import CASES
from compat_tests.saving.keras2.models import losses, two_layers, values
from torchkeras import layers

EXPECTED = json.loads((Path(__file__).parent / "data" / "conversions.json").read_text())


def write(group, name, weights):
    """One layer, as Keras before 2.4 wrote it."""
    group.attrs["layer_names"] = [name.encode()]
    of_layer = group.create_group(name)
    names = [f"{name}/w_{number}:0".encode() for number in range(len(weights))]
    of_layer.attrs["weight_names"] = names
    for one, weight in zip(names, weights):
        of_layer[one] = weight


@pytest.mark.parametrize("name", CASES)
def test_old_weights(name, tmp_path):
    old = CASES[name]
    with h5py.File(tmp_path / "w.h5", "w") as file:
        write(file, "old", old.weights())
        if old.version != "1":  # Keras 1 did not say
            file.attrs["keras_version"] = old.version.encode()
            file.attrs["backend"] = b"tensorflow"
    model = keras.Sequential([keras.Input(old.input_shape), old.make(layers)])
    model.load_weights(tmp_path / "w.h5")
    for found, expected in zip(model.get_weights(), EXPECTED[name], strict=True):
        np.testing.assert_array_equal(found, np.array(expected, "float32"))


def test_within_an_inner_model(tmp_path):
    old = CASES["CuDNNLSTM to LSTM"]
    dense = [values(2, 3), values(3)]
    with h5py.File(tmp_path / "w.h5", "w") as file:
        write(file, "inner", [*old.weights(), *dense])
        file.attrs["keras_version"] = b"2.2.4"
    inner = keras.Sequential([keras.Input((4, 3)), layers.LSTM(2), layers.Dense(3)])
    model = keras.Sequential([keras.Input((4, 3)), inner])
    model.load_weights(tmp_path / "w.h5")
    expected = [*EXPECTED["CuDNNLSTM to LSTM"], *dense]
    for one, other in zip(model.get_weights(), expected, strict=True):
        np.testing.assert_array_equal(one, np.asarray(other, "float32"))


def test_gru_of_another_kind(tmp_path):
    with h5py.File(tmp_path / "w.h5", "w") as file:
        write(file, "gru", CASES["CuDNNGRU to GRU"].weights())
        file.attrs["keras_version"] = b"2.2.4"
    model = keras.Sequential([keras.Input((4, 3)), layers.GRU(2, reset_after=False)])
    with pytest.raises(
        ValueError, match=r"CuDNNGRU is not compatible with GRU\(reset_after=False\).*`reset_after=True`"
    ):
        model.load_weights(tmp_path / "w.h5")
    with h5py.File(tmp_path / "w.h5", "w") as file:
        write(file, "gru", [values(3, 6), values(2, 6), values(7)])
        file.attrs["keras_version"] = b"2.2.4"
    with pytest.raises(ValueError, match=r"Invalid bias shape: \(7,\)"):
        model.load_weights(tmp_path / "w.h5")


def test_kernels_of_theano_are_turned_round(tmp_path):
    kernel, bias = values(3, 2, 1, 4), values(4)
    with h5py.File(tmp_path / "w.h5", "w") as file:
        write(file, "conv", [kernel, bias])
        file.attrs["keras_version"], file.attrs["backend"] = b"2.0.8", b"theano"
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Conv2D(4, (3, 2))])
    model.load_weights(tmp_path / "w.h5")
    np.testing.assert_array_equal(model.get_weights()[0], kernel[::-1, ::-1])


# --- whole files, as the source of Keras 2.0 to 2.3 writes them -----------------------------------------------

_DENSE = {
    "trainable": True,
    "activation": "linear",
    "use_bias": True,
    "kernel_initializer": {
        "class_name": "VarianceScaling",
        "config": {"scale": 1.0, "mode": "fan_avg", "distribution": "uniform", "seed": None},
    },
    "bias_initializer": {"class_name": "Zeros", "config": {}},
    "kernel_regularizer": None,
    "bias_regularizer": None,
    "activity_regularizer": None,
    "kernel_constraint": None,
    "bias_constraint": None,
}
_LAYERS = [
    {
        "class_name": "Dense",
        "config": {
            **_DENSE,
            "name": "a",
            "batch_input_shape": [None, 4],
            "dtype": "float32",
            "units": 3,
            "activation": "tanh",
        },
    },
    {"class_name": "Dense", "config": {**_DENSE, "name": "b", "units": 2}},
]
#: The optimizer, its slots in order, whether each version has a step counter, and place holders behind the slots.
_OPTIMIZERS = {
    "SGD": ({"lr": 0.1, "momentum": 0.9, "decay": 0.0, "nesterov": False}, 1, True, 0),
    "Adam": ({"lr": 0.05, "beta_1": 0.9, "beta_2": 0.999, "decay": 0.0, "epsilon": 1e-7, "amsgrad": False}, 2, True, 4),
    "RMSprop": ({"lr": 0.05, "rho": 0.9, "decay": 0.0, "epsilon": 1e-7}, 1, False, 0),
    "Adagrad": ({"lr": 0.05, "decay": 0.0, "epsilon": 1e-7}, 1, False, 0),
    "Adadelta": ({"lr": 1.0, "rho": 0.95, "decay": 0.0, "epsilon": 1e-7}, 2, False, 0),
    "Adamax": ({"lr": 0.05, "beta_1": 0.9, "beta_2": 0.999, "decay": 0.0, "epsilon": 1e-7}, 2, True, 0),
}


def old_file(path, model, optimizer, version):
    settings, slots, counted, holders = _OPTIMIZERS[optimizer]
    config = _LAYERS if version < "2.2.3" else {"name": "sequential_1", "layers": _LAYERS}
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"], file.attrs["backend"] = version.encode(), b"tensorflow"
        file.attrs["model_config"] = json.dumps({"class_name": "Sequential", "config": config}).encode()
        training = {
            "optimizer_config": {"class_name": optimizer, "config": settings},
            "loss": "mean_squared_error",
            "metrics": ["mae"],
            "sample_weight_mode": None,
            "loss_weights": None,
        }
        file.attrs["training_config"] = json.dumps(training).encode()
        group = file.create_group("model_weights")
        group.attrs["layer_names"] = [b"a", b"b"]
        group.attrs["keras_version"], group.attrs["backend"] = version.encode(), b"tensorflow"
        for layer in model.layers:
            inner = group.create_group(layer.name)
            names = [f"{layer.name}/{kind}:0".encode() for kind in ("kernel", "bias")]
            inner.attrs["weight_names"] = names
            for name, weight in zip(names, layer.get_weights()):
                inner[name] = weight
        group = file.create_group("optimizer_weights")
        state = [values(*w.shape, phase=number) ** 2 for number in range(slots) for w in model.get_weights()]
        state += [np.zeros(1, "float32")] * holders
        if counted or version >= "2.3":
            state.insert(0, np.int64(7))
        slot_names = {"2.3.1": "m_{}:0"}.get(version, "training/Opt/Variable_{}:0")
        names = [
            (f"{optimizer}/iterations:0" if np.shape(value) == () else slot_names.format(number)).encode()
            for number, value in enumerate(state)
        ]
        group.attrs["weight_names"] = names
        for name, value in zip(names, state):
            group[name] = value
    return state


@pytest.mark.parametrize("version", ["2.0.0", "2.2.4", "2.3.1"])
@pytest.mark.parametrize("optimizer", _OPTIMIZERS)
def test_whole_files(optimizer, version, tmp_path, recwarn):
    model = two_layers(keras)
    state = old_file(tmp_path / "old.h5", model, optimizer, version)
    loaded = keras.models.load_model(tmp_path / "old.h5")
    assert not recwarn.list
    for one, other in zip(loaded.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    kept = loaded.optimizer
    counted = np.shape(state[0]) == ()
    assert (type(kept).__name__, int(kept.iterations)) == (optimizer, 7 if counted else 0)
    order = [name for names in kept._slot_order() for name in names]
    slots = [slot.numpy() for name in order for slot in getattr(kept, kept.slot_attributes[name])]
    saved = [value for value in state[int(counted) :] if np.shape(value) != (1,)]
    for one, other in zip(slots, saved, strict=True):
        np.testing.assert_array_equal(one, other)
    assert np.isfinite(losses(loaded)).all()


def test_a_state_that_does_not_fit(tmp_path):
    model = two_layers(keras)
    old_file(tmp_path / "old.h5", model, "Adam", "2.2.4")
    with h5py.File(tmp_path / "old.h5", "a") as file:
        del file["optimizer_weights"]["training/Opt/Variable_1:0"]
        file["optimizer_weights"]["training/Opt/Variable_1:0"] = np.zeros((7, 7))
    with pytest.warns(UserWarning, match="your model is starting with a freshly initialized optimizer"):
        loaded = keras.models.load_model(tmp_path / "old.h5")
    assert int(loaded.optimizer.iterations) == 0
