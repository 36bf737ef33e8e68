"""Run the cases of losses on torchkeras."""

from __future__ import annotations

from typing import Any

import torch

from . import arrays, build, compare, loss_arrays
from .cases.losses import LossCase
from .runner import DEVICE
from .store import Arrays, Meta


def differences(keras: Any, case: LossCase, record: Arrays, meta: Meta) -> list[str]:
    """Run a case and return one line for each thing that differs from its record."""
    result, result_meta = run_loss(keras, case)
    lines = [
        line
        for key, value in result.items()
        if key in record
        for line in compare.compare_elementwise(key, record[key], value)
    ]
    for key in sorted(record.keys() | result.keys()):
        dtypes = [str(values[key].dtype) if key in values else "missing" for values in (result, record)]
        lines += [f"{key}: {dtypes[0]}, recorded {dtypes[1]}"] if dtypes[0] != dtypes[1] else []
    if "config" in meta:
        # tf_keras writes the function into the config of every class, which Keras 3 does not read.
        wanted = {key: value for key, value in meta["config"].items() if key != "fn"}
        lines += compare.compare_config(wanted, result_meta["config"])
    return lines


def run_loss(keras: Any, case: LossCase) -> tuple[Arrays, Meta]:
    """Run one LossCase on the values that its record was computed from."""
    given = {key: torch.from_numpy(value).to(DEVICE) for key, value in loss_arrays.given(case).items()}
    source = given["y_pred"].requires_grad_()
    result, config = _call(keras, case, given)
    values = {"value": result.detach().cpu().numpy()}
    if case.given_as == "tensors":
        cotangent = torch.from_numpy(arrays.make_cotangent(tuple(result.shape), case.name, "cotangent"))
        (gradient,) = torch.autograd.grad((result * cotangent.to(DEVICE)).sum(), source)
        values["grad"] = gradient.cpu().numpy()
    return values, config


def _call(keras: Any, case: LossCase, given: dict[str, torch.Tensor]) -> tuple[torch.Tensor, Meta]:
    y_true: Any = given["y_true"]
    y_pred: Any = given["y_pred"]
    if case.activation:
        y_pred = getattr(keras.activations, case.activation)(y_pred)
    if "mask" in given:
        y_pred._keras_mask = given["mask"]
    if case.given_as == "lists":
        y_true, y_pred = y_true.tolist(), y_pred.tolist()
    if not case.is_class:
        return getattr(keras.losses, case.loss)(y_true, y_pred, **case.kwargs), {}
    loss = getattr(keras.losses, case.loss)(**case.kwargs)
    result = loss(y_true, y_pred, sample_weight=given.get("weights"))
    return result, {"config": build.plain_json(loss.get_config())}
