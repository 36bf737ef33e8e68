"""Branches, loops over steps and entries, and functions from symbolic tensors."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras.backend.operation import backend_function
from torchkeras.backend.session import learning_phase
from torchkeras.core.kinds import call_user, public
from torchkeras.core.nest import flatten, map_structure, pack_as
from torchkeras.core.variable import Variable
from torchkeras.graph.keras_tensor import KerasTensor, any_symbolic
from torchkeras.models import Model
from torchkeras.ops.conversion import convert_to_numpy
from torchkeras.ops.promotion import tensor


def _value(branch: Any) -> Any:
    """What a branch gives: a function without arguments is called."""
    return call_user(branch) if callable(branch) and not isinstance(branch, (Tensor, Variable)) else branch


@public
def switch(condition: Any, then_expression: Any, else_expression: Any) -> Any:
    """One of two expressions where a single condition is given, else the values of one or the other at each place.

    Args:
        condition: True or False, or a tensor of them with no more axes than the expressions.
        then_expression: a tensor, or a function without arguments that gives one.
        else_expression: likewise.
    """
    if isinstance(condition, KerasTensor):
        if not condition.shape:
            condition._no_value("used to choose a branch")
        return _where(condition, _value(then_expression), _value(else_expression))
    condition = tensor(condition).bool()
    if not condition.dim():
        return _value(then_expression if bool(condition) else else_expression)
    return _where(condition, _value(then_expression), _value(else_expression))


@backend_function("tf.where")
def _where(condition: Any, then_expression: Any, else_expression: Any) -> Tensor:
    condition, first, second = tensor(condition).bool(), tensor(then_expression), tensor(else_expression)
    if condition.dim() > first.dim():
        raise ValueError(
            f"Rank of `condition` should be less than or equal to rank of `then_expression` and `else_expression`. "
            f"ndim(condition)={condition.dim()}, ndim(then_expression)={first.dim()}"
        )
    if condition.dim() > 1:
        condition = condition.reshape(*condition.shape, *[1] * (first.dim() - condition.dim()))
    return torch.where(condition, first, second)


def in_train_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """`x` in training, else `alt`; each a tensor or a function without arguments."""
    phase = learning_phase() if training is None else training
    if isinstance(phase, (Tensor, Variable)):
        return switch(phase, x, alt)
    return _value(x if phase else alt)


def in_test_phase(x: Any, alt: Any, training: Any = None) -> Any:
    """`alt` in training, else `x`."""
    return in_train_phase(alt, x, training)


# --- functions of functions ---


@public
def map_fn(fn: Callable[[Any], Any], elems: Any, name: str | None = None, dtype: Any = None) -> Any:
    """What `fn` gives for each entry along the first axis, along that axis.

    Args:
        fn: a function of an entry.
        elems: a tensor, or a structure of tensors.
        name: accepted and left alone.
        dtype: accepted and left alone: results have the dtype they have.
    """
    given = map_structure(tensor, elems)
    results = [call_user(fn, map_structure(operator.itemgetter(i), given)) for i in range(len(flatten(given)[0]))]
    if not results:
        raise ValueError("`map_fn` needs at least one entry to know what its results are like.")
    columns = zip(*(flatten(result) for result in results), strict=True)
    return pack_as(results[0], [torch.stack([tensor(value) for value in column]) for column in columns])


@public
def foldl(fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """`fn(result, entry)` for each entry along the first axis in turn."""
    return _fold(fn, tensor(elems), initializer, False)


@public
def foldr(fn: Callable[[Any, Any], Any], elems: Any, initializer: Any = None, name: str | None = None) -> Any:
    """`fn(result, entry)` for each entry along the first axis, the last first."""
    return _fold(fn, tensor(elems), initializer, True)


def _fold(fn: Callable[[Any, Any], Any], elems: Tensor, initializer: Any, backwards: bool) -> Any:
    places = list(range(len(elems)))[:: -1 if backwards else 1]
    if initializer is None:
        result: Any = elems[places.pop(0)]
    else:
        result = map_structure(tensor, initializer)
    for place in places:
        result = call_user(fn, result, elems[place])
    return result


@public
def rnn(
    step_function: Callable[..., Any],
    inputs: Any,
    initial_states: Sequence[Any],
    go_backwards: bool = False,
    mask: Any = None,
    constants: Sequence[Any] | None = None,
    unroll: bool = False,
    input_length: Any = None,
    time_major: bool = False,
    zero_output_for_mask: bool = False,
    return_all_outputs: bool = True,
) -> tuple[Any, Any, Any]:
    """A step function run along the steps of its inputs.

    Args:
        step_function: `output, new_states = step_function(input, states)`; the constants follow the states.
        inputs: (samples, steps, ...), or a structure of such tensors.
        initial_states: the states before the first step.
        go_backwards: begin with the last step.
        mask: (samples, steps): where it is False, states stay, and the output is that of the step before.
        constants: tensors handed to each step.
        unroll: accepted and left alone: the loop is Python's.
        input_length: accepted and left alone: all steps are run.
        time_major: the steps are the first axis, of the outputs too.
        zero_output_for_mask: give zeros where the mask is False.
        return_all_outputs: give the outputs of all steps, else of the last alone, as a single step.

    Returns:
        The last output, all outputs, and the new states.
    """
    given = map_structure(lambda x: tensor(x) if time_major else tensor(x).transpose(0, 1), inputs)
    steps = len(flatten(given)[0])
    if not steps:
        raise ValueError("`rnn` needs at least one step.")
    allowed = None
    if mask is not None:
        allowed = tensor(mask).bool()
        allowed = allowed.unsqueeze(-1) if allowed.dim() == 2 else allowed
        allowed = allowed if time_major else allowed.transpose(0, 1)
    states: Any = tuple(map_structure(tensor, state) for state in initial_states)
    fixed = tuple(constants or ())
    outputs: list[Any] = []
    previous: Any = None
    for step in reversed(range(steps)) if go_backwards else range(steps):
        output, new_states = call_user(
            step_function, map_structure(operator.itemgetter(step), given), (*states, *fixed)
        )
        if allowed is None:
            states = tuple(new_states)
        else:
            if previous is None or zero_output_for_mask:
                previous = map_structure(torch.zeros_like, output)
            output = _chosen(allowed[step], output, previous)
            states = tuple(_chosen(allowed[step], new, old) for new, old in zip(new_states, states, strict=True))
        previous = output
        if not return_all_outputs:
            outputs.clear()
        outputs.append(output)
    columns = zip(*(flatten(output) for output in outputs), strict=True)
    stacked = pack_as(outputs[0], [torch.stack(column, 0 if time_major else 1) for column in columns])
    return outputs[-1], stacked, states


def _chosen(mask: Tensor, new: Any, old: Any) -> Any:
    """The new values where the mask is True, else the old ones."""

    def choose(pair: tuple[Tensor, Tensor]) -> Tensor:
        shown = (
            mask.reshape(*mask.shape, *[1] * (pair[0].dim() - mask.dim())) if pair[0].dim() > 1 else mask.squeeze(-1)
        )
        return torch.where(shown, *pair)

    return pack_as(new, [choose(pair) for pair in zip(flatten(new), flatten(old), strict=True)])


def function(
    inputs: Any, outputs: Any, updates: Any = None, name: str | None = None, **kwargs: Any
) -> Callable[[Any], Any]:
    """A function from arrays to arrays: the symbolic outputs for values of the symbolic inputs.

    Args:
        inputs: a symbolic tensor, or a list of them.
        outputs: a symbolic tensor, or a list of them.
        updates: none: assign in a layer's `call`, or by hand.
        name: accepted and left alone.

    Example: `K.function([model.input], [layer.output])([images])[0]` are a layer's outputs.
    """
    if updates or kwargs:
        refused = "updates" if updates else sorted(kwargs)[0]
        raise ValueError(f"`{refused}` argument is not supported during eager execution. You passed: {refused}")
    if not any_symbolic(inputs) or any(not isinstance(x, KerasTensor) for x in flatten(inputs)):
        raise ValueError(
            f"`K.function` takes the symbolic tensors of a functional model, as `model.input` and `layer.output`. The "
            f"learning phase is none: give `training` in a call of the model instead. Received: inputs={inputs}"
        )
    model = Model(inputs, outputs)
    single = isinstance(inputs, (list, tuple)) and len(inputs) == 1

    def run(model_inputs: Any) -> Any:
        values = model_inputs
        if single and isinstance(values, (list, tuple)):
            values = values[0]
        with torch.no_grad():
            results = model(map_structure(_data, values))
        found = map_structure(lambda x: convert_to_numpy(x)[()], results)
        return [found] if isinstance(outputs, (list, tuple)) and not isinstance(found, (list, tuple)) else found

    return run


def _data(value: Any) -> Any:
    return np.asarray(value) if isinstance(value, (int, float)) else tensor(value)
