"""Run the cases of losses on torchkeras."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from . import build, compare
from .cases.losses import LossCase
from .runner import DEVICE
from .store import Arrays, Meta


def differences(keras: Any, case: LossCase, record: Arrays, meta: Meta) -> list[str]:
    """Run a case and return one line for each thing that differs from its record."""
    result, result_meta = run_loss(keras, case, record)
    lines = [line for key, value in result.items() for line in compare.compare_elementwise(key, record[key], value)]
    lines += [f"{key}: dtype {v.dtype}, recorded {record[key].dtype}" for key, v in result.items() if v.dtype != record[key].dtype]
    if "config" in meta:
        # tf_keras writes the function into the config of every class, which Keras 3 does not read.
        wanted = {key: value for key, value in meta["config"].items() if key != "fn"}
        lines += compare.compare_config(wanted, result_meta["config"])
    return lines


def run_loss(keras: Any, case: LossCase, record: Arrays) -> tuple[Arrays, Meta]:
    """Run one LossCase on what its record was computed from."""
    source = _tensor(record["input1"]).requires_grad_()
    result, config = _call(keras, case, record, source)
    values = {"value": result.detach().cpu().numpy()}
    if "grad" in record:
        (result * _tensor(record["cotangent0"])).sum().backward()
        values["grad"] = np.zeros_like(record["grad"]) if source.grad is None else source.grad.cpu().numpy()
    return values, config


def _call(keras: Any, case: LossCase, record: Arrays, source: torch.Tensor) -> tuple[torch.Tensor, Meta]:
    y_pred: Any = getattr(keras.activations, case.activation)(source) if case.activation else source
    y_true: Any = _tensor(record["input0"])
    if "mask0" in record:
        y_pred._keras_mask = _tensor(record["mask0"])
    if case.given_as == "lists":
        y_true, y_pred = record["input0"].tolist(), record["input1"].tolist()
    if not case.is_class:
        return getattr(keras.losses, case.loss)(y_true, y_pred, **case.kwargs), {}
    loss = getattr(keras.losses, case.loss)(**case.kwargs)
    weights = _tensor(record["weight0"]) if "weight0" in record else None
    return loss(y_true, y_pred, sample_weight=weights), {"config": build.plain_json(loss.get_config())}


def _tensor(value: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.array(value)).to(DEVICE)
