"""State of the whole process: names, the learning phase, and what TensorFlow 1 had sessions for."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import torch

from torchkeras.core import config
from torchkeras.core.context import call_context
from torchkeras.core.device import placed
from torchkeras.core.kinds import bridge
from torchkeras.core.naming import reset_names, unique_name

reset_uids = reset_names

_TRAINING = (
    "`tf.keras.backend.{0}` is deprecated and will be removed after 2020-10-11. To update it, simply pass a True/False "
    "value to the `training` argument of the `__call__` method of your layer or model."
)

#: Names of keras.backend that TensorFlow 2 no longer has, and what to use instead.
REMOVED = dict.fromkeys(
    ("get_session", "set_session", "get_graph"),
    "there are no sessions or graphs in TensorFlow 2: call the model or function itself. Code for TensorFlow 1 uses "
    "`tf.compat.v1.keras.backend`, which is not supported",
)


def backend() -> str:
    """What code that chooses by it is to write against: 'tensorflow' with the tf namespace or the import hook, else
    'torch'. KERAS_BACKEND=torch and `keras.config.set_backend` settle it.
    """
    if config.settings.backend is not None:
        return config.settings.backend
    if os.environ.get("KERAS_BACKEND") == "torch":
        return "torch"
    return "tensorflow" if bridge.active or bridge.standing_in else "torch"


def set_backend(backend: str) -> None:
    """Sets what `backend()` answers, 'torch' or 'tensorflow'; torch computes in either case."""
    if backend not in ("torch", "tensorflow"):
        raise ValueError(
            f"Expected `backend` to be 'torch', or 'tensorflow' for code written against it. Received: {backend!r}"
        )
    config.settings.backend = backend


@contextmanager
def device(device_name: Any) -> Iterator[None]:
    """Within, in this thread, what is made is made on this device: 'cpu', 'gpu:0', 'cuda:1', or a torch.device."""
    if not isinstance(device_name, (str, torch.device)):
        raise ValueError(
            f"Invalid value for argument `device_name`. Expected a string like 'gpu:0' or 'cpu'. "
            f"Received: device_name={device_name!r}"
        )
    chosen = torch.device(str(device_name).strip("/").lower().replace("gpu", "cuda"))
    with placed(chosen), chosen:
        yield


def clear_session(free_memory: bool = True) -> None:
    """Automatic layer names start anew: the next Dense is `dense` again. The learning phase is not set any more."""
    reset_names()
    call_context.training = None


def get_uid(prefix: str = "") -> int:
    """The next number for names with this prefix, starting at 1."""
    name = unique_name(prefix, first=1)
    return int(name.rsplit("_", 1)[1])


def manual_variable_initialization(value: bool) -> None:
    """Accepted and left alone: variables have their values from the start."""


@contextmanager
def name_scope(name: str, **kwargs: Any) -> Iterator[str]:
    """A context for names; the names of weights come from their layers alone."""
    yield f"{name}/"


# --- the learning phase ---


def learning_phase() -> int:
    """1 within a call in training mode, or where `set_learning_phase(1)` said so, else 0."""
    return int(bool(call_context.training))


def set_learning_phase(value: Any) -> None:
    """What layers take for `training` where a call does not say: 0 or False for inference, 1 or True for training."""
    warnings.warn(_TRAINING.format("set_learning_phase"), stacklevel=2)
    call_context.training = _phase(value)


@contextmanager
def learning_phase_scope(value: Any) -> Iterator[None]:
    """`set_learning_phase` within a `with` block."""
    warnings.warn(_TRAINING.format("learning_phase_scope"), stacklevel=3)
    outer = call_context.training
    call_context.training = _phase(value)
    try:
        yield
    finally:
        call_context.training = outer


def _phase(value: Any) -> bool:
    if value not in (0, 1):
        raise ValueError(f"Expected learning phase to be 0 or 1. Received: value={value!r}")
    return bool(value)


def gradients(loss: Any, variables: Any) -> NoReturn:
    """Refuses: gradients are taken by a GradientTape."""
    raise RuntimeError(
        "tf.gradients is not supported when eager execution is enabled. Use tf.GradientTape instead: "
        "`with tf.GradientTape() as tape: ...` and then `tape.gradient(loss, variables)`."
    )
