"""Compute the records of metrics with tf_keras, and with Keras 3 for what only that has."""

from __future__ import annotations

import warnings
from typing import Any

import keras as keras3
import numpy as np
import tensorflow as tf
import tf_keras

from . import build, metric_arrays
from .cases.metric_schema import MetricCase, MetricFunctionCase, ReportCase
from .reference import Record

KERAS = {"tf_keras": tf_keras, "keras3": keras3}


def metric(case: MetricCase) -> Record:
    """Run one MetricCase: the result after each step, and the state after the last."""
    tf_keras.backend.clear_session()
    subject = getattr(KERAS[case.source].metrics, case.metric)(**case.config)
    results = []
    for index, word in enumerate(case.steps):
        if word == "reset":
            subject.reset_state()
        else:
            given, weights = metric_arrays.update(case, index)
            given = [metric_arrays.as_given(value, case.given_as, tf.constant) for value in given]
            weights = metric_arrays.as_given(weights, case.given_as, tf.constant)
            subject.update_state(*given, **({} if weights is None else {"sample_weight": weights}))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            results.append(np.asarray(subject.result()))
    values = {f"result{i}": result for i, result in enumerate(results)}
    variables = list(subject.variables)
    values["state"] = np.concatenate([np.ravel(np.asarray(v)).astype(np.float64) for v in variables])
    meta = {"name": subject.name, "shapes": [list(v.shape) for v in variables]}
    if case.source == "tf_keras":
        # Keras 3 names its variables otherwise.
        config = {key: _plain(value) for key, value in subject.get_config().items() if key != "fn"}
        meta |= {"config": build.plain_json(config), "weights": [v.name.split(":")[0] for v in variables]}
    return values, meta


def _plain(value: Any) -> Any:
    """Settings that tf_keras keeps as arrays, as lists."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    return [float(item) if isinstance(item, np.floating) else item for item in value] if type(value) is list else value


def function(case: MetricFunctionCase) -> Record:
    given = [tf.constant(metric_arrays.make(data, 6, case.name, i)) for i, data in enumerate(case.data)]
    result = getattr(KERAS[case.source].metrics, case.function)(*given, **case.kwargs)
    return {"value": np.asarray(result)}, {}


def report(case: ReportCase) -> Record:
    """Evaluate a model that does nothing, in two batches of different size."""
    tf_keras.backend.clear_session()
    y_true, y_pred = (metric_arrays.make(data, 10, case.name, i) for i, data in enumerate(case.data))
    model = tf_keras.Sequential([tf_keras.Input(y_pred.shape[1:]), tf_keras.layers.Activation("linear")])
    given = [metric_arrays.own(case.identifier, tf_keras, _mean, tf.abs, _above_half)]
    model.compile(**{"weighted_metrics" if case.weighted else "metrics": given})
    weights = metric_arrays.WEIGHTS["sample"](metric_arrays.arrays.rng(case.name, "weights"), y_true.shape)
    options = {"sample_weight": weights.astype("float32")} if case.weighted else {}
    found = model.evaluate(y_pred, y_true, batch_size=6, verbose=0, return_dict=True, **options)
    found.pop("loss")
    (value,) = found.values()
    return {"value": np.asarray(value, np.float32)}, {"names": list(found)}


def _mean(x: Any, axis: Any = None) -> Any:
    return tf.reduce_mean(x, axis=axis)


def _above_half(x: Any) -> Any:
    return tf.reduce_sum(tf.cast(x > 0.5, tf.float32))
