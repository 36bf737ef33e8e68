"""GradientTape with a LossScaleOptimizer, as in TensorFlow's guide to mixed precision."""

import json
from pathlib import Path

import numpy as np

import torchkeras as keras
from compat_tests.mixed_precision import training
from torchkeras import tensorflow as tf

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())["custom_loop"]


def test_losses_and_scales():
    found = training.custom_loop(tf, keras)
    assert found["scales"] == RECORDED["scales"]
    assert found["gradients"] == RECORDED["gradients"] == ["float32"]
    np.testing.assert_allclose(found["losses"], RECORDED["losses"], atol=5e-3)
