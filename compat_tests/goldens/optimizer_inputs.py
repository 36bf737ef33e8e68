"""The values that variables start with and the gradients of sixty steps: drawn alike by both sides, never stored."""

from __future__ import annotations

import functools

import numpy as np

from . import arrays
from .cases.optimizers import STEPS, VARIABLES, OptimizerCase


@functools.cache
def start(index: int) -> np.ndarray:
    shape = list(VARIABLES.values())[index]
    return arrays.rng("optimizers", "variable", index).uniform(-1.0, 1.0, size=shape)


@functools.cache
def gradients(index: int) -> np.ndarray:
    """One gradient per step: noise of changing size around a constant, some values 0."""
    shape = list(VARIABLES.values())[index]
    random = arrays.rng("optimizers", "gradient", index)
    constant = 0.4 * random.normal(size=shape)
    sizes = random.uniform(0.1, 1.0, size=(STEPS, *(1 for _ in shape)))
    drawn = constant + sizes * random.normal(size=(STEPS, *shape))
    return np.where(random.uniform(size=drawn.shape) < 0.05, 0.0, drawn)


def gradient(case: OptimizerCase, index: int, step: int) -> np.ndarray | None:
    """The gradient of a variable at a step, from 1; None where the case has none."""
    name = list(VARIABLES)[index]
    if name in case.missing and step % 3 == 0:
        return None
    return gradients(index)[step - 1].astype(case.dtypes[index])


def variable(case: OptimizerCase, index: int) -> np.ndarray:
    return start(index).astype(case.dtypes[index])


def together(values: list[np.ndarray]) -> np.ndarray:
    """Several arrays as one row: many small ones take more room in a file than their values do."""
    return np.concatenate([np.ravel(one) for one in values]) if values else np.zeros(0, np.float32)
