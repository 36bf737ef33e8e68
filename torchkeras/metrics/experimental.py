"""keras.metrics.experimental: PyMetric."""

from __future__ import annotations

import functools
from typing import Any

from torch import Tensor

from torchkeras.metrics.metric import Metric

__all__ = ["PyMetric"]


class PyMetric(Metric):
    """A metric in plain Python: `update_state` gets its tensors on the CPU, `reset_state` makes the state.

    Example:
        class Jaccard(keras.metrics.experimental.PyMetric):
            def update_state(self, y_true, y_pred, sample_weight=None):
                self.total += sklearn.metrics.jaccard_score(y_true.numpy(), y_pred.numpy())
                self.count += 1

            def reset_state(self):
                self.total = self.count = 0.0

            def result(self):
                return self.total / self.count
    """

    def __init__(self, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(name=name, dtype=dtype, **kwargs)
        self.reset_state()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        own = cls.__dict__.get("update_state")
        if own is not None:

            @functools.wraps(own)
            def update_state(self: PyMetric, *args: Any, **options: Any) -> Any:
                return own(self, *map(_on_cpu, args), **{key: _on_cpu(value) for key, value in options.items()})

            cls.update_state = update_state  # type: ignore[method-assign, assignment]
        super().__init_subclass__(**kwargs)

    def merge_state(self, metrics: Any) -> None:
        raise NotImplementedError("Subclasses should implement `merge_state`")

    def reset_state(self) -> None:
        raise NotImplementedError("Subclasses should implement `reset_state`")


def _on_cpu(value: Any) -> Any:
    return value.detach().cpu() if isinstance(value, Tensor) else value
