"""An activation that keeps order is computed after a max pooling that follows it, to the same bits."""

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

import torchkeras as keras
from torchkeras import layers

LEAKY = keras.activations.leaky_relu
BEFORE = {
    "relu": lambda: [layers.Conv2D(4, 3, activation="relu")],
    "relu6": lambda: [layers.Conv2D(4, 3, activation="relu6")],
    "leaky": lambda: [layers.Conv2D(4, 3, activation=LEAKY)],
    "own layer": lambda: [layers.Conv2D(4, 3), layers.ReLU()],
    "ceiling": lambda: [layers.Conv2D(4, 3), layers.ReLU(max_value=0.5)],
    "activation": lambda: [layers.Conv2D(4, 3), layers.Activation("relu")],
    "normalized": lambda: [layers.Conv2D(4, 3), layers.BatchNormalization(), layers.Activation("relu")],
    "transposed": lambda: [layers.Conv2DTranspose(4, 3, activation="relu")],
    "depthwise": lambda: [layers.DepthwiseConv2D(3, activation="relu")],
    "sigmoid": lambda: [layers.Conv2D(4, 3, activation="sigmoid")],
}
POOLINGS = {
    "valid": lambda: layers.MaxPooling2D(),
    "same": lambda: layers.MaxPooling2D(3, 2, padding="same"),
    "global": lambda: layers.GlobalMaxPooling2D(),
}


class Sizes(TorchDispatchMode):
    """How many values go through relu."""

    def __init__(self):
        super().__init__()
        self.relus = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        if func.overloadpacket in (torch.ops.aten.relu, torch.ops.aten.relu_, torch.ops.aten.clamp_min):
            self.relus.append(args[0].numel())
        return func(*args, **(kwargs or {}))


def model(before, pooling):
    keras.utils.set_random_seed(0)
    stack = [*BEFORE[before](), POOLINGS[pooling](), layers.Flatten(), layers.Dense(3)]
    return keras.Sequential([keras.Input((9, 9, 2)), *stack])


def images():
    # Few different values: windows have several largest ones.
    return torch.from_numpy(np.random.default_rng(0).integers(-2, 3, (5, 9, 9, 2)).astype("float32"))


def step(model, layer_by_layer):
    x = images().requires_grad_()
    out = x
    if layer_by_layer:
        for layer in model.layers:
            out = layer(out, training=True) if isinstance(layer, layers.BatchNormalization) else layer(out)
    else:
        out = model(x, training=True)
    (out * torch.linspace(-1, 1, out.numel()).view_as(out)).sum().backward()
    return [out.detach(), x.grad, *(parameter.grad for parameter in model.parameters())]


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("before", BEFORE)
def test_same_bits_as_layer_by_layer(before, pooling):
    for ours, plain in zip(step(model(before, pooling), False), step(model(before, pooling), True), strict=True):
        np.testing.assert_array_equal(ours, plain)


@pytest.mark.parametrize("before", ["relu", "own layer", "activation", "normalized"])
def test_fewer_values(before):
    with Sizes() as sizes, torch.no_grad():
        model(before, "valid")(images())
    assert sizes.relus == [5 * 3 * 3 * 4]


def test_in_a_branching_graph():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((9, 9, 2))
    seen = layers.Conv2D(4, 3, activation="relu", name="seen")(inputs)
    alone = layers.Conv2D(4, 3, activation="relu", name="alone")(inputs)
    out = layers.Add()([layers.MaxPooling2D()(seen), layers.MaxPooling2D()(alone)])
    made = keras.Model(inputs, [out, seen])
    with Sizes() as sizes, torch.no_grad():
        pooled, before = made(images())
    assert sizes.relus == [5 * 7 * 7 * 4, 5 * 3 * 3 * 4]  # the first is an output too
    expected = torch.relu(before)
    np.testing.assert_array_equal(before, expected)
    one = layers.MaxPooling2D()(before) + layers.MaxPooling2D()(made.get_layer("alone")(images()))
    np.testing.assert_array_equal(pooled, one.detach())


def test_whoever_watches_sees_what_is_between():
    made, seen = model("relu", "valid"), []
    handle = made.layers[0].register_forward_hook(lambda layer, given, out: seen.append(out))
    watched = made(images())
    handle.remove()
    assert tuple(seen[0].shape) == (5, 7, 7, 4)
    assert float(seen[0].detach().min()) == 0.0
    np.testing.assert_array_equal(watched.detach(), made(images()).detach())


def test_the_activation_may_change_later():
    made = model("relu", "valid")
    made.layers[0].activation = keras.activations.sigmoid
    by_layer = images()
    for layer in made.layers:
        by_layer = layer(by_layer)
    np.testing.assert_array_equal(made(images()).detach(), by_layer.detach())


# --- relu in the place of what a kernel has just made ---


@pytest.mark.parametrize("layer", [lambda: layers.Dense(6, "relu"), lambda: layers.Conv2D(6, 3, activation="relu")])
def test_relu_takes_no_memory_of_its_own(layer):
    made = layer()
    x = images() if isinstance(made, layers.Conv2D) else images().reshape(5, -1)
    made(x)
    with Sizes(), torch.no_grad():
        result = made(x)
    assert float(result.min()) == 0.0
    inner = next(iter(made.children()))
    inner.register_forward_hook(lambda module, given, out: setattr(module, "kept", out))
    made(x)
    assert float(inner.kept.detach().min()) < 0.0  # what a hook keeps is not written to
