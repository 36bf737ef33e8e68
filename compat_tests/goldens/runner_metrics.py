"""Run the cases of metrics on torchkeras."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch

from . import build, compare, metric_arrays
from .cases.metric_schema import MetricCase, MetricFunctionCase, ReportCase
from .runner import DEVICE
from .store import Arrays, Meta


def differences(keras: Any, case: Any, record: Arrays, meta: Meta) -> list[str]:
    """Run a case of any of the three kinds and return one line for each thing that differs from its record."""
    run = {MetricCase: run_metric, MetricFunctionCase: run_function, ReportCase: run_report}[type(case)]
    values, found = run(keras, case)
    lines = [f"{key}: missing" for key in sorted(record.keys() - values.keys())]
    for key in values.keys() & record.keys():
        lines += compare.compare_elementwise(key, np.asarray(record[key]), values[key])
        if record[key].dtype != values[key].dtype:
            lines.append(f"{key}: {values[key].dtype}, recorded {record[key].dtype}")
    wanted = {key: value for key, value in meta.items() if key != "config"}
    lines += compare.compare_meta(wanted, {key: found.get(key) for key in wanted})
    return lines + (compare.compare_config(meta["config"], found["config"]) if "config" in meta else [])


def run_metric(keras: Any, case: MetricCase) -> tuple[Arrays, Meta]:
    """Run one MetricCase on the values that its record was computed from."""
    subject = getattr(keras.metrics, case.metric)(**case.config)
    values: Arrays = {}
    for index, word in enumerate(case.steps):
        if word == "reset":
            subject.reset_state()
        else:
            given, weights = metric_arrays.update(case, index)
            given = [metric_arrays.as_given(value, case.given_as, _tensor) for value in given]
            weights = metric_arrays.as_given(weights, case.given_as, _tensor)
            subject.update_state(*given, **({} if weights is None else {"sample_weight": weights}))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values[f"result{index}"] = _array(subject.result())
    variables = subject.variables
    values["state"] = np.concatenate([v.numpy().ravel().astype(np.float64) for v in variables])
    return values, {
        "name": subject.name,
        "shapes": [list(v.shape) for v in variables],
        "weights": [v.name.split(":")[0] for v in variables],
        "config": build.plain_json(subject.get_config()),
    }


def run_function(keras: Any, case: MetricFunctionCase) -> tuple[Arrays, Meta]:
    given = [_tensor(metric_arrays.make(data, 6, case.name, i)) for i, data in enumerate(case.data)]
    return {"value": _array(getattr(keras.metrics, case.function)(*given, **case.kwargs))}, {}


def run_report(keras: Any, case: ReportCase) -> tuple[Arrays, Meta]:
    """What an epoch of evaluation does with one metric."""
    y_true, y_pred = (_tensor(metric_arrays.make(data, 10, case.name, i)) for i, data in enumerate(case.data))
    identifier = metric_arrays.own(case.identifier, keras, _mean, torch.abs, _above_half)
    subject = keras.metrics.resolve(identifier, y_true[:6].shape, y_pred[:6].shape)
    weights = metric_arrays.WEIGHTS["sample"](metric_arrays.arrays.rng(case.name, "weights"), y_true.shape)
    weights = _tensor(weights.astype("float32")) if case.weighted else None
    for rows in (slice(0, 6), slice(6, 10)):
        batch = keras.losses.match_dtype_and_rank(
            y_true[rows], y_pred[rows], None if weights is None else weights[rows]
        )
        subject.update_state(*batch[:2], sample_weight=batch[2])
    return {"value": _array(subject.result())}, {"names": [subject.name]}


def _tensor(value: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.array(value)).to(DEVICE)


def _array(value: torch.Tensor) -> np.ndarray:
    return np.asarray(value.cpu().numpy())


def _mean(x: Any, axis: Any = None) -> Any:
    return torch.mean(x) if axis is None else torch.mean(x, axis)


def _above_half(x: Any) -> Any:
    return (x > 0.5).float().sum()
