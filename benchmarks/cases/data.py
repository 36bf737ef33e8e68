"""tf.data: a data set in fit beside the same arrays, and what an element costs on its way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np
import torch

from benchmarks.harness import Comparison, Field, Peer, Settings
from benchmarks.same import require_equal
from benchmarks.timing import in_process

SAMPLES, BATCH = 12_800, 32


def comparisons(settings: Settings) -> Iterator[Comparison]:
    fit = "fit of a data set beside its arrays, an epoch of 400 steps"
    yield Comparison("data-fit", fit, _fit, rounds=15, copies=3)
    yield Comparison("data-map", "map of a cast and a division, then batch, an element", _map, rounds=30)


def _model() -> Any:
    import torchkeras.tensorflow as tf

    torch.manual_seed(0)
    model = tf.keras.Sequential(
        [
            tf.keras.Input((784,)),
            tf.keras.layers.Dense(300, activation="relu"),
            tf.keras.layers.Dense(100, activation="relu"),
            tf.keras.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _fit() -> Field:
    import torchkeras.tensorflow as tf  # loaded, it takes part: not in the other cases

    x = np.random.default_rng(0).random((SAMPLES, 784), dtype="float32")
    y = np.random.default_rng(1).integers(0, 10, SAMPLES)
    slices = tf.data.Dataset.from_tensor_slices((x, y))
    data: dict[str, tuple[Any, ...]] = {
        "arrays": (x, y),
        "shuffle, batch": (slices.shuffle(SAMPLES).batch(BATCH),),
        "shuffle of 1,000, batch, prefetch": (slices.shuffle(1000).batch(BATCH).prefetch(tf.data.AUTOTUNE),),
    }
    in_order = [_model().fit(x, y, shuffle=False, verbose=0), _model().fit(slices.batch(BATCH), verbose=0)]
    difference = require_equal(*[torch.tensor(h.history["loss"]) for h in in_order])
    peers = [
        in_process(
            name,
            partial(_model().fit, *given, batch_size=BATCH if len(given) == 2 else None, verbose=0),
            once=True,
        )
        for name, given in data.items()
    ]
    return Field(peers, difference)


def _map() -> Field:
    import torchkeras.tensorflow as tf

    images = torch.randint(0, 255, (6_400, 28, 28), dtype=torch.uint8)
    labels = torch.arange(len(images))
    mapped = tf.data.Dataset.from_tensor_slices((images, labels)).map(
        lambda image, label: (tf.cast(image, tf.float32) / 255.0, label)
    )

    def by_hand() -> Any:
        for start in range(0, len(images), BATCH):
            rows = [image.to(torch.float32) / 255.0 for image in images[start : start + BATCH].unbind(0)]
            found = torch.stack(rows), labels[start : start + BATCH]
        return found

    def pipeline() -> Any:
        for batch in mapped.batch(BATCH):
            found = batch
        return found

    difference = require_equal(by_hand()[0].cpu(), pipeline()[0].as_subclass(torch.Tensor).cpu())
    return Field(
        [_an_element("torch by hand", by_hand, len(images)), _an_element("tf.data", pipeline, len(images))], difference
    )


def _an_element(name: str, work: Callable[[], Any], count: int) -> Peer:
    def sample() -> float:
        start = perf_counter()
        work()
        return (perf_counter() - start) / count

    return Peer(name, sample, lambda: "")
