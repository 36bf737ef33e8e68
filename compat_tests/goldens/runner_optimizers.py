"""Run the optimizer and schedule cases on torchkeras."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import torch
from torch import nn

from torchkeras.core.layout import IDENTITY, LINEAR, convolution
from torchkeras.core.variable import Variable

from . import build, optimizer_inputs
from .cases.optimizers import RECORDED, SCHEDULE_STEPS, STEPS, VARIABLES, OptimizerCase, ScheduleCase
from .runner import DEVICE
from .store import Arrays, Meta

#: Relative to how far the variable has come, and to its size: a number of single precision roundings.
MOVE_TOLERANCE, ROUNDING = 1e-5, 1e-6


def make(keras: Any, case: OptimizerCase) -> Any:
    config = dict(case.config)
    if case.schedule:
        name, settings = case.schedule
        config["learning_rate"] = getattr(keras.optimizers.schedules, name)(**settings)
    home = keras.optimizers.legacy if case.legacy and hasattr(keras.optimizers.legacy, case.optimizer) else None
    return getattr(home or keras.optimizers, case.optimizer)(**config)


def make_variables(keras: Any, case: OptimizerCase) -> list[Variable]:
    """Variables as layers have them: seen in Keras's layout, kept in torch's."""
    holder = nn.Module()
    found = []
    for index, name in enumerate(VARIABLES):
        value = torch.from_numpy(optimizer_inputs.variable(case, index)).to(DEVICE)
        layout = {2: LINEAR, 4: convolution(2)}.get(value.dim(), IDENTITY)
        memory = torch.channels_last if value.dim() == 4 else torch.contiguous_format
        parameter = nn.Parameter(layout.to_torch(value).contiguous(memory_format=memory))
        holder.register_parameter(f"weight{index}", parameter)
        constraint = keras.constraints.get(case.constraints.get(name))
        found.append(Variable.bind(holder, (f"weight{index}",), layout, name, constraint=constraint))
    return found


def run_optimizer(keras: Any, case: OptimizerCase, way: str) -> tuple[Arrays, Meta]:
    """Run a case by `apply_gradients` or by `step`."""
    subject = make(keras, case)
    config = build.plain_json(subject.get_config())
    if case.excluded:
        subject.exclude_from_weight_decay(var_names=list(case.excluded))
    variables = make_variables(keras, case)
    subject.build(variables)
    values, rates = {}, []
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Gradients do not exist")
        for step in range(1, STEPS + 1):
            if step in case.rates:
                subject.learning_rate = case.rates[step]
            _take(subject, case, variables, step, way)
            if step == STEPS and case.finalize:
                subject.finalize_variable_values(variables)
            if step in RECORDED:
                values |= {f"step{step}_variable{index}": one.numpy() for index, one in enumerate(variables)}
                rates.append(float(subject.learning_rate))
    values["rates"] = np.asarray(rates, np.float32)
    values["iterations"] = subject.iterations.numpy()
    meta: Meta = {"config": config}
    if case.keeps_slots:
        values |= {f"slot{index}": one.numpy() for index, one in enumerate(subject.variables) if index}
        meta["slots"] = [one.name for one in subject.variables]
    return values, meta


def _take(subject: Any, case: OptimizerCase, variables: list[Variable], step: int, way: str) -> None:
    drawn = [optimizer_inputs.gradient(case, index, step) for index in range(len(variables))]
    given = [None if one is None else torch.from_numpy(one).to(DEVICE) for one in drawn]
    if way == "apply_gradients":
        subject.apply_gradients(zip(given, variables))
        return
    for variable, gradient in zip(variables, given):
        variable.grad = gradient
    subject.step()


def compare(case: OptimizerCase, record: Arrays, result: Arrays) -> list[str]:
    """Return one line for each array that differs."""
    lines = [f"{key}: on one side only" for key in sorted(record.keys() ^ result.keys())]
    for key in sorted(record.keys() & result.keys()):
        wanted, found = record[key], result[key]
        if wanted.shape != found.shape or wanted.dtype != found.dtype:
            lines.append(f"{key}: {found.dtype}{found.shape}, recorded {wanted.dtype}{wanted.shape}")
        elif wanted.dtype.kind != "f":
            lines += [] if np.array_equal(wanted, found) else [f"{key}: {found}, recorded {wanted}"]
        elif wanted.size:
            size = float(np.max(np.abs(wanted)))
            moved = size
            if "variable" in key:
                index = int(key.rsplit("variable", 1)[1])
                moved = float(np.max(np.abs(wanted - optimizer_inputs.variable(case, index))))
            error, allowed = float(np.max(np.abs(wanted - found))), MOVE_TOLERANCE * moved + ROUNDING * size
            if not error <= allowed:
                lines.append(f"{key}: off by {error:.3g}, allowed {allowed:.3g}, moved {moved:.3g}")
    return lines


def run_schedule(keras: Any, case: ScheduleCase) -> tuple[Arrays, Meta]:
    subject = getattr(keras.optimizers.schedules, case.schedule)(**case.config)
    rates = [float(subject(torch.tensor(step))) for step in SCHEDULE_STEPS]
    return {"rates": np.asarray(rates, np.float32)}, {"config": build.plain_json(subject.get_config())}
