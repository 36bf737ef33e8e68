"""The command line: `python -m torchkeras run | check | info`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from torchkeras.core.device import use_device
from torchkeras.core.errors import did_you_mean
from torchkeras.distribute.launching import Plan, launch, usual_number
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
  --nproc N|auto        N processes of it, for strategies of tf.distribute; auto: as many as GPUs, or half the cores
  --nnodes M --node-rank R --master HOST:PORT
                        on M machines, of which this is number R (from 0), and HOST number 0
  --max-restarts K      starts all processes anew where one fails, up to K times
  --all-output          shows what all processes print, not the first alone

check  lists, without running it, what a file uses that torchkeras does not have; exit status 1 if there is any

info   versions, devices, optional parts
"""

_OF_LAUNCH = ("--nproc", "--nnodes", "--node-rank", "--master", "--max-restarts")
_WITH_VALUE = ("--device", "--output", "--skip", *_OF_LAUNCH)
_WITHOUT_VALUE = ("--all-output",)


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
            return _run(rest)
        if command == "check":
            return check(_files(rest))
        if command == "info" and not rest:
            print(info())
            return 0
        raise UsageError(f"unknown command {' '.join(words)!r}.{did_you_mean(command, ('run', 'check', 'info'))}")
    except (UsageError, SourceError, OSError) as error:
        print(f"torchkeras {command}: {error}", file=sys.stderr)
        return 2


def _run(words: list[str]) -> int:
    options, script = _options(words)
    path = Path(script[0])
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    if "--synthetic-data" in options:
        os.environ["TORCHKERAS_SYNTHETIC_DATA"] = _samples(options["--synthetic-data"])
    if "--device" in options:
        _choose_device(options["--device"])
    output = Path(options["--output"]) if "--output" in options else None
    task = Run(path, tuple(script[1:]), output, _numbers(options.get("--skip", "")))
    plan = _plan(options)
    return run(task) if plan is None else launch(plan, lambda rank: _command(options, script, rank))


def _options(words: list[str]) -> tuple[dict[str, str], list[str]]:
    """The options of `run`, and the words after them: a file and its arguments."""
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
        elif name in _WITHOUT_VALUE and mark:
            raise UsageError(f"{name} takes no value")
        elif name not in (known := (*_WITH_VALUE, *_WITHOUT_VALUE, "--synthetic-data")):
            raise UsageError(
                f"unknown option {name}.{did_you_mean(name, known)} Options of the script follow its name."
            )
        options[name] = value
    if at == len(words):
        raise UsageError("expected a file to run")
    return options, words[at:]


def _plan(options: dict[str, str]) -> Plan | None:
    """The processes that are asked for; None for this one alone."""
    if "--nproc" not in options:
        alone = [name for name in (*_OF_LAUNCH, *_WITHOUT_VALUE) if name in options]
        if alone:
            raise UsageError(f"{alone[0]} is of several processes: say how many with --nproc N or --nproc auto")
        return None
    if int(os.environ.get("WORLD_SIZE") or 1) > 1:
        raise UsageError("--nproc: this is one of several processes already (WORLD_SIZE is set): leave --nproc out")
    number = options["--nproc"]
    processes = usual_number(options.get("--device", "")) if number == "auto" else _count("--nproc", number, 1)
    machines = _count("--nnodes", options.get("--nnodes", "1"), 1)
    master = options.get("--master", "")
    if machines > 1 and not (master and "--node-rank" in options):
        raise UsageError(
            f"--nnodes {machines}: each machine needs --node-rank, its number from 0 to {machines - 1}, and "
            f"--master HOST:PORT, where machine 0 is reached"
        )
    if master and not (master.rpartition(":")[0] and master.rpartition(":")[2].isdecimal()):
        raise UsageError(f"--master {master}: expected HOST:PORT")
    machine = _count("--node-rank", options.get("--node-rank", "0"), 0)
    if machine >= machines:
        raise UsageError(
            f"--node-rank {machine}: expected a number from 0 to {machines - 1}, as --nnodes is {machines}"
        )
    restarts = _count("--max-restarts", options.get("--max-restarts", "0"), 0)
    return Plan(processes, machines, machine, master, restarts, "--all-output" in options)


def _command(options: dict[str, str], script: list[str], rank: int) -> list[str]:
    """What starts one of several processes."""
    kept = [name for name in options if name not in (*_OF_LAUNCH, *_WITHOUT_VALUE)]
    if rank and "--output" in kept:
        kept.remove("--output")  # the first writes it
    words = [f"{name}={options[name]}" if options[name] else name for name in kept]
    return [sys.executable, *_python_options(), "-m", "torchkeras", "run", *words, "--", *script]


def _python_options() -> list[str]:
    """What this Python was started with, such as -W error."""
    words = sys.orig_argv[1:]
    return words[: words.index("-m")] if "-m" in words else []


def _count(name: str, value: str, least: int) -> int:
    if not value.isdecimal() or int(value) < least:
        raise UsageError(f"{name} {value}: expected a whole number, {least} or more")
    return int(value)


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
