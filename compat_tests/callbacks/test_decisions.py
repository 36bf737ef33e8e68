"""What callbacks decide, save and say in made-up runs, as recorded from tf_keras."""

import json
import pathlib
import re
import warnings

import pytest

from compat_tests.callbacks import scripts
from compat_tests.callbacks.doubles import Optimizer
from torchkeras import callbacks

RECORDS = json.loads((pathlib.Path(__file__).parent / "data" / "decisions.json").read_text())
_RATE = re.compile(r"(?<=learning rate to )\S+(?=\.\n)")


def play(name):
    script = scripts.SCRIPTS[name]
    warned = []
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = lambda message, *_: warned.append(str(message))
        return scripts.play(
            script,
            lambda callback, settings: getattr(callbacks, callback)(**settings),
            Optimizer(script.rate),
            lambda optimizer: optimizer.learning_rate,
            warned,
        )


def test_every_script_is_recorded():
    assert list(RECORDS) == list(scripts.SCRIPTS)
    assert len(RECORDS) > 80


@pytest.mark.parametrize("name", RECORDS)
def test_decisions_are_keras(name):
    expected, found = RECORDS[name], play(name)
    for what in ("rates", "logs", "kept"):
        assert close(found.get(what), expected.get(what)), what
    assert found["stopped"] == expected["stopped"]
    assert found["done"] == expected["done"]
    # tf_keras 2.21 says 'Epoch 1', TensorFlow 2.2 to 2.6 and the documents 'Epoch 00001'.
    output = re.sub(r"Epoch (\d+):", lambda found: f"Epoch {int(found[1]):05d}:", expected["output"])
    assert _RATE.sub("RATE", found["output"]) == _RATE.sub("RATE", output)
    said, wanted = (list(map(float, _RATE.findall(text))) for text in (found["output"], output))
    assert said == pytest.approx(wanted, rel=1e-6)
    assert found["warned"] == [text for text in expected["warned"] if "deprecated" not in text]


@pytest.mark.parametrize("name", [name for name, record in RECORDS.items() if "error" in record])
def test_errors_are_keras(name):
    (kind, text), (expected_kind, expected_text) = play(name)["error"], RECORDS[name]["error"]
    assert kind == expected_kind
    assert text.startswith(expected_text.split(" Reason:")[0])


def close(found, expected):
    if isinstance(expected, dict):
        return list(found) == list(expected) and all(close(found[key], expected[key]) for key in expected)
    if isinstance(expected, list):
        return len(found) == len(expected) and all(map(close, found, expected))
    if isinstance(expected, float):
        return found == pytest.approx(expected, rel=1e-6, nan_ok=True)
    return found == expected


def test_the_look_of_keras_3(monkeypatch):
    monkeypatch.setenv("TORCHKERAS_PROGRESS", "keras3")
    assert play("early_plateau")["output"] == RECORDS["early_plateau"]["output"]
    assert play("save_best")["output"] == RECORDS["save_best"]["output"]
