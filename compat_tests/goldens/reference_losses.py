"""Compute the records of losses with tf_keras, and with Keras 3 for what only that has."""

from __future__ import annotations

from typing import Any

import keras as keras3
import numpy as np
import tensorflow as tf
import tf_keras

from . import arrays, build, loss_arrays
from .cases.losses import LossCase
from .reference import Record


def loss(case: LossCase) -> Record:
    """Run one LossCase: its value, and the gradient of the predictions. What it is given is not worth storing."""
    keras = {"tf_keras": tf_keras, "keras3": keras3}[case.source]
    given = loss_arrays.given(case)
    source = tf.constant(given["y_pred"])
    with tf.GradientTape() as tape:
        tape.watch(source)
        result, config = _call(keras, case, given, source)
        result = tf.convert_to_tensor(result)
        total = tf.reduce_sum(result * arrays.make_cotangent(tuple(result.shape), case.name, "cotangent"))
    values = {"value": result.numpy()}
    if case.given_as == "tensors":
        values["grad"] = tf.convert_to_tensor(tape.gradient(total, source)).numpy()
    return values, config


def _call(keras: Any, case: LossCase, given: dict[str, np.ndarray], source: Any) -> tuple[Any, dict[str, Any]]:
    y_pred = getattr(keras.activations, case.activation)(source) if case.activation else source
    y_true = tf.constant(given["y_true"])
    if "mask" in given:
        y_pred._keras_mask = tf.constant(given["mask"])
    if case.given_as == "lists":
        y_true, y_pred = given["y_true"].tolist(), given["y_pred"].tolist()
    if not case.is_class:
        return getattr(keras.losses, case.loss)(y_true, y_pred, **case.kwargs), {}
    loss = getattr(keras.losses, case.loss)(**case.kwargs)
    weights = given.get("weights")
    result = loss(y_true, y_pred, sample_weight=None if weights is None else tf.constant(weights))
    # Keras 3 leaves settings out of the configs of some losses.
    return result, {"config": build.plain_json(loss.get_config())} if keras is tf_keras else {}
