"""What a training case is, and how the tables make them."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np

SPARSE = "sparse_categorical_crossentropy"
BATCH = 16
# The arguments of compile, or a function of the Keras-like namespace that makes them.
CompileArguments = dict[str, Any] | Callable[[Any], dict[str, Any]]
Results = dict[str, Any]


@dataclass(frozen=True)
class StepsCase:
    """A model trained with train_on_batch.

    Args:
        name: Unique among the training cases.
        model: Makes the model from a Keras-like namespace.
        data: Draws (x, y, sample_weight), each an array, a list, a dict or None.
        compile: Arguments of compile, made from the namespace.
        steps: Number of steps; the batches come round again and again.
        batch_size: Size of a batch.
    """

    name: str
    model: Callable[[Any], Any]
    data: Callable[[np.random.RandomState], tuple[Any, Any, Any]]
    compile: Callable[[Any], dict[str, Any]]
    steps: int = 60
    batch_size: int = BATCH


@dataclass(frozen=True)
class SessionCase:
    """What a user does with a model.

    Args:
        name: Unique among the training cases.
        model: Makes the model from a Keras-like namespace.
        run: Is given the namespace, the model and the data; returns what is recorded, by name.
        error: For sessions that must fail: a pattern found in the error's message.
        warns: True where a warning belongs to the case.
    """

    name: str
    model: Callable[[Any], Any]
    run: Callable[[Any, Any, SimpleNamespace], Results]
    error: str | None = None
    warns: bool = False


class CaseList(list):
    """The cases of one table."""

    def fit(
        self,
        name: str,
        model: Callable[[Any], Any],
        compile: CompileArguments,
        fit: Callable[[Any, Any], dict[str, Any]],
        evaluate: Callable[[Any, Any], dict[str, Any]] | None = None,
        predict: Callable[[Any, Any], dict[str, Any]] | None = None,
        warns: bool = False,
    ) -> None:
        """Add: compile, fit for three epochs, evaluate into a list and into a dict, predict."""

        def run(keras: Any, subject: Any, d: SimpleNamespace) -> Results:
            compile_with(keras, subject, compile)
            given = fit(keras, d)
            fitted = {"epochs": 3, "batch_size": BATCH, "shuffle": False, "verbose": 0, **given}
            results = {"fit": subject.fit(**fitted), "metrics_names": list(subject.metrics_names)}
            for key, as_dict in (("evaluate", False), ("evaluate_dict", True)):
                # Made anew: a generator is good for once.
                again = evaluate(keras, d) if evaluate else {name: given[name] for name in ("x", "y") if name in given}
                results[key] = subject.evaluate(**{"batch_size": BATCH, "verbose": 0, **again}, return_dict=as_dict)
            wanted = predict(keras, d) if predict else {"x": again["x"]}
            results["predict"] = subject.predict(**{"batch_size": BATCH, "verbose": 0, **wanted})
            return results

        self.append(SessionCase(f"fit-{name}", model, run, warns=warns))

    def session(self, name: str, model: Callable[[Any], Any], warns: bool = False) -> Callable:
        """Add the decorated function as a session."""

        def add(run: Callable[[Any, Any, SimpleNamespace], Results]) -> Callable:
            self.append(SessionCase(f"session-{name}", model, run, warns=warns))
            return run

        return add

    def fails(
        self,
        name: str,
        pattern: str,
        model: Callable[[Any], Any],
        compile: CompileArguments | None,
        run: Callable[[Any, Any, SimpleNamespace], Any],
    ) -> None:
        """Add a session that must raise. `compile` is None for a model that is not compiled."""

        def attempt(keras: Any, subject: Any, d: SimpleNamespace) -> Results:
            if compile is not None:
                compile_with(keras, subject, compile)
            run(keras, subject, d)
            return {}

        self.append(SessionCase(f"error-{name}", model, attempt, error=pattern))


def compile_with(keras: Any, model: Any, arguments: CompileArguments) -> Any:
    """Compile with these arguments, SGD unless they say otherwise."""
    made = arguments(keras) if callable(arguments) else copy.deepcopy(arguments)
    model.compile(**{"optimizer": keras.optimizers.SGD(0.1), **made})
    return model


def xy(label: str, **fixed: Any) -> Callable[[Any, Any], dict[str, Any]]:
    """Train `x` on the named labels."""
    return lambda k, d: {"x": d.x, "y": getattr(d, label), **fixed}


def batches(*columns: Any, rounds: int = 1) -> Iterator[tuple]:
    """Yield batches of the columns, the last one short."""
    for _ in range(rounds):
        for start in range(0, len(columns[0]), BATCH):
            yield tuple(column[start : start + BATCH] for column in columns)


def make_sequence(keras: Any, *columns: Any) -> Any:
    """Make a keras.utils.Sequence of batches of the columns."""

    class Batches(keras.utils.Sequence):
        def __len__(self) -> int:
            return -(-len(columns[0]) // BATCH)

        def __getitem__(self, index: int) -> tuple:
            return tuple(column[index * BATCH : (index + 1) * BATCH] for column in columns)

    return Batches()
