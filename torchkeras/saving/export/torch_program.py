"""Programs of torch.export, in `.pt2` files."""

from __future__ import annotations

import inspect
from typing import Any

import torch

from torchkeras.core.files import written_whole
from torchkeras.saving.export.signature import Inputs


def write_program(model: Any, path: str, inputs: Inputs, **kwargs: Any) -> None:
    """Writes what `torch.export.load(path).module()` calls as the model is called.

    Args:
        model: the model, in its mode of inference.
        path: the file, which ends in '.pt2'.
        inputs: what it takes.
        kwargs: for `torch.export.export`.
    """
    known = set(inspect.signature(torch.export.export).parameters) - {"mod", "args", "kwargs"}
    if set(kwargs) - known:
        raise TypeError(
            f"Unsupported arguments for a program of torch: {sorted(set(kwargs) - known)}. Supported are "
            f"{sorted(known)}."
        )
    if not path.endswith(".pt2"):
        raise ValueError(f"A program of torch.export goes to a path that ends in '.pt2'. Received: {path!r}")
    program = traced(model, model, inputs, **kwargs)
    with written_whole(path) as file:
        torch.export.save(program, file)


def traced(module: torch.nn.Module, model: Any, inputs: Inputs, **kwargs: Any) -> Any:
    """The program of a module; a ValueError that names the model where torch cannot make one."""
    device = next((value.device for value in model.state_dict().values()), torch.device("cpu"))
    own_sizes = "dynamic_shapes" in kwargs and kwargs["dynamic_shapes"] is not None
    kwargs.setdefault("dynamic_shapes", inputs.open_sizes())
    try:
        with torch.no_grad():
            program = torch.export.export(module, inputs.examples(device), **kwargs)
    except Exception as error:
        raise ValueError(
            f"The model {model.name!r} cannot be exported. torch.export says: {type(error).__name__}: {_short(error)}"
        ) from error
    if not own_sizes:
        _check_open(program, model, inputs)
    return program


def given_sizes(program: Any) -> list[tuple[Any, ...]]:
    """The shapes of a program's inputs: a number for a size that is fixed, a symbol for one that is open."""
    names = set(program.graph_signature.user_inputs)
    nodes = [node for node in program.graph.nodes if node.op == "placeholder" and node.name in names]
    # A symbol that torch has found out the value of reads as a number.
    return [tuple(int(str(n)) if str(n).isdigit() else n for n in node.meta["val"].shape) for node in nodes]


def _check_open(program: Any, model: Any, inputs: Inputs) -> None:
    """That no size is fixed which should be open: the file would be good for inputs of the example's size alone."""
    for spec, sizes in zip(inputs.leaves, given_sizes(program), strict=True):
        for axis, (wanted, found) in enumerate(zip(spec.shape, sizes, strict=True)):
            if wanted is None and isinstance(found, int):
                fixed = ", ".join(
                    "None" if n is None else str(n) for n in (*spec.shape[:axis], "…", *spec.shape[axis + 1 :])
                )
                raise ValueError(
                    f"The model {model.name!r} cannot be exported with the size of axis {axis} of the input "
                    f"{spec.name!r} left open, because what it computes depends on it (recurrent layers are unrolled "
                    f"over their steps). Fix it: `input_signature=[keras.InputSpec(shape=({fixed}))]`, with a number "
                    f"for the dots."
                )


def _short(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines[:4])[:500]
