"""Functional models: branches, sharing, nesting, cutting, several inputs and outputs, symbolic operators."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

import torchkeras as keras
from torchkeras import layers


def test_two_inputs_two_outputs_in_any_form():
    a, b = keras.Input((2,), name="a"), keras.Input((3,), name="b")
    both = layers.Concatenate()([a, b])
    model = keras.Model([a, b], [layers.Dense(1, name="x")(both), layers.Dense(4, name="y")(both)])
    va, vb = torch.ones(5, 2), torch.ones(5, 3)
    x, y = model([va, vb])
    assert (x.shape, y.shape) == ((5, 1), (5, 4))
    by_name = model({"b": vb, "a": va})
    torch.testing.assert_close(by_name[1], y)
    torch.testing.assert_close(model((va.numpy(), vb.numpy()))[0], x)
    assert model.input_names == ["a", "b"]
    assert model.output_names == ["x", "y"]
    assert model.input_shape == [(None, 2), (None, 3)]
    assert [t.shape for t in model.outputs] == [(None, 1), (None, 4)]


def test_dicts_in_and_out():
    inputs = {"left": keras.Input((2,)), "right": keras.Input((2,))}
    total = inputs["left"] + inputs["right"]
    model = keras.Model(inputs, {"sum": total, "double": total * 2})
    out = model({"right": torch.ones(1, 2), "left": torch.zeros(1, 2)})
    assert out["double"].tolist() == [[2.0, 2.0]]
    with pytest.raises(ValueError, match="left"):
        model({"right": torch.ones(1, 2)})


def test_shared_layer_has_its_weights_once():
    shared = layers.Dense(3)
    a, b = keras.Input((2,)), keras.Input((2,))
    model = keras.Model([a, b], layers.subtract([shared(a), shared(b)]))
    assert model.count_params() == 9
    x = torch.randn(4, 2)
    assert not model([x, x]).any()
    with pytest.raises(AttributeError, match="multiple inbound nodes"):
        _ = shared.output
    assert shared.get_output_at(1).shape == (None, 3)
    assert shared.output_shape == (None, 3)


def test_nested_and_shared_models():
    inner_in = keras.Input((4,))
    inner = keras.Model(inner_in, layers.Dense(2)(layers.Dense(3)(inner_in)), name="inner")
    a, b = keras.Input((4,)), keras.Input((4,))
    outer = keras.Model([a, b], inner(a) * inner(b))
    assert outer.count_params() == inner.count_params() == 23
    x, y = torch.randn(2, 4), torch.randn(2, 4)
    torch.testing.assert_close(outer([x, y]), inner(x) * inner(y))
    assert outer.get_layer("inner") is inner


def test_model_cut_out_of_another():
    inputs = keras.Input((4,))
    x = layers.Dense(5, name="features")(inputs)
    base = keras.Model(inputs, layers.Dense(2)(layers.Activation("relu")(x)))
    features = keras.Model(base.input, base.get_layer("features").output)
    data = torch.randn(3, 4)
    torch.testing.assert_close(features(data), base.get_layer("features")(data))
    head = keras.Model(base.get_layer("features").output, base.output)
    torch.testing.assert_close(head(features(data)), base(data))
    assert head.input_shape == (None, 5)


def test_all_intermediate_outputs():
    inputs = keras.Input((4,))
    base = keras.Model(inputs, layers.Dense(2)(layers.Dense(3)(inputs)))
    every = keras.Model(base.inputs, [layer.output for layer in base.layers])
    assert [tuple(t.shape) for t in every(torch.ones(2, 4))] == [(2, 4), (2, 3), (2, 2)]


def test_operators_methods_and_torch_functions_record():
    x = keras.Input((4, 3))
    y = 1 - x * 2 + x / 3 - (-x) ** 2
    y = torch.relu(y) + F.softplus(x) + x.abs() + np.ones(3, "float32")
    z = torch.cat([y, y.transpose(1, 2).transpose(1, 2)], dim=1)[:, ::2, :2]
    w = torch.where(z > 0, z, torch.zeros(())).sum(dim=-1)
    model = keras.Model(x, [w, z.mT, x @ x.transpose(1, 2), torch.einsum("bij,bkj->bik", x, x)])
    v = torch.randn(5, 4, 3)
    ref = torch.relu(1 - v * 2 + v / 3 - (-v) ** 2) + F.softplus(v) + v.abs() + 1
    ref = torch.cat([ref, ref], dim=1)[:, ::2, :2]
    got = model(v)
    torch.testing.assert_close(got[0], ref.clamp(min=0).sum(-1))
    torch.testing.assert_close(got[1], ref.mT)
    torch.testing.assert_close(got[2], v @ v.transpose(1, 2))
    torch.testing.assert_close(got[3], got[2])
    assert w.shape == (None, 4)
    back = keras.Model(x, x[:, ::-1])
    torch.testing.assert_close(back(v), v.flip(1))


def test_loose_parameter_reaches_the_model():
    scale = nn.Parameter(torch.full((3,), 2.0))
    inputs = keras.Input((3,))
    model = keras.Model(inputs, inputs * scale)
    assert any(p is scale for p in model.parameters())
    model(torch.ones(1, 3)).sum().backward()
    assert scale.grad is not None


def test_raw_module_on_a_symbolic_tensor_names_the_wrapper():
    inputs = keras.Input((3,))
    for module in (nn.Linear(3, 2), nn.Dropout(0.5), nn.Sequential(nn.Linear(3, 2))):
        with pytest.raises(TypeError, match="TorchModuleWrapper"):
            module(inputs)
    assert nn.ReLU()(inputs).shape == (None, 3)
    wrapped = layers.TorchModuleWrapper(nn.Linear(3, 2))(inputs)
    assert keras.Model(inputs, wrapped).count_params() == 8


def test_symbolic_tensors_have_no_values():
    x = keras.Input((3,))
    for use in (bool, float, int, np.asarray, list):
        with pytest.raises(TypeError, match="symbolic"):
            use(x)
    with pytest.raises(AttributeError, match="no attribute 'frobnicate'"):
        x.frobnicate()
    assert (x.dim(), x.size(-1), x.shape, x.dtype) == (2, 3, (None, 3), torch.float32)


def test_the_order_of_layers_is_keras_own():
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    x = layers.Dense(3, name="deep1")(a)
    x = layers.Dense(3, name="deep2")(x)
    y = layers.Dense(3, name="shallow")(b)
    model = keras.Model([a, b], layers.Add(name="sum")([x, y]))
    # as tf_keras lists them: by distance from the output, then in the order met
    assert [layer.name for layer in model.layers] == ["a", "deep1", "b", "deep2", "shallow", "sum"]


def test_unused_input_is_a_layer_of_the_model():
    a, b = keras.Input((2,), name="a"), keras.Input((2,), name="b")
    model = keras.Model([a, b], layers.Dense(1)(a))
    assert [layer.name for layer in model.layers] == ["a", "b", "dense"]  # as tf_keras has it
    assert model([torch.ones(1, 2), torch.ones(1, 2)]).shape == (1, 1)


def test_deep_model_needs_no_recursion():
    x = inputs = keras.Input((2,))
    for _ in range(1500):
        x = layers.Activation("linear")(x)
    assert keras.Model(inputs, x)(torch.ones(1, 2)).shape == (1, 2)


def test_inputs_are_brought_into_form():
    inputs = keras.Input((3,))
    model = keras.Model(inputs, layers.Dense(1)(inputs))
    assert model(np.ones((2, 3), "uint8")).dtype is torch.float32
    assert model(torch.ones(2, 3, 1)).shape == (2, 1)
    image = keras.Input((4, 4, 1))
    assert keras.Model(image, layers.Flatten()(image))(torch.ones(2, 4, 4)).shape == (2, 16)


def test_training_argument_of_a_symbolic_call_stays():
    inputs = keras.Input((1000,))
    always = keras.Model(inputs, layers.Dropout(0.5)(inputs, training=True))
    assert (always(torch.ones(1, 1000)) == 0).any()
    usual = keras.Model(inputs, layers.Dropout(0.5)(inputs))
    assert not (usual(torch.ones(1, 1000)) == 0).any()
    assert (usual(torch.ones(1, 1000), training=True) == 0).any()
    usual.train()
    assert (usual(torch.ones(1, 1000)) == 0).any()
    usual.get_layer("dropout_1").eval()
    assert not (usual(torch.ones(1, 1000)) == 0).any()


def test_symbolic_loss_of_a_functional_model():
    inputs = keras.Input((2,))
    hidden = layers.Dense(3)(inputs)
    model = keras.Model(inputs, layers.Dense(1)(hidden))
    model.add_loss((hidden * hidden).sum())
    x = torch.randn(4, 2)
    out = model(x)
    assert out.shape == (4, 1)
    assert len(model.losses) == 1
    torch.testing.assert_close(model.losses[0], model.layers[1](x).square().sum())
    model(x)
    assert len(model.losses) == 1


def test_losses_of_a_layer_that_is_used_twice():
    class Doubled(layers.Layer):
        def call(self, x):
            self.add_loss(x.mean())
            return x * 2.0

    inputs, doubled = keras.Input((3,)), Doubled()
    model = keras.Model(inputs, doubled(doubled(inputs)))
    model.compile("sgd", "mse")
    x = np.ones((2, 3), "float32")
    for _ in range(2):
        assert model.evaluate(x, x, verbose=0) == pytest.approx((4 - 1) ** 2 + 1 + 2)
        model(x)
        assert [float(loss) for loss in model.losses] == [1.0, 2.0]  # and none of the evaluation before


def test_subclass_with_a_functional_constructor():
    class Wide(keras.Model):
        def describe(self):
            return f"{self.name} with {len(self.layers)}"

    inputs = keras.Input((2,))
    model = Wide(inputs, layers.Dense(1)(inputs), name="w")
    assert model.describe() == "w with 2"
    assert model(torch.ones(1, 2)).shape == (1, 1)


def test_layers_can_be_renamed_to_join_models():
    def branch():
        return keras.Sequential([layers.Dense(2, input_shape=(3,), name="same")])

    a, b = branch(), branch()
    b.layers[0]._name = "other"
    x = torch.ones(1, 3)
    assert b(x).shape == (1, 2)
    assert [w.shape for w in b.weights] == [(3, 2), (2,)]
    inputs = keras.Input((3,))
    joined = keras.Model(inputs, a.layers[0](inputs) + b.layers[0](inputs))
    torch.testing.assert_close(joined(x), a(x) + b(x))


def test_memory_of_intermediate_values_is_let_go():
    alive = []

    class Spy(layers.Layer):
        def call(self, x):
            import gc
            import weakref

            gc.collect()
            alive.append(sum(ref() is not None for ref in refs))
            out = x + 1
            refs.append(weakref.ref(out))
            return out

    refs = []
    x = inputs = keras.Input((2,))
    side = layers.Activation("linear")(inputs)
    for _ in range(5):
        x = Spy()(x)
    model = keras.Model(inputs, [x, side])
    refs.clear()
    alive.clear()
    with torch.no_grad():
        model(torch.ones(1, 2))
    assert max(alive) <= 1


# --- bad graphs ---------------------------------------------------------------------------------------------


def test_disconnected_graph():
    a, b = keras.Input((2,), name="a"), keras.Input((2,), name="b")
    with pytest.raises(ValueError, match=r"Graph disconnected.*'b'"):
        keras.Model(a, layers.Dense(1)(a + b))


def test_same_input_twice_and_non_symbolic_tensors():
    a = keras.Input((2,))
    with pytest.raises(ValueError, match="multiple times"):
        keras.Model([a, a], a + 1)
    with pytest.raises(ValueError, match="must be KerasTensors"):
        keras.Model(torch.ones(2), torch.ones(2))
    with pytest.raises(TypeError, match="both"):
        keras.Model(inputs=a)


def test_duplicate_layer_names():
    a = keras.Input((2,))
    x = layers.Dense(2, name="same")(layers.Dense(2, name="same")(a))
    with pytest.raises(ValueError, match='"same" is used 2 times'):
        keras.Model(a, x)


def test_wrong_input_shape_names_the_model_and_both_shapes():
    model = keras.Model(a := keras.Input((28, 28)), layers.Flatten()(a), name="m")
    expected = r'Input 0 of layer "m" is incompatible.*expected shape=\(None, 28, 28\), found shape=\(2, 27, 28\)'
    with pytest.raises(ValueError, match=expected):
        model(torch.ones(2, 27, 28))
    with pytest.raises(ValueError, match=r'Layer "m" expects 1 input|argument'):
        model([torch.ones(2, 28, 28), torch.ones(2, 28, 28)])


def test_get_layer_errors():
    model = keras.Sequential([layers.Dense(1, input_shape=(2,))])
    with pytest.raises(ValueError, match=r"No such layer: nope. Existing layers are: \['dense'\]"):
        model.get_layer("nope")
    with pytest.raises(ValueError, match="index 3 but model only has 1 layers"):
        model.get_layer(index=3)
    with pytest.raises(ValueError, match="Provide either"):
        model.get_layer()
    assert model.get_layer(index=0) is model.layers[0]


def test_layer_called_before_its_inputs_exist():
    layer = layers.Dense(2)
    with pytest.raises(AttributeError, match="never been called"):
        _ = layer.output
    with pytest.raises(ValueError, match="isn't built"):
        layer.count_params()
