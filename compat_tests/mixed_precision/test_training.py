"""Trainings under mixed policies follow tf_keras's."""

import json
from pathlib import Path

import numpy as np
import pytest

import torchkeras as keras
from compat_tests.mixed_precision import training

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())


@pytest.mark.parametrize("case", RECORDED["training"])
def test_curves(case):
    name, policy = case.split()
    found, expected = training.curve(keras, name, policy), RECORDED["training"][case]
    assert found["history"].keys() == expected["history"].keys()
    np.testing.assert_allclose(found["history"]["loss"], expected["history"]["loss"], atol=2e-2)
    np.testing.assert_allclose(found["history"]["accuracy"], expected["history"]["accuracy"], atol=0.04)
    assert found["optimizer"] == expected["optimizer"].removesuffix("V3")
    assert found["predicted"] == expected["predicted"]
