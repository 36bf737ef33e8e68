"""torchvision, imported when it is first needed."""

from __future__ import annotations

import importlib
from types import ModuleType

import torch

#: Compiled operators that torchvision's Python part declares results for while it is imported.
_SCHEMAS = {
    "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}

# A Library takes its declarations back when it is collected.
_declared: list[torch.library.Library] = []


def torchvision() -> ModuleType:
    """The torchvision package.

    Its binaries belong to one build of torch. Beside another (a CPU build, say) they do not load, and importing it
    fails with "operator torchvision::nms does not exist". Data sets, transforms and models need none of them: with
    the missing operators' schemas declared the Python part imports, and only a call of such an operator fails.
    """
    try:
        return importlib.import_module("torchvision")
    except ModuleNotFoundError as error:
        raise ImportError("This needs torchvision. Install it with: pip install torchvision") from error
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise _unusable(error) from error
    _declare_missing()
    try:
        return importlib.import_module("torchvision")
    except Exception as error:
        raise _unusable(error) from error


def _declare_missing() -> None:
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name, schema in _SCHEMAS.items():
        if not hasattr(torch.ops.torchvision, name):
            library.define(schema)
    _declared.append(library)


def _unusable(error: Exception) -> ImportError:
    return ImportError(
        f"torchvision does not work with torch {torch.__version__} ({error}). Install the two as a pair: "
        f"pip install --force-reinstall torch torchvision"
    )
