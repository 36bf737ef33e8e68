"""Layer: a torch module that builds itself on its first call. See README.md beside this file."""

from __future__ import annotations

import inspect
import types
from typing import Any, ClassVar

import torch
from torch import Tensor

from torchkeras.core.context import call_context, scope_of, seen
from torchkeras.core.dtypes import STRING, get_policy
from torchkeras.core.errors import did_you_mean
from torchkeras.core.kinds import bridge
from torchkeras.core.machinery import is_lean, unmasked
from torchkeras.core.nest import flatten, map_structure
from torchkeras.core.op_errors import UnimplementedError
from torchkeras.core.registry import FAMILIES, deserialize, serialize
from torchkeras.core.string_array import StringArray, to_bytes_array
from torchkeras.core.tensors import as_tensor, is_array, numbers_only, texts_only
from torchkeras.core.variable import Variable
from torchkeras.graph.inference import infer
from torchkeras.graph.keras_tensor import KerasTensor, any_symbolic, as_shape, shapes_of, torch_dtype_of
from torchkeras.layers.building import ANY_RANK, map_shapes, once_only
from torchkeras.layers.call_info import CallInfo, call_info
from torchkeras.layers.input_spec import check_input_spec
from torchkeras.layers.losses import LossesMixin
from torchkeras.layers.lower_precision import cast_parameters, put_back
from torchkeras.layers.masks import MasksMixin
from torchkeras.layers.own_variables import OwnVariablesMixin
from torchkeras.layers.policy import PolicyMixin
from torchkeras.layers.stateless import StatelessMixin
from torchkeras.layers.wrapping import WrappingMixin

_BASE_ARGUMENTS = ("input_shape", "batch_input_shape", "batch_shape", "input_dim", "input_dtype", "batch_size",
                   "weights", "autocast", "implementation", "dynamic", "activity_regularizer")  # fmt: skip


class Layer(LossesMixin, MasksMixin, PolicyMixin, StatelessMixin, OwnVariablesMixin, WrappingMixin):
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

    stateful: bool = False
    #: Layers that only move values keep integers as they are; the others compute in their own dtype.
    keeps_dtype: ClassVar[bool] = False
    #: Whether a built-in layer has a use for texts.
    takes_texts: ClassVar[bool] = False
    #: Whether its layers cast to the type they compute in, and it only to that of weights.
    _leaves_casts: ClassVar[bool] = False

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
            cls.build = once_only(cls.__dict__["build"])  # type: ignore[method-assign]
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
            _dtype_policy=get_policy(dtype),
            _autocast=kwargs.get("autocast", True),
            _initial_weights=kwargs.get("weights"),
            _batch_input_shape=_given_input_shape(kwargs),
            _input_dtype=kwargs.get("input_dtype") or dtype,
            _lean_path=False,
            _lean_ranks=ANY_RANK,
        )
        if kwargs.get("activity_regularizer") is not None:
            self.activity_regularizer = kwargs["activity_regularizer"]

    # --- what a layer defines ---

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The output's shape for an input's, both with None where unknown."""
        if not isinstance(input_shape, dict) and all(n is None or isinstance(n, int) for n in input_shape):
            inputs: Any = KerasTensor(input_shape, self._dtype_policy.compute)
        else:
            inputs = map_shapes(lambda shape: KerasTensor(shape, self._dtype_policy.compute), input_shape)
        self._ensure_built((inputs,), {})
        return shapes_of(infer(self._own_call, (inputs,), {}, owner=self))

    compute_output_shape._is_default = True  # type: ignore[attr-defined]

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
        prepared = FAMILIES["keras.layers"].prepare(cls, config)
        if call_info(cls).builtin:
            return cls(**prepared)
        config = prepared
        if not call_info(cls).own_config:
            config = {key: deserialize(value) for key, value in config.items()}
        return _made(cls, config)

    # --- calling ---

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # `says_training`, without a call
        says = not kwargs or (len(kwargs) == 1 and type(kwargs.get("training")) is bool)
        if says and len(args) == 1 and type(args[0]) is Tensor:
            return self._call_one(args[0], kwargs)
        if bridge.active and bridge.asks((*args, *kwargs.values())):
            return bridge.call_layer(self, args, kwargs)
        return self._call_plain(*args, **kwargs)

    def _call_one(self, x: Tensor, kwargs: dict[str, Any]) -> Any:
        """A call on one tensor of torch's, with nothing else but perhaps `training`."""
        if self._lean_path and is_lean(self) and unmasked(x):
            known_dtype = x.dtype is self._dtype_policy.compute or not x.is_floating_point()
            if known_dtype and self._lean_ranks[0] <= x.dim() <= self._lean_ranks[1]:
                return self._lean_call(x, kwargs["training"] if kwargs else call_context.training)
        return super().__call__(x, **kwargs)

    def _call_plain(self, *args: Any, **kwargs: Any) -> Any:
        """A call on torch's tensors, or on symbols."""
        if not args and self._call_info.arguments and self._call_info.arguments[0] in kwargs:  # layer(inputs=x)
            first = self._call_info.arguments[0]
            args, kwargs = (kwargs[first],), {key: value for key, value in kwargs.items() if key != first}
        if any_symbolic(args, kwargs):
            return self.symbolic_call(*args, **kwargs)
        return super().__call__(*args, **kwargs)

    def _lean_call(self, x: Tensor, training: bool | None) -> Any:
        """`call` and nothing around it; the kernel's own error is explained by the input spec where it applies."""
        call, outer = self._own_call if seen.mixed else self.call, call_context.training
        try:
            if training is not outer:
                call_context.training = training
            if self._call_info.training:
                return call(x, training=self.training if training is None else training)
            return call(x)
        except (RuntimeError, IndexError):
            check_input_spec(self.input_spec, x, self.name)
            raise
        finally:
            if training is not outer:
                call_context.training = outer

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
        outputs = self._own_call(*args, **kwargs)
        if seen.masks or info.own_mask or kwargs.get("mask") is not None:
            outputs = self._with_mask(outputs, args, masks if masks is not None else kwargs.get("mask"))
        if self._activity_regularizer is not None:
            self._add_activity_loss(outputs)
        return outputs

    def _own_call(self, *args: Any, **kwargs: Any) -> Any:
        """`call`; a user's sees tf.Tensors once the tf namespace is loaded."""
        if seen.mixed:
            return self._call_in_policy(args, kwargs)
        if bridge.active and self._call_info.own_call and not torch.compiler.is_compiling():
            return bridge.call_user(self.call, args, kwargs)
        return self.call(*args, **kwargs)

    def _call_in_policy(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """`_own_call` with weights read in the type that this layer computes in; see lower_precision.py."""
        mixed = self._dtype_policy.is_mixed
        outer, wanted = call_context.autocast, self._dtype_policy.compute if mixed else None
        if outer is not wanted:
            call_context.autocast = wanted
        replaced = cast_parameters(self) if mixed else ()
        try:
            if bridge.active and self._call_info.own_call and not torch.compiler.is_compiling():
                return bridge.call_user(self.call, args, kwargs)
            return self.call(*args, **kwargs)
        finally:
            if replaced:
                put_back(replaced)
            if outer is not wanted:
                call_context.autocast = outer

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
        if given is None and around is None and info.own_call and isinstance(info.defaults.get("training"), bool):
            given = self._default_training(around)  # what a user's `call` has by default holds for what it calls
        return args, kwargs, around if given is None else given

    def _default_training(self, around: bool | None) -> bool | None:
        if around is not None:
            return around
        default = self._call_info.defaults.get("training")
        if isinstance(default, bool):
            return default or self.training
        # Where nothing says, a user's `call` gets None and each layer in it decides: augmentation is for training.
        return self.training or (None if self._call_info.own_call else False)

    def _converted(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        compute = self._dtype_policy.variable if self._leaves_casts else self._dtype_policy.compute

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
            if isinstance(value, StringArray):
                self._refuse_texts()
            return value

        if kwargs:
            kwargs = {key: map_structure(convert, value) for key, value in kwargs.items()}
        if not args:
            return args, kwargs
        first = args[0]
        if type(first) is list and numbers_only(first):
            first = torch.tensor(first).numpy()
        elif isinstance(first, (list, str, bytes)) and texts_only(first):
            first = StringArray(to_bytes_array(first))
        return (map_structure(fitting, first), *(map_structure(convert, value) for value in args[1:])), kwargs

    # --- symbolic calls ---

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        kwargs = {key: value for key, value in kwargs.items() if not (key == "training" and value is None)}
        with scope_of(self.name):
            if args:
                self._check_inputs(args[0])
            self._ensure_built(args, kwargs)
            if args:
                self._check_inputs(args[0])
            return super().symbolic_call(*args, **kwargs)

    def _check_inputs(self, inputs: Any) -> None:
        """A ValueError where symbols do not fit the input spec."""
        check_input_spec(self.input_spec, inputs, self.name)
        if any(isinstance(leaf, KerasTensor) and leaf.torch_dtype is STRING for leaf in flatten(inputs)):
            self._refuse_texts()

    def _refuse_texts(self) -> None:
        if self._call_info.builtin and not self.takes_texts:
            raise UnimplementedError(
                None,
                None,
                f"Cast string to float is not supported: layer {self.name!r} ({type(self).__name__}) computes with "
                f"numbers, and was given texts. TextVectorization, StringLookup or Hashing make numbers of them.",
            )

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
            return self._own_call(*args, **kwargs)
        finally:
            call_context.training, call_context.root = outer
            self._clear_call_losses()

    def _output_dtype(self, inputs: Any) -> torch.dtype:
        found = torch_dtype_of(flatten(inputs)[0])
        if self.keeps_dtype and not (self._autocast and found.is_floating_point):
            return found
        return self._dtype_policy.compute


# --- helpers ------------------------------------------------------------------------------------------------


def _with_signature(forward: Any, call: Any) -> Any:
    """`forward` as it is, under the signature of `call`: torch.export matches dynamic shapes by its names."""
    copied = types.FunctionType(forward.__code__, forward.__globals__, "forward", None, forward.__closure__)
    copied.__doc__, copied.__qualname__ = forward.__doc__, forward.__qualname__
    copied.__signature__ = inspect.signature(call)  # type: ignore[attr-defined]
    return copied


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


def _given_input_shape(kwargs: dict[str, Any]) -> tuple[int | None, ...] | None:
    batch = kwargs.get("batch_input_shape") or kwargs.get("batch_shape")
    if batch is not None:
        return as_shape(batch)
    shape = kwargs.get("input_shape")
    if shape is None and kwargs.get("input_dim") is not None:
        shape = (kwargs["input_dim"],)
    return None if shape is None else (kwargs.get("batch_size"), *as_shape(shape))


def says_training(kwargs: dict[str, Any]) -> bool:
    """Whether a call has no keyword but perhaps `training`, and that says what it is to be."""
    return not kwargs or (len(kwargs) == 1 and type(kwargs.get("training")) is bool)


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
