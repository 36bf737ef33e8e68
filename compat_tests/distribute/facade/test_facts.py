"""Single calls, and the guides' programs, with two processes: what TensorFlow gives with two replicas."""

import json
from pathlib import Path

import numpy as np

import torchkeras as keras
import torchkeras.tensorflow as tf
from compat_tests.distribute.facade import facts, programs

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())
_TOLERANCE = {"rtol": 1e-5, "atol": 1e-6}
#: Without a word on how to make one value of them, code outside of `run` reads the first replica's in TensorFlow, and
#: each process's own here.
_THE_FIRST_ONLY = {"variable NONE AUTO", "variable NONE ON_WRITE"}


def plain(value, strategy):
    """What a case gave in this process, as the recorded file has it."""
    if isinstance(value, facts.Each):
        found = strategy._replicas.gather(plain(value.value, strategy))
        return {"each": found}
    if hasattr(value, "numpy"):
        value = value.numpy()
    if isinstance(value, bytes):
        return value.decode()
    return np.asarray(value).tolist() if not isinstance(value, (bool, str, list)) else value


def outcomes(named):
    """What the cases give, with the strategy of the guides."""
    strategy = getattr(tf.distribute, named)()
    found = {}
    for name, case in facts.CASES.items():
        try:
            found[name] = plain(case(tf, strategy), strategy)
        except (ValueError, RuntimeError, TypeError) as error:
            found[name] = {"error": next(k.__name__ for k in type(error).__mro__ if k.__module__ == "builtins")}
    return found


def check(found, wanted, name):
    if isinstance(wanted, dict):
        assert isinstance(found, dict), (name, found, wanted)
        assert found.keys() == wanted.keys(), (name, found, wanted)
        for key in wanted:
            check(found[key], wanted[key], f"{name} {key}")
    elif isinstance(wanted, (float, int)) or (isinstance(wanted, list) and not any(isinstance(w, str) for w in wanted)):
        if isinstance(wanted, list) and wanted and isinstance(wanted[0], list):
            assert len(found) == len(wanted), name
            for i, (one, other) in enumerate(zip(found, wanted, strict=True)):
                check(one, other, f"{name} {i}")
        else:
            np.testing.assert_allclose(found, wanted, err_msg=name, **_TOLERANCE)
    else:
        assert found == wanted, name


def test_calls(crew):
    for number, found in enumerate(crew(2).run(outcomes, "MirroredStrategy")):
        assert found.keys() == RECORDED["facts"].keys()
        wrong = []
        for name, wanted in RECORDED["facts"].items():
            if number and name in _THE_FIRST_ONLY:
                continue
            try:
                check(found[name], wanted, name)
            except AssertionError as error:
                wrong.append(f"{name}: {found[name]} instead of {wanted} ({str(error)[:80]})")
        assert not wrong, "\n".join(wrong)


def with_keras(folder, shuffle):
    keras.utils.set_random_seed(3)
    return programs.with_keras(tf, tf.distribute.MirroredStrategy(), folder, shuffle)


def test_training_with_keras(crew, tmp_path):
    """The history, the checkpoints, and the model saved and loaded: those of TensorFlow."""
    found = crew(2).run(with_keras, str(tmp_path / "two"), False)
    for one in found:
        check(one, RECORDED["with_keras"], "")
    shuffled = crew(2).run(with_keras, str(tmp_path / "shuffled"), True)
    alone = with_keras(str(tmp_path / "one"), True)
    for one in shuffled:
        check(one, alone, "shuffled")


def with_loop(samples):
    return programs.with_loop(tf, tf.distribute.MirroredStrategy(), samples)


def test_custom_training(crew):
    """A last batch of 5, and of one: the other process has no sample of it. TensorFlow's figures and one process's."""
    crew_of_two = crew(2)
    for one in crew_of_two.run(with_loop, 69):
        check(one, RECORDED["with_loop"], "")
    alone = with_loop(65)
    for one in crew_of_two.run(with_loop, 65):
        check(one, alone, "65 samples")


def by_iterator(named):
    return programs.by_iterator(tf, getattr(tf.distribute, named)())


def test_by_iterator(crew):
    """Data that a function makes: dealt out by the mirrored strategy, each worker's own by the other."""
    for one in crew(2).run(by_iterator, "MirroredStrategy"):
        check(one, RECORDED["by_iterator"], "")
    first, second = crew(2).run(by_iterator, "MultiWorkerMirroredStrategy")
    assert first == second
    assert first["seen"] == [12.0]
