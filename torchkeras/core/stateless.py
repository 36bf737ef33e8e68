"""State handed in and out, for code in the functional style: for the time of a call variables have other values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from torch import Tensor

from torchkeras.core.variable import Variable


@contextmanager
def borrowed(variables: Sequence[Variable], values: Any, what: str) -> Iterator[None]:
    """Within, the variables have these values; afterwards their own again. No gradients run through the values.

    Args:
        variables: whose values are changed.
        values: one for each.
        what: the argument's name, for the error where their number differs.
    """
    given = one_each(variables, values, what)
    before = [variable.parameter.detach().clone() for variable in variables]
    try:
        for variable, value in zip(variables, given, strict=True):
            variable.assign(value)
        yield
    finally:
        for variable, tensor in zip(variables, before, strict=True):
            variable.assign(variable.layout.to_keras(tensor))


def one_each(variables: Sequence[Variable], values: Any, what: str) -> list[Any]:
    """The values as a list; ValueError where there is not one for each variable."""
    given = list(values)
    if len(given) != len(variables):
        raise ValueError(
            f"Argument `{what}` must be a list of one value for each of these {len(variables)} variables: "
            f"{[variable.name for variable in variables]}. Received {len(given)} values."
        )
    return given


def present(variables: Sequence[Variable]) -> list[Tensor]:
    """Copies of the values that the variables have."""
    return [variable.layout.to_keras(variable.parameter.detach()).clone() for variable in variables]
