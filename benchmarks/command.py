"""What the command line asks for."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from benchmarks.harness import Settings
from benchmarks.peers.process import OURS, PEERS


@dataclass(frozen=True)
class Command:
    settings: Settings
    json: Path | None
    markdown: bool
    list: bool


def parser() -> argparse.ArgumentParser:
    found = argparse.ArgumentParser(
        prog="python -m benchmarks", description="Times torchkeras against plain PyTorch and other Kerases."
    )
    found.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="where it all runs (default: cpu)")
    found.add_argument(
        "--only", action="append", default=[], metavar="NAME",
        help="a comparison (fit-mlp), all of a network (mlp), all of a kind (fit); may be given again",
    )  # fmt: skip
    found.add_argument("--peers", metavar="NAMES", default="", help=f"some of {','.join(PEERS)} (default: all)")
    found.add_argument("--rounds", type=_count, metavar="N", help="per comparison, in place of each one's own")
    found.add_argument("--steps", type=_count, metavar="N", help="in an epoch, in place of each network's own")
    found.add_argument("--threads", type=_count, default=1, metavar="N", help="threads torch may use (default: 1)")
    found.add_argument("--json", type=Path, metavar="FILE", help="write conditions, versions and every figure here")
    found.add_argument("--markdown", action="store_true", help="print tables for docs/benchmarks.md")
    found.add_argument("--profile", action="store_true", help="list what costs most, peer by peer")
    found.add_argument("--list", action="store_true", help="list the comparisons, and run none")
    return found


def parse(arguments: list[str]) -> Command:
    """What is asked for; an error that argparse prints where it makes no sense."""
    found = parser().parse_args(arguments)
    peers = tuple(name for name in found.peers.split(",") if name)
    unknown = [name for name in peers if name not in (*PEERS, OURS)]
    if unknown:
        parser().error(f"--peers: no peer is named {', '.join(unknown)}; there are {', '.join(PEERS)}")
    settings = Settings(
        rounds=found.rounds,
        threads=found.threads,
        profile=found.profile,
        peers=peers,
        device=found.device,
        only=tuple(found.only),
        steps=found.steps,
    )
    return Command(settings, found.json, found.markdown, found.list)


def _count(text: str) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {text!r}")
    return number
