"""Initializers: what a weight's first values are."""

from __future__ import annotations

from typing import Any

import numpy as np
from torch import Tensor

from torchkeras.core.registry import Family
from torchkeras.core.variable import Variable
from torchkeras.initializers.constant import Constant, Identity, Ones, Zeros
from torchkeras.initializers.initializer import Initializer
from torchkeras.initializers.orthogonal import Orthogonal
from torchkeras.initializers.random import RandomNormal, RandomUniform, TruncatedNormal
from torchkeras.initializers.stft import STFT
from torchkeras.initializers.variance_scaling import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    VarianceScaling,
)

# The snake-case names are the classes themselves: `initializers.he_normal(seed=3)`.
zeros = zero = Zeros
ones = one = Ones
constant = Constant
identity = IdentityInitializer = Identity
random_normal = normal = RandomNormal
random_uniform = uniform = RandomUniform
truncated_normal = TruncatedNormal
variance_scaling = VarianceScaling
orthogonal = OrthogonalInitializer = Orthogonal
glorot_normal = GlorotNormal
glorot_uniform = GlorotUniform
he_normal = HeNormal
he_uniform = HeUniform
lecun_normal = LecunNormal
lecun_uniform = LecunUniform
stft = STFTInitializer = STFT

#: Class and its snake-case name.
_NAMES: dict[str, type[Initializer]] = {
    "Initializer": Initializer, "initializer": Initializer,
    "Zeros": Zeros, "zeros": Zeros, "zero": Zeros,
    "Ones": Ones, "ones": Ones, "one": Ones,
    "Constant": Constant, "constant": Constant,
    "Identity": Identity, "identity": Identity, "IdentityInitializer": Identity,
    "RandomNormal": RandomNormal, "random_normal": RandomNormal, "normal": RandomNormal,
    "RandomUniform": RandomUniform, "random_uniform": RandomUniform, "uniform": RandomUniform,
    "TruncatedNormal": TruncatedNormal, "truncated_normal": TruncatedNormal,
    "VarianceScaling": VarianceScaling, "variance_scaling": VarianceScaling,
    "Orthogonal": Orthogonal, "orthogonal": Orthogonal, "OrthogonalInitializer": Orthogonal,
    "GlorotNormal": GlorotNormal, "glorot_normal": GlorotNormal,
    "GlorotUniform": GlorotUniform, "glorot_uniform": GlorotUniform,
    "HeNormal": HeNormal, "he_normal": HeNormal,
    "HeUniform": HeUniform, "he_uniform": HeUniform,
    "LecunNormal": LecunNormal, "lecun_normal": LecunNormal,
    "LecunUniform": LecunUniform, "lecun_uniform": LecunUniform,
}  # fmt: skip
#: What TensorFlow 2.0 to 2.3 may have written into saved configs.
_OLD_NAMES: dict[str, type[Initializer]] = {
    f"{name}V2": found
    for name, found in _NAMES.items()
    if name == found.__name__ or name.endswith(("_normal", "_uniform"))
}
#: What only Keras 3 has.
_NEW_NAMES: dict[str, type[Initializer]] = {"STFT": STFT, "stft": STFT, "STFTInitializer": STFT}

FAMILY = Family("initializer", "keras.initializers", _NAMES | _OLD_NAMES | _NEW_NAMES)
serialize = FAMILY.serialize
deserialize = FAMILY.deserialize


def get(identifier: Any) -> Any:
    """The initializer meant by a name, a config, a class, an instance, a function `(shape, dtype)`, or an array."""
    if isinstance(identifier, (Tensor, Variable, np.ndarray)):
        return Constant(identifier.numpy() if isinstance(identifier, Variable) else identifier)
    return FAMILY.get(identifier)


__all__ = [
    "FAMILY",
    "Initializer", "Zeros", "Ones", "Constant", "Identity", "RandomNormal", "RandomUniform", "TruncatedNormal",
    "VarianceScaling", "Orthogonal", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "LecunNormal",
    "LecunUniform", "IdentityInitializer", "OrthogonalInitializer", "STFT", "STFTInitializer",
    "zeros", "zero", "ones", "one", "constant", "identity", "random_normal", "normal", "random_uniform", "uniform",
    "truncated_normal", "variance_scaling", "orthogonal", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform",
    "lecun_normal", "lecun_uniform", "stft",
    "get", "serialize", "deserialize",
]  # fmt: skip
