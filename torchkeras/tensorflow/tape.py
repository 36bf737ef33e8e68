"""tf.GradientTape on torch's autograd.

torch records whatever is computed from tensors that require gradients. What a tape adds is *when* that is so:
variables take part only while a tape is open (or a step of `fit` runs), constants once they are watched, and results of
an earlier session count as constants (`state.py`). What a tape saved is let be while it may still be asked for
gradients: `assign` and optimizers then give a variable new memory instead of writing into the old.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any

import torch
from torch.autograd.graph import _engine_run_backward

from torchkeras.core.context import seen
from torchkeras.core.nest import flatten, pack_as
from torchkeras.core.shards import differentiated, gathered
from torchkeras.core.variable import Variable
from torchkeras.tensorflow.convert import from_python, made, read
from torchkeras.tensorflow.dispatch import CompositeTensor
from torchkeras.tensorflow.state import new_session, recording, state
from torchkeras.tensorflow.tensor import Tensor, plain_dtype


class UnconnectedGradients:
    """What the gradient is where the target does not depend on the source."""

    NONE = "none"
    ZERO = "zero"


class GradientTape:
    """Records what is computed within its `with`, for gradients afterwards.

    Args:
        persistent: whether `gradient` may be called more than once.
        watch_accessed_variables: whether trainable variables are watched by being used.

    Example:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(w * x - y))
        gradient = tape.gradient(loss, w)
    """

    _open = _used = _live = False
    _session = 0
    _outer_mode = True

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._persistent, self._watches_variables = persistent, watch_accessed_variables
        self._watched: dict[int, Any] = {}  # variables and tensors, by identity, in the order they came
        self._layers: dict[int, Any] = {}  # layers that were called: they use their parameters without telling
        self._companions: list[GradientTape] = []  # other tapes of the same session

    # --- opening and closing ---

    def __enter__(self) -> GradientTape:
        if self._open:
            raise ValueError("Tape is already recording.")
        self._start()
        return self

    def __exit__(self, kind: Any, value: Any, traceback: Any) -> None:
        if self._open:
            self._stop()

    def _start(self) -> None:
        self._session = state.session if recording() else new_session()
        tapes = state.tapes
        for tape in tapes:
            tape._companions.append(self)
            self._companions.append(tape)
        tapes.append(self)
        if not self._live:
            self._live = True
            state.live += 1
        # What is saved for the way back is taken as it is then: without torch's check for later changes in place,
        # which `assign` makes impossible by giving new memory while a tape is alive.
        # (What torch.autograd.graph.saved_tensors_hooks and torch.enable_grad do, in a third of the time.)
        self._outer_mode = torch.is_grad_enabled()
        torch._C._set_grad_enabled(True)
        torch._C._autograd._push_saved_tensors_default_hooks(torch.Tensor.detach, _unchanged)
        self._open = True

    def _stop(self) -> None:
        self._open = False
        state.tapes.remove(self)
        torch._C._autograd._pop_saved_tensors_default_hooks()
        torch._C._set_grad_enabled(self._outer_mode)
        if not recording():
            state.session = 0

    def _release(self) -> None:
        """The recording is needed no more."""
        if self._live:
            self._live = False
            state.live -= 1

    __del__ = _release

    @contextlib.contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Within, nothing is recorded on this tape."""
        if not self._open:
            raise ValueError("Tape is not recording.")
        self._stop()
        try:
            with torch.no_grad() if not recording() else contextlib.nullcontext():
                yield
        finally:
            session = self._session
            self._start()
            if len(state.tapes) == 1 and not state.inside:
                state.session = self._session = session  # what was recorded before is still part of it

    def reset(self) -> None:
        """Forgets what was recorded."""
        self._watched.clear()
        self._layers.clear()
        if self._open and len(state.tapes) == 1 and not state.inside:
            self._session = new_session()

    # --- what is watched ---

    def watch(self, tensor: Any) -> None:
        """Have gradients with regard to this tensor, or these tensors or variables."""
        for item in flatten(tensor):
            if isinstance(item, Variable):
                self._watched[id(item)] = item
            elif isinstance(item, torch.Tensor):
                self._watch_tensor(item)
            elif hasattr(item, "_watchable"):  # a ragged or sparse tensor: its values
                self.watch(item._watchable())
            else:
                raise ValueError(
                    f"Passed in object {item!r} of type {type(item).__name__!r}, not tf.Tensor or tf.Variable"
                )

    def _watch_tensor(self, item: Any) -> None:
        plain = plain_dtype(item)
        if not (plain.is_floating_point or plain.is_complex):
            warnings.warn(
                f"The dtype of the watched tensor must be floating (e.g. tf.float32), got {item.dtype!r}", stacklevel=4
            )
            return
        self._watched[id(item)] = item
        session = item.__dict__.get("_session")
        if item.requires_grad and session in (None, self._session):
            return  # recorded in this session already, or torch's own
        if item.grad_fn is not None:  # made in an earlier session: from now on a starting point
            item._leaf = (self._session, as_leaf(item))
            return
        item.requires_grad_()
        item._session = self._session

    def access(self, variable: Variable) -> torch.Tensor:
        """The value of a Variable that is read while this tape is open."""
        parameter = variable.parameter
        if parameter.requires_grad:
            if self._watches_variables:
                self._watched[id(variable)] = variable
        elif id(variable) in self._watched:
            parameter = _leaf_of(variable, self._session)
        value = variable._layout.to_keras(gathered(parameter) if seen.sharded else parameter)
        return variable._autocast(value) if seen.mixed else value

    def saw(self, layer: Any) -> None:
        """A layer was called."""
        self._layers.setdefault(id(layer), layer)

    def watched_variables(self) -> tuple[Variable, ...]:
        """The variables that were used or watched, in that order."""
        found = {id(v.parameter): v for v in self._watched.values() if isinstance(v, Variable)}
        if self._watches_variables:
            for layer in self._layers.values():
                for variable in layer.trainable_variables:
                    found.setdefault(id(variable.parameter), variable)
        return tuple(found.values())

    # --- gradients ---

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
    ) -> Any:
        """The gradients of the sum of all targets, in the structure of the sources; None where there is no way.

        Args:
            target: a tensor, or a structure of tensors.
            sources: variables or watched tensors, in any structure.
            output_gradients: what the targets' gradients are multiplied with, one for each.
            unconnected_gradients: 'none', or 'zero' for zeros in place of None.
        """
        self._begin()
        zero = unconnected_gradients is not UnconnectedGradients.NONE and zeros_wanted(unconnected_gradients)
        given = flatten(output_gradients) if output_gradients is not None else None
        flat = type(sources) is list and all(map(isinstance, sources, repeat(_SOURCES)))
        wanted = sources if flat else flatten(sources)
        found = self._differentiate(targets_of(target), wanted, given, self._keeps_graph(), zero)
        self._end()
        return found if flat else pack_as(sources, found)

    def _begin(self) -> None:
        """Before gradients are computed."""
        if self._persistent:
            return
        if self._used:
            raise RuntimeError(
                "A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians)"
            )
        if self._open:
            self._stop()

    def _end(self) -> None:
        """After gradients were computed."""
        self._used = True
        if not self._persistent:
            self._release()

    def _keeps_graph(self) -> bool:
        if self._persistent or recording():
            return True
        return bool(self._companions) and any(t._live and not t._used for t in self._companions)

    def _differentiate(
        self, targets: list[Any], sources: list[Any], output_gradients: Any, keep: bool, zero: bool
    ) -> list[Any]:
        wanted = [self._start_of(source) for source in sources]
        starts = tuple([w for w in wanted if w is not None])
        ends, weights = [], []
        for target, given in zip(targets, output_gradients or [None] * len(targets)):
            if target.requires_grad:
                ends.append(target)
                weights.append(_weight(target, given))
        gradients: Sequence[Any] = [None] * len(starts)
        if ends and starts and seen.sharded:
            gradients = differentiated(
                lambda own: _engine_run_backward(
                    tuple(ends), tuple(weights), keep, recording(), own, True, accumulate_grad=False
                ),
                starts,
            )
        elif ends and starts:
            # What torch.autograd.grad does after its checks, which would take a tenth of a small step.
            gradients = _engine_run_backward(
                tuple(ends), tuple(weights), keep, recording(), starts, True, accumulate_grad=False
            )
        remaining = iter(gradients)
        return [_shown(s, None if w is None else next(remaining), zero) for s, w in zip(sources, wanted)]

    def _start_of(self, source: Any) -> torch.Tensor | None:
        """What autograd is asked for, for one source; None where nothing can come of it."""
        if isinstance(source, Variable):
            parameter: torch.Tensor = source.parameter
            if parameter.requires_grad:
                return parameter if self._watches_variables or id(source) in self._watched else None
            leaf = source.__dict__.get("_tape_leaf")
            return leaf[1] if leaf is not None and leaf[0] == self._session else None
        if not isinstance(source, torch.Tensor):
            if hasattr(source, "_watchable"):
                return self._start_of(source._watchable())
            raise TypeError(f"`sources` must be tensors or variables. Received: {source!r}")
        leaf = source.__dict__.get("_leaf")
        if leaf is not None and leaf[0] == self._session:
            return leaf[1]
        if not source.requires_grad or (source.is_leaf and id(source) not in self._watched and type(source) is Tensor):
            return None
        return source

    # --- jacobians ---

    def jacobian(
        self,
        target: Any,
        sources: Any,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """The derivative of each value of the target by each of the sources: shape target.shape + source.shape."""
        return self._jacobian(target, sources, zeros_wanted(unconnected_gradients), per_sample=False)

    def batch_jacobian(
        self,
        target: Any,
        source: Any,
        unconnected_gradients: Any = UnconnectedGradients.NONE,
        parallel_iterations: int | None = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """The jacobian of each sample by itself: shape (batch, *target.shape[1:], *source.shape[1:])."""
        if target.shape[0] != source.shape[0]:
            raise ValueError(
                f"Need first dimension of target shape ({target.shape}) and source shape ({source.shape}) to match."
            )
        return self._jacobian(target, source, zeros_wanted(unconnected_gradients), per_sample=True)

    def _jacobian(self, target: Any, sources: Any, zero: bool, per_sample: bool) -> Any:
        self._begin()
        (end,) = (t.as_subclass(torch.Tensor) for t in targets_of(target))
        batch = end.shape[:1] if per_sample else ()
        rest = end.shape[len(batch) :]
        rows: list[list[Any]] = []
        flat = flatten(sources)
        for place in range(rest.numel()):
            weights = torch.zeros(*batch, rest.numel(), dtype=end.dtype, device=end.device)
            weights[..., place] = 1
            rows.append(self._differentiate([end], flat, [weights.reshape(end.shape)], True, zero))
        found: list[Any] = []
        for i, source in enumerate(flat):
            column = [row[i] for row in rows]
            if not column or column[0] is None:
                found.append(None)
                continue
            stacked = torch.stack([_as_plain(c) for c in column], dim=len(batch))
            shape = tuple(source.shape)
            found.append(made(stacked.reshape(*batch, *rest, *shape[len(batch) :])))
        self._end()
        return pack_as(sources, found)


_SOURCES = (Variable, torch.Tensor)


def _unchanged(tensor: Any) -> Any:
    return tensor


def zeros_wanted(unconnected: Any) -> bool:
    """Whether `unconnected_gradients` asks for zeros in place of None."""
    kind = str(getattr(unconnected, "value", unconnected)).lower()
    if kind not in ("none", "zero"):
        raise ValueError(f"Unknown value for unconnected_gradients: {unconnected!r}")
    return kind == "zero"


def as_leaf(tensor: torch.Tensor) -> torch.Tensor:
    """A new starting point for gradients, of the same values."""
    return tensor.detach().requires_grad_()


def _leaf_of(variable: Variable, session: int) -> torch.Tensor:
    """A starting point for a variable that is not trained but watched: in torch's shape, one for each session."""
    known = variable.__dict__.get("_tape_leaf")
    if known is None or known[0] != session:
        known = variable.__dict__["_tape_leaf"] = (session, as_leaf(variable.parameter))
    found: torch.Tensor = known[1]
    return found


def _as_plain(value: Any) -> torch.Tensor:
    if isinstance(value, Variable):
        return value._read()
    if isinstance(value, torch.Tensor):
        return value.as_subclass(torch.Tensor)
    return from_python(value, None)


def _weight(target: torch.Tensor, given: Any) -> torch.Tensor:
    """What the gradient of a target is multiplied with."""
    if given is None:
        return torch.ones_like(target)
    return _as_plain(given).to(plain_dtype(target)).expand_as(target)


def targets_of(target: Any) -> list[torch.Tensor]:
    """The tensors of a structure that have gradients."""
    if type(target) is Tensor and "_leaf" not in target.__dict__ and plain_dtype(target).is_floating_point:
        return [target]
    found: list[torch.Tensor] = []
    for item in flatten(target):
        if isinstance(item, Variable):
            found.append(read(item) if recording() else item._read())
        elif isinstance(item, torch.Tensor):
            leaf = item.__dict__.get("_leaf")
            found.append(item if leaf is None else leaf[1])
        elif hasattr(item, "_watchable"):
            found += targets_of(item._watchable())
        elif item is not None:
            found.append(from_python(item, None))
    return [t for t in found if t.is_floating_point() or t.is_complex()]


def _shown(source: Any, gradient: torch.Tensor | None, zero: bool) -> Any:
    """A gradient in the shape of its source, as Keras sees it."""
    if isinstance(source, Variable):
        if gradient is None:
            return made(torch.zeros_like(source._read())) if zero else None
        return made(source._layout.to_keras(gradient))
    if isinstance(source, CompositeTensor):
        found = _shown(source._watchable(), gradient, zero)
        return None if found is None else source._with_watchable(found)
    if gradient is None:
        return made(torch.zeros_like(source)) if zero else None
    return made(gradient)


__all__ = ["GradientTape", "UnconnectedGradients", "targets_of", "zeros_wanted"]
