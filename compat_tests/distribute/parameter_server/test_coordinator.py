"""Functions scheduled on the workers of a cluster, whose variables are on parameter servers."""

import json
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import torchkeras.tensorflow as tf
from compat_tests.distribute.parameter_server.cluster import addresses, start_script


def test_the_guide():
    """The same script in all tasks: its functions and classes are known to the chief's process only."""
    found = addresses(4)
    cluster = {"chief": found[:1], "worker": found[1:3], "ps": found[3:]}
    script = Path(__file__).with_name("guide.py")
    processes = []
    for job, index in (("worker", 0), ("worker", 1), ("ps", 0), ("chief", 0)):
        config = {"cluster": cluster, "task": {"type": job, "index": index}}
        processes.append(start_script(script, TF_CONFIG=json.dumps(config), TORCHKERAS_TIMEOUT="60"))
    try:
        # The others end by themselves once the chief has.
        for process in reversed(processes):
            process.join(100)
        assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    finally:
        for process in processes:
            process.kill()
            process.join()


def linear(strategy, optimizer):
    """What a step is made of: a model, and functions that train it."""
    with strategy.scope():
        model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])
        count = tf.keras.metrics.Sum()
    true = np.array([[1.0], [2.0], [3.0]], "float32")

    def data():
        x = np.random.default_rng(os.getpid()).normal(size=(64, 3)).astype("float32")
        return tf.data.Dataset.from_tensor_slices((x, x @ true)).repeat().batch(16)

    def step(iterator):
        x, y = next(iterator)
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(x) - y))
        optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))
        count.update_state(1.0)
        time.sleep(0.01)
        return os.getpid()

    return model, count, data, step, true


def wait_for(coordinator, pids):
    """Until these workers have been given work."""
    until, seen = time.monotonic() + 60, set()
    while not pids <= seen:
        if time.monotonic() > until:
            raise TimeoutError(f"Only {seen} were given work, of {pids}.")
        working = [coordinator.schedule(_pid_after, args=(0.02,)) for _ in range(4)]
        seen |= {value.fetch() for value in working}


def _pid_after(seconds):
    time.sleep(seconds)
    return os.getpid()


def test_a_worker_that_is_killed_and_one_that_comes_back(started):
    tasks = started(workers=2)
    strategy = tasks.strategy()
    coordinator = tf.distribute.coordinator.ClusterCoordinator(strategy)
    optimizer = tf.keras.optimizers.SGD(0.1)
    model, count, data, step, true = linear(strategy, optimizer)
    iterator = iter(coordinator.create_per_worker_dataset(data))
    wait_for(coordinator, {tasks.processes["worker", index].pid for index in (0, 1)})
    first = [coordinator.schedule(step, args=(iterator,)) for _ in range(40)]
    coordinator.join()
    assert int(optimizer.iterations) == 40 == count.result()  # none is lost, none counts twice
    pids = {value.fetch() for value in first}
    assert pids <= {tasks.processes["worker", index].pid for index in (0, 1)}

    second = [coordinator.schedule(step, args=(iterator,)) for _ in range(60)]
    second[5].fetch()
    os.kill(tasks.processes["worker", 0].pid, signal.SIGKILL)
    coordinator.join()
    assert 100 <= int(optimizer.iterations) <= 102  # the step it was in may have been counted before
    left = tasks.processes["worker", 1].pid
    assert second[-1].fetch() == left
    np.testing.assert_allclose(model.get_weights()[0], true, atol=1e-2)

    tasks.processes["worker", 0].join()
    tasks.start("worker", 0)
    wait_for(coordinator, {tasks.processes["worker", 0].pid})
    coordinator.schedule(step, args=(iterator,)).fetch()
    coordinator.join()
    np.testing.assert_allclose(model.get_weights()[0], true, atol=1e-2)


def test_errors_of_functions_and_of_servers(started):
    tasks = started(workers=1)
    strategy = tasks.strategy()
    coordinator = tf.distribute.coordinator.ClusterCoordinator(strategy)
    with strategy.scope():
        total = tf.Variable(1.0)

    class Own(Exception):  # its class exists in this process only
        pass

    def fails(kind):
        raise kind("oh")

    def doubles():
        total.assign(total * 2.0)
        return total

    for kind in (Own, ValueError):
        failed = coordinator.schedule(fails, args=(kind,))
        waiting = [coordinator.schedule(time.sleep, args=(0.01,)) for _ in range(3)] if kind is Own else []
        with pytest.raises(kind, match="oh") as raised:
            coordinator.join()
        assert "in fails" in str(raised.value.__cause__)  # where it was, on the worker
        with pytest.raises(kind):
            failed.fetch()
        for value in waiting:
            with pytest.raises(tf.errors.CancelledError):
                value.fetch()
    assert coordinator.schedule(doubles).fetch() == 2.0  # it goes on
    total.assign(5.0)  # what the program writes is seen there
    assert coordinator.fetch([coordinator.schedule(doubles), 7]) == [10.0, 7]
    assert total.numpy() == 10.0

    ended = iter(coordinator.create_per_worker_dataset(lambda: tf.data.Dataset.range(1)))
    coordinator.schedule(next, args=(ended,))
    coordinator.schedule(next, args=(ended,))
    with pytest.raises(tf.errors.OutOfRangeError):
        coordinator.join()

    with strategy.scope():
        unbuilt = tf.keras.Sequential([tf.keras.layers.Dense(1)])
        optimizer = tf.keras.optimizers.SGD()

    def builds():
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(unbuilt(tf.ones((2, 3))))
        optimizer.apply_gradients(zip(tape.gradient(loss, unbuilt.trainable_variables), unbuilt.trainable_variables))

    coordinator.schedule(builds)
    with pytest.raises(RuntimeError, match="build the model before"):
        coordinator.join()
    with pytest.raises(TypeError, match="create_per_worker_dataset"):
        coordinator.schedule(lambda: None, args=((i for i in range(3)),))
    with pytest.raises(ValueError, match="fetch"):
        coordinator.schedule(doubles, args=(failed,))
    with pytest.raises(ValueError, match="function"):
        coordinator.schedule(3)

    coordinator.schedule(lambda: sys.exit(3))  # not a worker that was lost, whose work another would do
    with pytest.raises(RuntimeError, match="SystemExit"):
        coordinator.join()

    another = tasks.strategy()  # as a chief that was started again: all begins anew
    coordinator = tf.distribute.coordinator.ClusterCoordinator(another)
    assert coordinator.schedule(doubles).fetch() == 20.0

    tasks.kill("ps", 0)
    with pytest.raises(tf.errors.UnavailableError, match="Parameter server 0"):
        coordinator.schedule(doubles).fetch()


def test_servers_in_the_process_of_the_chief(monkeypatch):
    """The guide's notebook has the whole cluster in one process."""
    monkeypatch.setenv("TORCHKERAS_TIMEOUT", "60")
    found = addresses(3)
    spec = tf.train.ClusterSpec({"worker": found[:2], "ps": found[2:]})
    servers = [tf.distribute.Server(spec, "worker", 0), tf.distribute.Server(spec, "worker", 1)]
    servers.append(tf.distribute.Server(spec, "ps", 0))
    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(spec, rpc_layer="grpc")
    strategy = tf.distribute.ParameterServerStrategy(resolver)
    coordinator = tf.distribute.coordinator.ClusterCoordinator(strategy)
    assert tf.distribute.coordinator.ClusterCoordinator(strategy) is coordinator
    with strategy.scope():
        optimizer = tf.keras.optimizers.Adam(0.1)
    model, count, data, step, true = linear(strategy, optimizer)
    iterator = iter(coordinator.create_per_worker_dataset(data))
    for _ in range(150):
        coordinator.schedule(step, args=(iterator,))
    coordinator.join()
    assert int(optimizer.iterations) == 150 == count.result()
    np.testing.assert_allclose(model.get_weights()[0], true, atol=0.05)
    assert len(optimizer.variables) == 5  # the slots are here too, for whoever saves them
    assert all(np.abs(slot.numpy()).sum() > 0 for slot in optimizer.variables)
    strategy._replicas.elsewhere.close()
