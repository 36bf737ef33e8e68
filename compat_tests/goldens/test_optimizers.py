"""Optimizers and learning rate schedules against their records."""

import numpy as np
import pytest

import torchkeras as keras

from . import build, compare, runner_optimizers, store
from .cases import OPTIMIZERS, SCHEDULES
from .cases.optimizers import SCHEDULE_STEPS


def _name(case):
    return case.name


@pytest.mark.parametrize("way", ["apply_gradients", "step"])
@pytest.mark.parametrize("case", OPTIMIZERS, ids=_name)
def test_optimizer_matches_its_record(case, way):
    arrays, meta = store.load("optimizers", case.name)
    result, result_meta = runner_optimizers.run_optimizer(keras, case, way)
    lines = runner_optimizers.compare(case, arrays, result)
    assert not lines, "\n".join(lines)
    assert result_meta.get("slots") == meta.get("slots")


@pytest.mark.parametrize("case", [case for case in OPTIMIZERS if not case.legacy], ids=_name)
def test_config_matches_its_record(case):
    _, meta = store.load("optimizers", case.name)
    config = build.plain_json(runner_optimizers.make(keras, case).get_config())
    config.pop("adaptive_epsilon", None)  # which tf_keras forgets to save
    lines = compare.compare_config(meta["config"], config)
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("case", OPTIMIZERS, ids=_name)
def test_optimizer_from_its_recorded_config(case):
    _, meta = store.load("optimizers", case.name)
    rebuilt = getattr(keras.optimizers, case.optimizer).from_config(meta["config"])
    again = build.plain_json(rebuilt.get_config())
    wanted = meta["config"] if not case.legacy else {key: again.get(key, 0.0) for key in meta["config"]}
    lines = compare.compare_config(wanted, {key: again.get(key, 0.0) for key in meta["config"]})
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("case", SCHEDULES, ids=_name)
def test_schedule_matches_its_record(case):
    arrays, meta = store.load("schedules", case.name)
    result, result_meta = runner_optimizers.run_schedule(keras, case)
    wanted, found = arrays["rates"], result["rates"]
    good = np.isclose(found, wanted, rtol=1e-6, atol=1e-6 * np.abs(wanted).max())
    assert good.all(), [(SCHEDULE_STEPS[i], found[i], wanted[i]) for i in np.flatnonzero(~good)]
    lines = compare.compare_config(meta["config"], result_meta["config"])
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("case", SCHEDULES, ids=_name)
def test_schedule_in_an_optimizer_follows_it(case):
    arrays, _ = store.load("schedules", case.name)
    schedule = getattr(keras.optimizers.schedules, case.schedule)(**case.config)
    optimizer = keras.optimizers.SGD(schedule)
    weight = keras.Variable([0.0], name="weight")
    before = 0.0
    for step in range(40):
        optimizer.apply_gradients([(np.ones(1, np.float32), weight)])
        wanted = arrays["rates"][SCHEDULE_STEPS.index(step)]
        assert float(optimizer.learning_rate) == pytest.approx(wanted, rel=1e-5, abs=1e-8)
        assert before - float(weight) == pytest.approx(wanted, abs=1e-5 * (1 + abs(before)))
        before = float(weight)


def test_table_is_large_and_its_names_unique():
    names = [case.name for case in (*OPTIMIZERS, *SCHEDULES)]
    assert len(names) >= 120
    assert len(set(names)) == len(names)
