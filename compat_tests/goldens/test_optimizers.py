"""Optimizers and learning rate schedules against their records."""

import numpy as np
import pytest

import torchkeras as keras

from . import build, compare, runner_optimizers, store
from .cases import OPTIMIZERS, SCHEDULES
from .cases.optimizers import SCHEDULE_STEPS


def _name(case):
    return case.name


@pytest.mark.parametrize("case", OPTIMIZERS, ids=_name)
def test_optimizer_matches_its_record(case):
    lines = runner_optimizers.differences(keras, "optimizers", case, *store.load("optimizers", case.name))
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
    lines = runner_optimizers.differences(keras, "schedules", case, *store.load("schedules", case.name))
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
