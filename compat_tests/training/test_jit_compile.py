"""`jit_compile=True`: the model through torch.compile gives the numbers it gives without."""

import numpy as np
import pytest
import torch

import torchkeras as keras
from torchkeras import layers

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def afresh():
    torch._dynamo.reset()
    torch._dynamo.utils.counters.clear()
    yield
    torch._dynamo.reset()


@pytest.fixture
def images():
    random = np.random.default_rng(0)
    return random.normal(size=(40, 8, 8, 2)).astype("float32"), random.integers(0, 3, 40)


def conv_net(jit_compile, dropout=0.0):
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            layers.Conv2D(4, 3, activation="relu", input_shape=(8, 8, 2)),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(dropout, seed=1),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=jit_compile
    )
    return model


def test_fit_evaluate_and_predict_give_the_eager_numbers(images):
    """BatchNormalization among them, and a short last batch, which is a second shape."""
    eager, compiled = conv_net(False), conv_net(True)
    settings = {"epochs": 2, "batch_size": 16, "shuffle": False, "verbose": 0, "validation_data": images}
    ours, theirs = compiled.fit(*images, **settings).history, eager.fit(*images, **settings).history
    for name, values in theirs.items():
        np.testing.assert_allclose(ours[name], values, rtol=1e-4, err_msg=name)
    for a, b in zip(compiled.get_weights(), eager.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(compiled.evaluate(*images, verbose=0), eager.evaluate(*images, verbose=0), rtol=1e-4)
    np.testing.assert_allclose(compiled.predict(images[0]), eager.predict(images[0]), rtol=1e-3, atol=1e-5)


def test_the_moving_statistics_move(images):
    model = conv_net(True)
    before = model.layers[1].get_weights()[2].copy()
    model.fit(*images, verbose=0)
    after = model.layers[1].get_weights()[2].copy()
    assert np.abs(after - before).min() > 0
    model.evaluate(*images, verbose=0)
    np.testing.assert_array_equal(model.layers[1].get_weights()[2], after)


def test_dropout_drops_anew_each_step_and_only_in_training(images):
    model = conv_net(True, dropout=0.5)
    model.optimizer.learning_rate = 0.0
    first = images[0][:8], images[1][:8]
    losses = {round(model.train_on_batch(*first)[0], 5) for _ in range(6)}
    assert len(losses) == 6
    model.layers[1].trainable = False
    assert model.test_on_batch(*first) == model.test_on_batch(*first)


def test_a_seed_of_a_run_makes_it_repeat(images):
    histories = [conv_net(True, dropout=0.5).fit(*images, epochs=2, verbose=0).history for _ in range(2)]
    assert histories[0] == histories[1]


def test_a_functional_model_is_one_graph():
    inputs = keras.Input((6,))
    hidden = layers.Dense(8, activation="relu")(inputs)
    hidden = layers.LayerNormalization()(layers.Add()([hidden, layers.Dense(8)(inputs)]))
    model = keras.Model(inputs, layers.Dense(2, activation="softmax")(hidden))
    explained = torch._dynamo.explain(model)(torch.ones(4, 6), training=True)
    assert (explained.graph_break_count, explained.graph_count) == (0, 1)
    whole = torch.compile(model, fullgraph=True, backend="eager")
    torch.testing.assert_close(whole(torch.ones(4, 6)), model(torch.ones(4, 6)))


def test_convolutions_are_one_graph():
    explained = torch._dynamo.explain(conv_net(False))(torch.ones(4, 8, 8, 2), training=True)
    assert (explained.graph_break_count, explained.graph_count) == (0, 1)


def test_a_model_of_ones_own_is_one_graph():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.first, self.second = layers.Dense(4, activation="relu"), layers.Dense(2)

        def call(self, x, training=None):
            return self.second(self.first(x) * (2.0 if training else 1.0))

    model = Own()
    model(torch.ones(1, 3))
    explained = torch._dynamo.explain(model)(torch.ones(4, 3), training=True)
    assert explained.graph_break_count == 0
    model.compile("sgd", "mse", jit_compile=True)
    eager = model.predict(np.ones((4, 3)))
    assert model.train_on_batch(np.ones((4, 3)), np.zeros((4, 2))) == pytest.approx(4 * (eager**2).mean(), rel=1e-3)


def test_how_many_shapes_are_compiled(images):
    """The short batch makes torch compile once more, for batches of any size; a third size needs nothing new."""
    model = conv_net(True)
    settings = {"shuffle": False, "verbose": 0}
    model.fit(*images, batch_size=16, **settings)
    counted = torch._dynamo.utils.counters["stats"]["unique_graphs"]
    assert 1 <= counted <= 3
    model.fit(*images, batch_size=12, **settings)
    assert torch._dynamo.utils.counters["stats"]["unique_graphs"] <= counted + 1


def test_it_excludes_running_eagerly():
    model = keras.Sequential([layers.Dense(1, input_shape=(2,))])
    with pytest.raises(ValueError, match="run_eagerly.*jit_compile"):
        model.compile("sgd", "mse", run_eagerly=True, jit_compile=True)
