"""Compute the records of activations, regularizers, constraints and initializers with tf_keras."""

from __future__ import annotations

import zlib
from typing import Any

import keras as keras3
import numpy as np
import tensorflow as tf
import tf_keras

from . import arrays, build, compare
from .cases.schema import ActivationCase, InitializerCase, WeightFunctionCase
from .reference import Record


def _sparsemax(x: tf.Tensor) -> tf.Tensor:
    """The projection of the last axis onto the probabilities: of all possible thresholds the largest."""
    sums = tf.cumsum(tf.sort(x, direction="DESCENDING"), axis=-1)
    thresholds = (sums - 1.0) / tf.range(1.0, x.shape[-1] + 1.0)
    return tf.nn.relu(x - tf.reduce_max(thresholds, axis=-1, keepdims=True))


_DEFINITIONS = {"sparsemax": _sparsemax}


def activation(case: ActivationCase) -> Record:
    function = {
        "tf_keras": tf_keras.activations.get,
        "keras3": keras3.activations.get,
        "definition": _DEFINITIONS.__getitem__,
    }[case.source](case.function)
    x = arrays.activation_rows(case.name) if case.rows else arrays.activation_grid(case.kinks)
    tensor = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        y = function(tensor, **case.kwargs)
        cotangent = arrays.make_cotangent(tuple(y.shape), case.name, "cotangent")
        total = tf.reduce_sum(y * cotangent)
    values = {"x": x, "y": y.numpy(), "cotangent": cotangent, "grad": tape.gradient(total, tensor).numpy()}
    if case.kinks:
        values["kinks"] = np.asarray(case.kinks, np.float32)
        values["y_kinks"] = function(tf.constant(values["kinks"]), **case.kwargs).numpy()
    return values, {"source": case.source}


def regularizer(case: WeightFunctionCase) -> Record:
    function = tf_keras.regularizers.get(case.identifier)
    weight = arrays.make(case.weight, case.name, "weight")
    tensor = tf.constant(weight)
    with tf.GradientTape() as tape:
        tape.watch(tensor)
        value = function(tensor)
    gradient = tape.gradient(value, tensor, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return {"weight": weight, "value": np.asarray(value.numpy()), "grad": gradient.numpy()}, _config(function)


def constraint(case: WeightFunctionCase) -> Record:
    function = tf_keras.constraints.get(case.identifier)
    weight = arrays.make(case.weight, case.name, "weight")
    return {"weight": weight, "value": function(tf.constant(weight)).numpy()}, _config(function)


def initializer(case: InitializerCase) -> Record:
    """Record values where they are determined, else what tests need to know about one large sample."""
    tf_keras.utils.set_random_seed(zlib.crc32(case.name.encode()) % 2**31)
    function = tf_keras.initializers.get(case.identifier)
    sample = function(case.shape, dtype="float32").numpy()
    if case.law in {"exact", "orthogonal"}:
        values = {"value": sample}
    else:
        values = {"statistics": compare.statistics_of(sample)}
    return values, _config(function)


def _config(function: Any) -> dict[str, Any]:
    return {"class_name": type(function).__name__, "config": build.plain_json(function.get_config())}
