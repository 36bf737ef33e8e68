"""Variable: one torch parameter, seen in Keras's shape."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import _get_current_dispatch_mode

from torchkeras.core.allowance import spend
from torchkeras.core.context import call_context, seen
from torchkeras.core.dtypes import dtype_name, torch_dtype
from torchkeras.core.kinds import bridge
from torchkeras.core.layout import IDENTITY, Layout, keras_shape
from torchkeras.core.registry import FAMILIES
from torchkeras.core.replicas import in_step
from torchkeras.core.shards import differentiated, gathered, is_sharded, rows, rows_of, whole
from torchkeras.core.tensor_shape import TensorShape


class Variable:
    """A weight: a `nn.Parameter` (or buffer) of some torch module, usable like a tensor in Keras's shape.

    It is no tensor itself. It finds its parameter anew at each use, by owner and path, so that `.to()`,
    `load_state_dict(assign=True)`, `deepcopy` or a tool that replaces the parameter leave it in step.

    Args:
        initial_value: a tensor, array, number or a function without arguments that makes one; or an initializer or
            its name, when `shape` is given.
        trainable: whether it takes gradients; None means yes for floating types.
        name: 'Variable' unless given.
        dtype: the dtype to convert to.
        constraint: a function applied to the value after each update.
        shape: with an initializer, the shape to make.
    """

    __array_priority__ = 200
    #: Whether it was made by a layer for a place of its own, under a name that checkpoints know it by.
    _bound = False
    #: When, and how, the values that several processes have of it make one.
    synchronization: Any = None
    aggregation: Any = None

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        import_scope: Any = None,
        constraint: Callable[[Any], Any] | None = None,
        synchronization: Any = None,
        aggregation: Any = None,
        shape: Any = None,
        *,
        initializer: Any = None,
        regularizer: Callable[[Any], Any] | None = None,
        autocast: bool = True,
    ) -> None:
        if isinstance(trainable, (list, tuple)):  # keras.Variable(initializer, shape, dtype, ...)
            trainable, shape = None, trainable
        value = initializer if initial_value is None else initial_value
        if value is None:
            raise ValueError("A Variable needs an `initial_value`.")
        if shape is not None and isinstance(value, str):
            value = FAMILIES["keras.initializers"].get(value)
        if shape is not None and callable(value):
            spend(tuple(shape), torch_dtype(dtype), f"The variable {name!r}")
            value = value(tuple(shape), dtype=torch_dtype(dtype))
        elif callable(value) and not isinstance(value, (Tensor, Variable)):
            value = value()
        tensor = _as_tensor(value, dtype).detach().clone()
        if tensor.is_meta and _get_current_dispatch_mode() is not None:
            raise RuntimeError("A Variable cannot be made where shapes alone are computed.")  # real values then follow
        floating = tensor.is_floating_point() or tensor.is_complex()
        self._owner: nn.Module | None = None
        self._path: tuple[str, ...] = ()
        self._tensor = nn.Parameter(tensor, requires_grad=trainable is not False) if floating else tensor
        self._layout: Layout = IDENTITY
        self._name = name or "Variable"
        self._wanted = floating and trainable is not False
        self._provisional = False
        self.constraint = constraint
        self.regularizer = regularizer
        self.autocast = autocast
        if synchronization is not None:
            self.synchronization = synchronization
        if aggregation is not None:
            self.aggregation = aggregation
        if bridge.active:
            bridge.created(self)

    @classmethod
    def bind(
        cls,
        owner: nn.Module,
        path: tuple[str, ...],
        layout: Layout = IDENTITY,
        name: str = "Variable",
        regularizer: Callable[[Any], Any] | None = None,
        constraint: Callable[[Any], Any] | None = None,
    ) -> Variable:
        """A Variable for the parameter or buffer that `owner` has at `path`: submodule names, then the attribute."""
        self = cls.__new__(cls)
        self._owner, self._path, self._layout, self._name = owner, path, layout, name
        self.regularizer, self.constraint, self.autocast = regularizer, constraint, True
        self._bound = True
        self._torch_shape = self.parameter.shape
        self._provisional = False  # named by its layer, until it is set as an attribute
        self._wanted = isinstance(self.parameter, nn.Parameter) and self.parameter.requires_grad
        return self

    def adopt(self, owner: nn.Module, attribute: str) -> None:
        """Hand the tensor of a free-standing Variable to a module."""
        table: dict[str, Any] = owner._parameters if isinstance(self._tensor, nn.Parameter) else owner._buffers
        table[attribute] = self._tensor
        self._owner, self._path, self._torch_shape = owner, (attribute,), self._tensor.shape
        del self._tensor

    # --- the two views ---

    @property
    def parameter(self) -> Any:
        """The torch parameter or buffer itself, in torch's shape."""
        home: Any = self._owner
        if home is None:
            return self._tensor
        *modules, attribute = self._path
        for name in modules:
            home = home._modules[name]
        found = home._parameters.get(attribute)
        if found is None:
            found = home._buffers.get(attribute)
        return self._within(home, attribute) if found is None else found

    def _within(self, home: nn.Module, attribute: str) -> Any:
        """The tensor where another module took the place of its holder: a parametrized, adapted, quantized one."""
        found = getattr(home, attribute, None)
        if found is None:  # a wrapper, as adapters are: the same weight somewhere inside
            for module in home.modules():
                inner = module._parameters.get(attribute)
                if inner is not None and inner.shape == self._torch_shape:
                    return inner
            raise RuntimeError(
                f"Variable '{self.name}' has lost its tensor: {'.'.join(self._path)} is now a {type(home).__name__}, "
                f"which holds no {attribute!r} of shape {tuple(self._torch_shape)}."
            )
        if not isinstance(found, Tensor) and callable(found):  # torch's quantized modules
            found = found()
        return found.dequantize() if found.is_quantized else found

    @property
    def layout(self) -> Layout:
        return self._layout

    @property
    def value(self) -> Reading:
        """The value: used as it is, as in Keras 3, or called, as in Keras 2, for a copy of it as it is now."""
        reading = Reading.__new__(Reading)
        reading.__dict__ = self.__dict__
        return reading

    def read_value(self) -> Tensor:
        """A copy of the present value, in Keras's shape, differentiable through to the parameter."""
        return bridge.value(self) if bridge.active else self._read().clone()

    def _read(self) -> Tensor:
        parameter = self.parameter
        value = self._layout.to_keras(gathered(parameter) if seen.sharded else parameter)
        return self._autocast(value) if seen.mixed else value

    def _autocast(self, value: Tensor) -> Tensor:
        """A value in the type of the layer being called, where the variable's own layer has a mixed policy."""
        wanted = call_context.autocast
        if wanted is None or not self.autocast or value.dtype is not torch.float32:
            return value
        policy = getattr(self._owner, "_dtype_policy", None)
        return value.to(wanted) if policy is not None and policy.is_mixed else value

    def numpy(self) -> Any:
        """A copy of the value as an array in Keras's shape; a NumPy scalar where there is but one value."""
        tensor = self._layout.to_keras(whole(self.parameter).detach()).cpu().resolve_conj()
        if tensor.dtype is torch.bfloat16:
            tensor = tensor.float()
        return np.array(tensor.numpy(), order="C")[()]

    # --- assignment ---

    def assign(
        self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Variable:
        target, given = self._target(value)
        target.copy_(given)
        return bridge.assigned(self) if bridge.active else self

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Variable:
        target, given = self._target(delta)
        target.add_(given)
        return bridge.assigned(self) if bridge.active else self

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Variable:
        target, given = self._target(delta)
        target.sub_(given)
        return bridge.assigned(self) if bridge.active else self

    def _target(self, value: Any) -> tuple[Tensor, Tensor]:
        """What an assignment writes into, and the value for it: in torch's shape, for Keras's is not always a view."""
        parameter = self.parameter
        in_parts = seen.sharded and is_sharded(parameter)
        if bridge.active and not in_parts:  # what is computed with is another memory than the parts
            bridge.before_assign(self)
        target: Tensor = parameter.detach()  # cheaper than no_grad around the write
        given = value.detach() if isinstance(value, Tensor) else _as_tensor(value, target.dtype)
        if given.dtype is not target.dtype or given.device != target.device:
            given = given.to(target.device, target.dtype)
        layout = self._layout
        shape = keras_shape(layout, target.shape) if in_parts else layout.to_keras(target).shape
        if given.shape != shape:
            raise ValueError(
                f"Cannot assign value to variable '{self.name}': Shape mismatch. "
                f"The variable shape {tuple(shape)}, and the assigned value shape {tuple(given.shape)} "
                f"are incompatible."
            )
        given = layout.to_torch(given)
        return (rows(target), rows_of(given, target)) if in_parts else (target, given)

    # --- facts ---

    @property
    def name(self) -> str:
        return f"{self._name}:0"

    @property
    def path(self) -> str:
        return self._name

    @property
    def shape(self) -> TensorShape:
        return TensorShape(self._keras_shape())

    def _keras_shape(self) -> torch.Size:
        parameter = self.parameter
        if seen.sharded and is_sharded(parameter):
            return keras_shape(self._layout, parameter.shape)
        return self._layout.to_keras(parameter).shape

    @property
    def dtype(self) -> Any:
        """The torch dtype; once the tf namespace is loaded, the tf.DType that equals it."""
        found: torch.dtype = self.parameter.dtype
        return bridge.dtype(found) if bridge.active else found

    @property
    def device(self) -> Any:
        found: torch.device = self.parameter.device
        return bridge.device(found) if bridge.active else found

    @property
    def ndim(self) -> int:
        return len(self._keras_shape())

    @property
    def trainable(self) -> bool:
        return bool(self.parameter.requires_grad)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self._wanted = bool(value)
        parameter = self.parameter
        if value and not isinstance(parameter, nn.Parameter):
            parameter = self._promote(parameter)
        parameter.requires_grad_(bool(value))

    def _promote(self, buffer: Tensor) -> nn.Parameter:
        made = nn.Parameter(buffer)
        if self._owner is None:
            self._tensor = made
        else:
            home = self._owner.get_submodule(".".join(self._path[:-1]))
            home._buffers.pop(self._path[-1])
            home._parameters[self._path[-1]] = made
        return made

    def freeze(self, frozen: bool) -> None:
        """Take gradients or not because a layer was frozen; what the Variable itself was made for stays known."""
        if isinstance(self.parameter, nn.Parameter):
            self.parameter.requires_grad_(self._wanted and not frozen)

    @property
    def requires_grad(self) -> bool:
        return bool(self.parameter.requires_grad)

    @property
    def grad(self) -> Tensor | None:
        gradient = self.parameter.grad
        if gradient is None:
            return None
        if seen.sharded and is_sharded(gradient):
            # It is summed over the processes already, and whoever applies what a step has computed sums once more.
            together = in_step()
            gradient = whole(gradient) / (1 if together is None else together.size)
        return self._layout.to_keras(gradient)

    @grad.setter
    def grad(self, value: Any) -> None:
        self.parameter.grad = None if value is None else self._layout.to_torch(_as_tensor(value, self.dtype))

    def ref(self) -> int:
        """A hashable stand-in for the Variable, for use as a dictionary key."""
        return id(self)

    def get_shape(self) -> TensorShape:
        return self.shape

    def __repr__(self) -> str:
        value = str(self.numpy()) if self.ndim == 0 else repr(self.numpy())
        value = "\n" + value if "\n" in value else value
        return f"<tf.Variable '{self.name}' shape={self.shape} dtype={dtype_name(self.dtype)}, numpy={value}>"

    # --- standing in for a tensor ---

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or hasattr(type(self), name):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if seen.sharded and not bridge.active and not hasattr(Tensor, name):  # nothing to gather the value for
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        if bridge.active:
            method = bridge.variable_methods.get(name)
            return getattr(bridge.read(self), name) if method is None else functools.partial(method, self)
        return getattr(self._read(), name)

    @classmethod
    def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function is torch.autograd.grad:
            return _autograd_grad(*args, **(kwargs or {}))
        return function(*[_tensors(a) for a in args], **{k: _tensors(v) for k, v in (kwargs or {}).items()})

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        array = np.asarray(self.numpy())
        return array if dtype is None else array.astype(dtype)

    def __dlpack__(self, **options: Any) -> Any:
        return self._read().detach().__dlpack__(**options)

    def __dlpack_device__(self) -> Any:
        return self._read().__dlpack_device__()

    # torch takes a sequence (`__len__` with `__getitem__`) for a tuple index in `x[variable]`; so no `__len__`.
    def __iter__(self) -> Iterator[Tensor]:
        return iter(self.value() if bridge.active else self._read())

    def __getitem__(self, index: Any) -> Tensor:
        return bridge.item(self, index) if bridge.active else self._read()[index]

    def __bool__(self) -> bool:
        return bool(self._read().detach())

    def __float__(self) -> float:
        return float(self._read().detach())

    def __int__(self) -> int:
        return int(self._read().detach())

    def __index__(self) -> int:
        return self._read().__index__()

    def __format__(self, spec: str) -> str:
        return format(self._read().detach(), spec) if self.ndim == 0 and spec else format(repr(self), spec)

    __hash__ = object.__hash__


class Reading(Variable):
    """What `variable.value` is: the variable once more, which can be called."""

    def __call__(self) -> Tensor:
        return self.read_value()


def _operator(name: str) -> Callable[..., Any]:
    def apply(self: Variable, *others: Any) -> Any:
        if bridge.active and not (others and type(others[0]) is Tensor):
            return getattr(bridge.read(self), name)(*others)
        return getattr(self._read(), name)(*[_operand(other) for other in others])

    apply.__name__ = name
    return apply


def _operand(other: Any) -> Any:
    if isinstance(other, Variable):
        return other._read()
    if isinstance(other, np.ndarray):
        return torch.from_numpy(np.ascontiguousarray(other))
    return other


for _name in (
    "add radd sub rsub mul rmul truediv rtruediv floordiv rfloordiv mod rmod pow rpow matmul rmatmul "
    "and rand or ror xor rxor neg pos abs invert eq ne lt le gt ge"
).split():
    setattr(Variable, f"__{_name}__", _operator(f"__{_name}__"))


def _tensors(value: Any) -> Any:
    """Variables within an argument as tensors."""
    if isinstance(value, Variable):
        return value._read()
    if type(value) in (list, tuple):
        return type(value)(_tensors(item) for item in value)
    if type(value) is dict:
        return {key: _tensors(item) for key, item in value.items()}
    return value


def _autograd_grad(outputs: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
    """torch.autograd.grad with Variables among the inputs: differentiate the parameters, answer in Keras's shape."""
    sources = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
    found: Any
    starts = [s.parameter if isinstance(s, Variable) else s for s in sources]
    if seen.sharded and any(map(is_sharded, starts)):
        kwargs["allow_unused"] = True  # what stands for a parameter need not be where it was gathered
        found = differentiated(lambda own: torch.autograd.grad(_tensors(outputs), own, *args, **kwargs), starts)
    else:
        found = torch.autograd.grad(_tensors(outputs), starts, *args, **kwargs)
    return tuple(
        s.layout.to_keras(g) if isinstance(s, Variable) and g is not None else g
        for s, g in zip(sources, found, strict=True)
    )


def _as_tensor(value: Any, dtype: Any = None) -> Tensor:
    wanted = None if dtype is None else torch_dtype(dtype)
    if isinstance(value, Variable):
        value = value._read()
    if isinstance(value, Tensor):
        return value if wanted is None else value.to(wanted)
    array = np.asarray(value)
    if wanted is None and not isinstance(value, (np.ndarray, np.generic)):
        # Python numbers become float32 and int32, as in TensorFlow.
        wanted = {"f": torch_dtype(None), "i": torch.int32}.get(array.dtype.kind)
    return torch.tensor(array, dtype=wanted)
