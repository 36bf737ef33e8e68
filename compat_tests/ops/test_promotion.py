"""The dtypes of results: Keras 3's table, and what the promotion does to numbers and lists."""

import numpy as np
import pytest
import torch

from compat_tests.ops import goldens
from torchkeras import Variable, ops
from torchkeras.core.dtypes import dtype_name
from torchkeras.ops.promotion import result_type, tensor

KINDS = {name: getattr(torch, name) for name in goldens.PROMOTED} | {"int": int, "float": float}


def test_the_whole_table():
    recorded = goldens.facts()["promotions"]
    found = {f"{a} {b}": dtype_name(result_type(KINDS[a], KINDS[b])) for a in KINDS for b in KINDS}
    assert found == recorded


def test_alone_python_numbers_have_the_default_types():
    assert result_type(int) is torch.int32
    assert result_type(float) is torch.float32
    assert result_type(bool) is torch.bool
    assert result_type(int, float) is torch.float32


@pytest.mark.parametrize(
    ("given", "dtype"),
    [
        ([1, 2], torch.int32),
        ([1.5, 2], torch.float32),
        ([[True], [False]], torch.bool),
        (np.arange(3), torch.int64),
        ([np.float64(1.0), 2.0], torch.float64),
        ([torch.ones(2), torch.zeros(2, dtype=torch.int32)], torch.float32),
        (range(3), torch.int32),
        (1 + 2j, torch.complex128),
    ],
)
def test_tensors_of_anything(given, dtype):
    made = tensor(given)
    assert made.dtype is dtype
    expected = [np.asarray(g) for g in given] if isinstance(given, list) else np.asarray(given)
    np.testing.assert_array_equal(made.numpy(), expected)


def test_variables_are_operands_that_take_gradients():
    v = Variable([1.0, 2.0])
    ops.sum(ops.multiply(v, [3.0, 4.0])).backward()
    np.testing.assert_array_equal(v.parameter.grad, [3.0, 4.0])


@pytest.mark.parametrize("wrong", ["text", None, object(), [[1], [2, 3]], ["a"]])
def test_what_is_no_number_is_an_error(wrong):
    with pytest.raises(ValueError, match="Cannot make a tensor|inhomogeneous"):
        ops.convert_to_tensor(wrong)
