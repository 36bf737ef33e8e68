"""Lists the operation classes of a real Keras 3 anew: torchkeras/saving/configs/keras3_operations.py."""

from __future__ import annotations

import importlib
import inspect
import os
import re
from pathlib import Path
from typing import Any

MODULES = ("numpy", "nn", "math", "core", "linalg", "image", "einops")
#: They hold functions, which a config cannot.
LEFT_OUT = ("WhileLoop", "ForiLoop", "Cond", "VectorizedMap", "SegmentReduction", "Map", "Scan", "AssociativeScan",
            "Switch")  # fmt: skip
TARGET = Path(__file__).resolve().parents[3] / "torchkeras" / "saving" / "configs" / "keras3_operations.py"


def lines() -> list[str]:
    operation = importlib.import_module("keras.src.ops.operation").Operation
    found = []
    for name in MODULES:
        module = importlib.import_module(f"keras.src.ops.{name}")
        functions = _functions(module)
        for class_name, cls in vars(module).items():
            own = inspect.isclass(cls) and issubclass(cls, operation) and cls.__module__ == module.__name__
            if own and class_name not in LEFT_OUT:
                plain = _snake(class_name)
                makers = functions.get(class_name, [])
                function = plain if plain in makers or not makers else makers[0]
                inputs, settings = _names(cls.call, ("self",)), _names(cls.__init__, ("self", "name"))
                found.append(f"{name}.{class_name} {function} {inputs or '-'} {settings or '-'}")
    return found


def _functions(module: Any) -> dict[str, list[str]]:
    """By class: the functions that record it."""
    found: dict[str, list[str]] = {}
    for name, function in vars(module).items():
        if inspect.isfunction(function) and function.__module__ == module.__name__:
            source = inspect.getsource(function)
            if ".symbolic_call" in source:
                for class_name in re.findall(r"\b([A-Z]\w+)\(", source):
                    found.setdefault(class_name, []).append(name)
    return found


def _names(function: Any, without: tuple[str, ...]) -> str:
    return ",".join(name for name in inspect.signature(function).parameters if name not in without)


def _snake(name: str) -> str:
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)).lower()


def main() -> None:
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    head = TARGET.read_text().split('OPERATIONS = """')[0]
    TARGET.write_text(head + 'OPERATIONS = """\n' + "\n".join(lines()) + '\n"""\n')


if __name__ == "__main__":
    main()
