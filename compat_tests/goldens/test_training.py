"""Whole trainings against their records: losses of each step, histories, evaluations, predictions, final weights."""

import pytest

import torchkeras as keras

from . import compare_training, runner_training, store
from .cases import TRAINING
from .cases.training import SessionCase
from .runner import DEVICE  # first of all: without TF32

FAILING = [case for case in TRAINING if isinstance(case, SessionCase) and case.error is not None]
RUNNING = [case for case in TRAINING if case not in FAILING]


def _name(case):
    return case.name


@pytest.mark.parametrize("case", RUNNING, ids=_name)
def test_training_matches_its_record(case):
    assert DEVICE
    lines = compare_training.compare(store.load("training", case.name), runner_training.run(keras, case))
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("case", FAILING, ids=_name)
def test_misuse_raises_as_recorded(case):
    recorded, found = store.load("training", case.name)[1], runner_training.run(keras, case)[1]
    lines = compare_training.compare_misuse(case.error, recorded, found)
    assert not lines, "\n".join(lines)


def test_names_are_unique_and_fits_are_many():
    names = [case.name for case in TRAINING]
    assert len(names) == len(set(names))
    assert sum(name.startswith("fit-") for name in names) >= 60
