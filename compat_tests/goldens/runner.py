"""Run the cases on torchkeras and return what reference.py returns for tf_keras."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from . import build
from .cases.schema import ActivationCase, InitializerCase, LayerCase, ModelCase, WeightFunctionCase
from .store import Arrays, Meta

# The library puts weights on the GPU where there is one.
DEVICE = torch.device("cuda" if torch.cuda.is_available() else "cpu")
# TF32 keeps 10 bits of the mantissa: far from the records.
torch.backends.cudnn.allow_tf32 = False


def run_layer(keras: Any, case: LayerCase, record: Arrays) -> tuple[Arrays, Meta]:
    """Run one LayerCase on the inputs and weights of its record."""
    subject = build.make_layer(keras, case)
    masks = [_from_numpy(record[f"mask{i}"]) if spec else None for i, spec in enumerate(case.masks)]
    arguments = build.call_arguments(case, masks)
    give_masks = _mask_giver(keras, masks) if case.masks and case.mask_as == "tensor" else list

    def call(tensors: list[torch.Tensor]) -> Any:
        return subject(*build.positional(case, give_masks(tensors)), **arguments)

    with torch.no_grad():
        call(_inputs(case, record, 0))
        weights = _take_weights(subject, record)
        for index in range(case.calls - 1):
            call(_inputs(case, record, index))
    values = _forward_and_backward(subject, call, _inputs(case, record, -1), record)
    values |= _changed(weights, subject)
    if case.calls > 1:
        with torch.no_grad():
            inputs = build.positional(case, give_masks(_inputs(case, record, -1)))
            values["inference0"] = _to_numpy(subject(*inputs, training=False))
    return values, _layer_meta(keras, case, subject)


def _mask_giver(keras: Any, masks: list[Any]) -> Callable[[list[torch.Tensor]], list[Any]]:
    """Masks reach a layer on the outputs of another: return what puts one before each input."""

    class GiveMask(keras.layers.Layer):
        def __init__(self, mask: Any) -> None:
            super().__init__()
            self.given = mask

        def call(self, inputs: torch.Tensor) -> torch.Tensor:
            return inputs.clone()

        def compute_mask(self, inputs: torch.Tensor, mask: Any = None) -> Any:
            return self.given

    givers = [GiveMask(mask) for mask in masks]
    return lambda tensors: [giver(tensor) for giver, tensor in zip(givers, tensors)]


def run_model(keras: Any, case: ModelCase, record: Arrays) -> tuple[Arrays, Meta]:
    """Run one ModelCase on the inputs and weights of its record."""
    subject = case.build(keras)
    weights = _take_weights(subject, record)

    def infer(tensors: list[torch.Tensor]) -> Any:
        return subject(build.unwrap(tensors), training=False)

    def train(tensors: list[torch.Tensor]) -> Any:
        return subject(build.unwrap(tensors), training=True)

    values = _forward_and_backward(subject, infer, _inputs(case, record, -1), record)
    with torch.no_grad():
        for index in range(case.training_calls - 1):
            train(_inputs(case, record, index))
    if case.training_calls:
        trained = _forward_and_backward(subject, train, _inputs(case, record, -1), record)
        values |= {f"train_{key}": value for key, value in trained.items()}
    values |= _changed(weights, subject)
    meta = {
        "output_shape": [build.plain_shape(output.shape) for output in subject.outputs],
        "count_params": int(subject.count_params()),
        "layers": [one.name for one in subject.layers],
        **_weight_meta(subject),
    }
    return values, meta


def _from_numpy(value: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.array(value)).to(DEVICE)


def _to_numpy(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().cpu().numpy()


def _inputs(case: LayerCase | ModelCase, record: Arrays, call: int) -> list[torch.Tensor]:
    """Make fresh leaf tensors, so that their gradients belong to one call."""
    return [
        _from_numpy(record[f"input{i}"][call]).requires_grad_(spec.differentiable) for i, spec in enumerate(case.inputs)
    ]


def _take_weights(subject: Any, record: Arrays) -> list[np.ndarray]:
    weights = [record[f"weight{i}"] for i in range(sum(key.startswith("weight") for key in record))]
    subject.set_weights(weights)
    return weights


def _changed(before: list[np.ndarray], subject: Any) -> Arrays:
    after = subject.get_weights()
    return {f"after{i}": new for i, (old, new) in enumerate(zip(before, after)) if not np.array_equal(old, new)}


def _forward_and_backward(
    subject: Any, call: Callable[[list[torch.Tensor]], Any], tensors: list[torch.Tensor], record: Arrays
) -> Arrays:
    for parameter in subject.parameters():
        parameter.grad = None
    values: Arrays = {}
    outputs = build.as_list(call(tensors))
    losses = list(subject.losses)
    total = torch.zeros((), dtype=torch.float64, device=DEVICE)
    for loss in losses:
        total = total + loss
    for i, output in enumerate(outputs):
        values[f"output{i}"] = _to_numpy(output)
        if f"cotangent{i}" in record:
            total = total + (output.double() * _from_numpy(record[f"cotangent{i}"])).sum()
    if losses:
        values["losses"] = np.float32(sum(float(torch.as_tensor(loss).detach()) for loss in losses))
    if len(outputs) == 1 and getattr(outputs[0], "_keras_mask", None) is not None:
        values["output_mask"] = _to_numpy(outputs[0]._keras_mask)
    if "cotangent0" in record:
        if total.requires_grad:
            total.backward()
        values |= _gradients(subject, tensors)
    return values


def _gradients(subject: Any, tensors: list[Any]) -> Arrays:
    """Collect gradients; what nothing reaches has zeros, as in the records."""
    trainable = {id(weight) for weight in subject.trainable_weights}
    sources = {f"grad_input{i}": tensor for i, tensor in enumerate(tensors) if tensor.requires_grad}
    sources |= {f"grad_weight{i}": w for i, w in enumerate(subject.weights) if id(w) in trainable}
    return {
        key: np.zeros(tuple(source.shape), np.float32) if source.grad is None else _to_numpy(source.grad)
        for key, source in sources.items()
    }


def _weight_meta(subject: Any) -> Meta:
    trainable = {id(weight) for weight in subject.trainable_weights}
    return {
        "weights": [build.leaf_name(weight.name) for weight in subject.weights],
        "trainable": [id(weight) in trainable for weight in subject.weights],
    }


def _layer_meta(keras: Any, case: LayerCase, subject: Any) -> Meta:
    fresh = build.make_layer(keras, case)
    meta: Meta = {
        "config": build.plain_json(fresh.get_config()),
        "output_shape": build.plain_shape(subject.compute_output_shape(*build.symbolic_arguments(case))),
    }
    if case.free_axes:
        # The built layer knows its input's sizes.
        shape = build.symbolic_shape(case, case.free_axes)
        meta["output_shape_free"] = build.plain_shape(fresh.compute_output_shape(shape))
    if subject.weights:
        meta |= _weight_meta(subject)
    return meta


def run_activation(keras: Any, case: ActivationCase, record: Arrays) -> Arrays:
    function = keras.activations.get(case.function)
    x = _from_numpy(record["x"]).requires_grad_()
    y = function(x, **case.kwargs)
    (y * _from_numpy(record["cotangent"])).sum().backward()
    values = {"y": _to_numpy(y), "grad": _to_numpy(x.grad)}
    if case.kinks:
        values["y_kinks"] = _to_numpy(function(_from_numpy(record["kinks"]), **case.kwargs))
    return values


def run_regularizer(keras: Any, case: WeightFunctionCase, record: Arrays) -> tuple[Arrays, Meta]:
    function = keras.regularizers.get(case.identifier)
    weight = _from_numpy(record["weight"]).requires_grad_()
    value = torch.as_tensor(function(weight))
    if value.requires_grad:
        value.backward()
    gradient = np.zeros_like(record["weight"]) if weight.grad is None else _to_numpy(weight.grad)
    return {"value": _to_numpy(value), "grad": gradient}, _config(function)


def run_constraint(keras: Any, case: WeightFunctionCase, record: Arrays) -> tuple[Arrays, Meta]:
    function = keras.constraints.get(case.identifier)
    return {"value": _to_numpy(function(_from_numpy(record["weight"])))}, _config(function)


def run_initializer(keras: Any, case: InitializerCase) -> tuple[np.ndarray, Meta]:
    """Return one sample."""
    function = keras.initializers.get(case.identifier)
    return _to_numpy(torch.as_tensor(function(case.shape, dtype="float32"))), _config(function)


def _config(function: Any) -> Meta:
    return {"class_name": type(function).__name__, "config": build.plain_json(function.get_config())}
