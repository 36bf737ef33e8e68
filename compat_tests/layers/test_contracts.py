"""What every layer keeps to, run over one table of all of them."""

import copy
import inspect
import json
import pickle

import numpy as np
import pytest
import torch

import torchkeras as keras
from compat_tests.layers.descriptors import CELLS, DESCRIPTORS, EXCEPTIONS, cube
from torchkeras import layers
from torchkeras.core.nest import flatten
from torchkeras.graph.keras_tensor import shapes_of

each = pytest.mark.parametrize("case", DESCRIPTORS, ids=lambda case: case.name)


def data(case, shape, batch=2, dtype=torch.float32):
    """Inputs of one shape, or a list of them."""
    if case.several:
        return [torch.randn(batch, *one).to(dtype) for one in shape]
    if case.integers:
        return torch.randint(0, 10, (batch, *shape))
    return torch.randn(batch, *shape).to(dtype)


def symbols(case, shape, batch=None):
    dtype = "int64" if case.integers else None
    if case.several:
        return [keras.Input(one, batch_size=batch) for one in shape]
    return keras.Input(shape, batch_size=batch, dtype=dtype)


def test_every_layer_has_a_line():
    classes = {
        getattr(layers, name).__name__
        for name in layers.__all__
        if inspect.isclass(getattr(layers, name)) and issubclass(getattr(layers, name), layers.Layer)
    }
    assert classes == {case.name for case in DESCRIPTORS} | EXCEPTIONS | CELLS


@each
def test_builds_once(case):
    layer = case.make()
    assert not layer.built
    x = data(case, case.shapes[0])
    layer(x)
    assert layer.built
    weights = list(layer.weights)
    layer(x)
    layer.build(shapes_of(x))
    assert len(layer.weights) == len(weights)
    assert all(a is b for a, b in zip(layer.weights, weights, strict=True))


@each
@pytest.mark.parametrize("batch", [None, 3])
def test_symbolic_shape_and_dtype_are_the_real_ones(case, batch):
    for shape in case.shapes:
        layer = case.make()
        out = layer(symbols(case, shape, batch))
        real = layer(data(case, shape, batch=3))
        assert out.shape[0] in (None, batch)
        assert tuple(out.shape[1:]) == tuple(real.shape[1:])
        assert out.dtype is real.dtype
        given = [(None, *s) for s in shape] if case.several else (None, *shape)
        assert tuple(layer.compute_output_shape(given)) == (None, *real.shape[1:])


@each
def test_unknown_inner_axes_stay_unknown_or_come_out_right(case):
    layer = case.make()
    shape = case.shapes[0]
    layer(data(case, shape))
    if case.several or len(shape) < 2 or case.name in ("PReLU", "Reshape", "Flatten"):
        return
    out = layer(symbols(case, (None, *shape[1:])))
    real = layer(data(case, shape))
    assert len(out.shape) == real.dim()
    assert all(a is None or a == b for a, b in zip(out.shape, real.shape, strict=True))


@each
def test_config_round_trip(case):
    layer = case.make(name="mine", trainable=False)
    with keras.utils.custom_object_scope({"cube": cube}):  # what the table's Lambda computes
        again = type(layer).from_config(layer.get_config())
        saved = json.loads(json.dumps(layers.serialize(layer)))
        loaded = layers.deserialize(saved)
    assert again.get_config() == layer.get_config()
    assert (again.name, again.trainable) == ("mine", False)
    assert type(loaded) is type(layer)
    assert json.loads(json.dumps(layers.serialize(loaded))) == saved


@each
def test_weights_in_and_out_give_the_same_output(case):
    x = data(case, case.shapes[0])
    layer, other = case.make(), case.make()
    expected = layer(x)
    other(x)
    other.set_weights(layer.get_weights())
    torch.testing.assert_close(other(x), expected)
    state = {key: value.clone() for key, value in layer.state_dict().items()}
    third = case.make()
    third(x)
    third.load_state_dict(state)
    torch.testing.assert_close(third(x), expected)
    for copied in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        torch.testing.assert_close(copied(x), expected)


@each
def test_inference_is_deterministic_and_modes_are_the_training_argument(case):
    x = data(case, case.shapes[0])
    layer = case.make()
    expected = layer(x)
    torch.testing.assert_close(layer(x), expected)
    torch.testing.assert_close(layer(x, training=False), expected)

    def trained(call):
        fresh = copy.deepcopy(layer)
        torch.manual_seed(3)
        return call(fresh)

    by_argument = trained(lambda m: m(x, training=True))
    torch.testing.assert_close(trained(lambda m: m.train()(x)), by_argument)
    torch.testing.assert_close(trained(lambda m: m.train().eval()(x)), expected)


@each
@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_inputs_of_other_float_types_are_cast(case, dtype):
    layer = case.make()
    out = layer(data(case, case.shapes[0], dtype=dtype))
    assert out.dtype is torch.float32


@each
@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "float16"])
def test_layers_of_other_float_types_compute_in_them(case, dtype):
    if case.name in ("TimeDistributed", "SpectralNormalization", "Bidirectional", "RNN"):
        pytest.skip("computes in the type of the layer it wraps, as Keras's does")
    x = data(case, case.shapes[0])
    layer, reference = case.make(dtype=dtype), case.make()
    out = layer(x)
    reference(x)
    reference.set_weights([w.numpy().astype("float32") for w in layer.weights])
    assert out.dtype is getattr(torch, dtype)
    assert all(w.dtype.is_floating_point for w in layer.weights)
    tolerance = {"float64": 1e-5, "bfloat16": 0.1, "float16": 0.02}[dtype]
    torch.testing.assert_close(out.float(), reference(x), rtol=tolerance, atol=tolerance)


@each
@pytest.mark.parametrize("batch", [0, 1])
@pytest.mark.parametrize("training", [False, True])
def test_batches_of_none_and_one(case, batch, training):
    layer = case.make()
    some = layer(data(case, case.shapes[0]))
    out = layer(data(case, case.shapes[0], batch=batch), training=training)
    assert tuple(out.shape) == (batch, *some.shape[1:])
    assert not torch.isnan(out).any()
    assert all(np.isfinite(w).all() for w in layer.get_weights())


@each
def test_gradients_reach_every_trainable_weight(case):
    layer = case.make()
    x = data(case, case.shapes[0])
    for leaf in flatten(x):
        if leaf.is_floating_point():
            leaf.requires_grad_()
    out = layer(x)
    if not out.requires_grad:
        return
    (out * torch.randn_like(out)).sum().backward()
    for weight in layer.trainable_weights:
        assert weight.grad is not None, weight.name
        assert weight.grad.shape == weight.shape


@each
def test_freezing(case):
    layer = case.make()
    layer(data(case, case.shapes[0]))
    count = len(layer.weights)
    layer.trainable = False
    assert layer.trainable_weights == []
    assert len(layer.non_trainable_weights) == count
    assert not any(p.requires_grad for p in layer.parameters())
    layer.trainable = True
    assert all(p.requires_grad for p in layer.parameters())


@each
def test_compiles_whole_and_exports(case):
    layer = case.make()
    x = data(case, case.shapes[0])
    expected = layer(x)
    torch.compiler.reset()
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x), expected)
    program = torch.export.export(layer, (x,), strict=False)
    torch.testing.assert_close(program.module()(x), expected)


@each
def test_unknown_arguments_name_the_layer_and_the_nearest(case):
    with pytest.raises(TypeError, match=rf"{case.name}.*'trainabel'.*Did you mean 'trainable'"):
        case.make(trainabel=True)
