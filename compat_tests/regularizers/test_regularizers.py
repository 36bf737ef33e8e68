"""Penalties: values, settings, names."""

import json

import numpy as np
import pytest
import torch

from torchkeras import regularizers
from torchkeras.core import config
from torchkeras.core.registry import custom_object_scope
from torchkeras.core.variable import Variable

MATRIX = [[3.0, -4.0, 0.0], [0.5, 1.0, 2.0]]
#: The 32-bit numbers nearest 0.01 and 0.02, which is what tf_keras saves.
HUNDREDTH, FIFTIETH = 0.009999999776482582, 0.019999999552965164

#: Recorded from tf_keras 2.21: the penalty of MATRIX and its gradient.
VALUES = [
    (regularizers.L1(0.02), 0.21, [[0.02, -0.02, 0], [0.02, 0.02, 0.02]]),
    (regularizers.L2(0.02), 0.60499996, [[0.12, -0.16, 0], [0.02, 0.04, 0.08]]),
    (regularizers.L1L2(0.02, 0.03), 1.1175, [[0.2, -0.26, 0], [0.05, 0.08, 0.14]]),
    (regularizers.l1_l2(), 0.4075, [[0.07, -0.09, 0], [0.02, 0.03, 0.05]]),
    (
        regularizers.OrthogonalRegularizer(0.1),
        0.02182179,
        [[-0.00698297, -0.00523723, -0.01745743], [-0.02826441, 0.03075833, -0.00831306]],
    ),
    (
        regularizers.orthogonal_regularizer(0.1, mode="columns"),
        0.0441335,
        [[-0.00105886, 0.00112042, 0.00027086], [0.00635317, 0.0044817, 0]],
    ),
]


@pytest.mark.parametrize(("penalty", "value", "gradient"), VALUES, ids=lambda v: getattr(type(v), "__name__", ""))
def test_values_and_gradients_are_keras(penalty, value, gradient):
    x = torch.tensor(MATRIX, requires_grad=True)
    found = penalty(x)
    assert found.shape == ()
    assert found.item() == pytest.approx(value, rel=1e-6)
    np.testing.assert_allclose(torch.autograd.grad(found, x)[0], gradient, rtol=1e-5, atol=1e-7)
    assert penalty(Variable(MATRIX)).item() == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("name", ["l1", "l2", "l1_l2", "L1L2", "orthogonal_regularizer"])
def test_dtype_stays(name, dtype):
    assert regularizers.get(name)(torch.tensor(MATRIX, dtype=dtype)).dtype is dtype


def test_no_penalty_is_zero():
    found = regularizers.L1L2()(torch.ones(3, dtype=torch.float64))
    assert found.item() == 0.0
    assert found.dtype is torch.float64
    assert regularizers.Regularizer()(torch.ones(3)) == 0.0


NAMES = {
    ("L1", "l1"): {"l1": HUNDREDTH},
    ("L2", "l2"): {"l2": HUNDREDTH},
    ("L1L2", "l1_l2"): {"l1": HUNDREDTH, "l2": HUNDREDTH},
    ("L1L2", "L1L2"): {"l1": 0.0, "l2": 0.0},
    ("L1L2", "l1l2"): {"l1": 0.0, "l2": 0.0},
    ("OrthogonalRegularizer", "orthogonal_regularizer"): {"factor": HUNDREDTH, "mode": "rows"},
}


@pytest.mark.parametrize(("names", "settings"), NAMES.items(), ids=lambda v: v[1] if isinstance(v, tuple) else "")
def test_names_and_saved_forms(names, settings):
    canonical, name = names
    made = regularizers.get(name)
    assert type(made) is getattr(regularizers, canonical)
    saved = {"module": "keras.regularizers", "class_name": canonical, "config": settings, "registered_name": None}
    assert regularizers.serialize(made) == saved
    again = regularizers.get(json.loads(json.dumps(saved)))
    assert type(again) is type(made)
    assert again.get_config() == settings
    legacy = regularizers.deserialize({"class_name": canonical, "config": settings})
    assert legacy.get_config() == settings


def test_config_of_the_function_name():
    made = regularizers.get({"class_name": "l1_l2", "config": {"l1": 0.02}})
    assert made.get_config() == {"l1": FIFTIETH, "l2": HUNDREDTH}


def test_lower_case_names_take_arguments():
    assert regularizers.l2(0.02).get_config() == {"l2": FIFTIETH}
    assert regularizers.l1(l1=0.02).get_config() == {"l1": FIFTIETH}
    assert regularizers.l2(l=0.02).get_config() == {"l2": FIFTIETH}
    assert regularizers.l1_l2(l2=0.02).get_config() == {"l1": HUNDREDTH, "l2": FIFTIETH}
    assert regularizers.L2(None).get_config() == {"l2": HUNDREDTH}
    assert regularizers.L1L2(None, None).get_config() == {"l1": 0.0, "l2": 0.0}
    with pytest.raises(TypeError, match="z"):
        regularizers.l1(z=3)


def test_factors_are_rounded_to_floatx():
    config.set_floatx("float64")
    try:
        assert regularizers.L2(0.01).get_config() == {"l2": 0.01}
    finally:
        config.set_floatx("float32")


@pytest.mark.parametrize("value", ["0.1", [1], float("nan"), float("inf"), 1j])
def test_wrong_factors(value):
    for made in (regularizers.L1, regularizers.L2, regularizers.L1L2, regularizers.OrthogonalRegularizer):
        with pytest.raises(ValueError, match="is not a valid regularization penalty number"):
            made(value)


def test_numbers_of_numpy_are_numbers():
    assert regularizers.L2(np.float32(0.5)).l2 == 0.5
    assert regularizers.L1(np.int64(2)).l1 == 2.0


def test_orthogonal_regularizer_errors():
    with pytest.raises(ValueError, match="mode=diagonal"):
        regularizers.OrthogonalRegularizer(mode="diagonal")
    with pytest.raises(ValueError, match=r"must have rank 2. Received: inputs.shape == \(2, 2, 2\)"):
        regularizers.OrthogonalRegularizer()(torch.zeros(2, 2, 2))


def test_wrong_identifiers():
    with pytest.raises(ValueError, match=r"Unknown regularizer: 'l3'"):
        regularizers.get("l3")
    with pytest.raises(ValueError, match="Could not interpret the regularizer 3"):
        regularizers.get(3)


class Drift(regularizers.Regularizer):
    def __init__(self, target=0.0):
        self.target = target

    def __call__(self, x):
        return torch.mean(x - self.target)

    def get_config(self):
        return {"target": self.target}


def test_own_ones():
    assert regularizers.get(None) is None
    assert regularizers.get(torch.norm) is torch.norm
    saved = regularizers.serialize(Drift(2.0))
    with custom_object_scope({"Drift": Drift}):
        assert regularizers.get(saved)(torch.ones(3)).item() == -1.0
        assert regularizers.get("Drift").target == 0.0
    with pytest.raises(NotImplementedError, match="get_config"):
        regularizers.Regularizer().get_config()
