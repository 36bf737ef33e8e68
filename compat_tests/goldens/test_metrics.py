"""Metrics against their records."""

import types

import pytest

from torchkeras import losses, metrics

from . import runner_metrics, store
from .cases.metric_reports import METRIC_FUNCTIONS, REPORTS
from .cases.metrics import METRICS

keras = types.SimpleNamespace(losses=losses, metrics=metrics)


@pytest.mark.parametrize("case", METRICS, ids=lambda case: case.name)
def test_metric(case):
    lines = runner_metrics.differences(keras, case, *store.load("metrics", case.name))
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("case", METRIC_FUNCTIONS, ids=lambda case: case.name)
def test_function(case):
    lines = runner_metrics.differences(keras, case, *store.load("metric_functions", case.name))
    assert not lines, "\n".join(lines)


@pytest.mark.parametrize("case", REPORTS, ids=lambda case: case.name)
def test_name_and_value_in_evaluate(case):
    lines = runner_metrics.differences(keras, case, *store.load("metric_reports", case.name))
    assert not lines, "\n".join(lines)
