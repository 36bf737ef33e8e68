"""Every function of keras.backend against what tf_keras's gives."""

import numpy as np
import pytest

from compat_tests.backend.cases import CASES, DATA, Arrays
from torchkeras import backend as K

RECORDED = dict(np.load(DATA))


def results_of(name):
    results = CASES[name](K, Arrays(K, name))
    return [K.get_value(result) for result in (results if isinstance(results, list) else [results])]


@pytest.mark.parametrize("name", CASES)
def test_is_what_tf_keras_gives(name):
    results = results_of(name)
    expected = [value for key, value in RECORDED.items() if key.rpartition("/")[0] == name]
    assert len(results) == len(expected)
    for result, wanted in zip(results, expected, strict=True):
        assert result.shape == wanted.shape
        assert result.dtype == wanted.dtype
        np.testing.assert_allclose(result, wanted, rtol=1e-5, atol=1e-5)


def test_no_record_without_a_case():
    assert {key.rpartition("/")[0] for key in RECORDED} == set(CASES)
