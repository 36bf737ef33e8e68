"""tf.config, tf.device, tf.distribute, tf.debugging, tf.compat, tf.test and the names that are not there."""

import logging
import os

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import tensorflow as tf


def test_devices():
    cpu = tf.config.list_physical_devices("CPU")
    assert cpu == [tf.config.PhysicalDevice(name="/physical_device:CPU:0", device_type="CPU")]
    assert len(tf.config.list_physical_devices("GPU")) == torch.cuda.device_count()
    assert tf.test.is_gpu_available() is torch.cuda.is_available()
    for name in ("/CPU:0", "cpu", "CPU:0", "/device:CPU:0", "/job:localhost/replica:0/task:0/device:CPU:0", None, ""):
        with tf.device(name):
            assert tf.constant(1.0).device.endswith("0")
    with tf.device(tf.config.list_logical_devices("CPU")[0]):
        assert tf.Variable(1.0).device.endswith("CPU:0")
    with pytest.raises(ValueError, match="Unknown attribute"):
        tf.device("no device")
    with pytest.raises(ValueError, match="no devices of the kind"):
        tf.device("/TPU:0")
    spec = tf.DeviceSpec(job="worker", task=1, device_type="gpu", device_index=0)
    assert (
        spec.to_string() == "/job:worker/task:1/device:GPU:0" == tf.DeviceSpec.from_string(spec.to_string()).to_string()
    )


def test_config():
    cpu = tf.config.list_physical_devices("CPU")[0]
    assert tf.config.experimental.get_device_details(cpu) == {}
    assert tf.config.experimental.get_memory_info("CPU:0") == {"current": 0, "peak": 0}
    tf.config.set_soft_device_placement(True)
    assert tf.config.get_soft_device_placement()
    before = tf.config.optimizer.get_experimental_options()
    tf.config.optimizer.set_experimental_options({"constant_folding": False})
    assert tf.config.optimizer.get_experimental_options()["constant_folding"] is False
    tf.config.optimizer.set_experimental_options({"constant_folding": True})
    assert before["disable_meta_optimizer"] is False
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration(memory_limit=100)])
    assert tf.config.get_logical_device_configuration(cpu)[0].memory_limit == 100
    with pytest.raises(RuntimeError, match="divided"):
        tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    with pytest.raises(NotImplementedError, match="torchrun"):
        tf.config.experimental_connect_to_cluster(None)
    threads = torch.get_num_threads()
    tf.config.threading.set_intra_op_parallelism_threads(1)
    assert torch.get_num_threads() == 1 == tf.config.threading.get_intra_op_parallelism_threads()
    torch.set_num_threads(threads)


def test_strategies_train_a_model():
    strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
    with strategy.scope():
        model = keras.Sequential([keras.layers.Dense(1, input_shape=(1,))])
        model.compile("sgd", "mse")
    model.fit(np.ones((8, 1)), np.ones((8, 1)), verbose=0)
    data = tf.data.Dataset.from_tensor_slices(np.ones((4, 1), "float32")).batch(2)
    optimizer = keras.optimizers.SGD(0.1)

    @tf.function
    def step(batch):
        def one(x):
            with tf.GradientTape() as tape:
                loss = tf.reduce_sum(model(x) ** 2)
            gradients = tape.gradient(loss, model.trainable_variables)
            optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
            assert tf.distribute.get_replica_context().replica_id_in_sync_group == 0
            return loss

        return strategy.reduce(tf.distribute.ReduceOp.SUM, strategy.run(one, args=(batch,)), axis=None)

    losses = [float(step(batch)) for batch in strategy.experimental_distribute_dataset(data)]
    assert losses[1] < losses[0]
    made = strategy.distribute_datasets_from_function(lambda context: data.take(context.num_replicas_in_sync))
    assert len(list(made)) == 1


def test_strategies_by_name(caplog):
    tf.get_logger().propagate = True
    with caplog.at_level(logging.INFO, logger="tensorflow"):
        strategy = tf.distribute.MirroredStrategy(devices=["/cpu:0"])
    assert "Using MirroredStrategy with devices ('/job:localhost/replica:0/task:0/device:CPU:0',)" in caplog.text
    assert strategy.num_replicas_in_sync == 1
    assert tf.distribute.MultiWorkerMirroredStrategy().num_replicas_in_sync == 1
    assert tf.distribute.experimental.CentralStorageStrategy().num_replicas_in_sync == 1
    with pytest.raises(NotImplementedError, match="TPUStrategy"):
        tf.distribute.TPUStrategy()
    with pytest.raises(ValueError, match="reduce_op"):
        strategy.reduce("MAX", 1.0, axis=None)
    with pytest.raises(ValueError, match="ParameterServerStrategy"):
        tf.distribute.coordinator.ClusterCoordinator(strategy)


def test_cluster_descriptions(monkeypatch):
    monkeypatch.setenv("TF_CONFIG", '{"cluster": {"worker": ["a:1", "b:2"]}, "task": {"type": "worker", "index": 1}}')
    resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
    assert (resolver.task_type, resolver.task_id, resolver.master()) == ("worker", 1, "b:2")
    spec = resolver.cluster_spec()
    assert spec.jobs == ["worker"]
    assert spec.num_tasks("worker") == 2
    assert spec.as_dict() == {"worker": ["a:1", "b:2"]}
    with pytest.raises(ValueError, match="No such job"):
        spec.num_tasks("ps")


def test_looking_for_numbers_that_are_not_finite():
    tf.debugging.enable_check_numerics()
    try:
        with pytest.raises(tf.errors.InvalidArgumentError, match="Detected Infinity or NaN"):
            tf.math.log(tf.constant([-1.0]))
        assert tf.math.log(tf.constant([1.0])).numpy() == [0.0]
    finally:
        tf.debugging.disable_check_numerics()
    assert np.isnan(tf.math.log(tf.constant([-1.0])).numpy())


def test_messages_of_assertions():
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        tf.debugging.assert_equal([1, 2, 3, 4, 5], [1, 2, 3, 4, 6], message="own words")
    assert str(caught.value) == (
        "own words\nCondition x == y did not hold.\nIndices of first 1 different values:\n[[4]]\n"
        "Corresponding x values:\n[5]\nCorresponding y values:\n[6]\n"
        "First 3 elements of x:\n[1 2 3]\nFirst 3 elements of y:\n[1 2 3]"
    )
    with pytest.raises(ValueError, match="dimension 1") as caught:
        tf.debugging.assert_shapes([(tf.ones((2, 3)), ("N", 4))])
    assert str(caught.value) == (
        "Specified explicitly.  Tensor shape=(2, 3) dtype=float32 dimension 1 must have size 4.  Received size 3, "
        "shape (2, 3)"
    )


def test_names_of_tensorflow_1():
    for name in ("Session", "placeholder", "get_variable", "global_variables_initializer", "session", "contrib"):
        with pytest.raises(AttributeError, match="TensorFlow 1|TensorFlow 2.0|attribute"):
            getattr(tf, name)
    with pytest.raises(AttributeError, match="sessions are TensorFlow 1"):
        tf.Session()
    with pytest.raises(AttributeError, match=r"tf\.random\.normal"):
        tf.random_normal([1])
    with pytest.raises(AttributeError, match="Did you mean 'reduce_mean'"):
        tf.reduce_meen([1.0])
    with pytest.raises(AttributeError, match=r"tf\.compat\.v1\.Session"):
        tf.compat.v1.Session()
    with pytest.raises(NotImplementedError, match=r"@tf\.function"):
        tf.compat.v1.disable_eager_execution()
    tf.compat.v1.enable_eager_execution()
    assert tf.compat.v2 is tf
    assert tf.version.VERSION == tf.__version__ == "2.9.0"
    with pytest.raises(AttributeError, match=r"raw_ops\.Nothing"):
        tf.raw_ops.Nothing()


def test_logging(caplog):
    logger = tf.get_logger()
    assert logger.name == "tensorflow"
    logger.propagate = True
    tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.INFO)
    tf.compat.v1.logging.info("said %s", 1)
    tf.print("printed", tf.constant(2), output_stream=tf.compat.v1.logging.warning)
    assert "said 1" in caplog.text
    assert "printed 2" in caplog.text
    tf.compat.v1.logging.set_verbosity("WARN")
    assert tf.compat.v1.logging.get_verbosity() == logging.WARNING


def test_printing_goes_to_stderr(capsys):
    import sys

    tf.print("a", tf.constant([1.0, 2.5]))
    tf.print("b", output_stream=sys.stdout)
    captured = capsys.readouterr()
    assert captured.out == "b\n"


def test_profiles(tmp_path):
    with tf.profiler.experimental.Profile(str(tmp_path)), tf.profiler.experimental.Trace("step", step_num=1):
        tf.ones(2) + 1
    files = [name for _, _, names in os.walk(tmp_path) for name in names]
    assert len(files) == 1
    assert files[0].endswith(".pt.trace.json")
    with pytest.raises(tf.errors.UnavailableError):
        tf.profiler.experimental.stop()
    with pytest.raises(NotImplementedError, match="servers"):
        tf.profiler.experimental.server.start(6009)


class AssertionsTest(tf.test.TestCase):
    def test_values(self):
        self.assertAllEqual(tf.constant([1, 2]), [1, 2])
        self.assertAllClose({"a": tf.constant([1.0])}, {"a": [1.0 + 1e-8]})
        self.assertNear(1.0, 1.05, 0.1)
        self.assertAllInRange([1, 2], 0, 3)
        self.assertNotAllEqual([1], [2])
        self.assertShapeEqual(np.ones((2, 3)), tf.ones((2, 3)))
        self.assertDTypeEqual(tf.constant(1.0), "float32")
        with pytest.raises(AssertionError):
            self.assertAllClose([1.0], [1.1])
        with pytest.raises(AssertionError):
            self.assertAllEqual([1], [1, 1])

    def test_errors(self):
        with self.assertRaisesOpError("did not hold"):
            tf.debugging.assert_equal(1, 2)
        with self.cached_session():
            assert self.evaluate({"a": tf.constant(3)}) == {"a": 3}


def test_extension_types_that_hold_themselves():
    assert repr(Node(3, [Node(5)])).startswith(
        "Node(value=<tf.Tensor: shape=(), dtype=int32, numpy=3>, children=(Node("
    )


class Node(tf.experimental.ExtensionType):
    value: tf.Tensor
    children: "tuple[Node, ...]" = ()
