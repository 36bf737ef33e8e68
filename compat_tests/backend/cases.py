"""Calls of keras.backend's functions, importable with neither TensorFlow nor torchkeras."""

# ruff: noqa: C408

from __future__ import annotations

import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).with_name("values.npz")


class Arrays:
    """Makes the tensors of one case: the same values in each library."""

    def __init__(self, keras_backend: Any, name: str) -> None:
        self.keras_backend = keras_backend
        self.random = np.random.RandomState(zlib.crc32(name.encode()))

    def __call__(self, *shape: int) -> Any:
        return self.given(self.random.normal(size=shape).astype("float32"))

    def given(self, value: Any, dtype: str = "float32") -> Any:
        return self.keras_backend.constant(np.asarray(value), dtype=dtype)

    def ints(self, high: int, *shape: int) -> Any:
        return self.given(self.random.randint(0, high, size=shape), "int32")

    def probabilities(self, *shape: int) -> Any:
        values = np.exp(self.random.normal(size=shape))
        return self.given(values / values.sum(-1, keepdims=True))

    def bools(self, *shape: int) -> Any:
        return self.given(self.random.uniform(size=shape) < 0.5, "bool")


Case = Callable[[Any, Arrays], Any]


def _reductions() -> dict[str, Case]:
    made: dict[str, Case] = {}
    for name in ("sum", "prod", "mean", "var", "std", "max", "min"):
        for label, options in {
            "": {},
            "_axis": dict(axis=1),
            "_axes": dict(axis=[0, -1]),
            "_kept": dict(axis=-1, keepdims=True),
        }.items():
            made[name + label] = lambda K, a, n=name, o=options: getattr(K, n)(a(2, 3, 4), **o)
    for name in ("sum", "prod", "mean", "max", "min"):
        made[f"{name}_ints"] = lambda K, a, n=name: getattr(K, n)(a.given([[-4, 1, 7], [2, -9, 5]], "int32"), axis=1)
    return made


def _one_by_one() -> dict[str, Case]:
    names = ("abs square exp sin cos round sign relu elu softplus softsign sigmoid hard_sigmoid tanh softmax "
             "zeros_like ones_like flatten batch_flatten transpose l2_normalize stop_gradient shape")  # fmt: skip
    made: dict[str, Case] = {name: lambda K, a, n=name: getattr(K, n)(a(3, 4)) for name in names.split()}
    for name in "equal not_equal greater greater_equal less less_equal".split():
        made[name] = lambda K, a, n=name: getattr(K, n)(a.ints(3, 4, 5), a.ints(3, 4, 5))
    for name in ("maximum", "minimum"):
        made[name] = lambda K, a, n=name: getattr(K, n)(a(4, 5), a(4, 5))
        made[f"{name}_number"] = lambda K, a, n=name: getattr(K, n)(a(4, 5), 0.25)
    return made


CASES: dict[str, Case] = {
    **_reductions(),
    **_one_by_one(),
    # values
    "mean_bools": lambda K, a: K.mean(a.bools(3, 5), axis=0),
    "any": lambda K, a: K.any(a.ints(2, 4, 3), axis=1),
    "all": lambda K, a: K.all(a.ints(2, 4, 3), axis=1, keepdims=True),
    "argmax": lambda K, a: K.argmax(a(3, 4)),
    "argmin_axis": lambda K, a: K.argmin(a(3, 4), axis=0),
    "cumsum": lambda K, a: K.cumsum(a(3, 4)),
    "cumprod_axis": lambda K, a: K.cumprod(a(3, 4), axis=1),
    "sqrt": lambda K, a: K.sqrt(a.given([-1.0, 0.0, 4.0, 9.0])),
    "log": lambda K, a: K.log(a.probabilities(3, 4)),
    "pow": lambda K, a: K.pow(a(3, 4), 3),
    "clip": lambda K, a: K.clip(a(3, 4), -0.5, 0.5),
    "clip_crossed": lambda K, a: K.clip(a(3, 4), 0.5, -0.5),
    "relu_settings": lambda K, a: K.relu(a(5, 6), alpha=0.1, max_value=1.0, threshold=0.2),
    "elu_alpha": lambda K, a: K.elu(a(5, 6), alpha=0.3),
    "softmax_axis": lambda K, a: K.softmax(a(3, 4), axis=0),
    "l2_normalize_axis": lambda K, a: K.l2_normalize(a(3, 4), axis=1),
    "cast": lambda K, a: K.cast(a(3, 4), "int32"),
    "cast_bool": lambda K, a: K.cast(a.ints(2, 3, 4), "bool"),
    "cast_to_floatx": lambda K, a: K.cast_to_floatx(a.ints(9, 3)),
    "constant": lambda K, a: K.constant([[1, 2], [3, 4]]),
    "constant_shape": lambda K, a: K.constant(3, shape=(2, 2), dtype="int32"),
    "arange": lambda K, a: K.arange(2, 11, 3),
    "arange_stop": lambda K, a: K.arange(4, dtype="float32"),
    "eye": lambda K, a: K.eye(3),
    "zeros": lambda K, a: K.zeros((2, 3)),
    "ones": lambda K, a: K.ones((2, 3), dtype="int32"),
    "variable": lambda K, a: K.variable([[1, 2]]),
    "moving_average": lambda K, a: K.moving_average_update(K.variable([1.0, 2.0]), a.given([3.0, 5.0]), 0.9),
    "update_add": lambda K, a: K.update_add(K.variable([1.0, 2.0]), a.given([3.0, 5.0])),
    "update_sub": lambda K, a: K.update_sub(K.variable([1.0, 2.0]), a.given([3.0, 5.0])),
    # shapes
    "reshape": lambda K, a: K.reshape(a(3, 4), (2, -1)),
    "permute_dimensions": lambda K, a: K.permute_dimensions(a(2, 3, 4), (2, 0, 1)),
    "batch_flatten_3d": lambda K, a: K.batch_flatten(a(2, 3, 4)),
    "expand_dims": lambda K, a: K.expand_dims(a(2, 3)),
    "expand_dims_axis": lambda K, a: K.expand_dims(a(2, 3), 1),
    "squeeze": lambda K, a: K.squeeze(a(2, 1, 3), 1),
    "stack": lambda K, a: K.stack([a(2, 3), a(2, 3)]),
    "stack_axis": lambda K, a: K.stack([a(2, 3), a(2, 3)], axis=-1),
    "concatenate": lambda K, a: K.concatenate([a(2, 3), a(2, 1)]),
    "concatenate_axis": lambda K, a: K.concatenate([a(2, 3), a(1, 3)], axis=0),
    "tile": lambda K, a: K.tile(a(2, 3), (2, 3)),
    "repeat": lambda K, a: K.repeat(a(2, 3), 4),
    "repeat_elements": lambda K, a: K.repeat_elements(a(2, 3), 2, axis=1),
    "reverse": lambda K, a: K.reverse(a(2, 3), 1),
    "reverse_axes": lambda K, a: K.reverse(a(2, 3), [0, 1]),
    "gather": lambda K, a: K.gather(a(5, 3), a.ints(5, 2, 2)),
    "one_hot": lambda K, a: K.one_hot(a.given([0, 2, 5, -1], "int32"), 4),
    "temporal_padding": lambda K, a: K.temporal_padding(a(2, 3, 4), (2, 1)),
    "spatial_2d_padding": lambda K, a: K.spatial_2d_padding(a(2, 3, 4, 2), ((1, 2), (0, 1))),
    "spatial_2d_padding_first": lambda K, a: K.spatial_2d_padding(a(2, 2, 3, 4), ((1, 2), (0, 1)), "channels_first"),
    "spatial_3d_padding": lambda K, a: K.spatial_3d_padding(a(1, 2, 3, 2, 2)),
    "resize_images": lambda K, a: K.resize_images(a(2, 3, 4, 2), 2, 3, "channels_last"),
    "resize_images_bilinear": lambda K, a: K.resize_images(a(2, 2, 3, 4), 2, 2, "channels_first", "bilinear"),
    "resize_volumes": lambda K, a: K.resize_volumes(a(1, 2, 3, 2, 2), 2, 1, 3, "channels_last"),
    # products
    "dot": lambda K, a: K.dot(a(3, 4), a(4, 2)),
    "dot_3d": lambda K, a: K.dot(a(2, 3, 4), a(4, 5)),
    "dot_3d_3d": lambda K, a: K.dot(a(2, 3), a(4, 3, 5)),
    "batch_dot": lambda K, a: K.batch_dot(a(2, 3, 4), a(2, 4, 5)),
    "batch_dot_vectors": lambda K, a: K.batch_dot(a(3, 4), a(3, 4), axes=1),
    "batch_dot_axes": lambda K, a: K.batch_dot(a(2, 3, 4), a(2, 5, 3), axes=(1, 2)),
    "batch_dot_vector": lambda K, a: K.batch_dot(a(2, 3, 4), a(2, 4)),
    "batch_dot_4d": lambda K, a: K.batch_dot(a(2, 3, 4, 5), a(2, 6, 5), axes=(3, 2)),
    "bias_add": lambda K, a: K.bias_add(a(2, 3, 4), a(4)),
    "bias_add_first": lambda K, a: K.bias_add(a(2, 3, 4), a(3), "channels_first"),
    "bias_add_whole": lambda K, a: K.bias_add(a(2, 3, 4), a(3, 4)),
    "bias_add_whole_first": lambda K, a: K.bias_add(a(2, 3, 4, 5), a(4, 5, 3), "channels_first"),
    "in_top_k": lambda K, a: K.in_top_k(a(6, 5), a.ints(5, 6), 2),
    "batch_normalization": lambda K, a: K.batch_normalization(a(3, 4), a(4), K.abs(a(4)), a(4), a(4), epsilon=0.01),
    "batch_normalization_images": lambda K, a: K.batch_normalization(a(2, 3, 3, 4), a(4), K.abs(a(4)), None, a(4)),
    # losses
    "binary_crossentropy": lambda K, a: K.binary_crossentropy(a.given([[0, 1, 1]]), a.probabilities(2, 3)),
    "binary_crossentropy_edges": lambda K, a: K.binary_crossentropy(a.given([0, 1, 1]), a.given([1.0, 1.0, 0.0])),
    "binary_crossentropy_logits": lambda K, a: K.binary_crossentropy(a.probabilities(2, 3), a(2, 3), True),
    "binary_crossentropy_of_sigmoid": lambda K, a: K.binary_crossentropy(
        a.given([[0, 1]]), K.sigmoid(a.given([[200.0, -200.0]]))
    ),
    "binary_focal_crossentropy": lambda K, a: K.binary_focal_crossentropy(
        a.given([[0, 1, 1]]), a.given([[0.3, 0.9, 0.2]]), apply_class_balancing=True
    ),
    "categorical_crossentropy": lambda K, a: K.categorical_crossentropy(a.probabilities(4, 3), a.probabilities(4, 3)),
    "categorical_crossentropy_axis": lambda K, a: K.categorical_crossentropy(
        a.probabilities(4, 3), K.abs(a(4, 3)), axis=0
    ),
    "categorical_crossentropy_logits": lambda K, a: K.categorical_crossentropy(a.probabilities(4, 3), a(4, 3), True),
    "categorical_focal_crossentropy": lambda K, a: K.categorical_focal_crossentropy(
        a.probabilities(4, 3), a.probabilities(4, 3), gamma=1.5
    ),
    "sparse_categorical_crossentropy": lambda K, a: K.sparse_categorical_crossentropy(
        a.ints(3, 4), a.probabilities(4, 3)
    ),
    "sparse_categorical_crossentropy_column": lambda K, a: K.sparse_categorical_crossentropy(
        a.ints(3, 4, 1), a.probabilities(4, 3)
    ),
    "sparse_categorical_crossentropy_steps": lambda K, a: K.sparse_categorical_crossentropy(
        a.ints(3, 2, 4), a(2, 4, 3), from_logits=True
    ),
    "sparse_categorical_crossentropy_ignore": lambda K, a: K.sparse_categorical_crossentropy(
        a.given([0, -1, 2, 1], "int32"), a(4, 3), from_logits=True, ignore_class=-1
    ),
    # convolutions
    "conv1d": lambda K, a: K.conv1d(a(2, 7, 3), a(3, 3, 4), strides=2, padding="same"),
    "conv1d_causal": lambda K, a: K.conv1d(a(2, 7, 3), a(3, 3, 4), padding="causal", dilation_rate=2),
    "conv2d": lambda K, a: K.conv2d(a(2, 6, 7, 3), a(3, 2, 3, 4), strides=(2, 2), padding="same"),
    "conv2d_valid": lambda K, a: K.conv2d(a(2, 6, 7, 3), a(3, 2, 3, 4), dilation_rate=(2, 2)),
    "conv3d": lambda K, a: K.conv3d(a(1, 4, 5, 4, 2), a(2, 2, 2, 2, 3)),
    "conv2d_transpose": lambda K, a: K.conv2d_transpose(a(2, 3, 4, 5), a(2, 2, 3, 5), (2, 6, 8, 3), strides=(2, 2)),
    "conv2d_transpose_same": lambda K, a: K.conv2d_transpose(
        a(2, 3, 4, 5), a(3, 3, 3, 5), (2, 6, 8, 3), strides=(2, 2), padding="same"
    ),
    "depthwise_conv2d": lambda K, a: K.depthwise_conv2d(a(2, 5, 6, 3), a(2, 3, 3, 2), padding="same"),
    "separable_conv2d": lambda K, a: K.separable_conv2d(a(2, 5, 6, 3), a(2, 3, 3, 2), a(1, 1, 6, 4)),
    "pool2d": lambda K, a: K.pool2d(a(2, 5, 6, 3), (2, 2), strides=(2, 2), padding="same"),
    "pool2d_mean": lambda K, a: K.pool2d(a(2, 5, 6, 3), (3, 2), padding="same", pool_mode="avg"),
    "pool3d": lambda K, a: K.pool3d(a(1, 4, 5, 4, 2), (2, 2, 2), strides=(2, 2, 2)),
    "local_conv1d": lambda K, a: K.local_conv1d(a(2, 7, 3), a(3, 6, 4), (2,), (2,)),
    "local_conv2d": lambda K, a: K.local_conv2d(a(2, 5, 7, 2), a(6, 12, 4), (2, 3), (2, 2), (2, 3)),
    "local_conv2d_first": lambda K, a: K.local_conv2d(
        a(2, 2, 5, 7), a(6, 12, 4), (2, 3), (2, 2), (2, 3), "channels_first"
    ),
    # control
    "switch": lambda K, a: K.switch(a.bools(3), a(3), a(3)),
    "switch_rows": lambda K, a: K.switch(a.bools(3, 1), a(3, 4), a(3, 4)),
    "switch_one": lambda K, a: K.switch(a.given(True, "bool"), lambda: a(2, 2), lambda: a(3, 3)),
    "in_train_phase": lambda K, a: K.in_train_phase(lambda: a(2), a(3), training=1),
    "in_test_phase": lambda K, a: K.in_test_phase(lambda: a(2), a(3), training=True),
    "map_fn": lambda K, a: K.map_fn(lambda x: K.sum(x) * x, a(3, 4)),
    "foldl": lambda K, a: K.foldl(lambda acc, x: acc * 0.5 + x, a(4, 3)),
    "foldr": lambda K, a: K.foldr(lambda acc, x: acc * 0.5 + x, a(4, 3)),
    "foldl_initializer": lambda K, a: K.foldl(lambda acc, x: acc * 0.5 + x, a(4, 3), a(3)),
    **{
        f"rnn_{label}": lambda K, a, o=options: _rnn(K, a, **o)
        for label, options in {
            "plain": {},
            "backwards": dict(go_backwards=True),
            "masked": dict(masked=True),
            "masked_backwards": dict(masked=True, go_backwards=True),
            "masked_zeros": dict(masked=True, zero_output_for_mask=True),
            "last": dict(return_all_outputs=False),
            "unrolled": dict(masked=True, unroll=True),
            "time_major": dict(time_major=True),
        }.items()
    },
    # ctc
    "ctc_batch_cost": lambda K, a: K.ctc_batch_cost(
        a.ints(4, 2, 3), a.probabilities(2, 8, 5), a.given([[8], [7]], "int32"), a.given([[3], [2]], "int32")
    ),
    "ctc_decode": lambda K, a: _decoded(K.ctc_decode(a.probabilities(3, 8, 4), a.given([8, 6, 7], "int32"))),
    "ctc_decode_beams": lambda K, a: _decoded(
        K.ctc_decode(a.probabilities(3, 6, 4), a.given([6, 5, 6], "int32"), greedy=False, beam_width=20, top_paths=2)
    ),
}


def _rnn(K: Any, a: Arrays, masked: bool = False, **options: Any) -> Any:
    kernel, recurrent = a(3, 4), a(4, 4)

    def step(inputs: Any, states: Any) -> Any:
        state = K.tanh(K.dot(inputs, kernel) + K.dot(states[0], recurrent))
        return state * 2.0, [state]

    mask = a.given([[1, 1, 0, 1, 0], [1, 0, 0, 0, 0]], "bool") if masked else None
    shape = (5, 2, 3) if options.get("time_major") else (2, 5, 3)
    last, outputs, states = K.rnn(step, a(*shape), [a(2, 4)], mask=mask, **options)
    return [last, outputs, *states]


def _decoded(found: Any) -> Any:
    labels, scores = found
    return [*labels, scores]
