"""Max pooling without a gradient: by axes where that is quicker, with the values and the memory of torch's kernel."""

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from torchkeras import layers
from torchkeras.layers.pooling import by_axes

aten = torch.ops.aten
KERNELS = {aten.max_pool2d_with_indices, aten.max_pool3d_with_indices, aten.max_pool3d, aten.max_pool2d}
SHAPES = {1: (8, 700, 6), 2: (8, 29, 28, 6), 3: (4, 13, 12, 14, 6)}


class Operators(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.seen = set()

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.seen.add(function.overloadpacket)
        return function(*args, **(kwargs or {}))


def run(layer, x):
    """The layer's result, and whether torch's kernel made it."""
    layer(x[:1, :4, :4] if x.dim() < 5 else x[:1, :4, :4, :4])  # from here on there is nothing to build
    with Operators() as operators:
        found = layer(x)
    return found, bool(operators.seen & KERNELS)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("size", "strides"), [(2, 2), (3, 2), (2, 3), (3, 1), (1, 2), (3, 3)])
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_values_and_memory_are_those_of_the_kernel(rank, size, strides, padding, data_format):
    layer = getattr(layers, f"MaxPooling{rank}D")(size, strides, padding, data_format)
    x = torch.randn(SHAPES[rank], generator=torch.Generator().manual_seed(0))
    x[0, 3, ...] = float("nan")
    x = x.movedim(-1, 1).contiguous() if data_format == "channels_first" else x
    wanted, by_kernel = run(layer, x.clone().requires_grad_())
    assert by_kernel or (rank == 1 and data_format == "channels_first")
    with torch.no_grad():
        found, by_kernel = run(layer, x)
    if rank > 1 or data_format == "channels_last":  # else torch's kernel has no name of its own without a gradient
        lengths = SHAPES[rank][1:-1]
        surplus = any(max((-(-n // strides) - 1) * strides + size - n, 0) for n in lengths)
        assert by_kernel == (size == 1 or (padding == "same" and surplus))
    assert torch.equal(found.nan_to_num(9.0), wanted.detach().nan_to_num(9.0))
    assert found.stride() == wanted.stride()


def test_where_it_is_quicker():
    image = torch.zeros(8, 28, 28, 6)
    pooling = layers.MaxPooling2D()
    assert not run(pooling, image)[1]
    assert run(pooling, image.clone().requires_grad_())[1]
    with torch.no_grad():
        assert not run(pooling, image.clone().requires_grad_())[1]
    assert run(pooling, torch.zeros(1, 28, 28, 6))[1]  # small
    assert run(pooling, torch.zeros(8, 28, 28, 64))[1]  # of many channels
    assert not run(layers.MaxPooling2D(2, 1), torch.zeros(8, 28, 28, 64))[1]
    assert run(layers.MaxPooling2D(4), image)[1]  # of wide windows
    assert not run(layers.MaxPooling1D(), torch.zeros(8, 100, 64))[1]
    assert not run(layers.MaxPooling2D(), torch.zeros(8, 28, 28, 6, dtype=torch.int32))[1]


@pytest.mark.parametrize(("size", "strides"), [((2, 1), (2, 2)), ((1, 2), (2, 2)), ((1, 3), 1), ((2, 3), (1, 2))])
def test_axes_of_their_own_windows(size, strides):
    layer, x = layers.MaxPooling2D(size, strides), torch.randn(8, 29, 28, 6)
    wanted, by_kernel = run(layer, x.clone().requires_grad_())
    assert by_kernel
    found, by_kernel = run(layer, x)
    assert not by_kernel
    assert torch.equal(found, wanted)
    assert found.stride() == wanted.stride()


def test_what_runs_over_the_edge_and_what_does_not():
    pooling = layers.MaxPooling2D(padding="same")
    assert not run(pooling, torch.zeros(8, 28, 28, 6))[1]
    assert run(pooling, torch.zeros(8, 29, 29, 6))[1]


def test_an_image_smaller_than_the_window():
    with pytest.raises(ValueError, match="size"):
        layers.MaxPooling2D(3)(torch.zeros(64, 2, 40, 6))


def test_a_graph_has_the_pooling_by_its_name():
    pooling, image = layers.MaxPooling2D(), torch.zeros(8, 28, 28, 6)
    exported = torch.export.export(pooling, (image,))
    with pytest.warns(DeprecationWarning, match="torch.jit.trace"):
        traced = torch.jit.trace(pooling, image)
    assert "max_pool2d" in str(exported.graph)
    assert "max_pool2d" in str(traced.inlined_graph)
    assert by_axes.worth_it(image.movedim(-1, 1), (2, 2), (2, 2))


@pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")  # of torch.func.jvp itself
@pytest.mark.parametrize("size", [2, 3])
def test_transforms_of_functions(size):
    """Of equal values the first has the gradient, whichever way that is asked for."""
    pooling = layers.MaxPooling2D(size, 2)
    x, weights = torch.zeros(8, 29, 29, 6), torch.randn(8, 14, 14, 6, generator=torch.Generator().manual_seed(0))
    given = x.clone().requires_grad_()
    (wanted,) = torch.autograd.grad(pooling(given), given, weights)
    assert torch.equal(torch.func.grad(lambda v: (pooling(v) * weights).sum())(x), wanted)
    tangent = torch.randn(x.shape, generator=torch.Generator().manual_seed(1))
    forward = torch.func.jvp(pooling, (x,), (tangent,))[1]
    torch.testing.assert_close((forward * weights).sum(), (tangent * wanted).sum())
    assert forward.count_nonzero() == forward.numel()
    many = torch.randn(3, *x.shape, generator=torch.Generator().manual_seed(2))
    assert torch.equal(torch.func.vmap(pooling)(many), torch.stack([pooling(one) for one in many]))
