"""CallbackList: the callbacks of a run, told of everything in their order."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

from torchkeras.callbacks.callback import Callback
from torchkeras.callbacks.history import History
from torchkeras.callbacks.progbar_logger import ProgbarLogger
from torchkeras.core.nest import flatten
from torchkeras.core.replicas import ALONE, is_first, present, within

Hook = Callable[..., Any]

_BATCH_HOOKS = [f"on_{mode}_batch_{moment}" for mode in ("train", "test", "predict") for moment in ("begin", "end")]
#: The older names, which the newer ones pass their calls on to.
_OLDER = {"on_train_batch_begin": "on_batch_begin", "on_train_batch_end": "on_batch_end"}


class CallbackList:
    """Passes each hook on to the callbacks that define it.

    Which callbacks define which batch hook is found out when a run begins, so that a hook nobody defines costs a
    look at an empty tuple.

    Args:
        callbacks: a callback, or a list of them; lists may be nested.
        add_history: whether to add a History where there is none.
        add_progbar: whether to add a ProgbarLogger where there is none.
        model: what the callbacks get as `model`.
        params: what they get as `params`.
    """

    def __init__(
        self,
        callbacks: Any = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,
        **params: Any,
    ) -> None:
        self.callbacks: list[Any] = [
            _check(callback) for callback in flatten(callbacks if callbacks is not None else [])
        ]
        self.model: Any = None
        self.params: dict[str, Any] = {}
        self._history = next((c for c in self.callbacks if isinstance(c, History)), None)
        if self._history is None and add_history:
            self._history = History()
            self.callbacks.append(self._history)
        if add_progbar and not any(isinstance(c, ProgbarLogger) for c in self.callbacks):
            self.callbacks.append(ProgbarLogger(count_mode="steps"))
        self._put_last()
        if model is not None:
            self.set_model(model)
        if params:
            self.set_params(params)
        self._find_batch_hooks()

    def append(self, callback: Any) -> None:
        self.callbacks.append(_check(callback))
        self._put_last()
        self._find_batch_hooks()

    def _put_last(self) -> None:
        self.callbacks.sort(key=lambda callback: getattr(callback, "_told_last", False))
        for callback in self.callbacks:
            if getattr(callback, "_told_last", False):
                callback.others = [other for other in self.callbacks if other is not callback]

    def set_params(self, params: dict[str, Any]) -> None:
        self.params = params
        for callback in self.callbacks:
            callback.set_params(params)

    def set_model(self, model: Any) -> None:
        self.model = model
        if self._history is not None:
            model.history = self._history
        for callback in self.callbacks:
            callback.set_model(model)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.callbacks)

    @property
    def resume_at(self) -> tuple[int, int] | None:
        """The epoch and step at which a restored run goes on, once `on_train_begin` has restored it; else None."""
        found = (getattr(callback, "resume_at", None) for callback in self.callbacks)
        return next((place for place in found if place is not None), None)

    def resumed(self) -> None:
        """The batches that the restored run had taken of its epoch have been passed over."""
        for callback in self.callbacks:
            if getattr(callback, "resume_at", None) is not None:
                callback.on_resumed()

    # --- batch hooks ---

    def calls(self, hook: str) -> bool:
        """Whether any callback defines this batch hook, such as 'on_train_batch_end'."""
        return bool(getattr(self, f"_{hook}"))

    def is_told_of_steps(self, mode: str) -> bool:
        """Whether any callback but a progress bar wants to know of each 'train', 'test' or 'predict' step."""
        found = getattr(self, f"_on_{mode}_batch_begin") + getattr(self, f"_on_{mode}_batch_end")
        return any(type(getattr(hook, "__self__", None)) is not ProgbarLogger for hook in found)

    def _find_batch_hooks(self) -> None:
        for name in _BATCH_HOOKS:
            setattr(self, f"_{name}", tuple(_hook(c, name) for c in self.callbacks if _wants(c, name) and _is_told(c)))

    _on_train_batch_begin: tuple[Hook, ...]
    _on_train_batch_end: tuple[Hook, ...]
    _on_test_batch_begin: tuple[Hook, ...]
    _on_test_batch_end: tuple[Hook, ...]
    _on_predict_batch_begin: tuple[Hook, ...]
    _on_predict_batch_end: tuple[Hook, ...]

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        if self._on_train_batch_begin:
            _call(self._on_train_batch_begin, batch, logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self._on_train_batch_end:
            _call(self._on_train_batch_end, batch, logs)

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        if self._on_test_batch_begin:
            _call(self._on_test_batch_begin, batch, logs)

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        if self._on_test_batch_end:
            _call(self._on_test_batch_end, batch, logs)

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:
        if self._on_predict_batch_begin:
            _call(self._on_predict_batch_begin, batch, logs)

    def on_predict_batch_end(self, batch: int, logs: Any = None) -> None:
        if self._on_predict_batch_end:
            _call(self._on_predict_batch_end, batch, logs)

    on_batch_begin = on_train_batch_begin
    on_batch_end = on_train_batch_end

    # --- the others ---

    def on_train_begin(self, logs: Any = None) -> None:
        self._tell("on_train_begin", logs)
        self._find_batch_hooks()

    def on_train_end(self, logs: Any = None) -> None:
        self._tell("on_train_end", logs)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._tell("on_epoch_begin", logs, epoch)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._tell("on_epoch_end", logs, epoch)

    def on_test_begin(self, logs: Any = None) -> None:
        self._tell("on_test_begin", logs)
        self._find_batch_hooks()

    def on_test_end(self, logs: Any = None) -> None:
        self._tell("on_test_end", logs)

    def on_predict_begin(self, logs: Any = None) -> None:
        self._tell("on_predict_begin", logs)
        self._find_batch_hooks()

    def on_predict_end(self, logs: Any = None) -> None:
        self._tell("on_predict_end", logs)

    def _tell(self, name: str, logs: Any, *where: int) -> None:
        # A dict of their own: what callbacks write into the logs of an epoch is not in those of the run's end.
        logs = {} if logs is None else dict(logs.items())
        for callback in self.callbacks:
            if getattr(callback, name, None) is not None and _is_told(callback):
                _hook(callback, name)(*where, logs)


def _call(hooks: tuple[Hook, ...], batch: int, logs: Any) -> None:
    logs = {} if logs is None else logs
    for hook in hooks:
        hook(batch, logs)


def _is_told(callback: Any) -> bool:
    return is_first() or not getattr(callback, "only_first", False)


def _hook(callback: Any, name: str) -> Hook:
    """A callback's hook; of one that the other processes do not tell, such that it does not wait for them."""
    hook: Hook = getattr(callback, name)
    together = present()
    if not getattr(callback, "only_first", False) or together is None or together.size == 1:
        return hook

    @functools.wraps(hook)
    def by_itself(*args: Any) -> Any:
        with within(ALONE):
            return hook(*args)

    by_itself.__self__ = callback  # type: ignore[attr-defined]
    return by_itself


def _check(callback: Any) -> Any:
    if isinstance(callback, type) or not hasattr(callback, "set_model"):
        made = f" Did you mean {callback.__name__}(...)?" if isinstance(callback, type) else ""
        raise TypeError(
            f"`callbacks` expects instances of keras.callbacks.Callback. "
            f"Received: {callback!r} of type {type(callback).__name__}.{made}"
        )
    return callback


def _wants(callback: Any, name: str) -> bool:
    mode = name.split("_")[1]
    wanted = getattr(callback, f"_implements_{mode}_batch_hooks", None)
    if wanted is not None and not wanted():
        return False
    return _defines(callback, name) or (name in _OLDER and _defines(callback, _OLDER[name]))


def _defines(callback: Any, name: str) -> bool:
    """Whether the callback has a hook of its own: by its class, or as an attribute, as LambdaCallback's are."""
    hook = getattr(callback, name, None)
    return hook is not None and getattr(hook, "__func__", hook) is not getattr(Callback, name)
