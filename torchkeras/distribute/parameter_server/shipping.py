"""Functions and classes of a program, sent to a process that does not have them.

pickle sends a function as the name of its module; a worker that only runs `server.join()` has no module with the
chief's `step_fn`. So what is defined in the program itself, or within a function, goes by value: its code, what its
closure holds, and the globals that it names. What belongs to an importable module still goes by its name. The code is
Python's own, so that both sides must run the same version; and it is run there: members of a cluster trust each other.
"""

from __future__ import annotations

import builtins
import dis
import enum
import importlib
import io
import marshal
import pickle
import sys
import threading
import types
import uuid
import weakref
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

#: Modules that are another program's elsewhere.
_PROGRAMS = ("__main__", "__mp_main__")
_HEAP_TYPE = 1 << 9  # Python's flag of classes made by a class statement
_NEVER_COPIED = {"__dict__", "__weakref__", "__slots__", "_abc_impl", "__module__", "__qualname__"}


class CannotShip(TypeError):
    """Something cannot be sent to another process."""


class Shipper(pickle.Pickler):
    """A pickler that sends the program's own functions and classes by value.

    Args:
        file: where it writes.
        special: gives how to rebuild an object, as `__reduce__` does, or NotImplemented where it knows no better way.
    """

    def __init__(self, file: Any, special: Callable[[Any], Any] | None = None) -> None:
        super().__init__(file, protocol=5)
        self._special = special
        self._homes: dict[int, _Home] = {}

    def reducer_override(self, obj: Any) -> Any:
        if self._special is not None and (found := self._special(obj)) is not NotImplemented:
            return found
        if isinstance(obj, types.FunctionType):
            return NotImplemented if _has_a_name(obj) else self._function(obj)
        if isinstance(obj, type):
            return self._class(obj) if obj.__flags__ & _HEAP_TYPE and not _has_a_name(obj) else NotImplemented
        if isinstance(obj, types.ModuleType):
            return _module, (_name_of(obj),)
        if isinstance(obj, types.CellType):
            return _empty_cell, ()  # whichever function has it fills it
        if isinstance(obj, (staticmethod, classmethod)):
            return type(obj), (obj.__func__,)
        if isinstance(obj, property):
            return property, (obj.fget, obj.fset, obj.fdel, obj.__doc__)
        if type(obj) is torch.Tensor and not obj.requires_grad and obj.layout is torch.strided:
            return tensor_of, packed(obj)
        return NotImplemented

    def _function(self, function: types.FunctionType) -> Any:
        code = function.__code__
        home = self._homes.setdefault(id(function.__globals__), _Home(function.__globals__))
        cells = function.__closure__ or ()
        state = {
            "globals": {} if home.is_module else _named(function),
            "cells": [(cell, cell.cell_contents) for cell in cells if _is_filled(cell)],
            "own": {
                name: getattr(function, name)
                for name in ("__defaults__", "__kwdefaults__", "__qualname__", "__module__", "__doc__")
            },
            "attributes": function.__dict__,
        }
        made_from = marshal.dumps(code), home, function.__name__, tuple(cells)
        return _bare_function, made_from, state, None, None, _fill_function

    def _class(self, kind: type) -> Any:
        if issubclass(kind, enum.Enum):
            raise CannotShip(
                f"The Enum {kind.__name__} is defined in the program itself, and cannot be sent to other processes: "
                f"define it in a module that they import."
            )
        slots = {"__slots__": kind.__dict__["__slots__"]} if "__slots__" in kind.__dict__ else {}
        names = {"__module__": kind.__module__, "__qualname__": kind.__qualname__, **slots}
        members = (types.MemberDescriptorType, types.GetSetDescriptorType)
        state = {
            name: value
            for name, value in kind.__dict__.items()
            if name not in _NEVER_COPIED and not isinstance(value, members)
        }
        made_from = type(kind), kind.__name__, kind.__bases__, names, _classes.number_of(kind)
        return _bare_class, made_from, state, None, None, _fill_class


def ship(value: Any, special: Callable[[Any], Any] | None = None) -> bytes:
    """A value as bytes."""
    file = io.BytesIO()
    try:
        Shipper(file, special).dump(value)
    except CannotShip:
        raise
    except (TypeError, AttributeError, pickle.PicklingError) as error:
        raise CannotShip(
            f"{_called(value)} cannot be sent to the workers: {error}. Make it of functions, arrays, tensors and "
            f"layers; open files, generators and iterators have to be made on the worker, for which there is "
            f"`coordinator.create_per_worker_dataset`."
        ) from error
    return file.getvalue()


def unship(text: bytes) -> Any:
    """The value that was sent."""
    return pickle.loads(text)


def _called(value: Any) -> str:
    return f"The function {getattr(value, '__name__', value)!r}" if callable(value) else f"A {type(value).__name__}"


# --- what goes by its name ---


def _has_a_name(obj: Any) -> bool:
    """Whether an import finds the object, in any process."""
    found: Any = None if obj.__module__ in _PROGRAMS else sys.modules.get(obj.__module__ or "")
    for name in obj.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is obj


def _name_of(module: types.ModuleType) -> str:
    if sys.modules.get(module.__name__) is module:
        return module.__name__
    found = next((name for name, one in list(sys.modules.items()) if one is module), None)
    if found is None:
        raise CannotShip(f"The module {module.__name__!r} cannot be imported by its name.")
    return found


def _module(name: str) -> types.ModuleType:
    return importlib.import_module(name)


def _is_module(namespace: dict[str, Any]) -> bool:
    name = namespace.get("__name__")
    return name not in _PROGRAMS and name in sys.modules and vars(sys.modules[name]) is namespace


# --- functions ---


class _Home:
    """The globals of functions that were defined in one place."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.name, self.is_module = namespace.get("__name__", "__main__"), _is_module(namespace)

    def __reduce__(self) -> Any:
        return _home, (self.name, self.is_module)


class _Namespace:
    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values


def _home(name: str, is_module: bool) -> _Namespace:
    if is_module:
        return _Namespace(vars(importlib.import_module(name)))
    return _Namespace({"__name__": name, "__builtins__": builtins})


def _globals_of(code: types.CodeType) -> set[str]:
    """The names that code, and the functions within it, look up in the globals."""
    found = {
        one.argval
        for one in dis.get_instructions(code)
        if one.opname in ("LOAD_GLOBAL", "STORE_GLOBAL", "LOAD_NAME", "DELETE_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS")
    }
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            found |= _globals_of(constant)
    return found


def _named(function: types.FunctionType) -> dict[str, Any]:
    """The globals that a function names."""
    namespace = function.__globals__
    return {name: namespace[name] for name in sorted(_globals_of(function.__code__)) if name in namespace}


def _is_filled(cell: types.CellType) -> bool:
    try:
        cell.cell_contents  # noqa: B018
    except ValueError:
        return False
    return True


def _empty_cell() -> types.CellType:
    return types.CellType()


def _bare_function(code: bytes, home: _Namespace, name: str, cells: tuple[types.CellType, ...]) -> Any:
    return types.FunctionType(marshal.loads(code), home.values, name, None, cells)


def _fill_function(function: Any, state: dict[str, Any]) -> None:
    function.__globals__.update(state["globals"])
    for cell, contents in state["cells"]:
        cell.cell_contents = contents
    for name, value in state["own"].items():
        setattr(function, name, value)
    function.__dict__.update(state["attributes"])


# --- classes ---


class _Classes:
    """Each class that was sent or came, by a number that it has in all processes: it is made once in each."""

    def __init__(self) -> None:
        self._numbers: weakref.WeakKeyDictionary[type, str] = weakref.WeakKeyDictionary()
        self._classes: weakref.WeakValueDictionary[str, type] = weakref.WeakValueDictionary()
        self.whole: weakref.WeakSet[type] = weakref.WeakSet()
        self._lock = threading.Lock()

    def number_of(self, kind: type) -> str:
        with self._lock:
            number = self._numbers.setdefault(kind, uuid.uuid4().hex)
            self._classes[number] = kind
            self.whole.add(kind)
            return number

    def made(self, number: str, make: Callable[[], type]) -> type:
        with self._lock:
            kind = self._classes.get(number)
            if kind is None:
                kind = self._classes[number] = make()
                self._numbers[kind] = number
            return kind


_classes = _Classes()


def _bare_class(meta: type, name: str, bases: tuple[type, ...], names: dict[str, Any], number: str) -> type:
    return _classes.made(
        number, lambda: types.new_class(name, bases, {"metaclass": meta}, lambda body: body.update(names))
    )


def _fill_class(kind: type, state: dict[str, Any]) -> None:
    if kind in _classes.whole:
        return
    for name, value in state.items():
        setattr(kind, name, value)
    _classes.whole.add(kind)


# --- tensors ---


def packed(tensor: torch.Tensor) -> tuple[np.ndarray, str]:
    """A tensor's values as an array, and its dtype: NumPy has no bfloat16."""
    plain = tensor.detach().cpu().contiguous()
    name = str(plain.dtype).removeprefix("torch.")
    if plain.dtype is torch.bfloat16:
        plain = plain.view(torch.int16)
    return plain.resolve_conj().resolve_neg().numpy(), name


def tensor_of(array: Any, name: str) -> torch.Tensor:
    """The tensor again, on the CPU."""
    array = np.asarray(array)
    tensor = torch.from_numpy(array if array.flags.writeable else array.copy())
    return tensor.view(torch.bfloat16) if name == "bfloat16" else tensor


__all__ = ["CannotShip", "Shipper", "packed", "ship", "tensor_of", "unship"]
