"""What a cluster is told that cannot be: each error says what was expected, what came and what to do."""

import time

import numpy as np
import pytest

import torchkeras.tensorflow as tf
from compat_tests.distribute.parameter_server.cluster import addresses
from torchkeras.distribute.parameter_server import SECRET
from torchkeras.distribute.parameter_server.connections import Listener, Refused, connect, secret_of

SimpleClusterResolver = tf.distribute.cluster_resolver.SimpleClusterResolver
ClusterSpec = tf.train.ClusterSpec


def test_the_description_of_a_cluster(monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    strategy = tf.distribute.ParameterServerStrategy
    with pytest.raises(ValueError, match="TF_CONFIG"):
        strategy(tf.distribute.cluster_resolver.TFConfigClusterResolver())
    with pytest.raises(ValueError, match="at least one parameter server"):
        strategy(SimpleClusterResolver(ClusterSpec({"worker": ["127.0.0.1:1"]})))
    both = ClusterSpec({"worker": ["127.0.0.1:1"], "ps": ["127.0.0.1:2"]})
    with pytest.raises(ValueError, match="at least one worker"):
        strategy(SimpleClusterResolver(ClusterSpec({"ps": ["127.0.0.1:2"]})))
    with pytest.raises(ValueError, match="this process is worker 0: start"):
        strategy(SimpleClusterResolver(both, task_type="worker", task_id=0))
    with pytest.raises(ValueError, match="variable_partitioner"):
        strategy(SimpleClusterResolver(both), variable_partitioner=[2, 1])
    with pytest.raises(ValueError, match="job_name"):
        tf.distribute.Server(both, "chief", 0)
    with pytest.raises(ValueError, match="no task 3"):
        tf.distribute.Server(both, "worker", 3)
    with pytest.raises(OSError, match="port that is free"):
        tf.distribute.Server(ClusterSpec({"worker": ["192.0.2.1:9"], "ps": ["127.0.0.1:2"]}), "worker", 0)
    with pytest.raises(ValueError, match="ParameterServerStrategy"):
        tf.distribute.coordinator.ClusterCoordinator(tf.distribute.get_strategy())


def test_tasks_that_never_come(monkeypatch):
    monkeypatch.setenv("TORCHKERAS_TIMEOUT", "0.5")
    worker, server = addresses(2)
    spec = ClusterSpec({"worker": [worker], "ps": [server]})
    with pytest.raises(tf.errors.DeadlineExceededError, match="TORCHKERAS_TIMEOUT"):
        tf.distribute.Server(spec, "worker", 0).join()
    with pytest.raises(tf.errors.DeadlineExceededError, match="Task 0 of job 'ps'"):
        tf.distribute.ParameterServerStrategy(SimpleClusterResolver(spec))
    tf.distribute.Server(spec, "ps", 0)
    strategy = tf.distribute.ParameterServerStrategy(SimpleClusterResolver(spec))
    coordinator = tf.distribute.coordinator.ClusterCoordinator(strategy)
    coordinator.schedule(time.time)
    with pytest.raises(tf.errors.UnavailableError, match="No worker could be reached"):
        coordinator.join()
    strategy._replicas.elsewhere.close()
    strategy = tf.distribute.ParameterServerStrategy(SimpleClusterResolver(spec), lambda shape, dtype: [1, 2])
    with strategy.scope():
        kernel = tf.Variable(np.zeros((4, 4), "float32"))
    with pytest.raises(ValueError, match="1 for all but the first"):
        tf.distribute.coordinator.ClusterCoordinator(strategy).schedule(lambda: kernel)
    strategy._replicas.elsewhere.close()


def test_only_members_are_listened_to(monkeypatch):
    """Nothing that a stranger sends is unpickled: the connection ends first."""
    (address,) = addresses(1)
    cluster = {"worker": [address], "ps": ["127.0.0.1:1"]}
    heard = []
    listener = Listener(address, secret_of(cluster), lambda connection: heard.append(connection.receive()))
    try:
        with pytest.raises(Refused, match="another cluster"):
            connect(address, secret_of({**cluster, "ps": ["127.0.0.1:3"]}), "The worker")
        monkeypatch.setenv(SECRET, "another")
        with pytest.raises(Refused, match=SECRET):
            connect(address, secret_of(cluster), "The worker")
        monkeypatch.delenv(SECRET)
        assert not heard
        connection = connect(address, secret_of(cluster), "The worker")
        connection.send(np.arange(3))
        until = time.monotonic() + 30
        while not heard and time.monotonic() < until:
            time.sleep(0.01)
        np.testing.assert_array_equal(heard[0], np.arange(3))
        connection.close()
    finally:
        listener.close()


def test_partitioners():
    """Counts as TensorFlow 2.21 gives them."""
    partitioners = tf.distribute.experimental.partitioners
    shapes = [(7, 3), (10,), (1, 5), (1000, 64), (3, 100), (16384, 4)]
    expected = [
        (partitioners.MinSizePartitioner(12, 4), [4, 4, 1, 4, 3, 4], [4, 4, 1, 4, 3, 4]),
        (partitioners.MinSizePartitioner(256 << 10, 8), [1, 1, 1, 1, 1, 1], [1, 1, 1, 2, 1, 2]),
        (partitioners.MinSizePartitioner(1, 2), [2, 2, 1, 2, 2, 2], [2, 2, 1, 2, 2, 2]),
        (partitioners.MaxSizePartitioner(24), [4, 2, 1, 1000, 3, 16384], [7, 4, 1, 1000, 3, 16384]),
        (partitioners.MaxSizePartitioner(24, 3), [3, 2, 1, 3, 3, 3], [3, 3, 1, 3, 3, 3]),
        (partitioners.FixedShardsPartitioner(3), [3, 3, 1, 3, 3, 3], [3, 3, 1, 3, 3, 3]),
    ]
    for partitioner, *counts in expected:
        for dtype, firsts in zip((tf.float32, tf.int64), counts, strict=True):
            found = [partitioner(tf.TensorShape(shape), dtype) for shape in shapes]
            assert found == [[first] + [1] * (len(s) - 1) for first, s in zip(firsts, shapes, strict=True)]
    assert partitioners.MinSizePartitioner(12, 4)(tf.TensorShape([6, 3]), tf.float32, axis=1) == [1, 3]
    for wrong in (lambda: partitioners.MinSizePartitioner(0, 1), lambda: partitioners.MaxSizePartitioner(0)):
        with pytest.raises(ValueError, match="must be positive"):
            wrong()
