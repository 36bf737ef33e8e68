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
from .compare import compare_config
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
    rows, rates = [], []
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Gradients do not exist")
        for step in range(1, STEPS + 1):
            if step in case.rates:
                subject.learning_rate = case.rates[step]
            _take(subject, case, variables, step, way)
            if step == STEPS and case.finalize:
                subject.finalize_variable_values(variables)
            if step in RECORDED:
                rows.append(optimizer_inputs.together([one.numpy() for one in variables]))
                rates.append(float(subject.learning_rate))
    values = {"variables": np.stack(rows), "rates": np.asarray(rates, np.float32)}
    meta: Meta = {"config": config, "iterations": int(subject.iterations)}
    if case.keeps_slots:
        values["slots"] = optimizer_inputs.together([one.numpy() for one in subject.variables[1:]])
        meta["slots"] = [[one.name, list(one.shape)] for one in subject.variables]
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
            continue
        start = optimizer_inputs.together([optimizer_inputs.variable(case, index) for index in range(len(VARIABLES))])
        moved = np.abs(wanted - (start if key == "variables" else 0.0))
        allowed = MOVE_TOLERANCE * moved + ROUNDING * np.max(np.abs(wanted), initial=0.0)
        error = np.abs(wanted - found)
        if not np.all(error <= allowed):
            worst = np.unravel_index(np.argmax(error - allowed), error.shape)
            lines.append(f"{key}: at {worst} off by {error[worst]:.3g}, allowed {allowed[worst]:.3g}")
    return lines


def differences(keras: Any, family: str, case: Any, record: Arrays, meta: Meta) -> list[str]:
    """Return what differs from a record, for either family and both ways of updating."""
    if family == "schedules":
        result, own = run_schedule(keras, case)
        return compare_rates(record["rates"], result["rates"]) + compare_config(meta["config"], own["config"])
    lines = []
    for way in ("apply_gradients", "step"):
        result, own = run_optimizer(keras, case, way)
        lines += [f"{way}: {line}" for line in compare(case, record, result)]
        lines += [
            f"{key}: {own[key]}, recorded {meta[key]}" for key in meta if key != "config" and own[key] != meta[key]
        ]
    own["config"].pop("adaptive_epsilon", None)  # which tf_keras forgets to save
    for key in ("name", "jit_compile", "is_legacy_optimizer") if case.of_keras3 else ():
        del own["config"][key]
    return lines if case.legacy else lines + compare_config(meta["config"], own["config"])


def compare_rates(wanted: np.ndarray, found: np.ndarray) -> list[str]:
    good = np.isclose(found, wanted, rtol=1e-6, atol=1e-6 * np.abs(wanted).max())
    return [f"step {SCHEDULE_STEPS[i]}: {found[i]}, recorded {wanted[i]}" for i in np.flatnonzero(~good)]


def run_schedule(keras: Any, case: ScheduleCase) -> tuple[Arrays, Meta]:
    subject = getattr(keras.optimizers.schedules, case.schedule)(**case.config)
    rates = [float(subject(torch.tensor(step))) for step in SCHEDULE_STEPS]
    return {"rates": np.asarray(rates, np.float32)}, {"config": build.plain_json(subject.get_config())}
