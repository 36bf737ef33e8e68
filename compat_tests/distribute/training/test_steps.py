"""What a step of several processes is made of: its collective operations, and no captured graph."""

import contextlib
import functools

import numpy as np
import pytest
import torch
import torch.distributed as dist

import torchkeras as keras
from compat_tests.training.capture.recorded import RecordedCapturer
from torchkeras import layers
from torchkeras.core import replicas as core
from torchkeras.training.capture import graphs

from .together import assert_same, by_torch_alone, dense, numbers, scope, started

OPERATIONS = ("all_reduce", "all_gather", "all_gather_object", "broadcast", "broadcast_object_list", "barrier")


@contextlib.contextmanager
def counted(model):
    """How often each operation is called, and how many buckets of gradients are sent."""
    found = dict.fromkeys(OPERATIONS, 0) | {"buckets": 0}
    before = {name: getattr(dist, name) for name in OPERATIONS}

    def counting(name, *args, **kwargs):
        found[name] += 1
        return before[name](*args, **kwargs)

    def hook(state, bucket):
        found["buckets"] += 1
        return (
            dist.distributed_c10d._get_default_group()
            .allreduce([bucket.buffer().div_(2)])
            .get_future()
            .then(lambda future: future.value()[0])
        )

    wrapped = None if model is None else model._trainer.replicated._wrapped
    if wrapped is not None:
        wrapped.register_comm_hook(None, hook)
    for name in OPERATIONS:
        setattr(dist, name, functools.partial(counting, name))
    try:
        yield found
    finally:
        for name in OPERATIONS:
            setattr(dist, name, before[name])


def count(kind):
    """The operations of an epoch of four steps, and of one of eight."""
    with by_torch_alone() if kind == "own step" else contextlib.nullcontext():
        return count_steps(kind)


def count_steps(kind):
    started()
    found = []
    for samples in (64, 128):
        x, y = numbers(samples)
        with scope(True):
            model = Taking() if kind == "own step" else dense()
            model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        if kind == "generator":
            data = [((x[i : i + 16], y[i : i + 16]) for i in range(0, samples, 16)) for _ in range(2)]
            data = [{"x": one} for one in data]
        else:
            data = [{"x": x, "y": y, "batch_size": 16}] * 2
        model.fit(**data[0], verbose=0)  # its first step shows which parameters there are
        weights = model.get_weights()
        with counted(model) as operations:
            model.fit(**data[1], verbose=0)
        assert not np.array_equal(weights[0], model.get_weights()[0])
        found.append(operations)
    return {name: (found[1][name] - found[0][name]) / 4 for name in found[0]}, found[0]


class Taking(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = dense()

    def call(self, x):
        return self.inner(x)

    def train_step(self, data):
        x, y = data
        loss = self.compute_loss(y=y, y_pred=self(x, training=True))
        variables = self.trainable_variables
        gradients = torch.autograd.grad(loss, [v.parameter for v in variables])
        self.optimizer.apply_gradients(zip([v.layout.to_keras(g) for v, g in zip(variables, gradients)], variables))
        return {}


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [
        ("arrays", {"buckets": 1}),
        ("generator", {"buckets": 1, "all_gather": 1}),  # the batches are compared
        ("own step", {"all_reduce": 1}),
    ],
)
def test_a_step_has_no_more_operations_than_it_must(crew, kind, wanted):
    for a_step, epoch in crew(2).run(count, kind):
        assert {name: times for name, times in a_step.items() if times} == wanted
        assert sum(epoch.values()) < 60  # all that goes around the steps


def count_a_first_fit():
    started()
    x, y = numbers(64)
    with scope(True):
        model = dense()
        model.compile("adam", "sparse_categorical_crossentropy")
        model.build((None, 8))
    with counted(None) as operations:
        model.fit(x, y, batch_size=16, verbose=0)
    return operations


def test_a_fit_looks_around_only_a_few_times(crew):
    first, second = crew(2).run(count_a_first_fit)
    assert first == second
    assert sum(first.values()) < 60


# --- captured steps, compiled models ---


def capture():
    started()
    x, y = numbers(128)
    before = graphs.CAPTURERS.get("cpu")
    graphs.CAPTURERS["cpu"] = RecordedCapturer
    RecordedCapturer.captures = 0
    try:
        models = []
        for together in (False, True):
            with scope(together):
                models.append(keras.Sequential([keras.Input((8,)), layers.Dense(3, activation="softmax")]))
                models[-1].compile("adam", "sparse_categorical_crossentropy")
        counts = []
        for model in models:
            model.fit(x, y, batch_size=8, epochs=2, verbose=0)
            counts.append(RecordedCapturer.captures)
        with scope(True):
            models[1].compile("adam", "sparse_categorical_crossentropy", runner="captured")
        with pytest.raises(ValueError, match="trained by several processes, whose steps cannot be captured"):
            models[1].fit(x, y, verbose=0)
    finally:
        if before is None:
            del graphs.CAPTURERS["cpu"]
        else:
            graphs.CAPTURERS["cpu"] = before
    return counts


def test_steps_of_several_processes_are_not_captured(crew):
    for alone, both in crew(2).run(capture):
        assert 0 < alone == both


def compiled(together):
    started()
    x, y = numbers(64)
    compile_, torch.compile = torch.compile, functools.partial(torch.compile, backend="eager")
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    try:
        with scope(together):
            model = dense()
            model.compile("adam", "sparse_categorical_crossentropy", jit_compile=True)
        history = model.fit(x, y, batch_size=16, epochs=2, verbose=0).history
        weights = model.get_weights()
        graphs_made = torch._dynamo.utils.counters["frames"]["ok"]
    finally:
        torch.compile = compile_
        torch._dynamo.reset()
    return history, weights, graphs_made


def test_a_compiled_model_trains(crew):
    wanted = compiled(False)
    for found in crew(2).run(compiled, True):
        assert found[2] > 0
        assert_same(found[:2], wanted[:2])


def test_what_torch_says_of_a_lost_connection_is_put_into_words():
    lost = core.Replicas(0, 2).lost(RuntimeError("[gloo/transport/tcp/pair.cc:547] Connection closed by peer"))
    assert "Process 0 of 2 lost the others" in str(lost)
    assert "Connection closed" in str(lost)
