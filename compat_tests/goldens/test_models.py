"""Every model case against its record: inference, training calls, gradients, statistics."""

import pytest

import torchkeras as keras

from . import compare, runner, store
from .cases import MODELS


@pytest.mark.parametrize("case", MODELS, ids=lambda case: case.name)
def test_model_matches_its_record(case):
    arrays, meta = store.load("models", case.name)
    result, result_meta = runner.run_model(keras, case, arrays)
    lines = compare.compare_arrays(arrays, result, compare.MODEL_TOLERANCE) + compare.compare_meta(meta, result_meta)
    assert not lines, "\n".join(lines)
