"""A program as TensorFlow's guide to parameter servers has it: all tasks run it, and the chief's part trains."""

import numpy as np

import torchkeras.tensorflow as tf

resolver = tf.distribute.cluster_resolver.TFConfigClusterResolver()
if resolver.task_type in ("worker", "ps"):
    server = tf.distribute.Server(
        resolver.cluster_spec(), job_name=resolver.task_type, task_index=resolver.task_id, protocol="grpc"
    )
    server.join()

partitioner = tf.distribute.experimental.partitioners.MinSizePartitioner(min_shard_bytes=8, max_shards=2)
strategy = tf.distribute.ParameterServerStrategy(resolver, variable_partitioner=partitioner)
coordinator = tf.distribute.coordinator.ClusterCoordinator(strategy)


class Line(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = tf.keras.layers.Dense(1)

    def call(self, x):
        return self.dense(x)


with strategy.scope():
    model = Line()
    model.build((None, 3))
    optimizer = tf.keras.optimizers.SGD(0.1)
    error = tf.keras.metrics.Mean()
    steps = tf.Variable(0, trainable=False)

WEIGHTS = np.array([[1.0], [2.0], [3.0]], "float32")


def dataset_fn(context):
    x = np.random.default_rng(0).normal(size=(256, 3)).astype("float32")
    return tf.data.Dataset.from_tensor_slices((x, x @ WEIGHTS + 0.5)).shuffle(256).repeat().batch(16)


@tf.function
def per_worker_dataset_fn():
    return strategy.distribute_datasets_from_function(dataset_fn)


@tf.function
def step_fn(iterator):
    def replica_fn(x, y):
        with tf.GradientTape() as tape:
            loss = tf.nn.compute_average_loss(tf.reduce_mean(tf.square(model(x, training=True) - y), -1))
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        error.update_state(loss)
        steps.assign_add(1)
        return loss

    x, y = next(iterator)
    return strategy.reduce(tf.distribute.ReduceOp.SUM, strategy.run(replica_fn, args=(x, y)), axis=None)


per_worker_iterator = iter(coordinator.create_per_worker_dataset(per_worker_dataset_fn))
for epoch in range(4):
    error.reset_state()
    for _ in range(25):
        coordinator.schedule(step_fn, args=(per_worker_iterator,))
    coordinator.join()
    assert error.count.numpy() == 25, error.count
    assert int(steps) == int(optimizer.iterations) == 25 * (epoch + 1), (steps, optimizer.iterations)

loss = coordinator.schedule(step_fn, args=(per_worker_iterator,)).fetch()
assert isinstance(loss, np.floating), type(loss)
assert loss < 1e-6, loss
kernel, bias = model.get_weights()
np.testing.assert_allclose(kernel, WEIGHTS, atol=1e-3)
np.testing.assert_allclose(bias, [0.5], atol=1e-3)
assert coordinator.done()
