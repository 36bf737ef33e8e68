"""What we hold ourselves to: this table is all there is of it."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.peers.process import OURS


@dataclass(frozen=True)
class Target:
    """At most so many times what another peer takes; seconds where no other is named."""

    at_most: float
    against: str | None = None
    ours: str = OURS


def _fit(**others: float) -> tuple[Target, ...]:
    """Against these (`_` for `-`), and against other Kerases as everywhere: 2.5 times as fast as Keras 3 on torch."""
    bounds = {"keras_torch": 0.4, "keras_tf": 1.0, "tf_keras": 1.0, **others}
    return tuple(Target(bound, peer.replace("_", "-")) for peer, bound in bounds.items())


_KERASES = tuple(Target(1.0, peer) for peer in ("keras-torch", "keras-tf", "tf-keras"))
_GPU = (*_KERASES, Target(1.0, "keras-jax"))

#: By device and comparison.
TARGETS: dict[str, dict[str, tuple[Target, ...]]] = {
    "cpu": {
        "fit-mlp": _fit(raw=0.95),
        "fit-lenet": _fit(raw=0.95),
        "fit-cnn": _fit(raw=0.7),
        "fit-resnet": _fit(raw=0.7, keras_torch=1.0),
        "fit-resnet50": _fit(raw=0.7, keras_torch=1.0),
        "fit-lstm": _fit(raw=1.0, keras_torch=1.0),
        "fit-transformer": _fit(raw=1.0, keras_torch=1.0),
        "evaluate-lenet": (Target(1.1, "raw"), *_KERASES),
        "predict-lenet": (Target(1.1, "raw"), *_KERASES),
        "predict-one-lenet": (Target(1.5, "raw"), *_KERASES),
        "call-one": tuple(
            Target(1.1, "torch nn.Sequential", ours) for ours in ("torchkeras functional", "torchkeras Sequential")
        ),
        "call-many": tuple(
            Target(1.1, "torch nn.Sequential", ours) for ours in ("torchkeras functional", "torchkeras Sequential")
        ),
        # Kernels of a few microseconds, and next to nothing but Python between them.
        "tape": (Target(1.5, "torch"), Target(1.0, "TensorFlow")),
        "tape-mlp": (Target(1.3, "torch"),),
        "data-fit": (
            Target(1.1, "arrays", "shuffle, batch"),
            Target(1.1, "arrays", "shuffle of 1,000, batch, prefetch"),
        ),
        "data-map": (Target(12e-6, ours="tf.data"),),
        "import": (Target(1.15, "torch"),),
        "build-dense": (Target(0.5),),
        "build-residual": (Target(0.5),),
    },
    "cuda": {
        "fit-mlp": _fit(raw=0.2, graph=1.1, keras_jax=1.0),
        "fit-lenet": _fit(raw=0.2, graph=1.1, keras_jax=1.0),
        "fit-cnn": _fit(raw=1.0, graph=1.1, keras_jax=1.0),
        "fit-resnet": _fit(raw=1.0, keras_torch=1.0, keras_jax=1.0),
        "fit-resnet50": _fit(raw=1.03, keras_torch=1.0, keras_jax=1.0),
        "fit-lstm": _fit(raw=1.0, keras_torch=1.0, keras_jax=1.0),
        "fit-transformer": _fit(raw=1.0, keras_torch=1.0, keras_jax=1.0),
        "predict-resnet50": (Target(1.03, "raw"), *_GPU),
        "evaluate-lenet": _GPU,
        "predict-lenet": _GPU,
        "predict-one-lenet": (Target(1.5, "raw"), *_GPU),
        "tape": (Target(1.5, "torch"),),
        "tape-mlp": (Target(1.3, "torch"),),
        "data-fit": (
            Target(1.1, "arrays", "shuffle, batch"),
            Target(1.1, "arrays", "shuffle of 1,000, batch, prefetch"),
        ),
        "import": (Target(1.15, "torch"),),
    },
}
