"""ConcreteFunction: a tf.function for one kind of call."""

from __future__ import annotations

from typing import Any

import torch

from torchkeras.core.nest import map_structure
from torchkeras.graph.inference import infer
from torchkeras.graph.keras_tensor import KerasTensor
from torchkeras.tensorflow import dtypes
from torchkeras.tensorflow.bridge import call_user
from torchkeras.tensorflow.convert import any_tensor
from torchkeras.tensorflow.errors import InvalidArgumentError
from torchkeras.tensorflow.graph import FuncGraph, values_kept
from torchkeras.tensorflow.nest import flatten, is_nested, pack_sequence_as
from torchkeras.tensorflow.string_tensor import StringTensor
from torchkeras.tensorflow.tensor import Tensor
from torchkeras.tensorflow.tracing.signature import refused
from torchkeras.tensorflow.tracing.trace import Trace
from torchkeras.tensorflow.tracing.values import argument, said, spec_of
from torchkeras.tensorflow.type_specs import TensorSpec, TypeSpec

_MISSING = object()


class ConcreteFunction:
    """A function for arguments of given specs. It takes tensors by the parameters' places or names.

    Args:
        function: the tf.function it belongs to.
        trace: the kind of call.
        examples: what it was asked for with.
    """

    _is_tf_result = True

    def __init__(self, function: Any, trace: Trace, examples: dict[str, Any] | None = None) -> None:
        self._function, self._trace = function, trace
        self._examples = examples or {}  # values of kinds that cannot be made up, such as data sets
        self.__name__ = function.name
        self._arg_keywords = [name for name, value in zip(trace.names, trace.values, strict=True) if not _fixed(value)]

    # --- calling ---

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        given = dict(zip(self._places(args, kwargs), args))
        values: dict[str, Any] = {}
        for name, spec in zip(self._trace.names, self._trace.values, strict=True):
            value = kwargs.pop(name, _MISSING) if name in kwargs else given.pop(name, _MISSING)
            if value is _MISSING and isinstance(spec, TensorSpec) and spec.name in kwargs:
                value = kwargs.pop(spec.name)
            if value is _MISSING:
                if not _fixed(spec):
                    raise refused(f"missing a required argument: {name!r}", args, kwargs, self._trace.signature())
                values[name] = spec
            else:
                values[name] = self._fitted(value, spec, args, kwargs, len(values))
        if kwargs:
            word = f"got an unexpected keyword argument {next(iter(kwargs))!r}"
            raise refused(word, args, kwargs, self._trace.signature())
        return self._run(values)

    def _places(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[str]:
        """Which parameters the positional arguments are for: all of them, or those that are tensors."""
        for names in (self._trace.names, self._arg_keywords):
            if len(args) <= len(names) and (names is self._arg_keywords or self._positions_fit(args)):
                return names
        raise refused("too many positional arguments", args, kwargs, self._trace.signature())

    def _positions_fit(self, args: tuple[Any, ...]) -> bool:
        for value, spec in zip(args, self._trace.values):
            if _fixed(spec) and value is not spec and isinstance(value, (Tensor, StringTensor)):
                return False
        return True

    def _fitted(self, value: Any, spec: Any, args: Any, kwargs: Any, place: int) -> Any:
        if _fixed(spec):
            same = value is spec or (type(value) is type(spec) and value == spec)
            if not same:
                raise refused(f"Can not cast {value!r} to {said(spec)}", args, kwargs, self._trace.signature())
            return spec
        if is_nested(spec):
            return pack_sequence_as(
                spec, [self._fitted(v, s, args, kwargs, place) for v, s in zip(flatten(value), flatten(spec))]
            )
        if not isinstance(spec, TensorSpec):
            return value
        value = argument(value)
        if not isinstance(value, (Tensor, StringTensor)):
            value = any_tensor(value, spec.dtype if not hasattr(value, "dtype") else None)
        if value.dtype != spec.dtype:
            wanted, found = (_SPOKEN.get(d.name, d.name) for d in (spec.dtype, value.dtype))
            raise InvalidArgumentError(
                None,
                None,
                f"cannot compute {self.name} as input #{place}(zero-based) was expected to be a {wanted} tensor but is "
                f"a {found} tensor [Op:{self.name}]",
            )
        return value

    def _run(self, values: dict[str, Any]) -> Any:
        args, kwargs = _as_call(self._function.function_spec, values)
        return self._function(*args, **kwargs)

    # --- what it tells of itself ---

    @property
    def name(self) -> str:
        return f"__inference_{self._function.name}_{id(self._trace) % 100000}"

    @property
    def function_type(self) -> str:
        self._know_outputs()
        return self._trace.signature()

    @property
    def structured_input_signature(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The specs of the arguments, as (args, kwargs)."""
        named = [
            spec_of(value, name) if not _fixed(value) else value
            for name, value in zip(self._trace.names, self._trace.values, strict=True)
        ]
        return tuple(named), {}

    @property
    def structured_outputs(self) -> Any:
        """The specs of the results, in their structure."""
        self._know_outputs()
        return self._trace.outputs

    @property
    def inputs(self) -> list[Any]:
        return [leaf for leaf in flatten(list(self.structured_input_signature[0])) if isinstance(leaf, TypeSpec)]

    @property
    def outputs(self) -> list[Any]:
        return [leaf for leaf in flatten(self.structured_outputs) if isinstance(leaf, TypeSpec)]

    @property
    def output_shapes(self) -> Any:
        return map_structure(lambda spec: spec.shape if isinstance(spec, TensorSpec) else None, self.structured_outputs)

    @property
    def output_dtypes(self) -> Any:
        return map_structure(lambda spec: spec.dtype if isinstance(spec, TensorSpec) else None, self.structured_outputs)

    @property
    def graph(self) -> FuncGraph:
        """What the function computes, operation by operation."""
        return FuncGraph(self._function.name, self._on_examples, self.inputs)

    @property
    def inference_fn(self) -> ConcreteFunction:
        return self

    @property
    def captured_inputs(self) -> list[Any]:
        return []

    @property
    def variables(self) -> tuple[Any, ...]:
        """The variables of the object whose method this is."""
        holder = self._function._bound_to
        found = getattr(holder() if holder is not None else None, "variables", ())
        return tuple(found)

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        return tuple(v for v in self.variables if v.trainable)

    def pretty_printed_signature(self, verbose: bool = True) -> str:
        self._know_outputs()
        return self._trace.described() if verbose else self._trace.signature()

    def __str__(self) -> str:
        return f"ConcreteFunction {self.pretty_printed_signature()}"

    def __repr__(self) -> str:
        return f"<ConcreteFunction {self._trace.signature()} at {id(self):#X}>"

    # --- results without values ---

    def _know_outputs(self) -> None:
        """Finds the results' specs where the function was not called yet."""
        if self._trace.has_run:
            return
        pairs = zip(self._trace.names, self._trace.values, strict=True)
        symbols = [self._made_up(name, value, _symbol) for name, value in pairs]

        def run(*values: Any) -> Any:
            args, kwargs = _as_call(self._function.function_spec, dict(zip(self._trace.names, values)))
            found = call_user(self._function.python_function, args, kwargs)
            return map_structure(lambda leaf: torch.as_tensor(leaf) if isinstance(leaf, (int, float)) else leaf, found)

        with values_kept():
            self._trace.ran(infer(run, tuple(symbols), {}))

    def _on_examples(self) -> Any:
        """Runs the function on made values."""
        values = dict(zip(self._trace.names, self._trace.values))
        made = {name: self._made_up(name, value, _example) for name, value in values.items()}
        args, kwargs = _as_call(self._function.function_spec, made)
        return self._function.python_function(*args, **kwargs)

    def _made_up(self, name: str, value: Any, make: Any) -> Any:
        """A value, or a symbol, for a parameter."""
        leaves = flatten(value)
        if any(isinstance(leaf, TypeSpec) and not isinstance(leaf, TensorSpec) for leaf in leaves):
            if name not in self._examples:
                raise NotImplementedError(
                    f"{self._function.name!r} was not called yet for {said(value)}: its results are known after a call."
                )
            return self._examples[name]
        return map_structure(make, value)


_SPOKEN = {"float32": "float", "float64": "double", "float16": "half"}


def _fixed(value: Any) -> bool:
    """Whether a parameter has one Python value for good, rather than tensors of a spec."""
    return not any(isinstance(leaf, TypeSpec) for leaf in flatten(value))


def _symbol(value: Any) -> Any:
    if not isinstance(value, TensorSpec):
        return value
    if value.dtype == dtypes.string:
        return _example(value)
    shape = value.shape
    return KerasTensor((None,) if shape.rank is None else shape, value.dtype.torch)


def _example(value: Any) -> Any:
    """A tensor of a spec, of ones: zero is no good divisor."""
    if not isinstance(value, TensorSpec):
        return value
    sizes = () if value.shape.rank is None else tuple(2 if n is None else n for n in value.shape)
    if value.dtype == dtypes.string:
        return any_tensor("", None) if not sizes else any_tensor([""] * sizes[0])
    return any_tensor(torch.ones(sizes, dtype=value.dtype.torch))


def _as_call(parameters: Any, values: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Arguments by name as the positional and keyword arguments of a call."""
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for name, one in parameters.signature.parameters.items():
        if name not in values:
            continue
        if one.kind is one.VAR_POSITIONAL:
            args += values[name]
        elif one.kind is one.VAR_KEYWORD:
            kwargs |= values[name]
        elif one.kind is one.KEYWORD_ONLY:
            kwargs[name] = values[name]
        else:
            args.append(values[name])
    return tuple(args), kwargs


__all__ = ["ConcreteFunction"]
