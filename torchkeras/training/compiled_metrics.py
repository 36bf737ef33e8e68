"""The metrics of a compiled model, matched to its outputs at the first batch."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from torchkeras import metrics
from torchkeras.core.context import seen
from torchkeras.core.kinds import bridge
from torchkeras.core.nest import flatten, map_structure
from torchkeras.metrics import Metric
from torchkeras.training.outputs import is_flat, matched, names_of, per_output, predictions, targets


class CompiledMetrics:
    """Updates the metrics of `compile(metrics=..., weighted_metrics=...)` with a batch.

    Args:
        plain: metrics that ignore sample weights: a list, lists by output, or a dict by output.
        weighted: metrics that count by sample weights.
        output_names: the model's outputs.
        losses: the loss of each output, by which 'accuracy' and 'crossentropy' are resolved.
    """

    def __init__(
        self,
        plain: Any = None,
        weighted: Any = None,
        output_names: list[str] | None = None,
        output_keys: list[str] | None = None,
        loss: Any = None,
    ) -> None:
        self.plain, self.weighted, self.output_names, self.loss = plain, weighted, output_names or [], loss
        self.names: list[str] = []
        self._plain: list[list[Metric]] = []
        self._weighted: list[list[Metric]] = []
        self._takes_flat: list[bool] = []
        self.built = not plain and not weighted
        self.plain, self.weighted = ([g] if isinstance(g, str) or callable(g) else g for g in (plain, weighted))
        _refuse_twice(self.plain, self.weighted)
        for given in (self.plain, self.weighted):
            if given is not None and not isinstance(given, (list, tuple, dict)):
                raise TypeError(f"Type of `metrics` argument not understood: expected a list or dict, got {given!r}")
            _check_known(given)
            if isinstance(given, dict) and output_keys:
                per_output(given, output_keys, "metrics")

    def build(self, y_true: Any, y_pred: Any) -> None:
        """Make the metrics once shapes are known: 'accuracy' means another thing for one-hot and for integer labels."""
        self.names = names_of(y_pred, self.output_names)
        labels = self.output_names if len(self.output_names) == len(self.names) else self.names
        outputs, wanted = predictions(y_pred), targets(y_true, self.names)
        loss = per_output(self.loss, self.names, "loss", spread=True)
        taken: set[str] = set()

        def make(given: Any, weighted: bool) -> list[list[Metric]]:
            made = []
            for i, some in enumerate(_lists(given, self.names)):
                row = [
                    metrics.resolve(_own(one, self.names), _shape(wanted[i]), tuple(outputs[i].shape), loss[i])
                    for one in some
                ]
                for metric in row:
                    name = metric.name
                    if weighted and _labelled(name, labels, i) in taken:
                        name = f"weighted_{name}"
                    metric.name = _labelled(name, labels, i)
                    if metric.name in taken:
                        raise ValueError(f"Found two metrics with the same name: {metric.name}. Give one another name.")
                    taken.add(metric.name)
                made.append(row)
            return made

        self._plain, self._weighted = make(self.plain, False), make(self.weighted, True)
        # Labels of shape (n,) need no axis that an accuracy of ours takes away again.
        self._takes_flat = [
            not weighted and all(type(metric) is metrics.SparseCategoricalAccuracy for metric in plain)
            for plain, weighted in zip(self._plain, self._weighted, strict=True)
        ]
        self.built = True

    @property
    def metrics(self) -> list[Metric]:
        """All metrics, output by output."""
        if not self._plain and not self._weighted:
            return []
        return [m for plain, weighted in zip(self._plain, self._weighted, strict=True) for m in (*plain, *weighted)]

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        if bridge.active:
            y_true, y_pred, sample_weight = (map_structure(bridge.lower, v) for v in (y_true, y_pred, sample_weight))
        if not self.built:
            self.build(y_true, y_pred)
        if not self.names:
            return
        if len(self.names) == 1:
            target = y_true if isinstance(y_true, Tensor) else targets(y_true, self.names)[0]
            weight = sample_weight
            if weight is not None and not isinstance(weight, Tensor):
                weight = per_output(weight, self.names, "sample_weight")[0]
            self._update(0, target, predictions(y_pred)[0], weight)
            return
        weights = per_output(sample_weight, self.names, "sample_weight", spread=True)
        wanted = targets(y_true, self.names)
        for i, output in enumerate(predictions(y_pred)):
            self._update(i, wanted[i], output, weights[i])

    def _update(self, i: int, y_true: Any, y_pred: Tensor, weight: Any) -> None:
        if y_true is None:
            return
        mask = getattr(y_pred, "_keras_mask", None) if seen.masks else None
        if not (self._takes_flat[i] and mask is None and is_flat(y_true, y_pred)):
            y_true = matched(y_true, y_pred)
        for metric in self._plain[i]:
            if mask is None:
                metric.update_state(y_true, y_pred)
            else:
                metric.update_state(y_true, y_pred, sample_weight=mask)
        if self._weighted[i] and mask is not None:
            weight = _masked(weight, mask, y_pred.dtype)
        for metric in self._weighted[i]:
            metric.update_state(y_true, y_pred, sample_weight=weight)


class PendingMetrics(Metric):
    """Stands for the metrics of `compile` within a user's step until a first batch tells what they are.

    Keras 3's steps go through `self.metrics` and update each: there it is one metric for all of them.
    """

    def __init__(self, compiled: CompiledMetrics) -> None:
        super().__init__(name="compile_metrics")
        self._compiled = compiled

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self._compiled.update_state(y_true, y_pred, sample_weight)

    def result(self) -> dict[str, Any]:
        return {metric.name: metric.result() for metric in self._compiled.metrics}

    def reset_state(self) -> None:
        for metric in self._compiled.metrics:
            metric.reset_state()


def _masked(weight: Any, mask: Tensor, dtype: torch.dtype) -> Tensor:
    """Sample weights that leave masked steps out."""
    mask = mask.to(dtype)
    if weight is None:
        return mask
    return weight.reshape(*weight.shape, *[1] * (mask.dim() - weight.dim())) * mask


def _labelled(name: str, labels: list[str], output: int) -> str:
    return f"{labels[output]}_{name}" if len(labels) > 1 else name


def _own(given: Any, names: list[str]) -> Any:
    """Each of several outputs has metric objects of its own."""
    return type(given).from_config(given.get_config()) if isinstance(given, Metric) and len(names) > 1 else given


def _shape(target: Any) -> tuple[int, ...]:
    return tuple(target.shape) if isinstance(target, Tensor) else ()


def _lists(given: Any, names: list[str]) -> list[list[Any]]:
    """The metrics for each output: a flat list serves them all."""
    if not given:
        return [[] for _ in names]
    if isinstance(given, dict):
        return [_list(one) for one in per_output(given, names, "metrics")]
    if any(isinstance(one, (list, tuple, dict)) for one in given):
        if len(given) != len(names):
            raise ValueError(
                f"When passing a list of lists as `metrics`, it should have one entry per model output. "
                f"metrics={given} has {len(given)}, the model's outputs are {names}."
            )
        return [_list(one) for one in given]
    return [[one for one in given if one is not None] for _ in names]


def _list(one: Any) -> list[Any]:
    if one is None:
        return []
    return list(one) if isinstance(one, (list, tuple)) else [one]


def _refuse_twice(*given: Any) -> None:
    found = [leaf for nest in given if nest for leaf in flatten(nest) if isinstance(leaf, Metric)]
    if len({id(metric) for metric in found}) < len(found):
        raise ValueError(
            f"Found duplicated metrics object in the user provided metrics and weighted metrics: "
            f"{[metric.name for metric in found]}. Make one for each place."
        )


def _check_known(given: Any) -> None:
    if isinstance(given, str) and given not in ("accuracy", "acc", "crossentropy", "ce"):
        metrics.get(given)
    elif isinstance(given, (list, tuple, dict)):
        for one in given.values() if isinstance(given, dict) else given:
            _check_known(one)
