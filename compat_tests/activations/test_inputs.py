"""What activations may be called on, and what it costs."""

import numpy as np
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from torchkeras import activations
from torchkeras.core.variable import Variable
from torchkeras.graph import operation  # noqa: F401  records what is called on symbolic tensors
from torchkeras.graph.keras_tensor import KerasTensor

#: All but `threshold`, which needs more than an input, and the layers that some names stand for.
FUNCTIONS = {
    name: f for name, f in activations.FAMILY.objects.items() if name != "threshold" and not isinstance(f, type)
}


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_dtype_stays(name, dtype):
    x = torch.linspace(-2, 2, 12).reshape(3, 4)
    y = FUNCTIONS[name](x.to(dtype))
    assert y.dtype is dtype
    tolerance = {torch.float16: 4e-3, torch.bfloat16: 4e-2, torch.float64: 1e-6}[dtype]
    np.testing.assert_allclose(y.double(), FUNCTIONS[name](x), rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_symbolic_tensors(name):
    y = FUNCTIONS[name](KerasTensor((None, 6)))
    assert isinstance(y, KerasTensor)
    assert y.shape == ((None, 3) if name == "glu" else (None, 6))
    assert y.dtype is torch.float32


@pytest.mark.parametrize("name", FUNCTIONS)
def test_compiles_into_one_graph(name):
    compiled = torch.compile(FUNCTIONS[name], backend="eager", fullgraph=True)
    x = torch.randn(3, 4)
    torch.testing.assert_close(compiled(x), FUNCTIONS[name](x))
    torch.compiler.reset()


def test_arrays_variables_numbers_and_lists():
    assert activations.relu(np.array([1.0, -2.0])).dtype is torch.float64
    assert activations.relu([1.0, -2.0]).tolist() == [1.0, 0.0]
    assert activations.sigmoid([0.0]).dtype is torch.float32
    assert activations.relu(-3.0).item() == 0.0
    assert activations.tanh(Variable([0.0, 1.0])).tolist() == pytest.approx([0.0, np.tanh(1.0)])


def test_integers_stay_integers_in_relu():
    assert activations.relu(torch.tensor([3, -3])).tolist() == [3, 0]


class _Counter(TorchDispatchMode):
    calls = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        self.calls += 1
        return func(*args, **(kwargs or {}))


#: Those that are more than one kernel of torch.
_LARGER = {"selu": 4, "softsign": 3, "hard_sigmoid": 2, "sparse_sigmoid": 2, "squareplus": 5, "tanh_shrink": 2}


@pytest.mark.parametrize("name", sorted(set(FUNCTIONS) - {"sparsemax", "sparse_plus"}))
def test_number_of_kernels(name):
    x = torch.randn(3, 4)
    with _Counter() as counter:
        FUNCTIONS[name](x)
    assert counter.calls <= {"linear": 0, **_LARGER}.get(name, 1)


def test_softmax_and_sigmoid_remember_their_logits():
    x = torch.randn(2, 3)
    assert activations.softmax(x)._keras_logits is x
    assert activations.sigmoid(x)._keras_logits is x
