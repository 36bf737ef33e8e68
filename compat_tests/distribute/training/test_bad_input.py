"""What does not go together is an error in every process, and none waits for another."""

import numpy as np
import pytest
from torch.utils.data import DataLoader

import torchkeras as keras
from torchkeras import layers
from torchkeras.core import replicas as scopes
from torchkeras.distribute import joined

from .together import dense, numbers, scope, started

SETTINGS = {"batch_size": 16, "epochs": 2, "verbose": 0}


def compiled(model=None, **settings):
    model = dense() if model is None else model
    model.compile("sgd", "sparse_categorical_crossentropy", **settings)
    return model


def other_units(rank):
    compiled(keras.Sequential([layers.Dense(3 + rank), layers.Dense(3)])).fit(*numbers(), **SETTINGS)


def other_units_with_input(rank):
    compiled(keras.Sequential([keras.Input((8,)), layers.Dense(3 + rank), layers.Dense(3)])).fit(*numbers(), **SETTINGS)


def more_layers(rank):
    inner = [layers.Dense(4) for _ in range(rank + 1)]
    compiled(keras.Sequential([*inner, layers.Dense(3)])).fit(*numbers(), **SETTINGS)


def more_samples(rank):
    compiled().fit(*numbers(64 + rank), **SETTINGS)


def other_arrays(rank):
    x, y = numbers()
    compiled().fit(x + rank, y, **SETTINGS)


def other_batch_size(rank):
    compiled().fit(*numbers(), batch_size=16 + rank, verbose=0)


def other_epochs(rank):
    compiled().fit(*numbers(), epochs=1 + rank, verbose=0)


def validation_in_one(rank):
    compiled().fit(*numbers(), validation_data=numbers() if rank else None, verbose=0)


def small_batch(rank):
    compiled().fit(*numbers(), batch_size=1, verbose=0)


def small_batch_of_a_generator(rank):
    x, y = numbers()
    compiled().fit(((x[:1], y[:1]) for _ in range(3)), verbose=0)


def unseeded_generator(rank):
    rng = np.random.default_rng([5, rank])
    compiled().fit(((rng.normal(size=(8, 8)), np.ones(8)) for _ in range(3)), verbose=0)


def uneven_generator(rank):
    x, y = numbers()
    compiled().fit(((x[:8], y[:8]) for _ in range(3 + rank)), verbose=0)


def uneven_loader(rank):
    x, y = numbers()
    compiled().fit(DataLoader([(x[0], y[0])] * (24 + 8 * rank), batch_size=8), verbose=0)


def raising_generator(rank, at=2):
    x, y = numbers()

    def batches():
        for i in range(4):
            if rank == 1 and i == at:
                raise OSError("no such file")
            yield x[:8], y[:8]

    compiled().fit(batches(), verbose=0)


def raising_at_once(rank):
    raising_generator(rank, 0)


def no_targets_in_one(rank):
    x, y = numbers()
    compiled().fit(x, [] if rank else y, **SETTINGS)


def evaluated_otherwise(rank):
    compiled().evaluate(*numbers(64 + rank), verbose=0)


def other_batch(rank):
    compiled().train_on_batch(*numbers(16 + rank))


def built_outside(rank):
    with scopes.within(scopes.ALONE):
        model = keras.Sequential([keras.Input((8,)), layers.Dense(3)])
    compiled(model)


class Plain:
    """A metric in torch's manner that can be put together with no other."""

    def update(self, y_pred, y_true):
        pass

    def compute(self):
        return 0.0

    reset = compute
    __call__ = update


def metric_for_one(rank):
    compiled(metrics=[Plain()]).fit(*numbers(), **SETTINGS)


CASES = {
    other_units: "A weight differs between the processes (process 0: ((3, 8), 'torch.float32'), process 1: ((4, 8)",
    other_units_with_input: "weight differs between the processes",
    more_layers: "differs between the processes",
    more_samples: "number of samples differs between the processes (process 0: 64, process 1: 65). Give each process",
    other_arrays: "The data differs between the processes",
    other_batch_size: "(process 0: 16 samples, shuffle=True, process 1: 17 samples, shuffle=True)",
    other_epochs: "What `fit` was asked for differs between the processes",
    validation_in_one: ("What `fit` was asked for", "number of samples"),
    small_batch: "A batch of 1 cannot be shared among 2 processes",
    small_batch_of_a_generator: "A batch of 1 cannot be shared among 2 processes",
    unseeded_generator: "The processes were given different data (batch 0",
    uneven_generator: "after 3 batches process 0 has none left",
    uneven_loader: "The number of batches differs between the processes (process 0: 3, process 1: 4)",
    raising_generator: ("no such file", "The data of process 1 failed"),
    raising_at_once: ("no such file", "process 1: OSError: no such file"),
    no_targets_in_one: ("", "process 1: "),
    evaluated_otherwise: "number of samples differs",
    other_batch: "number of samples differs",
    built_outside: "its weights were made outside of it",
    metric_for_one: "has neither torchmetrics' `sync` nor a `merge_state(metrics)`",
}


def told(name):
    started()
    with scope(True):
        try:
            globals()[name](joined().rank)
        except Exception as error:
            found = f"{type(error).__name__}: {error}"
        else:
            found = "no error"
    return found, joined().gather(joined().rank) == list(range(joined().size))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_all_are_told(crew, case):
    wanted = CASES[case]
    for text, together in crew(2).run(told, case.__name__, timeout=30.0):
        assert together, text
        assert text != "no error"
        assert any(one in text for one in ([wanted] if isinstance(wanted, str) else wanted)), text


def train_outside():
    """Without a scope every process is alone, with data and a number of steps of its own."""
    started()
    rank, calls = joined().rank, []
    before = scopes.Replicas._in_buckets
    scopes.Replicas._in_buckets = lambda self, *args: calls.append(args)
    try:
        x, y = numbers(20 + 30 * rank)
        model = dense()
        model.compile("sgd", "sparse_categorical_crossentropy")
        model.fit(x, y, epochs=1 + rank, verbose=0, batch_size=1)
    finally:
        scopes.Replicas._in_buckets = before
    return len(calls), int(model.optimizer.iterations)


def test_models_of_no_scope_are_each_ones_own(crew):
    assert crew(2).run(train_outside) == [(0, 20), (0, 100)]
