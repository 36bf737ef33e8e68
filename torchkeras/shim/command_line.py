"""The command line: `python -m torchkeras run | check | info`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from torchkeras.core.device import use_device
from torchkeras.core.errors import did_you_mean
from torchkeras.shim.checking import check
from torchkeras.shim.info import info
from torchkeras.shim.run import Run, run
from torchkeras.shim.sources import SourceError

USAGE = """\
usage: python -m torchkeras run [OPTIONS] FILE [ARGS...]
       python -m torchkeras check FILE...
       python -m torchkeras info

run    runs a script (.py), a notebook (.ipynb) or the Python blocks of a Markdown document (.md, .txt) written for
       TensorFlow or Keras, on PyTorch
  --synthetic-data[=N]  data sets are made, not loaded: N training samples, or as many as the real ones have
  --device cpu|cuda     where models and tensors live; otherwise CUDA where there is one
  --output FILE.ipynb   keeps the executed notebook with its outputs and pictures
  --skip N,M            leaves out these blocks or cells, counted from 1

check  lists, without running it, what a file uses that torchkeras does not have; exit status 1 if there is any

info   versions, devices, optional parts
"""

_WITH_VALUE = ("--device", "--output", "--skip")


class UsageError(Exception):
    """A command line that cannot be understood."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command line; the exit status, 2 for one that cannot be understood or a file that cannot be read."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] in ("-h", "--help", "help"):
        print(USAGE, end="")
        return 0 if words else 2
    command, rest = words[0], words[1:]
    try:
        if rest[:1] in (["-h"], ["--help"]):
            print(USAGE, end="")
            return 0
        if command == "run":
            return run(_run_task(rest))
        if command == "check":
            return check(_files(rest))
        if command == "info" and not rest:
            print(info())
            return 0
        raise UsageError(f"unknown command {' '.join(words)!r}.{did_you_mean(command, ('run', 'check', 'info'))}")
    except (UsageError, SourceError, OSError) as error:
        print(f"torchkeras {command}: {error}", file=sys.stderr)
        return 2


def _run_task(words: list[str]) -> Run:
    options: dict[str, str] = {}
    at = 0
    while at < len(words) and words[at].startswith("-") and words[at] != "-":
        word = words[at]
        at += 1
        if word == "--":
            break
        name, mark, value = word.partition("=")
        if name in _WITH_VALUE and not mark:
            if at == len(words):
                raise UsageError(f"{name} needs a value")
            value = words[at]
            at += 1
        elif name not in (*_WITH_VALUE, "--synthetic-data"):
            known = [*_WITH_VALUE, "--synthetic-data"]
            raise UsageError(
                f"unknown option {name}.{did_you_mean(name, known)} Options of the script follow its name."
            )
        options[name] = value
    if at == len(words):
        raise UsageError("expected a file to run")
    path = Path(words[at])
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    if "--synthetic-data" in options:
        os.environ["TORCHKERAS_SYNTHETIC_DATA"] = _samples(options["--synthetic-data"])
    if "--device" in options:
        _choose_device(options["--device"])
    output = Path(options["--output"]) if "--output" in options else None
    return Run(path, tuple(words[at + 1 :]), output, _numbers(options.get("--skip", "")))


def _samples(value: str) -> str:
    if value and not (value.isdecimal() and int(value) > 0):
        raise UsageError(f"--synthetic-data={value}: expected a number of samples")
    return value or "1"


def _choose_device(name: str) -> None:
    try:
        device = torch.device(name)
    except RuntimeError:
        device = None
    if device is None or device.type not in ("cpu", "cuda"):
        raise UsageError(f"--device {name}: expected cpu, cuda or cuda:N")
    if device.type == "cuda" and (device.index or 0) >= torch.cuda.device_count():
        raise UsageError(f"--device {name}: torch {torch.__version__} sees {torch.cuda.device_count()} CUDA devices")
    use_device(name)


def _numbers(text: str) -> frozenset[int]:
    try:
        return frozenset(int(word) for word in text.split(",") if word.strip())
    except ValueError:
        raise UsageError(f"--skip {text}: expected numbers such as 2,5") from None


def _files(words: list[str]) -> list[Path]:
    if not words:
        raise UsageError("expected files to check")
    return [Path(word) for word in words]
