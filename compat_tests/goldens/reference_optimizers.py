"""Compute the records of optimizers and schedules with tf_keras, and with Keras 3 where that alone has them."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
import tf_keras

from . import build, optimizer_inputs
from .cases.optimizers import RECORDED, SCHEDULE_STEPS, STEPS, VARIABLES, OptimizerCase, ScheduleCase
from .reference import Record


def make(case: OptimizerCase) -> Any:
    home = tf_keras.optimizers.legacy if case.legacy else tf_keras.optimizers
    config = dict(case.config)
    if case.schedule:
        name, settings = case.schedule
        config["learning_rate"] = getattr(tf_keras.optimizers.schedules, name)(**settings)
    return getattr(home, case.optimizer)(**config)


def optimizer(case: OptimizerCase) -> Record:
    """Record the variables after some steps, the rate after each of these, and at the end what the optimizer keeps."""
    if case.of_keras3:
        return optimizer_of_keras3(case)
    subject = make(case)
    config = build.plain_json(subject.get_config())
    if case.excluded:
        subject.exclude_from_weight_decay(var_names=list(case.excluded))
    variables = [
        tf.Variable(
            optimizer_inputs.variable(case, index),
            name=name,
            constraint=tf_keras.constraints.deserialize(case.constraints.get(name)) if case.constraints else None,
        )
        for index, name in enumerate(VARIABLES)
    ]
    if not case.legacy:
        subject.build(variables)  # which `apply_gradients` does within a name scope
    rows, rates = [], []
    for step in range(1, STEPS + 1):
        if step in case.rates:
            subject.learning_rate = case.rates[step]
        drawn = [optimizer_inputs.gradient(case, index, step) for index in range(len(variables))]
        given = [None if one is None else tf.constant(one) for one in drawn]
        subject.apply_gradients(zip(given, variables))
        if step == STEPS and case.finalize:
            subject.finalize_variable_values(variables)
        if step in RECORDED:
            rows.append(optimizer_inputs.together([one.numpy() for one in variables]))
            rates.append(_rate(subject))
    values = {"variables": np.stack(rows), "rates": np.asarray(rates, np.float32)}
    meta = {"config": config, "iterations": int(subject.iterations)}
    if case.keeps_slots:
        values["slots"] = optimizer_inputs.together([one.numpy() for one in subject.variables[1:]])
        meta["slots"] = [[one.name, list(one.shape)] for one in subject.variables]
    return values, meta


def optimizer_of_keras3(case: OptimizerCase) -> Record:
    """The same with Keras 3, whose variables have no slashes in their names, and whose configs say less and more."""
    config = dict(case.config)
    if case.schedule:
        name, settings = case.schedule
        config["learning_rate"] = getattr(keras.optimizers.schedules, name)(**settings)
    subject = getattr(keras.optimizers, case.optimizer)(**config)
    saved = build.plain_json(subject.get_config())
    for key in ("name", "loss_scale_factor", "gradient_accumulation_steps"):
        del saved[key]
    variables = []
    for index, path in enumerate(VARIABLES):
        scope, name = path.split("/")
        with keras.name_scope(scope):
            value = optimizer_inputs.variable(case, index)
            variables.append(keras.Variable(value, dtype=str(value.dtype), name=name))
    if case.excluded:
        subject.exclude_from_weight_decay(var_names=list(case.excluded))
    rows, rates = [], []
    for step in range(1, STEPS + 1):
        if step in case.rates:
            subject.learning_rate = case.rates[step]
        if step in RECORDED:
            rates.append(float(subject.learning_rate))  # a schedule's is that of the coming step
        drawn = [optimizer_inputs.gradient(case, index, step) for index in range(len(variables))]
        subject.apply([keras.ops.convert_to_tensor(one) for one in drawn], variables)
        if step in RECORDED:
            rows.append(optimizer_inputs.together([keras.ops.convert_to_numpy(one) for one in variables]))
    kept = [one for one in subject.variables if one.path.rsplit("/")[-1] not in ("iteration", "learning_rate")]
    values = {
        "variables": np.stack(rows),
        "rates": np.asarray(rates, np.float32),
        "slots": optimizer_inputs.together([keras.ops.convert_to_numpy(one) for one in kept]),
    }
    return values, {"config": saved, "iterations": int(subject.iterations)}


def _rate(subject: Any) -> float:
    rate = subject.learning_rate
    return float(rate(subject.iterations - 1) if isinstance(rate, _SCHEDULE) else rate)


_SCHEDULE = tf_keras.optimizers.schedules.LearningRateSchedule


def schedule(case: ScheduleCase) -> Record:
    subject = getattr(tf_keras.optimizers.schedules, case.schedule)(**case.config)
    values = [subject(tf.constant(step, tf.int64)).numpy() for step in SCHEDULE_STEPS]
    return {"rates": np.asarray(values, np.float32)}, {"config": build.plain_json(subject.get_config())}
