"""Activations, regularizers, constraints and initializers against their records."""

import numpy as np
import pytest

import torchkeras as keras

from . import compare, runner, store
from .cases import ACTIVATIONS, CONSTRAINTS, INITIALIZERS, REGULARIZERS
from .cases.functions import fans


def _name(case):
    return case.name


def _check_config(meta, result_meta):
    assert result_meta["class_name"] == meta["class_name"]
    lines = compare.compare_config(meta["config"], result_meta["config"])
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("case", ACTIVATIONS, ids=_name)
def test_activation(case):
    arrays, _ = store.load("activations", case.name)
    result = runner.run_activation(keras, case, arrays)
    lines = [line for key, value in result.items() for line in compare.compare_elementwise(key, arrays[key], value)]
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("case", REGULARIZERS, ids=_name)
def test_regularizer(case):
    arrays, meta = store.load("regularizers", case.name)
    result, result_meta = runner.run_regularizer(keras, case, arrays)
    lines = compare.compare_arrays({key: arrays[key] for key in ("value", "grad")}, result, compare.FUNCTION_TOLERANCE)
    assert not lines, "\n".join(lines)
    _check_config(meta, result_meta)


@pytest.mark.parametrize("case", CONSTRAINTS, ids=_name)
def test_constraint(case):
    arrays, meta = store.load("constraints", case.name)
    result, result_meta = runner.run_constraint(keras, case, arrays)
    lines = compare.compare_elementwise("value", arrays["value"], result["value"])
    assert not lines, "\n".join(lines)
    _check_config(meta, result_meta)


@pytest.mark.parametrize("case", INITIALIZERS, ids=_name)
def test_initializer(case):
    arrays, meta = store.load("initializers", case.name)
    sample, result_meta = runner.run_initializer(keras, case)
    assert sample.shape == case.shape
    assert sample.dtype == np.float32
    lines = compare.compare_initializer(case, arrays, sample)
    assert not lines, "\n".join(lines)
    _check_config(meta, result_meta)


@pytest.mark.parametrize("case", INITIALIZERS, ids=_name)
def test_law_of_an_initializer_describes_the_record(case):
    arrays, _ = store.load("initializers", case.name)
    if case.law == "exact":
        assert arrays["value"].shape == case.shape
    elif case.law == "orthogonal":
        assert not compare.compare_orthogonal(case, arrays["value"])
    else:
        assert not compare.compare_with_law(case, arrays["statistics"])


def test_fans_of_dense_and_convolution_kernels():
    assert fans((7,)) == (7, 7)
    assert fans((4, 6)) == (4, 6)
    assert fans((3, 3, 2, 5)) == (18, 45)
