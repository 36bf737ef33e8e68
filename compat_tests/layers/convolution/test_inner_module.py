"""The torch modules within: their layout and their meaning alone, and other modules in their place."""

import copy
import pickle

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from torchkeras import layers

FIRST = {"data_format": "channels_first"}
KINDS = [
    ("Conv1D", (7, 3), {"filters": 4, "kernel_size": 3, "padding": "causal"}),
    ("Conv1D", (7, 3), {"filters": 4, "kernel_size": 4, "strides": 2, "padding": "same"}),
    ("Conv2D", (8, 7, 3), {"filters": 4, "kernel_size": (4, 3), "padding": "same"}),
    ("Conv2D", (8, 7, 3), {"filters": 4, "kernel_size": (3, 5), "strides": 2, "padding": "same"}),
    ("Conv2D", (3, 8, 7), {"filters": 4, "kernel_size": 3, "padding": "same", **FIRST}),
    ("Conv3D", (4, 5, 4, 2), {"filters": 2, "kernel_size": 3, "strides": 2, "padding": "same"}),
    ("Conv1DTranspose", (5, 3), {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}),
    ("Conv2DTranspose", (4, 3, 3), {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}),
    ("Conv3DTranspose", (2, 3, 2, 2), {"filters": 2, "kernel_size": 2, "strides": 3, "padding": "same"}),
    ("DepthwiseConv1D", (8, 3), {"kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 2}),
    ("DepthwiseConv2D", (8, 7, 3), {"kernel_size": 3, "padding": "same", "dilation_rate": 2}),
    ("SeparableConv1D", (8, 3), {"filters": 4, "kernel_size": 3, "padding": "causal"}),
    ("SeparableConv2D", (8, 7, 3), {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"}),
]  # fmt: skip
every_kind = pytest.mark.parametrize(("name", "shape", "settings"), KINDS)


def made(name, shape, settings):
    layer = getattr(layers, name)(bias_initializer="random_normal", **settings)
    inputs = torch.randn(2, *shape)
    layer(inputs)
    return layer, inputs


def inner(layer):
    return [name for name, _ in layer.named_children()]


@every_kind
def test_hooked_module_is_called_and_gives_the_same(name, shape, settings):
    layer, inputs = made(name, shape, settings)
    expected, calls = layer(inputs), []
    for child in inner(layer):
        getattr(layer, child).register_forward_hook(lambda *_: calls.append(1))
    torch.testing.assert_close(layer(inputs), expected)
    assert len(calls) == len(inner(layer))


@every_kind
def test_parametrized_module_is_seen(name, shape, settings):
    class Double(nn.Module):
        def forward(self, weight):
            return 2 * weight

    layer, inputs = made(name, shape, settings)
    doubled = copy.deepcopy(layer)
    doubled.get_submodule(inner(layer)[0]).weight.data.mul_(2)
    nn.utils.parametrize.register_parametrization(getattr(layer, inner(layer)[0]), "weight", Double())
    torch.testing.assert_close(layer(inputs), doubled(inputs))


@every_kind
def test_copies_and_files(name, shape, settings):
    layer, inputs = made(name, shape, settings)
    expected = layer(inputs)
    torch.testing.assert_close(copy.deepcopy(layer)(inputs), expected)
    torch.testing.assert_close(pickle.loads(pickle.dumps(layer))(inputs), expected)
    fresh = type(layer).from_config(layer.get_config())
    fresh.load_state_dict(layer.state_dict())
    torch.testing.assert_close(fresh(inputs), expected)


def test_state_dict_keys():
    keys = {name: list(made(name, shape, settings)[0].state_dict()) for name, shape, settings in KINDS}
    separable = ["depthwise.weight", "pointwise.weight", "pointwise.bias"]
    assert {name: separable if "Separable" in name else ["conv.weight", "conv.bias"] for name in keys} == keys


def test_module_alone_where_padding_is_symmetric():
    layer, images = made("Conv2D", (9, 9, 3), {"filters": 4, "kernel_size": 3, "padding": "same"})
    alone = layer.conv(images.movedim(-1, 1)).movedim(1, -1)
    torch.testing.assert_close(layer(images), alone)
    layer, images = made(
        "Conv2DTranspose", (9, 9, 3), {"filters": 4, "kernel_size": 4, "strides": 2, "padding": "same"}
    )
    torch.testing.assert_close(layer(images), layer.conv(images.movedim(-1, 1)).movedim(1, -1))


class WithLowRank(nn.Module):
    """What LoRA libraries put in a convolution's place."""

    def __init__(self, base):
        super().__init__()
        self.base = base
        self.down = nn.Conv2d(3, 1, base.kernel_size, base.stride, base.padding, bias=False)
        self.up = nn.Conv2d(1, base.out_channels, 1, bias=False)

    def forward(self, x):
        return self.base(x) + self.up(self.down(x))


def test_module_in_its_place():
    layer, images = made("Conv2D", (8, 8, 3), {"filters": 4, "kernel_size": 3, "strides": 2, "padding": "same"})
    plain = layer(images)
    layer.conv = WithLowRank(layer.conv)
    padded = F.pad(images.movedim(-1, 1), (0, 1, 0, 1))
    added = layer.conv.up(layer.conv.down(padded)).movedim(1, -1)
    torch.testing.assert_close(layer(images), plain + added)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("Conv1D", (7, 3)),
        ("Conv2D", (7, 6, 3)),
        ("Conv3D", (6, 7, 6, 3)),
        ("Conv2DTranspose", (4, 4, 3)),
        ("SeparableConv2D", (6, 6, 3)),
    ],
)
def test_layout_is_channels_last_throughout(name, shape):
    layer, inputs = made(name, shape, {"filters": 16, "kernel_size": 3})
    inputs = inputs.repeat(8, *[1] * len(shape))  # torch has another kernel for the smallest
    assert layer(inputs).is_contiguous()
    weight = next(layer.parameters())
    weight = weight.unsqueeze(2) if weight.dim() == 3 else weight
    last = torch.channels_last_3d if weight.dim() == 5 else torch.channels_last
    assert weight.is_contiguous(memory_format=last)
    layer(inputs).sum().backward()
    assert next(layer.parameters()).grad.stride() == next(layer.parameters()).stride()


def test_channels_first_stays_contiguous():
    layer, inputs = made("Conv2D", (3, 7, 6), {"filters": 4, "kernel_size": 3, **FIRST})
    assert layer.conv.weight.is_contiguous()
    assert layer(inputs).is_contiguous()
