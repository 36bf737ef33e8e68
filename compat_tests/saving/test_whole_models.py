"""Whole models: saved in the midst of training and loaded, they go on exactly where they were."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers


def sequential():
    return keras.Sequential(
        [
            layers.Dense(8, activation="relu", kernel_regularizer="l2", input_shape=(4,)),
            layers.BatchNormalization(),
            layers.Dense(3, activation="softmax"),
        ]
    )


def deferred():
    return keras.Sequential([layers.Dense(8, activation="tanh"), layers.Dense(3, activation="softmax")])


def functional():
    x = keras.Input((4,), name="x")
    inner = keras.Sequential([layers.Dense(6, input_shape=(6,)), layers.PReLU()], name="inner")
    shared = layers.Dense(6, name="shared")
    both = layers.Concatenate()([inner(shared(x)), torch.relu(shared(x * 2.0))])
    return keras.Model(x, layers.Dense(3, activation="softmax")(both))


def frozen():
    model = functional()
    model.get_layer("inner").trainable = False
    return model


class Scaled(layers.Layer):
    """Makes a layer in its `build`."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.factor = self.add_weight(name="factor", shape=(input_shape[-1],), initializer="ones")
        self.inner = layers.Dense(self.units)

    def call(self, inputs):
        return self.inner(inputs * self.factor)

    def get_config(self):
        return super().get_config() | {"units": self.units}


@keras.utils.register_keras_serializable(package="saving_tests")
class Net(keras.Model):
    """With layers in lists, a Sequential that waits for data, and no `build`."""

    def __init__(self, units, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.blocks = [Scaled(units), layers.BatchNormalization()]
        self.head = keras.Sequential([layers.Dense(5, activation="relu"), layers.Dense(3, activation="softmax")])

    def call(self, inputs, training=None):
        for block in self.blocks:
            inputs = block(inputs)
        return self.head(inputs)


MODELS = {
    "sequential": sequential,
    "deferred": deferred,
    "functional": functional,
    "frozen": frozen,
    "subclassed": lambda: Net(7),
}


def histories(model, twin, data, **settings):
    return [one.fit(*data, epochs=2, shuffle=False, verbose=0, **settings).history for one in (model, twin)]


@pytest.mark.parametrize("kind", MODELS)
def test_training_goes_on_exactly_where_it_was(kind, data, tmp_path):
    model = MODELS[kind]()
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(*data, epochs=2, verbose=0)
    model.save(tmp_path / "model.pt")
    twin = keras.models.load_model(tmp_path / "model.pt")
    assert type(twin) is type(model)
    if kind != "subclassed":  # whose layers are made again by its `__init__`
        assert [layer.name for layer in twin.layers] == [layer.name for layer in model.layers]
    assert [w.trainable for w in twin.weights] == [w.trainable for w in model.weights]
    assert twin.evaluate(*data, verbose=0) == model.evaluate(*data, verbose=0)
    ours, theirs = histories(model, twin, data)
    assert ours == theirs
    assert ours["loss"][0] > ours["loss"][1]
    assert int(twin.optimizer.iterations) == int(model.optimizer.iterations) == 8


OPTIMIZERS = {
    "momentum": lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True, clipnorm=1.0),
    "decay": lambda: keras.optimizers.SGD(0.05, decay=0.1),
    "schedule": lambda: keras.optimizers.Adam(keras.optimizers.schedules.ExponentialDecay(0.05, 3, 0.5)),
    "ema": lambda: keras.optimizers.AdamW(0.01, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=3),
    "amsgrad": lambda: keras.optimizers.Adam(0.01, amsgrad=True),
    "centered": lambda: keras.optimizers.RMSprop(0.01, centered=True, momentum=0.5),
    "accumulation": lambda: keras.optimizers.Adam(0.01, gradient_accumulation_steps=4),
    "nadam": lambda: keras.optimizers.Nadam(0.01),
    "adafactor": lambda: keras.optimizers.Adafactor(0.05),
    "ftrl": lambda: keras.optimizers.Ftrl(0.1),
}


@pytest.mark.parametrize("kind", OPTIMIZERS)
def test_the_state_of_the_optimizer(kind, data, tmp_path):
    model = sequential()
    model.compile(OPTIMIZERS[kind](), "sparse_categorical_crossentropy")
    model.fit(*data, epochs=3, verbose=0)
    model.save(tmp_path / "model.pt")
    ours, theirs = histories(model, keras.models.load_model(tmp_path / "model.pt"), data)
    assert ours == theirs


def test_the_rate_that_was_set_stays(data, tmp_path):
    model = sequential()
    model.compile("adam", "sparse_categorical_crossentropy")
    model.optimizer.learning_rate = 0.0123
    model.save(tmp_path / "model.pt")
    twin = keras.models.load_model(tmp_path / "model.pt")
    assert float(twin.optimizer.learning_rate) == float(model.optimizer.learning_rate)


def test_layers_freed_after_a_first_phase(data, tmp_path):
    """As in transfer learning: the optimizer first knows some of the weights, then more."""
    model = frozen()
    optimizer = keras.optimizers.Adam(0.01)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    model.fit(*data, verbose=0)
    model.get_layer("inner").trainable = True
    model.compile(optimizer, "sparse_categorical_crossentropy")
    model.fit(*data, verbose=0)
    model.save(tmp_path / "model.pt")
    ours, theirs = histories(model, keras.models.load_model(tmp_path / "model.pt"), data)
    assert ours == theirs


def test_several_outputs(data, tmp_path):
    x = keras.Input((4,), name="x")
    hidden = layers.Dense(5, activation="relu")(x)
    a, b = layers.Dense(1, name="a")(hidden), layers.Dense(3, activation="softmax", name="b")(hidden)
    model = keras.Model(x, [a, b])
    model.compile(
        keras.optimizers.RMSprop(0.01),
        loss={"a": keras.losses.Huber(0.5), "b": "sparse_categorical_crossentropy"},
        loss_weights={"a": 0.5, "b": 2.0},
        metrics={"a": ["mae", keras.metrics.RootMeanSquaredError(name="root")], "b": "accuracy"},
        weighted_metrics=[[], ["accuracy"]],
        steps_per_execution=2,
    )
    given = data[0], {"a": data[0].sum(1), "b": data[1]}
    weights = {"a": np.ones(48), "b": np.linspace(0, 1, 48)}
    model.fit(*given, sample_weight=weights, verbose=0)
    model.save(tmp_path / "model.pt")
    twin = keras.models.load_model(tmp_path / "model.pt")
    ours, theirs = histories(model, twin, given, sample_weight=weights)
    assert ours == theirs
    assert {"a_root", "b_accuracy", "a_mae"} <= set(ours)
    assert twin._trainer.steps_per_execution == 2


def cube(y_true, y_pred):
    return torch.mean(torch.abs(y_pred - y_true[..., None] * 0.1) ** 3, dim=-1)


class Largest(keras.metrics.Metric):
    def __init__(self, name="largest", **kwargs):
        super().__init__(name=name, **kwargs)
        self.value = self.add_weight(name="value", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        self.value.assign(torch.maximum(self.value.value(), torch.as_tensor(y_pred).max()))

    def result(self):
        return self.value.value()


def test_custom_objects(data, tmp_path):
    model = keras.Sequential([layers.Dense(3, input_shape=(4,)), Scaled(3), layers.Activation(torch_like)])
    model.compile("sgd", cube, metrics=[Largest(), cube])
    model.fit(*data, verbose=0)
    model.save(tmp_path / "model.pt")
    objects = {"Scaled": Scaled, "torch_like": torch_like, "cube": cube, "Largest": Largest}
    twin = keras.models.load_model(tmp_path / "model.pt", custom_objects=objects)
    ours, theirs = histories(model, twin, data)
    assert ours == theirs
    assert list(ours) == ["loss", "largest", "cube"]
    with keras.utils.custom_object_scope(objects):
        assert keras.models.load_model(tmp_path / "model.pt").loss is cube
    with pytest.raises(ValueError, match="Unknown layer: 'Scaled'.*custom_objects"):
        keras.models.load_model(tmp_path / "model.pt")
    del objects["cube"]
    with pytest.raises(ValueError, match="Unknown loss.*'cube'.*custom_objects"):
        keras.models.load_model(tmp_path / "model.pt", custom_objects=objects)
    assert not keras.models.load_model(tmp_path / "model.pt", custom_objects=objects, compile=False).compiled


def torch_like(x):
    return torch.nn.functional.softplus(x)


def test_whole_numbers_as_inputs(tmp_path):
    class Reader(keras.Model):
        def __init__(self):
            super().__init__()
            self.embedding, self.head = layers.Embedding(10, 4), layers.Dense(1)

        def call(self, tokens):
            return self.head(self.embedding(tokens).mean(1))

    model = Reader()
    x = np.arange(12).reshape(3, 4) % 10
    before = model.predict(x)
    model.save(tmp_path / "model.pt")
    with pytest.warns(UserWarning, match=r"\*not\* compiled. Compile it manually"):
        twin = keras.models.load_model(tmp_path / "model.pt", custom_objects={"Reader": Reader})
    np.testing.assert_array_equal(twin.predict(x), before)
    assert keras.models.load_model(tmp_path / "model.pt", {"Reader": Reader}, compile=False).built


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"loss": lambda t, p: (t[..., None] - p).mean()}, "the loss cannot be: .*lambda"),
        ({"loss": torch.nn.CrossEntropyLoss()}, "the loss cannot be: .*CrossEntropyLoss"),
        ({"optimizer": lambda parameters: torch.optim.SGD(parameters, 0.1)}, "the optimizer cannot be"),
    ],
)
def test_settings_that_cannot_be_saved(settings, words, data, tmp_path):
    model = keras.Sequential([layers.Dense(3)])
    model.compile(**{"loss": "sparse_categorical_crossentropy"} | settings)
    model.fit(*data, verbose=0)
    with pytest.warns(UserWarning, match=f"{words}.*Compile the model again after loading"):
        model.save(tmp_path / "model.pt")
    with pytest.warns(UserWarning, match="Compile it manually"):
        twin = keras.models.load_model(tmp_path / "model.pt")
    np.testing.assert_array_equal(twin.predict(data[0]), model.predict(data[0]))


def test_metrics_that_cannot_be_saved(data, tmp_path):
    model = deferred()
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy", lambda t, p: p.max()])
    model.fit(*data, verbose=0)
    with pytest.warns(UserWarning, match="A metric is left out.*lambda"):
        model.save(tmp_path / "model.pt")
    assert list(keras.models.load_model(tmp_path / "model.pt").evaluate(*data, verbose=0, return_dict=True)) == [
        "loss",
        "accuracy",
    ]


def test_a_compile_of_ones_own(data, tmp_path):
    class Own(keras.Sequential):
        def compile(self, factor, **kwargs):
            super().compile("sgd", "sparse_categorical_crossentropy")
            self.factor = factor

    class Restored(Own):
        def get_compile_config(self):
            return {"factor": self.factor}

        def compile_from_config(self, config):
            self.compile(**config)

    for kind in (Own, Restored):
        model = kind([layers.Dense(3, activation="softmax", input_shape=(4,))])
        model.compile(factor=3)
        model.fit(*data, verbose=0)
        model.save(tmp_path / f"{kind.__name__}.pt")
    with pytest.warns(UserWarning, match="Own has a `compile\\(\\)` of its own"):
        assert not keras.models.load_model(tmp_path / "Own.pt", {"Own": Own}).compiled
    assert keras.models.load_model(tmp_path / "Restored.pt", {"Restored": Restored}).factor == 3


def test_without_the_optimizer(data, tmp_path):
    model = sequential()
    model.compile("sgd", "sparse_categorical_crossentropy")
    keras.models.save_model(model, tmp_path / "model.pt", include_optimizer=False)
    assert not keras.models.load_model(tmp_path / "model.pt", compile=False).compiled


def test_arguments_that_cannot_be_put_into_a_config(data, tmp_path):
    class Wrapping(keras.Model):
        def __init__(self, inner):
            super().__init__()
            self.inner = inner

        def call(self, x):
            return self.inner(x)

    model = Wrapping(torch.nn.Linear(4, 2))
    model(torch.ones(1, 4))
    with pytest.raises(NotImplementedError, match="Wrapping.*get_config"):
        model.save(tmp_path / "model.pt")
    assert not list(tmp_path.iterdir())
