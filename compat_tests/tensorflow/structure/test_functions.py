"""tf.function within classes, layers and models, and what its object tells."""

import gc
import weakref

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import tensorflow as tf

X = np.ones((4, 2), "float32")


def test_arguments_and_results_are_tensors():
    seen = []

    @tf.function
    def function(a, b, c, d):
        seen.extend([a, b, c, d])
        return [1, np.ones(2), {"k": True}, None, "text"]

    found = function(X, 3, [X, 1], torch.ones(2))
    assert [type(v) for v in (seen[0], seen[1], seen[2][0], seen[2][1], seen[3])] == [
        tf.Tensor,
        int,
        tf.Tensor,
        int,
        tf.Tensor,
    ]
    assert isinstance(found, list)
    assert found[0].dtype == tf.int32
    assert found[1].dtype == tf.float64
    assert found[2]["k"].dtype == tf.bool
    assert found[3] is None
    assert found[4].numpy() == b"text"


def test_python_effects_happen_at_each_call():
    calls = []

    @tf.function
    def function(x):
        calls.append(tf.inside_function())
        return x

    function(1)
    function(1)
    assert calls == [True, True]
    assert not tf.inside_function()


def test_what_looks_like_a_function_is_one():
    @tf.function
    def function(x, scale=2.0):
        """Says something."""
        return x * scale

    assert function.__name__ == "function"
    assert function.__doc__ == "Says something."
    assert callable(function)
    assert function.python_function(3) == 6.0
    assert "scale=2.0" in str(function.__signature__)
    assert "return x * scale" in tf.autograph.to_code(function)
    assert tf.autograph.to_graph(function)(2) == 4.0
    assert tf.autograph.experimental.do_not_convert(function) is function


def test_methods_belong_to_their_objects():
    class Adder:
        def __init__(self, n):
            self.n = n

        @tf.function
        def add(self, x):
            return x + self.n

    a, b = Adder(1), Adder(2)
    assert a.add(1).numpy() == 2
    assert b.add(1).numpy() == 3
    assert a.add is a.add
    assert a.add is not b.add
    a.add(2)
    assert (a.add.experimental_get_tracing_count(), b.add.experimental_get_tracing_count()) == (2, 1)
    gone = weakref.ref(a)
    del a
    gc.collect()
    assert gone() is None


def test_static_and_class_methods():
    class Holder:
        @staticmethod
        @tf.function
        def double(x):
            return x * 2

        @classmethod
        @tf.function
        def name(cls, x):
            return x + 1

    assert Holder.double(2).numpy() == 4
    assert Holder().double(3).numpy() == 6


def test_layers_and_models_with_functions_train():
    class Own(keras.layers.Layer):
        def build(self, shape):
            self.w = self.add_weight(shape=(shape[-1], 1), initializer="ones")

        @tf.function
        def call(self, inputs):
            return inputs @ self.w

    class Model(keras.Model):
        def __init__(self):
            super().__init__()
            self.own = Own()

        @tf.function
        def call(self, x, training=False):
            return self.own(x)

        @tf.function
        def train_step(self, data):
            x, y = data
            with tf.GradientTape() as tape:
                loss = tf.reduce_mean((self(x, training=True) - y) ** 2)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
            return {"loss": loss}

    model = Model()
    model.compile(keras.optimizers.SGD(0.1))
    history = model.fit(X, np.zeros((4, 1), "float32"), epochs=2, verbose=0).history
    assert history["loss"] == pytest.approx([4.0, 1.44])
    sequential = keras.Sequential([keras.Input((2,)), Own()])
    assert sequential.output_shape == (None, 1)
    assert sequential(X).numpy().tolist() == [[2.0]] * 4


def test_functional_models_through_functions():
    inputs = keras.Input((2,))
    double = tf.function(lambda x: x * 2.0 + 1.0)
    model = keras.Model(inputs, double(inputs))
    assert model(X).numpy().tolist() == [[3.0, 3.0]] * 4
    again = keras.Model.from_config(model.get_config())
    assert again(X).numpy().tolist() == [[3.0, 3.0]] * 4


def test_operations_in_functional_models():
    inputs = keras.Input((2,))
    x = tf.stop_gradient(inputs)
    x = tf.debugging.check_numerics(x, "not finite")
    model = keras.Model(inputs, x)
    names = [layer.name for layer in model.layers[1:]]
    assert names == ["tf.stop_gradient", "tf.debugging.check_numerics"]
    for one in (model, keras.Model.from_config(model.get_config())):
        assert one(X).numpy().tolist() == X.tolist()
        with pytest.raises(tf.errors.InvalidArgumentError, match="not finite : Tensor had NaN values"):
            one(X * np.nan)


def test_values_that_decide_are_refused_for_symbols():
    inputs = keras.Input((2,))
    for wrong in (
        lambda: tf.cond(inputs[0, 0] > 0, lambda: inputs, lambda: -inputs),
        lambda: tf.while_loop(lambda x: True, lambda x: (x,), (inputs,)),
        lambda: tf.map_fn(lambda x: x, inputs),
        lambda: tf.py_function(lambda x: x, [inputs], tf.float32),
    ):
        with pytest.raises(TypeError, match="symbolic"):
            wrong()


def test_conditions_within_a_layer():
    class Choose(keras.layers.Layer):
        def call(self, x, training=None):
            y = tf.cond(tf.reduce_sum(x) > 0, lambda: x, lambda: -x)
            return tf.map_fn(lambda row: row * 2.0, y)

    model = keras.Sequential([keras.Input((2,)), Choose()])
    assert model.output_shape == (None, 2)
    assert model(-X).numpy().tolist() == [[2.0, 2.0]] * 4


def test_compiled_programs_run_through():
    function = tf.function(lambda x: x * 2.0)

    def program(x):
        return function(x) + 1.0

    torch._dynamo.reset()
    compiled = torch.compile(program, fullgraph=True, backend="eager")
    assert compiled(torch.ones(2)).tolist() == [3.0, 3.0]


def test_concrete_functions_know_what_they_give():
    v = tf.Variable(1.0)

    @tf.function
    def function(x, n=2):
        v.assign_add(1.0)
        return {"y": x[:, :1] * v, "n": tf.reduce_sum(x)}

    made = function.get_concrete_function(tf.TensorSpec([None, 3], tf.float32))
    outputs = made.structured_outputs
    assert outputs["y"].shape.as_list() == [None, 1]
    assert outputs["n"].shape.as_list() == []
    assert float(v) == 1.0  # finding out changed nothing
    nodes = made.graph.as_graph_def().node
    assert "mul" in [node.op for node in nodes]
    assert float(v) == 1.0
    assert [spec.shape.as_list() for spec in made.inputs] == [[None, 3]]
    assert made(tf.ones((2, 3)))["n"].numpy() == 6.0
    assert float(v) == 2.0
    with pytest.raises(NotImplementedError, match="TensorFlow 1"):
        tf.Graph()


def test_variables_of_a_condition_may_come_late():
    made = {}

    @tf.function
    def function(x):
        if x > 1 and "v" not in made:
            made["v"] = tf.Variable(5.0)
        return x * made["v"] if "v" in made else x

    assert function(tf.constant(1.0)).numpy() == 1.0
    assert function(tf.constant(2.0)).numpy() == 10.0


def test_memory_is_let_go():
    @tf.function
    def step(x):
        return x * 2

    x = tf.ones(4)
    watch = weakref.ref(x)
    step(x)
    del x
    gc.collect()
    assert watch() is None


def test_modules_in_layers_and_layers_in_modules():
    class Scale(tf.Module):
        def __init__(self):
            super().__init__()
            self.w, self.late = tf.Variable([1.0, 2.0]), None

        def __call__(self, x):
            if self.late is None:
                self.late = tf.Variable(3.0)
            return x * self.w * self.late

    class Own(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.scale = Scale()

        def call(self, x):
            return self.scale(x)

    model = keras.Sequential([Own()])
    assert model(X).numpy().tolist() == [[3.0, 6.0]] * 4
    assert len(model.trainable_variables) == 2
    assert len(model.state_dict()) == 2
    model.compile(keras.optimizers.SGD(0.1), "mse")
    model.fit(X, np.zeros((4, 2)), verbose=0)
    assert not np.allclose(model.layers[0].scale.w.numpy(), [1.0, 2.0])
    assert float(model.layers[0].scale.late) != 3.0
    assert isinstance(model, tf.Module)
    assert model.layers[0] in model.submodules
    holder = tf.Module()
    holder.model, holder.own = model, [Scale()]
    assert len(holder.variables) == 3
    assert model in holder.submodules
    assert holder.own[0] in holder.submodules
