"""Compute the records with tf_keras. The only module here that imports TensorFlow, besides live.py's caller."""

from __future__ import annotations

import os

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")
# Eigen's kernels give the same values on every CPU; oneDNN's choose algorithms by the machine.
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf
import tf_keras

from . import arrays, build
from .cases.schema import LayerCase, ModelCase

Record = tuple[dict[str, np.ndarray], dict[str, Any]]


def limit_threads(count: int = 1) -> None:
    """Fix the number of threads, and with it the order of sums."""
    tf.config.threading.set_intra_op_parallelism_threads(count)
    tf.config.threading.set_inter_op_parallelism_threads(count)


def versions() -> dict[str, str]:
    import keras

    return {
        "tensorflow": tf.__version__,
        "tf_keras": tf_keras.__version__,
        "keras": keras.__version__,
        "numpy": np.__version__,
    }


def layer(case: LayerCase) -> Record:
    """Run one LayerCase."""
    inputs = build.make_case_inputs(case, case.calls)
    if case.reference == "channels_last":
        values = _by_channels_last(case, inputs)
    elif case.reference == "dilated_kernel":
        values = _by_dilated_kernel(case, inputs)
    else:
        values = _run_layer(case, inputs)
    return {**inputs, **values}, _layer_meta(case, values)


def _by_channels_last(case: LayerCase, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """TensorFlow has most channels_first kernels for GPUs only: transpose around the channels_last layer."""
    twin = replace(case, config={**case.config, "data_format": "channels_last"})
    values = _run_layer(twin, {key: np.moveaxis(value, 2, -1) for key, value in inputs.items()})
    return {
        key: np.moveaxis(value, -1, 1) if key in {"cotangent0", "output0", "grad_input0"} else value
        for key, value in values.items()
    }


def _by_dilated_kernel(case: LayerCase, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """TensorFlow cannot dilate a transposed Conv1D on a CPU: use a longer kernel with zeros between the taps."""
    step = case.config["dilation_rate"]
    length = (case.config["kernel_size"] - 1) * step + 1
    values = _run_layer(replace(case, config={**case.config, "kernel_size": length, "dilation_rate": 1}), inputs, step)
    return {key: value[::step] if key in {"weight0", "grad_weight0"} else value for key, value in values.items()}


def _run_layer(case: LayerCase, inputs: dict[str, np.ndarray], kernel_step: int = 1) -> dict[str, np.ndarray]:
    subject = build.make_layer(tf_keras, case)
    masks = [None if spec is None else arrays.make(spec, case.name, "mask", i) for i, spec in enumerate(case.masks)]
    arguments = build.call_arguments(case, [None if mask is None else tf.constant(mask) for mask in masks])
    calls = [
        [
            _tensor(inputs[f"input{i}"][call], masks[i] if masks and case.mask_as == "tensor" else None)
            for i in range(len(case.inputs))
        ]
        for call in range(case.calls)
    ]
    subject(*build.positional(case, calls[0]), **arguments)
    weights = _draw_weights(case.name, subject)
    if kernel_step > 1:
        weights[0][np.arange(len(weights[0])) % kernel_step != 0] = 0.0
    subject.set_weights(weights)

    for tensors in calls[:-1]:
        subject(*build.positional(case, tensors), **arguments)
    values = {f"mask{i}": mask for i, mask in enumerate(masks) if mask is not None}
    values |= {f"weight{i}": weight for i, weight in enumerate(weights)}
    values |= _forward_and_backward(case, subject, calls[-1], arguments, case.differentiable)
    values |= _changed(weights, subject)
    if case.calls > 1:
        values["inference0"] = subject(*build.positional(case, calls[-1]), training=False).numpy()
    return values


def _tensor(value: np.ndarray, mask: np.ndarray | None) -> tf.Tensor:
    tensor = tf.constant(value)
    if mask is not None:
        tensor._keras_mask = tf.constant(mask)
    return tensor


def _draw_weights(name: str, subject: Any) -> list[np.ndarray]:
    return [
        arrays.make_weight(build.leaf_name(weight.name), tuple(weight.shape), name, "weight", i).astype(
            weight.dtype.as_numpy_dtype
        )
        for i, weight in enumerate(subject.weights)
    ]


def _changed(before: list[np.ndarray], subject: Any) -> dict[str, np.ndarray]:
    after = subject.get_weights()
    return {f"after{i}": new for i, (old, new) in enumerate(zip(before, after)) if not np.array_equal(old, new)}


def _forward_and_backward(
    case: LayerCase | ModelCase,
    subject: Any,
    tensors: list[tf.Tensor],
    arguments: dict[str, Any],
    differentiable: bool = True,
) -> dict[str, np.ndarray]:
    """Call once; return outputs, their mask, the losses, and the gradients of sum(output * cotangent) + losses."""
    values: dict[str, np.ndarray] = {}
    with tf.GradientTape() as tape:
        watched = {f"grad_input{i}": t for i, t in enumerate(tensors) if case.inputs[i].differentiable}
        tape.watch(list(watched.values()))
        outputs = build.as_list(subject(*build.positional(case, tensors), **arguments))
        losses = subject.losses
        total = tf.add_n([tf.cast(loss, tf.float64) for loss in losses]) if losses else tf.zeros([], tf.float64)
        for i, output in enumerate(outputs):
            values[f"output{i}"] = output.numpy()
            if differentiable and output.dtype.is_floating:
                cotangent = arrays.make_cotangent(tuple(output.shape), case.name, "cotangent", i)
                values[f"cotangent{i}"] = cotangent
                # Summed in float64: the gradients do not see it, the losses and outputs keep their own precision.
                total += tf.reduce_sum(tf.cast(output, tf.float64) * tf.cast(cotangent, tf.float64))
    if losses:
        values["losses"] = np.float32(sum(float(loss) for loss in losses))
    if len(outputs) == 1 and getattr(outputs[0], "_keras_mask", None) is not None:
        values["output_mask"] = outputs[0]._keras_mask.numpy()
    if "cotangent0" not in values:
        return values
    trainable = {id(weight) for weight in subject.trainable_weights}
    watched |= {f"grad_weight{i}": w for i, w in enumerate(subject.weights) if id(w) in trainable}
    gradients = tape.gradient(total, list(watched.values()), unconnected_gradients=tf.UnconnectedGradients.ZERO)
    for key, gradient in zip(watched, gradients):
        values[key] = tf.convert_to_tensor(gradient).numpy()
    return values


def _layer_meta(case: LayerCase, values: dict[str, np.ndarray]) -> dict[str, Any]:
    subject = build.make_layer(tf_keras, case)
    meta: dict[str, Any] = {"config": build.plain_json(subject.get_config())}
    shapes = build.symbolic_arguments(case)
    if case.layer == "EinsumDense":  # its rule knows neither the input nor, before it is built, the output
        meta["output_shape"] = build.plain_shape(subject(tf_keras.Input(batch_shape=shapes[0])).shape)
    else:
        meta["output_shape"] = build.plain_shape(subject.compute_output_shape(*shapes))
    if case.free_axes:
        shape = build.symbolic_shape(case, case.free_axes)
        meta["output_shape_free"] = build.plain_shape(build.make_layer(tf_keras, case).compute_output_shape(shape))
    if any(key.startswith("weight") for key in values):
        built = build.make_layer(tf_keras, case)
        if case.spread:  # only a call makes the weights of MultiHeadAttention
            built(*(tf.constant(arrays.make(spec, case.name)) for spec in case.inputs))
        else:
            built.build(build.unwrap([spec.shape for spec in case.inputs]))
        trainable = {id(weight) for weight in built.trainable_weights}
        meta["weights"] = [build.leaf_name(weight.name) for weight in built.weights]
        meta["trainable"] = [id(weight) in trainable for weight in built.weights]
    return meta


def model(case: ModelCase) -> Record:
    """Run one ModelCase: inference with gradients, then training calls, the last with gradients."""
    subject = case.build(tf_keras)
    inputs = build.make_case_inputs(case, case.training_calls or 1)
    calls = [
        [tf.constant(inputs[f"input{i}"][call]) for i in range(len(case.inputs))]
        for call in range(case.training_calls or 1)
    ]
    weights = _draw_weights(case.name, subject)
    subject.set_weights(weights)
    values = {**inputs, **{f"weight{i}": weight for i, weight in enumerate(weights)}}
    values |= _forward_and_backward(case, subject, calls[-1], {"training": False})
    for tensors in calls[: case.training_calls][:-1]:
        subject(build.unwrap(tensors), training=True)
    if case.training_calls:
        trained = _forward_and_backward(case, subject, calls[-1], {"training": True})
        values |= {f"train_{key}": value for key, value in trained.items() if not key.startswith("cotangent")}
    values |= _changed(weights, subject)
    trainable = {id(weight) for weight in subject.trainable_weights}
    meta = {
        "output_shape": [build.plain_shape(output.shape) for output in subject.outputs],
        "count_params": int(subject.count_params()),
        "layers": [one.name for one in subject.layers],
        "weights": [build.leaf_name(weight.name) for weight in subject.weights],
        "trainable": [id(weight) in trainable for weight in subject.weights],
    }
    return values, meta
