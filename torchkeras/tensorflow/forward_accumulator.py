"""tf.autodiff.ForwardAccumulator: derivatives along a direction."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.core.variable import Variable
from torchkeras.tensorflow import nest
from torchkeras.tensorflow.convert import any_tensor, made, tensor
from torchkeras.tensorflow.state import recording
from torchkeras.tensorflow.tape import GradientTape, targets_of, zeros_wanted


class ForwardAccumulator:
    """Records what is computed within its `with`, for products of the Jacobian with a vector.

    The product is the derivative of a vector-Jacobian product by its vector: torch's reverse differentiation twice.

    Args:
        primals: the tensors or variables to differentiate by, in any structure.
        tangents: the direction: a tensor for each.

    Example:
        with tf.autodiff.ForwardAccumulator(primals=x, tangents=direction) as acc:
            y = f(x)
        acc.jvp(y)
    """

    def __init__(self, primals: Any, tangents: Any) -> None:
        nest.assert_same_structure(primals, tangents, check_types=False)
        self._primals, self._tangents = nest.flatten(primals), [any_tensor(t) for t in nest.flatten(tangents)]
        for primal, direction in zip(self._primals, self._tangents, strict=True):
            if not primal.shape.is_compatible_with(direction.shape) or primal.dtype != direction.dtype:
                raise ValueError(
                    f"A tangent must be of the shape and dtype of its primal: got {direction.shape}, "
                    f"{direction.dtype} for {primal.shape}, {primal.dtype}."
                )
            if primal.dtype.is_integer:
                raise ValueError(f"Received primal of type {primal.dtype}: only floating ones have derivatives.")
        self._tape = GradientTape(persistent=True)

    def __enter__(self) -> ForwardAccumulator:
        self._tape.__enter__()
        self._tape.watch(self._primals)
        return self

    def __exit__(self, *raised: Any) -> None:
        self._tape.__exit__(*raised)

    def jvp(self, primals: Any, unconnected_gradients: Any = "none") -> Any:
        """The derivative of these results along the direction; None, or zeros, where they do not depend on it.

        Args:
            primals: results, in any structure.
            unconnected_gradients: 'none', or 'zero' for zeros in place of None.
        """
        zero = zeros_wanted(unconnected_gradients)
        return nest.map_structure(lambda target: self._product(target, zero), primals)

    def _product(self, target: Any, zero: bool) -> Any:
        values = targets_of(target)
        pairs = [(self._tape._start_of(p), t, p) for p, t in zip(self._primals, self._tangents, strict=True)]
        known = [(s, _in_layout(t, p)) for s, t, p in pairs if s is not None]
        same = [t for s, t in known if values and s is values[0]]
        if same:
            return made(same[0].clone())
        if not values or not values[0].requires_grad or not known:
            return self._nothing(target, zero)
        (value,) = values
        with torch.enable_grad():
            weights = torch.zeros_like(value, requires_grad=True)
            rows = torch.autograd.grad(value, [s for s, _ in known], weights, create_graph=True, allow_unused=True)
            used = [(row, t) for row, (_, t) in zip(rows, known, strict=True) if row is not None]
            if not used:
                return self._nothing(target, zero)
            connected = [(row, t) for row, t in used if row.requires_grad]
            if not connected:
                return made(torch.zeros_like(value))
            (found,) = torch.autograd.grad(
                [row for row, _ in connected],
                weights,
                [t.expand_as(row) for row, t in connected],
                create_graph=recording(),
                retain_graph=True,
                allow_unused=True,
            )
        return made(torch.zeros_like(value) if found is None else found)

    def _nothing(self, target: Any, zero: bool) -> Any:
        return made(torch.zeros_like(tensor(target))) if zero else None


def _in_layout(tangent: Any, primal: Any) -> torch.Tensor:
    """A direction in torch's shape of the parameter it belongs to."""
    plain = tensor(tangent)
    return primal.layout.to_torch(plain) if isinstance(primal, Variable) else plain


__all__ = ["ForwardAccumulator"]
