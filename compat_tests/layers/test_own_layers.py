"""A user's own layers: building, arguments, weights, losses, sublayers, masks, symbolic inference."""

import numpy as np
import pytest
import torch
from torch import nn

import torchkeras as keras
from torchkeras import layers
from torchkeras.core.context import seen


class Linear(layers.Layer):
    def __init__(self, units=3, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.builds = 0

    def build(self, input_shape):
        self.builds += 1
        self.w = self.add_weight("w", shape=(input_shape[-1], self.units), initializer="random_normal")
        self.b = self.add_weight("b", shape=(self.units,), initializer="zeros")

    def call(self, inputs):
        return torch.matmul(inputs, self.w) + self.b


def test_builds_once_with_or_without_a_direct_build():
    layer = Linear()
    layer.build((None, 4))
    layer(torch.ones(2, 4))
    layer(np.ones((5, 4)))
    assert layer.builds == 1
    assert [w.name for w in layer.weights] == ["w:0", "b:0"]
    called = Linear(name="mine")
    called(torch.ones(2, 4))
    assert [w.name for w in called.weights] == ["mine/w:0", "mine/b:0"]


def test_failed_build_can_be_tried_again():
    class Fragile(layers.Layer):
        fail = True

        def build(self, input_shape):
            self.w = self.add_weight(shape=(input_shape[-1],))
            if Fragile.fail:
                raise RuntimeError("no")

        def call(self, x):
            return x * self.w

    layer = Fragile()
    with pytest.raises(RuntimeError, match="no"):
        layer(torch.ones(2, 4))
    assert not layer.built
    assert not list(layer.parameters())
    Fragile.fail = False
    assert layer(torch.ones(2, 3)).shape == (2, 3)
    assert len(layer.weights) == 1


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [
        ((), {"shape": (2, 3)}),
        (("kernel", (2, 3)), {}),
        (("kernel",), {"shape": [2, 3], "initializer": "ones", "trainable": True}),
        ((None, (2, 3), "float32", "ones", "l2", True, "non_neg"), {}),
        (((2, 3), "ones"), {"name": "kernel"}),
        (((2, 3), "ones", "float32", True), {"regularizer": "l2"}),
        ((), {"name": "kernel", "shape": (2, 3), "use_resource": True, "synchronization": None}),
    ],
)
def test_add_weight_takes_both_generations_of_arguments(args, kwargs):
    layer = layers.Layer()
    weight = layer.add_weight(*args, **kwargs)
    assert weight.shape == (2, 3)
    assert weight.trainable
    if "ones" in (*args, *kwargs.values()):
        assert (weight.numpy() == 1).all()
    if "l2" in (*args, *kwargs.values()):
        assert len(layer.losses) == 1
    assert layer.weights[0] is weight


def test_add_weight_refuses_what_it_does_not_know():
    layer = layers.Layer()
    with pytest.raises(TypeError, match="initialiser"):
        layer.add_weight(shape=(2,), initialiser="ones")
    with pytest.raises(ValueError, match="'oness'.*'ones'"):
        layer.add_weight(shape=(2,), initializer="oness")
    with pytest.raises(TypeError, match="multiple values"):
        layer.add_weight("a", name="b")


def test_weights_take_the_name_of_their_attribute_in_state_dict():
    class Named(layers.Layer):
        def build(self, input_shape):
            self.alpha = self.add_weight(shape=(1,))
            self.beta = self.add_weight("given", shape=(2,), trainable=False)
            self.add_weight("loose", shape=(3,))

        def call(self, x):
            return x

    layer = Named()
    layer(torch.ones(1))
    assert sorted(layer.state_dict()) == ["alpha", "beta", "loose"]
    assert [n for n, _ in layer.named_buffers()] == ["beta"]
    assert [tuple(w.shape) for w in layer.weights] == [(1,), (3,), (2,)]


def test_variables_and_parameters_as_attributes():
    class Holder(layers.Layer):
        def __init__(self):
            super().__init__()
            self.v = keras.Variable(np.ones(2, "float32"))
            self.p = nn.Parameter(torch.ones(3))
            self.count = keras.Variable(0, trainable=False)

        def call(self, x):
            self.count.assign_add(1)
            return x * self.v

    layer = Holder()
    layer(torch.ones(2))
    assert sorted(layer.state_dict()) == ["count", "p", "v"]
    assert int(layer.count) == 1
    layer.load_state_dict({"v": torch.full((2,), 4.0), "p": torch.zeros(3), "count": torch.tensor(7)}, assign=True)
    assert layer.v.numpy().tolist() == [4, 4]
    assert int(layer.count) == 7


class Probe(layers.Layer):
    def call(self, inputs, training=None):
        self.seen_training = training
        return inputs


class Outer(layers.Layer):
    def __init__(self, hand_on):
        super().__init__()
        self.inner, self.hand_on = Probe(), hand_on

    def call(self, inputs, training=None):
        return self.inner(inputs, training=training) if self.hand_on else self.inner(inputs)


@pytest.mark.parametrize("hand_on", [True, False])
def test_training_is_the_argument_then_the_enclosing_calls_then_the_mode(hand_on):
    x, layer = torch.ones(1), Outer(hand_on)
    layer(x)
    assert not layer.inner.seen_training
    layer(x, training=True)
    assert layer.inner.seen_training is True
    layer(x)
    assert not layer.inner.seen_training
    layer.train()
    layer(x)
    assert layer.inner.seen_training is True
    layer(x, training=False)
    assert layer.inner.seen_training is False
    layer.eval()
    layer(x)
    assert not layer.inner.seen_training


def test_training_passes_through_a_layer_that_does_not_take_it():
    class Through(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = Probe()

        def call(self, inputs):
            return self.inner(inputs)

    layer = Through()
    layer(torch.ones(1), training=True)
    assert layer.inner.seen_training is True


def test_plain_modules_follow_the_training_flag():
    class Mixed(keras.Model):
        def __init__(self):
            super().__init__()
            self.drop = nn.Dropout(0.5)
            self.norms = [nn.BatchNorm1d(2)]

        def call(self, x):
            return self.norms[0](self.drop(x))

    model, x = Mixed(), torch.ones(4, 2)
    model(x)
    assert not model.drop.training
    model(x, training=True)
    assert model.drop.training
    assert model.norms[0].training
    model(x)
    assert not model.norms[0].training


def test_sublayers_in_lists_dicts_and_nests():
    class Blocks(layers.Layer):
        def __init__(self):
            super().__init__()
            self.blocks = []
            for _ in range(2):
                self.blocks.append(layers.Dense(2))
            self.heads = {"a b": layers.Dense(1)}
            self.nest = [[layers.Dense(3)], (layers.Dense(4),)]
            self.numbers = [1, 2]

        def call(self, x):
            for block in self.blocks:
                x = block(x)
            return self.heads["a b"](x), self.nest[0][0](x), self.nest[1][0](x)

    layer = Blocks()
    outputs = layer(torch.ones(5, 2))
    assert [tuple(o.shape) for o in outputs] == [(5, 1), (5, 3), (5, 4)]
    keys = {key.rsplit(".", 2)[0] for key in layer.state_dict()}
    assert keys == {"blocks_0", "blocks_1", "heads_a_b", "nest_0_0", "nest_1_0"}
    assert len(layer.trainable_weights) == 10
    assert layer.numbers == [1, 2]
    assert isinstance(layer.blocks, list)
    assert layer.get_submodule("blocks_1") is layer.blocks[1]
    layer.blocks.pop()
    assert "blocks_1.linear.weight" not in layer.state_dict()
    new = layers.Dense(2)
    layer.set_submodule("blocks_0", new)
    assert layer.blocks[0] is new


def test_losses_of_the_last_call_only():
    class Penalised(layers.Layer):
        def call(self, x):
            self.add_loss(x.sum())
            return x

    class Twice(layers.Layer):
        def __init__(self):
            super().__init__()
            self.a, self.b = Penalised(), layers.Dense(1, kernel_regularizer="l2", kernel_initializer="ones")

        def call(self, x):
            return self.b(self.a(self.a(x)))

    layer = Twice()
    for _ in range(3):
        layer(torch.ones(1, 2))
    assert [round(v.item(), 5) for v in layer.losses] == [2.0, 2.0, 0.02]


def test_activity_regularizer_is_a_mean_over_the_batch():
    layer = layers.Dense(2, activity_regularizer=keras.regularizers.L1(1.0), kernel_initializer="ones")
    for _ in range(2):
        layer(torch.ones(4, 3))
    assert [v.item() for v in layer.losses] == [6.0]


def test_add_metric_needs_a_name():
    layer = layers.Layer()
    layer.add_metric(torch.tensor(2.0), name="m")
    with pytest.raises(ValueError, match="name"):
        layer.add_metric(torch.tensor(2.0))


def test_frozen_layer_takes_no_gradients():
    layer = Linear(trainable=False)
    layer(torch.ones(1, 2))
    assert layer.trainable_weights == []
    assert len(layer.non_trainable_weights) == 2
    assert not any(p.requires_grad for p in layer.parameters())
    layer.trainable = True
    assert all(p.requires_grad for p in layer.parameters())
    assert len(layer.trainable_weights) == 2


def test_arrays_numbers_and_float64_are_converted():
    layer = Linear()
    assert layer(np.ones((2, 4))).dtype is torch.float32
    assert layer([[1.0, 2.0, 3.0, 4.0]]).shape == (1, 3)
    assert layer(torch.ones(2, 4, dtype=torch.float64)).dtype is torch.float32
    assert Linear(dtype="float64")(np.ones((2, 4), "float32")).dtype is torch.float64
    assert layer(inputs=torch.ones(2, 4)).shape == (2, 3)


def test_get_config_of_a_layer_that_wrote_none():
    layer = Linear(7, name="seven")
    again = Linear.from_config(layer.get_config())
    assert (again.units, again.name) == (7, "seven")

    class Plain(layers.Layer):
        def __init__(self, units, inner=None):
            super().__init__()
            self.units, self.inner = units, inner

    nested = Plain(2, inner=layers.Dense(3, name="d"))
    again = Plain.from_config(nested.get_config())
    assert again.inner.units == 3
    assert again.name == nested.name

    class Own(layers.Layer):
        def __init__(self, function):
            super().__init__()
            self.function = function

    with pytest.raises(NotImplementedError, match="get_config"):
        Own(object()).get_config()


def test_masks_travel():
    class Mask(layers.Layer):
        def compute_mask(self, inputs, mask=None):
            return inputs.sum(-1) != 0

        def call(self, inputs):
            return inputs

    class Takes(layers.Layer):
        def call(self, inputs, mask=None):
            self.got = mask
            return inputs

    class Drops(layers.Layer):
        def call(self, inputs):
            return inputs

    class Hands(Drops):
        supports_masking = True

    x = torch.tensor([[[1.0], [0.0]]])
    masked = Mask()(x)
    assert masked._keras_mask.tolist() == [[True, False]]
    assert getattr(x, "_keras_mask", None) is None
    taker = Takes()
    taker(Hands()(masked))
    assert taker.got.tolist() == [[True, False]]
    taker(Drops()(masked))
    assert taker.got is None

    inputs = keras.Input((2, 1))
    model = keras.Model(inputs, taker(layers.Activation("relu")(Mask()(inputs))))
    seen.masks = True
    model(x)
    assert taker.got.tolist() == [[True, False]]


# --- symbolic inference -------------------------------------------------------------------------------------


def symbolic(layer, *shapes, **kwargs):
    inputs = [keras.Input(shape) for shape in shapes]
    out = layer(inputs[0] if len(inputs) == 1 else inputs, **kwargs)
    return out.shape if not isinstance(out, (list, tuple, dict)) else out


def test_infers_what_call_does():
    class Reshaping(layers.Layer):
        def call(self, x):
            b = x.shape[0]
            return x.reshape(b, -1).repeat(1, 2)

    assert symbolic(Reshaping(), (3, 4)) == (None, 24)

    class Two(layers.Layer):
        def call(self, x):
            return {"mean": x.mean(-1), "top": x.argmax(-1)}

    out = symbolic(Two(), (3, 4))
    assert out["mean"].shape == (None, 3)
    assert out["top"].dtype is torch.int64

    class LazyInner(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = layers.Dense(5)

        def call(self, x):
            return self.inner(x) + torch.zeros(5)

    layer = LazyInner()
    assert symbolic(layer, (None, 4)) == (None, None, 5)
    assert layer.inner.kernel.device.type == "cpu"
    layer(torch.ones(1, 2, 4)).sum().backward()
    assert layer.inner.kernel.grad is not None


def test_inference_that_needs_values_runs_on_zeros_and_restores_all():
    class Valued(layers.Layer):
        def build(self, input_shape):
            self.count = self.add_weight(shape=(), initializer="zeros", trainable=False)
            self.calls = 0

        def call(self, x):
            self.count.assign_add(1.0)
            self.calls += 1
            torch.rand(1)
            return x * 2 if float(x.sum()) >= 0 else x

    state = torch.random.get_rng_state()
    layer = Valued()
    assert symbolic(layer, (3,)) == (None, 3)
    assert layer.calls == 0
    assert float(layer.count) == 0
    assert torch.equal(torch.random.get_rng_state(), state)


def test_meta_inference_leaves_state_alone():
    class Counting(layers.Layer):
        def build(self, input_shape):
            self.count = self.add_weight(shape=(), initializer="zeros", trainable=False)

        def call(self, x):
            self.count.assign_add(1.0)
            return x + torch.randn(3)

    state = torch.random.get_rng_state()
    layer = Counting()
    assert symbolic(layer, (3,)) == (None, 3)
    assert float(layer.count) == 0
    assert torch.equal(torch.random.get_rng_state(), state)


def test_own_shape_rule_comes_first():
    class Ruled(layers.Layer):
        def call(self, x):
            raise RuntimeError("not for symbols")

        def compute_output_shape(self, input_shape):
            return (input_shape[0], 9)

    assert symbolic(Ruled(), (3,)) == (None, 9)


def test_wrong_shapes_in_call_surface_as_the_users_own_error():
    class Wrong(layers.Layer):
        def call(self, x):
            return x @ torch.ones(7, 2)

    with pytest.raises(RuntimeError, match="mat1 and mat2|shapes"):
        symbolic(Wrong(), (3,))


def test_several_inputs_and_keyword_tensors():
    class Both(layers.Layer):
        def build(self, input_shape):
            self.shapes = input_shape

        def call(self, inputs, scale=None):
            a, b = inputs
            return (a + b) * scale

    a, b, c = keras.Input((3,)), keras.Input((3,)), keras.Input((1,))
    layer = Both()
    model = keras.Model([a, b, c], layer([a, b], scale=c))
    assert layer.shapes == [(None, 3), (None, 3)]
    out = model([torch.ones(2, 3), torch.ones(2, 3), torch.full((2, 1), 3.0)])
    assert out.tolist() == [[6.0] * 3] * 2


def test_reserved_and_read_only_attributes():
    layer = Linear()
    with pytest.raises(AttributeError, match="belongs to torchkeras"):
        layer._own_weights = []
    with pytest.raises(AttributeError, match='"output".*read-only'):
        layer.output = layers.Dense(2)
    with pytest.raises(AttributeError, match='"layers".*read-only'):
        keras.Sequential().layers = []


def test_methods_named_like_torchs_own():
    class Trainer(keras.Model):
        def __init__(self):
            super().__init__()
            self.d = layers.Dense(1)

        def train(self, data):
            return "trained"

        def eval(self, data):
            return "evaluated"

        def apply(self, x):
            return self.d(x)

        def call(self, x):
            return self.apply(x)

    model = Trainer()
    assert model(torch.ones(1, 2), training=True).shape == (1, 1)
    assert model.train([]) == "trained"
    assert len(model.trainable_weights) == 2


def test_what_a_layer_says_of_its_trainable_weights_counts():
    class First(layers.Dense):
        @property
        def trainable_weights(self):
            return super().trainable_weights[:1]

    class Nothing(layers.Dense):
        @property
        def trainable(self):
            return False

        @trainable.setter
        def trainable(self, value):
            pass

    model = keras.Sequential([layers.Input((2,)), First(3), Nothing(3), layers.Dense(1)])
    first, _, last = model.layers
    assert model.trainable_weights == [first.kernel, last.kernel, last.bias]
    outer = keras.Sequential([layers.Input((2,)), model])
    assert outer.trainable_weights == [first.kernel, last.kernel, last.bias]


def test_training_given_to_a_layer_holds_within_it():
    dropout = layers.Dropout(0.5, seed=1)
    around = layers.Lambda(lambda x: dropout(x) + 0 * dropout.rate)
    x = torch.ones(4, 100)
    around(x)  # from here on it needs no building
    assert (around(x) == 1).all()
    assert 0 < (around(x, training=True) == 0).sum() < 400
    assert (around(x) == 1).all()
    assert 0 < (dropout(x, training=True) == 0).sum() < 400
    assert (dropout(x, training=False) == 1).all()
    dropout.train()
    assert (dropout(x, training=False) == 1).all()
