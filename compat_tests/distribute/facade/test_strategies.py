"""What the strategies say and do with two processes and with one, where TensorFlow's figures do not tell."""

import json
import logging
import sys
import types

import numpy as np
import pytest
import torch

import torchkeras as keras
import torchkeras.tensorflow as tf
from torchkeras.core.replicas import ALONE
from torchkeras.tensorflow.distribute import mirrored


def values(dataset):
    return [element.numpy().tolist() for element in dataset]


def raised(function):
    try:
        function()
    except Exception as error:
        return type(error).__name__, str(error)
    return None


def of_two():
    """Facts of this process, by name."""
    found = {}
    mirrored, workers = tf.distribute.MirroredStrategy(), tf.distribute.MultiWorkerMirroredStrategy()
    rank = mirrored._replicas.rank
    found["devices named"] = raised(lambda: tf.distribute.MirroredStrategy(["/cpu:0"]))
    found["devices"] = mirrored.extended.worker_devices
    resolver = workers.cluster_resolver
    found["resolver"] = (resolver.task_type, resolver.task_id, resolver.cluster_spec().num_tasks("worker"))
    found["modes"] = mirrored.extended._in_multi_worker_mode(), workers.extended._in_multi_worker_mode()

    one = tf.distribute.OneDeviceStrategy("/cpu:0")
    found["one device"] = one.num_replicas_in_sync, float(one.reduce("SUM", one.run(lambda: tf.constant(3.0)), None))

    # --- random numbers, and variables that do not begin alike ---
    torch.manual_seed(3)
    found["drawn outside"] = float(tf.random.normal(()))
    found["drawn in run"] = float(mirrored.run(lambda: tf.random.normal(())))
    found["drawn afterwards"] = float(tf.random.normal(()))
    with mirrored.scope():
        found["begun"] = float(tf.Variable(float(rank)).numpy())
    found["begun in run"] = float(mirrored.run(lambda: tf.Variable(tf.random.normal(()))).numpy())

    # --- data ---
    data = tf.data.Dataset.range(6)
    parts = mirrored.experimental_distribute_dataset(data.batch(4))
    found["parts"] = values(parts), len(parts), parts.element_spec.shape.as_list()
    spec = mirrored.experimental_distribute_dataset(data.batch(4, drop_remainder=True)).element_spec
    found["part"] = spec.shape.as_list()
    iterator = iter(parts)
    found["next"] = next(iterator).numpy().tolist(), iterator.get_next().numpy().tolist()
    with pytest.raises(tf.errors.OutOfRangeError):
        iterator.get_next()
    own = workers.distribute_datasets_from_function(
        lambda c: data.shard(c.num_input_pipelines, c.input_pipeline_id).batch(2 if c.input_pipeline_id else 1)
    )
    found["own"] = values(own)
    found["given others"] = raised(lambda: values(mirrored.experimental_distribute_dataset(data.map(lambda x: x + rank).batch(4))))  # fmt: skip  # noqa: E501

    def failing():
        yield 1
        if rank:
            raise ValueError("no more of it")
        yield 2

    broken = tf.data.Dataset.from_generator(failing, output_signature=tf.TensorSpec((), tf.int32)).batch(1)
    found["failing"] = raised(lambda: values(mirrored.experimental_distribute_dataset(broken)))
    found["no data set"] = raised(lambda: mirrored.experimental_distribute_dataset([1, 2]))
    found["shapes"] = raised(lambda: mirrored.gather(tf.zeros((1, 2 + rank)), axis=0))
    found["texts"] = mirrored.gather(tf.constant([f"of {rank}"]), axis=0).numpy().tolist()
    found["booleans"] = mirrored.gather(tf.constant([bool(rank)]), axis=0).numpy().tolist()

    # --- code that one process runs alone must not wait for the other ---
    with mirrored.scope():
        model = keras.Sequential([keras.layers.Dense(1, input_shape=(1,))])
        model.compile("sgd", "mse", metrics=["mae"])
    read = []

    class Reads(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if not rank:
                read.append(float(self.model.metrics[0].result()))
                keras.metrics.Mean()(1.0)

    model.fit(np.ones((8, 1)), np.ones((8, 1)), batch_size=4, verbose=0, callbacks=[Reads()])
    found["read"] = len(read)
    global_batches = tf.data.Dataset.from_tensor_slices((np.arange(7.0)[:, None], np.ones((7, 1)))).batch(4)
    distributed = mirrored.experimental_distribute_dataset(global_batches)
    found["evaluated"] = model.evaluate(distributed, verbose=0), model.evaluate(global_batches, verbose=0)
    start = model.get_weights()
    losses = [model.fit(global_batches, verbose=0).history["loss"]]
    model.set_weights(start)
    found["fit"] = [*losses, model.fit(distributed, verbose=0).history["loss"]]
    kept = model.metrics[1]
    before = float(kept.result())
    mirrored.run(lambda: kept.update_state(np.zeros((7, 1)), np.zeros((7, 1))))  # goes on where fit ended
    found["gone on"] = before, float(kept.result())
    tf.distribute.experimental_set_strategy(workers)
    found["standing"] = tf.distribute.get_strategy() is workers, tf.distribute.has_strategy()
    tf.distribute.experimental_set_strategy(None)
    found["none"] = tf.distribute.has_strategy()
    return found


def test_two_processes(crew):
    first, second = crew(2).run(of_two)
    for found in (first, second):
        kind, text = found["devices named"]
        assert kind == "ValueError"
        assert "there are 2 processes" in text
        assert found["devices"] == tuple(f"/job:localhost/replica:0/task:0/device:CPU:{number}" for number in (0, 1))
        assert found["modes"] == (False, True)
        assert found["one device"] == (1, 3.0)
        assert found["begun"] == 0.0
        assert found["parts"][1:] == (2, [None])
        assert found["part"] == [2]
        assert "different data (batch 0, of [4, 4] samples)" in found["given others"][1]
        assert found["no data set"][0] == "TypeError"
        assert "(1, 2) of torch.float32, (1, 3) of torch.float32" in found["shapes"][1]
        assert found["texts"] == [b"of 0", b"of 1"]
        assert found["booleans"] == [False, True]
        assert (found["standing"], found["none"]) == ((True, True), False)
    assert (first["resolver"], second["resolver"]) == (("worker", 0, 2), ("worker", 1, 2))
    for name in ("drawn outside", "drawn afterwards", "begun in run"):
        assert first[name] == second[name], name
    assert first["drawn in run"] != second["drawn in run"]
    assert (first["parts"][0], second["parts"][0]) == ([[0, 1], [4]], [[2, 3], [5]])
    assert (first["next"], second["next"]) == (([0, 1], [4]), ([2, 3], [5]))
    assert first["own"] == [[0], [2], [4]]
    assert second["own"] == [[1, 3], [5], []]
    assert "The data of process 1 failed" in first["failing"][1]
    assert "no more of it" in second["failing"][1]
    assert (first["read"], second["read"]) == (2, 0)
    for found in (first, second):
        assert found["evaluated"][0] == found["evaluated"][1]
        assert found["fit"][0] == found["fit"][1]
        before, after = found["gone on"]
        np.testing.assert_allclose(after, before * 7 / (7 + 2 * 7), rtol=1e-6)


# --- one process ---


def test_one_process_is_told_how_to_start_more(monkeypatch, caplog):
    tf.get_logger().propagate = True
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 4)
    with caplog.at_level(logging.INFO, logger="tensorflow"):
        strategy = tf.distribute.MirroredStrategy()
    assert strategy.num_replicas_in_sync == 1
    assert (
        "Of 4 devices 1 is used, one for each process: start several with `python -m torchkeras run --nproc N FILE`"
        in (caplog.text)
    )


def test_a_strategy_of_one_process():
    strategy = tf.distribute.MultiWorkerMirroredStrategy()
    assert strategy.num_replicas_in_sync == 1
    assert strategy._replicas is not ALONE
    assert (strategy.cluster_resolver.task_type, strategy.cluster_resolver.task_id) == (None, None)
    with strategy.scope(), pytest.raises(RuntimeError, match="compute_average_loss is called in `strategy.scope"):
        tf.nn.compute_average_loss([1.0])
    loss = keras.losses.MeanSquaredError()
    with strategy.scope(), pytest.raises(ValueError, match="Reduction.NONE"):
        loss([[1.0]], [[2.0]])
    model = keras.Sequential([keras.layers.Dense(1, input_shape=(1,))])
    with strategy.scope(), pytest.raises(ValueError, match="its weights were made outside of it"):
        model.compile("sgd", loss)
    model.compile("sgd", loss)
    model.fit(np.ones((2, 1)), np.ones((2, 1)), verbose=0)
    assert float(loss([[1.0]], [[3.0]])) == 4.0
    data = strategy.distribute_datasets_from_function(lambda c: tf.data.Dataset.range(c.get_per_replica_batch_size(4)))
    assert values(data) == [0, 1, 2, 3]


def test_timeout_and_tf_config(monkeypatch):
    """Who has not come within the time that `CommunicationOptions` gives is missed, by the number TF_CONFIG gives."""
    task = {"cluster": {"worker": ["127.0.0.1:1", "127.0.0.1:2"]}, "task": {"type": "worker", "index": 1}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(task))
    asked = []
    monkeypatch.setattr(
        "torchkeras.tensorflow.distribute.mirrored.join",
        lambda place, patience: asked.append((place, patience)) or ALONE,
    )
    options = tf.distribute.experimental.CommunicationOptions(timeout_seconds=7.0)
    tf.distribute.MultiWorkerMirroredStrategy(communication_options=options)
    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
        tf.train.ClusterSpec({"chief": ["a:1"], "worker": ["b:2", "c:3"]}), task_type="worker", task_id=1
    )
    tf.distribute.MultiWorkerMirroredStrategy(resolver)
    monkeypatch.setenv("RANK", "3")
    monkeypatch.setenv("WORLD_SIZE", "4")
    monkeypatch.setenv("MASTER_ADDR", "host")
    monkeypatch.setenv("MASTER_PORT", "5")
    tf.distribute.MultiWorkerMirroredStrategy()
    assert [(place.rank, place.size, place.address, patience) for place, patience in asked] == [
        (1, 2, "127.0.0.1:1", 7.0), (2, 3, "a:1", None), (3, 4, "host:5", None)
    ]  # fmt: skip


def test_workers_of_one_machine_take_its_devices_in_turn():
    spec = tf.train.ClusterSpec({"chief": ["a:1"], "worker": ["b:2", "a:3", "b:4"]})
    found = []
    for kind, index in [("chief", 0), ("worker", 0), ("worker", 1), ("worker", 2)]:
        resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(spec, task_type=kind, task_id=index)
        found.append(mirrored._place_by_resolver(resolver))
    assert [(place.rank, place.local_rank) for place in found] == [(0, 0), (1, 0), (2, 1), (3, 1)]
    assert {(place.size, place.address) for place in found} == {(4, "a:1")}


def test_tpus_are_those_of_torch_xla(monkeypatch):
    with pytest.raises(ValueError, match="torch_xla is not installed"):
        tf.distribute.cluster_resolver.TPUClusterResolver()
    module = types.ModuleType("torch_xla")
    module.device = lambda: torch.device("cpu")
    monkeypatch.setitem(sys.modules, "torch_xla", module)
    resolver = tf.distribute.cluster_resolver.TPUClusterResolver.connect(tpu="")
    strategy = tf.distribute.TPUStrategy(resolver)
    assert strategy.cluster_resolver is resolver
    assert strategy.num_replicas_in_sync == 1
    with strategy.scope():
        assert tf.Variable(1.0).numpy() == 1.0
