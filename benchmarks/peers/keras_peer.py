"""fit, evaluate and predict of any Keras: torchkeras, tf_keras, Keras 3 on its backends."""

from __future__ import annotations

import importlib.metadata
import sys
from typing import Any

import numpy as np

from benchmarks.networks.network import EPSILON, MOMENTUM, RATE, Network
from benchmarks.peers.task import Data, Task


class KerasPeer:
    def __init__(self, keras: Any, task: Task, network: Network, data: Data) -> None:
        self.keras, self.task, self.network, self.data = keras, task, network, data
        self._torch = sys.modules.get("torch") if task.peer in ("torchkeras", "keras-torch") else None
        if task.device == "cuda":
            self._settle_precision()
        if task.precision == "mixed":
            keras.mixed_precision.set_global_policy("mixed_bfloat16")
        self.model = network.keras(keras)
        self.reset()

    def _settle_precision(self) -> None:
        """TF32 as TensorFlow and JAX have it by default."""
        if self._torch is not None:
            self._torch.set_float32_matmul_precision("high")
            self._torch.backends.cudnn.allow_tf32 = True

    def compile(self) -> None:
        if self.network.optimizer == "adam":
            optimizer = self.keras.optimizers.Adam(epsilon=EPSILON)
        else:
            optimizer = self.keras.optimizers.SGD(RATE, momentum=MOMENTUM)
        self.model.compile(
            optimizer,
            "binary_crossentropy" if self.network.classes == 1 else "sparse_categorical_crossentropy",
            metrics=["accuracy"],
        )

    def reset(self) -> None:
        layers = [layer for layer in self.model.layers if layer.get_weights()]
        for layer, weights in zip(layers, self.data.weights, strict=True):
            layer.set_weights(weights)

    def fit(self, samples: int, shuffle: bool) -> tuple[float, float]:
        x, y = self.data.x[:samples], self.data.y[:samples]
        history = self.model.fit(x, y, batch_size=self.task.batch, shuffle=shuffle, verbose=0).history
        return float(history["loss"][0]), float(history["accuracy"][0])

    def evaluate(self, samples: int) -> tuple[float, float]:
        x, y = self.data.x[:samples], self.data.y[:samples]
        loss, accuracy = self.model.evaluate(x, y, batch_size=self.task.batch, verbose=0)
        return float(loss), float(accuracy)

    def predict(self, samples: int) -> np.ndarray:
        found: np.ndarray = self.model.predict(self.data.x[:samples], batch_size=min(samples, 1000), verbose=0)
        return found

    def build(self) -> None:
        self.network.keras(self.keras)

    def synchronize(self) -> None:
        if self.task.device != "cuda":
            return
        if self._torch is not None:
            self._torch.cuda.synchronize()
        elif self.task.peer == "keras-jax":
            import jax

            jax.block_until_ready([variable.value for variable in self.model.variables])
        else:
            import tensorflow as tf

            tf.test.experimental.sync_devices()

    def busy(self, samples: int) -> float | None:
        if self._torch is None or self.task.device != "cuda":
            return None
        from benchmarks.peers.busy import busy

        return busy(lambda: self.fit(samples, True))

    def versions(self) -> dict[str, str]:
        packages = {
            "torchkeras": ("torch", "numpy"),
            "keras-torch": ("keras", "torch"),
            "keras-tf": ("keras", "tensorflow"),
            "keras-jax": ("keras", "jax"),
            "tf-keras": ("tf_keras", "tensorflow"),
        }
        return {name: _version(name) for name in packages[self.task.peer]}


def _version(package: str) -> str:
    for name in (package, f"{package}-cpu"):  # TensorFlow has two
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            pass
    return "unknown"
