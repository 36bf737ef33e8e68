"""keras.config, keras.dtype_policies, keras.mixed_precision: what is set for the whole process."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras.core import safe_mode
from torchkeras.core.config import settings
from torchkeras.core.kinds import bridge


@pytest.fixture(autouse=True)
def settings_put_back(monkeypatch):
    for name in ("policy", "max_epochs", "max_steps_per_epoch", "backend", "traceback_filtering"):
        monkeypatch.setattr(settings, name, getattr(settings, name))
    monkeypatch.delenv("KERAS_BACKEND", raising=False)


def small_model():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


# --- which backend ---


def test_backend_is_torch_without_the_tf_namespace(monkeypatch):
    monkeypatch.setattr(bridge, "standing_in", False)
    assert keras.config.backend() == keras.backend.backend() == "torch"


def test_backend_is_tensorflow_where_the_hook_or_the_namespace_stands_in(monkeypatch):
    monkeypatch.setattr(bridge, "standing_in", True)
    assert keras.config.backend() == "tensorflow"
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert keras.config.backend() == "tensorflow"
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert keras.config.backend() == "torch"
    keras.config.set_backend("tensorflow")
    assert keras.config.backend() == "tensorflow"


def test_set_backend_knows_two():
    with pytest.raises(ValueError, match="'jax'"):
        keras.config.set_backend("jax")


# --- dtype policies ---


def test_the_global_policy_holds_for_layers_made_after_it():
    assert keras.config.dtype_policy().name == "float32"
    keras.config.set_dtype_policy("float64")
    dense = keras.layers.Dense(2)
    assert dense(np.ones((1, 3))).dtype is torch.float64
    assert dense.dtype_policy == keras.mixed_precision.global_policy() == keras.DTypePolicy("float64")
    keras.mixed_precision.set_global_policy(None)
    assert keras.layers.Dense(2).compute_dtype == "float32"


def test_integer_and_unknown_policies_are_refused():
    with pytest.raises(ValueError, match="Did you mean 'mixed_float16'"):
        keras.mixed_precision.set_global_policy("mixed_floa16")
    with pytest.raises(ValueError, match="int32"):
        keras.config.set_dtype_policy("int32")
    assert keras.config.dtype_policy().name == "float32"


def test_policies_as_plain_data():
    policy = keras.dtype_policies.get("float64")
    again = keras.dtype_policies.deserialize(keras.dtype_policies.serialize(policy))
    assert again == policy
    assert again.compute_dtype == "float64"


# --- limits ---


def test_max_epochs_and_steps_limit_fit():
    keras.config.set_max_epochs(2)
    keras.config.set_max_steps_per_epoch(3)
    assert (keras.config.max_epochs(), keras.config.max_steps_per_epoch()) == (2, 3)
    model, x = small_model(), np.ones((20, 2), "float32")
    assert len(model.fit(x, x[:, :1], batch_size=2, epochs=5, verbose=0).history["loss"]) == 2
    assert int(model.optimizer.iterations) == 6
    assert model.predict(x, batch_size=2).shape == (6, 1)
    keras.config.set_max_steps_per_epoch(None)
    assert model.predict(x, batch_size=2).shape == (20, 1)


def test_limits_leave_shorter_runs_alone():
    keras.config.set_max_epochs(5)
    keras.config.set_max_steps_per_epoch(100)
    model, x = small_model(), np.ones((20, 2), "float32")
    assert len(model.fit(x, x[:, :1], batch_size=2, epochs=2, verbose=0).history["loss"]) == 2
    assert int(model.optimizer.iterations) == 20


@pytest.mark.parametrize("wrong", [0, -1, 1.5, True])
def test_limits_are_positive_integers(wrong):
    with pytest.raises(ValueError, match="positive integer"):
        keras.config.set_max_epochs(wrong)


# --- switches ---


def test_traceback_filtering_is_remembered():
    keras.config.disable_traceback_filtering()
    assert not keras.config.is_traceback_filtering_enabled()
    keras.config.enable_traceback_filtering()
    assert keras.config.is_traceback_filtering_enabled()


def test_flash_attention_is_torchs_switch():
    before = keras.config.is_flash_attention_enabled()
    try:
        keras.config.disable_flash_attention()
        assert not torch.backends.cuda.flash_sdp_enabled()
        keras.config.enable_flash_attention()
        assert keras.config.is_flash_attention_enabled()
    finally:
        torch.backends.cuda.enable_flash_sdp(before)


def test_unsafe_deserialization_is_off_until_asked_for(monkeypatch):
    monkeypatch.setattr(safe_mode, "_of_process", True)
    assert safe_mode.in_safe_mode()
    keras.config.enable_unsafe_deserialization()
    assert not safe_mode.in_safe_mode()
    with safe_mode.safe_mode_scope(True), safe_mode.safe_mode_scope(None):
        assert safe_mode.in_safe_mode()


# --- dtypes by name ---


@pytest.mark.parametrize(
    ("given", "name"),
    [(None, "float32"), (torch.int64, "int64"), ("bool", "bool"), (np.float64, "float64"), (np.dtype("uint8"), "uint8"),
     (float, "float32"), (int, "int32"), (str, "string"), (torch.bfloat16, "bfloat16")],
)  # fmt: skip
def test_standardize_dtype(given, name):
    assert keras.backend.standardize_dtype(given) == keras.utils.standardize_dtype(given) == name


def test_standardize_dtype_refuses_what_is_none():
    with pytest.raises(ValueError, match="Invalid dtype: float3"):
        keras.backend.standardize_dtype("float3")


def test_kinds_of_dtypes():
    assert keras.backend.is_float_dtype("bfloat16")
    assert not keras.backend.is_float_dtype("int32")
    assert keras.backend.is_int_dtype(np.uint8)
    assert not keras.backend.is_int_dtype("bool")


@pytest.mark.parametrize(
    ("given", "name"),
    [((), "float32"), (("int32", float), "float32"), (("bfloat16", int), "bfloat16"), (("int32", "float32"), "float32"),
     (("uint8", "int8"), "int16"), ((int, float), "float32"), (("int64", "float16"), "float16")],
)  # fmt: skip
def test_result_type(given, name):
    assert keras.backend.result_type(*given) == name


# --- devices, names ---


def test_device_places_what_is_made_within():
    with keras.device("meta"):
        assert keras.ops.zeros((2,)).device.type == "meta"
    assert keras.ops.zeros((2,)).device.type != "meta"
    with pytest.raises(ValueError, match="device_name"), keras.device(3):
        pass


def test_version():
    assert keras.version() == keras.__version__
