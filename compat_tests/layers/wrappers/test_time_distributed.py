"""TimeDistributed and Wrapper."""

import copy
import pickle

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras as keras
from torchkeras import layers
from torchkeras.layers import BatchNormalization, Dense, Masking, TimeDistributed, Wrapper


class Doubled(layers.Layer):
    """A user's layer."""

    def call(self, inputs):
        return inputs * 2


def by_steps(layer, x):
    return torch.stack([layer(x[:, t]) for t in range(x.shape[1])], 1)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Dense(5, activation="tanh"),
        lambda: keras.Sequential([Dense(3), Dense(2)]),
        lambda: layers.Flatten(),
        lambda: nn.Linear(4, 2),
        Doubled,
        lambda: TimeDistributed(Dense(2)),
    ],
)
def test_is_the_layer_at_each_step(make):
    layer = TimeDistributed(make())
    x = torch.randn(2, 3, 6, 4)
    y = layer(x)
    torch.testing.assert_close(y, by_steps(layer.layer, x))
    assert layer.compute_output_shape((None, None, 6, 4)) == (None, None, *y.shape[2:])
    assert layer(keras.Input((None, 6, 4))).shape == (None, None, *y.shape[2:])
    assert layer(x[:0]).shape == (0, *y.shape[1:])
    assert layer(x[:1, :1]).shape == (1, 1, *y.shape[2:])


def test_a_functional_model_at_each_step():
    a = keras.Input((4,))
    inner = keras.Model(a, [Dense(3)(a), layers.Activation("relu")(a)])
    layer = TimeDistributed(inner)
    x = torch.randn(2, 3, 4)
    first, second = layer(x)
    assert first.shape == (2, 3, 3)
    torch.testing.assert_close(second, x.relu())


def test_several_inputs():
    layer = TimeDistributed(layers.Concatenate())
    a, b = torch.randn(2, 3, 4), torch.randn(2, 3, 5)
    torch.testing.assert_close(layer([a, b]), torch.cat([a, b], -1))
    assert layer([keras.Input((None, 4)), keras.Input((None, 5))]).shape == (None, None, 9)


def test_stateful_layers_go_step_by_step():
    class Counting(layers.Layer):
        stateful = True
        count = 0

        def call(self, inputs):
            self.count += 1
            return inputs * self.count

    y = TimeDistributed(Counting())(torch.ones(2, 3, 1))
    assert y[:, :, 0].tolist() == [[1.0, 2.0, 3.0]] * 2


def test_training_reaches_the_layer():
    layer = TimeDistributed(layers.Dropout(0.5))
    x = torch.ones(4, 5, 6)
    assert torch.equal(layer(x), x)
    assert not torch.equal(layer(x, training=True), x)
    layer.train()
    assert not torch.equal(layer(x), x)
    assert torch.equal(layer(x, training=False), x)
    model = keras.Sequential([layer])
    assert torch.equal(model(x, training=False), x)


def test_statistics_are_over_all_steps():
    layer = TimeDistributed(BatchNormalization(momentum=0.0))
    x = torch.randn(4, 5, 3) + 2
    layer(x, training=True)
    np.testing.assert_allclose(layer.layer.moving_mean.numpy(), x.mean((0, 1)), rtol=1e-5)
    assert list(layer.state_dict()) == [f"layer.norm.{k}" for k in ("weight", "bias", "running_mean", "running_var")]


def test_weights_are_named_after_the_wrapper():
    layer = TimeDistributed(Dense(2), name="steps")
    layer(torch.ones(2, 3, 4))
    assert [w.name for w in layer.weights] == ["steps/kernel:0", "steps/bias:0"]
    assert list(layer.state_dict()) == ["layer.linear.weight", "layer.linear.bias"]


def test_loads_into_an_unbuilt_layer():
    built, fresh = TimeDistributed(Dense(2)), TimeDistributed(Dense(2))
    x = torch.randn(2, 3, 4)
    built(x)
    fresh.load_state_dict(built.state_dict())
    torch.testing.assert_close(fresh(x), built(x))


def test_masks():
    x = torch.ones(2, 3, 4)
    x[:, 2] = 0
    model = keras.Sequential([Masking(), TimeDistributed(Dense(2))])
    assert model(x)._keras_mask.tolist() == [[True, True, False]] * 2
    # The layer itself makes one of what it sees at each step.
    embedded = TimeDistributed(layers.Embedding(5, 2, mask_zero=True))(torch.tensor([[[1, 0], [2, 3]]]))
    assert embedded._keras_mask.tolist() == [[[True, False], [True, True]]]
    # One that takes masks is given the mask of its steps.
    inner = BatchNormalization(momentum=0.0)
    keras.Sequential([Masking(), TimeDistributed(inner)])(x, training=True)
    np.testing.assert_allclose(inner.moving_mean.numpy(), np.ones(4), rtol=1e-6)


def test_where_the_layer_drops_the_mask_the_steps_keep_theirs():
    class Dropping(Doubled):
        def compute_mask(self, inputs, mask=None):
            return None

    mask = torch.tensor([[[True, False], [False, False]]])
    x = torch.ones(1, 2, 2, 4)
    assert TimeDistributed(Dropping()).compute_mask(x, mask).tolist() == [[True, False]]
    assert TimeDistributed(Dense(2)).compute_mask(x, mask).tolist() == mask.tolist()
    assert TimeDistributed(Dropping()).compute_mask(x) is None


def test_config_holds_the_layer():
    layer = TimeDistributed(Dense(2, name="inner"), name="steps")
    config = layer.get_config()
    assert config["layer"]["class_name"] == "Dense"
    twin = TimeDistributed.from_config(config)
    assert twin.get_config() == config
    assert "layer" in config  # left as it was
    with keras.utils.custom_object_scope({"Doubled": Doubled}):
        own = TimeDistributed.from_config(TimeDistributed(Doubled()).get_config())
    assert isinstance(own.layer, Doubled)


def test_copies_and_compiles():
    layer = TimeDistributed(Dense(2))
    x = torch.randn(2, 3, 4)
    y = layer(x)
    torch.testing.assert_close(copy.deepcopy(layer)(x), y)
    torch.testing.assert_close(pickle.loads(pickle.dumps(layer))(x), y)
    torch.testing.assert_close(torch.compile(layer, fullgraph=True, backend="eager")(x), y)
    torch.compiler.reset()


def test_dtype_is_the_layers():
    integers = torch.randint(0, 4, (2, 3, 4))
    for inner in (layers.Flatten(), layers.Embedding(5, 2)):
        layer = TimeDistributed(inner)
        assert layer(keras.Input((3, 4), dtype="int64")).dtype is layer(integers).dtype


def test_errors():
    with pytest.raises(ValueError, match="expected a `keras.layers.Layer` instance"):
        TimeDistributed("dense")
    with pytest.raises(ValueError, match=r"at least 3 dimensions.*\(2, 3\)"):
        TimeDistributed(Dense(2))(torch.ones(2, 3))
    layer = TimeDistributed(Dense(2), name="steps")
    layer(torch.ones(2, 3, 4))
    with pytest.raises(ValueError, match='"steps" is incompatible.*found shape'):
        layer(torch.ones(2, 3, 5))
    layer(torch.ones(5, 7, 4))  # batch and steps are free


def test_a_wrapper_of_ones_own():
    class Residual(Wrapper):
        def call(self, inputs):
            return inputs + self.layer(inputs)

    layer = Residual(Dense(4))
    x = torch.randn(2, 4)
    torch.testing.assert_close(layer(x), x + layer.layer(x))
    assert len(layer.trainable_weights) == 2
    twin = Residual.from_config(layer.get_config())
    assert twin.layer.units == 4
