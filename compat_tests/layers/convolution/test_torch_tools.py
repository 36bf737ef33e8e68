"""Compilation, export, vmap and other dtypes."""

import pytest
import torch

from torchkeras import layers

LAYERS = [
    ("Conv1D", (7, 3), {"filters": 4, "kernel_size": 3, "padding": "causal"}),
    ("Conv2D", (8, 7, 3), {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}),
    ("Conv2DTranspose", (4, 3, 3), {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}),
    ("SeparableConv2D", (8, 7, 3), {"filters": 4, "kernel_size": 2, "strides": 2, "padding": "same"}),
]
all_layers = pytest.mark.parametrize(("name", "shape", "settings"), LAYERS)


@all_layers
def test_compile(name, shape, settings):
    layer = getattr(layers, name)(**settings)
    inputs = torch.randn(2, *shape)
    expected = layer(inputs)
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(inputs), expected)


@all_layers
def test_export_for_other_sizes(name, shape, settings):
    layer = getattr(layers, name)(**settings)
    inputs = torch.randn(2, *shape)
    layer(inputs)
    free = (dict.fromkeys(range(len(shape)), torch.export.Dim.AUTO),)
    program = torch.export.export(layer, (inputs,), dynamic_shapes=free).module()
    for more in (0, 1, 2, 3):
        other = torch.randn(3, *[size + more for size in shape[:-1]], shape[-1])
        torch.testing.assert_close(program(other), layer(other))


@all_layers
def test_vmap(name, shape, settings):
    layer = getattr(layers, name)(**settings)
    inputs = torch.randn(3, 2, *shape)
    expected = torch.stack([layer(one) for one in inputs])
    torch.testing.assert_close(torch.vmap(layer)(inputs), expected)


@all_layers
@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-5), ("float16", 0.02), ("bfloat16", 0.1)])
def test_dtypes(name, shape, settings, dtype, tolerance):
    inputs = torch.randn(2, *shape)
    reference, layer = (getattr(layers, name)(**settings, **more) for more in ({}, {"dtype": dtype}))
    expected = reference(inputs)
    layer(inputs)
    layer.set_weights(reference.get_weights())
    outputs = layer(inputs)
    assert str(outputs.dtype) == f"torch.{dtype}"
    torch.testing.assert_close(outputs.float(), expected, rtol=tolerance, atol=tolerance)
    outputs.float().sum().backward()
    assert all(parameter.grad is not None for parameter in layer.parameters())
