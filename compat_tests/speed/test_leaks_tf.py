"""Loops over GradientTape, tf.function and data sets leave nothing behind."""

import gc
import weakref

import numpy as np
import pytest

import torchkeras as keras
import torchkeras.tensorflow as tf
from compat_tests.speed.leaks import left_behind_by
from torchkeras import layers

X, Y = np.ones((8, 4), "float32"), np.arange(8) % 3


def make():
    model = keras.Sequential([keras.Input((4,)), layers.Dense(5, "relu"), layers.Dense(3, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


LOSS = keras.losses.SparseCategoricalCrossentropy()


def tape_step(model, optimizer, persistent=False):
    with tf.GradientTape(persistent=persistent) as tape:
        loss = LOSS(tf.constant(Y), model(tf.constant(X), training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    return loss


def second_order():
    x = tf.constant(X)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = tf.reduce_sum(x**3)
        gradient = inner.gradient(y, x)
    outer.gradient(gradient, x)


def failing():
    with tf.GradientTape(), pytest.raises(tf.errors.InvalidArgumentError):
        tf.matmul(tf.ones((2, 3)), tf.ones((2, 3)))


def function_made_anew():
    @tf.function
    def branch(a):
        if tf.reduce_sum(a) > 0:
            return a
        return -a

    branch(tf.constant(X))


def test_loops_over_tapes_and_functions_leave_nothing_behind():
    model, optimizer = make(), keras.optimizers.Adam()
    step = tf.function(lambda: tape_step(model, optimizer))
    work = {
        "tape": lambda: tape_step(model, optimizer),
        "persistent": lambda: tape_step(model, optimizer, True),
        "function": step,
        "function made anew": function_made_anew,
        "second order": second_order,
        "failing": failing,
        "variable": lambda: tf.Variable([1.0, 2.0]).assign_add([1.0, 1.0]),
        "while": lambda: tf.while_loop(lambda i: i < 3, lambda i: i + 1, [tf.constant(0)]),
        "array": lambda: tf.TensorArray(tf.float32, 8).unstack(tf.constant(X)).stack(),
        "metric": lambda: keras.metrics.AUC().update_state([0, 1], [0.2, 0.3]),
        "model made anew": lambda: tape_step(make(), keras.optimizers.Adam()),
    }
    assert left_behind_by(work) == {}


def test_data_sets_leave_nothing_behind(tmp_path):
    model = make()
    data = tf.data.Dataset.from_tensor_slices((X, Y)).shuffle(8).batch(4).cache().prefetch(2)

    def made_anew():
        fresh = tf.data.Dataset.from_tensor_slices((X, Y)).shuffle(8).map(lambda a, b: (a * 2, b)).batch(4).prefetch(2)
        model.fit(fresh, verbose=0)

    def from_generator():
        return list(tf.data.Dataset.from_generator(lambda: iter(range(4)), output_types=tf.int32).batch(2))

    work = {
        "fit": lambda: model.fit(data, verbose=0),
        "predict": lambda: model.predict(data),
        "evaluate": lambda: model.evaluate(data, verbose=0),
        "made anew": made_anew,
        "generator": from_generator,
        "broken off": lambda: next(iter(data)),
        "at once": lambda: list(tf.data.Dataset.range(8).map(lambda v: v + 1, num_parallel_calls=4)),
        "checkpoint": lambda: tf.train.Checkpoint(model=model).write(str(tmp_path / "c")),
    }
    assert left_behind_by(work) == {}


@pytest.mark.parametrize("use", ["tape", "function", "data"])
def test_a_model_that_nobody_has_is_gone(use):
    model = make()
    if use == "tape":
        tape_step(model, keras.optimizers.Adam())
    elif use == "function":
        tf.function(lambda x, model=model: model(x))(tf.constant(X))
    else:
        model.fit(tf.data.Dataset.from_tensor_slices((X, Y)).batch(4), verbose=0)
    watched = weakref.ref(model)
    del model
    gc.collect()
    assert watched() is None


@pytest.mark.long
def test_a_thousand_steps_with_a_tape_take_no_more_memory():
    model, optimizer = make(), keras.optimizers.Adam()

    def resident():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * 4096

    for _ in range(500):
        tape_step(model, optimizer)
    gc.collect()
    before = resident(), len(gc.get_objects())
    for _ in range(1000):
        tape_step(model, optimizer)
    gc.collect()
    assert resident() - before[0] < 4 << 20
    assert len(gc.get_objects()) - before[1] < 50
