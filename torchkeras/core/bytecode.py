"""Nameless functions as Keras keeps them in files: marshalled bytecode, which can do anything once it is called.

So it is read only where `in_safe_mode()` is False. Bytecode says nowhere which Python it is of, and another one's may
crash the process: what was marshalled is walked through before it is loaded, and each instruction before it is run.
"""

from __future__ import annotations

import base64
import binascii
import builtins
import dis
import importlib
import marshal
import struct
import sys
import types
from collections.abc import Iterator
from typing import Any

from torchkeras.core.custom_objects import custom_names
from torchkeras.core.errors import UnsafeConfig
from torchkeras.core.safe_mode import in_safe_mode

#: Modules that a function may know by these names, as it did where it was written.
_MODULES = {
    "np": "numpy", "numpy": "numpy", "math": "math", "torch": "torch", "keras": "torchkeras",
    "K": "torchkeras.backend", "backend": "torchkeras.backend", "layers": "torchkeras.layers", "ops": "torchkeras.ops",
    "tf": "torchkeras.tensorflow", "tensorflow": "torchkeras.tensorflow",
}  # fmt: skip


def refusal(what: str) -> UnsafeConfig:
    """The error for code that is not run."""
    return UnsafeConfig(
        f"{what} holds the bytecode of a Python function, which can do anything once it runs, so it is not read. If "
        f"you trust where it comes from, pass `safe_mode=False` to the function that loads it, or call "
        f"`keras.config.enable_unsafe_deserialization()` before."
    )


# --- writing ------------------------------------------------------------------------------------------------


def code_of_function(function: Any, what: str) -> list[Any]:
    """What Keras writes for a function: its bytecode as text, its defaults, the values it takes from around it.

    Args:
        function: a function written in Python.
        what: what it is, for error messages.
    """
    if not isinstance(function, types.FunctionType):
        raise NotImplementedError(f"{what} is {function!r}, which is no function with bytecode.")
    defaults, closure = function.__defaults__, None
    if function.__closure__:
        closure = [cell.cell_contents for cell in function.__closure__]
    for name, values in (("a default", defaults), ("taken from around it", closure)):
        for value in values or ():
            if not _is_plain(value):
                raise NotImplementedError(
                    f"{what}, {function!r}, cannot be put into a config: {value!r} of type {type(value).__name__}, "
                    f"{name}, is no plain data. Pass it in `arguments`, name and register the function, or write a "
                    f"layer."
                )
    code = base64.encodebytes(marshal.dumps(function.__code__)).decode("ascii")
    return [code, None if defaults is None else list(defaults), closure]


def _is_plain(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) for key in value) and all(map(_is_plain, value.values()))
    return value is None or type(value) in (bool, int, float, str)


# --- reading ------------------------------------------------------------------------------------------------


def function_of_code(saved: Any, what: str, names: dict[str, Any] | None = None) -> Any:
    """The function that such bytecode is of, in unsafe mode alone.

    Args:
        saved: [bytecode, defaults, closure], or the bytecode alone.
        what: whose it is, for error messages.
        names: further names that it may use.
    """
    if in_safe_mode():
        raise refusal(what)
    text, defaults, closure = (*saved, None, None)[:3] if isinstance(saved, (list, tuple)) else (saved, None, None)
    code = _loaded(text, what)
    if len(code.co_freevars) != len(closure or ()):
        raise UnsafeConfig(
            f"{what} holds bytecode that takes {len(code.co_freevars)} values from around it, and {len(closure or ())} "
            f"of them."
        )
    cells = tuple(types.CellType(value) for value in closure or ())
    known = _Globals(names or {}, code)
    return types.FunctionType(code, known.table, code.co_name, tuple(defaults) if defaults else None, cells)


class _Globals:
    """The names that a function of a file can use: custom objects, the main program's, and common modules."""

    def __init__(self, names: dict[str, Any], code: types.CodeType) -> None:
        self.table: dict[str, Any] = {"__builtins__": builtins, "__name__": "__main__"}
        main = vars(sys.modules["__main__"])
        for name in _names_in(code):
            for known in (names, custom_names(), main):
                if name in known:
                    self.table[name] = known[name]
                    break
            else:
                if name in _MODULES:
                    self.table[name] = importlib.import_module(_MODULES[name])


def _names_in(code: types.CodeType) -> set[str]:
    inner = (c for c in code.co_consts if isinstance(c, types.CodeType))
    return set(code.co_names).union(*map(_names_in, inner))


def _loaded(text: Any, what: str) -> types.CodeType:
    try:
        data = base64.b64decode(text.encode("ascii"))
    except (AttributeError, UnicodeEncodeError, binascii.Error, ValueError):
        raise UnsafeConfig(f"{what} holds bytecode that is not base64 text.") from None
    other = UnsafeConfig(
        f"{what} holds bytecode that is not of Python {sys.version_info[0]}.{sys.version_info[1]}: other versions' "
        f"does not run here. Load it with the Python that wrote it, or give the function in `custom_objects` under the "
        f"layer's name."
    )
    try:
        _Walk(data).all()
        code = marshal.loads(data)
    except (ValueError, EOFError, TypeError, IndexError, struct.error):
        raise other from None
    if not isinstance(code, types.CodeType) or not _runs_here(code):
        raise other
    return code


class _Walk:
    """Goes through marshalled data without loading it: whether it has the form that this Python reads."""

    _NUMBERS = {ord(kind): size for kind, size in {"i": 4, "g": 8, "y": 16, "r": 4, "I": 8}.items()}
    _TEXTS = {ord(kind) for kind in "stuaA"}
    _LISTS = {ord(kind) for kind in "([<>"}

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def all(self) -> None:
        if self.data[0] & 0x7F != ord("c"):
            raise ValueError("no code")
        self._value(0)
        if self.at != len(self.data):
            raise ValueError("more than one value")

    def _long(self) -> int:
        (value,) = struct.unpack_from("<i", self.data, self.at)
        self.at += 4
        return int(value)

    def _skip(self, size: int) -> None:
        self.at += size
        if size < 0 or self.at > len(self.data):
            raise EOFError

    def _value(self, depth: int) -> None:
        if depth > 50:
            raise ValueError("too deep")
        kind = self.data[self.at] & 0x7F
        self.at += 1
        if kind in b"NTFS.":
            return
        if kind in self._NUMBERS:
            self._skip(self._NUMBERS[kind])
        elif kind in self._TEXTS:
            self._skip(self._long())
        elif kind in b"zZ":
            self._skip(self.data[self.at] + 1)
        elif kind == ord("l"):
            self._skip(2 * abs(self._long()))
        elif kind == ord(")"):
            self.at += 1
            self._several(self.data[self.at - 1], depth)
        elif kind in self._LISTS:
            self._several(self._long(), depth)
        elif kind == ord(":"):  # a slice, from Python 3.14 on
            self._several(3, depth)
        elif kind == ord("c"):
            self._code(depth)
        else:
            raise ValueError(f"a value of kind {kind}")

    def _several(self, count: int, depth: int) -> None:
        if not 0 <= count <= len(self.data):
            raise ValueError("too many")
        for _ in range(count):
            self._value(depth + 1)

    def _code(self, depth: int) -> None:
        """As Python 3.11 and later have it: five numbers, eight values, the first line, two tables."""
        self._skip(5 * 4)
        kind, start = self.data[self.at] & 0x7F, self.at + 5
        self._value(depth + 1)
        if kind != ord("s") or not _instructions_fit(self.data[start : self.at]):
            raise ValueError("other instructions")
        self._several(7, depth)
        self._skip(4)
        self._several(2, depth)


def _instructions(raw: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Where each instruction is, what it is, its argument, where the next one is."""
    at = extended = 0
    while at < len(raw):
        operation, argument = raw[at], raw[at + 1] | extended
        after = at + 2 + 2 * _cache_count(operation)
        yield at, operation, argument, after
        extended = argument << 8 if dis.opname[operation] == "EXTENDED_ARG" else 0
        at = after


def _instructions_fit(raw: bytes) -> bool:
    """Whether these are instructions of this Python: known ones, with empty caches where it has caches.

    Of others the interpreter itself may crash when it takes them in.
    """
    if not raw or len(raw) % 2:
        return False
    started = False
    for at, operation, _, after in _instructions(raw):
        name = dis.opname[operation]
        if name.startswith("<") or name == "CACHE" or after > len(raw) or any(raw[at + 2 : after : 2]):
            return False
        started = started or name == "RESUME"
    return started


def _runs_here(code: types.CodeType) -> bool:
    """Whether the arguments of the instructions exist, and their stack never falls short."""
    steps = {}
    for at, operation, argument, after in _instructions(code.co_code):
        if not _argument_fits(code, operation, argument):
            return False
        steps[at] = operation, argument if operation >= dis.HAVE_ARGUMENT else None, after
    inner = (c for c in code.co_consts if isinstance(c, types.CodeType))
    return _stack_holds(code, steps) and all(map(_runs_here, inner))


def _cache_count(operation: int) -> int:
    """How many empty places this Python keeps after an instruction."""
    known: Any = dis._inline_cache_entries  # type: ignore[attr-defined]
    return int(known.get(dis.opname[operation], 0) if isinstance(known, dict) else known[operation])


def _argument_fits(code: types.CodeType, operation: int, argument: int) -> bool:
    if dis.opname[operation] == "LOAD_CONST":
        return argument < len(code.co_consts)
    if operation in dis.hasname:
        return (argument >> 2) < max(len(code.co_names), 1)  # some keep flags in the lowest bits
    return True


def _stack_holds(code: types.CodeType, steps: dict[int, tuple[int, int | None, int]]) -> bool:
    targets = {i.offset: i.argval for i in dis.get_instructions(code) if i.opcode in {*dis.hasjrel, *dis.hasjabs}}
    waiting, seen = [(0, 0)], set()
    while waiting:
        at, depth = waiting.pop()
        if (at, depth) in seen:
            continue
        seen.add((at, depth))
        if at not in steps or len(seen) > 100_000:
            return False
        operation, argument, after = steps[at]
        name = dis.opname[operation]
        if name.startswith(("RETURN_VALUE", "RAISE_VARARGS", "RERAISE")):
            if depth < 1 and name == "RETURN_VALUE":
                return False
            continue
        if name != "RETURN_CONST":
            for jumps in (False, True) if at in targets else (False,):
                try:
                    rest = depth + _effect(operation, argument, name, jumps)
                except ValueError:
                    return False
                if not 0 <= rest <= code.co_stacksize:
                    return False
                if jumps:
                    waiting.append((targets[at], rest))
                elif not name.startswith(("JUMP_FORWARD", "JUMP_BACKWARD")):
                    waiting.append((after, rest))
    return True


def _effect(operation: int, argument: int | None, name: str, jumps: bool) -> int:
    if name == "RETURN_GENERATOR":  # what is sent into the generator lies there when it goes on; 3.11 does not say so
        return 1
    return dis.stack_effect(operation, argument, jump=jumps)
