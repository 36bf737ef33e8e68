"""Constraints: values, settings, names."""

import json

import numpy as np
import pytest
import torch

from torchkeras import constraints
from torchkeras.core.registry import custom_object_scope
from torchkeras.core.variable import Variable

MATRIX = [[3.0, -4.0, 0.0], [0.5, 1.0, 2.0]]

#: Recorded from tf_keras 2.21.
VALUES = [
    (constraints.MaxNorm(2), [[1.9727879, -1.9402851, 0], [0.32879797, 0.48507127, 2]]),
    (constraints.MaxNorm(2, axis=1), [[1.2, -1.6, 0], [0.43643576, 0.8728715, 1.745743]]),
    (constraints.UnitNorm(), [[0.98639387, -0.97014254, 0], [0.16439898, 0.24253564, 1]]),
    (constraints.UnitNorm([0, 1]), [[0.54545456, -0.72727275, 0], [0.09090909, 0.18181819, 0.36363637]]),
    (constraints.MinMaxNorm(2.5, 3, 0.5, axis=1), [[2.4, -3.2, 0], [0.5227724, 1.0455447, 2.0910895]]),
    (constraints.MinMaxNorm(2, 1), [[1.9727879, -1.9402851, 0], [0.32879797, 0.48507127, 2]]),
    (constraints.NonNeg(), [[3, 0, 0], [0.5, 1, 2]]),
    (constraints.Constraint(), MATRIX),
]


@pytest.mark.parametrize(("constraint", "expected"), VALUES, ids=lambda v: getattr(type(v), "__name__", ""))
def test_values_are_keras(constraint, expected):
    weight = torch.tensor(MATRIX)
    np.testing.assert_allclose(constraint(weight), expected, rtol=2e-7)
    assert weight.tolist() == MATRIX  # not changed in place
    np.testing.assert_allclose(np.asarray(constraint(Variable(MATRIX)).detach()), expected, rtol=2e-7)
    assert constraint(weight.double()).dtype is torch.float64


def test_zero_vectors_stay_zero():
    for name in ("max_norm", "unit_norm", "min_max_norm"):
        assert constraints.get(name)(torch.zeros(3, 2)).tolist() == [[0.0, 0.0]] * 3


#: Recorded from tf_keras 2.21 for kernels of 0, 1, 2, ...
RADIAL = [
    [[0, 0], [0, 0]],
    [[4, 4, 4], [4, 0, 4], [4, 4, 4]],
    [[15, 15, 15, 15], [15, 5, 5, 15], [15, 5, 5, 15], [15, 15, 15, 15]],
    [[18, 18, 18, 18, 18], [18, 12, 12, 12, 18], [18, 12, 6, 12, 18], [18, 12, 12, 12, 18], [18, 18, 18, 18, 18]],
]


@pytest.mark.parametrize("expected", RADIAL, ids=len)
def test_radial(expected):
    size = len(expected)
    kernel = torch.arange(float(size * size)).reshape(size, size)
    weight = torch.stack([kernel, -kernel, 2 * kernel, kernel + 1, kernel + 2, kernel + 3], -1).reshape(
        size, size, 2, 3
    )
    found = constraints.RadialConstraint()(weight)
    assert found.shape == weight.shape
    assert found[..., 0, 0].tolist() == expected
    assert torch.equal(found[..., 0, 1], -found[..., 0, 0])
    assert torch.equal(found[..., 1, 2], found[..., 0, 0] + 3)


def test_radial_errors():
    with pytest.raises(ValueError, match="must have rank 4"):
        constraints.RadialConstraint()(torch.zeros(3, 3))
    with pytest.raises(ValueError, match="square kernel"):
        constraints.RadialConstraint()(torch.zeros(3, 5, 1, 1))


#: What tf_keras finds by name, and the settings it writes.
CONFIGS = {
    ("MaxNorm", "max_norm", "maxnorm"): {"max_value": 2, "axis": 0},
    ("MinMaxNorm", "min_max_norm"): {"min_value": 0.0, "max_value": 1.0, "rate": 1.0, "axis": 0},
    ("NonNeg", "non_neg", "nonneg"): {},
    ("UnitNorm", "unit_norm", "unitnorm"): {"axis": 0},
    ("RadialConstraint", "radial_constraint"): {},
}
NAMES = [(name, names[0], settings) for names, settings in CONFIGS.items() for name in names]


@pytest.mark.parametrize(("name", "canonical", "settings"), NAMES, ids=[name for name, *_ in NAMES])
def test_every_name(name, canonical, settings):
    made = constraints.get(name)
    assert type(made) is getattr(constraints, canonical) is getattr(constraints, name)
    saved = {"module": "keras.constraints", "class_name": canonical, "config": settings, "registered_name": None}
    assert constraints.serialize(made) == saved
    assert constraints.get({"class_name": canonical, "config": settings}).get_config() == settings


def test_round_trip():
    made = constraints.min_max_norm(0.5, 2.0, rate=0.3, axis=[0, 1])
    again = constraints.get(json.loads(json.dumps(constraints.serialize(made))))
    weight = torch.tensor(MATRIX)
    assert torch.equal(again(weight), made(weight))


def test_wrong_identifiers():
    with pytest.raises(ValueError, match=r"Unknown constraint: 'max_nrom'\. Did you mean 'max_norm'\?"):
        constraints.get("max_nrom")
    with pytest.raises(ValueError, match="Could not interpret the constraint 3"):
        constraints.get(3)


class Ceiling(constraints.Constraint):
    def __init__(self, top=1.0):
        self.top = top

    def __call__(self, w):
        return torch.clamp_max(w, self.top)

    def get_config(self):
        return {"top": self.top}


def test_own_ones():
    assert constraints.get(None) is None
    assert constraints.get(torch.abs) is torch.abs
    saved = constraints.serialize(Ceiling(2.0))
    with custom_object_scope({"Ceiling": Ceiling}):
        assert constraints.get(saved)(torch.tensor([1.0, 3.0])).tolist() == [1.0, 2.0]
        assert constraints.get("Ceiling").top == 1.0
