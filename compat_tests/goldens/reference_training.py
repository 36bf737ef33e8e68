"""Compute the training records with tf_keras."""

from __future__ import annotations

import re

import tensorflow as tf
import tf_keras

from . import compare_training, runner_training
from .cases.training import SessionCase, StepsCase
from .reference import Record

# Changes the initial weights by about their last bit.
JITTER = 1e-7


def training(case: StepsCase | SessionCase) -> Record:
    """Run one case, and say so where rounding alone would bring a replay near the tolerance."""
    record = _run(case)
    if isinstance(case, SessionCase) and case.error is not None:
        _check_error(case, record[1]["error"])
        return record
    lines = compare_training.compare(record, _run(case, JITTER), share=0.2)
    if lines:
        print(f"note: {case.name} is sensitive to rounding:", *lines[:3], sep="\n    ")
    record[0].pop("start", None)  # a replay draws them again
    return record


def _run(case: StepsCase | SessionCase, jitter: float = 0.0) -> Record:
    tf.get_logger().setLevel("ERROR")
    tf_keras.backend.clear_session()
    return runner_training.run(tf_keras, case, jitter)


def _check_error(case: SessionCase, error: dict) -> None:
    if not re.search(case.error, error["message"], re.DOTALL):
        raise AssertionError(f"{case.name}: {error}")
    # The last lines are the message; before them stands a traceback of the graph.
    message = re.split(r"\n\s*\w*Error: ", error["message"])[-1].strip()
    error["message"] = re.sub(r" at 0x[0-9a-f]+", "", message)[:300]
