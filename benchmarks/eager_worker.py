"""A step of a linear classifier as it is written for TensorFlow; run as a file, a process that times TensorFlow's own.

It answers each line on standard input with the seconds a step took, and needs no package but TensorFlow and NumPy.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

RATE = 0.1


def points() -> tuple[np.ndarray, np.ndarray]:
    """Two clouds of a thousand points, and which is which."""
    random = np.random.default_rng(0)
    cov = [[1, 0.5], [0.5, 1]]
    clouds = [random.multivariate_normal(mean, cov, 1000) for mean in ([0, 3], [3, 0])]
    return np.vstack(clouds).astype("float32"), np.repeat([[0.0], [1.0]], 1000, axis=0).astype("float32")


def tf_step(tf: Any) -> Callable[[], Any]:
    """A step written for TensorFlow."""
    inputs, targets = (tf.constant(array) for array in points())
    w, b = tf.Variable(tf.constant([[0.5], [0.25]])), tf.Variable(tf.zeros((1,)))

    def step() -> Any:
        with tf.GradientTape() as tape:
            predictions = tf.matmul(inputs, w) + b
            loss = tf.reduce_mean(tf.square(targets - predictions))
        for_w, for_b = tape.gradient(loss, [w, b])
        w.assign_sub(for_w * RATE)
        b.assign_sub(for_b * RATE)
        return loss

    return step


def serve(threads: int) -> None:
    """What the other process does."""
    import tensorflow

    tensorflow.config.threading.set_intra_op_parallelism_threads(threads)
    step = tf_step(tensorflow)
    for _ in range(20):
        step()
    for _ in sys.stdin:
        start = perf_counter()
        for _ in range(20):
            step()
        print((perf_counter() - start) / 20, flush=True)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
