"""export_model: which kind of file, and what is common to all kinds."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import nn

from torchkeras.core.shards import check_whole
from torchkeras.saving.export.onnx_file import write_onnx
from torchkeras.saving.export.signature import inputs_of
from torchkeras.saving.export.torch_program import write_program
from torchkeras.utils.messages import print_msg

_BY_NAME: dict[str, Callable[..., None]] = {"onnx": write_onnx, "torch": write_program, "pt2": write_program}
_BY_ENDING: dict[str, Callable[..., None]] = {".onnx": write_onnx, ".pt2": write_program}
#: Keras's formats that need other programs than torch.
_FOREIGN = {"tf_saved_model": "TensorFlow", "openvino": "OpenVINO", "litert": "LiteRT", "tflite": "LiteRT"}


def export_model(
    model: Any,
    filepath: str | os.PathLike[str],
    format: str | None = None,
    verbose: bool | None = None,
    input_signature: Any = None,
    **kwargs: Any,
) -> None:
    """Writes the forward pass of a model, as it is at inference, to a file that runs without its code.

    Args:
        model: the model.
        filepath: where to. Its ending chooses the format where `format` does not.
        format: 'onnx' for ONNX (needs the extra `onnx`), 'torch' for a program of `torch.export`, with the ending
            '.pt2'.
        verbose: whether to say where the file is; None is yes.
        input_signature: shapes and dtypes of the inputs, where the model does not know them or they are to be fixed: a
            list with an InputSpec, TensorSpec, KerasTensor or tensor (or a structure of them) for each argument. None
            in a shape stays open.
        kwargs: for ONNX `opset_version`; for torch's programs arguments of `torch.export.export`.
    """
    path = os.fspath(filepath)
    write = _writer(path, format)
    check_whole(model, "a program to run elsewhere")
    inputs = inputs_of(model, input_signature)
    folder = os.path.dirname(path)
    if folder:
        os.makedirs(folder, exist_ok=True)
    if os.path.isdir(path):
        raise IsADirectoryError(f"Cannot export to {path!r}: it is a directory. Add a name, such as 'model.onnx'.")
    with _at_inference(model), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # those of torch's own exporters about themselves
        write(model, path, inputs, **kwargs)
    if verbose is None or verbose:
        print_msg(f"Saved artifact at '{path}'.")


def _writer(path: str, format: str | None) -> Callable[..., None]:
    if format is None:
        found = _BY_ENDING.get(os.path.splitext(path)[1].lower())
        if found is not None:
            return found
        problem = f"the ending of {path!r} names no format"
        format = "" if os.path.splitext(path)[1] else "tf_saved_model"
    else:
        if format in _BY_NAME:
            return _BY_NAME[format]
        problem = f"there is no format {format!r}"
    needs = f" {format!r} is for {_FOREIGN[format]}, which is not part of this." if format in _FOREIGN else ""
    again = " To load the model again with `load_model`, use `model.save`." if format == "tf_saved_model" else ""
    raise ValueError(
        f"Cannot export to {path!r}: {problem}.{needs} There are 'onnx' (ending '.onnx') and 'torch' (ending '.pt2', a "
        f"program of torch.export): pass `format=` or end the path so.{again}"
    )


@contextmanager
def _at_inference(model: nn.Module) -> Iterator[None]:
    """The modules within, also plain ones of torch, in their mode of inference; afterwards as they were."""
    before = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, training in before:
            module.training = training
