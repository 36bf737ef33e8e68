"""tf.function: a function object that treats arguments and results as TensorFlow's does.

The Python function runs at each call, as it is. So Python's effects happen each time, where TensorFlow shows those of
the first call of a kind only; results, loops and conditions are the same. See docs/differences.md.
"""

from __future__ import annotations

import functools
import inspect
import weakref
from collections.abc import Callable
from typing import Any

import torch

from torchkeras.core.variable import Variable
from torchkeras.tensorflow.creation import watchers
from torchkeras.tensorflow.nest import flatten
from torchkeras.tensorflow.tensor import Tensor
from torchkeras.tensorflow.tracing.concrete import ConcreteFunction
from torchkeras.tensorflow.tracing.mode import functions_run_eagerly, mode
from torchkeras.tensorflow.tracing.signature import InputSignature, Parameters
from torchkeras.tensorflow.tracing.trace import Trace
from torchkeras.tensorflow.tracing.values import argument, key_of, result, spec_of
from torchkeras.tensorflow.type_specs import TypeSpec

_ONCE = "tf.function only supports singleton tf.Variables created on the first call. Make sure the tf.Variable is only created once or created outside tf.function. See https://www.tensorflow.org/guide/function#creating_tfvariables for more information."  # fmt: skip  # noqa: E501


class Function:
    """What `tf.function` makes of a Python function. As a method it is bound to each object by itself.

    Args:
        python_function: what runs.
        name: for messages; the function's own unless given.
        input_signature: specs that the arguments are made to fit.
        reduce_retracing: whether calls that differ in sizes alone count as one kind.
        bound_to: the object whose method this is, if any.
    """

    def __init__(
        self,
        python_function: Callable[..., Any],
        name: str | None = None,
        input_signature: Any = None,
        reduce_retracing: bool = False,
        bound_to: Any = None,
    ) -> None:
        functools.update_wrapper(self, python_function)
        self._python_function = python_function
        self._name: str = name or str(getattr(python_function, "__name__", type(python_function).__name__))
        self._input_signature, self._reduce_retracing = input_signature, reduce_retracing
        own = python_function.__func__ if inspect.ismethod(python_function) else python_function
        is_method = bound_to is None and _looks_like_method(own)
        self._parameters = Parameters(python_function, False)
        self._signature: InputSignature | None = None
        if input_signature is not None:
            inner = Parameters(python_function, True) if is_method else self._parameters
            self._signature = InputSignature(input_signature, inner, self._name)
        self._traces: dict[Any, Trace] = {}  # by the key of a call; several keys may share one
        self._distinct: dict[Any, Trace] = {}  # by the key of the bound arguments
        self._created: list[weakref.ref[Variable]] = []
        self._has_run = False
        self._for_objects: dict[int, tuple[Any, Function]] = {}
        self._bound_to = None if bound_to is None else _weakly(bound_to)

    # --- calling ---

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if functions_run_eagerly() or torch.compiler.is_compiling():
            return self._python_function(*args, **kwargs)
        if self._signature is not None:
            args, kwargs = self._signature.fit(args, kwargs)
        args = tuple([argument(value) for value in args])
        if kwargs:
            kwargs = {key: argument(value) for key, value in kwargs.items()}
        trace = self._trace(args, kwargs)
        stack, made = watchers.stack, self._created
        stack.append(self._refuse_variable if self._has_run and not trace.has_run else self._note_variable)
        mode.depth += 1
        try:
            found = self._python_function(*args, **kwargs)
        finally:
            mode.depth -= 1
            stack.pop()
        if type(found) is not Tensor:
            found = result(found, self._name)
        if not trace.has_run:
            trace.ran(found)
        if made:
            self._check_created()
        self._has_run = True
        return found

    def _note_variable(self, variable: Variable) -> None:
        self._created.append(weakref.ref(variable))

    def _refuse_variable(self, variable: Variable) -> None:
        """Where TensorFlow would trace the function once more, no variables may be made."""
        raise ValueError(_ONCE)

    def _check_created(self) -> None:
        """Variables that a call made must be kept by somebody: else each call would make them anew."""
        made, self._created = self._created, []
        if any(ref() is None for ref in made):
            raise ValueError(_ONCE)

    # --- kinds of calls ---

    def _trace(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Trace:
        key: Any = (*[key_of(value) for value in args], *[(name, key_of(kwargs[name])) for name in sorted(kwargs)])
        try:
            known = self._traces.get(key)
        except TypeError:  # an argument whose key cannot be hashed
            key, known = repr(key), self._traces.get(repr(key))
        if known is None:
            known = self._traces[key] = self._new_trace(args, kwargs)
        return known

    def _new_trace(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Trace:
        bound = self._parameters.bind(args, kwargs).arguments
        names, values = list(bound), list(bound.values())
        if self._signature is not None:
            for place, (name, spec) in enumerate(zip(self._signature.names, self._signature.specs, strict=True)):
                if name in bound:
                    values[names.index(name)] = spec
                elif place < len(values):
                    values[place] = spec
        key = tuple((name, key_of(value)) for name, value in zip(names, values, strict=True))
        try:
            known = self._distinct.get(key)
        except TypeError:
            key = repr(key)  # type: ignore[assignment]
            known = self._distinct.get(key)
        specs = [spec_of(value) for value in values]
        if known is None and self._reduce_retracing:
            known = self._generalized(names, specs)
        if known is None:
            known = self._distinct[key] = Trace(names, specs)
        return known

    def _generalized(self, names: list[str], specs: list[Any]) -> Trace | None:
        """The kind of call that covers this one; sizes that changed once may be any from then on."""
        for trace in self._distinct.values():
            if trace.names == names and all(map(_covers, trace.values, specs)):
                return trace
        for trace in list(self._distinct.values()):
            if trace.names == names:
                try:
                    widened = [_widened(a, b) for a, b in zip(trace.values, specs, strict=True)]
                except (ValueError, TypeError):
                    continue
                made = Trace(names, widened)
                self._distinct[repr(widened)] = made
                return made
        return None

    # --- as a method ---

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        if instance is None:
            return self
        known = self._for_objects.get(id(instance))
        if known is not None and known[0]() is instance:
            return known[1]
        method = self._python_function.__get__(instance, owner)
        bound = Function(_Weak(method), self._name, self._input_signature, self._reduce_retracing, bound_to=instance)
        bound._parameters = Parameters(self._python_function, True)
        if self._input_signature is not None:
            bound._signature = InputSignature(self._input_signature, bound._parameters, self._name)
        functools.update_wrapper(bound, self._python_function)
        self._for_objects[id(instance)] = (_weakly(instance, self._forget), bound)
        return bound

    def _forget(self, gone: Any) -> None:
        for key in [k for k, (ref, _) in self._for_objects.items() if ref is gone]:
            del self._for_objects[key]

    # --- what it tells of itself ---

    @property
    def python_function(self) -> Callable[..., Any]:
        """The function it was made of."""
        inner = self._python_function
        return inner.method() if isinstance(inner, _Weak) else inner

    @property
    def name(self) -> str:
        return self._name

    @property
    def input_signature(self) -> Any:
        return None if self._signature is None else self._signature.specs

    @property
    def function_spec(self) -> Parameters:
        return self._parameters

    @property
    def __signature__(self) -> inspect.Signature:
        return inspect.signature(self.python_function)

    def experimental_get_tracing_count(self) -> int:
        """How many kinds of calls there were: TensorFlow traces the function anew for each."""
        return len(self._distinct)

    def pretty_printed_concrete_signatures(self) -> str:
        """All kinds of calls, as text."""
        return "\n\n".join(trace.described() for trace in self._distinct.values())

    def get_concrete_function(self, *args: Any, **kwargs: Any) -> ConcreteFunction:
        """The function for one kind of call, given by example values or specs. Nothing is run."""
        if self._signature is not None and not args and not kwargs:
            args = self._signature.specs
        elif self._signature is not None:
            self._check_specs(args, kwargs)
        args = tuple(argument(value) for value in args)
        kwargs = {key: argument(value) for key, value in kwargs.items()}
        trace = self._new_trace(args, kwargs)
        examples = self._parameters.bind(args, kwargs).arguments
        kept = {name: value for name, value in examples.items() if not isinstance(value, TypeSpec)}
        return ConcreteFunction(self, trace, kept)

    def _check_specs(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        assert self._signature is not None
        given = [*args, *(kwargs[name] for name in self._signature.names[len(args) :] if name in kwargs)]
        for value, spec in zip(flatten(given), flatten(list(self._signature.specs))):
            if not spec.is_compatible_with(value):
                raise TypeError(
                    f"Binding inputs to tf.function failed due to `Can not cast {value} to {spec}`. Received args: "
                    f"{args} and kwargs: {kwargs} for signature: {self._signature.shown}."
                )

    def experimental_get_compiler_ir(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(
            "tf.function has no compiler's text here: use `torch.compile` with TORCH_LOGS=output_code on the function."
        )

    def __repr__(self) -> str:
        return f"<tf.function {self._name!r} at {id(self):#x}>"

    def __reduce__(self) -> Any:
        return function, (self.python_function, self._input_signature)

    def __deepcopy__(self, memo: Any) -> Function:
        return Function(self._python_function, self._name, self._input_signature, self._reduce_retracing)


class _Weak:
    """A bound method that does not keep its object alive."""

    def __init__(self, method: Any) -> None:
        self.__name__ = method.__func__.__name__
        self._function, self._object = method.__func__, _weakly(method.__self__)

    def method(self) -> Any:
        instance = self._object()
        if instance is None:
            raise ReferenceError(f"The object whose method {self.__name__!r} this tf.function was is gone.")
        return self._function.__get__(instance)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._function(self._object(), *args, **kwargs)


def _weakly(instance: Any, callback: Any = None) -> Any:
    try:
        return weakref.ref(instance, callback)
    except TypeError:  # it has slots and takes no weak references
        return lambda: instance


def _looks_like_method(function: Any) -> bool:
    """Whether a function was defined in a class body and takes the object first."""
    try:
        first = next(iter(inspect.signature(function).parameters), None)
    except (TypeError, ValueError):
        return False
    return first == "self" and not inspect.ismethod(function)


def _covers(general: Any, one: Any) -> bool:
    if hasattr(one, "is_subtype_of") and hasattr(general, "is_subtype_of"):
        return bool(one.is_subtype_of(general))
    return bool(general == one)


def _widened(a: Any, b: Any) -> Any:
    if hasattr(a, "most_specific_compatible_type"):
        return a.most_specific_compatible_type(b)
    if a != b:
        raise ValueError("different values")
    return a


def function(
    func: Callable[..., Any] | None = None,
    input_signature: Any = None,
    autograph: bool = True,
    jit_compile: bool | None = None,
    reduce_retracing: bool = False,
    experimental_implements: Any = None,
    experimental_autograph_options: Any = None,
    experimental_attributes: Any = None,
    experimental_relax_shapes: bool | None = None,
    experimental_compile: bool | None = None,
    experimental_follow_type_hints: bool | None = None,
) -> Any:
    """Decorator of a function, with or without arguments; the function runs as it is.

    Args:
        func: the function.
        input_signature: specs; arguments are made to fit, or a TypeError is raised.
        autograph, jit_compile: accepted; there is no graph to build. `torch.compile` compiles a function.
        reduce_retracing: whether calls that differ in sizes alone count as one kind.
        experimental_implements, experimental_autograph_options, experimental_attributes: accepted.
        experimental_relax_shapes: the old name of `reduce_retracing`.
        experimental_compile, experimental_follow_type_hints: accepted.
    """
    relaxed = bool(reduce_retracing or experimental_relax_shapes)

    def decorate(inner: Callable[..., Any]) -> Any:
        if isinstance(inner, (staticmethod, classmethod)):
            return type(inner)(decorate(inner.__func__))
        if not callable(inner):
            raise TypeError(f"tf.function takes a function. Received: {inner!r}")
        return Function(inner, input_signature=input_signature, reduce_retracing=relaxed)

    return decorate if func is None else decorate(func)


__all__ = ["Function", "function"]
