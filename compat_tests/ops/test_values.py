"""Every operation against the values and dtypes recorded from Keras 3 on TensorFlow."""

import numpy as np
import pytest
import torch

import torchkeras.ops as ops
from compat_tests.ops import goldens
from compat_tests.ops.cases import cases, evaluate

RECORDED = goldens.load()
#: By the result's dtype; half precision differs by its last place.
TOLERANCES = {"float16": 2e-3, "bfloat16": 2e-2, "float32": 2e-5, "float64": 1e-9, "complex64": 2e-5}


@pytest.mark.parametrize("name", [name for name in cases() if name in RECORDED])
def test_as_keras(name):
    results, recorded = evaluate(cases()[name], ops), RECORDED[name]
    assert len(results) == len(recorded)
    for result, (kind, expected) in zip(results, recorded, strict=True):
        if expected is None:
            assert repr(result) == kind
            continue
        assert ops.dtype(result) == kind
        found = ops.convert_to_numpy(result)
        tolerance = TOLERANCES.get(kind, 0.0)
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance * 2, equal_nan=True)
        assert found.shape == expected.shape


def test_nearly_all_is_recorded():
    assert len(RECORDED) > 1400
    assert set(RECORDED) <= set(cases())


def test_results_are_plain_tensors():
    assert type(ops.add(1, 2.5)) is torch.Tensor
