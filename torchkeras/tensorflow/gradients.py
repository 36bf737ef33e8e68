"""Functions with gradients of their own: tf.custom_gradient, tf.stop_gradient, tf.recompute_grad and their like."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import torch

from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import any_symbolic, record
from torchkeras.tensorflow import nest
from torchkeras.tensorflow.convert import any_tensor, made, tensor, viewed
from torchkeras.tensorflow.operation import operation
from torchkeras.tensorflow.state import recording, state
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tape import GradientTape
from torchkeras.tensorflow.tensor import Tensor, as_tf


@operation("stop_gradient", "StopGradient")
def stop_gradient(input: Any, name: str | None = None) -> Any:
    """The same values, through which no gradients run."""
    if isinstance(input, StringTensor):
        return input
    return viewed(tensor(input).detach())


# --- custom gradients ---


class _Call:
    """One call of a function with a gradient of its own."""

    def __init__(self, results: list[torch.Tensor], grad_fn: Callable[..., Any], count: int, variables: list[Variable],
                 result: Any, session: int) -> None:  # fmt: skip
        self.results, self.grad_fn, self.count, self.variables = results, grad_fn, count, variables
        self.form, self.session = result, session

    def gradients(self, given: tuple[Any, ...]) -> list[torch.Tensor | None]:
        """What `grad_fn` makes of the gradients of the results: those of the arguments, then of the variables."""
        shown = [viewed(g) for g in given]
        if self.variables:
            takes = inspect.signature(self.grad_fn).parameters
            if "variables" not in takes and not any(p.kind is p.VAR_KEYWORD for p in takes.values()):
                names = [v.name for v in self.variables]
                raise TypeError(
                    f"If using @custom_gradient with a function that uses variables, then grad_fn must accept a "
                    f"'variables' keyword argument. The variables are {names}."
                )
            found, of_variables = self.grad_fn(*shown, variables=list(self.variables))
            of_variables = list(of_variables)
            if len(of_variables) != len(self.variables):
                raise ValueError(
                    f"grad_fn gave {len(of_variables)} gradients for {len(self.variables)} variables in `variables`."
                )
        else:
            found, of_variables = self.grad_fn(*shown), []
        flat = nest.flatten(found)
        if len(flat) != self.count:
            raise ValueError(
                f"custom_gradient function expected to return {self.count} gradients, but returned {len(flat)} instead."
            )
        plain = [None if g is None else tensor(g) for g in flat]
        return plain + [
            None if g is None else v.layout.to_torch(tensor(g)) for g, v in zip(of_variables, self.variables)
        ]


class _Custom(torch.autograd.Function):
    """A node of torch's graph whose way back is a user's function."""

    @staticmethod
    def forward(ctx: Any, call: _Call, *inputs: torch.Tensor) -> Any:
        ctx.call = call
        ctx.set_materialize_grads(True)
        found = tuple(result.view_as(result) for result in call.results)
        ctx.mark_non_differentiable(*(f for f in found if not (f.is_floating_point() or f.is_complex())))
        return found

    @staticmethod
    def backward(ctx: Any, *given: torch.Tensor) -> Any:
        call = ctx.call
        relevant = tuple(g for g, r in zip(given, call.results) if r.is_floating_point() or r.is_complex())
        with _resumed(call.session):
            return None, *call.gradients(relevant)


@contextmanager
def _resumed(session: int) -> Iterator[None]:
    """The recording that the way forward was in, where gradients of gradients are asked for.

    torch may run the way back in a thread of its own, which knows of no tapes.
    """
    if not torch.is_grad_enabled() or recording():
        yield
        return
    before = state.session
    state.session = session
    state.inside += 1
    try:
        yield
    finally:
        state.inside -= 1
        state.session = before


def custom_gradient(f: Callable[..., Any] | None = None) -> Any:
    """Decorator of a function that gives (result, grad_fn).

    Args:
        f: takes tensors; its `grad_fn` takes the gradient of each result and gives those of the arguments. Where `f`
            uses variables, `grad_fn` takes `variables=` too and gives (gradients, gradients of the variables).
    """
    if f is None:
        return lambda inner: custom_gradient(inner)

    @functools.wraps(f)
    def called(*args: Any, **kwargs: Any) -> Any:
        if any_symbolic(args, kwargs):
            return record(called, args, kwargs, None)
        args = nest.map_structure(_argument, list(args))
        if not recording() and not torch.is_grad_enabled():
            return _shown(f(*args, **kwargs)[0])
        with _variables_of(args) as used:
            result, grad_fn = f(*args, **kwargs)
        inputs = nest.flatten(args)
        if not recording():
            return _shown(result)
        leaves = [any_tensor(leaf) for leaf in nest.flatten(result)]
        sources = [tensor(leaf) if isinstance(leaf, torch.Tensor) else torch.zeros(()) for leaf in inputs]
        variables = [v for v in used.watched_variables() if v.requires_grad]
        call = _Call([tensor(leaf).detach() for leaf in leaves], grad_fn, len(inputs), variables, result, state.session)
        found = _Custom.apply(call, *sources, *(v.parameter for v in variables))
        return nest.pack_sequence_as(result, [made(one) for one in found])

    return called


def _argument(value: Any) -> Any:
    return value.value() if isinstance(value, Variable) else any_tensor(value)


def _shown(result: Any) -> Any:
    def one(leaf: Any) -> Any:
        found = any_tensor(leaf)
        return as_tf(found.detach()) if type(found) is Tensor and found.requires_grad else found

    return nest.map_structure(one, result)


@contextmanager
def _variables_of(args: Any) -> Iterator[GradientTape]:
    """A tape that notes which variables are used."""
    tape = GradientTape(persistent=True)
    if not recording():
        yield tape
        return
    tape._start()
    try:
        yield tape
    finally:
        if tape._open:
            tape._stop()
        tape._release()


def recompute_grad(f: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with its inner results computed once more for the gradients in place of being kept."""

    @custom_gradient
    def recomputed(*args: Any, **kwargs: Any) -> Any:
        with torch.no_grad():
            result = f(*args, **kwargs)

        def grad(*upstream: Any, variables: Any = ()) -> Any:
            with GradientTape(persistent=True) as tape:
                again = [viewed(tensor(a).detach()) if type(a) is Tensor else a for a in args]
                for one in again:
                    if type(one) is Tensor and (one.dtype.is_floating or one.dtype.is_complex):
                        tape.watch(one)
                found = f(*again, **kwargs)
            given = list(upstream) if isinstance(found, (list, tuple)) else upstream[0]
            gradients = tape.gradient(found, [*again, *variables], output_gradients=given)
            return (gradients[: len(args)], gradients[len(args) :]) if variables else gradients

        return result, grad

    return functools.wraps(f)(recomputed)


def grad_pass_through(f: Callable[..., Any]) -> Callable[..., Any]:
    """The function, with gradients that run through it as if it were the identity."""

    @custom_gradient
    def passed(*args: Any, **kwargs: Any) -> Any:
        def grad(*upstream: Any, variables: Any = None) -> Any:
            given = list(upstream)
            return (given, [None] * len(variables)) if variables else given

        return f(*args, **kwargs), grad

    return functools.wraps(f)(passed)


def _of_graphs(name: str) -> NoReturn:
    raise RuntimeError(f"tf.{name} is not supported when eager execution is enabled. Use tf.GradientTape instead.")


def gradients(
    ys: Any,
    xs: Any,
    grad_ys: Any = None,
    name: str = "gradients",
    gate_gradients: bool = False,
    aggregation_method: Any = None,
    stop_gradients: Any = None,
    unconnected_gradients: Any = None,
) -> Any:
    """A RuntimeError, as in TensorFlow 2 outside of graphs: use tf.GradientTape."""
    _of_graphs("gradients")


def hessians(
    ys: Any, xs: Any, gate_gradients: bool = False, aggregation_method: Any = None, name: str = "hessians"
) -> Any:
    """A RuntimeError, as in TensorFlow 2 outside of graphs: use tf.GradientTape and its `jacobian`."""
    _of_graphs("hessians")


__all__ = [
    "custom_gradient", "grad_pass_through", "gradients", "hessians", "recompute_grad", "stop_gradient",
]  # fmt: skip
