"""What tensors and variables show, one expression after the other, equals what TensorFlow showed."""

import json

import pytest

import torchkeras.tensorflow as tf
from compat_tests.tensorflow.expressions import DATA, EXPRESSIONS, run

RECORDED = json.loads(DATA.read_text())


@pytest.fixture(scope="module")
def ours():
    return run(tf)


def test_the_record_is_of_these():
    assert len(RECORDED) == len(EXPRESSIONS)


@pytest.mark.parametrize("place", range(len(EXPRESSIONS)), ids=EXPRESSIONS)
def test_expression(place, ours):
    assert ours[place] == RECORDED[place]
