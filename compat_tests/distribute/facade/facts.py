"""What single calls of tf.distribute give with two replicas, for either library.

A case takes `tf` and the strategy and gives one value; or, wrapped in `Each`, what every replica has. An error that it
raises is recorded by its type.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np


class Each(NamedTuple):
    """A value of each replica, as `strategy.run` gives it."""

    value: Any


def rank(tf):
    """The number of the replica, 0.0 or 1.0."""
    return tf.cast(tf.distribute.get_replica_context().replica_id_in_sync_group, tf.float32)


def in_run(function):
    return lambda tf, s: Each(s.run(lambda: function(tf)))


def in_scope(function):
    def case(tf, s):
        with s.scope():
            return function(tf, s)

    return case


def context(tf):
    return tf.distribute.get_replica_context()


def gradient(change):
    """The gradient of what becomes of x = rank + 2, squared, times rank + 1."""

    def function(tf):
        x = rank(tf) + 2.0
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = change(tf, x * x) * (rank(tf) + 1.0)
        return tape.gradient(loss, x)

    return in_run(function)


def gradient_of_rows(tf):
    x = tf.range(rank(tf) + 1.0) + 1.0
    with tf.GradientTape() as tape:
        tape.watch(x)
        rows = context(tf).all_gather(x, axis=0)
        loss = tf.reduce_sum(rows * tf.range(3.0)) * (rank(tf) + 1.0)
    return tape.gradient(loss, x)


def reduced(how, axis, dtype="float32"):
    def case(tf, s):
        return s.reduce(how, s.run(lambda: tf.cast(tf.stack([rank(tf), rank(tf) + 1.0]), dtype)), axis=axis)

    return case


def losses(reduction, inside):
    def case(tf, s):
        loss = tf.keras.losses.MeanSquaredError(reduction=reduction)
        return in_scope(lambda tf, s: loss([[1.0]], [[3.0]]))(tf, s) if inside else loss([[1.0]], [[3.0]])

    return case


def loss_in_run(tf, s):
    loss = tf.keras.losses.MeanSquaredError()
    return Each(s.run(lambda: loss([[1.0]], [[3.0]])))


def compiled_outside(tf, s):
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
    with s.scope():
        model.compile("sgd", "mse")
    return 0.0


def own_loss_in_fit(tf, s):
    class Model(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.dense, self.loss_of = tf.keras.layers.Dense(1), tf.keras.losses.MeanSquaredError()

        def call(self, x):
            return self.dense(x)

        def train_step(self, data):
            with tf.GradientTape() as tape:
                loss = self.loss_of(data[1], self(data[0]))
            self.optimizer.minimize(loss, self.trainable_variables, tape=tape)
            return {"loss": loss}

    with s.scope():
        model = Model()
        model.compile("sgd")
    model.fit(np.ones((4, 1)), np.ones((4, 1)), verbose=0)
    return 0.0


def contexts_in_fit(tf, s):
    seen = []

    class Noted(tf.keras.layers.Layer):
        def call(self, x):
            seen.append([float(context(tf) is not None), float(tf.distribute.get_strategy().num_replicas_in_sync)])
            return x

    with s.scope():
        model = tf.keras.Sequential([tf.keras.layers.Dense(1), Noted()])
        model.compile("sgd", "mse")
    model.fit(np.ones((4, 1)), np.ones((4, 1)), verbose=0)
    return tf.constant(seen[-1])


class Doubled:
    """A metric within another one."""

    def __new__(cls, tf):
        class Metric(tf.keras.metrics.Metric):
            def __init__(self):
                super().__init__(name="doubled")
                self.inner = tf.keras.metrics.Mean()

            def update_state(self, value):
                self.inner.update_state(value)

            def result(self):
                return 2.0 * self.inner.result()

        return Metric()


def metric(tf, s):
    """Read by the replicas, in the scope and outside of it, and after a further update."""
    with s.scope():
        mean, doubled = tf.keras.metrics.Mean(), Doubled(tf)

    def step():
        mean.update_state([rank(tf) + 1.0] * (1 if tf.distribute.get_strategy() is None else 2))
        doubled.update_state(rank(tf) + 1.0)
        return mean.result()

    first = s.run(step)
    found = [s.reduce("MEAN", first, axis=None), mean.result(), doubled.result(), doubled.inner.result()]
    s.run(step)
    with s.scope():
        found += [mean.result(), mean.result(), doubled.result()]
    return tf.stack(found)


def metric_updated_outside(tf, s):
    with s.scope():
        mean = tf.keras.metrics.Mean()
    mean.update_state(1.0)
    return mean.result()


def metric_made_outside(tf, s):
    mean = tf.keras.metrics.Mean()
    with s.scope():
        mean.update_state([1.0, 2.0])
    return mean.result()


def metric_after_evaluate(tf, s):
    """Figures of `evaluate`, read again afterwards: they are not added up twice."""
    with s.scope():
        model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,), kernel_initializer="ones")])
        kept = tf.keras.metrics.Sum()
        total = tf.keras.metrics.MeanMetricWrapper(lambda y, p: tf.reduce_sum(p, -1), name="mean_of")
        model.compile("sgd", "mse", metrics=[total])
    x = np.arange(8, dtype="float32")[:, None]
    figures = model.evaluate(x, x, batch_size=4, verbose=0)
    again = [m.result() for m in model.metrics]
    s.run(lambda: kept.update_state([rank(tf) + 1.0]))
    return tf.stack([*map(float, figures), *map(float, again), float(kept.result()), float(total.count.numpy())])


def variable(how, when):
    """A variable that the replicas add to, read by each and by all, assigned to by all, and by each."""

    def case(tf, s):
        told = getattr(tf.VariableAggregation, how)
        with s.scope():
            v = tf.Variable(
                1.0, aggregation=told, synchronization=getattr(tf.VariableSynchronization, when), trainable=False
            )

        def add():
            v.assign_add(rank(tf) * 2.0 + 1.0)
            return tf.identity(v)

        own = s.run(add)
        found = [s.reduce("SUM", own, axis=None), v.numpy(), v.read_value(), v + 0.0, v.value()]
        with s.scope():
            v.assign(8.0)
        found.append(v.numpy())
        s.run(lambda: v.assign(rank(tf) + 3.0) is None)
        return tf.stack([*found, v.numpy()])

    return case


def adding_to_a_sum(tf, s):
    with s.scope():
        v = tf.Variable(1.0, aggregation=tf.VariableAggregation.SUM, synchronization=tf.VariableSynchronization.ON_READ)
        v.assign_add(1.0)
    return v.numpy()


def mean_of_integers(tf, s):
    with s.scope():
        return tf.Variable(1, aggregation=tf.VariableAggregation.MEAN).numpy()


def elements(samples, size, own=False):
    """What the replicas get of a data set, put together again, and how many samples each has."""

    def case(tf, s):
        data = tf.data.Dataset.range(samples).batch(size)
        data = s.distribute_datasets_from_function(lambda c: data) if own else s.experimental_distribute_dataset(data)
        rows, sizes = [], []
        for element in data:
            rows.append(s.gather(element, axis=0))
            count = s.run(lambda x: tf.reshape(tf.size(x), (1,)), args=(element,))
            sizes.append(s.gather(count, axis=0))
        return tf.concat([*(tf.cast(one, tf.int32) for one in rows), *sizes], 0)

    return case


def nested_elements(tf, s):
    """Texts and dicts in parts."""
    data = tf.data.Dataset.from_tensor_slices({"a": ["x", "y", "z"], "b": tf.range(3)}).batch(3)
    element = next(iter(s.experimental_distribute_dataset(data)))
    return Each(s.run(lambda e: tf.strings.join([tf.strings.reduce_join(e["a"]), tf.as_string(e["b"][0])]), (element,)))


def merged(tf):
    def merge(strategy, value):
        return strategy.reduce("SUM", value, axis=None)

    return context(tf).merge_call(merge, args=(rank(tf) + 1.0,))


def updated(tf, s):
    """The old way: gradients put together by hand in cross-replica code."""
    with s.scope():
        v = tf.Variable(1.0)

    def merge(strategy, value):
        total = strategy.extended.reduce_to(tf.distribute.ReduceOp.SUM, value, destinations=v)
        strategy.extended.update(v, lambda variable, add: variable.assign_add(add), args=(total,))

    s.run(lambda: context(tf).merge_call(merge, args=(rank(tf) + 1.0,)))
    return v.numpy()


CASES = {
    "rank": in_run(rank),
    "replicas": lambda tf, s: float(s.num_replicas_in_sync),
    "devices": lambda tf, s: [name.rpartition("task:0/")[2] for name in s.extended.worker_devices],
    "context outside": lambda tf, s: [context(tf) is None, tf.distribute.has_strategy()],
    "context in scope": in_scope(lambda tf, s: [context(tf) is None, tf.distribute.get_strategy() is s]),
    "context in run": lambda tf, s: Each(
        s.run(lambda: tf.constant([context(tf) is None, tf.distribute.in_cross_replica_context()]))
    ),
    "contexts in fit": contexts_in_fit,
    "all_reduce sum": in_run(lambda tf: context(tf).all_reduce("SUM", [rank(tf), rank(tf) + 2.0])[1]),
    "all_reduce mean": in_run(lambda tf: context(tf).all_reduce(tf.distribute.ReduceOp.MEAN, rank(tf))),
    "all_gather": in_run(lambda tf: context(tf).all_gather(tf.range(rank(tf) + 1.0), axis=0)),
    "all_gather columns": in_run(lambda tf: context(tf).all_gather(tf.fill([2, 1], rank(tf)), axis=1)),
    "gradient of sum": gradient(lambda tf, x: context(tf).all_reduce("SUM", x)),
    "gradient of mean": gradient(lambda tf, x: context(tf).all_reduce("MEAN", x)),
    "gradient of rows": in_run(gradient_of_rows),
    "merge_call": lambda tf, s: s.reduce("MEAN", s.run(lambda: tf.identity(merged(tf))), axis=None),
    "update": updated,
    **{f"reduce {how} {axis}": reduced(how, axis) for how in ("SUM", "MEAN") for axis in (None, 0)},
    **{f"reduce integers {how} {axis}": reduced(how, axis, "int32") for how in ("SUM", "MEAN") for axis in (None, 0)},
    "reduce uneven": lambda tf, s: s.reduce("MEAN", s.run(lambda: tf.range(rank(tf) + 1.0)), axis=0),
    "gather uneven": lambda tf, s: s.gather(s.run(lambda: tf.range(rank(tf) + 1.0)), axis=0),
    "average loss": in_run(lambda tf: tf.nn.compute_average_loss([1.0, 2.0])),
    "average loss of a size": in_run(lambda tf: tf.nn.compute_average_loss([1.0, 2.0], global_batch_size=3)),
    "average loss in scope": in_scope(lambda tf, s: tf.nn.compute_average_loss([1.0, 2.0])),
    "average loss of a size in scope": in_scope(lambda tf, s: tf.nn.compute_average_loss([1.0], global_batch_size=2)),
    "regularization": in_run(lambda tf: tf.nn.scale_regularization_loss(4.0)),
    "regularization in scope": in_scope(lambda tf, s: tf.nn.scale_regularization_loss(4.0)),
    "regularization outside": lambda tf, s: tf.nn.scale_regularization_loss(4.0),
    "loss auto": losses("auto", True),
    "loss mean": losses("sum_over_batch_size", True),
    "loss sum": losses("sum", True),
    "loss none": losses("none", True),
    "loss outside": losses("auto", False),
    "loss in run": loss_in_run,
    "loss in fit": own_loss_in_fit,
    "compiled outside": compiled_outside,
    "metric": metric,
    "metric after evaluate": metric_after_evaluate,
    "metric updated outside": metric_updated_outside,
    "metric made outside": metric_made_outside,
    **{
        f"variable {how} {when}": variable(how, when)
        for how in ("NONE", "SUM", "MEAN", "ONLY_FIRST_REPLICA")
        for when in ("AUTO", "ON_WRITE", "ON_READ")
    },
    "variable adds to a sum": adding_to_a_sum,
    "variable mean of integers": mean_of_integers,
    "data 7 of 4": elements(7, 4),
    "data 5 of 4": elements(5, 4),
    "data 6 of 3": elements(6, 3),
    "data 7 of 2 each": elements(7, 2, own=True),
    "data 5 of 2 each": elements(5, 2, own=True),
    "data of texts": nested_elements,
    "values": lambda tf, s: Each(
        s.experimental_distribute_values_from_function(lambda c: tf.constant(c.replica_id_in_sync_group))
    ),
}
