"""`python -m torchkeras info`: what a report of a fault should say."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform

import numpy as np
import torch

import torchkeras
from torchkeras import keras
from torchkeras.core.device import default_device
from torchkeras.shim import kernel
from torchkeras.shim.hook import installed

# What is only needed for some things: the import name and what it is for.
OPTIONAL_PARTS = {
    "torchvision": "pre-trained weights, mirrors of data sets",
    "PIL": "reading and writing image files",
    "matplotlib": "figures of notebooks and documents",
    "pandas": "data frames in fit",
    "tensorboard": "showing the event files",
    "torchmetrics": "its metrics in compile",
    "safetensors": "weights in .safetensors files",
    "onnx": "model.export to .onnx files",
    "IPython": "%load_ext torchkeras",
    "nbclient": "run --output with a kernel",
}
_DISTRIBUTIONS = {"PIL": "pillow", "IPython": "ipython"}


def info() -> str:
    """Versions, devices and optional parts, a line each."""
    hook = "on" if installed() else "off; `python -m torchkeras run` or `torchkeras.install()` turns it on"
    lines = [
        f"torchkeras   {torchkeras.__version__} ({os.path.dirname(torchkeras.__file__)})",
        f"stands for   tensorflow and keras {keras.__version__}",
        f"torch        {torch.__version__}, {torch.get_num_threads()} threads",
        f"numpy        {np.__version__}",
        f"python       {platform.python_version()}, {platform.system()} {platform.machine()}",
        f"device       {default_device()}{_cuda()}",
        f"import hook  {hook}",
        f"notebooks    --output runs them {'in a Jupyter kernel' if kernel.available() else 'in this process'}",
    ]
    for variable in ("TORCHKERAS_SYNTHETIC_DATA", "TORCHKERAS_DEVICE", "TORCHKERAS_INSTALL", "KERAS_HOME"):
        if variable in os.environ:
            lines.append(f"environment  {variable}={os.environ[variable]}")
    lines.append("optional parts")
    lines += [f"  {name:<13}{_version(name):<12}{use}" for name, use in OPTIONAL_PARTS.items()]
    return "\n".join(lines)


def _cuda() -> str:
    count = torch.cuda.device_count()
    names = ", ".join(torch.cuda.get_device_name(number) for number in range(count))
    return f"; CUDA {torch.version.cuda}: {names}" if count else "; no CUDA device"


def _version(name: str) -> str:
    if importlib.util.find_spec(name) is None:
        return "missing"
    try:
        return importlib.metadata.version(_DISTRIBUTIONS.get(name, name))
    except importlib.metadata.PackageNotFoundError:
        return "there"
