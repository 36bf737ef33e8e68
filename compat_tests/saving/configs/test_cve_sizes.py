"""Configs that nest without end, or ask for giant sizes (CVE-2026-0897 and its like in configs)."""

import json
import subprocess
import sys

import pytest

import torchkeras as keras
from compat_tests.saving.configs import doors
from torchkeras.core.allowance import AllowanceExceeded, weights_up_to
from torchkeras.saving import configs
from torchkeras.saving.configs import saved
from torchkeras.saving.errors import UnsafeFile


def nested(depth, inner):
    for i in range(depth):
        inner = doors.stack_of(inner) | {}
        inner["config"]["name"] = f"m{i}"
    return inner


def test_a_config_that_nests_too_deeply(door):
    dense = {"class_name": "Dense", "config": {"name": "d", "units": 2}}
    with pytest.raises(ValueError, match="nests|in the expected form|unreadable"):
        door(nested(90, dense))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"class_name":' * 100_000, '{"a":[' * 50_000])
def test_text_that_nests_100_000_deep(text):
    with pytest.raises(ValueError, match="nests too deeply|not JSON"):
        keras.models.model_from_json(text)


def test_a_value_that_nests_100_000_deep(tmp_path):
    value = []
    for _ in range(100_000):
        value = [value]
    for config in ({"class_name": "Dense", "config": {"units": value}}, doors.stack_of({"class_name": value})):
        with pytest.raises(ValueError, match="nests more than"):
            keras.models.model_from_config(config)
        with pytest.raises(ValueError, match="nests more than"):
            configs.from_saved(config)


def test_fifty_models_in_one_another_are_fine():
    dense = {"class_name": "Dense", "config": {"name": "d", "units": 2}}
    assert len(keras.models.model_from_config(nested(50, dense)).weights) == 2


def test_long_texts(monkeypatch):
    monkeypatch.setattr(saved, "LONGEST", 1000)
    with pytest.raises(ValueError, match="1001 bytes of JSON"):
        keras.models.model_from_json(" " * 1001)


GIANT = 10**10
CASES = [
    ("Dense", {"units": GIANT}, [None, 4]),
    ("Embedding", {"input_dim": GIANT, "output_dim": GIANT}, [None, 4]),
    ("Conv2D", {"filters": 2, "kernel_size": [10**9, 10**9]}, [None, None, None, 3]),
    ("Conv2D", {"filters": GIANT, "kernel_size": 3}, [None, 8, 8, 3]),
    ("SeparableConv2D", {"filters": 2, "kernel_size": 3, "depth_multiplier": GIANT}, [None, 8, 8, 3]),
    ("BatchNormalization", {}, [None, GIANT]),
    ("LayerNormalization", {}, [None, GIANT]),
    ("Normalization", {"mean": 0.0, "variance": 1.0}, [None, GIANT]),
    ("PReLU", {}, [None, GIANT]),
    ("IntegerLookup", {"vocabulary": [1], "num_oov_indices": GIANT}, [None, 4]),
    ("EinsumDense", {"equation": "ab,bc->ac", "output_shape": [GIANT]}, [None, 4]),
    ("LSTM", {"units": 10**7}, [None, 3, 4]),
    ("GRU", {"units": 10**7}, [None, 3, 4]),
    ("SimpleRNN", {"units": 10**7}, [None, 3, 4]),
    ("MultiHeadAttention", {"num_heads": 10**6, "key_dim": 10**6}, [None, 3, 4]),
]


@pytest.mark.parametrize(("class_name", "settings", "shape"), CASES)
def test_giant_weights_are_not_made(class_name, settings, shape):
    config = doors.model_around({"class_name": class_name, "config": {"name": "giant"} | settings})
    config["config"]["layers"][0]["config"]["batch_input_shape"] = shape
    if class_name == "MultiHeadAttention":
        config["config"]["layers"][1]["inbound_nodes"] = [[["x", 0, 0, {"value": ["x", 0, 0]}]]]
    with weights_up_to(1 << 20), pytest.raises((AllowanceExceeded, RuntimeError), match="bytes|overflow"):
        keras.models.model_from_config(config)


@pytest.mark.parametrize("ending", list(doors.files()))
def test_nor_by_files(tmp_path, ending):
    config = doors.stack_of({"class_name": "Dense", "config": {"name": "giant", "units": 10**9}})
    with pytest.raises((ValueError, OSError), match="giant.*16000000000 bytes"):
        doors.files()[ending](config, tmp_path)


NO_WEIGHTS = [
    ("Resizing", {"height": 10**9, "width": 10**9}, [None, 8, 8, 3]),
    ("RepeatVector", {"n": GIANT}, [None, 4]),
    ("UpSampling2D", {"size": [10**9, 10**9]}, [None, 8, 8, 3]),
    ("ZeroPadding2D", {"padding": 10**9}, [None, 8, 8, 3]),
    ("CategoryEncoding", {"num_tokens": GIANT}, [None, 4]),
    ("Hashing", {"num_bins": GIANT}, [None, 4]),
    ("GroupNormalization", {"groups": GIANT}, [None, 4]),
    ("TextVectorization", {"max_tokens": GIANT, "output_sequence_length": GIANT}, [None, 1]),
]
PROGRAM = """
import json, resource, sys
import torchkeras as keras
from torchkeras.core.allowance import weights_up_to
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + (1 << 30), used + (1 << 30)))
for config in json.load(sys.stdin):
    try:
        with weights_up_to(1 << 20):
            keras.models.model_from_config(config)
    except ValueError:
        pass
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits the memory of a process as Linux does")
def test_giant_results_are_not_computed():
    every = []
    for class_name, settings, shape in NO_WEIGHTS:
        config = doors.model_around({"class_name": class_name, "config": {"name": "giant"} | settings})
        config["config"]["layers"][0]["config"]["batch_input_shape"] = shape
        if class_name == "TextVectorization":
            config["config"]["layers"][0]["config"]["dtype"] = "string"
        every.append(config)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], input=json.dumps(every), text=True, capture_output=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize(
    ("label", "arguments"),
    [
        (
            "tf.math.multiply",
            [[{"tensor": ["x", 0, 0]}, {"tensor": ["x", 0, 0]}], GIANT],
        ),  # a list of Python's, repeated
        ("tf.tensordot", [{"tensor": ["x", 0, 0]}, {"tensor": ["x", 0, 0]}, GIANT]),
        ("tf.strings.as_string", [{"tensor": ["x", 0, 0]}, GIANT]),
        ("ops.unique", [{"tensor": ["x", 0, 0]}, False, False, False, None, GIANT]),
        ("tf.dynamic_partition", [{"tensor": ["x", 0, 0]}, {"tensor": ["x", 0, 0]}, GIANT]),
        ("tf.range", [GIANT]),
    ],
)
def test_functions_that_count(door, label, arguments):
    call = ["_FUNCTION", 0, 0, {"args": {"tuple": arguments}, "kwargs": {"dict": {}}}]
    with pytest.raises(ValueError, match="on constants alone|with a number above"):
        door(doors.model_around({"class_name": "OpLambda", "config": {"name": "giant", "label": label}}, [call]))


@pytest.mark.parametrize("ending", [".keras", ".h5", ".pt"])
def test_text_longer_than_any_config(tmp_path, monkeypatch, ending):
    """Python's objects take many times as much memory as the text."""
    monkeypatch.setattr(saved, "LONGEST", 100)
    with pytest.raises(UnsafeFile, match="bytes of JSON; more than 100 are not read"):
        doors.ALL[ending](doors.stack_of({"class_name": "Dense", "config": {"name": "d", "units": 2}}), tmp_path)
