"""The STFT initializer, compared with Keras 3.15 (see record_stft.py)."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import torch

from torchkeras import initializers
from torchkeras.initializers import STFT


def _recorded():
    with np.load(Path(__file__).parent / "stft.npz") as archive:
        cases, values = json.loads(str(archive["cases"])), archive["values"]
    ends = np.cumsum([math.prod(shape) for shape, _ in cases])
    parts = np.split(values, ends[:-1])
    return [(tuple(shape), settings, part.reshape(shape)) for (shape, settings), part in zip(cases, parts, strict=True)]


RECORDED = _recorded()
WINDOWS = list(dict.fromkeys(json.dumps(settings["window"]) for _, settings, _ in RECORDED))


@pytest.mark.parametrize("window", WINDOWS)
def test_values(window):
    for shape, settings, expected in RECORDED:
        if json.dumps(settings["window"]) == window:
            made = STFT(**settings)(shape)
            assert made.dtype is torch.float32
            np.testing.assert_allclose(made, expected, rtol=1e-5, atol=1e-5, err_msg=f"{shape} {settings}")


def test_is_the_fourier_transform():
    frames = np.random.default_rng(0).normal(size=(5, 512))
    kernel = [STFT(side, window=None)((512, 1, 257), "float64")[:, 0].numpy() for side in ("real", "imag")]
    np.testing.assert_allclose(frames @ kernel[0] + 1j * (frames @ kernel[1]), np.fft.rfft(frames), atol=1e-10)


@pytest.mark.parametrize("convert", [list, np.array, torch.tensor, tuple])
def test_windows_of_values(convert):
    values = [0.5, 1.0, 2.0]
    made = STFT(window=convert(values), scaling="spectrum")
    assert made((3, 1, 2), "float64")[:, 0, 0].tolist() == pytest.approx([0.5 / 3.5, 1 / 3.5, 2 / 3.5])
    saved = json.loads(json.dumps(initializers.serialize(made)))
    assert torch.equal(initializers.get(saved)((3, 1, 2)), made((3, 1, 2)))
    with pytest.raises(ValueError, match=r"`window` must have shape \(4,\)"):
        made((4, 1, 2))


@pytest.mark.parametrize("form", ["__numpy__", "__tensor__"])
def test_windows_as_keras_saves_them(form):
    window = {"class_name": form, "config": {"value": [1.0, 2.0], "dtype": "float32"}}
    config = {"side": "real", "window": window, "periodic": False, "scaling": None}
    assert initializers.get({"class_name": "STFT", "config": config})((2, 1, 2))[:, 0, 0].tolist() == [1, 2]


def test_windows_with_parameters_come_back():
    made = STFT("imag", ("kaiser", 8.0), "spectrum", True)
    saved = json.loads(json.dumps(initializers.serialize(made)))
    assert torch.equal(initializers.get(saved)((8, 1, 5)), made((8, 1, 5)))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_dtypes(dtype):
    made = STFT()((8, 1, 5), dtype)
    assert made.dtype is getattr(torch, dtype)
    assert torch.equal(made, STFT()((8, 1, 5), "float64").to(made.dtype))


def test_values_are_on_the_cpu_whatever_the_default_device():
    with torch.device("meta"):
        for window in ("hann", "exponential", ("exponential", 2.0), ("kaiser", 3.0), "taylor", [1.0, 2.0, 1.0], None):
            assert STFT(window=window)((3, 1, 5)).device.type == "cpu"


def test_periodic_exponential_around_a_point():
    made = STFT(window=("exponential", 0.0, 2.0), scaling=None, periodic=True)((3, 1, 2), "float64")
    np.testing.assert_allclose(made[:, 0, 0], np.exp([0, -0.5, -1]))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"side": "both"}, "`side` must be 'real' or 'imag'"),
        ({"scaling": "l2"}, "`scaling` must be 'density', 'spectrum' or None"),
        (
            {"window": "hanning"},
            r"Unknown window: 'hanning'\. Did you mean 'hann'\? Known windows: \['barthann', 'bar",
        ),
        ({"window": ("chebwin", 100)}, r"Unknown window: 'chebwin'\..* Known windows: .*'hann'"),
        ({"window": "kaiser"}, r"takes 1 parameters, but got 0: .*window=\('kaiser', beta\)"),
        ({"window": ("hann", 3)}, r"takes 0 parameters, but got 1: \(3,\)"),
    ],
)
def test_wrong_settings(wrong, message):
    with pytest.raises(ValueError, match=message):
        STFT(**wrong)


@pytest.mark.parametrize("shape", [(8, 2, 5), (8, 5), (8, 1, 1)])
def test_wrong_shapes(shape):
    with pytest.raises(ValueError, match=r"\(frame_length, 1, bins\) with at least 2 bins"):
        STFT()(shape)


def test_integer_dtypes_are_an_error():
    with pytest.raises(ValueError, match="Expected floating point type, got int32"):
        STFT()((8, 1, 5), "int32")
