"""Loops, branches and maps over functions that the user gives: plain Python, one step after the other."""

from __future__ import annotations

import builtins
import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.core.kinds import call_user
from torchkeras.core.nest import flatten, map_structure, pack_as
from torchkeras.ops.axes import canonical
from torchkeras.ops.operation import operation
from torchkeras.ops.promotion import tensor


def _user(function: Callable[..., Any]) -> Callable[..., Any]:
    """The user's function, which sees tensors of its own kind."""
    return functools.partial(call_user, function)


def _holds(value: Any) -> bool:
    return bool(tensor(value).item())


def _leaf(value: Any) -> Any:
    """A number or array in a structure of loop variables as a tensor; other things as they are."""
    return tensor(value) if isinstance(value, (bool, int, float, np.ndarray, np.generic)) else value


@operation
def cond(pred: Any, true_fn: Callable[[], Any], false_fn: Callable[[], Any]) -> Any:
    """What `true_fn()` gives where the predicate holds, else what `false_fn()` gives."""
    return _user(true_fn)() if _holds(pred) else _user(false_fn)()


@operation
def switch(index: Any, branches: Sequence[Callable[..., Any]], *operands: Any) -> Any:
    """What the branch of that number gives for the operands; numbers out of range mean the first or the last."""
    place = builtins.min(builtins.max(int(tensor(index).item()), 0), len(branches) - 1)
    return _user(branches[place])(*operands)


@operation
def while_loop(
    cond: Callable[..., Any], body: Callable[..., Any], loop_vars: Any, maximum_iterations: int | None = None
) -> Any:
    """The loop variables after as many rounds of `body(*loop_vars)` as `cond(*loop_vars)` holds.

    Args:
        cond: whether to go on.
        body: the next values of the loop variables, from the present ones.
        loop_vars: their first values: one, a list or a tuple.
        maximum_iterations: how many rounds at most.
    """
    several = isinstance(loop_vars, (tuple, list))
    state = tuple(map_structure(_leaf, v) for v in loop_vars) if several else (map_structure(_leaf, loop_vars),)
    holds, step = _user(cond), _user(body)
    rounds = 0
    while (maximum_iterations is None or rounds < maximum_iterations) and _holds(holds(*state)):
        result = step(*state)
        state = tuple(result) if several else (result,)
        rounds += 1
    return state if several else state[0]


@operation
def fori_loop(lower: Any, upper: Any, body_fun: Callable[[Any, Any], Any], init_val: Any) -> Any:
    """`value = body_fun(i, value)` for each i from `lower` up to, without, `upper`."""
    step = _user(body_fun)
    value = map_structure(_leaf, init_val)
    for i in range(int(tensor(lower).item()), int(tensor(upper).item())):
        value = step(torch.tensor(i, dtype=torch.int32), value)
    return value


@operation
def scan(
    f: Callable[[Any, Any], Any],
    init: Any,
    xs: Any = None,
    length: int | None = None,
    reverse: bool = False,
    unroll: int | bool = 1,
) -> tuple[Any, Any]:
    """A loop that carries a state and collects results.

    Args:
        f: `carry, result = f(carry, x)`.
        init: the first carry.
        xs: what to go over, along axis 0: a tensor or a structure of them.
        length: how many rounds, where there is no `xs`.
        reverse: whether to go from the last to the first.
        unroll: accepted and left alone: there is nothing to unroll.
    """
    if not callable(f):
        raise TypeError(f"`f` should be a callable. Received: f={f}")
    if not isinstance(unroll, bool) and (not isinstance(unroll, int) or unroll < 1):
        raise ValueError(f"`unroll` must be an positive integer or boolean. Received: unroll={unroll}")
    if xs is None and length is None:
        raise ValueError("Got no `xs` to scan over and `length` not provided.")
    step = _user(f)
    carry = map_structure(tensor, init)
    given = None if xs is None else map_structure(tensor, xs)
    rounds = int(length) if length is not None else len(flatten(given)[0])
    results: list[Any] = [None] * rounds
    for i in reversed(range(rounds)) if reverse else range(rounds):
        part = None if given is None else map_structure(functools.partial(_entry, i), given)
        carry, results[i] = step(carry, part)
    return carry, _stacked(results)


def _entry(place: int, x: Tensor) -> Tensor:
    return x[place]


def _stacked(results: list[Any]) -> Any:
    """Structures of tensors, one for each round, as one structure of tensors with a new first axis."""
    if not results or results[0] is None:
        return None
    columns = zip(*(flatten(result) for result in results), strict=True)
    return pack_as(results[0], [torch.stack([tensor(v) for v in column]) for column in columns])


@operation
def map(f: Callable[[Any], Any], xs: Any) -> Any:
    """What `f` gives for each entry along axis 0, as tensors with that axis."""
    step = _user(f)
    given = map_structure(tensor, xs)
    return _stacked([step(map_structure(functools.partial(_entry, i), given)) for i in range(len(flatten(given)[0]))])


@operation
def vectorized_map(function: Callable[[Any], Any], elements: Any) -> Any:
    """`map` with all entries at once: the function is run on tensors that hide the first axis."""
    return torch.func.vmap(_user(function), randomness="different")(map_structure(tensor, elements))


def vectorize(pyfunc: Callable[..., Any], *, excluded: Any = None, signature: str | None = None) -> Callable[..., Any]:
    """A function that applies `pyfunc` to each value of its arguments, which broadcast.

    Args:
        pyfunc: a function of single values, made of operations on tensors.
        excluded: places (or names) of arguments to hand over as they are.
        signature: for a function of vectors or matrices, their axes: '(n),(n)->()'.
    """
    if not callable(pyfunc):
        raise TypeError(f"Expected argument `pyfunc` to be a callable. Received: pyfunc={pyfunc}")
    left_out = set(excluded or ())
    inner = None if signature is None else [len(core) for core in _cores(signature.split("->")[0])]

    @functools.wraps(pyfunc)
    def called(*args: Any, **kwargs: Any) -> Any:
        varying = [i for i in range(len(args)) if i not in left_out]
        tensors = [tensor(args[i]) for i in varying]
        ranks = inner or [0] * len(tensors)
        if len(ranks) != len(tensors):
            raise ValueError(f"`signature` {signature!r} has {len(ranks)} arguments, but {len(tensors)} were given.")
        lead = torch.broadcast_shapes(*(t.shape[: t.dim() - r] for t, r in zip(tensors, ranks)))
        wide = [t.expand(*lead, *t.shape[t.dim() - r :]) for t, r in zip(tensors, ranks)]

        def single(*values: Any) -> Any:
            whole = list(args)
            for place, value in zip(varying, values):
                whole[place] = value
            return call_user(pyfunc, *whole, **kwargs)

        mapped: Callable[..., Any] = single
        for _ in lead:
            mapped = torch.func.vmap(mapped, randomness="different")
        return mapped(*wide)

    return called


def _cores(arguments: str) -> list[list[str]]:
    parts = arguments.replace(" ", "").strip("()").split("),(")
    return [[name for name in part.split(",") if name] for part in parts]


@operation
def associative_scan(f: Callable[[Any, Any], Any], elems: Any, reverse: bool = False, axis: int = 0) -> Any:
    """For each entry along an axis, what an associative function makes of it and all before it.

    In a number of rounds that grows with the logarithm of the length: entries 1, then 2, then 4 places apart are
    combined.

    Args:
        f: combines two structures like `elems`, whose entries lie along the axis.
        elems: a tensor or a structure of them.
        reverse: whether to go from the last to the first.
        axis: along which axis.
    """
    if not callable(f):
        raise TypeError(f"`f` should be a callable. Received: f={f}")
    combine = _user(f)
    leaves = [tensor(leaf) for leaf in flatten(elems)]
    axis = canonical(axis, leaves[0].dim())
    count = leaves[0].shape[axis]
    if any(leaf.shape[axis] != count for leaf in leaves):
        raise ValueError(
            f"Array inputs to associative_scan must have the same first dimension. "
            f"(saw: {[tuple(leaf.shape) for leaf in leaves]})"
        )
    if reverse:
        leaves = [leaf.flip(axis) for leaf in leaves]
    apart = 1
    while apart < count:
        earlier = pack_as(elems, [leaf.narrow(axis, 0, count - apart) for leaf in leaves])
        later = pack_as(elems, [leaf.narrow(axis, apart, count - apart) for leaf in leaves])
        combined = flatten(combine(earlier, later))
        leaves = [torch.cat([leaf.narrow(axis, 0, apart), tensor(c)], axis) for leaf, c in zip(leaves, combined)]
        apart *= 2
    if reverse:
        leaves = [leaf.flip(axis) for leaf in leaves]
    return pack_as(elems, leaves)
