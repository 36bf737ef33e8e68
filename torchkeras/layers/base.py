"""Layer: a torch module that builds itself on its first call. See README.md beside this file."""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from torchkeras.core.context import call_context, seen
from torchkeras.core.dtypes import DTypePolicy, get_policy
from torchkeras.core.errors import did_you_mean
from torchkeras.core.machinery import is_lean, unmasked
from torchkeras.core.nest import flatten, map_structure
from torchkeras.core.registry import deserialize, serialize
from torchkeras.core.tensors import as_tensor, is_array, numbers_only
from torchkeras.core.variable import Variable
from torchkeras.graph.inference import infer, real_tensors
from torchkeras.graph.keras_tensor import KerasTensor, any_symbolic, as_shape, shapes_of
from torchkeras.graph.operation import Operation
from torchkeras.layers import tracking
from torchkeras.layers.call_info import CallInfo, call_info
from torchkeras.layers.input_spec import check_input_spec
from torchkeras.layers.losses import LossesMixin
from torchkeras.layers.weights import WeightedOperation

_BASE_ARGUMENTS = ("input_shape", "batch_input_shape", "batch_shape", "input_dim", "input_dtype", "batch_size",
                   "weights", "autocast", "implementation", "dynamic", "activity_regularizer")  # fmt: skip


_ANY_RANK = (0, 1 << 30)


class Layer(LossesMixin, WeightedOperation):
    """The base class of all layers.

    A layer keeps its settings in `__init__`, makes its weights in `build(input_shape)` at the first call, and computes
    in `call(inputs)`.

    Args:
        trainable: whether its weights are trained.
        name: its name; made from the class name unless given.
        dtype: a dtype or policy for weights and computation.

    Example:
        class Scale(keras.layers.Layer):
            def build(self, input_shape):
                self.factor = self.add_weight(shape=(input_shape[-1],), initializer="ones")

            def call(self, inputs):
                return inputs * self.factor
    """

    supports_masking: bool = False
    stateful: bool = False
    input_spec: Any = None
    #: Layers that only move values keep integers as they are; the others compute in their own dtype.
    keeps_dtype: ClassVar[bool] = False
    #: Built-ins whose output may have a mask though none came in.
    makes_masks: ClassVar[bool] = False

    _call_info: CallInfo
    _init_arguments: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        instance = super().__new__(cls)
        object.__setattr__(instance, "_init_arguments", (args, kwargs))
        object.__setattr__(instance, "_call_info", call_info(cls))
        return instance

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = _once(cls.__dict__["build"])  # type: ignore[method-assign]
        if "call" in cls.__dict__ and "forward" not in cls.__dict__:
            cls.forward = _with_signature(Layer.forward, cls.call)  # type: ignore[method-assign]

    def __init__(self, trainable: bool = True, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        unknown = set(kwargs) - set(_BASE_ARGUMENTS)
        if unknown:
            word = sorted(unknown)[0]
            known = [*inspect.signature(type(self).__init__).parameters, *_BASE_ARGUMENTS, "trainable", "dtype"]
            raise TypeError(
                f"Keyword argument not understood by {type(self).__name__}: {word!r}."
                f"{did_you_mean(word, [k for k in known if k not in ('self', 'kwargs')])}"
            )
        super().__init__(name)
        self.training = False
        self.built = False
        self.__dict__.update(
            _trainable=bool(trainable),
            _dtype_policy=_full_precision(get_policy(dtype), self._name),
            _autocast=kwargs.get("autocast", True),
            _initial_weights=kwargs.get("weights"),
            _batch_input_shape=_given_input_shape(kwargs),
            _input_dtype=kwargs.get("input_dtype") or dtype,
            _lean_path=False,
            _lean_ranks=_ANY_RANK,
        )
        if kwargs.get("activity_regularizer") is not None:
            self.activity_regularizer = kwargs["activity_regularizer"]

    # --- what a layer defines ---

    def build(self, input_shape: Any) -> None:
        """Make the weights. Called once, with the shape of the first input."""

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The output's shape for an input's, both with None where unknown."""
        if not isinstance(input_shape, dict) and all(n is None or isinstance(n, int) for n in input_shape):
            inputs: Any = KerasTensor(input_shape, self._dtype_policy.compute)
        else:
            inputs = map_shapes(lambda shape: KerasTensor(shape, self._dtype_policy.compute), input_shape)
        self._ensure_built((inputs,), {})
        return shapes_of(infer(self.call, (inputs,), {}, owner=self))

    compute_output_shape._is_default = True  # type: ignore[attr-defined]

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The mask that goes out with the output, given the one that came in."""
        return mask

    compute_mask._is_default = True  # type: ignore[attr-defined]

    def get_config(self) -> dict[str, Any]:
        """What `from_config` needs to make this layer again, without its weights."""
        config: dict[str, Any] = {"name": self.name, "trainable": self.trainable, "dtype": self._dtype_config()}
        if self._batch_input_shape is not None:
            config["batch_input_shape"] = self._batch_input_shape
        if not self._call_info.builtin and not self._call_info.own_config:
            config |= _own_arguments(self)
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A layer like the one whose `get_config` gave this."""
        if call_info(cls).builtin:
            return cls(**config)
        if not call_info(cls).own_config:
            config = {key: deserialize(value) for key, value in config.items()}
        return _made(cls, config)

    # --- calling ---

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if len(args) == 1 and not kwargs and type(args[0]) is Tensor:
            x = args[0]
            if self._lean_path and is_lean(self) and unmasked(x):
                known_dtype = x.dtype is self._dtype_policy.compute or not x.is_floating_point()
                if known_dtype and self._lean_ranks[0] <= x.dim() <= self._lean_ranks[1]:
                    return self._lean_call(x)
            return super().__call__(*args)
        if not args and self._call_info.arguments and self._call_info.arguments[0] in kwargs:  # layer(inputs=x)
            first = self._call_info.arguments[0]
            args, kwargs = (kwargs[first],), {key: value for key, value in kwargs.items() if key != first}
        if any_symbolic(args, kwargs):
            return self.symbolic_call(*args, **kwargs)
        return super().__call__(*args, **kwargs)

    def _lean_call(self, x: Tensor) -> Any:
        """`call` and nothing around it; the kernel's own error is explained by the input spec where it applies."""
        try:
            if self._call_info.training:
                training = call_context.training
                return self.call(x, training=self.training if training is None else training)
            return self.call(x)
        except (RuntimeError, IndexError):
            check_input_spec(self.input_spec, x, self.name)
            raise

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The whole of a call: convert, build, check, resolve `training` and masks, compute, keep losses."""
        if kwargs or len(args) != 1 or type(args[0]) is not Tensor or args[0].dtype is not self._dtype_policy.compute:
            args, kwargs = self._converted(args, kwargs)
        outer = call_context.training, call_context.root, call_context.scope
        args, kwargs, given = self._with_training(args, kwargs, outer[0])
        if given is not outer[0]:
            call_context.training = given
        if torch.compiler.is_exporting():  # an export records every change of a global, and there is nothing to build
            try:
                return self._forward(args, kwargs, given)
            finally:
                if given is not outer[0]:
                    call_context.training = outer[0]
        if outer[1] is None:
            call_context.root = self
            self._clear_call_losses()
        call_context.scope = (*outer[2], self.name)
        try:
            return self._forward(args, kwargs, given)
        finally:
            call_context.training, call_context.root, call_context.scope = outer

    def _forward(self, args: tuple[Any, ...], kwargs: dict[str, Any], training: bool | None) -> Any:
        """`forward` once the arguments are in form and the context is set."""
        if not self.built:
            if args:
                check_input_spec(self.input_spec, args[0], self.name)
            self._ensure_built(args, kwargs)
        if self.input_spec is not None and args:
            check_input_spec(self.input_spec, args[0], self.name)
        info = self._call_info
        masks = self._incoming_masks(args) if seen.masks else None
        if masks is not None:
            kwargs = self._with_incoming_mask(args, kwargs, masks)
        if "_plain_children" in self.__dict__:
            self._follow_training(self.training if training is None else training)
        outputs = self.call(*args, **kwargs)
        if seen.masks or info.own_mask or kwargs.get("mask") is not None:
            outputs = self._with_mask(outputs, args, masks if masks is not None else kwargs.get("mask"))
        if self._activity_regularizer is not None:
            self._add_activity_loss(outputs)
        return outputs

    def _with_training(
        self, args: tuple[Any, ...], kwargs: dict[str, Any], around: bool | None
    ) -> tuple[tuple[Any, ...], dict[str, Any], bool | None]:
        """The arguments with `training` filled in: as given, else the enclosing call's, else the layer's own mode."""
        info = self._call_info
        given = kwargs.get("training")
        if not info.training:
            if "training" in kwargs and not info.any_keyword:
                kwargs = {key: value for key, value in kwargs.items() if key != "training"}
            return args, kwargs, around if given is None else bool(given)
        position = info.position("training")
        if 0 <= position < len(args):
            given = args[position]
            if given is None:
                args = (*args[:position], self._default_training(around), *args[position + 1 :])
        elif given is None:
            kwargs = kwargs | {"training": self._default_training(around)}
        return args, kwargs, around if given is None else given

    def _default_training(self, around: bool | None) -> bool:
        if around is not None:
            return around
        default = self._call_info.defaults.get("training")
        return default if isinstance(default, bool) and default else self.training

    def _converted(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        compute = self._dtype_policy.compute

        def convert(value: Any) -> Any:
            return as_tensor(value, compute) if is_array(value) or isinstance(value, Variable) else value

        def fitting(value: Any) -> Any:
            value = as_tensor(value, compute if self._autocast else None)
            if (
                self._autocast
                and isinstance(value, Tensor)
                and value.dtype is not compute
                and value.is_floating_point()
            ):
                cast = value.to(compute)
                if hasattr(value, "_keras_mask"):
                    cast._keras_mask = value._keras_mask  # type: ignore[attr-defined]
                return cast
            return value

        if kwargs:
            kwargs = {key: map_structure(convert, value) for key, value in kwargs.items()}
        if not args:
            return args, kwargs
        first = args[0]
        if type(first) is list and numbers_only(first):
            first = torch.tensor(first).numpy()
        return (map_structure(fitting, first), *(map_structure(convert, value) for value in args[1:])), kwargs

    # --- building ---

    def _is_built(self) -> bool:
        return self.built

    def _ensure_built(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Build from the shapes of the first call's arguments, with real weights whatever mode surrounds it."""
        if self.built:
            return
        names = self._call_info.build_arguments
        with real_tensors():
            if len(names) > 1:
                given = dict(zip(self._call_info.arguments, args, strict=False)) | kwargs
                values = {f"{key}_shape": shapes_of(value) for key, value in given.items()}
                self.build(**{name: values.get(name) for name in names})
            else:
                self.build(shapes_of(args[0]) if args else None)
            self.built = True
            if self._initial_weights is not None:
                self.set_weights(self._initial_weights)
                self.__dict__["_initial_weights"] = None

    def _finish_build(self) -> None:
        """Called when `build` has succeeded: decide whether calls may take the lean path."""
        self.built = True
        if "_plain_children" in self.__dict__:
            return
        spec = self.input_spec
        one = spec is not None and not isinstance(spec, (list, tuple))
        self.__dict__["_lean_ranks"] = spec.ranks() if one else _ANY_RANK
        alone = next(self._children(), None) is None
        self.__dict__["_lean_path"] = self._call_info.simple and self.activity_regularizer is None and alone

    def _weight_dtype(self) -> torch.dtype:
        return self._dtype_policy.variable

    def get_build_config(self) -> dict[str, Any] | None:
        shape = self.__dict__.get("_build_shape")
        return None if shape is None else {"input_shape": shape}

    def build_from_config(self, config: dict[str, Any]) -> None:
        if config and config.get("input_shape") is not None:
            self.build(map_shapes(as_shape, config["input_shape"]))

    # --- symbolic calls ---

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        kwargs = {key: value for key, value in kwargs.items() if not (key == "training" and value is None)}
        outer_scope = call_context.scope
        call_context.scope = (*outer_scope, self.name)
        try:
            if args:
                check_input_spec(self.input_spec, args[0], self.name)
            self._ensure_built(args, kwargs)
            if args:
                check_input_spec(self.input_spec, args[0], self.name)
            return super().symbolic_call(*args, **kwargs)
        finally:
            call_context.scope = outer_scope

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        if self._call_info.static_shape and args:
            shape = self.compute_output_shape(shapes_of(args[0]))
            dtype = self._output_dtype(args[0])
            outputs = map_shapes(lambda s: KerasTensor(s, dtype), shape)
        else:
            outputs = infer(self._symbolic_body, args, kwargs, owner=self)
        return self._with_symbolic_mask(outputs, args, kwargs)

    def _symbolic_body(self, *args: Any, **kwargs: Any) -> Any:
        """`call` as a symbolic run sees it: training resolved, no losses kept."""
        args, kwargs = self._converted(args, kwargs)
        args, kwargs, given = self._with_training(args, kwargs, call_context.training)
        masks = self._incoming_masks(args)
        if masks is not None:
            kwargs = self._with_incoming_mask(args, kwargs, masks)
        outer = call_context.training, call_context.root
        call_context.training, call_context.root = given, self
        try:
            return self.call(*args, **kwargs)
        finally:
            call_context.training, call_context.root = outer
            self._clear_call_losses()

    def _output_dtype(self, inputs: Any) -> torch.dtype:
        found = flatten(inputs)[0].dtype
        if self.keeps_dtype and not (self._autocast and found.is_floating_point):
            return found
        return self._dtype_policy.compute

    def _with_symbolic_mask(self, outputs: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        masks = self._incoming_masks(args)
        custom = self._call_info.own_mask
        may_begin = custom and (self.makes_masks or not self._call_info.builtin)
        if (masks is None and not may_begin) or not (self.supports_masking or custom):
            return outputs
        produced = infer(self.compute_mask, (args[0], masks), {}, owner=self) if custom else masks
        return _attach(outputs, produced)

    # --- masks ---

    def _incoming_masks(self, args: tuple[Any, ...]) -> Any:
        """The masks of the first argument, in its structure; None where no tensor has one."""
        if not args:
            return None
        if isinstance(args[0], Tensor):
            return getattr(args[0], "_keras_mask", None)
        masks = map_structure(lambda t: getattr(t, "_keras_mask", None), args[0])
        return masks if any(m is not None for m in flatten(masks)) else None

    def _with_incoming_mask(self, args: tuple[Any, ...], kwargs: dict[str, Any], masks: Any) -> dict[str, Any]:
        """The keyword arguments with the mask that came in, where `call` takes one and was not given another."""
        given = kwargs.get("mask") is not None or 0 <= self._call_info.position("mask") < len(args)
        return kwargs if given or not self._call_info.mask else kwargs | {"mask": masks}

    def _with_mask(self, outputs: Any, args: tuple[Any, ...], masks: Any) -> Any:
        custom = self._call_info.own_mask
        if any(getattr(t, "_keras_mask", None) is not None for t in flatten(outputs) if not _among(t, args)):
            return outputs  # a sublayer has set it
        produced = self.compute_mask(args[0] if args else None, masks) if custom or self.supports_masking else None
        return _with_masks(outputs, produced, args)

    # --- attributes ---

    def __setattr__(self, name: str, value: Any) -> None:
        _check_attribute_name(type(self), name)
        if isinstance(value, Variable):
            self._set_variable(name, value)
        elif isinstance(value, nn.Parameter) and isinstance(self.__dict__.get(name), Variable):
            self._parameters[name] = value  # load_state_dict(assign=True) replaces the parameter, not the view
        elif isinstance(value, nn.Module):
            if not tracking.replace(self, name, value):
                super().__setattr__(name, value)
                self._watch_plain(name, value)
        elif isinstance(value, (list, tuple, dict)):
            value = tracking.wrap(value)
            super().__setattr__(name, value)
            if name in self.__dict__:
                tracking.register_content(self, name, value)
        else:
            super().__setattr__(name, value)

    def _register_child(self, name: str, value: Any) -> None:
        if isinstance(value, nn.Module):
            self._modules[name] = value
            self._watch_plain(name, value)
        else:
            self._set_variable(name, value, attribute=False)

    def _watch_plain(self, name: str, module: nn.Module) -> None:
        """A plain torch module set as an attribute, or put in place of an inner one, follows the training flag."""
        if not isinstance(module, Operation):
            self.__dict__.setdefault("_plain_children", set()).add(name)
            self.__dict__["_lean_path"] = False

    def _set_variable(self, name: str, variable: Variable, attribute: bool = True) -> None:
        """Keep the Variable as the attribute and its parameter under the attribute's name."""
        if variable._owner is None:
            variable.adopt(self, name)
            self._own_weights.append(variable)
        elif variable._owner is self and variable._provisional:
            for table in (self._parameters, self._buffers):
                if variable._path[0] in table and name not in table and name not in self._modules:
                    table[name] = table.pop(variable._path[0])  # type: ignore[assignment]
                    variable._path, variable._provisional = (name,), False
                    break
        elif variable._owner is not self:
            table = self._parameters if isinstance(variable.parameter, nn.Parameter) else self._buffers
            table[name] = variable.parameter
            if not any(v is variable for v in self._own_weights):
                self._own_weights.append(variable)
        if attribute:
            self.__dict__[name] = variable

    def _follow_training(self, training: bool) -> None:
        for name in self.__dict__["_plain_children"]:
            module = self._modules.get(name)
            if module is not None and module.training is not training:
                nn.Module.train(module, training)
                if not self._trainable:  # a frozen layer's statistics stand still, as BatchNormalization's do
                    for norm in module.modules():
                        if isinstance(norm, nn.modules.batchnorm._BatchNorm):
                            norm.eval()

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        for name in state.get("_tracked_names", ()):
            tracking.tie(self, name, self.__dict__[name])

    # --- dtype ---

    @property
    def dtype_policy(self) -> DTypePolicy:
        return self._dtype_policy

    @property
    def dtype(self) -> str:
        return self._dtype_policy.variable_dtype

    @property
    def compute_dtype(self) -> str:
        return self._dtype_policy.compute_dtype

    @property
    def variable_dtype(self) -> str:
        return self._dtype_policy.variable_dtype

    def _dtype_config(self) -> Any:
        name = self._dtype_policy.name
        return name if not name.startswith("mixed") else serialize(self._dtype_policy)

    def _apply(self, fn: Callable[[Any], Any], recurse: bool = True) -> Any:
        # `.half()`, `.to(torch.float64)`: the policy goes along, or the next call would cast the inputs back.
        applied = super()._apply(fn, recurse)
        dtype = fn(torch.empty(0, dtype=self._dtype_policy.variable)).dtype
        if dtype is not self._dtype_policy.variable and dtype.is_floating_point:
            self.__dict__["_dtype_policy"] = get_policy(dtype)
        return applied

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *args: Any, **kwargs: Any) -> None:
        """Weights loaded into an unbuilt layer build it first, where its shapes can be read off them."""
        if not self.built:
            shapes = {k.removeprefix(prefix): tuple(v.shape) for k, v in state_dict.items() if k.startswith(prefix)}
            shape = self._shape_from_state(shapes) if shapes else None
            if shape is not None:
                self.build(shape)
            elif shapes and not any(True for _ in self._children()):
                raise RuntimeError(
                    f"Layer {self.name!r} ({type(self).__name__}) is not built yet, so weights cannot be loaded into "
                    f"it: call it on a batch, or `build(input_shape)` it, first."
                )
        super()._load_from_state_dict(state_dict, prefix, *args, **kwargs)

    def _shape_from_state(self, shapes: dict[str, tuple[int, ...]]) -> Any:
        """The input shape that weights of these shapes belong to, or None if they do not tell."""
        return None


# --- helpers ------------------------------------------------------------------------------------------------

#: What the engine itself keeps in a layer's `__dict__`; it writes there directly.
_RESERVED = frozenset(
    ("_autocast", "_batch_input_shape", "_build_shape", "_building", "_call_info", "_call_losses", "_call_metrics",
     "_dtype_policy", "_functional_graph", "_held_modules", "_inbound_nodes", "_init_arguments", "_input_dtype",
     "_layer_keys", "_lean_path", "_lean_ranks", "_loss_functions", "_loss_holders", "_own_weights", "_plain_children",
     "_plain_variables", "_runs_graph", "_shape_inferred", "_stack_end", "_stack_graph", "_stack_keys",
     "_tracked_names", "_trainable")
)  # fmt: skip


def _with_signature(forward: Any, call: Any) -> Any:
    """`forward` as it is, under the signature of `call`: torch.export matches dynamic shapes by its names."""
    copied = types.FunctionType(forward.__code__, forward.__globals__, "forward", None, forward.__closure__)
    copied.__doc__, copied.__qualname__ = forward.__doc__, forward.__qualname__
    copied.__signature__ = inspect.signature(call)  # type: ignore[attr-defined]
    return copied


def _check_attribute_name(cls: type, name: str) -> None:
    """Refuses to set what the engine keeps for itself, and Keras's read-only properties."""
    if name in _RESERVED:
        raise AttributeError(
            f"The attribute {name!r} of {cls.__name__} belongs to torchkeras itself. Choose another name."
        )
    if isinstance(known := getattr(cls, name, None), property) and known.fset is None:
        raise AttributeError(
            f'Can\'t set the attribute "{name}" of {cls.__name__}: it conflicts with an existing read-only property of '
            f"that name. Choose another name."
        )


def _made(cls: Any, config: dict[str, Any]) -> Any:
    """An instance of a user's class, whose `__init__` need not take the base class's arguments."""
    parameters = inspect.signature(cls.__init__).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return cls(**config)
    made = cls(
        **{
            k: v
            for k, v in config.items()
            if k in parameters or k not in ("name", "trainable", "dtype", "batch_input_shape")
        }
    )
    if "name" in config and "name" not in parameters:
        made._name = config["name"]
    if config.get("trainable") is False:
        made.trainable = False
    return made


def _once(build: Callable[..., None]) -> Callable[..., None]:
    """Wraps a class's `build`: once per layer, and back to the start if it raises, so that it can be tried again."""

    @functools.wraps(build)
    def once(self: Any, *args: Any, **kwargs: Any) -> None:
        if self.__dict__.get("_building"):
            return build(self, *args, **kwargs)  # super().build(...) within a build
        if self.built:
            return None
        before = [(t, dict(t)) for t in (self.__dict__, self._parameters, self._buffers, self._modules)]
        variables, inner = list(self._own_weights), set(self._held_modules)
        self.__dict__["_building"] = True
        try:
            build(self, *args, **kwargs)
        except BaseException:
            for table, content in before:
                table.clear()
                table.update(content)
            self._own_weights[:] = variables
            self._held_modules.intersection_update(inner)
            raise
        finally:
            self.__dict__.pop("_building", None)
        self.__dict__["_build_shape"] = args[0] if args else next(iter(kwargs.values()), None)
        self._finish_build()

    return once


def map_shapes(function: Callable[[Any], Any], shapes: Any) -> Any:
    """`function` applied to each shape in a structure of shapes: tuples of ints and None (or what `as_shape` takes)."""
    if isinstance(shapes, dict):
        return {key: map_shapes(function, value) for key, value in shapes.items()}
    if hasattr(shapes, "as_list") or all(n is None or isinstance(n, int) for n in shapes):
        return function(as_shape(shapes))
    return type(shapes)(map_shapes(function, shape) for shape in shapes)


def _full_precision(policy: DTypePolicy, name: str) -> DTypePolicy:
    if policy.compute is not policy.variable:
        raise ValueError(f"Layer {name!r} was given the mixed policy {policy.name!r}, which is not supported yet.")
    return policy


def _given_input_shape(kwargs: dict[str, Any]) -> tuple[int | None, ...] | None:
    batch = kwargs.get("batch_input_shape") or kwargs.get("batch_shape")
    if batch is not None:
        return as_shape(batch)
    shape = kwargs.get("input_shape")
    if shape is None and kwargs.get("input_dim") is not None:
        shape = (kwargs["input_dim"],)
    return None if shape is None else (kwargs.get("batch_size"), *as_shape(shape))


def _among(tensor: Any, args: tuple[Any, ...]) -> bool:
    return any(tensor is leaf for leaf in flatten(args))


def _attach(outputs: Any, masks: Any) -> Any:
    """Give each output its mask."""
    for tensor, mask in zip(flatten(outputs), _mask_per_output(outputs, masks), strict=False):
        if mask is not None:
            tensor._keras_mask = mask
            if not seen.masks:  # an export warns of every write
                seen.masks = True
    return outputs


def _mask_per_output(outputs: Any, masks: Any) -> list[Any]:
    tensors, found = flatten(outputs), flatten(masks)
    return found * len(tensors) if len(found) == 1 else found


def _with_masks(outputs: Any, masks: Any, args: tuple[Any, ...]) -> Any:
    """The outputs with their masks; an input that was given back must not lose or change its own, so it is viewed."""
    remaining = iter(_mask_per_output(outputs, masks))

    def apart(tensor: Any) -> Any:
        mask = next(remaining, None)
        if isinstance(tensor, Tensor) and getattr(tensor, "_keras_mask", None) is not mask and _among(tensor, args):
            return tensor.view_as(tensor)
        return tensor

    return _attach(map_structure(apart, outputs), masks)


def _own_arguments(layer: Layer) -> dict[str, Any]:
    """The arguments a user's layer was made with, for a config it did not write itself."""
    args, kwargs = layer._init_arguments
    parameters = list(inspect.signature(type(layer).__init__).parameters.values())[1:]
    named = dict(zip([p.name for p in parameters], args, strict=False)) | kwargs
    own = {k: v for k, v in named.items() if k not in ("name", "trainable", "dtype", *_BASE_ARGUMENTS)}
    try:
        return {key: serialize(value) for key, value in own.items()}
    except TypeError as error:
        raise NotImplementedError(
            f"Layer {type(layer).__name__} was made with arguments that cannot be put into a config ({error}). "
            f"Give it a `get_config()` method that returns what its `__init__` needs."
        ) from error


# Layers without a `build` of their own are built all the same.
Layer.build = _once(Layer.build)  # type: ignore[method-assign]
