"""A training in one process and in several, and the comparison of where they end."""

import contextlib

import numpy as np

import torchkeras as keras
from torchkeras.core import replicas as scopes
from torchkeras.core.kinds import bridge
from torchkeras.distribute import joined


def scope(together):
    """The scope of the crew that runs this, or of nobody."""
    return scopes.within(joined()) if together else contextlib.nullcontext()


def started(seed=3):
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)


def numbers(samples=70, features=8, classes=3):
    """Inputs and labels, the same at each call. Of 70 the last batch has 6, of 65 one: less than some crews."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(samples, features)).astype("float32"), rng.integers(0, classes, samples)


@contextlib.contextmanager
def by_torch_alone():
    """As where the tf namespace is not loaded, which another test may have done in this process."""
    before, bridge.active = bridge.active, False
    try:
        yield
    finally:
        bridge.active = before


def dense(*last, **settings):
    return keras.Sequential(
        [
            keras.layers.Dense(16, activation="relu", **settings),
            *last,
            keras.layers.Dense(3, activation="softmax"),
        ]
    )


def assert_same(found, wanted, rtol=1e-5, atol=1e-5, name=""):
    """Structures of arrays and numbers."""
    if isinstance(wanted, dict):
        assert list(found) == list(wanted), name
        for key, value in wanted.items():
            assert_same(found[key], value, rtol, atol, f"{name} {key}")
    elif isinstance(wanted, (list, tuple)) and not np.isscalar(wanted):
        assert len(found) == len(wanted), name
        for i, (one, other) in enumerate(zip(found, wanted, strict=True)):
            assert_same(one, other, rtol, atol, f"{name}[{i}]")
    else:
        np.testing.assert_allclose(found, wanted, rtol=rtol, atol=atol, err_msg=name)
