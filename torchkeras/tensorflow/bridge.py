"""The borders between Keras's side, which computes with torch's tensors, and code that sees tf.Tensors.

Installed in `core/kinds.py` when the tf namespace is loaded.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from torchkeras.core import kinds
from torchkeras.core.nest import map_structure
from torchkeras.core.string_array import StringArray
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.layers.base import says_training
from torchkeras.optimizers import Optimizer
from torchkeras.tensorflow import dtypes, keras_inputs, variables
from torchkeras.tensorflow.convert import fresh, from_python, is_stringy
from torchkeras.tensorflow.creation import created
from torchkeras.tensorflow.dispatch import CompositeTensor
from torchkeras.tensorflow.keras_inputs import holds_composite
from torchkeras.tensorflow.ragged.ragged_tensor import RaggedTensor
from torchkeras.tensorflow.state import new_session, recording, state
from torchkeras.tensorflow.string_tensor import StringTensor, to_bytes_array
from torchkeras.tensorflow.tape import GradientTape
from torchkeras.tensorflow.tensor import Tensor, as_tf, device_name

_CARRIED = ("_keras_mask", "_keras_logits")


def lower(value: Any) -> Any:
    """A tf.Tensor as a plain tensor, its texts as a StringArray; what is none stays."""
    if type(value) is not Tensor:
        return StringArray(value._array) if type(value) is StringTensor else value
    source = fresh(value) if value.requires_grad else value
    plain = source.as_subclass(torch.Tensor)
    if value.__dict__:
        for name in _CARRIED:
            if (carried := value.__dict__.get(name)) is not None:
                setattr(plain, name, carried)
    return plain


def lend(value: Any) -> Any:
    """A plain tensor as a tf.Tensor for a user's function to look at: a new object."""
    if type(value) is not torch.Tensor:
        return StringTensor(value._array) if type(value) is StringArray else value
    shown = as_tf(value)
    if value.__dict__:
        for name in _CARRIED:
            if (carried := value.__dict__.get(name)) is not None:
                setattr(shown, name, carried)
    if shown.requires_grad and state.session:
        shown._session = state.session
    return shown


def hand_out(value: Any) -> Any:
    """A result as a tf.Tensor: where gradients run through it, the very object that is part of the graph.

    Only so can a tape be asked for the gradient of a model's inner output (Grad-CAM).
    """
    if type(value) is not torch.Tensor:
        return StringTensor(value._array) if type(value) is StringArray else value
    if value.grad_fn is None:
        return lend(value)
    value.__class__ = Tensor
    if state.session:
        value._session = state.session  # type: ignore[attr-defined]
    return value


def asks_for_tf(values: Any) -> bool:
    """Whether a call with these arguments is to give tf.Tensors: one is among them, or nothing is torch's own."""
    return _kind_of(values) is not False


def _kind_of(values: Any) -> bool | None:
    """True with a tf.Tensor within, however nested; else False with a tensor of torch's or a symbol; else None."""
    found: bool | None = None
    for value in values:
        kind = type(value)
        if kind is Tensor or kind is StringTensor or isinstance(value, CompositeTensor):
            return True
        if isinstance(value, (list, tuple)):
            inner = _kind_of(value)
        elif isinstance(value, dict):
            inner = _kind_of(value.values())
        else:
            inner = False if isinstance(value, (torch.Tensor, KerasTensor, StringArray)) else None
        if inner:
            return True
        if inner is False:
            found = False
    return found


def call(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A public function of Keras's side: given tf.Tensors, or arrays alone, it gives tf.Tensors."""
    if not asks_for_tf((*args, *kwargs.values())):
        return function(*args, **kwargs)
    return call_lowered(function, args, kwargs)


def call_lowered(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], change: Callable[[Any], Any] = lower
) -> Any:
    """A function of Keras's side on arguments that were made plain, its results as tf.Tensors."""
    args = tuple([_changed(change, arg) for arg in args])
    if kwargs:
        kwargs = {key: _changed(change, value) for key, value in kwargs.items()}
    return _handed_out(function, *args, **kwargs)


def _handed_out(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What a function of Keras's side gives for plain arguments, as tf.Tensors; recorded where something records."""
    if recording() or not torch.is_grad_enabled():
        result = function(*args, **kwargs)
    else:
        with torch.no_grad():
            result = function(*args, **kwargs)
    return hand_out(result) if type(result) is torch.Tensor else map_structure(hand_out, result)


def _changed(change: Callable[[Any], Any], value: Any) -> Any:
    if value is None or type(value) is Tensor:
        return change(value)
    return map_structure(change, value)


def call_layer(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A layer on tf.Tensors or arrays."""
    for tape in state.tapes:
        tape.saw(layer)
    if len(args) == 1 and type(args[0]) is Tensor and says_training(kwargs):
        return _handed_out(layer._call_one, lower(args[0]), kwargs)
    if holds_composite((args, kwargs)):
        return keras_inputs.call_layer(_call_dense, layer, args, kwargs)
    return _call_dense(layer, args, kwargs)


def _call_dense(layer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return call_lowered(layer._call_plain, args, kwargs, lower_data)


def lower_data(value: Any) -> Any:
    """What a layer is called on: tf.Tensors and arrays of numbers as plain tensors."""
    if type(value) is Tensor or type(value) is StringTensor:
        return lower(value)
    if isinstance(value, (np.ndarray, np.generic)):
        if is_stringy(value):
            return StringArray(to_bytes_array(value))
        return from_python(value, None)
    return value


def call_user(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """A user's function on plain tensors: it sees tf.Tensors, and what it gives comes back as plain tensors."""
    with step():
        result = function(
            *(map_structure(lend, arg) for arg in args), **{k: map_structure(lend, v) for k, v in kwargs.items()}
        )
        return map_structure(lower, result)


def call_step(function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    """A user's own `train_step` or `test_step`: nothing is recorded but by its tape."""
    return function(*(map_structure(lend_data, arg) for arg in args))


def lend_data(value: Any) -> Any:
    if isinstance(value, np.ndarray) and not is_stringy(value):
        return lend(from_python(value, None))
    return lend(value)


@contextlib.contextmanager
def step() -> Iterator[None]:
    """One step of training: what is made within belongs together."""
    if not recording():
        new_session()
    state.inside += 1
    try:
        yield
    finally:
        state.inside -= 1
        if not recording():
            state.session = 0


def connect() -> None:
    """From now on Keras's side knows of tf.Tensors."""
    kinds.bridge.connect(
        call=call,
        call_user=call_user,
        call_step=call_step,
        call_layer=call_layer,
        asks=asks_for_tf,
        ragged=lambda values, lengths: RaggedTensor.from_nested_row_lengths(lend(values), lengths),
        step=step,
        lower=lower,
        lend=lambda value: map_structure(lend, value),
        dtype=dtypes.of_torch,
        device=device_name,
        read=variables.read_for_operator,
        item=variables.item,
        value=variables.value,
        assigned=variables.assigned,
        before_assign=variables.before_assign,
        created=created,
        variable_methods=variables.METHODS,
    )
    Optimizer.make_tape = GradientTape
    Optimizer.before_update = staticmethod(variables.save_for_tapes)
