"""ONNX files, made by torch's own exporter from the program of the model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from torchkeras.core.files import written_whole
from torchkeras.core.nest import flatten
from torchkeras.saving.export.signature import Inputs, distinct, keys_of
from torchkeras.saving.export.torch_program import given_sizes, traced

#: A message of protocol buffers, which an ONNX file is, has this many bytes at most.
_LARGEST = 2**31 - 1


def write_onnx(model: Any, path: str, inputs: Inputs, opset_version: int | None = None, **kwargs: Any) -> None:
    """Writes an ONNX file whose inputs have the names and shapes that they have in the model.

    Args:
        model: the model, in its mode of inference.
        path: the file.
        inputs: what it takes.
        opset_version: the version of ONNX's operators; None is that of torch's exporter. An error says so where
            it can only write another.
        kwargs: none.
    """
    if kwargs:
        raise TypeError(f"Unsupported arguments for ONNX: {sorted(kwargs)}. Supported is 'opset_version'.")
    if opset_version is not None and not isinstance(opset_version, int):
        raise TypeError(f"`opset_version` must be an integer. Received: {opset_version!r}")
    _need_libraries()
    names = [spec.name for spec in inputs.leaves]
    size = sum(value.numel() * value.element_size() for value in model.state_dict().values())
    if size > _LARGEST:
        raise ValueError(
            f"The weights of the model {model.name!r} are {size} bytes, and an ONNX file has 2 GB at most. Export it "
            f"as a program of torch: `model.export('model.pt2')`."
        )
    keys: list[str] = []
    program = traced(_Flat(model, inputs, keys.extend), model, Inputs((inputs.leaves,)))
    try:
        with torch.no_grad():
            made = torch.onnx.export(
                program,
                input_names=names,
                output_names=_output_names(model, keys, len(program.graph_signature.user_outputs), names),
                opset_version=opset_version,
                dynamo=True,
                verbose=False,
                custom_translation_table={torch.ops.aten.sort.stable: _sort_stable},
            )
    except Exception as error:
        raise ValueError(
            f"The model {model.name!r} cannot be written as ONNX: {_reason(error)} As a program of torch it can: "
            f"`model.export('model.pt2')`."
        ) from error
    assert made is not None
    made.rename_axes(_axis_names(program, names))
    written = made.model_proto
    found = next(one.version for one in written.opset_import if one.domain in ("", "ai.onnx"))
    if opset_version not in (None, found):
        raise ValueError(
            f"The model {model.name!r} cannot be written with ONNX's operators of version {opset_version}, only of "
            f"version {found}. Leave `opset_version` out, or try one nearer to {found}."
        )
    content = written.SerializeToString()
    with written_whole(path) as file:
        file.write(content)


class _Flat(nn.Module):
    """A model that takes a list of tensors and gives a tuple of them, whatever structures it has itself.

    Args:
        model: the model.
        inputs: what it takes.
        note: is given the keys where the model gives a dict of tensors. Attributes would be as before after an export.
    """

    def __init__(self, model: Any, inputs: Inputs, note: Callable[[list[str]], None]) -> None:
        super().__init__()
        self.model = model
        self._inputs, self._note = inputs, note

    def forward(self, tensors: list[Tensor]) -> tuple[Tensor, ...]:
        found = self.model(*self._inputs.packed(tensors))
        self._note(keys_of(found))
        return tuple(flatten(found))


def _output_names(model: Any, keys: list[str], count: int, inputs: list[str]) -> list[str]:
    """The keys of a dict, else the model's names of its outputs, else numbers."""
    names = next((found for found in (keys[:count], list(model.output_names)) if len(found) == count), [])
    if not names:
        names = [f"output_{i}" for i in range(count)]
    # In a file of ONNX a name stands for one value: an input that is an output too needs a second one.
    return distinct(names, inputs)


def _axis_names(program: Any, names: list[str]) -> dict[Any, str]:
    """What to call the open sizes: 'batch', and for the others input and axis."""
    found: dict[Any, str] = {}
    for name, sizes in zip(names, given_sizes(program), strict=True):
        for axis, size in enumerate(sizes):
            if not isinstance(size, int):
                found.setdefault(str(size), f"{name}_{axis}" if axis else "batch")
    return found


def _sort_stable(values: Any, stable: bool | None = None, dim: int = -1, descending: bool = False) -> Any:
    """torch.sort(stable=True), which layers with masks use: TopK keeps the order of equal values by its definition."""
    from onnxscript import opset18

    op: Any = opset18

    # As int64: TopK does not take the small integers of masks.
    whole = values if values.dtype is None or values.dtype.is_floating_point() else op.Cast(values, to=7)
    found, places = op.TopK(
        whole, op.Gather(op.Shape(values), op.Constant(value_ints=[dim])), axis=dim, largest=int(descending)
    )
    return op.CastLike(found, values), places


def _reason(error: BaseException) -> str:
    """The innermost error in a line: torch's own message is a page, which ends with the advice to report it."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {' '.join(lines[:2])[:300]}"


def _need_libraries() -> None:
    try:
        import onnx  # noqa: F401
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise ImportError(
            f"Exporting to ONNX needs the libraries `onnx` and `onnxscript` ({error.name} is missing): `pip install "
            f"onnx onnxscript`."
        ) from None
