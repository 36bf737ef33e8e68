"""Tutorials written for tf.keras, run unchanged: they end with the metrics that they end with under TensorFlow."""

import re
import subprocess
import sys

import pytest

from compat_tests.examples import tutorials

pytestmark = pytest.mark.slow

FOR_TORCHKERAS = {  # example: what the last line says, and the least that the figure may be
    "lenet": (r"accuracy on new images: ([\d.]+)", 0.9),
    "convnet_with_callbacks": (r"best accuracy on validation: ([\d.]+) after \d+ epochs", 0.9),
    "tabular_regression": (r".*'high_accuracy': ([\d.]+).*", 0.9),
}


@pytest.mark.parametrize("name", tutorials.TOLERANCES)
def test_metrics_are_those_of_tensorflow(name):
    ours = tutorials.run_with_torchkeras(name)
    assert tutorials.differences(name, ours, tutorials.recorded()[name]) == []


@pytest.mark.parametrize("name", FOR_TORCHKERAS)
def test_example_for_torchkeras(name):
    done = subprocess.run(
        [sys.executable, f"{name}.py"], capture_output=True, text=True, cwd=tutorials.EXAMPLES, timeout=300
    )
    assert done.returncode == 0, done.stderr
    said, least = FOR_TORCHKERAS[name]
    found = re.fullmatch(said, done.stdout.splitlines()[-1])
    assert found is not None, done.stdout
    assert float(found[1]) >= least


def test_every_example_is_run():
    there = {path.stem for path in tutorials.EXAMPLES.glob("*.py")} - {"made_data"}
    assert there == tutorials.TOLERANCES.keys() | FOR_TORCHKERAS.keys()


def test_a_metric_that_is_off_is_told():
    reference = {"loss": 0.01, "accuracy": 0.99}
    assert tutorials.differences("mlp", reference, reference) == []
    assert "accuracy is 0.5" in tutorials.differences("mlp", {"loss": 0.01, "accuracy": 0.5}, reference)[0]
    assert "loss is nan" in tutorials.differences("mlp", {"loss": float("nan"), "accuracy": 0.99}, reference)[0]
    assert tutorials.differences("mlp", {"loss": 0.01}, reference)
