"""Record what Keras's newer optimizers do: `python -m compat_tests.optimizers.record`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
import tf_keras

from .keras3_inputs import LOSS_SCALES, SCHEDULE_FREE, STEPS, gradient, start

DATA = Path(__file__).parent / "data" / "keras3.json"


def schedule_free(settings: dict[str, Any]) -> list[list[float]]:
    """The values after each step."""
    optimizer = keras.optimizers.ScheduleFreeAdamW(**settings)
    weight = keras.Variable(start())
    rows = []
    for step in range(STEPS):
        optimizer.apply([keras.ops.convert_to_tensor(gradient(step))], [weight])
        rows.append(weight.numpy().tolist())
    return rows


def loss_scale(settings: dict[str, Any], broken: list[int]) -> dict[str, Any]:
    """Scale, count, iterations and values after each step, by `minimize` of tf_keras."""
    optimizer = tf_keras.mixed_precision.LossScaleOptimizer(tf_keras.optimizers.SGD(0.1, momentum=0.9), **settings)
    weight = tf.Variable(start())
    rows = []
    for step in range(STEPS):
        factor = tf.constant(np.inf if step in broken else 1.0)
        optimizer.minimize(lambda: tf.reduce_sum(weight * gradient(step)) * factor, [weight])  # noqa: B023
        counter = optimizer.dynamic_counter
        count = None if counter is None else int(counter)
        rows.append([float(optimizer.loss_scale), count, int(optimizer.iterations), weight.numpy().tolist()])
    config = optimizer.get_config()
    return {"rows": rows, "config": {key: config[key] for key in config if key != "inner_optimizer"}}


def main() -> None:
    found = {
        "schedule_free": {name: schedule_free(settings) for name, settings in SCHEDULE_FREE.items()},
        "loss_scale": {name: loss_scale(*case) for name, case in LOSS_SCALES.items()},
    }
    DATA.parent.mkdir(exist_ok=True)
    DATA.write_text(json.dumps(found) + "\n")
    print(f"{DATA.name}: {DATA.stat().st_size} bytes")


if __name__ == "__main__":
    main()
